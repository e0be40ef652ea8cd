"""Five thousand sites by a fake clock and without a network: how long the start takes, how late visits and loop are.

python -m benchmarks.many_sites [--quick] [--sites N] [--slots N]
"""

import asyncio
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Final, Self, cast

import click
import structlog

from benchmarks.replay_run import rows
from benchmarks.soak_week import memory_mb
from benchmarks.tables import table
from schedules.daemon import Daemon
from scraper.config import ArchiveSettings, FetchSettings, Settings, Site
from scraper.errors import FetchError
from scraper.fetch import FetchRequest, Gate
from scraper.model import Capture, Outcome
from tests.clocks import StoppedClock

NOON: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
STEP_S: Final = 0.01  # how often the loop is asked how late it is
ZONES: Final = ("America/New_York", "Europe/Berlin", "Asia/Tokyo", "UTC")
CRONS: Final = ("*/15 * * * *", "0,15,30,45 * * * *", "5-59/15 * * * *")


@dataclass
class NoNetwork:
    """A gate that answers at once that nothing can be reached, and notes when it was asked."""

    asked: dict[str, float] = field(default_factory=dict)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        pass

    async def fetch(self, request: FetchRequest) -> Capture:
        self.asked[request.site] = time.monotonic()
        raise FetchError(Outcome.FAILED, "there is no network here")


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """What one slot of all sites took, in seconds of the machine's clock."""

    name: str
    visits: int
    half_asked: float
    all_asked: float
    all_told: float
    loop_late: float


async def measure(sites: int, slots: int, folder: Path) -> tuple[float, list[Slot]]:
    """(seconds from the start until the daemon watches, what each slot took)."""
    clock, gate = StoppedClock(NOON), NoNetwork()
    settings = settings_of(sites, folder)
    daemon = Daemon(settings, clock=clock, gate=cast("Gate", gate), heartbeat_s=0.05)
    began = time.monotonic()
    task = asyncio.create_task(daemon.run())
    started = await first_asked(gate, task) - began
    found = [await one_slot("first", sites, settings, gate, began + started)]
    for number in range(2, slots + 1):
        gate.asked.clear()
        clock.advance(minutes=15)
        found.append(await one_slot(str(number), sites * number, settings, gate, time.monotonic()))
    daemon.stop()
    await task
    return started, found


async def first_asked(gate: NoNetwork, daemon: asyncio.Task[None]) -> float:
    """When the first page was asked for."""
    while not gate.asked and not daemon.done():  # noqa: ASYNC110 - the daemon tells nobody
        await asyncio.sleep(STEP_S)
    return time.monotonic()


async def one_slot(name: str, told: int, settings: Settings, gate: NoNetwork, began: float) -> Slot:
    """Wait until so many rows are in the ledger, and see how late the loop was meanwhile."""
    late = 0.0
    while True:
        before = time.monotonic()
        await asyncio.sleep(STEP_S)
        late = max(late, time.monotonic() - before - STEP_S)
        if len(gate.asked) < len(settings.sites) and name == "first":
            continue
        counted = await asyncio.to_thread(rows, settings.archive.path, "SELECT count(*) FROM visits")
        if counted and int(str(counted[0][0])) >= told:
            break
    asked = sorted(instant - began for instant in gate.asked.values())
    all_told = time.monotonic() - began
    return Slot(
        name=name, visits=len(asked), half_asked=median(asked or [0.0]), all_asked=max(asked, default=0.0),
        all_told=all_told, loop_late=late,
    )  # fmt: skip


def settings_of(sites: int, folder: Path) -> Settings:
    """Sites in four zones, with three schedules; all of them come due within fifteen minutes."""
    return Settings(
        file=folder / "config.toml",
        archive=ArchiveSettings(path=folder / "archive.db"),
        fetch=FetchSettings(spread=0),
        sites=tuple(
            Site(
                slug=f"site-{number}", name=f"Site {number}", url=f"https://site-{number}.example/",
                timezone=ZONES[number % len(ZONES)], schedule=CRONS[number % 2],
            )
            for number in range(sites)
        ),
    )  # fmt: skip


@click.command()
@click.option("--quick", is_flag=True, help="500 sites.")
@click.option("--sites", default=5_000, show_default=True)
@click.option(
    "--slots", default=2, show_default=True, help="Slots of each site; after two failures sites are backed off."
)
def main(quick: bool, sites: int, slots: int) -> None:
    """Start a daemon with many sites and print how late everything is."""
    sites = 500 if quick else sites
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    with tempfile.TemporaryDirectory() as temporary:
        started, found = asyncio.run(measure(sites, slots, Path(temporary)))
    headings = ("slot", "visits", "half asked s", "all asked s", "all told s", "loop late s")
    print(table(headings, [(s.name, s.visits, s.half_asked, s.all_asked, s.all_told, s.loop_late) for s in found]))
    late, loop = max(slot.all_asked for slot in found), max(slot.loop_late for slot in found)
    print(
        f"\n{sites:,} sites: start {started:.2f} s, last visit begun {late:.2f} s after its slot, "
        f"loop late by {loop * 1000:.0f} ms, {memory_mb():.0f} MB"
    )
    sys.exit(started > 5)


if __name__ == "__main__":
    main()
