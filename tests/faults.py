"""What can go wrong between a newspaper and its reader: each fault answers in the page's stead, on the wire.

A response that is merely wrong is data (`Status`, `RedirectTo`, `Instead`); the others write to the connection.
"""

import asyncio
import gzip
import socket
import struct
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs

from demo.wire import Request, Response, head, send

HTML: Final = (("Content-Type", "text/html; charset=utf-8"),)
CHUNK: Final = b" " * 65_536


@dataclass(frozen=True, kw_only=True, slots=True)
class Exchange:
    """A request, the page with which a healthy site would answer it, and the connection."""

    request: Request
    page: Response
    writer: asyncio.StreamWriter

    async def send(self, response: Response) -> bool:
        """Send a whole response."""
        return await send(self.writer, self.request, response)

    async def send_half(self, response: Response) -> None:
        """Send the head of a response, and half of the body that it promises."""
        self.writer.write(head(200, (*response.headers, ("Content-Length", str(len(response.body))))))
        self.writer.write(response.body[: len(response.body) // 2])
        await self.writer.drain()


class Fault(ABC):
    """A way to misbehave."""

    @abstractmethod
    async def answer(self, exchange: Exchange, /) -> bool:
        """Write whatever comes instead; True where the connection can be used again."""


@dataclass(frozen=True, kw_only=True)
class Instead(Fault):
    """Another response in the page's stead, such as a consent wall."""

    response: Response

    async def answer(self, exchange: Exchange, /) -> bool:
        return await exchange.send(self.response)


@dataclass(frozen=True)
class Status(Fault):
    """An error status, with Retry-After where one is given."""

    status: int
    retry_after: str = ""
    body: bytes = b"<!DOCTYPE html><title>Error</title><h1>Something went wrong</h1>"

    async def answer(self, exchange: Exchange, /) -> bool:
        headers = HTML + ((("Retry-After", self.retry_after),) if self.retry_after else ())
        return await exchange.send(Response(status=self.status, headers=headers, body=self.body))


@dataclass(frozen=True)
class RedirectTo(Fault):
    """One redirect to any address, which may be one that must not be fetched."""

    location: str
    status: int = 302

    async def answer(self, exchange: Exchange, /) -> bool:
        return await exchange.send(Response(status=self.status, headers=(("Location", self.location),)))


@dataclass(frozen=True)
class RedirectChain(Fault):
    """So many redirects, then the page; `?hop=N` counts them."""

    hops: int
    status: int = 301

    async def answer(self, exchange: Exchange, /) -> bool:
        hop = int(parse_qs(exchange.request.query).get("hop", ["0"])[0])
        if hop >= self.hops:
            return await exchange.send(exchange.page)
        return await RedirectTo(f"{exchange.request.path}?hop={hop + 1}", self.status).answer(exchange)


class RedirectLoop(Fault):
    """A redirect to the page itself."""

    async def answer(self, exchange: Exchange, /) -> bool:
        return await RedirectTo(exchange.request.target).answer(exchange)


@dataclass(frozen=True)
class Oversize(Fault):
    """A body of so many bytes, its length declared or sent in chunks."""

    size: int = 50_000_000
    declared: bool = True

    async def answer(self, exchange: Exchange, /) -> bool:
        framing = ("Content-Length", str(self.size)) if self.declared else ("Transfer-Encoding", "chunked")
        exchange.writer.write(head(200, (*HTML, framing)))
        for start in range(0, self.size, len(CHUNK)):
            part = CHUNK[: self.size - start]
            exchange.writer.write(part if self.declared else b"%x\r\n%b\r\n" % (len(part), part))
            await exchange.writer.drain()
        exchange.writer.write(b"" if self.declared else b"0\r\n\r\n")
        return True


@dataclass(frozen=True)
class Drip(Fault):
    """The page, one byte each `pause` seconds: never silent for long, never done."""

    pause: float = 0.05

    async def answer(self, exchange: Exchange, /) -> bool:
        exchange.writer.write(head(200, (*exchange.page.headers, ("Content-Length", str(len(exchange.page.body))))))
        for byte in exchange.page.body:
            exchange.writer.write(bytes([byte]))
            await exchange.writer.drain()
            await asyncio.sleep(self.pause)
        return True


class Reset(Fault):
    """Half of the body, then a TCP reset."""

    async def answer(self, exchange: Exchange, /) -> bool:
        await exchange.send_half(exchange.page)
        # Closed without lingering, a socket drops what is unsent and says RST instead of FIN (SO_LINGER in socket(7)).
        exchange.writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        exchange.writer.transport.abort()
        return False


class CutShort(Fault):
    """Half of the body that Content-Length promised, then an orderly end."""

    async def answer(self, exchange: Exchange, /) -> bool:
        await exchange.send_half(exchange.page)
        return False


class TruncatedGzip(Fault):
    """A gzip stream that ends early while Content-Length is right: only the decoder can tell."""

    async def answer(self, exchange: Exchange, /) -> bool:
        body = gzip.compress(exchange.page.body, mtime=0)
        headers = (*exchange.page.headers, ("Content-Encoding", "gzip"))
        return await exchange.send(Response(headers=headers, body=body[: len(body) // 2]))


class Hang(Fault):
    """Accepts the request and says nothing, until the client or the server gives up; `reached` tells that one came."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()

    async def answer(self, _exchange: Exchange, /) -> bool:
        self.reached.set()
        await asyncio.Event().wait()
        return False


class Hangup(Fault):
    """Closes the connection without a word."""

    async def answer(self, _exchange: Exchange, /) -> bool:
        return False


def _instead(text: str, *, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Instead:
    return Instead(response=Response(status=status, headers=HTML + headers, body=text.encode()))


CONSENT_WALL: Final = _instead(
    '<!DOCTYPE html><html lang="en"><head><title>Before you continue</title></head><body><div class="cmp-dialog" '
    'role="dialog"><h1>We value your privacy</h1><p>We and our 812 partners store and access information on a device, '
    "such as cookies, and process personal data. With your consent, we and our partners may use precise geolocation "
    "data. You can change your choices at any time in our privacy centre.</p><button>Accept all</button>"
    '<button>Reject all</button><a href="/privacy">Manage preferences</a></div></body></html>'
)
CHALLENGE: Final = _instead(
    '<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title><meta name="robots" content="noindex">'
    '</head><body><div id="challenge-form"><h2>Checking your browser before you access this site</h2><p>Enable '
    "JavaScript and cookies to continue. Verifying that you are human. This may take a few seconds.</p></div>"
    '<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script></body></html>',
    status=403,
    headers=(("Server", "cloudflare"), ("Cf-Mitigated", "challenge")),
)
CHALLENGE_IN_A_200: Final = Instead(response=Response(headers=HTML, body=CHALLENGE.response.body))
EMPTY_SHELL: Final = _instead(
    '<!DOCTYPE html><html lang="en"><head><title>News</title><script defer src="/static/js/main.4c1f.js"></script>'
    '</head><body><noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div></body>'
    "</html>"
)
ERROR_IN_A_200: Final = _instead(
    '<!DOCTYPE html><html lang="en"><head><title>Service unavailable</title></head><body><h1>503 Service Unavailable'
    "</h1><p>The server is temporarily unable to service your exchange.request. Please try again later.</p>"
    "<hr><p>nginx</p></body></html>"
)


def robots(text: str, *, status: int = 200, content_type: str = "text/plain") -> Response:
    """A robots.txt with this text."""
    return Response(status=status, headers=(("Content-Type", content_type),), body=text.encode())


ROBOTS_ABSENT: Final = robots("Not found\n", status=404)
ROBOTS_ALLOW: Final = robots("User-agent: *\nDisallow: /search\n")
ROBOTS_DISALLOW: Final = robots("User-agent: *\nDisallow: /\n")
ROBOTS_BROKEN: Final = robots("oops\n", status=503)
ROBOTS_HTML: Final = robots("<!DOCTYPE html><title>Home</title><h1>Welcome</h1>", content_type="text/html")
ROBOTS_HUGE: Final = robots("User-agent: *\n" + "Disallow: /search?q=aaaaaaaaaaaaaaaaaaaa\n" * 75_000)
