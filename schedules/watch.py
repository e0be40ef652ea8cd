"""Which site is due when: the ledger's side of time, from the injected clock alone.

Every due slot of every site ends as exactly one row. The newest slot that has come is visited; those before it, which
nobody looked at, are `missed`; one that comes while the site's last visit still runs is `skipped`.
"""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from schedules.slots import Schedule
from scraper.config import Site
from scraper.model import Outcome

CLOCK_SET_BACK = timedelta(minutes=1)  # a smaller step back is the clock being disciplined


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """A slot that has come: to be visited, or with its outcome already."""

    site: Site
    slot: datetime
    outcome: Outcome | None = None


def schedule_of(site: Site) -> Schedule:
    return Schedule(cron=site.schedule, every=site.every, timezone=site.timezone)


class Watch:
    """All sites in the order in which they come due."""

    def __init__(self, sites: Iterable[Site], *, last_due: dict[str, datetime], now: datetime) -> None:
        """`last_due` is each site's last slot with a row; a site without one is due at once, at its last slot."""
        self._sites = {site.slug: site for site in sites}
        self._schedules = {slug: schedule_of(site) for slug, site in self._sites.items()}
        self._last_due = {slug: last_due.get(slug) or self._begin(slug, now) for slug in self._sites}
        self._running: set[str] = set()
        self._now = now
        self._queue: list[tuple[datetime, str]] = []
        self._refill()

    @property
    def schedules(self) -> set[Schedule]:
        """The distinct schedules: one bell each."""
        return set(self._schedules.values())

    def due(self, now: datetime) -> Iterator[Due]:
        """The slots that have come since the last call. One to be visited counts as running until `ended`."""
        if now < self._now - CLOCK_SET_BACK:
            self._restart(now)
        self._now = now
        while self._queue and self._queue[0][0] <= now:
            _, slug = heapq.heappop(self._queue)
            yield from self._come(slug, now)
            self._push(slug)

    def ended(self, slug: str) -> None:
        self._running.discard(slug)

    def next_due(self) -> datetime | None:
        return self._queue[0][0] if self._queue else None

    def _come(self, slug: str, now: datetime) -> Iterator[Due]:
        site, newest = self._sites[slug], None
        for slot in self._schedules[slug].between(self._last_due[slug], now):
            if newest is not None:
                yield Due(site=site, slot=newest, outcome=Outcome.MISSED)
            newest = slot
        if newest is None:
            return
        self._last_due[slug] = newest
        if slug in self._running:
            yield Due(site=site, slot=newest, outcome=Outcome.SKIPPED)
        else:
            self._running.add(slug)
            yield Due(site=site, slot=newest)

    def _begin(self, slug: str, now: datetime) -> datetime:
        """Just before the last slot, so that a new site is looked at as soon as it is known."""
        last = self._schedules[slug].last(now)
        return last - timedelta(seconds=1) if last else now

    def _restart(self, now: datetime) -> None:
        """Look ahead from the clock as it is now: slots that come again have their row already, and keep it."""
        self._last_due = {slug: min(last, now) for slug, last in self._last_due.items()}
        self._refill()

    def _refill(self) -> None:
        self._queue = [(self._schedules[slug].next(last), slug) for slug, last in self._last_due.items()]
        heapq.heapify(self._queue)

    def _push(self, slug: str) -> None:
        heapq.heappush(self._queue, (self._schedules[slug].next(self._last_due[slug]), slug))
