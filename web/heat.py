"""When a site was looked at as a calendar: a row a weekday and a column a week, or, of a short time, a row a day and a
column an hour. Pure.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from scraper.instants import from_epoch

SHORT = timedelta(days=14)
MOST_WEEKS = 53
WEEKS_OF_A_YEAR = 4  # columns that a month with its year is as wide as
HOURS = 24


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """An hour or a day. `shade`: 0 where nobody looked, up to 4; None outside of what is known."""

    shade: int | None
    title: str = ""
    at: datetime | None = None  # the last capture within


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


class Seen(NamedTuple):
    """Captures, and the instant of the last of them."""

    captures: int
    last: int


Place = tuple[date, int]  # day and hour
Hours = dict[date, dict[int, Seen]]
NONE = Seen(0, 0)


def calendar(seen: Mapping[int, int], first: datetime, last: datetime, zone: str) -> Calendar:
    """The calendar of captures (groups as `storage.calendar` has them), in the site's zone."""
    here = ZoneInfo(zone)
    hours = _hours(seen, here)
    bounds = _place(first.astimezone(here)), _place(last.astimezone(here))
    return _by_hour(hours, bounds, here) if last - first <= SHORT else _by_week(hours, bounds, here)


def _hours(seen: Mapping[int, int], here: ZoneInfo) -> Hours:
    """What was seen in each local hour of each day; one that comes twice is one."""
    hours: Hours = {}
    for last, captures in seen.items():
        local = datetime.fromtimestamp(last, here)
        of_day = hours.setdefault(local.date(), {})
        twice = of_day.get(local.hour)
        of_day[local.hour] = Seen(captures + twice.captures, max(last, twice.last)) if twice else Seen(captures, last)
    return hours


def _by_hour(hours: Hours, bounds: tuple[Place, Place], here: ZoneInfo) -> Calendar:
    rows = [
        Row(
            label=_day(day),
            cells=[_hour_cell(hours.get(day, {}), (day, hour), bounds, here) for hour in range(HOURS)],
        )
        for day in _days(bounds[0][0], bounds[1][0])
    ]
    return Calendar(columns=[(f"{hour:02}", 3) for hour in range(0, HOURS, 3)], rows=rows[::-1], is_hourly=True)


def _hour_cell(of_day: Mapping[int, Seen], place: Place, bounds: tuple[Place, Place], here: ZoneInfo) -> Cell:
    day, hour = place
    if not bounds[0] <= place <= bounds[1] or not _exists(day, hour, here):
        return Cell(shade=None)
    seen = of_day.get(hour, NONE)
    title = f"{_day(day)}, {hour:02}:00: {_captures(seen.captures)}"
    return Cell(shade=min(seen.captures, 4), title=title, at=from_epoch(seen.last) if seen.captures else None)


def _by_week(hours: Hours, bounds: tuple[Place, Place], here: ZoneInfo) -> Calendar:
    begin, end = bounds[0][0], bounds[1][0]
    begin = max(begin, end - timedelta(weeks=MOST_WEEKS - 1))
    mondays = _days(begin - timedelta(days=begin.weekday()), end)[::7]
    rows = [
        Row(
            label=f"{mondays[0] + timedelta(days=weekday):%a}",
            cells=[_day_cell(hours, monday + timedelta(days=weekday), (begin, end), here) for monday in mondays],
        )
        for weekday in range(7)
    ]
    return Calendar(columns=list(_months(mondays)), rows=rows, is_hourly=False)


def _months(mondays: Sequence[date]) -> Iterator[tuple[str, int]]:
    """Months with how many weeks each has; the year stands once, at its first month with room for it."""
    told = 0
    for month, weeks in groupby(mondays, key=lambda monday: monday.replace(day=1)):
        span = len(list(weeks))
        has_year = span >= WEEKS_OF_A_YEAR and month.year != told
        told = month.year if has_year else told
        yield f"{month:%b %Y}" if has_year else f"{month:%b}", span


def _day_cell(hours: Hours, day: date, bounds: tuple[date, date], here: ZoneInfo) -> Cell:
    if not bounds[0] <= day <= bounds[1] or not (whole := _length(day, here)):
        return Cell(shade=None)
    of_day = hours.get(day, {})
    shade = 4 if len(of_day) >= whole else -(-len(of_day) * 3 // whole)
    title = f"{_day(day)} {day.year}: {_captures(sum(seen.captures for seen in of_day.values()))}"
    if not of_day:
        return Cell(shade=shade, title=title)
    last = max(seen.last for seen in of_day.values())
    return Cell(shade=shade, title=f"{title} in {len(of_day)} of {whole} hours", at=from_epoch(last))


def _exists(day: date, hour: int, here: ZoneInfo) -> bool:
    """Whether clocks show any of that hour: not when they are set forward over it."""
    ends = (datetime(day.year, day.month, day.day, hour, minute, tzinfo=here) for minute in (0, 59))
    return any(end.astimezone(UTC).astimezone(here).hour == hour for end in ends)


def _length(day: date, here: ZoneInfo) -> int:
    """The hours that clocks show on a day, each once."""
    start, end = (datetime(one.year, one.month, one.day, tzinfo=here) for one in (day, day + timedelta(days=1)))
    return min(HOURS, -(int(start.timestamp() - end.timestamp()) // 3_600))


def _place(local: datetime) -> Place:
    return local.date(), local.hour


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def _captures(count: int) -> str:
    return "nobody looked" if not count else f"{count} capture" + ("s" if count > 1 else "")
