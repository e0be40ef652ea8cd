"""Backfill: what a source offers is listed, chosen, and taken through the pipeline, with a report of all of it.

1 the source lists what it has → 2 the wanted ones are chosen → 3 those of a server that are known, or were refused
before, are skipped without loading → 4 the others are loaded and taken by the pipeline, which reads what is new → 5
everything is counted. Nothing is held but what is under way, so a run may be interrupted anywhere; the next one does
what is missing.

What the machine itself has is taken some captures at a time, and filed in the order in which it was found: a
transaction costs a wait for the disk, and spans that grow at their end cost a third of those spliced in the middle.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from schedules.journal import Journal
from schedules.pipeline import Pipeline, WaitTurn
from schedules.report import Report
from schedules.selection import select
from schedules.sources.found import Found, Source, SourceError, Unusable, Wanted
from schedules.tasks import task_group
from schedules.writer import Writer
from scraper.config import Site
from scraper.errors import FetchError
from scraper.instants import iso
from scraper.model import Capture, Quality
from storage.backfills import Offered, count_captures, refuse, refused

BATCH = 4  # captures of a local source in one transaction; more leave readers idle at the end of one


class Backfill:
    """One run: a site, a source, the report that it fills. `tick` is called after each capture that is done with."""

    def __init__(
        self,
        *,
        pipeline: Pipeline | None,
        writer: Writer,
        site: Site,
        source: Source,
        report: Report,
        tick: Callable[[], object] = lambda: None,
        journal: Journal | None = None,
    ) -> None:
        self._pipeline, self._writer, self._site, self._source = pipeline, writer, site, source
        self.report = report
        self._tick = tick
        self._journal = journal

    async def run(self, wanted: Wanted, *, at_once: int) -> None:
        """Take what is wanted, `at_once` captures under way: the archive is a set, so their order is free."""
        size = 1 if self._source.is_remote or self._journal else BATCH
        places = asyncio.Semaphore(max(1, at_once // size))
        before = _passed()

        async def take(batch: list[list[Found]], before: asyncio.Event, own: asyncio.Event) -> None:
            try:
                await self._take_batch(batch, turn=before.wait)
            finally:
                own.set()
                self.report.done += sum(map(len, batch))
                places.release()
                self._tick()

        try:
            chosen = self._chosen(wanted)
            async with aclosing(_batches(_grouped(chosen), size)) as batches, task_group() as tasks:
                async for batch in batches:
                    await places.acquire()
                    if self.report.stopped:
                        break
                    self.report.share = batch[-1][-1].share
                    own = _passed() if self._source.is_remote else asyncio.Event()
                    tasks.create_task(take(batch, before, own))
                    before = own
        finally:
            self.report.quarantined.update(self._source.left_out)

    async def count(self, wanted: Wanted) -> int:
        """How many captures `run` would load, without loading them."""
        new = 0
        async with aclosing(_grouped(self._chosen(wanted))) as groups:
            async for group in groups:
                new += len(await self._unknown(group))
        self.report.quarantined.update(self._source.left_out)
        return new

    async def _chosen(self, wanted: Wanted) -> AsyncGenerator[Found]:
        """What is chosen of the listing, as far as the listing goes."""
        try:
            async with aclosing(self._source.find(wanted)) as offered, aclosing(select(offered, wanted)) as chosen:
                async for found in chosen:
                    self.report.found += 1
                    yield found
        except SourceError as error:
            self.report.fail(str(error))

    async def _take_batch(self, batch: list[list[Found]], *, turn: WaitTurn) -> None:
        if self._journal:
            for found in [found for group in batch for found in group]:
                with self._journal.taking(found.name):
                    await self._take_one(found, turn)
        elif captures := [capture async for capture in self._loaded(batch)]:
            await self._keep(captures, turn)

    async def _take_one(self, found: Found, turn: WaitTurn) -> None:
        if not self.report.stopped and (capture := await self._load(found)):
            await self._keep([capture], turn)

    async def _loaded(self, batch: list[list[Found]]) -> AsyncGenerator[Capture]:
        """The captures of a batch, as far as they have to be loaded and can be had.

        Of the machine's own that is all: two folders may have two pages of one instant, or a file was mended.
        """
        for group in batch:
            for found in await self._unknown(group) if self._source.is_remote else group:
                if not self.report.stopped and (capture := await self._load(found)):
                    yield capture

    async def _unknown(self, group: list[Found]) -> list[Found]:
        """Those of a group that nobody can call known or refused by their names; the others are counted.

        They share instant and address. Where the archive has as many of them, it is taken to have them all; where it
        has fewer, only their bodies can tell which.
        """
        offered = self._offered(group[0])
        if await self._writer.do(lambda archive: count_captures(archive, offered)) >= len(group):
            for found in group:
                self.report.known += 1
                self.report.have(found.instant)
            return []
        if self._source.is_remote and (reason := await self._writer.do(lambda archive: refused(archive, offered))):
            self.report.quarantined[reason] += len(group)
            return []
        return group

    def _offered(self, found: Found) -> Offered:
        return Offered(site=self._site.slug, origin=self._source.origin, instant=found.instant, url=found.url)

    async def _load(self, found: Found) -> Capture | None:
        try:
            return await found.load()
        except Unusable as reason:
            await self._refuse(found, str(reason))
        except FetchError as error:
            self.report.fail(f"{iso(found.instant)}: {error}")
        except SourceError as error:
            self._stop(error)
        return None

    async def _keep(self, captures: list[Capture], turn: WaitTurn) -> None:
        assert self._pipeline is not None, "a run without a pipeline counts, it does not take"  # noqa: S101
        took = await self._pipeline.take_all(self._site, captures, turn=turn)
        for capture, taken in zip(captures, took, strict=True):
            self.report.have(capture.instant)
            if not taken.is_new:
                self.report.known += 1
                continue
            self.report.taken += 1
            if taken.page and taken.page.quality is not Quality.OK:
                self.report.quarantined[str(taken.page.quality)] += 1

    async def _refuse(self, found: Found, reason: str) -> None:
        self.report.quarantined[reason] += 1
        if self._source.is_remote:
            offered = self._offered(found)
            await self._writer.do(lambda archive: refuse(archive, offered, reason))

    def _stop(self, error: SourceError) -> None:
        if not self.report.stopped:
            self.report.stopped = True
            self.report.fail(str(error))


async def _grouped(chosen: AsyncGenerator[Found]) -> AsyncGenerator[list[Found]]:
    """Neighbours that share instant and address, together."""
    group: list[Found] = []
    async with aclosing(chosen) as founds:
        async for found in founds:
            if group and (found.instant, found.url) != (group[0].instant, group[0].url):
                yield group
                group = []
            group.append(found)
    if group:
        yield group


async def _batches(groups: AsyncGenerator[list[Found]], size: int) -> AsyncGenerator[list[list[Found]]]:
    """Groups in their order, `size` at a time."""
    batch: list[list[Found]] = []
    async with aclosing(groups) as found:
        async for group in found:
            batch.append(group)
            if len(batch) == size:
                yield batch
                batch = []
    if batch:
        yield batch


def _passed() -> asyncio.Event:
    """An event that nobody has to wait for."""
    event = asyncio.Event()
    event.set()
    return event
