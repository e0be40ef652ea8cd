"""One candidate for the lead as it stands on its page: what it is called, its pictures, its text, its print."""

import re
from typing import Final

from selectolax.lexbor import LexborNode

from scraper.fonts import font_size
from scraper.kinds import SPONSORED_TEXT
from scraper.links import Link, Mention
from scraper.pictures import shown_in
from scraper.places import Place, within, words_below
from scraper.text import tidy, words
from scraper.vocabulary import named, words_in

BESIDE_LINKS: Final = 4  # as far from the headline a link to the same story is beside it; the leads need 4, 20 is alike
SPARE_CHARACTERS: Final = 60  # text of a block beside its headline that is more than a label and a time
TRACKED: Final = named("LEAD TOP FEATURE")  # what the query of an address says of the spot that the link stands in
LONGEST_QUERY: Final = 200
EMPHASIS: Final = ("b", "strong", "big")
EMPHASISED: Final = ", ".join(EMPHASIS)
LONGEST_LABEL: Final = 3  # words
SIZES: Final = re.compile(r"(?:^|[,)])\s*(\d{2,4})px")  # (min-width: 900px) 1004px, 94vw
PIXELS: Final = re.compile(r"\s*(\d{1,5})")
WORDS_AROUND: Final = named(
    "LEAD TOP FEATURE BIG SMALL MAIN FIRST TICKER ASIDE POPULAR CAROUSEL OPINION LIVE NAV HEADER PROMO RELATED LIST "
    "HIDDEN VIDEO GALLERY SERVICE FOOTER CLONE COMMENTS"
)
# The size of print or of a card that a class ends with: heading-xxlarge, hdl_xxl, teaser-xl, text-4xl. What is laid out
# by such names is something else: col-xl, rounded-xl, max-w-2xl.
SIZED: Final = re.compile(
    r"(?<!\S)(?!(?:col|row|container|grid|rounded|shadow|gap|space|order|offset|[mp][trblxyse]?|w|h|max|min|hidden|visible)"
    r"[-_])(?:\S*[-_])?(?:(x+)[-_]?l(?:arge)?|([2-9])[-_]?xl)(?!\S)",
    re.IGNORECASE,
)
HEADLINE_SIZE: Final = 5  # of a `font`, of seven
MOST_SIZED: Final = 3  # elements: the heading, the link, and those around it that may be its headline's or its card's
WORDS_NEAR: Final = WORDS_AROUND | named("KICKER SUMMARY HEADLINE")


class Standing:
    """One candidate for the lead: its block and what is seen of it, before it is compared with the others."""

    __slots__ = (
        "above",
        "advert",
        "around",
        "bold",
        "eager",
        "headed_region",
        "kin",
        "kindred",
        "lead_score",
        "level",
        "links",
        "mention",
        "near",
        "opens",
        "pictures",
        "place",
        "region",
        "score",
        "size",
        "spare",
        "values",
        "width",
        "with_related",
    )

    def __init__(self, mention: Mention, place: Place, score: float) -> None:
        self.mention = mention
        self.place = place
        self.score = score
        self.level = mention.level
        self.around = 0
        self.near = (near_bits(mention.main.place, place) | tracked_bits(mention)) & WORDS_NEAR
        self.opens = 0
        self.above = 0
        self.kindred = 0
        self.bold = False
        self.with_related = False
        self.region = 1
        self.headed_region = 1
        self.kin = 1
        self.links = beside(mention)
        self.pictures, self.width, self.eager = pictures(self.links, place)
        self.spare = spare_text(mention, place)
        self.size = named_size(mention)
        self.advert = is_advert(place)
        self.values: tuple[float, ...] = ()
        self.lead_score = 0.0

    @property
    def is_card(self) -> bool:
        return self.pictures > 0 or self.spare > SPARE_CHARACTERS


def near_bits(link: Place, block: Place) -> int:
    """The words of the link, of its block, and of all between them and two above."""
    bits = words_below(link, block)
    step: Place | None = block
    for _ in range(3):
        if step is None:
            break
        bits |= step.bits
        step = step.parent
    return bits


def named_size(mention: Mention) -> int:
    """How large a headline or its card is said to be, by names or font: 1 for xl, 2 for xxl; 0 if by neither."""
    sizes = [] if mention.heading is None else [size_in(mention.heading.names)]
    step: Place | None = mention.main.place
    while step is not None and len(sizes) < MOST_SIZED:
        is_font = step.tag == "font"
        sizes.append(font_size(step.node.attributes) - HEADLINE_SIZE if is_font else size_in(step.names))
        step = step.parent
    return max(0, *sizes)


def size_in(names: str | None) -> int:
    """The greatest size that class names end with."""
    return max((len(x) or int(digit) for x, digit in SIZED.findall(names)), default=0) if names else 0


def tracked_bits(mention: Mention) -> int:
    """What the addresses of a mention's links say of their spot, for the publisher's statistics: ?module=top-news."""
    bits = 0
    for link in mention.links:
        if query := link.url.partition("?")[2] or link.url.partition("#")[2]:
            bits |= words_in(query[:LONGEST_QUERY])
    return bits & TRACKED


def is_bold(mention: Mention) -> bool:
    """Whether a headline without a heading is printed bold as a whole."""
    if mention.heading or not mention.text:
        return False
    link = mention.main.place.node
    around: list[LexborNode | None] = [link.parent, link.parent.parent if link.parent is not None else None]
    return any(
        tidy(node.text()) == mention.text
        for node in (*link.css(EMPHASISED), *around)
        if node is not None and node.tag in EMPHASIS
    )


def pictures(links: list[Link], place: Place) -> tuple[int, int, bool]:
    """How many pictures a block and its story's links have, the greatest width one states, whether one is loaded first.

    In old tables a picture stands in another cell than its headline, with related links between them.
    """
    seen = shown_in(place.node)
    for link in links:
        if not within(link.place, place):
            seen += shown_in(link.place.node)
    if not seen:
        return 0, 0, False
    stated = [image.attributes for image in seen]
    return len(seen), max(map(stated_width, stated)), any(map(is_eager, stated))


def beside(mention: Mention) -> list[Link]:
    """The links to a mention's target that stand at its spot."""
    if mention.count == 1:
        return mention.links
    return [link for link in mention.everywhere if abs(link.index - mention.main.index) <= BESIDE_LINKS]


def is_eager(attributes: dict[str, str | None]) -> bool:
    """Whether a page asks for a picture before others (HTML, lazy loading and fetch priority): it shows at once."""
    return attributes.get("fetchpriority") == "high" or attributes.get("loading") == "eager"


def stated_width(attributes: dict[str, str | None]) -> int:
    """The width in pixels that a picture is to be shown in, by its `width` or its `sizes`; 0 where neither says."""
    width = 0
    if found := PIXELS.match(attributes.get("width") or ""):
        width = int(found[1])
    if (sizes := attributes.get("sizes")) and (found := SIZES.search(sizes)):
        width = max(width, int(found[1]))
    return width


def spare_text(mention: Mention, place: Place) -> int:
    """How many characters the block prints beside its headline."""
    if place is mention.main.place:
        return 0
    return max(0, len(" ".join(place.node.text().split())) - len(mention.text))


def is_advert(place: Place) -> bool:
    """Whether the first that a block prints is that it is an advertisement."""
    for node in place.node.traverse(include_text=True):
        if node.is_text_node and (first := tidy(node.text_content or "")):
            return words(first) <= LONGEST_LABEL and SPONSORED_TEXT.search(first) is not None
    return False
