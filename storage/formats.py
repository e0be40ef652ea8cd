"""Formats of exports, and which rows each can hold."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import IO, TYPE_CHECKING

from scraper.errors import ConfigError
from scraper.instants import from_epoch
from storage.columns import export_columns
from storage.exports import EXPORTS, Selection, events, flat, observers_of, range_of, sites_of
from storage.rows import Row
from storage.schema import one_state

if TYPE_CHECKING:
    from storage.apart import Apart


class Format(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"
    ATOM = "atom"
    GFG = "gfg"
    WARC = "warc"


ONLY = {Format.ATOM: "changes", Format.GFG: "readings", Format.WARC: "captures"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Export:
    """What to write, and how. `raw_cells` leaves csv cells that a spreadsheet would run as they are."""

    what: str
    form: Format
    selection: Selection
    raw_cells: bool = False

    def __post_init__(self) -> None:
        only = ONLY.get(self.form, self.what)
        if only != self.what:
            raise ConfigError(f"{self.form} is a format of {only}, not of {self.what}")


def write(connection: sqlite3.Connection, export: Export, out: IO[bytes], *, now: datetime) -> None:
    """Write an export, all of it from one state of the archive. `now` dates a WARC file."""
    with one_state(connection):
        _write(connection, export, out, now)


def write_apart(apart: "Apart", export: Export, out: IO[bytes]) -> None:
    """Write an export of archives kept apart, each in one state, as the archive would that holds everything.

    Raises ConfigError for the formats that are more than rows.
    """
    from storage.together import rows

    if export.form in (Format.ATOM, Format.WARC):
        raise ConfigError(f"{export.form} is written of one archive; `frontpage merge` makes one of several")
    _write_rows(rows(apart, export.what, export.selection), export, out)


def _write(connection: sqlite3.Connection, export: Export, out: IO[bytes], now: datetime) -> None:
    match export.form:
        case Format.ATOM:
            _write_atom(connection, export.selection, out)
        case Format.WARC:
            from storage.warc import write_warc

            write_warc(connection, export.selection, out, now=now)
        case _:
            _write_rows(EXPORTS[export.what](connection, export.selection), export, out)


def _write_rows(rows: Iterator[Row], export: Export, out: IO[bytes]) -> None:
    what = export.what
    match export.form:
        case Format.CSV:
            from storage.rows import write_csv

            write_csv(flat(what, rows), export_columns(what), out, is_formula_safe=not export.raw_cells)
        case Format.JSONL:
            from storage.rows import write_jsonl

            write_jsonl(rows, out)
        case Format.PARQUET:
            from storage.parquet import write_parquet

            write_parquet(flat(what, rows), export_columns(what), out)
        case Format.GFG:
            from storage.gfg import write_gfg

            write_gfg(rows, out)


def _write_atom(connection: sqlite3.Connection, selection: Selection, out: IO[bytes]) -> None:
    from storage.feeds import Feed, atom

    sites = sites_of(connection, selection)
    slugs = ", ".join(slug for slug, _ in sites)
    feed = Feed(
        name=f"changes of {slugs}",
        title=f"Changes on the front pages of {slugs}",
        author=", ".join(observers_of(connection, selection)) or "none",
        updated=_last_look(connection, selection, sites),
    )
    for piece in atom(feed, events(connection, selection)):
        out.write(piece.encode())


def _last_look(connection: sqlite3.Connection, selection: Selection, sites: list[tuple[str, int]]) -> datetime:
    """Instant of the last observation of the sites in the time asked about; 1970 where there is none."""
    latest = [
        connection.execute(
            "SELECT max(instant) FROM observations WHERE site_id = ? AND instant >= ? AND instant < ?",
            (site_id, *range_of(connection, selection, slug)),
        ).fetchone()[0]
        for slug, site_id in sites
    ]
    return from_epoch(max((instant for instant in latest if instant is not None), default=0))
