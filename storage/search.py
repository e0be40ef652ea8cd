"""Full text of every wording, in any language: found by word or phrase, told with when it stood there."""

import json
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from scraper.errors import ConfigError
from scraper.instants import epoch, from_epoch
from scraper.model import Role
from storage.captures import capture_name, site_row
from storage.scripts import LETTERS, SYLLABLES
from storage.spans import ALWAYS, LAST_SEEN, SpanKind

_UNSPACED = re.compile(f"([{SYLLABLES}{LETTERS}])")
CANDIDATES = 5_000  # spans that are ranked; ranking costs some microseconds each
_TERM = re.compile(r'"([^"]*)"|(\S+)')


def segment(text: str) -> str:
    """The text as it is indexed: a space around each character of a script that is written without spaces."""
    return text if text.isascii() else _UNSPACED.sub(r" \1 ", text)


def match_expression(query: str) -> str:
    """An FTS5 expression for what a person typed: all words, "phrases" whole, word* as a beginning."""
    return " ".join(phrases(query))


def phrases(query: str) -> list[str]:
    """The phrases of that expression, each one of its own. Raises ConfigError for a query without a word."""
    terms = []
    for phrase, word in _TERM.findall(query):
        text = segment(phrase or word.removesuffix("*")).replace('"', " ").strip()
        if any(character.isalnum() for character in text):
            terms.append(f'"{text}"' + ("*" if word.endswith("*") else ""))
    if not terms:
        raise ConfigError(f'"{query}" holds no word to search for')
    return terms


def last_wording(connection: sqlite3.Connection) -> int:
    """Row of the wording that was kept last, 0 where there is none."""
    return int(connection.execute("SELECT coalesce(max(id), 0) FROM wordings").fetchone()[0])


# Of the wordings that say the same of a story, with other images, the first is indexed.
INDEXED = """
    wordings AS new WHERE NOT EXISTS (
        SELECT 1 FROM wordings AS old WHERE old.story_id = new.story_id AND old.id < new.id
        AND old.headline = new.headline AND old.summary = new.summary AND old.kicker = new.kicker
    )
"""


def index_wordings(connection: sqlite3.Connection, *, after: int) -> None:
    """Make the wordings after a row findable."""
    rows = connection.execute(f"SELECT id, headline, summary, kicker FROM {INDEXED} AND id > ?", (after,))
    connection.executemany(
        "INSERT INTO words (rowid, headline, summary, kicker) VALUES (?, ?, ?, ?)",
        ((row, *map(segment, texts)) for row, *texts in rows),
    )


def unindexed(connection: sqlite3.Connection) -> list[int]:
    """Rows of the wordings that ought to be findable and are not."""
    rows = connection.execute(f"SELECT id FROM {INDEXED} AND id NOT IN (SELECT id FROM words_docsize)")
    return [row for (row,) in rows]


def indexed_in_vain(connection: sqlite3.Connection) -> list[int]:
    """Rows that the index knows and that are no wording's."""
    return [row for (row,) in connection.execute("SELECT id FROM words_docsize EXCEPT SELECT id FROM wordings")]


def index_wording(connection: sqlite3.Connection, row: int) -> None:
    """Make a wording findable that is not."""
    connection.execute(
        "INSERT INTO words (rowid, headline, summary, kicker) VALUES (?, ?, ?, ?)", (row, *_indexed(connection, row))
    )


def unindex_wording(connection: sqlite3.Connection, row: int) -> None:
    """Make a wording findable no more, if it is: the index has to be told what it holds of it."""
    if connection.execute("SELECT 1 FROM words_docsize WHERE id = ?", (row,)).fetchone():
        connection.execute(
            "INSERT INTO words (words, rowid, headline, summary, kicker) VALUES ('delete', ?, ?, ?, ?)",
            (row, *_indexed(connection, row)),
        )


def unindex_all(connection: sqlite3.Connection) -> None:
    """Empty the index."""
    connection.execute("INSERT INTO words (words) VALUES ('delete-all')")


def _indexed(connection: sqlite3.Connection, row: int) -> list[str]:
    """The texts of a wording as they are indexed."""
    texts = connection.execute("SELECT headline, summary, kicker FROM wordings WHERE id = ?", (row,)).fetchone()
    return [segment(text) for text in texts]


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
    """Best matches first, each with the span in which it stood there. Raises ConfigError for a query without a word.

    Of a word that more than CANDIDATES spans hold, those filed last are ranked: what ranks a single word that is so
    common is little more than the length of the text.
    """
    found = candidates(
        connection, query, sites=[site] if site else (), role=role, since=since, until=until, limit=limit
    )
    return [hit_of(connection, one) for one in found]


class Candidate(NamedTuple):
    """A hit before its capture is named; `text_id` is the row of the indexed text that matched."""

    rank: float
    first_seen: int
    last_seen: int
    site: str
    story: str
    url: str
    headline: str
    summary: str
    led: int
    capture_id: int
    text_id: int


def order(found: Candidate) -> tuple[float, int, str]:
    """The order of hits: best first, of equals the latest."""
    return found.rank, -found.first_seen, found.story


def candidates(
    connection: sqlite3.Connection,
    query: str,
    *,
    sites: Sequence[str] = (),
    role: Role | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = CANDIDATES,
) -> list[Candidate]:
    """The hits of one archive in their order, on all of its sites or some."""
    rows = connection.execute(
        f"""
        SELECT rank, first_seen,
            coalesce(last_seen, (SELECT max(instant) FROM observations WHERE site_id = found.site_id)),
            slug, found.story, found.url, headline, summary, led, capture_id, text_id
        FROM ({FOUND}) AS found JOIN sites ON sites.id = found.site_id
        JOIN observations ON observations.site_id = found.site_id AND instant = first_seen
        ORDER BY rank, first_seen DESC, found.story LIMIT :limit
        """,
        {
            "match": match_expression(query),
            "sites": json.dumps([site_row(connection, slug) for slug in sites]) if sites else None,
            "led": None if role is None else role is Role.LEAD,
            "since": epoch(since) if since else -ALWAYS,
            "until": epoch(until) if until else ALWAYS,
            "limit": limit,
        },
    )
    return [Candidate(*row) for row in rows]


# The stretches of time over which a text was printed, joined to it as `text`. CROSS JOIN keeps SQLite to this order.
STRETCHES = f"""
    CROSS JOIN stories ON stories.id = text.story_id
    CROSS JOIN wordings ON wordings.story_id = text.story_id AND wordings.headline = text.headline
        AND wordings.summary = text.summary AND wordings.kicker = text.kicker
    CROSS JOIN spans ON spans.site_id = stories.site_id AND spans.kind = {SpanKind.WORDING}
        AND spans.story_id = stories.id AND spans.value = wordings.id
"""
# Whether the story led at any time within such a stretch.
LED = f"""
    EXISTS (
        SELECT 1 FROM spans AS led
        WHERE led.site_id = spans.site_id AND led.kind = {SpanKind.LEAD} AND led.story_id = spans.story_id
        AND led.value = 0 AND led.first_seen <= coalesce(spans.last_seen, {ALWAYS})
        AND coalesce(led.last_seen, {ALWAYS}) >= spans.first_seen
    ) AS led
"""
# It stops at the limit instead of sorting all that match.
FOUND = f"""
    SELECT stories.site_id, stories.story, stories.url, wordings.headline, wordings.summary,
        spans.first_seen, spans.last_seen, rank, text.id AS text_id, {LED}
    FROM words
    CROSS JOIN wordings AS text ON text.id = words.rowid
    {STRETCHES}
    WHERE words MATCH :match AND (:sites IS NULL OR stories.site_id IN (SELECT value FROM json_each(:sites)))
    AND spans.first_seen < :until AND {LAST_SEEN} >= :since
    AND (:led IS NULL OR led = :led)
    ORDER BY words.rowid DESC LIMIT {CANDIDATES}
"""


def hit_of(connection: sqlite3.Connection, found: Candidate) -> Hit:
    return Hit(
        site=found.site, story=found.story, url=found.url, headline=found.headline, summary=found.summary,
        role=Role.LEAD if found.led else Role.TEASER,
        first_seen=from_epoch(found.first_seen), last_seen=from_epoch(found.last_seen),
        capture=capture_name(connection, found.capture_id),
    )  # fmt: skip
