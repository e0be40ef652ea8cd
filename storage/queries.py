"""Questions to the archive, each a function of a connection: what was shown, what led, how long, what changed."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from scraper.errors import NotFound
from scraper.instants import epoch, from_epoch, iso
from scraper.model import FrontPage, Role
from scraper.urls import canonical
from storage.captures import capture_name, load_page, printed_url, site_row
from storage.observations import gap_of
from storage.placements import find
from storage.spans import Bounds, Line, SpanKind, line_of

ALWAYS = 1 << 62


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A site's front page as it stood at an instant. `age_s`: seconds from the capture to the instant asked for."""

    site: str
    captured_at: datetime
    origin: str
    edition: str
    capture: str
    age_s: int
    page: FrontPage


@dataclass(frozen=True, kw_only=True, slots=True)
class Lead:
    """One period of one story as lead; headline and URL as printed at its end."""

    site: str
    story: str
    headline: str
    url: str
    seen: Bounds


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeOnPage:
    """One stretch of a story on the page: how long, how long as lead, under how many wordings."""

    site: str
    story: str
    headline: str
    url: str
    seen: Bounds
    led: tuple[Bounds, ...]
    wordings: int


@dataclass(frozen=True, kw_only=True, slots=True)
class WordingSpan:
    """One wording of a story, and when it stood on the page."""

    headline: str
    summary: str
    seen: Bounds


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


def show(connection: sqlite3.Connection, slug: str, at: datetime) -> Shown:
    """The last readable front page at or before an instant; NotFound where there is none."""
    row = connection.execute(
        """
        SELECT instant, capture_id, origin, edition
        FROM observations JOIN captures USING (site_id, instant) JOIN front_pages ON front_pages.id = front_page_id
        WHERE site_id = ? AND instant <= ? AND captures.id = capture_id ORDER BY instant DESC LIMIT 1
        """,
        (site_row(connection, slug), epoch(at)),
    ).fetchone()
    if row is None:
        raise NotFound(f"{slug}: no readable capture at or before {iso(at)}")
    instant, capture_id, origin, edition = row
    return Shown(
        site=slug, captured_at=from_epoch(instant), origin=origin, edition=edition.hex(),
        capture=capture_name(connection, capture_id), age_s=epoch(at) - instant, page=load_page(connection, capture_id),
    )  # fmt: skip


def leads(
    connection: sqlite3.Connection, slug: str, *, since: datetime | None = None, until: datetime | None = None
) -> Iterator[Lead]:
    """Periods as lead that touch [since, until), in order of their start."""
    site_id = site_row(connection, slug)
    line = line_of(connection, site_id, gap_of(connection, site_id))
    for row_id, story, first_seen, last_seen in _touching(connection, site_id, SpanKind.LEAD, since, until):
        bounds = line.bounds(first_seen, last_seen)
        headline, url = _as_printed(connection, site_id, bounds.last_seen, row_id)
        yield Lead(site=slug, story=story, headline=headline, url=url, seen=bounds)


def _touching(
    connection: sqlite3.Connection, site_id: int, kind: SpanKind, since: datetime | None, until: datetime | None
) -> list[tuple[int, str, int, int | None]]:
    """(story row, story, first_seen, last_seen) of the spans of a kind that touch [since, until)."""
    return connection.execute(
        """
        SELECT story_id, story, first_seen, last_seen FROM spans JOIN stories ON stories.id = story_id
        WHERE spans.site_id = ? AND kind = ? AND first_seen < ? AND (last_seen IS NULL OR last_seen >= ?)
        ORDER BY first_seen, story
        """,
        (site_id, kind, _end(until), _start(since)),
    ).fetchall()


def stories(
    connection: sqlite3.Connection, slug: str, *, since: datetime | None = None, until: datetime | None = None
) -> Iterator[TimeOnPage]:
    """Stretches of time on the page that touch [since, until), in order of their start."""
    site_id = site_row(connection, slug)
    line = line_of(connection, site_id, gap_of(connection, site_id))
    for row_id, story, first_seen, last_seen in _touching(connection, site_id, SpanKind.STORY, since, until):
        seen = line.bounds(first_seen, last_seen)
        headline, url = _as_printed(connection, site_id, seen.last_seen, row_id)
        led = _within(connection, (site_id, SpanKind.LEAD, row_id), seen)
        wordings = _within(connection, (site_id, SpanKind.WORDING, row_id), seen)
        yield TimeOnPage(
            site=slug, story=story, headline=headline, url=url, seen=seen,
            led=tuple(line.bounds(*span) for span in led), wordings=len(wordings),
        )  # fmt: skip


def _within(connection: sqlite3.Connection, key: tuple[int, int, int], seen: Bounds) -> list[tuple[int, int | None]]:
    """The spans of one (site, kind, story) that lie in a stretch of time on the page."""
    return connection.execute(
        """
        SELECT first_seen, last_seen FROM spans
        WHERE site_id = ? AND kind = ? AND story_id = ? AND first_seen BETWEEN ? AND ? ORDER BY first_seen
        """,
        (*key, seen.first_seen, seen.last_seen),
    ).fetchall()


def history(connection: sqlite3.Connection, story: str) -> History:
    """What a story, named by its id or URL, was called and where it stood. NotFound where nobody saw it."""
    row_id, site_id, slug, name, url = _story_row(connection, story)
    line = line_of(connection, site_id, gap_of(connection, site_id))
    return History(
        site=slug,
        story=name,
        url=url,
        wordings=tuple(_wording_spans(connection, site_id, row_id, line)),
        spans=tuple(_place_spans(connection, site_id, row_id, line)),
    )


def _story_row(connection: sqlite3.Connection, story: str) -> tuple[int, int, str, str, str]:
    row: tuple[int, int, str, str, str] | None = connection.execute(
        """
        SELECT stories.id, site_id, slug, story, url FROM stories JOIN sites ON sites.id = site_id
        WHERE story = ? OR url = ? ORDER BY stories.id LIMIT 1
        """,
        (story, canonical(story)),
    ).fetchone()
    if row is None:
        raise NotFound(f'the archive knows no story "{story}"; name its URL or its 12-character id')
    return row


def _wording_spans(connection: sqlite3.Connection, site_id: int, row_id: int, line: Line) -> Iterator[WordingSpan]:
    rows = connection.execute(
        """
        SELECT headline, summary, first_seen, last_seen FROM spans JOIN wordings ON wordings.id = value
        WHERE site_id = ? AND kind = ? AND spans.story_id = ? ORDER BY first_seen
        """,
        (site_id, SpanKind.WORDING, row_id),
    )
    for headline, summary, first_seen, last_seen in rows.fetchall():
        yield WordingSpan(headline=headline, summary=summary, seen=line.bounds(first_seen, last_seen))


def _place_spans(connection: sqlite3.Connection, site_id: int, row_id: int, line: Line) -> Iterator[PlaceSpan]:
    rows = connection.execute(
        """
        SELECT value % 2, name, first_seen, last_seen FROM spans JOIN sections ON sections.id = value / 2
        WHERE site_id = ? AND kind = ? AND story_id = ? ORDER BY first_seen
        """,
        (site_id, SpanKind.PLACE, row_id),
    )
    for is_lead, section, first_seen, last_seen in rows.fetchall():
        role = Role.LEAD if is_lead else Role.TEASER
        yield PlaceSpan(role=role, section=section, seen=line.bounds(first_seen, last_seen))


def _as_printed(connection: sqlite3.Connection, site_id: int, instant: int, row_id: int) -> tuple[str, str]:
    """(headline, URL) of a story on the page of an instant."""
    (data,) = connection.execute(
        """
        SELECT placements FROM observations JOIN front_pages ON front_pages.id = front_page_id
        WHERE site_id = ? AND instant = ?
        """,
        (site_id, instant),
    ).fetchone()
    _, placement = find(data, row_id)
    headline, url = connection.execute(
        "SELECT headline, url FROM wordings JOIN stories ON stories.id = story_id WHERE wordings.id = ?",
        (placement.wording_id,),
    ).fetchone()
    return headline, printed_url(connection, placement, url)


def _start(since: datetime | None) -> int:
    return epoch(since) if since else -ALWAYS


def _end(until: datetime | None) -> int:
    return epoch(until) if until else ALWAYS
