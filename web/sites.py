"""The pages about what is watched: every site as it stands now, and one site over time."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from scraper.errors import ConfigError
from scraper.instants import epoch, iso
from storage.calendar import seen_by_hour
from storage.lasting import lasting, lasting_shape
from storage.overview import Described, SiteNow, described, editions, gaps, leads_begin, retitled, site_now, sites
from storage.queries import Lead, leads
from storage.shapes import lead_shape
from web.asked import Asked, Page
from web.edits import Piece, marked
from web.heat import MOST_WEEKS, Calendar, calendar
from web.phrases import OUTCOMES
from web.stops import stops
from web.timeline import Period, Timeline, Window, timeline

WINDOWS = {"day": 86_400, "week": 604_800, "month": 2_592_000, "all": 0}
MAX_EDITIONS = 30
MAX_EDITS = 12
MAX_LEADS = 300  # that are drawn and told; the verb `leads` and the export tell all
MAX_LASTING = 8
RECENT = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    """A headline that was replaced, both wordings in pieces."""

    site: str
    story: str
    at: datetime
    was: list[Piece]
    now: list[Piece]


def home(connection: sqlite3.Connection, asked: Asked) -> Page:
    """Every site with its lead now, since when and how fresh; what changed in the last hour."""
    known = [site_now(connection, site) for site in sites(connection)]
    current = _present(known, asked.now)
    edits = [edit for row in known for edit in _edits(connection, row.site, current - RECENT, limit=3)]
    context = {
        "sites": known,
        "names": {row.site.slug: row.site for row in known},
        "outcomes": OUTCOMES,
        "edits": sorted(edits, key=lambda edit: edit.at, reverse=True)[:MAX_EDITS],
        "current": current,
        "recent": epoch(current - RECENT),
    }
    return Page(template="home.html", context=context, shape=[_site_shape(row) for row in known])


def site(connection: sqlite3.Connection, asked: Asked) -> Page:
    """A site: its lead timeline with the table behind it, its latest editions, its edited headlines."""
    known = described(connection, asked.path["slug"])
    now = site_now(connection, known)
    context = {"site": known, "now": now, "outcomes": OUTCOMES, "current": _present([now], asked.now)}
    if known.first_seen is None or known.last_seen is None:
        return Page(template="site.html", context=context, shape=_site_shape(now) | {"leads": []})
    chosen, since = _since(asked, known.first_seen, known.last_seen)
    begin = leads_begin(connection, known.slug, limit=MAX_LEADS)
    is_cut = begin is not None and begin > since
    since = max(since, begin or since)
    led = list(leads(connection, known.slug, since=since))
    around = stops(connection, known.slug, since, known.last_seen, led)
    longest = lasting(connection, known.slug, since=since, until=known.last_seen, limit=MAX_LASTING)
    context |= {
        "windows": list(WINDOWS),
        "chosen": chosen,
        "timeline": _lead_timeline(connection, known, led, since, known.last_seen),
        "leads": led[::-1],
        "is_cut": is_cut,
        "since": since,
        "editions": editions(connection, known.slug, until=known.last_seen, limit=MAX_EDITIONS),
        "edits": _edits(connection, known, since, limit=MAX_EDITS),
        "latest": epoch(known.last_seen),
        "stops": around,
        "stop": len(around) - 1,
        "window": Window(start=epoch(since), end=epoch(known.last_seen)),
        "lasting": longest,
        "longest": max((story.seen.at_least_s for story in longest), default=0),
        "calendar": _calendar(connection, known, known.first_seen, known.last_seen),
    }
    shape = _site_shape(now) | {
        "leads": [lead_shape(lead) for lead in led],
        "lasting": [lasting_shape(known.slug, story) for story in longest],
    }
    return Page(template="site.html", context=context, shape=shape)


def _present(known: list[SiteNow], now: datetime) -> datetime:
    """The present: the machine's, or that of an archive whose clock runs ahead, as in the demo."""
    return max([now, *(row.site.last_seen for row in known if row.site.last_seen)])


def _since(asked: Asked, first: datetime, last: datetime) -> tuple[str, datetime]:
    """The stretch of time that was chosen, and where it begins."""
    chosen = asked.one("over") or "day"
    if chosen not in WINDOWS:
        raise ConfigError(f'"{chosen}" is no stretch of time here; over= takes {", ".join(WINDOWS)}')
    return chosen, max(first, last - timedelta(seconds=WINDOWS[chosen])) if WINDOWS[chosen] else first


def _lead_timeline(
    connection: sqlite3.Connection, site: Described, led: list[Lead], since: datetime, until: datetime
) -> Timeline:
    periods = [Period(key=lead.story, label=lead.headline, seen=lead.seen) for lead in led]
    window = Window(start=epoch(since), end=epoch(until))
    return timeline(periods, gaps(connection, site, since, until), window, site.timezone)


def _calendar(connection: sqlite3.Connection, site: Described, first: datetime, last: datetime) -> Calendar:
    since = max(first, last - timedelta(weeks=MOST_WEEKS))
    return calendar(seen_by_hour(connection, site.slug, since, last), since, last, site.timezone)


def _edits(connection: sqlite3.Connection, site: Described, since: datetime, *, limit: int) -> list[Edit]:
    """Headlines replaced since an instant, with the words marked."""
    found = []
    for edit in retitled(connection, site, since=since, limit=limit):
        was, now = marked(edit.was, edit.now)
        found.append(Edit(site=edit.site, story=edit.story, at=edit.at, was=was, now=now))
    return found


def _site_shape(row: SiteNow) -> dict[str, Any]:
    return {
        "site": row.site.slug,
        "name": row.site.name,
        "url": row.site.url,
        "timezone": row.site.timezone,
        "captured_at": iso(row.site.last_seen) if row.site.last_seen else None,
        "language": row.language,
        "last_outcome": row.outcome,
        "lead": lead_shape(row.lead) if row.lead else None,
    }
