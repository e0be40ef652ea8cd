"""Where a story may go on under another URL: stories of the same site and days whose headlines share most words."""

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from storage.search import segment
from storage.spans import SpanKind

SIMILAR = 0.5  # Jaccard index of the headlines' words; unrelated headlines of one day on one site stay under 0.3
WITHIN_S = 2 * 86_400
MOST = 5
CANDIDATES = 50
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Continuation:
    """Another story that is likely this one under another URL."""

    story: str
    url: str
    headline: str
    similarity: float


def words_of(headline: str) -> frozenset[str]:
    """The words of a headline; of scripts without spaces, its characters."""
    return frozenset(_WORD.findall(segment(headline.casefold())))


def similarity(one: str, other: str) -> float:
    """Jaccard index of two headlines' words: shared over all."""
    a, b = words_of(one), words_of(other)
    return len(a & b) / len(a | b) if a and b else 0.0


def continuations(connection: sqlite3.Connection, site_id: int, row_id: int) -> Iterator[Continuation]:
    """The most similar stories that stood on the page within two days of this one, best first."""
    latest = connection.execute(
        """
        SELECT headline, first_seen, coalesce(last_seen, first_seen) FROM spans JOIN wordings ON wordings.id = value
        WHERE site_id = ? AND kind = ? AND spans.story_id = ? ORDER BY first_seen DESC LIMIT 1
        """,
        (site_id, SpanKind.WORDING, row_id),
    ).fetchone()
    if latest is None or not words_of(latest[0]):
        return
    headline, first_seen, last_seen = latest
    rows = connection.execute(
        f"""
        WITH found AS (
            SELECT rowid AS wording_id FROM words WHERE words MATCH ? ORDER BY rank LIMIT {CANDIDATES * 10}
        )
        SELECT DISTINCT story, url, headline FROM found
        JOIN wordings ON wordings.id = wording_id JOIN stories ON stories.id = wordings.story_id
        JOIN spans ON spans.site_id = ? AND kind = {SpanKind.WORDING} AND spans.story_id = stories.id
            AND value = wording_id
        WHERE stories.id != ? AND first_seen BETWEEN ? AND ? LIMIT {CANDIDATES}
        """,
        (_any_of(words_of(headline)), site_id, row_id, first_seen - WITHIN_S, last_seen + WITHIN_S),
    )
    best: dict[str, Continuation] = {}
    for story, url, other in rows.fetchall():
        found = Continuation(story=story, url=url, headline=other, similarity=round(similarity(headline, other), 2))
        if found.similarity >= SIMILAR and (story not in best or best[story].similarity < found.similarity):
            best[story] = found
    yield from sorted(best.values(), key=lambda found: (-found.similarity, found.story))[:MOST]


def _any_of(words: frozenset[str]) -> str:
    """An FTS5 expression that any of the words matches in a headline."""
    return "headline : (" + " OR ".join(f'"{word}"' for word in sorted(words)) + ")"
