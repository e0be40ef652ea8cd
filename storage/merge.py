"""Merging archives: another archive's evidence and readings become part of this one, each with who observed it."""

import sqlite3
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from scraper.errors import ArchiveError
from scraper.instants import epoch, from_epoch
from scraper.model import Capture, Outcome
from storage.archive import Archive, check_instant
from storage.bodies import DAMAGED, Bodies, Removed, removal_of
from storage.captures import capture_name, has_reading, load_capture, load_page
from storage.pace import in_turns
from storage.schema import connect_readonly


@dataclass(kw_only=True, slots=True)
class Merged:
    """What a merge came to; `problems` tells of damaged captures, of which not all or nothing could be taken."""

    captures: int = 0
    known: int = 0
    visits: int = 0
    problems: list[str] = field(default_factory=list)


def merge(archive: Archive, other: Path) -> Merged:
    """Take everything that another archive has at this moment and this one does not.

    In any order, once or twice, it comes to the same, but for bodies that one archive took down and another keeps: they
    stay as they are here. A body that the other does not keep, or cannot decode, comes without its data, which comes
    later from an archive that has it, unless it was taken down. Raises ArchiveError where the other cannot be read;
    what was merged before an error stays.
    """
    if not other.exists():
        raise ArchiveError(f"{other}: there is no such file")
    source = connect_readonly(other)
    try:
        source.execute("BEGIN")  # one state of it all, whoever writes to it
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
        for slug, described in groupby(sorted(rows, key=itemgetter(0)), key=itemgetter(0)):
            self._archive.take_descriptions(slug, [row[1:] for row in described])

    def _take_capture(self, row: tuple[int, str]) -> None:
        capture_id, observer = row
        try:
            capture, removed = self._load(capture_id)
        except ArchiveError as error:
            self._tell(capture_id, error)
            return
        recorded = self._archive.record(capture, observer=observer, removed=removed)
        self._merged.captures += recorded.is_new
        self._merged.known += not recorded.is_new
        self._rows[capture_id] = recorded.capture_id
        here = self._archive.connection
        if has_reading(self._source, capture_id) and not has_reading(here, recorded.capture_id):
            self._take_reading(capture_id, recorded.capture_id)

    def _take_reading(self, capture_id: int, here: int) -> None:
        """What was read there; a damaged reading is told and left there: whoever reads captures here reads this one."""
        try:
            page = load_page(self._source, capture_id)
        except ArchiveError as error:
            self._tell(capture_id, error)
            return
        self._archive.file(here, page)

    def _load(self, capture_id: int) -> tuple[Capture, Removed | None]:
        """A capture of the other archive, and why it comes without its body, or None where it has it."""
        capture = load_capture(self._source, self._bodies, capture_id, with_body=False)
        check_instant(capture)
        body_id, sha256, size = self._source.execute(
            "SELECT body_id, sha256, size FROM captures JOIN bodies ON bodies.id = body_id WHERE captures.id = ?",
            (capture_id,),
        ).fetchone()
        if removed := removal_of(self._source, body_id):
            return capture, removed
        try:
            return replace(capture, body=self._bodies.load(body_id)), None
        except ArchiveError as error:
            self._tell(capture_id, error)
            at = epoch(datetime.now(UTC))
            return capture, Removed(sha256=sha256, size=size, removed_at=at, reason=f"{DAMAGED}{error}")

    def _tell(self, capture_id: int, error: ArchiveError) -> None:
        name = capture_name(self._source, capture_id)
        self._merged.problems.append(f"{name}: {str(error).removeprefix(f'{name}: ')}")

    def _take_visit(self, row: tuple[str, str, int, int, str, str, int | None]) -> None:
        slug, observer, due_at, ended_at, outcome, error, capture_id = row
        capture = self._rows.get(capture_id) if capture_id else None
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


VISITS = """
    SELECT slug, observers.name, due_at, ended_at, outcome, error, capture_id FROM visits
    JOIN sites ON sites.id = site_id JOIN observers ON observers.id = observer_id ORDER BY visits.id
"""
