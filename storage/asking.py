"""What verbs that ask an archive share: options, the archive, and times as people type and read them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scraper.console import Run

if TYPE_CHECKING:
    import sqlite3

archive_option = click.option(
    "--archive", type=click.Path(path_type=Path), help="An archive file, instead of the config's."
)
from_option = click.option("--from", "since", help="Only from this time on.")
to_option = click.option("--to", "until", help="Only before this time.")
at_option = click.option("--at", default="now", show_default=True, help="The instant asked about.")


@contextmanager
def open_archive(run: Run, archive: Path | None) -> "Iterator[sqlite3.Connection]":
    """The archive to ask: the one named, else the configured one."""
    from storage.schema import connect_readonly

    connection = connect_readonly(archive or run.settings.archive.path)
    try:
        yield connection
    finally:
        connection.close()


def instant(connection: "sqlite3.Connection", site: str, text: str | None) -> datetime | None:
    """What a person typed, read in the site's own zone."""
    from scraper.instants import parse
    from storage.captures import zone_of

    if text is None:
        return None
    return parse(text, zone=zone_of(connection, site) if site else "UTC", now=datetime.now(UTC).replace(microsecond=0))


def local_time(connection: "sqlite3.Connection") -> Callable[[dict[str, Any], str], str]:
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
