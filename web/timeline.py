"""The lead timeline as geometry: bars, doubts, gaps and ticks in percent of a window of time. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from storage.queries import Lead

COLOURS = 6  # as many as the style sheet has; neighbours never share one
TICK_STEPS_H = (1, 2, 3, 6, 12, 24, 48, 168, 336, 720, 2160, 8760)
MAX_TICKS = 8
LAST_TICK = 96  # percent: a label further right would stand outside
NARROWEST = 0.15  # percent: what was seen once has no width, and is still to be seen


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """A part of the window, in percent."""

    x: float
    width: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One period as lead: the stretch that is sure, those in which it may have led besides, and its colour."""

    lead: Lead
    colour: int
    sure: Stretch
    doubts: tuple[Stretch, ...]


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

    def stretch(self, first: int, last: int) -> Stretch | None:
        """The part of [first, last] that lies in the window, None where none does."""
        first, last = max(first, self.start), min(last, self.end)
        if last < first:
            return None
        return Stretch(x=self.x(first), width=max(round(self.x(last) - self.x(first), 3), NARROWEST))

    def x(self, instant: int) -> float:
        return round(100 * (instant - self.start) / max(self.end - self.start, 1), 3)


def timeline(leads: Sequence[Lead], gaps: Iterable[tuple[int, int]], window: Window, zone: str) -> Timeline:
    """What led over a window, in order of time."""
    colours = _colours([lead.story for lead in leads])
    bars = [bar for lead in leads if (bar := _bar(lead, colours[lead.story], window))]
    holes = [hole for first, last in gaps if (hole := window.stretch(first, last))]
    return Timeline(bars=tuple(bars), gaps=tuple(holes), ticks=tuple(_ticks(window, zone)))


def _bar(lead: Lead, colour: int, window: Window) -> Bar | None:
    seen = lead.seen
    sure = window.stretch(seen.first_seen, seen.last_seen)
    if sure is None:
        return None
    before = window.stretch(seen.not_before, seen.first_seen) if seen.not_before is not None else None
    after = window.stretch(seen.last_seen, seen.gone_by) if seen.gone_by is not None else None
    return Bar(lead=lead, colour=colour, sure=sure, doubts=tuple(doubt for doubt in (before, after) if doubt))


def _colours(stories: Sequence[str]) -> dict[str, int]:
    """A colour for each story: in turn, so that those which follow one another differ."""
    return {story: index % COLOURS for index, story in enumerate(dict.fromkeys(stories))}


def _ticks(window: Window, zone: str) -> list[Tick]:
    hours = (window.end - window.start) / 3600
    step = next((step for step in TICK_STEPS_H if hours / step <= MAX_TICKS), TICK_STEPS_H[-1])
    local = datetime.fromtimestamp(window.start, ZoneInfo(zone)).replace(hour=0, minute=0, second=0)
    ticks = []
    while (instant := int(local.timestamp())) <= window.end:
        if instant >= window.start and window.x(instant) <= LAST_TICK:
            ticks.append(Tick(x=window.x(instant), label=_label(local, step)))
        local = _later(local, step)
    return ticks


def _later(local: datetime, step: int) -> datetime:
    """`step` hours on: whole days by the calendar, hours as they pass."""
    if step % 24 == 0:
        return local + timedelta(days=step // 24)
    return (local.astimezone(UTC) + timedelta(hours=step)).astimezone(local.tzinfo)


def _label(local: datetime, step: int) -> str:
    if step % 24 == 0 or not local.hour:
        return f"{local.day} {local:%b}" if step < 720 else f"{local:%b %Y}"
    return f"{local:%H:%M}"
