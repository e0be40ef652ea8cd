"""Validators (ETag, Last-Modified) of a site's last full answer, and whether they have been caught lying."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from scraper.instants import epoch, from_epoch
from storage.archive import Archive
from storage.exchange import answered


@dataclass(frozen=True, kw_only=True, slots=True)
class Validators:
    """What a conditional request sends, and the hex sha256 of the body that a 304 will stand for.

    `revisits` counts the 304s since that body came, at `taken_at`; `lied_at` is when another body came under the
    validators of the one before, None where that never happened.
    """

    etag: str = ""
    last_modified: str = ""
    sha256: str = ""
    taken_at: datetime | None = None
    revisits: int = 0
    lied_at: datetime | None = None

    @property
    def strongest(self) -> str:
        return self.etag or self.last_modified


def last_validators(archive: Archive, slug: str) -> Validators:
    """Those of this observer's last live capture of the site with a body; empty where it had none.

    Another observer's answer may come from another machine of the site's, or be another page.
    """
    connection = archive.connection
    row = connection.execute(
        """
        SELECT exchange, sha256, instant, site_id
        FROM captures JOIN sites ON sites.id = site_id JOIN bodies ON bodies.id = body_id
        WHERE slug = ? AND observer_id = ? AND origin = 'live' AND status = 200 AND data IS NOT NULL AND size > 0
        ORDER BY instant DESC LIMIT 1
        """,
        (slug, archive.observer_id),
    ).fetchone()
    if row is None:
        return Validators()
    exchange, sha256, instant, site_id = row
    headers = {name.lower(): value for name, value in answered(exchange)}
    (revisits,) = connection.execute(
        """
        SELECT count(*) FROM captures
        WHERE site_id = ? AND observer_id = ? AND origin = 'live' AND status = 304 AND instant > ?
        """,
        (site_id, archive.observer_id, instant),
    ).fetchone()
    return Validators(
        etag=headers.get("etag", ""),
        last_modified=headers.get("last-modified", ""),
        sha256=sha256.hex(),
        taken_at=from_epoch(instant),
        revisits=revisits,
        lied_at=lied_at(connection, slug),
    )


def lied_at(connection: sqlite3.Connection, slug: str) -> datetime | None:
    """When the site's validators were caught lying; None: never."""
    row = connection.execute(
        "SELECT lied_at FROM distrusted JOIN sites ON sites.id = site_id WHERE slug = ?", (slug,)
    ).fetchone()
    return from_epoch(row[0]) if row else None


def distrust(archive: Archive, slug: str, at: datetime) -> bool:
    """Believe the site's validators no more; False where that is so already."""
    with archive.batch():
        cursor = archive.connection.execute(
            "INSERT INTO distrusted (site_id, lied_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
            (archive.site_id(slug), epoch(at)),
        )
        return cursor.rowcount > 0
