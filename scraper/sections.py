"""The heading under which a story stands: the nearest label printed before it in an element that holds it."""

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import islice, pairwise
from typing import Final, NamedTuple

from selectolax.lexbor import LexborNode

from scraper.blocks import Block
from scraper.claims import Claims
from scraper.habits import Kind
from scraper.labels import (
    HIGHEST,
    LOGO,
    TITLE_REACH,
    UNLABELLED,
    WEAK_REACH,
    alternative,
    first_text,
    label_of,
    short,
)
from scraper.links import HEADING, Links, first_link, printed_text
from scraper.pictures import ELEMENTS
from scraper.places import HEADINGS, Place, Places
from scraper.segments import NO_LINK
from scraper.signs import domain, host_of, is_slug
from scraper.tabs import names_of
from scraper.urls import absolute, canonical
from scraper.vocabulary import named

MOST_CHILDREN: Final = 3_000  # elements in one that are looked at; a flat page has them all in its body
CUT_OFF: Final = ("...", "…")  # as the headline of a slide that its tab repeats
UNHEADED: Final = 7  # below all levels of headings
FRONT: Final = ", ".join((*(f"{heading} a[href]" for heading in HEADINGS), LOGO, "a[class*=title][href]"))
IN_TABLES: Final = frozenset(
    {"tbody", "tr", "td"}
)  # a table is one element, from the heading above it to what is in it
BOX_HEIGHT: Final = 3  # elements from a panel to the box that has a heading for all its panels, mere wrappers aside
PARTS: Final = re.compile(r"[|–—·»]| - |: ")
SECTION: Final = named("SECTION")
HEADLINE: Final = named("HEADLINE")
KICKER: Final = named("KICKER")
NAV: Final = named("NAV")
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
                if node.is_element_node and names_section(bared(node), level, self.places):
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
        before: LexborNode | None = None
        for node, place in zip(nodes, holding, strict=True):
            if place is not None:
                began = True
                if strength < HIGHEST and before is not None:
                    label, strength = front_before(before, node, self.links) or (label, strength)
                before = None
                yield place, (label, strength)
            elif names_of(node) in cards and (is_card(node) or is_item(node)):
                before = None
            elif self.is_habitual(node):
                if strength <= WEAK_REACH:
                    label, strength = UNLABELLED  # another text of the same card
            elif node.mem_id not in self.known.kickers and not (before is not None and label and self.is_tagline(node)):
                text, reach = self.told(node)
                if began and like is None and text and strength < HIGHEST:
                    like = form_of(node) if heads_stories(form_of(node), nodes, holding) else None
                if text and (reach == HIGHEST or (strength < HIGHEST and (form_of(node) == like) == began)):
                    # Of tabs, set alike, the first is open; between stories what is set as the first is a title.
                    label, strength, like = text, reach, form_of(node)
                before = node

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


def elements_in(node: LexborNode) -> Iterator[LexborNode]:
    """The elements that stand in one, in order."""
    child = node.first_child
    while child is not None:
        if child.is_element_node:
            yield child
        child = child.next


def front_before(title: LexborNode, node: LexborNode, links: Links) -> tuple[str, int] | None:
    """What a link says that stands before stories in a heading, as a picture or as a title, and how far that reaches.

    It leads to their section: the first link of the element to below it, but not all or most links of the page do, or
    it is the paper's. A picture alone may lead to any front of the site below which nothing stands, and is the label
    of what is next to it.
    """
    found = title.css_first(FRONT)
    if found is None and called_title(title, links.places):
        found = title.css_first("a[href]")
    if found is None:
        return None
    own = target_of(next(step for step in around(found) if step.tag == "a"), links)
    folder = own.removesuffix("/index").rstrip("/") + "/"
    if any(f"{page}/".startswith(folder) for page in links.own):
        return None
    story = first_link(node)
    below = links.below[folder[:-1]]
    first = target_of(story, links) if story is not None else ""
    if first == own:
        return None
    if first.startswith(folder) and 2 * below < len(links.targets):
        logo = found.css_first("img[alt]")
        name, reach = short(first_text(found)) or (alternative(logo) if logo is not None else ""), TITLE_REACH
    elif not below and found.tag == "img" and is_own_front(own, links) and not printed_text(title):
        name, reach = short(alternative(found)), WEAK_REACH
    else:
        return None
    return (name, reach) if name else None


def is_own_front(target: str, links: Links) -> bool:
    """Whether an address is one of the page's site, and no story's."""
    home = domain(host_of(target))
    return any(domain(host_of(page)) == home for page in links.own) and not is_slug(target.rpartition("/")[2])


def target_of(link: LexborNode, links: Links) -> str:
    """Where a link leads."""
    return canonical(absolute(link.attributes.get("href") or "", links.base))


def called_title(node: LexborNode, places: Places) -> bool:
    """Whether the names of an element say that it is a title, and no menu."""
    bits = places.said_of(node, node.tag or "")
    return bool(bits & (HEADLINE | KICKER)) and not bits & NAV


def around(node: LexborNode) -> Iterator[LexborNode]:
    """An element and those around it."""
    step: LexborNode | None = node
    while step is not None:
        yield step
        step = step.parent


def form_of(node: LexborNode) -> tuple[str | None, ...]:
    """How an element is set: its tag and classes, and those and the ground of the first element in it."""
    inner = next((step for step in node.iter() if step.is_element_node), None)
    own = node.tag, node.attributes.get("class")
    return own if inner is None else (*own, inner.tag, inner.attributes.get("class"), inner.attributes.get("bgcolor"))


def heads_stories(form: tuple[str | None, ...], nodes: Sequence[LexborNode], holding: Sequence[Place | None]) -> bool:
    """Whether what is set in such a form stands right before stories more than once among the children of an element.

    So are titles that are no headings in a column whose first stories stand under none.
    """
    before = (node for (node, own), (_, place) in pairwise(zip(nodes, holding, strict=True)) if place and own is None)
    return sum(form_of(node) == form for node in before) > 1


def is_card(node: LexborNode) -> bool:
    """Whether an element that is named as those of stories beside it is one, if taken for none: it shows a picture."""
    return bool(node.attributes.get("class")) and node.css_first(ELEMENTS) is not None and first_link(node) is not None


def is_item(node: LexborNode) -> bool:
    """Whether an item of a list of stories is one, if taken for none: it leads to more than what it is called."""
    return node.tag == "li" and len({link.attributes.get("href") for link in node.css("a[href]")}) > 1


def names_section(node: LexborNode, level: int, places: Places) -> bool:
    """Whether an element within a block is a section's heading, not a kicker: by its level, or by its names."""
    tag = node.tag or ""
    bits = places.said_of(node, tag)
    if tag in HEADINGS:
        is_named = bool(bits & SECTION) and bool(bits & (HEADLINE | HEADER))
        return is_named or (HEADINGS[tag] < level and (bits & (KICKER | SECTION | HEADLINE)) != KICKER)
    return bool(bits & SECTION) and bool(bits & HEADLINE)


def bared(node: LexborNode) -> LexborNode:
    """The heading that is all that a header holds, or the element itself."""
    while node.tag == "header":
        inner = list(elements_in(node))
        if len(inner) != 1 or printed_text(inner[0]) != printed_text(node):
            break
        node = inner[0]
    return node


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
    kickers = frozenset(block.before.mem_id for block in blocks if block.before is not None)
    titles = {panel: short(first_text(tab)) for panel, tab in panels.items()}
    named = {panel: title for panel, title in titles.items() if title and not title.endswith(CUT_OFF)}
    stories = frozenset(block.mention.target for block in blocks)
    sections = Sections(links, claims, Known(kickers, habits, named, stories))
    found = [sections.of(block) for block in blocks]
    return found if len({*found}) != 1 or not is_part_of(found[0], title) else [""] * len(found)


def is_part_of(section: str, title: str) -> bool:
    """Whether a page's title says this, alone or beside something else: "Desa News | Home"."""
    return section.casefold() in map(str.strip, PARTS.split(title.casefold()))
