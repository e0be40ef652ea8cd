"""The only way out of the archive: a body goes, for a reason that stays; its capture, sha256 and reading stay too."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from scraper.errors import ArchiveError, NotFound
from scraper.instants import epoch
from storage.archive import Archive
from storage.bodies import PRUNED, removal_of
from storage.captures import capture_row, names_of
from storage.pace import in_turns
from storage.repack import give_back


@dataclass(kw_only=True, slots=True)
class Removal:
    """What went: how many bodies, and the bytes that they took in the archive; and what could not go, in words.

    `captures` are the names of all whose body was taken down.
    """

    bodies: int = 0
    bytes: int = 0
    captures: tuple[str, ...] = ()
    problems: list[str] = field(default_factory=list)


def forget(archive: Archive, capture: str, *, reason: str, at: datetime) -> Removal:
    """Take down a capture's body, for good and from all captures that have it; its bytes are overwritten.

    NotFound where it was taken down before, or has none. ArchiveError where it is taken down, and somebody who reads
    an earlier state of the archive keeps its bytes in the file: to be called again then.
    """
    connection = archive.connection
    capture_id = capture_row(connection, capture)
    body_id, size = connection.execute(
        "SELECT body_id, size FROM captures JOIN bodies ON bodies.id = body_id WHERE captures.id = ?", (capture_id,)
    ).fetchone()
    if not size:
        raise NotFound(f"{capture} has no body of its own")
    removed = removal_of(connection, body_id)
    is_down = removed is not None and not removed.may_return
    freed = None if is_down else _take_down(archive, body_id, reason, at)
    if not give_back(connection):
        raise ArchiveError(
            f"{capture}: the body is removed, but its bytes stay in {archive.path} until whoever reads the archive "
            "(an export, say) has ended; then do the same again"
        )
    if freed is None:
        raise NotFound(f"the body of {capture} was removed before")
    return Removal(bodies=1, bytes=freed, captures=names_of(connection, body_id))


def _take_down(archive: Archive, body_id: int, reason: str, at: datetime) -> int:
    """Let a body go whatever is a delta of it: what cannot be decoded is lost already. The bytes that it took."""
    with archive.batch():
        _rebase_dependents(archive, body_id)
        return _remove(archive, body_id, reason, at)


def prune(archive: Archive, *, before: datetime, at: datetime, sites: tuple[str, ...] = ()) -> Removal:
    """Let the bodies go of captures from before an instant that say the same as the readable capture before them.

    What was read stays: the edition is that of a capture whose body is here, unless that was taken down. A body stays,
    and is told, while what is a delta of it cannot be decoded.
    """
    removal = Removal()
    candidates = [
        body_id
        for slug in sites or _slugs(archive.connection)
        for body_id in _repeating(archive.connection, slug, before)
    ]

    def let_go(body_id: int) -> None:
        if not _is_still_over(archive.connection, body_id, before):
            return
        if lost := _rebase_dependents(archive, body_id):
            removal.problems += lost
            return
        removal.bytes += _remove(archive, body_id, PRUNED, at)
        removal.bodies += 1

    in_turns(archive, dict.fromkeys(candidates), let_go)
    give_back(archive.connection)
    return removal


def _slugs(connection: sqlite3.Connection) -> list[str]:
    return [slug for (slug,) in connection.execute("SELECT slug FROM sites ORDER BY slug")]


def _repeating(connection: sqlite3.Connection, slug: str, before: datetime) -> Iterator[int]:
    """Bodies that only captures hold whose edition was that of the observation before, too; none that a 304 names."""
    rows = connection.execute(
        """
        WITH told AS (
            SELECT capture_id, instant, edition = lag(edition) OVER (ORDER BY instant) AS repeats
            FROM observations JOIN front_pages ON front_pages.id = front_page_id
            JOIN sites ON sites.id = site_id WHERE slug = ?
        )
        SELECT body_id FROM captures JOIN bodies ON bodies.id = body_id
        WHERE size > 0 AND data IS NOT NULL AND body_id IN (
            SELECT body_id FROM told JOIN captures ON captures.id = capture_id WHERE repeats AND told.instant < ?
        ) AND sha256 NOT IN (
            SELECT revisit_of FROM captures JOIN sites ON sites.id = site_id WHERE slug = ? AND revisit_of IS NOT NULL
        )
        GROUP BY body_id HAVING min(captures.id IN (SELECT capture_id FROM told WHERE repeats)) AND max(instant) < ?
        ORDER BY max(instant)
        """,
        (slug, epoch(before), slug, epoch(before)),
    )
    return (body_id for (body_id,) in rows.fetchall())


def _is_still_over(connection: sqlite3.Connection, body_id: int, before: datetime) -> bool:
    """Whether a body is here, and only captures from before an instant have it: others went on since it was chosen."""
    (is_over,) = connection.execute(
        """
        SELECT data IS NOT NULL AND NOT EXISTS (SELECT 1 FROM captures WHERE body_id = bodies.id AND instant >= ?)
        FROM bodies WHERE id = ?
        """,
        (epoch(before), body_id),
    ).fetchone()
    return bool(is_over)


def _remove(archive: Archive, body_id: int, reason: str, at: datetime) -> int:
    """Let a body's data go, with the reason, once no other body needs it. The bytes that it took."""
    query = "SELECT coalesce(length(data), 0) FROM bodies WHERE id = ?"
    (size,) = archive.connection.execute(query, (body_id,)).fetchone()
    archive.bodies.note_removal(body_id, epoch(at), reason)
    archive.connection.execute("UPDATE bodies SET data = NULL WHERE id = ?", (body_id,))
    archive.bodies.forget_decoded()
    return int(size)


def _rebase_dependents(archive: Archive, body_id: int) -> list[str]:
    """Keep what is a delta of a body without it. What cannot be decoded stays as it is, and is told of its captures."""
    problems: list[str] = []
    for (dependent,) in archive.connection.execute(
        "SELECT id FROM bodies WHERE base_id = ? AND data IS NOT NULL", (body_id,)
    ).fetchall():
        try:
            archive.bodies.keep_without(dependent, body_id)
        except ArchiveError as error:
            problems += [f"{name}: {error}" for name in names_of(archive.connection, dependent)]
    return problems
