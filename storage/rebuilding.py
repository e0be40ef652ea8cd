"""Rebuilding what follows from readings: spans, the search index, and no rows that no page names any more.

All of it a little at a time, so that a daemon beside it never waits long for its turn to write.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from scraper.errors import ArchiveError
from storage.archive import Archive
from storage.captures import IS_PAGE, site_row
from storage.observations import Observations
from storage.pace import in_turns
from storage.placements import SPELLINGS, decode
from storage.restoring import damaged_digest
from storage.schema import one_state
from storage.search import index_wording, indexed_in_vain, unindex_all, unindex_wording, unindexed
from storage.soundness import damaged_pages, damaged_readings, damaged_texts

TRIES = 5  # a capture that comes while spans are derived makes others follow


def mend(archive: Archive, slug: str) -> None:
    """Before a site's captures are read again: let go what was read and is damaged, or was read in what is no page, and
    put spans right, without which no reading can be filed.

    What was read in a capture whose body is gone is not read again (storage.restoring puts back what can be before);
    `merge` takes it from an archive that has it.
    """
    connection, site_id = archive.connection, site_row(archive.connection, slug)
    with one_state(connection):
        pages = damaged_pages(connection, site_id, slug)
        readings = [*damaged_readings(connection, site_id, pages), *_of_no_page(connection, site_id)]
        texts = [(digest, row) for row, digest in damaged_texts(connection, site_id)]
    with archive.batch():
        connection.executemany(
            "UPDATE front_pages SET digest = ? WHERE id = ?", [(damaged_digest(row), row) for row in pages]
        )
        connection.executemany("DELETE FROM readings WHERE capture_id = ?", [(row,) for row in readings])
        connection.executemany("UPDATE OR IGNORE wordings SET digest = ? WHERE id = ?", texts)
    _rebuild_spans(archive, site_id)


def _of_no_page(connection: sqlite3.Connection, site_id: int) -> list[int]:
    """Captures that an earlier version read, and that are left as evidence of a failed visit, which nobody reads."""
    rows = connection.execute(
        f"""
        SELECT captures.id FROM captures JOIN readings ON capture_id = captures.id JOIN bodies ON bodies.id = body_id
        WHERE site_id = ? AND data IS NOT NULL AND NOT {IS_PAGE}
        """,
        (site_id,),
    )
    return [row for (row,) in rows]


def sweep(archive: Archive, slug: str, *, index_anew: bool = False) -> None:
    """After they were read: delete what no reading names any more, and index what is not indexed; or all texts anew."""
    _sweep(archive, site_row(archive.connection, slug))
    _index(archive, anew=index_anew)


def _rebuild_spans(archive: Archive, site_id: int) -> None:
    """Derive spans anew while others write, and put right what departs unless a capture came meanwhile."""
    observations = Observations(archive.connection)
    for _ in range(TRIES):
        with one_state(archive.connection):
            found = observations.departures(site_id)
        if not found:
            return
        with archive.batch():
            if observations.basis(site_id) == found.basis:
                observations.keep(site_id, found)
                return
    with archive.batch():
        observations.rebuild(site_id)


def _index(archive: Archive, *, anew: bool) -> None:
    connection = archive.connection
    if anew or indexed_in_vain(connection):
        with archive.batch():
            unindex_all(connection)
    in_turns(archive, unindexed(connection), lambda row: index_wording(connection, row))


class _Named:
    """The rows that the front pages of a site name, and those that come while the others are swept away."""

    def __init__(self, connection: sqlite3.Connection, site_id: int) -> None:
        self._connection = connection
        self.stories, self.wordings, self.addresses = set[int](), set[int](), set[int]()
        with one_state(connection):
            (self._last,) = connection.execute("SELECT coalesce(max(id), 0) FROM front_pages").fetchone()
            self._take(connection.execute(PAGES, (site_id,)))

    def catch_up(self) -> None:
        rows = self._connection.execute(
            "SELECT id, placements FROM front_pages WHERE id > ? ORDER BY id", (self._last,)
        ).fetchall()
        self._take(rows)
        self._last = rows[-1][0] if rows else self._last

    def _take(self, pages: Iterable[tuple[int, bytes]]) -> None:
        for _, data in pages:
            for placement in decode(data):
                self.stories.add(placement.story_id)
                self.wordings.add(placement.wording_id)
                self.addresses.add(placement.address - len(SPELLINGS))


# Those that no reading names may be any site's, and may be named again at any time.
PAGES = """
    SELECT id, placements FROM front_pages WHERE id IN (
        SELECT front_page_id FROM captures JOIN readings ON capture_id = captures.id WHERE site_id = ?
        UNION SELECT * FROM (SELECT id FROM front_pages EXCEPT SELECT front_page_id FROM readings)
    )
"""


def _sweep(archive: Archive, site_id: int) -> None:
    """Delete the front pages that no reading names, and a site's stories, wordings and addresses that no page does."""
    connection = archive.connection
    with _unchecked(connection):
        in_turns(archive, _unread_pages(connection), lambda row: connection.execute(DELETE_PAGE, (row,)))
        try:
            named = _Named(connection, site_id)
        except ArchiveError:  # a damaged page: nobody knows what it names
            return
        for rows, known, drop in (
            (WORDINGS, named.wordings, lambda row: _drop_wording(connection, row)),
            (ADDRESSES, named.addresses, lambda row: connection.execute("DELETE FROM addresses WHERE id = ?", (row,))),
            (STORIES, named.stories, lambda row: connection.execute("DELETE FROM stories WHERE id = ?", (row,))),
        ):
            unnamed = [row for (row,) in connection.execute(rows, (site_id,)) if row not in known]
            in_turns(archive, unnamed, _unless_named(named, known, drop))


STORIES = "SELECT id FROM stories WHERE site_id = ?"
WORDINGS = "SELECT wordings.id FROM stories JOIN wordings ON story_id = stories.id WHERE site_id = ?"
ADDRESSES = "SELECT addresses.id FROM stories JOIN addresses ON story_id = stories.id WHERE site_id = ?"
DELETE_PAGE = "DELETE FROM front_pages WHERE id = ? AND NOT EXISTS (SELECT 1 FROM readings WHERE front_page_id = ?1)"


def _unless_named(named: _Named, known: set[int], drop: Callable[[int], object]) -> Callable[[int], None]:
    def act(row: int) -> None:
        named.catch_up()
        if row not in known:
            drop(row)

    return act


def _drop_wording(connection: sqlite3.Connection, row: int) -> None:
    unindex_wording(connection, row)
    connection.execute("DELETE FROM wordings WHERE id = ?", (row,))


def _unread_pages(connection: sqlite3.Connection) -> list[int]:
    """Rows of front pages that nothing names; the last stays: a daemon remembers pages by row, none may come again."""
    rows = connection.execute(
        """
        SELECT id FROM front_pages WHERE id < (SELECT max(id) FROM front_pages)
        EXCEPT SELECT front_page_id FROM readings EXCEPT SELECT front_page_id FROM observations
        """
    )
    return [row for (row,) in rows]


@contextmanager
def _unchecked(connection: sqlite3.Connection) -> Iterator[None]:
    """Deletions that look themselves who names a row: SQLite would go through all observations and spans for each."""
    connection.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        connection.execute("PRAGMA foreign_keys = ON")
