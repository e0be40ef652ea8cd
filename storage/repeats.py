"""Captures that show the very bytes of another: what a reader saw in that one, it would see in them.

A reading depends on the body, the address, the media type and the reader with its layout. Where all are the same the
other's reading is kept for both: archives hold many captures of a page that stood still, and reading one takes ten
times as long as filing it.
"""

import sqlite3

from scraper.errors import ArchiveError
from scraper.model import Capture
from storage.archive import Archive
from storage.captures import load_capture, original_of


def read_like(archive: Archive, capture_id: int, capture: Capture, reader: str) -> int | None:
    """A capture that this reader read, and in which it saw what it would see in this one; None where there is none.

    What a reader failed on is not counted: a busy machine may have been the reason.
    """
    if capture.revisit_of:
        return _read_original(archive.connection, capture, reader)
    for other_id in _same_body(archive.connection, capture_id, reader):
        try:
            other = load_capture(archive.connection, archive.bodies, other_id, with_body=False)
        except ArchiveError:  # its headers are damaged: nobody knows its media type
            continue
        if other.content_type == capture.content_type:
            return other_id
    return None


def _same_body(connection: sqlite3.Connection, capture_id: int, reader: str) -> list[int]:
    """Captures of the same bytes from the same address that this reader read as a front page, the first few."""
    rows = connection.execute(
        """
        SELECT other.id FROM captures AS own
        JOIN captures AS other ON other.body_id = own.body_id AND other.id != own.id
        JOIN readings ON capture_id = other.id JOIN readers ON readers.id = reader_id
        WHERE own.id = ? AND readers.name = ? AND front_page_id IS NOT NULL
        AND other.site_id = own.site_id AND other.url = own.url AND other.revisit_of IS NULL LIMIT 3
        """,
        (capture_id, reader),
    )
    return [row for (row,) in rows]


def _read_original(connection: sqlite3.Connection, capture: Capture, reader: str) -> int | None:
    """The capture whose answer a 304 stands for, where this reader read it and the address is the same."""
    row = connection.execute(
        """
        SELECT captures.id FROM captures
        JOIN readings ON capture_id = captures.id JOIN readers ON readers.id = reader_id
        WHERE captures.id = ? AND captures.url = ? AND readers.name = ? AND front_page_id IS NOT NULL
        """,
        (original_of(connection, capture), capture.url, reader),
    ).fetchone()
    return int(row[0]) if row else None
