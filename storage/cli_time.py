"""The verbs about time: leads, stories, history, changes."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scraper.console import Column, Run, duration, json_option, pass_run, print_object, print_rows, tell_problems
from storage.asking import (
    archive_option,
    archives_option,
    from_option,
    known_sites,
    local_time,
    local_time_in,
    open_apart,
    open_archive,
    range_in,
    range_typed,
    to_option,
)  # fmt: skip

if TYPE_CHECKING:
    from storage.queries import Lead


def _about(shape: dict[str, Any], of: str = "") -> str:
    return f"{duration(shape[f'{of}at_least_s'])} to {duration(shape[f'{of}at_most_s'])}"


def _led(shape: dict[str, Any]) -> str:
    return "" if shape["lead_at_most_s"] == 0 else _about(shape, "lead_")


@click.command()
@click.argument("sites", nargs=-1)
@click.option("--all", "everywhere", is_flag=True, help="Every site of the archive.")
@click.option("--about", metavar="QUERY", help="Only stories that a search finds, over the sites in order of time.")
@from_option
@to_option
@archives_option
@json_option
@pass_run
def leads(
    run: Run, sites: tuple[str, ...], everywhere: bool, about: str | None, since: str | None, until: str | None,
    archives: tuple[Path, ...], as_json: bool,
) -> None:  # fmt: skip
    """What led, from when to when, for how long at least and at most; --all --about QUERY: who led with it first."""
    from storage.shapes import lead_shape
    from storage.together import led, led_about

    if not (everywhere or sites):
        raise click.UsageError("name a site, or --all")
    problems: list[str] = []
    with open_apart(run, archives) as apart:
        local = local_time_in(apart.zone)
        columns: list[Column] = [
            ("site", lambda row: row["site"]),
            ("from", lambda row: local(row, "first_seen")),
            ("to", lambda row: local(row, "last_seen")),
            ("led for", _about),
            ("lead", lambda row: row["headline"]),
        ]
        chosen = known_sites(apart, apart.sites if everywhere else sites, problems)
        found: Iterable[Lead]
        times = range_typed(map(apart.zone, chosen), since, until)
        if about:
            found = led_about(apart, about, chosen, *times)
        else:
            found = (lead for site in chosen for lead in led(apart, site, *times))
        print_rows(map(lead_shape, found), columns, as_json=as_json)
    tell_problems(problems)


@click.command()
@click.argument("site")
@click.option("--furniture", is_flag=True, help="Also what is on nearly every page, week after week.")
@from_option
@to_option
@archive_option
@json_option
@pass_run
def stories(
    run: Run, site: str, furniture: bool, since: str | None, until: str | None, archive: Path | None, as_json: bool
) -> None:
    """How long each story stood on the page, and how long it led."""
    from storage.captures import zone_of
    from storage.queries import stories as ask
    from storage.shapes import time_on_page_shape

    with open_archive(run, archive) as connection:
        local = local_time(connection)
        columns: list[Column] = [
            ("story", lambda row: row["story"]),
            ("from", lambda row: local(row, "first_seen")),
            ("to", lambda row: local(row, "last_seen")),
            ("on page", _about),
            ("led", _led),
            ("headline", lambda row: row["headline"]),
        ]
        first, last = range_in(zone_of(connection, site), since, until)
        rows = ask(connection, site, since=first, until=last, with_furniture=furniture)
        print_rows(map(time_on_page_shape, rows), columns, as_json=as_json)


@click.command()
@click.argument("story")
@click.option("--site", default="", help="On this site, where several had the URL.")
@archive_option
@json_option
@pass_run
def history(run: Run, story: str, site: str, archive: Path | None, as_json: bool) -> None:
    """A story's wordings and places over time; STORY is its URL or its id."""
    from storage.history import history as ask
    from storage.history import sites_with
    from storage.shapes import history_shape

    with open_archive(run, archive) as connection:
        shape = history_shape(ask(connection, story, site=site))
        others = [slug for slug in sites_with(connection, story) if slug != shape["site"]]
        if others and not site:
            click.echo(f"this is on {shape['site']}; with --site also on {', '.join(others)}", err=True)
        if as_json:
            print_object(shape)
            return
        local = local_time(connection)
        click.echo(shape["url"])
        when: list[Column] = [
            ("from", lambda row: local(row, "first_seen")),
            ("to", lambda row: local(row, "last_seen")),
            ("captures", lambda row: row["captures"]),
        ]
        named = [{**row, "site": shape["site"]} for row in (*shape["wordings"], *shape["spans"])]
        wordings, spans = named[: len(shape["wordings"])], named[len(shape["wordings"]) :]
        print_rows(wordings, [*when, ("headline", _wording)], as_json=False)
        print_rows(spans, [*when, ("place", lambda row: f"{row['role']} {row['section']}")], as_json=False)
        for other in shape["see_also"]:
            click.echo(f"see also {other['story']} ({other['similarity']:.0%} alike): {other['headline']}")


def _wording(row: dict[str, Any]) -> str:
    share = row["rotation"]
    return f"{row['headline']}" + (f" (rotating, {share:.0%} of captures)" if share is not None else "")


@click.command()
@click.argument("site")
@click.option("--kind", "kinds", multiple=True, help="Only this kind of change; may be repeated.")
@click.option("--rotations", is_flag=True, help="Also headlines that come and go as arms of a test.")
@from_option
@to_option
@archive_option
@json_option
@pass_run
def changes(
    run: Run, site: str, kinds: tuple[str, ...], rotations: bool, since: str | None, until: str | None,
    archive: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """What changed from capture to capture: leads, headlines, places, what came and went."""
    from storage.captures import zone_of
    from storage.changes import ChangeKind
    from storage.changes import changes as ask
    from storage.shapes import change_shape

    if unknown := set(kinds) - set(ChangeKind):
        raise click.BadParameter(f"{min(unknown)}; the kinds are {', '.join(ChangeKind)}", param_hint="--kind")
    with open_archive(run, archive) as connection:
        local = local_time(connection)
        columns: list[Column] = [
            ("at", lambda row: local(row, "at")),
            ("kind", lambda row: row["kind"]),
            ("headline", lambda row: row["headline"]),
            ("was", lambda row: row["was"]),
        ]
        first, last = range_in(zone_of(connection, site), since, until)
        events = ask(connection, site, since=first, until=last)
        rows = (
            change_shape(event)
            for event in events
            if (not kinds or event.kind in kinds) and (rotations or not event.rotation)
        )
        print_rows(rows, columns, as_json=as_json)
