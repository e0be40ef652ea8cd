"""What a live capture's reading and a visit's end set off, in the transaction in which they are written.

Only news is told: a live capture that is newer than all else that is known of its site. Backfill and reading again are
not, and no event crosses a gap or a change of the reader (storage.changes sees to that).
"""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from schedules.alarms import Turn, review, review_visits
from schedules.notices import of_change, of_turn, post
from scraper.config_notify import CHANGES, Notify
from scraper.instants import from_epoch
from scraper.model import FrontPage, Outcome
from storage.archive import Archive, Filed
from storage.changes import ChangeEvent, changes

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
