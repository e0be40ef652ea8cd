"""A backfill from opening the archive to keeping the report."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

from schedules.backfill import Backfill
from schedules.clock import Clock, MachineClock
from schedules.journal import Journal
from schedules.ledger import described
from schedules.once import open_pipeline
from schedules.quarantine import spare_deadly
from schedules.report import Report
from schedules.sources.found import Source
from schedules.sources.opening import Asked, open_source
from schedules.writer import Writer
from scraper.config import Settings, Site

READING_S = 0.03  # for one page of usual size, on one core, from the body to its place in the archive
AT_ONCE = 8  # captures under way for each reader: some are written while others are read
NOWHERE = Path(":memory:")


async def fill(
    settings: Settings,
    site: Site,
    asked: Asked,
    *,
    report: Report,
    workers: int,
    tick: Callable[[], object] = lambda: None,
    clock: Clock | None = None,
    journal: Journal | None = None,
) -> None:
    """Take what is wanted, and keep the report: also where the run is interrupted.

    With a journal the captures are taken one by one, each named there while it is.
    """
    clock = clock or MachineClock()
    async with AsyncExitStack() as opened:
        source = await opened.enter_async_context(open_source(asked, settings, site))
        pipeline, writer = await opened.enter_async_context(
            open_pipeline(settings, gate=None, clock=clock, workers=workers)
        )
        await writer.do(described(settings, site, clock.now()))
        await pipeline.read_unread([site])
        run = Backfill(
            pipeline=pipeline, writer=writer, site=site, source=source, report=report, tick=tick, journal=journal
        )
        wanted = spare_deadly(settings, site, report)
        at_once = 1 if journal else source.concurrency or workers * AT_ONCE
        try:
            await run.run(wanted, at_once=at_once)
            await pipeline.read_unread([site])  # what stands for a body that came later
        finally:
            await writer.do(
                lambda archive: archive.report_backfill(
                    site.slug, source=report.source, ended_at=clock.now(), report=report.shape()
                )
            )


async def foresee(settings: Settings, site: Site, asked: Asked, *, report: Report, workers: int) -> None:
    """Count what `fill` would take, and estimate how long that lasts at the source's limits; writes nothing."""
    path = settings.archive.path
    is_there = path.exists()
    async with open_source(asked, settings, site) as source:
        with Writer(path if is_there else NOWHERE, observer=settings.archive.name, is_readonly=is_there) as writer:
            run = Backfill(pipeline=None, writer=writer, site=site, source=source, report=report)
            report.would_take = await run.count(report.wanted)
    report.estimate_s = seconds_for(report.would_take, source, workers)


def seconds_for(captures: int, source: Source, workers: int) -> float:
    """How long so many captures take: the slower of the source's pace and the readers'."""
    return captures * max(READING_S / workers, 1 / source.pace if source.pace else 0.0)
