"""The outbox: what people are to be told, kept in the archive until they were. A rule is told of an event once."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scraper.instants import epoch, from_epoch
from storage.archive import Archive
from storage.search import match_expression


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """An event as it is told: `event` is its own id, `message` its words and names, ready for JSON."""

    event: str
    site: str
    kind: str
    at: datetime
    message: dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Pending:
    """A notice that waits in the outbox: its row, and how often its delivery failed."""

    row_id: int
    tries: int
    notice: Notice


def put(archive: Archive, rule: str, notices: Iterable[Notice]) -> None:
    """Put what a rule is to be told into the outbox; part of the caller's transaction."""
    with archive.batch():
        archive.connection.executemany(
            """
            INSERT INTO outbox (rule, event, site_id, happened_at, message) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """,
            [
                (rule, one.event, archive.site_id(one.site), epoch(one.at), json.dumps(one.message, ensure_ascii=False))
                for one in notices
            ],
        )


def pending(connection: sqlite3.Connection, rule: str, *, now: datetime) -> list[Pending]:
    """What a rule is still to be told, oldest first; nothing while its next try lies ahead."""
    rows = connection.execute(
        """
        SELECT outbox.id, event, slug, happened_at, message, tries, try_at FROM outbox JOIN sites ON sites.id = site_id
        WHERE rule = ? AND ended_at IS NULL ORDER BY outbox.id
        """,
        (rule,),
    ).fetchall()
    if any(row[-1] > epoch(now) for row in rows):
        return []
    return [_pending(*row[:-1]) for row in rows]


def _pending(row_id: int, event: str, site: str, happened_at: int, message: str, tries: int) -> Pending:
    told = json.loads(message)
    notice = Notice(event=event, site=site, kind=told["kind"], at=from_epoch(happened_at), message=told)
    return Pending(row_id=row_id, tries=tries, notice=notice)


def messages_since(connection: sqlite3.Connection, rule: str, since: datetime) -> int:
    """How many messages were delivered to a rule's address after an instant."""
    (count,) = connection.execute(
        "SELECT count(DISTINCT sent_with) FROM outbox WHERE rule = ? AND ended_at > ? AND sent_with IS NOT NULL",
        (rule, epoch(since)),
    ).fetchone()
    return int(count)


def mark_sent(archive: Archive, rows: Sequence[int], *, at: datetime) -> None:
    """These were delivered, together in one message."""
    with archive.batch():
        archive.connection.executemany(
            "UPDATE outbox SET ended_at = ?, sent_with = ? WHERE id = ?", [(epoch(at), rows[0], row) for row in rows]
        )


def put_off(archive: Archive, rows: Sequence[int], *, until: datetime) -> None:
    """A delivery failed: these are tried again, not before `until`."""
    with archive.batch():
        archive.connection.executemany(
            "UPDATE outbox SET tries = tries + 1, try_at = ? WHERE id = ?", [(epoch(until), row) for row in rows]
        )


def give_up(archive: Archive, rule: str, *, older_than: datetime, at: datetime) -> int:
    """Let go what nobody needs to know any more; how many."""
    with archive.batch():
        cursor = archive.connection.execute(
            "UPDATE outbox SET ended_at = ? WHERE rule = ? AND ended_at IS NULL AND happened_at < ?",
            (epoch(at), rule, epoch(older_than)),
        )
        return cursor.rowcount


def untold(connection: sqlite3.Connection, slug: str) -> int:
    """How many notices of a site wait."""
    (count,) = connection.execute(
        "SELECT count(*) FROM outbox JOIN sites ON sites.id = site_id WHERE slug = ? AND ended_at IS NULL", (slug,)
    ).fetchone()
    return int(count)


def mentions(connection: sqlite3.Connection, story: str, query: str) -> bool:
    """Whether a story was ever called what a query looks for."""
    row = connection.execute(
        """
        SELECT 1 FROM words WHERE words MATCH ? AND rowid IN (
            SELECT wordings.id FROM wordings JOIN stories ON stories.id = story_id WHERE story = ?
        ) LIMIT 1
        """,
        (match_expression(query), story),
    ).fetchone()
    return row is not None
