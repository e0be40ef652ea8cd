"""The block of a story: the largest element that holds its links and no other story's, and the texts in it."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from selectolax.lexbor import LexborNode

from scraper.claims import SHARED, Claims
from scraper.kickers import kicker_before
from scraper.leadins import lead_ins
from scraper.links import Mention
from scraper.pictures import ELEMENTS, GROUNDS
from scraper.places import Place, Places, are_kin
from scraper.running import rejoined
from scraper.segments import MAX_NODES, NO_LINK, OTHER_LINK, OWN_LINK, TRANSPARENT, Reader, Segment, measured, text_of
from scraper.text import tidy
from scraper.vocabulary import named

OF_BOTH: Final = named("HEADLINE SUMMARY TEXT")  # of an element that holds the headline and the text beside it
PARTING: Final = frozenset({"li", "article", "tr", "dt", "hr"})  # the next of its kind, or a rule before it
MAX_NODES_AFTER: Final = 60
MAX_NEIGHBOURS: Final = 8  # siblings that follow a block up to the next story's; a dek stands within the first 4


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


def fill(block: Block, number: int, places: Places, claims: Claims, beginnings: Mapping[int, int]) -> None:
    """Read the texts and images of a block, and those that follow it up to the next story's."""
    place = block.place
    around = place if place.target else place.link
    link = NO_LINK if around is None else OWN_LINK if around.target == block.mention.target else OTHER_LINK
    root = place.node
    reader = Reader(block.mention, place, number, places, claims, beginnings)
    identity, tag, bits = root.mem_id, place.tag, place.bits & OF_BOTH
    bare = bare_text(block.mention)
    if bare and (place is block.mention.main.place or tidy(root.text()) == bare):  # nothing but the link
        reader.take(bare, (identity, tag, bits, block.mention.level, OWN_LINK, True, place.names), 0, True)
        if place is not block.mention.main.place:
            reader.images += root.css(ELEMENTS)
    else:
        reader.read(root, (identity, tag, bits, place.heading_level, link, True, place.names), True)
    if not reader.images and len(block.mention.links) > 1:  # the picture's link may stand beside the headline's
        reader.images += [image for link in block.mention.links for image in link.place.node.css(ELEMENTS)]
    if not reader.images:
        reader.images += root.css(GROUNDS)
    parent = place.parent
    if parent is not None and claims.of(parent) == SHARED:
        block.before = kicker_before(place, block.mention, number, places, claims, heads=block.heads)
        if block.before is not None and reader.segments:
            reader.segments.insert(0, text_of(block.before))
        reader.last = None
        reader.count = MAX_NODES - MAX_NODES_AFTER
        read_on(reader, block, parent)
        if reader.covering:
            uncover(reader)
    block.segments = [segment for segment in rejoined(reader.segments, places.known) if measured(segment)]
    block.images, block.unseen = reader.images, reader.unseen


def uncover(reader: Reader) -> None:
    """Take all that was read for the block's own where it prints what the link over it says as its heading."""
    if any(one.heading and reader.covering in tidy(one.text) for one in reader.segments):
        for segment in reader.segments:
            segment.inside = True


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
    return place is not None and reader.claims.is_others(place, reader.number) and are_kin(place, own)


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
