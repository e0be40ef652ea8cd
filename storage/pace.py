"""Long work in short transactions, so that a daemon beside it never waits long for its turn to write."""

import time
from collections.abc import Callable, Iterable
from typing import TypeVar

from storage.archive import Archive

T = TypeVar("T")
TURN_S = 0.2  # DESIGN: transactions under 250 ms
REST_S = 0.01  # SQLite's busy handler looks again every few milliseconds


def in_turns(archive: Archive, items: Iterable[T], act: Callable[[T], object]) -> int:
    """Do `act` with every item, in transactions of about TURN_S seconds with a rest between. How many there were.

    What an act has written is durable at the end of its turn; an error undoes its turn alone.
    """
    count = 0
    iterator = iter(items)
    item = next(iterator, None)
    while item is not None:
        with archive.batch():
            end = time.monotonic() + TURN_S
            while item is not None and time.monotonic() < end:
                act(item)
                count += 1
                item = next(iterator, None)
        time.sleep(REST_S)
    return count
