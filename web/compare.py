"""The page that puts several sites side by side: at an instant, over the day before it, and who led with what, when."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scraper.errors import ConfigError
from scraper.instants import epoch, from_epoch
from storage.calendar import was_looked_at
from storage.overview import Described, gaps, languages, named, site_count, sites, zones
from storage.queries import Lead, Shown, leads, leads_of_texts, show_if_any
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
    led: Sequence[Lead]
    timeline: Timeline
    about: frozenset[str]


def compare(connection: sqlite3.Connection, asked: Asked) -> Page:
    """What led at an instant; the leads of the day before it in parallel; with a query, who led with it and when."""
    ticked = list(dict.fromkeys(asked.query.get("site", ())))
    known = {site.slug: site for site in sites(connection)}
    known |= named(connection, [slug for slug in ticked if slug not in known])
    chosen = ticked or list(known)[:MAX_COMPARED]
    offered = _zones(connection)
    zone = _zone(asked, offered)
    at = _asked_for(asked, zone) or asked.now
    rows = [(known[slug], show_if_any(connection, slug, at, lead_alone=True)) for slug in chosen[:MAX_COMPARED]]
    query = asked.one("q")
    texts = texts_about(connection, query, until=at + timedelta(seconds=1), most=MAX_TEXTS) if query else None
    told = _about(connection, texts.rows, chosen, at) if texts else []
    days = _days(connection, [known[slug] for slug in chosen[:MAX_DAYS]], at, zone, {lead.story for lead in told})
    standing = _standing(connection, days, rows)
    context = {
        "at_instant": at,
        "rows": sorted(rows, key=lambda row: not _is_seen(*row)),
        "is_seen": _is_seen,
        "typed": _typed(at, zone) if asked.one("at") else "",
        "is_second": at.astimezone(ZoneInfo(zone)).fold == 1,
        "zone": zone,
        "zones": offered,
        "standing": standing,
        "about": query,
        "told": told,
        "languages": languages(connection, {lead.site for lead in told}),
        "is_cut": texts is not None and (texts.is_cut or len(told) == MAX_LEADS),
        "sites": known,
        "chosen": chosen,
        "ticked": frozenset(ticked),
        "total": site_count(connection),
        "most": MAX_COMPARED,
        **_drawn(connection, days, at),
        "latest": {
            slug: epoch(site.last_seen) for slug, site in known.items() if site.last_seen and site.is_current(asked.now)
        },
    }
    compared = [
        compared_shape(site.slug, shown) | {"led": lead_shape(standing[site.slug]) if site.slug in standing else None}
        for site, shown in rows
    ]
    shape = {"at": compared, "about": [lead_shape(lead) for lead in told]} if query else compared
    return Page(template="compare.html", context=context, shape=shape)


def _is_seen(site: Described, shown: Shown | None) -> bool:
    """Whether what was shown last may be told of the instant asked about: nothing is claimed beyond the gap."""
    return shown is not None and shown.age_s <= site.gap


def _about(connection: sqlite3.Connection, texts: Sequence[int], chosen: Sequence[str], at: datetime) -> list[Lead]:
    """Who led with it over the weeks up to the instant, in order of when it did first."""
    until = at + timedelta(seconds=1)
    return leads_of_texts(connection, texts, sites=chosen, since=at - BACK, until=until, limit=MAX_LEADS)


def _zones(connection: sqlite3.Connection) -> list[str]:
    return ["UTC", *(zone for zone in zones(connection) if zone != "UTC")]


def _zone(asked: Asked, offered: Sequence[str]) -> str:
    """The zone in which times are typed and told: UTC, or one of the sites' own."""
    zone = asked.one("zone") or "UTC"
    if zone not in offered:
        raise ConfigError(f'"{zone}" is the zone of no site here; zone= takes {", ".join(offered)}')
    return zone


def _asked_for(asked: Asked, zone: str) -> datetime | None:
    """The instant in the query; with `fold=1` the second of the two that a clock set back calls the same."""
    text = asked.one("at")
    return asked.instant(text, zone, fold=int(asked.one("fold") == "1")) if text else None


def _typed(at: datetime, zone: str) -> str:
    """An instant as the form's field holds it."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None).isoformat(timespec="seconds" if at.second else "minutes")


def _standing(
    connection: sqlite3.Connection, days: Sequence[Day], rows: Sequence[tuple[Described, Shown | None]]
) -> dict[str, Lead]:
    """The period as lead to which what led belongs, of the first sites: how long, before and after the instant."""
    led = {day.site.slug: day.led for day in days}
    return {
        site.slug: lead
        for site, shown in rows[:MAX_DAYS]
        if shown and shown.page.lead
        for lead in (led[site.slug] if shown.age_s <= DAY.total_seconds() else _leads_then(connection, shown))
        if lead.seen.first_seen <= epoch(shown.captured_at) <= lead.seen.last_seen
    }


def _leads_then(connection: sqlite3.Connection, shown: Shown) -> Iterator[Lead]:
    """The periods as lead that touch the capture shown, which the day drawn does not reach."""
    return leads(connection, shown.site, since=shown.captured_at, until=shown.captured_at + timedelta(seconds=1))


def _days(
    connection: sqlite3.Connection, chosen: Sequence[Described], at: datetime, zone: str, about: set[str]
) -> list[Day]:
    window = Window(start=epoch(at - DAY), end=epoch(at))
    spoken = languages(connection, [site.slug for site in chosen])
    return [_day(connection, site, spoken[site.slug], window, zone, about) for site in chosen if site.last_seen]


def _drawn(connection: sqlite3.Connection, days: Sequence[Day], at: datetime) -> dict[str, Sequence[Any]]:
    """The days on which a lead was seen, and the sites without: an empty lane says less than their names and why."""
    without = [day.site for day in days if not day.timeline.bars]
    leadless = [site for site in without if was_looked_at(connection, site.slug, at - DAY, at)]
    return {
        "days": [day for day in days if day.timeline.bars],
        "leadless": leadless,
        "unseen": [site for site in without if site not in leadless],
    }


def _day(
    connection: sqlite3.Connection, site: Described, language: str, window: Window, zone: str, about: set[str]
) -> Day:
    since, until = from_epoch(window.start), from_epoch(window.end)
    led = list(leads(connection, site.slug, since=since, until=until + timedelta(seconds=1)))
    periods = [Period(key=lead.story, label=lead.headline, language=language, seen=lead.seen) for lead in led]
    holes = gaps(connection, site, since, until)
    return Day(
        site=site,
        led=led,
        timeline=timeline(periods, holes, window, zone),
        about=frozenset(lead.story for lead in led if lead.story in about),
    )
