"""Captures a second from local WARCs into the archive, beside the floor: fastwarc and a parse alone, in the same run.

    python -m benchmarks.backfill [SERIES...] [--captures N] [--rounds N]

The WARCs are made of real pages (../shared/series), each page as often as it takes, an hour apart.
"""

import argparse
import asyncio
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from statistics import median

from fastwarc.warc import ArchiveIterator, WarcRecordType
from selectolax.lexbor import LexborHTMLParser

from schedules.fill import fill
from schedules.report import Report
from schedules.sources.opening import Asked
from scraper.config import ArchiveSettings, Settings, Site
from tests.warcs import Warc

SERIES = Path(__file__).parents[2] / "shared" / "series"
BEGIN = datetime(2022, 1, 1, tzinfo=UTC)


def main() -> None:
    """Make the WARCs, measure both, print a line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("series", nargs="*", default=["heise", "guardian-us", "foxnews"])
    parser.add_argument("--captures", type=int, default=400)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        for series in arguments.series:
            measure(Path(name), series, arguments.captures, workers=arguments.workers, rounds=arguments.rounds)


def measure(folder: Path, series: str, captures: int, *, workers: int, rounds: int) -> None:
    """One series: its floor and its way into a new archive, in turn; the medians."""
    site = Site(slug=series, name=series, url=f"https://{series}.example/", timezone="UTC", schedule="0 * * * *")
    warc = folder / f"{series}.warc.gz"
    size = write(warc, site.url, sorted((SERIES / series).glob("*.html")), captures)
    floors, fillings = [], []
    before = memory_mb()
    for number in range(rounds):
        archive = folder / f"{series}-{number}.db"
        floors.append(timed(lambda: parse_alone(warc)))
        fillings.append(timed(partial(fill_archive, archive, site, warc, captures, workers)))
    floor_s, floor_cpu_s = map(median, zip(*floors, strict=True))
    seconds, cpu_s = map(median, zip(*fillings, strict=True))
    print(
        f"{series}: {captures} captures of {size / captures / 1000:.0f} kB; floor {captures / floor_s:.0f}/s, "
        f"into the archive {captures / seconds:.0f}/s with {workers} readers ({floor_s / seconds:.0%} of the floor); "
        f"CPU a capture {1000 * floor_cpu_s / captures:.1f} and {1000 * cpu_s / captures:.1f} ms, "
        f"{cpu_s / seconds:.1f} cores; "
        f"memory {before:.0f} -> {memory_mb():.0f} MB, archive {archive.stat().st_size / 1e6:.1f} MB",
        flush=True,
    )


def fill_archive(archive: Path, site: Site, warc: Path, captures: int, workers: int) -> None:
    """All of a WARC into a new archive."""
    settings = Settings(file=archive.with_name("config.toml"), archive=ArchiveSettings(path=archive), sites=(site,))
    report = Report(site=site.slug, source="warc")
    asyncio.run(fill(settings, site, Asked(source="warc", place=str(warc)), report=report, workers=workers))
    assert report.taken + report.known == captures, report.shape()


def write(warc: Path, url: str, pages: list[Path], captures: int) -> int:
    """The pages in turn, each one different from all before; the bytes of all of them."""
    size = 0
    with warc.open("wb") as out:
        file = Warc(out)
        for number, page in enumerate(islice(cycle(pages), captures)):
            body = page.read_bytes() + f"<!-- {number} -->".encode()
            size += len(body)
            file.response(BEGIN + timedelta(hours=number), body, url=url, headers=(("Content-Type", "text/html"),))
    return size


def parse_alone(warc: Path) -> None:
    """What nobody can do without: read the records, decode, build the tree."""
    for record in ArchiveIterator(str(warc), record_types=WarcRecordType.response):
        LexborHTMLParser(record.reader.read().decode("utf-8", "replace"))


def timed(act: Callable[[], object]) -> tuple[float, float]:
    """Seconds that it takes by the wall and of all cores, child processes included."""
    begun, cpu = time.perf_counter(), cpu_s()
    act()
    return time.perf_counter() - begun, cpu_s() - cpu


def cpu_s() -> float:
    """Seconds of all cores that this process and its ended children have used."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def memory_mb() -> float:
    """The most that this process has used so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


if __name__ == "__main__":
    main()
