"""The one thread with the one write connection, for coroutines to hand their writes to."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any, Self, TypeVar

from storage.archive import Archive

T = TypeVar("T")
GROUP_S = 0.1  # seconds of writing in one transaction at most: other processes want their turn


class _Job:
    """A write that somebody waits for."""

    def __init__(self, write: Callable[[Archive], Any]) -> None:
        self.write = write
        self.future: Future[Any] = Future()


class Writer:
    """An open archive on a thread of its own; writes run one after another, in the order they were asked for.

    Writes that wait already share a transaction with the one before: a commit waits for the disk, and ten captures a
    commit are twice as many a second as one. Where one of them fails, each is run again by itself. To an archive that
    is read-only nothing is written; it is asked, and stays as it is.
    """

    def __init__(self, path: Path, *, observer: str, is_readonly: bool = False) -> None:
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        opened: Future[Archive] = Future()
        self._thread = Thread(target=self._serve, args=(path, observer, is_readonly, opened), name="writer")
        self._thread.start()
        try:
            opened.result()
        except BaseException:
            self._thread.join()
            raise

    async def do(self, write: Callable[[Archive], T]) -> T:
        """Run `write` with the archive; returns what it returns, once it is durable."""
        job = _Job(write)
        self._jobs.put(job)
        written = asyncio.wrap_future(job.future)
        waiting: asyncio.Future[T] = asyncio.shield(written)
        written.add_done_callback(_hear)
        waiting.add_done_callback(_hear)
        return await waiting

    def close(self) -> None:
        """Finish what was asked for, and close the archive."""
        self._jobs.put(None)
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    # -- on the thread ------------------------------------------------------------------------------------------------

    def _serve(self, path: Path, observer: str, is_readonly: bool, opened: "Future[Archive]") -> None:
        try:
            archive = Archive(path, observer=observer, is_readonly=is_readonly)
        except BaseException as error:
            opened.set_exception(error)
            return
        opened.set_result(archive)
        with archive:
            while (job := self._jobs.get()) is not None:
                if archive.is_readonly or self._jobs.empty():
                    _run_alone(archive, job)
                else:
                    self._run_group(archive, job)

    def _run_group(self, archive: Archive, first: _Job) -> None:
        """The job and those that wait behind it, in one transaction, for as long as a group may last."""
        jobs, results = [first], list[Any]()
        ends_at = time.monotonic() + GROUP_S
        try:
            with archive.batch():
                results.append(first.write(archive))
                while time.monotonic() < ends_at and not self._jobs.empty():
                    job = self._jobs.get()
                    if job is None:
                        self._jobs.put(None)
                        break
                    jobs.append(job)
                    results.append(job.write(archive))
        except BaseException:
            for job in jobs:
                _run_alone(archive, job)
            return
        for job, result in zip(jobs, results, strict=True):
            job.future.set_result(result)


def _hear(outcome: "asyncio.Future[Any]") -> None:
    """Whoever was cancelled does not hear of an error any more; asyncio would call that a mistake."""
    if not outcome.cancelled():
        outcome.exception()


def _run_alone(archive: Archive, job: _Job) -> None:
    try:
        result = job.write(archive)
    except BaseException as error:
        job.future.set_exception(error)
    else:
        job.future.set_result(result)
