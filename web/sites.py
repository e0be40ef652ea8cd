"""The pages about what is watched: every site as it stands now, and one site over time."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from scraper.errors import ConfigError
from scraper.instants import epoch, iso
from storage.calendar import seen_by_hour
from storage.edition_runs import editions
from storage.lasting import lasting
from storage.overview import Described, SiteNow, described, gaps, leads_begin, retitled, site_count, site_now, sites
from storage.queries import Lead, leads
from storage.recent import Recent, recent
from storage.shapes import lasting_shape, lead_shape
from web.asked import Asked, Page
from web.edits import Piece, marked
from web.heat import MOST_WEEKS, Calendar, calendar
from web.phrases import OUTCOMES, counted
from web.stops import slider
from web.timeline import Period, Timeline, Window, timeline

WINDOWS = {"day": 86_400, "week": 604_800, "month": 2_592_000, "all": 0}
MAX_EDITIONS = 30
MAX_EDITS = 12
MAX_LEADS = 250  # that are drawn and told; the verb `leads` and the export tell all
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
    current = asked.now
    changed = [row for now in known if (row := _changed(connection, now.site, current))]
    context = {
        "sites": known,
        "outcomes": OUTCOMES,
        "current": current,
        "recent": epoch(current - RECENT),
        "is_ended": bool(known) and not any(row.site.is_current(current) for row in known),
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
    """A site: its lead timeline with the table behind it, its latest editions, its edited headlines."""
    known = described(connection, asked.path["slug"])
    now = site_now(connection, known)
    current = asked.now
    context = {"site": known, "now": now, "outcomes": OUTCOMES, "current": current}
    if known.first_seen is None or known.last_seen is None:
        return Page(template="site.html", context=context, shape=_site_shape(now) | {"leads": [], "lasting": []})
    chosen, since = _since(asked, known.first_seen, known.last_seen)
    begin = leads_begin(connection, known.slug, limit=MAX_LEADS)
    is_cut = begin is not None and begin > since
    since = max(since, begin or since)
    led = list(leads(connection, known.slug, since=since))
    longest = lasting(connection, known.slug, since=since, until=known.last_seen, limit=MAX_LASTING)
    context |= {
        "windows": list(WINDOWS),
        "chosen": chosen,
        "timeline": _lead_timeline(connection, now, led, since, known.last_seen),
        "leads": led[::-1],
        "is_cut": is_cut,
        "since": since,
        "editions": editions(connection, known.slug, until=known.last_seen, limit=MAX_EDITIONS),
        "edits": _edits(connection, known, since, limit=MAX_EDITS),
        "latest": epoch(known.last_seen) if known.is_current(current) else None,
        "turn": slider(connection, known.slug, since, known.last_seen, shown=known.last_seen),
        "lasting": longest,
        "longest": max((story.seen.at_least_s for story in longest), default=0),
        "calendar": _calendar(connection, known, known.first_seen, known.last_seen),
    }
    shape = _site_shape(now) | {
        "leads": [lead_shape(lead) for lead in led],
        "lasting": [lasting_shape(known.slug, story) for story in longest],
    }
    return Page(template="site.html", context=context, shape=shape)


def _since(asked: Asked, first: datetime, last: datetime) -> tuple[str, datetime]:
    """The stretch of time that was chosen, and where it begins."""
    chosen = asked.one("over") or "day"
    if chosen not in WINDOWS:
        raise ConfigError(f'"{chosen}" is no stretch of time here; over= takes {", ".join(WINDOWS)}')
    return chosen, max(first, last - timedelta(seconds=WINDOWS[chosen])) if WINDOWS[chosen] else first


def _lead_timeline(
    connection: sqlite3.Connection, now: SiteNow, led: list[Lead], since: datetime, until: datetime
) -> Timeline:
    periods = [Period(key=lead.story, label=lead.headline, language=now.language, seen=lead.seen) for lead in led]
    window = Window(start=epoch(since), end=epoch(until))
    return timeline(periods, gaps(connection, now.site, since, until), window, now.site.timezone)


def _calendar(connection: sqlite3.Connection, site: Described, first: datetime, last: datetime) -> Calendar:
    since = max(first, last - timedelta(weeks=MOST_WEEKS))
    return calendar(seen_by_hour(connection, site.slug, since, last, site.timezone), since, last, site.timezone)


def _edits(connection: sqlite3.Connection, site: Described, since: datetime, *, limit: int) -> list[Edit]:
    """Headlines replaced since an instant, with the words marked."""
    found = []
    for edit in retitled(connection, site, since=since, limit=limit):
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
