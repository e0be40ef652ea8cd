"""How long DuckDB takes over the Parquet of many sites: the questions of README.md over a hundred million rows.

The rows are invented (see benchmarks.duck_rows) and written as `frontpage export` writes them, a file a site and
export, as shards would be. Each question is asked in a process of its own, several times over files that the operating
system has in memory; the first time is not counted. Its floor is a count of the columns that it names, in the same run.

    python -m benchmarks.duck [--rows N] [--captures N] [--rounds N] [--folder DIR] [--docs DIR]
"""

import multiprocessing
import os
import platform
import re
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import duckdb

from benchmarks.documents import renew
from benchmarks.duck_rows import STORIES, Paper, write_paper
from benchmarks.questions_words import Words
from benchmarks.tables import table

README = Path(__file__).parents[1] / "README.md"
ABOUT = """\
README's questions to DuckDB over Parquet of invented sites, with a year of hourly captures of a hundred stories each.
Seconds, with the files in memory. The floor is a count of the columns that the question names; a question may take less
than that, since row groups are skipped by their minima and maxima."""
HEADINGS = ("question", "rows", "answer rows", "s", "floor s", "x floor", "peak MB")


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One statement of README's SQL, under what it asks, with the folder that it asks and what is said before it."""

    title: str
    sql: str
    files: str
    before: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What asking came to: seconds (the median), peak memory of the process in MB, rows of the answer."""

    seconds: float
    peak: float
    rows: int


def questions() -> list[Question]:
    """The questions that README shows, in their order."""
    (block,) = re.findall(r"```sql\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    before, *asked = re.split(r"^-- ", block, flags=re.MULTILINE)
    parts = [one.split("\n", 1) for one in asked]
    return [
        Question(title=title, sql=sql.strip(), files=re.findall(r"'(\w+/\*\.parquet)'", sql)[0], before=before)
        for title, sql in parts
    ]


def floor_of(question: Question) -> str:
    """A bare scan of the columns that the question names."""
    known = [row[0] for row in _rows(f"DESCRIBE SELECT * FROM '{question.files}'")]
    named = re.sub("'.*?'", "", question.sql)  # but for texts
    counts = [f'count("{name}")' for name in known if re.search(rf"\b{name}\b", named)]
    return f"SELECT {', '.join(counts)} FROM '{question.files}'"


def ask(before: str, sql: str, folder: Path, rounds: int) -> Told:
    """Ask in this process, once to warm up and then `rounds` times."""
    os.chdir(folder)
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute(before)
        spent = []
        for _ in range(rounds + 1):
            began = time.perf_counter()
            rows = connection.execute(sql).fetchall()
            spent.append(time.perf_counter() - began)
    return Told(seconds=statistics.median(spent[1:]), peak=_peak(), rows=len(rows))


def _peak() -> float:
    """Most memory that this process had, in MB; getrusage tells that of the one that spawned it where that is more."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def _rows(sql: str) -> list[tuple[str | int, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(sql).fetchall()


def measure(folder: Path, rounds: int) -> list[list[object]]:
    """A row of the table for each question."""
    os.chdir(folder)
    rows: list[list[object]] = []
    context = multiprocessing.get_context("spawn")
    for question in questions():
        with ProcessPoolExecutor(1, mp_context=context, max_tasks_per_child=1) as alone:
            floor = alone.submit(ask, question.before, floor_of(question), folder, rounds).result()
            told = alone.submit(ask, question.before, question.sql, folder, rounds).result()
        read = _rows(f"SELECT count(*) FROM '{question.files}'")[0][0]
        ratio = told.seconds / floor.seconds
        rows.append([question.title, read, told.rows, told.seconds, floor.seconds, ratio, round(told.peak)])
        click.echo(rows[-1], err=True)
    return rows


def generate(folder: Path, rows: int, captures: int) -> tuple[int, float]:
    """Write the papers that come to so many rows; (papers, seconds)."""
    began, words = time.perf_counter(), Words()
    papers = -(-rows // (captures * STORIES))
    for number in range(papers):
        paper = Paper(number, captures, words)
        click.echo(f"{paper.slug}: {write_paper(paper, folder):,} rows", err=True)
    return papers, time.perf_counter() - began


@click.command()
@click.option("--rows", type=click.IntRange(1), default=100_000_000, show_default=True, help="Of readings, at least.")
@click.option("--captures", type=click.IntRange(1), default=10_000, show_default=True, help="Of each site.")
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True, help="Times each question is asked.")
@click.option("--folder", type=click.Path(path_type=Path), help="Keep the files here, and use those that are there.")
@click.option("--docs", type=click.Path(path_type=Path), help="Write benchmarks.md's table here.")
def main(rows: int, captures: int, rounds: int, folder: Path | None, docs: Path | None) -> None:
    """Write the rows, ask the questions and print the table."""
    docs = docs and docs.absolute()
    with nullcontext(folder) if folder else TemporaryDirectory() as place:
        here = Path(place).absolute()
        here.mkdir(parents=True, exist_ok=True)
        if not (here / "readings").exists():
            papers, seconds = generate(here, rows, captures)
            click.echo(f"{papers} sites written in {seconds:.0f} s", err=True)
        files = list(here.glob("*/*.parquet"))
        size = sum(file.stat().st_size for file in files) / 1e6
        answered = measure(here, rounds)
        how = (
            f"Medians of {rounds}, DuckDB {duckdb.__version__}, {os.cpu_count()} cores, Python "
            f"{platform.python_version()}; {len(files)} files, {size:,.0f} MB."
        )
        print(f"{how}\n\n{table(HEADINGS, answered)}")
        if docs:
            renew(docs, "duck", f"{ABOUT}\n\n{_markdown(answered)}\n\n{how}")
        os.chdir("/")


def _markdown(rows: Sequence[Sequence[object]]) -> str:
    lines = [HEADINGS, ("---", *["---:"] * (len(HEADINGS) - 1)), *([_cell(value) for value in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: object) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


if __name__ == "__main__":
    main()
