"""The course of a story over the positions of a front page as geometry: lines in a field of 1000 by 100. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.paths import Point
from web.timeline import Window

WIDTH, HEIGHT = 1000, 100
DEEPEST = 10  # positions that a chart shows at least, so that a shift by one is no plunge


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """`lines` and `led` (those as lead) are polylines' points; `depth` is the position at the foot of the field."""

    lines: Sequence[str]
    led: Sequence[str]
    depth: int


def course(points: Sequence[Point], window: Window, gap: int) -> Course:
    """Steps from capture to capture, broken where the story was gone or nobody looked for longer than `gap`."""
    depth = max([DEEPEST, *(point.position for point in points if point.position)])
    runs = _runs(points, gap)
    led = [part for run in runs for part in _led(run)]
    return Course(
        lines=[_line(run, window, depth) for run in runs], led=[_line(run, window, depth) for run in led], depth=depth
    )


def _runs(points: Sequence[Point], gap: int) -> list[list[Point]]:
    runs: list[list[Point]] = [[]]
    for point in points:
        if runs[-1] and point.instant - runs[-1][-1].instant > gap:
            runs.append([])
        if point.position is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if run]


def _led(run: Sequence[Point]) -> list[list[Point]]:
    parts: list[list[Point]] = [[]]
    for point in run:
        if point.is_lead:
            parts[-1].append(point)
        elif parts[-1]:
            parts.append([])
    return [part for part in parts if part]


def _line(run: Sequence[Point], window: Window, depth: int) -> str:
    """A staircase: each position holds until the next capture says otherwise."""
    places: list[tuple[float, float]] = []
    for point in run:
        x = window.x(point.instant) * WIDTH / 100
        y = (point.position or 1) - 1
        level = round(4 + y * (HEIGHT - 8) / (depth - 1), 1)
        if places:
            places.append((x, places[-1][1]))
        places.append((x, level))
    if len(places) == 1:
        places.append((places[0][0] + 4, places[0][1]))
    return " ".join(f"{x:g},{y:g}" for x, y in places)
