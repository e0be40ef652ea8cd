"""Front pages as rows: stories, wordings, sections and printed addresses once each, their order as placements."""

import hashlib
import json
import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from scraper.model import FrontPage, Role, Story
from scraper.urls import story_id
from storage.placements import SPELLINGS, Placement, encode, spell

EDITION_BYTES = 16


class Wording(NamedTuple):
    """One distinct text of a story's block."""

    headline: str
    summary: str
    kicker: str
    byline: str
    image: str

    @property
    def digest(self) -> bytes:
        return _digest(self)[:12]


def wording_of(story: Story) -> Wording:
    return Wording(story.headline, story.summary, story.kicker, story.byline, story.image)


def edition_of(page: FrontPage) -> bytes:
    """Identity of a distinct state of a front page: its ordered (role, section, story, wording) list."""
    rows = [(s.role, s.section, s.canonical, *wording_of(s)) for s in page.stories]
    return _digest(rows)[:EDITION_BYTES]


def _content_of(slug: str, page: FrontPage) -> bytes:
    """Identity of everything that a front page's row holds, so that equal readings share it in any order of arrival."""
    stories = [(s.role, s.section, s.url, s.canonical, s.kind, *wording_of(s)) for s in page.stories]
    return _digest([slug, page.title, page.language, page.lead.body if page.lead else (), stories])[:EDITION_BYTES]


def _digest(value: object) -> bytes:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")).digest()


class Editions:
    """The front-page tables behind one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def keep(self, site_id: int, slug: str, page: FrontPage) -> tuple[int, bytes, dict[int, Wording]]:
        """Row of the front page, its edition, and the wordings that were new with it."""
        digest = _content_of(slug, page)
        row = self._connection.execute("SELECT id, edition FROM front_pages WHERE digest = ?", (digest,)).fetchone()
        if row:
            return row[0], row[1], {}
        new: dict[int, Wording] = {}
        sections = {name: self._section(name) for name in dict.fromkeys(story.section for story in page.stories)}
        placements = [self._place(site_id, slug, story, sections[story.section], new) for story in page.stories]
        edition = edition_of(page)
        cursor = self._connection.execute(
            """
            INSERT INTO front_pages (digest, edition, title, language, lead, body, placements)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            (
                digest,
                edition,
                page.title,
                page.language,
                next((place for place, story in enumerate(page.stories, 1) if story.role is Role.LEAD), None),
                json.dumps(page.lead.body if page.lead else (), ensure_ascii=False),
                encode(placements),
            ),
        )
        return int(cursor.lastrowid or 0), edition, new

    def _section(self, name: str) -> int:
        return self._row("sections", name=name)[0]

    def _place(self, site_id: int, slug: str, story: Story, section_id: int, new: dict[int, Wording]) -> Placement:
        row_id, _ = self._row("stories", story=story_id(slug, story.canonical), url=story.canonical, site_id=site_id)
        wording = wording_of(story)
        wording_id, is_new = self._wording(row_id, wording)
        if is_new:
            new[wording_id] = wording
        return Placement(row_id, wording_id, section_id, self._address(row_id, story), story.kind)

    def _wording(self, row_id: int, wording: Wording) -> tuple[int, bool]:
        key = ("story_id", "digest")
        return self._row("wordings", digest=wording.digest, story_id=row_id, **wording._asdict(), key=key)

    def _address(self, row_id: int, story: Story) -> int:
        spelling = spell(story.canonical, story.url)
        if spelling is not None:
            return spelling
        address_id, _ = self._row("addresses", story_id=row_id, url=story.url, key=("story_id", "url"))
        return len(SPELLINGS) + address_id

    def _row(self, table: str, *, key: Iterable[str] = (), **columns: object) -> tuple[int, bool]:
        """(id, is new) of the row with these columns; `key` names the unique ones, by default the first."""
        keys = tuple(key) or (next(iter(columns)),)
        where = " AND ".join(f"{name} = ?" for name in keys)
        row = self._connection.execute(f"SELECT id FROM {table} WHERE {where}", [columns[name] for name in keys])
        if known := row.fetchone():
            return int(known[0]), False
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        cursor = self._connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(columns.values()))
        return int(cursor.lastrowid or 0), True
