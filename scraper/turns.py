"""One request at a time a host, or a few, with a pause between, and a deadline that only counts time spent asking."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import anyio

from scraper.errors import FetchError
from scraper.model import Outcome

MAX_HOSTS: Final = 4_096  # hosts remembered; redirects can name any number of them


@dataclass(slots=True)
class _Host:
    places: asyncio.Semaphore
    waiting: int = 0
    free_at: float = float("-inf")  # monotonic seconds


class Turns:
    """Hands out turns: at most `concurrency` requests at once, `per_host` of them to one host, a gap after each."""

    def __init__(
        self,
        *,
        concurrency: int,
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        per_host: int = 1,
    ) -> None:
        self._per_host = per_host
        self._slots = asyncio.Semaphore(concurrency)
        self._monotonic = monotonic
        self._sleep = sleep
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, host: str, gap_s: float, *, at_once: bool = False) -> AsyncIterator[None]:
        """Wait until `host` may be asked; when the request has ended, nobody asks it again for `gap_s` seconds.

        `at_once` skips the pause: a redirect within a host belongs to the request that it answers.
        """
        state = self._state_of(host)
        state.waiting += 1
        try:
            async with state.places:
                if not at_once:
                    await self._pause(state, gap_s)
                try:
                    async with self._slots:
                        yield
                finally:
                    state.free_at = self._monotonic()
        finally:
            state.waiting -= 1

    async def _pause(self, state: _Host, gap_s: float) -> None:
        wait = state.free_at + gap_s - self._monotonic()
        if wait > 0:
            await self._sleep(wait)

    def _state_of(self, host: str) -> _Host:
        if host not in self._hosts and len(self._hosts) >= MAX_HOSTS:
            self._forget_oldest()
        return self._hosts.setdefault(host, _Host(places=asyncio.Semaphore(self._per_host)))

    def _forget_oldest(self) -> None:
        """Half of the hosts nobody waits for, those asked longest ago: their pauses are long over."""
        idle = sorted((state.free_at, host) for host, state in self._hosts.items() if not state.waiting)
        for _, host in idle[: MAX_HOSTS // 2]:
            del self._hosts[host]


class Deadline:
    """Seconds for one fetch over all its hops and attempts. Waiting for one's turn is not the server's time.

    An anyio scope, not asyncio.timeout: httpcore shields its cleaning up from anyio's cancellation only, and a native
    one that arrived there left a request in its pool for ever (1 of 695 timeouts, measured with httpcore 1.0.9).
    """

    def __init__(self, seconds: float, *, whole: "Deadline | None" = None) -> None:
        self.seconds = seconds
        self.left = seconds
        self._whole = whole

    def part(self, share: float) -> "Deadline":
        """One for a share of what is left here; what it takes is taken off here as well."""
        part = Deadline(self.seconds * share, whole=self)
        part.left = self.left * share
        return part

    def spend(self, seconds: float) -> None:
        """Take off what was taken, or is about to be waited before another attempt."""
        self.left -= seconds
        if self._whole:
            self._whole.spend(seconds)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Raises FetchError (deadline) when the time is up, in whatever the body awaits."""
        started = anyio.current_time()
        try:
            with anyio.move_on_after(max(self.left, 0.0)) as scope:
                yield
            if scope.cancelled_caught:
                raise FetchError(Outcome.DEADLINE, f"no complete answer within {self.seconds:g} seconds")
        finally:
            self.spend(anyio.current_time() - started)
