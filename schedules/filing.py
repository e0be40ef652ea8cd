"""What a live capture's reading and a visit's end set off, in the transaction in which they are written."""

import sqlite3
from dataclasses import dataclass

from schedules.alarms import Turn, review
from scraper.model import FrontPage
from storage.archive import Archive, Filed


@dataclass(frozen=True, kw_only=True, slots=True)
class Filing:
    """A filed reading, and the alarms that went on or off with it."""

    filed: Filed
    turns: tuple[Turn, ...] = ()


def file_news(archive: Archive, slug: str, capture_id: int, page: FrontPage) -> Filing:
    """File a reading; where its capture is news, review the site's alarms."""
    with archive.batch():
        filed = archive.file(capture_id, page)
        if not is_news(archive.connection, capture_id):
            return Filing(filed=filed)
        return Filing(filed=filed, turns=tuple(review(archive, slug)))


def is_news(connection: sqlite3.Connection, capture_id: int) -> bool:
    """Whether a capture is live and newer than all else that is known of its site (DESIGN rule 6)."""
    (newer,) = connection.execute(
        """
        SELECT origin != 'live' OR EXISTS (
            SELECT 1 FROM captures AS other
            WHERE other.site_id = own.site_id AND other.instant >= own.instant AND other.id != own.id
        ) FROM captures AS own WHERE id = ?
        """,
        (capture_id,),
    ).fetchone()
    return not newer
