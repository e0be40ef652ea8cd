"""Files that appear whole or not at all: whoever else writes, reads or fails meanwhile."""

import os
from collections.abc import Iterator
from pathlib import Path
from stat import S_IMODE

import pytest

from storage.whole import whole_file


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keep.csv"


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def names(file: Path) -> list[str]:
    return sorted(entry.name for entry in file.parent.iterdir())


def test_it_appears_once_it_is_complete(file: Path) -> None:
    """Until then what was there is there, and nothing is left beside it."""
    file.write_text("old")
    with whole_file(file) as part:
        part.write_text("new")
        assert file.read_text() == "old"
    assert file.read_text() == "new"
    assert names(file) == ["keep.csv"]


def test_two_who_write_one_file_do_not_meet(file: Path) -> None:
    """Each writes to a file of its own; the one that ends last is there, whole."""
    with whole_file(file) as slow:
        slow.write_text("slow ")
        with whole_file(file) as fast:
            fast.write_text("fast")
        assert file.read_text() == "fast"
        with slow.open("a") as out:
            out.write("and whole")
    assert file.read_text() == "slow and whole"
    assert names(file) == ["keep.csv"]


def test_neighbours_are_left_alone(file: Path) -> None:
    """Also one that is called as a part of it might be."""
    neighbour = file.with_name("keep.csv.part")
    neighbour.write_text("mine")
    with whole_file(file) as part:
        part.write_text("new")
    assert neighbour.read_text() == "mine"


def test_what_fails_changes_nothing(file: Path) -> None:
    """The old file stays, the new one is gone."""
    file.write_text("old")
    with pytest.raises(FileNotFoundError), whole_file(file) as part:
        part.with_name("nowhere").rename(part)
    assert file.read_text() == "old"
    assert names(file) == ["keep.csv"]


def test_it_is_on_the_disk_before_it_has_the_name(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its bytes first, then that it is called so: a machine that goes down leaves no empty file."""
    synced: list[tuple[int, bool]] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append((os.fstat(descriptor).st_ino, file.exists())))
    with whole_file(file) as part:
        part.write_text("new")
    assert synced == [(file.stat().st_ino, False), (file.parent.stat().st_ino, True)]


@pytest.mark.usefixtures("open_umask")
def test_who_may_read_it(file: Path) -> None:
    """A new file is as any new file; one that is replaced stays as private as it was, or becomes as its model is."""
    with whole_file(file) as part:
        part.write_text("public")
    assert S_IMODE(file.stat().st_mode) == 0o644
    file.chmod(0o440)
    model = file.with_name("archive.db")
    model.touch(mode=0o600)
    for like, mode in ((None, 0o440), (model, 0o600)):
        with whole_file(file, like=like) as part:
            assert S_IMODE(part.stat().st_mode) == 0o600
            part.write_text("private")
        assert S_IMODE(file.stat().st_mode) == mode


def test_a_link_stays_a_link(file: Path) -> None:
    """What it leads to is replaced."""
    link = file.with_name("link.csv")
    link.symlink_to(file)
    with whole_file(link) as part:
        part.write_text("new")
    assert link.is_symlink()
    assert file.read_text() == "new"


def test_only_files_are_replaced(file: Path) -> None:
    """Neither a folder nor what writes to no disk, nor a pipe, which /dev/stdout may lead to without a name."""
    file.mkdir()
    read, write = os.pipe()
    for place in (file, Path(os.devnull), Path(f"/proc/self/fd/{write}")):
        with pytest.raises(OSError, match="Not a file"), whole_file(place):
            pass
    os.close(read)
    os.close(write)
