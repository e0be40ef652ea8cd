"""What is asked of the invented archives: each question with how its subject is drawn, and how fast it should be."""

import random
import sqlite3
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from benchmarks.questions_words import Words
from scraper.instants import from_epoch
from storage.changes import changes
from storage.history import history
from storage.queries import leads, leads_about, show, stories
from storage.search import search

HOUR_S: Final = 3600
COMPARED: Final = 20  # sites
# Ranks in the vocabulary: of a word in most texts, of one in about a hundredth of them, and of one in a few thousand
# of a million captures' texts.
COMMONEST, COMMON, RARE = 0, 250, 10_000


class Asked:
    """An archive with what is drawn from it: sites, instants, stories, words."""

    def __init__(self, connection: sqlite3.Connection, *, sites: int, words: Words) -> None:
        self.connection, self.words, self._sites = connection, words, sites
        self.first, self.last = connection.execute("SELECT min(instant), max(instant) FROM observations").fetchone()
        (self._stories,) = connection.execute("SELECT max(id) FROM stories").fetchone()

    def site(self, chance: random.Random) -> str:
        return f"paper-{1 + chance.randrange(self._sites):03}"

    def sites(self, chance: random.Random) -> list[str]:
        return [self.site(chance) for _ in range(COMPARED)]

    def instant(self, chance: random.Random) -> datetime:
        return from_epoch(self.first + HOUR_S + chance.randrange(self.last - self.first - HOUR_S))

    def story(self, chance: random.Random) -> str:
        row = self.connection.execute("SELECT story FROM stories WHERE id = ?", (1 + chance.randrange(self._stories),))
        return str(row.fetchone()[0])

    def phrase(self, chance: random.Random) -> str:
        return f'"{self.words.cut(chance, 3)}"'


Subject = Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A question: its name, how long it may take (milliseconds; None: no word was given), its subject, how to ask."""

    name: str
    target_ms: int | None
    draw: Callable[[Asked, random.Random], Subject]
    ask: Callable[[Asked, Subject], object]


def _all(rows: Iterable[object]) -> None:
    deque(rows, maxlen=0)


def _place_and_time(asked: Asked, chance: random.Random) -> tuple[str, datetime]:
    return asked.site(chance), asked.instant(chance)


def _show(asked: Asked, subject: tuple[str, datetime]) -> None:
    show(asked.connection, *subject)


def _leads(asked: Asked, subject: tuple[str, datetime]) -> None:
    site, since = subject
    _all(leads(asked.connection, site, since=since, until=since + timedelta(days=30)))


def _stories(asked: Asked, subject: tuple[str, datetime]) -> None:
    site, since = subject
    _all(stories(asked.connection, site, since=since, until=since + timedelta(days=7)))


def _changes(asked: Asked, subject: tuple[str, datetime]) -> None:
    site, since = subject
    _all(changes(asked.connection, site, since=since, until=since + timedelta(days=1)))


def _compare(asked: Asked, subject: tuple[list[str], datetime]) -> None:
    sites, at = subject
    for site in sites:
        show(asked.connection, site, at)


def _word_of(rank: int) -> Callable[[Asked, random.Random], str]:
    """Draws a word of about that rank."""
    return lambda asked, chance: asked.words.by_rank[rank + chance.randrange(rank // 10 + 1)]


def _find(asked: Asked, query: str) -> None:
    search(asked.connection, query)


QUESTIONS: Final = (
    Question(name="show at an instant", target_ms=5, draw=_place_and_time, ask=_show),
    Question(name="a month of leads", target_ms=50, draw=_place_and_time, ask=_leads),
    Question(
        name="a story's history",
        target_ms=10,
        draw=lambda asked, chance: asked.story(chance),
        ask=lambda asked, story: history(asked.connection, story),
    ),
    Question(name="all stories of a week", target_ms=200, draw=_place_and_time, ask=_stories),
    Question(name="a day of changes", target_ms=None, draw=_place_and_time, ask=_changes),
    Question(
        name="compare 20 sites",
        target_ms=50,
        draw=lambda asked, chance: (asked.sites(chance), asked.instant(chance)),
        ask=_compare,
    ),
    Question(name="search: a rare word", target_ms=100, draw=_word_of(RARE), ask=_find),
    Question(name="search: a common word", target_ms=100, draw=_word_of(COMMON), ask=_find),
    Question(name="search: the commonest", target_ms=100, draw=_word_of(COMMONEST), ask=_find),
    Question(
        name="search: common, on a site",
        target_ms=None,
        draw=lambda asked, chance: (_word_of(COMMON)(asked, chance), asked.site(chance)),
        ask=lambda asked, subject: search(asked.connection, subject[0], site=subject[1]),
    ),
    Question(
        name="who led with a rare word",
        target_ms=None,
        draw=_word_of(RARE),
        ask=lambda asked, query: _all(leads_about(asked.connection, query)),
    ),
    Question(name="search: a phrase", target_ms=100, draw=lambda asked, chance: asked.phrase(chance), ask=_find),
)
