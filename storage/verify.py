"""Verifying: what is kept against its digests, tables against each other, what is derived against a rebuild."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from scraper.errors import ArchiveError
from storage.bodies import Bodies
from storage.captures import DAMAGE, capture_name
from storage.exchange import unpack
from storage.observations import Observations
from storage.schema import one_state
from storage.search import indexed_in_vain, unindexed
from storage.soundness import damaged_pages, damaged_readings, damaged_texts


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
    """Check the archive, write nothing. `sample` bounds the sites whose spans are rebuilt; `tick` follows each body.

    Others may write meanwhile: what is held against each other is read from one state.
    """
    steps = (
        _damaged_file(connection),
        _broken_references(connection),
        _damaged_exchanges(connection),
        _damaged_bodies(connection, tick),
        _damaged_readings(connection),
        _wrong_spans(connection, sample),
        _unsearchable(connection),
    )
    bad = tuple(chain.from_iterable(_as_far_as_it_goes(step) for step in steps))
    return Verified(checked=_captures(connection), bad=bad)


def _as_far_as_it_goes(step: Iterator[Problem]) -> Iterator[Problem]:
    """What a step finds; in a file that is damaged beyond reading, that it is."""
    try:
        yield from step
    except sqlite3.DatabaseError as error:
        yield Problem(capture="", problem=f"the file is damaged: {error}")


def _captures(connection: sqlite3.Connection) -> int:
    try:
        return int(connection.execute("SELECT count(*) FROM captures").fetchone()[0])
    except sqlite3.DatabaseError:
        return 0


def _damaged_file(connection: sqlite3.Connection) -> Iterator[Problem]:
    """Pages and rows that SQLite cannot read, and indexes that say something else than their tables."""
    for (message,) in connection.execute("PRAGMA integrity_check(20)").fetchall():
        if message != "ok":
            yield Problem(capture="", problem=f"the file is damaged: {message}")


def _broken_references(connection: sqlite3.Connection) -> Iterator[Problem]:
    for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check").fetchmany(20):
        yield Problem(capture="", problem=f"row {row} of {table} names no row of {parent}")


def _damaged_exchanges(connection: sqlite3.Connection) -> Iterator[Problem]:
    """Headers and redirects that are not what they were."""
    for row, exchange in connection.execute("SELECT id, exchange FROM captures ORDER BY id"):
        try:
            unpack(exchange)
        except ArchiveError as error:
            yield Problem(capture=capture_name(connection, row), problem=str(error))


def _damaged_bodies(connection: sqlite3.Connection, tick: Callable[[], object]) -> Iterator[Problem]:
    """Every body decoded; one that cannot be is told for each of its captures. Removed ones are none of these."""
    bodies = Bodies(connection)
    for (body_id,) in connection.execute("SELECT id FROM bodies WHERE data IS NOT NULL ORDER BY id").fetchall():
        with one_state(connection):  # repack, prune and forget may be under way
            yield from _damaged_body(connection, bodies, body_id)
        tick()


def _damaged_body(connection: sqlite3.Connection, bodies: Bodies, body_id: int) -> Iterator[Problem]:
    try:
        bodies.load(body_id)
    except ArchiveError as error:
        rows = connection.execute(
            "SELECT captures.id FROM captures JOIN bodies ON bodies.id = body_id WHERE bodies.id = ? AND data NOT NULL",
            (body_id,),
        )
        for (row,) in rows.fetchall():
            yield Problem(capture=capture_name(connection, row), problem=str(error))


def _damaged_readings(connection: sqlite3.Connection) -> Iterator[Problem]:
    """What was read, where it is not what was filed. The remedy is to read it again."""
    for site_id, slug in connection.execute("SELECT id, slug FROM sites ORDER BY slug").fetchall():
        with one_state(connection):
            pages = damaged_pages(connection, site_id, slug)
            for row in damaged_readings(connection, site_id, pages):
                name = capture_name(connection, row)
                yield Problem(capture=name, problem=f"its reading is damaged; `frontpage reparse {slug}`")
            for _ in damaged_texts(connection, site_id):
                yield Problem(capture="", problem=f"{slug}: a text is damaged; `frontpage reparse {slug}`")


def _wrong_spans(connection: sqlite3.Connection, sample: int | None) -> Iterator[Problem]:
    """Sites, the busiest first, whose observations and spans are not what was read in their captures."""
    observations = Observations(connection)
    rows = connection.execute(
        """
        SELECT sites.id, slug FROM sites JOIN captures ON captures.site_id = sites.id
        GROUP BY sites.id ORDER BY count(*) DESC LIMIT ?
        """,
        (-1 if sample is None else sample,),
    ).fetchall()
    for site_id, slug in rows:
        with one_state(connection):
            if not _are_spans_right(observations, site_id):
                problem = f"{slug}: spans are not what its captures say; `frontpage reparse {slug}`"
                yield Problem(capture="", problem=problem)


def _are_spans_right(observations: Observations, site_id: int) -> bool:
    try:
        return not observations.departures(site_id)
    except DAMAGE:  # a page that cannot be read, which is told of its captures
        return False


def _unsearchable(connection: sqlite3.Connection) -> Iterator[Problem]:
    with one_state(connection):
        missing, needless = len(unindexed(connection)), len(indexed_in_vain(connection))
        (indexed,) = connection.execute("SELECT count(*) FROM words_docsize").fetchone()
    if missing or needless:
        found = indexed - needless
        others = f", and {needless} of no page" if needless else ""
        yield Problem(
            capture="", problem=f"the search index has {found} of {found + missing} texts{others}; `frontpage reparse`"
        )
