"""Clocks that tests set."""

from datetime import UTC, datetime, timedelta

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
