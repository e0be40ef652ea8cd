"""Stories that a page holds only as JSON for its scripts: content models, cached queries, lists of linked data."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from scraper.document import Document
from scraper.limits import MAX_HEADLINE, MAX_STORIES, MAX_SUMMARY, MAX_URL
from scraper.model import Role, Story
from scraper.text import has_letters, shortened, tidy, words
from scraper.urls import absolute, canonical

SCRIPTS: Final = (
    "script[type='application/ld+json'], script[type='application/json'], script[id='__NEXT_DATA__'], "
    "script:not([src]):not([type]), script[type='text/javascript']:not([src])"
)
ASSIGNED: Final = re.compile(r"(?:window\.|self\.|var\s+|let\s+|const\s+)?[\w$.\[\]'\"]{2,60}\s*=\s*(?=[{\[])")
HEADLINES: Final = ("headline", "title", "hed", "promoTitle", "promoHeadline", "shortTitle", "name", "displayTitle")
ADDRESSES: Final = (
    "canonicalUrl",
    "canonical_url",
    "websiteUrl",
    "url",
    "link",
    "href",
    "permalink",
    "uri",
    "path",
    "webUrl",
    "@id",
)
SUMMARIES: Final = (
    "summary",
    "description",
    "dek",
    "deck",
    "standfirst",
    "excerpt",
    "abstract",
    "trailText",
    "subtitle",
    "subheadline",
)
KICKERS: Final = ("kicker", "eyebrow", "overline", "label")
IMAGES: Final = ("image", "imageUrl", "thumbnail", "thumbnailUrl", "photo")
NO_STORY: Final = frozenset(
    {
        "website",
        "webpage",
        "organization",
        "newsmediaorganization",
        "person",
        "imageobject",
        "breadcrumblist",
        "searchaction",
        "sitenavigationelement",
    }
)
DEEPEST: Final = 60
MOST_VALUES: Final = 200_000
LEAST_WORDS: Final = 3
LARGEST_SCRIPT: Final = 4_000_000


def documents_of(document: Document) -> Iterator[Any]:
    """The JSON values that the page's scripts hold, in order."""
    for script in document.parser.css(SCRIPTS):
        text = (script.text() or "").strip()
        if not text or len(text) > LARGEST_SCRIPT:
            continue
        if text[0] in "{[":
            yield from parsed(text)
        else:
            for assigned in ASSIGNED.finditer(text[:200_000]):
                yield from parsed(text[assigned.end() :])


def parsed(text: str) -> Iterator[Any]:
    """The JSON value that a text begins with, if it does."""
    try:
        value, _ = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return
    if isinstance(value, dict | list):
        yield value


def objects_in(value: Any) -> Iterator[dict[str, Any]]:
    """The objects of a JSON value in the order of the text, without recursion and bounded."""
    stack: list[tuple[Any, int]] = [(value, 0)]
    for _ in range(MOST_VALUES):
        if not stack:
            return
        current, depth = stack.pop()
        if isinstance(current, dict):
            yield current
            children = list(current.values())
        elif isinstance(current, list):
            children = current
        else:
            continue
        if depth < DEEPEST:
            stack.extend((child, depth + 1) for child in reversed(children) if isinstance(child, dict | list))


def text_at(found: dict[str, Any], names: tuple[str, ...]) -> str:
    """The first text that an object has under one of these names, also one level down."""
    for name in names:
        value = found.get(name)
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, dict):
            value = next(
                (
                    value[key]
                    for key in ("text", "basic", "default", "url", "value", "original")
                    if isinstance(value.get(key), str)
                ),
                None,
            )
        if isinstance(value, str) and value.strip():
            return tidy(re.sub(r"<[^>]{0,200}>", "", value))
    return ""


def read_inline(document: Document) -> list[Story]:
    """The stories of the page's JSON, each once, the first as the lead."""
    found: dict[str, Story] = {}
    for value in documents_of(document):
        for item in objects_in(value):
            story = story_in(item, document, len(found) + 1)
            if (
                story is not None
                and story.canonical not in found
                and all(story.headline != known.headline for known in found.values())
            ):
                found[story.canonical] = story
            if len(found) >= MAX_STORIES:
                return list(found.values())
    return list(found.values())


def story_in(item: dict[str, Any], document: Document, position: int) -> Story | None:
    """The story that an object tells of: a headline of some words and an address on the web."""
    kind = item.get("@type")
    if isinstance(kind, str) and kind.lower() in NO_STORY:
        return None
    headline, address = text_at(item, HEADLINES), text_at(item, ADDRESSES)
    if (
        words(headline) < LEAST_WORDS
        or not has_letters(headline)
        or not address
        or " " in address
        or len(address) > MAX_URL
    ):
        return None
    url = absolute(address, document.base)
    target = canonical(url)
    if not target.startswith("https://") or target == document.own or "/" not in target[8:].rstrip("/"):
        return None
    return Story(
        headline=shortened(headline, MAX_HEADLINE),
        url=url,
        canonical=target,
        summary=shortened(text_at(item, SUMMARIES), MAX_SUMMARY),
        kicker=shortened(text_at(item, KICKERS), MAX_HEADLINE),
        image=text_at(item, IMAGES)[:MAX_URL],
        position=position,
        role=Role.LEAD if position == 1 else Role.TEASER,
        confidence=FIRST_IN_DATA if position == 1 else None,
        evidence=("the page prints its stories only as data; this is the first of them",) if position == 1 else (),
    )


FIRST_IN_DATA: Final = 0.5  # no labelled page is of this kind; half is what the first of a list deserves
