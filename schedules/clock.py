"""Clocks: the machine's own, and one that runs faster for demonstrations; every other module is handed one."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What the daemon lives by."""

    def now(self) -> datetime:
        """This instant, UTC."""

    def machine_time(self, instant: datetime) -> datetime:
        """When the machine's own clock will show what this one calls `instant`; APScheduler knows no other."""


class MachineClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def machine_time(self, instant: datetime) -> datetime:
        return instant


class FastClock:
    """A clock that starts at `start` when the machine's shows `started`, and runs `speed` times as fast."""

    def __init__(self, *, start: datetime, started: datetime, speed: float) -> None:
        self._start, self._started, self._speed = start, started, speed

    def now(self) -> datetime:
        return self._start + (datetime.now(UTC) - self._started) * self._speed

    def machine_time(self, instant: datetime) -> datetime:
        return self._started + (instant - self._start) / self._speed
