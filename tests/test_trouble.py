"""Trouble with the disk and with company: no space, a disk that only reads, upgrades cut off, everyone at once."""

import asyncio
import hashlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest
from sqlite_utils import Database

from demo.library import paper
from schedules.backfill import Backfill
from schedules.once import open_pipeline
from schedules.owed import Owed
from schedules.report import Report
from schedules.sources.files import Files
from schedules.tasks import task_group
from schedules.writer import Writer
from scraper.errors import ArchiveError
from scraper.model import Outcome
from storage import schema
from storage.archive import Archive
from storage.backup import backup
from storage.observations import Observations
from storage.rebuilding import mend, sweep
from storage.schema import MIGRATIONS, connect, connect_readonly
from storage.verify import verify
from tests import made, past
from tests.clocks import StoppedClock
from tests.made import NOON
from tests.newsstand import Newsstand
from tests.past import save_pages
from tests.readonly import on_read_only
from tests.test_verify import flip
from tests.watching import PATIENCE_S, ledger, rows, running, settled, until, watched
from tests.world import config_file, settings_of
from web.server import application

ROOT = Path(__file__).parents[1]
ENOUGH = 1_073_741_823  # pages: SQLite's own bound, so none


def limit_space(archive: Archive, pages: int) -> None:
    """Let the file grow to so many pages: SQLITE_FULL, as on a full disk."""
    archive.connection.execute(f"PRAGMA max_page_count = {pages}").fetchone()


@pytest.mark.fault(21)
async def test_a_daemon_outlives_a_full_disk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without space a visit fails and the log says why; with space the next is as good as ever, nothing is torn."""
    async with watched(tmp_path) as courier:
        await courier.settled(1)
        await courier.daemon._writer.do(lambda archive: limit_space(archive, 1))
        courier.clock.advance(hours=12)  # another page altogether, which needs space
        await until(lambda: "disk is full" in capsys.readouterr().out, "the alarm")
        await courier.settled(49)
        await courier.daemon._writer.do(lambda archive: limit_space(archive, ENOUGH))
        courier.clock.advance(minutes=15)
        await courier.settled(50)
    assert [outcome for *_, outcome in ledger(courier.archive)][-2:] == ["failed", "new-edition"]
    with Archive(courier.archive) as archive:
        assert verify(archive.connection).bad == ()


@pytest.mark.fault(21)
async def test_a_full_disk_ends_a_backfill_in_words(tmp_path: Path) -> None:
    """One error that says so, however many captures were under way; with space, another run does what is missing."""
    settings, report = past.settings_in(tmp_path), Report(site="courier", source="files")
    source = Files(save_pages(tmp_path / "pages"), past.SITE)
    async with open_pipeline(settings, gate=None, clock=StoppedClock(NOON), workers=1) as (pipeline, writer):
        run = Backfill(pipeline=pipeline, writer=writer, site=past.SITE, source=source, report=report)
        await writer.do(lambda archive: limit_space(archive, 1))
        with pytest.raises(ArchiveError, match="disk is full"):
            await run.run(past.EVERYTHING, at_once=8)
    assert past.counts(await past.filled(tmp_path, "files", tmp_path / "pages")) == (6, 6, 0, 0)


async def test_only_errors_that_are_told_in_words_end_tasks_as_themselves() -> None:
    """A mistake of ours among them keeps all their tracebacks."""

    async def fail(error: Exception) -> None:
        raise error

    async def fail_together(errors: Sequence[Exception]) -> None:
        async with task_group() as tasks:
            for error in errors:
                tasks.create_task(fail(error))

    for errors, told in (
        ([ArchiveError("disk is full"), ArchiveError("disk is full")], ArchiveError),
        ([ArchiveError("disk is full"), ValueError()], ExceptionGroup),
        ([ValueError()], ExceptionGroup),
    ):
        with pytest.raises(told):
            await fail_together(errors)


def set_query_only(archive: Archive, state: str) -> None:
    """Refuse all that writes, or no more."""
    archive.connection.execute(f"PRAGMA query_only = {state}").fetchone()


@pytest.mark.fault(21)
async def test_rows_that_cannot_be_written_are_owed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where not even the ledger's row has space, it is written as soon as there is some."""
    async with watched(tmp_path) as courier:
        await courier.settled(1)
        await courier.daemon._writer.do(lambda archive: set_query_only(archive, "ON"))
        courier.clock.advance(minutes=15)
        await until(lambda: "ledger not written" in capsys.readouterr().out, "the alarm")
        await courier.daemon._writer.do(lambda archive: set_query_only(archive, "OFF"))
        await courier.settled(2)
    assert [outcome for *_, outcome in ledger(courier.archive)] == ["new-edition", "failed"]


@pytest.mark.fault(21)
async def test_a_full_disk_is_not_filled_by_the_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be written is told when that begins, once a minute, and when it ends; whatever is tried meanwhile."""
    seconds = iter((0, 1, 59, 60, 61))
    owed, said = Owed(now=lambda: next(seconds)), list[str]()
    with Writer(tmp_path / "archive.db", observer="home") as writer:
        await writer.do(lambda archive: set_query_only(archive, "ON"))
        for slug in ("courier", "herald", "post", "times"):
            owed.add(slug, (NOON, NOON, Outcome.MISSED, "nobody looked", None))
            await owed.pay(writer)
            said.append(capsys.readouterr().out)
        await writer.do(lambda archive: set_query_only(archive, "OFF"))
        await owed.pay(writer)
        await owed.pay(writer)
    again = capsys.readouterr().out
    assert [text.count("ledger not written") for text in said] == [1, 0, 0, 1]
    assert "rows=4" in said[-1]
    assert "sites=4" in said[-1]
    assert (len(owed), again.count("ledger written again")) == (0, 1)


def run_read_only(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = on_read_only(folder, sys.executable, "-m", "frontpage", *arguments)
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE_S)


@pytest.fixture
def frozen(tmp_path: Path) -> Path:
    """A folder with a configuration and an archive of one capture."""
    with Archive(tmp_path / "archive.db") as archive:
        made.keep(archive, NOON, made.page("bridge", "ferry"))
    site = '[[sites]]\nslug = "courier"\nname = "c"\nurl = "https://courier.example/"\ntimezone = "UTC"\nevery = "1h"\n'
    (tmp_path / "config.toml").write_text(f'[archive]\npath = "archive.db"\n{site}')
    return tmp_path


@pytest.mark.fault(22)
@pytest.mark.namespaces
def test_a_daemon_on_a_read_only_file_system_says_why_it_ends(frozen: Path) -> None:
    """Exit 1 and one line: what cannot be written, and why."""
    done = run_read_only(frozen, "--config", frozen / "config.toml", "run", "--no-web")
    assert done.returncode == 1
    assert "Read-only file system" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.fault(22)
@pytest.mark.namespaces
def test_questions_are_answered_on_a_read_only_file_system(frozen: Path) -> None:
    """`show` answers, though SQLite cannot make a file beside the archive."""
    done = run_read_only(frozen, "show", "courier", "--archive", frozen / "archive.db", "--at", "2026-11-24T13:00Z")
    assert done.returncode == 0, done.stderr
    assert "Headline of bridge" in done.stdout


@pytest.mark.fault(22)
@pytest.mark.namespaces
async def test_the_reading_room_works_on_a_read_only_file_system(frozen: Path) -> None:
    """It starts, and shows the front page."""
    command = on_read_only(frozen, sys.executable, "-m", "web.server", frozen / "archive.db", "127.0.0.1", 0)
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    try:
        address = (await asyncio.wait_for(process.stdout.readline(), PATIENCE_S)).decode().strip()
        async with httpx.AsyncClient(trust_env=False) as client:
            assert "Headline of bridge" in (await client.get(f"{address}site/courier/at/20261124130000")).text
    finally:
        process.terminate()
        await process.wait()


@pytest.mark.fault(22)
@pytest.mark.namespaces
def test_what_a_killed_daemon_left_in_its_wal_is_not_passed_over(frozen: Path) -> None:
    """An archive that is frozen in the middle of its work is read with its WAL, never without it."""
    with Archive(frozen / "archive.db") as archive:
        made.keep(archive, made.at(15), made.page("harbour", "ferry"))
        done = run_read_only(frozen, "show", "courier", "--archive", frozen / "archive.db", "--at", "2026-11-24T13:00Z")
    assert "Headline of harbour" in done.stdout, done.stderr


# Asks as somebody who may read an archive and not write to its folder: root may write everywhere, and is nobody then.
ASKS = """
import os, sys
from pathlib import Path
from storage.schema import connect_readonly
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
print(connect_readonly(Path(sys.argv[1])).execute("SELECT count(*) FROM captures").fetchone()[0])
"""


@pytest.fixture
def of_others() -> Iterator[Path]:
    """A folder that everybody may look into, and nobody write to once a test says so."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


def captures_seen(archive: Path) -> str:
    command = [sys.executable, "-c", ASKS, str(archive)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    return done.stdout.strip() or done.stderr


@pytest.mark.fault(22)
def test_an_archive_in_a_folder_of_others_is_read(of_others: Path) -> None:
    """While nobody has it open, and beside whoever writes to it, with what only the WAL has so far."""
    with Archive(of_others / "archive.db") as archive:
        made.keep(archive, NOON, made.page("flood"))
    of_others.chmod(0o555)
    assert captures_seen(of_others / "archive.db") == "1"
    of_others.chmod(0o755)
    with Archive(of_others / "archive.db") as archive:
        of_others.chmod(0o555)
        assert captures_seen(of_others / "archive.db") == "1"
        made.keep(archive, made.at(15), made.page("ferry"))
        assert captures_seen(of_others / "archive.db") == "2"
        archive.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        assert captures_seen(of_others / "archive.db") == "2"
        of_others.chmod(0o755)


# For every number that it is told, a process that dies as it opens an archive: every SQL statement is counted, and at
# the nth of them the power goes.
DIES = """
import os, sqlite3, sys
from pathlib import Path
from storage.schema import connect
real = sqlite3.connect
def traced(*arguments, **named):
    connection = real(*arguments, **named)
    def count(statement):
        left[0] -= 1
        if left[0] < 0:
            os._exit(9)
    connection.set_trace_callback(count)
    return connection
for line in sys.stdin:
    if os.fork() == 0:
        left = [int(line)]
        sqlite3.connect = traced
        connect(Path(sys.argv[1])).close()
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.wait()[1]), flush=True)
"""


@contextmanager
def killed_at(path: Path) -> Iterator[Callable[[int], bool]]:
    """What opens the archive for writing and dies at its nth SQL statement; False where it opened before."""
    command = [sys.executable, "-c", DIES, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        told, answers = process.stdin, process.stdout
        assert told
        assert answers

        def kill_at(statement: int) -> bool:
            print(statement, file=told, flush=True)
            code = int(answers.readline())
            assert code in (0, 9)
            return code == 9

        yield kill_at


def old_archive(path: Path) -> None:
    """An archive of the first release, with a capture in it."""
    connection = sqlite3.connect(path, isolation_level=None)
    schema._configure_new(connection)
    schema._tune(connection)
    MIGRATIONS.apply(Database(connection, execute_plugins=False), stop_before=_names()[1])
    connection.execute("INSERT INTO observers (name) VALUES ('home')")
    connection.close()


def _names() -> list[str]:
    return [migration.name for migration in MIGRATIONS._migrations]


def applied(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        return [row.name for row in MIGRATIONS.applied(Database(connection, execute_plugins=False))]
    finally:
        connection.close()


@pytest.mark.fault(29)
def test_a_migration_killed_at_each_step_is_done_or_not_done(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """An old archive whose upgrade is killed at any of its statements is the old one or the new one, and opens."""
    path = tmp_path / "archive.db"
    old_archive(path)
    seen = set()
    with killed_at(path) as kill_at:
        for statement in count():
            is_killed = kill_at(statement)
            seen.add(len(applied(path)))
            if not is_killed:
                break
    record_property("steps", statement + 1)
    assert seen == {1, len(_names())}
    with Archive(path) as archive:
        assert archive.connection.execute("SELECT name FROM observers").fetchall() == [("home",)]
        assert verify(archive.connection).bad == ()


def test_an_upgrade_brings_the_empty_body_back(tmp_path: Path) -> None:
    """Earlier versions let it go, and with it all that 304s of any site stood for."""
    path = tmp_path / "archive.db"
    old_archive(path)
    connection = sqlite3.connect(path)
    empty = hashlib.sha256(b"").digest()
    connection.execute("INSERT INTO bodies (id, sha256, size, step, level) VALUES (1, ?, 0, 0, 3)", (empty,))
    connection.execute("INSERT INTO removals (body_id, removed_at, reason) VALUES (1, 0, 'pruned')")
    connection.commit()
    connection.close()
    with Archive(path) as archive:
        assert archive.bodies.load(1) == b""
        assert verify(archive.connection).bad == ()


def undo(connection: sqlite3.Connection, migration: str) -> None:
    """Have the archive believe that a migration was not applied to it."""
    connection.execute("DELETE FROM _sqlite_migrations WHERE name LIKE ? || '%'", (migration,))


def test_an_upgrade_lets_the_first_by_name_speak(tmp_path: Path) -> None:
    """Of two observers' captures of one second the first that came spoke; now it is the first by name."""
    path = tmp_path / "archive.db"
    with Archive(path) as archive:
        for observer in ("oslo", "berlin"):
            row = archive.record(made.capture(NOON), observer=observer).capture_id
            archive.file(row, made.page(f"seen-by-{observer}"))
        archive.connection.execute("UPDATE observations SET capture_id = 1, front_page_id = 1")
        Observations(archive.connection).rebuild(1)
        undo(archive.connection, "m007")
    with Archive(path) as archive:
        assert [lead.headline for lead in archive.leads("courier")] == ["Headline of seen-by-berlin"]
        assert verify(archive.connection).bad == ()


@pytest.mark.fault(27, 29)
@pytest.mark.parametrize("row", [1, 2, 3])
@pytest.mark.parametrize("at_byte", [12, 20])
def test_an_upgrade_leaves_damage_to_reparse(tmp_path: Path, row: int, at_byte: int) -> None:
    """A page that stands for an instant of two observers, or beside it, is damaged: the archive opens all the same."""
    path = tmp_path / "archive.db"
    with Archive(path) as archive:
        made.keep(archive, made.at(-15), made.page("flood", "ferry"))
        for observer in ("oslo", "berlin"):
            instant = archive.record(made.capture(NOON), observer=observer).capture_id
            archive.file(instant, made.page(f"seen-by-{observer}"))
        made.keep(archive, made.at(15), made.page("ferry", "flood"))
        archive.connection.execute("UPDATE observations SET capture_id = 2, front_page_id = 2 WHERE capture_id = 3")
        Observations(archive.connection).rebuild(1)
        flip(archive, "front_pages", "placements", row, at_byte)
        undo(archive.connection, "m007")
    with Archive(path) as archive:
        assert any("`frontpage reparse" in problem.problem for problem in verify(archive.connection).bad)
        mend(archive, "courier")
        sweep(archive, "courier")
        assert verify(archive.connection).bad == ()


def test_an_upgrade_indexes_every_text_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What was indexed before in another way is found as if it came today; that it takes its time is told."""
    path = tmp_path / "archive.db"
    with Archive(path) as archive:
        made.keep(archive, NOON, made.page("flood", headlines={"flood": "ผลการเลือกตั้งทั่วไป"}))
        archive.connection.execute("DROP TABLE words")
        archive.connection.execute("CREATE VIRTUAL TABLE words USING fts5 (headline, summary, kicker, content = '')")
        undo(archive.connection, "m008")
    assert caplog.messages == []
    with Archive(path) as archive:
        assert len(archive.search("เลือกตั้ง")) == 1
    assert caplog.messages == [f"{path}: is upgraded, which takes minutes where it is large"]


def test_an_archive_is_backed_up_before_its_upgrade(tmp_path: Path) -> None:
    """Questions want the upgrade; a copy of the old one is had without, and is upgraded as it is opened."""
    old_archive(tmp_path / "archive.db")
    with pytest.raises(ArchiveError, match=r"has to be upgraded first; any writing verb does that, .*backup"):
        connect_readonly(tmp_path / "archive.db")
    backup(tmp_path / "archive.db", tmp_path / "copy.db")
    assert applied(tmp_path / "archive.db") == applied(tmp_path / "copy.db") == _names()[:1]
    with Archive(tmp_path / "copy.db") as copy:
        assert copy.connection.execute("SELECT name FROM observers").fetchall() == [("home",)]


@pytest.mark.fault(29)
@pytest.mark.parametrize("statement", [0, 2, 5, 9, 20, 40])
def test_an_archive_killed_while_it_is_made_is_made_by_the_next(tmp_path: Path, statement: int) -> None:
    """Half a new archive is none: the next to open it makes it whole."""
    path = tmp_path / "archive.db"
    with killed_at(path) as kill_at:
        assert kill_at(statement)
    connect(path).close()
    assert applied(path) == _names()


@asynccontextmanager
async def readers_of_the_room(path: Path) -> AsyncIterator[list[int]]:
    """Somebody who asks the reading room for its pages all the time; the statuses that came."""
    statuses: list[int] = []

    async def ask() -> None:
        transport = httpx.ASGITransport(application(path, host="127.0.0.1"))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            while True:
                statuses.append((await client.get("/site/courier")).status_code)
                await asyncio.sleep(0.02)

    task = asyncio.create_task(ask())
    yield statuses
    task.cancel()


async def verb(config: Path, *arguments: str) -> tuple[int, str]:
    """(exit code, stderr) of a verb in a process of its own."""
    command = (sys.executable, "-m", "frontpage", "--config", str(config), *arguments)
    pipe, null = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=null, stderr=pipe)
    _, log = await process.communicate()
    return process.returncode or 0, log.decode()


@pytest.mark.fault(26)
@pytest.mark.filterwarnings("ignore:unclosed database:ResourceWarning")  # Datasette's own, left to the collector
@pytest.mark.filterwarnings("ignore:There is no current event loop:DeprecationWarning")
async def test_all_who_use_an_archive_at_once_get_their_turn(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Daemon, backfill, repack, backup and reading room together: nobody hears that the database is locked."""
    clock = StoppedClock(NOON)
    async with Newsstand(clock.now) as stand:
        stand.add_paper(paper("courier"))
        settings = settings_of(tmp_path, stand)
        config = config_file(tmp_path, stand)
        pages = save_pages(tmp_path / "pages", [made.at(-60 * n) for n in range(1, 40)])
        async with running(settings, clock) as daemon:
            await settled(daemon, settings.archive.path, 1)
            async with readers_of_the_room(settings.archive.path) as statuses:
                verbs = asyncio.gather(
                    verb(config, "backfill", "files", "courier", str(pages)),
                    verb(config, "repack"),
                    verb(config, "backup", str(tmp_path / "copy.db")),
                )
                while not verbs.done():
                    clock.advance(minutes=15)
                    await asyncio.sleep(0.1)
                told = await verbs
    assert [code for code, _ in told] == [0, 0, 0], told
    assert "locked" not in "".join(log for _, log in told) + capsys.readouterr().out
    assert set(statuses) == {200}
    assert {outcome for *_, outcome in ledger(settings.archive.path)} <= {
        "new-edition", "same-edition", "skipped", "missed",
    }  # fmt: skip
    assert int(str(rows(settings.archive.path, "SELECT count(*) FROM captures")[0][0])) >= 40
    with Archive(settings.archive.path) as archive:
        assert verify(archive.connection).bad == ()


@pytest.mark.fault(26)
def test_two_who_open_a_backup_at_once_both_open_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes without a WAL, which is set as it is opened: SQLite refuses that at once while another does it."""
    with Archive(tmp_path / "archive.db") as archive:
        made.keep(archive, NOON, made.page("flood"))
        backup(archive.path, tmp_path / "copy.db")
    with closing(sqlite3.connect(tmp_path / "copy.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        waited: list[float] = []

        def wait(seconds: float) -> None:
            waited.append(seconds)
            if len(waited) == 3:
                other.execute("COMMIT")

        monkeypatch.setattr("storage.schema.time.sleep", wait)
        connect(tmp_path / "copy.db").close()
    assert len(waited) == 3


@pytest.mark.fault(26)
def test_an_archive_that_stays_locked_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for ever."""
    with Archive(tmp_path / "archive.db") as archive:
        backup(archive.path, tmp_path / "copy.db")
    monkeypatch.setattr(schema, "BUSY_TIMEOUT_MS", 1)
    with closing(sqlite3.connect(tmp_path / "copy.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ArchiveError, match="cannot be used as an archive: database is locked"):
            connect(tmp_path / "copy.db")


@pytest.mark.fault(31)
async def test_a_clock_set_back_and_forward_doubles_and_loses_nothing(tmp_path: Path) -> None:
    """Set back by an hour and on again, the daemon looks on; every slot has one row, none is rewritten."""
    async with watched(tmp_path) as courier:
        clock, path = courier.clock, courier.archive
        await courier.settled(1)
        clock.advance(minutes=15)
        await courier.settled(2)
        clock.advance(hours=-1)
        await until(lambda: clock.advance(minutes=5) or len(ledger(path)) > 2, "a visit by the clock set back")  # type: ignore[func-returns-value]
        clock.instant = NOON.replace(hour=14)
        await until(lambda: epoch_of(14) in [due for _, due, _ in ledger(path)], "the slot of two o'clock")
    dues = [due for _, due, _ in ledger(path)]
    assert len(dues) == len(set(dues))
    assert {epoch_of(12, quarter) for quarter in range(4)} <= set(dues)


def epoch_of(hour: int, quarter: int = 0) -> int:
    return int(NOON.replace(hour=hour, minute=15 * quarter).timestamp())


@pytest.mark.fault(27)
def test_a_foreign_file_is_not_written_to(tmp_path: Path) -> None:
    """Another program's SQLite file is named, and left byte for byte as it was."""
    path = tmp_path / "birds.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE birds (name TEXT)")
    connection.close()
    before = path.read_bytes()
    for opening in (connect, connect_readonly):
        with pytest.raises(ArchiveError, match="something else"):
            opening(path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["birds.db"]  # noqa: PTH208 - names alone
