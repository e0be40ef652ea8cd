"""The verbs that hand the archive to others: export, cite."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from scraper.console import Run, json_option, one_line, pass_run, print_object
from storage.asking import (
    archive_option,
    archives_option,
    from_option,
    open_apart,
    open_archive,
    range_typed,
    to_option,
)  # fmt: skip

if TYPE_CHECKING:
    from storage.apart import Apart
    from storage.exports import Selection

WHAT = ("captures", "readings", "stories", "wordings", "leads", "changes", "visits")
FORMATS = ("csv", "jsonl", "parquet", "atom", "gfg", "warc")


@click.command()
@click.argument("what", nargs=-1, type=click.Choice(WHAT))
@click.option(
    "--format", "form", type=click.Choice(FORMATS), help="warc: captures only; atom: changes only; gfg: readings only."
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="A file instead of stdout; it appears once it is complete."
)
@click.option(
    "--package", type=click.Path(path_type=Path), help="A zip with WHAT (or everything) as csv, and what it all means."
)
@click.option("--site", "sites", multiple=True, help="Only this site; may be repeated.")
@click.option("--raw-cells", is_flag=True, help="Leave csv cells that a spreadsheet would run as they are.")
@from_option
@to_option
@archives_option
@pass_run
def export(
    run: Run, what: tuple[str, ...], form: str | None, output: Path | None, package: Path | None,
    sites: tuple[str, ...], raw_cells: bool, since: str | None, until: str | None, archives: tuple[Path, ...],
) -> None:  # fmt: skip
    """Rows for other programs, in an order that only depends on what was captured."""
    from storage.exports import Selection
    from storage.formats import Export, Format, write, write_apart

    _check_usage(what, form, output, package)
    with open_apart(run, archives) as apart:
        first, last = range_typed(map(apart.zone, sites or apart.sites), since, until)
        selection = Selection(sites=sites, since=first, until=last)
        if package:
            tables = [name for name in WHAT if name in what] or WHAT
            _write_package(apart, tables, selection, package, raw_cells=raw_cells)
            return
        job = Export(what=what[0], form=Format(form or ""), selection=selection, raw_cells=raw_cells)
        with _output(output) as out:
            if len(apart.files) > 1:
                write_apart(apart, job, out)
            else:
                write(apart.connection(apart.files[0]), job, out, now=datetime.now(UTC).replace(microsecond=0))


def _write_package(
    apart: "Apart", tables: Sequence[str], selection: "Selection", package: Path, *, raw_cells: bool
) -> None:
    from scraper.errors import ConfigError
    from storage.package import write_package

    if len(apart.files) > 1:
        raise ConfigError("--package is made of one archive; `frontpage merge` makes one of several")
    with _output(package) as out:
        write_package(apart.connection(apart.files[0]), tables, selection, out, raw_cells=raw_cells)


def _check_usage(what: tuple[str, ...], form: str | None, output: Path | None, package: Path | None) -> None:
    if package and (form or output):
        raise click.UsageError("--package is a zip of csv; leave --format and -o away")
    if not package and len(what) != 1:
        raise click.UsageError(f"name one of {', '.join(WHAT)}; several go together with --package FILE.zip")
    if not package and not form:
        raise click.UsageError(f"name a --format: {', '.join(FORMATS)}")


@contextmanager
def _output(file: Path | None) -> Iterator[IO[bytes]]:
    """Stdout, or a file that appears under its name once it is complete."""
    if file is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    from storage.whole import whole_file

    try:
        with whole_file(file) as part, part.open("wb") as out:
            yield out
    except OSError as error:
        raise click.FileError(str(file), error.strerror or str(error)) from None


@click.command()
@click.argument("capture")
@click.option("--body", "is_body", is_flag=True, help="Print the stored body's bytes and nothing else.")
@archive_option
@json_option
@pass_run
def cite(run: Run, capture: str, is_body: bool, archive: Path | None, as_json: bool) -> None:
    """A capture as a source: what it is, a line to cite it by, and how to check it. CAPTURE is SLUG/YYYYMMDDhhmmss."""
    from storage.citing import body_of
    from storage.citing import cite as ask
    from storage.shapes import citation_shape

    with open_archive(run, archive) as connection:
        if is_body:
            sys.stdout.buffer.write(body_of(connection, capture))
            return
        shape = citation_shape(ask(connection, capture))
    if as_json:
        print_object(shape)
    else:
        _print_citation(shape)


def _print_citation(shape: dict[str, Any]) -> None:
    facts = (
        "capture", "site", "url", "captured_at", "status", "observer", "origin", "sha256", "size", "revisit_of", "body",
        "removed_at", "removed_why", "reader", "quality", "problem",
    )  # fmt: skip
    for name in facts:
        if shape[name] not in ("", None):
            _tell(name, shape[name])
    for hop in shape["redirects"]:
        _tell("redirect", f"{hop['status']} {hop['url']} -> {hop['location']}")
    for title, name in (("sent", "request_headers"), ("answered", "headers")):
        for header, value in shape[name]:
            _tell(title, f"{header}: {value}")
    click.echo(f"\n{one_line(shape['citation'])}\n\nto check:")
    for command in shape["verify"]:
        click.echo(f"  {command}")


def _tell(name: str, value: object) -> None:
    click.echo(f"{name:<12} {one_line(value)}")


EXPORT_VERBS = (export, cite)
