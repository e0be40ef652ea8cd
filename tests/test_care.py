"""Care: verify finds what is wrong, a backup is an archive, removals leave their trace, repack loses nothing."""

import hashlib
import random
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scraper.config import Site
from scraper.errors import ArchiveError, NotFound
from scraper.model import Capture, FrontPage, Outcome
from storage import queries
from storage.archive import Archive
from storage.backup import backup
from storage.bodies import DAMAGED, PRUNED, Bodies, compress
from storage.captures import load_capture, readable_capture, unread
from storage.exports import Selection, captures, lead_rows, readings, story_rows
from storage.heartbeats import Heartbeat, beat, last_heartbeat
from storage.merge import merge
from storage.pace import in_turns
from storage.removals import forget, prune
from storage.repack import repack
from storage.schema import connect_readonly
from storage.verify import verify
from tests.made import NOON, SITE, at, capture, keep, page, wall
from tests.verbs import call

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


def bodies_of(archive: Archive) -> list[str]:
    """Of every capture in order of time, whether its body is kept."""
    return [row["body"] for row in captures(archive.connection, Selection())]


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
    with pytest.raises(ArchiveError, match=f"the backup failed: {tmp_path}/nowhere: No such file or directory$"):
        backup(archive.path, tmp_path / "nowhere" / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "precious"


def test_nobody_watches_a_backup(archive: Archive, tmp_path: Path) -> None:
    """The daemon's last heartbeat, which would be missed for ever, is left out; nothing else comes beside the copy."""
    beat(archive, Heartbeat(at=NOON, started_at=NOON))
    backup(archive.path, tmp_path / "copy.db")
    assert sorted(file.name for file in tmp_path.glob("*copy*")) == ["copy.db"]
    with closing(connect_readonly(tmp_path / "copy.db")) as copy:
        assert last_heartbeat(copy) is None
    assert last_heartbeat(archive.connection) is not None


def test_a_backup_is_for_the_same_eyes(archive: Archive, tmp_path: Path) -> None:
    """The copy of a private archive is private; a file that is called like a part of it stays."""
    archive.path.chmod(0o600)
    (tmp_path / "copy.db.part").write_text("precious")
    backup(archive.path, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "copy.db.part").read_text() == "precious"


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


def test_a_repack_beside_removals_loses_nothing(archive: Archive) -> None:
    """While bodies are compressed anew, another process takes down what they were to become deltas of."""
    bodies = fill(archive, 64)
    ticks = iter(range(64))

    def tick() -> None:
        with Archive(archive.path) as other:
            if (done := next(ticks)) == 52:
                forget(other, "courier/20261125000000", reason="court order 12/26", at=at(1000))  # the 49th
            elif done == 20:
                prune(other, before=at(15 * 30), at=at(1000))

    done = repack(archive, tick=tick)
    assert done.problems == []
    assert verify(archive.connection).bad == ()
    archive.bodies.forget_decoded()
    kept = [n for n, body in enumerate(bodies_of(archive)) if body == "kept"]
    assert [load_capture(archive.connection, archive.bodies, n + 1).body for n in kept] == [bodies[n] for n in kept]
    assert len(kept) == 64 - 20 - 1
    assert repack(archive).bodies == len(kept)
    assert archive.connection.execute("SELECT DISTINCT level FROM bodies WHERE data IS NOT NULL").fetchall() == [(19,)]
    assert verify(archive.connection).bad == ()


@pytest.mark.parametrize("gone", [1, 2], ids=["what it is to become a delta of", "itself"])
def test_what_goes_while_a_body_is_compressed_stays_gone(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, gone: int
) -> None:
    """Taken down by another process in that very moment: it does not come back, and nothing becomes a delta of it."""
    bodies = fill(archive, 4)

    def forgetting(body: bytes, prefix: bytes, *, level: int) -> bytes:
        if body == bodies[2] and "removed" not in bodies_of(archive):
            with Archive(archive.path) as other:
                forget(other, f"courier/2026112412{15 * gone}00", reason="court order 12/26", at=at(1000))
        return compress(body, prefix, level=level)

    monkeypatch.setattr("storage.repack.compress", forgetting)
    assert repack(archive).problems == []
    assert verify(archive.connection).bad == ()
    archive.bodies.forget_decoded()
    kept = [n for n in range(4) if n != gone]
    assert [load_capture(archive.connection, archive.bodies, n + 1).body for n in kept] == [bodies[n] for n in kept]
    assert archive.connection.execute("SELECT id FROM bodies WHERE data IS NULL").fetchall() == [(gone + 1,)]


@pytest.mark.fault(27)
def test_damage_stays_its_own(archive: Archive) -> None:
    """What cannot be decoded is named, and keeps nothing else from being pruned, repacked or taken down, nor itself."""
    bodies = fill(archive, 12)
    damage(archive, 4)  # the chain goes on to the eighth
    lost = [f"courier/2026112412{15 * n}00" if n < 4 else f"courier/2026112413{15 * n - 60:02}00" for n in range(3, 8)]
    removal = prune(archive, before=at(15 * 7), at=at(500))
    assert removal.bodies == 1  # of the captures 1, 2, 4, 5: what cannot be decoded is a delta of the others
    assert [problem.split(": ")[0] for problem in removal.problems] == [lost[0], lost[2], lost[3]]
    done = repack(archive)
    assert (done.bodies, [problem.split(": ")[0] for problem in done.problems]) == (6, lost)
    for name in ("courier/20261124123000", lost[0]):  # a sound one, and a damaged one that is a delta of it
        assert forget(archive, name, reason="court order 12/26", at=at(501)).bodies == 1
    bad = verify(archive.connection).bad
    assert [problem.capture for problem in bad] == lost[1:]
    assert all("is damaged: what it is a delta of was removed" in problem.problem for problem in bad)
    archive.bodies.forget_decoded()
    for n in (0, 8, 9, 10, 11):
        assert load_capture(archive.connection, archive.bodies, n + 1).body == bodies[n]


@pytest.mark.fault(27)
def test_what_follows_a_damaged_body_is_recorded_all_the_same(archive: Archive) -> None:
    """A new body is kept whole where the one before it cannot be decoded, and the next are deltas of that."""
    bodies = fill(archive, 2)
    damage(archive, 2)
    for n in (2, 3):
        bodies.append(FILLER + b"<h1>%d</h1>" % n)
        archive.record(capture(at(15 * n), bodies[n]))
    archive.bodies.forget_decoded()
    assert [problem.capture for problem in verify(archive.connection).bad] == ["courier/20261124121500"]
    assert archive.connection.execute("SELECT base_id FROM bodies").fetchall() == [(None,), (1,), (None,), (3,)]


def test_forget_takes_a_body_down_and_leaves_its_trace(archive: Archive) -> None:
    """The body is gone, those that were deltas of it are still whole, the reading stays."""
    secret = b"<p>the secret address of the witness</p>"
    archive.file(archive.record(capture(at(0), FILLER + secret)).capture_id, page("witness"))
    fill_from = archive.record(capture(at(15), FILLER + secret[:20])).capture_id
    archive.file(fill_from, page("ferry"))
    removal = forget(archive, "courier/20261124120000", reason="court order 12/26", at=at(60))
    assert (removal.bodies, removal.captures) == (1, ("courier/20261124120000",))
    with pytest.raises(ArchiveError, match="was removed"):
        load_capture(archive.connection, archive.bodies, 1)
    assert load_capture(archive.connection, archive.bodies, fill_from).body == FILLER + secret[:20]
    assert archive.connection.execute("SELECT reason FROM removals").fetchall() == [("court order 12/26",)]
    assert queries.show(archive.connection, SITE, at(5)).page == page("witness")
    assert verify(archive.connection).bad == ()
    with pytest.raises(NotFound, match="removed before"):
        forget(archive, "courier/20261124120000", reason="again", at=at(61))


def left_of(archive: Archive, frame: bytes) -> int:
    """How many parts of a body's data stand in the archive's files."""
    raw = b"".join(file.read_bytes() for file in archive.path.parent.glob(f"{archive.path.name}*"))
    return sum(frame[n : n + 32] in raw for n in range(0, len(frame) - 32, 32))


@pytest.fixture
def leaving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    """An archive on an SQLite that leaves what is deleted in the file, as most builds do."""
    really = sqlite3.connect

    def connect(*where: Any, **how: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = really(*where, **how)
        connection.execute("PRAGMA secure_delete = OFF")
        return connection

    monkeypatch.setattr(sqlite3, "connect", connect)
    with Archive(tmp_path / "archive.db") as archive:
        yield archive


def secret_body(archive: Archive) -> bytes:
    """Noise as the body of a capture at noon, between two others, which read the same; its data."""
    noise = random.Random(5).randbytes(20_000)
    for minute, body in ((-15, b"<p>before"), (0, noise), (15, b"<p>after")):
        archive.file(archive.record(capture(at(minute), body * 3)).capture_id, page("ferry"))
    archive.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    frame: bytes = archive.connection.execute("SELECT data FROM bodies WHERE size = 60000").fetchone()[0]
    assert left_of(archive, frame) > 500
    return frame


@pytest.mark.parametrize("is_pruned", [False, True], ids=["kept", "pruned"])
def test_what_is_taken_down_is_gone_from_the_file(leaving: Archive, is_pruned: bool) -> None:
    """No part of it stands anywhere in the archive's files, neither in free pages nor in the log."""
    frame = secret_body(leaving)
    assert not is_pruned or prune(leaving, before=at(10), at=at(50)).bodies == 1
    forget(leaving, "courier/20261124120000", reason="court order 12/26", at=at(60))
    assert left_of(leaving, frame) == 0


def test_what_a_reader_keeps_in_the_file_is_told(archive: Archive) -> None:
    """While somebody reads the archive as it was, forget says that the bytes are still there; done again, they go."""
    frame = secret_body(archive)
    archive.connection.execute("PRAGMA busy_timeout = 0")
    with closing(connect_readonly(archive.path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM captures").fetchone()
        for _ in range(2):
            with pytest.raises(ArchiveError, match=r"is removed, but its bytes stay .*again"):
                forget(archive, "courier/20261124120000", reason="court order 12/26", at=at(60))
        assert left_of(archive, frame) > 500
    with pytest.raises(NotFound, match="removed before"):
        forget(archive, "courier/20261124120000", reason="court order 12/26", at=at(61))
    assert left_of(archive, frame) == 0
    assert archive.connection.execute("SELECT count(*) FROM removals").fetchone() == (1,)


def test_all_captures_of_a_body_lose_it_together(tmp_path: Path) -> None:
    """Who takes down a body is told of the other captures that had it."""
    with Archive(tmp_path / "archive.db") as archive:
        for minute in (0, 15):
            archive.record(capture(at(minute), b"<p>the address of the witness"))
    told = call("forget", "courier/20261124121500", "--reason", "court order", "--archive", archive.path)
    assert told.splitlines()[1:] == ["courier/20261124120000: had the same body"]


def test_a_body_taken_down_stays_down_and_a_pruned_one_comes_back(archive: Archive) -> None:
    """The site serves the same bytes again: those that were pruned are kept again, those taken down are not."""
    bodies = fill(archive, 4)
    assert prune(archive, before=at(500), at=at(500)).bodies == 2  # of the captures 1, 2
    forget(archive, "courier/20261124123000", reason="court order 12/26", at=at(501))  # pruned before: down for good
    forget(archive, "courier/20261124124500", reason="court order 13/26", at=at(501))
    for n in range(4):
        archive.record(capture(at(600 + n), bodies[n]))
    assert bodies_of(archive) == ["kept", "kept", "removed", "removed"] * 2
    assert load_capture(archive.connection, archive.bodies, 2).body == bodies[1]
    assert verify(archive.connection).bad == ()
    with pytest.raises(NotFound, match="removed before"):
        forget(archive, "courier/20261124123000", reason="again", at=at(502))


def not_modified(minute: float, body: bytes) -> Capture:
    """A 304 that stands for a body."""
    digest = hashlib.sha256(body).hexdigest()
    return replace(capture(at(minute), b""), status=304, revisit_of=digest)


def test_a_304_keeps_what_it_stands_for(archive: Archive) -> None:
    """Neither the body that a 304 names is pruned, nor the empty one that all 304s share, which none can take down."""
    bodies = fill(archive, 3)
    row = archive.record(not_modified(40, bodies[2])).capture_id
    archive.file(row, page("lead-0", "ferry"))
    assert prune(archive, before=at(500), at=at(500)).bodies == 1  # of the capture 1
    assert bodies_of(archive) == ["kept", "removed", "kept", "kept"]
    with pytest.raises(NotFound, match="has no body of its own"):
        forget(archive, "courier/20261124124000", reason="court order 12/26", at=at(501))
    read = readable_capture(archive.connection, archive.bodies, row)
    assert read
    assert read.body == bodies[2]


def test_what_was_taken_down_is_read_by_nobody(archive: Archive) -> None:
    """A capture that was never read and whose body is gone is not offered to readers."""
    archive.record(capture(at(0), b"<p>the address of the witness"))
    other = archive.record(capture(at(15), b"<p>ferry")).capture_id
    forget(archive, "courier/20261124120000", reason="court order 12/26", at=at(60))
    assert unread(archive.connection) == [other]


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


@pytest.mark.parametrize(("bodies", "gone"), [("aa", ""), ("abcb", "c")])
def test_prune_keeps_what_any_capture_needs(archive: Archive, bodies: str, gone: str) -> None:
    """A body that began the edition, and one that a newer capture has, stay, whichever others have them too."""
    for n, body in enumerate(bodies):
        row = archive.record(capture(at(15 * n), FILLER + body.encode())).capture_id
        archive.file(row, page("flood"))
    assert prune(archive, before=at(40), at=at(500)).bodies == len(gone)
    assert bodies_of(archive) == ["removed" if body in gone else "kept" for body in bodies]


def test_a_merge_brings_removals(archive: Archive, tmp_path: Path) -> None:
    """What another archive has removed comes as removed, with its reason and its reading."""
    fill(archive, 2)
    forget(archive, "courier/20261124120000", reason="court order 12/26", at=at(60))
    with Archive(tmp_path / "other.db", observer="other") as other:
        merge(other, archive.path)
        assert follows(other) == follows(archive)
        assert other.connection.execute("SELECT reason FROM removals").fetchall() == [("court order 12/26",)]
        assert verify(other.connection).bad == ()


@pytest.mark.parametrize("order", ["whole pruned taken-down", "pruned whole", "taken-down pruned whole"])
def test_merges_keep_what_any_archive_keeps(tmp_path: Path, order: str) -> None:
    """A body that one archive pruned comes from another, in any order; what was taken down stays as it is here."""
    with Archive(tmp_path / "whole.db") as archive:
        bodies = fill(archive, 4)
    for name in ("pruned", "taken-down"):
        shutil.copy(tmp_path / "whole.db", tmp_path / f"{name}.db")
        with Archive(tmp_path / f"{name}.db") as other:
            if name == "pruned":
                assert prune(other, before=at(500), at=at(500)).bodies == 2
            else:
                forget(other, "courier/20261124123000", reason="court order 12/26", at=at(500))
    names = order.split()
    with Archive(tmp_path / "all.db") as merged:
        for name in [*names, *names]:
            merge(merged, tmp_path / f"{name}.db")
        is_down = names[0] == "taken-down"
        assert bodies_of(merged) == ["kept", "kept", "removed" if is_down else "kept", "kept"]
        assert load_capture(merged.connection, merged.bodies, 2).body == bodies[1]
        assert verify(merged.connection).bad == ()


def test_a_body_pruned_here_and_taken_down_there_stays_gone(tmp_path: Path) -> None:
    """Whichever comes first: bytes that any of the merged archives took down do not come back once they are gone."""
    with Archive(tmp_path / "whole.db") as archive:
        fill(archive, 2)
    for name in ("pruned", "taken-down"):
        shutil.copy(tmp_path / "whole.db", tmp_path / f"{name}.db")
    with Archive(tmp_path / "taken-down.db") as other:
        forget(other, "courier/20261124121500", reason="court order 12/26", at=at(500))
    with Archive(tmp_path / "pruned.db") as pruned:
        prune(pruned, before=at(500), at=at(500))
        for name in ("taken-down", "taken-down", "whole"):
            merge(pruned, tmp_path / f"{name}.db")
        assert bodies_of(pruned) == ["kept", "removed"]
        reasons = [reason for (reason,) in pruned.connection.execute("SELECT reason FROM removals ORDER BY id")]
        assert reasons == [PRUNED, "court order 12/26"]


@pytest.mark.fault(27)
def test_a_merge_of_what_is_not_there_says_so(archive: Archive, tmp_path: Path) -> None:
    """What is misspelt is not to be made by watching."""
    with pytest.raises(ArchiveError, match=r"absent\.db: there is no such file$"):
        merge(archive, tmp_path / "absent.db")


def test_a_merge_takes_what_is_left_of_a_damaged_archive(tmp_path: Path) -> None:
    """Damaged bodies come as removed, with their captures, readings and visits; a sound copy brings them later."""
    with Archive(tmp_path / "sound.db") as archive:
        bodies = fill(archive, 4)
        archive.end_visit(SITE, due_at=at(15), ended_at=at(15), outcome=Outcome.NEW_EDITION, capture_id=2)
    shutil.copy(tmp_path / "sound.db", tmp_path / "damaged.db")
    with Archive(tmp_path / "damaged.db") as archive:
        damage(archive, 2)
        wanted = follows(archive)
    with Archive(tmp_path / "all.db") as merged:
        came = merge(merged, tmp_path / "damaged.db")
        assert (came.captures, came.visits, len(came.problems)) == (4, 1, 3)
        assert came.problems[0].startswith("courier/20261124121500: body ")
        assert follows(merged) == wanted
        assert bodies_of(merged) == ["kept", "removed", "removed", "removed"]
        (reason,) = merged.connection.execute("SELECT reason FROM removals").fetchone()
        assert reason.startswith(DAMAGED)
        assert merge(merged, tmp_path / "sound.db").problems == []
        assert bodies_of(merged) == ["kept"] * 4
        assert load_capture(merged.connection, merged.bodies, 3).body == bodies[2]
    assert "courier/20261124121500: body" in call(
        "merge", tmp_path / "damaged.db", "--archive", tmp_path / "all.db", code=1
    )


@pytest.mark.fault(27)
def test_a_merge_takes_what_a_damaged_reading_was_read_in(archive: Archive, tmp_path: Path) -> None:
    """A page that cannot be decoded is told of its captures and left there; here they are read as any that are new."""
    fill(archive, 3)
    archive.connection.execute("UPDATE front_pages SET placements = x'00' WHERE id = 1")
    keep(archive, at(60), page("flood", "ferry"))
    with Archive(tmp_path / "other.db") as other:
        came = merge(other, archive.path)
        assert came.captures == 4
        names = [f"courier/202611241{hour}00" for hour in ("200", "215", "230")]
        assert came.problems == [
            f"{name}: its reading is damaged; `frontpage reparse` reads it again" for name in names
        ]
        assert unread(other.connection) == [1, 2, 3]
        assert queries.show(other.connection, SITE, at(60)).page == page("flood", "ferry")


@pytest.mark.fault(27)
def test_a_merge_goes_on_past_a_capture_that_cannot_be_taken(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One whose headers or instant are damaged is named; the others come, and its slot keeps its row."""
    for n, body in enumerate((b"<p>flood", b"<p>ferry", b"<p>storm")):
        row = archive.record(capture(at(15 * n), body)).capture_id
        archive.end_visit(SITE, due_at=at(n), ended_at=at(n), outcome=Outcome.NEW_EDITION, capture_id=row)

    def load(connection: sqlite3.Connection, bodies: Bodies, capture_id: int, **how: bool) -> Capture:
        if capture_id == 1:
            raise ArchiveError("its headers are damaged")
        loaded = load_capture(connection, bodies, capture_id, **how)
        return replace(loaded, instant=loaded.instant.replace(year=9999)) if capture_id == 3 else loaded

    monkeypatch.setattr("storage.merge.load_capture", load)
    with Archive(tmp_path / "other.db") as other:
        came = merge(other, archive.path)
        assert (came.captures, came.visits) == (1, 3)
        assert came.problems == [
            "courier/20261124120000: its headers are damaged",
            "courier/20261124123000: courier: the year 9999 is none that an archive can hold",
        ]


def test_a_merge_takes_one_state_of_an_archive_that_is_written_to(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a daemon files while a merge is under way, its visit included, is left for the next merge."""
    keep(archive, at(0), page("ferry"))

    def meanwhile(*arguments: Any) -> int:
        row = archive.record(capture(at(15), b"<p>later")).capture_id
        archive.end_visit(SITE, due_at=at(15), ended_at=at(15), outcome=Outcome.NEW_EDITION, capture_id=row)
        return in_turns(*arguments)

    monkeypatch.setattr("storage.merge.in_turns", meanwhile)
    with Archive(tmp_path / "other.db") as other:
        first = merge(other, archive.path)
        assert (first.captures, first.visits) == (1, 0)
        again = merge(other, archive.path)
        assert (again.captures, again.visits) == (1, 1)


def test_a_merge_brings_the_gap_and_what_follows_from_it(tmp_path: Path) -> None:
    """Where only the other archive described the site, its gap cuts the spans of both, whichever is merged first."""
    courier = Site(slug=SITE, name="Courier", url="https://courier.example/", timezone="UTC", every=900)
    with Archive(tmp_path / "one.db") as one, Archive(tmp_path / "two.db") as two:
        for hour in (0, 3, 6):
            keep(one, at(60 * hour), page("ferry"))
        two.describe(courier, gap=2 * 3600, at=NOON)
        keep(two, at(60 * 12), page("ferry"))
        merge(one, two.path)
        merge(two, one.path)
        assert follows(one) == follows(two)
        assert [lead.seen.at_least_s for lead in one.leads(SITE)] == [0, 0, 0, 0]
        assert verify(one.connection).bad == ()


def test_a_merge_leaves_a_site_as_it_is_described_here(tmp_path: Path) -> None:
    """Whatever the other archive calls it, and however often the two are merged."""
    ours = Site(slug=SITE, name="Ours", url="https://courier.example/", timezone="Europe/Oslo", every=900)
    theirs = ours.model_copy(update={"name": "Theirs", "timezone": "UTC"})
    with Archive(tmp_path / "here.db") as here, Archive(tmp_path / "there.db") as there:
        here.describe(ours, gap=3600, at=NOON)
        there.describe(theirs, gap=7200, at=at(15))
        for _ in range(2):
            merge(here, there.path)
        told = here.connection.execute("SELECT name, timezone, gap FROM site_descriptions").fetchall()
        assert told == [("Ours", "Europe/Oslo", 3600)]


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
