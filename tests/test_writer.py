"""The writing thread: order, durability, groups that share a transaction, and failures that stay with their asker."""

import asyncio
import gc
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from schedules.writer import Writer
from scraper.errors import ArchiveError
from storage.archive import Archive
from tests import made

Write = Callable[[Archive], bool]


async def hold(writer: Writer) -> tuple[threading.Event, asyncio.Task[bool]]:
    """Keep the writer busy until the event is set."""
    gate = threading.Event()

    def wait(archive: Archive) -> bool:
        del archive
        return gate.wait()

    task = asyncio.create_task(writer.do(wait))
    await asyncio.sleep(0)
    return gate, task


def keep(minute: float) -> Write:
    """Record a capture; tells whether it is new."""
    return lambda archive: archive.record(made.capture(made.at(minute))).is_new


def count(archive: Archive) -> int:
    """How many captures there are."""
    return int(archive.connection.execute("SELECT count(*) FROM captures").fetchone()[0])


async def test_writes_are_durable_when_they_return(tmp_path: Path) -> None:
    """What is awaited can be read by another process."""
    with Writer(tmp_path / "archive.db", observer="home") as writer:
        await writer.do(lambda archive: archive.record(made.capture(made.NOON)))
        other = sqlite3.connect(tmp_path / "archive.db")
        assert other.execute("SELECT count(*) FROM captures").fetchone() == (1,)
        other.close()


async def test_of_a_read_only_archive_nothing_is_written(tmp_path: Path) -> None:
    """Many may ask at once; who writes is told; neither settings nor observers change."""
    file = tmp_path / "archive.db"
    with Archive(file) as archive:
        made.keep(archive, made.NOON, made.page("flood"))
    before = file.read_bytes()
    with Writer(file, observer="oslo", is_readonly=True) as writer:
        assert await asyncio.gather(*(writer.do(count) for _ in range(9))) == [1] * 9
        with pytest.raises(ArchiveError, match="cannot be written"):
            await writer.do(lambda archive: archive.record(made.capture(made.at(1))))
    assert file.read_bytes() == before


async def test_writes_that_wait_share_a_transaction_in_their_order(tmp_path: Path) -> None:
    """While one runs, the others gather; together they are one commit."""
    order: list[int] = []

    def note(number: int) -> Write:
        def write(archive: Archive) -> bool:
            order.append(number)
            return archive.connection.in_transaction

        return write

    with Writer(tmp_path / "archive.db", observer="home") as writer:
        gate, first = await hold(writer)
        rest = [asyncio.create_task(writer.do(note(number))) for number in range(5)]
        await asyncio.sleep(0)
        gate.set()
        await first
        assert await asyncio.gather(*rest) == [True] * 5
    assert order == [0, 1, 2, 3, 4]


async def test_a_group_lasts_only_so_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many writes wait: what comes after is another transaction, before which others have their turn."""
    monkeypatch.setattr("schedules.writer.GROUP_S", 0)

    def keep_another(archive: Archive) -> int:
        """Record a capture; tells how many other processes saw before."""
        with closing(sqlite3.connect(archive.path)) as other:
            (seen,) = other.execute("SELECT count(*) FROM captures").fetchone()
        keep(count(archive))(archive)
        return int(seen)

    with Writer(tmp_path / "archive.db", observer="home") as writer:
        gate, first = await hold(writer)
        rest = [asyncio.create_task(writer.do(keep_another)) for _ in range(3)]
        await asyncio.sleep(0)
        gate.set()
        await first
        assert await asyncio.gather(*rest) == [0, 1, 2]


async def test_a_failure_is_its_asker_s_alone(tmp_path: Path) -> None:
    """One of a group raises: it is told so, nothing of it stays, and the others are written all the same, once."""

    def fail(archive: Archive) -> bool:
        with archive.batch():
            archive.record(made.capture(made.at(99)))
            raise ValueError("no")

    with Writer(tmp_path / "archive.db", observer="home") as writer:
        gate, first = await hold(writer)
        writes = [keep(0), keep(1), fail, keep(2)]
        tasks = [asyncio.create_task(writer.do(write)) for write in writes]
        await asyncio.sleep(0)
        gate.set()
        await first
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(answer) for answer in answers] == [bool, bool, ValueError, bool]
        assert await writer.do(count) == 3


@pytest.mark.fault(24)
async def test_an_asker_that_is_cancelled_does_not_stop_the_writer(tmp_path: Path) -> None:
    """What was asked for is done; the next is served."""
    with Writer(tmp_path / "archive.db", observer="home") as writer:
        gate, first = await hold(writer)
        task = asyncio.create_task(writer.do(keep(0)))
        await asyncio.sleep(0)
        task.cancel()
        gate.set()
        await first
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await writer.do(keep(0)) is False


def test_an_archive_that_cannot_be_opened_is_the_opener_s_error(tmp_path: Path) -> None:
    """No thread stays behind."""
    (tmp_path / "archive.db").write_bytes(b"not a database at all" * 99)
    before = threading.active_count()
    with pytest.raises(ArchiveError):
        Writer(tmp_path / "archive.db", observer="home")
    assert threading.active_count() == before


async def test_errors_that_nobody_waits_for_any_more_are_no_mistakes(tmp_path: Path) -> None:
    """Whoever is cancelled does not hear of them, and asyncio does not log them."""
    logged: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: logged.append(context))

    def fail(archive: Archive) -> bool:
        raise ArchiveError(f"{archive.path}: no space")

    with Writer(tmp_path / "archive.db", observer="home") as writer:
        gate, task = await hold(writer)
        failing = asyncio.create_task(writer.do(fail))
        await asyncio.sleep(0)
        failing.cancel()
        await asyncio.gather(failing, return_exceptions=True)
        gate.set()
        await task
        await writer.do(count)
    del failing  # it knows what it waited for
    gc.collect()
    assert logged == []
