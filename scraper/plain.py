"""Plain text pages: a lead with its paragraphs, then headlines with a summary each, by a section's name."""

import re
from typing import Final

from scraper.limits import MAX_BODY_PARAGRAPHS, MAX_HEADLINE, MAX_STORIES, MAX_SUMMARY
from scraper.model import Role, Story
from scraper.text import has_letters, is_sentence, same_words, shortened, tidy, words
from scraper.urls import canonical

LONGEST_HEADLINE: Final = 30  # words
LONGEST_NAME: Final = 7  # words of a section's name
ABBREVIATED: Final = re.compile(r"\b(?:\w\.){2,}$")  # U.S., D.C.
RULE: Final = re.compile(r"^[\W_]*$")


def paragraphs_of(text: str) -> list[str]:
    """The paragraphs of a text; a blank line of its own kind (a rule, a hard space) is an empty paragraph."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip("\ufeff\n")
    lines = text.split("\n")
    found: list[str] = []
    held: list[str] = []
    for line in [*lines, ""]:
        if line and not RULE.match(line):
            held.append(line)
            continue
        if held:
            found.append(tidy(" ".join(held)))
            held = []
        if line:  # a rule, or a line with nothing but a hard space
            found.append("")
    return found


def is_headline(text: str) -> bool:
    """Whether a paragraph can be a headline: short, with letters, and no statement with a full stop."""
    if not text or not has_letters(text) or words(text) > LONGEST_HEADLINE:
        return False
    return not text.endswith((".", "。")) or ABBREVIATED.search(text) is not None


class Layers:
    """A plain text taken apart: the lead's headline and text, the section's name, the teasers."""

    def __init__(self, paragraphs: list[str]) -> None:
        self.section = ""
        rest = [place for place, text in enumerate(paragraphs) if text]
        self.headline = paragraphs[rest[0]] if rest else ""
        body = paragraphs[rest[0] + 1 :] if rest else []
        while body and not body[-1]:
            body.pop()
        if len(body) > 2 and is_name(body[-1]):
            self.section = body.pop()
        start = first_teaser(body)
        self.teasers = [(body[place], body[place + 1]) for place in range(start, len(body) - 1, 2)]
        body = body[:start]
        while body and not body[-1]:
            body.pop()
        if body and self.teasers and not self.section and is_name(body[-1]):
            self.section = body.pop()
        self.body = [text for text in body if text]


def is_name(text: str) -> bool:
    return bool(text) and words(text) <= LONGEST_NAME and not is_sentence(text)


def first_teaser(body: list[str]) -> int:
    """Where the pairs of headline and summary begin that run to the end: after a rule, else as far up as pairs go."""
    paired = len(body)
    while paired >= 2 and is_pair(body[paired - 2], body[paired - 1]):
        paired -= 2
    for place in range(paired, len(body) - 1, 2):
        if place > 0 and not body[place - 1]:
            return place
    start = len(body)
    while start >= 2 and is_headline(body[start - 2]) and is_pair(body[start - 2], body[start - 1]):
        start -= 2
    return start


def is_pair(headline: str, summary: str) -> bool:
    """Whether two paragraphs are a headline and its summary."""
    return bool(headline) and 0 < words(headline) <= LONGEST_HEADLINE and is_sentence(summary)


def read_plain(text: str, url: str) -> tuple[Story | None, tuple[Story, ...]]:
    """The lead and the teasers of a plain text page."""
    layers = Layers(paragraphs_of(text))
    if not layers.headline or not (layers.body or layers.teasers):
        return None, ()
    own = canonical(url) if url else ""
    lead = Story(
        headline=shortened(layers.headline, MAX_HEADLINE),
        url=url,
        canonical=identity(own, layers.headline),
        position=1,
        role=Role.LEAD,
        confidence=0.99,
        evidence=("it is printed first, with its whole text",),
        body=tuple(layers.body[:MAX_BODY_PARAGRAPHS]),
    )
    teasers: dict[str, Story] = {}
    for headline, summary in layers.teasers[: MAX_STORIES - 1]:
        name = identity(own, headline)
        if name != lead.canonical and name not in teasers:
            teasers[name] = Story(
                headline=shortened(headline, MAX_HEADLINE),
                url=url,
                canonical=name,
                summary=shortened(summary, MAX_SUMMARY),
                section=layers.section,
                position=len(teasers) + 2,
            )
    return lead, tuple(teasers.values())


def identity(page: str, headline: str) -> str:
    """A story without a link is known by its page and its headline's words."""
    return f"{page}#{same_words(headline).replace(' ', '-')}"
