"""The texts that an element prints, each whole, with the item and the link that hold it."""

from collections.abc import Set
from typing import Final, NamedTuple

from selectolax.lexbor import LexborNode

from scraper.links import is_printed
from scraper.segments import LETTERS
from scraper.text import has_letters, tidy

ITEMS: Final = frozenset({"li", "td", "th", "dt", "dd"})
LINK: Final = frozenset({"a"})


class Part(NamedTuple):
    """A text of an element, and the identities of the item of a list or table and of the link in it that hold it."""

    text: str
    item: int
    link: int


def printed_parts(node: LexborNode) -> list[Part]:
    """The texts that an element prints, whole: elements that shape letters part none, nor does what has no letters."""
    parts: list[Part] = []
    holder = -1
    for step in node.traverse(include_text=True):
        if not is_printed(step) or not (found := step.text_content) or found.isspace():
            continue
        parent = step.parent
        while parent is not None and parent.tag in LETTERS and parent.mem_id != node.mem_id:
            parent = parent.parent
        identity = parent.mem_id if parent is not None else 0
        if parts and (identity == holder or not has_letters(parts[-1].text)):
            last = parts[-1]
            parts[-1] = Part(last.text + found, last.item if identity == holder else 0, last.link)
        else:
            parts.append(Part(found, around(parent, node, ITEMS), around(parent, node, LINK)))
        holder = identity
    return [Part(tidy(part.text), part.item, part.link) for part in parts]


def around(node: LexborNode | None, outmost: LexborNode, tags: Set[str]) -> int:
    """The identity of the nearest element of these tags that holds another, within the outmost; 0 where none does."""
    while node is not None and node.mem_id != outmost.mem_id:
        if node.tag in tags:
            return node.mem_id
        node = node.parent
    return 0
