"""The reading room as a Memento server (RFC 7089): TimeMaps, TimeGate, mementos as they came and made inert."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path
from time import perf_counter

import httpx
import pytest

from schedules.sources.timemap import read_timemap
from scraper import read_front_page
from scraper.instants import compact
from scraper.model import Capture, Origin
from scraper.urls import canonical
from storage.archive import Archive
from storage.removals import forget
from tests import pywb
from tests.past import HOURS, URL, filled, page, readings
from tests.rooms import described, serving
from web import memento
from web.archived import inert
from web.server import application

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed database:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:There is no current event loop:DeprecationWarning"),
]
QUERIED = "https://queried.example/front?a=1&b=/x//y%2Fz&c=Ä%20"


def keep(archive: Archive, slug: str, capture: Capture) -> None:
    recorded = archive.record(capture)
    if capture.status == 200:
        archive.file(recorded.capture_id, read_front_page(capture.body, capture.url, content_type=capture.content_type))


def made(slug: str, url: str, instant: datetime, body: bytes, *, status: int = 200, revisit_of: str = "") -> Capture:
    headers = (("Content-Type", "text/html; charset=utf-8"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))
    return Capture(
        site=slug, origin=Origin.LIVE, url=url, instant=instant, status=status, body=body, headers=headers,
        revisit_of=revisit_of,
    )  # fmt: skip


@pytest.fixture(scope="module")
def archive_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The courier's six hours, an archived error, half a page, a body that was taken out; a site with a query in its
    URL."""
    path = tmp_path_factory.mktemp("memento") / "archive.db"
    with Archive(path) as archive:
        described(archive, "courier", "The Harbour Courier", URL)
        described(archive, "queried", "Queried", QUERIED)
        for hour in HOURS:
            keep(archive, "courier", made("courier", URL, hour, page(hour)))
        keep(archive, "courier", made("courier", URL, HOURS[0] + timedelta(minutes=5), b"<h1>503</h1>", status=503))
        keep(
            archive, "courier", made("courier", URL, HOURS[1] + timedelta(minutes=7), page(HOURS[0])[:999], status=206)
        )
        keep(archive, "courier", made("courier", URL, HOURS[5] + timedelta(minutes=30), b"<p>secret"))
        keep(archive, "queried", made("queried", QUERIED, HOURS[0], b"<link rel=preconnect href=//x.example><p>q"))
        forget(archive, f"courier/{compact(HOURS[5] + timedelta(minutes=30))}", reason="a court said so", at=HOURS[5])
    return path


@pytest.fixture
async def room(archive_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(application(archive_path, host="127.0.0.1"))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


async def sent(room: httpx.AsyncClient, path: str, **headers: str) -> httpx.Response:
    """The answer to a path that goes out exactly as it is written: httpx would tidy it."""
    url = httpx.URL("http://127.0.0.1/").copy_with(raw_path=path.encode())
    return await room.send(httpx.Request("GET", url, headers={k.replace("_", "-"): v for k, v in headers.items()}))


async def test_a_timemap_lists_what_can_be_shown(room: httpx.AsyncClient) -> None:
    """In order, without errors, parts of a page, and bodies that are gone."""
    answer = await sent(room, f"/timemap/link/{URL}")
    assert answer.headers["content-type"] == "application/link-format"
    found = read_timemap(answer.content)
    assert found is not None
    assert (found.original, found.more, found.bad_links) == (URL, (), 0)
    assert [memento.instant for memento in found.mementos] == list(HOURS)
    assert found.mementos[0].uri == f"http://127.0.0.1/web/{compact(HOURS[0])}/{URL}"
    assert 'rel="timegate"' in answer.text
    assert f'from="{format_datetime(HOURS[0], usegmt=True)}"' in answer.text


async def test_a_long_timemap_comes_in_pages(room: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each names the next as a TimeMap, until all mementos are told."""
    monkeypatch.setattr(memento, "PAGE", 4)
    first = read_timemap((await sent(room, f"/timemap/link/{URL}")).content)
    assert first is not None
    assert len(first.mementos) == 4
    assert first.more == (f"http://127.0.0.1/timemap/link/{compact(HOURS[4])}/{URL}",)
    second = read_timemap((await sent(room, first.more[0].removeprefix("http://127.0.0.1"))).content)
    assert second is not None
    assert [memento.instant for memento in second.mementos] == list(HOURS[4:])
    assert second.more == ()


@pytest.mark.parametrize(
    ("wanted", "hour"),
    [
        (HOURS[2], 2),
        (HOURS[2] + timedelta(minutes=29), 2),
        (HOURS[2] + timedelta(minutes=30), 2),
        (HOURS[2] + timedelta(minutes=31), 3),
        (HOURS[0] - timedelta(days=900), 0),
        (HOURS[5] + timedelta(days=900), 5),
        (None, 5),
    ],
)
async def test_a_timegate_chooses_the_nearest(room: httpx.AsyncClient, wanted: datetime | None, hour: int) -> None:
    """Of two as near the earlier; the last without Accept-Datetime."""
    headers = {"accept_datetime": format_datetime(wanted, usegmt=True)} if wanted else {}
    answer = await sent(room, f"/timegate/{URL}", **headers)
    assert answer.status_code == 302
    assert answer.headers["location"] == f"http://127.0.0.1/web/{compact(HOURS[hour])}/{URL}"
    assert "accept-datetime" in answer.headers["vary"].lower()
    for relation in ('rel="original"', 'rel="timemap"', "memento", "first", "last"):
        assert relation in answer.headers["link"]


async def test_a_timegate_knows_no_clock(archive_path: Path) -> None:
    """Without a time it leads to the last memento, also in an archive that is ahead of its machine, as the demo's."""
    application_then = application(archive_path, host="127.0.0.1", now=lambda: HOURS[0])
    transport = httpx.ASGITransport(application_then)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        answer = await sent(client, f"/timegate/{URL}")
    assert answer.headers["location"] == f"http://127.0.0.1/web/{compact(HOURS[5])}/{URL}"


async def test_a_timegate_refuses_what_is_no_date(room: httpx.AsyncClient) -> None:
    assert (await sent(room, f"/timegate/{URL}", accept_datetime="next week")).status_code == 400


async def test_a_raw_memento_has_the_archived_bytes(room: httpx.AsyncClient) -> None:
    """The body to the byte, the headers under other names, each as often as it came; for saving, never for showing."""
    answer = await sent(room, f"/web/{compact(HOURS[1])}id_/{URL}")
    assert answer.status_code == 200
    assert answer.content == page(HOURS[1])
    assert answer.headers["memento-datetime"] == format_datetime(HOURS[1], usegmt=True)
    assert answer.headers.get_list("x-archive-orig-set-cookie") == ["a=1", "b=2"]
    assert "set-cookie" not in answer.headers
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert f'<{URL}>; rel="original"' in answer.headers["link"]


@pytest.mark.parametrize(
    "path", [f"/web/{compact(HOURS[1])}/{URL}", f"/web/{compact(HOURS[1])}id_/{URL}", f"/timemap/link/{URL}"]
)
async def test_what_a_browser_has_is_not_sent_again(room: httpx.AsyncClient, path: str) -> None:
    """It asks each time, since a body may be taken out."""
    answer = await sent(room, path)
    assert answer.headers["cache-control"] == "private, no-cache"
    again = await sent(room, path, if_none_match=answer.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers.get("memento-datetime") == answer.headers.get("memento-datetime")


async def test_an_archived_error_is_an_error_still(room: httpx.AsyncClient) -> None:
    answer = await sent(room, f"/web/{compact(HOURS[0] + timedelta(minutes=5))}id_/{URL}")
    assert (answer.status_code, answer.content) == (503, b"<h1>503</h1>")
    assert "memento-datetime" in answer.headers


def test_what_http_cannot_repeat_is_answered_all_the_same(tmp_path: Path) -> None:
    """Headers with names that are none, values with controls, numbers beyond HTTP's: over a real socket."""
    odd = (
        ("X Powered By", "old thing", 200, 200),
        ("Überschrift", "ä", 200, 200),
        ("", "nothing", 200, 200),
        ("X-Padded", "  much \x00 room\r\n  ", 200, 200),
        ("Content-Type", " text/html;\tcharset=utf-8\x0b", 200, 200),
        ("Reason", "Request denied", 999, 502),
        ("Reason", "None", 42, 200),
    )
    path = tmp_path / "archive.db"
    with Archive(path) as archive:
        described(archive, "courier", "The Harbour Courier", URL)
        for minute, (name, value, status, _) in enumerate(odd):
            capture = made("courier", URL, HOURS[0] + timedelta(minutes=minute), b"<p>odd", status=status)
            archive.record(replace(capture, headers=((name, value), ("X-Good", "1"))))
    with serving(path) as address:
        for minute, (*_, status) in enumerate(odd):
            for flag in ("", "id_"):
                digits = compact(HOURS[0] + timedelta(minutes=minute))
                answer = httpx.get(f"{address}/web/{digits}{flag}/{URL}", trust_env=False)
                assert (answer.status_code, answer.content.endswith(b"<p>odd")) == (status, True)
                assert answer.headers["x-archive-orig-x-good"] == "1"


async def test_a_304_gives_the_body_that_it_stands_for(tmp_path: Path) -> None:
    """The server said that nothing had changed: at that time, too, the page was this one."""
    path = tmp_path / "archive.db"
    later = HOURS[0] + timedelta(minutes=15)
    with Archive(path) as archive:
        described(archive, "courier", "The Harbour Courier", URL)
        keep(archive, "courier", made("courier", URL, HOURS[0], page(HOURS[0])))
        digest = sha256(page(HOURS[0])).hexdigest()
        keep(archive, "courier", made("courier", URL, later, b"", status=304, revisit_of=digest))
    transport = httpx.ASGITransport(application(path, host="127.0.0.1"))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        answer = await sent(client, f"/web/{compact(later)}id_/{URL}")
        assert (answer.status_code, answer.content) == (200, page(HOURS[0]))
        assert answer.headers["memento-datetime"] == format_datetime(later, usegmt=True)
        listed = read_timemap((await sent(client, f"/timemap/link/{URL}")).content)
    assert listed is not None
    assert [memento.instant for memento in listed.mementos] == [HOURS[0], later]


async def test_a_body_that_was_taken_out_is_gone(room: httpx.AsyncClient) -> None:
    answer = await sent(room, f"/web/{compact(HOURS[5] + timedelta(minutes=30))}id_/{URL}")
    assert answer.status_code == 410
    assert "removed" in answer.text


@pytest.mark.parametrize("digits", ["2026", "20261124130500", "202611241305"])
async def test_a_time_without_a_memento_leads_to_the_nearest(room: httpx.AsyncClient, digits: str) -> None:
    """Also one that is cut short, with and without id_."""
    for flag in ("", "id_"):
        answer = await sent(room, f"/web/{digits}{flag}/{URL}")
        hour = 0 if digits == "2026" else 1
        assert answer.headers["location"] == f"http://127.0.0.1/web/{compact(HOURS[hour])}{flag}/{URL}"


async def test_a_url_inside_a_url_is_taken_as_it_is(room: httpx.AsyncClient) -> None:
    """Query, double slashes and escapes stay; another spelling of the same address finds the same memento."""
    encoded = QUERIED.replace("Ä", "%C3%84")
    answer = await sent(room, f"/timemap/link/{encoded}")
    found = read_timemap(answer.content)
    assert found is not None
    assert found.original == encoded
    assert found.mementos[0].uri.endswith(f"/web/{compact(HOURS[0])}/{encoded}")
    assert (await sent(room, f"/web/{compact(HOURS[0])}id_/{encoded}")).content.endswith(b"<p>q")
    assert (await sent(room, f"/web/{compact(HOURS[0])}id_/{encoded.replace('b=/x', 'b=/X')}")).status_code == 404
    assert canonical(f"http://www.{URL.removeprefix('https://')}") == URL
    assert (await sent(room, f"/web/{compact(HOURS[0])}id_/http://www.courier.example")).content == page(HOURS[0])


@pytest.mark.parametrize(
    "path", ["/timemap/link/https://nowhere.example/", "/timegate/x", "/web/2026/https://n.example/"]
)
async def test_a_page_that_nobody_watches(room: httpx.AsyncClient, path: str) -> None:
    assert (await sent(room, path)).status_code == 404


@pytest.mark.parametrize("path", ["/web/99999999999999/", "/web/20261345000000/"])
async def test_a_time_that_is_none(room: httpx.AsyncClient, path: str) -> None:
    assert (await sent(room, path + URL)).status_code == 400


async def test_a_memento_shown_is_inert(room: httpx.AsyncClient) -> None:
    """A policy without scripts or outside sources, no prefetching of names, no link element left, a base of ours."""
    answer = await sent(room, f"/web/{compact(HOURS[0])}/{QUERIED.replace('Ä', '%C3%84')}")
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["x-dns-prefetch-control"] == "off"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "; base-uri https://queried.example;" in answer.headers["content-security-policy"]
    base = '<base href="https://queried.example/front?a=1&amp;b=/x//y%2Fz&amp;c=Ä%20">'
    assert answer.text == f"{base}<archived-link rel=preconnect href=//x.example><p>q"


@pytest.mark.parametrize("url", ["https://[::1]:8/", "https://zeitung.example;script-src/", "https://zeitüng.example/"])
def test_an_origin_that_no_policy_can_name_has_no_base(url: str) -> None:
    """Links may then lead into the room; but nothing of an address gets into the policy."""
    found = inert(made("odd", url, HOURS[0], b"<p><a href=x>"), "http://127.0.0.1/")
    assert found.body == b"<p><a href=x>"
    assert "; base-uri 'none';" in found.headers[0][1]


def test_plain_text_is_shown_as_it_is() -> None:
    text = made("odd", URL, HOURS[0], b"<link> <base href=x> # <a href=#x>")
    found = inert(replace(text, headers=(("Content-Type", "text/plain"),)), "http://127.0.0.1/")
    assert (found.body, found.media_type) == (text.body, "text/plain; charset=utf-8")


@pytest.mark.parametrize(
    "part", [b"<base ", b"<base href", b"<a href=", b"<!--", b"<script", b"<?", b"<a ", b" ", b"<!doctype "]
)
def test_a_page_is_made_inert_in_linear_time(part: bytes) -> None:
    """Half a megabyte of beginnings without an end takes no longer than any page."""
    started = perf_counter()
    inert(made("odd", URL, HOURS[0], part * (500_000 // len(part))), "http://127.0.0.1/")
    assert perf_counter() - started < 2


async def test_from_one_archive_into_another(archive_path: Path, tmp_path: Path) -> None:
    """`backfill memento` from a reading room gives the readings of the archive that it shows."""
    with serving(archive_path) as address:
        report = await filled(tmp_path, "memento", address)
        assert (report.taken, report.failed, sum(report.quarantined.values())) == (6, 0, 0)
        again = await filled(tmp_path, "memento", address)
        assert (again.taken, again.known) == (0, 6)
    told = readings(archive_path.parent).splitlines(keepends=True)
    gone = ("2026-11-24T17:30:00Z", QUERIED)  # a body that was taken out, and another site
    assert readings(tmp_path) == "".join(line for line in told if not any(part in line for part in gone))


@pytest.mark.pywb
def test_pywb_reads_the_room_as_a_remote_collection(archive_path: Path, tmp_path: Path) -> None:
    """A real pywb finds the mementos by our TimeMap and TimeGate and replays their bytes."""
    with serving(archive_path) as address, pywb.remote(tmp_path, address) as collection:
        index = httpx.get(f"{collection}/cdx", params={"url": URL, "output": "json"}, trust_env=False).text
        assert [line.count(compact(hour)) > 0 for hour, line in zip(HOURS, index.splitlines(), strict=True)]
        for hour in (HOURS[0], HOURS[4]):
            answer = httpx.get(f"{collection}/{compact(hour)}id_/{URL}", trust_env=False, timeout=30)
            assert answer.content == page(hour)
            assert answer.headers["memento-datetime"] == format_datetime(hour.astimezone(UTC), usegmt=True)


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three captures of one second and URL: an error, and two pages, the first of which was backfilled later."""
    path = tmp_path_factory.mktemp("twins") / "archive.db"
    with Archive(path) as archive:
        described(archive, "courier", "The Harbour Courier", URL)
        keep(archive, "courier", made("courier", URL, HOURS[0], b"<h1>503</h1>", status=503))
        keep(archive, "courier", replace(made("courier", URL, HOURS[0], page(HOURS[1])), origin=Origin.WAYBACK))
        keep(archive, "courier", made("courier", URL, HOURS[0], page(HOURS[0])))
        keep(archive, "courier", made("courier", URL, HOURS[2], page(HOURS[2])))
    return path


@pytest.fixture
async def twins_room(twins: Path) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(application(twins, host="127.0.0.1"))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


async def test_captures_of_one_instant_have_addresses_of_their_own(twins_room: httpx.AsyncClient) -> None:
    """The plain address is that of the first that can be shown; ~2 and ~3 reach the others, ~4 nobody."""
    digits = compact(HOURS[0])
    for place, body, status in (("", page(HOURS[0]), 200), ("~2", page(HOURS[1]), 200), ("~3", b"<h1>503</h1>", 503)):
        answer = await sent(twins_room, f"/web/{digits}{place}id_/{URL}")
        assert (answer.status_code, answer.content) == (status, body)
        assert answer.headers["memento-datetime"] == format_datetime(HOURS[0], usegmt=True)
        assert f"courier-{digits}{place}.html" in answer.headers["content-disposition"]
        assert f'/web/{digits}{place}/{URL}>; rel="' in answer.headers["link"]
    assert (await sent(twins_room, f"/web/{digits}~4id_/{URL}")).status_code == 404
    assert (await sent(twins_room, f"/web/{digits[:8]}~2/{URL}")).status_code == 404


async def test_a_timemap_lists_each_of_them(twins_room: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each once, with its own address; pages of the TimeMap never part an instant."""
    found = read_timemap((await sent(twins_room, f"/timemap/link/{URL}")).content)
    assert found is not None
    assert [(one.uri.split("/")[4], one.instant) for one in found.mementos] == [
        (compact(HOURS[0]), HOURS[0]), (f"{compact(HOURS[0])}~2", HOURS[0]), (compact(HOURS[2]), HOURS[2]),
    ]  # fmt: skip
    monkeypatch.setattr(memento, "PAGE", 2)
    first = read_timemap((await sent(twins_room, f"/timemap/link/{URL}")).content)
    assert first is not None
    assert ([one.instant for one in first.mementos], len(first.more)) == ([HOURS[0], HOURS[0]], 1)
    answer = await sent(twins_room, f"/timegate/{URL}", accept_datetime=format_datetime(HOURS[0], usegmt=True))
    assert answer.headers["location"] == f"http://127.0.0.1/web/{compact(HOURS[0])}/{URL}"


async def test_a_captures_page_links_its_own_memento(twins_room: httpx.AsyncClient) -> None:
    """Each of the three names of captures leads to its own body."""
    for name, place in (("", ""), ("~2", "~3"), ("~3", "~2")):  # the names' order has the error second, by its sha256
        text = (await twins_room.get(f"/site/courier/capture/{compact(HOURS[0])}{name}")).text
        assert f'href="/web/{compact(HOURS[0])}{place}id_/{URL}"' in text


async def test_backfill_takes_every_capture_of_an_instant(twins: Path, tmp_path: Path) -> None:
    """The archive that is filled from a room has both pages of that instant."""
    with serving(twins) as address:
        report = await filled(tmp_path, "memento", address)
    assert (report.taken, report.failed, sum(report.quarantined.values())) == (3, 0, 0)
