"""The verbs that act on sites: run, capture, sites, status, reparse; backfill has a module of its own."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from schedules.backfill_cli import backfill
from schedules.doctor_cli import doctor
from scraper.console import (
    Column,
    Run,
    json_option,
    log_to_stderr,
    pass_run,
    print_object,
    print_rows,
    tell_problems,
)

LOST = "its reading was damaged, could not be read again and is gone; `frontpage merge BACKUP` brings it back"


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@click.command()
@click.option("--no-web", is_flag=True, help="The daemon alone, without the reading room.")
@click.option("--port", type=click.IntRange(0, 65_535), help="The reading room's port; 0 picks a free one.")
@click.option("--log", "form", type=click.Choice(["console", "json"]), help="How the log is written.")
@pass_run
def run(run: Run, no_web: bool, port: int | None, form: str | None) -> None:
    """Watch all sites, and show them, until SIGTERM."""
    from schedules.clock import MachineClock
    from schedules.service import serve_archive

    settings = run.settings
    if not settings.sites:
        from scraper.errors import ConfigError

        raise ConfigError(f"{settings.file}: no [[sites]]; add one, or `frontpage demo` shows a fictional paper")
    log_to_stderr(form=form or "")
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


folder_option = click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the fixtures are. [fixtures, beside the config]",
)


@click.group()
def sites() -> None:
    """The sites of the configuration."""


@sites.command("list")
@json_option
@pass_run
def list_sites(run: Run, as_json: bool) -> None:
    """Every site, its address, time zone and schedule."""
    from scraper.config_values import spelled

    rows = (
        {
            "site": site.slug,
            "name": site.name,
            "url": site.url,
            "timezone": site.timezone,
            "schedule": site.schedule or f"every {spelled(site.every or 0)}",
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


@sites.command("add")
@click.argument("url", metavar="URL")
@click.option("--slug", default="", help="Its identity in the archive. [from its host]")
@click.option("--name", default="", help="[from the page's title]")
@click.option("--timezone", default="", help="IANA zone of its schedule, and of times in answers. [UTC]")
@click.option("--schedule", default="", help='Cron, in that zone. ["*/15 * * * *"]')
@click.option("--every", default="", help='Instead of a schedule, such as "15m".')
@click.option("--no-check", "--offline", "is_unseen", is_flag=True, help="Add it without a look at its page.")
@json_option
@pass_run
def add_site(
    run: Run, url: str, slug: str, name: str, timezone: str, schedule: str, every: str, is_unseen: bool, as_json: bool
) -> None:
    """Add a front page to the configuration, after one look at whether it reads as one."""
    from schedules.adding import Wish, add, added_shape
    from scraper.checking import fetch_and_explain

    wish = Wish(url=url, slug=slug, name=name, timezone=timezone or "UTC", schedule=schedule, every=every)
    added = add(run.settings, wish, look=None if is_unseen else lambda url: fetch_and_explain(run, url)[1].page)
    shape = added_shape(added)
    if as_json:
        print_object(shape)
    else:
        click.echo(added.table.strip())
    if added.page:
        click.echo(f"it reads as a front page: “{shape['lead']}” leads, {shape['teasers']} teasers", err=True)
    if not timezone:
        click.echo('its time zone is UTC, since you named none, such as --timezone "Europe/Berlin"', err=True)
    click.echo(f"added to {run.settings.file}; a daemon that runs has to be started anew to see it", err=True)


@sites.command("fixture")
@click.argument("slug", metavar="SITE")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--at", default="now", help="When the page was saved. [now]")
@folder_option
@pass_run
def make_fixture(run: Run, slug: str, file: Path, at: str, folder: Path | None) -> None:
    """Keep a saved page and its reading for `sites check`; correct the reading by hand where it is wrong."""
    from schedules.fixtures import keep_fixture
    from scraper.instants import parse

    site = run.settings.site(slug)
    instant = parse(at, zone=site.timezone, now=_now())
    click.echo(keep_fixture(site, file.read_bytes(), at=instant, folder=folder or fixtures_of(run)))


@sites.command("check")
@click.argument("slugs", metavar="[SITE]...", nargs=-1)
@folder_option
@json_option
@pass_run
def check_sites(run: Run, slugs: tuple[str, ...], folder: Path | None, as_json: bool) -> None:
    """Read the fixtures of sites again; exit 1 where one reads differently from what is expected, or there is none."""
    from schedules.fixtures import check_fixtures, checked_shape
    from scraper.errors import NotFound

    folder = folder or fixtures_of(run)
    chosen = [run.settings.site(slug) for slug in slugs] or run.settings.sites
    checked = [one for site in chosen for one in check_fixtures(site, folder)]
    columns: list[Column] = [
        ("page", lambda row: row["page"]),
        ("reads", lambda row: "; ".join(row["differences"]) or "as expected"),
    ]
    print_rows(map(checked_shape, checked), columns, as_json=as_json)
    if bare := sorted({*slugs} - {one.site for one in checked}):
        raise NotFound(f"{folder}: no fixture of {', '.join(bare)}; `frontpage sites fixture` makes one")
    if not checked:
        raise NotFound(f"{folder}: there is no fixture; `frontpage sites fixture` makes one")
    if any(one.differences for one in checked):
        sys.exit(1)


def fixtures_of(run: Run) -> Path:
    """The folder `fixtures` beside the configuration."""
    return run.settings.file.parent / "fixtures"


@click.command()
@json_option
@pass_run
def status(run: Run, as_json: bool) -> None:
    """Every site's last outcome, coverage, gaps and bytes."""
    from schedules.troubles import in_words, troubles_shape
    from schedules.watch import schedule_of
    from storage.backfills import last_reports
    from storage.captures import slugs
    from storage.schema import connect_readonly
    from storage.status import shaded, status_shape
    from storage.status import status as ask

    now, observer = _now(), run.settings.archive.name
    connection = connect_readonly(run.settings.archive.path)
    known = slugs(connection)
    for site in run.settings.sites:
        if site.slug not in known:
            click.echo(f"{site.slug}: never looked at", err=True)
    rows = (
        status_shape(ask(connection, site.slug, due=schedule_of(site).next(now), today=now, observer=observer))
        | {"backfills": last_reports(connection, site.slug)}
        | troubles_shape(connection, site, observer=observer, now=now)
        for site in run.settings.sites
        if site.slug in known
    )
    columns: list[Column] = [
        ("site", lambda row: row["site"]),
        ("last visit", lambda row: row["last_outcome"]),
        ("last readable (UTC)", lambda row: row["last_readable"]),
        ("four weeks", lambda row: f"[{shaded(row['coverage'])}]"),
        ("captures", lambda row: row["captures"]),
        ("editions", lambda row: row["editions"]),
        ("gaps", lambda row: row["gaps"]),
        ("kB", lambda row: row["bytes"]["bodies"] // 1000),
        ("x smaller", lambda row: round(row["bytes"]["raw"] / max(1, row["bytes"]["bodies"]), 1)),
        ("backfilled from", lambda row: ", ".join(f"{past['source']} ({past['taken']})" for past in row["backfills"])),
        ("MB in a year", lambda row: row["forecast_12m"] and round(row["forecast_12m"] / 1e6)),
        ("trouble", in_words),
    ]
    print_rows(rows, columns, as_json=as_json)


@click.command()
@click.argument("slugs", metavar="[SITE]...", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Only tell how the readings would differ.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Reader processes.")
@json_option
@pass_run
def reparse(run: Run, slugs: tuple[str, ...], dry_run: bool, workers: int, as_json: bool) -> None:
    """Read all captures again, after an upgrade of the reader or with a new layout, and derive what follows from them
    anew: the remedy that `verify` names. Never notifies."""
    from schedules.former import sites_to_read
    from schedules.reparse import reparse_sites, reparsed_shape

    settings = run.settings
    sites, left = sites_to_read(settings, slugs)
    if left:
        click.echo(f"not in {settings.file.name}, and left as layouts read them: {', '.join(left)}", err=True)
    if former := [site.slug for site in sites if site not in settings.sites]:
        click.echo(f"not in {settings.file.name}, and so read without layouts: {', '.join(former)}", err=True)
    log_to_stderr(is_verbose=False)
    results = asyncio.run(reparse_sites(settings, sites, workers=workers, is_dry=dry_run))
    for result in results:
        shape = reparsed_shape(result)
        if as_json:
            print_object(shape)
            continue
        verb = "would read" if dry_run else "read"
        counts = f"{shape['differ']} {verb} differently, {shape['unreadable']} have no body"
        click.echo(f"{shape['site']}: {shape['read']} captures, {counts}")
        for kind, count in shape["kinds"].items():
            click.echo(f"  {count} {kind}: {', '.join(shape['examples'][kind])}")
        if dry_run and result.lost:
            click.echo(f"  {shape['lost']} damaged and without a body, lost unless other captures show the same")
    if not dry_run:
        tell_problems([f"{name}: {LOST}" for result in results for name in result.lost])


VERBS = (run, capture, backfill, sites, status, reparse, doctor)
