"""Verifying: every body against its sha256, the tables against each other, the spans against a rebuild."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from scraper.errors import ArchiveError
from storage.bodies import Bodies
from storage.captures import capture_name
from storage.observations import Observations


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """Something that is wrong; `capture` is the name of the capture it concerns, "" where it is none's."""

    capture: str
    problem: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Verified:
    """How many captures were checked, and what is wrong."""

    checked: int
    bad: tuple[Problem, ...]


def verify(
    connection: sqlite3.Connection, *, sample: int | None = None, tick: Callable[[], object] = lambda: None
) -> Verified:
    """Check the archive, write nothing. `sample` bounds the sites whose spans are rebuilt; `tick` follows each body."""
    bad = (
        *_damaged_pages(connection),
        *_broken_references(connection),
        *_damaged_bodies(connection, tick),
        *_wrong_spans(connection, sample),
        *_unsearchable(connection),
    )
    (checked,) = connection.execute("SELECT count(*) FROM captures").fetchone()
    return Verified(checked=checked, bad=bad)


def _damaged_pages(connection: sqlite3.Connection) -> Iterator[Problem]:
    try:
        for (message,) in connection.execute("PRAGMA quick_check(20)").fetchall():
            if message != "ok":
                yield Problem(capture="", problem=f"the file is damaged: {message}")
    except sqlite3.DatabaseError as error:
        yield Problem(capture="", problem=f"the file is damaged: {error}")


def _broken_references(connection: sqlite3.Connection) -> Iterator[Problem]:
    for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check").fetchmany(20):
        yield Problem(capture="", problem=f"row {row} of {table} names no row of {parent}")


def _damaged_bodies(connection: sqlite3.Connection, tick: Callable[[], object]) -> Iterator[Problem]:
    """Every body decoded; one that cannot be is told for each of its captures. Removed ones are none of these."""
    bodies = Bodies(connection)
    for (body_id,) in connection.execute("SELECT id FROM bodies WHERE data IS NOT NULL ORDER BY id").fetchall():
        try:
            bodies.load(body_id)
        except ArchiveError as error:
            for (capture_id,) in connection.execute("SELECT id FROM captures WHERE body_id = ?", (body_id,)).fetchall():
                yield Problem(capture=capture_name(connection, capture_id), problem=str(error))
        tick()


def _wrong_spans(connection: sqlite3.Connection, sample: int | None) -> Iterator[Problem]:
    """Sites, the busiest first, whose spans are not what their observations say."""
    observations = Observations(connection)
    rows = connection.execute(
        """
        SELECT sites.id, slug FROM sites JOIN observations ON observations.site_id = sites.id
        GROUP BY sites.id ORDER BY count(*) DESC LIMIT ?
        """,
        (-1 if sample is None else sample,),
    ).fetchall()
    for site_id, slug in rows:
        if observations.derived(site_id) != observations.kept(site_id):
            yield Problem(
                capture="", problem=f"{slug}: spans are not what its captures say; `frontpage reparse {slug}`"
            )


def _unsearchable(connection: sqlite3.Connection) -> Iterator[Problem]:
    (texts,) = connection.execute(
        "SELECT count(*) FROM (SELECT DISTINCT story_id, headline, summary, kicker FROM wordings)"
    ).fetchone()
    (indexed,) = connection.execute("SELECT count(*) FROM words_docsize").fetchone()
    if texts != indexed:
        yield Problem(capture="", problem=f"the search index has {indexed} of {texts} texts")
