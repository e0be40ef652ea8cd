"""The verbs that ask the archive: show, diff, compare, search, and those of the modules beside this one."""

from pathlib import Path
from typing import Any

import click

from scraper.cli import print_page
from scraper.console import Column, Run, duration, json_option, pass_run, print_object, print_rows, tell_problems
from storage.asking import (
    TimesCommand,
    archive_option,
    archives_option,
    at_option,
    from_option,
    instant,
    instant_in,
    known_sites,
    local_time,
    local_time_in,
    now,
    open_apart,
    open_archive,
    range_typed,
    to_option,
)  # fmt: skip
from storage.cli_care import CARE_VERBS
from storage.cli_export import EXPORT_VERBS
from storage.cli_time import changes, history, leads, stories


@click.command()
@click.argument("site")
@at_option
@archive_option
@json_option
@pass_run
def show(run: Run, site: str, at: str, archive: Path | None, as_json: bool) -> None:
    """The front page as it stood: the last readable capture at or before a time."""
    from storage.queries import show as ask
    from storage.shapes import shown_shape

    with open_archive(run, archive) as connection:
        shape = shown_shape(ask(connection, site, instant(connection, site, at) or now()))
        if as_json:
            print_object(shape)
            return
        click.echo(
            f"{shape['capture']}  {local_time(connection)(shape, 'captured_at')}  ({duration(shape['age_s'])} before)\n"
        )
        print_page(shape)


@click.command(cls=TimesCommand)
@click.argument("site")
@click.argument("earlier", metavar="TIME")
@click.argument("later", metavar="TIME")
@archive_option
@json_option
@pass_run
def diff(run: Run, site: str, earlier: str, later: str, archive: Path | None, as_json: bool) -> None:
    """What came, went, moved and was retitled between two times."""
    from scraper.errors import ConfigError
    from storage.queries import show as ask
    from storage.rotations import difference
    from storage.shapes import difference_shape

    with open_archive(run, archive) as connection:
        times = [instant(connection, site, text) or now() for text in (earlier, later)]
        if times[0] > times[1]:
            raise ConfigError(f"{earlier.strip()} is after {later.strip()}; give the earlier time first")
        before, after = (ask(connection, site, at) for at in times)
        shape = difference_shape(before, after, difference(connection, before, after))
        first, last = (local_time(connection)(shape, name) for name in ("from", "to"))
    if as_json:
        print_object(shape)
        return
    click.echo(f"{site}: {first} to {last}")
    for story in shape["came"]:
        click.echo(f"+ {story['headline']}")
    for story in shape["gone"]:
        click.echo(f"- {story['headline']}")
    for change in shape["moved"]:
        click.echo(f"> {change['headline']}  ({_place(change['was'])} to {_place(change['now'])})")
    for change in shape["retitled"]:
        rotating = "  (in rotation)" if change["rotation"] else ""
        click.echo(f"~ {change['was']}\n  {change['now']}{rotating}")


def _place(place: dict[str, Any]) -> str:
    return f"{place['section'] or place['role']}, place {place['position']}"


@click.command()
@click.argument("sites", nargs=-1, required=True)
@click.option("--at", default="now", show_default=True, help="The instant; without a zone, in the first site's.")
@archives_option
@json_option
@pass_run
def compare(run: Run, sites: tuple[str, ...], at: str, archives: tuple[Path, ...], as_json: bool) -> None:
    """What several sites led with at one instant, side by side."""
    from storage.shapes import compared_shape
    from storage.together import compared

    problems: list[str] = []
    with open_apart(run, archives) as apart:
        local = local_time_in(apart.zone)
        columns: list[Column] = [
            ("site", lambda row: row["site"]),
            ("captured", lambda row: local(row, "captured_at")),
            ("lead", lambda row: row["lead"]["headline"] if row["lead"] else "-"),
        ]
        chosen = known_sites(apart, sites, problems)
        when = instant_in(apart.zone(chosen[0]) if chosen else "UTC", at) or now()
        shown = ((site, compared(apart, site, when)) for site in chosen)
        print_rows((compared_shape(*pair) for pair in shown), columns, as_json=as_json)
    tell_problems(problems)


@click.command()
@click.argument("query")
@click.option("--site", default="", help="Only on this site.")
@click.option("--role", type=click.Choice(["lead", "teaser"]), help="Only what led, or what never did.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@from_option
@to_option
@archives_option
@json_option
@pass_run
def search(
    run: Run, query: str, site: str, role: str | None, limit: int, since: str | None, until: str | None,
    archives: tuple[Path, ...], as_json: bool,
) -> None:  # fmt: skip
    """Headlines, summaries and kickers with all these words; "phrases" and beginnings* too."""
    from scraper.model import Role
    from storage.shapes import hit_shape
    from storage.together import found

    with open_apart(run, archives) as apart:
        local = local_time_in(apart.zone)
        columns: list[Column] = [
            ("site", lambda row: row["site"]),
            ("from", lambda row: local(row, "first_seen")),
            ("to", lambda row: local(row, "last_seen")),
            ("role", lambda row: row["role"]),
            ("headline", lambda row: row["headline"]),
        ]
        first, last = range_typed(map(apart.zone, [site] if site else apart.sites), since, until)
        hits = found(apart, query, site=site, role=Role(role) if role else None, limit=limit, since=first, until=last)
        print_rows(map(hit_shape, hits), columns, as_json=as_json)


VERBS = (show, leads, stories, history, changes, diff, compare, search, *EXPORT_VERBS, *CARE_VERBS)
