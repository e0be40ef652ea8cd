"""The page that puts several sites side by side."""

import sqlite3

from scraper.errors import NotFound
from storage.overview import sites
from storage.queries import show_if_any
from storage.shapes import compared_shape
from web.asked import Asked, Page

MAX_COMPARED = 120


def compare(connection: sqlite3.Connection, asked: Asked) -> Page:
    """Several sites side by side at one instant."""
    known = {site.slug: site for site in sites(connection)}
    chosen = list(dict.fromkeys(asked.query.get("site", ()))) or list(known)[:MAX_COMPARED]
    if unknown := [slug for slug in chosen if slug not in known]:
        raise NotFound(f'the archive knows no site "{unknown[0]}"; it has {", ".join(list(known)[:20])}')
    at = asked.instant(asked.one("at") or "now", "UTC")
    if not asked.one("at"):
        at = max([at, *(site.last_seen for site in known.values() if site.last_seen)])
    rows = [(known[slug], show_if_any(connection, slug, at)) for slug in chosen[:MAX_COMPARED]]
    context = {"at_instant": at, "rows": rows, "typed": asked.one("at"), "sites": known, "chosen": chosen}
    return Page(
        template="compare.html", context=context, shape=[compared_shape(site.slug, shown) for site, shown in rows]
    )
