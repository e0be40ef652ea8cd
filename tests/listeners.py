"""A listening socket of a test, no connection of which outlives it."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeAlias

from demo.wire import hang_up

Connected: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(
    connected: Connected, address: str = "127.0.0.1", *, tls: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """Hands each connection to `connected`, and gives the port; what the client gives up is none of its troubles."""
    tasks: set[asyncio.Task[None]] = set()
    transports: set[asyncio.WriteTransport] = set()

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        transports.add(writer.transport)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await connected(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(met, address, 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await hang_up(tasks)
        for transport in transports:
            transport.abort()
        await asyncio.sleep(0)
