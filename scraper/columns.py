"""Columns as they are read: the lead may stand in the middle, and a column of lesser stories first in the source."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from scraper.claims import TOPMOST, Claims
from scraper.links import LIKELY, Mention
from scraper.pictures import ELEMENTS
from scraper.places import Place
from scraper.regions import Regions
from scraper.vocabulary import Word, named

MOST_COLUMNS: Final = 4
MOST_IN_COLUMNS: Final = 40  # mentions
LEAST_LESSER: Final = 3
PICTURED: Final = 3  # mentions: a picture's link and a kicker's may stand before a headline
LEAD: Final = Word.LEAD.value
OUTSIDE: Final = (Word.NAV | Word.FOOTER).value
ASIDE: Final = named("NAV FOOTER ASIDE POPULAR TICKER PROMO SERVICE")


def as_read(
    mentions: Sequence[Mention], scores: Mapping[str, float], claims: Claims, regions: Regions
) -> Sequence[Mention]:
    """The mentions as they stand in the source, but for the first column of lesser stories beside a larger one.

    That one comes after the column that the larger story heads.
    """
    for around, first, second in rows(regions):
        begin, middle, end = regions.first[first], regions.first[second], regions.last[second] + 1
        lesser = mentions[begin:middle]
        if regions.last[first] >= middle or not are_lesser(lesser, around):
            continue
        number = next((one for one in range(middle, min(middle + PICTURED, end)) if mentions[one].level), middle)
        head = mentions[number]
        if scores[head.target] > LIKELY and is_larger(head, claims.block(head, number), around, lesser[0].level):
            return [*mentions[:begin], *mentions[middle:end], *lesser, *mentions[end:]]
    return mentions


def rows(regions: Regions) -> Iterator[tuple[Place, Place, Place]]:
    """The elements that hold a few others with stories, in the order of the page, the outer first, and two of those."""
    holding: defaultdict[Place, list[Place]] = defaultdict(list)
    for place in regions.first:
        if place.parent is not None and place.tag not in TOPMOST:
            holding[place.parent].append(place)
    few = [
        around
        for around, held in holding.items()
        if 1 < len(held) <= MOST_COLUMNS and regions.size(around) <= MOST_IN_COLUMNS
    ]
    for around in sorted(few, key=lambda around: (regions.first[around], -regions.size(around))):
        first, second, *_ = sorted(holding[around], key=regions.first.__getitem__)
        yield around, first, second


def are_lesser(column: Sequence[Mention], around: Place) -> bool:
    """Whether a column holds some stories with headings alike, none of them called the lead."""
    levels = {mention.level for mention in column}
    return (
        len(column) >= LEAST_LESSER
        and len(levels) == 1
        and 0 not in levels
        and not any(words_below(mention.main.place, around) & (OUTSIDE | LEAD) for mention in column)
    )


def is_larger(head: Mention, block: Place, around: Place, level: int) -> bool:
    """Whether the first story of a column has a higher heading, and a picture, or is called the lead."""
    bits = words_below(head.main.place, around)
    if not 0 < head.level <= level or bits & ASIDE:
        return False
    return bool(bits & LEAD) or (head.level < level and block.node.css_first(ELEMENTS) is not None)


def words_below(place: Place, around: Place) -> int:
    """The words of an element and of those around it, below one of them."""
    bits = 0
    step: Place | None = place
    while step is not None and step is not around:
        bits |= step.bits
        step = step.parent
    return bits
