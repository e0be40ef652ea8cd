"""The replay itself: the clock goes from state to state, the daemon looks, is killed on the way, and goes on."""

import asyncio
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Final

from benchmarks.replay_plan import Act, config
from scraper.instants import epoch
from tests.clocks import FileClock
from tests.newsstand import Newsstand

ROOT: Final = Path(__file__).parents[1]
PATIENCE_S: Final = 60.0
POLL_S: Final = 0.002


class Stage(StrEnum):
    """How far the work of a moment has come when the daemon is killed."""

    ASKED = "a page was asked for"
    CAPTURED = "a capture was recorded"
    LOOKED = "all visits had ended"


Held = tuple[str, int, str, str]  # a capture: site, instant, URL, sha256


@dataclass(frozen=True, kw_only=True, slots=True)
class Kill:
    """One kill -9: when, at what stage, what the archive held just after, and how many captures had no visit yet."""

    moment: datetime
    stage: Stage
    held: frozenset[Held]
    unfinished: int


class Failure(Exception):  # noqa: N818 - what the script found, not an error of it
    """The replay cannot go on; the message says why."""


def rows(archive: Path, query: str, *values: object) -> list[tuple[object, ...]]:
    """What an archive answers, which others may be writing to; nothing while it has no tables.

    Every question has a connection of its own: one that stayed open would spare a restarted daemon its recovery.
    """
    try:
        with closing(sqlite3.connect(f"{archive.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return connection.execute(query, values).fetchall()
    except sqlite3.OperationalError:
        return []


def held(archive: Path) -> frozenset[Held]:
    """The captures of an archive."""
    query = """
        SELECT slug, instant, url, hex(sha256)
        FROM captures JOIN sites ON sites.id = site_id JOIN bodies ON bodies.id = body_id
    """
    return frozenset((str(slug), int(str(at)), str(url), str(sha)) for slug, at, url, sha in rows(archive, query))


class DaemonProcess:
    """The daemon in a process of its own, started and ended again and again."""

    def __init__(self, clock: Path, log: Path) -> None:
        self._clock, self._log = clock, log
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, config_file: Path) -> None:
        command = (sys.executable, "-m", "benchmarks.replay_daemon", str(config_file), str(self._clock))
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stderr=log)

    async def until(self, is_so: Callable[[], bool], what: str) -> None:
        """Wait for something that the daemon brings about."""
        deadline = time.monotonic() + PATIENCE_S
        while not is_so():
            if self._process is None or self._process.returncode is not None:
                raise Failure(f"the daemon ended by itself before {what}; see {self._log}")
            if time.monotonic() > deadline:
                raise Failure(f"{what}: not within {PATIENCE_S:g} s; see {self._log}")
            await asyncio.sleep(POLL_S)

    async def kill(self) -> None:
        """SIGKILL: no code of the daemon runs any more."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def stop(self) -> None:
        """SIGTERM, and a clean end."""
        assert self._process is not None
        self._process.terminate()
        if code := await asyncio.wait_for(self._process.wait(), PATIENCE_S):
            raise Failure(f"the daemon ended with {code} when told to stop; see {self._log}")


class Replay:
    """One run over all acts, into one archive."""

    def __init__(self, acts: Sequence[Act], work: Path, *, kills: int) -> None:
        self.acts, self.work = acts, work
        self.archive, self.backfilled, self.log = work / "archive.db", work / "backfilled.db", work / "daemon.log"
        self.urls: dict[str, str] = {}
        self.kills: list[Kill] = []
        self._planned = dict(_spread(acts, kills))
        self._clock = FileClock(work / "clock")
        self._daemon = DaemonProcess(work / "clock", self.log)

    async def run(self) -> None:
        """Raises Failure when the daemon does not do its work."""
        self._clock.set(self.acts[0].moments[0])
        async with Newsstand(self._clock.now, own_ports=True) as stand:
            try:
                for act, config_file in self._configured(stand):
                    await self._play(act, config_file, stand)
            finally:
                await self._daemon.kill()

    def _configured(self, stand: Newsstand) -> Iterator[tuple[Act, Path]]:
        """Each act with the configuration that watches its sites."""
        for number, act in enumerate(self.acts, 1):
            for series in act.series:
                self.urls[series.slug] = stand.add_folder(series.slug, series.folder).url
            file = self.work / f"act-{number}.toml"
            file.write_text(config([act], archive=self.archive.name, urls=self.urls))
            yield act, file

    async def _play(self, act: Act, config_file: Path, stand: Newsstand) -> None:
        self._clock.set(act.moments[0])
        await self._daemon.start(config_file)
        for moment in act.moments:
            asked = len(stand.requests)
            self._clock.set(moment)
            if stage := self._planned.get(moment):
                await self._daemon.until(partial(self._has_come, stage, act, moment, stand, asked), stage)
                await self._kill(moment, stage)
                await self._daemon.start(config_file)
            await self._daemon.until(partial(self._all_looked, act, moment), f"the visits of {moment}")
        await self._daemon.stop()

    def _has_come(self, stage: Stage, act: Act, moment: datetime, stand: Newsstand, asked: int) -> bool:
        match stage:
            case Stage.ASKED:
                return len(stand.requests) > asked
            case Stage.CAPTURED:
                return bool(rows(self.archive, "SELECT 1 FROM captures WHERE instant = ?", epoch(moment)))
            case Stage.LOOKED:
                return self._all_looked(act, moment)

    def _all_looked(self, act: Act, moment: datetime) -> bool:
        """Whether every site's newest slot has its row."""
        due = {(slug, epoch(slot)) for slug, one in act.schedules.items() if (slot := one.last(moment))}
        told = rows(
            self.archive,
            "SELECT slug, due_at FROM visits JOIN sites ON sites.id = site_id WHERE due_at >= ?",
            min(due_at for _, due_at in due),
        )
        return due <= set(told)

    async def _kill(self, moment: datetime, stage: Stage) -> None:
        await self._daemon.kill()
        query = (
            "SELECT count(*) FROM captures WHERE id NOT IN (SELECT capture_id FROM visits WHERE capture_id NOT NULL)"
        )
        unfinished = rows(self.archive, query)
        count = int(str(unfinished[0][0])) if unfinished else 0
        self.kills.append(Kill(moment=moment, stage=stage, held=held(self.archive), unfinished=count))


def _spread(acts: Sequence[Act], kills: int) -> Iterator[tuple[datetime, Stage]]:
    """So many moments, evenly over all acts, each with the next stage."""
    moments = [moment for act in acts for moment in act.moments]
    step = len(moments) / (kills + 1)
    for number, stage in zip(range(1, kills + 1), cycle(Stage), strict=False):
        yield moments[int(number * step)], stage
