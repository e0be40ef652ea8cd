"""The page that searches every wording."""

import sqlite3
from datetime import datetime

from scraper.errors import ConfigError, NotFound
from scraper.model import Role
from storage.overview import sites
from storage.search import Hit
from storage.search import search as find
from storage.shapes import hit_shape
from web.asked import Asked, Page

MAX_HITS = 100


def search(connection: sqlite3.Connection, asked: Asked) -> Page:
    """Wordings that match a query, each with when it stood there."""
    query, slug, role = asked.one("q"), asked.one("site"), asked.one("role")
    known = {site.slug: site for site in sites(connection)}
    if slug and slug not in known:
        raise NotFound(f'the archive knows no site "{slug}"')
    if role and role not in list(Role):
        raise ConfigError(f'"{role}" is no role; it is lead or teaser')
    zone = known[slug].timezone if slug else "UTC"
    since, until = (_typed(asked, name, zone) for name in ("from", "to"))
    hits: list[Hit] = []
    if query:
        as_role = Role(role) if role else None
        hits = find(connection, query, site=slug, role=as_role, since=since, until=until, limit=MAX_HITS)
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
