"""How long questions to the archive take, and how that grows from ten thousand captures to a million.

Each is asked through the function that the command line and the reading room ask, a hundred times over with sites,
instants, stories and words drawn by chance, from files that the operating system has in memory; times are CPU times,
which on an idle machine are those of the clock. The archives are invented (see benchmarks.questions_archive) and are
kept in a cache folder: the largest takes some minutes to build and 4 GB of disk.

    python -m benchmarks.questions [--captures 100,1000,10000] [--sites N] [--rounds N] [--cache DIR] [--docs DIR]
"""

import json
import platform
import random
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from benchmarks.charts import log_chart
from benchmarks.documents import renew
from benchmarks.questions_archive import build, differing_spans
from benchmarks.questions_asked import QUESTIONS, Asked, Question
from benchmarks.questions_words import Words
from benchmarks.tables import table
from storage.schema import connect, connect_readonly

CACHE = Path.home() / ".cache" / "frontpage-archive" / "questions"
TARGETS = {question.name: question.target_ms for question in QUESTIONS} | {"opening": 1000}


@click.command()
@click.option("--sites", type=click.IntRange(1, 999), default=100, show_default=True)
@click.option("--captures", default="100,1000,10000", show_default=True, help="Of each site; an archive each.")
@click.option("--rounds", type=click.IntRange(1), default=100, show_default=True, help="Times each question is asked.")
@click.option("--cache", type=click.Path(path_type=Path), default=CACHE, help="Archives are kept here.")
@click.option("--docs", type=click.Path(path_type=Path), help="Write questions.svg and benchmarks.md's table here.")
@click.option("--json", "out", type=click.Path(path_type=Path), help="Write the numbers to this file too.")
def main(sites: int, captures: str, rounds: int, cache: Path, docs: Path | None, out: Path | None) -> None:
    """Build the archives that are not there yet, and ask each of them everything."""
    words = Words()
    measured = [
        _measure(cached(cache, sites, number, words), sites, number, rounds, words)
        for number in sorted(map(int, captures.split(",")))
    ]
    versions = {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version}
    result = {"rounds": rounds, **versions, "archives": measured}
    print(_told(result))
    if out is not None:
        out.write_text(json.dumps(result, indent=2) + "\n")
    if docs is not None:
        renew(docs, "questions", _markdown(result))
        (docs / "questions.svg").write_text(_chart(result), encoding="utf-8")


def cached(cache: Path, sites: int, captures: int, words: Words) -> Path:
    """The archive of that size, built where it is not in the cache; the spans of one of its sites are checked."""
    path = cache / f"{sites}x{captures}.db"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        click.echo(f"building {path}", err=True)
        build(path, sites=sites, captures=captures, words=words)
    with closing(connect(path)) as connection:  # which also upgrades one that an earlier version built
        if differing := differing_spans(connection, 1):
            raise click.ClickException(f"{path}: {differing} spans differ from those that the archive derives")
    return path


def _measure(path: Path, sites: int, captures: int, rounds: int, words: Words) -> dict[str, Any]:
    """Median and 95th percentile of every question, in milliseconds."""
    opening = [_open(path) for _ in range(rounds)]
    with closing(connect_readonly(path)) as connection:
        asked = Asked(connection, sites=sites, words=words)
        times = {question.name: _ask(question, asked, rounds) for question in QUESTIONS}
    return {
        "captures": sites * captures,
        "bytes": path.stat().st_size,
        "questions": {
            name: {"p50": _percentile(spent, 50), "p95": _percentile(spent, 95)}
            for name, spent in {**times, "opening": opening}.items()
        },
    }


def _open(path: Path) -> float:
    """Milliseconds to open the archive and ask it for its sites."""
    began = time.process_time()
    with closing(connect_readonly(path)) as connection:
        connection.execute("SELECT slug FROM sites").fetchall()
        return (time.process_time() - began) * 1000


def _ask(question: Question, asked: Asked, rounds: int) -> list[float]:
    """Milliseconds of each round; the first of all, which warms the caches, is left out."""
    chance, spent = random.Random(question.name), []
    for _ in range(rounds + 1):
        subject = question.draw(asked, chance)
        began = time.process_time()
        question.ask(asked, subject)
        spent.append((time.process_time() - began) * 1000)
    return spent[1:]


def _percentile(values: Sequence[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]


def _told(result: dict[str, Any]) -> str:
    """The table: a row a question, a column an archive; median and 95th percentile in milliseconds."""
    headings = ["question", "target ms", *(f"{one['captures']:,} captures" for one in result["archives"])]
    rows = [[name, target, *_cells(result, name)] for name, target in TARGETS.items()]
    sizes = [f"{one['captures']:,} captures: {one['bytes'] / 1e6:,.0f} MB" for one in result["archives"]]
    how = f"p50 / p95 of CPU time in ms, of {result['rounds']} rounds each"
    return f"{how}\n\n{table(headings, rows)}\n\n{', '.join(sizes)}"


def _cells(result: dict[str, Any], name: str) -> list[str]:
    asked = [one["questions"][name] for one in result["archives"]]
    return [f"{one['p50']:.2f} / {one['p95']:.2f}" for one in asked]


def _markdown(result: dict[str, Any]) -> str:
    archives = result["archives"]
    rows = [["question", "target", *(f"{one['captures']:,} captures" for one in archives)]]
    rows.append(["---", "---:", *("---:" for _ in archives)])
    rows += [[name, f"< {target} ms" if target else "", *_cells(result, name)] for name, target in TARGETS.items()]
    sizes = ", ".join(f"{one['captures']:,} take {one['bytes'] / 1e6:,.0f} MB" for one in archives)
    return "\n".join(
        [
            f"Median / 95th percentile of CPU time in ms over {result['rounds']} questions of each kind, "
            f"files in memory, Python {result['python']}, SQLite {result['sqlite']}. Captures: {sizes} without bodies.",
            "",
            *(f"| {' | '.join(row)} |" for row in rows),
            "",
            "![Milliseconds of each question over the number of captures](questions.svg)",
            "",
        ]
    )


def _chart(result: dict[str, Any]) -> str:
    lines = {name: [(one["captures"], one["questions"][name]["p50"]) for one in result["archives"]] for name in TARGETS}
    return log_chart("Median time of a question", lines, x_unit="captures", y_unit="ms")


if __name__ == "__main__":
    main()
