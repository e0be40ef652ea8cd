"""The one thread with the one write connection, for coroutines to hand their writes to."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self, TypeVar

from storage.archive import Archive

T = TypeVar("T")


class Writer:
    """An open archive on a thread of its own; writes run one after another, in the order they were asked for."""

    def __init__(self, path: Path, *, observer: str) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._archive = self._thread.submit(Archive, path, observer=observer).result()

    async def do(self, write: Callable[[Archive], T]) -> T:
        """Run `write` with the archive; returns what it returns, once it is durable."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, write, self._archive)

    def close(self) -> None:
        self._thread.submit(self._archive.close).result()
        self._thread.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
