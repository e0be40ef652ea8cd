"""The verbs that act on sites: run, capture, backfill, sites, status."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scraper.console import Column, Run, duration, json_option, log_to_stderr, pass_run, print_object, print_rows

if TYPE_CHECKING:
    from scraper.config import Site


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@click.command()
@click.option("--no-web", is_flag=True, help="The daemon alone, without the reading room.")
@click.option("--port", type=click.IntRange(0, 65_535), help="The reading room's port; 0 picks a free one.")
@pass_run
def run(run: Run, no_web: bool, port: int | None) -> None:
    """Watch all sites, and show them, until SIGTERM."""
    from schedules.clock import MachineClock
    from schedules.service import serve_archive

    settings = run.settings
    if not settings.sites:
        from scraper.errors import ConfigError

        raise ConfigError(f"{settings.file}: no [[sites]]; add one, or `frontpage demo` shows a fictional paper")
    log_to_stderr()
    if not no_web:
        port = settings.web.port if port is None else port
    asyncio.run(serve_archive(settings, clock=MachineClock(), port=None if no_web else port))


@click.command()
@click.argument("slugs", metavar="[SITE]...", nargs=-1)
@json_option
@pass_run
def capture(run: Run, slugs: tuple[str, ...], as_json: bool) -> None:
    """Visit sites now, once; all of them when none is named."""
    from schedules.once import visit_once, visited_shape

    settings = run.settings
    sites = [settings.site(slug) for slug in slugs] or list(settings.sites)
    log_to_stderr(is_verbose=False)
    visits = asyncio.run(visit_once(settings, sites))
    columns: list[Column] = [
        ("site", lambda row: row["site"]),
        ("outcome", lambda row: row["outcome"]),
        ("teasers", lambda row: row["teasers"]),
        ("lead", lambda row: row["lead"] or row["error"]),
    ]
    print_rows(map(visited_shape, visits), columns, as_json=as_json)
    for visit in visits:
        if visit.error:
            click.echo(f"{visit.site}: {visit.outcome}: {visit.error}", err=True)
    if any(visit.error for visit in visits):
        sys.exit(1)


@click.command()
@click.argument("source", type=click.Choice(["files"]))
@click.argument("slug", metavar="SITE")
@click.argument("place", type=click.Path(path_type=Path), required=False)
@click.option("--from", "since", help="Only captures from this time on.")
@click.option("--to", "until", help="Only captures before this time.")
@click.option("--limit", type=click.IntRange(1), help="At most so many captures.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Reader processes.")
@click.option("--mtime", is_flag=True, help="Take a file's own time where its name has none.")
@click.option("--dry-run", is_flag=True, help="Say what would be taken, and take nothing.")
@json_option
@pass_run
def backfill(
    run: Run, source: str, slug: str, place: Path | None, since: str | None, until: str | None, limit: int | None,
    workers: int, mtime: bool, dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """Fill the archive with a site's past; run again, it goes on where it was interrupted."""
    from schedules.backfill import Report, select
    from schedules.once import fill
    from schedules.sources.files import list_pages

    settings, site = run.settings, run.settings.site(slug)
    if place is None:
        raise click.UsageError("backfill files needs a folder: frontpage backfill files SITE FOLDER")
    first, last = (_instant(text, site) for text in (since, until))
    if first and last and first >= last:
        raise click.UsageError(f"--from {since} is not before --to {until}")
    listed, left_out = list_pages(place, by_mtime=mtime)
    pages = select(listed, since=first, until=last, limit=limit)
    report = Report(site=site.slug, source=source)
    report.quarantined.update(left_out)
    if dry_run:
        report.found = len(pages)
    else:
        log_to_stderr(is_verbose=False)
        with _progress(len(pages), site.slug) as tick:
            asyncio.run(fill(settings, site, pages, report=report, workers=workers, tick=tick))
    _print_report(report.shape(), as_json=as_json)
    if report.failed:
        sys.exit(1)


def _instant(text: str | None, site: "Site") -> datetime | None:
    from scraper.instants import parse

    return parse(text, zone=site.timezone, now=_now()) if text else None


def _print_report(shape: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_object(shape)
        return
    click.echo(
        f"{shape['site']} from {shape['source']}: "
        f"{shape['found']} found, {shape['taken']} taken, {shape['known']} known"
    )
    for reason, count in shape["quarantined"].items():
        click.echo(f"  {count} {reason}")
    if days := shape["days"]:
        click.echo(f"  {len(days)} days, {min(days)} to {max(days)}")


@contextmanager
def _progress(total: int, label: str) -> Iterator[Callable[[], object]]:
    """Something to call after each step: moves a bar on a terminal, writes a line a minute elsewhere."""
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True)) as bar:
            task = bar.add_task(label, total=total)
            yield lambda: bar.advance(task)
        return
    done, told = 0, _now()

    def tick() -> None:
        nonlocal done, told
        done += 1
        if (now := _now()) - told >= LINE_EVERY:
            told = now
            click.echo(f"{label}: {done} of {total}", err=True)

    yield tick


@click.group()
def sites() -> None:
    """The sites of the configuration."""


@sites.command("list")
@json_option
@pass_run
def list_sites(run: Run, as_json: bool) -> None:
    """Every site, its address, time zone and schedule."""
    rows = (
        {
            "site": site.slug,
            "name": site.name,
            "url": site.url,
            "timezone": site.timezone,
            "schedule": site.schedule or f"every {duration(site.every)}",
        }
        for site in run.settings.sites
    )
    columns: list[Column] = [
        ("site", lambda row: row["site"]),
        ("name", lambda row: row["name"]),
        ("url", lambda row: row["url"]),
        ("zone", lambda row: row["timezone"]),
        ("schedule", lambda row: row["schedule"]),
    ]
    print_rows(rows, columns, as_json=as_json)


@click.command()
@json_option
@pass_run
def status(run: Run, as_json: bool) -> None:
    """Every site's last outcome, coverage, gaps and bytes."""
    from schedules.watch import schedule_of
    from storage.schema import connect_readonly
    from storage.status import status as ask
    from storage.status import status_shape

    connection = connect_readonly(run.settings.archive.path)
    known = {slug for (slug,) in connection.execute("SELECT slug FROM sites")}
    rows = (
        status_shape(ask(connection, site.slug, due=schedule_of(site).next(_now())))
        for site in run.settings.sites
        if site.slug in known
    )
    columns: list[Column] = [
        ("site", lambda row: row["site"]),
        ("last visit", lambda row: row["last_outcome"]),
        ("last readable (UTC)", lambda row: row["last_readable"]),
        ("captures", lambda row: row["captures"]),
        ("editions", lambda row: row["editions"]),
        ("gaps", lambda row: row["gaps"]),
        ("kB", lambda row: row["bytes"]["bodies"] // 1000),
        ("x smaller", lambda row: round(row["bytes"]["raw"] / max(1, row["bytes"]["bodies"]), 1)),
    ]
    print_rows(rows, columns, as_json=as_json)


LINE_EVERY = timedelta(minutes=1)
VERBS = (run, capture, backfill, sites, status)
