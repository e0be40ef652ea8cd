"""The kicker that stands before a story's block, in an element that several stories share."""

from collections.abc import Sequence
from typing import Final

from selectolax.lexbor import LexborNode

from scraper.claims import SHARED, UNCLAIMED, Claims
from scraper.links import HEADING, Mention, first_link, printed_text
from scraper.pictures import ELEMENTS
from scraper.places import HEADINGS, UNPRINTED, Place, Places, are_kin
from scraper.text import has_letters, words
from scraper.vocabulary import WORDS_IN, named

KICKER: Final = named("KICKER")
HEADLINE: Final = named("HEADLINE")
SUMMARY: Final = named("SUMMARY")
SECTION: Final = named("SECTION")
RELATED: Final = named("RELATED")
TAG: Final = named("TAG")
NOT_BEFORE: Final = named("SECTION HEADER NAV TIME COMMENTS CAPTION SOCIAL MORE BYLINE SUMMARY")
LONGEST_KICKER: Final = 9  # words; the longest labelled kicker has as many


def kicker_before(
    place: Place, mention: Mention, number: int, places: Places, claims: Claims, *, heads: bool
) -> LexborNode | None:
    """The element right before a block that is its kicker, by its names or as a lower heading than the headline.

    It may stand before an element that the block begins, with stories called related. That of a group of stories is
    none, nor is a bar of links. Of a story that `heads` related ones it is also what its element begins with.
    """
    node = element_before(place.node)
    following = next_story(place, number, places, claims)
    if following is not None and heads and node is not None and begins(node, places):
        return node
    related = following is not None and bool(following.bits & RELATED)
    stories = [place.node] if following is None else [place.node, following.node]
    while related and node is None and place.parent is not None and claims.of(place.parent) == SHARED:
        place = place.parent
        node = element_before(place.node)
        following = next_story(place, number, places, claims)
    if node is None or words(printed_text(node)) > LONGEST_KICKER:
        return None
    inner = only_heading(node)
    called = inner is node or places.said_of(inner, inner.tag or "") & KICKER
    if not called or not is_kicker(node, mention, number, places, claims, related=related):
        node = inner
    if not is_kicker(node, mention, number, places, claims, related=related) or leads_many_ways(node):
        return None
    if len(stories) > 1 and leads_to_all(node, stories):
        return None
    if following is None or not are_kin(following, place):
        return node
    own = element_before(following.node)
    return node if own is not None and is_kicker(own, mention, number, places, claims, related=False) else None


def only_heading(node: LexborNode) -> LexborNode:
    """The heading that is all that an element holds, or the element itself."""
    if node.css_first(HEADING) is None:
        return node
    inner = node
    while inner.tag not in HEADINGS:
        held = [child for child in inner.iter() if child.is_element_node]
        if len(held) != 1 or printed_text(held[0]) != printed_text(inner):
            return node
        inner = held[0]
    return inner


def part_bits(node: LexborNode) -> int:
    """What the names of an element call it as a part of its block, as BEM names parts: c-headline__kicker."""
    names = (node.attributes.get("class") or "").split()
    return WORDS_IN[" ".join(name.rpartition("__")[2] for name in names if "__" in name)]


def leads_to_all(title: LexborNode, stories: Sequence[LexborNode]) -> bool:
    """Whether a title's own link leads to what the addresses of all these stories stand below: to their section."""
    front = address_in(title)
    folder = front.rstrip("/") + "/"
    return len(folder) > 1 and all(address_in(story).startswith(folder) for story in stories)


def address_in(node: LexborNode) -> str:
    """The address of the first link of an element, as printed; "" where it holds none."""
    link = first_link(node)
    return (link.attributes.get("href") or "") if link is not None else ""


def begins(node: LexborNode, places: Places) -> bool:
    """Whether an element that nothing stands before is a short text, no heading, and called nothing but a kicker."""
    tag = node.tag or ""
    if tag in HEADINGS or tag in UNPRINTED or node.mem_id in places.known or element_before(node) is not None:
        return False
    bits = places.said_of(node, tag)
    text = printed_text(node)
    called_else = bits & NOT_BEFORE & ~SUMMARY and not bits & KICKER
    if called_else or not has_letters(text) or words(text) > LONGEST_KICKER:
        return False
    return node.css_first(ELEMENTS) is None and not leads_many_ways(node)


def leads_many_ways(node: LexborNode) -> bool:
    """Whether an element holds several links, as a bar does."""
    return len(node.css("a")) > 1


def next_story(place: Place, number: int, places: Places, claims: Claims) -> Place | None:
    """The first element after a block, beside it, that holds another story."""
    node = place.node.next
    while node is not None:
        story = places.known.get(node.mem_id)
        if claims.is_others(story, number):
            return story
        node = node.next
    return None


def element_before(node: LexborNode) -> LexborNode | None:
    """The element before a node, None where text stands between them."""
    before = node.prev
    while before is not None and (not before.is_element_node or before.tag == "br"):
        if before.is_text_node and not (before.text_content or "").isspace():
            return None
        before = before.prev
    return before


def is_kicker(
    node: LexborNode, mention: Mention, number: int, places: Places, claims: Claims, *, related: bool
) -> bool:
    """Whether an element before a story is its kicker, and no section's name.

    With `related` what follows the story is called related to it, so what is before it is no section of them all.
    """
    tag = node.tag or ""
    owner = claims.of(places.known.get(node.mem_id))
    if owner not in (UNCLAIMED, number):
        return False
    bits = places.said_of(node, tag)
    if tag in HEADINGS:
        named_so = bool(bits & (KICKER | TAG)) and not bits & (NOT_BEFORE | HEADLINE)
        named_so = named_so or part_bits(node) & (KICKER | HEADLINE | SECTION) == KICKER
        is_lower = mention.level < HEADINGS[tag] or (related and not bits & SECTION)
        return mention.level > 0 and is_lower and named_so and (related or owner == number)
    return (bool(bits & KICKER) or tag == "dt") and not bits & (NOT_BEFORE & ~SECTION if related else NOT_BEFORE)
