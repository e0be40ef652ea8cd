"""The texts of an element, run by run: each with what its element is called, its heading and its link."""

import re
from collections.abc import Mapping
from typing import Final, TypeAlias

from selectolax.lexbor import LexborNode

from scraper.claims import Claims
from scraper.kickers import KICKER
from scraper.links import HEADING, Mention, printed_text
from scraper.marks import is_dek, is_icon, is_lasting, is_line, is_note, is_unseen
from scraper.pictures import CUSTOM, ELEMENTS
from scraper.places import HEADINGS, UNPRINTED, Place, Places, within
from scraper.signs import is_of_author
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
RUNS: Final = frozenset({*EMPHASIS, "span"})
# What an element's names can say of its text; one that says none of it says what the element around it does.
PARTS: Final = named("HEADLINE KICKER SUMMARY BYLINE TIME COMMENTS CAPTION SOCIAL MORE TEXT")
OF_STORIES: Final = PARTS & ~named("CAPTION")  # of an element that holds a link or a heading: no picture's words alone
NOT_KICKER: Final = PARTS & ~named("KICKER")  # the names of a card's topic are often around all of its text
TEXT: Final = named("TEXT")  # says little: what is around may say more
BYLINE: Final = named("BYLINE")
SUMMARY: Final = named("SUMMARY")
HEADLINE: Final = named("HEADLINE")
TIME: Final = named("TIME")
CAPTION: Final = named("CAPTION")
IMAGE: Final = named("IMAGE GALLERY")
CARD: Final = named("CARD")
HIDING: Final = frozenset({"span", "h1"})  # what may hold words for those who hear the page alone
BOXES: Final = frozenset({"div", "p"})
INLINE: Final = frozenset({"a", "span"})  # the text of a story may stand over its picture
BESIDE: Final = named("BYLINE TIME MORE COMMENTS")
ORIGIN: Final = re.compile(r"https?://[^/]+")
MAX_NODES: Final = 400  # of one block; the largest of a lead on the labelled pages has 39 elements
LEAST_DEK: Final = 8  # words of a lower heading below the headline that is no section's

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


class Reader:
    """Reads the texts and the pictures of one element after another, as those of a story."""

    __slots__ = (
        "beginnings", "claims", "count", "covering", "images", "known", "last", "level", "main", "number", "places",
        "segments", "target", "unseen",
    )  # fmt: skip

    def __init__(
        self, mention: Mention, place: Place, number: int, places: Places, claims: Claims, beginnings: Mapping[int, int]
    ) -> None:
        self.target = mention.target
        self.level = mention.level
        self.main = mention.main.place
        self.segments: list[Segment] = []
        self.images: list[LexborNode] = []
        self.unseen: list[str] = []  # what is said to those who hear the page alone
        self.number = number
        self.places = places
        self.known = places.known
        self.claims = claims
        self.beginnings = beginnings
        self.last: Segment | None = None
        self.count = 0
        # What a link says that lies empty over its card, where that holds other stories' links too.
        self.covering = mention.text if place is mention.main.place and not mention.main.text else ""

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
        if bits & BESIDE or (bits & KICKER and context[1] != "p") or (bits & HEADLINE and context[1] == "a"):
            return True
        return self.last is not None and bool(context[3] or context[4]) and (is_note(node) or is_lasting(node))

    def is_other(self, node: LexborNode, tag: str, place: Place | None) -> bool:
        """Whether an element after the block is another story's link or a heading of something else."""
        if tag == "a":
            return self.claims.is_others(place, self.number)
        if tag not in HEADINGS or self.places.said_of(node, tag) & (BYLINE | SUMMARY):
            return False
        if self.covering and self.covering in tidy(node.text()) and node.css_first("a") is None:
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
        elif tag == "br" and (context[3] or context[4] or self.goes_on(context)):
            self.end_line()
        else:
            self.last = None

    def goes_on(self, context: Context) -> bool:
        """Whether a line ends within a summary."""
        return self.last is not None and self.last.container == context[0] and bool(context[2] & SUMMARY)

    def entered(self, node: LexborNode, tag: str, place: Place | None, identity: int, outer: Context) -> Context:
        """The context inside an element."""
        _, _, around, heading, link, printed, _ = outer
        if not printed or tag in UNPRINTED:
            return identity, tag, around, heading, link, False, None
        names, bits = self.said(node, tag, place)
        if tag in HIDING and self.is_unprinted(node, tag, names, link):
            self.unseen.append(node.text())
            return identity, tag, around, heading, link, False, None
        if not bits and tag in RUNS and (heading or link == OWN_LINK) and is_lasting(node):
            bits = TIME
        if tag == "span":
            if heading and not bits & ~HEADLINE and is_line(node, names, bits):
                self.end_line()
                return outer
            if not bits:
                return outer
        if not bits:
            bits = around
        elif bits == TEXT:
            bits |= around & NOT_KICKER
        if tag == "a":
            address = place.target if place is not None else node.attributes.get("href") or ""
            link = OWN_LINK if address == self.target else OTHER_LINK
            bits |= self.told(address, link, bits, place, outer)
        return identity, tag, bits, HEADINGS.get(tag, heading), link, True, names

    def told(self, address: str, link: int, bits: int, place: Place | None, outer: Context) -> int:
        """What a link's address says of its text: a byline, a section as kicker, text in a paragraph of its story."""
        if link == OTHER_LINK and not bits & KICKER:
            if is_of_author(address):
                return BYLINE
            return KICKER if not outer[3] and is_folder_of(address, self.target) else 0
        is_text = not bits and link == OWN_LINK and outer[1] == "p" and not outer[3] and place is not self.main
        return TEXT if is_text else 0

    def is_unprinted(self, node: LexborNode, tag: str, names: str | None, link: int) -> bool:
        """Whether an element is read to those who hear the page alone, or is an icon."""
        if tag == "span":
            return is_unseen(names) or (link == OWN_LINK and is_icon(node, names))
        return tag == "h1" and self.level > 1 and is_unseen(names)

    def said(self, node: LexborNode, tag: str, place: Place | None) -> tuple[str | None, int]:
        """The classes of an element, and what its names say of its text."""
        if place is None:
            attributes = node.attributes
            names = attributes.get("class")
            bits = self.places.said(tag, attributes)
            parts = bits & PARTS
            if names and (not parts or (parts == HEADLINE and tag in BOXES)) and is_dek(names):
                parts = SUMMARY  # "headline-lead"
        else:
            names, bits = place.names, place.bits
            parts = bits & OF_STORIES
        is_called = tag == "figure" or (bits & IMAGE and not bits & CARD and tag not in INLINE)
        if is_called and not parts & ~TEXT and self.is_picture(node, place):
            parts |= CAPTION
        return names, parts

    def is_picture(self, node: LexborNode, place: Place | None) -> bool:
        """Whether what is called a picture shows one, and does not hold the headline: its text is a caption."""
        if node.css_first(HEADING) is not None or (place is not None and within(self.main, place)):
            return False
        return node.css_first(ELEMENTS) is not None

    def end_line(self) -> None:
        """What comes next goes on with the last text, in another line."""
        if self.last is not None:
            self.last.text += " "


def is_folder_of(address: str, target: str) -> bool:
    """Whether a link leads to a folder that a story's address stands in: to its section."""
    folder = address.partition("?")[0].rstrip("/")
    path = ORIGIN.sub("", folder)
    return len(path) > 1 and (target if path != folder else ORIGIN.sub("", target)).startswith(f"{folder}/")


def abuts(last: Segment, text: str, holder: int) -> bool:
    """Whether two runs touch without a space across elements: what looks so is set in two lines.

    A drop cap is the exception: it has at most three letters.
    """
    return holder != last.owner and len(last.text) > 3 and last.text[-1].isalnum() and text[0].isalnum()


def text_of(node: LexborNode) -> Segment:
    """All text of an element as a kicker's."""
    identity = node.mem_id
    return Segment(printed_text(node), (identity, node.tag or "", KICKER, 0, NO_LINK, True, None), identity, True)


def measured(segment: Segment) -> bool:
    """Tidy the text of a segment, now that it is whole, and count its words; False where nothing of it is seen."""
    text = segment.text = tidy(segment.text)
    segment.words = words(text)
    segment.lettered = has_letters(text)
    return text != ""
