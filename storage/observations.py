"""Which readable capture stands for each instant of a site, and the spans that follow from it."""

import sqlite3
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from scraper.model import Origin
from storage.placements import decode
from storage.spans import Around, Item, Seam, SpanKind, rebuild, splice

DEFAULT_GAP = 6 * 3600
NOTHING: frozenset[Item] = frozenset()


def fixed_order(captures: str = "captures", bodies: str = "bodies") -> str:
    """SQL of the fixed order in which captures of one instant win it (DESIGN rule 2); under other names of the tables.

    It decides between any two captures of a site: numbers of rows, which are as captures came, are not in it.
    """
    origins = " ".join(f"WHEN '{origin}' THEN {place}" for place, origin in enumerate(Origin))
    return f"""
        CASE {captures}.origin {origins} END, {captures}.url, {bodies}.sha256, coalesce({captures}.revisit_of, x''),
        (SELECT name FROM observers WHERE observers.id = {captures}.observer_id)
    """


FIXED_ORDER = fixed_order()
Observed = tuple[int, int, int]  # instant, capture, front page


class Basis(NamedTuple):
    """What a site's spans follow from: its line of observations, as it follows from its readings and as it is kept."""

    line: list[Observed]
    kept_line: list[Observed]
    gap: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Departures:
    """What of a site is not as it follows from what was read in its captures.

    `wrong` are spans that are kept and do not follow, `missing` those that follow and are not kept.
    """

    basis: Basis
    wrong: set[tuple[int | None, ...]]
    missing: set[tuple[int | None, ...]]

    def __bool__(self) -> bool:
        return bool(self.basis.line != self.basis.kept_line or self.wrong or self.missing)


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
        """Derive the site's observations and spans from what was read in its captures alone, and keep them."""
        self.keep(site_id, self.departures(site_id))

    def departures(self, site_id: int) -> Departures:
        """How what is kept of a site departs from what follows from its readings."""
        basis = self.basis(site_id)
        spans = rebuild([(instant, self._items(page)) for instant, _, page in basis.line], basis.gap)
        derived: set[tuple[int | None, ...]] = {(*item, *span) for item, runs in spans.items() for span in runs}
        kept = set(
            self._connection.execute(
                "SELECT kind, story_id, value, first_seen, last_seen FROM spans WHERE site_id = ?", (site_id,)
            )
        )
        return Departures(basis=basis, wrong=kept - derived, missing=derived - kept)

    def keep(self, site_id: int, found: Departures) -> None:
        """Put right what departs."""
        if found.basis.line != found.basis.kept_line:
            self._connection.execute("DELETE FROM observations WHERE site_id = ?", (site_id,))
            self._connection.executemany(
                "INSERT INTO observations (site_id, instant, capture_id, front_page_id) VALUES (?, ?, ?, ?)",
                [(site_id, *observed) for observed in found.basis.line],
            )
        self._connection.executemany(
            "DELETE FROM spans WHERE site_id = ? AND kind = ? AND story_id = ? AND value = ? AND first_seen = ?",
            [(site_id, *span[:-1]) for span in found.wrong],
        )
        self._connection.executemany(
            "INSERT INTO spans (site_id, kind, story_id, value, first_seen, last_seen) VALUES (?, ?, ?, ?, ?, ?)",
            [(site_id, *span) for span in sorted(found.missing, key=lambda span: span[:-1])],
        )

    def basis(self, site_id: int) -> Basis:
        """What the site's spans follow from now."""
        kept = self._connection.execute(
            "SELECT instant, capture_id, front_page_id FROM observations WHERE site_id = ? ORDER BY instant", (site_id,)
        )
        return Basis(self._line(site_id), kept.fetchall(), gap_of(self._connection, site_id))

    def _line(self, site_id: int) -> list[Observed]:
        """The capture that stands for each instant of a site, in order of time."""
        rows = self._connection.execute(
            f"""
            SELECT instant, captures.id, front_page_id FROM captures
            JOIN readings ON capture_id = captures.id JOIN bodies ON bodies.id = body_id
            WHERE site_id = ? AND front_page_id IS NOT NULL ORDER BY instant, {FIXED_ORDER}
            """,
            (site_id,),
        )
        found: dict[int, Observed] = {}
        for row in rows:
            found.setdefault(row[0], row)
        return list(found.values())

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
