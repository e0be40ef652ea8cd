"""Which indexed texts a question about words looks at: those filed last, so many that every answer comes at once.

A word may stand in a million texts. Of one that common the newest are looked at, and whoever asks is told so; where a
question ends before the present, those filed by then.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from scraper.instants import epoch
from storage.placements import newest_wording
from storage.search import match_expression
from storage.spans import ALWAYS

AT_A_TIME = 5_000  # whose stretches of time are read, which costs some microseconds each
TOGETHER = 20_000  # rows: texts filed closer than that were filed in one go
MOST_ENDS = 24
OF_A_SITE = 20_000  # of which a site's own are picked out, which costs less


@dataclass(frozen=True, kw_only=True, slots=True)
class Texts:
    """Rows of the texts that match, those filed last first; `is_cut`: there are more."""

    rows: list[int]
    is_cut: bool


def texts_about(
    connection: sqlite3.Connection, query: str, *, until: datetime | None = None, most: int = AT_A_TIME
) -> Texts:
    """The texts that a query finds. Raises ConfigError for a query without a word."""
    rows = texts_before(connection, query, ALWAYS, most=most + 1)
    is_cut = len(rows) > most
    if is_cut and until is not None:
        rows = _before_ends(connection, query, _ends(connection, until), most)
    return Texts(rows=rows[:most], is_cut=is_cut)


def _before_ends(connection: sqlite3.Connection, query: str, ends: Sequence[int], most: int) -> list[int]:
    """The texts before each end down to the next, an equal share of what is left of `most` from each."""
    rows: list[int] = []
    for place, (end, following) in enumerate(pairwise((*ends, -1))):
        share = -(-(most - len(rows)) // (len(ends) - place))
        found = texts_before(connection, query, end + 1, most=share)
        rows += (row for row in found if row > following)
    return rows


def texts_before(connection: sqlite3.Connection, query: str, before: int, *, most: int) -> list[int]:
    """The texts that a query finds, from the one filed just before a row on."""
    found = connection.execute(
        "SELECT rowid FROM words WHERE words MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?",
        (match_expression(query), before, most),
    )
    return [row for (row,) in found]


def ranks(connection: sqlite3.Connection, query: str) -> dict[int, float]:
    """How well each text matches, the best the lowest; for queries that find few."""
    found = connection.execute("SELECT rowid, rank FROM words WHERE words MATCH ?", (match_expression(query),))
    return dict(found.fetchall())


def _ends(connection: sqlite3.Connection, instant: datetime) -> list[int]:
    """The texts filed last of those on each site's page before an instant, from the highest row down.

    A daemon files all sites together: then these lie close, and one stands for all. A backfill files one site after the
    other.
    """
    pages = connection.execute(
        """
        SELECT (
            SELECT placements FROM observations JOIN front_pages ON front_pages.id = front_page_id
            WHERE site_id = sites.id AND instant < ? ORDER BY instant DESC LIMIT 1
        ) FROM sites
        """,
        (epoch(instant),),
    )
    last = (newest_wording(data) for (data,) in pages if data)
    ends: list[int] = []
    for row in sorted(last, reverse=True):
        if len(ends) < MOST_ENDS and (not ends or ends[-1] - row > TOGETHER):
            ends.append(row)
    return ends
