"""The page that puts several sites side by side."""

import sqlite3
from datetime import datetime
from typing import Any

from scraper.errors import NotFound
from scraper.instants import iso
from scraper.shapes import story_shape
from storage.overview import Described, sites
from storage.queries import Shown, show
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
    rows = [(known[slug], _page_at(connection, slug, at)) for slug in chosen[:MAX_COMPARED]]
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


def _page_at(connection: sqlite3.Connection, slug: str, at: datetime) -> Shown | None:
    """A site's front page at an instant, None where it has none."""
    try:
        return show(connection, slug, at)
    except NotFound:
        return None
