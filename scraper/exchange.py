"""One request and its response, within bounds: what goes over the wire is here, what it means is not."""

import os
import ssl
from collections.abc import Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, replace
from socket import EAI_NONAME, gaierror
from typing import Final

import httpcore
import httpx

from scraper.encodings import decoder_for
from scraper.errors import FetchError
from scraper.journey import Reply
from scraper.limits import MAX_BODY_BYTES, MAX_HEADER_BYTES, MAX_WIRE_BYTES
from scraper.model import Outcome

Headers = Sequence[tuple[str, str]]

MAX_CHUNKS: Final = 100_000  # h11 takes 6 us for each: 10 MB in chunks of one byte would be 10 s of work
_BODILESS: Final = frozenset({204, 205, 304})


class BrokenConnectionError(FetchError):
    """The connection failed or broke off: the next one may not."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BodyPolicy:
    """How much of a body is read. With `cut`, what exceeds the limit or cannot be decoded is left away, not raised."""

    limit: int = MAX_BODY_BYTES
    cut: bool = False


async def exchange(
    transport: httpx.AsyncBaseTransport, url: str, headers: Headers, policy: BodyPolicy, *, content: bytes | None = None
) -> Reply:
    """Send one GET, or one POST of `content`, and read its response; the caller keeps the time.

    Raises FetchError (failed, too-large, refused). The body of a redirect is not read; that of an error
    status is read as far as it goes, as evidence.
    """
    with _failures_named():
        method = "GET" if content is None else "POST"
        pairs = [(name.encode(), value.encode()) for name, value in headers]
        request = httpx.Request(method, url, headers=pairs, content=content)
        response = await transport.handle_async_request(request)
        async with aclosing(response):
            head = _head(url, request, response)
            if head.is_redirect or head.status < 200 or head.status in _BODILESS:
                return head
            body = await _read(response, policy if head.status < 400 else BodyPolicy(limit=policy.limit, cut=True))
    return replace(head, body=body)


def _head(url: str, request: httpx.Request, response: httpx.Response) -> Reply:
    size = sum(len(name) + len(value) + len(": \r\n") for name, value in response.headers.raw)
    if size > MAX_HEADER_BYTES:
        raise _headers_too_large()
    return Reply(
        url=url,
        status=response.status_code,
        headers=_decoded(response.headers),
        request_headers=_decoded(request.headers),
    )


def _headers_too_large() -> FetchError:
    return FetchError(Outcome.FAILED, f"the response headers are larger than {MAX_HEADER_BYTES:,} bytes")


def _decoded(headers: httpx.Headers) -> tuple[tuple[str, str], ...]:
    return tuple((_text(name), _text(value)) for name, value in headers.raw)


def _text(raw: bytes) -> str:
    """UTF-8 where it is (a Location, often), else the Latin-1 that header fields once were."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


async def _read(response: httpx.Response, policy: BodyPolicy) -> bytes:
    """The decoded body. Raises FetchError (failed) on a bad encoding, (too-large) beyond a limit."""
    body = bytearray()
    try:
        if not policy.cut:
            _check_declared_length(response)
        await _decode_into(body, response, policy.limit)
    except FetchError as error:
        if not policy.cut or isinstance(error, BrokenConnectionError):
            raise
    return bytes(body[: policy.limit])


def _check_declared_length(response: httpx.Response) -> None:
    declared = response.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > MAX_WIRE_BYTES:
        raise FetchError(
            Outcome.TOO_LARGE, f"the body is declared as {int(declared):,} bytes, above {MAX_WIRE_BYTES:,}"
        )


async def _decode_into(body: bytearray, response: httpx.Response, limit: int) -> None:
    """The decoded side's bound is kept here, the wire's by `scraper.wire.MeteredStream`."""
    budget = MAX_CHUNKS
    decoder = decoder_for(response.headers.get_list("content-encoding"))
    async with aclosing(response.aiter_raw()) as chunks:  # type: ignore[type-var]
        async for chunk in chunks:
            budget -= 1
            if budget < 0:
                raise FetchError(Outcome.TOO_LARGE, f"the body comes in more than {MAX_CHUNKS:,} chunks")
            for piece in decoder.feed(chunk):
                body += piece
                if len(body) > limit:
                    raise FetchError(Outcome.TOO_LARGE, f"the decoded body is larger than {limit:,} bytes")
    decoder.close()


@contextmanager
def _failures_named() -> Iterator[None]:
    """Turn what httpx, httpcore and the system raise into a FetchError in words."""
    try:
        yield
    except httpcore.TimeoutException as error:
        raise BrokenConnectionError(Outcome.FAILED, "the connection timed out") from error
    except (httpcore.NetworkError, httpcore.RemoteProtocolError) as error:
        raise _named(error) from error
    except httpcore.ProxyError as error:
        raise FetchError(Outcome.FAILED, f"the proxy refuses ({error})") from error
    except (httpcore.LocalProtocolError, httpcore.UnsupportedProtocol, httpx.InvalidURL, ValueError) as error:
        raise FetchError(Outcome.FAILED, f"the request cannot be made ({error})") from error
    except OSError as error:
        raise _named(error) from error


def _named(error: Exception) -> FetchError:
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return FetchError(Outcome.FAILED, f"the certificate is not trusted ({cause.verify_message})")
        if isinstance(cause, gaierror) and cause.errno == EAI_NONAME:
            return FetchError(Outcome.FAILED, "the name does not exist")
    if "Receive buffer too long" in str(error):  # h11's own bound on a head, 100 KiB in httpcore
        return _headers_too_large()
    return BrokenConnectionError(Outcome.FAILED, _in_words(causes[-1]))


def _in_words(error: BaseException) -> str:
    """Say "Connection refused" instead of "[Errno 111] Connect call failed ('127.0.0.1', 80)"."""
    if isinstance(error, OSError) and error.errno and not isinstance(error, gaierror | ssl.SSLError):
        return os.strerror(error.errno)
    return str(error) or type(error).__name__


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
