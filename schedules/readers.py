"""Reader workers: spawned processes with bounds of time and memory: a bad page costs itself and nothing else."""

import asyncio
import multiprocessing
import resource
from concurrent.futures import TimeoutError as FutureTimeout

import pebble
from pebble import ProcessExpired, ProcessPool

from scraper.limits import READING_DEADLINE_S, READING_MEMORY_BYTES
from scraper.model import Capture, FrontPage, Layout, Quality
from scraper.reader import read_front_page, reader_name

TASKS_PER_WORKER = 1_000  # then a fresh process: what a parser leaks stays bounded
pebble.CONSTS.term_timeout = 0.2  # a worker that hangs in C ignores SIGTERM; pebble would wait 3 s before SIGKILL


class Readers:
    """A pool of reader processes. Reading never raises: what goes wrong is a reading with its problem."""

    def __init__(self, workers: int = 2, *, deadline_s: float = READING_DEADLINE_S) -> None:
        self._deadline_s = deadline_s
        self._pool = ProcessPool(
            max_workers=workers,
            max_tasks=TASKS_PER_WORKER,
            context=multiprocessing.get_context("spawn"),  # a forked orphan would keep the daemon's lock
            initializer=_bound_memory,
        )

    async def read(self, capture: Capture, layout: Layout | None) -> FrontPage:
        """What the reader sees in a capture's body."""
        future = self._pool.schedule(
            _read, args=(capture.body, capture.url, capture.content_type, layout), timeout=self._deadline_s
        )
        try:
            page: FrontPage = await asyncio.wrap_future(future)
        except (TimeoutError, FutureTimeout):
            return _unread(capture, layout, f"the reader took longer than {self._deadline_s:g} s")
        except ProcessExpired as error:
            return _unread(capture, layout, f"the reader crashed (exit code {error.exitcode})")
        except MemoryError:
            return _unread(capture, layout, "the reader ran out of memory")
        return page

    def close(self) -> None:
        self._pool.stop()
        self._pool.join()


def _bound_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (READING_MEMORY_BYTES, READING_MEMORY_BYTES))


def _read(body: bytes, url: str, content_type: str, layout: Layout | None) -> FrontPage:
    return read_front_page(body, url, content_type=content_type, layout=layout)


def _unread(capture: Capture, layout: Layout | None, problem: str) -> FrontPage:
    return FrontPage(
        url=capture.url,
        quality=Quality.NO_STORIES,
        problem=problem,
        reader=reader_name(layout),
        layout=layout.name if layout else "",
    )
