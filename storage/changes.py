"""Change events: what happened between consecutive observations of a site, computed when asked for, never stored.

No event crosses a gap, nor a change of the reader: only like is compared with like (DESIGN rule 6).
"""

import base64
import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from scraper.instants import epoch, from_epoch
from scraper.model import Role
from storage.captures import capture_name, site_row
from storage.edits import is_edit
from storage.history import WordingSpan, wording_spans
from storage.observations import gap_of
from storage.placements import Placement, decode
from storage.spans import ALWAYS


class ChangeKind(StrEnum):
    LEAD_CHANGED = "lead-changed"
    APPEARED = "appeared"
    DROPPED = "dropped"
    PROMOTED = "promoted"
    DEMOTED = "demoted"
    MOVED_SECTION = "moved-section"
    HEADLINE_EDITED = "headline-edited"
    SUMMARY_EDITED = "summary-edited"
    IMAGE_CHANGED = "image-changed"


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeEvent:
    """One thing that changed between two captures. `at` is the later one's instant: it happened at some time before.

    `was` is the earlier headline, summary, image or section, or of a new lead the headline that led before it.
    `rotation` marks a headline that came as one of several that rotate: the arm of a test, likely, and no edit.
    """

    id: str
    site: str
    kind: ChangeKind
    at: datetime
    capture: str
    before: str
    story: str
    url: str
    headline: str
    was: str
    role: Role
    rotation: bool = False


@dataclass(frozen=True, slots=True)
class Observation:
    """A row of a site's line: its instant, capture, front page, and the reader that read it."""

    instant: int
    capture_id: int
    front_page_id: int
    reader_id: int


@dataclass(frozen=True, slots=True)
class Sighting:
    """A story on a front page."""

    placement: Placement
    is_lead: bool


Page = dict[int, Sighting]
Found = tuple[ChangeKind, int, Sighting | None, Sighting | None]  # kind, story row, as it was, as it is


def changes(
    connection: sqlite3.Connection, slug: str, *, since: datetime | None = None, until: datetime | None = None
) -> Iterator[ChangeEvent]:
    """The site's change events of [since, until), in order of time."""
    yield from _Changes(connection, slug).between(epoch(since) if since else -ALWAYS, epoch(until) if until else ALWAYS)


def found_between(was: Page, now: Page) -> Iterator[Found]:
    """What differs between two front pages, wordings compared by row alone. Pure."""
    for story, sighting in now.items():
        before = was.get(story)
        if before is None:
            yield ChangeKind.APPEARED, story, None, sighting
        elif before != sighting:
            yield from _found_in(story, before, sighting)
    for story, sighting in was.items():
        if story not in now:
            yield ChangeKind.DROPPED, story, sighting, None
    was_lead, now_lead = _lead(was), _lead(now)
    if was_lead is not None and now_lead is not None and was_lead != now_lead:
        yield ChangeKind.LEAD_CHANGED, now_lead, was[was_lead], now[now_lead]


def _found_in(story: int, was: Sighting, now: Sighting) -> Iterator[Found]:
    if was.is_lead != now.is_lead:
        yield (ChangeKind.PROMOTED if now.is_lead else ChangeKind.DEMOTED), story, was, now
    elif was.placement.section_id != now.placement.section_id:
        yield ChangeKind.MOVED_SECTION, story, was, now
    if was.placement.wording_id != now.placement.wording_id:
        for kind in (ChangeKind.HEADLINE_EDITED, ChangeKind.SUMMARY_EDITED, ChangeKind.IMAGE_CHANGED):
            yield kind, story, was, now


def _lead(page: Page) -> int | None:
    return next((story for story, sighting in page.items() if sighting.is_lead), None)


class _Changes:
    """The change events of one site."""

    def __init__(self, connection: sqlite3.Connection, slug: str) -> None:
        self._connection, self._slug = connection, slug
        self._site_id = site_row(connection, slug)
        self._gap = gap_of(connection, self._site_id)
        self._page = lru_cache(maxsize=4)(self._read_page)
        self._wordings = lru_cache(maxsize=1024)(self._read_wordings)

    def between(self, start: int, end: int) -> Iterator[ChangeEvent]:
        for before, now in pairwise(self._line(start, end)):
            comparable = now.instant - before.instant <= self._gap and now.reader_id == before.reader_id
            if comparable and now.front_page_id != before.front_page_id:
                yield from self._events(before, now)

    def _line(self, start: int, end: int) -> Iterator[Observation]:
        """The observations of [start, end), and the one before them."""
        rows = self._connection.execute(
            """
            SELECT instant, capture_id, observations.front_page_id, reader_id
            FROM observations JOIN readings USING (capture_id)
            WHERE site_id = :site AND instant < :end AND instant >= coalesce(
                (SELECT max(instant) FROM observations WHERE site_id = :site AND instant < :start), :start
            ) ORDER BY instant
            """,
            {"site": self._site_id, "start": start, "end": end},
        )
        return (Observation(*row) for row in rows)

    def _read_page(self, front_page_id: int) -> Page:
        lead, data = self._connection.execute(
            "SELECT lead, placements FROM front_pages WHERE id = ?", (front_page_id,)
        ).fetchone()
        return {
            placement.story_id: Sighting(placement, position == lead)
            for position, placement in enumerate(decode(data), 1)
        }

    def _read_wordings(self, story: int) -> list[WordingSpan]:
        return wording_spans(self._connection, self._site_id, story, self._gap)

    def _events(self, before: Observation, now: Observation) -> Iterator[ChangeEvent]:
        names = tuple(capture_name(self._connection, row) for row in (before.capture_id, now.capture_id))
        pages = self._page(before.front_page_id), self._page(now.front_page_id)
        events = (
            self._event(kind, story, (earlier, later), names, now.instant)
            for kind, story, earlier, later in found_between(*pages)
        )
        yield from sorted(
            (event for event in events if event), key=lambda event: (ORDER.index(event.kind), event.story)
        )

    def _event(
        self,
        kind: ChangeKind,
        story: int,
        sightings: tuple[Sighting | None, Sighting | None],
        names: tuple[str, ...],
        instant: int,
    ) -> ChangeEvent | None:
        """The event, or None where the texts differ in nothing that is an edit."""
        was, now = sightings
        shown = now or was
        assert shown is not None  # noqa: S101 - a change has a before or an after
        before_text, now_text = self._text(kind, was), self._text(kind, now)
        if kind in EDITED and not is_edit(before_text, now_text):
            return None
        key, url = self._connection.execute("SELECT story, url FROM stories WHERE id = ?", (story,)).fetchone()
        return ChangeEvent(
            id=_event_id(kind, key, names),
            site=self._slug,
            kind=kind,
            at=from_epoch(instant),
            capture=names[1],
            before=names[0],
            story=key,
            url=url,
            headline=self._wording(shown)[0],
            was=before_text,
            role=Role.LEAD if shown.is_lead else Role.TEASER,
            rotation=kind is ChangeKind.HEADLINE_EDITED and self._is_rotating(story, instant),
        )

    def _is_rotating(self, story: int, instant: int) -> bool:
        """Whether the headline that came at the instant is one of several that rotate."""
        spans = self._wordings(story)
        return any(span.rotation is not None for span in spans if span.seen.first_seen == instant)

    def _text(self, kind: ChangeKind, sighting: Sighting | None) -> str:
        """What of a sighting the kind of change is about."""
        if sighting is None or kind not in TEXT_OF:
            return ""
        if kind is ChangeKind.MOVED_SECTION:
            (name,) = self._connection.execute(
                "SELECT name FROM sections WHERE id = ?", (sighting.placement.section_id,)
            ).fetchone()
            return str(name)
        return self._wording(sighting)[TEXT_OF[kind]]

    def _wording(self, sighting: Sighting) -> tuple[str, str, str]:
        row: tuple[str, str, str] = self._connection.execute(
            "SELECT headline, summary, image FROM wordings WHERE id = ?", (sighting.placement.wording_id,)
        ).fetchone()
        return row


ORDER = tuple(ChangeKind)
EDITED = {ChangeKind.HEADLINE_EDITED, ChangeKind.SUMMARY_EDITED, ChangeKind.IMAGE_CHANGED}
TEXT_OF = {
    ChangeKind.LEAD_CHANGED: 0, ChangeKind.HEADLINE_EDITED: 0, ChangeKind.SUMMARY_EDITED: 1,
    ChangeKind.IMAGE_CHANGED: 2, ChangeKind.MOVED_SECTION: -1,
}  # fmt: skip


def _event_id(kind: ChangeKind, story: str, captures: tuple[str, ...]) -> str:
    """Derived, so that feeds and merges agree: of the kind, the story and the two captures."""
    digest = hashlib.sha256("\n".join((kind, story, *captures)).encode()).digest()
    return base64.b32encode(digest).decode().lower()[:12]
