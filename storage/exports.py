"""What can be exported: rows of everything, one at a time, in an order that no arrival changes."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from scraper.instants import epoch, from_epoch, iso
from scraper.shapes import page_shape
from storage.captures import capture_name, instant_there, load_page, site_row
from storage.changes import ChangeEvent, changes
from storage.history import wording_spans
from storage.observations import FIXED_ORDER, gap_of
from storage.queries import leads, stories
from storage.rows import Row
from storage.shapes import change_shape, lead_shape, time_on_page_shape, wording_shape
from storage.spans import SpanKind

ALWAYS = 1 << 62


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """Which part of the archive: all of these sites (or all there are), from `since` until before `until`.

    Times without a zone are each site's own.
    """

    sites: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


def readings(connection: sqlite3.Connection, selection: Selection) -> Iterator[Row]:
    """What was read at every instant, without what depends on how and in what order captures arrived.

    Two archives hold equal readings when these are byte-identical (DESIGN: words). Where captures share an instant,
    the readable one that comes first in the fixed order speaks for it.
    """
    for slug, site_id in sites_of(connection, selection):
        rows = connection.execute(
            f"""
            SELECT instant, captures.id FROM captures
            JOIN readings ON capture_id = captures.id JOIN bodies ON bodies.id = body_id
            WHERE site_id = ? AND instant >= ? AND instant < ?
            ORDER BY instant, front_page_id IS NULL, {FIXED_ORDER}
            """,
            (site_id, *range_of(connection, selection, slug)),
        )
        told = None
        for instant, capture_id in rows:
            if instant != told:
                yield {
                    "site": slug,
                    "captured_at": iso(from_epoch(instant)),
                    **page_shape(load_page(connection, capture_id), site=slug),
                }
            told = instant


def captures(connection: sqlite3.Connection, selection: Selection) -> Iterator[Row]:
    """Every capture, without its body."""
    for slug, site_id in sites_of(connection, selection):
        rows = connection.execute(
            f"""
            SELECT captures.id, instant, observers.name, origin, url, status, hex(sha256), size, hex(revisit_of),
                CASE WHEN data IS NULL THEN 'removed' ELSE 'kept' END
            FROM captures JOIN bodies ON bodies.id = body_id JOIN observers ON observers.id = observer_id
            WHERE site_id = ? AND instant >= ? AND instant < ?
            ORDER BY instant, {FIXED_ORDER}
            """,
            (site_id, *range_of(connection, selection, slug)),
        )
        for row_id, instant, observer, origin, url, status, sha256, size, revisit_of, body in rows:
            yield {
                "capture": capture_name(connection, row_id), "site": slug, "captured_at": iso(from_epoch(instant)),
                "observer": observer, "origin": origin, "url": url, "status": status,
                "sha256": sha256.lower(), "size": size, "revisit_of": revisit_of.lower(), "body": body,
            }  # fmt: skip


def visits(connection: sqlite3.Connection, selection: Selection) -> Iterator[Row]:
    """The ledger: one row for every due slot."""
    for slug, site_id in sites_of(connection, selection):
        rows = connection.execute(
            """
            SELECT observers.name, due_at, ended_at, outcome, error, capture_id
            FROM visits JOIN observers ON observers.id = observer_id
            WHERE site_id = ? AND due_at >= ? AND due_at < ? ORDER BY due_at, observers.name
            """,
            (site_id, *range_of(connection, selection, slug)),
        )
        for observer, due_at, ended_at, outcome, error, capture_id in rows:
            yield {
                "site": slug, "observer": observer, "due_at": iso(from_epoch(due_at)),
                "ended_at": iso(from_epoch(ended_at)), "outcome": outcome, "error": error,
                "capture": capture_name(connection, capture_id) if capture_id else "",
            }  # fmt: skip


def lead_rows(connection: sqlite3.Connection, selection: Selection) -> Iterator[Row]:
    """Periods as lead, site by site."""
    for slug, _ in sites_of(connection, selection):
        since, until = bounds_of(connection, selection, slug)
        for lead in leads(connection, slug, since=since, until=until):
            yield lead_shape(lead)


def story_rows(connection: sqlite3.Connection, selection: Selection) -> Iterator[Row]:
    """Time on page, site by site."""
    for slug, _ in sites_of(connection, selection):
        since, until = bounds_of(connection, selection, slug)
        for row in stories(connection, slug, since=since, until=until):
            yield time_on_page_shape(row)


def wording_rows(connection: sqlite3.Connection, selection: Selection) -> Iterator[Row]:
    """Every span of every wording that touches the time asked about, story by story."""
    for slug, site_id in sites_of(connection, selection):
        start, end = range_of(connection, selection, slug)
        gap = gap_of(connection, site_id)
        rows = connection.execute(
            """
            SELECT id, story, url FROM stories WHERE site_id = ? AND EXISTS (
                SELECT 1 FROM spans WHERE spans.site_id = stories.site_id AND kind = ? AND story_id = stories.id
                AND +first_seen < ? AND (last_seen IS NULL OR last_seen >= ?)
            ) ORDER BY story
            """,
            (site_id, SpanKind.WORDING, end, start),
        )
        for row_id, story, url in rows:
            for span in wording_spans(connection, site_id, row_id, gap):
                if span.seen.first_seen < end and span.seen.last_seen >= start:
                    yield {"site": slug, "story": story, "url": url} | wording_shape(span)


def events(connection: sqlite3.Connection, selection: Selection) -> Iterator[ChangeEvent]:
    """Change events, site by site, in order of time."""
    for slug, _ in sites_of(connection, selection):
        since, until = bounds_of(connection, selection, slug)
        yield from changes(connection, slug, since=since, until=until)


def change_rows(connection: sqlite3.Connection, selection: Selection) -> Iterator[Row]:
    """Change events as rows."""
    return map(change_shape, events(connection, selection))


EXPORTS: dict[str, Callable[[sqlite3.Connection, Selection], Iterator[Row]]] = {
    "captures": captures,
    "readings": readings,
    "stories": story_rows,
    "wordings": wording_rows,
    "leads": lead_rows,
    "changes": change_rows,
    "visits": visits,
}


def flat_rows(connection: sqlite3.Connection, what: str, selection: Selection) -> Iterator[Row]:
    """An export's rows as tables want them: a reading becomes a row a story."""
    return flat(what, EXPORTS[what](connection, selection))


def flat(what: str, rows: Iterator[Row]) -> Iterator[Row]:
    """The same of rows that are there."""
    return _story_rows(rows) if what == "readings" else rows


def _story_rows(readings: Iterable[Row]) -> Iterator[Row]:
    """Readings as a row a story in reading order; one without stories keeps a row for its problem."""
    for reading in readings:
        page = {key: value for key, value in reading.items() if key not in ("lead", "teasers", "url")}
        page["page_url"] = reading["url"]
        found = [*([reading["lead"]] if reading["lead"] else []), *reading["teasers"]]
        for story in sorted(found, key=lambda story: int(story["position"])) or [{}]:
            yield page | story


def sites_of(connection: sqlite3.Connection, selection: Selection) -> list[tuple[str, int]]:
    """(slug, row) of the selected sites, in order. Raises NotFound for one that the archive does not know."""
    slugs = selection.sites or [slug for (slug,) in connection.execute("SELECT slug FROM sites")]
    return [(slug, site_row(connection, slug)) for slug in sorted(set(slugs))]


def observers_of(connection: sqlite3.Connection, selection: Selection) -> list[str]:
    """Who looked at the selected sites in the time asked about, by name."""
    names: set[str] = set()
    for slug, site_id in sites_of(connection, selection):
        start, end = range_of(connection, selection, slug)
        rows = connection.execute(
            """
            SELECT name FROM observers WHERE id IN (
                SELECT observer_id FROM captures WHERE site_id = :site AND instant >= :start AND instant < :end
                UNION SELECT observer_id FROM visits WHERE site_id = :site AND due_at >= :start AND due_at < :end
            )
            """,
            {"site": site_id, "start": start, "end": end},
        )
        names.update(name for (name,) in rows)
    return sorted(names)


def bounds_of(
    connection: sqlite3.Connection, selection: Selection, slug: str
) -> tuple[datetime | None, datetime | None]:
    """[since, until) as it is meant of a site."""
    return instant_there(connection, slug, selection.since), instant_there(connection, slug, selection.until)


def range_of(connection: sqlite3.Connection, selection: Selection, slug: str) -> tuple[int, int]:
    """The same in seconds since 1970."""
    since, until = bounds_of(connection, selection, slug)
    return epoch(since) if since else -ALWAYS, epoch(until) if until else ALWAYS
