"""Parquet of invented front pages as `frontpage export` writes it: its columns, types, compression and row groups.

A site's page has STORIES stories, NEW of them new in every hourly capture, each of which moves down until it is gone.
One of the new ones leads for HELD captures, every fourth is renamed when it is RENAMED_AFTER captures old. Columns are
made by the row group, not by the row, so that a hundred million rows take minutes.
"""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as arrow

from benchmarks.questions_words import Words
from scraper.instants import compact, from_epoch
from scraper.urls import story_id
from storage.columns import export_columns
from storage.parquet import ROWS_A_GROUP, opened

STORIES: Final = 100
NEW: Final = 4
HELD: Final = 2  # captures
RENAMED_AFTER: Final = 3  # captures
EVERY_S: Final = 3600
BEGIN: Final = 1_764_547_200  # 2025-12-01
FLOOD: Final = 0.002  # share of stories about what README asks about
SECTIONS: Final = ("World", "Politics", "Region", "Business", "Culture", "Science", "Sport", "Opinion", "")
WEIGHTS: Final = (6, 6, 5, 3, 2, 2, 4, 1, 3)

Columns = dict[str, Any]


class Paper:
    """An invented site: its stories, in the order in which they come."""

    def __init__(self, number: int, captures: int, words: Words) -> None:
        chance = random.Random(number)
        self.slug, self.captures = f"paper-{number:03}", captures
        self.home = f"https://www.{self.slug}.example/"
        stories = range(STORIES + NEW * captures)
        sections = chance.choices(SECTIONS, WEIGHTS, k=len(stories))
        self.urls = [f"{self.home}{name.lower() or 'news'}/article-{story}" for story, name in enumerate(sections)]
        self.ids = [story_id(self.slug, url.replace("www.", "")) for url in self.urls]
        self.headlines = [
            f"{about}{words.cut(chance, chance.randint(5, 11))}".capitalize()
            for about in ("Flood " if chance.random() < FLOOD else "" for _ in stories)
            for _ in range(2)
        ]
        summaries = [words.cut(chance, 20).capitalize() + "." if chance.random() < 0.6 else "" for _ in stories]
        self.texts: dict[str, Sequence[str]] = {
            "section": sections,
            "summary": summaries,
            "kicker": [words.cut(chance, 1).upper() if chance.random() < 0.2 else "" for _ in stories],
            "byline": [f"By {words.cut(chance, 2).title()}" if chance.random() < 0.3 else "" for _ in stories],
            "url": self.urls,
            "story": self.ids,
            "image": [f"{url}.jpg?width=480" for url in self.urls],
            "kind": chance.choices(("story", "live", "opinion", "video"), (90, 2, 5, 3), k=len(stories)),
        }


def write_paper(paper: Paper, folder: Path) -> int:
    """Write the paper's exports, each into a folder of its own; how many rows there are."""
    rows = 0
    for what, batches in (("readings", _readings), ("leads", _leads), ("changes", _changes)):
        (folder / what).mkdir(exist_ok=True)
        file = folder / what / f"{paper.slug}.parquet"
        with file.open("wb") as out, opened(out, export_columns(what)) as writer:
            for columns in batches(paper):
                arrays = [columns[field.name].cast(field.type) for field in writer.schema]
                writer.write_batch(arrow.record_batch(arrays, schema=writer.schema), ROWS_A_GROUP)
                rows += len(arrays[0])
    return rows


def _readings(paper: Paper) -> Iterator[Columns]:
    """The columns of `readings`, a row group at a time."""
    texts = {name: arrow.array(values) for name, values in paper.texts.items()}
    headlines = arrow.array(paper.headlines)
    a_group = ROWS_A_GROUP // STORIES
    for first in range(0, paper.captures, a_group):
        capture = np.repeat(np.arange(first, min(first + a_group, paper.captures)), STORIES)
        place = np.tile(np.arange(STORIES), len(capture) // STORIES)
        age = place // NEW
        story = STORIES + NEW * (capture - age) + place % NEW
        leads = story == STORIES + NEW * (capture // HELD * HELD)
        renamed = (story % 4 == 0) & (age >= RENAMED_AFTER)
        same = {
            "site": paper.slug, "title": paper.slug.title(), "language": "en", "quality": "ok", "problem": "",
            "reader": "5", "layout": "", "page_url": paper.home,
        }  # fmt: skip
        columns: Columns = {name: arrow.repeat(value, len(story)) for name, value in same.items()}
        columns |= {name: values.take(arrow.array(story)) for name, values in texts.items()}
        columns |= {
            "captured_at": _instants(capture),
            "role": arrow.array(np.where(leads, "lead", "teaser")),
            "position": arrow.array(place + 1),
            "headline": headlines.take(arrow.array(2 * story + renamed)),
            "confidence": arrow.array(0.5 + story % 50 / 100, mask=~leads),
        }
        yield columns


def _leads(paper: Paper) -> Iterator[Columns]:
    """The columns of `leads`."""
    first = np.arange(0, paper.captures, HELD)
    last = np.minimum(first + HELD, paper.captures) - 1
    story = STORIES + NEW * first
    headlines = arrow.array(paper.headlines).take(arrow.array(2 * story))
    yield _stretches(paper, story, first, last, headlines) | {"url": arrow.array(paper.urls).take(arrow.array(story))}


def _changes(paper: Paper) -> Iterator[Columns]:
    """The columns of `changes`: what came and went, each new lead and the one before it, and what was renamed."""
    captures = np.arange(1, paper.captures)
    turns = captures[captures % HELD == 0]
    comes, goes, renamed = (
        (STORIES + NEW * (captures - age)[:, None] + np.arange(NEW)).ravel()
        for age in (0, STORIES // NEW, RENAMED_AFTER)
    )
    each = np.repeat(captures, NEW)
    is_renamed = renamed % 4 == 0
    leads, led = STORIES + NEW * turns, STORIES + NEW * (turns - HELD)
    parts = [
        ("lead-changed", turns, leads),
        ("appeared", each, comes),
        ("dropped", each, goes),
        ("demoted", turns, led),
        ("headline-edited", each[is_renamed], renamed[is_renamed]),
    ]
    kind = np.repeat(np.arange(len(parts)), [len(capture) for _, capture, _ in parts])
    capture, story = (np.concatenate(columns) for columns in list(zip(*parts, strict=True))[1:])
    was = np.full(len(story), -1)  # the text that was there before, by its place in the paper's headlines
    was[kind == 0], was[kind == 4] = 2 * led, 2 * story[kind == 4]
    order = np.lexsort((np.array(paper.ids)[story], kind, capture))
    kind, capture, story, was = kind[order], capture[order], story[order], was[order]
    is_late = (story % 4 == 0) & (capture - (story - STORIES) // NEW >= RENAMED_AFTER)
    letters = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", "S1")
    ids = (
        np.random.default_rng(list(paper.slug.encode()))
        .choice(letters, (len(story), 12))
        .view("S12")
        .ravel()
        .astype(str)
    )
    names = arrow.array([f"{paper.slug}/{compact(from_epoch(BEGIN + n * EVERY_S))}" for n in range(paper.captures)])
    headlines = arrow.array([*paper.headlines, ""])
    yield {
        "id": arrow.array(ids),
        "site": arrow.repeat(paper.slug, len(story)),
        "kind": arrow.array([name for name, *_ in parts]).take(arrow.array(kind)),
        "at": _instants(capture),
        "capture": names.take(arrow.array(capture)),
        "before": names.take(arrow.array(capture - 1)),
        "story": arrow.array(paper.ids).take(arrow.array(story)),
        "url": arrow.array(paper.urls).take(arrow.array(story)),
        "headline": headlines.take(arrow.array(2 * story + is_late)),
        "was": headlines.take(arrow.array(was % len(headlines))),
        "role": arrow.array(np.where(story == STORIES + NEW * (capture // HELD * HELD), "lead", "teaser")),
        "rotation": arrow.repeat(False, len(story)),
    }


def _stretches(paper: Paper, story: Any, first: Any, last: Any, headlines: Any) -> Columns:
    """The columns that say of stories from which capture to which they stood there under these headlines."""
    is_open = (first == 0) | (last == paper.captures - 1)
    return {
        "site": arrow.repeat(paper.slug, len(story)),
        "story": arrow.array(paper.ids).take(arrow.array(story)),
        "headline": headlines,
        "first_seen": _instants(first),
        "last_seen": _instants(last),
        "not_before": _instants(first - 1, mask=first == 0),
        "gone_by": _instants(last + 1, mask=last == paper.captures - 1),
        "at_least_s": arrow.array((last - first) * EVERY_S),
        "at_most_s": arrow.array((last - first + 2) * EVERY_S, mask=is_open),
        "captures": arrow.array(last - first + 1),
    }


def _instants(captures: Any, mask: Any = None) -> Any:
    return arrow.array((BEGIN + captures * EVERY_S) * 1000, arrow.timestamp("ms", tz="UTC"), mask=mask)
