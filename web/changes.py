"""What changed on a site, event by event: as a page, as JSON and as an Atom feed."""

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from xml.etree import ElementTree as ET

from scraper.instants import compact, from_epoch, iso
from storage.changes import ChangeEvent, ChangeKind, changes
from storage.overview import Described, described
from storage.shapes import change_shape
from web.asked import Asked, Document, Page
from web.edits import Piece, marked

BACK = timedelta(days=1)
MAX_EVENTS = 200
ATOM = "http://www.w3.org/2005/Atom"
# What XML 1.0 cannot hold (section 2.2): a headline may, and a feed has to stay well-formed.
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
WORDS = {
    ChangeKind.LEAD_CHANGED: "New lead",
    ChangeKind.APPEARED: "Came",
    ChangeKind.DROPPED: "Went",
    ChangeKind.PROMOTED: "Became the lead",
    ChangeKind.DEMOTED: "Leads no more",
    ChangeKind.MOVED_SECTION: "Moved to another section",
    ChangeKind.HEADLINE_EDITED: "Headline edited",
    ChangeKind.SUMMARY_EDITED: "Summary edited",
    ChangeKind.IMAGE_CHANGED: "Picture changed",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """An event as the page tells it; an edited headline in pieces beside the former one."""

    event: ChangeEvent
    words: str
    was: Sequence[Piece]
    now: Sequence[Piece]


def page(connection: sqlite3.Connection, asked: Asked) -> Page:
    """A site's change events of the day before its last capture, the latest first."""
    site = described(connection, asked.path["slug"])
    events = _latest(connection, site)
    context = {"site": site, "events": [_told(event) for event in events], "is_cut": len(events) == MAX_EVENTS}
    return Page(template="changes.html", context=context, shape=[change_shape(event) for event in events])


def feed(connection: sqlite3.Connection, asked: Asked) -> Document:
    """The same events as Atom (RFC 4287). Ids are the events' own, so that every archive gives them the same."""
    site = described(connection, asked.path["slug"])
    address = f"{asked.base}/site/{site.slug}"
    root = ET.Element("feed", xmlns=ATOM)
    _texts(
        root,
        id=f"tag:frontpage-archive,2026:site/{site.slug}",
        title=f"What changed on {site.name}",
        updated=iso(site.last_seen or from_epoch(0)),
    )
    _link(root, "self", f"{address}/changes.atom")
    _link(root, "alternate", f"{address}/changes")
    _texts(ET.SubElement(root, "author"), name=site.name)
    for event in _latest(connection, site):
        _entry(root, event, f"{address}/at/{compact(event.at)}")
    return Document(body=ET.tostring(root, "utf-8", xml_declaration=True), media_type="application/atom+xml")


def _latest(connection: sqlite3.Connection, site: Described) -> list[ChangeEvent]:
    if site.last_seen is None:
        return []
    events = changes(connection, site.slug, since=site.last_seen - BACK)
    return sorted(events, key=lambda event: event.at, reverse=True)[:MAX_EVENTS]


def _told(event: ChangeEvent) -> Told:
    was, now = marked(event.was, event.headline) if event.kind is ChangeKind.HEADLINE_EDITED else ([], [])
    return Told(event=event, words=WORDS[event.kind], was=was, now=now)


def _entry(root: ET.Element, event: ChangeEvent, address: str) -> None:
    entry = ET.SubElement(root, "entry")
    _texts(
        entry,
        id=f"tag:frontpage-archive,2026:event/{event.id}",
        title=f"{WORDS[event.kind]}: {event.headline}",
        updated=iso(event.at),
        summary=f"Before: {event.was}" if event.was else event.headline,
    )
    _link(entry, "alternate", address)
    _link(entry, "related", event.url)


def _texts(parent: ET.Element, **texts: str) -> None:
    for tag, text in texts.items():
        ET.SubElement(parent, tag).text = NOT_XML.sub("", text)


def _link(parent: ET.Element, rel: str, href: str) -> None:
    ET.SubElement(parent, "link", rel=rel, href=NOT_XML.sub("", href))
