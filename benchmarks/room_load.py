"""Whether visits stay on time while the reading room is besieged: slow readers, endless SQL, searches, all at once.

A real `frontpage run` watches fictional papers every few seconds on loopback, first in quiet and then under load, and
its own ledger tells how late each visit ended. The archive begins as one of benchmarks.questions, so that pages and
queries have something to do.

    python -m benchmarks.room_load [--seconds N] [--slow N] [--heavy N] [--searching N]
"""

import asyncio
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

import click
import httpx

from benchmarks.questions import CACHE, cached
from benchmarks.questions_words import Words
from benchmarks.tables import table
from demo.library import papers
from demo.server import PaperServer
from scraper.instants import epoch
from storage.heartbeats import last_heartbeat
from storage.schema import connect_readonly

ROOT: Final = Path(__file__).parents[1]
EVERY_S: Final = 5
ENDLESS: Final = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
WHOLE_TABLE: Final = "SELECT avg(length(headline)), count(*) FROM wordings, sections"
PAGES: Final = ("/site/paper-001?over=all", "/search.csv?q={word}", "/archive/captures", "/compare", "/")


@dataclass
class Siege:
    """What was asked, and what came of it: statuses by kind of client, and how long a polite reader waited."""

    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    polite_s: list[float] = field(default_factory=list)


@click.command()
@click.option("--seconds", type=click.IntRange(10), default=60, show_default=True, help="In quiet, and under load.")
@click.option(
    "--slow", type=click.IntRange(0), default=200, show_default=True, help="Clients that read a byte a second."
)
@click.option("--heavy", type=click.IntRange(0), default=20, show_default=True, help="Clients with endless SQL.")
@click.option(
    "--searching", type=click.IntRange(0), default=10, show_default=True, help="Clients that search on and on."
)
@click.option("--cache", type=click.Path(path_type=Path), default=CACHE)
def main(seconds: int, slow: int, heavy: int, searching: int, cache: Path) -> None:
    """Let a daemon run in quiet and under load, and tell how late its visits were."""
    words = Words()
    source = cached(cache, 100, 1_000, words)
    with tempfile.TemporaryDirectory(prefix="room-load-") as folder:
        path = Path(folder) / "archive.db"
        shutil.copyfile(source, path)
        print(asyncio.run(_besiege(path, words, seconds, (slow, heavy, searching))))


async def _besiege(path: Path, words: Words, seconds: int, clients: tuple[int, int, int]) -> str:
    async with PaperServer(*papers(), clock=lambda: datetime.now(UTC)) as server, _daemon(path, server) as room:
        await asyncio.sleep(2 * EVERY_S)
        quiet = await _stretch(path, seconds)
        siege, slow, (heavy, searching) = Siege(), clients[0], clients[1:]
        tasks = [
            *(
                _reads_slowly(room, PAGES[number % len(PAGES)].format(word=words.by_rank[250]))
                for number in range(slow)
            ),
            *(_asks(room, siege, "endless SQL", [f"/archive.json?sql={quote(ENDLESS)}"]) for _ in range(heavy // 2)),
            *(
                _asks(room, siege, "whole tables", [f"/archive.json?sql={quote(WHOLE_TABLE)}"])
                for _ in range(heavy // 2)
            ),
            *(_asks(room, siege, "searches", _searches(words, number)) for number in range(searching)),
            _is_polite(room, siege),
        ]
        running = [asyncio.create_task(task) for task in tasks]
        loaded = await _stretch(path, seconds)
        memory = {name: _memory_mb(pid) for name, pid in _processes().items()}
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    rows = [["in quiet", *_punctual(path, quiet)], ["under load", *_punctual(path, loaded)]]
    return "\n".join(
        [
            f"{len(papers())} sites every {EVERY_S} s; {slow} clients read a byte a second, {heavy} ask endless SQL, "
            f"{searching} search on and on, {seconds} s",
            "",
            table(
                ["", "visits due", "rows", "captured", "late s p50", "late s p95", "late s max", "loop late s"], rows
            ),
            "",
            "answers: " + ", ".join(f"{kind} {code}: {n:,}" for (kind, code), n in sorted(siege.statuses.items())),
            f"a polite reader's page: p50 {_percentile(siege.polite_s, 50):.2f} s, "
            f"p95 {_percentile(siege.polite_s, 95):.2f} s, of {len(siege.polite_s)}",
            "memory: " + ", ".join(f"{name} {mb:,.0f} MB" for name, mb in memory.items()),
        ]
    )


@asynccontextmanager
async def _daemon(path: Path, server: PaperServer) -> AsyncIterator[str]:
    """`frontpage run` over the archive; the address of its reading room."""
    config = path.with_name("config.toml")
    sites = "\n".join(
        f'[[sites]]\nslug = "{paper.slug}"\nname = "{paper.name}"\nurl = "{server.url(paper.slug)}"\n'
        f'timezone = "{paper.zone}"\nevery = {EVERY_S}\n'
        for paper in server.papers
    )
    fetch = '[fetch]\nallow_networks = ["127.0.0.0/8"]\nmin_gap = 0\nspread = 0\n'
    config.write_text(f'[archive]\npath = "{path.name}"\n{fetch}{sites}', encoding="utf-8")
    command = [sys.executable, "frontpage.py", "--config", str(config), "run", "--port", "0"]
    log = path.with_name("daemon.log")
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=out, text=True)  # noqa: ASYNC220
    assert process.stdout is not None
    try:
        yield (await asyncio.to_thread(process.stdout.readline)).strip().rstrip("/")
    finally:
        process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(process.wait)
        process.stdout.close()


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time: from when to when slots are looked at, and how late the daemon's loop was at most."""

    start: int
    end: int
    loop_late_s: float


async def _stretch(path: Path, seconds: int) -> Stretch:
    """Let time pass. The last slots, whose visits may still run, are left out."""
    start, late = epoch(datetime.now(UTC)), 0.0
    with closing(connect_readonly(path)) as connection:
        for _ in range(seconds):
            await asyncio.sleep(1)
            heartbeat = last_heartbeat(connection)
            late = max(late, heartbeat.loop_late_s if heartbeat else 0.0)
    return Stretch(start, epoch(datetime.now(UTC)) - EVERY_S, late)


async def _reads_slowly(room: str, path: str) -> None:
    """Ask for a page and read a byte of it a second; again when cut off."""
    parts = urlsplit(room)
    while True:
        with suppress(OSError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=64)
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
            while await reader.readexactly(1):  # noqa: ASYNC110 - that is what slow is
                await asyncio.sleep(1)
        await asyncio.sleep(1)


async def _asks(room: str, siege: Siege, kind: str, paths: list[str]) -> None:
    async with httpx.AsyncClient(base_url=room, trust_env=False, timeout=120) as client:
        while True:
            for path in paths:
                try:
                    siege.statuses[kind, (await client.get(path)).status_code] += 1
                except httpx.HTTPError:
                    siege.statuses[kind, 0] += 1


async def _is_polite(room: str, siege: Siege) -> None:
    """One reader who turns a page a second."""
    async with httpx.AsyncClient(base_url=room, trust_env=False, timeout=120) as client:
        while True:
            began = time.perf_counter()
            answer = await client.get("/site/paper-001/at/now")
            siege.statuses["polite", answer.status_code] += 1
            siege.polite_s.append(time.perf_counter() - began)
            await asyncio.sleep(1)


def _searches(words: Words, number: int) -> list[str]:
    return [f"/search?q={words.by_rank[rank + number]}" for rank in (0, 100, 250, 1_000, 10_000)]


def _punctual(path: Path, stretch: Stretch) -> list[object]:
    """Of the slots of a stretch: how many, how many have a row and a capture, how late the visits ended."""
    with closing(connect_readonly(path)) as connection:
        found = connection.execute(
            "SELECT ended_at - due_at, outcome FROM visits WHERE due_at >= ? AND due_at < ?",
            (stretch.start, stretch.end),
        ).fetchall()
    lateness = [float(late) for late, _ in found]
    captured = sum(outcome in ("new-edition", "same-edition") for _, outcome in found)
    due = len(papers()) * len(range(-(-stretch.start // EVERY_S) * EVERY_S, stretch.end, EVERY_S))
    return [due, len(found), captured, *(_percentile(lateness, p) for p in (50, 95, 100)), stretch.loop_late_s]


def _percentile(values: list[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)] if values else 0.0


def _processes() -> dict[str, int]:
    """The reading room and the daemon that this benchmark started, by what they are."""
    found: dict[str, int] = {}
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            command = (entry / "cmdline").read_bytes().split(b"\0")
            if any(b"room-load-" in part for part in command):
                found["room" if b"web.server" in command else "daemon"] = int(entry.name)
    return found


def _memory_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))


if __name__ == "__main__":
    main()
