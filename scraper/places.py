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

    __slots__ = ("around", "bits", "near", "number", "path", "prose", "tag", "wide")

    def __init__(self, parent: "Kin | None", tag: str, bits: int, number: int, path: int) -> None:
        self.tag = tag
        self.bits = bits
        self.number = number
        self.path = path
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
            self.heading = parent if parent.kin.tag in HEADINGS else parent.heading
            self.link = parent if parent.target else parent.link

    @property
    def level(self) -> int:
        """The level of the heading that it is in, 0 outside headings."""
        heading = self if self.kin.tag in HEADINGS else self.heading
        return HEADINGS[heading.kin.tag] if heading else 0


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
    for name in NAMING & attributes.keys():
        if names := attributes[name]:
            bits |= words_in(names)
    if attributes.get("role") == "main":
        bits |= CENTRAL
    if "hidden" in attributes or ((style := attributes.get("style")) and "none" in style and "display" in style):
        bits |= HIDDEN
    return bits


class Places:
    """The places of one page, each worked out once."""

    def __init__(self) -> None:
        self.known: dict[int, Place] = {}
        self.kins: dict[tuple[int, str, str | None, int], Kin] = {}
        self.paths: dict[tuple[int, str, str | None], int] = {}
        self.root = Kin(None, "", 0, 0, 0)

    def of(self, node: LexborNode) -> Place:
        """The place of a node, and on the way those of its ancestors."""
        known, kins = self.known, self.kins
        climbed: list[tuple[LexborNode, int]] = []
        place: Place | None = None
        current: LexborNode | None = node
        while current is not None:
            identity = current.mem_id
            place = known.get(identity)
            if place is not None:
                break
            climbed.append((current, identity))
            current = current.parent
        kin = self.root if place is None else place.kin
        for step, identity in reversed(climbed):
            attributes = step.attributes
            special = special_bits(attributes) if not SPECIAL.isdisjoint(attributes) else 0
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
