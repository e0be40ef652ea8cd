"""What a page is that is no front page: a consent wall, a bot challenge, an error in a 200, an empty shell, an article.

Decided before any role is given, from the title, the headings, the visible text and how many stories there are.
"""

import re
from collections.abc import Set
from functools import cached_property
from itertools import islice
from typing import Final

from selectolax.lexbor import LexborNode

from scraper.articles import article_reason
from scraper.document import Document
from scraper.model import Quality
from scraper.notices import ACCEPT, ASKS, CHALLENGE, CHALLENGE_MARKS, CONSENT, ERROR, ERROR_TITLE, SCRIPTED
from scraper.searches import search_reason
from scraper.text import LETTER, shortened, tidy
from scraper.urls import absolute, canonical

# A page with so many stories is a front page whatever stands over it; the labelled ones have 6 to 445. Walls,
# challenges and error pages link a handful of pages of help at most.
MANY_STORIES: Final = 12
FEW_STORIES: Final = 5
SHELL_LETTERS: Final = 400  # visible letters of a page that a script is to fill; the barest labelled page has 2,565
MOST_HEADINGS: Final = 4
LONGEST_HEAD: Final = 200  # characters that are looked at of the title and of a heading
SAMPLE: Final = 6_000  # characters of visible text that are looked at
# WordPress, its themes and others.
ERROR_CLASSES: Final = frozenset({"error404", "error-404", "page-error", "tpl-error", "error-page"})
ERROR_HEIGHT: Final = 4  # elements, the heading among them
SEPARATOR: Final = re.compile(r" [-|–—·:»] ")
LOGIN: Final = "input[type='password' i]"
REFRESH: Final = re.compile(r"\s*\d{1,2}\s*[;,]\s*(?:url\s*=)?\s*['\"]?([^'\"]+)", re.IGNORECASE)  # within 99 s

IN_TEXT: Final = (
    (Quality.CHALLENGE, CHALLENGE),
    (Quality.ERROR_PAGE, ERROR),
    (Quality.NOT_A_FRONT_PAGE, ASKS),
    (Quality.SHELL, SCRIPTED),
)


class Seen:
    """What of a page speaks for its quality."""

    def __init__(self, document: Document, text: str, stories: int, headlines: Set[int]) -> None:
        self.document = document
        self.stories = stories
        self.source = text
        self.headlines = headlines

    @cached_property
    def headings(self) -> list[str]:
        """The first headings that are no headlines of stories."""
        found = (node for node in self.document.unlinked_headings if node.mem_id not in self.headlines)
        return [tidy(node.text())[:LONGEST_HEAD] for node in islice(found, MOST_HEADINGS)]

    @property
    def heads(self) -> str:
        """The title and those headings."""
        return " · ".join([self.document.title[:LONGEST_HEAD], *self.headings])

    @property
    def visible(self) -> str:
        """The beginning of the visible text."""
        body = self.document.parser.body
        if body is None:
            return ""
        parts: list[str] = []
        size = 0
        for node in body.traverse(include_text=True):
            if not node.is_text_node or not (text := node.text_content) or text.isspace():
                continue
            parent = node.parent
            if parent is None or parent.tag in ("script", "style", "template", "noscript"):
                continue
            parts.append(text)
            size += len(text)
            if size > SAMPLE:
                break
        return tidy(" ".join(parts))


def quality_of(document: Document, text: str, stories: int, headlines: Set[int] = frozenset()) -> tuple[Quality, str]:
    """The quality of a page and, unless it is ok, the reason in words.

    `headlines` are the identities of headings that are its stories': those say nothing of the page.
    """
    seen = Seen(document, text, stories, headlines)
    if reason := other_page(seen):
        return Quality.NOT_A_FRONT_PAGE, reason
    if document.classes & ERROR_CLASSES:
        return Quality.ERROR_PAGE, "its body is classed as an error"
    if any(map(is_classed_error, document.unlinked_headings)):
        return Quality.ERROR_PAGE, "what its heading heads is classed as an error"
    if stories >= MANY_STORIES:
        if (found := ERROR.search(first_part(document.title))) and any(map(ERROR.search, seen.headings)):
            return Quality.ERROR_PAGE, f"its title and a heading say “{found[0]}”"
        return Quality.OK, ""
    if found := ERROR.search(seen.heads) or ERROR_TITLE.search(document.title):
        return Quality.ERROR_PAGE, f"its title or heading says “{found[0]}”"
    if found := ASKS.search(seen.heads):
        return Quality.NOT_A_FRONT_PAGE, f"it asks first: “{found[0]}”"
    if stories >= FEW_STORIES:
        return Quality.OK, ""
    return sparse_page(seen)


def first_part(title: str) -> str:
    """What a title says before the paper's name: "Page not found | The Courier"."""
    return SEPARATOR.split(title, maxsplit=1)[0]


def is_classed_error(heading: LexborNode) -> bool:
    """Whether the first heading of a page, or what stands closely around it, is classed as an error."""
    node: LexborNode | None = heading if heading.tag == "h1" else None
    for _ in range(ERROR_HEIGHT):
        if node is None:
            return False
        if not ERROR_CLASSES.isdisjoint((node.attributes.get("class") or "").lower().split()):
            return True
        node = node.parent
    return False


def sparse_page(seen: Seen) -> tuple[Quality, str]:
    """The quality of a page with hardly any story."""
    visible = seen.visible
    letters = len(LETTER.findall(visible))
    source = seen.source[:200_000].lower()
    if found := CHALLENGE.search(seen.heads) or (CHALLENGE.search(visible) if letters < SAMPLE / 3 else None):
        return Quality.CHALLENGE, f"it says “{found[0]}”"
    mark = next((mark for mark in CHALLENGE_MARKS if mark in source), "")
    if mark and letters < SHELL_LETTERS * 3:
        return Quality.CHALLENGE, f"it loads a bot check ({mark})"
    consents = len(CONSENT.findall(visible))
    if consents >= 2 and (found := ACCEPT.search(visible)):
        return (
            Quality.CONSENT_WALL,
            f"it asks for consent {consents} times (“{found[0]}”) and prints {told(seen.stories)}",
        )
    if (found := ERROR.search(visible)) and letters < SHELL_LETTERS * 2:
        return Quality.ERROR_PAGE, f"it says “{found[0]}” and prints {told(seen.stories)}"
    if seen.document.parser.css_first(LOGIN) is not None:
        return Quality.NOT_A_FRONT_PAGE, f"it asks for a password and prints {told(seen.stories)}"
    if target := sent_on(seen.document):
        return Quality.NOT_A_FRONT_PAGE, f"it sends its readers on to {target}"
    if seen.stories == 0 and "<script" in source and (letters < SHELL_LETTERS or SCRIPTED.search(source)):
        return Quality.SHELL, f"it prints {letters} letters and leaves the rest to scripts"
    if seen.stories == 0:
        return Quality.NO_STORIES, "none of its links looks like a story" if letters else "it prints nothing"
    return Quality.OK, ""


def quality_of_text(text: str) -> tuple[Quality, str]:
    """The quality of a page of plain text that has no teasers: a server's short word for it is no lead."""
    seen = tidy(text[:SAMPLE])
    if len(LETTER.findall(seen)) >= SHELL_LETTERS * 3:
        return Quality.OK, ""
    for quality, pattern in IN_TEXT:
        if found := pattern.search(seen):
            return quality, f"it says “{found[0]}”"
    return Quality.OK, ""


def told(stories: int) -> str:
    return "no story" if stories == 0 else "one story" if stories == 1 else f"{stories} stories"


def sent_on(document: Document) -> str:
    """Where a page sends its readers by itself (HTML, http-equiv refresh), "" where it stays."""
    refresh = document.first("meta[http-equiv='refresh' i]")
    found = REFRESH.match(refresh.attributes.get("content") or "") if refresh is not None else None
    if found is None:
        return ""
    target = absolute(found[1].strip(), document.base)
    return "" if canonical(target) == document.own else shortened(tidy(target), LONGEST_HEAD)


def other_page(seen: Seen) -> str:
    """Why a page is an article or a list of search results, "" if it is neither."""
    return search_reason(seen.document) or article_reason(seen.document)
