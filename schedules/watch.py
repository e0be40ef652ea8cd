"""Which site is due when: the ledger's side of time, from the injected clock alone.

Every due slot of every site ends as exactly one row. The newest slot that has come is visited; those before it, which
nobody looked at, are `missed`; one that comes while the site's last visit still runs is `skipped`. A visit starts a
little after its slot, by a delay of the site's own, so that a thousand sites do not start at :00.
"""

import hashlib
import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from schedules.slots import Schedule
from scraper.config import Site
from scraper.model import Outcome

CLOCK_SET_BACK = timedelta(minutes=1)  # a smaller step back is the clock being disciplined
SPREAD_SHARE = 0.1  # of the interval, at most, is a start later than its slot


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """A slot that has come: to be visited, or with its outcome already."""

    site: Site
    slot: datetime
    outcome: Outcome | None = None


def schedule_of(site: Site) -> Schedule:
    return Schedule(cron=site.schedule, every=site.every, timezone=site.timezone)


def delay(slug: str, *, spread_s: float, interval_s: float) -> timedelta:
    """How long after its slots a site starts: always the same, `spread_s` and a tenth of the interval at most."""
    place = int.from_bytes(hashlib.sha256(slug.encode()).digest()[:8]) / 2**64
    return timedelta(seconds=int(place * min(spread_s, interval_s * SPREAD_SHARE)))


class Watch:
    """All sites in the order in which their visits start."""

    def __init__(
        self, sites: Iterable[Site], *, last_due: dict[str, datetime], now: datetime, spread_s: float = 0.0
    ) -> None:
        """`last_due` is each site's last slot with a row; a site without one is due at once, at its last slot.

        A row of the future is one of a clock that was wrong: it is no reason not to look until then.
        """
        self._sites = {site.slug: site for site in sites}
        self._schedules = {slug: schedule_of(site) for slug, site in self._sites.items()}
        intervals = {schedule: schedule.interval_s(now) for schedule in self.schedules}
        self._delays = {
            slug: delay(slug, spread_s=spread_s, interval_s=intervals[schedule])
            for slug, schedule in self._schedules.items()
        }
        self._last_due = {slug: min(last_due.get(slug) or self._begin(slug, now), now) for slug in self._sites}
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

    def _come(self, slug: str, now: datetime) -> Iterator[Due]:
        site, newest = self._sites[slug], None
        for slot in self._schedules[slug].between(self._last_due[slug], now):
            if newest is not None:
                self._last_due[slug] = newest
                yield Due(site=site, slot=newest, outcome=Outcome.MISSED)
            newest = slot
        if newest is None or newest + self._delays[slug] > now:
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
        self._queue = [(self._start_after(last, slug), slug) for slug, last in self._last_due.items()]
        heapq.heapify(self._queue)

    def _push(self, slug: str) -> None:
        heapq.heappush(self._queue, (self._start_after(self._last_due[slug], slug), slug))

    def _start_after(self, last: datetime, slug: str) -> datetime:
        """When the visit for the slot after `last` starts."""
        return self._schedules[slug].next(last) + self._delays[slug]
