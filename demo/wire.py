"""As much of HTTP/1.1 as a newspaper on loopback needs, on plain asyncio streams: a test can misbehave with it."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import responses
from types import TracebackType
from typing import Final, Self
from urllib.parse import unquote, urlsplit

MAX_HEAD: Final = 65_536
TURNS: Final = 5  # of the loop, until a connection that was just accepted has its task


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What a client asked. Header names are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]

    @property
    def path(self) -> str:
        """The path, without the query and with its escapes undone."""
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> str:
        """The query, "" where there is none."""
        return urlsplit(self.target).query


@dataclass(frozen=True, kw_only=True, slots=True)
class Response:
    """What is answered. Content-Length is added when it is sent."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = field(repr=False, default=b"")


Answer = Callable[[Request, asyncio.StreamWriter], Awaitable[bool]]


def head(status: int, headers: tuple[tuple[str, str], ...]) -> bytes:
    """The status line and headers, with the empty line after them."""
    lines = [f"HTTP/1.1 {status} {responses.get(status, 'Unknown')}", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


async def send(writer: asyncio.StreamWriter, request: Request, response: Response) -> bool:
    """Send a whole response; True, since the connection can be used again."""
    headers = response.headers
    if response.status not in (204, 304):
        headers += (("Content-Length", str(len(response.body))),)
    writer.write(head(response.status, headers))
    if request.method != "HEAD" and response.status not in (204, 304):
        writer.write(response.body)
    await writer.drain()
    return True


class HttpServer:
    """Listens on one port of one address from the moment it is made, and answers once it is entered.

    `answer` writes a response and says whether the connection may be used again.
    """

    def __init__(self, answer: Answer, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._answer = answer
        self._socket = socket.create_server((host, port))
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self.base_url = f"http://{host}:{self._socket.getsockname()[1]}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, sock=self._socket, limit=MAX_HEAD)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        self._socket.close()
        await hang_up(self._connections)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine of a server always runs in a task
        self._connections.add(task)
        try:
            # A client that hangs up is none of the server's troubles.
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while (request := await _read(reader)) and await self._answer(request, writer):
                    pass
        except asyncio.CancelledError:
            # Nobody is left to read. Re-raised, asyncio 3.11 would log it as an error of the callback that this is.
            writer.transport.abort()
        finally:
            self._connections.discard(task)
            writer.close()


async def hang_up(connections: Set[asyncio.Task[None]]) -> None:
    """End the connections of a server that accepts no more: asyncio closes what listens, not what was accepted."""
    for _ in range(TURNS):
        await asyncio.sleep(0)
    for connection in connections:
        connection.cancel()
    await asyncio.gather(*connections, return_exceptions=True)


async def _read(reader: asyncio.StreamReader) -> Request | None:
    """The next request on a connection, or None where it ends or talks something else."""
    try:
        raw = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return None
    first, *lines = raw.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    match first.split(" "):
        case [method, target, "HTTP/1.1" | "HTTP/1.0"]:
            pairs = (line.partition(":") for line in lines)
            headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
            return Request(method=method, target=target, headers=headers)
        case _:
            return None
