"""What is written together: captures of the past, a live capture's reading and a visit's end with what they set off.

Only news is told: a live capture that is newer than all else that is known of its site. Backfill and reading again are
not, and no event crosses a gap or a change of the reader (storage.changes sees to that).
"""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from schedules.alarms import Turn, review, review_visits
from schedules.notices import of_change, of_turn, post
from scraper.config import Site
from scraper.config_notify import CHANGES, Notify
from scraper.instants import from_epoch
from scraper.model import Capture, FrontPage, Outcome
from scraper.reader import reader_name
from storage.archive import Archive, Filed
from storage.captures import has_reading
from storage.changes import ChangeEvent, changes
from storage.repeats import read_like

Rules = Sequence[Notify]


@dataclass(frozen=True, kw_only=True, slots=True)
class Filing:
    """A filed reading, and the alarms that went on or off with it."""

    filed: Filed
    turns: tuple[Turn, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class VisitEnd:
    """A row of the ledger to be written."""

    due_at: datetime
    ended_at: datetime
    outcome: Outcome
    error: str = ""
    capture_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """A recorded capture: its row, whether it was unknown, whether it was read already, and the capture whose reading
    is also its own, since it shows the same bytes."""

    capture_id: int
    is_new: bool
    has_reading: bool
    like: int | None


def record_all(archive: Archive, site: Site, captures: Sequence[Capture]) -> list[Known]:
    """Record several captures of a site in one transaction."""
    with archive.batch():
        return [_record(archive, site, capture) for capture in captures]


def _record(archive: Archive, site: Site, capture: Capture) -> Known:
    recorded = archive.record(capture)
    capture_id = recorded.capture_id
    is_read = not recorded.is_new and has_reading(archive.connection, capture_id)
    reader = reader_name(site.layout_at(capture.instant))
    like = None if is_read else read_like(archive, capture_id, capture, reader)
    return Known(capture_id=capture_id, is_new=recorded.is_new, has_reading=is_read, like=like)


def file_all(
    archive: Archive, captures: Sequence[Capture], known: Sequence[Known], pages: Sequence[FrontPage | None]
) -> list[Filed | None]:
    """File what was read of several captures in one transaction, the earliest first; what needs no filing is None."""
    filed: list[Filed | None] = [None] * len(captures)
    with archive.batch():
        for place in sorted(range(len(captures)), key=lambda place: captures[place].instant):
            page, one = pages[place], known[place]
            if page is not None:
                filed[place] = archive.file(one.capture_id, page)
            elif one.like is not None:
                filed[place] = archive.file_copy(one.capture_id, one.like)
    return filed


def file_news(archive: Archive, slug: str, capture_id: int, page: FrontPage, rules: Rules = ()) -> Filing:
    """File a reading; where its capture is news, review the site's alarms and tell whoever wants to know."""
    with archive.batch():
        filed = archive.file(capture_id, page)
        if not is_news(archive.connection, capture_id):
            return Filing(filed=filed)
        turns = tuple(review(archive, slug))
        told = [of_change(event) for event in _changes(archive.connection, slug, capture_id, rules)]
        post(archive, rules, [*told, *(of_turn(slug, turn) for turn in turns)])
        return Filing(filed=filed, turns=turns)


def end_visit(archive: Archive, slug: str, end: VisitEnd, *, interval_s: float, rules: Rules = ()) -> tuple[Turn, ...]:
    """Write a visit's row; a site that fails, or no longer does, is told."""
    with archive.batch():
        row = (end.due_at, end.ended_at, end.outcome, end.error, end.capture_id)
        archive.end_visits(slug, [row])
        turns = tuple(review_visits(archive, slug, interval_s=interval_s, now=end.ended_at))
        post(archive, rules, [of_turn(slug, turn) for turn in turns])
        return turns


def is_news(connection: sqlite3.Connection, capture_id: int) -> bool:
    """Whether a capture is live and newer than all else that is known of its site (DESIGN rule 6)."""
    (newer,) = connection.execute(
        """
        SELECT origin != 'live' OR EXISTS (
            SELECT 1 FROM captures AS other
            WHERE other.site_id = own.site_id AND other.instant >= own.instant AND other.id != own.id
        ) FROM captures AS own WHERE id = ?
        """,
        (capture_id,),
    ).fetchone()
    return not newer


def _changes(connection: sqlite3.Connection, slug: str, capture_id: int, rules: Rules) -> Iterator[ChangeEvent]:
    """What a capture changed; nothing where nobody asks. Headlines that rotate are no edits."""
    kinds = {kind for rule in rules if not rule.sites or slug in rule.sites for kind in rule.kinds}
    if not kinds.intersection(CHANGES):
        return
    (seconds,) = connection.execute("SELECT instant FROM captures WHERE id = ?", (capture_id,)).fetchone()
    instant = from_epoch(seconds)
    for event in changes(connection, slug, since=instant, until=instant + timedelta(seconds=1)):
        if event.kind in kinds and not event.rotation:
            yield event
