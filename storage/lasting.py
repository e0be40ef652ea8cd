"""The stories that stood longest on a site's page within a stretch of time."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from storage.captures import site_row
from storage.observations import gap_of
from storage.queries import Touching, as_printed, is_furniture, spans_of, touching, within
from storage.spans import Bounds, SpanKind, line_of

LOOKED_AT = 5  # times as many candidates as are wanted, at first: furniture stands longest, and is passed over


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
    (now,) = connection.execute("SELECT max(instant) FROM observations WHERE site_id = ?", (site_id,)).fetchone()
    found = touching(connection, site_id, SpanKind.STORY, since, until + timedelta(seconds=1))
    rows = sorted(found, key=lambda row: (row[2] - (now if row[3] is None else row[3]), row[2], row[1]))
    return list(islice(_without_furniture(connection, site_id, rows, limit * LOOKED_AT), limit))


def _without_furniture(
    connection: sqlite3.Connection, site_id: int, rows: Sequence[Touching], size: int
) -> Iterator[Lasting]:
    """Those of the rows that are none, in order; looked at are so many, then twice as many, and so on."""
    gap = gap_of(connection, site_id)
    while rows:
        part, rows = rows[:size], rows[size:]
        spans = spans_of(connection, site_id, {row[0] for row in part})
        every = [span for of_story in spans.values() for of_kind in of_story.values() for span in of_kind]
        line = line_of(connection, site_id, gap, over=every)
        furniture = {row_id for row_id, of_story in spans.items() if is_furniture(of_story, line)}
        for row_id, story, first_seen, last_seen in part:
            if row_id in furniture:
                continue
            seen = line.bounds(first_seen, last_seen)
            headline, _ = as_printed(connection, site_id, seen.last_seen, row_id)
            led = [line.bounds(*span) for span in within(spans[row_id][SpanKind.LEAD], seen)]
            yield Lasting(story=story, headline=headline, seen=seen, led=led)
        rows, size = [row for row in rows if row[0] not in furniture], 2 * size
