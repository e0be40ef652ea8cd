"""When a site was looked at as a calendar: a row a weekday and a column a week, or, of a short time, a row a day and a
column an hour. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

SHORT = timedelta(days=14)
MOST_WEEKS = 53
HOURS = 24


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """An hour or a day. `shade`: 0 where nobody looked, up to 4; None outside of what is known."""

    shade: int | None
    title: str = ""
    at: datetime | None = None  # an instant within, by which a front page of it is found


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    label: str
    cells: Sequence[Cell]


@dataclass(frozen=True, kw_only=True, slots=True)
class Calendar:
    """`columns` are headings with how many columns each spans."""

    columns: Sequence[tuple[str, int]]
    rows: Sequence[Row]
    is_hourly: bool


def calendar(seen: Mapping[int, int], first: datetime, last: datetime, zone: str) -> Calendar:
    """The calendar of captures by hour (as `storage.calendar` has them), in the site's zone."""
    return _by_hour(seen, first, last, zone) if last - first <= SHORT else _by_week(seen, first, last, zone)


def _by_hour(seen: Mapping[int, int], first: datetime, last: datetime, zone: str) -> Calendar:
    here = ZoneInfo(zone)
    counts = {_hour(datetime.fromtimestamp(hour, here)): count for hour, count in seen.items()}
    bounds = _hour(first.astimezone(ZoneInfo(zone))), _hour(last.astimezone(ZoneInfo(zone)))
    rows = [
        Row(label=_day(day), cells=[_hour_cell(counts, (day, hour), bounds, zone) for hour in range(HOURS)])
        for day in _days(bounds[0][0], bounds[1][0])
    ]
    return Calendar(columns=[(f"{hour:02}", 3) for hour in range(0, HOURS, 3)], rows=rows[::-1], is_hourly=True)


def _hour_cell(
    counts: Mapping[tuple[date, int], int],
    place: tuple[date, int],
    bounds: tuple[tuple[date, int], tuple[date, int]],
    zone: str,
) -> Cell:
    if not bounds[0] <= place <= bounds[1]:
        return Cell(shade=None)
    count = counts.get(place, 0)
    day, hour = place
    end = datetime(day.year, day.month, day.day, hour, 59, 59, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return Cell(shade=min(count, 4), title=f"{_day(day)}, {hour:02}:00: {_captures(count)}", at=end if count else None)


def _by_week(seen: Mapping[int, int], first: datetime, last: datetime, zone: str) -> Calendar:
    here = ZoneInfo(zone)
    local = [(datetime.fromtimestamp(hour, here).date(), count) for hour, count in sorted(seen.items())]
    days = {day: [count for _, count in hours] for day, hours in groupby(local, key=lambda hour: hour[0])}
    begin, end = (instant.astimezone(ZoneInfo(zone)).date() for instant in (first, last))
    begin = max(begin, end - timedelta(weeks=MOST_WEEKS - 1))
    mondays = _days(begin - timedelta(days=begin.weekday()), end)[::7]
    rows = [
        Row(
            label=f"{mondays[0] + timedelta(days=weekday):%a}",
            cells=[_day_cell(days, monday + timedelta(days=weekday), (begin, end), zone) for monday in mondays],
        )
        for weekday in range(7)
    ]
    months = [
        (f"{key:%b}", len(list(weeks))) for key, weeks in groupby(mondays, key=lambda monday: monday.replace(day=1))
    ]
    return Calendar(columns=months, rows=rows, is_hourly=False)


def _day_cell(days: Mapping[date, list[int]], day: date, bounds: tuple[date, date], zone: str) -> Cell:
    if not bounds[0] <= day <= bounds[1]:
        return Cell(shade=None)
    hours = days.get(day, [])
    shade = 4 if len(hours) >= HOURS else -(-len(hours) * 3 // HOURS)
    end = datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    title = f"{_day(day)} {day.year}: {_captures(sum(hours))}" + (f" in {len(hours)} of 24 hours" if hours else "")
    return Cell(shade=shade, title=title, at=end if hours else None)


def _hour(local: datetime) -> tuple[date, int]:
    return local.date(), local.hour


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def _captures(count: int) -> str:
    return "nobody looked" if not count else f"{count} capture" + ("s" if count > 1 else "")
