"""How a site's record stands: last visit, coverage and gaps, bytes now and in a year."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from scraper.instants import epoch, from_epoch, iso
from storage.captures import site_row
from storage.observations import gap_of
from storage.visits import last_visit

YEAR_S = 365 * 86_400
DAY_S = 86_400
COVERAGE_DAYS = 28
SHADES = " ░▒▓█"  # of a day's hours with a readable capture: none, up to a third, two thirds, less than all, all


@dataclass(frozen=True, kw_only=True, slots=True)
class Bytes:
    """Where the space goes. `raw` is what the site's bodies would take as they came, `file` the whole archive."""

    raw: int
    bodies: int
    readings: int
    search: int
    file: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    """One site's record. `gaps` counts the stretches longer than the site's gap without a readable capture.

    `coverage`: for each of the last 28 days (UTC), how many of its hours have a readable capture. `forecast_12m`: bytes
    that a year at this pace will add.
    """

    site: str
    last_outcome: str
    last_error: str
    last_readable: datetime | None
    due: datetime | None
    captures: int
    editions: int
    gaps: int
    bytes: Bytes
    forecast_12m: int | None
    coverage: dict[str, int]


def status(
    connection: sqlite3.Connection, slug: str, *, due: datetime | None, today: datetime, observer: str = ""
) -> Status:
    """A site's record; `due` is its next slot, which only its schedule knows, `observer` whose last visit is told.

    NotFound for an unknown site.
    """
    site_id = site_row(connection, slug)
    outcome, error = last_visit(connection, site_id, observer=observer)
    (last,) = connection.execute("SELECT max(instant) FROM observations WHERE site_id = ?", (site_id,)).fetchone()
    captures, first, latest = connection.execute(
        "SELECT count(*), min(instant), max(instant) FROM captures WHERE site_id = ?", (site_id,)
    ).fetchone()
    (editions,) = connection.execute(
        """
        SELECT count(DISTINCT edition) FROM observations JOIN front_pages ON front_pages.id = front_page_id
        WHERE site_id = ?
        """,
        (site_id,),
    ).fetchone()
    size = _bytes(connection, site_id)
    return Status(
        site=slug,
        last_outcome=outcome,
        last_error=error,
        last_readable=from_epoch(last) if last is not None else None,
        due=due,
        captures=captures,
        editions=editions,
        gaps=_gaps(connection, site_id),
        bytes=size,
        forecast_12m=_forecast(size, (latest or 0) - (first or 0)),
        coverage=_coverage(connection, site_id, today),
    )


def status_shape(row: Status) -> dict[str, object]:
    return {
        "site": row.site,
        "last_outcome": row.last_outcome,
        "last_error": row.last_error,
        "last_readable": iso(row.last_readable) if row.last_readable else None,
        "due": iso(row.due) if row.due else None,
        "captures": row.captures,
        "editions": row.editions,
        "gaps": row.gaps,
        "bytes": {name: getattr(row.bytes, name) for name in ("raw", "bodies", "readings", "search", "file")},
        "forecast_12m": row.forecast_12m,
        "coverage": row.coverage,
    }


def shaded(coverage: dict[str, int]) -> str:
    """The days as a line of shades, the oldest first: dense where every hour was seen."""
    return "".join(SHADES[-(-hours * 3 // 24) if hours < 24 else 4] for hours in coverage.values())


def _coverage(connection: sqlite3.Connection, site_id: int, today: datetime) -> dict[str, int]:
    first_day = epoch(today) // DAY_S - COVERAGE_DAYS + 1
    seen = dict(
        connection.execute(
            f"""
            SELECT instant / {DAY_S}, count(DISTINCT instant / 3600) FROM observations
            WHERE site_id = ? AND instant >= ? GROUP BY 1
            """,
            (site_id, first_day * DAY_S),
        ).fetchall()
    )
    days = range(first_day, first_day + COVERAGE_DAYS)
    return {iso(from_epoch(day * DAY_S))[:10]: seen.get(day, 0) for day in days}


def _gaps(connection: sqlite3.Connection, site_id: int) -> int:
    (count,) = connection.execute(
        """
        SELECT count(*) FROM (
            SELECT instant - lag(instant) OVER (ORDER BY instant) AS pause FROM observations WHERE site_id = ?
        ) WHERE pause > ?
        """,
        (site_id, gap_of(connection, site_id)),
    ).fetchone()
    return int(count)


def _bytes(connection: sqlite3.Connection, site_id: int) -> Bytes:
    raw, bodies = connection.execute(
        """
        SELECT coalesce(sum(size), 0), coalesce(sum(length(data)), 0) FROM bodies
        WHERE id IN (SELECT body_id FROM captures WHERE site_id = ?)
        """,
        (site_id,),
    ).fetchone()
    (readings,) = connection.execute(
        """
        SELECT coalesce(sum(length(placements) + length(body) + length(title) + 60), 0) FROM front_pages
        WHERE id IN (SELECT front_page_id FROM observations WHERE site_id = ?)
        """,
        (site_id,),
    ).fetchone()
    (search,) = connection.execute("SELECT coalesce(sum(length(block)), 0) FROM words_data").fetchone()
    pages, page_size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    return Bytes(raw=raw, bodies=bodies, readings=readings, search=search, file=pages * page_size)


def _forecast(size: Bytes, seconds: int) -> int | None:
    """Bytes that twelve months at this pace will add; None before a day has been seen."""
    return round((size.bodies + size.readings) * YEAR_S / seconds) if seconds >= 86_400 else None
