"""Periods of time as geometry: bars, doubts, gaps and ticks in percent of a window of time. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from storage.spans import Bounds

COLOURS = 6  # as many as the style sheet has; neighbours never share one
TICK_STEPS_H = (1, 2, 3, 6, 12, 24, 48, 168, 336, 720, 2160, 8760, 17520, 43800)
MONTH_H = 720  # from which on steps are a month, a quarter, one year, two, five: by the calendar
MAX_TICKS = 8
LAST_TICK = 96  # percent: a label further right would stand outside
NARROWEST = 0.15  # percent: closer than that nothing can be told apart
NARROWEST_BAR = 0.6  # what was seen once has no width, and is still to be seen, also on a telephone


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """What lasted: a lead, a wording, a place. Periods of one `key` share a colour; `language` is that of the label."""

    key: str
    label: str
    language: str
    seen: Bounds


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """A part of the window, in percent."""

    x: float
    width: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One period: the stretch that is sure, those in which it may have lasted besides, and its colour."""

    period: Period
    colour: int
    sure: Stretch
    doubts: tuple[Stretch, ...]

    @property
    def is_thin(self) -> bool:
        """Whether it has no room for an edge of its own."""
        return self.sure.width <= NARROWEST_BAR


@dataclass(frozen=True, kw_only=True, slots=True)
class Tick:
    x: float
    label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Timeline:
    bars: tuple[Bar, ...]
    gaps: tuple[Stretch, ...]
    ticks: tuple[Tick, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """The time that a timeline shows; seconds since 1970."""

    start: int
    end: int

    def stretch(self, first: int, last: int, *, narrowest: float = NARROWEST) -> Stretch | None:
        """The part of [first, last] that lies in the window, None where none does."""
        first, last = max(first, self.start), min(last, self.end)
        if last < first:
            return None
        width = max(round(self.x(last) - self.x(first), 3), narrowest)
        return Stretch(x=min(self.x(first), round(100 - width, 3)), width=width)

    def x(self, instant: int) -> float:
        return round(100 * (instant - self.start) / max(self.end - self.start, 1), 3)


def timeline(periods: Sequence[Period], gaps: Iterable[tuple[int, int]], window: Window, zone: str) -> Timeline:
    """What lasted over a window, in order of time."""
    colours = _colours([period.key for period in periods])
    bars = [bar for period in periods if (bar := _bar(period, colours[period.key], window))]
    holes = [hole for first, last in _joined(gaps, window) if (hole := window.stretch(first, last))]
    return Timeline(bars=tuple(bars), gaps=tuple(holes), ticks=tuple(_ticks(window, zone)))


def _joined(gaps: Iterable[tuple[int, int]], window: Window) -> Iterator[tuple[int, int]]:
    """Gaps in order of time; those are one that lie closer together than can be seen."""
    least = (window.end - window.start) * NARROWEST / 100
    whole: tuple[int, int] | None = None
    for first, last in gaps:
        if whole and first - whole[1] < least:
            whole = whole[0], last
            continue
        if whole:
            yield whole
        whole = first, last
    if whole:
        yield whole


def _bar(period: Period, colour: int, window: Window) -> Bar | None:
    seen = period.seen
    sure = window.stretch(seen.first_seen, seen.last_seen, narrowest=NARROWEST_BAR)
    if sure is None:
        return None
    before = window.stretch(seen.not_before, seen.first_seen) if seen.not_before is not None else None
    after = window.stretch(seen.last_seen, seen.gone_by) if seen.gone_by is not None else None
    return Bar(period=period, colour=colour, sure=sure, doubts=tuple(doubt for doubt in (before, after) if doubt))


def _colours(keys: Sequence[str]) -> dict[str, int]:
    """A colour for each key: in turn, so that those which follow one another differ."""
    return {key: index % COLOURS for index, key in enumerate(dict.fromkeys(keys))}


def _ticks(window: Window, zone: str) -> list[Tick]:
    hours = (window.end - window.start) / 3600
    step = next((step for step in TICK_STEPS_H if hours / step <= MAX_TICKS), TICK_STEPS_H[-1])
    local = _begun(datetime.fromtimestamp(window.start, ZoneInfo(zone)), step)
    ticks = []
    while (instant := int(local.timestamp())) <= window.end:
        if instant >= window.start and window.x(instant) <= LAST_TICK:
            ticks.append(Tick(x=window.x(instant), label=_label(local, step)))
        local = _later(local, step)
    return ticks


def _begun(local: datetime, step: int) -> datetime:
    """The midnight from which steps go on: that of the day, or of the first day of the month, quarter or year."""
    midnight = local.replace(hour=0, minute=0, second=0)
    months = step // MONTH_H
    return midnight.replace(day=1, month=local.month - (local.month - 1) % months) if months else midnight


def _later(local: datetime, step: int) -> datetime:
    """`step` hours on: months and whole days by the calendar, hours as they pass."""
    if step >= MONTH_H:
        years, month = divmod(local.month - 1 + step // MONTH_H, 12)
        return local.replace(year=local.year + years, month=month + 1)
    if step % 24 == 0:
        return local + timedelta(days=step // 24)
    return (local.astimezone(UTC) + timedelta(hours=step)).astimezone(local.tzinfo)


def _label(local: datetime, step: int) -> str:
    if step % 24 == 0 or not local.hour:
        return f"{local.day} {local:%b}" if step < MONTH_H else f"{local:%b %Y}"
    return f"{local:%H:%M}"
