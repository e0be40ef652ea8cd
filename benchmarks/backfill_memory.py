"""Whether a backfill's memory is flat: the peak of all of its processes together, for few captures and for many.

    python -m benchmarks.backfill_memory [SERIES...] [--captures N N] [--rounds N] [--workers N]

A SERIES of ../shared/series is written into a WARC as often as it takes; `courier` is a fictional paper, which has new
stories all the time. Each run is a process of its own, into a new archive. Prints markdown, for docs/benchmarks.md.
"""

import argparse
import multiprocessing
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from statistics import median

from benchmarks.backfill import BEGIN, SERIES, fill_archive, write
from demo.library import paper
from scraper.config import Site
from tests.warcs import Warc

PAGE_BYTES = 4_096
LOOK_S = 0.05

Peaks = tuple[float, float, float]  # MB: all processes, the one that writes, the readers


def main() -> None:
    """Each series, few captures and many in turn, so that whatever else the machine does meets both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("series", nargs="*", default=["courier", "fr-de"])
    parser.add_argument("--captures", type=int, nargs=2, default=[1_000, 4_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    print("| pages | captures | all processes MB | the one that writes MB | readers MB | archive MB |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as name:
        for series in asked.series:
            measure(Path(name), series, asked.captures, rounds=asked.rounds, workers=asked.workers)


def measure(folder: Path, series: str, sizes: list[int], *, rounds: int, workers: int) -> None:
    """The medians of the peaks, a line for each number of captures."""
    site = Site(slug=series, name=series, url=f"https://{series}.example/", timezone="UTC", schedule="0 * * * *")
    warcs = {captures: _warc(folder, site, captures) for captures in sizes}
    peaks: dict[int, list[Peaks]] = {captures: [] for captures in sizes}
    archives: dict[int, float] = {}
    for number in range(rounds):
        for captures, warc in warcs.items():
            archive = folder / f"{series}-{captures}-{number}.db"
            peaks[captures].append(peaks_of(archive, site, warc, captures, workers))
            archives[captures] = archive.stat().st_size / 1e6
            archive.unlink()
    for captures, runs in peaks.items():
        whole, writer, readers = (median(column) for column in zip(*runs, strict=True))
        print(
            f"| {series} | {captures:,} | {whole:.0f} | {writer:.0f} | {readers:.0f} | {archives[captures]:.0f} |",
            flush=True,
        )
    first, second = (median(run[0] for run in peaks[captures]) for captures in sizes)
    print(
        f"\n{series}: {second / first:.2f} times the memory for {sizes[1] / sizes[0]:.0f} times the captures\n",
        flush=True,
    )


def peaks_of(archive: Path, site: Site, warc: Path, captures: int, workers: int) -> Peaks:
    """The most that a run's processes had resident, together and by kind (shared pages count in each)."""
    run = multiprocessing.get_context("spawn").Process(
        target=fill_archive, args=(archive, site, warc, captures, workers)
    )
    run.start()
    assert run.pid is not None
    most: Peaks = (0.0, 0.0, 0.0)
    while run.exitcode is None:
        own = resident_mb(run.pid)
        readers = sum(map(resident_mb, descendants(run.pid)))
        most = (max(most[0], own + readers), max(most[1], own), max(most[2], readers))
        time.sleep(LOOK_S)
    assert run.exitcode == 0
    return most


def _warc(folder: Path, site: Site, captures: int) -> Path:
    warc = folder / f"{site.slug}-{captures}.warc.gz"
    if site.slug != "courier":
        write(warc, site.url, sorted((SERIES / site.slug).glob("*.html")), captures)
        return warc
    with warc.open("wb") as out:
        file = Warc(out)
        for number in range(captures):
            instant = BEGIN + timedelta(minutes=15 * number)
            file.response(instant, paper("courier").page(instant).body, url=site.url)
    return warc


def descendants(pid: int) -> Iterator[int]:
    """Processes that a process started, and those that these started."""
    try:
        children = [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except OSError:
        return
    for child in children:
        yield child
        yield from descendants(child)


def resident_mb(pid: int) -> float:
    """What a process has in memory; 0 for one that is over."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_BYTES / 1e6
    except (OSError, IndexError):
        return 0.0


if __name__ == "__main__":
    main()
