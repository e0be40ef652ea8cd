"""Where a node stands: what its ancestors are called, the heading that it is in, the path of its kin."""

from typing import Final

from selectolax.lexbor import LexborNode

from scraper.vocabulary import Word, words_in

HEADINGS: Final = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
# Beside the words: the element or the landmark of the page's own content (HTML, the main element).
CENTRAL: Final = 1 << len(Word)
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
}
HIDDEN: Final = Word.HIDDEN.value
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


class Kin:
    """What all elements have in common that are reached by the same tags and classes from the root.

    `bits` are their own words, `near` also those of the two elements around them, `around` all words down to them.
    """

    __slots__ = ("around", "bits", "level", "near", "number", "path", "prose", "tag", "wide")

    def __init__(self, parent: "Kin | None", tag: str, bits: int, number: int, path: int) -> None:
        self.tag = tag
        self.bits = bits
        self.number = number
        self.path = path
        self.level = HEADINGS.get(tag, 0)  # of a heading, else 0
        if parent is None:
            self.around = self.wide = self.near = bits
            self.prose = False
        else:
            self.around = parent.around | bits
            self.wide = parent.bits | bits
            self.near = parent.wide | bits
            self.prose = parent.prose or tag == "p"


class Place:
    """An element: its kin, the heading and the link around it; of a link the address that it leads to.

    It refers to no place below itself or to itself, so a page is freed as soon as it is read, without a collection.
    """

    __slots__ = ("heading", "kin", "link", "node", "parent", "target")

    def __init__(self, node: LexborNode, parent: "Place | None", kin: Kin) -> None:
        self.node = node
        self.parent = parent
        self.kin = kin
        self.target = ""
        if parent is None:
            self.heading: Place | None = None
            self.link: Place | None = None
        else:
            self.heading = parent if parent.kin.level else parent.heading
            self.link = parent if parent.target else parent.link

    @property
    def level(self) -> int:
        """The level of the heading that it is in, 0 outside headings."""
        return self.kin.level or (self.heading.kin.level if self.heading else 0)


def own_bits(tag: str, attributes: dict[str, str | None]) -> int:
    """What an element's tag, classes and id say."""
    bits = TAG_BITS.get(tag, 0)
    if not attributes:
        return bits
    if not SPECIAL.isdisjoint(attributes):
        bits |= special_bits(attributes)
    names = attributes.get("class")
    return bits | words_in(names) if names else bits


def special_bits(attributes: dict[str, str | None]) -> int:
    """What is an element's own beside tag and class: the words of its id, and whether it is hidden."""
    bits = 0
    for name, value in attributes.items():
        if name in NAMING:
            if value:
                bits |= words_in(value)
                if value == "main" and name == "role":
                    bits |= CENTRAL
        elif name == "hidden" or (name == "style" and value and "none" in value and "display" in value):
            bits |= HIDDEN
    return bits


class Places:
    """The places of one page, each worked out once."""

    def __init__(self) -> None:
        self.known: dict[int, Place] = {}
        self.kins: dict[tuple[int, str, str | None, int], Kin] = {}
        self.paths: dict[tuple[int, str, str | None], int] = {}
        self.root = Kin(None, "", 0, 0, 0)

    def of(self, node: LexborNode, attributes: dict[str, str | None] | None = None) -> Place:
        """The place of a node (its attributes, if they are at hand), and on the way those of its ancestors."""
        known, kins = self.known, self.kins
        climbed: list[tuple[int, LexborNode, dict[str, str | None] | None]] = []
        place: Place | None = None
        current: LexborNode | None = node
        while current is not None:
            identity = current.mem_id
            place = known.get(identity)
            if place is not None:
                break
            climbed.append((identity, current, attributes))
            attributes = None
            current = current.parent
        kin = self.root if place is None else place.kin
        while climbed:
            identity, step, attributes = climbed.pop()
            if attributes is None:
                attributes = step.attributes
            special = 0 if SPECIAL.isdisjoint(attributes) else special_bits(attributes)
            key = (kin.number, step.tag or "", attributes.get("class"), special)
            kin = kins.get(key) or self.kin(kin, key)
            place = known[identity] = Place(step, place, kin)
        assert place is not None  # noqa: S101 - a node is at least its own place
        return place

    def kin(self, parent: Kin, key: tuple[int, str, str | None, int]) -> Kin:
        """A new kin; elements that differ only in their ids share its path."""
        _, tag, names, special = key
        path = self.paths.setdefault((parent.path, tag, names), len(self.paths) + 1)
        bits = TAG_BITS.get(tag, 0) | special | (words_in(names) if names else 0)
        found = self.kins[key] = Kin(parent, tag, bits, len(self.kins) + 1, path)
        return found
