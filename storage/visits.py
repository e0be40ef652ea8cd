"""What the ledger says of a site's latest visits: how the last one ended, the failures since the last success, and what
they were told."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from scraper import manners
from scraper.instants import epoch, from_epoch
from scraper.model import Outcome
from storage.exchange import answered

FAILURES = (Outcome.FAILED, Outcome.TOO_LARGE, Outcome.DEADLINE, Outcome.REFUSED, Outcome.ROBOTS)
NOT_TRIED = (Outcome.SKIPPED, Outcome.MISSED)
INTERRUPTED = "interrupted: "  # how the errors of failed visits begin that were no fault of the site's
BROKE_OFF = "broke off: "
ENOUGH = 200  # other sites that tell whether our network is down: with 5,000, looking at all costs 16 s a slot
MOST = 16  # failures that are looked at: doubling has met its bound by then


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """A visit that failed. `is_ours`: every other site that was visited since the visit before failed as well."""

    due_at: datetime
    ended_at: datetime
    error: str
    is_ours: bool = False
    retry_after_s: float | None = None


def last_visit(connection: sqlite3.Connection, site_id: int, *, observer: str = "") -> tuple[str, str]:
    """(outcome, error) of an observer's last visit; where it made none, or nobody is named, of whoever looked last."""
    row: tuple[str, str] | None = connection.execute(
        """
        SELECT outcome, error FROM visits CROSS JOIN observers ON observers.id = observer_id
        WHERE site_id = :site AND (:observer = '' OR observers.name = :observer)
        ORDER BY due_at DESC, ended_at DESC, observers.name LIMIT 1
        """,
        {"site": site_id, "observer": observer},
    ).fetchone()
    if row is None and observer:
        return last_visit(connection, site_id)
    return row or ("", "")


def failures(connection: sqlite3.Connection, slug: str, *, observer: str, now: datetime) -> list[Failure]:
    """The site's failures since its last success, newest first, those left away that were no fault of the site's."""
    found = []
    for tried, before in pairwise(_tried(connection, slug, observer, now)):
        others, well = _others(connection, slug, after=before.row_id, until=tried.row_id)
        found.append(
            Failure(
                due_at=from_epoch(tried.due_at),
                ended_at=from_epoch(tried.ended_at),
                error=tried.error,
                is_ours=bool(others) and not well,
                retry_after_s=_wish(connection, tried),
            )
        )
    return found


class _Tried(NamedTuple):
    row_id: int
    due_at: int
    ended_at: int
    outcome: str
    error: str
    capture_id: int | None


def _tried(connection: sqlite3.Connection, slug: str, observer: str, now: datetime) -> Iterator[_Tried]:
    """The failed visits since the last success, newest first, and at their end what came before them."""
    rows = connection.execute(
        f"""
        SELECT visits.id, due_at, ended_at, outcome, error, capture_id FROM visits
        JOIN sites ON sites.id = site_id JOIN observers ON observers.id = observer_id
        WHERE slug = ? AND observers.name = ? AND due_at <= ? AND outcome NOT IN {_listed(NOT_TRIED)}
        ORDER BY due_at DESC
        """,
        (slug, observer, epoch(now)),
    )
    found = (_Tried(*row) for row in rows)
    count = 0
    for tried in found:
        if tried.outcome in FAILURES and tried.error.startswith((INTERRUPTED, BROKE_OFF)):
            continue
        yield tried
        count += 1
        if tried.outcome not in FAILURES or count > MOST:
            return
    yield _NOTHING_BEFORE


_NOTHING_BEFORE = _Tried(row_id=0, due_at=0, ended_at=0, outcome="", error="", capture_id=None)


def _others(connection: sqlite3.Connection, slug: str, *, after: int, until: int) -> tuple[int, int]:
    """(visits, successes) of other sites between two rows, at most ENOUGH: rows are written as visits end."""
    visits, successes = connection.execute(
        f"""
        SELECT count(*), coalesce(sum(outcome NOT IN {_listed(FAILURES)}), 0) FROM (
            SELECT outcome FROM visits JOIN sites ON sites.id = site_id
            WHERE visits.id > ? AND visits.id < ? AND slug != ? AND outcome NOT IN {_listed(NOT_TRIED)}
            ORDER BY visits.id DESC LIMIT {ENOUGH}
        )
        """,
        (after, until, slug),
    ).fetchone()
    return visits, successes


def _wish(connection: sqlite3.Connection, tried: _Tried) -> float | None:
    """Seconds that the answer kept as evidence asked to be left alone for."""
    row = connection.execute("SELECT exchange FROM captures WHERE id = ?", (tried.capture_id,)).fetchone()
    headers = answered(row[0]) if row else ()
    values = [value for name, value in headers if name.lower() == "retry-after"]
    return manners.retry_after_s(values[0], from_epoch(tried.ended_at)) if values else None


def _listed(outcomes: tuple[Outcome, ...]) -> str:
    return "(" + ", ".join(f"'{outcome}'" for outcome in outcomes) + ")"
