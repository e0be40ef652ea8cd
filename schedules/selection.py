"""Which of the captures that a source offers are taken: those in range, the nearest to each step, so many of them."""

from collections.abc import AsyncGenerator, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from schedules.sources.found import Found, Name, SourceError, Wanted

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def select(offered: AsyncGenerator[Found], wanted: Wanted) -> AsyncGenerator[Found]:
    """The wanted ones, as they come; with `every`, in order of time after the last was offered.

    A step holds one capture at most, so memory is bounded by the steps, not by what is offered.
    """
    chosen = _nearest(offered, wanted) if wanted.every else offered
    if wanted.only is not None:
        chosen = _named(offered, wanted.only)
    count = 0
    async for found in chosen:
        if not wanted.allows(found.name):
            continue
        yield found
        count += 1
        if count == wanted.limit:
            return


async def _nearest(offered: AsyncGenerator[Found], wanted: Wanted) -> AsyncGenerator[Found]:
    """Of the captures around each step the one nearest to it, the earlier of two that are as near.

    Steps count from `since`, without it from midnight of 1970, UTC, so that 1h means full hours; they end with `until`.
    """
    step = timedelta(seconds=wanted.every or 1)
    begin = wanted.since or EPOCH
    best: dict[int, tuple[timedelta, Found]] = {}
    broken: list[SourceError] = []
    async for found in _unbroken(offered, broken):
        if not wanted.allows(found.name):
            continue
        number = (found.instant - begin + step / 2) // step
        wish = begin + number * step
        if wanted.until and wish >= wanted.until:
            continue
        distance = abs(found.instant - wish)
        if number not in best or (distance, found.instant) < (best[number][0], best[number][1].instant):
            best[number] = (distance, found)
    for place, number in enumerate(sorted(best), 1):
        yield replace(best[number][1], share=place / len(best))
    if broken:
        raise broken[0]


async def _named(offered: AsyncGenerator[Found], only: Iterable[Name]) -> AsyncGenerator[Found]:
    """Those that were chosen by name, each once."""
    names = set(only)
    async for found in offered:
        if found.name in names:
            names.remove(found.name)
            yield found


async def _unbroken(offered: AsyncGenerator[Found], broken: list[SourceError]) -> AsyncGenerator[Found]:
    """A listing as far as it goes; what ended it is kept for later."""
    try:
        async for found in offered:
            yield found
    except SourceError as error:
        broken.append(error)
