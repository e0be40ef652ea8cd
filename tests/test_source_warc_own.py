"""Our own WARC exports come back as they were: origins, redirects, 304s, and equal readings."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from schedules.sources.found import Wanted
from schedules.sources.own_records import read_own
from schedules.sources.warc import Warc
from scraper.model import Capture, Hop, Origin
from storage.archive import Archive
from storage.captures import load_capture
from storage.exports import Selection
from storage.warc import write_warc
from tests.made import NOON
from tests.past import HOURS, SITE, URL, captures, counts, filled, page, readings, reasons, save_pages


def capture(instant: Any, body: bytes, **parts: Any) -> Capture:
    made = Capture(
        site="courier", origin=Origin.LIVE, url=URL, instant=instant, status=200,
        headers=(("Content-Type", "text/html; charset=utf-8"), ("Content-Encoding", "br"), ("ETag", '"é"')), body=body,
        request_headers=(("Host", "courier.example"), ("User-Agent", "frontpage-archive")),
    )  # fmt: skip
    return replace(made, **parts)


MOVED = (Hop(url="http://courier.example/", status=301, location=URL),)
PAST = (
    capture(HOURS[0], page(HOURS[0])),
    capture(HOURS[1], page(HOURS[1]), origin=Origin.WAYBACK, redirects=MOVED),
    capture(HOURS[2], page(HOURS[1]), origin=Origin.MEMENTO),
    capture(HOURS[3], page(HOURS[3]), origin=Origin.GIT, url="https://elsewhere.example/courier"),
    capture(HOURS[3], page(HOURS[2]), origin=Origin.FILES, request_headers=()),
)


def export(folder: Path) -> Path:
    """An archive of those captures and of a 304, as a WARC file."""
    folder.mkdir()
    with Archive(folder / "archive.db") as archive, (folder / "courier.warc.gz").open("wb") as out:
        rows = [archive.record(one).capture_id for one in PAST]
        stored = load_capture(archive.connection, archive.bodies, rows[0])
        assert stored == PAST[0]
        (sha256,) = archive.connection.execute("SELECT lower(hex(sha256)) FROM bodies WHERE id = 1").fetchone()
        archive.record(capture(HOURS[4], b"", status=304, revisit_of=sha256))
        write_warc(archive.connection, Selection(), out, now=NOON)
    return folder / "courier.warc.gz"


@pytest.mark.parametrize("wanted", [Wanted(), Wanted(every=60)])
async def test_captures_come_back_as_they_were(tmp_path: Path, wanted: Wanted) -> None:
    """Origin, address, headers of both directions, redirects, body; a 304 stands for the same sha256 again."""
    source = Warc(export(tmp_path / "there"), SITE)
    found = await captures(source, wanted)
    if wanted.every:  # one of the two that share an instant
        assert [one.instant for one in found] == list(HOURS[:5])
        return
    assert found[:5] == list(PAST)
    assert (found[5].status, found[5].body, len(found[5].revisit_of)) == (304, b"", 64)
    assert set(reasons(source)) <= {"an archived 301"}  # the redirect is a part of its capture


async def test_an_archive_knows_its_own_export(tmp_path: Path) -> None:
    """Nothing of it is taken twice."""
    file = export(tmp_path / "there")
    report = await filled(tmp_path / "there", "warc", file)
    assert counts(report) == (6, 0, 6, 0)


async def test_readings_are_equal_after_export_and_backfill(tmp_path: Path) -> None:
    """What an archive was filled with, exported, and read into another: byte for byte the same readings."""
    (tmp_path / "there").mkdir()
    await filled(tmp_path / "there", "files", save_pages(tmp_path / "pages", [*HOURS, NOON + timedelta(days=2)]))
    file = tmp_path / "export.warc.gz"
    with Archive(tmp_path / "there" / "archive.db") as archive, file.open("wb") as out:
        write_warc(archive.connection, Selection(), out, now=NOON)
    (tmp_path / "here").mkdir()
    assert counts(await filled(tmp_path / "here", "warc", file)) == (7, 7, 0, 0)
    assert readings(tmp_path / "here") == readings(tmp_path / "there")


@pytest.mark.parametrize(
    "block",
    [
        b"", b"software: browsertrix\r\n", b"capture: a/1\r\n", b"capture: a/1\r\norigin: moon\r\nexchange: {}\r\n",
        b'capture: a/1\r\nsite: a\r\norigin: live\r\nstatus: 200\r\nexchange: {"headers": 5}\r\n',
        b"capture: a/1\r\nsite: a\r\norigin: live\r\nstatus: 200\r\nrevisit-of: xyz\r\nexchange: " + b"[" * 9_999,
    ],
    ids=range(6),
)  # fmt: skip
def test_metadata_of_others_and_broken_ones_tell_nothing(block: bytes) -> None:
    """Any bytes are ours or not; none raise."""
    assert read_own(block) is None
