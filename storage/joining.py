"""One site of several archives joined in a scratch file: what `merge` makes of them, but for bodies and exchanges.

Rows are copied, nothing is compressed or read again, and spans are derived anew from the joined line of observations;
so a question to archives kept apart waits for a fraction of a merge. The file is thrown away after the answer.
"""

import sqlite3
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from storage.bodies import Bodies, removal_of
from storage.captures import site_row
from storage.observations import Observations
from storage.placements import SPELLINGS, Placement, decode, encode
from storage.schema import connect, transaction
from storage.search import index_wordings

SITE_ID = 1  # the scratch file's only site


def join(
    sources: Iterable[sqlite3.Connection], slug: str, scratch: Path, *, only: Collection[str] | None = None
) -> sqlite3.Connection:
    """Make the scratch file anew, with all that some archives know of a site, and open it.

    With `only`, pages are reduced to these stories, which is enough for questions about them.
    """
    for suffix in ("", "-wal", "-shm"):
        scratch.with_name(scratch.name + suffix).unlink(missing_ok=True)
    connection = connect(scratch)
    connection.execute("PRAGMA synchronous = OFF")  # it survives nothing anyway
    with transaction(connection):
        connection.execute("INSERT INTO sites (id, slug) VALUES (?, ?)", (SITE_ID, slug))
        for source in sources:
            _Taking(source, slug, connection, only).run()
        observations = Observations(connection)
        instants = connection.execute("SELECT DISTINCT instant FROM captures ORDER BY instant").fetchall()
        for (instant,) in instants:
            observations.update(SITE_ID, instant)
        if only:
            index_wordings(connection, after=0)
    return connection


class _Taking:
    """What one archive knows of the site, under way into the scratch file. Who knew of a thing first tells it."""

    def __init__(
        self, source: sqlite3.Connection, slug: str, here: sqlite3.Connection, only: Collection[str] | None
    ) -> None:
        self._source, self._here, self._only = source, here, only
        self._bodies = Bodies(here)
        self._site_id = site_row(source, slug)
        # Rows there to rows here, each looked up once. The numbers of a site's stories, wordings and pages bound them.
        self._observer = cache(lambda row: self._named("observers", row))
        self._reader = cache(lambda row: self._named("readers", row))
        self._section = cache(lambda row: self._named("sections", row))
        self._body = cache(self._take_body)
        self._story = cache(self._take_story)
        self._wording = cache(self._take_wording)
        self._address = cache(self._take_address)
        self._front_page = cache(self._take_front_page)

    def run(self) -> None:
        self._take_descriptions()
        captures = {row[0]: self._take_capture(row) for row in self._source.execute(CAPTURES, (self._site_id,))}
        self._take_visits(captures)

    def _take_descriptions(self) -> None:
        if self._here.execute("SELECT 1 FROM site_descriptions").fetchone():
            return
        self._here.executemany(
            f"""
            INSERT INTO site_descriptions (site_id, described_at, name, url, timezone, schedule, gap)
            VALUES ({SITE_ID}, ?, ?, ?, ?, ?, ?)
            """,
            self._source.execute(
                """
                SELECT described_at, name, url, timezone, schedule, gap FROM site_descriptions
                WHERE site_id = ? ORDER BY id
                """,
                (self._site_id,),
            ),
        )

    def _take_capture(self, row: tuple[int, ...]) -> int:
        """Row of the capture here, with its reading where nothing was read in it so far."""
        _, observer, instant, origin, url, status, revisit_of, body, reader, *reading = row
        identity = (self._observer(observer), SITE_ID, instant, origin, url, self._body(body))
        self._here.execute(
            """
            INSERT INTO captures (observer_id, site_id, instant, origin, url, body_id, status, exchange, revisit_of)
            VALUES (?, ?, ?, ?, ?, ?, ?, x'', ?) ON CONFLICT DO NOTHING
            """,
            (*identity, status, revisit_of),
        )
        (capture_id,) = self._here.execute(
            """
            SELECT id FROM captures
            WHERE observer_id = ? AND site_id = ? AND instant = ? AND origin = ? AND url = ? AND body_id = ?
            """,
            identity,
        ).fetchone()
        if reader is not None:
            self._take_reading(capture_id, self._reader(reader), reading)
        return int(capture_id)

    def _take_reading(self, capture_id: int, reader_id: int, reading: list[int]) -> None:
        front_page, *rest = reading
        if self._here.execute("SELECT 1 FROM readings WHERE capture_id = ?", (capture_id,)).fetchone():
            return
        self._here.execute(
            """
            INSERT INTO readings (capture_id, reader_id, front_page_id,
                quality, problem, layout, title, language, confidence, evidence)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            (capture_id, reader_id, None if front_page is None else self._front_page(front_page), *rest),
        )

    def _take_body(self, row: int) -> int:
        """A stub of the body that says what it was, and whether it is kept, by the rules of storage.bodies."""
        if removed := removal_of(self._source, row):
            return self._bodies.store_removed(removed)
        stub = self._there("SELECT sha256, size, 0, 0, x'' FROM bodies", row)
        body_id = self._put("bodies", stub, ("sha256", "size", "step", "level", "data"))
        if (removed := removal_of(self._here, body_id)) and removed.may_return:
            self._here.execute("UPDATE bodies SET data = x'' WHERE id = ?", (body_id,))
        return body_id

    def _take_story(self, row: int) -> int | None:
        story, url = self._there("SELECT story, url FROM stories", row)
        if self._only is not None and story not in self._only:
            return None
        return self._put("stories", (story, SITE_ID, url), ("story", "site_id", "url"))

    def _take_wording(self, row: int, story: int) -> int:
        texts = self._there("SELECT digest, headline, summary, kicker, byline, image FROM wordings", row)
        columns = ("story_id", "digest", "headline", "summary", "kicker", "byline", "image")
        return self._put("wordings", (story, *texts), columns, key=2)

    def _take_address(self, number: int, story: int) -> int:
        if number < len(SPELLINGS):
            return number
        (url,) = self._there("SELECT url FROM addresses", number - len(SPELLINGS))
        return len(SPELLINGS) + self._put("addresses", (story, url), ("story_id", "url"), key=2)

    def _take_front_page(self, row: int) -> int:
        digest, edition, title, language, lead, body, data = self._there(
            "SELECT digest, edition, title, language, lead, body, placements FROM front_pages", row
        )
        known = self._here.execute("SELECT id FROM front_pages WHERE digest = ?", (digest,)).fetchone()
        if known:
            return int(known[0])
        placed = [(place == lead, self._placement(one)) for place, one in enumerate(decode(data), 1)]
        kept = [(is_lead, one) for is_lead, one in placed if one]
        lead = next((place for place, (is_lead, _) in enumerate(kept, 1) if is_lead), None)
        return self._put(
            "front_pages",
            (digest, edition, title, language, lead, body, encode([one for _, one in kept])),
            ("digest", "edition", "title", "language", "lead", "body", "placements"),
        )

    def _placement(self, there: Placement) -> Placement | None:
        """The same with rows of here, or None for a story that nobody asks about."""
        story = self._story(there.story_id)
        if story is None:
            return None
        return Placement(
            story,
            self._wording(there.wording_id, story),
            self._section(there.section_id),
            self._address(there.address, story),
            there.kind,
        )

    def _take_visits(self, captures: Mapping[int, int]) -> None:
        rows = self._source.execute(
            """
            SELECT observer_id, due_at, ended_at, outcome, error, capture_id FROM visits WHERE site_id = ? ORDER BY id
            """,
            (self._site_id,),
        )
        self._here.executemany(
            f"""
            INSERT INTO visits (observer_id, site_id, due_at, ended_at, outcome, error, capture_id)
            VALUES (?, {SITE_ID}, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """,
            (
                (self._observer(observer), *row, None if capture is None else captures[capture])
                for observer, *row, capture in rows
            ),
        )

    def _there(self, select: str, row: int) -> tuple[Any, ...]:
        """A row of the archive."""
        found: tuple[Any, ...] = self._source.execute(f"{select} WHERE id = ?", (row,)).fetchone()
        return found

    def _named(self, table: str, row: int) -> int:
        return self._put(table, self._there(f"SELECT name FROM {table}", row), ("name",))

    def _put(self, table: str, values: tuple[object, ...], columns: tuple[str, ...], *, key: int = 1) -> int:
        """Row here, made where there is none; its first `key` columns tell it from others."""
        where = " AND ".join(f"{name} = ?" for name in columns[:key])
        known = self._here.execute(f"SELECT id FROM {table} WHERE {where}", values[:key]).fetchone()
        if known:
            return int(known[0])
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        cursor = self._here.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)
        return int(cursor.lastrowid or 0)


CAPTURES = """
    SELECT captures.id, observer_id, instant, origin, captures.url, status, revisit_of, body_id,
        reader_id, front_page_id, quality, problem, layout, title, language, confidence, evidence
    FROM captures LEFT JOIN readings ON capture_id = captures.id
    WHERE site_id = ? ORDER BY instant, captures.id
"""
