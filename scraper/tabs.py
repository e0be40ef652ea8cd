"""What tabs say of the panels that they open: a link to a part of the page, beside another such link, names that part.

As browsers and screen readers take them: HTML's fragment links; WAI-ARIA 1.2, roles tab and tabpanel.
"""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

TABS: Final = "a[href^='#'], [role='tab'][aria-controls]"
MOST_TABS: Final = 100
IDENTIFIER: Final = re.compile(r"[\w-]+")


def panels_of(parser: LexborHTMLParser) -> Mapping[int, LexborNode]:
    """The tab of each panel, by the identity of the panel's element."""
    tabs = parser.css(TABS)[:MOST_TABS]
    bars = Counter(bar for tab in tabs for bar in bars_of(tab))
    opened = {panel: tab for tab in tabs if (panel := opened_by(tab)) and any(bars[bar] > 1 for bar in bars_of(tab))}
    if not opened:
        return {}
    panels = parser.css(", ".join(f"[id='{panel}']" for panel in opened))
    return {panel.mem_id: opened[panel.attributes["id"] or ""] for panel in panels}


def bars_of(tab: LexborNode) -> list[int]:
    """The elements in which a tab may stand beside others: the one around it, or around its own item or heading."""
    parent = tab.parent
    return [around.mem_id for around in (parent, parent.parent if parent is not None else None) if around is not None]


def opened_by(tab: LexborNode) -> str:
    """The id of the element that a tab opens, "" where it names none that can be looked for."""
    attributes = tab.attributes
    panel = attributes.get("aria-controls") or (attributes.get("href") or "")[1:]
    return panel if IDENTIFIER.fullmatch(panel) else ""
