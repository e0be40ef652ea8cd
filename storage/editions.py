"""Front pages as rows: stories, wordings, sections and printed addresses once each, their order as placements."""

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
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
        """Of all its texts, each behind its length; JSON takes four times as long, and a page has a hundred."""
        return _digest("".join([f"{len(text)}:{text}" for text in self]))[:12]


def wording_of(story: Story) -> Wording:
    return Wording(story.headline, story.summary, story.kicker, story.byline, story.image)


@dataclass(frozen=True, slots=True)
class _Block:
    """A story of a page with its wording and that one's digest."""

    story: Story
    wording: Wording
    digest: bytes


def _blocks(page: FrontPage) -> list[_Block]:
    return [_Block(story, wording := wording_of(story), wording.digest) for story in page.stories]


def fingerprint(slug: str, page: FrontPage) -> tuple[bytes, bytes]:
    """(digest, edition) under which a front page is kept."""
    blocks = _blocks(page)
    return _content_of(slug, page, blocks), _edition_of(blocks)


def _edition_of(blocks: Sequence[_Block]) -> bytes:
    """Identity of a distinct state of a front page: its ordered (role, section, story, wording) list."""
    return _page_digest([(b.story.role, b.story.section, b.story.canonical, b.digest.hex()) for b in blocks])


def _content_of(slug: str, page: FrontPage, blocks: Sequence[_Block]) -> bytes:
    """Identity of everything that a front page's row holds, so that equal readings share it in any order of arrival."""
    rows = [
        (b.story.role, b.story.section, b.story.url, b.story.canonical, b.story.kind, b.digest.hex()) for b in blocks
    ]
    return _page_digest([slug, page.title, page.language, page.lead.body if page.lead else (), rows])


def _page_digest(value: object) -> bytes:
    return _digest(json.dumps(value, ensure_ascii=False))[:EDITION_BYTES]


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


class Editions:
    """The front-page tables behind one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def keep(self, site_id: int, slug: str, page: FrontPage) -> tuple[int, bytes]:
        """Row of the front page, and its edition."""
        blocks = _blocks(page)
        digest = _content_of(slug, page, blocks)
        row = self._connection.execute("SELECT id, edition FROM front_pages WHERE digest = ?", (digest,)).fetchone()
        if row:
            return row[0], row[1]
        placements = self._placements(site_id, slug, blocks)
        edition = _edition_of(blocks)
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
        return int(cursor.lastrowid or 0), edition

    def _placements(self, site_id: int, slug: str, blocks: Sequence[_Block]) -> list[Placement]:
        stories = [block.story for block in blocks]
        rows = self._stories(site_id, slug, stories)
        wordings = self._wordings([(rows[block.story.canonical], block) for block in blocks])
        sections = {name: self._section(name) for name in dict.fromkeys(story.section for story in stories)}
        return [
            Placement(row_id, wording_id, sections[story.section], self._address(row_id, story), story.kind)
            for story, (row_id, wording_id) in zip(stories, wordings, strict=True)
        ]

    def _stories(self, site_id: int, slug: str, stories: Sequence[Story]) -> dict[str, int]:
        """Row of each story by its canonical URL, made where there is none."""
        names = {story_id(slug, story.canonical): story.canonical for story in stories}
        self._connection.executemany(
            "INSERT INTO stories (site_id, story, url) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [(site_id, name, url) for name, url in names.items()],
        )
        rows = self._connection.execute(
            "SELECT story, id FROM stories WHERE story IN (SELECT value FROM json_each(?))", (json.dumps(list(names)),)
        )
        return {names[name]: row_id for name, row_id in rows}

    def _wordings(self, blocks: Sequence[tuple[int, _Block]]) -> list[tuple[int, int]]:
        """(story, wording) of each (story, block), made where there is none."""
        self._connection.executemany(
            """
            INSERT INTO wordings (story_id, digest, headline, summary, kicker, byline, image)
            VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """,
            [(story, block.digest, *block.wording) for story, block in blocks],
        )
        rows = self._connection.execute(
            "SELECT story_id, digest, id FROM wordings WHERE story_id IN (SELECT value FROM json_each(?))",
            (json.dumps([story for story, _ in blocks]),),
        )
        found = {(story, digest): row_id for story, digest, row_id in rows}
        return [(story, found[story, block.digest]) for story, block in blocks]

    def _section(self, name: str) -> int:
        return self._row("sections", name=name)

    def _address(self, row_id: int, story: Story) -> int:
        spelling = spell(story.canonical, story.url)
        if spelling is not None:
            return spelling
        return len(SPELLINGS) + self._row("addresses", story_id=row_id, url=story.url)

    def _row(self, table: str, **columns: object) -> int:
        """The row with these columns, made where there is none."""
        where = " AND ".join(f"{name} = ?" for name in columns)
        row = self._connection.execute(f"SELECT id FROM {table} WHERE {where}", tuple(columns.values())).fetchone()
        if row:
            return int(row[0])
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        cursor = self._connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(columns.values()))
        return int(cursor.lastrowid or 0)
