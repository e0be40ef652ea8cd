"""The watch: every slot of every site ends as exactly one row, whatever the clock does."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.watch import Due, Watch, delay
from scraper.config import Site
from scraper.model import Outcome
from tests.made import NOON


def site(slug: str = "courier", cron: str = "*/15 * * * *") -> Site:
    return Site(slug=slug, name=slug, url=f"https://{slug}.example/", timezone="UTC", schedule=cron)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def watch(*sites: Site, last: datetime = NOON, spread_s: float = 0) -> Watch:
    return Watch(sites, last_due={one.slug: last for one in sites}, now=last, spread_s=spread_s)


def told(dues: list[Due]) -> list[tuple[str, Outcome | None]]:
    return [(f"{due.slot:%H:%M}", due.outcome) for due in dues]


def test_a_slot_is_due_when_it_comes_and_not_before() -> None:
    """Nothing before the slot, one visit at it, nothing again after it."""
    courier = watch(site())
    assert list(courier.due(at(14.9))) == []
    assert told(list(courier.due(at(15)))) == [("12:15", None)]
    courier.ended("courier")
    assert list(courier.due(at(29.9))) == []
    assert told(list(courier.due(at(30)))) == [("12:30", None)]


@pytest.mark.fault(31)
def test_after_downtime_one_visit_and_the_rest_missed() -> None:
    """Asleep for an hour: the newest slot is visited, the older ones are told as missed, oldest first."""
    dues = list(watch(site()).due(at(65)))
    assert told(dues) == [
        ("12:15", Outcome.MISSED), ("12:30", Outcome.MISSED), ("12:45", Outcome.MISSED), ("13:00", None),
    ]  # fmt: skip


@pytest.mark.fault(32)
def test_a_visit_that_still_runs_lets_the_next_slot_be_skipped() -> None:
    """A hung visit costs its site a skipped slot; when it has ended, the site goes on."""
    courier = watch(site())
    assert told(list(courier.due(at(15)))) == [("12:15", None)]
    assert told(list(courier.due(at(30)))) == [("12:30", Outcome.SKIPPED)]
    courier.ended("courier")
    assert told(list(courier.due(at(45)))) == [("12:45", None)]


@pytest.mark.fault(32)
def test_one_hung_site_leaves_the_others_alone() -> None:
    """A site whose visit hangs takes nothing from another one."""
    both = watch(site("courier"), site("tribune"))
    list(both.due(at(15)))
    both.ended("tribune")
    outcomes = {due.site.slug: due.outcome for due in both.due(at(30))}
    assert outcomes == {"courier": Outcome.SKIPPED, "tribune": None}


def test_a_new_site_is_due_at_once() -> None:
    """A site that the ledger does not know is visited for the slot that has just passed."""
    new = Watch([site()], last_due={}, now=at(7))
    assert told(list(new.due(at(7)))) == [("12:00", None)]


@pytest.mark.fault(31)
def test_a_clock_set_back_repeats_no_day_of_silence() -> None:
    """Set back by three hours, the watch goes on from the clock as it is; ahead, it catches up."""
    courier = watch(site())
    assert len(list(courier.due(at(15)))) == 1
    courier.ended("courier")
    assert list(courier.due(at(-180))) == []
    assert told(list(courier.due(at(-165)))) == [("09:15", None)]
    courier.ended("courier")
    assert told(list(courier.due(at(-135)))) == [("09:30", Outcome.MISSED), ("09:45", None)]


@pytest.mark.fault(31)
def test_a_row_of_the_future_keeps_nobody_from_looking() -> None:
    """A ledger that was written by a clock years ahead: the site is watched from today on all the same."""
    courier = Watch([site()], last_due={"courier": at(60 * 24 * 365)}, now=at(1))
    assert told(list(courier.due(at(15)))) == [("12:15", None)]


def test_starts_are_spread_and_slots_are_not() -> None:
    """A thousand sites start in 60 seconds, no second has more than a few, and all of them are due at the slot."""
    sites = [site(f"site-{number}") for number in range(1_000)]
    many, started = watch(*sites, spread_s=60), []
    for second in range(61):
        dues = list(many.due(at(15 + second / 60)))
        assert {due.slot for due in dues} <= {at(15)}
        started.append(len(dues))
    assert sum(started) == 1_000
    assert max(started) < 40


def test_a_delay_is_the_same_every_time_and_small_beside_the_interval() -> None:
    """It depends on the slug alone, and a site that is visited every ten seconds starts within one."""
    assert delay("npr", spread_s=60, interval_s=900) == delay("npr", spread_s=60, interval_s=900)
    assert all(delay(f"site-{n}", spread_s=60, interval_s=10) <= timedelta(seconds=1) for n in range(100))


def test_a_slot_whose_start_is_ahead_is_not_caught_up_before_it() -> None:
    """After downtime that ends between a slot and its start, the older slots are missed and that one is visited."""
    slug = next(f"site-{n}" for n in range(100) if delay(f"site-{n}", spread_s=60, interval_s=900).seconds >= 30)
    late = watch(site(slug), spread_s=60)
    assert told(list(late.due(at(45.1)))) == [("12:15", Outcome.MISSED), ("12:30", Outcome.MISSED)]
    assert told(list(late.due(at(46)))) == [("12:45", None)]


@given(st.lists(st.tuples(st.integers(1, 400), st.booleans()), max_size=30), st.sampled_from((0, 60)))
@pytest.mark.fault(31, 32)
def test_every_slot_comes_exactly_once(steps: list[tuple[int, bool]], spread_s: float) -> None:
    """However irregularly the watch is asked, and whether visits end or hang, no slot is lost or doubled."""
    courier, now, seen = watch(site(), spread_s=spread_s), NOON, []
    for minutes, ends in steps:
        now += timedelta(minutes=minutes)
        seen += [due.slot for due in courier.due(now)]
        if ends:
            courier.ended("courier")
    started = now - delay("courier", spread_s=spread_s, interval_s=900)
    quarters = max(int((started - NOON) / timedelta(minutes=15)), len(seen))
    assert quarters <= int((now - NOON) / timedelta(minutes=15))
    assert seen == [at(15 * n) for n in range(1, quarters + 1)]
