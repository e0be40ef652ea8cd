"""A backfill over several workers: the same readings from one process, spawned processes and Dask, also when killed."""

import asyncio
import gc
import os
import signal
import sqlite3
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import WarcRecord

from schedules import partitions as cutting
from schedules import spread as spreading
from schedules.engines import open_engine
from schedules.fill import fill
from schedules.journal import Journal, left_in
from schedules.partitions import Partition, cut
from schedules.report import Report
from schedules.shards import fill_shard
from schedules.sources import warc_records
from schedules.sources.found import Name, Wanted
from schedules.sources.opening import Asked
from schedules.spread import Spread, spread_out
from scraper.errors import ConfigError, FrontpageError
from scraper.instants import compact
from scraper.model import Origin
from storage.apart import Apart
from storage.archive import Archive
from storage.backfills import Offered, refuse
from storage.exports import Selection
from storage.formats import Export, Format, write_apart
from storage.merge import merge
from storage.schema import connect_readonly
from tests import poison
from tests.made import NOON
from tests.past import EVERYTHING, HOURS, SITE, URL, counts, filled, page, readings, save_pages, settings_in
from tests.test_source_git import Repository
from tests.warcs import Warc, write_past


@pytest.fixture
def warcs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Six files of one capture each, and parts of one file each."""
    monkeypatch.setattr(cutting, "MIN_BYTES", 1)
    for number, instant in enumerate(HOURS):
        write_past(tmp_path / "warcs" / f"{number}.warc.gz", [instant])
    return tmp_path / "warcs"


def spread(
    folder: Path, place: Path, engine: Any, *, source: str = "warc", workers: int = 2, wanted: Wanted = EVERYTHING,
    apart: bool = False,
) -> Report:  # fmt: skip
    """The report of a run on an engine into the archive in the folder."""
    folder.mkdir(exist_ok=True)
    report = Report(site="courier", source=source, wanted=wanted)
    asked = Asked(source=source, place=str(place))
    spread_out(
        settings_in(folder), SITE, asked, report=report, open_engine=engine, workers=workers, now=NOON, apart=apart
    )
    return report


async def test_parts_are_ranges_of_at_least_fifty_captures(tmp_path: Path) -> None:
    """Together they are the whole, and they say paths and times, no bodies."""
    instants = [NOON + timedelta(minutes=minute) for minute in range(220)]
    (tmp_path / "pages").mkdir()
    for instant in instants:
        (tmp_path / "pages" / f"{instant:%Y%m%d%H%M%S}.html").touch()
    asked = Asked(source="files", place=str(tmp_path / "pages"))
    parts = await cut(settings_in(tmp_path), SITE, asked, EVERYTHING, shards=tmp_path / "shards", workers=4)
    assert [(part.wanted.since, part.wanted.until) for part in parts] == [
        (None, instants[50]), (instants[50], instants[100]), (instants[100], instants[150]),
        (instants[150], instants[200]), (instants[200], None),
    ]  # fmt: skip
    assert all(sum(part.wanted.covers(instant) for part in parts) == 1 for instant in instants)
    assert len({part.shard for part in parts}) == 5


@pytest.mark.parametrize(
    ("source", "wanted", "says"),
    [
        ("wayback", Wanted(), "asks one server at its limits"),
        ("memento", Wanted(limit=1), "asks one server at its limits"),
    ],
)
async def test_what_cannot_be_cut_says_so(tmp_path: Path, source: str, wanted: Wanted, says: str) -> None:
    """Limits of a server are not for many machines: its captures are fetched by one process, at one pace."""
    with pytest.raises(ConfigError, match=says):
        await cut(settings_in(tmp_path), SITE, Asked(source=source), wanted, shards=tmp_path, workers=2)


def test_dask_without_an_address_says_so() -> None:
    """The remedy is named before anything starts."""
    with pytest.raises(ConfigError, match="needs --scheduler"), open_engine("dask", workers=1):
        pass


@pytest.mark.parametrize(
    ("scheduler", "error", "says"),
    [
        ("nonsense", ConfigError, "write one such as"),
        ("foo://127.0.0.1:1", ConfigError, "unknown address scheme"),
        ("tcp://127.0.0.1:1", FrontpageError, "Timed out"),
    ],
)
def test_a_scheduler_that_cannot_be_had_is_named(scheduler: str, error: type[FrontpageError], says: str) -> None:
    """Wrong is the address, or the machine."""
    import dask
    import distributed  # noqa: F401 - its defaults are there before one is changed

    soon = dask.config.set({"distributed.comm.timeouts.connect": "100ms"})
    raised = pytest.raises(error, match=f"--scheduler {scheduler}: .*{says}")
    with soon, raised, open_engine("dask", workers=1, scheduler=scheduler):
        pass
    # A client that failed closes when it is freed. Were that in the thread that a later client starts, each would wait
    # for the other: `LoopRunner.start` holds the lock that `stop` takes.
    del raised
    gc.collect()


async def test_a_shard_is_there_only_when_it_is_whole(tmp_path: Path, warcs: Path) -> None:
    """A worker that ends in the middle leaves no shard; one that is there is not filled again."""
    asked = Asked(source="warc", place=str(warcs))
    parts = await cut(settings_in(tmp_path), SITE, asked, EVERYTHING, shards=tmp_path / "shards", workers=2)
    broken = replace(parts[0], asked=replace(asked, place="", volumes=()))
    engine = ThreadPoolExecutor(1)
    with engine, pytest.raises(ConfigError):
        engine.submit(fill_shard, broken).result()
    assert names(tmp_path / "shards") == []
    with ThreadPoolExecutor(1) as engine:
        first = engine.submit(fill_shard, parts[0]).result()
        assert first["taken"] == 1
        again = engine.submit(fill_shard, parts[0]).result()
    assert {key: again[key] for key in first} == first
    assert [name for name in names(tmp_path / "shards") if name.endswith(".db")] == [parts[0].shard.name]


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


@pytest.fixture
async def expected(tmp_path: Path) -> str:
    """The readings of the same captures, filled by one process."""
    (tmp_path / "alone").mkdir()
    await filled(tmp_path / "alone", "files", save_pages(tmp_path / "pages"))
    return readings(tmp_path / "alone")


def test_spawned_processes_give_equal_readings(tmp_path: Path, warcs: Path, expected: str) -> None:
    """Shards are merged and removed; a second run finds all of it known."""
    engine = partial(open_engine, "processes", workers=2)
    assert counts(spread(tmp_path / "many", warcs, engine)) == (6, 6, 0, 0)
    assert readings(tmp_path / "many") == expected
    assert not (tmp_path / "many" / "archive.shards").exists()
    assert counts(spread(tmp_path / "many", warcs, engine)) == (6, 0, 6, 0)


class Killing(Executor):
    """An engine that breaks, as spawned processes do, at every part whose volume is named; counts its lives."""

    lives = 0

    def __init__(self, deadly: str, times: int) -> None:
        Killing.lives += 1
        self._deadly, self._times = deadly, times
        self._pool = ThreadPoolExecutor(1)
        self._is_broken = False

    def submit(self, act: Any, part: Partition) -> "Future[Any]":  # type: ignore[override]
        self._is_broken |= part.asked.volumes[0].path.name == self._deadly and Killing.lives <= self._times
        if not self._is_broken:
            return self._pool.submit(act, part)
        future: Future[Any] = Future()
        future.set_exception(BrokenProcessPool("a worker was killed"))
        return future

    def __exit__(self, *error: object) -> None:
        self._pool.shutdown()


@pytest.mark.parametrize(("times", "failed"), [(1, 0), (99, 1)])
def test_a_part_that_kills_its_worker_is_tried_again_alone(
    tmp_path: Path, warcs: Path, expected: str, times: int, failed: int
) -> None:
    """Killed once, it is done after all; killed twice, it is named, and all others are there."""
    Killing.lives = 0
    report = spread(tmp_path / "many", warcs, partial(Killing, "2.warc.gz", times))
    assert (report.taken, report.failed) == (6 - failed, failed)
    if failed:
        assert report.problems == [f"{warcs / '2.warc.gz'}: killed its worker twice"]
        assert sum(name.endswith(".db") for name in names(tmp_path / "many" / "archive.shards")) == 5
        assert set(readings(tmp_path / "many").splitlines()) < set(expected.splitlines())
    else:
        assert readings(tmp_path / "many") == expected


def test_an_ordinary_error_costs_its_part(tmp_path: Path, warcs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told with what it was about; nothing is tried again."""

    def fail(part: Partition) -> dict[str, Any]:
        raise sqlite3.OperationalError("disk full")

    monkeypatch.setattr(spreading, "fill_shard", fail)
    report = Report(site="courier", source="warc")
    run = Spread(partial(ThreadPoolExecutor, 1), at_once=2, report=report, tick=lambda: None)
    part = Partition(
        settings=settings_in(tmp_path), slug="courier", asked=Asked(source="files", place="pages"), wanted=Wanted(),
        shards=tmp_path,
    )  # fmt: skip
    run.run([part])
    assert (run.done, report.problems) == ([], ["pages from None to None: disk full"])


@pytest.mark.fault(27)
def test_a_shard_that_was_damaged_is_told_and_stays(
    tmp_path: Path, warcs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left of it is merged with the others; none is deleted before somebody has seen to it."""
    filled_shards: list[Path] = []

    def fill_and_damage(part: Partition) -> dict[str, Any]:
        told = fill_shard(part)
        with Archive(part.shard) as shard:
            if not filled_shards:
                shard.connection.execute("UPDATE bodies SET data = x'28b52f'")
            filled_shards.append(part.shard)
        return told

    monkeypatch.setattr(spreading, "fill_shard", fill_and_damage)
    report = spread(tmp_path / "many", warcs, partial(ThreadPoolExecutor, 1))
    assert (report.taken, report.failed) == (len(HOURS), 1)
    assert report.problems[0].startswith(f"{filled_shards[0]}: courier/")
    assert "is damaged" in report.problems[0]
    assert all(shard.exists() for shard in filled_shards)


# -- chosen captures ---------------------------------------------------------------------------------------------------

CHOICES = (
    Wanted(every=7_200), Wanted(limit=4), Wanted(every=7_200, limit=2, since=HOURS[1]),
    Wanted(limit=1, until=HOURS[5]), Wanted(every=86_400, since=NOON - timedelta(days=1)),
)  # fmt: skip


@pytest.fixture
def twins(warcs: Path) -> Path:
    """The same files, and one that shares an instant with each of two of them, by other bytes."""
    with (warcs / "9.warc.gz").open("wb") as out:
        twin = Warc(out)
        for instant in (HOURS[0], HOURS[4]):
            twin.response(instant, page(instant).replace(b"</body>", b"<p>twin</p></body>"))
    return warcs


@pytest.mark.parametrize("source", ["warc", "files"])
@pytest.mark.parametrize("wanted", CHOICES)
async def test_parts_take_what_one_process_would_choose(
    tmp_path: Path, twins: Path, monkeypatch: pytest.MonkeyPatch, source: str, wanted: Wanted
) -> None:
    """--every and --limit choose among all before the work is cut; each part is told its own by name."""
    monkeypatch.setattr(cutting, "MIN_CAPTURES", 1)
    place = twins if source == "warc" else save_pages(tmp_path / "pages")
    (tmp_path / "alone").mkdir()
    alone = await filled(tmp_path / "alone", source, place, wanted=wanted)
    many = await asyncio.to_thread(
        spread, tmp_path / "many", place, partial(ThreadPoolExecutor, 2), source=source, wanted=wanted
    )
    assert counts(many) == counts(alone)
    assert many.days == alone.days
    assert readings(tmp_path / "many") == readings(tmp_path / "alone")
    assert sha256s(tmp_path / "many") == sha256s(tmp_path / "alone")


def sha256s(folder: Path) -> list[tuple[int, bytes]]:
    """(instant, sha256) of all captures."""
    connection = connect_readonly(folder / "archive.db")
    rows = connection.execute(
        "SELECT instant, sha256 FROM captures JOIN bodies ON bodies.id = body_id ORDER BY instant, sha256"
    ).fetchall()
    connection.close()
    return rows


# -- revisits ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def crossing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three parts of one file each: originals in each, revisits in all of them, and one whose original is gone."""
    monkeypatch.setattr(cutting, "MIN_BYTES", 1)
    folder = tmp_path / "crossing"
    folder.mkdir()
    with (
        (folder / "a.warc.gz").open("wb") as a,
        (folder / "b.warc.gz").open("wb") as b,
        (folder / "c.warc").open("wb") as c,
        (tmp_path / "lost").open("wb") as lost,
    ):
        first, second, third = Warc(a), Warc(b), Warc(c, is_gzipped=False)
        original = first.response(HOURS[0], page(HOURS[0]))
        last = third.response(HOURS[5], page(HOURS[5]))
        first.revisit(HOURS[1], last)
        second.revisit(HOURS[2], original)
        second.revisit(HOURS[3], last, status="304 Not Modified")
        second.response(HOURS[4], page(HOURS[4]))
        third.revisit(HOURS[4] + timedelta(minutes=1), original)
        third.revisit(HOURS[4] + timedelta(minutes=2), Warc(lost).response(NOON, page(NOON) + b"lost"))
    return folder


@pytest.mark.parametrize("wanted", [EVERYTHING, *CHOICES])
async def test_originals_of_revisits_are_found_in_other_parts(tmp_path: Path, crossing: Path, wanted: Wanted) -> None:
    """Before and behind, also of a 304 and of what --every and --limit choose: as one process finds them."""
    (tmp_path / "alone").mkdir()
    alone = await filled(tmp_path / "alone", "warc", crossing, wanted=wanted)
    many = await asyncio.to_thread(spread, tmp_path / "many", crossing, partial(ThreadPoolExecutor, 2), wanted=wanted)
    assert counts(many) == counts(alone)
    assert readings(tmp_path / "many") == readings(tmp_path / "alone")
    assert sha256s(tmp_path / "many") == sha256s(tmp_path / "alone")
    if wanted == EVERYTHING:
        assert (counts(many), many.quarantined) == ((7, 7, 0, 0), {"a revisit without its original": 1})
        assert not (tmp_path / "many" / "archive.shards").exists()


def test_revisits_left_over_are_looked_for_anew_by_the_run_that_ends_the_work(
    tmp_path: Path, crossing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a part fails its originals are missing; nothing of the first attempt stays."""

    def fail(part: Partition) -> dict[str, Any]:
        if part.asked.volumes and part.asked.volumes[0].path.name == "c.warc":
            raise sqlite3.OperationalError("disk full")
        return fill_shard(part)

    with monkeypatch.context() as patch:
        patch.setattr(spreading, "fill_shard", fail)
        report = spread(tmp_path / "many", crossing, partial(ThreadPoolExecutor, 1))
    assert (counts(report), report.quarantined) == ((3, 3, 0, 1), {"a revisit without its original": 2})
    again = spread(tmp_path / "many", crossing, partial(ThreadPoolExecutor, 1))
    assert (counts(again), again.quarantined) == ((7, 4, 3, 0), {"a revisit without its original": 1})
    assert not (tmp_path / "many" / "archive.shards").exists()


# -- captures that kill -----------------------------------------------------------------------------------------------


@pytest.fixture
def poisoned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two files of three captures each; loading the second of the first file kills whoever does it."""
    monkeypatch.setattr(cutting, "MIN_BYTES", 1)
    monkeypatch.setattr(spreading, "fill_shard", poison.fill_shard)
    folder = tmp_path / "poisoned"
    write_past(folder / "b.warc.gz", HOURS[3:])
    with (folder / "a.warc.gz").open("wb") as out:
        warc = Warc(out)
        for place in range(3):
            warc.response(HOURS[place], poison.POISON if place == 1 else page(HOURS[place]))
    return folder


def check_quarantine(folder: Path, report: Report, expected: str) -> None:
    """One capture is quarantined, with its reason and its name, and all others are there."""
    assert counts(report) == (6, 5, 0, 0)
    assert report.quarantined == {"killed its worker twice": 1}
    assert report.problems == [f"2026-11-24T13:00:00Z {URL}: killed its worker twice"]
    lines = expected.splitlines(keepends=True)
    assert readings(folder) == "".join(lines[:1] + lines[2:])
    assert not (folder / "archive.shards").exists()


def test_a_capture_that_kills_its_process_twice_is_quarantined(tmp_path: Path, poisoned: Path, expected: str) -> None:
    """Alone; a second run knows it, and kills nobody."""
    opened = 0

    @contextmanager
    def engine() -> Iterator[Executor]:
        nonlocal opened
        opened += 1
        with open_engine("processes", workers=2) as pool:
            yield pool

    check_quarantine(tmp_path / "many", spread(tmp_path / "many", poisoned, engine), expected)
    opened = 0
    again = spread(tmp_path / "many", poisoned, engine)
    assert (counts(again), again.quarantined, opened) == ((6, 0, 5, 0), {"killed its worker twice": 1}, 1)


def test_captures_of_one_second_are_quarantined_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of five that share instant and address kill their worker; the other three are taken, also by another run."""
    monkeypatch.setattr(cutting, "MIN_BYTES", 1)
    monkeypatch.setattr(spreading, "fill_shard", poison.fill_shard)
    (tmp_path / "warcs").mkdir()
    with (tmp_path / "warcs" / "a.warc.gz").open("wb") as out:
        warc = Warc(out)
        for place in range(5):
            killer = poison.POISON if place in (1, 3) else b""
            warc.response(NOON, page(NOON) + b"<!-- %d -->" % place + killer)
    engine = partial(open_engine, "processes", workers=2)
    for taken, known in ((3, 0), (0, 3)):
        report = spread(tmp_path / "many", tmp_path / "warcs", engine)
        assert (counts(report), report.quarantined) == ((5, taken, known, 0), {"killed its worker twice": 2})
    assert len(sha256s(tmp_path / "many")) == 3


async def test_captures_of_one_second_are_taken_one_by_one_wherever_they_stand(tmp_path: Path) -> None:
    """With a journal as well, and with another capture between them."""
    with (tmp_path / "a.warc.gz").open("wb") as out:
        warc = Warc(out)
        for instant, body in ((NOON, page(NOON)), (HOURS[1], page(HOURS[1])), (NOON, page(HOURS[2]))):
            warc.response(instant, body)
    report = Report(site="courier", source="warc")
    asked = Asked(source="warc", place=str(tmp_path / "a.warc.gz"), is_careful=True)
    journal = Journal(tmp_path / "part.journal")
    await fill(settings_in(tmp_path), SITE, asked, report=report, workers=1, journal=journal)
    assert counts(report) == (3, 3, 0, 0)


async def test_one_process_leaves_alone_what_killed_another(
    tmp_path: Path, poisoned: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an archive has in quarantine is not loaded by a run without an engine either."""
    (tmp_path / "one").mkdir()
    with Archive(tmp_path / "one" / "archive.db") as archive:
        offered = Offered(site="courier", origin=Origin.WARC, instant=HOURS[1], url=URL)
        refuse(archive, offered, "killed its worker twice")
    loaded: list[bytes] = []

    def load(record: WarcRecord) -> bytes:
        loaded.append(poison._block_of(record))
        return loaded[-1]

    monkeypatch.setattr(warc_records, "block_of", load)
    report = await filled(tmp_path / "one", "warc", poisoned)
    assert counts(report) == (6, 5, 0, 0)
    assert len(loaded) == 5
    assert not any(poison.POISON in block for block in loaded)


def test_what_a_killer_leaves_in_its_journal(tmp_path: Path) -> None:
    """The capture that was under way, with its key; nothing where none was, no journal, a torn one."""
    journal, name = Journal(tmp_path / "part.journal"), Name(NOON, URL, "<urn:uuid:1>")
    assert left_in(tmp_path / "part.journal") is None
    with journal.taking(name):
        assert left_in(tmp_path / "part.journal") == name
    assert left_in(tmp_path / "part.journal") is None
    (tmp_path / "part.journal").write_text('["2026-')
    assert left_in(tmp_path / "part.journal") is None
    assert left_in(tmp_path / "nothing.journal") is None


# -- Dask -------------------------------------------------------------------------------------------------------------


@contextmanager
def cluster(**settings: object) -> Iterator[Any]:
    """A scheduler and two workers, each a process of its own, on loopback."""
    import dask
    import distributed

    with (
        dask.config.set({"distributed.worker.daemon": False} | settings),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, memory_limit=None
        ) as local,
    ):
        yield local


@pytest.mark.filterwarnings("ignore")  # Dask's own, of sockets and loops that it leaves to the garbage collector
def test_dask_gives_equal_readings_also_when_a_worker_is_killed(tmp_path: Path, warcs: Path, expected: str) -> None:
    """Killed in the middle, the worker's parts are done by another."""
    with cluster() as local:
        engine = partial(open_engine, "dask", workers=2, scheduler=local.scheduler_address)
        killed = False

        def kill() -> None:
            nonlocal killed
            if not killed:
                killed = True
                os.kill(next(iter(local.workers.values())).pid, signal.SIGKILL)

        (tmp_path / "many").mkdir()
        report = Report(site="courier", source="warc")
        spread_out(
            settings_in(tmp_path / "many"), SITE, Asked(source="warc", place=str(warcs)), report=report,
            open_engine=engine, workers=2, now=NOON, tick=kill,
        )  # fmt: skip
    assert killed
    assert counts(report) == (6, 6, 0, 0)
    assert readings(tmp_path / "many") == expected


def test_shards_that_stay_do_not_hide_what_came_since(tmp_path: Path) -> None:
    """Saved pages and commits: a part of which something is new or mended is filled anew, any other is known."""
    made, pages = Repository(tmp_path / "scrape"), tmp_path / "pages"
    engine = partial(ThreadPoolExecutor, 1)

    def run(source: str, place: Path) -> tuple[int, int, int, int]:
        return counts(spread(tmp_path / source, place, engine, source=source, apart=True))

    for kept, known in ((HOURS[:3], ()), ((), HOURS[:3]), (HOURS[3:], ()), ((), HOURS)):
        save_pages(pages, kept)
        for instant in kept:
            made.commit(instant, page(instant))
        found = len(known) or sum(1 for _ in pages.iterdir())
        for source, place in (("files", pages), ("git", tmp_path / "scrape" / "index.html")):
            assert run(source, place) == (found, found - len(known), len(known), 0)
    (pages / f"{compact(NOON)}.html").write_bytes(page(NOON) + b"<!-- mended -->")
    assert run("files", pages) == (6, 6, 0, 0)
    for source, captures in (("files", 7), ("git", 6)):
        with Apart([tmp_path / source / "archive.shards"]) as apart:
            write_apart(apart, Export(what="captures", form=Format.JSONL, selection=Selection()), out := BytesIO())
        assert len(out.getvalue().splitlines()) == captures


@pytest.mark.parametrize("wanted", [Wanted(limit=20), Wanted(every=3_600)])
def test_shards_of_chosen_captures_do_not_hide_a_mended_file(tmp_path: Path, wanted: Wanted) -> None:
    """Chosen by --limit or --every, it is the same capture by its name, and another by its state."""
    pages = save_pages(tmp_path / "pages")

    def run() -> tuple[int, int, int, int]:
        engine = partial(ThreadPoolExecutor, 1)
        return counts(spread(tmp_path / "files", pages, engine, source="files", wanted=wanted, apart=True))

    assert run() == (6, 6, 0, 0)
    assert run() == (6, 0, 6, 0)
    (pages / f"{compact(NOON)}.html").write_bytes(page(NOON) + b"<!-- mended -->")
    assert run() == (6, 6, 0, 0)


ASKED = ("readings", "leads", "stories", "wordings")


def asked_apart(folder: Path) -> dict[str, bytes]:
    """What the archives in a folder answer as one."""
    told = {}
    with Apart([folder]) as apart:
        for what in ASKED:
            write_apart(apart, Export(what=what, form=Format.JSONL, selection=Selection()), out := BytesIO())
            told[what] = out.getvalue()
    return told


@pytest.mark.filterwarnings("ignore")  # as above
async def test_shards_that_dask_leaves_apart_answer_as_one_run_s_archive(
    tmp_path: Path, crossing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two workers, one killed within a part; revisits across the parts; whole shards and nothing torn are left."""
    monkeypatch.setattr(spreading, "fill_shard", poison.fill_shard_dying_once)
    for number in range(6):
        instants = [NOON + timedelta(days=1 + number, minutes=15 * quarter) for quarter in range(4)]
        write_past(crossing / f"d{number}.warc.gz", instants)
    (tmp_path / "alone").mkdir()
    alone = await filled(tmp_path / "alone", "warc", crossing)
    report = Report(site="courier", source="warc")
    (tmp_path / "many").mkdir()

    def spread_apart() -> None:
        with cluster() as local:
            engine = partial(open_engine, "dask", workers=2, scheduler=local.scheduler_address)
            spread_out(
                settings_in(tmp_path / "many"), SITE, Asked(source="warc", place=str(crossing)), report=report,
                open_engine=engine, workers=2, now=NOON, apart=True,
            )  # fmt: skip

    await asyncio.to_thread(spread_apart)
    assert (tmp_path / "many" / "died").exists()
    assert (counts(report), report.quarantined) == (counts(alone), alone.quarantined)
    folder = tmp_path / "many" / "archive.shards"
    assert {file.suffix for file in folder.iterdir()} == {".db", ".originals"}
    assert asked_apart(folder) == asked_apart(tmp_path / "alone")
    with Archive(tmp_path / "archive.db") as archive:
        for shard in sorted(folder.glob("*.db")):
            merge(archive, shard)
    assert readings(tmp_path) == readings(tmp_path / "alone")
    assert sha256s(tmp_path) == sha256s(tmp_path / "alone")


@pytest.mark.filterwarnings("ignore")  # as above
def test_a_capture_that_kills_dask_s_workers_is_quarantined(tmp_path: Path, poisoned: Path, expected: str) -> None:
    """Dask tries its part on some workers and gives it up; the capture is found all the same, and all else is taken."""
    with cluster(**{"distributed.scheduler.allowed-failures": 1}) as local:
        engine = partial(open_engine, "dask", workers=2, scheduler=local.scheduler_address)
        report = spread(tmp_path / "many", poisoned, engine)
    check_quarantine(tmp_path / "many", report, expected)
