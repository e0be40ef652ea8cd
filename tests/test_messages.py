"""Notices as messages: what people read, and how many of them they get."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from schedules.messages import CHANGES, LONGEST_RETRY_S, line, messages, wait_before_retry
from scraper import config_notify
from storage.alarms import AlarmKind
from storage.changes import ChangeKind
from storage.outbox import Notice, Pending
from tests.made import at


def notice(number: int = 1, *, kind: str = "lead-changed", site: str = "courier", **message: object) -> Notice:
    told = {"kind": kind, "at": "2026-11-24T12:00:00Z", "headline": f"Headline {number}", "was": "Old"} | message
    return Notice(event=f"event-{number}", site=site, kind=kind, at=at(number), message=told)


def waiting(count: int) -> list[Pending]:
    """So many notices of as many captures."""
    return [Pending(row_id=number, tries=0, notice=notice(number)) for number in range(1, count + 1)]


def test_every_kind_has_its_words() -> None:
    """What config.toml may name is what the archive knows, and each of it can be said."""
    assert set(config_notify.CHANGES) == set(ChangeKind)
    assert set(config_notify.TROUBLES) == {*AlarmKind, "recovered"}
    assert set(CHANGES) == {*config_notify.CHANGES, *config_notify.TROUBLES}


def test_a_message_says_what_happened_where_and_when() -> None:
    """One event is its own title; the line under it has time and address."""
    (message,) = messages("desk", [Pending(row_id=7, tries=0, notice=notice(url="https://courier.example/a"))], room=9)
    assert (
        message.title == "courier: New lead: Headline 1 (before: Old) (2026-11-24T12:00:00Z, https://courier.example/a)"
    )
    assert message.rows == (7,)


def test_events_of_one_capture_are_one_message() -> None:
    """What a capture changed comes together, in order."""
    both = [Pending(row_id=row, tries=0, notice=notice(1, headline=f"H{row}")) for row in (1, 2)]
    (message,) = messages("desk", both, room=9)
    assert message.title == "courier: 2 events"
    assert [text.partition(" (")[0] for text in message.text.splitlines()] == ["New lead: H1", "New lead: H2"]


def test_what_is_beyond_the_limit_comes_in_one_message() -> None:
    """Of thirty events with room for three, two come alone and the rest together, cut short for people alone."""
    first, second, rest = messages("desk", waiting(30), room=3)
    assert (first.rows, second.rows, rest.rows) == ((1,), (2,), tuple(range(3, 31)))
    assert rest.text.splitlines()[-1] == "and 8 more"
    assert len(rest.events) == 28


def test_without_room_nothing_goes_out() -> None:
    """A rule that has told enough for now keeps still."""
    assert list(messages("desk", waiting(3), room=0)) == []


@given(st.integers(0, 40), st.integers(-3, 12))
def test_nothing_is_left_behind_or_told_twice(count: int, room: int) -> None:
    """Whatever waits and however much room there is: all of it once, in at most so many messages, or nothing."""
    found = list(messages("desk", waiting(count), room=room))
    rows = [row for message in found for row in message.rows]
    assert rows == (list(range(1, count + 1)) if room > 0 else [])
    assert len(found) <= max(room, 0)


@given(st.text(max_size=50))
def test_what_a_page_prints_is_text(headline: str) -> None:
    """Braces, line breaks and template syntax in a headline are shown, or folded, and never evaluated."""
    assert "\n" not in line(notice(headline=f"{headline}{{was.__class__}}\n"))
    assert "{was.__class__}" in line(notice(headline=f"{headline}{{was.__class__}}\n"))


def test_retries_double_up_to_an_hour() -> None:
    """Half a minute at first, never more than an hour, never not at all."""
    assert [wait_before_retry(tries).total_seconds() for tries in (1, 2, 3, 8)] == [30, 60, 120, 3_600]
    assert wait_before_retry(10_000) == timedelta(seconds=LONGEST_RETRY_S)
