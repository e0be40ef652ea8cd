"""The archive as Datasette sees it: read-only connections while another process writes, every question bounded."""

import asyncio
import re
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, cast

from datasette.app import Datasette
from datasette.database import Database
from datasette.utils import sqlite_timelimit

from storage.schema import connect_readonly

T = TypeVar("T")
READERS = 2  # threads: a page is quick, and the machine has captures to make
MOST_COUNTED = 50_000  # rows: some milliseconds
_COUNT = re.compile(r"select count\(\*\) (from .+)", re.DOTALL)
PAGE_TIME_LIMIT_MS = 1000
MAX_VALUE_BYTES = 20_000_000  # twice the largest body: what SQL may make in memory at a time


class ArchiveDatabase(Database):  # type: ignore[misc] # Datasette has no types
    """A Datasette database whose every connection is read-only, whatever the file's name; `now` is the time there."""

    def __init__(self, datasette: Datasette, archive: Path, now: Callable[[], datetime]) -> None:
        super().__init__(datasette, path=str(archive), is_mutable=True)
        self.now = now
        self._readers = ThreadPoolExecutor(max_workers=READERS, thread_name_prefix="reading")
        self._connections = threading.local()

    async def read(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """Ask a question in a thread of our pages, where no free SQL is before it."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, question)

    def _read(self, question: Callable[[sqlite3.Connection], T]) -> T:
        connection: sqlite3.Connection | None = getattr(self._connections, "connection", None)
        if connection is None:
            connection = self._connections.connection = self.connect()
            self.ds._prepare_connection(connection, self.name)
        return question(connection)

    async def execute(self, sql: str, *arguments: Any, truncate: bool = False, **options: Any) -> Any:
        """Run a query. Datasette counts the rows of what it shows: those counts stop at MOST_COUNTED, and say nothing
        beyond. People's own SQL comes with `truncate`, and is left as it is.
        """
        if not truncate and (counted := _COUNT.fullmatch(sql)):
            sql = (
                f"SELECT CASE WHEN n <= {MOST_COUNTED} THEN n END "
                f"FROM (SELECT count(*) AS n FROM (SELECT 1 {counted[1]} LIMIT {MOST_COUNTED + 1}))"
            )
        return await super().execute(sql, *arguments, truncate=truncate, **options)

    def connect(self, write: bool = False) -> sqlite3.Connection:
        if write:
            raise PermissionError("the reading room never writes")
        connection = connect_readonly(Path(self.path))
        self._all_file_connections.append(connection)
        return connection


def machine_time() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def archive_in(datasette: Datasette) -> ArchiveDatabase:
    """The archive that a Datasette of ours serves."""
    return cast("ArchiveDatabase", datasette.get_database("archive"))


def confine(connection: sqlite3.Connection) -> None:
    """Leave a connection no way to another file and no way to fill the memory."""
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)


async def ask(datasette: Datasette, question: Callable[[sqlite3.Connection], T]) -> T:
    """The answer to a question, in a database thread, from one state of the archive, within the time limit."""

    def in_thread(connection: sqlite3.Connection) -> T:
        connection.execute("BEGIN")  # all of a page's queries see the same state while captures come in
        try:
            with sqlite_timelimit(connection, PAGE_TIME_LIMIT_MS):
                return question(connection)
        finally:
            connection.execute("ROLLBACK")

    return await archive_in(datasette).read(in_thread)
