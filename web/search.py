"""Search over every wording: as a page with facets and a histogram, as rows to take along, as a feed."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from scraper.errors import ConfigError, NotFound
from scraper.instants import compact, from_epoch
from scraper.model import Role
from storage.columns import Column, Kind
from storage.overview import Described, sites
from storage.rows import write_csv, write_jsonl
from storage.search import CANDIDATES, Hit
from storage.search import search as find
from storage.shapes import hit_shape
from storage.tally import tally
from web.asked import Asked, Document, Page
from web.feeds import Entry, Feed
from web.histogram import histogram

MAX_HITS = 100
MAX_ROWS = 10_000
COLUMNS = tuple(
    Column(name=name, kind=Kind.INSTANT if name in ("first_seen", "last_seen") else Kind.TEXT, meaning=meaning)
    for name, meaning in (
        ("site", "slug"),
        ("story", "id of the story"),
        ("url", "canonical URL of the story"),
        ("headline", "as printed"),
        ("summary", "as printed"),
        ("role", "lead where the story led at any time while this wording stood"),
        ("first_seen", "first capture with this wording"),
        ("last_seen", "last capture with this wording"),
        ("capture", "name of the first capture"),
    )
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """What is searched for: all of it checked."""

    text: str
    site: str
    role: Role | None
    since: datetime | None
    until: datetime | None
    known: Mapping[str, Described]

    @property
    def filters(self) -> dict[str, Any]:
        return {"site": self.site, "role": self.role, "since": self.since, "until": self.until}

    @property
    def zone(self) -> str:
        return self.known[self.site].timezone if self.site else "UTC"


def search(connection: sqlite3.Connection, asked: Asked) -> Page:
    """Wordings that match a query, each with when it stood there, and how many there are of which kind."""
    query = _query(connection, asked)
    context: dict[str, Any] = {
        "query": query.text,
        "site": query.known.get(query.site),
        "role": query.role or "",
        "sites": query.known,
        "hits": [],
        "typed": {name: asked.one(name) for name in ("from", "to")},
        "link": lambda **changed: _address(asked, changed),
        "looked_at": CANDIDATES,
    }
    if query.text:
        counts = tally(connection, query.text, **query.filters)
        hits = find(connection, query.text, **query.filters, limit=MAX_HITS)
        context |= {
            "hits": hits,
            "is_cut": len(hits) == MAX_HITS,
            "counts": counts,
            "bars": histogram(counts.starts, query.zone),
        }
    return Page(template="search.html", context=context, shape=[hit_shape(hit) for hit in context["hits"]])


def as_csv(connection: sqlite3.Connection, asked: Asked) -> Document:
    """The hits as a table for a spreadsheet, with cells that it would run made harmless."""
    out = BytesIO()
    write_csv((hit_shape(hit) for hit in _all(connection, asked)), COLUMNS, out)
    return _file(out.getvalue(), "search.csv", "text/csv; charset=utf-8")


def as_jsonl(connection: sqlite3.Connection, asked: Asked) -> Document:
    """The hits as one JSON object a line."""
    out = BytesIO()
    write_jsonl((hit_shape(hit) for hit in _all(connection, asked)), out)
    return _file(out.getvalue(), "search.jsonl", "application/jsonl; charset=utf-8")


def feed(connection: sqlite3.Connection, asked: Asked) -> Feed:
    """The hits as a feed, the latest first: what a query will find from now on."""
    query = _query(connection, asked)
    hits = sorted(_found(connection, query, MAX_HITS), key=lambda hit: hit.first_seen, reverse=True)
    seen = [site.last_seen for site in query.known.values() if site.last_seen]
    address = f"{asked.base}/search"
    return Feed(
        id=f"search?{_query_string(asked, {})}",
        title=f"Front pages about {query.text}",
        author="Frontpage Archive",
        updated=max(seen, default=from_epoch(0)),
        address=address,
        query=_query_string(asked, {}),
        page=f"{address}?{_query_string(asked, {})}",
        entries=[_entry(asked.base, query, hit) for hit in hits],
    )


def _entry(base: str, query: Query, hit: Hit) -> Entry:
    return Entry(
        id=f"wording/{hit.story}/{hit.capture}",
        title=hit.headline,
        at=hit.first_seen,
        url=f"{base}/site/{hit.site}/at/{compact(hit.first_seen)}",
        text=hit.summary or f"{query.known[hit.site].name}, {hit.role}",
    )


def _all(connection: sqlite3.Connection, asked: Asked) -> Sequence[Hit]:
    return _found(connection, _query(connection, asked), MAX_ROWS)


def _found(connection: sqlite3.Connection, query: Query, limit: int) -> list[Hit]:
    return find(connection, query.text, **query.filters, limit=limit)


def _query(connection: sqlite3.Connection, asked: Asked) -> Query:
    slug, role = asked.one("site"), asked.one("role")
    known = {site.slug: site for site in sites(connection)}
    if slug and slug not in known:
        raise NotFound(f'the archive knows no site "{slug}"')
    if role and role not in list(Role):
        raise ConfigError(f'"{role}" is no role; it is lead or teaser')
    zone = known[slug].timezone if slug else "UTC"
    return Query(
        text=asked.one("q"),
        site=slug,
        role=Role(role) if role else None,
        since=asked.instant_in_query("from", zone),
        until=asked.instant_in_query("to", zone),
        known=known,
    )


def _file(body: bytes, name: str, kind: str) -> Document:
    return Document(body=body, media_type=kind, headers=(("Content-Disposition", f'attachment; filename="{name}"'),))


def _address(asked: Asked, changed: Mapping[str, str]) -> str:
    """This search with some of its parameters changed; `ending` makes it another document."""
    return f"/search{changed.get('ending', '')}?{_query_string(asked, changed)}"


def _query_string(asked: Asked, changed: Mapping[str, str]) -> str:
    names = {"since": "from", "until": "to"}
    new = {names.get(name, name): value for name, value in changed.items() if name != "ending"}
    kept = {name: asked.one(name) for name in ("q", "site", "role", "from", "to")} | new
    return urlencode({name: value for name, value in kept.items() if value})
