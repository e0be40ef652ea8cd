"""Where a node stands: what its ancestors are called, the heading and the paragraph that it is in, the path of its kin."""

from typing import Final

from selectolax.lexbor import LexborNode

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

    __slots__ = (
        "around",
        "attributes",
        "bits",
        "depth",
        "heading",
        "link",
        "node",
        "parent",
        "path",
        "prose",
        "tag",
        "target",
    )

    def __init__(
        self, node: LexborNode, parent: "Place | None", path: int, tag: str, attributes: dict[str, str | None]
    ) -> None:
        bits = own_bits(tag, attributes)
        self.node = node
        self.parent = parent
        self.path = path
        self.tag = tag
        self.attributes = attributes
        self.bits = bits
        self.target = ""  # of a link: the canonical address that it leads to
        if parent is None:
            self.around = bits
            self.depth = 0
            self.heading: Place | None = None
            self.link: Place | None = None
            self.prose = False
        else:
            self.around = parent.around | bits
            self.depth = parent.depth + 1
            self.heading = parent.heading
            self.link = parent.link if not parent.target else parent
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
    if attributes:
        get = attributes.get
        if names := get("class"):
            bits |= words_in(names)
        if names := get("id"):
            bits |= words_in(names)
        if "hidden" in attributes or ((style := get("style")) and "none" in style and "display" in style):
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
        place = known.get(node.mem_id)
        if place is not None:
            return place
        climbed = [node]
        current = node.parent
        while current is not None:
            place = known.get(current.mem_id)
            if place is not None:
                break
            climbed.append(current)
            current = current.parent
        paths = self.paths
        for step in reversed(climbed):
            tag = step.tag or ""
            attributes = step.attributes
            key = (place.path if place is not None else 0, tag, attributes.get("class"))
            place = Place(step, place, paths.setdefault(key, len(paths) + 1), tag, attributes)
            known[step.mem_id] = place
        assert place is not None  # noqa: S101 - a node is at least its own place
        return place
