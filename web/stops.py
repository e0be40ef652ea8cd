"""A slider through the editions of a stretch of time: its stops, each with what led."""

import sqlite3
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from scraper.instants import epoch
from storage.edition_runs import edition_starts
from web.timeline import Window

MAX_STOPS = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Stop:
    """An edition: a capture of it, the first unless editions are sampled; the headline that led then, "" for none."""

    at: datetime
    headline: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Slider:
    """The stops over a window of time, and at which it stands; `is_sampled`: there are more editions than stops."""

    window: Window
    stops: Sequence[Stop]
    shown: int
    is_sampled: bool


def slider(connection: sqlite3.Connection, slug: str, since: datetime, until: datetime, *, shown: datetime) -> Slider:
    """The editions of [since, until] in order, of very many some of all of the time; it stands at a capture's."""
    found = edition_starts(connection, slug, since, until, shown=shown, limit=MAX_STOPS)
    stops = [Stop(at=at, headline=headline) for at, headline in found.captures]
    return Slider(
        window=Window(start=epoch(since), end=epoch(until)),
        stops=stops,
        shown=max(bisect_right([stop.at for stop in stops], shown) - 1, 0),
        is_sampled=found.is_sampled,
    )
