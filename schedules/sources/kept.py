"""Originals of revisits that an archive of ours has: by their address and time, or by the sha256 of their payload."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from schedules.sources.found import Unusable
from schedules.sources.records import check_digest, digest_of, parse_date
from scraper.errors import ArchiveError
from scraper.model import Capture
from storage.backfills import captures_at, captures_of_body
from storage.bodies import Bodies
from storage.captures import load_capture
from storage.schema import connect_readonly


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """A capture in an archive, by its row."""

    archive: Path
    row: int

    def body(self) -> bytes:
        """Its body. Raises Unusable where that was let go."""
        try:
            with closing(connect_readonly(self.archive)) as connection:
                return load_capture(connection, Bodies(connection), self.row).body
        except ArchiveError:
            raise Unusable("a revisit without its original") from None


def find_kept(archive: Path, slug: str, *, digest: str, url: str, date: str) -> Kept | None:
    """The capture that a revisit of a site stands for, None where the archive has none, or none for certain.

    `digest` is the payload's, as WARCs label it; `url` and `date` are what the revisit refers to. A payload that was
    sent compressed was hashed so, which the body does not tell any more: then address and time have to do, and there
    must not be two. Digests other than sha256 find nothing by themselves.
    """
    if not archive.exists():
        return None
    with closing(connect_readonly(archive)) as connection:
        for row in captures_of_body(connection, slug, digest_of(digest, "sha256")):
            return Kept(archive=archive, row=row)
        instant = _instant(date)
        rows = captures_at(connection, slug, instant=instant, url=url) if instant else []
        captures = _sound(connection, rows)
    sure = [row for row, capture in captures.items() if _has_digest(capture, digest)]
    likely = sure or [row for row, capture in captures.items() if not digest or _came_encoded(capture)]
    if not sure and len(captures) < len(rows):  # it may be the damaged one
        return None
    is_one = len({captures[row].body for row in likely}) == 1
    return Kept(archive=archive, row=likely[0]) if is_one else None


def _sound(connection: sqlite3.Connection, rows: Sequence[int]) -> dict[int, Capture]:
    """The captures of these rows, those left out that are damaged."""
    bodies, captures = Bodies(connection), dict[int, Capture]()
    for row in rows:
        with suppress(ArchiveError):
            captures[row] = load_capture(connection, bodies, row)
    return captures


def _instant(date: str) -> datetime | None:
    try:
        return parse_date(date)
    except Unusable:
        return None


def _has_digest(capture: Capture, label: str) -> bool:
    try:
        check_digest(label, capture.body)
    except Unusable:
        return False
    return bool(label)


def _came_encoded(capture: Capture) -> bool:
    return any(name.lower() in ("content-encoding", "transfer-encoding") for name, _ in capture.headers)
