"""The bell: an APScheduler trigger that asks our own schedule, right where CronTrigger loses and doubles slots."""

from datetime import datetime

from apscheduler.triggers.base import BaseTrigger

from schedules.clock import Clock
from schedules.slots import Schedule


class SlotTrigger(BaseTrigger):  # type: ignore[misc]  # APScheduler 3 has no types
    """Rings at every slot of one schedule, by the clock that the daemon lives by."""

    def __init__(self, schedule: Schedule, clock: Clock) -> None:
        self._schedule, self._clock = schedule, clock

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """When to ring next by the machine's clock; a bell that is late rings once and goes on."""
        del previous_fire_time, now  # the ledger knows what was missed; the bell only looks ahead
        return self._clock.machine_time(self._schedule.next(self._clock.now()))
