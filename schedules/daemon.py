"""The daemon: bells ring, due sites are visited, and it ends cleanly when told to."""

import asyncio
import signal
from collections.abc import Sequence
from contextlib import AsyncExitStack, ExitStack, suppress
from datetime import datetime
from functools import partial
from itertools import islice

import anyio
import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from schedules.channels import channel_of
from schedules.clock import Clock
from schedules.courier import Courier
from schedules.ledger import NOBODY_LOOKED, described, last_due, settle, standing_of
from schedules.lock import daemon_lock
from schedules.owed import Owed
from schedules.pipeline import Pipeline
from schedules.pulse import Pulse
from schedules.readers import Readers
from schedules.systemd import notify
from schedules.trigger import SlotTrigger
from schedules.watch import Due, Watch
from schedules.writer import Writer
from scraper.config import Settings, Site
from scraper.errors import ArchiveMoved
from scraper.fetch import Gate
from scraper.instants import iso
from scraper.model import Outcome
from storage.archive import Archive
from storage.visits import BROKE_OFF

log = structlog.get_logger()

# How late a visit may be that starts between two bells: after its own delay, or when the machine slept or was set.
HEARTBEAT_S = 1.0
# For a whole visit with the wait for its host's turn, which its fetch's deadline leaves out; then it is given up.
VISIT_LIMIT_S = 900.0
SITES_A_TURN = 100  # sites that begin in one transaction: one for each would take 5,000 sites 10 s
GIVE_WAY = 50  # visits that begin before the loop may do something else: 5,000 at once held it up for 3 s
DRAIN_S = 40.0  # a fetch has 30 s, its reading 5; systemd waits for 60 (docs/frontpage.service)
READER_WORKERS = 2
STILL_RAN = "the visit before it still ran"


class Daemon:
    """Watches all sites of a configuration until told to stop."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock,
        gate: Gate,
        heartbeat_s: float = HEARTBEAT_S,
        visit_limit_s: float = VISIT_LIMIT_S,
    ) -> None:
        self._settings, self._clock, self._gate = settings, clock, gate
        self._heartbeat_s, self._visit_limit_s = heartbeat_s, visit_limit_s
        self._visits: set[asyncio.Task[None]] = set()
        self._telling: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()
        self._owed = Owed()

    def stop(self) -> None:
        """Begin to end: no new visits, those under way are finished. Asked a second time, they are given up."""
        if self._stopping.is_set():
            for task in self._under_way:
                task.cancel()
        self._stopping.set()

    async def run(self) -> None:
        """Until stopped. Raises ArchiveError when the archive is another daemon's or cannot be used, ArchiveMoved when
        its file is no longer where it was."""
        archive = self._settings.archive
        async with AsyncExitStack() as stack:
            stack.enter_context(daemon_lock(archive.path, now=self._clock.now()))
            writer = stack.enter_context(Writer(archive.path, observer=archive.name))
            readers = Readers(READER_WORKERS)
            stack.callback(readers.close)
            gate = await stack.enter_async_context(self._gate)
            self._writer = writer
            self._whereabouts = await writer.do(lambda archive: archive.whereabouts)
            rules = self._settings.notify
            self._pipeline = Pipeline(gate=gate, writer=writer, readers=readers, clock=self._clock, rules=rules)
            channels = {rule.name: channel_of(rule, gate) for rule in rules}
            courier = Courier(rules, writer=writer, clock=self._clock, channels=channels)
            await self._begin()
            slugs = [site.slug for site in self._settings.sites]
            self._pulse = await stack.enter_async_context(Pulse(writer, slugs=slugs, owed=lambda: len(self._owed)))
            stack.enter_context(self._bells())
            log.info("watching", sites=len(self._settings.sites), archive=str(archive.path))
            self._telling = asyncio.create_task(self._tell_until_stopped(courier))
            try:
                await self._watch_until_stopped()
            except ArchiveMoved:
                self._stopping.set()
                await self._give_up()
                raise
            notify("STOPPING=1")
            await self._drain()
            self._whereabouts.check()

    async def _begin(self) -> None:
        """Describe the sites, settle what an earlier run left open, and find out what is due."""
        now = self._clock.now()
        sites = iter(self._settings.sites)
        while some := list(islice(sites, SITES_A_TURN)):
            await self._writer.do(partial(_begin_with, settings=self._settings, sites=some, now=now))
        for site in self._settings.sites:
            if site.robots == "ignore":
                log.warning("robots.txt is ignored, as configured", site=site.slug)
        await self._pipeline.read_unread(self._settings.sites)
        known = await self._writer.do(last_due)
        self._watch = Watch(self._settings.sites, last_due=known, now=now, spread_s=self._settings.fetch.spread)

    def _bells(self) -> ExitStack:
        """APScheduler rings, once for every distinct schedule; the watch knows who is due."""
        scheduler = AsyncIOScheduler(timezone="UTC")
        for schedule in self._watch.schedules:
            trigger = SlotTrigger(schedule, self._clock)
            scheduler.add_job(self._ring, trigger, misfire_grace_time=None, coalesce=True, max_instances=10)
        scheduler.start()
        stack = ExitStack()
        stack.callback(scheduler.shutdown, wait=False)
        return stack

    async def _watch_until_stopped(self) -> None:
        while not self._stopping.is_set():
            self._whereabouts.check()
            await self._ring()
            try:
                await asyncio.wait_for(self._stopping.wait(), self._heartbeat_s)
            except TimeoutError:
                continue

    async def _tell_until_stopped(self, courier: Courier) -> None:
        """Deliver what people are to be told; what is under way when the daemon is stopped is still finished."""
        while self._settings.notify and not self._stopping.is_set():
            await courier.deliver()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._heartbeat_s)

    async def _ring(self) -> None:
        """Start the visits that have come due, and write down those that will never be made."""
        if self._stopping.is_set():
            return
        now = self._clock.now()
        for number, due in enumerate(self._watch.due(now), 1):
            if number % GIVE_WAY == 0:
                await asyncio.sleep(0)
            if due.outcome is None:
                self._start(due)
            else:
                why = STILL_RAN if due.outcome is Outcome.SKIPPED else NOBODY_LOOKED
                self._owe(due.site, due.slot, due.outcome, why)
        await self._owed.pay(self._writer)

    def _owe(self, site: Site, slot: datetime, outcome: Outcome, why: str) -> None:
        self._owed.add(site.slug, (slot, self._clock.now(), outcome, why, None))
        self._pulse.count(outcome)

    def _start(self, due: Due) -> None:
        self._pulse.began(due.site.slug)
        task = asyncio.create_task(self._visit(due.site, due.slot))
        self._visits.add(task)
        task.add_done_callback(self._visits.discard)

    async def _visit(self, site: Site, slot: datetime) -> None:
        try:
            with anyio.move_on_after(self._visit_limit_s) as scope:
                await self._visit_unless_put_off(site, slot)
            if scope.cancelled_caught:
                log.error("visit given up", site=site.slug, due=iso(slot), limit_s=self._visit_limit_s)
                self._owe(site, slot, Outcome.DEADLINE, f"given up after {self._visit_limit_s:g} seconds")
        except ArchiveMoved:  # which ends the daemon within a second
            log.error("visit lost", site=site.slug, due=iso(slot))
        except Exception as error:  # one site's trouble is not the daemon's
            log.exception("visit broke off", site=site.slug, due=iso(slot))
            self._owe(site, slot, Outcome.FAILED, f"{BROKE_OFF}{type(error).__name__}: {error}")
        finally:
            self._watch.ended(site.slug)
            self._pulse.ended(site.slug)

    async def _visit_unless_put_off(self, site: Site, slot: datetime) -> None:
        standing = await self._writer.do(standing_of(site, self._clock.now()))
        if standing.puts_off(slot):
            self._owe(site, slot, Outcome.SKIPPED, standing.why)
        else:
            self._pulse.count((await self._pipeline.visit(site, slot)).outcome)

    @property
    def visiting(self) -> int:
        """How many visits are under way: the rows of all others that were begun are in the ledger, or owed to it."""
        return len(self._visits)

    @property
    def _under_way(self) -> set[asyncio.Task[None]]:
        """The visits, and what is being told; that ends by itself once the daemon is stopped."""
        return self._visits | ({self._telling} if self._telling else set())

    async def _drain(self) -> None:
        """Let what is under way end by itself, and end it when it takes too long."""
        under_way = self._under_way
        if self._visits:
            log.info("finishing", visits=len(self._visits))
        await asyncio.wait(under_way, timeout=DRAIN_S)
        await self._give_up()
        await self._owed.pay(self._writer)

    async def _give_up(self) -> None:
        """End what is under way."""
        under_way = self._under_way
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


def _begin_with(archive: Archive, *, settings: Settings, sites: Sequence[Site], now: datetime) -> None:
    with archive.batch():
        for site in sites:
            described(settings, site, now)(archive)
            settle(archive, site, now)


async def run_daemon(daemon: Daemon) -> None:
    """Run until SIGTERM or SIGINT; a second one gives up what is under way."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, daemon.stop)
    try:
        await daemon.run()
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
