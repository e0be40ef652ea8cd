"""Line charts on two logarithmic axes as SVG by hand, readable on a light and on a dark page."""

from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise
from math import ceil, floor, log10
from typing import Final

Points = Sequence[tuple[float, float]]

WIDTH, HEIGHT = 860, 480
LEFT, RIGHT, TOP, BOTTOM = 70, 250, 50, 50  # margins; labels of the lines stand in the right one
LABEL_HEIGHT: Final = 16
COLOURS: Final = ("#4477aa", "#ee6677", "#228833", "#aa8800", "#66aacc", "#aa3377", "#888888", "#ee8866")
STYLE: Final = """
text { font: 13px system-ui, sans-serif; fill: #222 } .grid { stroke: #8884 } .title { font-weight: 600 }
@media (prefers-color-scheme: dark) { text { fill: #ddd } }
"""


def log_chart(title: str, lines: Mapping[str, Points], *, x_unit: str, y_unit: str) -> str:
    """One line a name, with its name at its end; the axes go from a power of ten to a power of ten."""
    every = [point for points in lines.values() for point in points]
    across, up = (_Axis([point[side] for point in every]) for side in (0, 1))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{escape(title)}</title><style>{STYLE}</style>",
        f'<text class="title" x="{LEFT}" y="24">{escape(title)}</text>',
        *(_vertical(_x(across, value), f"{_short(value)}{x_unit}") for value in across.ticks),
        *(_horizontal(_y(up, value), f"{_short(value)}{y_unit}") for value in up.ticks),
    ]
    places = _apart([_y(up, points[-1][1]) for points in lines.values()])
    for index, ((name, points), label_y) in enumerate(zip(lines.items(), places, strict=True)):
        line = [(_x(across, x), _y(up, y)) for x, y in points]
        parts.append(_line(name, line, label_y, COLOURS[index % len(COLOURS)]))
    return "\n".join([*parts, "</svg>"]) + "\n"


class _Axis:
    """A logarithmic axis: where values lie on it, from 0 to 1, and its powers of ten."""

    def __init__(self, values: Sequence[float]) -> None:
        self._low, high = floor(log10(min(values))), ceil(log10(max(values)))
        self._high = max(high, self._low + 1)

    @property
    def ticks(self) -> list[float]:
        return [10.0**power for power in range(self._low, self._high + 1)]

    def place(self, value: float) -> float:
        return (log10(value) - self._low) / (self._high - self._low)


def _x(axis: _Axis, value: float) -> float:
    return LEFT + axis.place(value) * (WIDTH - LEFT - RIGHT)


def _y(axis: _Axis, value: float) -> float:
    return HEIGHT - BOTTOM - axis.place(value) * (HEIGHT - TOP - BOTTOM)


def _vertical(x: float, label: str) -> str:
    return (
        f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
        f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{label}</text>'
    )


def _horizontal(y: float, label: str) -> str:
    return (
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{label}</text>'
    )


def _line(name: str, line: Points, label_y: float, colour: str) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in line)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in line)
    end_x, end_y = line[-1]
    label_x = WIDTH - RIGHT + 24
    return (
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}'
        f'<path d="M{end_x:.1f} {end_y:.1f} L{label_x - 4} {label_y:.1f}" stroke="{colour}" stroke-dasharray="2 3"/>'
        f'<text x="{label_x}" y="{label_y + 4:.1f}">{escape(name)}</text>'
    )


def _apart(heights: Sequence[float]) -> list[float]:
    """The heights of labels, moved down where they would touch, and all up where the last would leave the chart."""
    order = sorted(range(len(heights)), key=heights.__getitem__)
    places = list(heights)
    for above, below in pairwise(order):
        places[below] = max(places[below], places[above] + LABEL_HEIGHT)
    excess = max(0.0, max(places) - (HEIGHT - BOTTOM))
    return [place - excess for place in places]


def _short(value: float) -> str:
    """1 000 as 1 k, 0.1 as it is."""
    for size, letter in ((1e6, " M"), (1e3, " k")):
        if value >= size:
            return f"{value / size:g}{letter} "
    return f"{value:g} "
