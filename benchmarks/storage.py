"""What an archive of real front pages takes: bytes of bodies beside git's, bytes of readings, and the work of both.

Bodies of each series are recorded in order of time, repacked, and read back; `git gc --aggressive` packs the same files
in the same run. Readings are those of `captures` consecutive captures an hour or so apart, and of the whole series.

    python -m benchmarks.storage [--series DIR] [--sites A,B] [--close N] [--no-repack] [--docs DIR] [--json FILE]
"""

import json
import platform
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path

import click

from benchmarks.documents import renew
from benchmarks.pipeline_pages import Page, load_pages, saved_pages
from benchmarks.storage_bodies import BodiesMeasured, measure_bodies
from benchmarks.storage_readings import ReadingsMeasured, measure_readings
from benchmarks.tables import table
from scraper.reader import READER_VERSION
from tests.conftest import SHARED

FICTIONAL = 12  # pages of each fictional paper, where there are no saved ones


@click.command()
@click.option("--series", type=click.Path(path_type=Path), default=SHARED / "series", help="Folders of saved pages.")
@click.option("--sites", default="heise,guardian-us,fr-de", show_default=True, help="Which of them.")
@click.option("--close", type=click.IntRange(2), default=43, show_default=True, help="Captures an hour or so apart.")
@click.option("--repack/--no-repack", default=True, help="Whether to repack bodies, beside git: some minutes.")
@click.option("--docs", type=click.Path(path_type=Path), help="Write the tables into benchmarks.md here.")
@click.option("--json", "out", type=click.Path(path_type=Path), help="Write the numbers to this file too.")
def main(series: Path, sites: str, close: int, repack: bool, docs: Path | None, out: Path | None) -> None:
    """Measure bodies and readings of each series; fictional papers stand in where there are no saved pages."""
    measured = [_measure(pages, close, with_repack=repack) for pages in _lines(series, sites)]
    bodies, readings = [one for one, _ in measured], [one for _, one in measured]
    told = f"{_bodies(bodies)}\n\n{_readings(readings)}"
    print(told)
    if docs is not None:
        renew(docs, "storage", f"Reader {READER_VERSION}, Python {platform.python_version()}.\n\n```\n{told}\n```")
    if out is not None:
        result = {"bodies": [asdict(one) for one in bodies], "readings": [asdict(one) for one in readings]}
        out.write_text(json.dumps(result, indent=2) + "\n")


def _lines(series: Path, sites: str) -> list[list[Page]]:
    """The pages of each site, in order of time."""
    if series.is_dir():
        return [saved_pages(series / slug) for slug in sites.split(",")]
    pages = load_pages(series, FICTIONAL)
    return [[page for page in pages if page.slug == slug] for slug in sorted({page.slug for page in pages})[:1]]


def _measure(pages: Sequence[Page], close: int, *, with_repack: bool) -> tuple[BodiesMeasured, ReadingsMeasured]:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        return measure_bodies(pages, folder, with_repack=with_repack), measure_readings(pages, folder, close=close)


def _bodies(measured: Sequence[BodiesMeasured]) -> str:
    """Bytes, and how many times smaller than raw."""
    headings = (
        "bodies", "captures", "raw kB", "written kB", "smaller", "repacked kB", "smaller", "git kB", "smaller",
        "repacked beats git", "write MB/s", "repack MB/s", "read ms p95", "CPU ms p95",
    )  # fmt: skip
    return table(headings, [_bodies_row(one) for one in measured])


def _bodies_row(one: BodiesMeasured) -> list[object]:
    kept = [cell for size in (one.written, one.repacked, one.git) for cell in (size // 1000, _times(one.raw, size))]
    speeds = (one.write_mb_s, one.repack_mb_s, one.read_p95_ms, one.read_cpu_p95_ms)
    return [one.site, one.captures, one.raw // 1000, *kept, _times(one.git, one.repacked), *speeds]


def _times(more: int, less: int) -> str:
    return f"{more / less:.2f}x" if more and less else "-"


def _readings(measured: Sequence[ReadingsMeasured]) -> str:
    headings = [field.name.replace("_", " ") for field in fields(ReadingsMeasured) if field.name != "tables"]
    rows = [[getattr(one, heading.replace(" ", "_")) for heading in headings] for one in measured]
    shares = [(name, size) for name, size in measured[0].tables.items() if size >= 1]
    return f"{table(headings, rows)}\n\n{table((f'{measured[0].site}: table or index', 'bytes a capture'), shares)}"


if __name__ == "__main__":
    main()
