"""The daemon's pulse: how late its loop is, what is under way, and a heartbeat every ten seconds."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import structlog

from schedules.systemd import notify
from schedules.writer import Writer
from scraper.errors import ArchiveError
from scraper.model import Outcome
from storage.heartbeats import Heartbeat, beat

log = structlog.get_logger()

EVERY_S = 10.0
STEP_S = 1.0  # how often the loop is asked how late it is
LATE_S = 180.0  # a fetch has 30 s, its reading 5; the rest is the wait for its host's turn


def utc_now() -> datetime:
    return datetime.now(UTC)


class Pulse:
    """Counts visits and beats while it is entered.

    `slugs` are the sites that are watched; `now` is the machine's clock, whatever the daemon's shows.
    """

    def __init__(
        self,
        writer: Writer,
        *,
        slugs: Sequence[str],
        owed: Callable[[], int],
        now: Callable[[], datetime] = utc_now,
        every_s: float = EVERY_S,
        late_s: float = LATE_S,
    ) -> None:
        self._writer, self._slugs, self._owed, self._now = writer, tuple(slugs), owed, now
        self._every_s, self._late_s = every_s, late_s
        self._started_at = now()
        self._running: dict[str, float] = {}
        self._visits: Counter[str] = Counter()
        self._loop_late_s = 0.0

    def began(self, slug: str) -> None:
        self._running[slug] = time.monotonic()

    def ended(self, slug: str) -> None:
        self._running.pop(slug, None)

    def count(self, outcome: Outcome) -> None:
        self._visits[str(outcome)] += 1

    async def __aenter__(self) -> Self:
        await self._beat()
        notify("READY=1")
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        await self._beat(is_stopped=True)

    async def _run(self) -> None:
        while True:
            await self._listen()
            await self._beat()
            notify("WATCHDOG=1")

    async def _listen(self) -> None:
        """Until the next heartbeat: how late the loop is at most, when it should wake us."""
        ends_at = time.monotonic() + self._every_s
        while (before := time.monotonic()) < ends_at:
            step = min(STEP_S, ends_at - before)
            await asyncio.sleep(step)
            self._loop_late_s = max(self._loop_late_s, time.monotonic() - before - step)

    async def _beat(self, *, is_stopped: bool = False) -> None:
        """Write a heartbeat; where it cannot be written, the last one grows old, which tells as much."""
        heartbeat = self._heartbeat(is_stopped=is_stopped)
        self._loop_late_s = 0.0
        try:
            await self._writer.do(partial(beat, heartbeat=heartbeat))
        except ArchiveError as error:
            log.error("heartbeat not written", error=str(error))

    def _heartbeat(self, *, is_stopped: bool) -> Heartbeat:
        long_ago = time.monotonic() - self._late_s
        return Heartbeat(
            at=self._now(),
            started_at=self._started_at,
            is_stopped=is_stopped,
            sites=len(self._slugs),
            slugs=self._slugs,
            running=len(self._running),
            owed=self._owed(),
            late=tuple(sorted(slug for slug, began in self._running.items() if began < long_ago)),
            loop_late_s=round(self._loop_late_s, 3),
            visits=dict(self._visits),
            memory_bytes=_memory_bytes(),
            open_files=_open_files(),
        )


def _memory_bytes() -> int:
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
    except OSError:  # not Linux
        return 0


def _open_files() -> int:
    try:
        return len(list(Path("/proc/self/fd").iterdir()))
    except OSError:
        return 0
