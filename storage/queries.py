"""Questions to the archive, each a function of a connection: what was shown, what led, how long, what changed."""

import sqlite3
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from scraper.errors import NotFound
from scraper.instants import epoch, from_epoch, iso
from scraper.model import FrontPage
from storage.captures import capture_name, load_page, printed_url, site_row
from storage.observations import gap_of
from storage.placements import find, stories_in
from storage.search import match_expression
from storage.spans import Bounds, Line, SpanKind, line_of

ALWAYS = 1 << 62
FURNITURE_S = 14 * 86_400
FURNITURE_SHARE = 0.9  # a story that is news is gone within days; half of all links live less than five hours


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
    """One stretch of a story on the page: how long, how long as lead, under how many wordings.

    `best_position` is of the time asked about. Furniture is what nearly every page has, week after week.
    """

    site: str
    story: str
    headline: str
    url: str
    seen: Bounds
    led: tuple[Bounds, ...]
    wordings: int
    best_position: int
    is_furniture: bool


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


def show_if_any(connection: sqlite3.Connection, slug: str, at: datetime) -> Shown | None:
    """The same, or None where there is none; NotFound for a site that is unknown."""
    site_row(connection, slug)
    try:
        return show(connection, slug, at)
    except NotFound:
        return None


def leads(
    connection: sqlite3.Connection,
    slug: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    only: Container[str] | None = None,
) -> Iterator[Lead]:
    """Periods as lead that touch [since, until), in order of their start; `only` of these stories."""
    site_id = site_row(connection, slug)
    line = line_of(connection, site_id, gap_of(connection, site_id))
    for row_id, story, first_seen, last_seen in _touching(connection, site_id, SpanKind.LEAD, since, until):
        if only is not None and story not in only:
            continue
        bounds = line.bounds(first_seen, last_seen)
        headline, url = _as_printed(connection, site_id, bounds.last_seen, row_id)
        yield Lead(site=slug, story=story, headline=headline, url=url, seen=bounds)


def leads_about(
    connection: sqlite3.Connection,
    query: str,
    *,
    sites: Sequence[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[Lead]:
    """Periods as lead of the stories that a search finds, over all sites or some: who led with it first."""
    slugs = sites or [slug for (slug,) in connection.execute("SELECT slug FROM sites ORDER BY slug")]
    found = {
        story
        for (story,) in connection.execute(
            """
            SELECT DISTINCT story FROM words
            JOIN wordings ON wordings.id = words.rowid JOIN stories ON stories.id = wordings.story_id
            WHERE words MATCH ?
            """,
            (match_expression(query),),
        )
    }
    told = [lead for slug in slugs for lead in leads(connection, slug, since=since, until=until, only=found)]
    yield from sorted(told, key=lambda lead: (lead.seen.first_seen, lead.site, lead.story))


def _touching(
    connection: sqlite3.Connection, site_id: int, kind: SpanKind, since: datetime | None, until: datetime | None
) -> Iterator[tuple[int, str, int, int | None]]:
    """(story row, story, first_seen, last_seen) of the spans of a kind that touch [since, until)."""
    return connection.execute(
        """
        SELECT story_id, story, first_seen, last_seen FROM spans JOIN stories ON stories.id = story_id
        WHERE spans.site_id = ? AND kind = ? AND first_seen < ? AND (last_seen IS NULL OR last_seen >= ?)
        ORDER BY first_seen, story
        """,
        (site_id, kind, _end(until), _start(since)),
    )


def stories(
    connection: sqlite3.Connection,
    slug: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    with_furniture: bool = False,
) -> Iterator[TimeOnPage]:
    """Stretches of time on the page that touch [since, until), in order of their start."""
    site_id = site_row(connection, slug)
    line = line_of(connection, site_id, gap_of(connection, site_id))
    best = _best_positions(connection, site_id, since, until)
    for row_id, story, first_seen, last_seen in _touching(connection, site_id, SpanKind.STORY, since, until):
        is_furniture = _is_furniture(connection, site_id, row_id, line)
        if is_furniture and not with_furniture:
            continue
        seen = line.bounds(first_seen, last_seen)
        headline, url = _as_printed(connection, site_id, seen.last_seen, row_id)
        led = _within(connection, (site_id, SpanKind.LEAD, row_id), seen)
        wordings = _within(connection, (site_id, SpanKind.WORDING, row_id), seen)
        yield TimeOnPage(
            site=slug, story=story, headline=headline, url=url, seen=seen, wordings=len(wordings),
            led=tuple(line.bounds(*span) for span in led),
            best_position=best.get(row_id, 0), is_furniture=is_furniture,
        )  # fmt: skip


def _best_positions(
    connection: sqlite3.Connection, site_id: int, since: datetime | None, until: datetime | None
) -> dict[int, int]:
    """The foremost position of every story on the pages of [since, until)."""
    rows = connection.execute(
        """
        SELECT DISTINCT placements FROM observations JOIN front_pages ON front_pages.id = front_page_id
        WHERE site_id = ? AND instant >= ? AND instant < ?
        """,
        (site_id, _start(since), _end(until)),
    )
    best: dict[int, int] = {}
    for (data,) in rows:
        for position, story in enumerate(stories_in(data), 1):
            if position < best.get(story, ALWAYS):
                best[story] = position
    return best


def _is_furniture(connection: sqlite3.Connection, site_id: int, row_id: int, line: Line) -> bool:
    """Whether a story is on nearly every page for weeks and never leads: a link to a service, a column, a shop."""
    spans = _spans(connection, (site_id, SpanKind.STORY, row_id))
    last_seen = spans[-1][1]
    whole = line.bounds(spans[0][0], last_seen)
    if whole.at_least_s < FURNITURE_S or _spans(connection, (site_id, SpanKind.LEAD, row_id)):
        return False
    return sum(line.bounds(*span).captures for span in spans) >= FURNITURE_SHARE * whole.captures


def _spans(connection: sqlite3.Connection, key: tuple[int, int, int]) -> list[tuple[int, int | None]]:
    """All spans of one (site, kind, story)."""
    return connection.execute(
        "SELECT first_seen, last_seen FROM spans WHERE site_id = ? AND kind = ? AND story_id = ? ORDER BY first_seen",
        key,
    ).fetchall()


def _within(connection: sqlite3.Connection, key: tuple[int, int, int], seen: Bounds) -> list[tuple[int, int | None]]:
    """The spans of one (site, kind, story) that lie in a stretch of time on the page."""
    return connection.execute(
        """
        SELECT first_seen, last_seen FROM spans
        WHERE site_id = ? AND kind = ? AND story_id = ? AND first_seen BETWEEN ? AND ? ORDER BY first_seen
        """,
        (*key, seen.first_seen, seen.last_seen),
    ).fetchall()


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
