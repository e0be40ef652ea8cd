"""Back-off: a failing site is visited ever more rarely, never not at all, and as always after its first success."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.backoff import LONGEST_S, standing
from scraper.model import Capture, Origin, Outcome
from storage.archive import Archive
from storage.visits import BROKE_OFF, INTERRUPTED, Failure, failures
from tests.made import NOON, URL, at

QUARTER_S = 900.0


def failure(minutes: float, *, is_ours: bool = False, retry_after_s: float | None = None) -> Failure:
    return Failure(due_at=at(minutes), ended_at=at(minutes), error="", is_ours=is_ours, retry_after_s=retry_after_s)


def visited_slots(attempts: int) -> list[int]:
    """In which quarters of an hour a site is tried that fails for ever."""
    failed: list[Failure] = []
    tried: list[int] = []
    quarter = 0
    while len(tried) < attempts:
        if not standing(failed, interval_s=QUARTER_S).puts_off(at(15 * quarter)):
            tried.append(quarter)
            failed.insert(0, failure(15 * quarter))
        quarter += 1
    return tried


@pytest.mark.fault(12)
def test_pauses_double_up_to_six_hours_and_never_end() -> None:
    """The next slot, then after 2, 4, 8 and 16 intervals, and from then on every six hours for ever."""
    tried = visited_slots(10)
    assert [later - slot for slot, later in pairwise(tried)] == [1, 2, 4, 8, 16, 24, 24, 24, 24]


def test_a_site_without_failures_waits_for_nothing() -> None:
    """No failures, no pause: a success resets everything, since only failures after it are asked for."""
    assert standing([], interval_s=QUARTER_S).until is None


def test_a_rare_schedule_is_never_put_off() -> None:
    """A site that is visited once a day is visited once a day, however long it has failed."""
    failed = [failure(-1440.0 * day) for day in range(9)]
    assert not standing(failed, interval_s=86_400).puts_off(at(1440))


@pytest.mark.fault(12)
def test_a_wish_to_be_left_alone_is_granted() -> None:
    """Retry-After postpones the site beyond its own back-off, and says why."""
    told = standing([failure(0, retry_after_s=3_600)], interval_s=QUARTER_S)
    assert (told.puts_off(at(45)), told.puts_off(at(60))) == (True, False)
    assert told.why == "the site asked to be left alone until 2026-11-24T13:00:00Z"


def test_failures_of_our_own_network_make_nobody_wait() -> None:
    """What failed while everything failed counts for nothing; what failed alone counts."""
    everything_down = [failure(-15.0 * n, is_ours=True) for n in range(10)]
    assert standing(everything_down, interval_s=QUARTER_S).until is None
    assert standing([*everything_down, failure(-150)], interval_s=QUARTER_S).failures == 1


@given(st.lists(st.booleans(), max_size=16), st.floats(60, 86_400))
@pytest.mark.fault(12)
def test_nobody_is_ever_given_up(ours: list[bool], interval_s: float) -> None:
    """However it failed, a site is tried again six hours, or one interval, after its last failure."""
    failed = [failure(-15.0 * place, is_ours=one) for place, one in enumerate(ours)]
    later = NOON + timedelta(seconds=max(LONGEST_S, interval_s))
    assert not standing(failed, interval_s=interval_s).puts_off(later)


def end(archive: Archive, minutes: float, outcome: Outcome, *, site: str = "courier", error: str = "") -> None:
    archive.end_visit(site, due_at=at(minutes), ended_at=at(minutes), outcome=outcome, error=error)


def dues(archive: Archive, now: float) -> Sequence[float]:
    """The minutes of the courier's failures since its last success."""
    found = failures(archive.connection, "courier", observer="home", now=at(now))
    return [(one.due_at - NOON).total_seconds() / 60 for one in found]


def test_the_ledger_tells_the_failures_since_the_last_success(tmp_path: Path) -> None:
    """Newest first; slots that were skipped or missed are no attempts; nothing before the success counts."""
    with Archive(tmp_path / "archive.db") as archive:
        for minutes, outcome in enumerate(
            (Outcome.FAILED, Outcome.UNREADABLE, Outcome.DEADLINE, Outcome.SKIPPED, Outcome.MISSED, Outcome.ROBOTS)
        ):
            end(archive, minutes, outcome)
        assert dues(archive, 10) == [5, 2]
        end(archive, 6, Outcome.NOT_MODIFIED)
        assert dues(archive, 10) == []


def test_our_own_troubles_are_no_failures_of_the_site(tmp_path: Path) -> None:
    """A daemon that was killed, or whose disk was full, puts no site off."""
    with Archive(tmp_path / "archive.db") as archive:
        end(archive, 0, Outcome.FAILED)
        end(archive, 1, Outcome.FAILED, error=f"{INTERRUPTED}the daemon ended")
        end(archive, 2, Outcome.FAILED, error=f"{BROKE_OFF}ArchiveError: disk full")
        assert dues(archive, 10) == [0]


def test_a_failure_is_ours_when_all_others_failed_as_well(tmp_path: Path) -> None:
    """With one other site that was well the failure is the site's, with none it is our network's, alone the site's."""
    with Archive(tmp_path / "archive.db") as archive:
        end(archive, 0, Outcome.FAILED)
        for minutes, others in ((1, (Outcome.FAILED, Outcome.SAME_EDITION)), (2, (Outcome.FAILED, Outcome.DEADLINE))):
            for number, outcome in enumerate(others):
                end(archive, minutes, outcome, site=f"other-{number}")
            end(archive, minutes + 0.5, Outcome.FAILED)
        found = failures(archive.connection, "courier", observer="home", now=at(10))
        assert [one.is_ours for one in found] == [True, False, False]


def test_a_retry_after_is_read_from_the_evidence(tmp_path: Path) -> None:
    """The answer that was kept says for how long, so a restart does not forget it."""
    with Archive(tmp_path / "archive.db") as archive:
        answer = Capture(
            site="courier", origin=Origin.LIVE, url=URL, instant=NOON, status=429, headers=(("Retry-After", "120"),)
        )
        recorded = archive.record(answer)
        archive.end_visit("courier", due_at=NOON, ended_at=NOON, outcome=Outcome.FAILED, capture_id=recorded.capture_id)
        (found,) = failures(archive.connection, "courier", observer="home", now=at(1))
        assert found.retry_after_s == 120
