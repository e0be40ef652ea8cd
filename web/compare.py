"""The page that puts several sites side by side: at an instant, over the day before it, and who led with what, when."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from scraper.errors import NotFound
from scraper.instants import epoch
from storage.overview import Described, gaps, sites
from storage.queries import Lead, leads, leads_of_texts, show_if_any
from storage.shapes import compared_shape, lead_shape
from storage.texts import texts_about
from web.asked import Asked, Page
from web.timeline import Period, Timeline, Window, timeline

MAX_COMPARED = 120
MAX_DAYS = 24  # sites whose day is drawn
MAX_LEADS = 100
MAX_TEXTS = 3_000  # that hold what is asked about
DAY = timedelta(days=1)
BACK = timedelta(days=30)


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """One site's day: its leads over time, of which `about` are those that a query finds."""

    site: Described
    timeline: Timeline
    about: frozenset[str]


def compare(connection: sqlite3.Connection, asked: Asked) -> Page:
    """What led at an instant; the leads of the day before it in parallel; with a query, who led with it and when."""
    known = {site.slug: site for site in sites(connection)}
    chosen = _chosen(asked, known)
    at = asked.instant_in_query("at", "UTC") or _present(asked, known)
    rows = [(known[slug], show_if_any(connection, slug, at, lead_alone=True)) for slug in chosen[:MAX_COMPARED]]
    query = asked.one("q")
    texts = texts_about(connection, query, until=at + timedelta(seconds=1), most=MAX_TEXTS) if query else None
    told = _about(connection, texts.rows, chosen, at) if texts else []
    context = {
        "at_instant": at,
        "rows": rows,
        "typed": asked.one("at"),
        "about": query,
        "told": told,
        "is_cut": texts is not None and (texts.is_cut or len(told) == MAX_LEADS),
        "sites": known,
        "chosen": chosen,
        **_drawn(_days(connection, [known[slug] for slug in chosen[:MAX_DAYS]], at, {lead.story for lead in told})),
        "latest": {slug: epoch(site.last_seen) for slug, site in known.items() if site.last_seen},
    }
    compared = [compared_shape(site.slug, shown) for site, shown in rows]
    shape = {"at": compared, "about": [lead_shape(lead) for lead in told]} if query else compared
    return Page(template="compare.html", context=context, shape=shape)


def _about(connection: sqlite3.Connection, texts: Sequence[int], chosen: Sequence[str], at: datetime) -> list[Lead]:
    """Who led with it over the weeks up to the instant, in order of when it did first."""
    until = at + timedelta(seconds=1)
    return leads_of_texts(connection, texts, sites=chosen, since=at - BACK, until=until, limit=MAX_LEADS)


def _chosen(asked: Asked, known: Mapping[str, Described]) -> list[str]:
    chosen = list(dict.fromkeys(asked.query.get("site", ()))) or list(known)[:MAX_COMPARED]
    if unknown := [slug for slug in chosen if slug not in known]:
        raise NotFound(f'the archive knows no site "{unknown[0]}"; it has {", ".join(list(known)[:20])}')
    return chosen


def _present(asked: Asked, known: Mapping[str, Described]) -> datetime:
    return max([asked.now, *(site.last_seen for site in known.values() if site.last_seen)])


def _days(connection: sqlite3.Connection, chosen: Sequence[Described], at: datetime, about: set[str]) -> list[Day]:
    window = Window(start=epoch(at - DAY), end=epoch(at))
    return [_day(connection, site, at, window, about) for site in chosen if site.last_seen]


def _drawn(days: Sequence[Day]) -> dict[str, Sequence[Any]]:
    """The days on which something was seen, and the sites without: an empty lane says less than their names."""
    return {
        "days": [day for day in days if day.timeline.bars],
        "unseen": [day.site for day in days if not day.timeline.bars],
    }


def _day(connection: sqlite3.Connection, site: Described, at: datetime, window: Window, about: set[str]) -> Day:
    led = list(leads(connection, site.slug, since=at - DAY, until=at))
    periods = [Period(key=lead.story, label=lead.headline, seen=lead.seen) for lead in led]
    holes = gaps(connection, site, at - DAY - timedelta(seconds=site.gap), at)
    return Day(
        site=site,
        timeline=timeline(periods, holes, window, "UTC"),
        about=frozenset(lead.story for lead in led if lead.story in about),
    )
