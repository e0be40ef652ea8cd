"""The pages about what is watched: every site as it stands now, and one site over time."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from scraper.instants import epoch, iso
from storage.calendar import seen_by_hour
from storage.edition_runs import editions
from storage.lasting import lasting
from storage.overview import Described, SiteNow, described, gaps, retitled, site_count, site_now, sites
from storage.queries import Lead
from storage.recent import Recent, recent
from storage.shapes import lasting_shape, lead_shape
from web.asked import MORE, Asked, Page
from web.edits import Piece, marked
from web.heat import MOST_WEEKS, Calendar, calendar
from web.past import SECOND, WINDOWS, Part, part_asked
from web.phrases import OUTCOMES, counted
from web.stops import slider
from web.timeline import Period, Timeline, Window, timeline

MAX_EDITIONS = 30
MAX_EDITS = 12
MAX_LASTING = 8
RECENT = timedelta(hours=1)
MAX_CHANGED = 40  # sites whose changes are counted on the home page
MAX_NEW_LEADS = 12
MOST_OF_A_SITE = 3  # headlines of a kind: a paper that turns its page over leaves room for the others


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    """A headline that was replaced, both wordings in pieces."""

    site: str
    story: str
    at: datetime
    was: list[Piece]
    now: list[Piece]


@dataclass(frozen=True, kw_only=True, slots=True)
class Changed:
    """A site on which something changed in the last hour; `words` counts it: "3 came", "1 reworded"."""

    site: Described
    recent: Recent
    words: list[str]


def home(connection: sqlite3.Connection, asked: Asked) -> Page:
    """Every site with its lead now, since when and how fresh; what changed in the last hour across all of them."""
    known = [site_now(connection, site) for site in sites(connection)]
    changed = [row for now in known if (row := _changed(connection, now.site, asked.now))]
    context = {
        "sites": known,
        "outcomes": OUTCOMES,
        "current": asked.now,
        "recent": epoch(asked.now - RECENT),
        "is_ended": bool(known) and not any(row.site.is_current(asked.now) for row in known),
        "untold": site_count(connection) - len(known),
        "languages": {now.site.slug: now.language for now in known},
        **_told(changed),
    }
    by_slug = {row.site.slug: row for row in changed}
    return Page(
        template="home.html", context=context, shape=[_home_shape(row, by_slug.get(row.site.slug)) for row in known]
    )


def _changed(connection: sqlite3.Connection, site: Described, current: datetime) -> Changed | None:
    if site.last_seen is None or site.last_seen < current - RECENT:
        return None
    found = recent(connection, site, since=current - RECENT, until=current, told=MOST_OF_A_SITE)
    return Changed(site=site, recent=found, words=counted(found.counts)) if found else None


def _told(changed: list[Changed]) -> dict[str, Any]:
    """The changes in the order in which a reader wants them, each list cut to what can be read at a glance."""
    edits = [
        Edit(site=row.site.slug, story=edit.story, at=row.recent.until, was=was, now=now)
        for row in changed
        for edit in row.recent.reworded
        for was, now in [marked(edit.was, edit.now)]
    ]
    rows = sorted(changed, key=lambda row: -sum(row.recent.counts.values()))
    return {
        "new_leads": [row for row in rows if row.recent.lead and row.recent.lead_was][:MAX_NEW_LEADS],
        "edits": edits[:MAX_EDITS],
        "names": {row.site.slug: row.site for row in changed},
        "changed": rows[:MAX_CHANGED],
        "more_changed": max(len(rows) - MAX_CHANGED, 0),
    }


def site(connection: sqlite3.Connection, asked: Asked) -> Page:
    """A site over a stretch of its time, up to now unless it is said until when: what led, what stood, its editions."""
    known = described(connection, asked.path["slug"])
    now = site_now(connection, known)
    context = {"site": known, "now": now, "outcomes": OUTCOMES, "current": asked.now}
    part = part_asked(connection, asked, known)
    if part is None:
        nothing: dict[str, Any] = {"since": None, "until": None, "leads": [], "lasting": []}
        return Page(template="site.html", context=context, shape=_site_shape(now) | nothing)
    led = part.leads(connection)
    longest = lasting(connection, known.slug, since=part.since, until=part.until, limit=MAX_LASTING)
    told = editions(connection, known.slug, until=part.until, limit=MAX_EDITIONS)
    watched = max(part.first, part.until - timedelta(weeks=MOST_WEEKS))
    context |= {
        "windows": list(WINDOWS),
        "part": part,
        "timeline": _lead_timeline(connection, now, led, part),
        "leads": led[::-1],
        "editions": told,
        "more_editions": told[-1].first_seen - SECOND if told and told[-1].first_seen > part.first else None,
        "edits": _edits(connection, known, part, limit=MAX_EDITS),
        "latest": epoch(part.last) if known.is_current(asked.now) else None,
        "turn": slider(connection, known.slug, part.since, part.until, shown=part.until),
        "lasting": longest,
        "longest": max((story.seen.at_least_s for story in longest), default=0),
        "calendar": _calendar(connection, known, watched, part.until),
        "watched": watched,
    }
    shape = _site_shape(now) | {
        "since": iso(part.since),
        "until": iso(part.until),
        "leads": [lead_shape(lead) for lead in led],
        "lasting": [lasting_shape(known.slug, story) for story in longest],
    }
    return Page(template="site.html", context=context, shape=shape, headers=MORE if part.is_cut else ())


def _lead_timeline(connection: sqlite3.Connection, now: SiteNow, led: Sequence[Lead], part: Part) -> Timeline:
    periods = [Period(key=lead.story, label=lead.headline, language=now.language, seen=lead.seen) for lead in led]
    window = Window(start=epoch(part.since), end=epoch(part.until))
    return timeline(periods, gaps(connection, now.site, part.since, part.until), window, now.site.timezone)


def _calendar(connection: sqlite3.Connection, site: Described, since: datetime, until: datetime) -> Calendar:
    return calendar(seen_by_hour(connection, site.slug, since, until, site.timezone), since, until, site.timezone)


def _edits(connection: sqlite3.Connection, site: Described, part: Part, *, limit: int) -> list[Edit]:
    """Headlines replaced in a stretch of time, with the words marked."""
    found = []
    for edit in retitled(connection, site, since=part.since, until=part.until, limit=limit):
        was, now = marked(edit.was, edit.now)
        found.append(Edit(site=edit.site, story=edit.story, at=edit.at, was=was, now=now))
    return found


def _home_shape(row: SiteNow, changed: Changed | None) -> dict[str, Any]:
    found = changed.recent if changed else None
    shape = {"since": iso(found.since), "until": iso(found.until), "kinds": found.counts} if found else None
    return _site_shape(row) | {"changed": shape}


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
