"""The verb that fills the archive with a site's past."""

import asyncio
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scraper.console import Run, duration, json_option, log_to_stderr, pass_run, print_object
from storage.asking import range_in

if TYPE_CHECKING:
    from schedules.report import Report
    from schedules.sources.found import Wanted
    from scraper.config import Site

ENGINES = ("processes", "dask")
SOURCES = ("wayback", "memento", "warc", "files", "git")


@click.command()
@click.argument("source", type=click.Choice(SOURCES))
@click.argument("slug", metavar="SITE")
@click.argument("place", required=False, default="", type=click.Path())
@click.option("--from", "since", help="Only captures from this time on.")
@click.option("--to", "until", help="Only captures before this time.")
@click.option("--every", help="Only the captures nearest to steps so far apart, such as 1h.")
@click.option("--limit", type=click.IntRange(1), help="At most so many captures.")
@click.option(
    "--workers", type=click.IntRange(1, 1000), default=2, show_default=True, help="Readers, or parts at once."
)
@click.option("--engine", type=click.Choice(ENGINES), help="Fill shards on several workers, and merge them.")
@click.option("--scheduler", default="", help="dask: the scheduler's address, such as tcp://10.0.0.1:8786.")
@click.option(
    "--shards",
    type=click.Path(path_type=Path, file_okay=False),
    help="A folder that all workers see; else beside the archive.",
)
@click.option("--apart", is_flag=True, help="Leave the shards as they are, to be asked as one: --archive FOLDER.")
@click.option("--from-server", "server", default="", help="wayback, memento: the archive to ask, by its URL.")
@click.option("--path", default="", help="git: the page's path in the repository.")
@click.option("--mtime", is_flag=True, help="files: take a file's own time where it names none.")
@click.option("--dry-run", is_flag=True, help="Say what would be taken and how long that lasts, and take nothing.")
@json_option
@pass_run
def backfill(
    run: Run, source: str, slug: str, place: str, since: str | None, until: str | None, every: str | None,
    limit: int | None, workers: int, engine: str | None, scheduler: str, shards: Path | None, apart: bool, server: str,
    path: str, mtime: bool, dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """Fill the archive with a site's past; run again, it goes on where it was interrupted.

    PLACE is a folder of saved pages (files), WARC or WACZ files (warc), a repository (git), or an archive's address
    (wayback, memento; the Internet Archive's where none is named).
    """
    from schedules.engines import open_engine
    from schedules.fill import fill, foresee
    from schedules.progress import progress
    from schedules.report import Report
    from schedules.sources.opening import Asked
    from schedules.spread import spread_out

    if apart and not engine:
        raise click.UsageError("--apart is about shards; they are made with --engine")
    settings, site = run.settings, run.settings.site(slug)
    asked = Asked(source=source, place=server or place, path=path, by_mtime=mtime)
    report = Report(site=slug, source=source, wanted=_wanted(site, since, until, every, limit))
    if dry_run:
        asyncio.run(foresee(settings, site, asked, report=report, workers=workers))
    else:
        log_to_stderr(is_verbose=False)
        with progress(report, now=_now, say=lambda line: click.echo(line, err=True)) as tick:
            if engine:
                spread_out(
                    settings, site, asked, report=report, tick=tick, now=_now(), shards=shards, apart=apart,
                    workers=workers,
                    open_engine=partial(open_engine, engine, workers=workers, scheduler=scheduler),
                )  # fmt: skip
            else:
                asyncio.run(fill(settings, site, asked, report=report, workers=workers, tick=tick))
    print_object(report.shape()) if as_json else _print(report)
    for problem in report.problems:
        click.echo(problem, err=True)
    if report.failed:
        sys.exit(1)


def _now() -> datetime:
    return datetime.now(UTC)


def _wanted(site: "Site", since: str | None, until: str | None, every: str | None, limit: int | None) -> "Wanted":
    from schedules.sources.found import Wanted

    first, last = range_in(site.timezone, since, until)
    return Wanted(since=first, until=last, every=_seconds(every) if every else None, limit=limit)


def _seconds(text: str) -> int:
    from scraper.config_values import seconds

    try:
        return seconds(text)
    except ValueError as error:
        raise click.UsageError(f"--every {error}") from None


def _print(report: "Report") -> None:
    """The gap report in words: counts, reasons, the days that have captures and the longest stretch that has none."""
    from schedules.report import longest_gap

    shape = report.shape()
    click.echo(f"{report.site} from {report.source}: {', '.join(_counts(shape))}")
    for reason, count in shape["quarantined"].items():
        click.echo(f"  {count} quarantined: {reason}")
    if days := shape["days"]:
        click.echo(f"  {len(days)} days with captures, {min(days)} to {max(days)}")
        if gap := longest_gap(days):
            click.echo(f"  longest gap: nothing between {gap[0]} and {gap[1]}")


def _counts(shape: dict[str, Any]) -> list[str]:
    if "would_take" in shape:
        lasts = duration(shape["estimate_s"])
        return [f"{shape['found']} found", f"{shape['would_take']} to take in about {lasts}", f"{shape['known']} known"]
    return [f"{shape[key]} {key}" for key in ("found", "taken", "known", "failed") if shape[key] or key != "failed"]
