"""Connections that are cut off when nothing moves on them: a client has so long to say what it wants, and to read."""

import asyncio
import socket
import struct
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

PATIENCE_S = 20.0
NO_LINGER = struct.pack("ii", 1, 0)


class Connection(H11Protocol):
    """uvicorn's, looked at every PATIENCE_S seconds.

    uvicorn itself waits for ever: for the rest of a request, and for a client to read what was sent to it. Whoever
    sends no whole request from one look to the next, or reads nothing of what waits, is disconnected. Between two
    requests uvicorn's own, shorter patience holds.
    """

    _look: asyncio.TimerHandle | None = None
    _waited_behind: object = object()  # the request behind which the client was waited for at the last look
    _unread = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        super().connection_made(transport)
        self._look_later()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._look is not None:
            self._look.cancel()
        super().connection_lost(exc)

    def _look_later(self) -> None:
        self._look = self.loop.call_later(PATIENCE_S, self._look_now)

    def _look_now(self) -> None:
        unread = self.transport.get_write_buffer_size()
        behind = self._answered() if not unread else self
        if (unread and unread == self._unread) or (behind is not self and behind is self._waited_behind):
            self._cut_off()
            return
        self._unread, self._waited_behind = unread, behind
        self._look_later()

    def _cut_off(self) -> None:
        """End the connection with a reset: what nobody reads would wait in the kernel for long."""
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
        self.transport.abort()

    def _answered(self) -> Any:
        """The last request where it has been answered, None where there was none; ourselves while one is answered."""
        cycle: Any = self.cycle
        return cycle if cycle is None or cycle.response_complete else self
