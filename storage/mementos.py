"""A page's mementos (RFC 7089): its captures that can be shown, listed in order or found nearest to an instant."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from scraper.errors import NotFound
from scraper.instants import epoch, from_epoch
from scraper.urls import canonical
from storage.observations import ORIGIN_ORDER

MAX_DESCRIPTIONS = 5_000
MAX_AT_ONCE = 1_000  # captures of one instant, over all sites
ALWAYS = 1 << 62
# What can be shown: a response that was no error and whose body is here, or a 304 that stands for such a body.
SHOWABLE = """
    captures.status < 400 AND (bodies.data IS NOT NULL AND revisit_of IS NULL OR EXISTS (
        SELECT 1 FROM bodies AS meant WHERE meant.sha256 = revisit_of AND meant.data IS NOT NULL
    ))
"""
FIXED_ORDER = f"{ORIGIN_ORDER}, captures.url, bodies.sha256, observer_id"


@dataclass(frozen=True, kw_only=True, slots=True)
class Memento:
    """A capture as Memento sees it: its row, its datetime, and the URL that answered."""

    capture_id: int
    instant: datetime
    url: str


class Mementos:
    """The line of mementos of one URL, over all sites whose front page it names. NotFound where nobody watches it."""

    def __init__(self, connection: sqlite3.Connection, url: str) -> None:
        self._connection = connection
        self.url = url
        self._sites = _sites_of(connection, url)

    def listed(self, *, since: datetime | None, limit: int) -> list[Memento]:
        """From an instant on, in order; of captures of one URL and instant the first in their fixed order."""
        marks = ", ".join("?" * len(self._sites))
        rows = self._connection.execute(
            f"""
            SELECT captures.id, instant, captures.url FROM captures JOIN bodies ON bodies.id = body_id
            WHERE site_id IN ({marks}) AND instant >= ? AND {SHOWABLE} ORDER BY instant, {FIXED_ORDER} LIMIT ?
            """,
            (*self._sites, epoch(since) if since else -ALWAYS, limit),
        )
        found: dict[tuple[int, str], Memento] = {}
        for row in rows:
            found.setdefault(row[1:], _memento(row))
        return list(found.values())

    def nearest(self, at: datetime) -> Memento:
        """The memento whose datetime is nearest to an instant; the earlier of two as near."""
        found = [memento for side in ("<=", ">") if (memento := self._beside(epoch(at), side))]
        if not found:
            raise NotFound(f"the archive has no capture of {self.url} that it can show")
        return min(found, key=lambda memento: abs(memento.instant - at))

    def first(self) -> Memento | None:
        return self._beside(-ALWAYS, ">")

    def last(self) -> Memento | None:
        return self._beside(ALWAYS, "<=")

    def _beside(self, instant: int, side: str) -> Memento | None:
        """The last memento up to an instant (`<=`), or the first after it (`>`)."""
        found = []
        for site_id in self._sites:
            row = self._connection.execute(
                f"""
                SELECT captures.id, instant, captures.url FROM captures JOIN bodies ON bodies.id = body_id
                WHERE site_id = ? AND instant {side} ? AND {SHOWABLE}
                ORDER BY instant {"ASC" if side == ">" else "DESC"}, {FIXED_ORDER} LIMIT 1
                """,
                (site_id, instant),
            ).fetchone()
            found += [_memento(row)] if row else []
        return (min if side == ">" else max)(found, key=lambda memento: memento.instant, default=None)


def memento_at(connection: sqlite3.Connection, url: str, at: datetime) -> Memento | None:
    """The capture of exactly that instant and URL, the latter letter by letter or else in another spelling."""
    rows = connection.execute(
        f"""
        SELECT captures.id, instant, captures.url FROM sites JOIN captures ON captures.site_id = sites.id
        JOIN bodies ON bodies.id = body_id WHERE instant = ? ORDER BY {FIXED_ORDER} LIMIT ?
        """,
        (epoch(at), MAX_AT_ONCE),
    ).fetchall()
    same = [row for row in rows if row[2] == url] or [row for row in rows if canonical(row[2]) == canonical(url)]
    return _memento(same[0]) if same else None


def _sites_of(connection: sqlite3.Connection, url: str) -> list[int]:
    """The sites whose front page that URL names: as it was ever described, or as it answered last."""
    rows = connection.execute(
        """
        SELECT sites.id, coalesce(site_descriptions.url, ''),
            coalesce((SELECT url FROM captures WHERE site_id = sites.id ORDER BY instant DESC LIMIT 1), '')
        FROM sites LEFT JOIN site_descriptions ON site_descriptions.site_id = sites.id ORDER BY sites.id LIMIT ?
        """,
        (MAX_DESCRIPTIONS,),
    )
    wanted = canonical(url)
    found = dict.fromkeys(site_id for site_id, *urls in rows if wanted in map(canonical, urls))
    if not found:
        raise NotFound(f"the archive does not watch {url}")
    return list(found)


def _memento(row: tuple[int, int, str]) -> Memento:
    return Memento(capture_id=row[0], instant=from_epoch(row[1]), url=row[2])
