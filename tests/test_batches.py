"""Captures of the past taken some at a time: the same result as one by one, and no page read twice for nothing."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import cast

import pytest

from schedules.once import open_pipeline
from schedules.pipeline import Pipeline, Taken
from schedules.readers import Page, Readers
from schedules.writer import Writer
from scraper.config import Settings
from scraper.config_notify import Notify
from scraper.model import Capture, FrontPage, Origin, Outcome, Quality
from tests.clocks import StoppedClock
from tests.made import NOON
from tests.past import HOURS, SITE, URL, page, readings, settings_in
from tests.test_hostile_pages import DEEP, ENDLESS
from tests.test_verify import flip

HEADERS = (("Content-Type", "text/html; charset=utf-8"),)


def of(place: int, body: bytes = b"", **fields: object) -> Capture:
    """The courier's capture at that hour of the past."""
    instant = NOON + timedelta(hours=place)
    capture = Capture(
        site="courier", origin=Origin.WARC, url=URL, instant=instant, status=200, headers=HEADERS,
        body=body or page(instant),
    )  # fmt: skip
    return replace(capture, **fields)  # type: ignore[arg-type]


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncIterator[tuple[Pipeline, Writer]]:
    async with open_pipeline(settings_in(tmp_path), gate=None, clock=StoppedClock(NOON), workers=1) as opened:
        yield opened


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pages the reader was given, each time."""
    given: list[int] = []
    really = Readers.read_all

    async def count(self: Readers, pages: Sequence[Page]) -> list[FrontPage]:
        given.append(len(pages))
        return await really(self, pages)

    monkeypatch.setattr(Readers, "read_all", count)
    return given


async def at_once() -> None:
    """Nobody has to wait."""


async def take(pipeline: Pipeline, *captures: Capture) -> list[Taken]:
    return await pipeline.take_all(SITE, captures, turn=at_once)


async def test_a_batch_comes_to_the_same_as_its_captures_one_by_one(
    tmp_path: Path, parts: tuple[Pipeline, Writer]
) -> None:
    """In whatever order it has them."""
    captures = [of(place) for place in (3, 0, 2, 1)]
    taken = await take(parts[0], *captures)
    assert all(one.is_new and one.page and one.filed for one in taken)
    (tmp_path / "single").mkdir()
    single = settings_in(tmp_path / "single")
    async with open_pipeline(single, gate=None, clock=StoppedClock(NOON), workers=1) as (pipeline, _):
        for capture in captures:
            await pipeline.take(SITE, capture)
    assert readings(tmp_path) == readings(tmp_path / "single")
    again = await take(parts[0], *captures)
    assert [(one.is_new, one.page) for one in again] == [(False, None)] * 4


async def test_evidence_is_there_before_its_turn_to_be_filed(parts: tuple[Pipeline, Writer]) -> None:
    """What waits for its turn is recorded, and not read twice."""
    pipeline, writer = parts
    seen: list[tuple[int, int]] = []

    async def look() -> None:
        count = "SELECT (SELECT count(*) FROM captures), (SELECT count(*) FROM readings)"
        seen.append(await writer.do(lambda archive: archive.connection.execute(count).fetchone()))

    await pipeline.take_all(SITE, [of(0), of(1)], turn=look)
    assert seen == [(2, 0)]


async def test_the_same_bytes_are_read_once(tmp_path: Path, parts: tuple[Pipeline, Writer], read: list[int]) -> None:
    """The other captures get the reading of the first; another media type or address is read by itself."""
    body = page(NOON)
    await take(parts[0], of(0, body))
    (second,) = await take(parts[0], of(1, body))
    assert second.filed
    assert second.filed.outcome is Outcome.SAME_EDITION
    await take(parts[0], of(2, body, headers=(("Content-Type", "text/plain"),)))
    await take(parts[0], of(3, body, url=URL + "index.html"))
    assert read == [1, 0, 1, 1]
    lines = [line.partition('"quality"')[2] for line in readings(tmp_path).splitlines()]
    assert len(lines) == 4
    assert lines[0] == lines[1]


@pytest.mark.fault(27)
async def test_the_same_bytes_with_damaged_headers_are_read_again(
    parts: tuple[Pipeline, Writer], read: list[int]
) -> None:
    """Nobody knows any more as what they came; the capture that has them is taken all the same."""
    pipeline, writer = parts
    body = page(NOON)
    (first,) = await take(pipeline, of(0, body))
    await writer.do(lambda archive: flip(archive, "captures", "exchange", first.capture_id))
    (second,) = await take(pipeline, of(1, body))
    assert second.filed
    assert second.filed.outcome is Outcome.SAME_EDITION
    assert read == [1, 1]


async def test_a_304_has_the_reading_of_the_body_that_it_stands_for(
    parts: tuple[Pipeline, Writer], read: list[int]
) -> None:
    """Without a look at the body, where that was read; where it is not there, there is no reading."""
    body = page(NOON)
    stands = replace(of(1), status=304, body=b"", revisit_of=sha256(body).hexdigest())
    (early,) = await take(parts[0], replace(stands, instant=NOON + timedelta(hours=5)))
    assert (early.page, early.filed) == (None, None)
    await take(parts[0], of(0, body))
    (later,) = await take(parts[0], stands)
    assert later.filed
    assert later.filed.outcome is Outcome.SAME_EDITION
    assert read == [0, 1, 0]


async def test_a_304_is_read_at_its_own_address(tmp_path: Path) -> None:
    """Its links are relative to it, whatever other captures of the same bytes there are, and whichever came first."""
    stories = (b'<h2><a href="%d">The harbour says %d things more</a></h2><p>Of them all.' % (n, n) for n in range(12))
    body = b"<main>" + b"".join(stories) + b"</main>"
    stands = replace(of(2), status=304, body=b"", revisit_of=sha256(body).hexdigest())
    elsewhere, original = of(0, body, url=f"{URL}news/"), of(1, body)
    told = []
    for number, captures in enumerate(([elsewhere, original, stands], [original, stands, elsewhere])):
        (tmp_path / str(number)).mkdir()
        settings = settings_in(tmp_path / str(number))
        async with open_pipeline(settings, gate=None, clock=StoppedClock(NOON), workers=1) as (pipeline, _):
            for one in captures:
                await take(pipeline, one)
        told.append(readings(tmp_path / str(number)))
    assert told[0] == told[1]
    assert [line.count(f'"{URL}news/') for line in told[0].splitlines()] == [1 + 12, 0, 0]


async def test_what_a_reader_failed_on_is_read_again(parts: tuple[Pipeline, Writer], read: list[int]) -> None:
    """A problem is not copied: a busy machine may have been the reason."""
    await take(parts[0], of(0, b"<p>nothing here"))
    (again,) = await take(parts[0], of(1, b"<p>nothing here"))
    assert again.page
    assert again.page.quality is not Quality.OK
    assert read == [1, 1]


async def test_the_past_is_no_news(tmp_path: Path) -> None:
    """A live capture that comes back from an export tells nobody, however new it is."""
    rule = Notify(name="desk", to="syslog://", kinds=("lead-changed", "appeared"))
    settings: Settings = settings_in(tmp_path).model_copy(update={"notify": (rule,)})
    async with open_pipeline(settings, gate=None, clock=StoppedClock(NOON), workers=1) as (pipeline, writer):
        for place in range(len(HOURS)):
            await take(pipeline, of(place, origin=Origin.LIVE))
        posted = await writer.do(lambda archive: archive.connection.execute("SELECT * FROM outbox").fetchall())
    assert posted == []


def capture(body: bytes) -> Capture:
    return of(0, body)


async def test_a_page_that_never_ends_costs_itself_and_not_those_read_with_it() -> None:
    """They are read one by one then: each for as long as a page may take."""
    readers = Readers(1, deadline_s=2)
    good: Page = (capture(page(NOON)), None)
    await readers.read(*good)
    try:
        first, bad, last = await readers.read_all([good, (capture(DEEP), ENDLESS), good])
    finally:
        readers.close()
    assert first == last
    assert first.lead
    assert bad.problem == "the reader took longer than 2 s"


async def test_a_reader_that_raises_costs_one_page_of_several() -> None:
    """Nobody knows which it was, so all are read again."""
    readers = Readers(1)
    good: Page = (capture(page(NOON)), None)
    try:
        first, bad = await readers.read_all([good, (replace(capture(page(NOON)), url=cast("str", 7)), None)])
    finally:
        readers.close()
    assert first.lead is not None
    assert bad.problem.startswith("the reader failed")
