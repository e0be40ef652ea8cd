"""Bodies of one series: bytes after writing and after a repack, beside git's; the time of writing and of reading."""

import os
import random
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.pipeline_pages import Page
from storage.archive import Archive
from storage.bodies import Bodies
from storage.repack import repack
from storage.schema import connect_readonly

READS: Final = 200
NO_CONFIG: Final = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}


@dataclass(frozen=True, kw_only=True, slots=True)
class BodiesMeasured:
    """Sizes are bytes of the bodies' column, and of git's packs; speeds are of raw bytes over CPU time.

    A body is read with nothing decoded and its file's pages dropped from memory, where the system can do that.
    """

    site: str
    captures: int
    raw: int
    written: int
    repacked: int
    git: int
    write_mb_s: float
    repack_mb_s: float
    read_p95_ms: float
    read_cpu_p95_ms: float


def measure_bodies(pages: Sequence[Page], folder: Path, *, with_repack: bool) -> BodiesMeasured:
    """Record, repack and read the bodies of a site's pages."""
    path = folder / "bodies.db"
    raw = sum(len(page.body) for page in pages)
    with Archive(path) as archive:
        captures = [page.capture() for page in pages]
        writing = _cpu(lambda: [archive.record(capture) for capture in captures])
        written = _kept(archive)
        repacking = _cpu(lambda: repack(archive)) if with_repack else 0.0
        repacked = _kept(archive) if with_repack else 0
        archive.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    wall, cpu = zip(*_reads(path), strict=True)
    return BodiesMeasured(
        site=pages[0].slug, captures=len(pages), raw=raw, written=written, repacked=repacked,
        git=git_packed(pages, folder / "git") if with_repack else 0,
        write_mb_s=raw / writing / 1e6, repack_mb_s=raw / repacking / 1e6 if repacking else 0.0,
        read_p95_ms=_p95_ms(wall), read_cpu_p95_ms=_p95_ms(cpu),
    )  # fmt: skip


def _cpu(act: Callable[[], object]) -> float:
    """CPU seconds that something takes."""
    began = time.process_time()
    act()
    return time.process_time() - began


def _kept(archive: Archive) -> int:
    return int(archive.connection.execute("SELECT sum(length(data)) FROM bodies").fetchone()[0])


def _reads(path: Path) -> list[tuple[float, float]]:
    """(wall, CPU) seconds of reading bodies drawn by chance, each as if it were the first."""
    with closing(connect_readonly(path)) as connection:
        rows = [row for (row,) in connection.execute("SELECT id FROM bodies ORDER BY id")]
    return [_read(path, row) for row in random.Random(1).choices(rows, k=READS)]


def _read(path: Path, row: int) -> tuple[float, float]:
    _drop_from_memory(path)
    with closing(connect_readonly(path)) as connection:
        bodies = Bodies(connection)
        wall, cpu = time.perf_counter(), time.process_time()
        bodies.load(row)
        return time.perf_counter() - wall, time.process_time() - cpu


def _drop_from_memory(path: Path) -> None:
    if hasattr(os, "posix_fadvise"):
        descriptor = os.open(path, os.O_RDONLY)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


def _p95_ms(seconds: Sequence[float]) -> float:
    return sorted(seconds)[len(seconds) * 95 // 100] * 1000


def git_packed(pages: Sequence[Page], folder: Path) -> int:
    """Bytes of the packs of a repository in which each page is a commit, after `git gc --aggressive`."""
    subprocess.run(["git", "init", "-q", "--bare", str(folder)], check=True, env=os.environ | NO_CONFIG)
    _git(folder, "fast-import", "--quiet", stdin=b"".join(_commit(page) for page in pages))
    _git(folder, "gc", "--aggressive", "--prune=now", "--quiet")
    return sum(pack.stat().st_size for pack in (folder / "objects" / "pack").glob("*.pack"))


def _git(folder: Path, *arguments: str, stdin: bytes = b"") -> None:
    subprocess.run(["git", *arguments], cwd=folder, input=stdin, check=True, env=os.environ | NO_CONFIG)


def _commit(page: Page) -> bytes:
    """A commit of the page's file, as git fast-import reads it."""
    who = f"committer Benchmark <benchmark@example.org> {int(page.instant.timestamp())} +0000"
    return (
        f"commit refs/heads/main\n{who}\ndata 0\nM 100644 inline page.html\ndata {len(page.body)}\n".encode()
        + page.body
        + b"\n"
    )
