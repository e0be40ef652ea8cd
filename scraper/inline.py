"""Stories that a page holds only as JSON for its scripts: content models, cached queries, lists of linked data."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from itertools import islice
from typing import Any, Final

from scraper.document import Document
from scraper.house import is_house_address, is_house_text
from scraper.kinds import kind_of
from scraper.limits import MAX_HEADLINE, MAX_STORIES, MAX_SUMMARY, MAX_URL
from scraper.model import Role, Story
from scraper.pictures import PICTURE
from scraper.text import has_letters, shortened, tidy, words
from scraper.urls import absolute, canonical

SCRIPTS: Final = (
    "script[type='application/ld+json'], script[type='application/json'], script[id='__NEXT_DATA__'], "
    "script:not([src]):not([type]), script[type='text/javascript']:not([src])"
)
ASSIGNED: Final = re.compile(
    r"(?:window\.|self\.|var\s+|let\s+|const\s+)?[\w$.\[\]'\"]{2,60}\s*=\s*(?:(?=[{\[])|JSON\.parse\(\s*(?=[\"']))"
)
WRAPPED: Final = re.compile(r"\s*(?:<!--|(?://|/\*)?\s*<!\[CDATA\[(?:\s*\*/)?)\s*")
QUOTED: Final = re.compile(r"'([^'\\]*+(?:\\.[^'\\]*+)*+)'", re.DOTALL)
ESCAPE: Final = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))", re.DOTALL)
LETTERS: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "0": "\0", "\n": ""}
HEADLINES: Final = ("headline", "title", "hed", "promoTitle", "promoHeadline", "shortTitle", "name", "displayTitle")
ADDRESSES: Final = (
    "canonicalUrl", "canonical_url", "websiteUrl", "url", "link", "href", "permalink", "uri", "path", "webUrl", "@id",
)  # fmt: skip
SUMMARIES: Final = (
    "summary", "description", "dek", "deck", "standfirst", "excerpt", "abstract", "trailText", "subtitle",
    "subheadline",
)  # fmt: skip
KICKERS: Final = ("kicker", "eyebrow", "overline", "label")
IMAGES: Final = ("image", "imageUrl", "thumbnail", "thumbnailUrl", "photo")
NO_STORY: Final = frozenset({
    "website", "webpage", "organization", "newsmediaorganization", "person", "imageobject", "breadcrumblist",
    "searchaction", "sitenavigationelement", "collectionpage", "itemlist",
})  # fmt: skip
# Folders of addresses in which a site keeps who writes for it.
AUTHORS: Final = frozenset(
    {"author", "authors", "autor", "autores", "autoren", "auteur", "auteurs", "autore", "autori", "contributor",
     "contributors", "profile", "profiles"}
)  # fmt: skip
# What an object holds beside its story: pictures, people, topics, and the menus of the page.
BESIDE: Final = frozenset({
    *IMAGES, "images", "photos", "author", "authors", "byline", "bylines", "creator", "contributors", "publisher",
    "tags", "topics", "nav", "navigation", "menu", "menus", "footer", "breadcrumb", "breadcrumbs",
})  # fmt: skip
MOST_PARTS: Final = 20  # of each level of a picture's object
TAG: Final = re.compile(r"<[^>]{0,200}>")
EMPHASIS: Final = re.compile(r"(?<![\w*])\*{1,2}([^*\s](?:[^*]{0,200}[^*\s])?)\*{1,2}(?![\w*])")
MARKDOWN: Final = re.compile(r"\\([\\`*_{}\[\]()#+.!-])")
DEEPEST: Final = 60
MOST_VALUES: Final = 200_000
LEAST_WORDS: Final = 3
LARGEST_SCRIPT: Final = 4_000_000
LONGEST_PROLOGUE: Final = 200_000  # characters of a script in which values are looked for that it gives names


def documents_of(document: Document) -> Iterator[Any]:
    """The JSON values that the page's scripts hold, in order."""
    for script in document.parser.css(SCRIPTS):
        text = (script.text() or "").strip()
        if not text or len(text) > LARGEST_SCRIPT:
            continue
        wrapped = WRAPPED.match(text)
        begin = wrapped.end() if wrapped else 0
        if text[begin : begin + 1] in ("{", "["):
            yield from parsed(text, begin)
        else:
            for assigned in ASSIGNED.finditer(text, 0, LONGEST_PROLOGUE):
                yield from parsed(text, assigned.end())


def parsed(text: str, begin: int = 0) -> Iterator[Any]:
    """The JSON value that stands at a place of a text, if one does, or that a string there holds."""
    try:
        if quoted := QUOTED.match(text, begin):  # a string of a script
            value = json.loads(ESCAPE.sub(unescaped, quoted[1]))
        else:
            value, _ = json.JSONDecoder().raw_decode(text, begin)
            if isinstance(value, str):
                value = json.loads(value)
    except (ValueError, RecursionError):
        return
    if isinstance(value, dict | list):
        yield value


def unescaped(escape: re.Match[str]) -> str:
    """What an escape in a string of a script stands for; halves of a character stay, as JSON has them too."""
    if code := escape[1] or escape[2]:
        return escape[0] if code[0] in "dD" and len(code) == 4 and code[1] in "89abABcdefCDEF" else chr(int(code, 16))
    return LETTERS.get(escape[3], escape[3])


def objects_in(value: Any) -> Iterator[dict[str, Any]]:
    """The objects of a JSON value in the order of the text, without recursion and bounded."""
    stack: list[tuple[Any, int]] = [(value, 0)]
    for _ in range(MOST_VALUES):
        if not stack:
            return
        current, depth = stack.pop()
        if isinstance(current, dict):
            yield current
            children = [child for name, child in current.items() if name not in BESIDE]
        elif isinstance(current, list):
            children = current
        else:
            continue
        if depth < DEEPEST:
            stack.extend((child, depth + 1) for child in reversed(children) if isinstance(child, dict | list))


def text_at(found: dict[str, Any], names: tuple[str, ...], endings: tuple[str, ...] = ()) -> str:
    """The first text that an object has under one of these names, or one that ends so, also one level down."""
    for name in (*names, *(name for name in found if endings and name.endswith(endings))):
        value = found.get(name)
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, dict):
            value = next(
                (
                    value[key]
                    for key in ("text", "basic", "default", "url", "value", "original", "rendered")
                    if isinstance(value.get(key), str)
                ),
                None,
            )
        if isinstance(value, str) and value.strip():
            return tidy(unmarked(value))
    return ""


def unmarked(text: str) -> str:
    """A text without the marks of HTML and Markdown that a page's script turns into type."""
    return unescape(MARKDOWN.sub(r"\1", EMPHASIS.sub(r"\1", TAG.sub("", text))))


def picture_in(value: Any, deepest: int = 5) -> str:
    """The first address of a picture in a part of an object; its sizes are often kept apart."""
    if isinstance(value, str):
        text = value.strip()
        return text if PICTURE.fullmatch(text) or text.startswith(("http://", "https://")) else ""
    if deepest == 0:
        return ""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((found for one in islice(inner, MOST_PARTS) if (found := picture_in(one, deepest - 1))), "")


def is_person(target: str) -> bool:
    """Whether an address is that of an author."""
    folders = target[8:].split("/")[1:-1]
    return not AUTHORS.isdisjoint(folders)


def read_inline(document: Document) -> list[Story]:
    """The stories of the page's JSON, each once, the first as the lead. What one leaves out a later one tells."""
    found: dict[str, Story] = {}
    headlines: set[str] = set()
    for value in documents_of(document):
        for item in objects_in(value):
            story = story_in(item, document, len(found) + 1)
            if story is None:
                continue
            known = found.get(story.canonical)
            if known is not None:
                found[story.canonical] = completed(known, story)
            elif story.headline not in headlines:
                found[story.canonical] = story
                headlines.add(story.headline)
            if len(found) >= MAX_STORIES:
                return list(found.values())
    return list(found.values())


def completed(story: Story, other: Story) -> Story:
    """A story with what only another telling of it has."""
    return replace(
        story,
        summary=story.summary or other.summary,
        kicker=story.kicker or other.kicker,
        image=story.image or other.image,
    )


def story_in(item: dict[str, Any], document: Document, position: int) -> Story | None:
    """The story that an object tells of: a headline of some words and an address on the web."""
    types = item.get("@type")
    if any(isinstance(one, str) and one.lower() in NO_STORY for one in (types if isinstance(types, list) else [types])):
        return None
    headline, address = text_at(item, HEADLINES, ("Hed", "Headline")), text_at(item, ADDRESSES)
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
    page = target.partition("?")[0]
    host, _, path = page[8:].partition("/")
    if not target.startswith("https://") or page == document.own or not path.rstrip("/") or is_person(page):
        return None
    if is_house_address("" if host == document.site else host, f"/{path}") or is_house_text(headline):
        return None
    kicker = shortened(text_at(item, KICKERS), MAX_HEADLINE)
    image = picture_in([item.get(name) for name in IMAGES])
    return Story(
        headline=shortened(headline, MAX_HEADLINE),
        url=url,
        canonical=target,
        summary=shortened(text_at(item, SUMMARIES, ("Dek", "Summary")), MAX_SUMMARY),
        kicker=kicker,
        image=absolute(image, document.base)[:MAX_URL] if image else "",
        position=position,
        role=Role.LEAD if position == 1 else Role.TEASER,
        kind=kind_of(target, headline, (kicker,)),
        confidence=FIRST_IN_DATA if position == 1 else None,
        evidence=("the page prints its stories only as data; this is the first of them",) if position == 1 else (),
    )


FIRST_IN_DATA: Final = 0.5  # no labelled page is of this kind; half is what the first of a list deserves
