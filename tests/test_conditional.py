"""Feeds are sent again only when they say something else: conditional requests as feed readers make them."""

import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.queries import leads
from storage.schema import connect_readonly
from tests.past_papers import LAST, archive_of
from tests.rooms import serving
from web.conditional import has_it, http_date, tag_of
from web.feeds import Entry, Feed, atom, json_feed
from web.server import application

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed database:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:There is no current event loop:DeprecationWarning"),
]
TAG = tag_of(b"feed")
DAY = timedelta(days=1)
KINDS = ("changes.atom", "changes.feed.json", "story.atom", "story.feed.json", "search.atom", "search.feed.json")


@pytest.fixture(scope="module")
def archive_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return archive_of(tmp_path_factory.mktemp("feeds") / "papers.db", ("courier",), every=timedelta(hours=1))


@pytest.fixture(scope="module")
def feeds(archive_path: Path) -> dict[str, str]:
    """Every feed in both forms, by its name in KINDS."""
    with closing(connect_readonly(archive_path)) as connection:
        story = next(iter(leads(connection, "courier"))).story
    places = {"changes": "/site/courier/changes{}", "story": f"/story/{story}{{}}", "search": "/search{}?q=harbour"}
    return {
        f"{name}{ending}": place.format(ending) for name, place in places.items() for ending in (".atom", ".feed.json")
    }


@pytest.fixture
async def room(archive_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The room a day after the archive's last capture."""
    whole = application(archive_path, host="127.0.0.1", now=lambda: LAST + DAY)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(whole), base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture(scope="module")
def address(archive_path: Path) -> Iterator[str]:
    with serving(archive_path) as served:
        yield served


@pytest.mark.parametrize("name", KINDS)
async def test_a_feed_that_is_the_same_is_not_sent_again(
    room: httpx.AsyncClient, feeds: dict[str, str], name: str
) -> None:
    """By its tag, strong or made weak by a proxy that compresses, among others, or by the date."""
    answer = await room.get(feeds[name])
    tag, modified = answer.headers["etag"], answer.headers["last-modified"]
    assert (answer.status_code, modified, answer.headers["cache-control"]) == (
        200,
        http_date(LAST),
        "private, no-cache",
    )
    for asked in (
        {"if-none-match": tag},
        {"if-none-match": f"W/{tag}"},
        {"if-none-match": f'"another", {tag}', "if-modified-since": http_date(LAST - DAY)},
        {"if-none-match": "*"},
        {"if-modified-since": modified},
        {"if-modified-since": http_date(LAST + timedelta(hours=1))},
    ):
        again = await room.get(feeds[name], headers=asked)
        assert (again.status_code, again.content) == (304, b""), asked
        kept = ("etag", "last-modified", "cache-control")
        assert [again.headers[header] for header in kept] == [answer.headers[header] for header in kept]
        assert "content-length" not in again.headers  # it would be that of a feed of no bytes


@pytest.mark.parametrize("name", KINDS)
async def test_a_feed_that_is_another_is_sent(room: httpx.AsyncClient, feeds: dict[str, str], name: str) -> None:
    """Also where the date would say otherwise: tags come first."""
    later = http_date(LAST + DAY)
    for asked in (
        {"if-none-match": '"another"', "if-modified-since": later},
        {"if-none-match": "", "if-modified-since": later},
        {"if-modified-since": http_date(LAST - timedelta(seconds=1))},
        {"if-modified-since": "yesterday"},
    ):
        assert (await room.get(feeds[name], headers=asked)).status_code == 200, asked


async def test_a_clock_that_runs_behind_dates_no_feed_ahead_of_itself(archive_path: Path) -> None:
    """Last-Modified is never later than now (RFC 9110, section 8.8.2.1)."""
    now = LAST - timedelta(hours=2)
    whole = application(archive_path, host="127.0.0.1", now=lambda: now)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(whole), base_url="http://127.0.0.1") as client:
        answer = await client.get("/site/courier/changes.atom")
    assert answer.headers["last-modified"] == http_date(now)


@pytest.mark.parametrize("name", [*KINDS, "page", "search.csv"])
def test_head_tells_what_get_would_send(address: str, feeds: dict[str, str], name: str) -> None:
    """The same headers and no body, over a real connection that is used again; a table's length nobody knows ahead."""
    path = {"page": "/site/courier/changes", "search.csv": "/search.csv?q=harbour"}.get(name) or feeds[name]
    with httpx.Client(base_url=address) as client:
        head, get = client.head(path), client.get(path)
        assert (head.status_code, head.content) == (200, b"")
        ours = [header for header in get.headers if header not in ("date", "transfer-encoding")]
        assert [head.headers[header] for header in ours] == [get.headers[header] for header in ours]
        if tag := get.headers.get("etag"):
            for method in ("HEAD", "GET"):
                assert client.request(method, path, headers={"if-none-match": tag}).status_code == 304


def test_a_304_ends_with_its_headers(address: str) -> None:
    """On the wire: no body, no length, and the connection goes on with the next request."""
    host, _, port = address.removeprefix("http://").partition(":")
    request = b"GET /site/courier/changes.atom HTTP/1.1\r\nHost: 127.0.0.1\r\nIf-None-Match: *\r\n"
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(request + b"\r\n" + request + b"Connection: close\r\n\r\n")
        heard = b""
        while part := connection.recv(65_536):
            heard += part
    first, second, rest = heard.split(b"\r\n\r\n")
    assert first.startswith(b"HTTP/1.1 304 ")
    assert second.startswith(b"HTTP/1.1 304 ")
    assert b"content-length" not in heard.lower()
    assert b"transfer-encoding" not in heard.lower()
    assert rest == b""


def test_a_look_that_found_nothing_leaves_a_feed_as_it_is() -> None:
    """Byte for byte, so that its tag stays: it was updated when its latest entry was."""
    entry = Entry(id="x", title="Flood", at=LAST - DAY, url="https://here.example/", text="")
    told = {
        "id": "site/x",
        "title": "X",
        "author": "X",
        "address": "https://here.example/x",
        "page": "https://here.example/",
    }
    before, after = (Feed(**told, entries=[entry], seen=seen) for seen in (LAST - DAY, LAST))
    for written in (atom, json_feed):
        assert written(before).body == written(after).body
    assert written(after).modified == LAST
    assert ET.fromstring(atom(after).body).findtext("{http://www.w3.org/2005/Atom}updated") == "2026-11-23T12:00:00Z"


@pytest.mark.parametrize(
    ("tags", "known"),
    [
        (TAG, True),
        (f"W/{TAG}", True),
        (f'"a,b",{TAG} , "c"', True),
        (" * ", True),
        (TAG.strip('"'), False),
        (f'"x{TAG[1:]}', False),
        ("", False),
        ('"', False),
        ("*, *", False),
    ],
)
def test_tags_are_compared_whole(tags: str, known: bool) -> None:
    assert has_it({"if-none-match": tags}, TAG) is known


def test_dates_count_to_the_second_and_only_where_they_are_dates() -> None:
    """In each of the three forms that HTTP has had; where nothing was ever modified there is none to compare."""
    modified = datetime(1994, 11, 6, 8, 49, 37, 900_000, tzinfo=UTC)
    for text in ("Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"):
        assert has_it({"if-modified-since": text}, TAG, modified)
        assert not has_it({"if-modified-since": text}, TAG, modified + timedelta(seconds=1))
        assert not has_it({"if-modified-since": text}, TAG)


@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_is_asked_gets_an_answer(tags: str, since: str) -> None:
    """No header makes the comparison itself fail."""
    for asked in ({"if-none-match": tags}, {"if-modified-since": since}):
        assert has_it(asked, TAG, LAST) in (True, False)
