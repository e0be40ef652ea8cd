"""Where a node stands: what its ancestors are called, the heading that it is in, the path of its kin."""

import re
from collections.abc import Iterator, Set
from typing import Final

from selectolax.lexbor import LexborNode

from scraper.fonts import LARGEST, font_size
from scraper.memo import Memo
from scraper.vocabulary import WORDS_IN, Word

HEADINGS: Final = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
# Beside the words: the element or the landmark of the page's own content (HTML, the main element).
CENTRAL: Final = 1 << len(Word)
PROSE: Final = CENTRAL << 1  # a paragraph
# Elements whose text is none of a story's.
UNPRINTED: Final = frozenset({
    "script", "style", "template", "svg", "select", "textarea", "iframe", "object", "form", "button", "option",
    "noscript",
})  # fmt: skip
# What an element says by its very tag.
TAG_BITS: Final[dict[str, int]] = {
    "nav": Word.NAV.value,
    "footer": Word.FOOTER.value,
    "header": Word.HEADER.value,
    "aside": Word.ASIDE.value,
    "main": Word.MAIN.value | CENTRAL,
    "article": Word.CARD.value,
    "section": Word.SECTION.value,
    "li": Word.LIST.value,
    "time": Word.TIME.value,
    "cite": Word.BYLINE.value,
    "address": Word.BYLINE.value,
    "figcaption": Word.CAPTION.value,
    "noscript": Word.HIDDEN.value,
    "p": PROSE,
}
HIDDEN: Final = Word.HIDDEN.value
BYLINE: Final = Word.BYLINE.value  # what is cited, if its names do not say better
TOLD: Final = (Word.HEADLINE | Word.KICKER | Word.SUMMARY).value
# Attributes that name an element as classes do, for tests, for analytics and for readers of the screen.
NAMING: Final = frozenset({
    "id", "role", "data-testid", "data-test-id", "data-test", "data-qa", "data-cy", "data-component",
    "data-component-name", "data-module", "data-module-name", "data-block", "data-block-id", "data-block-name",
    "data-block-type", "data-zone", "data-zone-name", "data-region", "data-area", "data-container",
    "data-container-name", "data-section", "data-section-name", "data-type", "data-role", "data-layout",
    "data-layout-name", "data-slot", "data-position", "data-widget", "data-widget-type", "data-name", "data-id",
    "data-vr-zone", "data-tb-region", "data-upscore-zone", "data-link-name", "data-card-type", "data-teaser-type",
    "data-content-type", "data-item-type", "data-tracking-zone",
})  # fmt: skip
SPECIAL: Final = NAMING | {"hidden", "style"}
# What tells an element's place among its like, and not what it is: "first-child", "views-row-2", "odd", "active".
ORDER: Final = re.compile(
    r"(?:\S*[-_])?(?:first|last|odd|even|active|current|selected|alt|\d+)(?:[-_]child)?(?!\S)", re.IGNORECASE
)
MOST_NAMES: Final = 65536


def unordered(names: str) -> str:
    """Classes without those that tell an element's place among its like."""
    return " ".join(ORDER.sub(" ", names).split())


UNORDERED: Final = Memo(unordered, MOST_NAMES)


class Place:
    """An element: what it and those around it are called, the heading and the link around it.

    `bits` are its own words, `around` all words down to it. `path` is the same for its kin: all elements that are
    reached by the same tags and classes from the root. `target` is the address that a link leads to.

    It refers to no place below itself or to itself, so a page is freed as soon as it is read, without a collection.
    """

    __slots__ = ("around", "bits", "heading", "level", "link", "names", "node", "parent", "path", "tag", "target")

    def __init__(self, node: LexborNode, parent: "Place | None", attributes: dict[str, str | None]) -> None:
        tag = node.tag or ""
        self.node = node
        self.parent = parent
        self.tag = tag
        self.names = attributes.get("class")  # its classes as printed
        self.target = ""
        self.level = HEADINGS.get(tag, 0)  # of a heading, 0 of another element
        if tag == "font" and font_size(attributes) == LARGEST:
            self.level = 1  # before there were style sheets, the largest print was the headline of a page
        self.bits = bits = own_bits(tag, attributes)
        if parent is None:
            self.around = bits
            self.path = 0
            self.heading: Place | None = None
            self.link: Place | None = None
        else:
            self.around = parent.around | bits
            self.path = hash((parent.path, tag, self.names))  # 64 bits: one of a page is not another's
            self.heading = parent if parent.level else parent.heading
            self.link = parent if parent.target else parent.link

    def name(self, bits: int) -> None:
        """Set the own words, and join those of the elements around to them."""
        self.bits = bits
        self.around = bits if self.parent is None else self.parent.around | bits

    @property
    def wide(self) -> int:
        """Its own words and those of the element around it."""
        return self.bits | self.parent.bits if self.parent else self.bits

    @property
    def near(self) -> int:
        """Its own words and those of the two elements around it."""
        return self.bits | self.parent.wide if self.parent else self.bits

    @property
    def heading_level(self) -> int:
        """The level of the heading that it is or is in, 0 outside headings."""
        return self.level or (self.heading.level if self.heading else 0)


def are_kin(one: Place | None, other: Place | None) -> bool:
    """Whether two elements are reached by the same tags and classes, but for those of their place among their like."""
    while one is not None and other is not None and one is not other:
        if one.tag != other.tag or UNORDERED[one.names or ""] != UNORDERED[other.names or ""]:
            return False
        one, other = one.parent, other.parent
    return one is other


def lineage(place: Place | None) -> Iterator[Place]:
    """An element and those around it."""
    while place is not None:
        yield place
        place = place.parent


def words_below(place: Place, outer: Place) -> int:
    """The words of an element and of those around it, below one of them."""
    bits = 0
    step: Place | None = place
    while step is not None and step is not outer:
        bits |= step.bits
        step = step.parent
    return bits


def within(inner: Place, outer: Place) -> bool:
    """Whether an element is another one or stands in it."""
    return any(step is outer for step in lineage(inner))


def own_bits(tag: str, attributes: dict[str, str | None]) -> int:
    """What an element's tag, classes and id say."""
    bits = TAG_BITS.get(tag, 0)
    if not attributes:
        return bits
    if not SPECIAL.isdisjoint(attributes):
        bits |= special_bits(attributes)
    names = attributes.get("class")
    if not names:
        return bits
    said = WORDS_IN[names]
    return said | (bits & ~BYLINE if said & TOLD else bits)


def special_bits(attributes: dict[str, str | None]) -> int:
    """What is an element's own beside tag and class: the words of its id, and whether it is hidden."""
    bits = 0
    for name, value in attributes.items():
        if name in NAMING:
            if value:
                bits |= WORDS_IN[value]
                if value == "main" and name == "role":
                    bits |= CENTRAL
        elif name == "hidden" or (name == "style" and value and "none" in value and "display" in value):
            bits |= HIDDEN
    return bits


class Places:
    """The places of one page, each worked out once."""

    def __init__(self, unnamed: Set[int] = frozenset()) -> None:
        """`unnamed` are the identities of elements whose names say nothing."""
        self.known: dict[int, Place] = {}
        self.unnamed = unnamed
        self.prefixes = 0  # words that most names of the page begin with

    def said_of(self, node: LexborNode, tag: str) -> int:
        """What an element that may be no place says by its tag and its names."""
        return self.said(tag, node.attributes)

    def said(self, tag: str, attributes: dict[str, str | None]) -> int:
        """The same of its tag and its attributes."""
        bits = own_bits(tag, attributes)
        return bits & ~self.prefixes | TAG_BITS.get(tag, 0) if self.prefixes else bits

    def of(self, node: LexborNode, attributes: dict[str, str | None] | None = None) -> Place:
        """The place of a node (its attributes, if they are at hand), and on the way those of its ancestors."""
        known, unnamed = self.known, self.unnamed
        identity = node.mem_id
        place = known.get(identity)
        if place is not None:
            return place
        above: list[tuple[LexborNode, int]] = []
        current = node.parent
        while current is not None:
            key = current.mem_id
            place = known.get(key)
            if place is not None:
                break
            above.append((current, key))
            current = current.parent
        for current, key in reversed(above):
            place = known[key] = Place(current, place, {} if key in unnamed else current.attributes)
        place = known[identity] = Place(node, place, node.attributes if attributes is None else attributes)
        return place
