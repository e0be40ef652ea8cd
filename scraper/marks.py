"""What small elements within a text are: hidden, an icon, a note, one line of a headline, the text of a story."""

import re
from functools import lru_cache
from typing import Final

from selectolax.lexbor import LexborNode

from scraper.offers import KINDS, STATE
from scraper.text import tidy
from scraper.vocabulary import WORDS_IN, named

# What is said to those who hear the page alone: "Article réservé aux abonnés".
UNSEEN: Final = re.compile(
    r"(?<![\w-])(?:(?:\w+-)*(?:sr-only|visually-?hidden|hidden-visually|vh)|screen-?reader(?:-?(?:text|only))?|"
    r"(?:element-)?invisible|off-?screen|(?:is-)?hidden)(?![\w-])",
    re.IGNORECASE,
)
ICON: Final = re.compile(r"(?<![a-z])icons?(?![a-z])", re.IGNORECASE)
# What a headline in emphasis ends with and is none of it: what else the story has, or that it is new.
NOTE: Final = re.compile(
    r"\W*(?:photos?|videos?|foto|fotos?|wideo|фото|видео|відео|video|updated?|обновлено|оновлено|aktualizováno|"
    r"доповнено|дополняется)(?:\W+(?:photos?|videos?|foto|фото|видео|відео))?\W*",
    re.IGNORECASE,
)
# "item__lead", "itemLead": what papers from Poland to Estonia and Romania call the dek; of what holds no story.
DEK: Final = re.compile(r"(?:(?<![^\s_-])[Ll]ead|(?<=[a-z])Lead|(?<![^\s_-])LEAD)(?!\S)")
# How long a recording takes or how old it is, alone in an element of a headline: "02:10", "3 min 10 s", "2 hours ago".
LASTING: Final = re.compile(
    r"\W*(?:\d{1,3}(?::\d\d){1,2}(?: ?[ap]\.?m\.?)?|\d{1,3} ?(?:m(?:in)?|s(?:ec)?)\.?(?: ?\d{1,2} ?s(?:ec)?\.?)?|"
    r"\d{1,2} ?(?:m|h|d|mins?|minutes?|hrs?|hours?|days?) ago)\W*",
    re.IGNORECASE,
)
LONGEST_LASTING: Final = 20  # characters
HEADLINE: Final = named("HEADLINE")
OTHER: Final = named("KICKER SUMMARY BYLINE TIME COMMENTS CAPTION SOCIAL MORE")  # texts that are no headline


@lru_cache(maxsize=4096)  # most names stand on a page many times
def is_unseen(names: str | None) -> bool:
    """Whether classes hide an element from those who see the page; Tailwind's `hidden sm:inline` shows it to some."""
    return names is not None and ":" not in names and UNSEEN.search(names) is not None


def is_icon(node: LexborNode, names: str | None) -> bool:
    """Whether an element is called an icon and says what kind of story that stands for: "Watch"."""
    return names is not None and ICON.search(names) is not None and KINDS.fullmatch(tidy(node.text())) is not None


def is_note(node: LexborNode) -> bool:
    """Whether all that an element prints is a note at the end of a headline."""
    return NOTE.fullmatch(tidy(node.text())) is not None


def is_lasting(node: LexborNode) -> bool:
    """Whether all that an element prints is how long something takes, first or last around it, or last, a state."""
    text = node.text()
    if len(text) > LONGEST_LASTING:
        return False
    if LASTING.fullmatch(text):
        return ends(node, backward=False) or ends(node, backward=True)
    return is_state(node, text) and ends(node, backward=False)


def is_state(node: LexborNode, text: str) -> bool:
    """Whether an element with a name of its own says that a story is new, or how much it shows: "NEW", "12 photos"."""
    if not node.attributes.get("class") or (node.parent is not None and node.parent.tag == node.tag):
        return False
    return STATE.fullmatch(text.strip(" ()[]")) is not None


def ends(node: LexborNode, *, backward: bool) -> bool:
    """Whether no text stands on one side of a node in the element around it."""
    step = node.prev if backward else node.next
    while step is not None:
        if (step.text_content or "" if step.is_text_node else step.text()).strip():
            return False
        step = step.prev if backward else step.next
    return True


@lru_cache(maxsize=4096)
def is_dek(names: str) -> bool:
    """Whether classes call an element the text that leads into a story."""
    return DEK.search(names) is not None


def is_line(node: LexborNode, names: str | None, bits: int) -> bool:
    """Whether a span is one of the lines of a headline: another right beside it is named alike.

    If both are called a headline the first of their classes tells that; the others say how large each line is.
    """
    if not names:
        return False
    text = tidy(node.text())
    for other in (beside(node, backward=True), beside(node, backward=False)):
        if other is None or other.tag != "span" or tidy(other.text()) == text:
            continue  # the same once more, for another width of the screen
        alike = other.attributes.get("class") or ""
        if alike == names or (
            bits and alike.partition(" ")[0] == names.partition(" ")[0] and not WORDS_IN[alike] & OTHER
        ):
            return True
    return False


def beside(node: LexborNode, *, backward: bool) -> LexborNode | None:
    """The element next to a node, None where text stands between them."""
    step = node.prev if backward else node.next
    while step is not None and (not step.is_element_node or step.tag == "br"):
        if step.is_text_node and not (step.text_content or "").isspace():
            return None
        step = step.prev if backward else step.next
    return step
