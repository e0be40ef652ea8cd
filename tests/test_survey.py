"""Searches of the reading room are bounded, and say where they stopped looking; exports are sent as they are read."""

import csv
import io
import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from benchmarks.room_addresses import TEMPLATES
from scraper.model import Role
from storage import survey, texts
from storage.archive import Archive
from storage.queries import leads_about, leads_of_texts
from storage.search import search
from storage.survey import Narrowed, batch
from tests.past_papers import LAST, archive_of
from web import taken
from web.plugin import DOCUMENTS, PAGES
from web.server import application, room

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed database:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:There is no current event loop:DeprecationWarning"),
]
SLUGS = ("courier", "almina")


@pytest.fixture(scope="module")
def archive_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A day of two papers."""
    return archive_of(tmp_path_factory.mktemp("survey") / "papers.db", SLUGS, every=timedelta(hours=1))


@pytest.fixture
def archive(archive_path: Path) -> Iterator[Archive]:
    with Archive(archive_path) as archive:
        yield archive


@pytest.fixture
async def client(archive_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(application(archive_path, host="127.0.0.1"))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


@pytest.mark.parametrize(
    "narrowed",
    [
        Narrowed(query="harbour"),
        Narrowed(query="the"),
        Narrowed(query="the", site="courier", role=Role.LEAD),
        Narrowed(query="bridge", since=LAST - timedelta(hours=9), until=LAST - timedelta(hours=3)),
        Narrowed(query="zyzzyva"),
    ],
)
def test_a_survey_finds_what_a_search_finds(archive: Archive, narrowed: Narrowed) -> None:
    """The same hits in the same order where there are few, and counts of all of them."""
    found = survey.survey(archive.connection, narrowed, limit=5_000)
    hits = search(
        archive.connection, narrowed.query, site=narrowed.site, role=narrowed.role, since=narrowed.since,
        until=narrowed.until, limit=5_000,
    )  # fmt: skip
    assert found.hits == hits
    assert (sum(found.sites.values()), sum(found.roles.values()), len(found.starts)) == (len(hits),) * 3
    assert (found.is_ranked, found.is_cut) == (True, False)


def test_a_common_word_is_looked_for_among_the_newest(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """And among those filed by then, where the question ends earlier; it is told that there is more."""
    monkeypatch.setattr(survey, "AT_A_TIME", 5)
    monkeypatch.setattr(texts, "TOGETHER", 20)  # one paper was filed after the other
    everything = survey.survey(archive.connection, Narrowed(query="the"), limit=5_000)
    assert (everything.is_cut, everything.is_ranked) == (True, False)
    assert 0 < len(everything.hits) <= 10
    until = LAST - timedelta(hours=12)
    earlier = survey.survey(archive.connection, Narrowed(query="the", until=until), limit=5_000)
    assert earlier.is_cut
    assert len(earlier.hits) > 0
    assert all(hit.first_seen < until for hit in earlier.hits)


def test_a_search_of_many_hits_stops_at_its_limit(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where each site's own time bounds it: hits beyond that count for nothing, however many come first."""
    monkeypatch.setattr(survey, "FURTHEST", timedelta(days=9))
    for since in (None, (LAST - timedelta(hours=15)).replace(tzinfo=None)):
        asked = Narrowed(query="the", since=since)
        everything = survey.survey(archive.connection, asked, limit=5_000)
        assert not everything.is_cut
        monkeypatch.setattr(survey, "COUNTED", len(everything.hits) - 1)
        found = survey.survey(archive.connection, asked, limit=5_000)
        assert (len(found.hits), len(found.starts), found.is_cut) == (len(everything.hits) - 1,) * 2 + (True,)
        monkeypatch.setattr(survey, "COUNTED", 3_000)


def test_batches_are_all_that_is_found(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each hit once, those of the texts filed last first, however the batches are cut."""
    monkeypatch.setattr(survey, "BATCH", 3)
    hits, before = list[Any](), None
    while True:
        found = batch(archive.connection, Narrowed(query="the"), before)
        hits += found.hits
        before = found.before
        if before is None:
            break
    everything = survey.survey(archive.connection, Narrowed(query="the"), limit=5_000)
    assert sorted(map(repr, hits)) == sorted(map(repr, everything.hits))


def test_leads_of_texts_are_those_of_a_query(archive: Archive) -> None:
    """The latest of them, in order of time, of the sites that are asked about."""
    found = texts.texts_about(archive.connection, "harbour")
    since, until = LAST - timedelta(days=1), LAST + timedelta(hours=1)
    told = leads_of_texts(archive.connection, found.rows, sites=SLUGS, since=since, until=until, limit=100)
    assert told == list(leads_about(archive.connection, "harbour", since=since, until=until)) != []
    last = leads_of_texts(archive.connection, found.rows, sites=SLUGS, since=since, until=until, limit=1)
    assert last == told[-1:]
    assert leads_of_texts(archive.connection, found.rows, sites=["almina"], since=since, until=until, limit=9) == []


async def test_exports_come_in_parts_and_stop(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """One header, then rows up to the bound, whatever the parts; csv and jsonl tell the same."""
    monkeypatch.setattr(survey, "BATCH", 4)
    whole = list(csv.DictReader(io.StringIO((await client.get("/search.csv?q=the")).text)))
    assert len(whole) == len((await client.get("/search.jsonl?q=the")).text.splitlines()) > 12
    monkeypatch.setattr(taken, "MAX_ROWS", 10)
    cut = list(csv.DictReader(io.StringIO((await client.get("/search.csv?q=the")).text)))
    assert cut == whole[:10]
    lines = (await client.get("/search.jsonl?q=the")).text.splitlines()
    assert [json.loads(line)["capture"] for line in lines] == [row["capture"] for row in cut]
    assert (await client.get("/search.csv?q=zyzzyva")).text.splitlines() == [",".join(whole[0])]
    assert (await client.get("/search.csv")).status_code == 400


async def test_an_export_holds_nothing_while_its_reader_rests(archive_path: Path) -> None:
    """Between two parts no transaction is open, so that the daemon's log of writes can be emptied."""
    messages, datasette = list[dict[str, Any]](), room(archive_path)
    app = datasette.app()
    database = datasette.get_database("archive")
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "path": "/search.csv",
        "raw_path": b"/search.csv", "query_string": b"q=the", "headers": [], "client": ("127.0.0.1", 1),
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)
        assert not await database.execute_fn(lambda connection: connection.in_transaction)

    await app(scope, receive, send)
    assert messages[-1] == {"type": "http.response.body", "body": b""}


async def test_datasettes_own_counts_are_bounded(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond so many rows a table says that there are many; SQL of one's own counts them all."""
    assert (await client.get("/archive/captures.json")).json()["filtered_table_rows_count"] == 50
    monkeypatch.setattr("web.database.MOST_COUNTED", 7)
    assert (await client.get("/archive/captures.json")).json()["filtered_table_rows_count"] is None
    tables = {table["name"]: table["count"] for table in (await client.get("/archive.json")).json()["tables"]}
    assert (tables["captures"], tables["sites"]) == (None, 2)
    answer = await client.get("/archive.json", params={"sql": "select count(*) from captures", "_shape": "arrays"})
    assert answer.json()["rows"] == [[50]]


def test_the_benchmark_times_every_route() -> None:
    """No page or document is without an address in it."""
    assert set(TEMPLATES) == {*PAGES, *DOCUMENTS}
