"""Backups: a whole, checked copy under its name or none, while others write."""

import sqlite3
from contextlib import closing
from pathlib import Path

from scraper.errors import ArchiveError
from storage.schema import connect_readonly
from storage.whole import whole_file


def backup(archive: Path, file: Path) -> int:
    """Copy the archive as it is at this moment, also one that has to be upgraded; the copy is one, for the same eyes.

    It leaves out the daemon's heartbeat alone. Its size in bytes.

    VACUUM INTO reads one snapshot, so it ends however much is written meanwhile (the backup API would begin anew).
    Raises ArchiveError where the file is there already or cannot be written.
    """
    if file.exists():
        raise ArchiveError(f"{file}: is there already; name another file")
    source = connect_readonly(archive, also_old=True)
    try:
        with whole_file(file, like=archive) as part:
            source.execute("VACUUM INTO ?", (str(part),))
            _still(part)
            _check(part)
    except OSError as error:
        raise ArchiveError(f"{file}: the backup failed: {file.absolute().parent}: {error.strerror}") from error
    except (sqlite3.Error, UnicodeEncodeError) as error:  # the latter: SQLite takes no such name
        raise ArchiveError(f"{file}: the backup failed: {error}") from error
    finally:
        source.close()
    return file.stat().st_size


def _still(copy: Path) -> None:
    """No daemon watches a copy: the last heartbeat would be missed for ever."""
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'heartbeats'").fetchone():
            connection.execute("PRAGMA journal_mode = MEMORY")  # no other file comes beside it
            connection.execute("DELETE FROM heartbeats")


def _check(copy: Path) -> None:
    connection = connect_readonly(copy, also_old=True)
    try:
        (answer,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    finally:
        connection.close()
    if answer != "ok":
        raise ArchiveError(f"{copy}: the copy is damaged: {answer}")
