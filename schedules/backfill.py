"""Backfill: a source's captures through the pipeline, in order of time, with a report of what was and was not found."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from schedules.pipeline import Pipeline
from schedules.sources.files import SavedPage, Unusable
from scraper.config import Site
from scraper.instants import iso
from scraper.model import Quality


@dataclass(kw_only=True, slots=True)
class Report:
    """What a backfill came to; `days` counts captures in the archive by UTC date."""

    site: str
    source: str
    found: int = 0
    taken: int = 0
    known: int = 0
    quarantined: Counter[str] = field(default_factory=Counter)
    failed: int = 0
    days: Counter[str] = field(default_factory=Counter)

    def shape(self) -> dict[str, Any]:
        return {
            "site": self.site,
            "source": self.source,
            "found": self.found,
            "taken": self.taken,
            "known": self.known,
            "quarantined": dict(sorted(self.quarantined.items())),
            "failed": self.failed,
            "days": dict(sorted(self.days.items())),
        }


def select(
    pages: Iterable[SavedPage],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int | None = None,
) -> list[SavedPage]:
    """The pages of [since, until), the first `limit` of them."""
    chosen = [p for p in pages if (since is None or p.instant >= since) and (until is None or p.instant < until)]
    return chosen[:limit]


async def backfill(
    pipeline: Pipeline,
    site: Site,
    pages: Sequence[SavedPage],
    *,
    report: Report,
    workers: int,
    tick: Callable[[], object],
) -> None:
    """Take the pages; `tick` is called after each. Several are under way at once: the archive is a set."""
    report.found += len(pages)
    places = asyncio.Semaphore(workers * 2)  # one being read, one waiting, for every worker

    async def take(page: SavedPage) -> None:
        try:
            await _take(pipeline, site, page, report)
        finally:
            places.release()
            tick()

    async with asyncio.TaskGroup() as group:
        for page in pages:
            await places.acquire()
            group.create_task(take(page))


async def _take(pipeline: Pipeline, site: Site, page: SavedPage, report: Report) -> None:
    try:
        capture = await asyncio.to_thread(page.capture, site)
    except Unusable as reason:
        report.quarantined[str(reason)] += 1
        return
    taken = await pipeline.take(site, capture)
    report.days[iso(capture.instant)[:10]] += 1
    if taken.page is None:
        report.known += 1
    else:
        report.taken += 1
        if taken.page.quality is not Quality.OK:
            report.quarantined[str(taken.page.quality)] += 1
