"""What the ledger of visits says about the time before this run, and what it still has to be told."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from schedules.backoff import Standing, standing
from schedules.slots import Schedule
from schedules.watch import schedule_of
from scraper.config import Settings, Site
from scraper.instants import from_epoch
from scraper.model import Outcome
from storage.archive import Archive
from storage.visits import INTERRUPTED as INTERRUPTED_BY
from storage.visits import failures

INTERRUPTED = f"{INTERRUPTED_BY}the daemon ended between the capture and the end of the visit"
NOBODY_LOOKED = "nobody looked"
LOOK_BACK = timedelta(days=1)  # a visit that runs while later slots get their rows ends, or is given up, much sooner
MANY = 1_000  # rows that are looked through for one of a slot; `frontpage capture` writes others

Row = tuple[datetime, datetime, Outcome, str, int | None]  # due_at, ended_at, outcome, error, capture


def described(settings: Settings, site: Site, at: datetime) -> Callable[[Archive], None]:
    """A write that tells the archive about a site as it is configured now."""
    return lambda archive: archive.describe(site, gap=site.gap or settings.archive.gap, at=at)


def standing_of(site: Site, now: datetime) -> Callable[[Archive], Standing]:
    """A question to the ledger: how the site stands, and whether it is left alone for now."""
    return lambda archive: standing(
        failures(archive.connection, site.slug, observer=archive.observer, now=now),
        interval_s=schedule_of(site).interval_s(now),
    )


def last_due(archive: Archive) -> dict[str, datetime]:
    """Each site's last slot that has its row."""
    rows = archive.connection.execute(
        "SELECT slug, max(due_at) FROM visits JOIN sites ON sites.id = site_id WHERE observer_id = ? GROUP BY slug",
        (archive.observer_id,),
    )
    return {slug: from_epoch(due_at) for slug, due_at in rows}


def settle(archive: Archive, site: Site, now: datetime) -> None:
    """Give the slots that an earlier run left without a row theirs, up to the last sign of life of this archive.

    `failed` where their capture exists, else `missed`. The slots after are the watch's.
    """
    schedule = schedule_of(site)
    orphans = list(_captures_without_visit(archive, site.slug))
    told = _told(archive, site.slug, schedule)
    if not (told or orphans):
        return
    begin = min(told) if told else orphans[0][1] - LOOK_BACK
    latest = max([*told, *(instant for _, instant in orphans)])
    rows: list[Row] = []
    for slot, following in pairwise([*schedule.between(begin, min(now, latest)), now + LOOK_BACK]):
        if slot in told:
            continue
        capture_id = next((row for row, instant in orphans if slot <= instant < following), None)
        if capture_id:
            rows.append((slot, now, Outcome.FAILED, INTERRUPTED, capture_id))
        elif told:
            rows.append((slot, now, Outcome.MISSED, NOBODY_LOOKED, None))
    archive.end_visits(site.slug, rows)


def _told(archive: Archive, slug: str, schedule: Schedule) -> set[datetime]:
    """What the site's ledger has rows for since a day before the last slot that it knows."""
    rows = archive.connection.execute(
        """
        SELECT due_at FROM visits JOIN sites ON sites.id = site_id WHERE slug = ? AND observer_id = ?
        ORDER BY due_at DESC LIMIT ?
        """,
        (slug, archive.observer_id, MANY),
    )
    told: set[datetime] = set()
    enough: datetime | None = None
    for due in (from_epoch(due_at) for (due_at,) in rows):
        if enough is None and schedule.next(due - timedelta(seconds=1)) == due:
            enough = due - LOOK_BACK
        if enough is not None and due < enough:
            break
        told.add(due)
    return told


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
