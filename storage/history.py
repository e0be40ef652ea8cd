"""A story's history: its wordings, edits told apart from texts in rotation, its places, and where it may go on.

`ORDER BY +first_seen` sorts the few spans of a story; without the plus, SQLite walks through all spans of the site by
the index in that order.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from scraper.errors import NotFound
from scraper.model import Role
from scraper.urls import canonical, story_id
from storage.captures import site_row, slugs
from storage.continuations import Continuation, continuations
from storage.edits import Run, rotation_shares
from storage.observations import gap_of
from storage.queries import as_printed
from storage.spans import Bounds, SpanKind, line_of


@dataclass(frozen=True, kw_only=True, slots=True)
class WordingSpan:
    """One wording of a story, and when it stood on the page.

    `rotation` is the share of captures that showed this headline while headlines rotated, None where it stood alone.
    """

    headline: str
    summary: str
    kicker: str
    byline: str
    image: str
    seen: Bounds
    rotation: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceSpan:
    """One place of a story, and when it held it."""

    role: Role
    section: str
    seen: Bounds


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """One story: what it was called and where it stood, when."""

    site: str
    story: str
    url: str
    wordings: tuple[WordingSpan, ...]
    spans: tuple[PlaceSpan, ...]
    see_also: tuple[Continuation, ...]


class StoryRow(NamedTuple):
    """A story on a site, with the rows of both."""

    row_id: int
    site_id: int
    site: str
    story: str
    url: str


def history(connection: sqlite3.Connection, story: str, *, site: str = "") -> History:
    """What a story, named by its id or URL, was called and where it stood: on one site, that named or the first to have
    it by name. NotFound where nobody saw it."""
    row_id, site_id, slug, name, url = story_row(connection, story, site=site)
    gap = gap_of(connection, site_id)
    wordings = tuple(wording_spans(connection, site_id, row_id, gap))
    if not wordings:  # an earlier reader took something for a story
        raise _unknown(story, site)
    return History(
        site=slug,
        story=name,
        url=url,
        wordings=wordings,
        spans=tuple(_place_spans(connection, site_id, row_id, gap)),
        see_also=tuple(continuations(connection, site_id, row_id)),
    )


def story_row(connection: sqlite3.Connection, story: str, *, site: str = "") -> StoryRow:
    """The row of a story, named by its id or URL, on one site."""
    if site:
        site_row(connection, site)
    for row in _rows(connection, story):
        if site in ("", row.site):
            return row
    raise _unknown(story, site)


def _unknown(story: str, site: str) -> NotFound:
    where = f"{site} had" if site else "the archive knows"
    return NotFound(f'{where} no story "{story}"; name its URL or its 12-character id')


def sites_with(connection: sqlite3.Connection, story: str) -> tuple[str, ...]:
    """The sites that had a story, by its id or URL: an id is of one site, a URL may have been on many."""
    return tuple(row.site for row in _rows(connection, story))


def _rows(connection: sqlite3.Connection, story: str) -> list[StoryRow]:
    """The story's rows, by site. An id follows from site and URL, so that URLs need no index."""
    if found := _named(connection, [story]):
        return found
    url = canonical(story)
    return _named(connection, [story_id(slug, url) for slug in slugs(connection)])


def _named(connection: sqlite3.Connection, names: Sequence[str]) -> list[StoryRow]:
    rows = connection.execute(
        """
        SELECT stories.id, site_id, slug, story, url FROM stories JOIN sites ON sites.id = site_id
        WHERE story IN (SELECT value FROM json_each(?)) ORDER BY slug
        """,
        (json.dumps(names),),
    )
    return [StoryRow(*row) for row in rows]


def wording_spans(connection: sqlite3.Connection, site_id: int, row_id: int, gap: int) -> list[WordingSpan]:
    """A story's wordings in order of time, each with its share where headlines rotate."""
    rows = connection.execute(
        """
        SELECT headline, summary, kicker, byline, image, first_seen, last_seen
        FROM spans JOIN wordings ON wordings.id = value
        WHERE site_id = ? AND kind = ? AND spans.story_id = ? ORDER BY +first_seen
        """,
        (site_id, SpanKind.WORDING, row_id),
    ).fetchall()
    line = line_of(connection, site_id, gap, over=[row[-2:] for row in rows])
    spans = [
        WordingSpan(
            headline=headline,
            summary=summary,
            kicker=kicker,
            byline=byline,
            image=image,
            seen=line.bounds(first_seen, last_seen),
        )
        for headline, summary, kicker, byline, image, first_seen, last_seen in rows
    ]
    return [replace(span, rotation=share) for span, share in zip(spans, _shares(spans), strict=True)]


def _shares(spans: Sequence[WordingSpan]) -> list[float | None]:
    runs = [
        Run(text=span.headline, first=span.seen.first_seen, last=span.seen.last_seen, captures=span.seen.captures)
        for span in spans
    ]
    return rotation_shares(runs)


def _place_spans(connection: sqlite3.Connection, site_id: int, row_id: int, gap: int) -> Iterator[PlaceSpan]:
    rows = connection.execute(
        """
        SELECT value % 2, name, first_seen, last_seen FROM spans JOIN sections ON sections.id = value / 2
        WHERE site_id = ? AND kind = ? AND story_id = ? ORDER BY +first_seen
        """,
        (site_id, SpanKind.PLACE, row_id),
    ).fetchall()
    line = line_of(connection, site_id, gap, over=[row[-2:] for row in rows])
    for is_lead, section, first_seen, last_seen in rows:
        role = Role.LEAD if is_lead else Role.TEASER
        yield PlaceSpan(role=role, section=section, seen=line.bounds(first_seen, last_seen))


def last_printed(connection: sqlite3.Connection, told: History) -> str:
    """The story's address as the page printed it last: a site without https has it under http."""
    row_id, site_id, *_ = story_row(connection, told.story)
    last = max(span.seen.last_seen for span in told.wordings)
    return as_printed(connection, site_id, last, row_id)[1]
