"""The daemon: visits when slots come, ends when told, is alone on its archive, and survives being killed."""

import asyncio
import errno
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from demo.library import paper
from schedules.ledger import INTERRUPTED, described, settle
from schedules.lock import daemon_lock
from scraper.config import Site
from scraper.errors import ArchiveError
from scraper.instants import epoch
from scraper.model import Origin, Outcome
from storage.archive import Archive
from storage.removals import forget
from tests import made
from tests.clocks import StoppedClock
from tests.faults import Hang, Status
from tests.made import NOON
from tests.newsstand import Newsstand
from tests.watching import PATIENCE_S, ledger, rows, running, settled, until, watched
from tests.world import config_file, settings_of

HOURLY = Site(slug="courier", name="courier", url=made.URL, timezone="UTC", schedule="0 * * * *")
OUTCOMES = "SELECT outcome FROM visits"


async def test_every_slot_is_visited_as_the_clock_goes_on(tmp_path: Path) -> None:
    """Two sites, three slots each: six visits, at the instants at which they were due."""
    clock = StoppedClock(NOON)
    async with Newsstand(clock.now) as stand:
        stand.add_paper(paper("courier"))
        stand.add_paper(paper("deichbote"))
        settings = settings_of(tmp_path, stand)
        async with running(settings, clock) as daemon:
            for count in (2, 4, 6):
                await settled(daemon, settings.archive.path, count)
                clock.advance(minutes=15)
    told = ledger(settings.archive.path)
    assert {due for _, due, _ in told[:3]} == {epoch(NOON) + 900 * n for n in range(3)}
    assert {outcome for *_, outcome in told} <= {"new-edition", "same-edition"}
    assert rows(settings.archive.path, "SELECT count(*) FROM captures") == [(6,)]


@pytest.mark.fault(27)
async def test_a_daemon_starts_on_an_archive_with_bodies_that_are_gone_or_damaged(tmp_path: Path) -> None:
    """What was recorded and cannot be read any more keeps no site from being watched."""
    clock = StoppedClock(NOON)
    async with Newsstand(clock.now) as stand:
        stand.add_paper(paper("courier"))
        settings = settings_of(tmp_path, stand)
        with Archive(settings.archive.path) as archive:
            for minute in (-30, -15):
                archive.record(made.capture(made.at(minute), b"<p>Unread, of %d" % minute))
            forget(archive, "courier/20261124113000", reason="court order 12/26", at=NOON)
            archive.connection.execute("UPDATE bodies SET data = x'28b52f' WHERE data IS NOT NULL")
        async with running(settings, clock):
            await until(lambda: ("new-edition",) in rows(settings.archive.path, OUTCOMES), "the visit")


@pytest.mark.fault(31)
async def test_a_night_asleep_is_one_visit_and_the_rest_missed(tmp_path: Path) -> None:
    """Eight hours of suspend: 31 slots missed, one caught up, none lost."""
    async with watched(tmp_path) as courier:
        await courier.settled(1)
        courier.clock.advance(hours=8)
        await courier.settled(33)
    outcomes = [outcome for *_, outcome in ledger(courier.archive)]
    assert outcomes.count("missed") == 31
    assert outcomes[-1] != "missed"


@pytest.mark.fault(32)
async def test_a_hung_visit_costs_its_site_a_slot_and_nobody_else(tmp_path: Path) -> None:
    """While one site hangs, its next slot is skipped and the other site goes on."""
    clock = StoppedClock(NOON)
    async with Newsstand(clock.now, own_ports=True) as stand:
        stand.add_paper(paper("courier")).fail(Hang())
        stand.add_paper(paper("deichbote"))
        settings = settings_of(tmp_path, stand, deadline=600)
        async with running(settings, clock) as daemon:
            await settled(daemon, settings.archive.path, 1, hanging=1)
            clock.advance(minutes=15)
            await settled(daemon, settings.archive.path, 3, hanging=1)
            daemon.stop()  # and once more at the end, which gives up what hangs
    skipped, *well = ledger(settings.archive.path)
    assert skipped == ("courier", epoch(NOON) + 900, "skipped")
    assert [(slug, due) for slug, due, _ in well] == [("deichbote", epoch(NOON) + 900 * n) for n in range(2)]
    assert {outcome for *_, outcome in well} <= {"new-edition", "same-edition"}


@pytest.mark.fault(32)
async def test_a_visit_that_never_ends_is_given_up(tmp_path: Path) -> None:
    """A visit beyond its limit gets a named outcome, and its site's next slot is visited as ever."""
    async with watched(tmp_path, fault=Hang(), visit_limit_s=0.2, deadline=3_600) as courier:
        await courier.settled(1)
        courier.clock.advance(minutes=15)
        await courier.settled(2)
    found = rows(courier.archive, "SELECT outcome, error FROM visits ORDER BY due_at")
    assert found == [("deadline", "given up after 0.2 seconds")] * 2


@pytest.mark.fault(12)
async def test_a_failing_site_is_visited_ever_more_rarely_also_after_a_restart(tmp_path: Path) -> None:
    """Of eight slots of a dead site four are skipped with the reason, the daemon being a new one for each."""
    clock = StoppedClock(NOON)
    async with Newsstand(clock.now) as stand:
        stall = stand.add_paper(paper("courier"))
        stall.fail(Status(404))
        settings = settings_of(tmp_path, stand)
        for count in range(1, 9):
            async with running(settings, clock) as daemon:
                await settled(daemon, settings.archive.path, count)
            clock.advance(minutes=15)
    told = rows(settings.archive.path, "SELECT outcome, error FROM visits ORDER BY due_at")
    assert [outcome for outcome, _ in told] == [
        "failed", "failed", "skipped", "failed", "skipped", "skipped", "skipped", "failed",
    ]  # fmt: skip
    assert told[2] == ("skipped", "backing off until 2026-11-24T12:45:00Z after 2 failures in a row")


async def test_a_success_ends_the_back_off(tmp_path: Path) -> None:
    """Once the site answers, every slot is visited again."""
    async with watched(tmp_path, fault=Status(404), times=2) as courier:
        for count in range(1, 7):
            await courier.settled(count)
            courier.clock.advance(minutes=15)
    outcomes = [str(outcome) for *_, outcome in ledger(courier.archive)]
    assert outcomes[:3] == ["failed", "failed", "skipped"]
    assert set(outcomes[3:]) <= {"new-edition", "same-edition"}


@pytest.mark.fault(12)
async def test_a_site_that_asks_to_be_left_alone_is(tmp_path: Path) -> None:
    """A live 429 with Retry-After postpones the site, whatever its schedule says."""
    async with watched(tmp_path, fault=Status(429, retry_after="1801"), times=1) as courier:
        for count in range(1, 5):
            await courier.settled(count)
            courier.clock.advance(minutes=15)
    told = rows(courier.archive, "SELECT outcome, error FROM visits ORDER BY due_at")
    assert [outcome for outcome, _ in told] == ["failed", "skipped", "skipped", "new-edition"]
    assert told[1] == ("skipped", "the site asked to be left alone until 2026-11-24T12:30:01Z")


async def test_robots_that_are_ignored_are_told_at_the_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever reads the log knows which sites are fetched against robots.txt."""
    async with watched(tmp_path, robots="ignore") as courier:
        await courier.settled(1)
    assert "robots.txt is ignored, as configured" in capsys.readouterr().out


@pytest.mark.fault(32)
async def test_a_loop_that_was_blocked_loses_no_slot(tmp_path: Path) -> None:
    """While nothing could run, three slots came: two are missed in the ledger, the last is visited."""
    async with watched(tmp_path) as courier:
        await courier.settled(1)
        for _ in range(3):
            courier.clock.advance(minutes=15)  # without a chance for the loop in between
        await courier.settled(4)
    assert [outcome for *_, outcome in ledger(courier.archive)][1:3] == ["missed", "missed"]


@pytest.mark.fault(25)
def test_the_lock_names_its_holder_and_dies_with_it(tmp_path: Path) -> None:
    """A second daemon is refused while the first holds the archive, and welcome afterwards."""
    archive = tmp_path / "archive.db"
    refused = pytest.raises(ArchiveError, match=r"a daemon \(process \d+, since 2026-11-24T12:00:00Z\) has this")
    with daemon_lock(archive, now=NOON), refused, daemon_lock(archive, now=NOON):
        pass
    with daemon_lock(archive, now=NOON):
        assert json.loads((tmp_path / "archive.db.lock").read_text())["since"] == "2026-11-24T12:00:00Z"


@pytest.mark.fault(21)
def test_a_full_disk_keeps_no_daemon_from_its_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock is the kernel's: without space for its text it is held all the same, by somebody unnamed."""

    def fail(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", fail)
    archive = tmp_path / "archive.db"
    refused = pytest.raises(ArchiveError, match="another daemon has this archive")
    with daemon_lock(archive, now=NOON), refused, daemon_lock(archive, now=NOON):
        pass


@pytest.mark.fault(23)
async def test_what_a_killed_daemon_left_open_is_settled(tmp_path: Path) -> None:
    """A capture without its visit becomes a failed row that names it, and is read; slots between are missed."""
    clock = StoppedClock(NOON)
    async with Newsstand(clock.now) as stand:
        stand.add_paper(paper("courier"))
        settings = settings_of(tmp_path, stand)
        with Archive(settings.archive.path) as archive:
            described(settings, settings.sites[0], NOON)(archive)
            archive.end_visit("courier", due_at=NOON, ended_at=NOON, outcome=Outcome.FAILED)
            archive.record(made.capture(made.at(30.5), b"<h1>cut off</h1>"))
        clock.advance(minutes=46)
        async with running(settings, clock) as daemon:
            await settled(daemon, settings.archive.path, 4)
    errors = rows(settings.archive.path, "SELECT outcome, error, capture_id FROM visits ORDER BY due_at")
    assert errors[:3] == [("failed", "", None), ("missed", "nobody looked", None), ("failed", INTERRUPTED, 1)]
    assert rows(settings.archive.path, "SELECT count(*) FROM readings WHERE capture_id = 1") == [(1,)]


@pytest.mark.fault(23)
def test_slots_before_a_single_capture_get_their_rows_too(tmp_path: Path) -> None:
    """`frontpage capture` after days of downtime does not hide the slots that nobody looked at."""
    with Archive(tmp_path / "archive.db") as archive:
        archive.describe(HOURLY, gap=3_600, at=NOON)
        archive.end_visit("courier", due_at=NOON, ended_at=NOON, outcome=Outcome.FAILED)
        single = NOON + timedelta(days=3, minutes=7)
        archive.end_visit("courier", due_at=single, ended_at=single, outcome=Outcome.FAILED)
        settle(archive, HOURLY, single + timedelta(minutes=2))
    outcomes = [outcome for *_, outcome in ledger(tmp_path / "archive.db")]
    assert outcomes == ["failed", *["missed"] * 72, "failed"]


@pytest.mark.fault(31)
def test_a_row_of_the_future_hides_no_slot(tmp_path: Path) -> None:
    """It is one of a clock that was wrong; what is due before it gets its rows, and the visit cut off is told."""
    with Archive(tmp_path / "archive.db") as archive:
        archive.describe(HOURLY, gap=3_600, at=NOON)
        for due in (NOON, NOON + timedelta(days=40)):
            archive.end_visit("courier", due_at=due, ended_at=due, outcome=Outcome.FAILED)
        archive.record(made.capture(made.at(60.5), b"<h1>cut off</h1>"))
        single = NOON + timedelta(days=2, minutes=7)
        archive.end_visit("courier", due_at=single, ended_at=single, outcome=Outcome.FAILED)
        settle(archive, HOURLY, single + timedelta(minutes=2))
    outcomes = [outcome for *_, outcome in ledger(tmp_path / "archive.db")]
    assert outcomes == ["failed", "failed", *["missed"] * 47, "failed", "failed"]


def test_the_first_visit_of_all_is_settled_too(tmp_path: Path) -> None:
    """It was for the slot before the site was described, since a new site is looked at at once."""
    with Archive(tmp_path / "archive.db") as archive:
        archive.describe(HOURLY, gap=3_600, at=made.at(7))
        archive.record(made.capture(made.at(7.5), b"<h1>cut off</h1>"))
        settle(archive, HOURLY, made.at(200))
    assert ledger(tmp_path / "archive.db") == [("courier", epoch(NOON), "failed")]


def test_captures_that_come_back_from_an_export_were_no_visits(tmp_path: Path) -> None:
    """Live as they are, nobody was to look at their instants for this archive: neither before it was made nor after."""
    with Archive(tmp_path / "archive.db") as archive:
        archive.describe(HOURLY, gap=3_600, at=made.at(0))
        for minutes in range(-300, 0, 60):
            archive.record(made.capture(made.at(minutes), b"<h1>came back</h1>"))
        settle(archive, HOURLY, made.at(5))
        assert ledger(tmp_path / "archive.db") == []
        archive.end_visit("courier", due_at=NOON, ended_at=NOON, outcome=Outcome.FAILED)
        settle(archive, HOURLY, made.at(65))
    assert ledger(tmp_path / "archive.db") == [("courier", epoch(NOON), "failed")]


@pytest.mark.parametrize(("origin", "observer"), [(Origin.WARC, ""), (Origin.LIVE, "oslo")])
def test_captures_that_others_made_were_no_visits_of_ours(tmp_path: Path, origin: Origin, observer: str) -> None:
    """Backfilled or merged after our last visit, they are none that was interrupted."""
    with Archive(tmp_path / "archive.db") as archive:
        archive.describe(HOURLY, gap=3_600, at=NOON)
        archive.end_visit("courier", due_at=NOON, ended_at=NOON, outcome=Outcome.FAILED)
        archive.record(made.capture(made.at(65.5), origin=origin), observer=observer)
        settle(archive, HOURLY, made.at(70))
    assert ledger(tmp_path / "archive.db") == [("courier", epoch(NOON), "failed")]


@pytest.mark.parametrize("every", [300, 420])
def test_slots_of_a_schedule_that_is_new_were_not_due_before(tmp_path: Path, every: int) -> None:
    """Visited by the hour, then every few minutes: nothing is missed; an interrupted visit has its row."""
    often = HOURLY.model_copy(update={"schedule": "", "every": every})
    with Archive(tmp_path / "archive.db") as archive:
        archive.describe(HOURLY, gap=3_600, at=NOON)
        for hour in range(3):
            due = NOON + timedelta(hours=hour)
            archive.end_visit("courier", due_at=due, ended_at=due, outcome=Outcome.FAILED)
        archive.record(made.capture(made.at(180.5), b"<h1>cut off</h1>"))
        now = made.at(182)
        archive.describe(often, gap=3_600, at=now)
        archive.describe(often, gap=7_200, at=now + timedelta(seconds=1))
        settle(archive, often, now + timedelta(seconds=1))
    assert [outcome for *_, outcome in ledger(tmp_path / "archive.db")] == ["failed"] * 4


class Process:
    """`frontpage run` in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process, archive: Path) -> None:
        self.process, self.archive = process, archive
        self._before = len(ledger(archive))

    @classmethod
    async def start(cls, config: Path, *arguments: str) -> "Process":
        command = (sys.executable, "-m", "frontpage", "--config", str(config), "run", "--no-web", *arguments)
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *command, cwd=Path(__file__).parents[1], stdout=pipe, stderr=pipe
        )
        return cls(process, config.with_name("archive.db"))

    async def visits(self, count: int) -> None:
        """Wait until the ledger has at least so many rows more than when the process was started."""
        await until(lambda: len(ledger(self.archive)) >= self._before + count, f"visit {count}")

    async def end(self) -> tuple[int, str]:
        """(exit code, what it logged) of its end."""
        _, log = await asyncio.wait_for(self.process.communicate(), PATIENCE_S)
        return self.process.returncode or 0, log.decode()


@pytest.mark.fault(24)
async def test_sigterm_during_a_fetch_drains_and_exits_0(tmp_path: Path) -> None:
    """Told to stop while a fetch hangs, the daemon waits for its deadline, writes its row, and exits cleanly."""
    async with Newsstand(lambda: datetime.now(UTC)) as stand:
        stall = stand.add_paper(paper("courier"))
        stall.fail(Hang())
        daemon = await Process.start(config_file(tmp_path, stand, when='every = "1d"', deadline=2))
        await until(lambda: bool(stall.requests), "the request")
        daemon.process.terminate()
        code, log = await daemon.end()
    assert code == 0, log
    assert [outcome for *_, outcome in ledger(daemon.archive)] == ["deadline"]


@pytest.mark.fault(24)
async def test_sigterm_twice_ends_at_once(tmp_path: Path) -> None:
    """A second SIGTERM gives up what is under way."""
    async with Newsstand(lambda: datetime.now(UTC)) as stand:
        stall = stand.add_paper(paper("courier"))
        stall.fail(Hang())
        daemon = await Process.start(config_file(tmp_path, stand, deadline=600))
        await until(lambda: bool(stall.requests), "the request")
        daemon.process.terminate()
        await asyncio.sleep(0.2)  # two signals at one instant are one
        daemon.process.terminate()
        code, log = await daemon.end()
    assert code == 0, log


@pytest.mark.fault(25)
async def test_a_second_daemon_is_refused(tmp_path: Path) -> None:
    """It says which process has the archive, and exits with 1."""
    async with Newsstand(lambda: datetime.now(UTC)) as stand:
        stand.add_paper(paper("courier"))
        config = config_file(tmp_path, stand)
        first = await Process.start(config)
        await first.visits(1)
        code, log = await (await Process.start(config)).end()
        first.process.terminate()
        await first.end()
    assert code == 1
    assert f"process {first.process.pid}" in log


async def test_a_daemon_whose_archive_is_moved_away_ends(tmp_path: Path) -> None:
    """It exits with 1 and says why, and so does the next, which would begin anew; what it did is whole with its WAL."""
    async with Newsstand(lambda: datetime.now(UTC)) as stand:
        stand.add_paper(paper("courier"))
        config = config_file(tmp_path, stand, when='every = "1s"')
        daemon = await Process.start(config)
        await daemon.visits(2)
        seen, moved = ledger(daemon.archive), daemon.archive.rename(tmp_path / "moved.db")
        code, log = await daemon.end()
        refused, why = await (await Process.start(config)).end()
    assert (code, refused) == (1, 1)
    assert "archive.db: was moved or deleted while it was open" in log
    assert "put the archive back" in why
    assert "Traceback" not in log + why
    (tmp_path / "archive.db-wal").rename(tmp_path / "moved.db-wal")
    assert len(seen) >= 2
    assert seen == ledger(moved)[: len(seen)]


@pytest.mark.fault(23)
async def test_kill_9_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    """Killed in the middle of its work three times, the daemon goes on: every second has exactly one row."""
    async with Newsstand(lambda: datetime.now(UTC)) as stand:
        stand.add_paper(paper("courier"))
        config = config_file(tmp_path, stand, when='every = "1s"')
        for _ in range(3):
            daemon = await Process.start(config)
            await daemon.visits(3)
            daemon.process.kill()
            await daemon.end()
        daemon = await Process.start(config)
        await daemon.visits(4)
        daemon.process.terminate()
        code, log = await daemon.end()
    assert code == 0, log
    dues = [due for _, due, _ in ledger(daemon.archive)]
    assert all(isinstance(one, int) and isinstance(two, int) and two - one == 1 for one, two in pairwise(dues))
    unread = "SELECT count(*) FROM captures WHERE id NOT IN (SELECT capture_id FROM readings)"
    assert rows(daemon.archive, unread) == [(0,)]
