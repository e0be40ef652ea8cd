"""Replays saved front pages to the daemon, kills it on the way, and checks what the archive came to hold.

The series stand on loopback, one site each. Their pages and the daemon live by one clock, kept in a file, which goes to
the time of one state after another. So a state is captured at the very second that its file is named by, and an archive
that is filled from the files must read the same, byte for byte. From the one clock follow two things:

- Sites are watched together while their series overlap (an act). Between acts the daemon is stopped, and started with
  the next configuration: watching a series of 2017 until 2026 would be millions of missed slots.
- In an act, a site also comes due at the states of the others, and is captured with the page that it still shows. Such
  looks between states must read as the state before; only the looks at the states are compared with the files.

    python -m benchmarks.replay [--quick] [--series DIR] [--sites A,B] [--kills N] [--work DIR]
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from benchmarks.replay_checks import Findings, check_archive, check_sites
from benchmarks.replay_plan import acts, take
from benchmarks.replay_run import Failure, Replay, rows
from benchmarks.tables import table
from scraper.errors import FrontpageError
from scraper.instants import iso
from tests.conftest import SHARED

QUICK = 8  # states a site


@click.command()
@click.option("--series", type=click.Path(path_type=Path), default=SHARED / "series", help="Folders of saved pages.")
@click.option("--sites", default="heise,guardian-us,foxnews", show_default=True, help="Which of them.")
@click.option("--quick", is_flag=True, help=f"Only the first {QUICK} states of each.")
@click.option("--kills", type=click.IntRange(0), default=12, show_default=True, help="How often to kill -9 the daemon.")
@click.option("--work", type=click.Path(path_type=Path), help="Keep archives, configurations and the log here.")
def main(series: Path, sites: str, quick: bool, kills: int, work: Path | None) -> None:
    """Replay saved front pages to the daemon and check the archive; exit 1 if anything differs."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = work or Path(temporary)
        try:
            taken = [take(series / slug, folder / "pages", limit=QUICK if quick else None) for slug in sites.split(",")]
            replay = Replay(acts(taken), folder, kills=kills)
            began = time.monotonic()
            asyncio.run(replay.run())
            faults = _report(replay, check_sites(replay), time.monotonic() - began)
        except (Failure, FrontpageError) as error:
            raise click.ClickException(str(error)) from error
    for fault in faults:
        click.echo(f"FAULT {fault}", err=True)
    sys.exit(1 if faults else 0)


def _report(replay: Replay, sites: Sequence[Findings], seconds: float) -> list[str]:
    """Print the tables; returns all faults."""
    faults = [fault for site in sites for fault in site.faults] + list(check_archive(replay))
    print(table(HEADINGS, [_row(site) for site in sites]), end="\n\n")
    kills = [(iso(kill.moment), kill.stage, len(kill.held), kill.unfinished) for kill in replay.kills]
    if kills:
        print(table(("kill -9 at", "when", "captures held", "of them without a visit"), kills), end="\n\n")
    print("\n".join(_summary(replay, sites, seconds)))
    print(f"faults: {len(faults)}")
    return faults


HEADINGS = (
    "site", "schedule", "states", "captured", "show = parse", "= backfill", "between", "slots", "missed", "failed",
    "interrupted", "raw kB", "kept kB", "smaller",
)  # fmt: skip


def _row(site: Findings) -> tuple[object, ...]:
    schedule = site.schedule.cron or f"every {site.schedule.every} s"
    return (
        site.series.slug, schedule, len(site.series.instants), site.captured, site.shown, site.equal, site.between,
        site.outcomes.total(), site.outcomes["missed"], site.outcomes["failed"], site.outcomes["interrupted"],
        site.raw // 1000, site.stored // 1000, f"{site.raw / max(1, site.stored):.1f}x",
    )  # fmt: skip


def _summary(replay: Replay, sites: Sequence[Findings], seconds: float) -> Iterator[str]:
    [(integrity,)] = rows(replay.archive, "PRAGMA integrity_check")
    raw, slots = sum(site.raw for site in sites), sum(site.outcomes.total() for site in sites)
    live, filled = (file.stat().st_size / 1e6 for file in (replay.archive, replay.backfilled))
    yield f"acts: {len(replay.acts)}, moments: {sum(len(act.moments) for act in replay.acts)}, in {seconds:.0f} s"
    yield f"integrity_check: {integrity}"
    yield f"archive: {live:.2f} MB with {slots:,} slots in its ledger; backfilled, without a ledger: {filled:.2f} MB"
    yield f"pages: {raw / 1e6:.2f} MB, {raw / 1e6 / filled:.1f}x the backfilled archive with its readings and search"


if __name__ == "__main__":
    main()
