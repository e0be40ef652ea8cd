"""A week of fake time with 200 fictional sites and random faults of servers, clock, readers and the daemon itself.

Every due slot must have exactly one row, memory and open files must be flat, and the archive must verify.

    python -m benchmarks.soak_week [--quick] [--sites N] [--days N] [--seed N]
"""

import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from random import Random
from typing import Any, Final

import click
import structlog

from benchmarks.replay_run import Failure, rows
from benchmarks.tables import table
from demo.library import papers
from schedules.daemon import Daemon
from schedules.slots import Schedule
from schedules.watch import schedule_of
from scraper.config import ArchiveSettings, FetchSettings, Settings, Site
from scraper.fetch import Gate
from scraper.instants import epoch, iso
from storage.schema import connect_readonly
from storage.verify import verify
from tests import faults
from tests.clocks import StoppedClock
from tests.newsstand import Newsstand
from tests.workers import kill_when

START: Final = datetime(2026, 10, 24, tzinfo=UTC)  # Europe leaves daylight-saving time a day later, New York in eight
STEP: Final = timedelta(minutes=30)
FAULT_SHARE: Final = 0.15  # of all sites, at any time
DEADLINE_S: Final = 1.0
PATIENCE_S: Final = 120.0
POLL_S: Final = 0.02
FLAT_MB: Final = 60.0  # what the process may grow by after its first day
SCHEDULES: Final = (
    Schedule(every=3_600),
    Schedule(cron="0 * * * *", timezone="America/New_York"),
    Schedule(cron="30 */2 * * *", timezone="Europe/Berlin"),
    Schedule(cron="0 */3 * * *", timezone="Australia/Lord_Howe"),
    Schedule(cron="30 1,2 * * *", timezone="Europe/London"),
)
FAULTS: Final[tuple[faults.Fault, ...]] = (
    faults.Status(404), faults.Status(503), faults.Status(429, retry_after="120"), faults.Reset(), faults.CutShort(),
    faults.TruncatedGzip(), faults.Hangup(), faults.Hang(), faults.Drip(), faults.Oversize(size=12_000_000),
    faults.RedirectLoop(), faults.RedirectChain(hops=12), faults.RedirectTo("http://10.0.0.1/"), faults.CONSENT_WALL,
    faults.CHALLENGE, faults.CHALLENGE_IN_A_200, faults.EMPTY_SHELL, faults.ERROR_IN_A_200,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """What the process looked like at the end of a day of fake time."""

    day: int
    visits: int
    seconds: float
    memory_mb: float
    files: int


@dataclass
class Soak:
    """One run: the world, the clock, the dice, and what was found on the way."""

    folder: Path
    sites: int
    random: Random
    clock: StoppedClock = field(default_factory=lambda: StoppedClock(START))
    latest: datetime = START
    days: list[Day] = field(default_factory=list)
    injected: Counter[str] = field(default_factory=Counter)

    async def run(self, days: int) -> None:
        """A daemon a day, until all days are over."""
        async with Newsstand(self.clock.now, own_ports=True) as stand:
            own = papers()
            for number in range(self.sites):
                stand.add_paper(own[number % len(own)], slug=f"paper-{number}")
            self.settings = settings_of(self.folder, stand)
            self.slots = {site.slug: schedule_of(site) for site in self.settings.sites}
            for day in range(1, days + 1):
                began = time.monotonic()
                async with self._daemon():
                    await self._day(stand)
                theirs = sum(len(server._connections) for server in stand._servers)  # a hung one hangs on
                self._look(day, time.monotonic() - began, theirs)

    @asynccontextmanager
    async def _daemon(self) -> AsyncIterator[None]:
        gate = Gate(
            user_agent="soak (+https://example.org/)", deadline_s=DEADLINE_S, min_gap_s=0, retries=1,
            allow_networks=(ip_network("127.0.0.0/8"),), now=self.clock.now, random=self.random,
            sleep=lambda seconds: asyncio.sleep(seconds / 20),
        )  # fmt: skip
        daemon = Daemon(self.settings, clock=self.clock, gate=gate, heartbeat_s=POLL_S)
        task = asyncio.create_task(daemon.run())
        try:
            yield
        finally:
            daemon.stop()
            await asyncio.wait_for(task, PATIENCE_S)

    async def _day(self, stand: Newsstand) -> None:
        """Steps of the clock, each with other faults, and each waited for until every slot has its row."""
        await self._settled()
        for step in range(int(timedelta(days=1) / STEP)):
            self._break_servers(stand)
            await self._turn_the_clock(step)
            await self._settled()
            stand.requests.clear()
            stand.counts.clear()
            for stall in stand.stalls.values():
                stall.requests.clear()

    def _break_servers(self, stand: Newsstand) -> None:
        for stall in stand.stalls.values():
            if self.random.random() < FAULT_SHARE:
                fault = self.random.choice(FAULTS)
                stall.fail(fault)
                self.injected[type(fault).__name__] += 1
            else:
                stall.mend()

    async def _turn_the_clock(self, step: int) -> None:
        """On by a step; once a day each, back before it, far ahead, and a reader killed under way."""
        match step:
            case 10:
                self.clock.advance(minutes=-self.random.randint(2, 90))
                await asyncio.sleep(5 * POLL_S)
                self.clock.instant = self.latest
                self.injected["clock set back"] += 1
            case 20:
                self.clock.advance(hours=self.random.randint(2, 9))
                self.injected["suspend"] += 1
        self.clock.instant += STEP
        self.latest = max(self.latest, self.clock.instant)
        if step == 30:
            await asyncio.wait_for(asyncio.to_thread(kill_when, lambda state: state in "RS"), PATIENCE_S)
            self.injected["reader killed"] += 1

    async def _settled(self) -> None:
        """Wait until the newest slot of every site has its row."""
        due = {(slug, epoch(slot)) for slug, one in self.slots.items() if (slot := one.last(self.latest))}
        deadline = time.monotonic() + PATIENCE_S
        while missing := due - self._told_since(min(at for _, at in due)):
            if time.monotonic() > deadline:
                raise Failure(f"{len(missing)} slots without a row at {iso(self.latest)}: {sorted(missing)[:5]}")
            await asyncio.sleep(POLL_S)

    def _told_since(self, instant: int) -> set[tuple[object, ...]]:
        query = "SELECT slug, due_at FROM visits JOIN sites ON sites.id = site_id WHERE due_at >= ?"
        return set(rows(self.settings.archive.path, query, instant))

    def _look(self, day: int, seconds: float, not_ours: int) -> None:
        [(visits,)] = rows(self.settings.archive.path, "SELECT count(*) FROM visits")
        files = len(list(Path("/proc/self/fd").iterdir())) - not_ours
        self.days.append(Day(day=day, visits=int(str(visits)), seconds=seconds, memory_mb=memory_mb(), files=files))
        click.echo(f"day {day}: {self.days[-1]}", err=True)

    def faults(self) -> Iterator[str]:
        """What is not as it has to be."""
        for site in self.settings.sites:
            query = "SELECT due_at FROM visits JOIN sites ON sites.id = site_id WHERE slug = ?"
            told = Counter(int(str(due)) for (due,) in rows(self.settings.archive.path, query, site.slug))
            first = self.slots[site.slug].last(START)
            assert first is not None
            due = {epoch(slot) for slot in self.slots[site.slug].between(first - timedelta(seconds=1), self.latest)}
            if told.keys() != due or set(told.values()) != {1}:
                lacking, extra = len(due - told.keys()), len(told.keys() - due)
                yield f"{site.slug}: {lacking} slots without a row, {extra} rows too many"
        with closing(connect_readonly(self.settings.archive.path)) as connection:
            yield from (f"{bad.capture or 'archive'}: {bad.problem}" for bad in verify(connection).bad)
        first_day, last_day = self.days[0], self.days[-1]
        if last_day.memory_mb - first_day.memory_mb > FLAT_MB:
            yield f"memory grew from {first_day.memory_mb:.0f} to {last_day.memory_mb:.0f} MB"
        if last_day.files > first_day.files + 3:
            yield f"open files grew from {first_day.files} to {last_day.files}"


def settings_of(folder: Path, stand: Newsstand) -> Settings:
    """Every stall of the stand as a site, with one schedule after another."""
    schedules = [SCHEDULES[number % len(SCHEDULES)] for number in range(len(stand.stalls))]
    return Settings(
        file=folder / "config.toml",
        archive=ArchiveSettings(path=folder / "archive.db"),
        fetch=FetchSettings(spread=0),
        sites=tuple(
            Site(slug=slug, name=slug, url=stall.url, timezone=one.timezone, **_when(one))
            for (slug, stall), one in zip(stand.stalls.items(), schedules, strict=True)
        ),
    )


def _when(schedule: Schedule) -> dict[str, Any]:
    return {"schedule": schedule.cron} if schedule.cron else {"every": schedule.every}


def memory_mb() -> float:
    """Resident memory of this process: daemon and newspapers alike."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


@click.command()
@click.option("--quick", is_flag=True, help="20 sites for two days.")
@click.option("--sites", default=200, show_default=True)
@click.option("--days", default=7, show_default=True)
@click.option("--seed", default=6, show_default=True, help="Of the dice.")
def main(quick: bool, sites: int, days: int, seed: int) -> None:
    """Run the soak and tell what it found; exit 1 if anything is wrong."""
    sites, days = (20, 2) if quick else (sites, days)
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    with tempfile.TemporaryDirectory() as temporary:
        soak = Soak(folder=Path(temporary), sites=sites, random=Random(seed))
        try:
            asyncio.run(soak.run(days))
            wrong = list(soak.faults())
        except Failure as error:
            raise click.ClickException(str(error)) from error
        _report(soak, wrong)
    sys.exit(bool(wrong))


def _report(soak: Soak, wrong: list[str]) -> None:
    archive = soak.settings.archive.path
    print(
        table(
            ("day", "visits", "seconds", "MB", "files"),
            [(d.day, d.visits, d.seconds, d.memory_mb, d.files) for d in soak.days],
        )
    )
    outcomes = rows(archive, "SELECT outcome, count(*) FROM visits GROUP BY outcome ORDER BY 2 DESC")
    print("\n" + table(("outcome", "visits"), outcomes))
    print("\n" + table(("injected", "times"), soak.injected.most_common()), end="\n\n")
    for fault in wrong:
        print(f"FAULT {fault}")
    first, last = soak.days[0], soak.days[-1]
    print(
        f"{soak.sites} sites, {len(soak.days)} days: {last.visits:,} slots, each with one row: {not wrong}; "
        f"memory {first.memory_mb:.0f} to {last.memory_mb:.0f} MB, open files {first.files} to {last.files}"
    )


if __name__ == "__main__":
    main()
