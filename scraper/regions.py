"""The parts of a page by the stories that they hold: which story opens a part, and what parts are called."""

from collections.abc import Iterable, Sequence
from typing import Final

from scraper.claims import TOPMOST
from scraper.places import Place

WRAPPER_SHARE: Final = 0.8  # of the mentions


class Regions:
    """For each element, the first and the last of some places in it, numbered in the order of the page."""

    def __init__(self, places: Sequence[Place]) -> None:
        self.total = len(places)
        self.first: dict[Place, int] = {}
        self.last: dict[Place, int] = {}
        numbers = range(self.total)
        mark_upwards(places, numbers, self.first)
        mark_upwards(places, reversed(numbers), self.last)

    def size(self, place: Place) -> int:
        """How many places an element holds."""
        return self.last[place] - self.first[place] + 1 if place in self.first else 0

    def words_around(self, place: Place) -> int:
        """The words of the elements around a block; one that holds most of the page says nothing of a story in it."""
        most = self.total * WRAPPER_SHARE
        bits = 0
        step: Place | None = place
        while step is not None and self.size(step) <= most and step.tag not in TOPMOST:
            bits |= step.bits
            step = step.parent
        return bits

    def opened(self, place: Place, number: int) -> tuple[int, int]:
        """The region that a place opens, the highest element of which it is the first: how many it holds, its words."""
        step: Place | None = place
        bits, size = 0, 1
        while step is not None and self.first.get(step) == number and step.tag not in TOPMOST:
            bits |= step.bits
            size = self.last[step] - number + 1
            step = step.parent
        return size, bits


def mark_upwards(places: Sequence[Place], numbers: Iterable[int], marks: dict[Place, int]) -> None:
    """Mark the elements around each place with its number, unless they have that of an earlier one."""
    for number in numbers:
        step: Place | None = places[number]
        while step is not None and step not in marks:
            marks[step] = number
            step = step.parent
