"""Times typed without a zone are each site's own, also where a verb asks about sites of several zones."""

import csv
import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from warcio.archiveiterator import ArchiveIterator

from scraper.config import Site
from storage.archive import Archive
from tests.made import capture, new_archive, page
from tests.test_cli import lines
from tests.verbs import call
from web.server import application

ZONES = {"kurier": "Europe/Berlin", "tribune": "America/New_York"}
MIDNIGHT = {"kurier": "2026-11-21T23:00:00Z", "tribune": "2026-11-22T05:00:00Z"}  # of 22 November
START = datetime(2026, 11, 21, 18, tzinfo=UTC)
HOURS = 20


def fill(archive: Archive, slug: str) -> None:
    """Every hour another lead, which stands there for an hour."""
    site = Site(slug=slug, name=slug, url="https://a.example/", timezone=ZONES[slug], every=900)
    archive.describe(site, gap=6 * 3600, at=START)
    for hour in range(HOURS):
        read = page(f"lead-{hour}", "ferry", headlines={f"lead-{hour}": f"Flood, hour {hour}"})
        recorded = archive.record(capture(START + timedelta(hours=hour), f"{slug} {hour}".encode(), site=slug))
        archive.file(recorded.capture_id, read)


def together(folder: Path) -> list[object]:
    with new_archive(folder / "archive.db") as archive:
        for slug in ZONES:
            fill(archive, slug)
    return ["--archive", folder / "archive.db"]


def apart(folder: Path) -> list[object]:
    for slug in ZONES:
        with new_archive(folder / f"{slug}.db") as archive:
            fill(archive, slug)
    return ["--archive", folder]


@pytest.fixture(params=[together, apart], ids=lambda way: way.__name__)
def archives(request: pytest.FixtureRequest, tmp_path: Path) -> list[object]:
    """Options that name one archive of both sites, or one of each."""
    way: Callable[[Path], list[object]] = request.param
    return way(tmp_path)


def firsts(text: str, key: str = "first_seen") -> dict[str, str]:
    """The first time of each site among rows."""
    found: dict[str, str] = {}
    for row in lines(text):
        found[row["site"]] = min(row[key], found.get(row["site"], "9"))
    return found


def lasts(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in lines(text):
        found[row["site"]] = max(row["first_seen"], found.get(row["site"], ""))
    return found


@pytest.mark.parametrize(
    "verb",
    [
        ("leads", "--all"),
        ("leads", "--all", "--about", "flood"),
        ("search", "flood"),
        ("export", "leads", "--format", "jsonl"),
        ("export", "leads", "--format", "jsonl", "--site", "tribune", "--site", "kurier"),
        ("export", "wordings", "--format", "jsonl"),
    ],
    ids=" ".join,
)
def test_a_day_begins_where_the_site_is(archives: list[object], verb: tuple[str, ...]) -> None:
    """From midnight there, until before midnight there."""
    options = [*archives, *(["--json"] if verb[0] != "export" else [])]
    wanted = [row for row in call(*verb, "--from", "2026-11-22", *options).splitlines() if "Flood" in row]
    assert firsts("\n".join(wanted)) == MIDNIGHT
    wanted = [row for row in call(*verb, "--to", "2026-11-22", *options).splitlines() if "Flood" in row]
    assert lasts("\n".join(wanted)) == {"kurier": "2026-11-21T22:00:00Z", "tribune": "2026-11-22T04:00:00Z"}


def test_the_best_hits_come_first_whatever_their_zone(archives: list[object]) -> None:
    """Hits of all zones are ranked together, then cut."""
    every = lines(call("search", "flood", "--from", "2026-11-22", "--json", *archives))
    assert len(every) == (HOURS - 5) + (HOURS - 11)
    some = lines(call("search", "flood", "--from", "2026-11-22", "--limit", "7", "--json", *archives))
    assert some == every[:7]


@pytest.mark.filterwarnings("ignore:unclosed database:ResourceWarning")
@pytest.mark.filterwarnings("ignore:There is no current event loop:DeprecationWarning")
async def test_the_reading_room_begins_a_day_where_the_site_is(tmp_path: Path) -> None:
    """A search over all sites has of each what a search over it alone has, where its counts and columns lead to."""
    path = together(tmp_path)[1]
    assert isinstance(path, Path)
    query = "q=flood&from=2026-11-22"
    transport = httpx.ASGITransport(application(path, host="127.0.0.1"))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        hits = (await client.get(f"/search.json?{query}")).json()
        alone = [(await client.get(f"/search.json?{query}&site={slug}")).json() for slug in ZONES]
        earlier = (await client.get("/search.json?q=flood&to=2026-11-22")).json()
        table = csv.DictReader((await client.get(f"/search.csv?{query}")).text.splitlines())
        feed = (await client.get(f"/search.feed.json?{query}")).json()
        page = (await client.get(f"/search?{query}")).text
        days = (await client.get("/search?q=flood")).text
    assert {slug: min(hit["first_seen"] for hit in hits if hit["site"] == slug) for slug in ZONES} == MIDNIGHT
    assert Counter(hit["site"] for hit in hits) == {"kurier": HOURS - 5, "tribune": HOURS - 11}
    assert sorted(map(repr, hits)) == sorted(repr(hit) for one in alone for hit in one)
    assert Counter(hit["site"] for hit in earlier) == {"kurier": 5, "tribune": 11}
    assert Counter(row["site"] for row in table) == Counter(hit["site"] for hit in hits)
    assert len(feed["items"]) == len(hits)
    for slug, one in zip(ZONES, alone, strict=True):
        assert re.search(rf'site={slug}[^"]*" [^>]*>{slug}</a> <span class="count">{len(one)}</span>', page)
    assert f'aria-label="2026-11-22: {len(hits)}"' in days


def test_an_instant_is_the_same_everywhere(archives: list[object]) -> None:
    """A time with a zone is an instant, and so are the compact and the relative ones."""
    for text in ("2026-11-22T02:00+02:00", "20261122000000"):
        found = firsts(call("export", "captures", "--format", "jsonl", "--from", text, *archives), "captured_at")
        assert set(found.values()) == {"2026-11-22T00:00:00Z"}


def test_one_site_of_an_archive_is_asked_as_if_it_were_named(tmp_path: Path) -> None:
    """An archive of a single site has its zone."""
    with new_archive(tmp_path / "archive.db") as archive:
        fill(archive, "tribune")
    told = call("search", "flood", "--from", "2026-11-22", "--json", "--archive", tmp_path / "archive.db")
    assert firsts(told) == {"tribune": MIDNIGHT["tribune"]}


def test_files_that_are_more_than_rows_begin_there_too(tmp_path: Path) -> None:
    """WARC, Atom and the data supplement, whose README says how its bounds are meant."""
    options = ["--from", "2026-11-22", *together(tmp_path)]
    call("export", "captures", "--format", "warc", "-o", tmp_path / "a.warc.gz", *options)
    with (tmp_path / "a.warc.gz").open("rb") as file:
        responses = [record.rec_type for record in ArchiveIterator(file)].count("response")
    assert responses == (HOURS - 5) + (HOURS - 11)
    feed = call("export", "changes", "--format", "atom", *options)
    assert "2026-11-21T23:00:00Z" in feed
    assert "2026-11-21T22:00:00Z" not in feed
    call("export", "--package", tmp_path / "a.zip", *options)
    with zipfile.ZipFile(tmp_path / "a.zip") as package:
        readme, captures = (package.read(name).decode() for name in ("README.txt", "captures.csv"))
    assert f"Captures:  {responses}, the first at 2026-11-21T23:00:00Z" in readme
    assert "from 2026-11-22T00:00:00 (in each site's own zone) until before (open)" in readme
    assert captures.count("\n") == 1 + responses


def test_prune_goes_by_each_sites_own_time(tmp_path: Path) -> None:
    """Bodies from before the day began there; a site that the archive does not know is named."""
    with new_archive(tmp_path / "archive.db") as archive:
        for slug in ZONES:
            fill(archive, slug)
            for hour in range(HOURS):
                instant = START + timedelta(hours=hour, minutes=30)
                row = archive.record(capture(instant, f"again {slug} {hour}".encode(), site=slug)).capture_id
                read = page(f"lead-{hour}", "ferry", headlines={f"lead-{hour}": f"Flood, hour {hour}"})
                archive.file(row, read)
    options = ["--archive", tmp_path / "archive.db"]
    assert 'knows no site "tribnue"; it has kurier, tribune' in call(
        "prune", "--older-than", "2026-11-22", "--site", "tribnue", *options, code=1
    )
    assert call("prune", "--older-than", "2026-11-22", *options).startswith(f"{5 + 11} bodies removed")
    kept = [json.loads(row) for row in call("export", "captures", "--format", "jsonl", *options).splitlines()]
    assert max(row["captured_at"] for row in kept if row["body"] == "removed") == "2026-11-22T04:30:00Z"
