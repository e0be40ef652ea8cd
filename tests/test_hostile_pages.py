"""Pages made to hurt their reader: each costs itself, in bounded time, and says so; the next page is read."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demo.library import paper
from schedules.readers import Readers
from scraper import read_front_page
from scraper.limits import MAX_HEADLINE, READING_DEADLINE_S
from scraper.model import Capture, FrontPage, Layout, Origin, Quality
from storage import queries
from storage.archive import Archive
from tests import made
from tests.faults import CHALLENGE_IN_A_200, CONSENT_WALL, EMPTY_SHELL, ERROR_IN_A_200, Instead
from tests.made import NOON
from tests.workers import kill_when

URL = "https://courier.example/"
HTML = "text/html; charset=utf-8"
COURIER = paper("courier").page(NOON)
MARGIN = 5  # machines are noisy
RECORD = Callable[[str, object], None]


def of(body: bytes, content_type: str = HTML) -> Capture:
    headers = (("Content-Type", content_type),)
    return Capture(site="courier", origin=Origin.LIVE, url=URL, instant=NOON, status=200, headers=headers, body=body)


@pytest.fixture
async def readers() -> AsyncIterator[Readers]:
    """One worker, so that what one page does to it the next one meets; warm, so that its start is not measured."""
    readers = Readers(1)
    await readers.read(of(COURIER.body), None)
    yield readers
    readers.close()


async def lateness_of_the_loop(task: asyncio.Task[FrontPage]) -> float:
    """How late the event loop was at most while a page was being read."""
    loop, late, step = asyncio.get_running_loop(), 0.0, 0.005
    while not task.done():
        began = loop.time()
        await asyncio.sleep(step)
        late = max(late, loop.time() - began - step)
    return late


BOMBS = {
    "100,000 nested blocks": b"<div>" * 100_000 + b"<a href=/x/a-long-enough-headline>A headline long enough</a>",
    "100,000 attributes": b"<p " + b" ".join(b"a%d=1" % n for n in range(100_000)) + b"><a href=/x>A headline</a>",
    "10 MB of tag soup": (b"<b><i><a href=/x><table><td>" * 360_000)[:10_000_000],
    "10 MB of open formatting": (b"<b class=a><p>" * 720_000)[:10_000_000],
    "10 MB of headlines": b"".join(b"<h2><a href=/n/%d>A headline of five words</a></h2>" % n for n in range(190_000)),
}
# Descendants of descendants: the matcher tries every way up the tree.
ENDLESS = Layout(name="endless", lead="div " * 60 + "p", teasers="div " * 60 + "p")
DEEP = b"<div><p>word</p>" * 400 + COURIER.body


@pytest.mark.fault(14)
@pytest.mark.parametrize("name", BOMBS)
async def test_a_page_that_costs_too_much_is_unreadable(readers: Readers, name: str, record_property: RECORD) -> None:
    """Nesting, attributes and tag soup end as a problem within the reading's deadline; the loop is not held up."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    task = asyncio.create_task(readers.read(of(BOMBS[name]), None))
    late = await lateness_of_the_loop(task)
    took = loop.time() - began
    page = task.result()
    record_property(name, f"{took:.1f} s, loop late by {late * 1000:.0f} ms, {page.problem or page.quality}")
    assert page.quality is not Quality.OK
    assert took < (READING_DEADLINE_S + 1) * MARGIN
    assert late < 0.1 * MARGIN
    assert (await readers.read(of(COURIER.body), None)).lead is not None


@pytest.mark.fault(15)
async def test_a_reader_that_aborts_costs_one_page(readers: Readers, record_property: RECORD) -> None:
    """SIGKILL to the worker in the middle of a page: a reading that says so, and the next page is read."""
    await readers.read(of(COURIER.body), None)  # now a worker that runs is one that reads, not one that starts
    task = asyncio.create_task(readers.read(of(DEEP), ENDLESS))
    await asyncio.to_thread(kill_when, lambda state: state == "R", looks=20)
    page = await task
    record_property("problem", page.problem)
    assert page.quality is not Quality.OK
    assert "crashed" in page.problem
    assert (await readers.read(of(COURIER.body), None)).lead is not None


@pytest.mark.fault(15)
async def test_a_reader_that_dies_idle_costs_nothing(readers: Readers) -> None:
    """A worker killed between two pages, by the kernel for its memory, say: the readers start anew by themselves."""
    kill_when(lambda state: state == "S")
    pages = await asyncio.gather(*(readers.read(of(COURIER.body), None) for _ in range(3)))
    assert all(page.lead is not None for page in pages)


def test_a_reader_that_is_only_starting_ends_without_a_word(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """On a busy machine all may be read before the last worker has started; here it gets as far as it would."""
    monkeypatch.setattr("pebble.pool.process.stop_process", lambda worker: worker.join())
    readers = Readers(1)
    readers._working_pool().schedule(abs, args=(1,))
    readers.close()
    assert capfd.readouterr().err == ""


@pytest.mark.fault(15)
async def test_a_reader_that_raises_is_a_reading_that_says_so(readers: Readers) -> None:
    """What nobody foresaw costs the page its reading, not the daemon its life: here a URL that is no text."""
    page = await readers.read(replace(of(COURIER.body), url=cast("str", 7)), None)
    assert page.quality is not Quality.OK
    assert page.problem.startswith("the reader failed (")


@pytest.mark.fault(15)
def test_a_page_that_killed_its_reader_is_not_read_for_ever(tmp_path: Path) -> None:
    """Its problem is its reading: the body is kept, and nobody takes it for unread."""
    from storage.captures import load_capture, unread

    with Archive(tmp_path / "archive.db") as archive:
        recorded = archive.record(of(COURIER.body))
        crashed = FrontPage(
            url=URL, quality=Quality.NO_STORIES, problem="the reader crashed (exit code -9)", reader="1"
        )
        archive.file(recorded.capture_id, crashed)
        assert unread(archive.connection) == []
        assert load_capture(archive.connection, archive.bodies, recorded.capture_id).body == COURIER.body


HEADLINES = {
    "gb18030": "港口大桥今晨重新开放，渡轮恢复通航",
    "shift_jis": "港の橋が今朝ふたたび開通、渡し船も再開へ",
    "windows-1251": "Мост в гавани снова открыт для движения сегодня",
    "utf-16-le": "The harbour bridge opens again for traffic today",
    "utf-8": "Die Brücke über den Hafen öffnet heute wieder für alle",
}


def saying(headline: str, *, meta: str = "") -> str:
    declared = f'<meta charset="{meta}">' if meta else ""
    teasers = "".join(
        f'<article><h3><a href="/news/{n}-story-of-the-day">{headline} {n}</a></h3></article>' for n in range(9)
    )
    lead = f'<article><h1><a href="/news/bridge-opens-again">{headline}</a></h1><p>{headline}.</p></article>'
    head = f"<head>{declared}<title>Front page</title></head>"
    return f"<!doctype html><html>{head}<body><main>{lead}{teasers}</main></body></html>"


def headlines(page: FrontPage) -> set[str]:
    return {story.headline for story in page.stories}


@pytest.mark.fault(16)
@pytest.mark.parametrize(
    ("codec", "header", "meta", "mark"),
    [
        ("gb18030", "gb18030", "utf-8", b""),  # the header comes before the page's own word
        ("gb18030", "", "gbk", b""),
        ("shift_jis", "shift_jis", "", b""),
        ("shift_jis", "", "shift_jis", b""),
        ("windows-1251", "windows-1251", "koi8-r", b""),
        ("utf-8", "iso-8859-1", "windows-1251", b"\xef\xbb\xbf"),  # a byte order mark comes before both
        ("utf-16-le", "utf-8", "utf-8", b"\xff\xfe"),
        ("utf-8", "punycode", "utf-8", b""),  # labels that the web does not have are none
        ("utf-8", "hex", "utf-7", b""),
        ("utf-8", "nonsense", "nonsense", b""),
    ],
)
def test_charsets_that_lie_are_read_as_browsers_do(codec: str, header: str, meta: str, mark: bytes) -> None:
    """Byte order mark, then header, then meta, by WHATWG's labels alone."""
    body = mark + saying(HEADLINES[codec], meta=meta).encode(codec)
    content_type = "text/html" + (f"; charset={header}" if header else "")
    assert HEADLINES[codec] in headlines(read_front_page(body, URL, content_type=content_type))


@pytest.mark.fault(17)
def test_text_that_attacks_is_bounded_text() -> None:
    """NUL, lone surrogates and a headline of a megabyte are read; what a headline holds is bounded."""
    odd = (
        saying("Bridge\x00 opens \ud800 again \u202egnol\u202c today for all")
        + "<h2><a href=/long>"
        + "word " * 200_000
    )
    page = read_front_page(odd, URL)
    assert page.stories
    for story in page.stories:
        assert len(story.headline) <= MAX_HEADLINE
        story.headline.encode()
        assert "\x00" not in story.headline


@pytest.mark.fault(17)
@pytest.mark.parametrize("base", ["javascript:alert(1)", "data:text/html,x", "//[", "file:///etc/", "\x00"])
def test_links_lead_to_the_web_alone(base: str) -> None:
    """A hostile base is passed over, and script links are no stories."""
    links = "".join(
        f'<h3><a href="{scheme}:alert(1)//{n}">A headline long enough {n}</a></h3>'
        for n, scheme in enumerate(("javascript", "data", "vbscript"))
    )
    text = saying("The harbour bridge opens again").replace("<head>", f'<head><base href="{base}">') + links
    for story in read_front_page(text, URL).stories:
        assert story.url.startswith("https://courier.example/news/")


@pytest.mark.fault(18)
@pytest.mark.parametrize(
    ("fault", "quality"),
    [
        (CONSENT_WALL, Quality.CONSENT_WALL), (CHALLENGE_IN_A_200, Quality.CHALLENGE),
        (EMPTY_SHELL, Quality.SHELL), (ERROR_IN_A_200, Quality.ERROR_PAGE),
    ],
)  # fmt: skip
def test_what_is_no_front_page_is_named_and_replaces_nothing(tmp_path: Path, fault: Instead, quality: Quality) -> None:
    """Wall, challenge, shell and error text have their own names; what was shown before is shown after."""
    page = read_front_page(fault.response.body, URL, content_type=HTML)
    assert page.quality is quality
    assert page.problem
    with Archive(tmp_path / "archive.db") as archive:
        made.keep(archive, made.NOON, made.page("bridge", "ferry"))
        made.keep(archive, made.at(15), page)
        assert queries.show(archive.connection, made.SITE, made.at(20)).captured_at == made.NOON


@pytest.mark.fault(19)
@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=4_000), st.text(max_size=2_000).map(lambda text: text.encode("utf-8", "replace"))))
def test_any_bytes_are_a_reading(body: bytes) -> None:
    """No bytes raise, and the same bytes always read the same."""
    first = read_front_page(body, URL, content_type=HTML)
    assert first == read_front_page(body, URL, content_type=HTML)
    assert (first.quality is Quality.OK) == bool(first.stories)


@pytest.mark.fault(19)
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_page_damaged_anywhere_is_a_reading(data: st.DataObject) -> None:
    """A real page cut, with bytes replaced, is read without an exception."""
    body = bytearray(COURIER.body[: data.draw(st.integers(1, len(COURIER.body)))])
    for place in data.draw(st.lists(st.integers(0, len(body) - 1), max_size=20)):
        body[place] = data.draw(st.integers(0, 255))
    assert read_front_page(bytes(body), URL, content_type=HTML) == read_front_page(bytes(body), URL, content_type=HTML)


@pytest.mark.fault(20)
@pytest.mark.parametrize(
    "selector",
    [
        "*",
        "* * * * * * * * * *",
        "div:has(div:has(div:has(*)))",
        ":not(:not(:not(*)))",
        ENDLESS.lead,
        "h1" + ", h1" * 300,
    ],
)
async def test_a_layout_that_asks_for_too_much_is_a_bounded_reading(
    readers: Readers, selector: str, record_property: RECORD
) -> None:
    """Selectors that match everything or take for ever on a large page end within the reading's deadline."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    page = await readers.read(of(DEEP), replace(ENDLESS, lead=selector, teasers=selector))
    record_property(selector[:30], f"{loop.time() - began:.1f} s, {page.problem or page.quality}")
    assert loop.time() - began < (READING_DEADLINE_S + 1) * MARGIN
    assert (await readers.read(of(COURIER.body), None)).lead is not None
