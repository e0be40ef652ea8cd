"""The editions of a stretch of time as stops of a slider, each with what led."""

import sqlite3
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from scraper.instants import epoch
from storage.overview import edition_starts
from storage.queries import Lead, leads

MAX_STOPS = 250


@dataclass(frozen=True, kw_only=True, slots=True)
class Stop:
    """An edition: its first capture, and the headline that led, "" for none."""

    at: datetime
    headline: str


def stops(
    connection: sqlite3.Connection, slug: str, since: datetime, until: datetime, led: Sequence[Lead] | None = None
) -> list[Stop]:
    """The editions that began in [since, until], in order. `led` are the leads of that time, where they are at hand."""
    if led is None:
        led = list(leads(connection, slug, since=since, until=until))
    starts = [lead.seen.first_seen for lead in led]
    found = edition_starts(connection, slug, since, until, limit=MAX_STOPS)
    return [Stop(at=at, headline=_leading(led, starts, epoch(at))) for at in found]


def _leading(led: Sequence[Lead], starts: Sequence[int], instant: int) -> str:
    index = bisect_right(starts, instant) - 1
    return led[index].headline if index >= 0 and led[index].seen.last_seen >= instant else ""


def index_of(found: Sequence[Stop], at: datetime) -> int:
    """The stop at which an instant lies: the last that began by then."""
    return max(bisect_right([stop.at for stop in found], at) - 1, 0)
