"""A page's mementos (RFC 7089): its captures that can be shown, listed in order or found nearest to an instant."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from scraper.errors import NotFound
from scraper.instants import epoch, from_epoch
from scraper.urls import canonical
from storage.captures import IS_PAGE, capture_row
from storage.observations import FIXED_ORDER

MAX_DESCRIPTIONS = 5_000
MAX_AT_ONCE = 1_000  # captures of one instant, over all sites
ALWAYS = 1 << 62
# What can be shown: a response that shows a page and whose body is here, or a 304 that stands for such a body.
SHOWABLE = f"""
    {IS_PAGE} AND (bodies.data IS NOT NULL AND revisit_of IS NULL OR EXISTS (
        SELECT 1 FROM bodies AS meant WHERE meant.sha256 = revisit_of AND meant.data IS NOT NULL
    ))
"""
ERRORS_LAST = f"status >= 400, {FIXED_ORDER}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Memento:
    """A capture as Memento sees it: its row, its datetime, the URL that answered.

    `place` counts from 1 the captures that share the latter two, in their fixed order, errors last: the first has the
    plain address, the others have `~2` and so on, as the names of captures do.
    """

    capture_id: int
    instant: datetime
    url: str
    place: int = 1


class Mementos:
    """The line of mementos of one URL, over all sites whose front page it names. NotFound where nobody watches it."""

    def __init__(self, connection: sqlite3.Connection, url: str) -> None:
        self._connection = connection
        self.url = url
        self._sites = _sites_of(connection, url)
        self._marks = ", ".join("?" * len(self._sites))

    def listed(self, *, since: datetime | None, limit: int) -> tuple[list[Memento], datetime | None]:
        """The mementos from an instant on, in order, and the instant of the next where there are more than `limit`.

        Those of one instant stay together.
        """
        rows = self._connection.execute(
            f"""
            SELECT captures.id, instant, captures.url, 1 < (
                SELECT count(*) FROM captures AS beside
                WHERE beside.site_id IN ({self._marks}) AND beside.instant = captures.instant
            ) FROM captures JOIN bodies ON bodies.id = body_id
            WHERE site_id IN ({self._marks}) AND instant >= ? AND {SHOWABLE} ORDER BY instant, {FIXED_ORDER} LIMIT ?
            """,
            (*self._sites, *self._sites, epoch(since) if since else -ALWAYS, limit + 1),
        ).fetchall()
        following = rows[limit][1] if len(rows) > limit else None
        page = [row for row in rows if row[1] != following] or rows[:limit]
        crowded = {instant: self._places(instant) for _, instant, _, is_crowded in page if is_crowded}
        found = [
            crowded[instant][row] if instant in crowded else _memento((row, instant, url))
            for row, instant, url, _ in page
        ]
        return found, None if following is None else from_epoch(following)

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

    def at(self, at: datetime) -> list[Memento]:
        """All captures of exactly that instant, those included that cannot be shown."""
        return list(self._places(epoch(at)).values())

    def _beside(self, instant: int, side: str) -> Memento | None:
        """The last memento up to an instant (`<=`), or the first after it (`>`)."""
        found = []
        for site_id in self._sites:
            row = self._connection.execute(
                f"""
                SELECT captures.id, instant FROM captures JOIN bodies ON bodies.id = body_id
                WHERE site_id = ? AND instant {side} ? AND {SHOWABLE}
                ORDER BY instant {"ASC" if side == ">" else "DESC"}, {FIXED_ORDER} LIMIT 1
                """,
                (site_id, instant),
            ).fetchone()
            found += [row] if row else []
        if not found:
            return None
        row_id, nearest = (min if side == ">" else max)(found, key=lambda row: row[1])
        return self._places(nearest)[row_id]

    def _places(self, instant: int) -> dict[int, Memento]:
        """The captures of an instant by row, in their order."""
        rows = self._connection.execute(
            f"""
            SELECT captures.id, instant, captures.url FROM captures JOIN bodies ON bodies.id = body_id
            WHERE site_id IN ({self._marks}) AND instant = ? ORDER BY {ERRORS_LAST} LIMIT ?
            """,
            (*self._sites, instant, MAX_AT_ONCE),
        )
        return {memento.capture_id: memento for memento in _in_places(rows)}


def memento_at(connection: sqlite3.Connection, url: str, at: datetime, *, place: int = 1) -> Memento | None:
    """The capture of exactly that instant and URL, the latter letter by letter or else in another spelling.

    One of the URL's own line, or else of any site: what answered there once under an address that it has no more.
    """
    for found in (_own(connection, url, at), _any(connection, at)):
        same = [memento for memento in found if memento.url == url]
        same = same or [memento for memento in found if canonical(memento.url) == canonical(url)]
        if same:
            return next((memento for memento in same if memento.place == place), None)
    return None


def place_of(connection: sqlite3.Connection, name: str) -> int:
    """The place of a capture, by its name, among those of its instant and URL."""
    row_id = capture_row(connection, name)
    url, instant = connection.execute("SELECT url, instant FROM captures WHERE id = ?", (row_id,)).fetchone()
    at = from_epoch(instant)
    found = [memento for memento in _own(connection, url, at) if memento.capture_id == row_id]
    found = found or [memento for memento in _any(connection, at) if memento.capture_id == row_id]
    return found[0].place


def _own(connection: sqlite3.Connection, url: str, at: datetime) -> list[Memento]:
    try:
        return Mementos(connection, url).at(at)
    except NotFound:
        return []


def _any(connection: sqlite3.Connection, at: datetime) -> list[Memento]:
    """The captures of an instant, whatever their site."""
    rows = connection.execute(
        f"""
        SELECT captures.id, instant, captures.url FROM sites CROSS JOIN captures ON captures.site_id = sites.id
        CROSS JOIN bodies ON bodies.id = body_id WHERE instant = ? ORDER BY {ERRORS_LAST} LIMIT ?
        """,
        (epoch(at), MAX_AT_ONCE),
    )
    return list(_in_places(rows))


def _in_places(rows: Iterable[tuple[int, int, str]]) -> Iterator[Memento]:
    """Captures of one instant in their order, each with its place among those of its URL."""
    places = Counter[str]()
    for row in rows:
        places[row[2]] += 1
        yield _memento(row, places[row[2]])


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


def _memento(row: tuple[int, int, str], place: int = 1) -> Memento:
    return Memento(capture_id=row[0], instant=from_epoch(row[1]), url=row[2], place=place)
