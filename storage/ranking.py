"""Ranks of matches over several full-text indexes, as one index of all their texts would give them.

FTS5 ranks by BM25 (sqlite.org/fts5.html, 4.1), with how rare a phrase is and how long texts are in that index. What
it used is in the index too, so how often a text holds each phrase can be had back from the ranks of the phrases alone,
and BM25 be computed anew from the sums over all indexes: to the last bit what a merged archive would rank by.
"""

import math
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

K1, B = 1.2, 0.75  # FTS5's own


@dataclass(frozen=True, kw_only=True, slots=True)
class Corpus:
    """Of some texts: how many there are, of how many words in all, and how many hold each phrase of a query."""

    texts: int
    words: int
    holding: tuple[int, ...]

    def __add__(self, other: "Corpus") -> "Corpus":
        holding = tuple(a + b for a, b in zip(self.holding, other.holding, strict=True))
        return Corpus(texts=self.texts + other.texts, words=self.words + other.words, holding=holding)

    def rarity(self, phrase: int) -> float:
        """Inverse document frequency of a phrase, by its place in the query."""
        holding = self.holding[phrase]
        rarity = math.log((self.texts - holding + 0.5) / (holding + 0.5))
        return rarity if rarity > 0 else 1e-6

    def damping(self, length: int) -> float:
        """What the number of times a phrase occurs is held against, in a text of so many words."""
        return K1 * (1 - B + B * length / (self.words / self.texts))

    def rank(self, times: Sequence[int], length: int) -> float:
        """BM25 of a text of so many words that holds each phrase so many times; less is better, as FTS5 has it."""
        damping, score = self.damping(length), 0.0
        for phrase, count in enumerate(times):
            score += self.rarity(phrase) * ((count * (K1 + 1.0)) / (count + damping))
        return -score

    def times(self, phrase: int, rank: float, length: int) -> int:
        """How many times a text holds a phrase, from the rank that the phrase alone gave it."""
        share = -rank / self.rarity(phrase)
        return round(share * self.damping(length) / (K1 + 1.0 - share))


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """An indexed text: of how many words it is, and how many times it holds each phrase of a query."""

    length: int
    times: tuple[int, ...]


def corpus(connection: sqlite3.Connection, phrases: Sequence[str]) -> Corpus:
    """Of the archive's index of words."""
    row = connection.execute("SELECT block FROM words_data WHERE id = 1").fetchone()  # FTS5's record of averages
    texts, *words = _numbers(row[0]) if row and row[0] else (0,)
    holding = (
        connection.execute("SELECT count(*) FROM words WHERE words MATCH ?", (phrase,)).fetchone()[0]
        for phrase in phrases
    )
    return Corpus(texts=texts, words=sum(words), holding=tuple(holding))


def texts_of(connection: sqlite3.Connection, phrases: Sequence[str], rows: Sequence[int]) -> Mapping[int, Text]:
    """The texts in these rows of the archive's index, all of which hold every phrase."""
    if not rows:
        return {}
    here = corpus(connection, phrases)
    lengths = {row: _length(connection, row) for row in set(rows)}
    span = (min(rows), max(rows))
    times: dict[int, list[int]] = {row: [] for row in lengths}
    for place, phrase in enumerate(phrases):
        ranks = connection.execute(
            "SELECT rowid, rank FROM words WHERE words MATCH ? AND rowid BETWEEN ? AND ?", (phrase, *span)
        )
        for row, rank in ranks:
            if row in times:
                times[row].append(here.times(place, rank, lengths[row]))
    return {row: Text(length=length, times=tuple(times[row])) for row, length in lengths.items()}


def whole(corpora: Sequence[Corpus]) -> Corpus:
    """All of them as one."""
    return reduce(Corpus.__add__, corpora)


def _length(connection: sqlite3.Connection, row: int) -> int:
    (sizes,) = connection.execute("SELECT sz FROM words_docsize WHERE id = ?", (row,)).fetchone()
    return sum(_numbers(sizes))


def _numbers(data: bytes) -> Iterator[int]:
    """The numbers of a record: SQLite's varints (sqlite.org/fileformat.html, 1.6), none of them near nine bytes."""
    number = 0
    for byte in data:
        number = number << 7 | byte & 0x7F
        if not byte & 0x80:
            yield number
            number = 0
