"""Whether a page can be parsed in bounded time: told by its tags, before it is parsed. Pure.

No parser is imitated. An element counts until a tag ends it while it is the last that is open, whatever stands around:
comments, scripts, tables and formatting hide or move tags, and what they do to them is never believed.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

# Lexbor takes 30 s for 100,000 nested elements (quadratic) and .8 s for so many; the labelled pages have 267 to 12,461
# tags, so only those with more are looked at tag by tag.
MANY_TAGS: Final = 15_000
# From all tags up to the root: as many as of 14,000 nested ones; the labelled pages have up to a fourteenth.
MOST_STEPS: Final = 100_000_000
MOST_ATTRIBUTES: Final = 10_000  # of one element: 1 s, and quadratic
LONG_TAG: Final = 2 * MOST_ATTRIBUTES  # characters
MOST_LOOKS: Final = 20  # at each character of a long tag
LONG_PAGE: Final = 100_000
SPARSE_TAGS: Final = 2_000  # characters a tag; the labelled pages have 25 to 254

# As the standard tells tags (HTML, 13.2.5): a quote begins a value right behind an equals sign only.
ATTRIBUTE: Final = (
    r"[^ \t\n\r\f/>][^ \t\n\r\f/>=]*+"
    r"(?:[ \t\n\r\f]*+=[ \t\n\r\f]*+(?:\"[^\"]*+\"|'[^']*+'|[^ \t\n\r\f>\"'][^ \t\n\r\f>]*+)?+)?+"
)
TAG: Final = rf"<(/?)([a-zA-Z][^ \t\n\r\f/>]*+)((?:[ \t\n\r\f/]++|{ATTRIBUTE})*+)"
TOKEN: Final = re.compile(
    rf"{TAG}|(<!--(?!-?>)|<!\[CDATA\[)|((?:<!-?|<!\[endif\])?--!?>|\]\]>)|<[!?/][^>]*+", re.IGNORECASE
)
WHOLE_TAG: Final = re.compile(TAG)
ATTRIBUTES: Final = re.compile(ATTRIBUTE)
START: Final = re.compile(r"<[a-zA-Z]")
VOID: Final = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
})  # fmt: skip
FOREIGN: Final = ("svg", "math")
# What ends with the drawing that it is in, also where it says so itself.
DRAWN: Final = frozenset({
    "svg", "g", "path", "circle", "ellipse", "line", "polygon", "polyline", "rect", "stop", "use", "defs", "symbol",
    "clippath", "mask", "lineargradient", "radialgradient",
})  # fmt: skip
BESIDE: Final = ("title", "desc", "style")  # in a drawing, but not ended with it
HIDES: Final = {"->": "<!--", "!>": "<!--", "]>": "<![CDATA["}  # what hides tags, by its end
HELD: Final = ""  # what no tag ends: all below it counts for good


def too_costly(text: str) -> str:
    """Why a page is not parsed, "" if it can be."""
    tags = text.count("<")
    if tags > MANY_TAGS and is_too_deep(text):
        return "its elements may be nested deeper than can be parsed in time"
    if tags > MANY_TAGS or (len(text) > LONG_PAGE and tags < len(text) / SPARSE_TAGS):
        long = (tag for tag in TOKEN.finditer(text) if tag.end() - tag.start() > LONG_TAG)
        if any(is_laden(text, tag.start(), tag.end()) for tag in long):
            return f"one of its tags has more than {MOST_ATTRIBUTES:,} attributes"
    return ""


def is_laden(text: str, begin: int, end: int) -> bool:
    """Whether a tag has too many attributes, or one that its values hold and a parser may see."""
    looked = 0
    for start in START.finditer(text, begin, end):
        tag = WHOLE_TAG.match(text, start.start())
        size = tag.end(3) - tag.start(3) if tag else 0
        looked += size
        if looked > MOST_LOOKS * (end - begin):
            return True
        if tag and size > LONG_TAG and has_more(ATTRIBUTES.finditer(text, tag.start(3), tag.end(3)), MOST_ATTRIBUTES):
            return True
    return False


def has_more(found: Iterator[object], most: int) -> bool:
    return next(islice(found, most, None), None) is not None


def is_too_deep(text: str) -> bool:
    """Whether the ways from all elements of a page up to its root may be longer together than the bound."""
    opened: list[str] = []
    foreign = 0  # how many drawings and formulas are open: in them nothing is void
    steps = 0
    for token in TOKEN.finditer(text):
        ends, name, inside, begun, ended = token.groups()
        if held := (inside or token[0][1:]).count("<"):
            opened.extend([HELD] * held)
        if not name:
            hide(opened, begun, ended)
        elif ends:
            foreign -= end(opened, name.lower())
        elif foreign or name not in VOID:
            foreign += begin(opened, name.lower())
        steps += len(opened)
        if steps > MOST_STEPS:
            return True
    return False


def hide(opened: list[str], begun: str | None, ended: str | None) -> None:
    """Take in what begins or ends a part that a parser may not see."""
    if begun:
        opened.append(begun)
    elif ended and opened and opened[-1] == HIDES[ended[-2:]]:
        opened.pop()


def begin(opened: list[str], name: str) -> bool:
    """Open an element; whether it is a drawing or a formula."""
    if opened and opened[-1] in DRAWN and name not in DRAWN and name not in BESIDE:
        opened.append(HELD)  # HTML ends a drawing, and no tag says so
    opened.append(name)
    return name in FOREIGN


def end(opened: list[str], name: str) -> int:
    """End an element, if it is the last or all behind it are a drawing's; how many drawings and formulas that ends."""
    place = len(opened) - 1
    while place > 0 and opened[place] != name and opened[place] in DRAWN:
        place -= 1
    if place >= 0 and opened[place] == name:
        foreign = sum(one in FOREIGN for one in opened[place:])
        del opened[place:]
        return foreign
    if opened and opened[-1] in DRAWN:
        opened.append(HELD)
    return 0
