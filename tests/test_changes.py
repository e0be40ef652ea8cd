"""Change events, edits told apart from rotation and from mere typography, furniture, and continuations."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.errors import NotFound
from scraper.model import FrontPage
from storage.archive import Archive
from storage.changes import ChangeEvent, changes
from storage.continuations import similarity
from storage.edits import Run, is_edit, rotation_shares
from storage.history import history
from storage.lasting import lasting
from storage.overview import described
from storage.queries import leads_about, stories
from storage.recent import Recent, recent
from storage.rotations import turns
from tests.made import NOON, SITE, URL, at, capture, keep, keep_all, page, wall


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive.db") as archive:
        yield archive


def told(archive: Archive) -> list[tuple[str, str, str]]:
    """(kind, story's name, what was) of all change events."""
    return [(str(e.kind), e.url.rpartition("/")[2], e.was) for e in changes(archive.connection, SITE)]


def test_the_lead_changes(archive: Archive) -> None:
    """A teaser takes the lead: the lead changed, one story was promoted, one demoted; nobody came or went."""
    keep_all(archive, [(at(0), page("flood", "ferry")), (at(15), page("ferry", "flood"))])
    assert told(archive) == [
        ("lead-changed", "ferry", "Headline of flood"), ("promoted", "ferry", ""), ("demoted", "flood", ""),
    ]  # fmt: skip


def test_stories_come_go_and_move(archive: Archive) -> None:
    """A story that comes appeared, one that goes was dropped, one under another heading moved section."""
    keep_all(
        archive,
        [
            (at(0), page("flood", "ferry", "market", section="News")),
            (at(15), page("flood", "ferry", "quay", section="Region")),
        ],
    )
    assert told(archive) == [
        ("appeared", "quay", ""), ("dropped", "market", ""), ("moved-section", "ferry", "News"),
    ]  # fmt: skip


def test_a_headline_is_edited(archive: Archive) -> None:
    """The event names both captures, the earlier headline and the later one, and its id is derived."""
    keep_all(archive, [(at(0), page("flood")), (at(15), page("flood", headlines={"flood": "Flood recedes"}))])
    (event,) = changes(archive.connection, SITE)
    assert (event.was, event.headline, str(event.role)) == ("Headline of flood", "Flood recedes", "lead")
    assert (event.before, event.capture) == ("courier/20261124120000", "courier/20261124121500")
    assert (event.at, event.rotation, len(event.id)) == (at(15), False, 12)


def test_typography_is_no_edit(archive: Archive) -> None:
    """Curly quotes, spaces and dashes make another wording, and no event."""
    plain, curly = {"flood": '"Flood" - it\'s over'}, {"flood": "“Flood” – it’s  over"}
    keep_all(archive, [(at(0), page("flood", headlines=plain)), (at(15), page("flood", headlines=curly))])
    assert told(archive) == []
    assert len(history(archive.connection, "https://courier.example/flood").wordings) == 2


def test_no_event_crosses_a_gap_a_wall_or_another_reader(archive: Archive) -> None:
    """What lies between captures seven hours apart is not known; walls are passed over; readers are not compared."""
    keep_all(
        archive,
        [
            (at(0), page("flood")),
            (at(7 * 60), page("ferry")),
            (at(7 * 60 + 15), wall()),
            (at(7 * 60 + 30), page("ferry", "quay")),
            (at(7 * 60 + 45), page("market", reader="2")),
        ],
    )
    assert told(archive) == [("appeared", "quay", "")]


def test_only_the_time_asked_about(archive: Archive) -> None:
    """`since` is inclusive and `until` exclusive, by the instant at which the change was seen."""
    keep_all(archive, [(at(0), page("flood")), (at(15), page("ferry")), (at(30), page("quay"))])
    events = list(changes(archive.connection, SITE, since=at(15), until=at(30)))
    assert {event.at for event in events} == {at(15)}


def test_headlines_in_rotation_for_months_are_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What their shares cost grows with their number, not with its square."""
    looked_at: list[str] = []

    def plain(text: str) -> str:
        looked_at.append(text)
        return text

    monkeypatch.setattr("storage.edits.plain", plain)
    runs = [Run(text="ABC"[number % 3], first=900 * number, last=900 * number, captures=1) for number in range(300)]
    assert rotation_shares(runs) == [1 / 3] * 300
    assert len(looked_at) == 300


def test_rotation_is_no_edit(archive: Archive) -> None:
    """A, B, A, B within an hour is a test; each arm has its share of captures. An edit later is an edit."""
    arms = ["Flood", "The flood in pictures", "Flood", "The flood in pictures"]
    line = [(at(15 * n), page("flood", headlines={"flood": arm})) for n, arm in enumerate(arms)]
    keep_all(archive, [*line, (at(60), page("flood", headlines={"flood": "Flood: two missing"}))])
    spans = history(archive.connection, "https://courier.example/flood").wordings
    assert [span.rotation for span in spans] == [0.5, 0.5, 0.5, 0.5, None]
    events = list(changes(archive.connection, SITE))
    assert [event.rotation for event in events] == [True, True, True, False]


def test_a_headline_that_comes_back_after_a_day_was_edited_twice() -> None:
    """Rotation is within hours."""
    runs = [
        Run(text=text, first=start * 3600, last=(start + 5) * 3600, captures=20)
        for text, start in (("Flood", 0), ("Flood recedes", 6), ("Flood", 12))
    ]
    assert rotation_shares(runs) == [None, None, None]
    assert rotation_shares(runs, window_s=8 * 3600) == [2 / 3, 1 / 3, 2 / 3]


@pytest.mark.parametrize(
    ("was", "now", "edited"),
    [
        ("Flood", "Flood", False),
        ("Für alle", "FÃ¼r alle", False),
        ("It's over", "It\ufffds over", False),
        ("«Ahoi»  sagt er", "„Ahoi“ sagt er", False),
        ("Ten dead", "Eleven dead", True),
        ("Flood", "FLOOD", True),
        ("", "A dek", True),
    ],
)
def test_what_an_edit_is(was: str, now: str, edited: bool) -> None:
    """White space, quotes, dashes and decoding are none; words and capitals are."""
    assert is_edit(was, now) is edited


@given(st.text(), st.text())
def test_edits_are_symmetrical(one: str, other: str) -> None:
    """Forth and back are both edits, or neither; a text is no edit of itself."""
    assert is_edit(one, other) == is_edit(other, one)
    assert not is_edit(one, one)


def test_events_do_not_depend_on_the_order_of_arrival(tmp_path: Path) -> None:
    """Backwards recorded, the same events with the same ids."""
    line: list[tuple[object, FrontPage]] = [
        (at(0), page("flood", "ferry")),
        (at(15), page("ferry", "flood", "quay")),
        (at(30), page("quay", "ferry", headlines={"ferry": "Ferry sails"})),
    ]
    found: list[list[ChangeEvent]] = []
    for name, order in (("one", line), ("two", line[::-1])):
        with Archive(tmp_path / f"{name}.db") as archive:
            for instant, read in order:
                keep(archive, instant, read)  # type: ignore[arg-type]
            found.append(list(changes(archive.connection, SITE)))
    assert found[0] == found[1]
    assert found[0]


def test_furniture_is_left_out(archive: Archive) -> None:
    """A link that is on every page for weeks is furniture; news, and what leads, is not."""
    for day in range(20):
        keep(archive, NOON + timedelta(days=day), page(f"news-{day}", "shop"))
    names = [row.url.rpartition("/")[2] for row in stories(archive.connection, SITE)]
    assert "shop" not in names
    assert len(names) == 20
    everything = list(stories(archive.connection, SITE, with_furniture=True))
    assert {row.url.rpartition("/")[2] for row in everything if row.is_furniture} == {"shop"}


def test_what_stood_longest_is_found_behind_any_amount_of_furniture(archive: Archive) -> None:
    """However many links are always there, and however often they come anew after a gap."""
    shops = [f"shop-{number}" for number in range(12)]
    for day in range(20):
        keep(archive, NOON + timedelta(days=day), page(f"news-{day}", *shops))
        keep(archive, NOON + timedelta(days=day, hours=day // 10), page(f"news-{day}", *shops))
    found = lasting(archive.connection, SITE, since=NOON, until=NOON + timedelta(days=19, hours=1), limit=2)
    assert [row.headline for row in found] == ["Headline of news-10", "Headline of news-11"]


def test_best_positions(archive: Archive) -> None:
    """The foremost place that a story held."""
    keep_all(archive, [(at(0), page("flood", "quay", "ferry")), (at(15), page("flood", "ferry", "quay"))])
    best = {row.url.rpartition("/")[2]: row.best_position for row in stories(archive.connection, SITE)}
    assert best == {"flood": 1, "quay": 2, "ferry": 2}


@pytest.mark.parametrize(
    ("first", "last", "best"),
    [
        (5, 10, {"flood": 1, "quay": 2, "ferry": 3}),  # nobody looked: what stood there
        (5, 20, {"flood": 1, "quay": 3, "ferry": 2}),
        (15, 20, {"flood": 1, "quay": 3, "ferry": 2}),
        (20, 25, {}),
    ],
)
def test_best_positions_of_a_time(archive: Archive, first: int, last: int, best: dict[str, int]) -> None:
    """Of its own pages, or of the page that stood then."""
    keep_all(archive, [(at(0), page("flood", "quay", "ferry")), (at(15), page("flood", "ferry", "quay"))])
    told = stories(archive.connection, SITE, since=at(first), until=at(last))
    assert {row.url.rpartition("/")[2]: row.best_position for row in told} == best


def test_who_led_with_it_first(archive: Archive) -> None:
    """Over all sites, the periods as lead of the stories that a search finds."""
    keep_all(archive, [(at(0), page("ferry")), (at(15), page("flood", "ferry")), (at(30), page("ferry", "flood"))])
    found = list(leads_about(archive.connection, "flood"))
    assert [(lead.headline, lead.seen.captures) for lead in found] == [("Headline of flood", 1)]


def test_a_story_that_goes_on_elsewhere_is_seen_also(archive: Archive) -> None:
    """The same words under another URL, the same day, are shown with their similarity; other stories are not."""
    before = page("flood-1", "ferry", headlines={"flood-1": "Harbour flood leaves two missing"})
    after = page("flood-2", "ferry", headlines={"flood-2": "Harbour flood leaves three missing"})
    keep_all(archive, [(at(0), before), (at(15), after)])
    (other,) = history(archive.connection, "https://courier.example/flood-1").see_also
    assert other.url.endswith("flood-2")
    assert other.similarity == round(similarity("Harbour flood leaves two missing", other.headline), 2) == 0.67


def test_what_only_an_earlier_reader_saw_is_not_told(archive: Archive) -> None:
    """Its texts and stories may still be kept: no page shows them, so no answer rests on them."""
    recorded = archive.record(capture(at(0)))
    archive.file(recorded.capture_id, page("harbour", "offer", headlines={"harbour": "Flood", "offer": "Flood cover"}))
    archive.file(recorded.capture_id, page("harbour", headlines={"harbour": "Storm"}, reader="2"))
    assert list(leads_about(archive.connection, "flood")) == []
    assert [lead.headline for lead in leads_about(archive.connection, "storm")] == ["Storm"]
    with pytest.raises(NotFound, match="knows no story"):
        history(archive.connection, "https://courier.example/offer")


def test_headlines_in_thai_are_not_alike_for_their_letters() -> None:
    """All texts share the few letters of an alphabet, also of one that is written without spaces."""
    assert similarity("ผลการเลือกตั้งทั่วไปประเทศไทย", "นายกรัฐมนตรีประกาศลาออก") == 0


def test_summaries_and_images_are_compared_too(archive: Archive) -> None:
    """A new dek and a new picture are events of their own."""
    before = page("flood")
    assert before.lead
    after = replace(before, lead=replace(before.lead, summary="It rained.", image="https://courier.example/rain.jpg"))
    keep_all(archive, [(at(0), before), (at(15), after)])
    assert [kind for kind, *_ in told(archive)] == ["summary-edited", "image-changed"]


def hour(archive: Archive, since: datetime, until: datetime) -> Recent | None:
    return recent(archive.connection, described(archive.connection, SITE), since=since, until=until, told=2)


def test_an_hour_is_told_by_its_ends(archive: Archive) -> None:
    """What stood at its begin beside what stands now: a story that came and went within is not told."""
    edited = {"flood": "Flood recedes"}
    keep_all(
        archive,
        [
            (at(0), page("flood", "ferry", "market", section="News")),
            (at(15), page("flood", "ferry", "passing", "market", section="News")),
            (at(30), page("ferry", "flood", "quay", "pier", "mole", section="Region", headlines=edited)),
        ],
    )
    found = hour(archive, at(10), at(60))
    assert found is not None
    assert (found.since, found.until) == (at(0), at(30))
    assert {str(kind): count for kind, count in found.counts.items()} == {
        "lead-changed": 1, "appeared": 3, "dropped": 1, "promoted": 1, "demoted": 1, "headline-edited": 1,
    }  # fmt: skip
    assert found.lead
    assert found.lead.headline == "Headline of ferry"
    assert found.lead_was
    assert found.lead_was.headline == "Headline of flood"
    assert [(edit.was, edit.now) for edit in found.reworded] == [("Headline of flood", "Flood recedes")]
    assert [one.headline for one in found.came] == ["Headline of quay", "Headline of pier"]


def test_an_hour_without_change_is_none(archive: Archive) -> None:
    """Nobody looked, nothing differed, or only what began anew after a gap."""
    keep_all(archive, [(at(0), page("flood")), (at(30), page("flood")), (at(9 * 60), page("ferry"))])
    assert hour(archive, at(0), at(60)) is None
    assert hour(archive, at(60), at(120)) is None
    assert hour(archive, at(8 * 60 + 30), at(9 * 60 + 30)) is None


def test_a_headline_in_rotation_is_no_news_of_the_hour(archive: Archive) -> None:
    """One that comes and goes was no edit, whichever of its turns the hour ends with."""
    arms = ({"flood": "Flood recedes"}, {"flood": "Water falls at last"})
    keep_all(archive, [(at(15 * n), page("flood", headlines=arms[n % 2])) for n in range(4)])
    assert hour(archive, at(15), at(30)) is None
    assert hour(archive, at(0), at(15)) is None


@settings(max_examples=30)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([15, 200, 330, 361])), min_size=3, max_size=12))
def test_headlines_rotate_alike_whoever_asks(line: list[tuple[str, int]]) -> None:
    """Each turn found from its own begin on, without what came before, is one that the story's history has."""
    with TemporaryDirectory() as folder, Archive(Path(folder) / "archive.db") as archive:
        instants = map(at, accumulate(minutes for _, minutes in line))
        read = (page("flood", headlines={"flood": headline}) for headline, _ in line)
        keep_all(archive, list(zip(instants, read, strict=True)))
        spans = history(archive.connection, f"{URL}flood").wordings
        ((row, site),) = archive.connection.execute("SELECT id, site_id FROM stories").fetchall()
        found = [
            any(turn.first_seen == begin for turn in turns(archive.connection, site, {row: begin}))
            for begin in (span.seen.first_seen for span in spans)
        ]
    assert found == [span.rotation is not None for span in spans]


@settings(max_examples=30)
@given(st.lists(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=5, unique=True), min_size=2, max_size=2))
def test_an_hour_of_two_captures_counts_as_changes_do(pages: list[list[str]]) -> None:
    """Of each kind as many as there are events between the two."""
    with TemporaryDirectory() as folder, Archive(Path(folder) / "archive.db") as archive:
        keep_all(archive, [(at(15 * n), page(*names)) for n, names in enumerate(pages)])
        found = hour(archive, at(0), at(60))
        events = Counter(event.kind for event in changes(archive.connection, SITE))
    assert Counter(found.counts if found else {}) == events
