"""The block of a story: the largest element that holds this story's links and no other's, and the texts in it, in order."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from selectolax.lexbor import LexborNode

from scraper.links import Link, Mention
from scraper.places import HEADINGS, Place, own_bits
from scraper.text import tidy, words

UNCLAIMED: Final = -1
SHARED: Final = -2
# Elements that shape letters and do not part texts.
LETTERS: Final = frozenset(
    "b i em strong u font sup sub mark q wbr s abbr small bdi bdo big ins del tt acronym nobr".split()
)
UNPRINTED: Final = frozenset("script style template svg select textarea iframe object form button option".split())
MAX_NODES: Final = 400  # of one block; the largest lead of the labelled pages has 212


class Block:
    """A story's element, with the mention that it shows."""

    __slots__ = ("images", "mention", "place", "segments")

    def __init__(self, mention: Mention, place: Place) -> None:
        self.mention = mention
        self.place = place
        self.segments: list[Segment] = []
        self.images: list[dict[str, str | None]] = []


class Segment:
    """One run of text in a block: what its elements are called, its heading and its link."""

    __slots__ = ("bits", "container", "heading", "link", "tag", "text", "words")

    def __init__(self, text: str, container: int, tag: str, bits: int, heading: int, link: int) -> None:
        self.text = text
        self.container = container
        self.tag = tag
        self.bits = bits
        self.heading = heading  # the level, 0 outside headings
        self.link = link  # the mem_id of the link that it is in, 0 outside links
        self.words = 0


def claim(mentions: Sequence[Mention], places: Iterable[Place]) -> None:
    """Give every element to the one mention whose links it holds, or to none where several share it."""
    for place in places:
        place.owner = UNCLAIMED
    for number, mention in enumerate(mentions):
        for link in mention.links:
            claim_upwards(link.place, number)


def claim_upwards(place: Place | None, number: int) -> None:
    while place is not None:
        owner = place.owner
        if owner in (number, SHARED):
            return
        place.owner = number if owner == UNCLAIMED else SHARED
        place = place.parent


def block_place(mention: Mention, number: int) -> Place:
    """The highest element that the mention has to itself."""
    place = mention.main.place
    while place.parent is not None and place.parent.owner == number and place.parent.tag not in ("body", "html"):
        place = place.parent
    return place


def owner_of(place: Place) -> int:
    """The number of the mention in whose block an element stands, or SHARED."""
    step: Place | None = place
    while step is not None:
        if step.owner != UNCLAIMED:
            return step.owner
        step = step.parent
    return SHARED


class Context:
    """What a text inherits from the elements around it, within its block."""

    __slots__ = ("bits", "container", "heading", "link", "printed", "tag")

    def __init__(self, container: int, tag: str, bits: int, heading: int, link: int, printed: bool) -> None:
        self.container = container
        self.tag = tag
        self.bits = bits
        self.heading = heading
        self.link = link
        self.printed = printed


def entered(node: LexborNode, tag: str, identity: int, outer: Context) -> Context:
    """The context inside an element."""
    if tag in LETTERS:
        return outer
    bits = own_bits(tag, node.attributes)
    if tag == "span" and not bits:
        return outer
    return Context(
        identity,
        tag,
        bits | (outer.bits if tag in ("span", "a") or outer.heading else 0),
        HEADINGS.get(tag, outer.heading),
        identity if tag == "a" else outer.link,
        outer.printed and tag not in UNPRINTED,
    )


def fill(block: Block) -> None:
    """Read the texts and images of a block, in one walk."""
    root = block.place.node
    place = block.place
    link = place.link
    first = Context(
        root.mem_id, place.tag, place.bits, place.level, link.node.mem_id if isinstance(link, Link) else 0, True
    )
    contexts: dict[int, Context] = {root.mem_id: first}
    segments = block.segments
    last: Segment | None = None
    for count, node in enumerate(root.traverse(include_text=True)):
        if count == 0:
            continue
        if count > MAX_NODES:
            break
        parent = node.parent
        context = contexts.get(parent.mem_id, first) if parent is not None else first
        if node.is_text_node:
            if not context.printed:
                continue
            text = node.text_content
            if not text or text.isspace():
                if last is not None and text:
                    last.text += " "
                continue
            if last is not None and last.container == context.container:
                last.text += text
            else:
                last = Segment(text, context.container, context.tag, context.bits, context.heading, context.link)
                segments.append(last)
            continue
        tag = node.tag or ""
        if tag == "br":
            last = last if context.heading or context.link else None
            if last is not None:
                last.text += " "
        elif tag == "img":
            block.images.append(node.attributes)
        else:
            inner = entered(node, tag, node.mem_id, context)
            contexts[node.mem_id] = inner
            if inner is not context and inner.tag != "span":
                last = None
    for segment in segments:
        segment.text = tidy(segment.text)
        segment.words = words(segment.text)
    block.segments = [segment for segment in segments if segment.text]


def blocks_of(mentions: Sequence[Mention], places: Iterable[Place]) -> Iterator[Block]:
    """The blocks of the stories, read."""
    claim(mentions, places)
    for number, mention in enumerate(mentions):
        block = Block(mention, block_place(mention, number))
        fill(block)
        yield block
