"""verify finds all that is damaged, in files beyond reading too, and takes nobody's writing for damage."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from scraper.errors import ArchiveError
from storage.archive import Archive
from storage.observations import Observations
from storage.removals import forget
from storage.repack import repack
from storage.schema import connect_readonly
from storage.validators import last_validators
from storage.verify import Verified, verify
from tests.made import SITE, at, capture, keep, keep_all, page
from tests.test_care import FILLER, damage, fill
from tests.verbs import call

NAMES = [f"courier/202611241{hour}00" for hour in ("200", "215", "230")]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive.db") as archive:
        fill(archive, 3)
        yield archive


def flip(archive: Archive, table: str, column: str, row: int, at_byte: int = -1) -> None:
    """Flip a bit of a value, as a bad disk would; -1 is the middle."""
    triggers = [name for (name,) in archive.connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")]
    for name in triggers:
        archive.connection.execute(f"DROP TRIGGER {name}")
    key = "capture_id" if table == "readings" else "id"
    (value,) = archive.connection.execute(f"SELECT {column} FROM {table} WHERE {key} = ?", (row,)).fetchone()
    data = bytearray(value.encode() if isinstance(value, str) else value)
    data[len(data) // 2 if at_byte < 0 else at_byte] ^= 4
    changed = data.decode() if isinstance(value, str) else bytes(data)
    archive.connection.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (changed, row))


def test_every_bit_of_headers_counts(archive: Archive) -> None:
    """Whichever is flipped, the capture is named; verbs that need them say so, and the next visit does without."""
    (exchange,) = archive.connection.execute("SELECT exchange FROM captures WHERE id = 2").fetchone()
    for byte in range(len(exchange)):
        flip(archive, "captures", "exchange", 2, byte)
        (problem,) = verify(archive.connection).bad
        assert problem.capture == NAMES[1]
        assert "headers and redirects are damaged" in problem.problem
        archive.connection.execute("UPDATE captures SET exchange = ? WHERE id = 2", (exchange,))
    flip(archive, "captures", "exchange", 3)
    for verb in (
        ("cite", NAMES[2]),
        ("export", "captures", "--format", "warc", "-o", archive.path.with_suffix(".warc")),
    ):
        told = call(*verb, "--archive", archive.path, code=1)
        assert told.startswith(f"{NAMES[2]}: headers and redirects are damaged")
    assert last_validators(archive, SITE).etag == ""


@pytest.mark.parametrize(
    ("table", "column"),
    [("front_pages", "placements"), ("front_pages", "title"), ("front_pages", "digest"), ("front_pages", "edition")],
)
def test_a_page_that_is_not_what_was_filed_is_told_of_its_captures(archive: Archive, table: str, column: str) -> None:
    """All of them, with the remedy."""
    keep(archive, at(45), page("ferry"))
    flip(archive, table, column, 1)
    bad = verify(archive.connection).bad
    told = [(problem.capture, problem.problem) for problem in bad if problem.capture]
    assert told == [(name, "its reading is damaged; `frontpage reparse courier`") for name in NAMES]


def test_a_text_that_is_not_what_was_filed_is_told(archive: Archive) -> None:
    """Of the pages that have it; also where its digest alone is another."""
    flip(archive, "wordings", "headline", 1)
    assert {problem.capture for problem in verify(archive.connection).bad} == {"", *NAMES}
    flip(archive, "wordings", "headline", 1)
    assert verify(archive.connection).bad == ()
    flip(archive, "wordings", "digest", 1)
    assert [problem.problem for problem in verify(archive.connection).bad] == [
        "courier: a text is damaged; `frontpage reparse courier`"
    ]


def test_evidence_of_a_lead_that_cannot_be_read_is_told(archive: Archive) -> None:
    """Which is of one reading, not of its page."""
    flip(archive, "readings", "evidence", 2, 0)
    (problem,) = verify(archive.connection).bad
    assert (problem.capture, "its reading is damaged" in problem.problem) == (NAMES[1], True)
    with pytest.raises(ArchiveError, match=r"courier/20261124121500: its reading is damaged; `frontpage reparse`"):
        archive.show(SITE, at(20))


def test_an_observation_that_lies_is_found(archive: Archive) -> None:
    """Another capture stands for an instant than the one that wins it."""
    archive.connection.execute("UPDATE observations SET capture_id = 3 WHERE capture_id = 2")
    (problem,) = verify(archive.connection).bad
    assert "spans are not what its captures say" in problem.problem


def test_texts_of_no_page_in_the_index_are_told(archive: Archive) -> None:
    """Whether or not all that ought to be there is."""
    archive.connection.execute("INSERT INTO words (rowid, headline) VALUES (77, 'x')")
    (problem,) = verify(archive.connection).bad
    assert problem.problem == "the search index has 2 of 2 texts, and 1 of no page; `frontpage reparse`"
    archive.connection.execute("INSERT INTO words (words) VALUES ('delete-all')")
    archive.connection.executemany("INSERT INTO words (rowid, headline) VALUES (?, 'x')", [(1,), (77,)])
    (problem,) = verify(archive.connection).bad
    assert problem.problem == "the search index has 1 of 2 texts, and 1 of no page; `frontpage reparse`"


def verify_while(archive: Archive, act: Callable[[Archive], object], monkeypatch: pytest.MonkeyPatch) -> Verified:
    """Verify, while another process does something as bodies are decoded and as spans are held against captures."""
    basis = Observations.basis
    with Archive(archive.path) as other, closing(connect_readonly(archive.path)) as connection:

        def in_the_middle(self: Observations, site_id: int) -> object:
            found = basis(self, site_id)
            if self._connection is connection:
                act(other)
            return found

        monkeypatch.setattr(Observations, "basis", in_the_middle)
        return verify(connection, tick=lambda: act(other))


def test_a_daemon_beside_is_no_damage(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Captures that are filed meanwhile make no span, text or page wrong."""
    count = iter(range(3, 100))

    def file(other: Archive) -> None:
        number = next(count)
        keep(other, at(15 * number), page(f"lead-{number}", f"story-{number}"))

    assert verify_while(archive, file, monkeypatch).bad == ()
    assert next(count) > 6


def test_a_removal_beside_is_no_damage(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is repacking: bodies go, or become deltas of others, while they are decoded."""
    keep_all(archive, [(at(45 + 15 * n), page(f"later-{n}")) for n in range(4)])
    names = iter(NAMES[1:])

    def remove(other: Archive) -> None:
        if name := next(names, None):
            forget(other, name, reason="asked for", at=at(600))
            repack(other)

    assert verify_while(archive, remove, monkeypatch).bad == ()
    assert next(names, None) is None


@pytest.mark.fault(27)
def test_a_file_beyond_reading_is_told(archive: Archive, tmp_path: Path) -> None:
    """Whichever of its pages is lost, there is an answer, and it is not that all is well."""
    for number in range(40):
        archive.record(capture(at(1000 + number), FILLER + b"%d" % number))
    archive.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    whole = archive.path.read_bytes()
    size = 4096
    free = set()
    for start in range(size, len(whole), size):
        broken = tmp_path / "broken.db"
        broken.write_bytes(whole[:start] + b"\xff" * size + whole[start + size :])
        try:
            with closing(connect_readonly(broken)) as connection:
                bad = verify(connection).bad
        except ArchiveError:
            continue
        if not bad:
            free.add(start // size + 1)
    assert free == set()
    shutil.copy(archive.path, tmp_path / "broken.db")
    assert call("verify", "--archive", tmp_path / "broken.db").endswith("0 problems\n")


def test_a_damaged_body_is_told_beside_the_rest(archive: Archive) -> None:
    """One kind of damage hides no other."""
    damage(archive, 1)
    flip(archive, "captures", "exchange", 1)
    problems = {problem.problem.split(" ")[0] for problem in verify(archive.connection).bad}
    assert problems == {"headers", "body"}
