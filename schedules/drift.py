"""The redesign alarm: does what is read on a site still look as it used to? Pure.

Results are watched, not selectors: a page that was rebuilt still answers 200, and a fallback still finds something.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final, TypeAlias

from storage.looks import Look

BASELINE: Final = 96  # readings that say what is usual: a day at every quarter of an hour
MIN_BASELINE: Final = 12
SUSTAINED: Final = 4  # captures in a row that depart: one alone may be an election night, or a server's bad minute
TRIMMED: Final = 0.05  # of the baseline at either end, which may hold such a night


@dataclass(frozen=True, kw_only=True, slots=True)
class Range:
    """Where a measure usually lies."""

    low: float
    middle: float
    high: float


Usual: TypeAlias = dict[str, Range]


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """A number of a reading. It departs when outside of its range and further from the middle than is tolerated."""

    name: str
    of: Callable[[Look], float | None]
    below: Callable[[float], float]
    above: Callable[[float], float]
    said: Callable[[float], str]

    def departs(self, look: Look, usual: Range) -> bool:
        value = self.of(look)
        if value is None:
            return False
        is_low = value < usual.low and usual.middle - value > self.below(usual.middle)
        is_high = value > usual.high and value - usual.middle > self.above(usual.middle)
        return is_low or is_high


@dataclass(frozen=True, kw_only=True, slots=True)
class Departure:
    """A sustained one: since which instant, from what was usual, and what changed in words."""

    since: int
    what: str
    usual: Usual


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")


def _third(_: float) -> float:
    return 0.3


MEASURES: Final = (
    Measure(
        name="teasers",
        of=lambda look: look.teasers,
        below=lambda middle: middle / 2,
        above=lambda middle: middle,
        said=lambda value: f"{value:.0f}",
    ),
    Measure(name="with a summary", of=lambda look: look.summaries, below=_third, above=_third, said=_percent),
    Measure(name="with an image", of=lambda look: look.images, below=_third, above=_third, said=_percent),
    Measure(
        name="lead",
        of=lambda look: float(look.has_lead),
        below=lambda _: 0.5,
        above=lambda _: 1.0,
        said=lambda value: "found" if value > 0.5 else "none",
    ),
    Measure(
        name="stories that stay from one capture to the next",
        of=lambda look: look.overlap,
        below=lambda middle: middle * 2 / 3,
        above=lambda _: 1.0,
        said=_percent,
    ),
)


def drift(looks: Sequence[Look]) -> Departure | None:
    """The sustained departure that the last readings show, oldest first; None where all is as usual, or too new."""
    readable = [look for look in looks if look.is_readable]
    before, last = readable[:-SUSTAINED][-BASELINE:], readable[-SUSTAINED:]
    if len(before) < MIN_BASELINE:
        return None
    usual = usual_of(before)
    departed = [one for one in MEASURES if one.name in usual and _all_depart(one, last, usual[one.name])]
    if not departed:
        return None
    what = "; ".join(_told(one, last, usual[one.name]) for one in departed)
    return Departure(since=last[0].instant, what=what, usual=usual)


def is_over(looks: Sequence[Look], usual: Usual) -> bool:
    """Whether the last readings are all as was usual before the departure."""
    last = [look for look in looks if look.is_readable][-SUSTAINED:]
    measures = [one for one in MEASURES if one.name in usual]
    return len(last) == SUSTAINED and not any(
        measure.departs(look, usual[measure.name]) for look in last for measure in measures
    )


def unreadable(looks: Sequence[Look]) -> Departure | None:
    """The same of quality: a site that shows a wall, or nothing, several captures in a row."""
    last = looks[-SUSTAINED:]
    if len(last) < SUSTAINED or any(look.is_readable for look in last):
        return None
    kinds = list(dict.fromkeys(str(look.quality) for look in last))
    problem = f" ({last[-1].problem})" if last[-1].problem else ""
    return Departure(
        since=last[0].instant, what=f"{' and '.join(kinds)}, {SUSTAINED} times in a row{problem}", usual={}
    )


def usual_of(looks: Sequence[Look]) -> Usual:
    """Where each measure lies that most of the readings have."""
    found = {one.name: [value for look in looks if (value := one.of(look)) is not None] for one in MEASURES}
    return {name: _range(sorted(values)) for name, values in found.items() if len(values) * 2 >= len(looks)}


def _range(values: Sequence[float]) -> Range:
    cut = int(len(values) * TRIMMED)
    return Range(low=values[cut], middle=median(values), high=values[-1 - cut])


def _all_depart(measure: Measure, looks: Sequence[Look], usual: Range) -> bool:
    return all(measure.departs(look, usual) for look in looks)


def _told(measure: Measure, looks: Sequence[Look], usual: Range) -> str:
    now = median(value for look in looks if (value := measure.of(look)) is not None)
    return f"{measure.name}: {measure.said(now)}, usually {measure.said(usual.middle)}"
