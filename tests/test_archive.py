"""The archive is a set of captures; what follows from them does not depend on how they came."""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper.errors import ArchiveError, NotFound
from scraper.model import Capture, Origin, Outcome, Quality
from storage import queries
from storage.archive import Archive
from storage.captures import capture_name, capture_row, load_capture, load_page, readable_capture, unread
from storage.exports import Selection, lead_rows, readings, story_rows, visits
from storage.exports import captures as captures_of
from storage.history import history
from storage.merge import merge
from storage.schema import connect, connect_readonly
from storage.search import search
from tests.made import NOON, SITE, at, capture, keep, keep_all, new_archive, page, wall


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive.db") as archive:
        yield archive


PAGES = {
    b"first": page("flood", "ferry", "harbour"),
    b"edited": page("flood", "ferry", "harbour", headlines={"flood": "Flood recedes"}),
    b"second": page("ferry", "flood", "market", section="More Front Page Coverage"),
    b"third": page("market", "ferry"),
    b"wall": wall(),
}

OBSERVERS = ("berlin", "oslo")
STOOD_FOR = {"berlin": b"first", "oslo": b"second"}  # by a 304: each observer has validators of its own
steps = st.integers(0, 40).map(lambda step: at(15 * step))
captures = st.builds(
    capture,
    steps,
    st.sampled_from(sorted(PAGES)),
    origin=st.sampled_from([Origin.LIVE, Origin.WAYBACK, Origin.FILES]),
)
Look = tuple[str, Capture]  # who looked, and what came
observers = st.sampled_from(OBSERVERS)
looks = st.tuples(observers, captures) | st.builds(lambda who, when: (who, not_modified(who, when)), observers, steps)


def not_modified(observer: str, instant: datetime) -> Capture:
    """A 304 that an observer got."""
    sha256 = hashlib.sha256(STOOD_FOR[observer]).hexdigest()
    return replace(capture(instant, b""), status=304, revisit_of=sha256)


def all_that_follows(archive: Archive) -> tuple[list[dict[str, Any]], ...]:
    everything = Selection()
    return tuple(
        list(export(archive.connection, everything)) for export in (captures_of, readings, lead_rows, story_rows)
    )


def take_all(archive: Archive, looks: Sequence[Look]) -> None:
    for observer, one in looks:
        archive.file(archive.record(one, observer=observer).capture_id, PAGES[one.body or STOOD_FOR[observer]])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(taken=st.lists(looks, max_size=12), data=st.data())
def test_the_archive_is_a_set(taken: list[Look], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The same captures in another order, some of them twice, give equal readings, leads and stories (rule 2)."""
    folder = tmp_path_factory.mktemp("set")
    shuffled = data.draw(st.permutations(taken + taken[:3]))
    with new_archive(folder / "one.db") as one, new_archive(folder / "two.db") as two:
        take_all(one, taken)
        take_all(two, shuffled)
        assert all_that_follows(one) == all_that_follows(two)


def test_evidence_is_append_only(archive: Archive) -> None:
    """Captures, visits and bodies can be neither changed nor deleted, not even by hand."""
    keep(archive, NOON, page("flood"))
    archive.end_visit(SITE, due_at=NOON, ended_at=NOON, outcome=Outcome.NEW_EDITION)
    for statement in (
        "DELETE FROM captures", "UPDATE captures SET instant = 0", "DELETE FROM visits", "UPDATE visits SET error = ''",
        "DELETE FROM bodies", "UPDATE bodies SET data = NULL", "UPDATE bodies SET sha256 = x'00'",
    ):  # fmt: skip
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            archive.connection.execute(statement)


def links(archive: Archive) -> list[int]:
    """How many bodies have to be decoded for each."""
    bases = dict(archive.connection.execute("SELECT id, base_id FROM bodies"))

    def depth(body: int | None) -> int:
        return 0 if body is None else 1 + depth(bases[body])

    return [depth(body) for body in bases]


def test_a_body_is_compressed_against_the_one_before_and_comes_back_whole(archive: Archive) -> None:
    """Small edits of a large page take little space, chains are bounded, and every body is what it was."""
    bodies = [
        b"".join(b"<p>%d %d</p>" % (n, n * n) for n in range(9_000)) + b"<h1>%d</h1>" % edit for edit in range(140)
    ]
    rows = [archive.record(capture(at(edit), body)).capture_id for edit, body in enumerate(bodies)]
    stored, whole = archive.connection.execute("SELECT sum(length(data)), sum(base_id IS NULL) FROM bodies").fetchone()
    assert stored * 20 < sum(map(len, bodies))
    assert whole == 3  # a group has 64
    assert max(links(archive)) == 15
    archive.bodies.forget_decoded()
    assert [load_capture(archive.connection, archive.bodies, row).body for row in rows] == bodies


@pytest.mark.fault(27)
def test_a_damaged_body_is_named(archive: Archive) -> None:
    """A flipped byte is found when the body is read."""
    row = archive.record(capture(NOON, b"<html>" + bytes(range(256)) * 4)).capture_id
    (data,) = archive.connection.execute("SELECT data FROM bodies").fetchone()
    damaged = data[:20] + bytes([data[20] ^ 1]) + data[21:]
    archive.connection.execute("UPDATE bodies SET data = ?", (damaged,))
    archive.bodies.forget_decoded()
    with pytest.raises(ArchiveError, match="damaged"):
        load_capture(archive.connection, archive.bodies, row)


def test_a_capture_comes_back_as_it_was_recorded(archive: Archive) -> None:
    """Status, headers, redirects and body survive; its name leads back to it."""
    one = capture(NOON, b"<html>harbour")
    row = archive.record(one).capture_id
    assert load_capture(archive.connection, archive.bodies, row) == one
    assert capture_name(archive.connection, row) == "courier/20261124120000"
    assert capture_row(archive.connection, "courier/20261124120000") == row


def test_captures_of_one_instant_are_all_kept_and_one_speaks(archive: Archive) -> None:
    """The origin that comes first in the fixed order is the page of the instant, whichever came first."""
    keep(archive, NOON, page("from-files"), origin=Origin.FILES)
    keep(archive, NOON, page("from-live"), origin=Origin.LIVE)
    keep(archive, NOON, page("from-wayback"), origin=Origin.WAYBACK)
    shown = queries.show(archive.connection, SITE, NOON)
    assert shown.page.lead
    assert shown.page.lead.url.endswith("from-live")
    names = [capture_name(archive.connection, row) for row in (1, 2, 3)]
    assert names == ["courier/20261124120000~3", "courier/20261124120000", "courier/20261124120000~2"]


def test_two_observers_of_one_second_rank_by_name(archive: Archive) -> None:
    """Equal bytes under other headers, 304s that stand for other pages: whoever came first, the same one speaks."""
    revisits = {name: not_modified(name, NOON) for name in OBSERVERS}
    bytes_alike = {name: capture(at(15), b"alike") for name in OBSERVERS}
    for name in ("oslo", "berlin"):
        for one in (revisits[name], bytes_alike[name]):
            archive.file(archive.record(one, observer=name).capture_id, page(f"seen-by-{name}"))
    first = min(OBSERVERS, key=lambda name: revisits[name].revisit_of)
    leads = [lead.url.rpartition("-")[2] for lead in queries.leads(archive.connection, SITE)]
    assert leads == list(dict.fromkeys([first, "berlin"]))
    told = [(row["capture"], row["observer"]) for row in captures_of(archive.connection, Selection(since=at(1)))]
    assert told == [("courier/20261124121500", "berlin"), ("courier/20261124121500~2", "oslo")]
    views = archive.connection.execute("SELECT capture, observer FROM captures_told ORDER BY capture").fetchall()
    assert views[2:] == told


@pytest.mark.parametrize("observers", [("berlin", "oslo"), ("oslo", "berlin")])
def test_what_a_304_is_read_from_does_not_depend_on_who_came_first(archive: Archive, observers: Sequence[str]) -> None:
    """Of captures with the same bytes, which may be in other words' charsets, the first in the fixed order."""
    for name in observers:
        archive.record(
            replace(capture(NOON, b"same"), headers=(("Content-Type", f"text/html; charset={name}"),)), observer=name
        )
    later = replace(capture(at(15), b""), status=304, revisit_of=hashlib.sha256(b"same").hexdigest())
    row = archive.record(later).capture_id
    source = readable_capture(archive.connection, archive.bodies, row)
    assert source is not None
    assert source.content_type.endswith("berlin")
    # Nor do an earlier capture of the same bytes, or one from elsewhere, which may come at any time.
    archive.record(replace(capture(at(-15), b"same"), url=f"{source.url}news/", headers=()))
    assert readable_capture(archive.connection, archive.bodies, row) == source
    assert (source.url, source.instant) == (later.url, later.instant)


@pytest.mark.fault(18)
def test_a_wall_is_no_observation(archive: Archive) -> None:
    """A consent wall between two captures neither ends nor extends a span, and is never shown."""
    keep(archive, at(0), page("flood", "ferry"))
    filed = keep(archive, at(15), wall())
    keep(archive, at(30), page("flood", "ferry"))
    assert (filed.outcome, filed.edition) == (Outcome.UNREADABLE, "")
    (lead,) = queries.leads(archive.connection, SITE)
    assert (lead.seen.captures, lead.seen.at_least_s) == (2, 1800)
    assert queries.show(archive.connection, SITE, at(20)).captured_at == at(0)


def test_editions_tell_whether_anything_changed(archive: Archive) -> None:
    """The same state again is the same edition; one changed word is a new one."""
    first = keep(archive, at(0), page("flood", "ferry"))
    again = keep(archive, at(15), page("flood", "ferry"))
    edited = keep(archive, at(30), page("flood", "ferry", headlines={"flood": "Flood recedes"}))
    assert [f.outcome for f in (first, again, edited)] == [
        Outcome.NEW_EDITION, Outcome.SAME_EDITION, Outcome.NEW_EDITION,
    ]  # fmt: skip
    assert first.edition == again.edition != edited.edition


def test_what_was_filed_is_what_is_shown(archive: Archive) -> None:
    """A front page survives the archive field by field."""
    filed = page("flood", "ferry", "market", section="More Front Page Coverage")
    keep(archive, NOON, filed)
    shown = queries.show(archive.connection, SITE, NOON)
    assert shown.page == filed
    assert (shown.age_s, shown.capture) == (0, "courier/20261124120000")


def test_a_new_reading_replaces_the_old_one(archive: Archive) -> None:
    """Reading a capture again with a better reader leaves no trace of the old reading in the spans."""
    recorded = archive.record(capture(NOON))
    archive.file(recorded.capture_id, page("wrong", "ferry"))
    archive.file(recorded.capture_id, page("flood", "ferry", reader="2"))
    assert [lead.headline for lead in queries.leads(archive.connection, SITE)] == ["Headline of flood"]
    assert load_page(archive.connection, recorded.capture_id).reader == "2"
    archive.file(recorded.capture_id, wall("3"))
    assert list(queries.leads(archive.connection, SITE)) == []


def test_durations_never_run_across_a_gap(archive: Archive) -> None:
    """Captures further apart than six hours are two stretches, each without an upper bound there."""
    keep_all(archive, [(at(0), page("flood")), (at(60), page("flood")), (at(60 + 7 * 60), page("flood"))])
    before, after = queries.leads(archive.connection, SITE)
    assert (before.seen.at_least_s, before.seen.gone_by) == (3600, None)
    assert (after.seen.at_least_s, after.seen.not_before) == (0, None)


def test_history_tells_wordings_and_places(archive: Archive) -> None:
    """A story's headline edit and its way from lead to teaser are told with their times."""
    keep_all(
        archive,
        [
            (at(0), page("flood", "ferry")),
            (at(15), page("flood", "ferry", headlines={"flood": "Flood recedes"})),
            (at(30), page("ferry", "flood", headlines={"flood": "Flood recedes"}, section="Region")),
        ],
    )
    told = history(archive.connection, "https://courier.example/flood")
    assert [w.headline for w in told.wordings] == ["Headline of flood", "Flood recedes"]
    assert [(str(s.role), s.section) for s in told.spans] == [("lead", ""), ("teaser", "Region")]
    assert history(archive.connection, told.story) == told


def test_the_unknown_is_named(archive: Archive) -> None:
    """Asking for what is not there says what is."""
    keep(archive, NOON, page("flood"))
    with pytest.raises(NotFound, match='no site "tribune"; it has courier'):
        queries.show(archive.connection, "tribune", NOON)
    with pytest.raises(NotFound, match="no readable capture at or before"):
        queries.show(archive.connection, SITE, NOON - timedelta(seconds=1))
    with pytest.raises(NotFound, match="knows no story"):
        history(archive.connection, "nosuchstory1")
    with pytest.raises(NotFound, match="no capture"):
        capture_row(archive.connection, "courier/2026")


def test_a_304_reads_as_the_capture_it_stands_for(archive: Archive) -> None:
    """A 304 names a sha256; its reading is of that body, also when the 304 was recorded first."""
    original = capture(NOON, b"<html>harbour")
    revisit = Capture(
        site=SITE, origin=Origin.LIVE, url=original.url, instant=at(15), status=304,
        revisit_of="e2a1b7b2e1a0d5a0b3f5b1b3f5c0fd7f2c7a1d3b9c1d9f8e7d6c5b4a39281706",
    )  # fmt: skip
    row = archive.record(revisit).capture_id
    assert readable_capture(archive.connection, archive.bodies, row) is None
    known = archive.record(original).capture_id
    (sha256,) = archive.connection.execute(
        "SELECT sha256 FROM bodies JOIN captures ON body_id = bodies.id WHERE captures.id = ?", (known,)
    ).fetchone()
    second = Capture(
        site=SITE, origin=Origin.LIVE, url=original.url, instant=at(30), status=304, revisit_of=sha256.hex()
    )
    row = archive.record(second).capture_id
    assert readable_capture(archive.connection, archive.bodies, row) == replace(original, instant=at(30))
    assert row in unread(archive.connection)


def test_a_batch_is_all_or_nothing(archive: Archive) -> None:
    """An error inside a batch leaves nothing of it behind, and the archive goes on."""

    def broken_batch() -> None:
        with archive.batch():
            keep(archive, NOON, page("flood"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken_batch()
    assert archive.connection.execute("SELECT count(*) FROM captures").fetchone() == (0,)
    keep(archive, NOON, page("ferry"))
    assert queries.show(archive.connection, SITE, NOON).page == page("ferry")


@pytest.mark.parametrize("year", [999, 9990, 9999])
def test_a_year_for_which_there_is_no_room_is_refused(archive: Archive, year: int) -> None:
    """Names of captures have four digits for it, and charts go on for some years behind it; nothing is left of it."""
    with pytest.raises(ArchiveError, match=f"courier: the year {year} is none that an archive can hold"):
        keep(archive, NOON.replace(year=year), page("flood"))
    assert archive.connection.execute("SELECT count(*) FROM captures").fetchone() == (0,)


@pytest.mark.fault(27, 29)
def test_foreign_newer_and_damaged_files_are_refused(tmp_path: Path) -> None:
    """A file of something else, of a newer version, or of nothing is named and left as it was."""
    foreign = tmp_path / "foreign.db"
    sqlite3.connect(foreign).execute("CREATE TABLE birds (name TEXT)").connection.close()
    before = foreign.read_bytes()
    with pytest.raises(ArchiveError, match="something else"):
        connect(foreign)
    assert foreign.read_bytes() == before
    text = tmp_path / "text.db"
    text.write_text("Dear diary, " * 100)
    with pytest.raises(ArchiveError, match="cannot be used"):
        connect(text)
    newer = tmp_path / "newer.db"
    with Archive(newer) as archive:
        archive.connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('frontpage-archive', 'm999_future')"
        )
    for opened in (connect, connect_readonly):
        with pytest.raises(ArchiveError, match="newer"):
            opened(newer)
    with pytest.raises(ArchiveError, match="no archive yet"):
        connect_readonly(tmp_path / "absent.db")


def test_a_new_archive_has_the_promised_settings(tmp_path: Path) -> None:
    """WAL, foreign keys, incremental vacuum, and durable commits."""
    connection = connect(tmp_path / "archive.db")
    names = ("journal_mode", "foreign_keys", "auto_vacuum", "synchronous", "busy_timeout")
    values = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names]
    connection.close()
    assert values == ["wal", 1, 2, 2, 30_000]


def test_unreadable_pages_keep_their_problem(archive: Archive) -> None:
    """The reading of a wall says what it is."""
    keep(archive, NOON, wall())
    (reading,) = readings(archive.connection, Selection())
    assert (reading["quality"], reading["problem"], reading["lead"]) == ("consent-wall", "asks for consent", None)
    assert load_page(archive.connection, 1).quality is Quality.CONSENT_WALL


@settings(max_examples=30, deadline=None)
@given(taken=st.lists(st.tuples(looks, st.booleans()), max_size=10))
def test_merging_equals_having_seen_it_all(
    taken: list[tuple[Look, bool]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Two archives that shared the work, merged either way and twice, hold what one that did it all holds."""
    folder = tmp_path_factory.mktemp("merge")
    with (
        new_archive(folder / "all.db") as whole,
        new_archive(folder / "here.db", observer="here") as here,
        new_archive(folder / "there.db", observer="there") as there,
    ):
        take_all(whole, [one for one, _ in taken])
        take_all(here, [one for one, is_here in taken if is_here])
        take_all(there, [one for one, is_here in taken if not is_here])
        merge(here, there.path)
        merge(there, here.path)
        assert merge(here, there.path).captures == 0
        assert all_that_follows(here) == all_that_follows(there) == all_that_follows(whole)


def test_a_merge_brings_the_ledger_and_who_looked(tmp_path: Path) -> None:
    """Visits come with their captures and their observer; a slot that both observers had keeps two rows."""
    with Archive(tmp_path / "oslo.db", observer="oslo") as oslo, Archive(tmp_path / "rome.db", observer="rome") as rome:
        for archive in (oslo, rome):
            row = archive.record(capture(NOON, archive.path.name.encode())).capture_id
            archive.end_visit(SITE, due_at=NOON, ended_at=NOON, outcome=Outcome.NEW_EDITION, capture_id=row)
        merge(oslo, rome.path)
        exported = list(visits(oslo.connection, Selection()))
    assert [(row["observer"], row["capture"] != "") for row in exported] == [("oslo", True), ("rome", True)]


def test_another_picture_is_no_other_text(archive: Archive) -> None:
    """A wording that says the same is indexed once, and search still tells when each of them stood there."""
    before = page("flood")
    assert before.lead
    after = replace(before, lead=replace(before.lead, image="https://courier.example/rain.jpg"))
    keep_all(archive, [(at(0), before), (at(15), after)])
    assert archive.connection.execute("SELECT count(*) FROM words_docsize").fetchone() == (1,)
    assert [hit.first_seen for hit in search(archive.connection, "flood")] == [at(15), at(0)]


def test_a_kicker_that_comes_later_is_found(archive: Archive) -> None:
    """The rest of the wording says what it said."""
    before = page("flood")
    assert before.lead
    keep_all(archive, [(at(0), before), (at(15), replace(before, lead=replace(before.lead, kicker="Breaking")))])
    assert [hit.first_seen for hit in archive.search("breaking")] == [at(15)]


SCRIPTS = {  # a headline, a word in it, and a word that is not, though in Thai and its kin its consonants are
    "Thai": ("ผลการเลือกตั้งทั่วไปประเทศไทย", "การเลือกตั้ง", "เลือกตุ้ง"),
    "Lao": ("ການເລືອກຕັ້ງທົ່ວໄປ", "ເລືອກຕັ້ງ", "ເລືອກຕຸ້ງ"),
    "Burmese": ("ရန်ကုန်မြို့ရေကြီးမှု", "ရေကြီး", "ရေကြူး"),
    "Khmer": ("ការបោះឆ្នោតជាតិ", "ឆ្នោត", "ឆ្នុត"),
    "Japanese": ("日本の選挙結果", "選挙", "挙選"),
    "Korean": ("서울시장 선거 결과", "선거", "거선"),
    "Hindi": ("दिल्ली में चुनाव परिणाम घोषित", "चुनाव", "बाज़ार"),
    "German": ("Ergebnis der Wahl in Zürich", "zurich", "zug"),
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_words_are_found_in_every_script(archive: Archive, script: str) -> None:
    """Also where no space tells one from the next."""
    headline, found, absent = SCRIPTS[script]
    keep(archive, NOON, page("flood", headlines={"flood": headline}))
    assert [hit.headline for hit in archive.search(found)] == [headline]
    assert archive.search(absent) == []
