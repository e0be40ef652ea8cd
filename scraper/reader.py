"""Bytes in, front page out."""

import hashlib
from dataclasses import astuple
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from scraper.decode import decode
from scraper.model import FrontPage, Layout, Quality, Role, Story
from scraper.text import tidy, words
from scraper.urls import absolute, canonical

READER_VERSION: Final = "0"


def reader_name(layout: Layout | None) -> str:
    """What a reading was made by: the version, and the digest of the layout where one applied."""
    if layout is None:
        return READER_VERSION
    digest = hashlib.sha256("\0".join(map(str, astuple(layout))).encode()).hexdigest()
    return f"{READER_VERSION}+{digest[:8]}"


def read_front_page(
    body: bytes | str, url: str = "", *, content_type: str = "", layout: Layout | None = None
) -> FrontPage:
    """What a page prints: the lead, the teasers, or the problem why not. Any bytes give a front page."""
    text = body if isinstance(body, str) else decode(body, content_type)
    text = text.encode("utf-8", "replace").decode("utf-8")
    parser = LexborHTMLParser(text)
    title = parser.css_first("title")
    seen: set[str] = set()
    stories: list[Story] = []
    for link in parser.css("h1 a[href], h2 a[href], h3 a[href], a[href]"):
        headline = tidy(link.text())
        target = absolute(link.attributes.get("href") or "", url)
        key = canonical(target)
        if words(headline) < 4 or key in seen:
            continue
        seen.add(key)
        role = Role.TEASER if stories else Role.LEAD
        stories.append(Story(headline=headline, url=target, canonical=key, position=len(stories) + 1, role=role))
    return FrontPage(
        url=url,
        title=tidy(title.text()) if title else "",
        quality=Quality.OK if stories else Quality.NO_STORIES,
        problem="" if stories else "no link has a headline",
        reader=reader_name(layout),
        layout=layout.name if layout else "",
        lead=stories[0] if stories else None,
        teasers=tuple(stories[1:]),
    )
