"""The data dictionary tells of everything that is there and of nothing else; the views say what the verbs say."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from storage.archive import Archive
from storage.columns import columns_of, dictionary
from storage.dictionary import rendered, tables_of
from storage.exports import EXPORTS, Selection
from storage.formats import Export, Format, write
from storage.views import VIEWS
from tests.made import NOON
from tests.test_exports import archive as archive
from tests.test_series import series, take

DOCUMENT = Path(__file__).parents[1] / "docs" / "data.md"


def test_no_table_or_column_is_missing_and_none_too_many(archive: Archive) -> None:
    """Every table of the schema, every column in order."""
    described = {table: list(entry["columns"]) for table, entry in dictionary()["tables"].items()}
    there = {table: [name for name, _, _ in columns] for table, columns in tables_of(archive.connection).items()}
    assert described == there


def test_every_view_is_described(archive: Archive) -> None:
    """Every view of the schema, every column in order."""
    there = {name for (name,) in archive.connection.execute("SELECT name FROM sqlite_schema WHERE type = 'view'")}
    assert there == set(VIEWS) == set(dictionary()["views"])
    for view in VIEWS:
        cursor = archive.connection.execute(f"SELECT * FROM {view}")
        assert [name for name, *_ in cursor.description] == [c.name for c in columns_of(dictionary()["views"][view])]


def test_every_export_is_described() -> None:
    """Every export, and no other; that its rows have these columns is for tests/test_exports.py."""
    assert list(dictionary()["exports"]) == list(EXPORTS)


def test_the_document_is_up_to_date() -> None:
    """docs/data.md is what `python -m storage.dictionary` prints; after a change print it anew and see the diff."""
    assert DOCUMENT.read_text(encoding="utf-8") == rendered()


def asked(archive: Archive, view: str, order: str) -> list[dict[str, Any]]:
    cursor = archive.connection.execute(f"SELECT * FROM {view} ORDER BY {order}")
    names = [name for name, *_ in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def exported(archive: Archive, what: str) -> Iterator[dict[str, Any]]:
    return EXPORTS[what](archive.connection, Selection())


SAME = {  # view: (export, order of rows, columns that only one of them has or that they mean differently)
    "captures_told": ("captures", "capture", {"removed_at", "removed_why"}),
    "visits_told": ("visits", "site, due_at", set()),
    "front_page_leads": ("leads", "site, first_seen, story", {"url"}),
    "story_times": ("stories", "site, first_seen, story", {"url", "not_before", "gone_by"}),
    "wordings_seen": ("wordings", "site, story, first_seen", set()),
}


@pytest.mark.parametrize("view", SAME)
def test_views_say_what_exports_say(archive: Archive, view: str) -> None:
    """SQL without our code finds the same names, times, bounds and counts."""
    assert_same(archive, view)


@pytest.mark.shared
def test_views_say_what_exports_say_of_a_real_series(shared: Path, tmp_path: Path) -> None:
    """A year and more of a newspaper's front pages, with gaps and edits."""
    with Archive(tmp_path / "archive.db") as archive:
        take(archive, series(shared))
        for view in ("captures_told", "front_page_leads", "wordings_seen"):
            assert_same(archive, view)


def assert_same(archive: Archive, view: str) -> None:
    what, order, apart = SAME[view]
    seen = [{key: value for key, value in row.items() if key not in apart} for row in asked(archive, view, order)]
    names = list(seen[0])
    told = [{name: row[name] for name in names} for row in exported(archive, what)]
    if what == "captures":
        told.sort(key=lambda row: row["capture"])
    assert seen == told


def test_readings_told_names_readers_and_problems(archive: Archive) -> None:
    """A row a reading: quality, reader, edition; no edition for a wall."""
    rows = asked(archive, "readings_told", "capture")
    assert len(rows) == 8
    walls = [row for row in rows if row["quality"] == "consent-wall"]
    assert [(row["capture"], row["edition"], row["problem"]) for row in walls] == [
        ("courier/20261124124500", None, "asks for consent")
    ]
    assert {row["title"] for row in rows if row["quality"] == "ok"} == {"The Harbour Courier"}


def test_a_removed_body_is_told_in_sql(archive: Archive) -> None:
    """When and why, as the `removals` table says."""
    with archive.batch():
        archive.connection.execute(
            "INSERT INTO removals (body_id, removed_at, reason) VALUES (1, 1800000000, 'asked to')"
        )
        archive.connection.execute("UPDATE bodies SET data = NULL WHERE id = 1")
    told = [row for row in asked(archive, "captures_told", "capture") if row["body"] == "removed"]
    assert [(row["removed_at"], row["removed_why"]) for row in told] == [("2027-01-15T08:00:00Z", "asked to")]
    out = io.BytesIO()
    write(archive.connection, Export(what="captures", form=Format.CSV, selection=Selection()), out, now=NOON)
    rows = csv.DictReader(io.StringIO(out.getvalue().decode()))
    assert [row["capture"] for row in rows if row["body"] == "removed"] == [told[0]["capture"]]
