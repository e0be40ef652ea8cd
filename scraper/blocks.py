"""The block of a story: the largest element that holds its links and no other story's, and the texts in it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Final, TypeAlias

from selectolax.lexbor import LexborNode

from scraper.claims import SHARED, Claims
from scraper.kickers import KICKER, kicker_before
from scraper.leadins import lead_ins
from scraper.links import Mention
from scraper.offers import KINDS
from scraper.pictures import CUSTOM, ELEMENTS
from scraper.places import HEADINGS, UNPRINTED, Place, Places
from scraper.text import has_letters, tidy, words
from scraper.vocabulary import named

NO_LINK, OWN_LINK, OTHER_LINK = 0, 1, 2
# Elements that shape letters and do not part texts.
LETTERS: Final = frozenset({
    "b", "i", "em", "strong", "u", "font", "sup", "sub", "mark", "q", "wbr", "s", "abbr", "small", "bdi", "bdo",
    "big", "ins", "del", "tt", "acronym", "nobr",
})  # fmt: skip
EMPHASIS: Final = frozenset({"b", "i", "em", "strong", "small"})
SCRIPTS: Final = frozenset({"sub", "sup"})  # stand in a word
EMPTY: Final = frozenset({"picture", "source", "meta", "link", "input", "hr", "path"})  # they hold no text
TRANSPARENT: Final = LETTERS | EMPTY
# What is said to those who hear the page alone: "Article réservé aux abonnés".
UNSEEN: Final = re.compile(
    r"(?<![\w-])(?:(?:\w+-)*(?:sr-only|visually-?hidden|hidden-visually|vh)|screen-?reader(?:-?(?:text|only))?|"
    r"(?:element-)?invisible|off-?screen|(?:is-)?hidden)(?![\w-])",
    re.IGNORECASE,
)
ICON: Final = re.compile(r"(?<![a-z])icons?(?![a-z])", re.IGNORECASE)
# What an element's names can say of its text; one that says none of it says what the element around it does.
PARTS: Final = named("HEADLINE KICKER SUMMARY BYLINE TIME COMMENTS CAPTION SOCIAL MORE TEXT")
OF_STORIES: Final = PARTS & ~named("CAPTION")  # of an element that holds a link or a heading: no picture's words alone
NOT_KICKER: Final = PARTS & ~named("KICKER")  # the names of a card's topic are often around all of its text
OF_BOTH: Final = named("HEADLINE SUMMARY TEXT")  # of an element that holds the headline and the text beside it
TEXT: Final = named("TEXT")  # says little: what is around may say more
MAX_NODES: Final = 400  # of one block; the largest of a lead on the labelled pages has 39 elements
BYLINE: Final = named("BYLINE")
SUMMARY: Final = named("SUMMARY")
BESIDE: Final = named("BYLINE TIME MORE COMMENTS")
PARTING: Final = frozenset({"li", "article", "tr", "dt", "hr"})  # the next of its kind, or a rule before it
LEAST_DEK: Final = 8  # words of a lower heading below the headline that is no section's
MAX_NODES_AFTER: Final = 60
MAX_NEIGHBOURS: Final = 8  # siblings that follow a block up to the next story's; a dek stands within the first 4


# What a text has from the elements around it, within its block: the mem_id of the element that sets it, its tag, what
# it is called, the level of the heading (0 outside headings), the link, whether it is printed, and its classes.
Context: TypeAlias = tuple[int, str, int, int, int, bool, str | None]


class Segment:
    """One run of text in a block: what its element is called, its heading and its link."""

    __slots__ = (
        "bits", "container", "heading", "inside", "lettered", "link", "names", "owner", "tag", "text", "words",
    )  # fmt: skip

    def __init__(self, text: str, context: Context, owner: int, inside: bool) -> None:
        self.text = text
        self.container, self.tag, self.bits, self.heading, self.link, _, self.names = context
        self.owner = owner  # the mem_id of the element that holds the last of its text
        self.inside = inside  # whether it stands in the block, not after it
        self.words = 0
        self.lettered = False


class Block:
    """A story's element, with the mention that it shows, its texts and its pictures."""

    __slots__ = ("before", "heads", "images", "mention", "place", "segments", "unseen")

    def __init__(self, mention: Mention, place: Place, heads: bool) -> None:
        self.mention = mention
        self.place = place
        self.heads = heads  # whether stories related to its own are known to follow
        self.before: LexborNode | None = None  # the kicker before it, in an element that several stories share
        self.segments: list[Segment] = []
        self.images: list[LexborNode] = []
        self.unseen: list[str] = []  # what it says to those who hear the page alone


class Reader:
    """Reads the texts of one element after another into a block."""

    __slots__ = (
        "beginnings", "claims", "count", "images", "known", "last", "level", "number", "places", "segments", "target",
        "unseen",
    )  # fmt: skip

    def __init__(
        self, block: Block, number: int, places: Places, claims: Claims, beginnings: Mapping[int, int]
    ) -> None:
        self.target = block.mention.target
        self.level = block.mention.level
        self.segments = block.segments
        self.images = block.images
        self.unseen = block.unseen
        self.number = number
        self.places = places
        self.known = places.known
        self.claims = claims
        self.beginnings = beginnings
        self.last: Segment | None = None
        self.count = 0

    def read(self, root: LexborNode, outer: Context, inside: bool) -> bool:  # noqa: C901 - the hottest loop of all
        """All text below an element, in order; False where another story or its heading begins."""
        known, beginnings = self.known, self.beginnings
        above: list[tuple[LexborNode | None, int, Context]] = []
        node, holder, context = root.first_child, root.mem_id, outer
        count = self.count
        while True:
            if node is None:
                if not above:
                    break
                node, holder, context = above.pop()
                continue
            count += 1
            if count > MAX_NODES:
                return False
            text = node.text_content
            if text is not None:
                if context[5]:
                    self.take(text, context, holder, inside)
                node = node.next
                continue
            identity = node.mem_id
            place = known.get(identity)
            tag = place.tag if place is not None else node.tag or ""
            if not inside and self.is_other(node, tag, place):
                return False
            inner, child = context, node.first_child
            begun = beginnings.get(identity)
            if begun is not None:
                inner = (identity, tag, begun, context[3], context[4], context[5], None)
                self.last = None
            elif tag not in TRANSPARENT or (tag in EMPHASIS and self.is_apart(node, tag, context)):
                if child is not None:
                    inner = self.entered(node, tag, place, identity, context)
                    if inner is not context and tag != "span":
                        self.last = None
                elif tag != "span":
                    self.pass_by(node, tag, context)
            if child is None:
                node = node.next
            else:
                above.append((node.next, holder, context))
                node, holder, context = child, holder if tag in SCRIPTS else identity, inner
        self.count = count
        return True

    def is_apart(self, node: LexborNode, tag: str, context: Context) -> bool:
        """Whether emphasis is called something that is no part of the text around it; paragraphs have no kickers."""
        bits = self.places.said_of(node, tag)
        return bool(bits & BESIDE or (bits & KICKER and context[1] != "p"))

    def is_other(self, node: LexborNode, tag: str, place: Place | None) -> bool:
        """Whether an element after the block is another story's link or a heading of something else."""
        if tag == "a":
            return self.claims.is_others(place, self.number)
        if tag not in HEADINGS or self.places.said_of(node, tag) & (BYLINE | SUMMARY):
            return False
        return (
            not 0 < self.level < HEADINGS[tag]
            or words(tidy(node.text())) < LEAST_DEK
            or node.css_first("a") is not None
        )

    def take(self, text: str, context: Context, holder: int, inside: bool) -> None:
        """Add a text node to the run that it continues, or begin a new one."""
        last = self.last
        if not text or text.isspace():
            if last is not None and text:
                last.text += " "
            return
        if last is not None and last.container == context[0]:
            is_apart = abuts(last, text, holder)
            if not is_apart or context[2] & SUMMARY:  # a place before the first sentence has a margin for the space
                last.text += f" {text}" if is_apart else text
                last.owner = holder
                return
        self.last = Segment(text, context, holder, inside)
        self.segments.append(self.last)

    def pass_by(self, node: LexborNode, tag: str, context: Context) -> None:
        """Pass an element that holds nothing: it parts texts, all but a `br` in a heading or a link, and a picture."""
        if tag == "img" or tag.endswith(CUSTOM):
            self.images.append(node)
        elif tag == "br" and (context[3] or context[4]):
            if self.last is not None:
                self.last.text += " "
        else:
            self.last = None

    def entered(self, node: LexborNode, tag: str, place: Place | None, identity: int, outer: Context) -> Context:
        """The context inside an element."""
        _, _, around, heading, link, printed, _ = outer
        if not printed or tag in UNPRINTED:
            return identity, tag, around, heading, link, False, None
        if place is None:
            attributes = node.attributes
            names = attributes.get("class")
            bits = self.places.said(tag, attributes) & PARTS
        else:
            names = place.names
            bits = place.bits & OF_STORIES
        if tag == "span" and (is_unseen(names) or (link == OWN_LINK and is_icon(node, names))):
            self.unseen.append(node.text())
            return identity, tag, around, heading, link, False, None
        if not bits:
            if tag == "span":
                return outer
            bits = around
        elif bits == TEXT:
            bits |= around & NOT_KICKER
        if tag == "a":
            link = OWN_LINK if place is not None and place.target == self.target else OTHER_LINK
        return identity, tag, bits, HEADINGS.get(tag, heading), link, True, names


@lru_cache(maxsize=4096)  # most names stand on a page many times
def is_unseen(names: str | None) -> bool:
    """Whether classes hide an element from those who see the page; Tailwind's `hidden sm:inline` shows it to some."""
    return names is not None and ":" not in names and UNSEEN.search(names) is not None


def is_icon(node: LexborNode, names: str | None) -> bool:
    """Whether an element is called an icon and says what kind of story that stands for: "Watch"."""
    return names is not None and ICON.search(names) is not None and KINDS.fullmatch(tidy(node.text())) is not None


def abuts(last: Segment, text: str, holder: int) -> bool:
    """Whether two runs touch without a space across elements: what looks so is set in two lines.

    A drop cap is the exception: it has at most three letters.
    """
    return holder != last.owner and len(last.text) > 3 and last.text[-1].isalnum() and text[0].isalnum()


def fill(block: Block, number: int, places: Places, claims: Claims, beginnings: Mapping[int, int]) -> None:
    """Read the texts and images of a block, and those that follow it up to the next story's."""
    place = block.place
    around = place if place.target else place.link
    link = NO_LINK if around is None else OWN_LINK if around.target == block.mention.target else OTHER_LINK
    root = place.node
    reader = Reader(block, number, places, claims, beginnings)
    identity, tag, bits = root.mem_id, place.tag, place.bits & OF_BOTH
    bare = bare_text(block.mention)
    if bare and (place is block.mention.main.place or tidy(root.text()) == bare):  # nothing but the link
        reader.take(bare, (identity, tag, bits, block.mention.level, OWN_LINK, True, place.names), 0, True)
        if place is not block.mention.main.place:
            block.images += root.css(ELEMENTS)
    else:
        reader.read(root, (identity, tag, bits, place.heading_level, link, True, place.names), True)
    if not block.images and len(block.mention.links) > 1:  # the picture's link may stand beside the headline's
        block.images += [image for link in block.mention.links for image in link.place.node.css(ELEMENTS)]
    parent = place.parent
    if parent is not None and claims.of(parent) == SHARED:
        block.before = kicker_before(place, block.mention, number, places, claims, heads=block.heads)
        if block.before is not None and block.segments:
            block.segments.insert(0, text_of(block.before))
        reader.last = None
        reader.count = MAX_NODES - MAX_NODES_AFTER
        read_on(reader, block, parent)
    block.segments = [segment for segment in block.segments if measured(segment)]


def text_of(node: LexborNode) -> Segment:
    """All text of an element as a kicker's."""
    identity = node.mem_id
    return Segment(node.text(), (identity, node.tag or "", KICKER, 0, NO_LINK, True, None), identity, True)


def measured(segment: Segment) -> bool:
    """Tidy the text of a segment, now that it is whole, and count its words; False where nothing of it is seen."""
    text = segment.text = tidy(segment.text)
    segment.words = words(text)
    segment.lettered = has_letters(text)
    return text != ""


def bare_text(mention: Mention) -> str:
    """The text of a link that holds nothing but text, "" of any other; half of all links are such."""
    child = mention.main.place.node.first_child
    return mention.main.text if child is not None and child.is_text_node and child.next is None else ""


def read_on(reader: Reader, block: Block, parent: Place) -> None:
    """Read what stands between a block and the next one in an element that several stories share."""
    outer = (parent.node.mem_id, parent.tag, parent.bits & OF_BOTH, parent.heading_level, NO_LINK, True, parent.names)
    node = block.place.node.next
    for _ in range(MAX_NEIGHBOURS):
        if node is None and parent.tag == "header" and parent.parent is not None:
            node, parent = parent.node.next, parent.parent  # of the article that it heads
        if node is None:
            return
        if node.is_text_node:
            reader.take(node.text_content or "", outer, outer[0], False)
        elif node.is_element_node:
            identity = node.mem_id
            place = reader.known.get(identity)
            tag = place.tag if place is not None else node.tag or ""
            if tag in PARTING or reader.is_other(node, tag, place) or is_like(place, block.place, reader):
                return
            if tag == "br":
                reader.last = None
            else:
                inner = outer if tag in TRANSPARENT else reader.entered(node, tag, place, identity, outer)
                reader.last = reader.last if inner is outer else None
                if not reader.read(node, inner, False):
                    return
        node = node.next


def is_like(place: Place | None, own: Place, reader: Reader) -> bool:
    """Whether an element is another story's, set as a block is: what it prints before its link is its own."""
    return place is not None and place.path == own.path and reader.claims.is_others(place, reader.number)


def block_of(
    mention: Mention,
    number: int,
    places: Places,
    claims: Claims,
    beginnings: Mapping[int, int] = MappingProxyType({}),
    *,
    heads: bool = False,
) -> Block:
    """The block of a mention, read; `beginnings` say what elements are that begin headlines, by their identities.

    With `heads` stories related to it are known to follow.
    """
    block = Block(mention, claims.block(mention, number), heads)
    fill(block, number, places, claims, beginnings)
    return block


def blocks_of(
    mentions: Sequence[Mention], places: Places, claims: Claims, heading: Mention | None = None
) -> Iterator[Block]:
    """The blocks of the stories, read; `heading` is one to which those after it are known to be related."""
    beginnings = lead_ins(mentions, places)
    for number, mention in enumerate(mentions):
        yield block_of(mention, number, places, claims, beginnings, heads=mention is heading)
