"""A site's own selectors put in the place of the generic reader's choices, part by part."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from selectolax.lexbor import LexborNode

from scraper.blocks import Block
from scraper.document import Document
from scraper.fields import Parts
from scraper.limits import MAX_STORIES
from scraper.links import Links, Mention, headline_worth
from scraper.model import Layout
from scraper.places import Place
from scraper.text import tidy

FIELDS: Final = ("headline", "summary", "kicker", "byline")


@dataclass(kw_only=True, slots=True)
class Applied:
    """A layout at work on one page: what it found, and the parts that found nothing."""

    layout: Layout
    lead: Mention | None = None
    teasers: list[Mention] = field(default_factory=list)
    blocks: dict[Mention, Place] = field(default_factory=dict)
    sections: dict[Mention, str] = field(default_factory=dict)
    found: set[str] = field(default_factory=set)

    @property
    def names_stories(self) -> bool:
        """Whether it found a lead or teasers."""
        return not self.found.isdisjoint({"lead", "teasers"})

    @property
    def missed(self) -> tuple[str, ...]:
        """The parts whose selectors found nothing."""
        names = ("ignore", "lead", "teasers", *FIELDS, "section")
        return tuple(name for name in names if getattr(self.layout, name) and name not in self.found)


def select(document: Document, selector: str) -> list[LexborNode]:
    """What a selector finds; one that the parser refuses finds nothing."""
    try:
        return document.parser.css(selector)
    except Exception:
        return []


def prune(document: Document, applied: Applied) -> None:
    """Take out what the layout ignores, before anything is read."""
    for node in select(document, applied.layout.ignore) if applied.layout.ignore else ():
        if node.tag not in ("html", "body"):  # a page is no part of itself
            node.decompose()
            applied.found.add("ignore")
    if "ignore" in applied.found:
        document.links_and_headings = document.look()


def apply(document: Document, links: Links, found: Sequence[Mention], applied: Applied) -> None:
    """Find the lead and the teasers that the layout names; each match is one block."""
    layout = applied.layout
    by_place = {link.place: mention for mention in found for link in mention.links}
    if layout.lead:
        for node in select(document, layout.lead)[:MAX_STORIES]:
            if mention := mention_in(node, links, by_place):
                applied.lead = mention
                applied.blocks[mention] = links.places.of(node)
                applied.found.add("lead")
                break
    if layout.teasers:
        taken = {applied.lead.target} if applied.lead else set()
        for node in select(document, layout.teasers)[:MAX_STORIES]:
            mention = mention_in(node, links, by_place)
            if mention is not None and mention.target not in taken:
                taken.add(mention.target)
                applied.teasers.append(mention)
                applied.blocks[mention] = links.places.of(node)
                applied.found.add("teasers")
    if layout.section:
        find_sections(document, layout.section, links, by_place, applied)


def mention_in(node: LexborNode, links: Links, by_place: dict[Place, Mention]) -> Mention | None:
    """The mention that a block shows: of its links the one that looks most like a headline."""
    best: Mention | None = None
    most = -99.0
    for anchor in [node, *node.css("a")]:
        place = links.places.known.get(anchor.mem_id)
        mention = by_place.get(place) if place is not None else None
        if mention is not None and (worth := headline_worth(mention.main)) > most:
            best, most = mention, worth
    return best


def find_sections(
    document: Document, selector: str, links: Links, by_place: dict[Place, Mention], applied: Applied
) -> None:
    """Each mention stands under the last match before it."""
    matches = {node.mem_id for node in select(document, selector)}
    current = ""
    for node in select(document, f"{selector}, a") if matches else ():
        if node.mem_id in matches:
            current = tidy(node.text())
            applied.found.add("section")
        elif current and (place := links.places.known.get(node.mem_id)) and (mention := by_place.get(place)):
            applied.sections.setdefault(mention, current)


def override(block: Block, parts: Parts, applied: Applied) -> None:
    """Put what the layout's selectors find in a block in the place of its parts."""
    node = applied.blocks.get(block.mention, block.place).node
    for name in FIELDS:
        selector = getattr(applied.layout, name)
        match = first(node, selector) if selector else None
        if match is not None and (text := tidy(match.text())):
            setattr(parts, name, text)
            applied.found.add(name)


def first(node: LexborNode, selector: str) -> LexborNode | None:
    """The first match below a node; a selector that the parser refuses finds nothing."""
    try:
        return node.css_first(selector)
    except Exception:
        return None
