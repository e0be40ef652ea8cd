"""The alarms of a site: raised once, on until cleared, kept beside the readings that call for them."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from scraper.instants import from_epoch
from storage.archive import Archive
from storage.captures import site_row


class AlarmKind(StrEnum):
    DRIFT = "drift"
    UNREADABLE = "unreadable"
    FAILING = "failing"


@dataclass(frozen=True, kw_only=True, slots=True)
class Alarm:
    """One that is on: since which capture, what departs in words, and what was usual when it was raised."""

    kind: AlarmKind
    since: datetime
    what: str
    usual: Mapping[str, Any]


def alarms(connection: sqlite3.Connection, slug: str) -> dict[AlarmKind, Alarm]:
    """The site's alarms that are on."""
    rows = connection.execute(
        "SELECT kind, since, what, usual FROM alarms WHERE site_id = ? AND cleared_at IS NULL ORDER BY id",
        (site_row(connection, slug),),
    )
    return {
        AlarmKind(kind): Alarm(kind=AlarmKind(kind), since=from_epoch(since), what=what, usual=json.loads(usual))
        for kind, since, what, usual in rows
    }


def last_cleared(connection: sqlite3.Connection, site_id: int, kind: AlarmKind) -> int:
    """Instant of the site's last capture when an alarm of that kind was last cleared; what is usual begins after it."""
    (instant,) = connection.execute(
        "SELECT coalesce(max(cleared_at), 0) FROM alarms WHERE site_id = ? AND kind = ?", (site_id, kind)
    ).fetchone()
    return int(instant)


def raise_alarm(
    archive: Archive, slug: str, kind: AlarmKind, *, since: int, what: str, usual: Mapping[str, Any]
) -> None:
    """Put an alarm on."""
    with archive.batch():
        archive.connection.execute(
            "INSERT INTO alarms (site_id, kind, since, what, usual) VALUES (?, ?, ?, ?, ?)",
            (archive.site_id(slug), kind, since, what, json.dumps(usual)),
        )


def clear_alarm(archive: Archive, slug: str, kind: AlarmKind) -> bool:
    """Take the site's alarm of that kind off; False where none is on."""
    with archive.batch():
        cursor = archive.connection.execute(
            """
            UPDATE alarms SET cleared_at = (
                SELECT coalesce(max(instant), 0) FROM captures WHERE captures.site_id = alarms.site_id
            ) WHERE site_id = ? AND kind = ? AND cleared_at IS NULL
            """,
            (archive.site_id(slug), kind),
        )
        return cursor.rowcount > 0
