"""The watch: every slot of every site ends as exactly one row, whatever the clock does."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from schedules.watch import Due, Watch
from scraper.config import Site
from scraper.model import Outcome

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def site(slug: str = "courier", cron: str = "*/15 * * * *") -> Site:
    return Site(slug=slug, name=slug, url=f"https://{slug}.example/", timezone="UTC", schedule=cron)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def watch(*sites: Site, last: datetime = NOON) -> Watch:
    return Watch(sites, last_due={one.slug: last for one in sites}, now=last)


def told(dues: list[Due]) -> list[tuple[str, Outcome | None]]:
    return [(f"{due.slot:%H:%M}", due.outcome) for due in dues]


def test_a_slot_is_due_when_it_comes_and_not_before() -> None:
    """Nothing before the slot, one visit at it, nothing again after it."""
    courier = watch(site())
    assert list(courier.due(at(14.9))) == []
    assert told(list(courier.due(at(15)))) == [("12:15", None)]
    courier.ended("courier")
    assert list(courier.due(at(15.1))) == []
    assert courier.next_due() == at(30)


def test_after_downtime_one_visit_and_the_rest_missed() -> None:
    """Asleep for an hour: the newest slot is visited, the older ones are told as missed, oldest first."""
    dues = list(watch(site()).due(at(65)))
    assert told(dues) == [
        ("12:15", Outcome.MISSED), ("12:30", Outcome.MISSED), ("12:45", Outcome.MISSED), ("13:00", None),
    ]  # fmt: skip


def test_a_visit_that_still_runs_lets_the_next_slot_be_skipped() -> None:
    """A hung visit costs its site a skipped slot; when it has ended, the site goes on."""
    courier = watch(site())
    assert told(list(courier.due(at(15)))) == [("12:15", None)]
    assert told(list(courier.due(at(30)))) == [("12:30", Outcome.SKIPPED)]
    courier.ended("courier")
    assert told(list(courier.due(at(45)))) == [("12:45", None)]


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


def test_a_clock_set_back_repeats_no_day_of_silence() -> None:
    """Set back by three hours, the watch goes on from the clock as it is; ahead, it catches up."""
    courier = watch(site())
    assert len(list(courier.due(at(15)))) == 1
    courier.ended("courier")
    assert list(courier.due(at(-180))) == []
    assert told(list(courier.due(at(-165)))) == [("09:15", None)]
    courier.ended("courier")
    assert told(list(courier.due(at(-135)))) == [("09:30", Outcome.MISSED), ("09:45", None)]


@given(st.lists(st.tuples(st.integers(1, 400), st.booleans()), max_size=30))
def test_every_slot_comes_exactly_once(steps: list[tuple[int, bool]]) -> None:
    """However irregularly the watch is asked, and whether visits end or hang, no slot is lost or doubled."""
    courier, now, seen = watch(site()), NOON, []
    for minutes, ends in steps:
        now += timedelta(minutes=minutes)
        seen += [due.slot for due in courier.due(now)]
        if ends:
            courier.ended("courier")
    quarters = int((now - NOON) / timedelta(minutes=15))
    assert seen == [at(15 * n) for n in range(1, quarters + 1)]
