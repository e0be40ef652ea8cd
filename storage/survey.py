"""What a page about a search needs, in one go and bounded: the hits, how they spread over sites, roles and time.

`storage.search` ranks all that a query finds; this looks at the texts that `storage.texts` picks, and ranks where they
are few. The same read newest first, a batch at a time, for exports that are written as they are read.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple

from scraper.instants import epoch, from_epoch
from scraper.model import Role
from storage.captures import capture_name, instant_there, site_row
from storage.search import LED, STRETCHES, Hit
from storage.spans import ALWAYS, LAST_SEEN
from storage.texts import AT_A_TIME, OF_A_SITE, ranks, texts_about, texts_before

RANKED = 2_000  # texts: of a word that more of them hold, what ranks it is little more than their length
COUNTED = 3_000  # stretches of time that are counted and drawn
BATCH = 250  # texts at a time
ALL = -1  # as SQLite limits
FURTHEST = timedelta(days=1)  # further than any zone is from UTC


@dataclass(frozen=True, kw_only=True, slots=True)
class Narrowed:
    """A search with what narrows it. A time without a zone is each site's own."""

    query: str
    site: str = ""
    role: Role | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Survey:
    """The first hits, the best or else the newest first, and counts of all stretches of time that were found.

    `starts` has the site and the instant at which each began, `last_seen` is the end of the latest. `is_cut`: there is
    more than was looked at; what is told is of the newest.
    """

    hits: Sequence[Hit]
    sites: Mapping[str, int]
    roles: Mapping[Role, int]
    starts: Sequence[tuple[str, int]]
    last_seen: datetime | None
    is_ranked: bool
    is_cut: bool


class _Sight(NamedTuple):
    """A stretch of time over which a text stood on a page."""

    text: int
    site: str
    story: str
    url: str
    headline: str
    summary: str
    first_seen: int
    last_seen: int
    led: int
    capture_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Some hits, the newest first, and where to go on: None at the end."""

    hits: Sequence[Hit]
    before: int | None


def survey(connection: sqlite3.Connection, asked: Narrowed, *, limit: int) -> Survey:
    """Look at what a search finds. Raises ConfigError for a query without a word."""
    most = OF_A_SITE if asked.site else AT_A_TIME
    texts = texts_about(connection, asked.query, until=_outermost(connection, asked)[1], most=most)
    found = _sights(connection, texts.rows, asked, limit=COUNTED + 1)
    is_ranked = len(texts.rows) <= RANKED and not texts.is_cut
    rank = ranks(connection, asked.query) if is_ranked else {}
    counted = found[:COUNTED]
    ordered = sorted(counted, key=lambda one: (rank.get(one.text, 0.0), -one.first_seen, one.story))
    return Survey(
        hits=[_hit(connection, one) for one in ordered[:limit]],
        sites=Counter(one.site for one in counted),
        roles=Counter(Role.LEAD if one.led else Role.TEASER for one in counted),
        starts=[(one.site, one.first_seen) for one in counted],
        last_seen=from_epoch(max(one.last_seen for one in counted)) if counted else None,
        is_ranked=is_ranked,
        is_cut=texts.is_cut or len(found) > COUNTED,
    )


def batch(connection: sqlite3.Connection, asked: Narrowed, before: int | None) -> Batch:
    """The hits of the next texts, those filed last first; `before` is where the batch before ended."""
    rows = texts_before(connection, asked.query, ALWAYS if before is None else before, most=BATCH)
    found = _sights(connection, rows, asked, limit=None)
    return Batch(hits=[_hit(connection, one) for one in found], before=rows[-1] if len(rows) == BATCH else None)


def _sights(
    connection: sqlite3.Connection, texts: Sequence[int], asked: Narrowed, *, limit: int | None
) -> list[_Sight]:
    """The stretches of time of some texts, in the texts' order."""
    bounds = cache(lambda slug: _bounds(connection, asked, slug))
    most = ALL if limit is None else limit
    while True:
        rows = _stretches(connection, texts, asked, most)
        found = [one for one in rows if _is_within(one, *bounds(one.site))]
        if len(rows) != most or len(found) >= (limit or 0):
            return found[:limit]
        most *= 4  # of those in the outermost bounds; some lie beyond their own site's


def _stretches(connection: sqlite3.Connection, texts: Sequence[int], asked: Narrowed, limit: int) -> list[_Sight]:
    """The stretches of time of some texts within the outermost bounds."""
    since, until = _outermost(connection, asked)
    rows = connection.execute(
        f"""
        SELECT text, slug, story, url, headline, summary, first_seen,
            coalesce(last_seen, (SELECT max(instant) FROM observations WHERE site_id = found.site_id)), led,
            (SELECT capture_id FROM observations WHERE site_id = found.site_id AND instant = first_seen)
        FROM (
            SELECT text.id AS text, stories.site_id, story, stories.url, wordings.headline, wordings.summary,
                spans.first_seen, spans.last_seen,
                {LED}
            FROM json_each(:texts) CROSS JOIN wordings AS text ON text.id = json_each.value
            {STRETCHES}
            WHERE (:site_id IS NULL OR stories.site_id = :site_id)
            AND spans.first_seen < :until AND {LAST_SEEN} >= :since
            AND (:led IS NULL OR led = :led)
            LIMIT :limit
        ) AS found JOIN sites ON sites.id = found.site_id
        """,
        {
            "texts": json.dumps(texts),
            "site_id": site_row(connection, asked.site) if asked.site else None,
            "led": None if asked.role is None else asked.role is Role.LEAD,
            "since": epoch(since) if since else -ALWAYS,
            "until": epoch(until) if until else ALWAYS,
            "limit": limit,
        },
    )
    return [_Sight(*row) for row in rows]


def _bounds(connection: sqlite3.Connection, asked: Narrowed, slug: str) -> tuple[datetime | None, datetime | None]:
    """The instants that bound what is asked about of a site."""
    return instant_there(connection, slug, asked.since), instant_there(connection, slug, asked.until)


def _outermost(connection: sqlite3.Connection, asked: Narrowed) -> tuple[datetime | None, datetime | None]:
    """Instants beyond which no site's bounds lie."""
    if asked.site:
        return _bounds(connection, asked, asked.site)
    return _beyond(asked.since, -FURTHEST), _beyond(asked.until, FURTHEST)


def _beyond(time: datetime | None, by: timedelta) -> datetime | None:
    return time.replace(tzinfo=UTC) + by if time and time.tzinfo is None else time


def _is_within(one: _Sight, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or one.last_seen >= epoch(since)) and (until is None or one.first_seen < epoch(until))


def _hit(connection: sqlite3.Connection, found: _Sight) -> Hit:
    return Hit(
        site=found.site,
        story=found.story,
        url=found.url,
        headline=found.headline,
        summary=found.summary,
        role=Role.LEAD if found.led else Role.TEASER,
        first_seen=from_epoch(found.first_seen),
        last_seen=from_epoch(found.last_seen),
        capture=capture_name(connection, found.capture_id),
    )
