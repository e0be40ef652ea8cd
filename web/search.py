"""Search over every wording: as a page with facets and a histogram, and as a feed."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from scraper.errors import ConfigError
from scraper.instants import compact, from_epoch
from scraper.model import Role
from storage.overview import Described, described, languages, last_seen, named, sites
from storage.search import Hit
from storage.shapes import hit_shape
from storage.survey import Narrowed, batch, survey
from web.asked import MORE, Asked, Page
from web.feeds import Entry, Feed
from web.histogram import histogram

MAX_HITS = 100
MAX_BATCHES = 20  # that a feed looks through


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """A wording that matches, with all the stretches of time among the hits over which it stood, in order."""

    hits: Sequence[Hit]

    @property
    def first(self) -> Hit:
        return self.hits[0]

    @property
    def last(self) -> Hit:
        return self.hits[-1]

    @property
    def led(self) -> bool:
        return any(hit.role is Role.LEAD for hit in self.hits)


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """What is searched for: all of it checked. A time without a zone is each site's own."""

    text: str
    site: Described | None
    role: Role | None
    since: datetime | None
    until: datetime | None

    @property
    def narrowed(self) -> Narrowed:
        slug = self.site.slug if self.site else ""
        return Narrowed(query=self.text, site=slug, role=self.role, since=self.since, until=self.until)


def search(connection: sqlite3.Connection, asked: Asked) -> Page:
    """Wordings that match a query, each with when it stood there, and how many there are of which kind."""
    query = query_of(connection, asked)
    menu = {site.slug: site for site in (*sites(connection), *filter(None, [query.site]))}
    context: dict[str, Any] = {
        "query": query.text,
        "site": query.site,
        "role": query.role or "",
        "sites": menu,
        "typed": {name: asked.one(name) for name in ("from", "to")},
        "link": lambda **changed: _address(asked, changed),
    }
    if not query.text:
        return Page(template="search.html", context=context, shape=[])
    found = survey(connection, query.narrowed, limit=MAX_HITS)
    names = menu | named(connection, found.sites.keys() - menu.keys())
    context |= {
        "found": found,
        "matches": _matches(found.hits),
        "names": names,
        "languages": languages(connection, {hit.site for hit in found.hits}),
        "bars": histogram([(instant, names[slug].timezone) for slug, instant in found.starts]),
    }
    is_all = len(found.hits) == len(found.starts) and not found.is_cut
    shape = [hit_shape(hit) for hit in found.hits]
    return Page(template="search.html", context=context, shape=shape, headers=() if is_all else MORE)


def _matches(hits: Sequence[Hit]) -> list[Match]:
    """The wordings of some hits in their order, each once: one that came again, or with another image, is more hits."""
    by_wording: dict[tuple[str, ...], list[Hit]] = {}
    for hit in hits:
        by_wording.setdefault((hit.story, hit.headline, hit.summary), []).append(hit)
    return [Match(hits=sorted(same, key=lambda hit: hit.first_seen)) for same in by_wording.values()]


def feed(connection: sqlite3.Connection, asked: Asked) -> Feed:
    """The hits as a feed, the latest first: what a query will find from now on."""
    query = query_of(connection, asked)
    hits = sorted(_latest(connection, query), key=lambda hit: hit.first_seen, reverse=True)
    names = named(connection, {hit.site for hit in hits})
    address = f"{asked.base}/search"
    return Feed(
        id=f"search?{_query_string(asked, {})}",
        title=f"Front pages about {query.text}",
        author="Frontpage Archive",
        seen=last_seen(connection) or from_epoch(0),
        address=address,
        query=_query_string(asked, {}),
        page=f"{address}?{_query_string(asked, {})}",
        entries=[_entry(asked.base, names[hit.site], hit) for hit in hits],
    )


def _entry(base: str, site: Described, hit: Hit) -> Entry:
    return Entry(
        id=f"wording/{hit.story}/{hit.capture}",
        title=hit.headline,
        at=hit.first_seen,
        url=f"{base}/site/{hit.site}/at/{compact(hit.first_seen)}",
        text=hit.summary or f"{site.name}, {hit.role}",
    )


def _latest(connection: sqlite3.Connection, query: Query) -> list[Hit]:
    """The hits filed last, at least as many as a feed tells where there are as many."""
    hits: list[Hit] = []
    before: int | None = None
    for _ in range(MAX_BATCHES):
        found = batch(connection, query.narrowed, before)
        hits += found.hits
        before = found.before
        if before is None or len(hits) >= MAX_HITS:
            break
    return hits


def query_of(connection: sqlite3.Connection, asked: Asked) -> Query:
    """What a request searches for. Raises NotFound or ConfigError for what cannot be searched for."""
    slug, role = asked.one("site"), asked.one("role")
    site = described(connection, slug) if slug else None
    if role and role not in list(Role):
        raise ConfigError(f'"{role}" is no role; it is lead or teaser')
    return Query(
        text=asked.one("q"),
        site=site,
        role=Role(role) if role else None,
        since=asked.time_in_query("from"),
        until=asked.time_in_query("to"),
    )


def _address(asked: Asked, changed: Mapping[str, str]) -> str:
    """This search with some of its parameters changed; `ending` makes it another document."""
    return f"/search{changed.get('ending', '')}?{_query_string(asked, changed)}"


def _query_string(asked: Asked, changed: Mapping[str, str]) -> str:
    names = {"since": "from", "until": "to"}
    new = {names.get(name, name): value for name, value in changed.items() if name != "ending"}
    kept = {name: asked.one(name) for name in ("q", "site", "role", "from", "to")} | new
    return urlencode({name: value for name, value in kept.items() if value})
