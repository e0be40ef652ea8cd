"""WARC records of HTTP responses as captures: digests checked, transfer and content encodings undone. Pure.

WARC 1.1: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from schedules.sources.found import Unusable
from schedules.sources.packing import unpack
from scraper.instants import in_years
from scraper.journey import is_page_status
from scraper.limits import MAX_HEADER_BYTES

HEAD_END: Final = re.compile(rb"\r?\n\r?\n")
LENGTH: Final = re.compile(r"[0-9]{1,18}")
STATUS_LINE: Final = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})(?: |$)")
PAGE_TYPES: Final = ("text/html", "application/xhtml+xml", "text/plain")
ALGORITHMS: Final = ("md5", "sha1", "sha256", "sha512")

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Response:
    """An HTTP response as a record holds it: `payload` is still encoded, as Content-Encoding says."""

    status: int
    headers: Headers
    payload: bytes

    def values(self, name: str) -> list[str]:
        """All values of a header, named in lower case."""
        return [value for key, value in self.headers if key.lower() == name]

    @property
    def is_chunked(self) -> bool:
        """Whether it says so; its writer may have undone it."""
        return "chunked" in " ".join(self.values("transfer-encoding")).lower()


NOTHING_SAID: Final = Response(status=200, headers=(), payload=b"")  # of a revisit without a block


def parse_date(text: str) -> datetime:
    """A WARC-Date, fractions of a second dropped. Raises Unusable where it is none."""
    try:
        instant = datetime.fromisoformat(text)
        utc = instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
        return in_years(utc.replace(microsecond=0))
    except (ValueError, OverflowError):
        raise Unusable("no such time") from None


def parse_response(block: bytes) -> Response:
    """The response in a record's block. Raises Unusable where it is none."""
    end = HEAD_END.search(block, 0, MAX_HEADER_BYTES)
    head = block[: end.start()] if end else block
    lines = head.splitlines()
    status = STATUS_LINE.match(lines[0]) if lines else None
    if not status or len(head) > MAX_HEADER_BYTES:
        raise Unusable("no HTTP response")
    return Response(
        status=int(status[1]),
        headers=tuple(_fields(lines[1:])),
        payload=block[end.end() :] if end else b"",
    )


def _fields(lines: list[bytes]) -> Iterator[tuple[str, str]]:
    for line in lines:
        name, colon, value = line.partition(b":")
        if colon:
            yield _text(name), _text(value)


def _text(raw: bytes) -> str:
    try:
        return raw.strip().decode("utf-8")
    except UnicodeDecodeError:
        return raw.strip().decode("latin-1")


def check_page(response: Response) -> None:
    """Raise Unusable, with the reason, for a response that shows no page."""
    if not is_page_status(response.status):
        raise Unusable(f"an archived {response.status}")
    media_type = next(iter(response.values("content-type")), PAGE_TYPES[0]).partition(";")[0].strip().lower()
    if media_type not in PAGE_TYPES:
        raise Unusable("not a page")


def body_of(response: Response) -> bytes:
    """The decoded body. Raises Unusable where it cannot be had whole and within bounds.

    Some writers undo an encoding and leave its header: a body that is plainly not so encoded is taken as it is.
    """
    payload = dechunk(response.payload) if response.is_chunked else response.payload
    encodings = response.values("content-encoding")
    if "gzip" in " ".join(encodings).lower() and not payload.startswith(b"\x1f\x8b"):
        encodings = []
    elif not response.is_chunked and len(payload) < _declared_length(response):
        raise Unusable("cut short")
    body = unpack(payload, encodings)
    if not body:
        raise Unusable("empty")
    return body


def _declared_length(response: Response) -> int:
    """The bytes that a Content-Length promises, 0 where none does."""
    declared = next(iter(response.values("content-length")), "")
    return int(declared) if LENGTH.fullmatch(declared) else 0


def dechunk(payload: bytes) -> bytes:
    """RFC 9112, section 7.1 undone; what is not chunked, since its writer undid that, is returned as it is.

    Raises Unusable where chunks end without a last one.
    """
    body, place = bytearray(), 0
    while True:
        end = payload.find(b"\n", place, place + 1_024)
        size = re.match(rb"\s*([0-9a-fA-F]{1,8})\s*(?:;.*)?\r?$", payload[place:end]) if end >= 0 else None
        if size is None:
            if place:
                raise Unusable("cut short")
            return payload
        length = int(size[1], 16)
        if not length:
            return bytes(body)
        body += payload[end + 1 : end + 1 + length]
        place = end + 1 + length
        place += 2 if payload[place : place + 2] == b"\r\n" else 1


def payloads(response: Response) -> Iterator[bytes]:
    """What a payload digest may be of: WARC 1.1, section 5.9, means the entity; many writers hash it as it was sent."""
    yield response.payload
    if response.is_chunked:
        yield dechunk(response.payload)


def check_digest(label: str, *candidates: bytes) -> None:
    """Raise Unusable where a labelled digest (`sha1:BASE32`) is of none of the candidates; unknown algorithms pass."""
    algorithm, _, value = label.partition(":")
    name = algorithm.strip().lower().replace("-", "")
    if name not in ALGORITHMS:
        return
    wanted = _digest_bytes(value.strip(), hashlib.new(name, usedforsecurity=False).digest_size)
    if all(hashlib.new(name, data, usedforsecurity=False).digest() != wanted for data in candidates):
        raise Unusable("a wrong digest")


def are_others(one: str, other: str) -> bool:
    """Whether two labels are plainly of other payloads: one algorithm, two digests."""
    algorithm = one.partition(":")[0].strip().lower().replace("-", "")
    if algorithm not in ALGORITHMS or not (first := digest_of(one, algorithm)):
        return False
    second = digest_of(other, algorithm)
    return bool(second) and first != second


def digest_of(label: str, algorithm: str) -> bytes:
    """The digest in a label of that algorithm (`sha256`), b"" where it is of another or none."""
    name, _, value = label.partition(":")
    if name.strip().lower().replace("-", "") != algorithm:
        return b""
    return _digest_bytes(value.strip(), hashlib.new(algorithm, usedforsecurity=False).digest_size)


def _digest_bytes(value: str, size: int) -> bytes:
    """A digest written in hexadecimal or base32, b"" where it is neither."""
    try:
        if len(value) == 2 * size:
            return bytes.fromhex(value)
        return base64.b32decode(value.upper() + "=" * (-len(value) % 8))
    except (ValueError, binascii.Error):
        return b""
