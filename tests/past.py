"""The past of a fictional paper, kept in every form that backfill reads, and what is asked of a source about it."""

from collections import Counter
from collections.abc import Sequence
from contextlib import aclosing
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from demo.library import paper
from schedules.fill import fill
from schedules.report import Report
from schedules.selection import select
from schedules.sources.found import Source, Unusable, Wanted
from schedules.sources.opening import Asked
from scraper.config import ArchiveSettings, BackfillSettings, FetchSettings, Settings, Site
from scraper.errors import FetchError
from scraper.instants import compact
from scraper.model import Capture
from storage import exports
from storage.rows import write_jsonl
from storage.schema import connect_readonly
from tests.clocks import StoppedClock
from tests.made import NOON
from tests.world import LOOPBACK

URL = "https://courier.example/"
HOURS = tuple(NOON + timedelta(hours=hour) for hour in range(6))
EVERYTHING = Wanted()
UNHURRIED = BackfillSettings(listings_per_minute=60_000, mementos_per_second=10_000)  # so that no test waits
SITE = Site(slug="courier", name="The Harbour Courier", url=URL, timezone="UTC", schedule="0 * * * *")


def page(instant: datetime) -> bytes:
    """The courier's front page at an instant."""
    return paper("courier").page(instant).body


def save_pages(folder: Path, instants: Sequence[datetime] = HOURS) -> Path:
    """The same as files with their time in the name."""
    folder.mkdir(parents=True, exist_ok=True)
    for instant in instants:
        (folder / f"{compact(instant)}.html").write_bytes(page(instant))
    return folder


async def captures(source: Source, wanted: Wanted = EVERYTHING) -> list[Capture]:
    """What a source gives of what is wanted; what it refuses when loading is counted as left out."""
    taken = []
    async with aclosing(select(source.find(wanted), wanted)) as chosen:
        async for found in chosen:
            try:
                taken.append(await found.load())
            except Unusable as reason:
                source.left_out[str(reason)] += 1
            except FetchError as error:
                source.left_out[f"failed: {error}"] += 1
    return taken


async def bodies(source: Source, wanted: Wanted = EVERYTHING) -> dict[datetime, bytes]:
    """The same as bodies by instant."""
    return {capture.instant: capture.body for capture in await captures(source, wanted)}


def settings_in(folder: Path, *, url: str = URL) -> Settings:
    """A configuration with the courier alone, and its archive in the folder."""
    return Settings(
        file=folder / "config.toml",
        archive=ArchiveSettings(path=folder / "archive.db"),
        fetch=FetchSettings(allow_networks=(LOOPBACK,), deadline=10),
        backfill=UNHURRIED.model_copy(update={"pace_file": folder / "pace"}),
        sites=(SITE.model_copy(update={"url": url}),),
    )


async def filled(
    folder: Path, source: str, place: object, *, wanted: Wanted = EVERYTHING, url: str = URL, **asked: Any
) -> Report:
    """The report of a whole run into the archive in the folder."""
    settings = settings_in(folder, url=url)
    report = Report(site="courier", source=source, wanted=wanted)
    question = Asked(source=source, place=str(place), **asked)
    await fill(settings, settings.site("courier"), question, report=report, workers=1, clock=StoppedClock(NOON))
    return report


def readings(folder: Path) -> str:
    """`frontpage export readings --format jsonl` of the archive in the folder."""
    out = BytesIO()
    connection = connect_readonly(folder / "archive.db")
    write_jsonl(exports.readings(connection, exports.Selection()), out)
    connection.close()
    return out.getvalue().decode()


def counts(report: Report) -> tuple[int, int, int, int]:
    """(found, taken, known, failed)."""
    return report.found, report.taken, report.known, report.failed


def reasons(source: Source) -> Counter[str]:
    """What a source left out, by reason, without those counted as none."""
    return +source.left_out
