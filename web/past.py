"""Which part of a site's past a page is about: how long, until when, and where it goes on earlier and later."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from scraper.errors import ConfigError, NotFound
from scraper.instants import iso
from storage.overview import Described, beside, leads_begin
from storage.queries import Lead, leads
from web.asked import Asked

WINDOWS = {"day": 86_400, "week": 604_800, "month": 2_592_000, "all": 0}
MAX_LEADS = 250  # that are drawn and told; the verb `leads` and the export tell all
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """The part [since, until] of all that is known of a site, [first, last].

    `over` is how long it was to be; `is_cut`: it is shorter, with so many leads in it. `earlier` and `later` are until
    when the stretches beside it go, so that something was seen in each; None where there is nothing any more.
    """

    slug: str
    over: str
    since: datetime
    until: datetime
    first: datetime
    last: datetime
    is_cut: bool
    earlier: datetime | None
    later: datetime | None

    @property
    def then(self) -> datetime | None:
        """Until when, None where that is as far as is known: such a page goes on with the site."""
        return self.until if self.until < self.last else None

    def leads(self, connection: sqlite3.Connection) -> list[Lead]:
        """The periods as lead that touch it, in order."""
        return list(leads(connection, self.slug, since=self.since, until=self.until + SECOND))


def part_asked(connection: sqlite3.Connection, asked: Asked, site: Described) -> Part | None:
    """What `over` and `until` in a request choose; None for a site of which nothing was seen yet."""
    if (until := ends(asked, site)) is None or site.first_seen is None or site.last_seen is None:
        return None
    over = asked.one("over") or "day"
    if over not in WINDOWS:
        raise ConfigError(f'"{over}" is no stretch of time here; over= takes {", ".join(WINDOWS)}')
    length = timedelta(seconds=WINDOWS[over])
    since = max(site.first_seen, until - length) if length else site.first_seen
    begin = leads_begin(connection, site.slug, until=until, limit=MAX_LEADS)
    is_cut = begin is not None and begin > since
    since = max(since, begin or since)
    before, after = beside(connection, site.slug, since, until)
    return Part(
        slug=site.slug, over=over, since=since, until=until, first=site.first_seen, last=site.last_seen, is_cut=is_cut,
        earlier=before if site.first_seen < since else None,
        later=min(site.last_seen, after + length) if after and length else after and site.last_seen,
    )  # fmt: skip


def ends(asked: Asked, site: Described) -> datetime | None:
    """Until when a request wants to know: no later than the site was seen; None where it never was."""
    if site.first_seen is None or site.last_seen is None:
        return None
    text = asked.one("until")
    until = min(asked.instant(text, site.timezone) if text else site.last_seen, site.last_seen)
    if until < site.first_seen:
        raise NotFound(f"{site.slug}: no readable capture at or before {iso(until)}")
    return until
