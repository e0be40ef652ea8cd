"""How the titles of sections are told from what is set beside them: cards, items, tabs, kickers."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from selectolax.lexbor import LexborNode

from scraper.kickers import element_before
from scraper.labels import BESIDE_HEADING
from scraper.links import HEADING, first_link, printed_text
from scraper.pictures import ELEMENTS
from scraper.places import HEADINGS, Place, Places
from scraper.vocabulary import named

WRAPPERS: Final = frozenset({"header", "hgroup", "div"})
BYLINE: Final = named("BYLINE")
SECTION: Final = named("SECTION")
HEADLINE: Final = named("HEADLINE")
KICKER: Final = named("KICKER")
HEADER: Final = named("HEADER")


def is_one_of_tabs(node: LexborNode) -> bool:
    """Whether an element is set as the one before it."""
    before = element_before(node)
    return before is not None and form_of(before)[:2] == form_of(node)[:2]


def elements_after(node: LexborNode) -> Iterator[LexborNode]:
    """The elements that come after one, in order."""
    return elements_from(node.next)


def elements_in(node: LexborNode) -> Iterator[LexborNode]:
    """The elements that stand in one, in order."""
    return elements_from(node.first_child)


def elements_from(step: LexborNode | None) -> Iterator[LexborNode]:
    while step is not None:
        if step.is_element_node:
            yield step
        step = step.next


def form_of(node: LexborNode) -> tuple[str | None, ...]:
    """How an element is set: its tag and classes, and those and the ground of the first element in it."""
    inner = next((step for step in node.iter() if step.is_element_node), None)
    own = node.tag, node.attributes.get("class")
    return own if inner is None else (*own, inner.tag, inner.attributes.get("class"), inner.attributes.get("bgcolor"))


def heads_stories(form: tuple[str | None, ...], nodes: Sequence[LexborNode], holding: Sequence[Place | None]) -> bool:
    """Whether what is set in such a form stands right before stories more than once among the children of an element.

    So are titles that are no headings in a column whose first stories stand under none.
    """
    before = (node for (node, own), (_, place) in pairwise(zip(nodes, holding, strict=True)) if place and own is None)
    return sum(form_of(node) == form for node in before) > 1


def is_card(node: LexborNode) -> bool:
    """Whether an element that is named as those of stories beside it is one, if taken for none: it shows a picture."""
    return bool(node.attributes.get("class")) and node.css_first(ELEMENTS) is not None and first_link(node) is not None


def is_item(node: LexborNode) -> bool:
    """Whether an item of a list of stories is one, if taken for none: it leads to more than what it is called."""
    return node.tag == "li" and len({link.attributes.get("href") for link in node.css("a[href]")}) > 1


def names_section(node: LexborNode, level: int, places: Places) -> bool:
    """Whether an element within a block is a section's heading, not a kicker: by its level, or by its names."""
    tag = node.tag or ""
    bits = places.said_of(node, tag)
    if tag in HEADINGS:
        is_named = bool(bits & SECTION) and bool(bits & (HEADLINE | HEADER))
        return is_named or (HEADINGS[tag] < level and (bits & (KICKER | SECTION | HEADLINE)) != KICKER)
    return bool(bits & SECTION) and bool(bits & HEADLINE)


def bared(node: LexborNode, places: Places) -> LexborNode:
    """The heading that a header or its like begins with and prints little beside: a tagline, "see all"."""
    if node.tag not in WRAPPERS or (heading := node.css_first(HEADING)) is None:
        return node
    if places.said_of(node, node.tag) & BYLINE:
        return node
    text, title = printed_text(node), printed_text(heading)
    return heading if title and text.startswith(title) and len(text) - len(title) <= BESIDE_HEADING else node
