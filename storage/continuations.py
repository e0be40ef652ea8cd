"""Where a story may go on under another URL: stories of the same site and days whose headlines share most words."""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from storage.scripts import SYLLABLES
from storage.spans import SpanKind

SIMILAR = 0.5  # Jaccard index of the headlines' words; unrelated headlines of one day on one site stay under 0.3
WITHIN_S = 2 * 86_400
MOST = 5
_WORD = re.compile(rf"[{SYLLABLES}]|[^\W{SYLLABLES}]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Continuation:
    """Another story that is likely this one under another URL."""

    story: str
    url: str
    headline: str
    similarity: float


def words_of(headline: str) -> frozenset[str]:
    """The words of a headline; of Chinese, Japanese and Korean its characters, of Thai and its kin what stands between
    marks: all texts share the few letters.
    """
    return frozenset(_WORD.findall(headline.casefold()))


def similarity(one: str, other: str) -> float:
    """Jaccard index of two headlines' words: shared over all."""
    return _shared(words_of(one), words_of(other))


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


def continuations(connection: sqlite3.Connection, site_id: int, row_id: int) -> Iterator[Continuation]:
    """The most similar stories that came onto the page within two days of this one's coming or going, best first."""
    latest = connection.execute(
        """
        SELECT headline, first_seen, coalesce(last_seen, first_seen) FROM spans JOIN wordings ON wordings.id = value
        WHERE site_id = ? AND kind = ? AND spans.story_id = ? ORDER BY +first_seen DESC LIMIT 1
        """,
        (site_id, SpanKind.WORDING, row_id),
    ).fetchone()
    if latest is None:
        return
    headline, *instants = latest
    words = words_of(headline)
    best: dict[str, Continuation] = {}
    for story, url, other in _around(connection, site_id, row_id, instants):
        found = Continuation(story=story, url=url, headline=other, similarity=round(_shared(words, words_of(other)), 2))
        if found.similarity >= SIMILAR and (story not in best or best[story].similarity < found.similarity):
            best[story] = found
    yield from sorted(best.values(), key=lambda found: (-found.similarity, found.story))[:MOST]


def _around(
    connection: sqlite3.Connection, site_id: int, row_id: int, instants: Sequence[int]
) -> list[tuple[str, str, str]]:
    """(story, URL, headline) of the other wordings of a site that came within two days of one of two instants."""
    came, went = instants
    return connection.execute(
        f"""
        SELECT story, url, headline FROM spans
        JOIN wordings ON wordings.id = value JOIN stories ON stories.id = spans.story_id
        WHERE spans.site_id = :site AND kind = {SpanKind.WORDING} AND spans.story_id != :story
        AND first_seen BETWEEN :came - {WITHIN_S} AND :went + {WITHIN_S}
        AND (first_seen <= :came + {WITHIN_S} OR first_seen >= :went - {WITHIN_S})
        """,
        {"site": site_id, "story": row_id, "came": came, "went": went},
    ).fetchall()
