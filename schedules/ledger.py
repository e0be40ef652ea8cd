"""What the ledger of visits says about the time before this run, and what it still has to be told."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from schedules.backoff import Standing, standing
from schedules.slots import Schedule
from schedules.watch import schedule_of
from scraper.config import Settings, Site
from scraper.instants import epoch, from_epoch
from scraper.model import Outcome
from storage.archive import Archive
from storage.visits import INTERRUPTED as INTERRUPTED_BY
from storage.visits import failures

INTERRUPTED = f"{INTERRUPTED_BY}the daemon ended between the capture and the end of the visit"
NOBODY_LOOKED = "nobody looked"
LOOK_BACK = timedelta(days=1)  # a visit that runs while later slots get their rows ends, or is given up, much sooner
MOMENT = timedelta(seconds=1)
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

    `failed` where its visit was interrupted, else `missed`, of those since the site has this schedule. The slots after
    are the watch's.
    """
    schedule = schedule_of(site)
    described_at = _described_at(archive, site.slug)
    told = _told(archive, site.slug, schedule, now)
    captured = _interrupted(archive, site.slug, since=min(told, default=described_at))
    interrupted = schedule.last(captured.instant) if captured else None
    slots = {interrupted} if interrupted else set()
    if told:
        begin = max(min(told), (schedule.last(described_at) or described_at) - MOMENT)
        slots |= set(schedule.between(begin, min(now, max({*told, *slots}))))
    rows: list[Row] = []
    for slot in sorted(slots - told):
        if captured and slot == interrupted:
            rows.append((slot, now, Outcome.FAILED, INTERRUPTED, captured.row_id))
        else:
            rows.append((slot, now, Outcome.MISSED, NOBODY_LOOKED, None))
    archive.end_visits(site.slug, rows)


def _told(archive: Archive, slug: str, schedule: Schedule, now: datetime) -> set[datetime]:
    """What the site's ledger has rows for since a day before the last slot that it knows.

    A row of the future is one of a clock that was wrong.
    """
    rows = archive.connection.execute(
        """
        SELECT due_at FROM visits JOIN sites ON sites.id = site_id WHERE slug = ? AND observer_id = ? AND due_at <= ?
        ORDER BY due_at DESC LIMIT ?
        """,
        (slug, archive.observer_id, epoch(now), MANY),
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


def _described_at(archive: Archive, slug: str) -> datetime:
    """Since when the site has the schedule that it was described with last."""
    (seconds,) = archive.connection.execute(
        """
        SELECT coalesce(min(described_at), 0) FROM site_descriptions WHERE site_id = :site AND id > (
            SELECT coalesce(max(id), 0) FROM site_descriptions
            WHERE site_id = :site AND (schedule, timezone) != (
                SELECT schedule, timezone FROM site_descriptions WHERE site_id = :site ORDER BY id DESC LIMIT 1
            )
        )
        """,
        {"site": archive.site_id(slug)},
    ).fetchone()
    return from_epoch(seconds)


class _Captured(NamedTuple):
    row_id: int
    instant: datetime


def _interrupted(archive: Archive, slug: str, *, since: datetime) -> _Captured | None:
    """The capture of the visit that was under way when the daemon ended: a site has one at a time.

    Live captures that come back from an export have no visits either, nor slots that were due.
    """
    row = archive.connection.execute(
        """
        SELECT id, instant FROM captures
        WHERE site_id = :site AND observer_id = :observer AND origin = 'live' AND instant >= :since
        AND id NOT IN (
            SELECT capture_id FROM visits
            WHERE site_id = :site AND observer_id = :observer AND due_at >= :earlier AND capture_id IS NOT NULL
        ) ORDER BY instant DESC LIMIT 1
        """,
        {
            "site": archive.site_id(slug),
            "observer": archive.observer_id,
            "since": epoch(since),
            "earlier": epoch(since - LOOK_BACK),
        },
    ).fetchone()
    return _Captured(row[0], from_epoch(row[1])) if row else None
