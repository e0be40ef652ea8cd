"""The redesign alarm: raised once by results that stay different, in words, and cleared by what ends them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from schedules.alarms import Turn, review
from schedules.drift import MIN_BASELINE, SUSTAINED, drift, is_over, unreadable, usual_of
from schedules.filing import file_news
from scraper.model import FrontPage, Origin, Quality
from storage.alarms import AlarmKind, alarms, clear_alarm
from storage.archive import Archive
from storage.looks import Look, latest_looks
from tests import made

USUAL = Look(
    instant=0, quality=Quality.OK, problem="", teasers=40, summaries=0.6, images=0.8, has_lead=True, overlap=0.9
)
WALL = Look(instant=0, quality=Quality.CONSENT_WALL, problem="asks for consent")


def line(*looks: Look) -> list[Look]:
    """The looks, a quarter of an hour apart."""
    return [replace(look, instant=900 * number) for number, look in enumerate(looks)]


def after_a_day(*looks: Look) -> list[Look]:
    return line(*[USUAL] * 96, *looks)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"teasers": 6}, "teasers: 6, usually 40"),
        ({"teasers": 200}, "teasers: 200, usually 40"),
        ({"summaries": 0.0}, "with a summary: 0 %, usually 60 %"),
        ({"images": 0.1}, "with an image: 10 %, usually 80 %"),
        ({"has_lead": False}, "lead: none, usually found"),
        ({"overlap": 0.05}, "stories that stay from one capture to the next: 5 %, usually 90 %"),
    ],
)
def test_a_sustained_departure_is_named(changed: dict[str, float], said: str) -> None:
    """Each measure alone raises the alarm, which says what changed and from what."""
    departure = drift(after_a_day(*[replace(USUAL, **changed)] * SUSTAINED))  # type: ignore[arg-type]
    assert departure is not None
    assert departure.what == said
    assert departure.since == 900 * 96


def test_one_strange_capture_is_no_redesign() -> None:
    """A departure that does not last raises nothing."""
    strange = replace(USUAL, teasers=3)
    assert drift(after_a_day(*[strange] * (SUSTAINED - 1))) is None
    assert drift(after_a_day(strange, strange, USUAL, strange, strange)) is None


def test_a_site_that_is_new_has_nothing_usual_yet() -> None:
    """Without a baseline nothing departs."""
    assert drift(line(*[USUAL] * (MIN_BASELINE - 1), *[replace(USUAL, teasers=3)] * SUSTAINED)) is None


def test_what_a_site_does_every_day_is_usual() -> None:
    """Numbers that swing within what the last day had raise nothing: 500 readings of a restless site."""
    random = Random(6)
    looks = line(
        *(
            replace(USUAL, teasers=random.randint(20, 70), summaries=random.uniform(0.3, 0.8), images=random.random())
            for _ in range(500)
        )
    )
    assert not any(drift(looks[:end]) for end in range(500))


def test_walls_are_no_departure_of_the_readings() -> None:
    """Unreadable captures are left out of what is compared, and tell of themselves when they last."""
    looks = after_a_day(*[WALL] * SUSTAINED)
    assert drift(looks) is None
    departure = unreadable(looks)
    assert departure is not None
    assert departure.what == "consent-wall, 4 times in a row (asks for consent)"
    assert unreadable(after_a_day(*[WALL] * 3)) is None


def test_a_departure_is_over_when_all_is_as_it_was() -> None:
    """Four readings as before end it; a mixture does not."""
    usual, strange = usual_of([USUAL] * 96), replace(USUAL, has_lead=False)
    assert is_over(after_a_day(strange, *[USUAL] * SUSTAINED), usual)
    assert not is_over(after_a_day(strange, *[USUAL] * (SUSTAINED - 1)), usual)


# -- in an archive ----------------------------------------------------------------------------------------------------

NAMES = [f"story-{number}" for number in range(20)]


def full(reader: str = "1") -> FrontPage:
    return made.page(*NAMES, reader=reader)


def poor(reader: str = "1") -> FrontPage:
    """What is left when a redesign hides most of a page from the reader."""
    return replace(made.page(*NAMES[:3], reader=reader), lead=None)


def keep_live(archive: Archive, pages: Sequence[FrontPage], *, start: int = 0) -> list[Turn]:
    """Record and file pages a quarter of an hour apart; the alarms that went on or off."""
    turns: list[Turn] = []
    for number, page in enumerate(pages, start):
        recorded = archive.record(made.capture(made.at(15 * number), f"{number}".encode()))
        turns += file_news(archive, made.SITE, recorded.capture_id, page).turns
    return turns


def test_an_alarm_is_raised_once_and_capturing_goes_on(tmp_path: Path) -> None:
    """Thirty captures of a redesigned page raise one alarm, and all of them are in the archive."""
    with Archive(tmp_path / "archive.db") as archive:
        turns = keep_live(archive, [full()] * 20 + [poor()] * 30)
        assert [(turn.kind, turn.is_on) for turn in turns] == [(AlarmKind.DRIFT, True)]
        assert turns[0].what == "teasers: 2, usually 19; lead: none, usually found"
        assert alarms(archive.connection, made.SITE)[AlarmKind.DRIFT].since == made.at(15 * 20)
        (count,) = archive.connection.execute("SELECT count(*) FROM captures").fetchone()
        assert count == 50


def test_an_alarm_ends_by_itself_when_the_page_is_as_before(tmp_path: Path) -> None:
    """A special layout for one night: on, and off after four readings as usual."""
    with Archive(tmp_path / "archive.db") as archive:
        turns = keep_live(archive, [full()] * 20 + [poor()] * 8 + [full()] * 5)
        assert [turn.is_on for turn in turns] == [True, False]
        assert alarms(archive.connection, made.SITE) == {}


def test_reparse_clears_and_what_is_usual_begins_anew(tmp_path: Path) -> None:
    """Once cleared, the new look of the site is what is usual, and the alarm does not come back for it."""
    with Archive(tmp_path / "archive.db") as archive:
        keep_live(archive, [full()] * 20 + [poor()] * 8)
        assert clear_alarm(archive, made.SITE, AlarmKind.DRIFT)
        assert keep_live(archive, [poor()] * 40, start=28) == []
        assert [turn.is_on for turn in keep_live(archive, [full()] * 8, start=68)] == [True]


def test_another_reader_raises_no_alarm(tmp_path: Path) -> None:
    """Like is compared with like: an upgrade that reads less is the upgrade's doing, not the site's."""
    with Archive(tmp_path / "archive.db") as archive:
        assert keep_live(archive, [full("1")] * 20 + [poor("2")] * 10) == []


def test_a_wall_that_stays_is_told_once_and_ends_with_the_wall(tmp_path: Path) -> None:
    """Quality problems are tracked as redesigns are; the last good front page stays the current one meanwhile."""
    with Archive(tmp_path / "archive.db") as archive:
        turns = keep_live(archive, [full()] * 2 + [made.wall()] * 6 + [full()])
        assert [(turn.kind, turn.is_on) for turn in turns] == [
            (AlarmKind.UNREADABLE, True), (AlarmKind.UNREADABLE, False),
        ]  # fmt: skip


def test_backfilled_captures_raise_no_alarm(tmp_path: Path) -> None:
    """Only what is live and newer than all else is looked at; the past is no redesign of today."""
    with Archive(tmp_path / "archive.db") as archive:
        keep_live(archive, [full()] * 20)
        for number in range(10):
            capture = made.capture(made.at(15 * (20 + number)), b"old", origin=Origin.WAYBACK)
            recorded = archive.record(capture)
            assert file_news(archive, made.SITE, recorded.capture_id, poor()).turns == ()
        assert review(archive, made.SITE) == []


def test_what_a_look_measures(tmp_path: Path) -> None:
    """Teasers, shares with summaries and images, the lead, and what stayed since the capture before."""
    with Archive(tmp_path / "archive.db") as archive:
        keep_live(archive, [made.page("a", "b", "c", "d"), made.page("a", "b", "x", "y"), made.wall()])
        first, second, wall = latest_looks(archive.connection, archive.site_id(made.SITE), since=0, limit=9)
        assert (first.teasers, first.has_lead, first.overlap, first.summaries) == (3, True, None, 0.0)
        assert second.overlap == 0.5
        assert (wall.quality, wall.problem) == (Quality.CONSENT_WALL, "asks for consent")
