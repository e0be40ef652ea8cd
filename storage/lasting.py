"""The stories that stood longest on a site's page within a stretch of time."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from scraper.instants import epoch
from storage.captures import site_row
from storage.observations import gap_of
from storage.queries import as_printed, is_furniture, spans_of, touching, within
from storage.spans import Bounds, SpanKind, line_of

LOOKED_AT = 5  # times as many candidates as are wanted: furniture stands longest, and is passed over


@dataclass(frozen=True, kw_only=True, slots=True)
class Lasting:
    """A stretch of a story on the page; `led`: when in it the story led."""

    story: str
    headline: str
    seen: Bounds
    led: Sequence[Bounds]


def lasting(
    connection: sqlite3.Connection, slug: str, *, since: datetime, until: datetime, limit: int
) -> list[Lasting]:
    """The longest stretches that touch [since, until], the longest first, without furniture."""
    site_id = site_row(connection, slug)
    now = epoch(until)
    found = touching(connection, site_id, SpanKind.STORY, since, until + timedelta(seconds=1))
    rows = sorted(found, key=lambda row: (row[2] - (now if row[3] is None else row[3]), row[2], row[1]))
    rows = rows[: limit * LOOKED_AT]
    return list(islice(_without_furniture(connection, site_id, rows), limit))


def _without_furniture(
    connection: sqlite3.Connection, site_id: int, rows: Sequence[tuple[int, str, int, int | None]]
) -> Iterator[Lasting]:
    spans = spans_of(connection, site_id, {row[0] for row in rows})
    every = [span for of_story in spans.values() for of_kind in of_story.values() for span in of_kind]
    line = line_of(connection, site_id, gap_of(connection, site_id), over=every)
    for row_id, story, first_seen, last_seen in rows:
        if is_furniture(spans[row_id], line):
            continue
        seen = line.bounds(first_seen, last_seen)
        headline, _ = as_printed(connection, site_id, seen.last_seen, row_id)
        led = [line.bounds(*span) for span in within(spans[row_id][SpanKind.LEAD], seen)]
        yield Lasting(story=story, headline=headline, seen=seen, led=led)
