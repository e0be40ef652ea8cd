"""A daemon under test: it watches a newsstand by a clock that a test moves on, and the test reads its ledger."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.library import paper
from schedules.daemon import Daemon
from schedules.service import gate_of
from scraper.config import Settings
from scraper.errors import ArchiveError
from storage.schema import connect_readonly
from tests.clocks import StoppedClock
from tests.faults import Fault
from tests.made import NOON
from tests.newsstand import Newsstand, Stall
from tests.world import settings_of

PATIENCE_S = 30.0


def rows(archive: Path, query: str) -> list[tuple[object, ...]]:
    """What a query says of an archive that others write to; nothing while there is none."""
    try:
        connection = connect_readonly(archive)
    except ArchiveError:
        return []
    try:
        return connection.execute(query).fetchall()
    except sqlite3.OperationalError:
        return []
    finally:
        connection.close()


def ledger(archive: Path) -> list[tuple[object, ...]]:
    return rows(
        archive, "SELECT slug, due_at, outcome FROM visits JOIN sites ON sites.id = site_id ORDER BY slug, due_at"
    )


async def until(is_so: Callable[[], bool], what: str) -> None:
    """Wait for something that another process or task brings about."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while not is_so():
        assert asyncio.get_running_loop().time() < deadline, f"{what} did not happen"
        await asyncio.sleep(0.02)


async def settled(daemon: Daemon, archive: Path, count: int, *, hanging: int = 0) -> None:
    """Wait until the ledger has so many rows, and only visits that hang are under way: a row comes before the end."""
    await until(lambda: daemon.visiting == hanging and len(ledger(archive)) == count, f"row {count} of the ledger")


@asynccontextmanager
async def running(settings: Settings, clock: StoppedClock, *, visit_limit_s: float = 900) -> AsyncIterator[Daemon]:
    gate = gate_of(settings, clock)
    daemon = Daemon(settings, clock=clock, gate=gate, heartbeat_s=0.02, visit_limit_s=visit_limit_s)
    task = asyncio.create_task(daemon.run())
    try:
        yield daemon
    finally:
        daemon.stop()
        await asyncio.wait_for(task, PATIENCE_S)


@dataclass(frozen=True, kw_only=True)
class Courier:
    """One paper, from noon on every quarter of an hour, and who watches it."""

    stall: Stall
    clock: StoppedClock
    settings: Settings
    daemon: Daemon

    @property
    def archive(self) -> Path:
        return self.settings.archive.path

    async def settled(self, count: int) -> None:
        await settled(self.daemon, self.archive, count)


@asynccontextmanager
async def watched(
    folder: Path, *, fault: Fault | None = None, times: int | None = None, visit_limit_s: float = 900, **settings: Any
) -> AsyncIterator[Courier]:
    """The paper under watch, at whose stall the first visits meet a fault."""
    clock = StoppedClock(NOON)
    async with Newsstand(clock.now) as stand:
        stall = stand.add_paper(paper("courier"))
        if fault:
            stall.fail(fault, times=times)
        configured = settings_of(folder, stand, **settings)
        async with running(configured, clock, visit_limit_s=visit_limit_s) as daemon:
            yield Courier(stall=stall, clock=clock, settings=configured, daemon=daemon)
