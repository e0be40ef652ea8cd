"""Names that are said of the whole page, and so of no part of it, are made to say nothing."""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Final

from selectolax.lexbor import LexborNode

from scraper.places import TAG_BITS, Places
from scraper.vocabulary import Word

# With all of a labelled page in one more element called "page footer-sticky newsletter", names that some site gives its
# body, no lead was found and 12 % of the stories were missed (benchmarks/robust.py); now nothing changes.
WRAPPED: Final = (0.1, 0.9)  # what holds the links that stand so far down the page holds most of it
MANY_LINKS: Final = 12  # of fewer, most may well be in one part
# A site may begin all its names with its own: tv-teaser, tv-kicker. Of the labelled pages' words, those for cards,
# lists, headlines and the page's own content name up to 74 % of the elements, every other 50 % at most.
PREFIX_SHARE: Final = 0.5
PREFIXES: Final = tuple(
    place for place, word in enumerate(Word) if word not in Word.CARD | Word.LIST | Word.HEADLINE | Word.MAIN
)
MANY_NAMED: Final = 6  # two of three named elements may well be lists
LANE: Final = 16  # bits of a count
LANE_MASK: Final = (1 << LANE) - 1


def wrappers(links: Sequence[LexborNode]) -> frozenset[int]:
    """The identities of the elements that hold most of some links, which are in the order of the page."""
    if len(links) < MANY_LINKS:
        return frozenset()
    first, last = (above(links[int(share * len(links))]) for share in WRAPPED)
    return first & last


def above(node: LexborNode) -> frozenset[int]:
    """The identities of the elements around one."""
    found = []
    step = node.parent
    while step is not None:
        found.append(step.mem_id)
        step = step.parent
    return frozenset(found)


def drop_prefixes(places: Places) -> None:
    """Take words that most names of a page share from all its elements. What their tags say stays."""
    known = places.known.values()
    prefixes = everywhere([bits for bits in {place.path: place.bits for place in known}.values() if bits])
    if prefixes:
        places.prefixes = prefixes
        for place in known:  # parents first
            place.name(place.bits & ~prefixes | TAG_BITS.get(place.tag, 0))


def everywhere(named: Collection[int]) -> int:
    """The words that most of the named elements of a page share."""
    if len(named) < MANY_NAMED:
        return 0
    counts = sum(map(lanes, named))
    most = PREFIX_SHARE * len(named)
    return sum(1 << place for place in PREFIXES if counts >> LANE * place & LANE_MASK > most)


@lru_cache(maxsize=16384)
def lanes(bits: int) -> int:
    """The bits set apart, so that their sum counts each."""
    return sum(1 << LANE * place for place in range(bits.bit_length()) if bits >> place & 1)
