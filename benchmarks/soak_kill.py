"""A hundred rounds of kill -9 at random points of a daemon under load.

What it acknowledged, by a row in its ledger or a line in its log, must be there afterwards; nothing may be torn, and no
slot may have two rows or none.

    python -m benchmarks.soak_kill [--quick] [--rounds N] [--seed N]
"""

import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Final

import click

from benchmarks.replay_run import ROOT, Failure, held, rows
from demo.library import papers
from storage.captures import unread
from storage.schema import connect_readonly
from storage.verify import verify
from tests.newsstand import Newsstand
from tests.world import config_file

PATIENCE_S: Final = 60.0
SITES: Final = 7
EVERY_S: Final = 1
LONGEST_S: Final = 2.5  # from the first sign of life to the kill
LEDGER: Final = """
    SELECT slug, due_at, outcome FROM visits JOIN sites ON sites.id = site_id
"""

Visit = tuple[str, int, str]  # site, due at, outcome


@dataclass(kw_only=True)
class Soak:
    """One run: the archive, the dice, and what was acknowledged before each kill."""

    folder: Path
    random: Random
    visits: set[Visit] = field(default_factory=set)
    captures: set[tuple[str, int, str, str]] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    @property
    def archive(self) -> Path:
        return self.folder / "archive.db"

    async def run(self, rounds: int) -> None:
        """Start and kill; at the end, start and stop as it should be."""
        async with Newsstand(lambda: datetime.now(UTC), own_ports=True) as stand:
            for one in papers()[:SITES]:
                stand.add_paper(one)
            self.config = config_file(self.folder, stand, when=f"every = {EVERY_S}")
            for number in range(1, rounds + 1):
                await self._round(number)
            await self._end()

    async def _round(self, number: int) -> None:
        daemon = await self._start()
        assert daemon.stderr
        told: list[Visit] = []
        listening = asyncio.create_task(_listen(daemon.stderr, told))
        await self._until(lambda: bool(told), daemon, "a first visit")
        await asyncio.sleep(self.random.uniform(0, LONGEST_S))
        seen, captured = set(self._ledger()), held(self.archive)
        daemon.kill()
        await daemon.wait()
        await listening
        self.visits |= set(told) | seen
        self.captures |= captured
        self._check(number)

    async def _end(self) -> None:
        daemon = await self._start()
        assert daemon.stderr
        told: list[Visit] = []
        listening = asyncio.create_task(_listen(daemon.stderr, told))
        await self._until(lambda: len(told) > SITES, daemon, "visits after the last kill")
        daemon.terminate()
        if code := await asyncio.wait_for(daemon.wait(), PATIENCE_S):
            raise Failure(f"the daemon ended with {code} when told to stop")
        await listening
        self.visits |= set(told)
        self._check(0)
        self.wrong += self._at_the_end()

    async def _start(self) -> asyncio.subprocess.Process:
        command = (sys.executable, "-m", "frontpage", "--config", str(self.config), "run", "--no-web")
        return await asyncio.create_subprocess_exec(*command, cwd=ROOT, stderr=asyncio.subprocess.PIPE)

    async def _until(self, is_so: Callable[[], bool], daemon: asyncio.subprocess.Process, what: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not is_so():
            if daemon.returncode is not None or time.monotonic() > deadline:
                raise Failure(f"{what} did not come; the daemon's exit code is {daemon.returncode}")
            await asyncio.sleep(0.01)

    def _ledger(self) -> list[Visit]:
        return [(str(slug), int(str(due)), str(outcome)) for slug, due, outcome in rows(self.archive, LEDGER)]

    def _check(self, number: int) -> None:
        """What was acknowledged is there; no slot has two rows."""
        seen = self._ledger()
        where = f"round {number}" if number else "at the end"
        self.wrong += (f"{where}: the visit {visit} is lost" for visit in sorted(self.visits - set(seen)))
        self.wrong += (f"{where}: a capture of {slug} is lost" for slug, *_ in self.captures - held(self.archive))
        slots = Counter((slug, due) for slug, due, _ in seen)
        self.wrong += (f"{where}: {slot} has {count} rows" for slot, count in slots.items() if count > 1)
        [(answer,)] = rows(self.archive, "PRAGMA quick_check(1)")
        if answer != "ok":
            self.wrong.append(f"{where}: the file is torn: {answer}")

    def _at_the_end(self) -> Iterator[str]:
        """No slot without a row from first to last, nothing unread, every body whole."""
        by_site: dict[str, list[int]] = {}
        for slug, due, _ in sorted(self._ledger()):
            by_site.setdefault(slug, []).append(due)
        for slug, dues in by_site.items():
            gaps = sum((later - due) // EVERY_S - 1 for due, later in pairwise(dues))
            if gaps:
                yield f"{slug}: {gaps} slots without a row"
        with closing(connect_readonly(self.archive)) as connection:
            if left := unread(connection):
                yield f"{len(left)} captures were never read"
            yield from (f"{bad.capture or 'archive'}: {bad.problem}" for bad in verify(connection).bad)


async def _listen(log: asyncio.StreamReader, told: list[Visit]) -> None:
    """Take down the visits that the log acknowledges; a line cut by the kill is none."""
    async for line in log:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if entry.get("event") == "visit":
            due = int(datetime.fromisoformat(entry["due"]).timestamp())
            told.append((entry["site"], due, entry["outcome"]))


@click.command()
@click.option("--quick", is_flag=True, help="Five rounds.")
@click.option("--rounds", default=100, show_default=True)
@click.option("--seed", default=23, show_default=True, help="Of the dice.")
def main(quick: bool, rounds: int, seed: int) -> None:
    """Kill, check, go on; exit 1 if anything was lost, torn or doubled."""
    rounds = 5 if quick else rounds
    with tempfile.TemporaryDirectory() as temporary:
        soak = Soak(folder=Path(temporary), random=Random(seed))
        began = time.monotonic()
        try:
            asyncio.run(soak.run(rounds))
        except Failure as error:
            raise click.ClickException(str(error)) from error
        _report(soak, rounds, time.monotonic() - began)
    sys.exit(bool(soak.wrong))


def _report(soak: Soak, rounds: int, seconds: float) -> None:
    for fault in soak.wrong:
        print(f"FAULT {fault}")
    [(interrupted,)] = rows(soak.archive, "SELECT count(*) FROM visits WHERE error LIKE 'interrupted%'")
    [(slots,)] = rows(soak.archive, "SELECT count(*) FROM visits")
    print(
        f"{rounds} rounds in {seconds:.0f} s: {len(soak.visits):,} acknowledged visits and {len(soak.captures):,} "
        f"captures, {slots:,} slots, {interrupted} visits cut between capture and row; faults: {len(soak.wrong)}"
    )


if __name__ == "__main__":
    main()
