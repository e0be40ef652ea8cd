"""The verbs that ask the archive: show, leads, stories, history, diff, compare, search, export."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scraper.cli import print_page
from scraper.console import Column, Run, duration, json_option, pass_run, print_object, print_rows

if TYPE_CHECKING:
    import sqlite3

archive_option = click.option(
    "--archive", type=click.Path(path_type=Path), help="An archive file, instead of the config's."
)
from_option = click.option("--from", "since", help="Only from this time on.")
to_option = click.option("--to", "until", help="Only before this time.")
at_option = click.option("--at", default="now", show_default=True, help="The instant asked about.")


@contextmanager
def _archive(run: Run, archive: Path | None) -> "Iterator[sqlite3.Connection]":
    """The archive to ask: the one named, else the configured one."""
    from storage.schema import connect_readonly

    connection = connect_readonly(archive or run.settings.archive.path)
    try:
        yield connection
    finally:
        connection.close()


def _instant(connection: "sqlite3.Connection", site: str, text: str | None) -> datetime | None:
    """What a person typed, read in the site's own zone."""
    from scraper.instants import parse
    from storage.captures import zone_of

    if text is None:
        return None
    return parse(text, zone=zone_of(connection, site) if site else "UTC", now=datetime.now(UTC).replace(microsecond=0))


def _local(connection: "sqlite3.Connection") -> Callable[[dict[str, Any], str], str]:
    """How tables show an instant of a row: in its site's zone."""
    from zoneinfo import ZoneInfo

    from storage.captures import zone_of

    zones: dict[str, ZoneInfo] = {}

    def show(row: dict[str, Any], key: str) -> str:
        slug = row["site"]
        if slug not in zones:
            zones[slug] = ZoneInfo(zone_of(connection, slug))
        return f"{datetime.fromisoformat(row[key]).astimezone(zones[slug]):%Y-%m-%d %H:%M}" if row[key] else ""

    return show


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

    with _archive(run, archive) as connection:
        shape = shown_shape(ask(connection, site, _instant(connection, site, at) or datetime.now(UTC)))
        if as_json:
            print_object(shape)
            return
        click.echo(
            f"{shape['capture']}  {_local(connection)(shape, 'captured_at')}  ({duration(shape['age_s'])} before)\n"
        )
        print_page(shape)


def _about(shape: dict[str, Any]) -> str:
    return f"{duration(shape['at_least_s'])} to {duration(shape['at_most_s'])}"


@click.command()
@click.argument("sites", nargs=-1, required=True)
@from_option
@to_option
@archive_option
@json_option
@pass_run
def leads(
    run: Run, sites: tuple[str, ...], since: str | None, until: str | None, archive: Path | None, as_json: bool
) -> None:
    """What led, from when to when, for how long at least and at most."""
    from storage.queries import leads as ask
    from storage.shapes import lead_shape

    with _archive(run, archive) as connection:
        local = _local(connection)
        columns: list[Column] = [
            ("site", lambda row: row["site"]),
            ("from", lambda row: local(row, "first_seen")),
            ("to", lambda row: local(row, "last_seen")),
            ("led for", _about),
            ("lead", lambda row: row["headline"]),
        ]
        rows = (
            lead_shape(lead)
            for site in sites
            for lead in ask(
                connection, site, since=_instant(connection, site, since), until=_instant(connection, site, until)
            )
        )
        print_rows(rows, columns, as_json=as_json)


@click.command()
@click.argument("site")
@from_option
@to_option
@archive_option
@json_option
@pass_run
def stories(run: Run, site: str, since: str | None, until: str | None, archive: Path | None, as_json: bool) -> None:
    """How long each story stood on the page, and how long it led."""
    from storage.queries import stories as ask
    from storage.shapes import time_on_page_shape

    with _archive(run, archive) as connection:
        local = _local(connection)
        columns: list[Column] = [
            ("story", lambda row: row["story"]),
            ("from", lambda row: local(row, "first_seen")),
            ("to", lambda row: local(row, "last_seen")),
            ("on page", _about),
            ("led", lambda row: duration(row["lead_at_least_s"]) if row["lead_at_least_s"] else ""),
            ("headline", lambda row: row["headline"]),
        ]
        rows = ask(connection, site, since=_instant(connection, site, since), until=_instant(connection, site, until))
        print_rows(map(time_on_page_shape, rows), columns, as_json=as_json)


@click.command()
@click.argument("story")
@archive_option
@json_option
@pass_run
def history(run: Run, story: str, archive: Path | None, as_json: bool) -> None:
    """A story's wordings and places over time; STORY is its URL or its id."""
    from storage.queries import history as ask
    from storage.shapes import history_shape

    with _archive(run, archive) as connection:
        shape = history_shape(ask(connection, story))
        if as_json:
            print_object(shape)
            return
        local = _local(connection)
        click.echo(shape["url"])
        when: list[Column] = [
            ("from", lambda row: local(row, "first_seen")),
            ("to", lambda row: local(row, "last_seen")),
            ("captures", lambda row: row["captures"]),
        ]
        named = [{**row, "site": shape["site"]} for row in (*shape["wordings"], *shape["spans"])]
        wordings, spans = named[: len(shape["wordings"])], named[len(shape["wordings"]) :]
        print_rows(wordings, [*when, ("headline", lambda row: row["headline"])], as_json=False)
        print_rows(spans, [*when, ("place", lambda row: f"{row['role']} {row['section']}")], as_json=False)


@click.command()
@click.argument("site")
@click.argument("earlier", metavar="TIME")
@click.argument("later", metavar="TIME")
@archive_option
@json_option
@pass_run
def diff(run: Run, site: str, earlier: str, later: str, archive: Path | None, as_json: bool) -> None:
    """What came, went, moved and was retitled between two times."""
    from scraper.errors import ConfigError
    from storage.differences import differ
    from storage.queries import show as ask
    from storage.shapes import difference_shape

    with _archive(run, archive) as connection:
        times = [_instant(connection, site, text) or datetime.now(UTC) for text in (earlier, later)]
        if times[0] > times[1]:
            raise ConfigError(f"{earlier} is after {later}; give the earlier time first")
        before, after = (ask(connection, site, at) for at in times)
        shape = difference_shape(before, after, differ(before.page, after.page))
    if as_json:
        print_object(shape)
        return
    click.echo(f"{site}: {shape['from']} to {shape['to']}")
    for story in shape["came"]:
        click.echo(f"+ {story['headline']}")
    for story in shape["gone"]:
        click.echo(f"- {story['headline']}")
    for change in shape["moved"]:
        click.echo(f"> {change['headline']}  ({_place(change['was'])} to {_place(change['now'])})")
    for change in shape["retitled"]:
        click.echo(f"~ {change['was']}\n  {change['now']}")


def _place(place: dict[str, Any]) -> str:
    return f"{place['section'] or place['role']}, place {place['position']}"


@click.command()
@click.argument("sites", nargs=-1, required=True)
@at_option
@archive_option
@json_option
@pass_run
def compare(run: Run, sites: tuple[str, ...], at: str, archive: Path | None, as_json: bool) -> None:
    """What several sites led with at one instant, side by side."""
    from scraper.errors import NotFound
    from scraper.instants import iso
    from scraper.shapes import story_shape
    from storage.queries import show as ask

    def row(connection: "sqlite3.Connection", site: str) -> dict[str, Any]:
        try:
            shown = ask(connection, site, _instant(connection, site, at) or datetime.now(UTC))
        except NotFound:
            return {"site": site, "captured_at": None, "age_s": None, "quality": "", "lead": None}
        lead = story_shape(shown.page.lead, site=site) if shown.page.lead else None
        quality = str(shown.page.quality)
        return {
            "site": site,
            "captured_at": iso(shown.captured_at),
            "age_s": shown.age_s,
            "quality": quality,
            "lead": lead,
        }

    with _archive(run, archive) as connection:
        local = _local(connection)
        columns: list[Column] = [
            ("site", lambda row: row["site"]),
            ("captured", lambda row: local(row, "captured_at")),
            ("lead", lambda row: row["lead"]["headline"] if row["lead"] else "-"),
        ]
        print_rows((row(connection, site) for site in sites), columns, as_json=as_json)


@click.command()
@click.argument("query")
@click.option("--site", default="", help="Only on this site.")
@click.option("--role", type=click.Choice(["lead", "teaser"]), help="Only what led, or what never did.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@from_option
@to_option
@archive_option
@json_option
@pass_run
def search(
    run: Run, query: str, site: str, role: str | None, limit: int, since: str | None, until: str | None,
    archive: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Headlines, summaries and kickers with all these words; "phrases" and beginnings* too."""
    from scraper.model import Role
    from storage.search import search as ask
    from storage.shapes import hit_shape

    with _archive(run, archive) as connection:
        local = _local(connection)
        columns: list[Column] = [
            ("site", lambda row: row["site"]),
            ("from", lambda row: local(row, "first_seen")),
            ("to", lambda row: local(row, "last_seen")),
            ("role", lambda row: row["role"]),
            ("headline", lambda row: row["headline"]),
        ]
        hits = ask(
            connection, query, site=site, role=Role(role) if role else None, limit=limit,
            since=_instant(connection, site, since), until=_instant(connection, site, until),
        )  # fmt: skip
        print_rows(map(hit_shape, hits), columns, as_json=as_json)


@click.command()
@click.argument("what", type=click.Choice(["captures", "readings", "stories", "leads", "visits"]))
@click.option("--format", "form", type=click.Choice(["csv", "jsonl"]), required=True)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="A file instead of stdout; written whole or not at all."
)
@click.option("--site", "sites", multiple=True, help="Only this site; may be repeated.")
@click.option("--raw-cells", is_flag=True, help="Leave csv cells that a spreadsheet would run as they are.")
@from_option
@to_option
@archive_option
@pass_run
def export(
    run: Run, what: str, form: str, output: Path | None, sites: tuple[str, ...], raw_cells: bool, since: str | None,
    until: str | None, archive: Path | None,
) -> None:  # fmt: skip
    """Rows for other programs, in an order that only depends on what was captured."""
    from storage.exports import EXPORTS, Selection, write_csv, write_jsonl

    with _archive(run, archive) as connection:
        only = sites[0] if len(sites) == 1 else ""
        selection = Selection(
            sites=sites, since=_instant(connection, only, since), until=_instant(connection, only, until)
        )
        rows = EXPORTS[what](connection, selection)
        with _output(output) as out:
            if form == "jsonl":
                write_jsonl(rows, out)
            else:
                write_csv(rows, out, is_formula_safe=not raw_cells)


@contextmanager
def _output(file: Path | None) -> Iterator[Any]:
    """Stdout, or a file that appears under its name once it is complete."""
    if file is None:
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
        yield sys.stdout
        return
    part = file.with_name(file.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="") as out:
            yield out
        part.replace(file)
    except OSError as error:
        raise click.FileError(str(file), error.strerror or str(error)) from None
    finally:
        part.unlink(missing_ok=True)


VERBS = (show, leads, stories, history, diff, compare, search, export)
