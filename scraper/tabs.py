"""What tabs say of the panels that they open: by the panel's id, or by their order where as many panels follow.

As browsers and screen readers take them: HTML's fragment links; WAI-ARIA 1.2, roles tab and tabpanel. Where a script
alone knows which tab opens what, the first opens the first.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, takewhile
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from scraper.links import printed_text
from scraper.places import HEADINGS, own_bits
from scraper.text import words
from scraper.vocabulary import named

# What may be a tab or a bar of them; looked for at once, since each look at a page takes an eighth of its parse.
TABS: Final = "a[href^='#'], a[href^='javascript:'], [role='tab'], [class*='tab'], [onmouseover], [onclick]"
CALLED_TAB: Final = re.compile(r"(?<![a-z])tab(?!le|loid)")
MOST_TABS: Final = 100
MOST_PANELS: Final = 8
LONGEST_TAB: Final = 4  # words
MOST_HELD: Final = 12  # nodes in a tab
HEIGHT: Final = 4  # from a row of a table to the table, and the element around it
IDENTIFIER: Final = re.compile(r"[\w-]+")
# A part of the page itself, to which a way past its menu leads; several such may be set as a bar (WCAG 2.2, G124).
LANDMARK: Final = re.compile(
    r"#(?:(?:main|page|site|primary)[-_]?)?"
    r"(?:contents?|contenido|contenu|inhalt|nav|navigation|menu|search|header|footer)",
    re.IGNORECASE,
)
SHOWN: Final = re.compile(r"\(\s*['\"]([\w-]+)['\"]")  # by a script, such as show('sport')
HEADS: Final = frozenset({*HEADINGS, "span", "strong", "b", "p"})  # beside the tabs in the head of their box
FRAME: Final = named("HEADER FOOTER")
UNSEEN: Final = frozenset({"script", "style", "br", "template", "noscript"})


def panels_of(parser: LexborHTMLParser) -> Mapping[int, LexborNode]:
    """The tab of each panel, by the identity of the panel's element."""
    found = [(node, node.attributes) for node in parser.css(TABS)]
    tabs = [(node, attributes) for node, attributes in found if may_be_tab(attributes)][:MOST_TABS]
    named = [(node, panel) for node, attributes in tabs if (panel := opened_by(attributes))]
    shown = [(node, panel) for node, attributes in found if (panel := shown_by(attributes))][:MOST_TABS]
    counts = Counter(panel for _, panel in shown)
    named += [(node, panel) for node, panel in shown if counts[panel] == 1]
    return {**in_order([node for node, _ in tabs]), **by_id(parser, named)}


def may_be_tab(attributes: Mapping[str, str | None]) -> bool:
    """Whether an element does what tabs do, or is called one: not a "table", which the selector finds too."""
    href = attributes.get("href") or ""
    if LANDMARK.fullmatch(href):
        return False
    return (
        href.startswith("#")
        or attributes.get("role") == "tab"
        or "onmouseover" in attributes
        or CALLED_TAB.search(attributes.get("class") or "") is not None
    )


def by_id(parser: LexborHTMLParser, tabs: Sequence[tuple[LexborNode, str]]) -> dict[int, LexborNode]:
    """Panels that their tabs name by their ids, where several tabs stand in a bar."""
    bars = Counter(bar.mem_id for tab, _ in tabs for bar in around(tab))
    opened = {panel: tab for tab, panel in tabs if any(bars[bar.mem_id] > 1 for bar in around(tab))}
    if not opened:
        return {}
    panels = parser.css(", ".join(f"[id='{panel}']" for panel in opened))
    return {panel.mem_id: opened[panel.attributes["id"] or ""] for panel in panels}


def opened_by(attributes: Mapping[str, str | None]) -> str:
    """The id of the element that a tab opens, "" where it names none that can be looked for."""
    href = attributes.get("href") or ""
    panel = attributes.get("aria-controls") or (href[1:] if href.startswith("#") else "")
    return panel if IDENTIFIER.fullmatch(panel) else ""


def shown_by(attributes: Mapping[str, str | None]) -> str:
    """The id that a tab gives to a script, "" where it gives none."""
    href = attributes.get("href") or ""
    script = (
        href if href.startswith("javascript:") else attributes.get("onclick") or attributes.get("onmouseover") or ""
    )
    shown = SHOWN.search(script)
    return shown[1] if shown else ""


def in_order(tabs: Sequence[LexborNode]) -> dict[int, LexborNode]:
    """Panels that follow a bar of as many tabs: its next siblings, or all that its next sibling holds."""
    found: dict[int, LexborNode] = {}
    bars = {tab.mem_id: tab for tab in tabs if tab.tag != "a"}
    counts = Counter(bar.mem_id for tab in tabs for bar in around(tab))
    bars.update((bar.mem_id, bar) for tab in tabs for bar in around(tab) if counts[bar.mem_id] > 1)
    for bar in bars.values():
        own = tabs_in(bar)
        for panels in following(bar) if own else ():
            if len(panels) == len(own) and are_panels(panels):
                found.update((panel.mem_id, tab) for panel, tab in zip(panels, own, strict=True))
                break
    return found


def around(tab: LexborNode) -> list[LexborNode]:
    """The elements in which a tab may stand beside others: the one around it, or around its own item or heading."""
    parent = tab.parent
    return [one for one in (parent, parent.parent if parent is not None else None) if one is not None]


def tabs_in(bar: LexborNode) -> list[LexborNode]:
    """The elements of a bar, if there are several, alike, and each prints a few words in a link at most."""
    tabs = list(seen_in(bar))
    return tabs if 1 < len(tabs) <= MOST_PANELS and are_alike(tabs) and all(map(is_tab, tabs)) else []


def is_tab(node: LexborNode) -> bool:
    """Whether an element prints a few words, in one link at most; one that holds much is not read to its end."""
    held = list(islice(node.traverse(include_text=True), MOST_HELD + 1))
    if len(held) > MOST_HELD or sum(one.tag == "a" for one in held) > 1:
        return False
    return 0 < words(printed_text(node)) <= LONGEST_TAB


def are_alike(nodes: Sequence[LexborNode]) -> bool:
    return len({node.tag for node in nodes}) == 1


def are_panels(nodes: Sequence[LexborNode]) -> bool:
    """Whether elements may be the panels of tabs: alike, of several stories, and not what a page is made of."""
    return are_alike(nodes) and not any(map(is_frame, nodes)) and any(map(holds_several, nodes))


def is_frame(node: LexborNode) -> bool:
    """Whether an element is called the head or the foot of the page."""
    return bool(own_bits(node.tag or "", node.attributes) & FRAME)


def holds_several(panel: LexborNode) -> bool:
    """Whether a panel may hold more than one story: as many cards as a bar has words are no panels of it."""
    wordy = {link.attributes.get("href") for link in panel.css("a[href]") if words(printed_text(link)) > LONGEST_TAB}
    return len(wordy) != 1


def following(bar: LexborNode) -> Iterator[list[LexborNode]]:
    """What may be the panels of a bar: what comes after it or, where nothing does, after the head of its box."""
    node = bar
    for _ in range(HEIGHT):
        if after := list(seen_after(node)):
            yield after
            yield list(takewhile(lambda one: names_of(one) == names_of(after[0]), after))
            inner = list(seen_in(after[0]))
            while len(inner) == 1:
                inner = list(seen_in(inner[0]))
            yield inner
            return
        parent = node.parent
        if parent is None or not all(one.mem_id == node.mem_id or one.tag in HEADS for one in seen_in(parent)):
            return
        node = parent


def names_of(node: LexborNode) -> tuple[str | None, str | None]:
    return node.tag, node.attributes.get("class")


def seen_in(node: LexborNode) -> Iterator[LexborNode]:
    return seen_from(node.first_child)


def seen_after(node: LexborNode) -> Iterator[LexborNode]:
    return seen_from(node.next)


def seen_from(node: LexborNode | None) -> Iterator[LexborNode]:
    """A node and those after it that are elements and seen, as many as panels and one more."""
    count = 0
    while node is not None and count <= MOST_PANELS:
        if node.is_element_node and node.tag not in UNSEEN:
            count += 1
            yield node
        node = node.next
