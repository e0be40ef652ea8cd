"""Reader workers: spawned processes with bounds of time and memory: a bad page costs itself and nothing else."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.context import SpawnContext
from multiprocessing.synchronize import RLock

import pebble
import structlog
from pebble import ProcessExpired, ProcessPool

from schedules.reading import read, settle
from scraper.limits import READING_DEADLINE_S
from scraper.model import Capture, FrontPage, Layout, Quality
from scraper.reader import reader_name

log = structlog.get_logger()

Page = tuple[Capture, Layout | None]  # whose body is read, and with which layout

ATTEMPTS = 2
CHECK_S = 1.0
MAX_PROBLEM = 500
TASKS_PER_WORKER = 1_000  # then a fresh process: what a parser leaks stays bounded
pebble.CONSTS.term_timeout = 0.2  # a worker that hangs in C ignores SIGTERM; pebble would wait 3 s before SIGKILL


class _PoolBroken(Exception):  # noqa: N818 - no error of anybody's: the next pool reads the page
    """A worker was killed that had no task just then, and the pool with it."""


class _Spawned(SpawnContext):
    """Workers that are spawned: a forked orphan would keep the daemon's lock.

    The locks that they share are kept for as long as the pool: pebble drops them before it ends its workers, and one
    that is only starting would look for them and print a traceback.
    """

    def __init__(self) -> None:
        self._locks: list[RLock] = []

    def RLock(self) -> RLock:  # noqa: N802 - the standard library's name
        """A lock as any other."""
        lock = super().RLock()
        self._locks.append(lock)
        return lock


class Readers:
    """A pool of reader processes. Reading never raises: what goes wrong is a reading with its problem."""

    def __init__(self, workers: int = 2, *, deadline_s: float = READING_DEADLINE_S) -> None:
        self._workers, self._deadline_s = workers, deadline_s
        self._pool: ProcessPool | None = None

    async def read(self, capture: Capture, layout: Layout | None) -> FrontPage:
        """What the reader sees in a capture's body."""
        for _ in range(ATTEMPTS):
            pool = self._working_pool()
            try:
                return await self._read(pool, capture, layout)
            except _PoolBroken:  # a worker was killed that had no task just then
                await self._give_up(pool)
        return _unread(capture, layout, "the reader crashed, and so did the one after it")

    async def read_all(self, pages: Sequence[Page]) -> list[FrontPage]:
        """The same of several pages, by one worker at one go; where that goes wrong, each is read by itself."""
        if len(pages) > 1 and (read := await self._read_at_one_go(pages)):
            return read
        return [await self.read(capture, layout) for capture, layout in pages]

    async def _read_at_one_go(self, pages: Sequence[Page]) -> list[FrontPage] | None:
        """None where a page crashed its worker, or all together took longer than one may: nobody knows which it was."""
        pool = self._working_pool()
        try:
            return await self._ask(pool, pages)
        except _PoolBroken:
            await self._give_up(pool)
        except Exception as error:  # whatever it is, it comes again where its page is read alone, and is told there
            log.debug("pages are read one by one", error=repr(error))
        return None

    async def _read(self, pool: ProcessPool, capture: Capture, layout: Layout | None) -> FrontPage:
        try:
            (page,) = await self._ask(pool, [(capture, layout)])
            return page
        except (TimeoutError, FutureTimeout):
            return _unread(capture, layout, f"the reader took longer than {self._deadline_s:g} s")
        except ProcessExpired as error:
            return _unread(capture, layout, f"the reader crashed (exit code {error.exitcode})")
        except MemoryError:
            return _unread(capture, layout, "the reader ran out of memory")
        except _PoolBroken:
            raise
        except Exception as error:  # a fault of ours in the face of a page that nobody foresaw
            log.exception("reader failed", site=capture.site, url=capture.url)
            return _unread(capture, layout, f"the reader failed ({type(error).__name__}: {error})"[:MAX_PROBLEM])

    async def _ask(self, pool: ProcessPool, pages: Sequence[Page]) -> list[FrontPage]:
        """Let a worker read some pages, within the time that one of them may take."""
        if not pool.active:
            raise _PoolBroken
        asked = [(capture.body, capture.url, capture.content_type, layout) for capture, layout in pages]
        return await self._result(pool, pool.schedule(read, args=(asked,), timeout=self._deadline_s))

    async def _result(self, pool: ProcessPool, future: Future[list[FrontPage]]) -> list[FrontPage]:
        """What a worker returns or raises. A pool that breaks can lose a task, whose future then never ends."""
        waiting = asyncio.wrap_future(future)
        try:
            while not (await asyncio.wait({waiting}, timeout=CHECK_S))[0]:
                if not pool.active:
                    raise _PoolBroken
            pages: list[FrontPage] = waiting.result()
        except BrokenProcessPool as error:
            raise _PoolBroken from error
        finally:
            waiting.cancel()
        return pages

    def close(self) -> None:
        if self._pool:
            _end(self._pool)

    def _working_pool(self) -> ProcessPool:
        """The pool, or a new one: pebble's is broken for ever once a worker dies that has no task."""
        if self._pool is None:
            self._pool = self._new_pool()
        return self._pool

    async def _give_up(self, pool: ProcessPool) -> None:
        """End a pool that is broken; once, however many pages were in it."""
        if self._pool is pool:
            self._pool = None
            log.warning("reader workers died; they start anew")
            await asyncio.to_thread(_end, pool)

    def _new_pool(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self._workers,
            max_tasks=TASKS_PER_WORKER,
            context=_Spawned(),
            initializer=settle,
        )


def _end(pool: ProcessPool) -> None:
    pool.stop()
    pool.join()


def _unread(capture: Capture, layout: Layout | None, problem: str) -> FrontPage:
    return FrontPage(
        url=capture.url,
        quality=Quality.NO_STORIES,
        problem=problem,
        reader=reader_name(layout),
        layout=layout.name if layout else "",
    )
