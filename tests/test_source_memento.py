"""Archives that speak Memento: TimeMaps in pages, raw bytes where they are offered, and answers that are no memento."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from demo.wire import Response
from schedules.pace import Pace
from schedules.sources.found import SourceError, Wanted
from schedules.sources.memento import Mementos, timemap_of
from schedules.sources.server import ArchiveServer
from schedules.sources.timemap import read_timemap
from scraper.fetch import Gate
from scraper.model import Origin
from tests.archivist import Kept, WebArchive
from tests.faults import Hang, Instead, RedirectTo, Status
from tests.hostile import FakeTime
from tests.made import NOON
from tests.past import HOURS, SITE, URL, bodies, captures, counts, filled, page, readings, reasons, save_pages
from tests.test_source_wayback import PAST
from tests.world import LOOPBACK


@asynccontextmanager
async def mementos(archive: WebArchive, *, deadline_s: float = 10) -> AsyncGenerator[Mementos]:
    """The source over an archive, on a clock that moves when somebody sleeps."""
    clock = FakeTime()
    async with archive, Gate(
        user_agent="frontpage-archive (tests)", allow_networks=(LOOPBACK,), deadline_s=deadline_s, retries=0,
        min_gap_s=0, per_host=16,
    ) as gate:  # fmt: skip
        pace = Pace(1 / 8, monotonic=clock.monotonic, sleep=clock.sleep)
        server = ArchiveServer(gate, listings=pace, mementos=pace)
        yield Mementos(server, timemap_of(f"{archive.base_url}/web", URL), SITE, pace=8)


@pytest.mark.parametrize("pages", [1, 3])
async def test_mementos_of_every_page_of_the_timemap(pages: int) -> None:
    """One page or several that name each other: each memento once, at its datetime, as raw bytes."""
    archive = WebArchive(PAST, timemap_pages=pages)
    async with mementos(archive) as source:
        found = await captures(source)
    assert reasons(source)["listed twice"] == (2 if pages == 3 else 0)  # the first page has a second address
    assert [(capture.instant, capture.body) for capture in found] == [(instant, page(instant)) for instant in HOURS]
    assert {(capture.origin, capture.url) for capture in found} == {(Origin.MEMENTO, URL)}
    assert found[0].redirects[0].url.endswith(f"/web/20261124120000id_/{URL}")
    assert archive.counts["memento"] == 6


async def test_only_the_range_is_given() -> None:
    """A TimeMap tells everything; what is not wanted is not fetched."""
    archive = WebArchive(PAST)
    async with mementos(archive) as source:
        assert list(await bodies(source, Wanted(since=HOURS[1], until=HOURS[3]))) == [HOURS[1], HOURS[2]]
    assert reasons(source) == {"out of the range": 4}
    assert archive.counts["memento"] == 2


async def test_an_archive_without_raw_bytes_gives_its_own_view() -> None:
    """Found out once, at the first memento; the others are asked for as listed at once."""

    class Plain(WebArchive):
        def _memento(self, digits: str, url: str, *, is_raw: bool) -> Response:
            return Response(status=404) if is_raw else super()._memento(digits, url, is_raw=False)

    archive = Plain(PAST)
    async with mementos(archive) as source:
        found = await captures(source)
    assert [capture.body for capture in found] == [
        page(instant) + b"<!-- FILE ARCHIVED ON ... -->" for instant in HOURS
    ]
    assert archive.counts["memento"] == 7


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Response(body=b"<!DOCTYPE html><title>Sorry</title><h1>Try later</h1>"), "no TimeMap in link format"),
        (Response(headers=(("Content-Type", "application/json"),), body=b'{"mementos": []}'), "no TimeMap"),
        (Response(status=400, body=b"what?"), "the TimeMap cannot be read"),
    ],
)
@pytest.mark.fault(42)
async def test_a_timemap_that_is_none_ends_the_run_in_words(answer: Response, says: str) -> None:
    """HTML, JSON and errors are named, not guessed at."""
    async with mementos(WebArchive(PAST, index_faults=[Instead(response=answer)])) as source:
        with pytest.raises(SourceError, match=says):
            await captures(source)


@pytest.mark.fault(42)
async def test_a_timemap_that_stalls_costs_its_deadline() -> None:
    """Nothing hangs for longer than three deadlines."""
    async with mementos(WebArchive(PAST, index_faults=[Hang(), Hang(), Hang()]), deadline_s=0.05) as source:
        with pytest.raises(SourceError, match="no complete answer"):
            await captures(source)


async def test_a_page_that_the_archive_does_not_have() -> None:
    """404 is the answer for no mementos (RFC 7089): nothing found, nothing failed."""
    async with mementos(WebArchive()) as source:
        assert await captures(source) == []


@pytest.mark.fault(42)
async def test_pages_of_a_timemap_on_other_servers_are_left_out() -> None:
    """A TimeMap cannot send us around the web, and one that names itself is read once."""
    text = (
        f'<{URL}>; rel="original", </web/timemap/link/{URL}>; rel="self timemap", '
        f'<https://elsewhere.example/timemap>; rel="timemap"; type="application/link-format"'
    )
    archive = WebArchive(PAST, index_faults=[Instead(response=Response(body=text.encode()))])
    async with mementos(archive) as source:
        assert await captures(source) == []
    assert archive.counts == {"timemap": 1}
    assert reasons(source) == {"pages of the TimeMap elsewhere": 1}


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Instead(response=Response(body=b"<h1>Welcome</h1>")), "no memento: it has no Memento-Datetime"),
        (RedirectTo("/web/20261124150000id_/https://courier.example/"), "redirected to another time"),
        (Status(404), "the archive answers 404"),
    ],
)
@pytest.mark.fault(42)
async def test_what_is_no_memento_is_quarantined(fault: Instead | RedirectTo | Status, reason: str) -> None:
    """Where neither the raw form nor the listed one is the memento, it is none."""
    archive = WebArchive(PAST[:4])
    async with mementos(archive) as source:
        await captures(source, Wanted(until=HOURS[1]))  # raw bytes are offered
        archive.memento_faults = [fault]
        assert list(await bodies(source, Wanted(since=HOURS[1], until=HOURS[3]))) == [HOURS[2]]
    assert reasons(source)[reason] == 1


def test_link_format_is_read_as_servers_write_it() -> None:
    """Commas and semicolons in addresses, unquoted values, any order of attributes, broken datetimes, line ends."""
    when = "Tue, 24 Nov 2026 12:00:00 GMT"
    text = (
        f'<https://a.example/x,y;z>; rel="original",\r\n '
        f'<https://m.example/1,2>;datetime="{when}" ; rel="first memento",'
        f'<https://m.example/2>; rel=memento; datetime="{when}"; license="a, b; c",'
        f'<https://m.example/3>; rel="memento"; datetime="yesterday", <https://m.example/4>; rel="memento", '
        f'<https://m.example/5>; rel="memento"; datetime="Fri, 31 Dec 9999 20:00:00 GMT", '
        f"<https://m.example/tm>; rel=timemap; type=application/link-format, "
        f'<https://m.example/tj>; rel="timemap"; type="application/json"'
    )
    timemap = read_timemap(text.encode())
    assert timemap is not None
    assert timemap.original == "https://a.example/x,y;z"
    assert [(one.uri, one.instant) for one in timemap.mementos] == [
        ("https://m.example/1,2", NOON), ("https://m.example/2", NOON),
    ]  # fmt: skip
    assert (timemap.more, timemap.bad_links) == (("https://m.example/tm",), 3)


@pytest.mark.parametrize("text", ["", "<", "<>;;;,,<", "<<<>>>; rel=", "<a>" * 9_999, "<a>; rel=" + '"' * 9_999, "\0"])
@pytest.mark.fault(42)
def test_no_text_breaks_the_timemap(text: str) -> None:
    """Whatever comes is links or none, at once."""
    timemap = read_timemap(text.encode())
    assert timemap is None or timemap.mementos == ()


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        ("https://web.archive.org/web", f"https://web.archive.org/web/timemap/link/{URL}"),
        ("http://localhost:8080/papers/", f"http://localhost:8080/papers/timemap/link/{URL}"),
        ("http://localhost:1208/timemap/link/", f"http://localhost:1208/timemap/link/{URL}"),
        (f"https://a.example/timemap/1/{URL}x", f"https://a.example/timemap/1/{URL}x"),
    ],
)
def test_the_timemap_of_a_server(server: str, expected: str) -> None:
    """An archive's address, its TimeMap service, or one TimeMap."""
    assert timemap_of(server, URL) == expected


async def test_readings_equal_those_of_the_same_pages_as_files(tmp_path: Path) -> None:
    """From TimeMap to reading, byte for byte what saved pages come to; variants of the address belong to it."""
    await filled(tmp_path / "files", "files", save_pages(tmp_path / "pages"))
    other = replace(PAST[0], url="https://courier.example/weather", instant=NOON + timedelta(minutes=1))
    async with WebArchive([*PAST, other], timemap_pages=2) as archive:
        report = await filled(tmp_path, "memento", f"{archive.base_url}/web")
    assert counts(report) == (6, 6, 0, 0)
    assert readings(tmp_path) == readings(tmp_path / "files")


async def test_an_archive_that_keeps_another_page_only() -> None:
    """A listing for another page is counted, not taken."""
    archive = WebArchive([Kept(instant=NOON, url="https://courier.example/weather", body=b"rain")])
    memento = f'<https://m.example/1>; rel="memento"; datetime="{NOON:%a, %d %b %Y %H:%M:%S} GMT"'
    text = f'<{URL}weather>; rel="original", {memento}'
    archive.index_faults = [Instead(response=Response(body=text.encode()))]
    async with mementos(archive) as source:
        assert await captures(source) == []
    assert reasons(source) == {"of another page": 1}
