"""Web servers that misbehave: raw asyncio on 127.0.0.1, since ordinary mock servers cannot break the wire's rules."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from tests.listeners import listening

Headers: TypeAlias = Sequence[tuple[str, str]]

PAGE = b"<!doctype html><title>The Daily Loop</title><h1>Bridge opens</h1>"


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """A request as it came over the wire; header names in lower case."""

    path: str
    headers: tuple[tuple[str, str], ...]

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")


Script: TypeAlias = Callable[[Heard, asyncio.StreamWriter], Awaitable[None]]


@dataclass(slots=True)
class Server:
    """A running server: where it is, how often it was connected to, and what it was asked."""

    address: str = "127.0.0.1"
    port: int = 0
    scheme: str = "http"
    connections: int = 0
    heard: list[Heard] = field(default_factory=list)

    def url(self, path: str = "/") -> str:
        return f"{self.scheme}://{self.address}:{self.port}{path}"

    @property
    def pages_heard(self) -> list[Heard]:
        return [heard for heard in self.heard if heard.path != "/robots.txt"]


def reply(body: bytes = b"", *, status: str = "200 OK", headers: Headers = ()) -> bytes:
    """A well-formed response that ends its connection; `headers` may frame the body otherwise than by its length."""
    names = {name.lower() for name, _ in headers}
    if not names & {"content-length", "transfer-encoding"}:
        headers = [*headers, ("Content-Length", str(len(body)))]
    lines = [f"HTTP/1.1 {status}", "Connection: close", *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def says(*replies: bytes) -> Script:
    """Send these replies to the pages asked for, one each, and the last for ever after."""
    rest = list(replies)

    async def script(heard: Heard, writer: asyncio.StreamWriter) -> None:
        writer.write(rest.pop(0) if len(rest) > 1 else rest[0])
        await writer.drain()

    return script


def drips(data: bytes, *, first: bytes = b"", every_s: float = 0.05) -> Script:
    """Send `first` at once, then `data` one byte at a time."""

    async def script(heard: Heard, writer: asyncio.StreamWriter) -> None:
        writer.write(first)
        for byte in data:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(every_s)

    return script


def floods(first: bytes, endless: bytes) -> Script:
    """Send `first`, then `endless` again and again, as fast as it is taken."""

    async def script(heard: Heard, writer: asyncio.StreamWriter) -> None:
        writer.write(first)
        while True:
            writer.write(endless)
            await writer.drain()

    return script


async def says_nothing(heard: Heard, writer: asyncio.StreamWriter) -> None:
    """Accept, read the request, and fall silent."""
    await asyncio.sleep(3_600)


async def resets(heard: Heard, writer: asyncio.StreamWriter) -> None:
    """Break the connection off with a TCP reset."""
    writer.transport.abort()


@asynccontextmanager
async def serve(
    script: Script,
    *,
    robots: bytes | Script | None = None,
    tls: ssl.SSLContext | None = None,
    address: str = "127.0.0.1",
    greeting: bytes = b"",
) -> AsyncIterator[Server]:
    """Run a server that plays `script` once a connection; `robots` is its answer for robots.txt, a 404 unless given.

    A `greeting` is sent before anything is asked, as no web server does.
    """
    server = Server(address=address, scheme="https" if tls else "http")
    robots_script = robots if callable(robots) else says(robots or reply(status="404 Not Found"))

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        writer.write(greeting)
        heard = _parse(await reader.readuntil(b"\r\n\r\n"))
        server.heard.append(heard)
        await (robots_script if heard.path == "/robots.txt" else script)(heard, writer)

    async with listening(connected, address, tls=tls) as server.port:
        yield server


def _parse(head: bytes) -> Heard:
    request_line, *lines = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    pairs = (line.partition(": ") for line in lines)
    return Heard(path=request_line.split(" ")[1], headers=tuple((name.lower(), value) for name, _, value in pairs))


@dataclass(slots=True)
class FakeTime:
    """A clock that moves only when somebody sleeps."""

    wall: datetime = datetime(2026, 11, 24, 20, 0, 0, 123_456, tzinfo=UTC)
    elapsed: float = 0.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.wall + timedelta(seconds=self.elapsed)

    def monotonic(self) -> float:
        return self.elapsed

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.elapsed += seconds
        await asyncio.sleep(0)
