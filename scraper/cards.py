"""What the card around a candidate's block shows and tells beside it: pictures, text."""

from typing import Final

from selectolax.lexbor import LexborNode

from scraper.claims import SHARED, TOPMOST, Claims
from scraper.links import printed_text
from scraper.pictures import shown_in
from scraper.places import HEADINGS, Place
from scraper.regions import Regions
from scraper.standing import stated_width
from scraper.text import tidy
from scraper.vocabulary import Word

CARD: Final = Word.CARD.value
CARD_HEIGHT: Final = 5  # elements between a headline and its card
CARD_MENTIONS: Final = 8  # a lead and its related links
MOST_BELOW: Final = 6  # siblings


def card_pictures(
    place: Place, number: int, claims: Claims, regions: Regions, known: dict[int, Place]
) -> tuple[int, int]:
    """How many pictures the card around a block shows that are no other block's, and the greatest width one states."""
    card: Place | None = None
    step = place.parent
    for _ in range(CARD_HEIGHT):
        if step is None or step.tag in TOPMOST or regions.size(step) > CARD_MENTIONS:
            break
        if step.bits & CARD and regions.first.get(step) in (number, number - 1):
            card = step
        step = step.parent
    if card is None:
        return 0, 0
    own = [image for image in shown_in(card.node) if holder(image, claims, known) in (SHARED, number)]
    return len(own), max((stated_width(image.attributes) for image in own), default=0)


def text_below(place: Place, number: int, claims: Claims, known: dict[int, Place]) -> int:
    """How many characters stand right below a block in an element that it shares, up to another story's."""
    count = 0
    node = place.node.next
    for _ in range(MOST_BELOW):
        if node is None:
            break
        if node.is_text_node:
            count += len(tidy(node.text_content or ""))
        elif node.is_element_node:
            below = known.get(node.mem_id)
            if node.tag in HEADINGS or claims.is_others(below, number):
                break
            count += len(printed_text(node))
        node = node.next
    return count


def holder(node: LexborNode, claims: Claims, known: dict[int, Place]) -> int:
    """The owner of the lowest element around a node that holds mentions."""
    step = node.parent
    while step is not None:
        place = known.get(step.mem_id)
        if place is not None:
            return claims.around(place)
        step = step.parent
    return SHARED
