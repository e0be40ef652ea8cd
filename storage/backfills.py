"""What a backfill needs to remember: which captures are here already, which were offered and refused, how it ended."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scraper.instants import epoch, from_epoch, iso
from scraper.model import Origin
from storage.archive import Archive
from storage.captures import IS_PAGE, site_row


@dataclass(frozen=True, kw_only=True, slots=True)
class Offered:
    """A capture that a source offers: its identity, as far as it is known without its body (DESIGN rule 2).

    `key` is how the source tells it from others of its instant and address; "" stands for all of them.
    """

    site: str
    origin: Origin
    instant: datetime
    url: str
    key: str = ""


def count_captures(archive: Archive, offered: Offered) -> int:
    """How many captures of that origin, instant and address the archive's own observer has of a site."""
    (count,) = archive.connection.execute(
        """
        SELECT count(*) FROM captures JOIN sites ON sites.id = site_id JOIN observers ON observers.id = observer_id
        WHERE slug = ? AND origin = ? AND instant = ? AND url = ? AND observers.name = ?
        """,
        (*_key(offered), archive.observer),
    ).fetchone()
    return int(count)


def captures_at(connection: sqlite3.Connection, slug: str, *, instant: datetime, url: str) -> list[int]:
    """Rows of a site's full responses of an instant and address, from wherever they come, whose body is kept."""
    rows = connection.execute(
        f"""
        SELECT captures.id FROM captures JOIN sites ON sites.id = site_id JOIN bodies ON bodies.id = body_id
        WHERE slug = ? AND instant = ? AND url = ? AND {IS_PAGE}
        AND revisit_of IS NULL AND data IS NOT NULL ORDER BY captures.id
        """,
        (slug, epoch(instant), url),
    )
    return [row for (row,) in rows]


def captures_of_body(connection: sqlite3.Connection, slug: str, sha256: bytes) -> list[int]:
    """Row of the site's first capture with that body, as a list of one or none."""
    rows = connection.execute(
        """
        SELECT captures.id FROM bodies JOIN captures ON body_id = bodies.id JOIN sites ON sites.id = site_id
        WHERE sha256 = ? AND slug = ? AND revisit_of IS NULL AND data IS NOT NULL ORDER BY instant, captures.id LIMIT 1
        """,
        (sha256, slug),
    )
    return [row for (row,) in rows]


def refuse(archive: Archive, offered: Offered, reason: str) -> None:
    """Remember why something that a source offers is no capture of the site."""
    with archive.batch():
        archive.connection.execute(
            "INSERT OR REPLACE INTO refusals (site_id, origin, instant, url, key, reason) VALUES (?, ?, ?, ?, ?, ?)",
            (archive.site_id(offered.site), *_key(offered)[1:], offered.key, reason),
        )


def refused(archive: Archive, offered: Offered) -> str:
    """Why that is no capture of the site, as remembered; "" where nothing is."""
    row = archive.connection.execute(
        """
        SELECT reason FROM refusals JOIN sites ON sites.id = site_id
        WHERE slug = ? AND origin = ? AND instant = ? AND url = ? AND key = ?
        """,
        (*_key(offered), offered.key),
    ).fetchone()
    return str(row[0]) if row else ""


def refusals(connection: sqlite3.Connection, slug: str, origin: Origin, reason: str) -> list[tuple[datetime, str, str]]:
    """(instant, URL, key) of everything that a source offered and that was refused for a reason, in order of time."""
    rows = connection.execute(
        """
        SELECT instant, url, key FROM refusals JOIN sites ON sites.id = site_id
        WHERE slug = ? AND origin = ? AND reason = ? ORDER BY instant, url, key
        """,
        (slug, str(origin), reason),
    )
    return [(from_epoch(instant), url, key) for instant, url, key in rows]


def _key(offered: Offered) -> tuple[str, str, int, str]:
    return offered.site, str(offered.origin), epoch(offered.instant), offered.url


def last_reports(connection: sqlite3.Connection, slug: str) -> list[dict[str, Any]]:
    """The report of a site's last backfill from each source, with the instant when it ended."""
    rows = connection.execute(
        """
        SELECT report, ended_at FROM backfills
        WHERE id IN (SELECT max(id) FROM backfills WHERE site_id = ? GROUP BY source) ORDER BY source
        """,
        (site_row(connection, slug),),
    )
    return [{**json.loads(report), "ended_at": iso(from_epoch(ended_at))} for report, ended_at in rows]
