"""Due slots: when a site is to be looked at, as a pure function of its schedule, its time zone and time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from cronsim import CronSim

YEAR_S = 365 * 86_400.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """Either `cron` (five fields, in the zone) or `every` (seconds, counted from 1970 in UTC)."""

    cron: str = ""
    every: int | None = None
    timezone: str = "UTC"

    def after(self, instant: datetime) -> Iterator[datetime]:
        """The slots after an instant, UTC, without end.

        cronsim keeps every real hour across a daylight-saving change, comes once at a local time that comes twice, and
        at the end of the gap for a local time that does not come at all. Asked in the second of two equal hours, it
        begins with slots of the first, which have passed.
        """
        if self.every:
            step = timedelta(seconds=self.every)
            slot = datetime.fromtimestamp(instant.timestamp() // self.every * self.every, UTC)
            while True:
                slot += step
                yield slot
        for local in CronSim(self.cron, instant.astimezone(ZoneInfo(self.timezone))):
            if (slot := local.astimezone(UTC)) > instant:
                yield slot

    def next(self, after: datetime) -> datetime:
        return next(self.after(after))

    def interval_s(self, at: datetime) -> float:
        """The shortest time between the next few slots after an instant; a year where there are no two."""
        if self.every:
            return float(self.every)
        slots = islice(self.after(at), 5)
        return min(((later - slot).total_seconds() for slot, later in pairwise(slots)), default=YEAR_S)

    def between(self, after: datetime, until: datetime) -> Iterator[datetime]:
        """The slots in (after, until]."""
        for slot in self.after(after):
            if slot > until:
                return
            yield slot

    def last(self, until: datetime) -> datetime | None:
        """The last slot at or before an instant; None where there was none within a few years."""
        if self.every:
            return datetime.fromtimestamp(until.timestamp() // self.every * self.every, UTC)
        moment_after = (until.replace(microsecond=0) + timedelta(seconds=1)).astimezone(ZoneInfo(self.timezone))
        local = next(CronSim(self.cron, moment_after, reverse=True), None)
        if local is None:
            return None
        found = local.astimezone(UTC)
        return max(self.between(found, until), default=found)  # from the second of two equal hours it skips the first
