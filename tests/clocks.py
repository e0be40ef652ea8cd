"""Clocks that tests set."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

NEVER = datetime(2999, 1, 1, tzinfo=UTC)


class StoppedClock:
    """Shows the same instant until it is set; the machine's clock never gets to its slots, so only heartbeats ring."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def now(self) -> datetime:
        return self.instant

    def machine_time(self, instant: datetime) -> datetime:
        del instant
        return NEVER

    def advance(self, **step: float) -> None:
        self.instant += timedelta(**step)


class FileClock:
    """Shows the instant that a file holds: a stopped clock for several processes, any of which may die."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def now(self) -> datetime:
        return datetime.fromisoformat(self._file.read_text())

    def machine_time(self, instant: datetime) -> datetime:
        del instant
        return NEVER

    def set(self, instant: datetime) -> None:
        """Show another instant, to all at once: nobody ever reads half a file."""
        part = self._file.with_suffix(".part")
        part.write_text(instant.isoformat())
        part.replace(self._file)
