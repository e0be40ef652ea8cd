"""Change events as an Atom 1.0 feed (RFC 4287): well-formed whatever a headline holds. Pure."""

import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from scraper.instants import iso
from storage.changes import ChangeEvent, ChangeKind

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:frontpage-archive:feeds")
# What XML 1.0 cannot hold, not even escaped (www.w3.org/TR/xml/#charsets).
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WORDS = {
    ChangeKind.LEAD_CHANGED: "New lead",
    ChangeKind.APPEARED: "Appeared",
    ChangeKind.DROPPED: "Dropped",
    ChangeKind.PROMOTED: "Became the lead",
    ChangeKind.DEMOTED: "No longer the lead",
    ChangeKind.MOVED_SECTION: "Moved",
    ChangeKind.HEADLINE_EDITED: "Headline edited",
    ChangeKind.SUMMARY_EDITED: "Summary edited",
    ChangeKind.IMAGE_CHANGED: "Image changed",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Feed:
    """What a feed says of itself. `name` is what makes it this feed (its id is derived from it), `author` the observer.

    `updated` is when the archive last saw anything that could have changed it; `url` is the feed's own address, if any.
    """

    name: str
    title: str
    author: str
    updated: datetime
    url: str = ""


def atom(feed: Feed, events: Iterable[ChangeEvent]) -> Iterator[str]:
    """The feed's XML, piece by piece: a head, an entry an event in the order given, an end."""
    yield '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
    yield _element("id", urn(feed.name)) + _element("title", feed.title) + _element("updated", iso(feed.updated))
    yield f"<author>{_element('name', feed.author).strip()}</author>\n"
    if feed.url:
        yield f'<link rel="self" type="application/atom+xml" href={_attribute(feed.url)}/>\n'
    for event in events:
        yield _entry(event)
    yield "</feed>\n"


def urn(name: str) -> str:
    """A permanent id (RFC 4287, section 4.2.6) for what has a stable name: an event's id, a feed's name."""
    return uuid.uuid5(NAMESPACE, name).urn


def _entry(event: ChangeEvent) -> str:
    return (
        "<entry>\n"
        + _element("id", urn(event.id))
        + _element("title", f"{_WORDS[event.kind]}: {event.headline}")
        + _element("updated", iso(event.at))
        + f'<link rel="alternate" href={_attribute(event.url)}/>\n'
        + f"<category term={_attribute(event.kind)}/>\n"
        + _element("summary", _summary(event))
        + "</entry>\n"
    )


def _summary(event: ChangeEvent) -> str:
    was = f"was: {event.was}\n" if event.was else ""
    rotation = "one of several headlines that rotate\n" if event.rotation else ""
    return f"{was}{rotation}{event.site}, between {event.before} and {event.capture}"


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(_NO_XML.sub(' ', text))}</{name}>\n"


def _attribute(text: str) -> str:
    return quoteattr(_NO_XML.sub("", text))
