"""Raising and clearing a site's alarms as its captures are read."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from schedules import drift
from schedules.backoff import standing
from schedules.drift import BASELINE, SUSTAINED, Departure, Range
from scraper.instants import epoch, from_epoch
from storage.alarms import Alarm, AlarmKind, alarms, clear_alarm, last_cleared, raise_alarm
from storage.archive import Archive
from storage.looks import Look, latest_looks
from storage.visits import failures

LOOKS: Final = BASELINE + SUSTAINED  # readable or not; a review of as many takes 12 ms on a page of 150 stories


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """An alarm that went on, or off."""

    kind: AlarmKind
    is_on: bool
    since: datetime
    at: datetime
    what: str


def review(archive: Archive, slug: str) -> list[Turn]:
    """Look at the site's latest readings, and raise or clear what they call for; part of the caller's transaction."""
    site_id = archive.site_id(slug)
    since = last_cleared(archive.connection, site_id, AlarmKind.DRIFT)
    looks = latest_looks(archive.connection, site_id, since=since, limit=LOOKS)
    on = alarms(archive.connection, slug)
    return [
        *_reviewed_drift(archive, slug, looks, on.get(AlarmKind.DRIFT)),
        *_reviewed_quality(archive, slug, looks, on.get(AlarmKind.UNREADABLE)),
    ]


def review_visits(archive: Archive, slug: str, *, interval_s: float, now: datetime) -> Iterator[Turn]:
    """The same of the ledger, after a visit ended: several failures in a row, and the success after them."""
    failed = failures(archive.connection, slug, observer=archive.observer, now=now)
    alarm = alarms(archive.connection, slug).get(AlarmKind.FAILING)
    if alarm is None:
        stands = standing(failed, interval_s=interval_s)
        if stands.is_failing:
            what = f"{stands.failures} failures in a row, the last of them: {failed[0].error}"
            departure = Departure(since=epoch(failed[-1].due_at), what=what, usual={})
            yield _raised(archive, slug, AlarmKind.FAILING, departure, at=now)
    elif not failed:
        yield _cleared(archive, slug, alarm, at=now)


def _reviewed_drift(archive: Archive, slug: str, looks: list[Look], alarm: Alarm | None) -> Iterator[Turn]:
    if alarm is None:
        if departure := drift.drift(looks):
            yield _raised(archive, slug, AlarmKind.DRIFT, departure, at=_last(looks))
    elif drift.is_over(looks, {name: Range(**row) for name, row in alarm.usual.items()}):
        yield _cleared(archive, slug, alarm, at=_last(looks))


def _reviewed_quality(archive: Archive, slug: str, looks: list[Look], alarm: Alarm | None) -> Iterator[Turn]:
    if alarm is None:
        if departure := drift.unreadable(looks):
            yield _raised(archive, slug, AlarmKind.UNREADABLE, departure, at=_last(looks))
    elif looks and looks[-1].is_readable:
        yield _cleared(archive, slug, alarm, at=_last(looks))


def _last(looks: list[Look]) -> datetime:
    return from_epoch(looks[-1].instant)


def _raised(archive: Archive, slug: str, kind: AlarmKind, departure: Departure, *, at: datetime) -> Turn:
    usual = {name: asdict(row) for name, row in departure.usual.items()}
    raise_alarm(archive, slug, kind, since=departure.since, what=departure.what, usual=usual)
    return Turn(kind=kind, is_on=True, since=from_epoch(departure.since), at=at, what=departure.what)


def _cleared(archive: Archive, slug: str, alarm: Alarm, *, at: datetime) -> Turn:
    clear_alarm(archive, slug, alarm.kind)
    return Turn(kind=alarm.kind, is_on=False, since=alarm.since, at=at, what=alarm.what)
