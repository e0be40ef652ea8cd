"""Which record a revisit may stand for, and the revisits that still look for theirs: on disk, whatever their number.

A revisit and its original may be millions of records apart, in another file, or in a part of the work that another
machine does: WARC 1.1, section 6.7, does not say where it lies. Each part keeps what it saw in a file beside its shard;
once all are done, the files are taken together, and what was left over is looked for again.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from schedules.sources.records import are_others
from schedules.sources.volumes import Volume

TABLES = """
CREATE TABLE originals (
    name TEXT PRIMARY KEY, path TEXT NOT NULL, member TEXT NOT NULL, size INTEGER NOT NULL, offset INTEGER NOT NULL,
    digest TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE orphans (
    id INTEGER PRIMARY KEY, path TEXT NOT NULL, member TEXT NOT NULL, size INTEGER NOT NULL, offset INTEGER NOT NULL,
    told BLOB NOT NULL, UNIQUE (path, member, offset)
);
"""
COLUMNS = "path, member, size, offset"


@dataclass(frozen=True, kw_only=True, slots=True)
class Location:
    """Where a record begins: bytes into a volume."""

    volume: Volume
    offset: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Orphan:
    """A revisit whose original was not seen yet. `told` is what our own export told of it, b"" where nothing did."""

    location: Location
    told: bytes


class Originals:
    """Originals by each of their names, the first of a name, and orphans in the order in which they were put off.

    They lie in the file at `path`, complete once closed; without one in a temporary file of SQLite's, which nobody else
    sees. Memory is that of SQLite's page cache, 2 MB.
    """

    def __init__(self, path: Path | None = None) -> None:
        # Threads take turns: records are looked up by the one that reads them, and the loop's closes.
        self._connection = sqlite3.connect(path or "", isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode = OFF")
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.executescript(TABLES)
        self._connection.execute("BEGIN")

    def remember(self, names: Iterable[str], location: Location, digest: str) -> None:
        """Know a record by its names from now on, with the label of its payload's digest, "" where it has none."""
        self._connection.executemany(
            f"INSERT OR IGNORE INTO originals (name, {COLUMNS}, digest) VALUES (?, ?, ?, ?, ?, ?)",
            [(name, *_row(location), digest) for name in names],
        )

    def find(self, names: Iterable[str], digest: str) -> Location | None:
        """The record of the first of these names that any has, unless its payload's digest is plainly another."""
        for name in names:
            sql = f"SELECT {COLUMNS}, digest FROM originals WHERE name = ?"
            row = self._connection.execute(sql, (name,)).fetchone()
            if row and not are_others(row[-1], digest):
                return _location(*row[:-1])
        return None

    def put_off(self, orphan: Orphan) -> None:
        """Keep a revisit until its original may have been seen."""
        self._connection.execute(
            f"INSERT OR IGNORE INTO orphans ({COLUMNS}, told) VALUES (?, ?, ?, ?, ?)",
            (*_row(orphan.location), orphan.told),
        )

    def orphans(self) -> Iterator[Orphan]:
        """All of them; those that are done with may be settled meanwhile."""
        sql = f"SELECT id, {COLUMNS}, told FROM orphans WHERE id > ? ORDER BY id LIMIT 1"
        last = 0
        while row := self._connection.execute(sql, (last,)).fetchone():
            last, *place, told = row
            yield Orphan(location=_location(*place), told=told)

    def settle(self, orphan: Orphan) -> None:
        """Forget one that found its original."""
        path, member, _, offset = _row(orphan.location)
        self._connection.execute(
            "DELETE FROM orphans WHERE path = ? AND member = ? AND offset = ?", (path, member, offset)
        )

    def take_in(self, path: Path) -> None:
        """Know what the file of another part knows."""
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as other:
            rows = other.execute(f"SELECT name, {COLUMNS}, digest FROM originals ORDER BY name")
            self._connection.executemany("INSERT OR IGNORE INTO originals VALUES (?, ?, ?, ?, ?, ?)", rows)
            rows = other.execute(f"SELECT {COLUMNS}, told FROM orphans ORDER BY id")
            self._connection.executemany(
                f"INSERT OR IGNORE INTO orphans ({COLUMNS}, told) VALUES (?, ?, ?, ?, ?)", rows
            )

    def close(self) -> None:
        """Let the file be whole."""
        self._connection.execute("COMMIT")
        self._connection.close()


def has_orphans(path: Path) -> bool:
    """Whether a part that is done left revisits without their originals."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        return connection.execute("SELECT 1 FROM orphans LIMIT 1").fetchone() is not None


def _row(location: Location) -> tuple[str, str, int, int]:
    volume = location.volume
    return str(volume.path), volume.member, volume.size, location.offset


def _location(path: str, member: str, size: int, offset: int) -> Location:
    return Location(volume=Volume(path=Path(path), member=member, size=size), offset=offset)
