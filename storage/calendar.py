"""When a site was looked at: readable captures by hour, for a calendar of what was seen and what was not."""

import sqlite3
from datetime import datetime

from scraper.instants import epoch
from storage.captures import site_row

HOUR_S = 3_600
MAX_HOURS = 10_000  # 59 weeks


def seen_by_hour(connection: sqlite3.Connection, slug: str, since: datetime, until: datetime) -> dict[int, int]:
    """Readable captures in each hour of [since, until] that has one, by its start (seconds since 1970)."""
    rows = connection.execute(
        f"""
        SELECT instant / {HOUR_S} * {HOUR_S} AS hour, count(*) FROM observations
        WHERE site_id = ? AND instant BETWEEN ? AND ? GROUP BY hour ORDER BY hour DESC LIMIT {MAX_HOURS}
        """,
        (site_row(connection, slug), epoch(since), epoch(until)),
    )
    return dict(rows.fetchall())
