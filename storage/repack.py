"""Repacking: bodies compressed anew in order of time, at a level that writing has no time for, and space given back.

A delta refers to what a body is, not to how it is kept, so a body can be kept anew while others are deltas of it. They
are taken in order of time and become deltas of bodies that this pass has kept anew already: no chain can close. Bodies
are compressed outside of any transaction, so what they become a delta of is looked at again before they are kept so.
"""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from scraper.errors import ArchiveError
from storage.archive import Archive
from storage.bodies import GROUP, RADIX, compress, decompress, removal_of
from storage.captures import names_of

LEVEL = 19
FREED_PAGES = 500  # given back to the file system at a time: 2 MB, some milliseconds


@dataclass(kw_only=True, slots=True)
class Repacked:
    """What a repack came to; bytes are of the bodies as they are kept. `problems` tells what stays as it was."""

    bodies: int = 0
    kept_anew: int = 0
    bytes_before: int = 0
    bytes_after: int = 0
    problems: list[str] = field(default_factory=list)


def repack(archive: Archive, *, level: int = LEVEL, tick: Callable[[], object] = lambda: None) -> Repacked:
    """Keep every body in the smallest way; `tick` is called after each. Interrupted, it goes on where it was."""
    done = Repacked()
    taken: set[int] = set()
    for site_id, _ in archive.connection.execute("SELECT id, slug FROM sites ORDER BY slug").fetchall():
        line: list[int] = []
        for body_id in _in_order_of_time(archive.connection, site_id):
            if body_id not in taken:
                taken.add(body_id)
                _take(archive, body_id, line, level, done)
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


def _take(archive: Archive, body_id: int, line: list[int], level: int, done: Repacked) -> None:
    """Keep the next body as a delta of the one that its place in the line says, and put it at the line's end.

    One that is damaged, or was removed meanwhile, is left out. Where that is so of its base, the line begins anew.
    """
    step = len(line) % GROUP
    base_id = line[-_distance(step)] if step else None
    was_base, was_level, size = archive.connection.execute(
        "SELECT base_id, level, length(data) FROM bodies WHERE id = ?", (body_id,)
    ).fetchone()
    if size is None:
        return
    now = size
    if (was_base, was_level) != (base_id, level):
        body = _decoded(archive, body_id, done)
        if body is None:
            return
        prefix = _decoded(archive, base_id, done) if base_id is not None else b""
        if prefix is None or not (now := _keep(archive, body_id, body, (base_id, step, level), prefix)):
            line.clear()
            _take(archive, body_id, line, level, done)
            return
        done.kept_anew += 1
    line.append(body_id)
    done.bodies += 1
    done.bytes_before += size
    done.bytes_after += now


def _decoded(archive: Archive, body_id: int, done: Repacked) -> bytes | None:
    """A body; None where it was removed meanwhile or is damaged, which is told for its captures."""
    try:
        return archive.bodies.load(body_id)
    except ArchiveError as error:
        if not removal_of(archive.connection, body_id):
            done.problems += [f"{name}: {error}" for name in names_of(archive.connection, body_id)]
        return None


def _keep(archive: Archive, body_id: int, body: bytes, kept: tuple[int | None, int, int], prefix: bytes) -> int:
    """Keep a body as (base, step, level) say. The bytes that it takes; 0 where it or its base was removed meanwhile."""
    base_id, step, level = kept
    data = compress(body, prefix, level=level)
    assert decompress(data, prefix) == body  # noqa: S101 - the only copy is about to be replaced
    with archive.batch():
        cursor = archive.connection.execute(
            """
            UPDATE bodies SET base_id = :base, step = :step, level = :level, data = :data
            WHERE id = :body AND data IS NOT NULL AND (:base IS NULL OR EXISTS (
                SELECT 1 FROM bodies AS base WHERE base.id = :base AND base.data IS NOT NULL
            ))
            """,
            {"base": base_id, "step": step, "level": level, "data": data, "body": body_id},
        )
    return len(data) if cursor.rowcount else 0


def _distance(step: int) -> int:
    """How many bodies back the base of a body at that place of its group is."""
    return RADIX if step % RADIX == 0 else 1


def give_back(connection: sqlite3.Connection) -> bool:
    """Give free pages back to the file system, a few at a time; whether the file has all that was written.

    It has not while somebody reads an earlier state, who is waited for as long as for a lock.
    """
    while connection.execute("PRAGMA freelist_count").fetchone()[0]:
        connection.execute(f"PRAGMA incremental_vacuum({FREED_PAGES})").fetchall()
    (is_busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not is_busy
