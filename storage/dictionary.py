"""The data dictionary as a page: every export, view and table of an archive. `python -m storage.dictionary` prints it.

Exports and views are described by dictionary.toml alone; the types of tables come from the schema itself.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from storage.columns import TOLD, columns_of, dictionary

INTRODUCTION = """# The data dictionary

Every export, view and table, column by column. Rendered from storage/dictionary.toml by `python -m storage.dictionary`;
a test holds it against the schema. How to measure with it, and how to cite it: [citing.md](citing.md).

| type | csv | jsonl, SQL views | parquet |
|---|---|---|---|
| text | as it is; a cell that a spreadsheet would run begins with `'` unless `--raw-cells` | text | string |
| integer | digits | number | int64 |
| number | decimal | number | double |
| instant | `2026-11-24T20:00:00Z` | the same | timestamp, milliseconds, UTC |
| boolean | true, false | true, false | boolean |

Absent text is empty. Any other empty cell (null elsewhere) says that there is none, or that nobody knows.
Rows of all formats come in the same order, which depends on nothing but what was captured. Files are UTF-8.
"""
UNDESCRIBED: dict[str, Any] = {"about": "", "columns": {}}
GFG = """## Export: readings --format gfg

The columns of the [GDELT Global Frontpage
Graph](https://blog.gdeltproject.org/announcing-gdelt-global-frontpage-graph-gfg/), tab-separated, with a header line
and without quotes. GDELT counts every link of a page, we count stories only, so ranks of both cannot be mixed.

| column | meaning |
|---|---|
| DATE | instant of the capture, `YYYYMMDDHHMMSS`, UTC |
| FromFrontPageURL | address of the front page |
| LinkID | the story's position, from 1 |
| LinkPercentMaxID | that position in percent of the page's last one: how far down it stands |
| ToLinkURL | link as printed, made absolute |
| LinkText | headline |
"""
WARC = """## Export: captures --format warc

WARC/1.1, gzip a record. WARC-Date is the instant of the capture. Bodies are stored decoded, so the wire's
Content-Encoding, Content-Length and Transfer-Encoding are kept as `X-Archive-Orig-...`, and Content-Length is that of
the decoded body. WARC-Payload-Digest is SHA-1 in base32, as web archives write it. A body that the file already has
becomes a revisit (identical-payload-digest), a 304 a revisit without a block (server-not-modified), a redirect a
response with its Location alone. Before each response stands a metadata record (application/warc-fields) that names it
in WARC-Concurrent-To:

| field | meaning |
|---|---|
| capture | name of the capture |
| site | slug of the site |
| observer | who looked |
| origin | live, warc, wayback, memento, git or files: where this archive had it from |
| status | HTTP status |
| sha256 | SHA-256 of the decoded body, hexadecimal |
| size | length of the decoded body in bytes |
| revisit-of | of a 304: the sha256 that it stands for |
| removed-at, removed-why | of a capture whose body was removed (there is no response record then) |
| exchange | JSON: `headers`, `request_headers`: [name, value] as they came; `redirects`: {url, status, location} |
"""


def page(connection: sqlite3.Connection) -> str:
    """The whole dictionary, in Markdown."""
    parts = [INTRODUCTION, *_exports(), GFG, WARC, *_views(), *_tables(connection)]
    return "\n".join(parts)


def tables_of(connection: sqlite3.Connection) -> dict[str, list[tuple[str, str, bool]]]:
    """Our tables' columns: (name, declared type, whether it may be NULL); not SQLite's own, nor the migrations'."""
    names = connection.execute(
        """
        SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_sqlite_%'
        AND name NOT LIKE 'words_%' ORDER BY rowid
        """
    ).fetchall()
    return {
        table: [
            (name, kind, not not_null and not key)
            for _, name, kind, not_null, _, key in connection.execute(f"PRAGMA table_info({table})")
        ]
        for (table,) in names
    }


def _exports() -> Iterator[str]:
    for name, entry in dictionary()["exports"].items():
        yield f"## Export: {name}\n\n{entry['about']}\n\n" + _told(entry)


def _views() -> Iterator[str]:
    yield "## Views\n\nFor SQL: `sqlite3 archive.db`, the reading room's SQL page, or any program that reads SQLite.\n"
    for name, entry in dictionary()["views"].items():
        yield f"### {name}\n\n{entry['about']}\n\n" + _told(entry)


def _tables(connection: sqlite3.Connection) -> Iterator[str]:
    described = dictionary()["tables"]
    yield "## Tables\n\nWhat the views are made of. They may change between versions; views and exports seldom do.\n"
    for table, columns in tables_of(connection).items():
        entry = described.get(table, UNDESCRIBED)  # of a newer schema, say; a test finds what was forgotten
        rows = [
            (f"`{name}`", kind.lower(), "yes" if null else "", entry["columns"].get(name, ""))
            for name, kind, null in columns
        ]
        yield f"### {table}\n\n{entry['about']}\n\n" + _table(("column", "type", "null", "meaning"), rows)


def _told(entry: dict[str, Any]) -> str:
    rows = [(f"`{column.name}`", *TOLD[column.kind], column.meaning) for column in columns_of(entry)]
    return _table(("column", "type", "unit", "meaning"), rows)


def _table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heading, ["---"] * len(heading), *rows]
    return "".join(f"| {' | '.join(line)} |\n".replace("|  |", "| |") for line in lines)


def rendered() -> str:
    """The dictionary of a new archive."""
    from storage.schema import connect

    with TemporaryDirectory() as folder:
        connection = connect(Path(folder) / "archive.db")
        try:
            return page(connection)
        finally:
            connection.close()


if __name__ == "__main__":
    import click

    click.echo(rendered(), nl=False)
