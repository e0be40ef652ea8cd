"""One daemon an archive: a lock file that dies with its process and names it to the next."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from scraper.errors import ArchiveError
from scraper.instants import iso


@contextmanager
def daemon_lock(archive: Path, *, now: datetime) -> Iterator[None]:
    """Hold the archive's daemon lock; ArchiveError names the daemon that has it.

    The lock is the kernel's (flock), so one left by a killed daemon is free; the file stays, to be locked again.
    """
    path = archive.with_name(archive.name + ".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveError(f"{path.parent}: is no folder, and none can be made there: {error.strerror}") from error
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be locked: {error.strerror}; a daemon has to write beside it") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ArchiveError(f"{archive}: {_holder(path)} has this archive; stop it first") from None
        with suppress(OSError):  # on a full disk it is held all the same, and names nobody
            os.ftruncate(descriptor, 0)
            os.write(descriptor, json.dumps({"pid": os.getpid(), "since": iso(now)}).encode())
        yield
    finally:
        os.close(descriptor)


def _holder(path: Path) -> str:
    try:
        holder = json.loads(path.read_text())
        return f"a daemon (process {holder['pid']}, since {holder['since']})"
    except (OSError, ValueError, KeyError):
        return "another daemon"
