"""An invented archive of any size, written in bulk: many sites, a capture of each an hour, with the churn of real ones.

What the archive would write in one transaction a capture is written here by the thousand, into its own tables: the
same rows, but for what no question reads. Bodies are stubs, identities of texts and editions are drawn by chance. That
the spans are those which the archive itself would keep is checked by `differing_spans`.
"""

import random
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks.questions_words import Words
from scraper.instants import epoch
from scraper.model import Kind
from scraper.urls import story_id
from storage.archive import Archive
from storage.bodies import compress
from storage.observations import DEFAULT_GAP, Observations, place_value
from storage.placements import Placement, encode
from storage.spans import Item, SpanKind

BEGIN: Final = epoch(datetime(2025, 1, 1, tzinfo=UTC))
HOUR: Final = 3600
OUTAGE_S: Final = 10 * HOUR  # longer than the gap
BATCH: Final = 2_000  # captures
EXCHANGE: Final = compress(b'{"headers": [], "request_headers": [], "redirects": []}')
BODY: Final = compress(b"<html>")


@dataclass(frozen=True, kw_only=True, slots=True)
class Churn:
    """How a front page lives, a capture an hour: numbers of stories on it, and of what happens from one to the next.

    As on ../shared/series/heise: some 105 stories, of which more than half are there always; four come and four go.
    """

    furniture: int = 60
    news: int = 45
    coming: int = 4
    edits: float = 0.5
    moves: float = 0.7
    leads: float = 0.5  # a lead stands one to three hours
    headline_words: int = 8
    summary_words: int = 20
    sections: int = 27
    outage_every: int = 500  # captures; then nobody looks for some hours


TABLES: Final = {
    "stories": "id, site_id, story, url",
    "wordings": "id, story_id, digest, headline, summary, kicker, byline, image",
    "words": "rowid, headline, summary, kicker",
    "bodies": "id, sha256, size, base_id, step, level, data",
    "captures": "id, observer_id, site_id, instant, origin, url, status, exchange, body_id",
    "front_pages": "id, digest, edition, title, language, lead, body, placements",
    "readings": "capture_id, reader_id, quality, problem, layout, title, language, front_page_id, confidence, evidence",
    "observations": "site_id, instant, capture_id, front_page_id",
    "spans": "site_id, kind, story_id, value, first_seen, last_seen",
}


class Rows:
    """Rows that wait to be written, and the next ids of their tables."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._waiting: dict[str, list[tuple[object, ...]]] = {table: [] for table in TABLES}
        self._last = dict.fromkeys(TABLES, 0)

    def new_id(self, table: str) -> int:
        self._last[table] += 1
        return self._last[table]

    def add(self, table: str, *values: object) -> None:
        self._waiting[table].append(values)

    def write(self) -> None:
        for table, columns in TABLES.items():
            marks = ", ".join("?" * len(columns.split(", ")))
            self._connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", self._waiting[table])
            self._waiting[table].clear()


class Site:
    """One invented front page: what is on it, the lead first, and since when."""

    def __init__(self, number: int, churn: Churn, words: Words, rows: Rows) -> None:
        self.slug, self.site_id = f"paper-{number:03}", number
        self._churn, self._words, self._rows = churn, words, rows
        self._chance = random.Random(number)
        self._instant = BEGIN + number * 7
        self._captures = 0
        self._open: dict[Item, int] = {}
        self._furniture = [self._new_story() for _ in range(churn.furniture)]
        self._news = [self._new_story() for _ in range(churn.news)]

    def capture(self) -> None:
        """The next capture, with all that follows from it."""
        before, self._captures = self._instant, self._captures + 1
        self._instant += OUTAGE_S if self._captures % self._churn.outage_every == 0 else HOUR
        if self._captures > 1:
            self._live()
        page = [*self._news, *self._furniture]
        self._note(page, before)
        self._write(page)

    def end(self) -> None:
        """What is on the last page is still there."""
        self._rows_of(self._open, None)

    def _live(self) -> None:
        churn, chance = self._churn, self._chance
        for _ in range(churn.coming):
            half = len(self._news) // 2
            self._news.insert(1 + chance.randrange(half), self._new_story())
            del self._news[half + chance.randrange(half)]
        if chance.random() < churn.edits:
            index = chance.randrange(len(self._news))
            story = self._news[index]
            self._news[index] = replace(story, wording_id=self._new_wording(story.story_id))
        if chance.random() < churn.moves:
            index = chance.randrange(len(self._news))
            self._news[index] = replace(self._news[index], section_id=self._some_section())
        if chance.random() < churn.leads:
            self._news.insert(0, self._news.pop(1 + chance.randrange(len(self._news) // 4)))

    def _new_story(self) -> Placement:
        row_id = self._rows.new_id("stories")
        url = f"https://{self.slug}.example/{self._words.cut(self._chance, 6).replace(' ', '-')}-{row_id}.html"
        self._rows.add("stories", row_id, self.site_id, story_id(self.slug, url), url)
        return Placement(row_id, self._new_wording(row_id), self._some_section(), 1, Kind.STORY)

    def _new_wording(self, story: int) -> int:
        row_id, churn = self._rows.new_id("wordings"), self._churn
        headline = self._words.cut(self._chance, churn.headline_words)
        summary = self._words.cut(self._chance, churn.summary_words)
        self._rows.add("wordings", row_id, story, self._chance.randbytes(12), headline, summary, "", "", "")
        self._rows.add("words", row_id, headline, summary, "")
        return row_id

    def _some_section(self) -> int:
        return 1 + self._chance.randrange(self._churn.sections)

    def _note(self, page: Sequence[Placement], before: int) -> None:
        """Close the spans of what is gone, and open those of what came; after an outage everything begins anew."""
        now = set(self._items(page))
        gone = set(self._open)
        if self._instant - before <= DEFAULT_GAP:
            now, gone = now - gone, gone - now
        self._rows_of({item: self._open.pop(item) for item in gone}, before)
        self._open |= dict.fromkeys(now, self._instant)

    def _items(self, page: Sequence[Placement]) -> Iterator[Item]:
        for index, placement in enumerate(page):
            is_lead = index == 0
            yield SpanKind.STORY, placement.story_id, 0
            yield SpanKind.WORDING, placement.story_id, placement.wording_id
            yield SpanKind.PLACE, placement.story_id, place_value(placement.section_id, is_lead=is_lead)
            if is_lead:
                yield SpanKind.LEAD, placement.story_id, 0

    def _rows_of(self, spans: dict[Item, int], last_seen: int | None) -> None:
        for item, first_seen in spans.items():
            self._rows.add("spans", self.site_id, *item, first_seen, last_seen)

    def _write(self, page: Sequence[Placement]) -> None:
        add, digest, url = self._rows.add, self._chance.randbytes, f"https://www.{self.slug}.example/"
        row_id = self._rows.new_id("captures")  # of its body and its front page too
        add("bodies", row_id, digest(32), 6, None, 0, 3, BODY)
        add("captures", row_id, 1, self.site_id, self._instant, "live", url, 200, EXCHANGE, row_id)
        add("front_pages", row_id, digest(16), digest(16), self.slug, "en", 1, "[]", encode(page))
        add("readings", row_id, 1, "ok", "", "", "", "", row_id, 0.9, '["largest headline"]')
        add("observations", self.site_id, self._instant, row_id, row_id)


def build(path: Path, *, sites: int, captures: int, churn: Churn | None = None, words: Words | None = None) -> None:
    """An archive of so many captures of each of so many sites; appears under its name once it is complete."""
    part, churn, words = path.with_suffix(".part"), churn or Churn(), words or Words()
    part.unlink(missing_ok=True)
    with Archive(part) as archive:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "foreign_keys = OFF", "cache_size = -1000000"):
            archive.connection.execute(f"PRAGMA {pragma}").fetchall()
        with archive.batch():
            _name(archive.connection, sites, churn)
            _fill(archive.connection, sites, captures, churn, words)
        archive.connection.execute("PRAGMA journal_mode = WAL").fetchall()
    part.rename(path)


def _name(connection: sqlite3.Connection, sites: int, churn: Churn) -> None:
    connection.execute("INSERT INTO readers (id, name) VALUES (1, 'invented')")
    sections = [(number, f"Section {number}") for number in range(1, churn.sections + 1)]
    connection.executemany("INSERT INTO sections (id, name) VALUES (?, ?)", sections)
    names = [(number, f"paper-{number:03}") for number in range(1, sites + 1)]
    connection.executemany("INSERT INTO sites (id, slug) VALUES (?, ?)", names)


def _fill(connection: sqlite3.Connection, sites: int, captures: int, churn: Churn, words: Words) -> None:
    """All captures in order of time, site after site in every hour: a site's rows lie as far apart as a daemon's."""
    rows = Rows(connection)
    papers = [Site(number, churn, words, rows) for number in range(1, sites + 1)]
    for number in range(captures):
        for paper in papers:
            paper.capture()
        if number % max(1, BATCH // sites) == 0:
            rows.write()
    for paper in papers:
        paper.end()
    rows.write()


def differing_spans(connection: sqlite3.Connection, site_id: int) -> int:
    """How many items of a site have other spans than the archive derives from its readings; 0 is right."""
    found = Observations(connection).departures(site_id)
    return len({span[:3] for span in found.wrong | found.missing})
