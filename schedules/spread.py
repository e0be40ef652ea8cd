"""A backfill over several workers: cut, fill a shard a part, merge the shards, one report."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Container, Iterable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

from schedules.journal import left_in
from schedules.ledger import described
from schedules.partitions import Partition, cut, leftovers, whole_of
from schedules.quarantine import KILLED_TWICE, quarantine, spare_deadly
from schedules.report import Report
from schedules.shards import fill_shard, remove_shards, shard_report, sweep_shards
from schedules.sources.found import Name
from schedules.sources.opening import Asked
from scraper.config import Settings, Site
from scraper.instants import iso
from scraper.model import Origin
from storage.archive import Archive
from storage.backfills import Offered, refuse
from storage.merge import merge

Engine = Callable[[], AbstractContextManager[Executor]]


class Spread:
    """One run over an engine, which is opened anew when a worker was killed: it breaks with its worker.

    Parts that were under way then are suspects: each is tried once more, alone, its captures one by one. Where its
    worker is killed again, the journal names the capture; that is tried by itself, and where it kills once more it is
    left out with its reason, and all else is taken. A part whose journal names none is a failure of the report.

    Dask starts a task of a killed worker again by itself, and gives it up after some workers.
    """

    def __init__(self, open_engine: Engine, *, at_once: int, report: Report, tick: Callable[[], object]) -> None:
        self._open_engine, self._at_once = open_engine, at_once
        self._report, self._tick = report, tick
        self.done: list[Partition] = []
        self.killed: list[Partition] = []  # of these there may be a journal and an unfinished shard
        self.deadly: list[Name] = []

    def run(self, partitions: Iterable[Partition]) -> None:
        """Fill the shards of all parts; `done` are those that were."""
        waiting, suspects = deque(partitions), list[Partition]()
        self._total = len(waiting)
        while waiting:
            with self._open_engine() as engine:
                suspects += self._run_until_broken(engine, waiting)
        self.killed += suspects
        for suspect in suspects:
            self._take_carefully(suspect.careful())

    def _take_carefully(self, part: Partition) -> None:
        """Take a part without the captures that kill its worker."""
        while self._kills(part):
            name = left_in(part.journal)
            if name is None:
                self._report.fail(f"{told(part)}: {KILLED_TWICE}")
                return
            if self._kills(part.alone(name)):
                self.deadly.append(name)
                quarantine(self._report, name)
                self._report.problems.append(f"{iso(name.instant)} {name.url}: {KILLED_TWICE}")
            part = part.spare(name)

    def _kills(self, part: Partition) -> bool:
        """Whether a part, taken alone, kills its worker; else it is done, or failed in an ordinary way."""
        with self._open_engine() as engine:
            killed = self._run_until_broken(engine, deque([part]))
        self.killed += killed
        return bool(killed)

    def _run_until_broken(self, engine: Executor, waiting: deque[Partition]) -> list[Partition]:
        """Work through what waits, `at_once` parts under way; those whose worker was killed."""
        killed: list[Partition] = []
        under_way: dict[Future[dict[str, Any]], Partition] = {}
        while waiting or under_way:
            while waiting and len(under_way) < self._at_once:
                part = waiting.popleft()
                under_way[engine.submit(fill_shard, part)] = part
            ended, _ = wait(under_way, return_when=FIRST_COMPLETED)
            if any(isinstance(future.exception(), BrokenExecutor) for future in ended):
                return killed + self._left_by_broken(under_way)
            for future in ended:
                part = under_way.pop(future)
                if is_given_up(future.exception()):
                    killed.append(part)
                else:
                    self._end(part, future)
        return killed

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
        self._report.share = min(1.0, len(self.done) / self._total)
        self._tick()


def is_given_up(error: BaseException | None) -> bool:
    """Whether Dask gave a task up since its workers were killed; its error is known by name where Dask is not there."""
    return type(error).__name__ == "KilledWorker"


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


def gather(settings: Settings, site: Site, run: Spread, *, report: Report, now: datetime) -> None:
    """Merge the shards into the archive, and keep the report; what the archive had already is counted as known."""
    archive_settings = settings.archive
    with Archive(archive_settings.path, observer=archive_settings.name) as archive:
        described(settings, site, now)(archive)
        for name in run.deadly:
            offered = Offered(site=site.slug, origin=Origin(report.source), **name._asdict())
            refuse(archive, offered, KILLED_TWICE)
        for shard in [part.shard for part in run.done]:
            merged = merge(archive, shard)
            report.known += merged.known
            report.taken -= merged.known
            for problem in merged.problems:
                report.fail(f"{shard}: {problem}")
        archive.report_backfill(site.slug, source=report.source, ended_at=now, report=report.shape())


def leave(run: Spread, before: Container[Path], *, report: Report) -> None:
    """Let the shards be; what is in those that were there before this run is counted as known."""
    for part in run.done:
        if part.shard in before:
            taken = shard_report(part)["taken"]
            report.known += taken
            report.taken -= taken
    sweep_shards(part.shard for part in (*run.done, *run.killed))


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
    before = set(folder.glob("*.db"))
    wanted = spare_deadly(settings, site, report)
    whole = whole_of(settings, site, asked, wanted, shards=folder)
    partitions = asyncio.run(cut(settings, site, asked, wanted, shards=folder, workers=workers))
    run = Spread(open_engine, at_once=workers, report=report, tick=tick)
    run.run(partitions)
    if late := leftovers(whole, run.done):
        run.run([late])
    if apart:
        leave(run, before, report=report)
        return
    gather(settings, site, run, report=report, now=now)
    is_over = not report.failed  # revisits that were left over are looked for anew where it is not
    remove_shards(part.shard for part in (*run.done, *run.killed, whole) if is_over or part.asked.taken_from)
