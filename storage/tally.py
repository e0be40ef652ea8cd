"""How many wordings match a query: by site, by role and over time, beside the hits that a search shows."""

import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from scraper.instants import epoch
from scraper.model import Role
from storage.search import CANDIDATES, FOUND, match_expression
from storage.spans import ALWAYS


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """Counts of the stretches of time over which a matching wording stood.

    `sites` counts them whatever their site, `roles` whatever their role, as a reader wants to know before choosing one;
    `starts` are the beginnings of those that were asked for. `is_cut`: only the CANDIDATES filed last were counted.
    """

    sites: Mapping[str, int]
    roles: Mapping[Role, int]
    starts: tuple[int, ...]
    is_cut: bool


def tally(
    connection: sqlite3.Connection,
    query: str,
    *,
    site: str = "",
    role: Role | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Tally:
    """Count what `storage.search.search` would find. Raises ConfigError for a query without a word."""
    rows = connection.execute(
        f"SELECT slug, first_seen, led FROM ({FOUND}) AS found JOIN sites ON sites.id = found.site_id",
        {
            "match": match_expression(query),
            "site_id": None,
            "led": None,
            "since": epoch(since) if since else -ALWAYS,
            "until": epoch(until) if until else ALWAYS,
        },
    ).fetchall()
    told = [(slug, first_seen, Role.LEAD if led else Role.TEASER) for slug, first_seen, led in rows]
    return Tally(
        sites=Counter(slug for slug, _, as_role in told if role in (None, as_role)),
        roles=Counter(as_role for slug, _, as_role in told if site in ("", slug)),
        starts=tuple(start for slug, start, as_role in told if site in ("", slug) and role in (None, as_role)),
        is_cut=len(rows) >= CANDIDATES,
    )
