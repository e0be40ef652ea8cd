"""Full text of every wording, in any language: found by word or phrase, told with when it stood there."""

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from scraper.errors import ConfigError
from scraper.instants import epoch, from_epoch
from scraper.model import Role
from storage.captures import capture_name, site_row
from storage.editions import Wording
from storage.observations import gap_of
from storage.spans import SpanKind, line_of

# Han, kana and hangul, also the supplementary Han planes: written without spaces, so every character is a word.
_UNSPACED = re.compile("([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff])")
_TERM = re.compile(r'"([^"]*)"|(\S+)')
ALWAYS = 1 << 62


def segment(text: str) -> str:
    """The text as it is indexed: a space around each character of a script that is written without spaces."""
    return _UNSPACED.sub(r" \1 ", text)


def match_expression(query: str) -> str:
    """An FTS5 expression for what a person typed: all words, "phrases" whole, word* as a beginning."""
    terms = []
    for phrase, word in _TERM.findall(query):
        text = segment(phrase or word.removesuffix("*")).replace('"', " ").strip()
        if any(character.isalnum() for character in text):
            terms.append(f'"{text}"' + ("*" if word.endswith("*") else ""))
    if not terms:
        raise ConfigError(f'"{query}" holds no word to search for')
    return " ".join(terms)


def index_wordings(connection: sqlite3.Connection, wordings: Mapping[int, Wording]) -> None:
    """Make wordings findable; once each."""
    connection.executemany(
        "INSERT INTO words (rowid, headline, summary, kicker) VALUES (?, ?, ?, ?)",
        [(row, segment(w.headline), segment(w.summary), segment(w.kicker)) for row, w in wordings.items()],
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """A stretch of time over which a wording that matches stood on a page."""

    site: str
    story: str
    url: str
    headline: str
    summary: str
    role: Role
    first_seen: datetime
    last_seen: datetime
    capture: str


def search(
    connection: sqlite3.Connection,
    query: str,
    *,
    site: str = "",
    role: Role | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 50,
) -> list[Hit]:
    """Best matches first, each with the span in which it stood there. Raises ConfigError for a query without a word."""
    rows = connection.execute(
        f"""
        WITH found AS (SELECT rowid AS wording_id, rank FROM words WHERE words MATCH :match)
        SELECT * FROM (
            SELECT sites.slug, spans.site_id, stories.story, stories.url, headline, summary,
                first_seen, last_seen, rank,
                EXISTS (
                    SELECT 1 FROM spans AS led
                    WHERE led.site_id = spans.site_id AND led.kind = {SpanKind.LEAD} AND led.story_id = spans.story_id
                    AND led.value = 0 AND led.first_seen <= coalesce(spans.last_seen, {ALWAYS})
                    AND coalesce(led.last_seen, {ALWAYS}) >= spans.first_seen
                ) AS led
            FROM found
            JOIN wordings ON wordings.id = wording_id
            JOIN stories ON stories.id = wordings.story_id
            JOIN sites ON sites.id = stories.site_id
            JOIN spans ON spans.site_id = stories.site_id AND spans.kind = {SpanKind.WORDING}
                AND spans.story_id = stories.id AND spans.value = wording_id
            WHERE (:site_id IS NULL OR stories.site_id = :site_id)
            AND spans.first_seen < :until AND coalesce(spans.last_seen, {ALWAYS}) >= :since
        )
        WHERE :led IS NULL OR led = :led
        ORDER BY rank, first_seen DESC, story LIMIT :limit
        """,
        {
            "match": match_expression(query),
            "site_id": site_row(connection, site) if site else None,
            "led": None if role is None else role is Role.LEAD,
            "since": epoch(since) if since else -ALWAYS,
            "until": epoch(until) if until else ALWAYS,
            "limit": limit,
        },
    ).fetchall()
    lines = {site_id: line_of(connection, site_id, gap_of(connection, site_id)) for site_id in {row[1] for row in rows}}
    return [_hit(connection, row, lines[row[1]].bounds(row[6], row[7]).last_seen) for row in rows]


def _hit(
    connection: sqlite3.Connection,
    row: tuple[str, int, str, str, str, str, int, int | None, float, int],
    last_seen: int,
) -> Hit:
    slug, site_id, story, url, headline, summary, first_seen, _, _, led = row
    (capture_id,) = connection.execute(
        "SELECT capture_id FROM observations WHERE site_id = ? AND instant = ?", (site_id, first_seen)
    ).fetchone()
    return Hit(
        site=slug, story=story, url=url, headline=headline, summary=summary,
        role=Role.LEAD if led else Role.TEASER,
        first_seen=from_epoch(first_seen), last_seen=from_epoch(last_seen),
        capture=capture_name(connection, capture_id),
    )  # fmt: skip
