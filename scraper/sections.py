"""The heading under which a story stands: the nearest heading above it whose surroundings hold it."""

from collections.abc import Sequence
from typing import Final

from scraper.blocks import owner_of
from scraper.links import Links
from scraper.places import Place
from scraper.text import has_letters, tidy, words

LONGEST_SECTION: Final = 8  # words; the labelled section headings have at most 7


class Sections:
    """The section headings of a page, by the lowest element around each that holds stories."""

    def __init__(self, links: Links) -> None:
        self.scoped: dict[int, list[tuple[int, str]]] = {}
        for index, heading in links.headings:
            if owner_of(heading) >= 0:
                continue
            text = tidy(heading.node.text())
            if not has_letters(text) or words(text) > LONGEST_SECTION:
                continue
            scope = scope_of(heading)
            if scope is not None:
                self.scoped.setdefault(id(scope), []).append((index, text))

    def above(self, place: Place, index: int) -> str:
        """The section of a story whose block is at this place and whose first link has this index."""
        step: Place | None = place
        while step is not None:
            headings = self.scoped.get(id(step))
            if headings:
                before = [text for at, text in headings if at <= index]
                if before:
                    return before[-1]
            step = step.parent
        return ""


def scope_of(heading: Place) -> Place | None:
    """The lowest element around a heading that holds stories."""
    step = heading.parent
    while step is not None and step.owner == -1:
        step = step.parent
    return step


def sections_of(links: Links, placed: Sequence[tuple[Place, int]]) -> list[str]:
    """The section of each block, "" where it stands under no heading."""
    sections = Sections(links)
    return [sections.above(place, index) for place, index in placed]
