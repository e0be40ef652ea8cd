"""The only way out of the archive: a body goes, for a reason that stays; its capture, sha256 and reading stay too."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from scraper.errors import NotFound
from scraper.instants import epoch
from storage.archive import Archive
from storage.captures import capture_name, capture_row
from storage.pace import in_turns
from storage.repack import give_back

PRUNED = "pruned: said the same as the capture before"


@dataclass(frozen=True, kw_only=True, slots=True)
class Removal:
    """What went: how many bodies, and the bytes that they took in the archive."""

    bodies: int
    bytes: int


def forget(archive: Archive, capture: str, *, reason: str, at: datetime) -> Removal:
    """Take down a capture's body, for good: the freed pages are overwritten. NotFound where it is not (any more)."""
    capture_id = capture_row(archive.connection, capture)
    body_id, is_there = archive.connection.execute(
        "SELECT body_id, data IS NOT NULL FROM captures JOIN bodies ON bodies.id = body_id WHERE captures.id = ?",
        (capture_id,),
    ).fetchone()
    if not is_there:
        raise NotFound(f"the body of {capture_name(archive.connection, capture_id)} was removed before")
    archive.connection.execute("PRAGMA secure_delete = ON")
    with archive.batch():
        size = _remove(archive, body_id, reason, at)
    give_back(archive.connection)
    return Removal(bodies=1, bytes=size)


def prune(archive: Archive, *, before: datetime, at: datetime, sites: tuple[str, ...] = ()) -> Removal:
    """Let the bodies go of captures from before an instant that say the same as the readable capture before them.

    What was read stays: the edition is that of a capture whose body is here.
    """
    sizes: list[int] = []
    candidates = [
        body_id
        for slug in sites or _slugs(archive.connection)
        for body_id in _repeating(archive.connection, slug, before)
    ]
    in_turns(archive, dict.fromkeys(candidates), lambda body_id: sizes.append(_remove(archive, body_id, PRUNED, at)))
    give_back(archive.connection)
    return Removal(bodies=len(sizes), bytes=sum(sizes))


def _slugs(connection: sqlite3.Connection) -> list[str]:
    return [slug for (slug,) in connection.execute("SELECT slug FROM sites ORDER BY slug")]


def _repeating(connection: sqlite3.Connection, slug: str, before: datetime) -> Iterator[int]:
    """Bodies that only captures hold whose edition was that of the observation before, too."""
    rows = connection.execute(
        """
        WITH told AS (
            SELECT capture_id, instant, edition = lag(edition) OVER (ORDER BY instant) AS repeats
            FROM observations JOIN front_pages ON front_pages.id = front_page_id
            JOIN sites ON sites.id = site_id WHERE slug = ?
        )
        SELECT body_id FROM captures JOIN bodies ON bodies.id = body_id LEFT JOIN told ON capture_id = captures.id
        WHERE data IS NOT NULL AND body_id IN (
            SELECT body_id FROM told JOIN captures ON captures.id = capture_id WHERE repeats AND told.instant < ?
        )
        GROUP BY body_id HAVING min(coalesce(repeats, 0)) = 1 AND max(captures.instant) < ?
        ORDER BY max(captures.instant)
        """,
        (slug, epoch(before), epoch(before)),
    )
    return (body_id for (body_id,) in rows.fetchall())


def _remove(archive: Archive, body_id: int, reason: str, at: datetime) -> int:
    """Let a body's data go, with the reason, once no other body needs it. The bytes that it took."""
    connection = archive.connection
    for (dependent,) in connection.execute(
        "SELECT id FROM bodies WHERE base_id = ? AND data IS NOT NULL", (body_id,)
    ).fetchall():
        archive.bodies.keep_without(dependent, body_id)
    (size,) = connection.execute("SELECT length(data) FROM bodies WHERE id = ?", (body_id,)).fetchone()
    connection.execute(
        "INSERT INTO removals (body_id, removed_at, reason) VALUES (?, ?, ?)", (body_id, epoch(at), reason)
    )
    connection.execute("UPDATE bodies SET data = NULL WHERE id = ?", (body_id,))
    archive.bodies.forget_decoded()
    return int(size)
