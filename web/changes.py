"""What changed on a site, event by event: as a page, as JSON and as a feed."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scraper.instants import compact, from_epoch
from storage.changes import ChangeEvent, ChangeKind, changes
from storage.overview import Described, beside, described, languages
from storage.shapes import change_shape
from web.asked import MORE, Asked, Page
from web.edits import Piece, marked
from web.feeds import Entry, Feed
from web.past import SECOND, ends

BACK = timedelta(days=1)
MAX_EVENTS = 200
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
    """A site's change events of a day, that before its last capture unless it is said until when; the latest first.

    Headlines in rotation are no edits, and told with `rotations=1` alone.
    """
    site = described(connection, asked.path["slug"])
    until = ends(asked, site)
    rotations = asked.one("rotations") == "1"
    all_of_day = _latest(connection, site, until)
    found = all_of_day if rotations else _edited(all_of_day)
    events, is_cut = found[:MAX_EVENTS], len(found) > MAX_EVENTS
    context = {
        "site": site,
        "until": until,
        "then": until if until != site.last_seen else None,
        "turn": _turn(connection, site, until, events[-1].at if is_cut else None) if until else (None, None),
        "language": languages(connection, [site.slug])[site.slug],
        "events": [_told(event) for event in events],
        "is_cut": is_cut,
        "rotations": rotations,
        "turns": sum(event.rotation for event in all_of_day),
    }
    shape = [change_shape(event) for event in events]
    return Page(template="changes.html", context=context, shape=shape, headers=MORE if is_cut else ())


def feed(connection: sqlite3.Connection, asked: Asked) -> Feed:
    """The same events as a feed, without headlines in rotation."""
    site = described(connection, asked.path["slug"])
    address = f"{asked.base}/site/{site.slug}"
    return Feed(
        id=f"site/{site.slug}",
        title=f"What changed on {site.name}",
        author=site.name,
        seen=site.last_seen or from_epoch(0),
        address=f"{address}/changes",
        page=f"{address}/changes",
        entries=[
            _entry(event, f"{address}/at/{compact(event.at)}")
            for event in _edited(_latest(connection, site, site.last_seen))[:MAX_EVENTS]
        ],
    )


def _turn(
    connection: sqlite3.Connection, site: Described, until: datetime, cut_at: datetime | None
) -> tuple[datetime | None, datetime | None]:
    """Until when the days go that lie before and after what is told, so that something was seen in each.

    `cut_at` is when the first that is told came, where there are more: the page before has to end with those.
    """
    begin = min(cut_at, until - SECOND) if cut_at else until - BACK
    before, after = beside(connection, site.slug, begin, until)
    return (
        before if site.first_seen and site.first_seen < begin else None,
        min(after + BACK, site.last_seen) if after and site.last_seen else None,
    )


def _latest(connection: sqlite3.Connection, site: Described, until: datetime | None) -> list[ChangeEvent]:
    """All events of the day up to an instant, and with it."""
    if until is None:
        return []
    found = changes(connection, site.slug, since=until - BACK, until=until + SECOND)
    return sorted(found, key=lambda event: event.at, reverse=True)


def _edited(events: Iterable[ChangeEvent]) -> list[ChangeEvent]:
    """Those that are no headline's turn in a rotation."""
    return [event for event in events if not event.rotation]


def _told(event: ChangeEvent) -> Told:
    was, now = marked(event.was, event.headline) if event.kind is ChangeKind.HEADLINE_EDITED else ([], [])
    return Told(event=event, words=WORDS[event.kind], was=was, now=now)


def _entry(event: ChangeEvent, url: str) -> Entry:
    return Entry(
        id=event.id,
        title=f"{WORDS[event.kind]}: {event.headline}",
        at=event.at,
        url=url,
        text=f"Before: {event.was}" if event.was else event.headline,
    )
