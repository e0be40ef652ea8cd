"""What a backfill needs to remember: which captures are here already, which were offered and refused, how it ended."""

import json
import sqlite3
from datetime import datetime
from typing import Any

from scraper.instants import epoch, from_epoch, iso
from scraper.model import Origin
from storage.archive import Archive
from storage.captures import site_row


def count_captures(archive: Archive, site: str, *, origin: Origin, instant: datetime, url: str) -> int:
    """How many captures of that origin, instant and address this observer has of a site."""
    (count,) = archive.connection.execute(
        """
        SELECT count(*) FROM captures
        WHERE site_id = ? AND instant = ? AND origin = ? AND url = ? AND observer_id = ?
        """,
        (archive.site_id(site), epoch(instant), str(origin), url, archive.observer_id),
    ).fetchone()
    return int(count)


def refuse(archive: Archive, site: str, *, origin: Origin, instant: datetime, url: str, reason: str) -> None:
    """Remember why something that a source offers is no capture of the site."""
    with archive.batch():
        archive.connection.execute(
            "INSERT OR REPLACE INTO refusals (site_id, origin, instant, url, reason) VALUES (?, ?, ?, ?, ?)",
            (archive.site_id(site), str(origin), epoch(instant), url, reason),
        )


def refused(archive: Archive, site: str, *, origin: Origin, instant: datetime, url: str) -> str:
    """Why that is no capture of the site, as remembered; "" where nothing is."""
    row = archive.connection.execute(
        "SELECT reason FROM refusals WHERE site_id = ? AND origin = ? AND instant = ? AND url = ?",
        (archive.site_id(site), str(origin), epoch(instant), url),
    ).fetchone()
    return str(row[0]) if row else ""


def last_reports(connection: sqlite3.Connection, slug: str) -> list[dict[str, Any]]:
    """The report of a site's last backfill from each source, with the instant when it ended."""
    rows = connection.execute(
        """
        SELECT report, max(ended_at) FROM backfills WHERE site_id = ? GROUP BY source ORDER BY source
        """,
        (site_row(connection, slug),),
    )
    return [{**json.loads(report), "ended_at": iso(from_epoch(ended_at))} for report, ended_at in rows]
