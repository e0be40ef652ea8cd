"""The way of one page, on real sockets, through the real gate, readers and archive."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import pytest

from demo.library import paper
from demo.wire import Response
from schedules.once import open_pipeline
from schedules.pipeline import Pipeline, Visited
from schedules.service import gate_of
from schedules.writer import Writer
from scraper.config import Settings, Site
from scraper.model import Capture, Outcome, Quality
from storage import queries
from storage.archive import Archive
from storage.bodies import Bodies
from storage.captures import captures_to_read, load_capture, load_page
from storage.exports import Selection, captures
from storage.removals import forget
from storage.validators import lied_at
from storage.verify import verify
from tests import made
from tests.clocks import StoppedClock
from tests.faults import CONSENT_WALL, HTML, Fault, Instead, RedirectLoop, Reset, Status
from tests.made import NOON
from tests.newsstand import Newsstand, Stall
from tests.world import settings_of

T = TypeVar("T")


@dataclass
class World:
    """A newsstand with one paper, and a pipeline that watches it by the same clock."""

    clock: StoppedClock
    stall: Stall
    settings: Settings
    pipeline: Pipeline
    writer: Writer

    @property
    def site(self) -> Site:
        return self.settings.sites[0]

    async def visit(self) -> Visited:
        return await self.pipeline.visit(self.site, self.clock.now())

    async def ask(self, question: Callable[..., T], *arguments: Any) -> T:
        return await self.writer.do(lambda archive: question(archive.connection, *arguments))

    async def visits(self) -> list[tuple[str, str]]:
        """(outcome, error) of the ledger's rows."""
        rows = await self.ask(lambda connection: connection.execute("SELECT outcome, error FROM visits").fetchall())
        return list(rows)


@asynccontextmanager
async def world(tmp_path: Path, **site: Any) -> AsyncIterator[World]:
    clock = StoppedClock(NOON)
    async with Newsstand(clock.now) as stand:
        stall = stand.add_paper(paper("courier"))
        settings = settings_of(tmp_path, stand, **site)
        async with (
            gate_of(settings, clock) as gate,
            open_pipeline(settings, gate=gate, clock=clock, workers=1) as (pipeline, writer),
        ):
            yield World(clock, stall, settings, pipeline, writer)


async def test_a_visit_goes_all_the_way(tmp_path: Path) -> None:
    """Fetched, recorded, read, filed, told: what the paper printed is what the archive shows, with its evidence."""
    async with world(tmp_path) as courier:
        visited = await courier.visit()
        truth = paper("courier").truth(NOON)
        shown = await courier.ask(queries.show, "courier", NOON)
        assert shown.page.lead is not None
        assert shown.page.lead.headline == truth.lead.headline
        assert visited.outcome is Outcome.NEW_EDITION
        assert visited.captured_at == NOON
        assert await courier.visits() == [("new-edition", "")]
        assert visited.capture_id is not None
        evidence = await courier.writer.do(
            lambda archive: load_capture(archive.connection, archive.bodies, visited.capture_id or 0)
        )
        assert evidence.body == paper("courier").at("/courier/").page(NOON).body
        assert ("User-Agent", courier.settings.fetch.user_agent) in evidence.request_headers


async def test_an_unchanged_page_is_the_same_edition_and_a_changed_one_a_new(tmp_path: Path) -> None:
    """A minute later nothing has changed; half a day later everything has."""
    async with world(tmp_path) as courier:
        outcomes = []
        for step in ({"minutes": 0}, {"seconds": 1}, {"hours": 12}):
            courier.clock.advance(**step)
            outcomes.append((await courier.visit()).outcome)
        assert outcomes == [Outcome.NEW_EDITION, Outcome.SAME_EDITION, Outcome.NEW_EDITION]


async def test_what_the_configuration_sends_is_recorded(tmp_path: Path) -> None:
    """A site's own headers go out with every visit and are kept with the capture."""
    async with world(tmp_path, headers=(("Cookie", "consent=yes"),)) as courier:
        visited = await courier.visit()
        evidence = await courier.writer.do(
            lambda archive: load_capture(archive.connection, archive.bodies, visited.capture_id or 0)
        )
        assert ("Cookie", "consent=yes") in evidence.request_headers


async def test_an_error_page_is_kept_as_evidence_and_read_by_nobody(tmp_path: Path) -> None:
    """A 404 fails the visit; its body stays in the archive and the last good front page stays current."""
    async with world(tmp_path) as courier:
        await courier.visit()
        courier.clock.advance(minutes=15)
        courier.stall.fail(Status(404))
        visited = await courier.visit()
        assert visited.outcome is Outcome.FAILED
        assert "404" in visited.error
        assert visited.capture_id == 2
        shown = await courier.ask(queries.show, "courier", courier.clock.now())
        assert shown.captured_at == NOON
        assert await courier.pipeline.read_unread(courier.settings.sites) == 0


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Instead(response=Response(status=206, headers=HTML, body=b"<h1>Half of it</h1>")), id="206"),
        pytest.param(Instead(response=Response(status=200, headers=HTML)), id="empty"),
        pytest.param(Instead(response=Response(status=304, headers=(("ETag", '"b"'),))), id="304 for another ETag"),
        pytest.param(RedirectLoop(), id="redirect loop"),
    ],
)
@pytest.mark.fault(6, 7, 8, 11)
async def test_what_failed_is_no_page_later_either(tmp_path: Path, fault: Fault) -> None:
    """What a refused answer left as evidence is read neither at the next start or backfill nor by `reparse`."""
    async with world(tmp_path, conditional=True) as courier:
        courier.stall.etag = "honest"
        good = await courier.visit()
        courier.clock.advance(minutes=15)
        courier.stall.fail(fault)
        failed = await courier.visit()
        assert (failed.outcome, failed.capture_id) == (Outcome.FAILED, 2)
        assert await courier.pipeline.read_unread(courier.settings.sites) == 0
        assert await courier.ask(captures_to_read, "courier") == [good.capture_id]


@pytest.mark.fault(6)
async def test_a_broken_connection_fails_the_visit_alone(tmp_path: Path) -> None:
    """A reset in the middle of the body is one failed row; the next visit is as good as ever."""
    async with world(tmp_path) as courier:
        courier.stall.fail(Reset())
        failed = await courier.visit()
        courier.stall.mend()
        courier.clock.advance(minutes=15)
        assert (failed.outcome, (await courier.visit()).outcome) == (Outcome.FAILED, Outcome.NEW_EDITION)
        assert [outcome for outcome, _ in await courier.visits()] == ["failed", "new-edition"]


@pytest.mark.fault(18)
async def test_a_consent_wall_is_unreadable_and_never_an_edition(tmp_path: Path) -> None:
    """The wall's body is kept, its problem named, and the front page before it stays current."""
    async with world(tmp_path) as courier:
        await courier.visit()
        courier.clock.advance(minutes=15)
        courier.stall.fail(CONSENT_WALL)
        visited = await courier.visit()
        assert visited.outcome is Outcome.UNREADABLE
        assert visited.taken is not None
        assert visited.taken.page is not None
        assert visited.taken.page.quality is Quality.CONSENT_WALL
        assert (await courier.ask(queries.show, "courier", courier.clock.now())).captured_at == NOON


@pytest.mark.fault(11)
async def test_a_304_is_a_sighting(tmp_path: Path) -> None:
    """With conditional requests, an unchanged page costs no body and still extends what is known."""
    async with world(tmp_path, conditional=True) as courier:
        courier.stall.etag = "honest"
        await courier.visit()
        courier.clock.advance(seconds=1)
        visited = await courier.visit()
        assert visited.outcome is Outcome.NOT_MODIFIED
        (lead,) = await courier.ask(lambda connection: list(queries.leads(connection, "courier")))
        assert (lead.seen.captures, lead.seen.at_least_s) == (2, 1)


@pytest.mark.fault(7, 11)
async def test_an_empty_answer_gives_no_validators(tmp_path: Path) -> None:
    """Its ETag would be confirmed for ever; the page is asked for with that of the last whole answer."""
    async with world(tmp_path, conditional=True) as courier:
        courier.stall.etag = "honest"
        await courier.visit()
        courier.clock.advance(seconds=1)
        courier.stall.fail(Instead(response=Response(status=200, headers=(*HTML, ("ETag", '"nothing"')))))
        await courier.visit()
        courier.clock.advance(seconds=1)
        courier.stall.mend()
        assert (await courier.visit()).outcome is Outcome.NOT_MODIFIED


@pytest.mark.fault(11)
async def test_an_etag_that_lies_is_noticed_and_believed_no_more(tmp_path: Path) -> None:
    """After eleven times 304 the page is asked for in full; another body under the same ETag ends the trust."""
    async with world(tmp_path, conditional=True) as courier:
        courier.stall.etag = "lying"
        outcomes = [(await courier.visit()).outcome]
        for _ in range(14):
            courier.clock.advance(hours=1)
            outcomes.append((await courier.visit()).outcome)
        assert outcomes[1:12] == [Outcome.NOT_MODIFIED] * 11
        assert Outcome.NOT_MODIFIED not in outcomes[12:]
        assert await courier.ask(lied_at, "courier") == NOON + timedelta(hours=12)
        assert not any("if-none-match" in request.headers for request in courier.stall.requests[12:])


async def test_an_honest_etag_stays_trusted(tmp_path: Path) -> None:
    """Full answers that agree with their validators, changed or not, cost no trust."""
    async with world(tmp_path, conditional=True) as courier:
        courier.stall.etag = "honest"
        for _ in range(14):
            await courier.visit()
            courier.clock.advance(seconds=1)
        courier.clock.advance(hours=30)
        await courier.visit()
        assert await courier.ask(lied_at, "courier") is None
        assert ["if-none-match" in request.headers for request in courier.stall.requests] == [
            False, *[True] * 11, False, True, False,
        ]  # fmt: skip


async def test_another_observer_s_answer_stands_for_nothing_of_ours(tmp_path: Path) -> None:
    """After a merge, a 304 confirms the body that we got, and our own page under the other's validators is no lie.

    Nor do the other's 304s count towards ours, after so many of which the page is asked for in full.
    """
    async with world(tmp_path, conditional=True) as courier:
        courier.stall.etag = "honest"
        ours = await courier.ask(load_whole, (await courier.visit()).capture_id)
        theirs = replace(ours, instant=NOON + timedelta(seconds=1), body=b"the edition of another city")
        await courier.writer.do(lambda archive: archive.record(theirs, observer="oslo"))
        stands = replace(theirs, status=304, body=b"", revisit_of=sha256(theirs.body).hexdigest())
        for second in range(2, 13):
            again = replace(stands, instant=NOON + timedelta(seconds=second))
            await courier.writer.do(partial(Archive.record, capture=again, observer="oslo"))
        courier.clock.advance(seconds=13)
        confirmed = await courier.visit()
        assert confirmed.outcome is Outcome.NOT_MODIFIED
        assert (await courier.ask(load_whole, confirmed.capture_id)).revisit_of == sha256(ours.body).hexdigest()
        courier.clock.advance(hours=30)
        await courier.visit()
        assert await courier.ask(lied_at, "courier") is None


def load_whole(connection: sqlite3.Connection, capture_id: int) -> Capture:
    return load_capture(connection, Bodies(connection), capture_id)


@pytest.mark.fault(15, 23)
async def test_what_was_recorded_and_not_read_is_read_later(tmp_path: Path) -> None:
    """A process that dies between recording and reading loses nothing."""
    async with world(tmp_path) as courier:
        capture = await courier.pipeline.fetch(courier.site)
        await courier.writer.do(lambda archive: archive.record(capture))
        assert await courier.pipeline.read_unread(courier.settings.sites) == 1
        assert (await courier.ask(queries.show, "courier", NOON)).page.lead is not None


async def forgotten(courier: World, name: str) -> None:
    """Take down a capture's body, as another process would, and let the next visit be a new process's."""
    with Archive(courier.settings.archive.path) as archive:
        forget(archive, name, reason="court order 12/26", at=courier.clock.now())
    await courier.writer.do(lambda archive: archive.bodies.forget_decoded())


async def damaged(courier: World) -> None:
    """Flip a bit in the last body, as a bad disk would."""
    with Archive(courier.settings.archive.path) as archive:
        body_id, data = archive.connection.execute("SELECT id, data FROM bodies ORDER BY id DESC LIMIT 1").fetchone()
        archive.connection.execute(
            "UPDATE bodies SET data = ? WHERE id = ?", (data[:40] + bytes([data[40] ^ 1]) + data[41:], body_id)
        )
    await courier.writer.do(lambda archive: archive.bodies.forget_decoded())


async def test_bytes_that_were_taken_down_and_are_still_served_are_read_and_not_kept(tmp_path: Path) -> None:
    """The site goes on with the same page: its visits are as ever, its bytes stay down."""
    async with world(tmp_path) as courier:
        await courier.visit()
        await forgotten(courier, "courier/20261124120000")
        courier.clock.advance(seconds=1)
        visited = await courier.visit()
        assert visited.outcome is Outcome.SAME_EDITION
        assert visited.taken is not None
        assert visited.taken.page is not None
        kept = await courier.ask(lambda connection: connection.execute("SELECT count(data) FROM bodies").fetchone())
        assert kept == (0,)
        courier.clock.advance(hours=12)
        assert (await courier.visit()).outcome is Outcome.NEW_EDITION


async def test_a_site_whose_last_reading_has_lost_its_body_goes_on_with_a_new_reader(tmp_path: Path) -> None:
    """What cannot be read again keeps its reading; the next captures are read by the reader of today."""
    async with world(tmp_path) as courier:
        capture = await courier.pipeline.fetch(courier.site)
        recorded = await courier.writer.do(lambda archive: archive.record(capture))
        await courier.writer.do(lambda archive: archive.file(recorded.capture_id, made.page("flood", reader="old")))
        await forgotten(courier, "courier/20261124120000")
        courier.clock.advance(seconds=1)
        assert (await courier.visit()).outcome is Outcome.NEW_EDITION
        assert (await courier.ask(load_page, recorded.capture_id)).reader == "old"


async def test_a_304_for_what_was_taken_down_is_kept_and_the_page_asked_for_in_full(tmp_path: Path) -> None:
    """A 304 that stands for nothing here is no reading; the validators of what is gone are not sent again."""
    async with world(tmp_path, conditional=True) as courier:
        courier.stall.etag = "honest"
        await courier.visit()
        courier.clock.advance(seconds=1)
        revisit = await courier.pipeline.fetch(courier.site)
        await forgotten(courier, "courier/20261124120000")
        taken = await courier.pipeline.take(courier.site, revisit)
        assert (revisit.status, taken.is_new, taken.page) == (304, True, None)
        courier.clock.advance(seconds=1)
        assert (await courier.visit()).outcome is Outcome.SAME_EDITION
        assert [row["body"] for row in await courier.ask(lambda c: list(captures(c, Selection())))] == [
            "removed", "kept", "removed",
        ]  # fmt: skip


@pytest.mark.fault(27)
async def test_a_damaged_body_costs_its_own_capture_alone(tmp_path: Path) -> None:
    """Recorded, damaged and not read: passed over by those who read, and what comes after it is recorded and read."""
    async with world(tmp_path) as courier:
        capture = await courier.pipeline.fetch(courier.site)
        await courier.writer.do(lambda archive: archive.record(capture))
        await damaged(courier)
        assert await courier.pipeline.read_unread(courier.settings.sites) == 0
        courier.clock.advance(hours=1)
        assert (await courier.visit()).outcome is Outcome.NEW_EDITION
        bad = (await courier.ask(verify)).bad
        assert [problem.capture for problem in bad] == ["courier/20261124120000"]


async def test_what_is_no_page_is_not_read_again(tmp_path: Path) -> None:
    """An earlier version read what a failed visit had left; its reader may be another than today's."""
    async with world(tmp_path) as courier:
        half = replace(made.capture(NOON, b"<html>a part of it"), site=courier.site.slug, status=206)
        recorded = await courier.writer.do(lambda archive: archive.record(half))
        await courier.writer.do(lambda archive: archive.file(recorded.capture_id, made.page("half", reader="old")))
        courier.clock.advance(seconds=1)
        assert (await courier.visit()).outcome is Outcome.NEW_EDITION
        assert (await courier.ask(load_page, recorded.capture_id)).reader == "old"


async def test_a_new_reader_reads_the_last_capture_first(tmp_path: Path) -> None:
    """After an upgrade, the last capture is read again before the next, so that like is compared with like."""
    async with world(tmp_path) as courier:
        capture = await courier.pipeline.fetch(courier.site)
        recorded = await courier.writer.do(lambda archive: archive.record(capture))
        await courier.writer.do(lambda archive: archive.file(recorded.capture_id, made.page("flood", reader="old")))
        courier.clock.advance(seconds=1)
        assert (await courier.visit()).outcome is Outcome.SAME_EDITION
        assert (await courier.ask(load_page, recorded.capture_id)).reader != "old"
