"""Repacking: bodies compressed anew in order of time, at a level that writing has no time for, and space given back.

A delta refers to what a body is, not to how it is kept, so a body can be kept anew while others are deltas of it. They
are taken in order of time and become deltas of bodies that this pass has kept anew already: no chain can close.
"""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from storage.archive import Archive
from storage.bodies import GROUP, RADIX, compress, decompress

LEVEL = 19
FREED_PAGES = 500  # given back to the file system at a time: 2 MB, some milliseconds


@dataclass(kw_only=True, slots=True)
class Repacked:
    """What a repack came to; bytes are of the bodies as they are kept."""

    bodies: int = 0
    kept_anew: int = 0
    bytes_before: int = 0
    bytes_after: int = 0


def repack(archive: Archive, *, level: int = LEVEL, tick: Callable[[], object] = lambda: None) -> Repacked:
    """Keep every body in the smallest way; `tick` is called after each. Interrupted, it goes on where it was."""
    done = Repacked()
    taken: set[int] = set()
    for site_id, _ in archive.connection.execute("SELECT id, slug FROM sites ORDER BY slug").fetchall():
        line: list[int] = []
        for body_id in _in_order_of_time(archive.connection, site_id):
            if body_id not in taken:
                taken.add(body_id)
                line.append(body_id)
                _keep_anew(archive, line, level, done)
                tick()
    give_back(archive.connection)
    return done


def _in_order_of_time(connection: sqlite3.Connection, site_id: int) -> Iterator[int]:
    rows = connection.execute(
        """
        SELECT body_id FROM captures JOIN bodies ON bodies.id = body_id
        WHERE site_id = ? AND data IS NOT NULL GROUP BY body_id ORDER BY min(instant), sha256
        """,
        (site_id,),
    ).fetchall()
    return (body_id for (body_id,) in rows)


def _keep_anew(archive: Archive, line: list[int], level: int, done: Repacked) -> None:
    """Keep the last body of the line as a delta of the one that its place in its group says."""
    body_id, step = line[-1], (len(line) - 1) % GROUP
    base_id = line[-1 - _distance(step)] if step else None
    was_base, was_level, size = archive.connection.execute(
        "SELECT base_id, level, length(data) FROM bodies WHERE id = ?", (body_id,)
    ).fetchone()
    done.bodies += 1
    done.bytes_before += size
    if (was_base, was_level) == (base_id, level):
        done.bytes_after += size
        return
    body = archive.bodies.load(body_id)
    prefix = archive.bodies.load(base_id) if base_id is not None else b""
    data = compress(body, prefix, level=level)
    assert decompress(data, prefix) == body  # noqa: S101 - the only copy is about to be replaced
    with archive.batch():
        archive.connection.execute(
            "UPDATE bodies SET base_id = ?, step = ?, level = ?, data = ? WHERE id = ? AND data IS NOT NULL",
            (base_id, step, level, data, body_id),
        )
    done.kept_anew += 1
    done.bytes_after += len(data)


def _distance(step: int) -> int:
    """How many bodies back the base of a body at that place of its group is."""
    return RADIX if step % RADIX == 0 else 1


def give_back(connection: sqlite3.Connection) -> None:
    """Give free pages back to the file system, a few at a time."""
    while connection.execute("PRAGMA freelist_count").fetchone()[0]:
        connection.execute(f"PRAGMA incremental_vacuum({FREED_PAGES})").fetchall()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
