"""Due slots are right in every zone, across daylight-saving changes, by cron and by interval."""

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from schedules.slots import Schedule
from schedules.trigger import SlotTrigger

# Zone, day on which clocks go forward, day on which they go back (2026).
CHANGES = [
    ("America/New_York", (2026, 3, 8), (2026, 11, 1)),
    ("Europe/Berlin", (2026, 3, 29), (2026, 10, 25)),
    ("Europe/London", (2026, 3, 29), (2026, 10, 25)),
    ("Australia/Sydney", (2026, 10, 4), (2026, 4, 5)),
    ("Australia/Lord_Howe", (2026, 10, 4), (2026, 4, 5)),
]
DAYS = [(zone, day) for zone, *days in CHANGES for day in days]


def local_day(zone: str, day: tuple[int, int, int]) -> tuple[datetime, datetime]:
    """The instants at which a local day begins and ends."""
    start = datetime(*day, tzinfo=ZoneInfo(zone))
    return start.astimezone(UTC), (start + timedelta(days=1)).astimezone(UTC)


def slots_of_day(cron: str, zone: str, day: tuple[int, int, int]) -> list[datetime]:
    begin, end = local_day(zone, day)
    moment = timedelta(seconds=1)
    return list(Schedule(cron=cron, timezone=zone).between(begin - moment, end - moment))


@pytest.mark.parametrize(("zone", "day"), DAYS)
@pytest.mark.parametrize("cron", ["0 0 * * *", "30 1 * * *", "30 2 * * *"])
@pytest.mark.fault(30)
def test_a_daily_slot_comes_once_every_local_day(cron: str, zone: str, day: tuple[int, int, int]) -> None:
    """Midnight, 01:30 and 02:30 come exactly once, also on days when that time comes twice or not at all."""
    assert len(slots_of_day(cron, zone, day)) == 1


@pytest.mark.parametrize(("zone", "day"), DAYS)
@pytest.mark.fault(30)
def test_every_real_quarter_hour_comes_once(zone: str, day: tuple[int, int, int]) -> None:
    """*/15 rings every real quarter of an hour of a day that has 23, 25 or (Lord Howe) 23.5 or 24.5 hours."""
    begin, end = local_day(zone, day)
    slots = slots_of_day("*/15 * * * *", zone, day)
    assert slots == [begin + timedelta(minutes=15 * n) for n in range((end - begin) // timedelta(minutes=15))]


@pytest.mark.parametrize(("zone", "day"), [row for row in DAYS if row[0] != "Australia/Lord_Howe"])
@pytest.mark.fault(30)
def test_every_real_hour_comes_once(zone: str, day: tuple[int, int, int]) -> None:
    """An hourly schedule loses and doubles nothing when clocks change by an hour."""
    begin, end = local_day(zone, day)
    slots = slots_of_day("0 * * * *", zone, day)
    assert slots == [begin + timedelta(hours=n) for n in range((end - begin) // timedelta(hours=1))]


@pytest.mark.parametrize(("zone", "day"), DAYS)
@pytest.mark.parametrize(
    "cron", ["30 1 * * *", "30 2 * * *", "*/15 * * * *", "0 * * * *", "0,30 0-23 * * *", "*/20 0-3 * * *"]
)
@pytest.mark.fault(30)
def test_slots_are_the_same_from_wherever_one_looks(cron: str, zone: str, day: tuple[int, int, int]) -> None:
    """Also from inside an hour that comes twice: the next slot is after the instant, the last one at or before it."""
    schedule = Schedule(cron=cron, timezone=zone)
    begin, end = local_day(zone, day)
    slots = list(schedule.between(begin - timedelta(days=2), end + timedelta(days=2)))
    assert slots == sorted(set(slots))
    for minutes in range(-60, (end - begin) // timedelta(minutes=1) + 60, 5):
        instant = begin + timedelta(minutes=minutes)
        later = bisect_right(slots, instant)
        assert schedule.next(instant) == slots[later]
        assert schedule.last(instant) == slots[later - 1]


def test_an_interval_counts_from_the_epoch() -> None:
    """`every` is the same for all who look, whenever they started."""
    schedule = Schedule(every=900)
    start = datetime(2026, 11, 24, 12, 7, tzinfo=UTC)
    assert [slot.minute for slot in islice(schedule.after(start), 4)] == [15, 30, 45, 0]
    assert schedule.last(start) == datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    assert schedule.last(datetime(2026, 11, 24, 12, 15, tzinfo=UTC)) == datetime(2026, 11, 24, 12, 15, tzinfo=UTC)


def test_a_slot_that_comes_within_the_second_is_not_the_last() -> None:
    """Fractions of a second count."""
    moment_before = datetime(2026, 11, 24, 11, 59, 59, 5, tzinfo=UTC)
    last = Schedule(cron="0 0-23 * * *", timezone="Europe/Berlin").last(moment_before)
    assert last == datetime(2026, 11, 24, 11, tzinfo=UTC)


def test_the_last_slot_of_a_rare_schedule_is_found() -> None:
    """A schedule that rings once a year still has a last slot."""
    schedule = Schedule(cron="0 6 1 1 *", timezone="Europe/Paris")
    assert schedule.last(datetime(2026, 11, 24, tzinfo=UTC)) == datetime(2026, 1, 1, 5, tzinfo=UTC)


class HalvedClock:
    """A clock that runs twice as fast as the machine's."""

    start = datetime(2026, 11, 24, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.start

    def machine_time(self, instant: datetime) -> datetime:
        return self.start + (instant - self.start) / 2


def test_the_bell_rings_by_the_daemons_clock() -> None:
    """APScheduler is told when the machine's clock will show what the daemon's calls the slot."""
    trigger = SlotTrigger(Schedule(cron="*/15 * * * *"), HalvedClock())
    assert trigger.get_next_fire_time(None, datetime(1999, 1, 1, tzinfo=UTC)) == datetime(
        2026, 11, 24, 12, 7, 30, tzinfo=UTC
    )
