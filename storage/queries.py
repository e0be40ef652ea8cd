"""Questions to the archive, each a function of a connection: what was shown, what led, how long, what changed."""

import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice

from scraper.errors import NotFound
from scraper.instants import epoch, from_epoch, iso
from scraper.model import FrontPage
from storage.captures import capture_name, load_page, printed_url, site_row
from storage.observations import gap_of
from storage.placements import find, stories_in
from storage.search import match_expression
from storage.spans import ALWAYS, LAST_SEEN, Bounds, Line, Span, SpanKind, line_of

TOGETHER = 500  # stories whose spans are read at once; exports of whole sites need no more memory for it
Touching = tuple[int, str, int, int | None]  # story row, story, first_seen, last_seen
SpansOfStory = dict[int, list[Span]]  # by kind
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


def show(connection: sqlite3.Connection, slug: str, at: datetime, *, lead_alone: bool = False) -> Shown:
    """The last readable front page at or before an instant, or of it the lead alone; NotFound where there is none."""
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
        capture=capture_name(connection, capture_id), age_s=epoch(at) - instant,
        page=load_page(connection, capture_id, lead_alone=lead_alone),
    )  # fmt: skip


def show_if_any(connection: sqlite3.Connection, slug: str, at: datetime, *, lead_alone: bool = False) -> Shown | None:
    """The same, or None where there is none; NotFound for a site that is unknown."""
    site_row(connection, slug)
    try:
        return show(connection, slug, at, lead_alone=lead_alone)
    except NotFound:
        return None


def leads(
    connection: sqlite3.Connection, slug: str, *, since: datetime | None = None, until: datetime | None = None
) -> Iterator[Lead]:
    """Periods as lead that touch [since, until), in order of their start."""
    site_id = site_row(connection, slug)
    yield from _leads(connection, slug, site_id, list(touching(connection, site_id, SpanKind.LEAD, since, until)))


def leads_about(
    connection: sqlite3.Connection,
    query: str,
    *,
    sites: Sequence[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[Lead]:
    """Periods as lead of the stories that a search finds, over all sites or some: who led with it first."""
    rows = connection.execute(
        f"""
        SELECT DISTINCT {LED} FROM words CROSS JOIN wordings ON wordings.id = words.rowid {LED_FROM}
        WHERE words MATCH :match AND {STOOD_THERE}
        """,
        {"match": match_expression(query), "kind": SpanKind.LEAD, "start": _start(since), "end": _end(until)},
    ).fetchall()
    known = {site_row(connection, slug) for slug in sites}
    yield from _told(connection, [row for row in rows if row[1] in known or not sites])


def leads_of_texts(
    connection: sqlite3.Connection,
    texts: Sequence[int],
    *,
    sites: Sequence[str],
    since: datetime,
    until: datetime,
    limit: int,
) -> list[Lead]:
    """The same of some indexed texts, by row: the periods that began last, at most so many."""
    rows = connection.execute(
        f"""
        SELECT DISTINCT {LED} FROM json_each(:texts) CROSS JOIN wordings ON wordings.id = json_each.value {LED_FROM}
        WHERE {STOOD_THERE} AND sites.slug IN (SELECT value FROM json_each(:slugs))
        ORDER BY first_seen DESC, slug, story LIMIT :limit
        """,
        {
            "texts": json.dumps(texts),
            "slugs": json.dumps(sites),
            "kind": SpanKind.LEAD,
            "start": _start(since),
            "end": _end(until),
            "limit": limit,
        },
    ).fetchall()
    return _told(connection, rows)


LED = "slug, sites.id, stories.id, story, first_seen, last_seen"
LED_FROM = """
    CROSS JOIN stories ON stories.id = wordings.story_id
    CROSS JOIN sites ON sites.id = stories.site_id
    CROSS JOIN spans ON spans.site_id = sites.id AND kind = :kind AND spans.story_id = stories.id AND spans.value = 0
"""
# In the time asked about it led; and the text stood on some page, which one that only an earlier reader saw does not.
STOOD_THERE = f"""
    spans.first_seen < :end AND {LAST_SEEN} >= :start AND EXISTS (
        SELECT 1 FROM wordings AS shown CROSS JOIN spans AS worded ON worded.site_id = spans.site_id
            AND worded.kind = {SpanKind.WORDING} AND worded.story_id = spans.story_id AND worded.value = shown.id
        WHERE shown.story_id = spans.story_id AND shown.headline = wordings.headline
        AND shown.summary = wordings.summary AND shown.kicker = wordings.kicker
    )
"""


def _told(connection: sqlite3.Connection, rows: Sequence[tuple[str, int, int, str, int, int | None]]) -> list[Lead]:
    """Periods of several sites, in order of time."""
    by_site = groupby(sorted(rows, key=lambda row: row[:2]), key=lambda row: row[:2])
    told = [
        lead
        for (slug, site_id), found in by_site
        for lead in _leads(connection, slug, site_id, [row[2:] for row in found])
    ]
    return sorted(told, key=lambda lead: (lead.seen.first_seen, lead.site, lead.story))


def _leads(connection: sqlite3.Connection, slug: str, site_id: int, rows: Sequence[Touching]) -> Iterator[Lead]:
    line = line_of(connection, site_id, gap_of(connection, site_id), over=[row[-2:] for row in rows])
    for row_id, story, first_seen, last_seen in rows:
        bounds = line.bounds(first_seen, last_seen)
        headline, url = as_printed(connection, site_id, bounds.last_seen, row_id)
        yield Lead(site=slug, story=story, headline=headline, url=url, seen=bounds)


def touching(
    connection: sqlite3.Connection, site_id: int, kind: SpanKind, since: datetime | None, until: datetime | None
) -> Iterator[Touching]:
    """The spans of a kind that touch [since, until): those that begin in it, and those of what stood there before."""
    return connection.execute(
        """
        SELECT story_id, story, first_seen, last_seen FROM spans JOIN stories ON stories.id = story_id
        WHERE spans.site_id = :site AND kind = :kind AND first_seen >= :start AND first_seen < :end
        UNION ALL
        SELECT story_id, story, first_seen, last_seen FROM json_each(:standing)
        CROSS JOIN spans ON spans.site_id = :site AND kind = :kind AND story_id = json_each.value
        CROSS JOIN stories ON stories.id = story_id
        WHERE +first_seen < :start AND +first_seen < :end AND (last_seen IS NULL OR last_seen >= :start)
        ORDER BY 3, 2
        """,
        {
            "site": site_id,
            "kind": kind,
            "start": _start(since),
            "end": _end(until),
            "standing": json.dumps(_standing(connection, site_id, _start(since))),
        },
    )


def _standing(connection: sqlite3.Connection, site_id: int, instant: int) -> list[int]:
    """The stories on a site's last page before an instant; none where nobody looked since."""
    row = connection.execute(
        """
        SELECT placements FROM observations JOIN front_pages ON front_pages.id = front_page_id
        WHERE site_id = :site AND instant < :instant
        AND EXISTS (SELECT 1 FROM observations WHERE site_id = :site AND instant >= :instant)
        ORDER BY instant DESC LIMIT 1
        """,
        {"site": site_id, "instant": instant},
    ).fetchone()
    return list(stories_in(row[0])) if row else []


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
    rows_touching = touching(connection, site_id, SpanKind.STORY, since, until)
    while rows := list(islice(rows_touching, TOGETHER)):
        spans = spans_of(connection, site_id, {row[0] for row in rows})
        for row_id, story, first_seen, last_seen in rows:
            fixed = is_furniture(spans[row_id], line)
            if fixed and not with_furniture:
                continue
            seen = line.bounds(first_seen, last_seen)
            headline, url = as_printed(connection, site_id, seen.last_seen, row_id)
            yield TimeOnPage(
                site=slug, story=story, headline=headline, url=url, seen=seen,
                wordings=len(within(spans[row_id][SpanKind.WORDING], seen)),
                led=tuple(line.bounds(*span) for span in within(spans[row_id][SpanKind.LEAD], seen)),
                best_position=best[row_id], is_furniture=fixed,
            )  # fmt: skip


def _best_positions(
    connection: sqlite3.Connection, site_id: int, since: datetime | None, until: datetime | None
) -> dict[int, int]:
    """The foremost position of every story on the pages of [since, until), or where it has none on what stood then."""
    rows = connection.execute(
        """
        SELECT DISTINCT placements FROM observations JOIN front_pages ON front_pages.id = front_page_id
        WHERE site_id = :site AND instant < :end AND instant >= coalesce(
            (SELECT min(instant) FROM observations WHERE site_id = :site AND instant >= :start AND instant < :end),
            (SELECT max(instant) FROM observations WHERE site_id = :site AND instant < :start)
        )
        """,
        {"site": site_id, "start": _start(since), "end": _end(until)},
    )
    best: dict[int, int] = {}
    for (data,) in rows:
        for position, story in enumerate(stories_in(data), 1):
            if position < best.get(story, ALWAYS):
                best[story] = position
    return best


def spans_of(connection: sqlite3.Connection, site_id: int, row_ids: Collection[int]) -> dict[int, SpansOfStory]:
    """The spans of some stories, of each kind in order of time."""
    rows = connection.execute(
        """
        SELECT story_id, kind, first_seen, last_seen FROM json_each(:stories)
        CROSS JOIN spans ON site_id = :site AND kind IN (:story, :wording, :lead) AND story_id = json_each.value
        ORDER BY first_seen
        """,
        {
            "stories": json.dumps(list(row_ids)),
            "site": site_id,
            "story": SpanKind.STORY,
            "wording": SpanKind.WORDING,
            "lead": SpanKind.LEAD,
        },
    )
    found: dict[int, SpansOfStory] = {row_id: {kind: [] for kind in SpanKind} for row_id in row_ids}
    for row_id, kind, first_seen, last_seen in rows:
        found[row_id][kind].append((first_seen, last_seen))
    return found


def is_furniture(spans: SpansOfStory, line: Line) -> bool:
    """Whether a story is on nearly every page for weeks and never leads: a link to a service, a column, a shop."""
    on_page = spans[SpanKind.STORY]
    whole = line.bounds(on_page[0][0], on_page[-1][1])
    if whole.at_least_s < FURNITURE_S or spans[SpanKind.LEAD]:
        return False
    return sum(line.bounds(*span).captures for span in on_page) >= FURNITURE_SHARE * whole.captures


def within(spans: Sequence[Span], seen: Bounds) -> list[Span]:
    """The spans that lie in a stretch of time on the page."""
    return [span for span in spans if seen.first_seen <= span[0] <= seen.last_seen]


def as_printed(connection: sqlite3.Connection, site_id: int, instant: int, row_id: int) -> tuple[str, str]:
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
