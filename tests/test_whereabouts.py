"""An archive's file that is moved, deleted or replaced while it is open: nobody goes on, and nothing is lost by it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from scraper.errors import ArchiveError, ArchiveMoved
from storage.archive import Archive
from storage.backup import backup
from storage.removals import prune
from storage.repack import repack
from storage.schema import connect, connect_readonly
from storage.verify import verify
from storage.whereabouts import wal_of
from tests.made import at, keep, page


def instants(path: Path) -> int:
    """How many captures a sound archive has."""
    with Archive(path) as archive:
        assert verify(archive.connection).bad == ()
        return int(archive.connection.execute("SELECT count(*) FROM captures").fetchone()[0])


def kept(path: Path, count: int) -> Archive:
    """An open archive of so many captures, the last of them in the WAL alone."""
    archive = Archive(path)
    for n in range(count):
        archive.connection.execute("PRAGMA wal_checkpoint")
        keep(archive, at(15 * n), page(f"lead-{n}", "ferry"))
    return archive


def test_what_is_moved_away_is_written_to_no_more(tmp_path: Path) -> None:
    """Nothing is acknowledged any more, nothing new begins in its place, and with its WAL the archive is whole."""
    path, moved = tmp_path / "archive.db", tmp_path / "moved.db"
    with kept(path, 2) as archive:
        path.rename(moved)
        with pytest.raises(ArchiveMoved, match=r"was moved or deleted .* in archive\.db-wal: that belongs beside it"):
            keep(archive, at(60), page("too-late"))
    for opened in (connect, connect_readonly):
        with pytest.raises(ArchiveError, match=r"what was written to it last is, in archive\.db-wal"):
            opened(path)
    path.touch()
    with pytest.raises(ArchiveError, match=r"put the archive back"):
        connect(path)
    wal_of(path).rename(wal_of(moved))
    assert instants(moved) == 2


def test_what_is_put_back_goes_on(tmp_path: Path) -> None:
    """Whoever puts the file back where it was has all of it, also while it is open."""
    path, moved = tmp_path / "archive.db", tmp_path / "moved.db"
    with kept(path, 2) as archive:
        path.rename(moved)
        with pytest.raises(ArchiveMoved):
            keep(archive, at(60), page("too-late"))
        moved.rename(path)
        keep(archive, at(60), page("in-time"))
        path.rename(moved)
    moved.rename(path)
    assert instants(path) == 3


def test_another_file_in_its_place_is_left_alone(tmp_path: Path) -> None:
    """The newcomer is not given what was written last to the one before, which is whole with it."""
    path, before = tmp_path / "archive.db", tmp_path / "before.db"
    kept(tmp_path / "restored.db", 1).close()
    with kept(path, 2) as archive:
        path.rename(before)
        (tmp_path / "restored.db").rename(path)
        for _ in range(2):
            with pytest.raises(ArchiveMoved, match=r"replaced by another file .* in archive\.db\.\d+-wal"):
                keep(archive, at(60), page("too-late"))
    assert instants(path) == 1
    (apart,) = tmp_path.glob("archive.db.*-wal")
    apart.rename(wal_of(before))
    assert instants(before) == 2


def test_a_link_that_leads_elsewhere_parts_nothing(tmp_path: Path) -> None:
    """The archive that it led to keeps its WAL, and is closed as ever."""
    one, two, link = tmp_path / "one.db", tmp_path / "two.db", tmp_path / "archive.db"
    kept(one, 2).close()
    kept(two, 1).close()
    link.symlink_to(one)
    with Archive(link) as archive:
        keep(archive, at(60), page("new"))
        link.unlink()
        link.symlink_to(two)
        with pytest.raises(ArchiveMoved, match=r"and nothing more is written to it$"):
            keep(archive, at(75), page("too-late"))
    assert not wal_of(one).exists()
    assert (instants(one), instants(two)) == (3, 1)


@pytest.mark.parametrize(
    "care",
    [
        lambda archive: archive.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)"),
        lambda archive: archive.connection.execute("VACUUM"),
        lambda archive: repack(archive, level=3),
        lambda archive: prune(archive, before=at(6000), at=at(6000)),
        lambda archive: backup(archive.path, archive.path.with_name("copy.db")),
        lambda archive: archive.path.chmod(0o600),
    ],
    ids=["checkpoint", "vacuum", "repack", "prune", "backup", "permissions"],
)
def test_care_moves_nothing(tmp_path: Path, care: Callable[[Archive], object]) -> None:
    """Whatever is done to an archive beside its daemon, it is still the same file."""
    path = tmp_path / "archive.db"
    with kept(path, 3) as archive:
        with Archive(path, observer="") as other:
            care(other)
        keep(archive, at(60), page("after"))
    assert instants(path) == 4
