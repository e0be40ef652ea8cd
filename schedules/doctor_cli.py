"""The verb that examines the surroundings: doctor."""

import asyncio
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from scraper.console import Run, json_option, pass_run, print_rows

if TYPE_CHECKING:
    from schedules.doctor import Finding
    from scraper.config import Settings


@click.command()
@click.option("--offline", is_flag=True, help="Ask no site: neither DNS nor robots.txt.")
@json_option
@pass_run
def doctor(run: Run, offline: bool, as_json: bool) -> None:
    """Examine configuration, archive, disk, clock, secrets, DNS and robots.txt; exit 1 when something is amiss."""
    from schedules.doctor import Verdict

    found = asyncio.run(_examined(run.settings, offline=offline))
    rows = ({"what": one.what, "verdict": str(one.verdict), "says": one.says} for one in found)
    columns = [(key, lambda row, key=key: row[key]) for key in ("verdict", "what", "says")]
    print_rows(rows, columns, as_json=as_json)
    sys.exit(any(one.verdict is Verdict.FAIL for one in found))


async def _examined(settings: "Settings", *, offline: bool) -> "list[Finding]":
    from schedules.doctor import examine_here, examine_there

    found = list(examine_here(settings, datetime.now(UTC).replace(microsecond=0)))
    if not offline:
        found += [one async for one in examine_there(settings)]
    return found
