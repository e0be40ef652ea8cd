"""The verbs that care for an archive: merge, verify, backup, repack, prune, forget."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scraper.console import Run, json_option, pass_run, print_object, tell_problems
from storage.asking import archive_option, now

if TYPE_CHECKING:
    from storage.archive import Archive


@contextmanager
def writable(run: Run, archive: Path | None) -> "Iterator[Archive]":
    """The archive to care for: the one named, which has to be there, else the configured one."""
    from storage.archive import Archive
    from storage.schema import existing

    path = existing(archive or run.settings.archive.path)
    observer = run.settings.archive.name if archive is None else ""
    with Archive(path, observer=observer) as opened:
        yield opened


@contextmanager
def _progress(label: str, total: int) -> Iterator[Callable[[], object]]:
    """Something to call after each step: moves a bar on a terminal."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda: bar.advance(task)


@click.command()
@click.argument("archives", nargs=-1, required=True, type=click.Path(path_type=Path))
@archive_option
@json_option
@pass_run
def merge(run: Run, archives: tuple[Path, ...], archive: Path | None, as_json: bool) -> None:
    """Take in everything of other archives: captures, readings and ledgers, each with who observed it."""
    from scraper.errors import ArchiveError
    from storage.merge import merge as do

    problems: list[str] = []
    with writable(run, archive) as opened:
        for other in archives:
            try:
                merged = do(opened, other)
            except ArchiveError as error:
                problems.append(f"merging {other} failed: {error}")
                continue
            problems += [f"{other}: {problem}" for problem in merged.problems]
            if as_json:
                print_object(
                    {"archive": str(other), "captures": merged.captures, "known": merged.known, "visits": merged.visits}
                )
            else:
                click.echo(f"{other}: {merged.captures} captures, {merged.known} known, {merged.visits} visits")
    tell_problems(problems)


@click.command()
@click.option("--sample", type=click.IntRange(1), help="Rebuild the spans of so many sites only, the busiest first.")
@archive_option
@json_option
@pass_run
def verify(run: Run, sample: int | None, archive: Path | None, as_json: bool) -> None:
    """Check bodies, headers, readings and texts against their digests, references, and spans and search index against
    a rebuild; exit 1 when anything is wrong."""
    from storage.asking import open_archive
    from storage.verify import verify as do

    with open_archive(run, archive) as connection:
        (bodies,) = connection.execute("SELECT count(*) FROM bodies WHERE data IS NOT NULL").fetchone()
        with _progress("verify", bodies) as tick:
            verified = do(connection, sample=sample, tick=tick)
    if as_json:
        bad = [{"capture": problem.capture, "problem": problem.problem} for problem in verified.bad]
        print_object({"checked": verified.checked, "bad": bad})
    else:
        click.echo(f"{verified.checked} captures checked, {len(verified.bad)} problems")
    for problem in verified.bad:
        click.echo(f"{problem.capture or 'archive'}: {problem.problem}", err=True)
    if verified.bad:
        sys.exit(1)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@archive_option
@pass_run
def backup(run: Run, file: Path, archive: Path | None) -> None:
    """A whole, checked copy, while others write and before an upgrade; the copy is an archive."""
    from storage.backup import backup as do

    size = do(archive or run.settings.archive.path, file)
    click.echo(f"{file}: {size / 1e6:.1f} MB")


@click.command()
@click.option("--level", type=click.IntRange(1, 22), default=19, show_default=True, help="zstd's.")
@archive_option
@json_option
@pass_run
def repack(run: Run, level: int, archive: Path | None, as_json: bool) -> None:
    """Compress all bodies anew, in order of time and harder, and give the space back; may be interrupted."""
    from storage.repack import repack as do

    with writable(run, archive) as opened:
        (bodies,) = opened.connection.execute("SELECT count(*) FROM bodies WHERE data IS NOT NULL").fetchone()
        with _progress("repack", bodies) as tick:
            done = do(opened, level=level, tick=tick)
    if as_json:
        names = ("bodies", "kept_anew", "bytes_before", "bytes_after")
        print_object({name: getattr(done, name) for name in names})
    else:
        before, after = done.bytes_before / 1e6, done.bytes_after / 1e6
        click.echo(f"{done.kept_anew} of {done.bodies} bodies kept anew: {before:.1f} MB, now {after:.1f} MB")
    tell_problems(done.problems)


@click.command()
@click.option(
    "--older-than", required=True, metavar="TIME", help="Only captures from before this time: 2025-01-01, -90d."
)
@click.option("--site", "sites", multiple=True, help="Only this site; may be repeated.")
@archive_option
@pass_run
def prune(run: Run, older_than: str, sites: tuple[str, ...], archive: Path | None) -> None:
    """Let bodies go whose page said the same as the one before; captures, readings and reasons stay."""
    from scraper.instants import in_zone, typed
    from storage.captures import slugs, zone_of
    from storage.removals import prune as do

    present = now()
    time = typed(older_than, now=present)
    with writable(run, archive) as opened:
        ends = {slug: in_zone(time, zone_of(opened.connection, slug)) for slug in sites or slugs(opened.connection)}
        removals = [do(opened, before=end, at=present, sites=(slug,)) for slug, end in ends.items()]
    bodies, size = sum(removal.bodies for removal in removals), sum(removal.bytes for removal in removals)
    click.echo(f"{bodies} bodies removed, {size / 1e6:.1f} MB")
    tell_problems([problem for removal in removals for problem in removal.problems])


@click.command()
@click.argument("capture")
@click.option("--reason", required=True, help="Why; it stays in the archive.")
@archive_option
@pass_run
def forget(run: Run, capture: str, reason: str, archive: Path | None) -> None:
    """Take down one capture's body, also from others that have it; captures, sha256, readings and the reason stay."""
    from storage.removals import forget as do

    with writable(run, archive) as opened:
        removal = do(opened, capture, reason=reason, at=now())
    click.echo(f"{capture}: body removed, {removal.bytes} bytes")
    for name in removal.captures:
        if name != capture:
            click.echo(f"{name}: had the same body")


CARE_VERBS = (merge, verify, backup, repack, prune, forget)
