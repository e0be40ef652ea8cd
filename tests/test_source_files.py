"""Saved pages: their times, their packing, and what is no page."""

import gzip
import os
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest

from schedules.sources.banner import instant_in
from schedules.sources.files import Files
from schedules.sources.found import Wanted
from scraper.encodings import zstd
from scraper.errors import ConfigError
from scraper.limits import MAX_BODY_BYTES
from tests.made import NOON
from tests.past import HOURS, SITE, bodies, captures, page, reasons, save_pages

PAGE = b"<!DOCTYPE html><title>The Courier</title><h1>Harbour reopens after the storm</h1>"


def packed(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def files(folder: Path, **options: bool) -> Files:
    return Files(folder, SITE, **options)


async def test_pages_come_in_order_of_time(tmp_path: Path) -> None:
    """Folders within folders are one list, by the time in the names."""
    save_pages(tmp_path / "b", HOURS[:3])
    save_pages(tmp_path / "a", HOURS[3:])
    assert list((await bodies(files(tmp_path))).items()) == [(instant, page(instant)) for instant in HOURS]


@pytest.mark.parametrize(
    "name",
    [
        "20261124120000.html", "20261124T120000.html", "20261124-120000.htm", "20261124_120000.txt",
        "courier 20261124T120000 front.XHTML", "archive/20261124120000/index-20261124120000.html",
    ],
)  # fmt: skip
async def test_the_time_in_a_name_is_utc(tmp_path: Path, name: str) -> None:
    """14 digits, or 8 and 6 with T, - or _ between, anywhere in the name."""
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_bytes(PAGE)
    assert await bodies(files(tmp_path)) == {NOON: PAGE}


@pytest.mark.parametrize(
    ("suffix", "pack"),
    [(".gz", packed), (".zst", zstd.compress), (".br", brotli.compress), (".GZ", packed), ("", bytes)],
)
async def test_packed_pages_are_unpacked(tmp_path: Path, suffix: str, pack: object) -> None:
    """Gzip, zstd and brotli, by the name's ending."""
    assert callable(pack)
    (tmp_path / f"20261124120000.html{suffix}").write_bytes(pack(PAGE))
    (capture,) = await captures(files(tmp_path))
    assert (capture.body, capture.content_type) == (PAGE, "text/html")


async def test_text_is_text(tmp_path: Path) -> None:
    """A page of plain text keeps its type, packed or not."""
    (tmp_path / "20261124120000.txt.gz").write_bytes(packed(b"NPR : National Public Radio"))
    assert (await captures(files(tmp_path)))[0].content_type == "text/plain"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("20261124120000.jpg", PAGE, "not a page"),
        ("20261324250000.html", PAGE, "no such time"),
        ("99991231200000.html", PAGE, "no such time"),
        ("00010101000000.html", PAGE, "no such time"),
        ("index.html", PAGE, "no time in its name or page"),
        ("123456789012345678.html", PAGE, "no time in its name or page"),
        ("20261124120000.html", b"", "empty"),
        ("20261124120000.html.gz", packed(PAGE)[:-9], "damaged"),
        ("20261124120000.html.gz", PAGE, "damaged"),
        ("20261124120000.html.br", b"\xff" * 40, "damaged"),
        ("20261124120000.html.gz", packed(b"a" * (MAX_BODY_BYTES + 1)), "too large"),
        ("20261124120000.html.zst", zstd.compress(b"a" * (MAX_BODY_BYTES + 1)), "too large"),
        ("20261124120000.html", b"a" * (MAX_BODY_BYTES + 1), "too large"),
    ],
)
@pytest.mark.fault(40)
async def test_what_is_no_capture_is_counted_with_its_reason(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    """One bad file costs itself: the good one beside it is taken."""
    (tmp_path / name).write_bytes(content)
    save_pages(tmp_path, HOURS[1:2])
    source = files(tmp_path)
    assert list(await bodies(source)) == [HOURS[1]]
    assert reasons(source) == {reason: 1}


@pytest.mark.fault(40)
async def test_links_are_not_followed(tmp_path: Path) -> None:
    """Neither a link to a page nor one to a folder leads out of the place."""
    outside = save_pages(tmp_path / "outside")
    inside = save_pages(tmp_path / "inside", HOURS[:1])
    (inside / "20261124130000.html").symlink_to(outside / "20261124130000.html")
    (inside / "folder").symlink_to(outside, target_is_directory=True)
    assert list(await bodies(files(inside))) == [NOON]


async def test_a_file_s_own_time_only_when_asked_for(tmp_path: Path) -> None:
    """`--mtime` is for names and pages without a time; one in the name comes first."""
    for name in ("index.html", "20261124130000.html"):
        (tmp_path / name).write_bytes(PAGE)
        os.utime(tmp_path / name, (0, NOON.timestamp()))
    assert list(await bodies(files(tmp_path))) == [HOURS[1]]
    assert list(await bodies(files(tmp_path, by_mtime=True))) == [NOON, HOURS[1]]


async def test_only_the_range_is_given(tmp_path: Path) -> None:
    """From is in, to is out."""
    source = files(save_pages(tmp_path))
    assert list(await bodies(source, Wanted(since=HOURS[1], until=HOURS[3]))) == [HOURS[1], HOURS[2]]


async def test_one_page_is_a_place_too(tmp_path: Path) -> None:
    """A file instead of a folder."""
    save_pages(tmp_path)
    assert list(await bodies(files(tmp_path / "20261124120000.html"))) == [NOON]


def test_a_place_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    """The message names it."""
    with pytest.raises(ConfigError, match="nowhere: there is no such folder"):
        files(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "mark",
    [
        b"<!--\n     FILE ARCHIVED ON 12:00:00 Nov 24, 2026 AND RETRIEVED FROM THE\n     INTERNET ARCHIVE ON ...",
        b'<script>wbinfo = {}; wbinfo.timestamp = "20261124120000";</script>',
        b'__wm.wombat("https://courier.example/","20261124120000","https://web.archive.org/","web","/_static/"',
        b'<link id="canonical" rel="canonical" href="http://web.archive.org/web/20261124120000/http://courier.example/">',
        b'<meta property="og:url" content="http://web.archive.org/web/20261124120000/http://courier.example/"/>',
        b'<link rel="bookmark" href="https://archive.today/20261124120000/https://courier.example/">',
        b'<meta name="Memento-Datetime" content="Tue, 24 Nov 2026 12:00:00 GMT">',
        b"<!--\n Page saved with SingleFile \n url: https://courier.example/ \n"
        b" saved date: Tue Nov 24 2026 13:00:00 GMT+0100 (Central European Standard Time)\n-->",
        b"<!-- Saved from https://courier.example/ at 2026-11-24T12:00:00Z using monolith v2.8 -->",
        b"<!-- Mirrored from courier.example/ by HTTrack Website Copier/3.x [XR&CO'2014], "
        b"Tue, 24 Nov 2026 12:00:00 GMT -->",
    ],
)
async def test_archives_and_saving_programs_say_when(tmp_path: Path, mark: bytes) -> None:
    """A banner at the end of a long page, or a meta element at its start, gives the time that the name lacks."""
    (tmp_path / "index.html").write_bytes(PAGE + b"<p>text</p>" * 100_000 + mark)
    assert list(await bodies(files(tmp_path))) == [NOON]
    assert instant_in(mark + PAGE) == NOON


def test_a_banner_with_an_impossible_time_is_passed_over() -> None:
    """The next mark counts; with none left there is no time."""
    bad = b"FILE ARCHIVED ON 25:00:00 Nov 44, 2026 "
    assert instant_in(bad) is None
    assert instant_in(b'wbinfo.timestamp = "99991231200000"') is None
    assert instant_in(bad + b'wbinfo.timestamp = "20261124120000"') == datetime(2026, 11, 24, 12, tzinfo=UTC)
