"""Where an archive's file was opened, and whether it still is there.

Whoever has a file open goes on writing to it when it was moved or deleted. SQLite's WAL does not move with it: what was
written last stays behind under the old name, where the next archive of that name would lose it, or be spoiled by it.
"""

from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from scraper.errors import ArchiveError, ArchiveMoved


class _File(NamedTuple):
    """What tells a file from any other, whatever its name."""

    device: int
    number: int


def wal_of(path: Path) -> Path:
    """What SQLite keeps beside an archive: what was written last."""
    return path.with_name(path.name + "-wal")


def refuse_orphan(path: Path) -> None:
    """Raise ArchiveError where an archive is gone and its WAL is not: SQLite, making a new one, would delete it."""
    wal = wal_of(path.resolve())
    if not _size(path) and _size(wal):
        raise ArchiveError(
            f"{path}: is not there, but what was written to it last is, in {wal.name}; put the archive back, or move "
            f"{wal.name} to where it is now, as NAME-wal beside it; to begin anew, move it away"
        )


class Whereabouts:
    """An archive's files as they were opened."""

    def __init__(self, path: Path) -> None:
        self._path = path.absolute()
        self._home = path.resolve()  # SQLite keeps what is beside an archive where the file is, not a link to it
        self._file = _file(self._home)
        self._beside = {file: _file(file) for file in (wal_of(self._home), _index_of(self._home))}

    def check(self) -> None:
        """Raise ArchiveMoved where the archive's file is gone from its path, or another is there. Costs one stat.

        Another archive is not given what the WAL holds: that is put apart, and stays whole.
        """
        try:
            found = _file(self._path)
            if found == self._file:
                return
            home = _file(self._home)
        except OSError:  # nobody can tell
            return
        wal = wal_of(self._home)
        if home not in (None, self._file):
            wal = self._put_apart()
        what = "was replaced by another file" if found else "was moved or deleted"
        told = f"{self._path}: {what} while it was open, and nothing more is written to it"
        if home != self._file and _size(wal):
            told += f"; what was written last may be in {wal.name}: that belongs beside it, as NAME-wal"
        raise ArchiveMoved(told)

    def _put_apart(self) -> Path:
        """Take what is beside the archive, and is not the newcomer's, out of its way; where the WAL is then."""
        wal, index = wal_of(self._home), _index_of(self._home)
        known = self._beside[wal]
        apart = self._home.with_name(f"{self._home.name}.{known.number if known else 0}-wal")
        with suppress(OSError):
            if _file(index) == self._beside[index]:
                index.unlink()  # SQLite makes it from the WAL
            if known and _file(wal) == known:
                wal.rename(apart)
        return apart


def _index_of(path: Path) -> Path:
    return path.with_name(path.name + "-shm")


def _file(path: Path) -> _File | None:
    """The file of that name, None where there is none. Raises OSError where that cannot be told."""
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return _File(status.st_dev, status.st_ino)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
