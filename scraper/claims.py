"""Whose an element is: the one mention whose links it holds, or several mentions'."""

from collections.abc import Sequence
from typing import Final

from scraper.links import Mention
from scraper.places import Place

UNCLAIMED: Final = -1
SHARED: Final = -2
TOPMOST: Final = frozenset({"body", "html"})


class Claims:
    """The owner of every element above a link: the number of a mention, or SHARED.

    With `everywhere` a mention also claims the other links to its target, so that no other block holds them.
    """

    def __init__(self, mentions: Sequence[Mention], *, everywhere: bool = False) -> None:
        owners: dict[Place, int] = {}
        self.owners = owners
        owner_of = owners.get
        for number, mention in enumerate(mentions):
            for link in mention.everywhere if everywhere else mention.links:
                place: Place | None = link.place
                while place is not None:
                    owner = owner_of(place)
                    if owner is None:
                        owners[place] = number
                    elif owner != number and owner != SHARED:
                        owners[place] = SHARED
                    else:
                        break
                    place = place.parent

    def of(self, place: Place | None) -> int:
        """The owner of an element itself, UNCLAIMED where it holds no mention."""
        return UNCLAIMED if place is None else self.owners.get(place, UNCLAIMED)

    def is_others(self, place: Place | None, number: int) -> bool:
        """Whether an element holds a mention beside or instead of this one."""
        return self.of(place) not in (UNCLAIMED, number)

    def around(self, place: Place) -> int:
        """The owner of the lowest element around this one that has any."""
        step: Place | None = place
        while step is not None:
            owner = self.owners.get(step)
            if owner is not None:
                return owner
            step = step.parent
        return SHARED

    def block(self, mention: Mention, number: int) -> Place:
        """The highest element that a mention has to itself."""
        owner_of = self.owners.get
        place = mention.main.place
        parent = place.parent
        while parent is not None and owner_of(parent) == number and parent.tag not in TOPMOST:
            place = parent
            parent = place.parent
        return place
