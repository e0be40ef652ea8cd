"""What the ledger of visits says about the time before this run, and what it still has to be told."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from schedules.watch import schedule_of
from scraper.config import Settings, Site
from scraper.instants import from_epoch
from scraper.model import Outcome
from storage.archive import Archive

INTERRUPTED = "interrupted: the daemon ended between the capture and the end of the visit"
NOBODY_LOOKED = "nobody looked"
LOOK_BACK = timedelta(days=1)  # a visit that runs while later slots get their rows ends, or is given up, much sooner

Row = tuple[datetime, datetime, Outcome, str, int | None]  # due_at, ended_at, outcome, error, capture


def described(settings: Settings, site: Site, at: datetime) -> Callable[[Archive], None]:
    """A write that tells the archive about a site as it is configured now."""
    return lambda archive: archive.describe(site, gap=site.gap or settings.archive.gap, at=at)


def last_due(archive: Archive) -> dict[str, datetime]:
    """Each site's last slot that has its row."""
    rows = archive.connection.execute(
        "SELECT slug, max(due_at) FROM visits JOIN sites ON sites.id = site_id WHERE observer_id = ? GROUP BY slug",
        (archive.observer_id,),
    )
    return {slug: from_epoch(due_at) for slug, due_at in rows}


def settle(archive: Archive, site: Site, now: datetime) -> None:
    """Give the slots that an earlier run left without a row theirs, up to the last one that it came to.

    `failed` where their capture exists, else `missed`. The slots after are the watch's.
    """
    orphans = list(_captures_without_visit(archive, site.slug))
    told = _told(archive, site.slug)
    if not (told or orphans):
        return
    schedule = schedule_of(site)
    begin = max(told, default=orphans[0][1] if orphans else now) - LOOK_BACK
    rows: list[Row] = []
    untold: list[Row] = []
    for slot, following in pairwise([*schedule.between(begin, now), now + timedelta(seconds=1)]):
        capture_id = next((row for row, instant in orphans if slot <= instant < following), None)
        if slot in told or capture_id:
            rows += untold
            untold = []
        if slot in told:
            continue
        if capture_id:
            rows.append((slot, now, Outcome.FAILED, INTERRUPTED, capture_id))
        elif told and slot > min(told):
            untold.append((slot, now, Outcome.MISSED, NOBODY_LOOKED, None))
    archive.end_visits(site.slug, rows)


def _told(archive: Archive, slug: str) -> set[datetime]:
    """The site's slots of the last day of its ledger that have their row."""
    rows = archive.connection.execute(
        """
        WITH own AS (
            SELECT due_at FROM visits JOIN sites ON sites.id = site_id WHERE slug = ? AND observer_id = ?
        )
        SELECT due_at FROM own WHERE due_at >= (SELECT max(due_at) FROM own) - ?
        """,
        (slug, archive.observer_id, LOOK_BACK.total_seconds()),
    )
    return {from_epoch(due_at) for (due_at,) in rows}


def _captures_without_visit(archive: Archive, slug: str) -> Iterator[tuple[int, datetime]]:
    rows = archive.connection.execute(
        """
        SELECT captures.id, instant FROM captures JOIN sites ON sites.id = site_id
        WHERE slug = ? AND origin = 'live' AND observer_id = ?
        AND NOT EXISTS (SELECT 1 FROM visits WHERE capture_id = captures.id) ORDER BY instant
        """,
        (slug, archive.observer_id),
    )
    for capture_id, instant in rows.fetchall():
        yield capture_id, from_epoch(instant)
