"""Feeds: entries as Atom (RFC 4287) and as JSON Feed 1.1, well-formed whatever a headline holds. Pure."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

from scraper.instants import from_epoch, iso
from storage.feeds import urn
from web.asked import Document

ATOM = "http://www.w3.org/2005/Atom"
# What XML 1.0 cannot hold (section 2.2), not even escaped.
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One thing that a feed tells. `id` is derived from what it tells, so that every archive gives it the same."""

    id: str
    title: str
    at: datetime
    url: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Feed:
    """A feed: its identity, its own address without the ending, the page that says the same, its entries.

    `seen` is when what it tells of was last looked at: until then nothing else could have been told.
    """

    id: str
    title: str
    author: str
    seen: datetime
    address: str
    query: str = ""
    page: str
    entries: Sequence[Entry]

    @property
    def updated(self) -> datetime:
        """When its latest entry was: a look that found nothing new leaves the feed as it is, byte for byte."""
        return max((entry.at for entry in self.entries), default=from_epoch(0))

    def address_as(self, ending: str) -> str:
        return f"{self.address}{ending}" + (f"?{self.query}" if self.query else "")


def atom(feed: Feed) -> Document:
    """The feed as Atom."""
    root = ET.Element("feed", xmlns=ATOM)
    _texts(root, id=urn(feed.id), title=feed.title, updated=iso(feed.updated))
    _link(root, "self", feed.address_as(".atom"))
    _link(root, "alternate", feed.page)
    _texts(ET.SubElement(root, "author"), name=feed.author)
    for told in feed.entries:
        entry = ET.SubElement(root, "entry")
        _texts(entry, id=urn(told.id), title=told.title, updated=iso(told.at), summary=told.text)
        _link(entry, "alternate", told.url)
    return Document(
        body=ET.tostring(root, "utf-8", xml_declaration=True),
        media_type="application/atom+xml; charset=utf-8",
        is_kept=True,
        modified=feed.seen,
    )


def json_feed(feed: Feed) -> Document:
    """The feed as JSON Feed (jsonfeed.org/version/1.1)."""
    shape: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.address_as(".feed.json"),
        "authors": [{"name": feed.author}],
        "items": [
            {
                "id": urn(told.id),
                "url": told.url,
                "title": told.title,
                "content_text": told.text,
                "date_published": iso(told.at),
            }
            for told in feed.entries
        ],
    }
    return Document(
        body=json.dumps(shape, ensure_ascii=False).encode("utf-8", "replace"),
        media_type="application/feed+json; charset=utf-8",
        is_kept=True,
        modified=feed.seen,
    )


def _texts(parent: ET.Element, **texts: str) -> None:
    for name, text in texts.items():
        ET.SubElement(parent, name).text = NOT_XML.sub("", text)


def _link(parent: ET.Element, rel: str, href: str) -> None:
    ET.SubElement(parent, "link", rel=rel, href=NOT_XML.sub("", href))
