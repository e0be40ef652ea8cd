"""The pages about sites, stories and searches: each asks the archive and says what a template draws."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from scraper.errors import ConfigError, NotFound
from scraper.instants import epoch, from_epoch, iso
from scraper.model import Role
from scraper.shapes import story_shape
from storage.history import History, PlaceSpan, history
from storage.overview import Described, SiteNow, described, editions, gaps, retitled, site_now, sites
from storage.queries import Shown, leads
from storage.search import search as find
from storage.shapes import history_shape, hit_shape, lead_shape
from storage.spans import Bounds
from web.asked import Asked, Page
from web.edits import Piece, marked
from web.front import page_at
from web.phrases import OUTCOMES
from web.timeline import Period, Window, timeline

WINDOWS = {"day": 86_400, "week": 604_800, "month": 2_592_000, "all": 0}
MAX_EDITIONS = 30
MAX_EDITS = 12
MAX_LEADS = 200
MAX_HITS = 100
MAX_COMPARED = 120
RECENT = timedelta(hours=1)


def home(connection: sqlite3.Connection, asked: Asked) -> Page:
    """Every site with its lead now, since when and how fresh; what changed in the last hour."""
    known = [site_now(connection, site) for site in sites(connection)]
    current = _now(known, asked.now)
    edits = [edit for site in known for edit in _edits(connection, site.site, current - RECENT, limit=3)]
    context = {
        "sites": known,
        "names": {site.site.slug: site.site for site in known},
        "outcomes": OUTCOMES,
        "edits": sorted(edits, key=lambda edit: edit["at"], reverse=True)[:MAX_EDITS],
        "current": current,
        "recent": epoch(current - RECENT),
    }
    return Page(template="home.html", context=context, shape=[_site_shape(site) for site in known])


def _now(known: list[SiteNow], now: datetime) -> datetime:
    """The present: the machine's, or that of an archive whose clock runs ahead, as in the demo."""
    return max([now, *(site.site.last_seen for site in known if site.site.last_seen)])


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


def _edits(connection: sqlite3.Connection, site: Described, since: datetime, *, limit: int) -> list[dict[str, Any]]:
    """Headlines replaced since an instant, with the words marked."""
    found = []
    for edit in retitled(connection, site, since=since, limit=limit):
        was, now = marked(edit.was, edit.now)
        found.append({"site": edit.site, "story": edit.story, "at": edit.at, "was": was, "now": now})
    return found


def site(connection: sqlite3.Connection, asked: Asked) -> Page:
    """A site: its lead timeline with the table behind it, its latest editions, its edited headlines."""
    known = described(connection, asked.path["slug"])
    now = site_now(connection, known)
    if known.first_seen is None or known.last_seen is None:
        return Page(template="site.html", context={"site": known, "now": now}, shape={**_site_shape(now), "leads": []})
    chosen = asked.one("over") or "day"
    if chosen not in WINDOWS:
        raise ConfigError(f'"{chosen}" is no stretch of time here; over= takes {", ".join(WINDOWS)}')
    since = known.first_seen
    if WINDOWS[chosen]:
        since = max(since, known.last_seen - timedelta(seconds=WINDOWS[chosen]))
    led = list(leads(connection, known.slug, since=since))
    window = Window(start=epoch(since), end=epoch(known.last_seen))
    context = {
        "site": known,
        "now": now,
        "windows": list(WINDOWS),
        "chosen": chosen,
        "timeline": timeline(
            [Period(key=lead.story, label=lead.headline, seen=lead.seen) for lead in led],
            gaps(connection, known, since, known.last_seen),
            window,
            known.timezone,
        ),
        "leads": led[::-1][:MAX_LEADS],
        "untold": max(len(led) - MAX_LEADS, 0),
        "editions": editions(connection, known.slug, until=known.last_seen, limit=MAX_EDITIONS),
        "edits": _edits(connection, known, since, limit=MAX_EDITS),
        "latest": epoch(known.last_seen),
        "outcomes": OUTCOMES,
        "current": _now([now], asked.now),
    }
    return Page(template="site.html", context=context, shape=_site_shape(now) | {"leads": [lead_shape(x) for x in led]})


def story(connection: sqlite3.Connection, asked: Asked) -> Page:
    """A story: all its wordings and places, with when and how long each stood."""
    told = history(connection, asked.path["id"])
    known = described(connection, told.site)
    wordings = _reworded(told)
    first, last = told.wordings[0].seen.first_seen, max(wording.seen.last_seen for wording in told.wordings)
    window = Window(start=first, end=max(last, first + 3600))
    holes = gaps(connection, known, from_epoch(first), from_epoch(last))
    worded = [Period(key=span.headline, label=span.headline, seen=span.seen) for span in told.wordings]
    placed = [Period(key=_place(span), label=_place(span), seen=span.seen) for span in told.spans]
    context = {
        "site": known,
        "story": told,
        "wordings": wordings[::-1],
        "headline": told.wordings[-1].headline,
        "latest": epoch(known.last_seen) if known.last_seen else 0,
        "last": from_epoch(last),
        "worded": timeline(worded, holes, window, known.timezone),
        "placed": timeline(placed, holes, window, known.timezone),
    }
    return Page(template="story.html", context=context, shape=history_shape(told))


def _place(span: PlaceSpan) -> str:
    """A place in words: lead, or the section's name."""
    return "lead" if span.role is Role.LEAD else span.section or "teaser"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reworded:
    """A wording as the story's page tells it: what it says that the one before did not."""

    seen: Bounds
    headline: Sequence[Piece]
    summary: Sequence[Piece]
    lost_summary: bool
    rotation: float | None


def _reworded(told: History) -> list[Reworded]:
    """A story's wordings in order, each beside the one before; the first beside itself, so that nothing is marked."""
    return [
        Reworded(
            seen=now.seen,
            headline=marked(was.headline, now.headline)[1],
            summary=marked(was.summary, now.summary)[1],
            lost_summary=bool(was.summary and not now.summary),
            rotation=now.rotation,
        )
        for was, now in pairwise((told.wordings[0], *told.wordings))
    ]


def search(connection: sqlite3.Connection, asked: Asked) -> Page:
    """Wordings that match a query, each with when it stood there."""
    query, slug, role = asked.one("q"), asked.one("site"), asked.one("role")
    known = {site.slug: site for site in sites(connection)}
    if slug and slug not in known:
        raise NotFound(f'the archive knows no site "{slug}"')
    if role and role not in list(Role):
        raise ConfigError(f'"{role}" is no role; it is lead or teaser')
    since, until = (_typed(asked, name, known[slug].timezone if slug else "UTC") for name in ("from", "to"))
    hits = (
        find(
            connection, query, site=slug, role=Role(role) if role else None, since=since, until=until, limit=MAX_HITS
        )
        if query
        else []
    )  # fmt: skip
    context = {
        "query": query,
        "site": known.get(slug),
        "role": role,
        "sites": known,
        "hits": hits,
        "is_cut": len(hits) == MAX_HITS,
        "typed": {name: asked.one(name) for name in ("from", "to")},
    }
    return Page(template="search.html", context=context, shape=[hit_shape(hit) for hit in hits])


def _typed(asked: Asked, name: str, zone: str) -> datetime | None:
    text = asked.one(name)
    return asked.instant(text, zone) if text else None


def compare(connection: sqlite3.Connection, asked: Asked) -> Page:
    """Several sites side by side at one instant."""
    known = {site.slug: site for site in sites(connection)}
    chosen = list(dict.fromkeys(asked.query.get("site", ()))) or list(known)[:MAX_COMPARED]
    if unknown := [slug for slug in chosen if slug not in known]:
        raise NotFound(f'the archive knows no site "{unknown[0]}"; it has {", ".join(list(known)[:20])}')
    at = asked.instant(asked.one("at") or "now", "UTC")
    if not asked.one("at"):
        at = max([at, *(site.last_seen for site in known.values() if site.last_seen)])
    rows = [(known[slug], page_at(connection, slug, at)) for slug in chosen[:MAX_COMPARED]]
    context = {"at_instant": at, "rows": rows, "typed": asked.one("at"), "sites": known, "chosen": chosen}
    return Page(template="compare.html", context=context, shape=[_compared(x, shown) for x, shown in rows])


def _compared(known: Described, shown: Shown | None) -> dict[str, Any]:
    if shown is None:
        return {"site": known.slug, "captured_at": None, "age_s": None, "quality": "", "lead": None}
    return {
        "site": known.slug,
        "captured_at": iso(shown.captured_at),
        "age_s": shown.age_s,
        "quality": str(shown.page.quality),
        "lead": story_shape(shown.page.lead, site=known.slug) if shown.page.lead else None,
    }


def healthz(connection: sqlite3.Connection, asked: Asked) -> Page:  # noqa: ARG001 - one signature for every page
    """Whether the archive can be read, and when its last capture came."""
    seen = [site.last_seen for site in sites(connection) if site.last_seen]
    shape = {"ok": True, "sites": len(seen), "last_readable": iso(max(seen)) if seen else None}
    return Page(template="", context={}, shape=shape)
