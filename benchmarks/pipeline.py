"""CPU time a page of each stage of the pipeline on real-size pages over loopback, beside its floor in the same run.

A floor is the least that anyone would have to do: fetch with bare httpx, parse and list the links, compress, insert one
row. Ratios to the floor travel between machines; milliseconds do not.

    python -m benchmarks.pipeline [--series DIR] [--per-site N] [--rounds N] [--workers N] [--json FILE]
"""

import asyncio
import json
import platform
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import click
import structlog

from benchmarks import pipeline_stages as stages
from benchmarks.pipeline_pages import Page, load_pages, served
from benchmarks.pipeline_stages import Whole
from benchmarks.tables import table
from scraper.reader import READER_VERSION
from tests.conftest import SHARED

FLOORS = {
    "fetch": "httpx alone",
    "read": "lexbor parse, all links",
    "record": "zstd level 3 alone",
    "file": "one insert of its JSON",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """CPU seconds for all pages: of each stage, of its floor, and of the whole pipeline."""

    stages: dict[str, tuple[float, float]]
    whole: Whole


@click.command()
@click.option("--series", type=click.Path(path_type=Path), default=SHARED / "series", help="Folders of saved pages.")
@click.option("--per-site", type=click.IntRange(1), default=10, show_default=True, help="Pages of each folder.")
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True, help="Medians are taken over these.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Reader processes.")
@click.option("--json", "out", type=click.Path(path_type=Path), help="Write the numbers to this file too.")
def main(series: Path, per_site: int, rounds: int, workers: int, out: Path | None) -> None:
    """Measure every stage beside its floor; fictional papers stand in where there are no saved pages."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    pages = load_pages(series, per_site)
    with served(pages) as base_url:
        measured = [_round(base_url, pages, workers) for _ in range(rounds)]
    result = _result(pages, measured, workers)
    _print(result)
    if out is not None:
        out.write_text(json.dumps(result, indent=2) + "\n")


def _round(base_url: str, pages: Sequence[Page], workers: int) -> Round:
    """Everything once, each floor right after its stage."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        fetch = asyncio.run(stages.fetch(base_url, pages)), asyncio.run(stages.fetch_floor(base_url, pages))
        read, seen = stages.read(pages)
        return Round(
            stages={
                "fetch": fetch,
                "read": (read, stages.read_floor(pages)),
                "record": (stages.record(pages, folder), stages.record_floor(pages)),
                "file": (stages.file(pages, seen, folder), stages.file_floor(pages, seen, folder)),
            },
            whole=asyncio.run(stages.whole(base_url, pages, folder, workers=workers)),
        )


def _result(pages: Sequence[Page], rounds: Sequence[Round], workers: int) -> dict[str, Any]:
    """Medians over the rounds, a page."""
    one_page_ms = 1000 / len(pages)
    measured = []
    for stage, floor in FLOORS.items():
        spent, least = (median(one.stages[stage][side] for one in rounds) for side in (0, 1))
        measured.append(
            {
                "stage": stage, "cpu_ms": spent * one_page_ms, "floor": floor, "floor_cpu_ms": least * one_page_ms,
                "ratio": spent / least,
            }
        )  # fmt: skip
    return {
        "pages": len(pages),
        "mean_bytes": round(sum(len(page.body) for page in pages) / len(pages)),
        "rounds": len(rounds),
        "reader": READER_VERSION,
        "python": platform.python_version(),
        "stages": measured,
        "whole": {
            "workers": workers,
            "captures_a_second": len(pages) / median(one.whole.wall_s for one in rounds),
            "own_cpu_ms": median(one.whole.own_s for one in rounds) * one_page_ms,
            "workers_cpu_ms": median(one.whole.workers_s for one in rounds) * one_page_ms,
        },
    }


def _print(result: dict[str, Any]) -> None:
    whole, measured = result["whole"], result["stages"]
    print(
        f"{result['pages']} pages of {result['mean_bytes'] / 1000:,.0f} kB on average, "
        f"medians of {result['rounds']} rounds; reader {result['reader']}, Python {result['python']}\n"
    )
    headings = ("stage", "CPU ms a page", "floor", "CPU ms a page", "ratio")
    print(table(headings, [tuple(row.values()) for row in measured]))
    own, workers = whole["own_cpu_ms"], whole["workers_cpu_ms"]
    print(
        f"\nwhole pipeline: {whole['captures_a_second']:.1f} captures/s with {whole['workers']} reader workers; "
        f"CPU a page {own + workers:.1f} ms ({own:.1f} in the daemon, {workers:.1f} in the workers), "
        f"its stages alone {sum(row['cpu_ms'] for row in measured):.1f} ms"
    )


if __name__ == "__main__":
    main()
