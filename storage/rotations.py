"""Headlines in rotation, asked of many stories at once: those that `history` marks so of one."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from scraper.instants import epoch
from scraper.urls import story_id
from storage.captures import site_row
from storage.differences import Difference, differ
from storage.edits import ROTATION_WINDOW_S, Run, rotation_shares
from storage.queries import Shown
from storage.spans import ALWAYS, SpanKind


class Turn(NamedTuple):
    """A stretch of time over which a story, by its row, had a headline that rotates; of an open one no end is known."""

    story: int
    first_seen: int
    last_seen: int

    def holds(self, instant: int) -> bool:
        return self.first_seen <= instant <= self.last_seen


def turns(connection: sqlite3.Connection, site_id: int, since: Mapping[int, int]) -> Iterator[Turn]:
    """The turns of some stories that began at an instant or later, each story's own, and some that began before."""
    rows = connection.execute(
        f"""
        SELECT spans.story_id, first_seen, coalesce(last_seen, {ALWAYS}), headline
        FROM json_each(:since) CROSS JOIN spans ON spans.site_id = :site_id AND kind = :kind
            AND spans.story_id = CAST(json_each.key AS INTEGER)
        CROSS JOIN wordings ON wordings.id = spans.value
        WHERE last_seen IS NULL OR last_seen >= json_each.value - :window ORDER BY spans.story_id, first_seen
        """,
        {
            "since": json.dumps(since),
            "site_id": site_id,
            "kind": SpanKind.WORDING,
            "window": ROTATION_WINDOW_S,  # what stood before that makes nothing rotate that came since
        },
    )
    for _, found in groupby(rows, key=itemgetter(0)):
        spans = list(found)
        runs = [Run(text=headline, first=first, last=last, captures=1) for _, first, last, headline in spans]
        for (story, first, last, _), share in zip(spans, rotation_shares(runs), strict=True):
            if share is not None:
                yield Turn(story, first, last)


def difference(connection: sqlite3.Connection, earlier: Shown, later: Shown) -> Difference:
    """What differs between two pages of a site, the headlines marked that rotate on the later one."""
    found = differ(earlier.page, later.page)
    names = {change: story_id(later.site, change.now.canonical) for change in found.retitled}
    rotating = _rotating(connection, later, list(names.values()))
    return replace(found, retitled=tuple(replace(change, rotation=name in rotating) for change, name in names.items()))


def _rotating(connection: sqlite3.Connection, shown: Shown, stories: Sequence[str]) -> set[str]:
    """Those of some stories on a page whose headline there is one of several in rotation."""
    site_id, at = site_row(connection, shown.site), epoch(shown.captured_at)
    rows = connection.execute(
        """
        SELECT id, story, (
            SELECT max(first_seen) FROM spans
            WHERE site_id = stories.site_id AND kind = ? AND story_id = stories.id AND first_seen <= ?
        ) FROM stories WHERE story IN (SELECT value FROM json_each(?))
        """,
        (SpanKind.WORDING, at, json.dumps(stories)),
    ).fetchall()
    found = {
        turn.story for turn in turns(connection, site_id, {row: first for row, _, first in rows}) if turn.holds(at)
    }
    return {name for row, name, _ in rows if row in found}
