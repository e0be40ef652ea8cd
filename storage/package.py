"""A data supplement: one zip with tables as csv, the data dictionary and a README; equal data make equal bytes."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import IO, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from scraper.instants import from_epoch, iso
from storage.columns import Kind, dictionary, export_columns
from storage.dictionary import page
from storage.exports import Selection, flat_rows, observers_of, range_of, sites_of
from storage.observations import gap_of
from storage.rows import write_csv
from storage.schema import one_state

# Kinds in the words of Frictionless Table Schema (specs.frictionlessdata.io/table-schema).
FIELD_TYPES = {Kind.TEXT: "string", Kind.SHARE: "number", Kind.INSTANT: "datetime", Kind.BOOLEAN: "boolean"}
README = """FRONT PAGES: {sites}

What front pages of news sites said, and when: a selection from an archive made with frontpage-archive {version}.
Every row rests on captures, responses of a site to a request at a known instant.

Sites:     {sites}
Observers: {observers} (who looked; front pages can differ from place to place)
Captures:  {captures}, the first at {first}, the last at {last}
Readable:  {readable}; the others are consent walls, error pages and the like
Readers:   {readers}
Asked for: {asked}

Files
{files}
  data.md           the data dictionary: every column with its type, unit and meaning
  datapackage.json  the same for programs (Frictionless Data)

How durations are meant
Nobody watched between two captures. A story first seen at 12:15 and last seen at 13:45 was there for at least 1 h 30.
If the readable captures just outside, at 12:00 and 14:00, did not show it, it was there for at most 2 h. at_least_s and
at_most_s are these bounds in seconds; not_before and gone_by are the captures just outside. Where there is none within
the gap, the bound is empty: that nobody looked is no evidence that it was not there. Durations never run across a gap.
Gap: {gaps}.

What to compare
Only readings of one reader are like with like; readings.csv names the reader of each. The lead is a judgement:
confidence is the probability that editors would call it the lead.

Cells
Times are UTC, files are UTF-8. {cells}
"""
SAFE = "Text that a spreadsheet would run as a formula begins with a quote that is not part of it."
RAW = "Text is as it was, also where a spreadsheet would run it as a formula."


def write_package(
    connection: sqlite3.Connection,
    whats: Sequence[str],
    selection: Selection,
    out: IO[bytes],
    *,
    raw_cells: bool = False,
) -> None:
    """Zip the chosen tables, all from one state of the archive, a row at a time."""
    with one_state(connection), ZipFile(out, "w", ZIP_DEFLATED) as package:
        _add(package, "README.txt", _readme(connection, whats, selection, RAW if raw_cells else SAFE))
        _add(package, "data.md", page(connection))
        _add(package, "datapackage.json", json.dumps(_described(whats), indent=1, ensure_ascii=False) + "\n")
        for what in whats:
            with _member(package, f"{what}.csv") as file:
                rows = flat_rows(connection, what, selection)
                write_csv(rows, export_columns(what), file, is_formula_safe=not raw_cells)


@contextmanager
def _member(package: ZipFile, name: str) -> Iterator[IO[bytes]]:
    info = ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))  # zip's first day, so that equal data make equal bytes
    info.compress_type, info.external_attr = ZIP_DEFLATED, 0o644 << 16
    with package.open(info, "w", force_zip64=True) as file:
        yield file


def _add(package: ZipFile, name: str, text: str) -> None:
    with _member(package, name) as file:
        file.write(text.encode())


def _described(whats: Sequence[str]) -> dict[str, object]:
    """datapackage.json: specs.frictionlessdata.io/tabular-data-package."""
    return {
        "profile": "tabular-data-package",
        "name": "front-pages",
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": what,
                "path": f"{what}.csv",
                "encoding": "utf-8",
                "description": dictionary()["exports"][what]["about"],
                "schema": {
                    "fields": [
                        {
                            "name": column.name,
                            "type": FIELD_TYPES.get(column.kind, "integer"),
                            "description": column.meaning,
                        }
                        for column in export_columns(what)
                    ]
                },
            }
            for what in whats
        ],
    }


def _readme(connection: sqlite3.Connection, whats: Sequence[str], selection: Selection, cells: str) -> str:
    sites = sites_of(connection, selection)
    seen = [_seen(connection, site_id, *range_of(connection, selection, slug)) for slug, site_id in sites]
    return README.format(
        version=_version(),
        sites=", ".join(slug for slug, _ in sites) or "none",
        observers=", ".join(observers_of(connection, selection)) or "none",
        readers=", ".join(sorted({name for one in seen for name in json.loads(one.readers)})) or "none",
        captures=sum(one.captures for one in seen),
        readable=sum(one.readable for one in seen),
        first=_told(min((one.first for one in seen if one.first is not None), default=None)),
        last=_told(max((one.last for one in seen if one.last is not None), default=None)),
        asked=f"from {_asked(selection.since)} until before {_asked(selection.until)}",
        files="\n".join(f"  {what + '.csv':<17} {_about(what)}" for what in whats),
        gaps=", ".join(f"{slug} {gap_of(connection, row)} s" for slug, row in sites) or "none",
        cells=cells,
    )


def _about(what: str) -> str:
    sentence, _, _ = dictionary()["exports"][what]["about"].partition(". ")
    return str(sentence)


class _Seen(NamedTuple):
    """Of a site's captures in the time asked about: how many, when, how many are readable, and who read them."""

    captures: int
    first: int | None
    last: int | None
    readable: int
    readers: str  # JSON list of names


def _seen(connection: sqlite3.Connection, site_id: int, start: int, end: int) -> _Seen:
    row = connection.execute(
        """
        SELECT count(*), min(instant), max(instant), count(front_page_id),
            json_group_array(DISTINCT readers.name) FILTER (WHERE readers.name IS NOT NULL)
        FROM captures LEFT JOIN readings ON capture_id = captures.id LEFT JOIN readers ON readers.id = reader_id
        WHERE site_id = ? AND instant >= ? AND instant < ?
        """,
        (site_id, start, end),
    ).fetchone()
    return _Seen(*row)


def _told(instant: int | None) -> str:
    return "-" if instant is None else iso(from_epoch(instant))


def _asked(bound: datetime | None) -> str:
    if bound is None:
        return "(open)"
    return iso(bound) if bound.tzinfo else f"{bound.isoformat()} (in each site's own zone)"


def _version() -> str:
    try:
        return version("frontpage-archive")
    except PackageNotFoundError:  # run from a folder that nobody installed
        return "of unknown version"
