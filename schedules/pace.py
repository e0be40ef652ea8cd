"""How fast a server is asked: evenly, never faster than its limit, and not at all while it wants to be left alone."""

import asyncio
import time
from collections.abc import Awaitable, Callable


class Pace:
    """Turns `interval_s` seconds apart, shared by everyone who asks; `monotonic` and `sleep` are the machine's own."""

    def __init__(
        self,
        interval_s: float,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.interval_s = interval_s
        self._monotonic, self._sleep = monotonic, sleep
        self._free_at = float("-inf")  # monotonic seconds

    async def turn(self) -> None:
        """Wait for the next turn, and take it; after a `hold` that came meanwhile, wait on."""
        while True:
            now = self._monotonic()
            if now >= self._free_at:
                self._free_at = now + self.interval_s
                return
            await self._sleep(self._free_at - now)

    def hold(self, seconds: float) -> None:
        """No turn for so many seconds from now."""
        self._free_at = max(self._free_at, self._monotonic() + seconds)
