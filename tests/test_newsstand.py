"""The newsstand: what it serves by its clock, what it counts, and how it misbehaves when it is told to."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import httpx
import pytest

from demo.library import paper
from demo.server import PaperServer
from demo.wire import Response
from tests import faults
from tests.made import NOON
from tests.newsstand import Newsstand, Stall


class SetClock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
async def stand(clock: SetClock) -> AsyncIterator[Newsstand]:
    async with Newsstand(clock) as opened:
        yield opened


@pytest.fixture
def courier(stand: Newsstand) -> Stall:
    return stand.add_paper(paper("courier"))


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False, timeout=5) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for hour in (10, 12):
        (tmp_path / f"20261124T{hour}0000.html").write_text(f"<h1>{hour}</h1>")
    return tmp_path


async def test_a_paper_moves_on_with_the_clock(clock: SetClock, courier: Stall, client: httpx.AsyncClient) -> None:
    """What is served is the page of the clock's instant, byte for byte."""
    printed = paper("courier").at("/courier/")
    for hours in (0, 3):
        clock.now = NOON + timedelta(hours=hours)
        response = await client.get(courier.url)
        assert response.content == printed.page(clock.now).body
        assert response.headers["content-type"] == "text/html; charset=utf-8"


async def test_every_link_to_a_story_is_answered(
    clock: SetClock, courier: Stall, stand: Newsstand, client: httpx.AsyncClient
) -> None:
    """Stories and pictures have addresses of their own; what is not there is 404."""
    edition = paper("courier").at(courier.home).truth(clock.now)
    for story in edition.placements:
        article = await client.get(stand.base_url + story.url)
        assert f"<h1>{story.headline}</h1>" in unescape(article.text)
    picture = await client.get(stand.base_url + edition.lead.image)
    assert picture.headers["content-type"] == "image/svg+xml"
    assert (await client.get(courier.url + "nothing-here")).status_code == 404
    assert (await client.get(stand.base_url + "/elsewhere")).status_code == 404


async def test_a_folder_is_served_by_the_time_in_its_names(
    clock: SetClock, stand: Newsstand, folder: Path, client: httpx.AsyncClient
) -> None:
    """The newest file at or before the clock's instant; before the first there is nothing."""
    stall = stand.add_folder("saved", folder)
    served = {}
    for hour, minute in ((9, 59), (10, 0), (11, 59), (12, 0), (13, 0)):
        clock.now = NOON.replace(hour=hour, minute=minute)
        response = await client.get(stall.url)
        served[hour, minute] = (response.status_code, response.text[:11])
    assert served[9, 59] == (404, "Not found\n")
    assert served[10, 0] == served[11, 59] == (200, "<h1>10</h1>")
    assert served[12, 0] == served[13, 0] == (200, "<h1>12</h1>")


@pytest.mark.shared
async def test_a_real_series_is_served_state_by_state(
    clock: SetClock, stand: Newsstand, shared: Path, client: httpx.AsyncClient
) -> None:
    """At the time in its name, and until the next one's, each saved page is what the site answers."""
    stall = stand.add_folder("heise", shared / "series" / "heise")
    for file in sorted((shared / "series" / "heise").iterdir())[:5]:
        clock.now = datetime.strptime(file.stem, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
        assert (await client.get(stall.url)).content == file.read_bytes()
        clock.now -= timedelta(seconds=1)
        assert (await client.get(stall.url)).content != file.read_bytes()


async def test_stalls_may_have_ports_of_their_own(clock: SetClock, client: httpx.AsyncClient, folder: Path) -> None:
    """Then each is a host to itself, also one that is added while the stand is open."""
    stand = Newsstand(clock, own_ports=True)
    first = stand.add_paper(paper("courier"))
    async with stand:
        second = stand.add_folder("saved", folder)
        assert first.home == second.home == "/"
        assert first.base_url != second.base_url
        assert (await client.get(first.url)).status_code == 200
        assert (await client.get(second.url)).text == "<h1>12</h1>"
        second.robots = faults.ROBOTS_DISALLOW
        assert "Disallow: /\n" in (await client.get(second.base_url + "/robots.txt")).text
        assert (await client.get(first.base_url + "/robots.txt")).status_code == 404


async def test_requests_are_counted(courier: Stall, stand: Newsstand, client: httpx.AsyncClient) -> None:
    """Per path, and in full with their headers."""
    await client.get(courier.url, headers={"accept-language": "en"})
    await client.get(courier.url)
    await client.get(stand.base_url + "/robots.txt")
    assert stand.counts == {"/courier/": 2, "/robots.txt": 1}
    assert [request.headers.get("accept-language") for request in courier.requests] == ["en", None]


async def test_gzip_when_asked_for(courier: Stall, client: httpx.AsyncClient) -> None:
    """Only a client that accepts it gets it, and decoded it is the same page."""
    courier.gzip = True
    packed = await client.get(courier.url, headers={"accept-encoding": "gzip"})
    plain = await client.get(courier.url, headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content


async def test_an_honest_etag(clock: SetClock, courier: Stall, client: httpx.AsyncClient) -> None:
    """304 while the page is the same, 200 when it has changed."""
    courier.etag = "honest"
    etag = (await client.get(courier.url)).headers["etag"]
    assert (await client.get(courier.url, headers={"if-none-match": etag})).status_code == 304
    clock.now += timedelta(hours=1)
    assert (await client.get(courier.url, headers={"if-none-match": etag})).status_code == 200


async def test_a_lying_etag(clock: SetClock, courier: Stall, client: httpx.AsyncClient) -> None:
    """304 although the page has changed."""
    courier.etag = "lying"
    etag = (await client.get(courier.url)).headers["etag"]
    clock.now += timedelta(days=1)
    assert (await client.get(courier.url, headers={"if-none-match": etag})).status_code == 304


async def test_a_fault_lasts_as_long_as_it_is_told(courier: Stall, client: httpx.AsyncClient) -> None:
    """So many times, or until it is mended."""
    courier.fail(faults.Status(503, retry_after="120"), times=2)
    responses = [await client.get(courier.url) for _ in range(3)]
    assert [response.status_code for response in responses] == [503, 503, 200]
    assert responses[0].headers["retry-after"] == "120"
    courier.fail(faults.Status(404))
    assert [(await client.get(courier.url)).status_code for _ in range(3)] == [404] * 3
    courier.mend()
    assert (await client.get(courier.url)).status_code == 200


async def test_redirects(courier: Stall, client: httpx.AsyncClient) -> None:
    """A chain ends at the page, a loop never, and one may lead anywhere."""
    courier.fail(faults.RedirectChain(3))
    response = await client.get(courier.url, follow_redirects=True)
    assert (len(response.history), response.status_code) == (3, 200)
    courier.fail(faults.RedirectLoop())
    with pytest.raises(httpx.TooManyRedirects):
        await client.get(courier.url, follow_redirects=True)
    courier.fail(faults.RedirectTo("file:///etc/passwd", 307))
    response = await client.get(courier.url)
    assert (response.status_code, response.headers["location"]) == (307, "file:///etc/passwd")


@pytest.mark.parametrize("declared", [True, False])
async def test_an_oversize_body(courier: Stall, client: httpx.AsyncClient, declared: bool) -> None:
    """All of its bytes come, in one length or in chunks."""
    courier.fail(faults.Oversize(1_000_001, declared=declared))
    response = await client.get(courier.url)
    assert len(response.content) == 1_000_001
    assert ("content-length" in response.headers) == declared


async def test_a_client_may_leave_an_oversize_body(courier: Stall, client: httpx.AsyncClient) -> None:
    """Who hangs up in the middle does not disturb the next."""
    courier.fail(faults.Oversize(), times=1)
    async with client.stream("GET", courier.url) as response:
        assert response.headers["content-length"] == "50000000"
    assert (await client.get(courier.url)).status_code == 200


@pytest.mark.parametrize("fault", [faults.Reset(), faults.CutShort(), faults.Hangup()])
async def test_a_broken_connection(courier: Stall, client: httpx.AsyncClient, fault: faults.Fault) -> None:
    """The client sees that the response is not whole."""
    courier.fail(fault, times=1)
    with pytest.raises(httpx.TransportError):
        await client.get(courier.url)
    assert (await client.get(courier.url)).status_code == 200


@pytest.mark.parametrize("fault", [faults.Hang(), faults.Drip(0.01)])
async def test_a_response_without_end(courier: Stall, client: httpx.AsyncClient, fault: faults.Fault) -> None:
    """Neither silence nor a drip ends before the client's own deadline."""
    courier.fail(fault)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await client.get(courier.url)


async def test_a_truncated_gzip_stream(courier: Stall, client: httpx.AsyncClient) -> None:
    """The length is right, and yet the stream has no end."""
    courier.fail(faults.TruncatedGzip())
    async with client.stream("GET", courier.url) as response:
        raw = b"".join([chunk async for chunk in response.aiter_raw()])
    assert len(raw) == int(response.headers["content-length"])
    with pytest.raises(EOFError):
        gzip.decompress(raw)


@pytest.mark.parametrize(
    ("fault", "status", "words"),
    [
        (faults.CONSENT_WALL, 200, "We value your privacy"),
        (faults.CHALLENGE, 403, "Checking your browser"),
        (faults.CHALLENGE_IN_A_200, 200, "Checking your browser"),
        (faults.EMPTY_SHELL, 200, '<div id="root"></div>'),
        (faults.ERROR_IN_A_200, 200, "503 Service Unavailable"),
    ],
)
async def test_pages_that_are_no_front_page(
    courier: Stall, client: httpx.AsyncClient, fault: faults.Fault, status: int, words: str
) -> None:
    """Walls, challenges, shells and errors come in the page's stead."""
    courier.fail(fault)
    response = await client.get(courier.url)
    assert response.status_code == status
    assert words in response.text


@pytest.mark.parametrize(
    ("robots", "status", "size"),
    [
        (faults.ROBOTS_ABSENT, 404, 10),
        (faults.ROBOTS_ALLOW, 200, 34),
        (faults.ROBOTS_BROKEN, 503, 5),
        (faults.ROBOTS_HTML, 200, 49),
        (faults.ROBOTS_HUGE, 200, 3_000_014),
    ],
)
async def test_robots(stand: Newsstand, client: httpx.AsyncClient, robots: Response, status: int, size: int) -> None:
    """Each kind of robots.txt that there is."""
    stand.robots = robots
    response = await client.get(stand.base_url + "/robots.txt")
    assert response.status_code == status
    assert len(response.content) == pytest.approx(size, rel=0.1)


async def test_a_closed_stand_lets_go_of_those_who_hang(clock: SetClock, client: httpx.AsyncClient) -> None:
    """Leaving the stand ends a request that would never have been answered."""
    async with Newsstand(clock) as stand:
        stall = stand.add_paper(paper("courier"))
        hang = faults.Hang()
        stall.fail(hang)
        waiting = asyncio.create_task(client.get(stall.url))
        await hang.reached.wait()
    with pytest.raises(httpx.TransportError):
        await waiting


async def test_the_demo_serves_one_paper_at_the_root_and_several_below(
    clock: SetClock, client: httpx.AsyncClient
) -> None:
    """The server of the demo has an index of its papers."""
    async with PaperServer(paper("courier"), clock=clock) as one:
        assert one.url("courier") == f"{one.base_url}/"
        assert (await client.get(one.url("courier"))).content == paper("courier").page(clock.now).body
    async with PaperServer(paper("courier"), paper("almina"), clock=clock) as two:
        index = (await client.get(two.base_url + "/")).text
        assert 'href="/courier/"' in index
        assert (await client.get(two.url("almina"))).status_code == 200
        assert (await client.get(two.base_url + "/none")).status_code == 404
