"""The block of a story: the largest element that holds its links and no other story's, and the texts in it."""

from collections.abc import Iterator, Sequence
from typing import Final

from selectolax.lexbor import LexborNode

from scraper.claims import SHARED, UNCLAIMED, Claims
from scraper.links import Mention
from scraper.places import HEADINGS, Place, Places, own_bits
from scraper.text import tidy, words
from scraper.vocabulary import named

NO_LINK, OWN_LINK, OTHER_LINK = 0, 1, 2
# Elements that shape letters and do not part texts.
LETTERS: Final = frozenset(
    [
        "b",
        "i",
        "em",
        "strong",
        "u",
        "font",
        "sup",
        "sub",
        "mark",
        "q",
        "wbr",
        "s",
        "abbr",
        "small",
        "bdi",
        "bdo",
        "big",
        "ins",
        "del",
        "tt",
        "acronym",
        "nobr",
    ]
)
EMPTY: Final = frozenset({"picture", "source", "meta", "link", "input", "hr", "path"})  # they hold no text
TRANSPARENT: Final = LETTERS | EMPTY
UNPRINTED: Final = frozenset(
    ["script", "style", "template", "svg", "select", "textarea", "iframe", "object", "form", "button", "option"]
)
# What an element's names can say of its text; one that says none of it says what the element around it does.
PARTS: Final = named("HEADLINE KICKER SUMMARY BYLINE TIME COMMENTS CAPTION SOCIAL MORE TEXT")
NOT_KICKER: Final = PARTS & ~named("KICKER")  # the names of a card's topic are often around all of its text
TEXT: Final = named("TEXT")  # says little: what is around may say more
MAX_NODES: Final = 400  # of one block; the largest of a lead on the labelled pages has 39 elements
BYLINE: Final = named("BYLINE")
SUMMARY: Final = named("SUMMARY")
ITEMS: Final = frozenset({"li", "article", "tr", "dt"})  # the next of its kind
MAX_NODES_AFTER: Final = 60
MAX_NEIGHBOURS: Final = 8  # siblings that follow a block up to the next story's; a dek stands within the first 4


class Segment:
    """One run of text in a block: what its element is called, its heading and its link."""

    __slots__ = ("bits", "container", "heading", "inside", "link", "owner", "tag", "text", "words")

    def __init__(self, text: str, context: "Context", owner: int, inside: bool) -> None:
        self.text = text
        self.container = context.container
        self.tag = context.tag
        self.bits = context.bits
        self.heading = context.heading  # the level, 0 outside headings
        self.link = context.link  # NO_LINK, OWN_LINK (to this story) or OTHER_LINK
        self.owner = owner  # the mem_id of the element that holds the last of its text
        self.inside = inside  # whether it stands in the block, not after it
        self.words = 0


class Context:
    """What a text has from the elements around it, within its block."""

    __slots__ = ("bits", "container", "heading", "link", "printed", "tag")

    def __init__(self, container: int, tag: str, bits: int, heading: int, link: int, printed: bool) -> None:
        self.container = container
        self.tag = tag
        self.bits = bits
        self.heading = heading
        self.link = link
        self.printed = printed


class Block:
    """A story's element, with the mention that it shows, its texts and its pictures."""

    __slots__ = ("images", "mention", "place", "segments")

    def __init__(self, mention: Mention, place: Place) -> None:
        self.mention = mention
        self.place = place
        self.segments: list[Segment] = []
        self.images: list[LexborNode] = []


class Reader:
    """Reads the texts of one element after another into a block."""

    def __init__(self, block: Block, number: int, known: dict[int, Place], claims: Claims) -> None:
        self.block = block
        self.number = number
        self.known = known
        self.claims = claims
        self.last: Segment | None = None
        self.count = 0

    def read(self, root: LexborNode, outer: Context, inside: bool) -> bool:
        """All text below an element, in order; False where another story or its heading begins."""
        contexts: dict[int, Context] = {root.mem_id: outer}
        nodes = root.traverse(include_text=True)
        next(nodes)  # the element itself
        count = self.count
        for node in nodes:
            count += 1
            if count > MAX_NODES:
                return False
            parent = node.parent
            holder = parent.mem_id if parent is not None else 0
            context = contexts.get(holder, outer)
            if node.is_text_node:
                if context.printed:
                    self.take(node.text_content or "", context, holder, inside)
                continue
            tag = node.tag or ""
            if not inside and self.is_other(node, tag):
                return False
            if tag in TRANSPARENT:
                contexts[node.mem_id] = context
            else:
                self.enter(node, tag, context, contexts)
        self.count = count
        return True

    def is_other(self, node: LexborNode, tag: str) -> bool:
        """Whether an element after the block is another story's link or a heading of something else."""
        if tag == "a":
            return self.claims.of(self.known.get(node.mem_id)) not in (UNCLAIMED, self.number)
        return tag in HEADINGS and not own_bits(tag, node.attributes) & (BYLINE | SUMMARY)

    def take(self, text: str, context: Context, holder: int, inside: bool) -> None:
        """Add a text node to the run that it continues, or begin a new one."""
        last = self.last
        if not text or text.isspace():
            if last is not None and text:
                last.text += " "
        elif last is not None and last.container == context.container and not abuts(last, text, holder):
            last.text += text
            last.owner = holder
        else:
            self.last = Segment(text, context, holder, inside)
            self.block.segments.append(self.last)

    def enter(self, node: LexborNode, tag: str, context: Context, contexts: dict[int, Context]) -> None:
        if tag == "br":
            if not (context.heading or context.link):
                self.last = None
            elif self.last is not None:
                self.last.text += " "
            return
        if tag == "img":
            self.block.images.append(node)
            return
        inner = contexts[node.mem_id] = self.entered(node, tag, context)
        if inner is not context and inner.tag != "span":
            self.last = None

    def entered(self, node: LexborNode, tag: str, outer: Context) -> Context:
        """The context inside an element."""
        if tag in TRANSPARENT:
            return outer
        identity = node.mem_id
        place = self.known.get(identity)
        bits = (own_bits(tag, node.attributes) if place is None else place.kin.bits) & PARTS
        if not bits:
            if tag == "span":
                return outer
            bits = outer.bits
        elif bits == TEXT:
            bits |= outer.bits & NOT_KICKER
        link = outer.link
        if tag == "a":
            own = place is not None and place.target == self.block.mention.target
            link = OWN_LINK if own else OTHER_LINK
        return Context(
            identity,
            tag,
            bits,
            HEADINGS.get(tag, outer.heading),
            link,
            outer.printed and tag not in UNPRINTED,
        )


def abuts(last: Segment, text: str, holder: int) -> bool:
    """Whether two runs touch without a space across elements: what looks so is set in two lines.

    A drop cap is the exception: it has at most three letters.
    """
    return holder != last.owner and len(last.text) > 3 and last.text[-1].isalnum() and text[0].isalnum()


def fill(block: Block, number: int, known: dict[int, Place], claims: Claims) -> None:
    """Read the texts and images of a block, and those that follow it up to the next story's."""
    place = block.place
    around = place if place.target else place.link
    link = NO_LINK if around is None else OWN_LINK if around.target == block.mention.target else OTHER_LINK
    root = place.node
    reader = Reader(block, number, known, claims)
    context = Context(root.mem_id, place.kin.tag, place.kin.bits & PARTS, place.level, link, True)
    bare = bare_text(block.mention)
    if bare and (place is block.mention.main.place or tidy(root.text()) == bare):  # nothing but the link
        context.heading = block.mention.level
        context.link = OWN_LINK
        reader.take(bare, context, 0, True)
        if place is not block.mention.main.place:
            block.images = root.css("img")
    else:
        reader.read(root, context, True)
    parent = place.parent
    if parent is not None and claims.of(parent) == SHARED:
        reader.last = None
        reader.count = MAX_NODES - MAX_NODES_AFTER
        read_on(reader, root, parent)
    for segment in block.segments:
        segment.text = tidy(segment.text)
        segment.words = words(segment.text)
    block.segments = [segment for segment in block.segments if segment.text]


def bare_text(mention: Mention) -> str:
    """The text of a link that holds nothing but text, "" of any other; half of all links are such."""
    child = mention.main.place.node.first_child
    return mention.main.text if child is not None and child.is_text_node and child.next is None else ""


def read_on(reader: Reader, root: LexborNode, parent: Place) -> None:
    """Read what stands between a block and the next one in an element that several stories share."""
    outer = Context(parent.node.mem_id, parent.kin.tag, parent.kin.bits & PARTS, parent.level, NO_LINK, True)
    node = root.next
    for _ in range(MAX_NEIGHBOURS):
        if node is None:
            return
        if node.is_text_node:
            reader.take(node.text_content or "", outer, outer.container, False)
        elif node.is_element_node:
            tag = node.tag or ""
            if tag in ITEMS or reader.is_other(node, tag):
                return
            if tag == "br":
                reader.last = None
            else:
                inner = reader.entered(node, tag, outer)
                reader.last = reader.last if inner is outer else None
                if not reader.read(node, inner, False):
                    return
        node = node.next


def block_of(mention: Mention, number: int, places: Places, claims: Claims) -> Block:
    """The block of a mention, read."""
    block = Block(mention, claims.block(mention, number))
    fill(block, number, places.known, claims)
    return block


def blocks_of(mentions: Sequence[Mention], places: Places, claims: Claims) -> Iterator[Block]:
    """The blocks of the stories, read."""
    for number, mention in enumerate(mentions):
        yield block_of(mention, number, places, claims)
