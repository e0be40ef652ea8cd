"""Which readable capture stands for each instant of a site, and the spans that follow from it."""

import sqlite3
from functools import lru_cache

from scraper.model import Origin
from storage.placements import decode
from storage.spans import Around, Item, Seam, Span, SpanKind, rebuild, splice

DEFAULT_GAP = 6 * 3600
NOTHING: frozenset[Item] = frozenset()


def fixed_order(captures: str = "captures", bodies: str = "bodies") -> str:
    """SQL of the fixed order in which captures of one instant win it (DESIGN rule 2); under other names of the tables.

    The observer's name and what a 304 stands for are in it, so that no two captures of a site are equal: rows are as
    they came.
    """
    origins = " ".join(f"WHEN '{origin}' THEN {place}" for place, origin in enumerate(Origin))
    return f"""
        CASE {captures}.origin {origins} END, {captures}.url, {bodies}.sha256, coalesce({captures}.revisit_of, x''),
        (SELECT name FROM observers WHERE observers.id = {captures}.observer_id)
    """


FIXED_ORDER = fixed_order()


class Observations:
    """The observations and spans tables behind one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._items = lru_cache(maxsize=256)(self._read_items)  # front pages never change

    def update(self, site_id: int, instant: int) -> None:
        """Let the best readable capture at `instant` stand for it, and splice the spans where that changed."""
        was, now = self._observed(site_id, instant), self._best(site_id, instant)
        if was == now:
            return
        self._put(site_id, instant, now)
        before, after = self._before(site_id, instant), self._after(site_id, instant)
        seam = Seam(
            before=before[0] if before else None,
            instant=instant,
            after=after[0] if after else None,
            present=now is not None,
            was_present=was is not None,
            gap=gap_of(self._connection, site_id),
        )
        around = Around(
            before=self._items(before[1]) if before else NOTHING,
            was=self._items(was[1]) if was else NOTHING,
            now=self._items(now[1]) if now else NOTHING,
            after=self._items(after[1]) if after else NOTHING,
        )
        splice(self._connection, site_id, seam, around)

    def edition_before(self, site_id: int, instant: int) -> bytes:
        """The edition of the observation before `instant`, b"" where there is none."""
        before = self._before(site_id, instant)
        if not before:
            return b""
        row = self._connection.execute("SELECT edition FROM front_pages WHERE id = ?", (before[1],)).fetchone()
        return bytes(row[0])

    def forget_cached(self) -> None:
        """Drop what is remembered of front pages: after a rollback their ids may come again."""
        self._items.cache_clear()

    def rebuild(self, site_id: int) -> None:
        """Derive the site's spans from its observations alone, and keep them."""
        spans = self.derived(site_id)
        self._connection.execute("DELETE FROM spans WHERE site_id = ?", (site_id,))
        self._connection.executemany(
            "INSERT INTO spans (site_id, kind, story_id, value, first_seen, last_seen) VALUES (?, ?, ?, ?, ?, ?)",
            [(site_id, *item, *span) for item, runs in sorted(spans.items()) for span in runs],
        )

    def derived(self, site_id: int) -> dict[Item, list[Span]]:
        """The spans that follow from the site's observations."""
        rows = self._connection.execute(
            "SELECT instant, front_page_id FROM observations WHERE site_id = ? ORDER BY instant", (site_id,)
        ).fetchall()
        line = [(instant, self._items(front_page_id)) for instant, front_page_id in rows]
        return rebuild(line, gap_of(self._connection, site_id))

    def kept(self, site_id: int) -> dict[Item, list[Span]]:
        """The spans as they are in the archive."""
        found: dict[Item, list[Span]] = {}
        for kind, story_id, value, first_seen, last_seen in self._connection.execute(
            """
            SELECT kind, story_id, value, first_seen, last_seen FROM spans WHERE site_id = ?
            ORDER BY kind, story_id, value, first_seen
            """,
            (site_id,),
        ):
            found.setdefault((SpanKind(kind), story_id, value), []).append((first_seen, last_seen))
        return found

    def _observed(self, site_id: int, instant: int) -> tuple[int, int] | None:
        """(capture, front page) that stands for the instant so far."""
        row: tuple[int, int] | None = self._connection.execute(
            "SELECT capture_id, front_page_id FROM observations WHERE site_id = ? AND instant = ?", (site_id, instant)
        ).fetchone()
        return row

    def _best(self, site_id: int, instant: int) -> tuple[int, int] | None:
        """(capture, front page) of the readable capture that comes first in the fixed order."""
        row: tuple[int, int] | None = self._connection.execute(
            f"""
            SELECT captures.id, front_page_id FROM captures
            JOIN readings ON capture_id = captures.id JOIN bodies ON bodies.id = body_id
            WHERE site_id = ? AND instant = ? AND front_page_id IS NOT NULL
            ORDER BY {FIXED_ORDER} LIMIT 1
            """,
            (site_id, instant),
        ).fetchone()
        return row

    def _put(self, site_id: int, instant: int, observed: tuple[int, int] | None) -> None:
        if observed is None:
            self._connection.execute("DELETE FROM observations WHERE site_id = ? AND instant = ?", (site_id, instant))
            return
        self._connection.execute(
            "INSERT OR REPLACE INTO observations (site_id, instant, capture_id, front_page_id) VALUES (?, ?, ?, ?)",
            (site_id, instant, *observed),
        )

    def _before(self, site_id: int, instant: int) -> tuple[int, int] | None:
        """(instant, front page) of the observation before."""
        row: tuple[int, int] | None = self._connection.execute(
            """
            SELECT instant, front_page_id FROM observations WHERE site_id = ? AND instant < ?
            ORDER BY instant DESC LIMIT 1
            """,
            (site_id, instant),
        ).fetchone()
        return row

    def _after(self, site_id: int, instant: int) -> tuple[int, int] | None:
        """(instant, front page) of the observation after."""
        row: tuple[int, int] | None = self._connection.execute(
            """
            SELECT instant, front_page_id FROM observations WHERE site_id = ? AND instant > ?
            ORDER BY instant LIMIT 1
            """,
            (site_id, instant),
        ).fetchone()
        return row

    def _read_items(self, front_page_id: int) -> frozenset[Item]:
        """What a front page shows, as items of spans."""
        lead, data = self._connection.execute(
            "SELECT lead, placements FROM front_pages WHERE id = ?", (front_page_id,)
        ).fetchone()
        items: set[Item] = set()
        for position, placement in enumerate(decode(data), 1):
            story_id, is_lead = placement.story_id, position == lead
            items |= {
                (SpanKind.STORY, story_id, 0),
                (SpanKind.WORDING, story_id, placement.wording_id),
                (SpanKind.PLACE, story_id, place_value(placement.section_id, is_lead=is_lead)),
            }
            if is_lead:
                items.add((SpanKind.LEAD, story_id, 0))
        return frozenset(items)


def place_value(section_id: int, *, is_lead: bool) -> int:
    """A place's number: twice its section's row, and one more for the lead."""
    return 2 * section_id + is_lead


def gap_of(connection: sqlite3.Connection, site_id: int) -> int:
    """Seconds between observations beyond which nothing is claimed, as last described."""
    row = connection.execute(
        "SELECT gap FROM site_descriptions WHERE site_id = ? ORDER BY id DESC LIMIT 1", (site_id,)
    ).fetchone()
    return int(row[0]) if row else DEFAULT_GAP
