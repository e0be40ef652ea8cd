"""Backfill: what a source offers is listed, chosen, and taken through the pipeline, with a report of all of it.

1 the source lists what it has → 2 the wanted ones are chosen → 3 those that are known, or were refused before, are
skipped without loading → 4 the others are loaded and taken by the pipeline → 5 everything is counted. Nothing is held
but what is under way, so a run may be interrupted anywhere; the next one skips what this one did.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from schedules.pipeline import Pipeline
from schedules.report import Report
from schedules.selection import select
from schedules.sources.found import Found, Source, SourceError, Unusable, Wanted
from schedules.writer import Writer
from scraper.config import Site
from scraper.errors import FetchError
from scraper.instants import iso
from scraper.model import Capture, Quality
from storage.backfills import Offered, count_captures, refuse, refused


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
    ) -> None:
        self._pipeline, self._writer, self._site, self._source = pipeline, writer, site, source
        self.report = report
        self._tick = tick

    async def run(self, wanted: Wanted, *, at_once: int) -> None:
        """Take what is wanted, `at_once` captures under way: the archive is a set, so their order is free."""
        places = asyncio.Semaphore(at_once)

        async def take(group: list[Found]) -> None:
            try:
                await self._take_group(group)
            finally:
                self.report.done += len(group)
                places.release()
                self._tick()

        try:
            async with aclosing(_grouped(self._chosen(wanted))) as groups, asyncio.TaskGroup() as tasks:
                async for group in groups:
                    await places.acquire()
                    if self.report.stopped:
                        break
                    self.report.share = group[-1].share
                    tasks.create_task(take(group))
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

    async def _take_group(self, group: list[Found]) -> None:
        for found in group if group[0].at_hand else await self._unknown(group):
            if not self.report.stopped:
                await self._take(found)

    async def _unknown(self, group: list[Found]) -> list[Found]:
        """Those of a group that have to be loaded; the others are counted.

        They share instant and address. Where the archive has as many of them, it has them all; where it has fewer,
        only their bodies can tell which.
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

    async def _take(self, found: Found) -> None:
        try:
            capture = await found.load()
        except Unusable as reason:
            await self._refuse(found, str(reason))
        except FetchError as error:
            self.report.fail(f"{iso(found.instant)}: {error}")
        except SourceError as error:
            self._stop(error)
        else:
            await self._keep(capture)

    async def _keep(self, capture: Capture) -> None:
        assert self._pipeline is not None, "a run without a pipeline counts, it does not take"  # noqa: S101
        taken = await self._pipeline.take(self._site, capture)
        self.report.have(capture.instant)
        if not taken.is_new:
            self.report.known += 1
            return
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
