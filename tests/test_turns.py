"""One request at a time a host, a gap after each, a bound over all, and a deadline that counts only time asking."""

import asyncio
from contextlib import suppress

import pytest

from scraper.errors import FetchError
from scraper.model import Outcome
from scraper.turns import MAX_HOSTS, Deadline, Turns
from tests.hostile import FakeTime


def turns_on(clock: FakeTime, concurrency: int = 64) -> Turns:
    return Turns(concurrency=concurrency, monotonic=clock.monotonic, sleep=clock.sleep)


class Crowd:
    """Counts how many are inside at once."""

    def __init__(self) -> None:
        self.inside = self.most = 0

    async def visit(self, turns: Turns, host: str) -> None:
        async with turns.turn(host, 1.0):
            self.inside += 1
            self.most = max(self.most, self.inside)
            await asyncio.sleep(0)
            self.inside -= 1


async def test_host_is_asked_by_one_at_a_time() -> None:
    """Ten visits to a host follow each other with nine gaps."""
    clock, crowd = FakeTime(), Crowd()
    turns = turns_on(clock)
    await asyncio.gather(*(crowd.visit(turns, "paper.test") for _ in range(10)))
    assert (crowd.most, clock.slept) == (1, [1.0] * 9)


async def test_hosts_do_not_wait_for_each_other_up_to_the_bound() -> None:
    """Fifty hosts at once, eight at a time."""
    clock, crowd = FakeTime(), Crowd()
    turns = turns_on(clock, concurrency=8)
    await asyncio.gather(*(crowd.visit(turns, f"{number}.test") for number in range(50)))
    assert (crowd.most, clock.slept) == (8, [])


async def test_gap_counts_from_the_end_of_a_request() -> None:
    """Time that has passed since is taken off; a request that failed counts as one."""
    clock = FakeTime()
    turns = turns_on(clock)
    with suppress(OSError):
        async with turns.turn("paper.test", 5.0):
            clock.elapsed += 100.0
            raise OSError
    clock.elapsed += 2.0
    async with turns.turn("paper.test", 5.0):
        assert clock.slept == [3.0]
    async with turns.turn("paper.test", 5.0, at_once=True):
        assert clock.slept == [3.0]


async def test_cancelled_wait_gives_the_turn_on() -> None:
    """Somebody who gives up in the queue holds nobody up."""
    turns = turns_on(FakeTime())
    crowd = Crowd()
    async with turns.turn("paper.test", 0.0):
        waiting = asyncio.create_task(crowd.visit(turns, "paper.test"))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    await crowd.visit(turns, "paper.test")
    assert crowd.most == 1


async def test_hosts_remembered_are_bounded() -> None:
    """Redirects to ever new names do not fill the memory, and who is waited for is kept."""
    clock, crowd = FakeTime(), Crowd()
    turns = turns_on(clock)
    async with turns.turn("busy.test", 1.0):
        for number in range(2 * MAX_HOSTS):
            await crowd.visit(turns, f"{number}.test")
            clock.elapsed += 1.0
        waiting = asyncio.create_task(crowd.visit(turns, "busy.test"))
        await asyncio.sleep(0)
        assert not waiting.done()
    await waiting
    assert len(turns._hosts) <= MAX_HOSTS


async def test_deadline_adds_up_over_its_runs() -> None:
    """What one hop took is missing to the next."""
    deadline = Deadline(10.0)
    deadline.spend(9.98)
    async with deadline.running():
        pass
    with pytest.raises(FetchError, match="within 10 seconds") as caught:
        async with deadline.running():
            await asyncio.sleep(5)
    assert caught.value.outcome is Outcome.DEADLINE
    assert deadline.left <= 0
    with pytest.raises(FetchError):
        async with deadline.running():
            await asyncio.sleep(0.001)


async def test_a_part_of_a_deadline_ends_by_itself_and_counts() -> None:
    """It gets its share of what is left, and what it took is missing to the whole."""
    deadline = Deadline(10.0)
    deadline.spend(4.0)
    part = deadline.part(1 / 3)
    assert part.left == pytest.approx(2.0)
    part.spend(1.99)
    with pytest.raises(FetchError):
        async with part.running():
            await asyncio.sleep(5)
    assert 2.0 < deadline.left <= 4.0


async def test_other_timeouts_pass_through() -> None:
    """A TimeoutError of somebody else is not taken for the deadline."""
    with pytest.raises(TimeoutError):
        async with Deadline(10.0).running():
            raise TimeoutError


async def test_a_host_that_allows_it_is_asked_by_several_at_once() -> None:
    """An archive's server answers as many at once as are allowed, and the next waits for one of them."""
    clock, crowd = FakeTime(), Crowd()
    turns = Turns(concurrency=64, per_host=3, monotonic=clock.monotonic, sleep=clock.sleep)
    await asyncio.gather(*(crowd.visit(turns, "archive.test") for _ in range(10)))
    assert crowd.most == 3
