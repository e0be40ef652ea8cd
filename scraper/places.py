"""Where a node stands: what its ancestors are called, the heading and the paragraph that it is in, the path of its kin."""

from typing import Final

from selectolax.lexbor import LexborNode

from scraper.limits import MAX_NESTING
from scraper.vocabulary import Word, words_in

HEADINGS: Final = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
# What an element says by its very tag.
TAG_BITS: Final[dict[str, int]] = {
    "nav": Word.NAV.value,
    "footer": Word.FOOTER.value,
    "header": Word.HEADER.value,
    "aside": Word.ASIDE.value,
    "main": Word.MAIN.value,
    "article": Word.CARD.value,
    "section": Word.SECTION.value,
    "li": Word.LIST.value,
    "time": Word.TIME.value,
    "cite": Word.BYLINE.value,
    "address": Word.BYLINE.value,
    "figcaption": Word.CAPTION.value,
    "noscript": Word.HIDDEN.value,
}
HIDDEN: Final = Word.HIDDEN.value


class Place:
    """An element and what is known of it from its ancestors. `bits` are its own words, `around` all words down to it."""

    __slots__ = ("around", "bits", "depth", "heading", "known", "link", "node", "owner", "parent", "path", "prose", "tag")

    def __init__(
        self, node: LexborNode, parent: "Place | None", path: int, tag: str, bits: int, known: dict[int, "Place"]
    ) -> None:
        self.known = known
        self.node = node
        self.parent = parent
        self.path = path
        self.tag = tag
        self.bits = bits
        self.owner = -1
        if parent is None:
            self.around = bits
            self.depth = 0
            self.heading: Place | None = None
            self.link: object | None = None
            self.prose = False
        else:
            self.around = parent.around | bits
            self.depth = parent.depth + 1
            self.heading = parent.heading
            self.link = parent.link
            self.prose = parent.prose
        if tag in HEADINGS:
            self.heading = self
        elif tag == "p":
            self.prose = True

    @property
    def level(self) -> int:
        """The level of the heading that it is in, 0 outside headings."""
        return HEADINGS[self.heading.tag] if self.heading else 0


def own_bits(tag: str, attributes: dict[str, str | None]) -> int:
    """What an element's tag, classes and id say."""
    bits = TAG_BITS.get(tag, 0)
    if not attributes:
        return bits
    get = attributes.get
    names = get("class")
    identity = get("id")
    if names:
        bits |= words_in(names)
    if identity:
        bits |= words_in(identity)
    style = get("style")
    if ("hidden" in attributes) or (style and "none" in style and "display" in style):
        bits |= HIDDEN
    return bits


class Places:
    """The places of one page, each worked out once."""

    def __init__(self) -> None:
        self.known: dict[int, Place] = {}
        self.paths: dict[tuple[int, str, str | None], int] = {}

    def of(self, node: LexborNode) -> Place:
        """The place of a node, and on the way those of its ancestors."""
        known = self.known
        climbed: list[LexborNode] = []
        current: LexborNode | None = node
        place: Place | None = None
        while current is not None:
            place = known.get(current.mem_id)
            if place is not None:
                break
            climbed.append(current)
            current = current.parent
        for step in reversed(climbed):
            place = self.enter(step, place)
        assert place is not None  # noqa: S101 - a node is at least its own place
        return place

    def enter(self, node: LexborNode, parent: Place | None) -> Place:
        tag = node.tag or ""
        attributes = node.attributes
        key = (parent.path if parent else 0, tag, attributes.get("class"))
        path = self.paths.setdefault(key, len(self.paths) + 1)
        place = Place(node, parent, path, tag, own_bits(tag, attributes), self.known)
        self.known[node.mem_id] = place
        return place


def too_deep(place: Place) -> bool:
    return place.depth > MAX_NESTING
