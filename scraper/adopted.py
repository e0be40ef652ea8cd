"""The kicker before a headline in a card with related stories, told by the cards beside it that hold one story each."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from selectolax.lexbor import LexborNode

from scraper.blocks import Block
from scraper.claims import SHARED, UNCLAIMED, Claims
from scraper.habits import SIDE, kind
from scraper.kickers import LONGEST_KICKER, element_before, leads_many_ways, next_story
from scraper.links import HEADING, printed_text
from scraper.pictures import ELEMENTS
from scraper.places import UNPRINTED, Places, are_kin
from scraper.segments import measured, text_of
from scraper.text import has_letters, words

Form: TypeAlias = tuple[str, str | None]  # tag and first class
LEAST: Final = 3  # cards of one story that begin so
DEEPEST: Final = 3


def adopt_kickers(blocks: Sequence[Block], heads: Sequence[int], places: Places, claims: Claims) -> bool:
    """Give blocks the kickers before them that stand in the blocks of other cards; whether there were any.

    Those cards are more than the ones that hold several stories: else what begins them is a section's title.
    """
    alone = begun_within(blocks, heads)
    if not alone:
        return False
    found: defaultdict[Form, list[tuple[Block, LexborNode]]] = defaultdict(list)
    for number, block in enumerate(blocks):
        if block.before is None and (node := first_before(block, number, places, claims)) is not None:
            form = next((form for form in forms(node) if form in alone), None)
            if form is not None:
                found[form].append((block, node))
    adopted = [
        card for form, cards in found.items() if len(alone[form]) >= max(LEAST, len(cards) + 1) for card in cards
    ]
    for block, node in adopted:
        block.before = node
        kicker = text_of(node)
        measured(kicker)
        block.segments.insert(0, kicker)
    return bool(adopted)


def begun_within(blocks: Sequence[Block], heads: Sequence[int]) -> dict[Form, set[str]]:
    """The short texts right above the headlines in blocks, by how they are set."""
    found: defaultdict[Form, set[str]] = defaultdict(set)
    for block, head in zip(blocks, heads, strict=True):
        if head > 0 and block.before is None:
            one = block.segments[head - 1]
            is_short = one.inside and one.lettered and one.words <= LONGEST_KICKER
            if is_short and one.names and not one.bits & SIDE and not one.heading:
                found[kind(one)[:2]].add(one.text)
    return found


def first_before(block: Block, number: int, places: Places, claims: Claims) -> LexborNode | None:
    """The short text right before a block in an element that it opens, with stories set otherwise below."""
    place = block.place
    if place.parent is None or claims.of(place.parent) != SHARED:
        return None
    following = next_story(place, number, places, claims)
    node = element_before(place.node)
    if node is None or following is None or are_kin(following, place) or node.css_first(HEADING) is not None:
        return None
    if node.tag in UNPRINTED or claims.of(places.known.get(node.mem_id)) not in (UNCLAIMED, number):
        return None
    text = printed_text(node)
    if not has_letters(text) or words(text) > LONGEST_KICKER or leads_many_ways(node):
        return None
    return None if node.css_first(ELEMENTS) is not None else node


def forms(node: LexborNode) -> Iterator[Form]:
    """The tag and the first class of an element, and of those that alone stand in it."""
    step: LexborNode | None = node
    for _ in range(DEEPEST):
        if step is None:
            return
        names = step.attributes.get("class")
        yield step.tag or "", names.partition(" ")[0] if names else None
        inside = [child for child in step.iter() if child.is_element_node]
        step = inside[0] if len(inside) == 1 else None
