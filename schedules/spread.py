"""A backfill over several workers: cut, fill a shard a part, merge the shards, one report."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

from schedules.ledger import described
from schedules.partitions import Partition, cut
from schedules.report import Report
from schedules.shards import fill_shard, remove_shards
from schedules.sources.opening import Asked
from scraper.config import Settings, Site
from storage.archive import Archive
from storage.merge import merge

Engine = Callable[[], AbstractContextManager[Executor]]


class Spread:
    """One run over an engine, which is opened anew when a worker was killed: it breaks with its worker.

    Parts that were under way then are suspects: each is tried once more, alone. One that kills its worker again is a
    failure of the report, and no other part is touched by it. Dask does as much by itself.
    """

    def __init__(self, open_engine: Engine, *, at_once: int, report: Report, tick: Callable[[], object]) -> None:
        self._open_engine, self._at_once = open_engine, at_once
        self._report, self._tick = report, tick
        self.done: list[Partition] = []

    def run(self, partitions: Iterable[Partition]) -> None:
        """Fill the shards of all parts; `done` are those that were."""
        waiting, suspects = deque(partitions), list[Partition]()
        self._total = len(waiting)
        while waiting:
            with self._open_engine() as engine:
                suspects += self._run_until_broken(engine, waiting)
        for suspect in suspects:
            with self._open_engine() as engine:
                for _ in self._run_until_broken(engine, deque([suspect])):
                    self._report.fail(f"{told(suspect)}: killed its worker twice")

    def _run_until_broken(self, engine: Executor, waiting: deque[Partition]) -> list[Partition]:
        """Work through what waits, `at_once` parts under way; those that were when the engine broke, else none."""
        under_way: dict[Future[dict[str, Any]], Partition] = {}
        while waiting or under_way:
            while waiting and len(under_way) < self._at_once:
                part = waiting.popleft()
                under_way[engine.submit(fill_shard, part)] = part
            ended, _ = wait(under_way, return_when=FIRST_COMPLETED)
            if any(isinstance(future.exception(), BrokenExecutor) for future in ended):
                return self._left_by_broken(under_way)
            for future in ended:
                self._end(under_way.pop(future), future)
        return []

    def _left_by_broken(self, under_way: "dict[Future[dict[str, Any]], Partition]") -> list[Partition]:
        wait(under_way)
        broken = [part for future, part in under_way.items() if isinstance(future.exception(), BrokenExecutor)]
        for future, part in under_way.items():
            if part not in broken:
                self._end(part, future)
        return broken

    def _end(self, part: Partition, future: "Future[dict[str, Any]]") -> None:
        if error := future.exception():
            self._report.fail(f"{told(part)}: {error or type(error).__name__}")
            return
        self.done.append(part)
        add(self._report, future.result())
        self._report.done = self._report.found
        self._report.share = len(self.done) / self._total
        self._tick()


def told(partition: Partition) -> str:
    """What a part holds, in a few words."""
    volumes = partition.asked.volumes
    if volumes:
        return f"{volumes[0].path} and {len(volumes) - 1} more" if len(volumes) > 1 else str(volumes[0].path)
    return f"{partition.asked.place} from {partition.wanted.since} to {partition.wanted.until}"


def add(report: Report, part: dict[str, Any]) -> None:
    """Add a part's counts to the report of all."""
    for name in ("found", "taken", "known", "failed"):
        setattr(report, name, getattr(report, name) + part[name])
    report.quarantined.update(Counter(part["quarantined"]))
    report.days.update(Counter(part["days"]))
    report.problems += part["problems"]


def gather(settings: Settings, site: Site, shards: Iterable[Path], *, report: Report, now: datetime) -> None:
    """Merge the shards into the archive, and keep the report; what the archive had already is counted as known."""
    archive_settings = settings.archive
    with Archive(archive_settings.path, observer=archive_settings.name) as archive:
        described(settings, site, now)(archive)
        for shard in shards:
            known = merge(archive, shard).known
            report.known += known
            report.taken -= known
        archive.report_backfill(site.slug, source=report.source, ended_at=now, report=report.shape())


def spread_out(
    settings: Settings,
    site: Site,
    asked: Asked,
    *,
    report: Report,
    open_engine: Engine,
    workers: int,
    now: datetime,
    shards: Path | None = None,
    apart: bool = False,
    tick: Callable[[], object] = lambda: None,
) -> None:
    """The whole way. Shards stay where a part failed, so that another run has only that to do.

    With `apart` they stay anyhow and are not merged: each is an archive, and they are asked as one.
    """
    folder = shards or settings.archive.path.with_suffix(".shards")
    partitions = asyncio.run(cut(settings, site, asked, report.wanted, shards=folder, workers=workers))
    run = Spread(open_engine, at_once=workers, report=report, tick=tick)
    run.run(partitions)
    if apart:
        return
    done = [part.shard for part in run.done]
    gather(settings, site, done, report=report, now=now)
    if not report.failed:
        remove_shards(done)
