"""The Wayback Machine's protocol: its index in every form, its limits, and mementos that are not what was asked for."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from demo.wire import Response
from schedules.fill import fill
from schedules.pace import Pace
from schedules.report import Report
from schedules.sources import opening
from schedules.sources.cdx import NotCdx, read_page
from schedules.sources.found import SourceError, Wanted
from schedules.sources.mementos import same_page
from schedules.sources.opening import Asked
from schedules.sources.server import ATTEMPTS, ArchiveServer
from schedules.sources.wayback import Addresses, Wayback
from scraper.config import BackfillSettings
from scraper.errors import FetchError
from scraper.fetch import Gate
from scraper.model import Origin
from tests.archivist import Kept, WebArchive
from tests.clocks import StoppedClock
from tests.faults import CONSENT_WALL, Exchange, Fault, Hang, Hangup, Instead, RedirectTo, Reset, Status
from tests.hostile import FakeTime
from tests.made import NOON
from tests.past import (
    EVERYTHING,
    HOURS,
    SITE,
    URL,
    bodies,
    captures,
    counts,
    filled,
    page,
    readings,
    reasons,
    save_pages,
    settings_in,
)
from tests.world import LOOPBACK

PAST = tuple(Kept(instant=instant, body=page(instant)) for instant in HOURS)


@asynccontextmanager
async def wayback(
    archive: WebArchive, *, clock: FakeTime | None = None, deadline_s: float = 10
) -> AsyncGenerator[Wayback]:
    """The source over an archive, with the Internet Archive's limits on a clock that moves when somebody sleeps."""
    clock = clock or FakeTime()
    async with archive, Gate(
        user_agent="frontpage-archive (tests)", allow_networks=(LOOPBACK,), deadline_s=deadline_s, retries=0,
        min_gap_s=0, per_host=16,
    ) as gate:  # fmt: skip
        server = ArchiveServer(
            gate,
            listings=Pace(60 / 24, monotonic=clock.monotonic, sleep=clock.sleep),
            mementos=Pace(1 / 8, monotonic=clock.monotonic, sleep=clock.sleep),
        )
        yield Wayback(server, Addresses.of(archive.base_url), SITE, pace=8, now=NOON)


async def test_mementos_are_captures_of_their_own_instant(tmp_path: Path) -> None:
    """Raw bytes, the original address, the memento's datetime; the archive's headers and the URI-M are evidence."""
    async with wayback(WebArchive(PAST)) as source:
        found = await captures(source)
    assert [(capture.instant, capture.body) for capture in found] == [(instant, page(instant)) for instant in HOURS]
    first = found[0]
    assert (first.origin, first.url, first.site, first.status) == (Origin.WAYBACK, URL, "courier", 200)
    assert ("X-Archive-Orig-Server", "fishwrap") in first.headers
    assert first.redirects[0].url.endswith(f"/web/20261124120000id_/{URL}")


@pytest.mark.parametrize("form", ["json", "text"])
async def test_the_index_is_resumed_to_its_end(form: str) -> None:
    """Resume keys, in JSON and in text, lead from page to page."""
    archive = WebArchive(PAST, forms=form, page_rows=2)
    async with wayback(archive) as source:
        assert list(await bodies(source)) == list(HOURS)
    assert archive.counts["index"] == 4  # three pages, and the variant index.html
    assert [asked.get("resumeKey") for asked in archive.asked[:3]] == [None, ["2"], ["4"]]


@pytest.mark.parametrize("empty", [b'[[],["4"]]', b'[["timestamp","original"],[],["4"]]', b"\n\n4\n"])
async def test_an_empty_page_of_the_index_is_not_its_end(empty: bytes) -> None:
    """A server that looked through a part without a match gives a resume key alone."""
    archive = WebArchive(PAST, index_faults=[Instead(response=Response(body=empty))])
    async with wayback(archive) as source:
        assert list(await bodies(source)) == [HOURS[4], HOURS[5]]


async def test_an_index_that_moved_is_followed() -> None:
    """Redirects of the index lead to the index."""
    archive = WebArchive(PAST, index_faults=[RedirectTo(f"/cdx/search/cdx?url={URL}&output=json")])
    async with wayback(archive) as source:
        assert list(await bodies(source)) == list(HOURS)


async def test_the_index_is_asked_for_the_range_and_kinds_alone() -> None:
    """From, to and filters go to the server, so that neither side handles what nobody wants."""
    archive = WebArchive(PAST)
    async with wayback(archive) as source:
        assert list(await bodies(source, Wanted(since=HOURS[1], until=HOURS[3]))) == [HOURS[1], HOURS[2]]
    asked = archive.asked[0]
    assert (asked["from"], asked["to"]) == (["20261124130000"], ["20261124150000"])
    assert asked["fl"] == ["timestamp,original,mimetype,statuscode,digest"]
    assert asked["filter"] == ["!statuscode:[345]..", "!mimetype:(image|video|audio|application/json).*"]


async def test_what_a_server_does_not_filter_is_filtered_here() -> None:
    """Status, type, address and range are judged before anything is downloaded, each with its reason."""
    kept = [
        replace(PAST[0], status=503),
        replace(PAST[1], mimetype="image/png"),
        replace(PAST[2], url="https://courier.example/sports"),
        replace(PAST[3], instant=HOURS[3] - timedelta(days=9)),
        PAST[4],
        replace(PAST[5], status=206),
    ]
    rows = "\n".join(" ".join(list(one.row.values())[1:6]) for one in kept)
    archive = WebArchive(PAST, index_faults=[Instead(response=Response(body=f"{rows}\nsome nonsense\n".encode()))])
    async with wayback(archive) as source:
        assert list(await bodies(source, Wanted(since=HOURS[0]))) == [HOURS[4]]
    assert archive.counts["memento"] == 1
    assert reasons(source) == {
        "an archived 503": 1, "not a page": 1, "of another page": 1, "out of the range": 1, "no line of an index": 1,
        "an archived 206": 1,
    }  # fmt: skip


async def test_equal_digests_are_downloaded_once() -> None:
    """What the index says is the same body stands for the one that was fetched (WARC revisit)."""
    kept = [replace(PAST[0], instant=instant) for instant in HOURS]
    archive = WebArchive([*kept[:5], replace(kept[5], mimetype="warc/revisit", indexed_status="-")])
    async with wayback(archive) as source:
        found = await captures(source)
    assert archive.counts["memento"] == 1
    assert [bool(capture.revisit_of) for capture in found] == [False, True, True, True, True, True]
    assert len({capture.instant for capture in found}) == 6


async def test_variants_of_the_address_are_one_site() -> None:
    """Scheme, www, port, slash and index.html are spellings; another page is another page."""
    variants = (
        "http://courier.example/", "https://www.courier.example/", "http://courier.example:80/",
        "https://courier.example", "https://courier.example/index.html", "https://COURIER.example/",
    )  # fmt: skip
    kept = [replace(one, url=url) for one, url in zip(PAST, variants, strict=True)]
    async with wayback(WebArchive(kept)) as source:
        found = await captures(source)
    assert sorted(capture.url for capture in found) == sorted(variants)
    assert all(same_page(URL, url) for url in variants)
    for other in ("https://courier.example/sports", "https://courier.example.org/", "https://courier.example/?page=2"):
        assert not same_page(URL, other)


@pytest.mark.parametrize(
    ("letters", "wire"),
    [
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://www.BÜCHER.example:443/index.html", "http://www.xn--bcher-kva.example"),
        ("https://straße.example/", "https://xn--strae-oqa.example/"),
        ("https://почта.example/", "https://xn--80a1acny.example/"),
    ],
)
def test_a_host_in_its_own_letters_is_the_one_on_the_wire(letters: str, wire: str) -> None:
    """A site may be configured either way, and archives write either."""
    assert same_page(letters, wire)
    assert same_page(letters, letters)
    assert not same_page(letters, wire.replace("xn--", "xn--a"))
    assert not same_page(letters, "https://bucher.example/")
    assert same_page(f"https://{'ü' * 99_999}.example/", f"https://{'ü' * 99_999}.example/")  # no host, and no work


async def test_an_instant_listed_twice_is_fetched_once() -> None:
    """Two crawls within a second have one memento."""
    archive = WebArchive([PAST[0], PAST[0]])
    async with wayback(archive) as source:
        assert len(await captures(source)) == 1
    assert reasons(source) == {"listed twice": 1}


async def test_an_empty_index_is_no_failure() -> None:
    """Nothing was archived: nothing is found."""
    async with wayback(WebArchive()) as source:
        assert await captures(source) == []


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"<!DOCTYPE html><title>Down for maintenance</title>", "the index answers HTML"),
        (b'[["timestamp","original"', "the index answers broken JSON"),
        (b"[" * 200_000, "the index answers broken JSON"),
    ],
)
@pytest.mark.fault(42)
async def test_an_index_that_is_none_ends_the_run_in_words(body: bytes, says: str) -> None:
    """HTML and broken JSON are named, not parsed."""
    archive = WebArchive(PAST, index_faults=[Instead(response=Response(body=body))])
    async with wayback(archive) as source:
        with pytest.raises(SourceError, match=says):
            await captures(source)


@pytest.mark.fault(42)
async def test_an_index_that_goes_in_circles_is_left() -> None:
    """A resume key that was used before leads nowhere."""
    again = Response(body=b'[["timestamp","original"],[],["0"]]')
    archive = WebArchive(PAST, index_faults=[Instead(response=again)] * 3)
    async with wayback(archive) as source:
        with pytest.raises(SourceError, match="resumes where it has been"):
            await captures(source)
    assert archive.counts["index"] == 2


async def test_requests_keep_the_archive_s_pace() -> None:
    """24 listings a minute and eight mementos a second, however many are asked for at once."""
    clock = FakeTime()
    archive = WebArchive(PAST, page_rows=1)
    async with wayback(archive, clock=clock) as source:
        await bodies(source)
    assert archive.counts == {"index": 7, "memento": 6}
    assert clock.elapsed >= 6 * 60 / 24
    assert {round(pause, 6) for pause in clock.slept} <= {2.5, 0.125}


async def test_the_pace_is_one_whatever_the_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers are readers: all that is fetched of a server is fetched by one process, in its turns, which other runs
    can see."""
    clock = FakeTime()
    monkeypatch.setattr(opening, "Pace", partial(Pace, monotonic=clock.monotonic, sleep=clock.sleep))
    settings = settings_in(tmp_path).model_copy(update={"backfill": BackfillSettings(pace_file=tmp_path / "pace")})
    report = Report(site="courier", source="wayback")
    async with WebArchive(PAST, page_rows=1) as archive:
        asked = Asked(source="wayback", place=archive.base_url)
        await fill(settings, SITE, asked, report=report, workers=4, clock=StoppedClock(NOON))
    assert counts(report) == (6, 6, 0, 0)
    assert archive.counts == {"index": 7, "memento": 6}
    assert clock.elapsed >= 6 * 60 / 24
    shared = json.loads((tmp_path / "pace").read_text())["free_at"]
    server = archive.base_url.removeprefix("http://")
    assert set(shared) == {f"{server} listings", f"{server} mementos"}


async def test_a_refusal_for_asking_too_much_is_waited_out() -> None:
    """429 with Retry-After holds everything for as long as it says, 503 without for a minute; then the work goes on."""
    clock = FakeTime()
    archive = WebArchive(PAST, memento_faults=[Status(429, retry_after="90"), Status(503)])
    async with wayback(archive, clock=clock) as source:
        assert len(await bodies(source)) == 6
    assert max(clock.slept) == 90
    assert 60 in clock.slept
    assert archive.counts["memento"] == 8


class RefusedTogether(Fault):
    """429 for so many requests, which are all under way by then."""

    def __init__(self, requests: int) -> None:
        self._all = asyncio.Barrier(requests)

    async def answer(self, exchange: Exchange, /) -> bool:
        await self._all.wait()
        return await Status(429, retry_after="1").answer(exchange)


@pytest.mark.fault(42)
async def test_requests_refused_together_are_one_refusal() -> None:
    """They were all sent before anybody knew; after the hold that the first began the work goes on."""
    archive = WebArchive(PAST, memento_faults=[RefusedTogether(6)] * 6)
    async with wayback(archive) as source:
        founds = [found async for found in source.find(EVERYTHING)]
        found = await asyncio.gather(*(found.load() for found in founds))
    assert [capture.instant for capture in found] == list(HOURS)
    assert archive.counts["memento"] == 12


@pytest.mark.fault(42)
async def test_repeated_refusals_end_the_run() -> None:
    """After three in a row the archive is left alone."""
    archive = WebArchive(PAST, index_faults=[Status(429, retry_after="1")] * 9)
    async with wayback(archive) as source:
        with pytest.raises(SourceError, match="3 times in a row"):
            await captures(source)
    assert archive.counts["index"] == 3


@pytest.mark.parametrize("fault", [Hangup(), Reset(), Status(500)])
async def test_a_passing_failure_is_tried_again(fault: Fault) -> None:
    """Broken connections and errors of the server get three attempts, further and further apart."""
    clock = FakeTime()
    archive = WebArchive(PAST[:1], memento_faults=[fault, fault])
    async with wayback(archive, clock=clock) as source:
        assert list(await bodies(source)) == [NOON]
    assert [pause for pause in clock.slept if pause >= 2] == [2.0, 4.0]
    archive = WebArchive(PAST[:1], memento_faults=[fault] * 3)
    async with wayback(archive) as source:
        assert await bodies(source) == {}
    (reason,) = reasons(source)
    assert reason.startswith("failed: 127.0.0.1")


@pytest.mark.fault(42)
async def test_a_server_that_stalls_costs_its_deadline() -> None:
    """An index that never answers is given up after three of them; nothing hangs."""
    archive = WebArchive(PAST, index_faults=[Hang(), Hang(), Hang()])
    async with wayback(archive, deadline_s=0.05) as source:
        with pytest.raises(SourceError, match=r"cannot be read: .*no complete answer within 0\.05 seconds"):
            await captures(source)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (RedirectTo("/web/20261124110000id_/https://courier.example/"), "redirected to another time"),
        (RedirectTo("/web/20261124120000id_/https://rival.example/"), "redirected to another site"),
        (RedirectTo("/welcome"), "redirected to what is no memento"),
        (Instead(response=Response(status=404, body=b"gone")), "the archive answers 404"),
        (Instead(response=Response(status=403, body=b"blocked")), "the archive answers 403"),
        (
            Instead(
                response=Response(
                    status=429,
                    headers=(("Memento-Datetime", "Tue, 24 Nov 2026 12:00:00 GMT"),),
                    body=b"too many requests, in 2026",
                )
            ),
            "an archived 429",
        ),
        (
            Instead(
                response=Response(headers=(("Memento-Datetime", "Tue, 24 Nov 2026 11:59:59 GMT"),), body=page(NOON))
            ),
            "redirected to another time",
        ),
    ],
)
@pytest.mark.fault(42)
async def test_a_memento_that_is_another_is_quarantined(fault: Fault, reason: str) -> None:
    """Neither another time nor another site nor an archived error becomes the capture that was asked for."""
    others = (
        Kept(instant=NOON - timedelta(hours=1), body=b"earlier"),
        Kept(instant=NOON, url="https://rival.example/", body=b"the rival"),
    )
    archive = WebArchive([*PAST[:2], *others], memento_faults=[fault])
    async with wayback(archive) as source:
        assert list(await bodies(source, Wanted(since=NOON))) == [HOURS[1]]
    assert reasons(source) == {reason: 1}
    assert archive.counts["memento"] == (3 if isinstance(fault, RedirectTo) and "welcome" not in fault.location else 2)


@pytest.mark.fault(42)
@pytest.mark.parametrize("times", [1, ATTEMPTS])
async def test_a_redirect_whose_target_fails_is_no_answer(times: int) -> None:
    """An archived redirect came, and then nothing: it is tried again, and what fails on is no lasting refusal."""
    memento = ("Memento-Datetime", "Tue, 24 Nov 2026 12:00:00 GMT")
    moved = Response(status=302, headers=(memento, ("Location", "http://127.0.0.1:9/")))
    async with wayback(WebArchive(PAST[:1], memento_faults=[Instead(response=moved)] * times)) as source:
        [found] = [found async for found in source.find(Wanted())]
        if times < ATTEMPTS:
            assert (await found.load()).body == PAST[0].body
            return
        with pytest.raises(FetchError, match="Connection refused"):
            await found.load()


@pytest.mark.fault(42)
async def test_a_redirect_out_of_the_archive_is_quarantined() -> None:
    """An archive that sends us to another server sends us nowhere."""
    async with WebArchive([Kept(instant=NOON, body=b"live")]) as elsewhere:
        archive = WebArchive(PAST[:1], memento_faults=[RedirectTo(f"{elsewhere.base_url}/web/20261124120000id_/{URL}")])
        async with wayback(archive) as source:
            assert await bodies(source) == {}
        assert reasons(source) == {"redirected out of the archive": 1}


def test_pywb_s_lines_are_read_like_the_internet_archive_s() -> None:
    """An object a line with names of their own; broken lines are counted, and years without end."""
    line = b'{"urlkey": "example,courier)/", "timestamp": "20261124120000", "url": "https://courier.example/", '
    line += b'"mime": "text/html", "status": "200", "digest": "ABC"}'
    read = read_page(line + b"\n{broken\n" + line + b"\n" + line.replace(b"20261124", b"99991231"))
    assert (len(read.rows), read.bad_lines, read.resume_key) == (2, 2, "")
    assert (read.rows[0].url, read.rows[0].status, read.rows[0].mimetype) == (URL, "200", "text/html")


@pytest.mark.parametrize("body", [b"\x00\xff\xfe garbage", b"{}", b"[1,2,3]", b"[[]]", b"", b"\n\n\n", b'[["a"],"b"]'])
@pytest.mark.fault(42)
def test_no_answer_makes_the_index_raise_anything_else(body: bytes) -> None:
    """Whatever a server sends is rows, a count, or NotCdx."""
    with suppress(NotCdx):
        assert read_page(body).rows == ()


async def test_readings_equal_those_of_the_same_pages_as_files(tmp_path: Path) -> None:
    """From CDX to reading, byte for byte what saved pages come to; again, and nothing is asked twice."""
    await filled(tmp_path / "files", "files", save_pages(tmp_path / "pages"))
    wall = Kept(instant=NOON + timedelta(minutes=30), body=CONSENT_WALL.response.body)
    async with WebArchive([*PAST, wall, Kept(instant=HOURS[5] + timedelta(hours=1), status=404)]) as archive:
        until = Wanted(until=HOURS[5] + timedelta(hours=9))
        report = await filled(tmp_path, "wayback", archive.base_url, wanted=until)
        assert counts(report) == (7, 7, 0, 0)
        assert sum(report.quarantined.values()) == 1  # the wall
        mementos = archive.counts["memento"]
        assert counts(await filled(tmp_path, "wayback", archive.base_url, wanted=until))[1:3] == (
            0,
            7,
        )
        assert archive.counts["memento"] == mementos
    (told,) = set(readings(tmp_path).splitlines()) - set(readings(tmp_path / "files").splitlines())
    assert '"captured_at": "2026-11-24T12:30:00Z"' in told
