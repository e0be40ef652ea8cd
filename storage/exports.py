"""Exports: readings and the rest as csv or jsonl, a row at a time, in an order that no arrival changes."""

import csv
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from scraper.instants import epoch, from_epoch, iso
from scraper.shapes import page_shape
from storage.captures import capture_name, load_page, site_row
from storage.observations import ORIGIN_ORDER
from storage.queries import leads, stories
from storage.shapes import lead_shape, time_on_page_shape

ALWAYS = 1 << 62
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")  # owasp.org/www-community/attacks/CSV_Injection


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """Which part of the archive: all of these sites (or all there are), from `since` until before `until`."""

    sites: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


Row = dict[str, Any]


def readings(connection: sqlite3.Connection, selection: Selection) -> Iterator[Row]:
    """What was read at every instant, without what depends on how and in what order captures arrived.

    Two archives hold equal readings when these are byte-identical (DESIGN: words). Where captures share an instant,
    the readable one that comes first in the fixed order speaks for it.
    """
    for slug, site_id in _sites(connection, selection):
        rows = connection.execute(
            f"""
            SELECT instant, captures.id FROM captures
            JOIN readings ON capture_id = captures.id JOIN bodies ON bodies.id = body_id
            WHERE site_id = ? AND instant >= ? AND instant < ?
            ORDER BY instant, front_page_id IS NULL, {ORIGIN_ORDER}, url, sha256, observer_id
            """,
            (site_id, *_range(selection)),
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
    for slug, site_id in _sites(connection, selection):
        rows = connection.execute(
            """
            SELECT captures.id, instant, observers.name, origin, url, status, hex(sha256), size, hex(revisit_of)
            FROM captures JOIN bodies ON bodies.id = body_id JOIN observers ON observers.id = observer_id
            WHERE site_id = ? AND instant >= ? AND instant < ? ORDER BY instant, origin, url, sha256
            """,
            (site_id, *_range(selection)),
        )
        for row_id, instant, observer, origin, url, status, sha256, size, revisit_of in rows:
            yield {
                "capture": capture_name(connection, row_id), "site": slug, "captured_at": iso(from_epoch(instant)),
                "observer": observer, "origin": origin, "url": url, "status": status,
                "sha256": sha256.lower(), "size": size, "revisit_of": revisit_of.lower(),
            }  # fmt: skip


def visits(connection: sqlite3.Connection, selection: Selection) -> Iterator[Row]:
    """The ledger: one row for every due slot."""
    for slug, site_id in _sites(connection, selection):
        rows = connection.execute(
            """
            SELECT observers.name, due_at, ended_at, outcome, error, capture_id
            FROM visits JOIN observers ON observers.id = observer_id
            WHERE site_id = ? AND due_at >= ? AND due_at < ? ORDER BY due_at, observers.name
            """,
            (site_id, *_range(selection)),
        )
        for observer, due_at, ended_at, outcome, error, capture_id in rows:
            yield {
                "site": slug, "observer": observer, "due_at": iso(from_epoch(due_at)),
                "ended_at": iso(from_epoch(ended_at)), "outcome": outcome, "error": error,
                "capture": capture_name(connection, capture_id) if capture_id else "",
            }  # fmt: skip


def lead_rows(connection: sqlite3.Connection, selection: Selection) -> Iterator[Row]:
    """Periods as lead, site by site."""
    for slug, _ in _sites(connection, selection):
        for lead in leads(connection, slug, since=selection.since, until=selection.until):
            yield lead_shape(lead)


def story_rows(connection: sqlite3.Connection, selection: Selection) -> Iterator[Row]:
    """Time on page, site by site."""
    for slug, _ in _sites(connection, selection):
        for row in stories(connection, slug, since=selection.since, until=selection.until):
            yield time_on_page_shape(row)


EXPORTS: dict[str, Callable[[sqlite3.Connection, Selection], Iterator[Row]]] = {
    "captures": captures,
    "readings": readings,
    "stories": story_rows,
    "leads": lead_rows,
    "visits": visits,
}


def write_jsonl(rows: Iterable[Row], out: IO[str]) -> None:
    """One JSON object a line."""
    for row in rows:
        out.write(json.dumps(row, ensure_ascii=False) + "\n")


def write_csv(rows: Iterable[Row], out: IO[str], *, is_formula_safe: bool = True) -> None:
    """A header and a line a row; a reading becomes a line a story. `is_formula_safe` puts a quote before cells that a
    spreadsheet would run."""
    writer: csv.DictWriter[str] | None = None
    for row in _flat(rows):
        if writer is None:
            writer = csv.DictWriter(out, list(row), lineterminator="\n")
            writer.writeheader()
        writer.writerow({key: _safe(value) for key, value in row.items()} if is_formula_safe else row)


def _flat(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        if "teasers" in row:
            yield from _story_lines(row)
        else:
            yield row


STORY_COLUMNS = (
    "role", "position", "section", "kicker", "headline", "summary", "byline", "url", "story", "image", "kind",
    "confidence",
)  # fmt: skip


def _story_lines(reading: Row) -> Iterator[Row]:
    """A reading as a line a story in reading order; one without stories keeps a line for its problem."""
    page = {key: value for key, value in reading.items() if key not in ("lead", "teasers", "url")}
    page["page_url"] = reading["url"]
    found = [*([reading["lead"]] if reading["lead"] else []), *reading["teasers"]]
    for story in sorted(found, key=lambda s: int(s["position"])) or [{}]:
        yield page | {column: story.get(column, "") for column in STORY_COLUMNS}


def _safe(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def _sites(connection: sqlite3.Connection, selection: Selection) -> list[tuple[str, int]]:
    slugs = selection.sites or [slug for (slug,) in connection.execute("SELECT slug FROM sites")]
    return [(slug, site_row(connection, slug)) for slug in sorted(slugs)]


def _range(selection: Selection) -> tuple[int, int]:
    return (
        epoch(selection.since) if selection.since else -ALWAYS,
        epoch(selection.until) if selection.until else ALWAYS,
    )
