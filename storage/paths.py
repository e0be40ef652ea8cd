"""The path of a story over the positions of a front page, from capture to capture."""

import sqlite3
from dataclasses import dataclass

from storage.history import story_row
from storage.placements import find, stories_in

MAX_POINTS = 300  # more are not told apart on a chart; longer lines are thinned out evenly
MAX_LOOKED_AT = 40_000  # observations: a year at every 15 minutes


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """Where the story stood in a capture; `position` is None where it was not on the page."""

    instant: int
    position: int | None
    is_lead: bool


def path(connection: sqlite3.Connection, story: str, *, since: int) -> list[Point]:
    """The story's position in the captures from its first, or from `since`, to its last; at most MAX_POINTS of them."""
    row_id, site_id, *_ = story_row(connection, story)
    rows = connection.execute(
        """
        WITH seen AS (
            SELECT min(first_seen) AS first, CASE WHEN count(*) = count(last_seen) THEN max(last_seen) END AS last
            FROM spans WHERE site_id = :site AND kind = 0 AND story_id = :story
        ), line AS (
            SELECT instant, front_page_id, row_number() OVER (ORDER BY instant) AS place, count(*) OVER () AS total
            FROM (
                SELECT instant, front_page_id FROM observations, seen
                WHERE site_id = :site AND instant >= max(first, :since) AND (last IS NULL OR instant <= last)
                ORDER BY instant DESC LIMIT :looked_at
            )
        )
        SELECT instant, placements, lead FROM line JOIN front_pages ON front_pages.id = front_page_id
        WHERE place % (1 + total / :points) = 0 OR place = total ORDER BY instant LIMIT :points + 1
        """,
        {"site": site_id, "story": row_id, "since": since, "points": MAX_POINTS, "looked_at": MAX_LOOKED_AT},
    )
    return [_point(row_id, *row) for row in rows.fetchall()]


def _point(row_id: int, instant: int, placements: bytes, lead: int | None) -> Point:
    if row_id not in stories_in(placements):
        return Point(instant=instant, position=None, is_lead=False)
    position, _ = find(placements, row_id)
    return Point(instant=instant, position=position, is_lead=position == lead)
