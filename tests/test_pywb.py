"""Backfill from a real pywb: by its index as from Wayback, and by its TimeMap as from any archive."""

import asyncio
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from schedules.sources.found import Wanted
from scraper.instants import iso
from tests import pywb
from tests.past import HOURS, URL, counts, filled, page, readings, save_pages
from tests.warcs import Warc, write_past

pytestmark = pytest.mark.pywb


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The courier's past, a page of another site, an archived error, a redirect, and a revisit in two files."""
    folder = tmp_path_factory.mktemp("pywb")
    past = write_past(folder / "past.warc.gz", HOURS[:5])
    other = folder / "other.warc.gz"
    with other.open("wb") as out:
        warc = Warc(out)
        warc.response(HOURS[0], b"<h1>The rival</h1>", url="https://rival.example/")
        warc.response(HOURS[0] + timedelta(minutes=5), b"<h1>503</h1>", status="503 Service Unavailable")
        moved = (("Location", URL), ("Content-Type", "text/html"))
        warc.response(
            HOURS[0] + timedelta(minutes=10), b"", url="http://courier.example/", status="301 Moved", headers=moved
        )
        original = warc.response(HOURS[5], page(HOURS[5]))
        warc.revisit(HOURS[5] + timedelta(hours=1), original)
    with pywb.serving(folder, past, other) as address:
        yield address


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The readings of the same pages saved as files."""
    folder = tmp_path_factory.mktemp("files")
    pages = save_pages(folder / "pages")
    (pages / "20261124180000.html").write_bytes(page(HOURS[5]))
    asyncio.run(filled(folder, "files", pages))
    return readings(folder)


@pytest.mark.parametrize("source", ["wayback", "memento"])
async def test_readings_equal_those_of_files(collection: str, expected: str, tmp_path: Path, source: str) -> None:
    """Everything the collection has of the site, byte for byte as from saved pages; a second run knows it all."""
    report = await filled(tmp_path, source, collection)
    assert (report.taken, report.failed) == (7, 0)
    assert readings(tmp_path) == expected
    assert sum(report.quarantined.values()) == 2  # the error and the redirect
    again = await filled(tmp_path, source, collection)
    assert (again.taken, again.known, again.failed) == (0, 7, 0)
    assert again.quarantined == report.quarantined


@pytest.mark.shared
@pytest.mark.parametrize("source", ["wayback", "memento"])
async def test_a_real_series(tmp_path: Path, shared: Path, source: str) -> None:
    """A real paper's pages through pywb and back: the readings of the same files."""
    pages = tmp_path / "pages"
    pages.mkdir()
    warc = tmp_path / "series.warc.gz"
    with warc.open("wb") as out:
        file = Warc(out)
        for saved in sorted((shared / "series" / "foxnews").glob("*.html"))[:10]:
            instant = datetime.strptime(f"{saved.stem}+0000", "%Y%m%dT%H%M%S%z")
            file.response(instant, saved.read_bytes(), headers=(("Content-Type", "text/html"),))
            (pages / saved.name).write_bytes(saved.read_bytes())
    await filled(tmp_path / "files", "files", pages)
    with pywb.serving(tmp_path, warc) as address:
        report = await filled(tmp_path, source, address)
    assert (report.found, report.failed) == (10, 0)
    assert readings(tmp_path) == readings(tmp_path / "files")


@pytest.mark.parametrize("source", ["wayback", "memento"])
async def test_ranges_and_steps(collection: str, tmp_path: Path, source: str) -> None:
    """From, to and every choose the same from a server as from a folder."""
    wanted = Wanted(since=HOURS[1], until=HOURS[5], every=7200)
    report = await filled(tmp_path, source, collection, wanted=wanted)
    assert counts(report) == (2, 2, 0, 0)
    told = [json.loads(line)["captured_at"] for line in readings(tmp_path).splitlines()]
    assert told == [iso(HOURS[1]), iso(HOURS[3])]


@pytest.mark.parametrize("source", ["wayback", "memento"])
async def test_a_site_that_pywb_does_not_have(collection: str, tmp_path: Path, source: str) -> None:
    """Nothing for it is a report, not a failure."""
    report = await filled(tmp_path, source, collection, url="https://nobody.example/")
    assert counts(report) == (0, 0, 0, 0)
