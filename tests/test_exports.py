"""Exports: every row has its columns, in every format; tables are safe, whole, and equal for equal captures."""

import csv
import io
import json
import sys
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from scraper.errors import ConfigError
from scraper.model import Origin, Outcome
from storage.archive import Archive
from storage.cli_export import FORMATS, WHAT
from storage.columns import Kind, export_columns
from storage.exports import EXPORTS, Selection, flat_rows
from storage.formats import Export, Format, write
from storage.package import write_package
from storage.parquet import write_parquet
from storage.rows import write_csv
from tests.made import NOON, SITE, at, capture, keep, keep_all, page, wall
from tests.test_cost import steps
from tests.verbs import call

TYPES: dict[Kind, type | tuple[type, ...]] = {
    Kind.TEXT: str, Kind.INTEGER: int, Kind.SECONDS: int, Kind.BYTES: int, Kind.SHARE: float, Kind.INSTANT: str,
    Kind.BOOLEAN: bool,
}  # fmt: skip
FORMULA = '=HYPERLINK("https://evil.example/","Flood, recedes")'
LINE = [
    (at(0), page("flood", "ferry", "harbour")),
    (at(15), page("flood", "ferry", "harbour", headlines={"flood": FORMULA})),
    (at(30), page("ferry", "flood", headlines={"flood": "Flood\n\t“recedes”"}, section="Region")),
    (at(45), wall()),
    (at(60), page("ferry", "market")),
    (at(60 + 7 * 60), page("ferry", "market")),
]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """Two sites, edits, a wall, a gap, an instant that two origins share, and a ledger."""
    with Archive(tmp_path / "archive.db") as archive:
        keep_all(archive, LINE)
        keep(archive, at(15), page("flood", "ferry"), origin=Origin.WAYBACK)
        row = archive.record(capture(at(5), site="phare")).capture_id
        archive.file(row, page("inondation", "bac"))
        archive.end_visit(SITE, due_at=NOON, ended_at=at(1), outcome=Outcome.NEW_EDITION, capture_id=1)
        archive.end_visit(SITE, due_at=at(14), ended_at=at(14), outcome=Outcome.MISSED, error="nobody looked")
        yield archive


def exported(archive: Archive, what: str, form: str, selection: Selection | None = None, **options: bool) -> bytes:
    out = io.BytesIO()
    job = Export(what=what, form=Format(form), selection=selection or Selection(), **options)
    write(archive.connection, job, out, now=NOON)
    return out.getvalue()


def table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


@pytest.mark.parametrize("what", EXPORTS)
def test_rows_are_what_the_dictionary_says(archive: Archive, what: str) -> None:
    """Every row has the columns of its export, of their kinds; only a gap's bounds and the like are null."""
    rows = list(flat_rows(archive.connection, what, Selection()))
    assert rows
    for row in rows:
        for column in export_columns(what):
            value = row.get(column.name)
            assert value is None or isinstance(value, TYPES[column.kind]), (column.name, value)
    if what != "readings":  # a reading's evidence and body have no place in a table
        assert all(list(row) == [column.name for column in export_columns(what)] for row in rows)


@pytest.mark.parametrize("what", EXPORTS)
def test_formats_tell_the_same(archive: Archive, what: str) -> None:
    """csv, parquet and jsonl hold equal rows in one order; a parquet instant is the instant that the text says."""
    columns = export_columns(what)
    rows = [{c.name: row.get(c.name) for c in columns} for row in flat_rows(archive.connection, what, Selection())]
    told = table(exported(archive, what, "csv", raw_cells=True))
    assert [list(row.values()) for row in told] == [[_cell(value) for value in row.values()] for row in rows]
    arrow = parquet.read_table(io.BytesIO(exported(archive, what, "parquet")))
    assert [{name: _plain(value) for name, value in row.items()} for row in arrow.to_pylist()] == rows
    if what != "readings":
        assert [json.loads(line) for line in exported(archive, what, "jsonl").splitlines()] == rows


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _plain(value: Any) -> Any:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value


@pytest.mark.parametrize("what", EXPORTS)
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_table_without_rows_has_its_columns(archive: Archive, what: str, form: str) -> None:
    """Nothing found is a table with a heading and no rows, not an empty file."""
    data = exported(archive, what, form, Selection(since=at(-99), until=at(-98)))
    names = [column.name for column in export_columns(what)]
    if form == "csv":
        assert data.decode() == ",".join(names) + "\n"
    else:
        read = parquet.read_table(io.BytesIO(data))
        assert (read.column_names, read.num_rows) == (names, 0)


def test_the_command_line_offers_what_there_is() -> None:
    """It names exports and formats without loading them."""
    assert (tuple(EXPORTS), tuple(Format)) == (WHAT, FORMATS)


@pytest.mark.fault(37)
def test_formulas_do_not_run(archive: Archive) -> None:
    """A cell that a spreadsheet would run begins with a quote, unless asked for as it was."""
    safe = table(exported(archive, "wordings", "csv"))
    raw = table(exported(archive, "wordings", "csv", raw_cells=True))
    assert f"'{FORMULA}" in {row["headline"] for row in safe}
    assert FORMULA in {row["headline"] for row in raw}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
@pytest.mark.fault(37)
def test_every_start_of_a_formula_is_known(start: str) -> None:
    """All six characters that spreadsheets act on."""
    out = io.BytesIO()
    write_csv([{"headline": f"{start}1"}], export_columns("leads")[2:3], out)
    (row,) = table(out.getvalue())
    assert row["headline"] == f"'{start}1"


def test_wordings_have_their_bounds(archive: Archive) -> None:
    """A story's wordings in order, each between the captures that did not show it."""
    rows = [row for row in table(exported(archive, "wordings", "csv")) if row["url"].endswith("/flood")]
    assert [row["headline"][:6] for row in rows] == ["Headli", "'=HYPE", "Flood\n"]
    edited = rows[1]
    assert (edited["not_before"], edited["gone_by"]) == ("2026-11-24T12:00:00Z", "2026-11-24T12:30:00Z")
    assert (edited["at_least_s"], edited["at_most_s"], edited["rotation"]) == ("0", "1800", "")


def test_a_selection_selects(archive: Archive) -> None:
    """--site, --from and --to choose; what only touches the time asked about is in."""
    later = Selection(sites=(SITE,), since=at(50), until=at(70))
    assert {row["headline"] for row in table(exported(archive, "leads", "csv", later))} == {"Headline of ferry"}
    assert {row["site"] for row in table(exported(archive, "captures", "csv", Selection(sites=("phare",))))} == {
        "phare"
    }
    touched = {row["url"] for row in table(exported(archive, "wordings", "csv", later))}
    assert touched == {"https://courier.example/ferry", "https://courier.example/market"}


def test_parquet_is_typed_and_grouped() -> None:
    """Instants are timestamps in UTC, counts are integers, columns carry their meaning, and groups are bounded."""
    lead = {
        "site": SITE, "story": "s", "headline": "h", "url": "u", "first_seen": "2026-11-24T12:00:00Z",
        "last_seen": "2026-11-24T12:00:00Z", "not_before": None, "gone_by": None, "at_least_s": 0, "at_most_s": None,
        "captures": 1,
    }  # fmt: skip
    out = io.BytesIO()
    write_parquet((lead for _ in range(25_000)), export_columns("leads"), out)
    file = parquet.ParquetFile(out)
    kinds = {field.name: str(field.type) for field in file.schema_arrow}
    assert kinds["first_seen"] == "timestamp[ms, tz=UTC]"
    assert (kinds["captures"], kinds["headline"]) == ("int64", "string")
    assert b"at least" in file.schema_arrow.field("at_least_s").metadata[b"description"]
    assert [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)] == [10_000, 10_000, 5_000]


def test_parquet_without_pyarrow_says_what_to_do(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra's name, and the formats that need nothing."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ConfigError, match=r"pip install 'frontpage-archive\[parquet\]'"):
        exported(archive, "leads", "parquet")


def test_gfg_has_gdelt_s_columns(archive: Archive) -> None:
    """A line a story: date, page, place, place in percent, link, text, with no blank but a space in them."""
    lines = [line.split("\t") for line in exported(archive, "readings", "gfg").decode().splitlines()]
    assert lines[0] == ["DATE", "FromFrontPageURL", "LinkID", "LinkPercentMaxID", "ToLinkURL", "LinkText"]
    assert all(len(line) == 6 for line in lines)
    at_half_past = [line for line in lines if line[0] == "20261124123000"]
    page_url = "https://www.courier.example/"
    assert at_half_past == [
        ["20261124123000", page_url, "1", "50", f"{page_url}ferry", "Headline of ferry"],
        ["20261124123000", page_url, "2", "100", f"{page_url}flood", "Flood “recedes”"],
    ]
    assert len({line[0] for line in lines[1:]}) == 6  # the wall has no line, one instant has two captures


def test_formats_know_their_rows(archive: Archive) -> None:
    """A format that cannot hold what is asked for names what it holds."""
    with pytest.raises(ConfigError, match="warc is a format of captures, not of leads"):
        exported(archive, "leads", "warc")
    with pytest.raises(ConfigError, match="atom is a format of changes"):
        exported(archive, "captures", "atom")


def test_a_package_is_a_supplement(archive: Archive) -> None:
    """Tables, dictionary and README in one zip, the same bytes each time; programs find every column described."""
    first, again = io.BytesIO(), io.BytesIO()
    for out in (first, again):
        write_package(archive.connection, list(EXPORTS), Selection(sites=(SITE,), since=NOON), out)
    assert first.getvalue() == again.getvalue()
    package = zipfile.ZipFile(first)
    assert package.testzip() is None
    assert package.namelist() == ["README.txt", "data.md", "datapackage.json", *(f"{what}.csv" for what in EXPORTS)]
    readme = package.read("README.txt").decode()
    for told in ("Sites:     courier\n", "Observers: home", "Captures:  7,", "Readable:  6;", "Readers:   1\n",
                 "from 2026-11-24T12:00:00Z until before (open)", "Gap: courier 21600 s.", "at_most_s"):  # fmt: skip
        assert told in readme
    assert max(map(len, readme.splitlines())) <= 125
    for resource in json.loads(package.read("datapackage.json"))["resources"]:
        rows = table(package.read(resource["path"]))
        assert list(rows[0]) == [field["name"] for field in resource["schema"]["fields"]]


def test_a_package_and_a_feed_name_those_who_looked_and_read(archive: Archive, tmp_path: Path) -> None:
    """Of what is in them: not whoever cares for the archive, looks elsewhere, or read it before it was read anew."""
    other = Selection(sites=("phare",))
    row = archive.record(capture(at(5), b"seen from elsewhere"), observer="oslo").capture_id
    archive.file(row, page("flood", reader="2"))
    archive.record(capture(at(35), site="phare"), observer="malmo")
    archive.end_visits("phare", [(at(40), at(40), Outcome.FAILED, "no answer", None)], observer="turku")
    with zipfile.ZipFile(packaged(archive, other)) as package:
        told = package.read("README.txt").decode()
    assert "Observers: home, malmo, turku (" in told
    assert "Readers:   1\n" in told
    assert "<name>home, malmo, turku</name>" in exported(archive, "changes", "atom", other).decode()
    before = packaged(archive, Selection()).getvalue()
    call("repack", "--archive", archive.path)
    assert packaged(archive, Selection()).getvalue() == before
    assert ("",) not in archive.connection.execute("SELECT name FROM observers").fetchall()


def packaged(archive: Archive, selection: Selection) -> io.BytesIO:
    out = io.BytesIO()
    write_package(archive.connection, list(EXPORTS), selection, out)
    return out


@pytest.mark.parametrize("what", EXPORTS)
def test_an_export_costs_what_it_tells(tmp_path: Path, what: str) -> None:
    """Five times the captures take about five times the steps: no row looks through all others."""
    spent = []
    for captures in (20, 100):
        with Archive(tmp_path / f"{captures}.db") as archive:
            keep_all(
                archive, [(at(15 * n), page(*(f"news-{n + place}" for place in range(4)))) for n in range(captures)]
            )
            archive.record(capture(at(15 * captures)))
            with steps(archive.connection) as counted:
                exported(archive, what, "warc" if what == "captures" else "csv")
            spent.append(counted[0])
    assert spent[1] < 7 * spent[0] + 10, spent


def test_exports_do_not_depend_on_arrival(archive: Archive, tmp_path: Path) -> None:
    """The same captures filed in reverse make the same files, but for a ledger of its own."""
    with Archive(tmp_path / "other.db") as other:
        other.file(other.record(capture(at(5), site="phare")).capture_id, page("inondation", "bac"))
        keep(other, at(15), page("flood", "ferry"), origin=Origin.WAYBACK)
        keep_all(other, list(reversed(LINE)))
        for what in (what for what in EXPORTS if what != "visits"):
            assert exported(archive, what, "csv") == exported(other, what, "csv")
