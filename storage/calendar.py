"""When a site was looked at: whether at all, and readable captures by local hour, for a calendar of what was seen."""

import sqlite3
from datetime import datetime, timedelta
from math import gcd
from zoneinfo import ZoneInfo

from scraper.instants import epoch
from storage.captures import site_row

HOUR_S = 3_600
MAX_HOURS = 10_000  # 59 weeks


def seen_by_hour(
    connection: sqlite3.Connection, slug: str, since: datetime, until: datetime, zone: str
) -> dict[int, int]:
    """Readable captures of [since, until] in groups that lie in one hour of the zone each: how many, by their last one.

    An hour that comes twice, when clocks are set back, has two groups.
    """
    shift, step = _grid(since, until, ZoneInfo(zone))
    rows = connection.execute(
        """
        SELECT max(instant), count(*) FROM observations
        WHERE site_id = :site AND instant BETWEEN :since AND :until
        GROUP BY (instant + :shift) / :step ORDER BY (instant + :shift) / :step DESC LIMIT :limit
        """,
        {
            "site": site_row(connection, slug),
            "since": epoch(since),
            "until": epoch(until),
            "shift": shift,
            "step": step,
            "limit": MAX_HOURS * HOUR_S // step,
        },
    )
    return dict(rows.fetchall())


def was_looked_at(connection: sqlite3.Connection, slug: str, since: datetime, until: datetime) -> bool:
    """Whether there is a capture of [since, until], readable or not."""
    found = connection.execute(
        "SELECT 1 FROM captures WHERE site_id = ? AND instant BETWEEN ? AND ? LIMIT 1",
        (site_row(connection, slug), epoch(since), epoch(until)),
    )
    return found.fetchone() is not None


def _grid(since: datetime, until: datetime, zone: ZoneInfo) -> tuple[int, int]:
    """(seconds ahead of UTC, seconds) of stretches that end where local hours do, through all changes of the clocks."""
    days = range((until - since).days + 2)
    offsets = sorted({_ahead(since + timedelta(days=day), zone) for day in days})
    return offsets[0], gcd(HOUR_S, *(offset - offsets[0] for offset in offsets))


def _ahead(instant: datetime, zone: ZoneInfo) -> int:
    offset = instant.astimezone(zone).utcoffset()
    assert offset is not None  # noqa: S101 - it has a zone
    return int(offset.total_seconds())
