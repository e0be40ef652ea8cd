"""Care: verify finds what is wrong, a backup is an archive, removals leave their trace, repack loses nothing."""

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from scraper.errors import ArchiveError, NotFound
from scraper.model import FrontPage
from storage import queries
from storage.archive import Archive
from storage.backup import backup
from storage.captures import load_capture
from storage.exports import Selection, lead_rows, readings, story_rows
from storage.merge import merge
from storage.removals import PRUNED, forget, prune
from storage.repack import repack
from storage.verify import verify
from tests.made import NOON, SITE, at, capture, keep, page, wall

FILLER = b"".join(b"<p>%d %d</p>" % (n, n * n) for n in range(2_000))


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive.db") as archive:
        yield archive


def fill(archive: Archive, count: int, read: FrontPage | None = None) -> list[bytes]:
    """So many captures a quarter of an hour apart, each with a body of its own; the bodies."""
    bodies = []
    for n in range(count):
        body = FILLER + b"<h1>%d</h1>" % n
        recorded = archive.record(capture(at(15 * n), body))
        archive.file(recorded.capture_id, read or page(f"lead-{n // 3}", "ferry"))
        bodies.append(body)
    return bodies


def damage(archive: Archive, body_id: int) -> None:
    """Flip a bit in the middle of a body's data, as a bad disk would."""
    (data,) = archive.connection.execute("SELECT data FROM bodies WHERE id = ?", (body_id,)).fetchone()
    middle = len(data) // 2
    flipped = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
    archive.connection.execute("UPDATE bodies SET data = ? WHERE id = ?", (flipped, body_id))
    archive.bodies.forget_decoded()


def follows(archive: Archive) -> list[object]:
    everything = Selection()
    return [list(export(archive.connection, everything)) for export in (readings, lead_rows, story_rows)]


def test_a_sound_archive_verifies(archive: Archive) -> None:
    """Everything checked, nothing wrong."""
    fill(archive, 5)
    keep(archive, at(200), wall())
    verified = verify(archive.connection)
    assert (verified.checked, verified.bad) == (6, ())


@pytest.mark.fault(27)
def test_a_flipped_bit_names_its_captures(archive: Archive) -> None:
    """A damaged body is told for its capture, and for those whose bodies are deltas of it."""
    fill(archive, 3)
    damage(archive, 2)
    bad = verify(archive.connection).bad
    assert [problem.capture for problem in bad] == ["courier/20261124121500", "courier/20261124123000"]
    assert all("damaged" in problem.problem for problem in bad)


def test_spans_that_lie_are_found(archive: Archive) -> None:
    """A span that no capture shows is told, with its remedy."""
    fill(archive, 3)
    archive.connection.execute("UPDATE spans SET first_seen = first_seen - 1 WHERE kind = 3")
    (problem,) = verify(archive.connection).bad
    assert "courier: spans" in problem.problem
    assert "reparse" in problem.problem


def test_a_search_index_with_holes_is_found(archive: Archive) -> None:
    """Wordings that cannot be found are told."""
    fill(archive, 1)
    archive.connection.execute("INSERT INTO words (words) VALUES ('delete-all')")
    (problem,) = verify(archive.connection).bad
    assert "search index has 0 of 2" in problem.problem


@pytest.mark.fault(28)
def test_a_backup_is_an_archive_even_under_load(archive: Archive, tmp_path: Path) -> None:
    """While another connection keeps writing, the backup ends, is whole, and holds what was there when it began."""
    fill(archive, 20)
    before = follows(archive)
    stop = threading.Event()

    def write() -> None:
        with Archive(archive.path) as other:
            n = 0
            while not stop.is_set():
                keep(other, at(1000 + 15 * n), page(f"later-{n}"))
                n += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        backup(archive.path, tmp_path / "copy.db")
    finally:
        stop.set()
        writer.join()
    with Archive(tmp_path / "copy.db") as copy:
        assert verify(copy.connection).bad == ()
        rows = list(readings(copy.connection, Selection(until=at(900))))
        assert rows == before[0]
        keep(copy, at(5000), page("written-to-the-copy"))
    assert sorted(file.name for file in tmp_path.glob("copy*")) == ["copy.db"]


def test_a_backup_replaces_nothing(archive: Archive, tmp_path: Path) -> None:
    """A file that is there stays as it is; a folder that is not is named."""
    (tmp_path / "copy.db").write_text("precious")
    with pytest.raises(ArchiveError, match="is there already"):
        backup(archive.path, tmp_path / "copy.db")
    with pytest.raises(ArchiveError, match="the backup failed"):
        backup(archive.path, tmp_path / "nowhere" / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "precious"


def test_repack_keeps_every_body_and_takes_less(archive: Archive) -> None:
    """Recorded backwards, bodies are kept badly; repacked, they take less space, and are what they were."""
    bodies = [FILLER + b"<h1>%d</h1>" % n * (n + 1) for n in range(80)]
    rows = [archive.record(capture(at(15 * n), bodies[n])).capture_id for n in reversed(range(80))]
    done = repack(archive)
    assert (done.bodies, done.kept_anew) == (80, 80)
    assert done.bytes_after * 4 < done.bytes_before
    assert repack(archive).kept_anew == 0
    archive.bodies.forget_decoded()
    found = [load_capture(archive.connection, archive.bodies, row).body for row in reversed(rows)]
    assert found == bodies
    assert verify(archive.connection).bad == ()


@pytest.mark.fault(23)
def test_repack_may_be_interrupted(archive: Archive) -> None:
    """Stopped in the middle, nothing is lost; run again, it goes on."""
    bodies = [FILLER + b"<h1>%d</h1>" % n for n in range(30)]
    for n in reversed(range(30)):
        archive.record(capture(at(15 * n), bodies[n]))
    ticks = iter(range(12))

    def tick() -> None:
        if next(ticks, None) is None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        repack(archive, tick=tick)
    assert verify(archive.connection).bad == ()
    assert repack(archive).kept_anew == 30 - 13
    assert verify(archive.connection).bad == ()


def test_forget_takes_a_body_down_and_leaves_its_trace(archive: Archive) -> None:
    """The body is gone from the file, those that were deltas of it are still whole, the reading stays."""
    secret = b"<p>the secret address of the witness</p>"
    archive.file(archive.record(capture(at(0), FILLER + secret)).capture_id, page("witness"))
    fill_from = archive.record(capture(at(15), FILLER + secret[:20])).capture_id
    archive.file(fill_from, page("ferry"))
    removal = forget(archive, "courier/20261124120000", reason="court order 12/26", at=at(60))
    assert removal.bodies == 1
    with pytest.raises(ArchiveError, match="was removed"):
        load_capture(archive.connection, archive.bodies, 1)
    assert load_capture(archive.connection, archive.bodies, fill_from).body == FILLER + secret[:20]
    assert archive.connection.execute("SELECT reason FROM removals").fetchall() == [("court order 12/26",)]
    assert queries.show(archive.connection, SITE, at(5)).page == page("witness")
    assert verify(archive.connection).bad == ()
    with pytest.raises(NotFound, match="removed before"):
        forget(archive, "courier/20261124120000", reason="again", at=at(61))


def test_prune_lets_repetitions_go(archive: Archive) -> None:
    """Bodies whose page said the same as the one before go; those that began an edition stay, and all readings."""
    fill(archive, 9)
    before = follows(archive)
    removal = prune(archive, before=at(15 * 8), at=at(500))
    assert removal.bodies == 5  # of the captures 1, 2, 4, 5, 7; 8 is not older
    kept = archive.connection.execute("SELECT count(*) FROM bodies WHERE data IS NOT NULL").fetchone()
    assert kept == (4,)
    assert archive.connection.execute("SELECT DISTINCT reason FROM removals").fetchall() == [(PRUNED,)]
    assert follows(archive) == before
    assert verify(archive.connection).bad == ()
    assert prune(archive, before=at(15 * 8), at=at(501)).bodies == 0


def test_a_merge_brings_removals(archive: Archive, tmp_path: Path) -> None:
    """What another archive has removed comes as removed, with its reason and its reading."""
    fill(archive, 2)
    forget(archive, "courier/20261124120000", reason="court order 12/26", at=at(60))
    with Archive(tmp_path / "other.db", observer="other") as other:
        merge(other, archive.path)
        assert follows(other) == follows(archive)
        assert other.connection.execute("SELECT reason FROM removals").fetchall() == [("court order 12/26",)]
        assert verify(other.connection).bad == ()


@pytest.mark.fault(21)
def test_a_full_disk_tears_nothing(archive: Archive) -> None:
    """When there is no more space, the write fails whole; when there is again, it succeeds."""
    fill(archive, 2)
    before = follows(archive)
    (pages,) = archive.connection.execute("PRAGMA page_count").fetchone()
    archive.connection.execute(f"PRAGMA max_page_count = {pages}")
    big = capture(at(100), bytes(range(256)) * 20 + NOON.isoformat().encode() * 3)
    noise = capture(at(100), b"".join(n.to_bytes(4, "big") for n in range(0, 400_000_000, 1_237)))
    with pytest.raises(ArchiveError, match="full"):
        archive.record(noise)
    assert follows(archive) == before
    archive.connection.execute("PRAGMA max_page_count = 1073741823")
    assert archive.record(big).is_new
    assert verify(archive.connection).bad == ()


@pytest.mark.fault(27)
def test_a_truncated_archive_is_told(archive: Archive, tmp_path: Path) -> None:
    """Half a file is refused, or verify says that it is damaged; nothing is written to it."""
    fill(archive, 30)
    archive.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    half = tmp_path / "half.db"
    whole = archive.path.read_bytes()
    half.write_bytes(whole[: len(whole) // 2])
    try:
        with Archive(half) as opened:
            assert verify(opened.connection).bad
    except (ArchiveError, sqlite3.DatabaseError) as error:
        assert "malformed" in str(error)  # noqa: PT017 - either answer is right
