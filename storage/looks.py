"""What a site's latest readings looked like, in a few numbers each: what the redesign alarm watches."""

import sqlite3
from dataclasses import dataclass

from scraper.model import Quality
from storage.observations import gap_of
from storage.placements import decode


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """One reading of a live capture, as numbers. All but the first three say nothing where the quality is not OK.

    `summaries` and `images` are the shares of stories that have one; `overlap` is the share of stories that the capture
    before had as well, None where that is further away than the site's gap.
    """

    instant: int
    quality: Quality
    problem: str
    teasers: int = 0
    summaries: float = 0.0
    images: float = 0.0
    has_lead: bool = False
    overlap: float | None = None

    @property
    def is_readable(self) -> bool:
        return self.quality is Quality.OK


def latest_looks(connection: sqlite3.Connection, site_id: int, *, since: int, limit: int) -> list[Look]:
    """The last so many readings of live captures after an instant, oldest first, all by the reader of the last one."""
    rows = connection.execute(
        """
        SELECT instant, quality, problem, front_page_id, reader_id FROM captures
        JOIN readings ON capture_id = captures.id
        WHERE site_id = ? AND origin = 'live' AND instant > ? ORDER BY instant DESC, captures.id DESC LIMIT ?
        """,
        (site_id, since, limit),
    ).fetchall()
    gap = gap_of(connection, site_id)
    looks: list[Look] = []
    before: tuple[int, set[int]] | None = None
    for instant, quality, problem, front_page_id, reader_id in reversed(rows):
        if reader_id != rows[0][-1]:
            continue
        if front_page_id is None:
            looks.append(Look(instant=instant, quality=Quality(quality), problem=problem))
            continue
        stories, wordings, has_lead = _page(connection, front_page_id)
        near = before is not None and instant - before[0] <= gap
        looks.append(_look(connection, instant, stories, wordings, has_lead, before[1] if before and near else None))
        before = (instant, stories)
    return looks


def _page(connection: sqlite3.Connection, front_page_id: int) -> tuple[set[int], list[int], bool]:
    """(stories, wordings, whether there is a lead) of a front page."""
    lead, data = connection.execute(
        "SELECT lead, placements FROM front_pages WHERE id = ?", (front_page_id,)
    ).fetchone()
    placements = decode(data)
    return {one.story_id for one in placements}, [one.wording_id for one in placements], lead is not None


def _look(
    connection: sqlite3.Connection,
    instant: int,
    stories: set[int],
    wordings: list[int],
    has_lead: bool,
    before: set[int] | None,
) -> Look:
    listed = ", ".join(map(str, wordings))
    summaries, images = connection.execute(
        f"SELECT total(summary != ''), total(image != '') FROM wordings WHERE id IN ({listed})"
    ).fetchone()
    count = max(1, len(stories))
    return Look(
        instant=instant,
        quality=Quality.OK,
        problem="",
        teasers=len(stories) - has_lead,
        summaries=summaries / count,
        images=images / count,
        has_lead=has_lead,
        overlap=len(stories & before) / count if before is not None else None,
    )
