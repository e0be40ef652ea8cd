"""What verbs that ask an archive share: options, the archive, and times as people type and read them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scraper.console import Run

if TYPE_CHECKING:
    import sqlite3

    from storage.apart import Apart

archive_option = click.option(
    "--archive", type=click.Path(path_type=Path), help="An archive file, instead of the config's."
)
archives_option = click.option(
    "--archive",
    "archives",
    type=click.Path(path_type=Path),
    multiple=True,
    help="An archive file, or a folder of them, instead of the config's; may be repeated: they answer as one.",
)
from_option = click.option("--from", "since", help="Only from this time on.")
to_option = click.option("--to", "until", help="Only before this time.")
at_option = click.option("--at", default="now", show_default=True, help="The instant asked about.")

Range = tuple[datetime | None, datetime | None]  # from, and until before


@contextmanager
def open_archive(run: Run, archive: Path | None) -> "Iterator[sqlite3.Connection]":
    """The archive to ask: the one named, else the configured one."""
    from storage.schema import connect_readonly

    connection = connect_readonly(archive or run.settings.archive.path)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def open_apart(run: Run, archives: Sequence[Path]) -> "Iterator[Apart]":
    """The archives to ask as one: those named, else the configured one."""
    from storage.apart import Apart

    with Apart(archives or [run.settings.archive.path]) as apart:
        yield apart


class TimesCommand(click.Command):
    """A verb that takes times as arguments: -2h is one of them, and no option."""

    def parse_args(self, context: click.Context, arguments: list[str]) -> list[str]:
        from scraper.instants import is_ago

        # A space before it is all that click needs, and nothing to `instants.parse`.
        return super().parse_args(context, [f" {text}" if is_ago(text) else text for text in arguments])


def instant(connection: "sqlite3.Connection", site: str, text: str | None) -> datetime | None:
    """What a person typed, read in the site's own zone."""
    from storage.captures import zone_of

    return instant_in(zone_of(connection, site), text)


def instant_in(zone: str, text: str | None) -> datetime | None:
    """What a person typed, read in a time zone."""
    from scraper.instants import parse

    return None if text is None else parse(text, zone=zone, now=now())


def range_in(zone: str, since: str | None, until: str | None) -> Range:
    """What a person typed as --from and --to, read in a time zone; UsageError where nothing lies between the two."""
    from scraper.instants import iso

    first, last = instant_in(zone, since), instant_in(zone, until)
    if first and last and first >= last:
        there = f"in {zone} they are {iso(first)} and {iso(last)}"
        raise click.UsageError(f"--from {since} is not before --to {until}: {there}")
    return first, last


def range_typed(zones: Iterable[str], since: str | None, until: str | None) -> Range:
    """The same about several sites in these zones: without a zone, unless one was typed, they are each site's own."""
    if since and until:
        for zone in zones:
            range_in(zone, since, until)
    return _time_typed(since), _time_typed(until)


def _time_typed(text: str | None) -> datetime | None:
    from scraper.instants import typed

    return None if text is None else typed(text, now=now())


def now() -> datetime:
    """The machine's present, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def known_sites(apart: "Apart", sites: Sequence[str], problems: list[str]) -> list[str]:
    """The sites that the archives know; the others are problems."""
    from scraper.errors import NotFound

    known = []
    for site in sites:
        try:
            apart.holders(site)
            known.append(site)
        except NotFound as error:
            problems.append(str(error))
    return known


def local_time(connection: "sqlite3.Connection") -> Callable[[dict[str, Any], str], str]:
    """How tables show an instant of a row: in its site's zone."""
    from storage.captures import zone_of

    return local_time_in(partial(zone_of, connection))


def local_time_in(zone_of: Callable[[str], str]) -> Callable[[dict[str, Any], str], str]:
    """The same, for sites whose zones somebody else knows."""
    from zoneinfo import ZoneInfo

    zones: dict[str, ZoneInfo] = {}

    def show(row: dict[str, Any], key: str) -> str:
        slug = row["site"]
        if slug not in zones:
            zones[slug] = ZoneInfo(zone_of(slug))
        return f"{datetime.fromisoformat(row[key]).astimezone(zones[slug]):%Y-%m-%d %H:%M}" if row[key] else ""

    return show
