"""The heading under which a story stands: the nearest label printed before it in an element that holds it."""

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import islice, takewhile
from typing import Final, NamedTuple

from selectolax.lexbor import LexborNode

from scraper.bars import leads_in
from scraper.blocks import Block
from scraper.claims import Claims
from scraper.habits import Kind
from scraper.labels import (
    HIGHEST,
    UNLABELLED,
    WEAK_REACH,
    first_text,
    label_of,
    short,
)
from scraper.links import HEADING, Links, first_link, printed_text
from scraper.pictures import ELEMENTS
from scraper.places import HEADINGS, Place
from scraper.section_links import around, front_before, target_of
from scraper.segments import NO_LINK
from scraper.tabs import names_of
from scraper.titles import (
    bared,
    elements_after,
    elements_in,
    form_of,
    heads_stories,
    is_card,
    is_item,
    is_one_of_tabs,
    names_section,
)
from scraper.vocabulary import named

MOST_CHILDREN: Final = 3_000  # elements in one that are looked at; a flat page has them all in its body
LISTS: Final = frozenset({"ul", "ol"})
LEAST_LISTED: Final = 5  # stories
CUT_OFF: Final = ("...", "…")  # as the headline of a slide that its tab repeats
UNHEADED: Final = 7  # below all levels of headings
IN_TABLES: Final = frozenset(
    {"tbody", "tr", "td"}
)  # a table is one element, from the heading above it to what is in it
BOX_HEIGHT: Final = 3  # elements from a panel to the box that has a heading for all its panels, mere wrappers aside
PARTS: Final = re.compile(r"[|–—·»]| - |: ")
HEADLINE: Final = named("HEADLINE")
KICKER: Final = named("KICKER")
SUMMARY: Final = named("SUMMARY")
HEADER: Final = named("HEADER")
TAGLINE: Final = named("SUMMARY HEADLINE KICKER HEADER")


class Known(NamedTuple):
    """What is known of a page's blocks before their sections.

    `kickers` are the identities of elements that are some story's, `habits` the kinds of texts that are kickers on the
    page, `panels` the identities of elements that a tab names, `stories` what the stories' links lead to.
    """

    kickers: Set[int]
    habits: Set[Kind]
    panels: Mapping[int, str]
    stories: Set[str]


class Sections:
    """The labels of a page, worked out for an element when a story in it asks."""

    def __init__(self, links: Links, claims: Claims, known: Known) -> None:
        self.known = known
        self.links = links
        self.places = links.places
        self.claims = claims
        self.labels: dict[Place, tuple[str, int]] = {}
        self.asked: set[Place] = set()

    def of(self, block: Block) -> str:
        """The heading above a block or, where there is none, the nearest label; "" where it stands under neither.

        A panel's tab is the nearest label of what is in it, but for a heading of the box that holds bar and panels.
        """
        heading = block.mention.heading
        if heading is None:
            return self.above(block) or self.within(block, UNHEADED)
        return self.within(block, heading.level) or self.above(block)

    def above(self, block: Block) -> str:
        """The nearest label above a block, or the tab of the panel that it is in."""
        labels = self.labels
        nearest, tab = "", ""
        child = block.place
        parent = child.parent
        height = 0
        parted = 0  # elements from the panel on that are no mere wrappers
        while parent is not None and parent.tag != "html" and height < HIGHEST:
            if parted > BOX_HEIGHT:
                return tab
            in_body = parent.tag == "body"  # where only headings head what stands there
            if self.known.panels and not tab and not in_body:
                tab = self.known.panels.get(child.node.mem_id, "")
            if child.tag == "main":
                break  # what stands before a page's main part heads nothing in it
            label, reach = labels.get(child) or self.label(child, parent)
            if reach == HIGHEST:
                return tab if tab and label in self.known.panels.values() else label
            if height < reach and not in_body:
                nearest = nearest or label
            parted += tab != "" and len(list(islice(elements_in(parent.node), 2))) > 1
            child, parent = parent, parent.parent
            height += parent is not None and parent.tag not in IN_TABLES
        return tab or nearest

    def label(self, child: Place, parent: Place) -> tuple[str, int]:
        """The label before an element that holds stories; all those in its parent are worked out at once."""
        if parent not in self.asked:
            self.asked.add(parent)
            self.labels.update(self.labelled(parent))
        return self.labels.get(child, UNLABELLED)

    def within(self, block: Block, level: int) -> str:
        """The heading of a section that holds one story and so is its block: of a higher level than the headline."""
        child = block.mention.main.place
        while child is not block.place and child.parent is not None:
            node = child.node.prev
            while node is not None:
                if node.is_element_node:
                    title = bared(node, self.places)
                    heads = title is not node and child.parent.tag == "section"  # one of the headline's own level too
                    if names_section(title, level + heads, self.places):
                        return label_of(node, self.links)[0]
                node = node.prev
            child = child.parent
        return ""

    def labelled(self, parent: Place) -> Iterator[tuple[Place, tuple[str, int]]]:
        """The children of an element that hold stories, each with the label before it and how far that reaches."""
        nodes = list(islice(elements_in(parent.node), MOST_CHILDREN))
        holding = list(map(self.holding, nodes))
        cards = {names_of(node) for node, place in zip(nodes, holding, strict=True) if place}
        label, strength, began, like = "", 0, False, None
        former = UNLABELLED
        before: LexborNode | None = None
        for node, place in zip(nodes, holding, strict=True):
            if place is not None:
                began = True
                front = front_before(before, node, self.links) if before is not None and strength < HIGHEST else None
                label, strength = front or (label, strength)
                before = None
                yield place, (label, strength)
            elif names_of(node) in cards and (is_card(node) or is_item(node)):
                before = None
            elif label and before is not None and leads_in(before, node):
                (label, strength), before = former, None
            elif self.is_habitual(node):
                if strength <= WEAK_REACH:
                    label, strength = UNLABELLED  # another text of the same card
            elif node.mem_id not in self.known.kickers and not (before is not None and label and self.is_tagline(node)):
                text, reach = self.told(node)
                former = label, strength
                if began and like is None and text and strength < HIGHEST:
                    like = form_of(node) if heads_stories(form_of(node), nodes, holding) else None
                if text and (
                    reach == HIGHEST
                    or (strength < HIGHEST and ((form_of(node) == like) == began or self.heads_several(node)))
                ):
                    # Of tabs, set alike, the first is open; between stories what is set as the first is a title.
                    label, strength, like = text, reach, form_of(node)
                before = node

    def heads_several(self, node: LexborNode) -> bool:
        """Whether what comes right after an element is a list of many stories: a text between stories is its title.

        One of a few may be what is related to the story before it.
        """
        after = next(elements_after(node), None)
        if after is None or after.tag not in LISTS or is_one_of_tabs(node):
            return False
        return sum(self.holding(item) is not None for item in elements_in(after)) >= LEAST_LISTED

    def told(self, node: LexborNode) -> tuple[str, int]:
        """The label that an element prints, and how far that reaches; what stands with a story's picture is none."""
        text, reach = label_of(node, self.links)
        return UNLABELLED if text and reach < HIGHEST and self.shows_story(node) else (text, reach)

    def is_habitual(self, node: LexborNode) -> bool:
        """Whether an unlinked text that may be a story's kicker is set as the kickers of the page are."""
        names = node.attributes.get("class")
        if names is None or (node.tag or "", names.partition(" ")[0], NO_LINK) not in self.known.habits:
            return False
        return node.mem_id in self.known.kickers or label_of(node, self.links)[1] == WEAK_REACH

    def is_tagline(self, node: LexborNode) -> bool:
        """Whether an element is called what stands below a title, and no title: "Your news companion"."""
        tag = node.tag or ""
        return tag not in HEADINGS and self.places.said_of(node, tag) & TAGLINE == SUMMARY

    def shows_story(self, node: LexborNode) -> bool:
        """Whether an element without a heading shows the picture of a story: what it says is a caption or a credit."""
        if node.css_first(ELEMENTS) is None or node.css_first(HEADING) is not None:
            return False
        link = first_link(node)
        return link is not None and target_of(link, self.links) in self.known.stories

    def holding(self, node: LexborNode) -> Place | None:
        """The place of an element that holds stories."""
        place = self.places.known.get(node.mem_id)
        return place if place is not None and place in self.claims.owners else None


def sections_of(
    blocks: Sequence[Block],
    links: Links,
    claims: Claims,
    panels: Mapping[int, LexborNode],
    title: str,
    habits: Set[Kind],
) -> list[str]:
    """The section of each block, `panels` being the tabs by what they open; what a page's title says is none of all.

    `habits` are the kinds of texts that are kickers on the page.
    """
    kickers = frozenset(step.mem_id for block in blocks if block.before is not None for step in printing(block.before))
    titles = {panel: short(first_text(tab)) for panel, tab in panels.items()}
    named = {panel: title for panel, title in titles.items() if title and not title.endswith(CUT_OFF)}
    stories = frozenset(block.mention.target for block in blocks)
    sections = Sections(links, claims, Known(kickers, habits, named, stories))
    found = [sections.of(block) for block in blocks]
    return found if len({*found}) != 1 or not is_part_of(found[0], title) else [""] * len(found)


def printing(node: LexborNode) -> Iterator[LexborNode]:
    """An element and those around it that print nothing else."""
    text = printed_text(node)
    return takewhile(lambda step: printed_text(step) == text, around(node))


def is_part_of(section: str, title: str) -> bool:
    """Whether a page's title says this, alone or beside something else: "Desa News | Home"."""
    return section.casefold() in map(str.strip, PARTS.split(title.casefold()))
