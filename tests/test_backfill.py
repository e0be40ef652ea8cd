"""From a listing to the report: what is chosen, skipped, counted, resumed and told on the way."""

import asyncio
import json
import re
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncGenerator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from schedules import backfill_cli
from schedules.backfill import Backfill
from schedules.fill import foresee
from schedules.once import open_pipeline
from schedules.progress import Lines, progress, told
from schedules.report import Report, longest_gap
from schedules.selection import select
from schedules.sources.found import Found, Name, SourceError, Unusable, Wanted
from schedules.sources.opening import Asked
from scraper.config import ArchiveSettings
from scraper.console import Run
from scraper.errors import ArchiveError, FetchError
from scraper.instants import compact
from scraper.model import Capture, Origin, Outcome
from storage.archive import Archive
from storage.backfills import last_reports
from storage.schema import connect_readonly
from tests.clocks import StoppedClock
from tests.made import NOON
from tests.past import EVERYTHING, HOURS, SITE, URL, counts, filled, page, readings, save_pages, settings_in

ROOT = Path(__file__).parents[1]


class Shelf:
    """A source in memory: a capture, or the exception that loading it raises, by minutes after noon."""

    origin = Origin.WAYBACK
    pace: float | None = 8.0
    concurrency: int | None = 1
    is_remote = True

    def __init__(self, items: dict[float, bytes | Exception], *, breaks: Exception | None = None) -> None:
        self.items, self.breaks = items, breaks
        self.loaded: list[float] = []
        self.left_out: Counter[str] = Counter()

    async def find(self, wanted: Wanted) -> AsyncGenerator[Found]:
        del wanted
        for place, minutes in enumerate(self.items, 1):
            yield Found(
                name=Name(NOON + timedelta(minutes=minutes), URL),
                share=place / len(self.items),
                load=partial(self._load, minutes),
            )
        if self.breaks:
            raise self.breaks

    async def _load(self, minutes: float) -> Capture:
        self.loaded.append(minutes)
        item = self.items[minutes]
        if isinstance(item, Exception):
            raise item
        return Capture(
            site="courier",
            origin=self.origin,
            url=URL,
            instant=NOON + timedelta(minutes=minutes),
            status=200,
            headers=(("Content-Type", "text/html; charset=utf-8"),),
            body=item,
        )


async def taken(folder: Path, shelf: Shelf, wanted: Wanted = EVERYTHING) -> Report:
    """The report of a run over a shelf."""
    report = Report(site="courier", source="wayback", wanted=wanted)
    async with open_pipeline(settings_in(folder), gate=None, clock=StoppedClock(NOON), workers=1) as (pipeline, writer):
        run = Backfill(pipeline=pipeline, writer=writer, site=SITE, source=shelf, report=report)
        await run.run(wanted, at_once=1)
    return report


async def chosen(minutes: list[float], wanted: Wanted) -> list[float]:
    """Which of the captures at these minutes after noon are chosen."""
    shelf = Shelf(dict.fromkeys(minutes, b""))
    return [(found.instant - NOON) / timedelta(minutes=1) async for found in select(shelf.find(wanted), wanted)]


@pytest.mark.parametrize(
    ("wanted", "minutes", "expected"),
    [
        (Wanted(), [0, 1, 2], [0, 1, 2]),
        (Wanted(limit=2), [0, 1, 2], [0, 1]),
        (Wanted(since=NOON, until=NOON + timedelta(minutes=2)), [-1, 0, 1, 2], [0, 1]),
        (Wanted(every=3600), [-20, -1, 2, 29, 31, 59, 62], [-1, 59]),
        (Wanted(every=3600), [-1, 1], [-1]),
        (Wanted(every=3600), [62, 59, 2, -1], [-1, 59]),
        (Wanted(every=3600, limit=1), [61, 2], [2]),
        (Wanted(every=3600, since=NOON + timedelta(minutes=10)), [2, 12, 60, 71, 99], [12, 71]),
        (Wanted(every=60), [0, 0.2, 0.6, 7], [0, 0.6, 7]),
    ],
)
async def test_the_wanted_ones_are_chosen(wanted: Wanted, minutes: list[float], expected: list[float]) -> None:
    """The range, the nearest to each step whatever the order of the listing, the first so many."""
    assert await chosen(minutes, wanted) == expected


async def test_a_second_run_knows_everything_and_loads_nothing(tmp_path: Path) -> None:
    """Known captures cost a look into the archive each; readings stay as they are."""
    items: dict[float, bytes | Exception] = {hour * 60: page(instant) for hour, instant in enumerate(HOURS)}
    first, again = Shelf(items), Shelf(items)
    assert counts(await taken(tmp_path, first)) == (6, 6, 0, 0)
    before = readings(tmp_path)
    report = await taken(tmp_path, again)
    assert (counts(report), again.loaded) == ((6, 0, 6, 0), [])
    assert report.days == {"2026-11-24": 6}
    assert readings(tmp_path) == before


async def test_what_was_refused_is_not_asked_for_again(tmp_path: Path) -> None:
    """An archive's lasting answer is remembered with its reason; a failure of today is tried again."""
    items: dict[float, bytes | Exception] = {
        0: Unusable("an archived 404"),
        60: FetchError(Outcome.FAILED, "archive.example: Connection refused"),
        120: page(HOURS[2]),
    }
    report = await taken(tmp_path, Shelf(items))
    assert (counts(report), report.quarantined) == ((3, 1, 0, 1), {"an archived 404": 1})
    assert report.problems == ["2026-11-24T13:00:00Z: archive.example: Connection refused"]
    again = Shelf(items)
    report = await taken(tmp_path, again)
    assert (counts(report), report.quarantined, again.loaded) == ((3, 0, 1, 1), {"an archived 404": 1}, [60])


async def test_a_source_that_gives_up_stops_the_run(tmp_path: Path) -> None:
    """What was taken stays, what follows is left for another run, and the report says why."""
    shelf = Shelf({0: page(NOON), 60: SourceError("the archive refused 3 times"), 120: page(HOURS[2])})
    report = await taken(tmp_path, shelf)
    assert (report.taken, report.failed, report.problems) == (1, 1, ["the archive refused 3 times"])
    assert 120 not in shelf.loaded


@pytest.mark.parametrize("wanted", [Wanted(), Wanted(every=3600)])
async def test_a_listing_that_breaks_off_is_taken_as_far_as_it_goes(tmp_path: Path, wanted: Wanted) -> None:
    """The index's failure is one failure, beside what it had listed."""
    report = await taken(tmp_path, Shelf({0: page(NOON)}, breaks=SourceError("the index answers HTML")), wanted)
    assert (report.taken, report.failed, report.problems) == (1, 1, ["the index answers HTML"])


async def test_pages_that_show_nothing_are_taken_and_counted(tmp_path: Path) -> None:
    """Evidence is kept; the report names what was read in it, and no span begins or ends there."""
    report = await taken(tmp_path, Shelf({0: page(NOON), 30: b"<!DOCTYPE html><title>?</title>", 60: page(HOURS[1])}))
    assert report.taken == 3
    assert sum(report.quarantined.values()) == 1
    assert report.days == {"2026-11-24": 3}


async def test_an_interrupted_run_is_finished_by_the_next(tmp_path: Path) -> None:
    """Cancelled in the middle, run again: the readings are those of a run in one go."""
    items: dict[float, bytes | Exception] = {hour * 60: page(instant) for hour, instant in enumerate(HOURS)}
    report = Report(site="courier", source="wayback")
    half = asyncio.Event()
    settings = settings_in(tmp_path / "twice")
    async with open_pipeline(settings, gate=None, clock=StoppedClock(NOON), workers=1) as (pipeline, writer):
        run = Backfill(
            pipeline=pipeline, writer=writer, site=SITE, source=Shelf(items), report=report,
            tick=lambda: half.set() if report.taken == 3 else None,
        )  # fmt: skip
        task = asyncio.create_task(run.run(EVERYTHING, at_once=1))
        await half.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    rest = Shelf(items)
    assert (await taken(tmp_path / "twice", rest)).done == 6
    assert set(rest.loaded) <= {180, 240, 300}
    await taken(tmp_path / "once", Shelf(items))
    assert readings(tmp_path / "twice") == readings(tmp_path / "once")


async def test_two_bodies_of_one_instant_are_both_kept(tmp_path: Path) -> None:
    """Files that share a second differ in what they hold; both are captures, and known together."""
    save_pages(tmp_path / "pages", HOURS[:1])
    (tmp_path / "pages" / f"edit-{compact(NOON)}.html").write_bytes(page(HOURS[5]))
    assert counts(await filled(tmp_path, "files", tmp_path / "pages")) == (2, 2, 0, 0)
    assert counts(await filled(tmp_path, "files", tmp_path / "pages")) == (2, 0, 2, 0)


async def test_another_page_of_a_known_instant_is_kept_as_well(tmp_path: Path) -> None:
    """From another folder, or from a file that was mended; in either order the archive is the same."""
    folders = [save_pages(tmp_path / name, HOURS[:2]) for name in ("one", "two")]
    (folders[1] / f"{compact(NOON)}.html").write_bytes(page(HOURS[5]))
    for way, order in (("there", folders), ("back", folders[::-1])):
        (tmp_path / way).mkdir()
        assert counts(await filled(tmp_path / way, "files", order[0])) == (2, 2, 0, 0)
        assert counts(await filled(tmp_path / way, "files", order[1])) == (2, 1, 1, 0)
    assert readings(tmp_path / "there") == readings(tmp_path / "back")
    (folders[0] / f"{compact(HOURS[1])}.html").write_bytes(page(HOURS[4]))
    assert counts(await filled(tmp_path / "there", "files", folders[0])) == (2, 1, 1, 0)


async def test_a_source_without_anything_is_a_report_that_says_so(tmp_path: Path) -> None:
    """Nothing found is no failure."""
    (tmp_path / "pages").mkdir()
    assert counts(await filled(tmp_path, "files", tmp_path / "pages")) == (0, 0, 0, 0)


async def test_the_archive_remembers_the_last_report_of_each_source(tmp_path: Path) -> None:
    """`status` shows what a backfill came to, long after."""
    for _ in range(2):
        await filled(tmp_path, "files", save_pages(tmp_path / "pages"), wanted=Wanted(since=NOON, limit=3))
    connection = connect_readonly(tmp_path / "archive.db")
    (report,) = last_reports(connection, "courier")
    connection.close()
    assert (report["source"], report["known"], report["from"]) == ("files", 3, "2026-11-24T12:00:00Z")
    assert report["ended_at"] == "2026-11-24T12:00:00Z"


async def test_a_dry_run_counts_and_takes_nothing(tmp_path: Path) -> None:
    """It tells what is new and how long it lasts, and makes no archive."""
    save_pages(tmp_path / "pages")
    settings = settings_in(tmp_path)
    asked = Asked(source="files", place=str(tmp_path / "pages"))
    report = Report(site="courier", source="files")
    await foresee(settings, SITE, asked, report=report, workers=1)
    assert not settings.archive.path.exists()
    assert (report.found, report.would_take, report.known, report.taken) == (6, 6, 0, 0)
    assert report.estimate_s > 0
    await filled(tmp_path, "files", tmp_path / "pages", wanted=Wanted(limit=4))
    report = Report(site="courier", source="files")
    await foresee(settings, SITE, asked, report=report, workers=1)
    assert (report.would_take, report.known) == (2, 4)
    with Archive(tmp_path / "other.db") as archive:
        other = settings.model_copy(update={"archive": ArchiveSettings(path=tmp_path / "other.db", name="oslo")})
        await foresee(other, SITE, asked, report=Report(site="courier", source="files"), workers=1)
        assert archive.connection.execute("SELECT count(*) FROM sites").fetchone() == (0,)
        assert archive.connection.execute("SELECT name FROM observers").fetchall() == [("home",)]


async def test_a_dry_run_upgrades_nothing(tmp_path: Path) -> None:
    """An archive that an older version made stays as it is, and that it has to be upgraded is told."""
    save_pages(tmp_path / "pages")
    settings = settings_in(tmp_path)
    with Archive(settings.archive.path) as archive:
        archive.connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'm006_refusals_one_by_one'")
    asked = Asked(source="files", place=str(tmp_path / "pages"))
    with pytest.raises(ArchiveError, match="has to be upgraded first"):
        await foresee(settings, SITE, asked, report=Report(site="courier", source="files"), workers=1)


@pytest.mark.fault(26)
async def test_a_daemon_may_write_at_the_same_time(tmp_path: Path) -> None:
    """Another process's short transactions and the backfill's take turns; nothing is lost on either side."""
    from tests import made

    save_pages(tmp_path / "pages")
    daemon = Archive(tmp_path / "archive.db")
    run = asyncio.create_task(filled(tmp_path, "files", tmp_path / "pages"))
    for minute in range(50):
        made.keep(daemon, made.at(minute), made.page("flood"))
        await asyncio.sleep(0)
    assert counts(await run) == (6, 6, 0, 0)
    (live,) = daemon.connection.execute("SELECT count(*) FROM captures WHERE origin = 'live'").fetchone()
    daemon.close()
    assert live == 50


def test_progress_tells_rate_share_and_time_left() -> None:
    """Forty percent in ten minutes leaves fifteen."""
    report = Report(site="courier", source="wayback", share=0.4, done=1_200)
    assert told(report, timedelta(minutes=10)) == "courier from wayback: 1,200 done, 2.0/s, 40 %, 15 min left"


def test_progress_is_a_line_a_minute_in_a_log() -> None:
    """Ticks within the minute say nothing."""
    clock, said = StoppedClock(NOON), list[str]()
    lines = Lines(Report(site="courier", source="warc"), now=clock.now, say=said.append)
    for _ in range(150):
        clock.advance(seconds=1)
        lines.tick()
    assert len(said) == 2


def test_progress_is_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """It ends with what was done."""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    clock, report = StoppedClock(NOON), Report(site="courier", source="warc")
    with progress(report, now=clock.now, say=print) as tick:
        clock.advance(seconds=10)
        report.done, report.share = 20, 1.0
        tick()
    assert "courier from warc: 20 done, 2.0/s, 100 %, 0 min left" in capsys.readouterr().err


def test_the_longest_gap_is_told() -> None:
    """The days around it; neighbours have none between them."""
    gap = longest_gap({"2026-11-01": 1, "2026-11-02": 9, "2026-11-09": 1, "2026-11-10": 2})
    assert [str(day) for day in gap or ()] == ["2026-11-02", "2026-11-09"]
    assert longest_gap({"2026-11-01": 1, "2026-11-02": 1}) is None
    assert longest_gap({}) is None


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["files", "courier"], "needs a folder with saved pages"),
        (["warc", "courier", "nowhere.warc.gz"], "nowhere.warc.gz: there is no such file or folder"),
        (["git", "courier", "nowhere"], "nowhere: there is no such repository"),
        (["files", "courrier", "."], 'did you mean "courier"'),
        (["files", "courier", ".", "--from", "2026-11-25", "--to", "2026-11-24"], "is not before"),
        (["files", "courier", ".", "--every", "often"], "is not a duration"),
        (["files", "courier", ".", "--every", "999999999d"], "is longer than a hundred years"),
        (["files", "courier", ".", "--from", "someday"], "is no time"),
        (["files", "courier", ".", "--from=-999999d"], "is no time"),
        (["files", "courier", ".", "--from", "0001-01-01T00:00+01:00"], "is no time"),
        (["files", "courier", ".", "--to", "9999-12-31T23:59-05:00"], "is no time"),
        (["gopher", "courier", "."], "'gopher' is not one of"),
    ],
)
def test_wrong_usage_names_its_remedy(tmp_path: Path, arguments: list[str], says: str) -> None:
    """Each mistake is answered with a message that says what to do, before anything is written."""
    import click

    from scraper.errors import ConfigError

    run = Run()
    run.__dict__["settings"] = settings_in(tmp_path)
    with pytest.raises((click.UsageError, ConfigError), match=says):
        backfill_cli.backfill.main(arguments, obj=run, standalone_mode=False)
    assert not (tmp_path / "archive.db").exists()


def test_the_verb_prints_the_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As JSON in DESIGN's shape, and in words with the reasons and the gap."""
    run = Run()
    run.__dict__["settings"] = settings_in(tmp_path)
    save_pages(tmp_path / "pages", [*HOURS, NOON + timedelta(days=9)])
    (tmp_path / "pages" / "notes.md").write_text("no page")
    place = str(tmp_path / "pages")
    backfill_cli.backfill.main(["files", "courier", place, "--json"], obj=run, standalone_mode=False)
    shape = json.loads(capsys.readouterr().out)
    assert (shape["found"], shape["taken"], shape["quarantined"]) == (7, 7, {"not a page": 1})
    backfill_cli.backfill.main(["files", "courier", place], obj=run, standalone_mode=False)
    words = capsys.readouterr().out
    assert "7 found, 0 taken, 7 known" in words
    assert "1 quarantined: not a page" in words
    assert "longest gap: nothing between 2026-11-24 and 2026-12-03" in words
    backfill_cli.backfill.main(["files", "courier", place, "--dry-run"], obj=run, standalone_mode=False)
    assert "0 to take in about 0 min" in capsys.readouterr().out


def test_refusals_are_a_table_of_the_archive(tmp_path: Path) -> None:
    """An archive made before the table was known gets it when it is opened."""

    Archive(tmp_path / "archive.db").close()
    connection = sqlite3.connect(tmp_path / "archive.db")
    assert connection.execute("SELECT count(*) FROM refusals").fetchone() == (0,)
    connection.close()


def test_status_shows_what_was_backfilled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The last report of each source is a part of the site's status, days and reasons and all."""
    from schedules.cli import status

    run = Run()
    run.__dict__["settings"] = settings_in(tmp_path)
    save_pages(tmp_path / "pages")
    backfill_cli.backfill.main(["files", "courier", str(tmp_path / "pages")], obj=run, standalone_mode=False)
    capsys.readouterr()
    status.main(["--json"], obj=run, standalone_mode=False)
    (report,) = json.loads(capsys.readouterr().out)["backfills"]
    assert (report["source"], report["taken"], report["days"]) == ("files", 6, {"2026-11-24": 6})
    status.main([], obj=run, standalone_mode=False)
    assert "files (6)" in capsys.readouterr().out


def test_kill_9_in_the_middle_loses_nothing(tmp_path: Path) -> None:
    """A run that is killed and one after it come to the readings of a run in one go."""
    instants = [NOON + timedelta(minutes=20 * number) for number in range(40)]
    save_pages(tmp_path / "pages", instants)
    (tmp_path / "config.toml").write_text(
        f'[[sites]]\nslug = "courier"\nname = "Courier"\nurl = "{URL}"\ntimezone = "UTC"\nschedule = "0 * * * *"\n'
    )
    command = [sys.executable, "-m", "frontpage", "--config", str(tmp_path / "config.toml")]
    command += ["backfill", "files", "courier", str(tmp_path / "pages"), "--json"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=ROOT)
    while count_captures_in(tmp_path / "archive.db") < 5:
        assert process.poll() is None, "the run ended before it could be killed"
    process.kill()
    process.wait()
    again = json.loads(subprocess.run(command, capture_output=True, check=True, cwd=ROOT).stdout)
    assert again["taken"] + again["known"] == 40
    assert again["known"] >= 5
    connection = connect_readonly(tmp_path / "archive.db")
    assert connection.execute("SELECT count(*), count(DISTINCT capture_id) FROM readings").fetchone() == (40, 40)
    connection.close()


def count_captures_in(file: Path) -> int:
    """How many captures another process has made durable so far."""
    try:
        connection = connect_readonly(file)
    except ArchiveError:
        return 0
    (count,) = connection.execute("SELECT count(*) FROM captures").fetchone()
    connection.close()
    return int(count)


def test_every_reason_is_documented() -> None:
    """docs/backfill.md names what things are counted under, and every option of the verb."""
    text = (ROOT / "docs" / "backfill.md").read_text(encoding="utf-8")
    sources = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "schedules" / "sources").glob("*.py"))
    reasons = set(re.findall(r'(?:Unusable\(|left_out\[|return )"([a-z][\w ,:-]+ [\w ,:-]+)"', sources))
    assert len(reasons) > 20
    assert {reason for reason in reasons if reason not in text} == set()
    options = {option for parameter in backfill_cli.backfill.params for option in parameter.opts if option[:2] == "--"}
    assert {option for option in options if option not in text} == set()
