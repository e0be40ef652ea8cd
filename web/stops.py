"""The editions of a stretch of time as stops of a slider, each with what led."""

import sqlite3
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.overview import edition_starts

MAX_STOPS = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Stop:
    """An edition: its first capture, and the headline that led as it was then, "" for none."""

    at: datetime
    headline: str


def stops(connection: sqlite3.Connection, slug: str, since: datetime, until: datetime) -> list[Stop]:
    """The editions that began in [since, until], in order."""
    found = edition_starts(connection, slug, since, until, limit=MAX_STOPS)
    return [Stop(at=at, headline=headline) for at, headline in found]


def index_of(found: Sequence[Stop], at: datetime) -> int:
    """The stop at which an instant lies: the last that began by then."""
    return max(bisect_right([stop.at for stop in found], at) - 1, 0)
