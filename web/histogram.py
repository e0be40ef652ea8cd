"""How often, over time: instants counted by day, week, month or year. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

MOST_BARS = 60
STEPS_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """The count of [start, end), and its height in percent of the highest."""

    start: date
    end: date
    count: int
    height: float
    x: float
    width: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Histogram:
    step: str
    bars: Sequence[Bar]
    highest: int


def histogram(instants: Sequence[tuple[int, str]]) -> Histogram | None:
    """The instants, each with a zone, counted over the days that they are of there; None of no instants."""
    if not instants:
        return None
    days = Counter(datetime.fromtimestamp(instant, ZoneInfo(zone)).date() for instant, zone in instants)
    first, last = min(days), max(days)
    step = next((name for name, days in STEPS_DAYS.items() if (last - first).days / days < MOST_BARS), "year")
    counts = Counter[date]()
    for day, count in days.items():
        counts[_start(day, step)] += count
    starts = [_start(first, step)]
    while (following := _next(starts[-1], step)) <= last:
        starts.append(following)
    highest, width = max(counts.values()), 100 / len(starts)
    bars = [
        Bar(
            start=start,
            end=_next(start, step),
            count=counts[start],
            height=round(100 * counts[start] / highest, 1),
            x=round(place * width, 3),
            width=round(width, 3),
        )
        for place, start in enumerate(starts)
    ]
    return Histogram(step=step, bars=bars, highest=highest)


def _start(day: date, step: str) -> date:
    match step:
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "year":
            return day.replace(month=1, day=1)
    return day


def _next(start: date, step: str) -> date:
    match step:
        case "month":
            return (start + timedelta(days=32)).replace(day=1)
        case "year":
            return start.replace(year=start.year + 1)
    return start + timedelta(days=STEPS_DAYS[step])
