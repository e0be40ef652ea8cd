"""Merging archives: another archive's evidence and readings become part of this one, each with who observed it."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from scraper.instants import from_epoch
from scraper.model import Outcome
from storage.archive import Archive
from storage.bodies import Bodies, Removed
from storage.captures import has_reading, load_capture, load_page
from storage.pace import in_turns
from storage.schema import connect_readonly


@dataclass(kw_only=True, slots=True)
class Merged:
    """What a merge came to."""

    captures: int = 0
    known: int = 0
    visits: int = 0


def merge(archive: Archive, other: Path) -> Merged:
    """Take everything of another archive that this one does not have. In any order, once or twice: the same result.

    A body that the other has removed comes as it is there, without data, unless this archive has it. Raises
    ArchiveError where the other cannot be read; what was merged before an error stays.
    """
    source = connect_readonly(other)
    try:
        merged = Merged()
        _Merge(archive, source, merged).run()
        return merged
    finally:
        source.close()


class _Merge:
    """One merge under way."""

    def __init__(self, archive: Archive, source: sqlite3.Connection, merged: Merged) -> None:
        self._archive, self._source, self._merged = archive, source, merged
        self._bodies = Bodies(source)
        self._rows: dict[int, int] = {}  # captures there, and here

    def run(self) -> None:
        with self._archive.batch():
            self._take_descriptions()
        captures = self._source.execute(
            """
            SELECT captures.id, observers.name FROM captures JOIN observers ON observers.id = observer_id
            ORDER BY site_id, instant, captures.id
            """
        ).fetchall()
        in_turns(self._archive, captures, self._take_capture)
        in_turns(self._archive, self._source.execute(VISITS).fetchall(), self._take_visit)
        with self._archive.batch():
            self._take_reports()

    def _take_descriptions(self) -> None:
        """Descriptions of sites that this archive knows nothing of; its own stay as they are."""
        rows = self._source.execute(
            """
            SELECT slug, described_at, name, url, timezone, schedule, gap FROM site_descriptions
            JOIN sites ON sites.id = site_id ORDER BY site_descriptions.id
            """
        ).fetchall()
        for slug in dict.fromkeys(row[0] for row in rows):
            site_id = self._archive.site_id(slug)
            known = self._archive.connection.execute(
                "SELECT 1 FROM site_descriptions WHERE site_id = ?", (site_id,)
            ).fetchone()
            if not known:
                self._archive.connection.executemany(
                    """
                    INSERT INTO site_descriptions (site_id, described_at, name, url, timezone, schedule, gap)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                    [(site_id, *row[1:]) for row in rows if row[0] == slug],
                )

    def _take_capture(self, row: tuple[int, str]) -> None:
        capture_id, observer = row
        removed = _removed(self._source, capture_id)
        capture = load_capture(self._source, self._bodies, capture_id, with_body=removed is None)
        recorded = self._archive.record(capture, observer=observer, removed=removed)
        self._merged.captures += recorded.is_new
        self._merged.known += not recorded.is_new
        self._rows[capture_id] = recorded.capture_id
        here = self._archive.connection
        if has_reading(self._source, capture_id) and not has_reading(here, recorded.capture_id):
            self._archive.file(recorded.capture_id, load_page(self._source, capture_id))

    def _take_visit(self, row: tuple[str, str, int, int, str, str, int | None]) -> None:
        slug, observer, due_at, ended_at, outcome, error, capture_id = row
        capture = self._rows[capture_id] if capture_id else None
        visit = (from_epoch(due_at), from_epoch(ended_at), Outcome(outcome), error, capture)
        self._archive.end_visits(slug, [visit], observer=observer)
        self._merged.visits += 1

    def _take_reports(self) -> None:
        rows = self._source.execute(
            "SELECT slug, source, ended_at, report FROM backfills JOIN sites ON sites.id = site_id ORDER BY ended_at"
        )
        for slug, *report in rows:
            self._archive.connection.execute(
                """
                INSERT INTO backfills (site_id, source, ended_at, report)
                SELECT :site, :source, :ended_at, :report WHERE NOT EXISTS (
                    SELECT 1 FROM backfills WHERE site_id = :site AND source = :source AND ended_at = :ended_at
                )
                """,
                dict(
                    zip(("site", "source", "ended_at", "report"), (self._archive.site_id(slug), *report), strict=True)
                ),
            )


def _removed(source: sqlite3.Connection, capture_id: int) -> Removed | None:
    """Why the source has not kept the capture's body, or None where it has."""
    row = source.execute(
        """
        SELECT sha256, size, removed_at, reason FROM captures
        JOIN bodies ON bodies.id = captures.body_id JOIN removals ON removals.body_id = bodies.id
        WHERE captures.id = ? AND data IS NULL ORDER BY removals.id DESC LIMIT 1
        """,
        (capture_id,),
    ).fetchone()
    return Removed(sha256=row[0], size=row[1], removed_at=row[2], reason=row[3]) if row else None


VISITS = """
    SELECT slug, observers.name, due_at, ended_at, outcome, error, capture_id FROM visits
    JOIN sites ON sites.id = site_id JOIN observers ON observers.id = observer_id ORDER BY visits.id
"""
