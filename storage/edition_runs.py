"""A site's editions one after the other: what each changed, and when each began."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from scraper.instants import epoch, from_epoch
from storage.captures import site_row
from storage.edits import is_edit
from storage.observations import gap_of
from storage.placements import decode, wording_at
from storage.rotations import turns

LOOK_BACK = 600  # observations that are looked through for editions: a week at every 15 minutes
OBSERVATIONS_A_START = 10  # that are looked at for each start wanted; of a longer time starts are sampled


@dataclass(frozen=True, kw_only=True, slots=True)
class Edition:
    """An edition over consecutive captures, and what it changed on the one before.

    Nothing is said to have changed where another reader read the one before (`is_reread`), nor where it had not
    been seen for longer than the gap: for `unseen_s`, else 0. `reworded` are edited headlines, none in rotation.
    """

    edition: str
    first_seen: datetime
    last_seen: datetime
    captures: int
    headline: str
    stories: int
    is_reread: bool
    unseen_s: int
    came: int
    gone: int
    reworded: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Starts:
    """The captures with which another edition began, in order, each with the headline that led in it, "" for none.

    `is_sampled`: there are too many; these are captures of the editions that stood at instants spread over the time.
    """

    captures: Sequence[tuple[datetime, str]]
    is_sampled: bool


class _Row(NamedTuple):
    """An observation with its edition."""

    edition: bytes
    instant: int
    front_page_id: int
    reader_id: int


def editions(connection: sqlite3.Connection, slug: str, *, until: datetime, limit: int) -> list[Edition]:
    """The editions last seen up to an instant, the latest first."""
    site_id = site_row(connection, slug)
    rows = connection.execute(
        """
        SELECT edition, instant, front_pages.id, reader_id
        FROM observations JOIN readings USING (capture_id)
        JOIN front_pages ON front_pages.id = observations.front_page_id
        WHERE site_id = ? AND instant <= ? ORDER BY instant DESC LIMIT ?
        """,
        (site_id, epoch(until), LOOK_BACK),
    )
    runs = [list(run) for _, run in groupby(map(_Row._make, rows), key=lambda row: row.edition)][: limit + 1]
    pages = [_Page.load(connection, run[0].front_page_id) for run in runs]
    gap = gap_of(connection, site_id)
    steps = [_Step(*both, gap) for both in zip(runs, pages, [*runs[1:], []], [*pages[1:], None], strict=True)]
    edited = _edited(connection, site_id, steps[:limit])
    return [_edition(step, len(edited[step.begin])) for step in steps[:limit]]


def edition_starts(
    connection: sqlite3.Connection, slug: str, since: datetime, until: datetime, *, shown: datetime, limit: int
) -> Starts:
    """When editions began in [since, until], at most `limit`; of more some all over it, with the one of `shown`."""
    site_id = site_row(connection, slug)
    instants = _observed(connection, site_id, epoch(since), epoch(until), limit=limit * OBSERVATIONS_A_START + 1)
    if len(instants) <= limit * OBSERVATIONS_A_START:
        begun = _begun(connection, site_id, instants)
        if len(begun) <= limit:
            return Starts(captures=_led(connection, site_id, begun), is_sampled=False)
    start, end = instants[0], epoch(until)
    marks = {epoch(shown), *(start + (end - start) * step // (limit - 2) for step in range(limit - 1))}
    begun = _begun(connection, site_id, _standing(connection, site_id, marks))
    return Starts(captures=_led(connection, site_id, begun), is_sampled=True)


def _observed(connection: sqlite3.Connection, site_id: int, start: int, end: int, *, limit: int) -> list[int]:
    rows = connection.execute(
        "SELECT instant FROM observations WHERE site_id = ? AND instant BETWEEN ? AND ? ORDER BY instant LIMIT ?",
        (site_id, start, end, limit),
    )
    return [instant for (instant,) in rows]


def _standing(connection: sqlite3.Connection, site_id: int, marks: Iterable[int]) -> list[int]:
    """The last observation by each of some instants, each once."""
    rows = connection.execute(
        """
        SELECT DISTINCT (SELECT max(instant) FROM observations WHERE site_id = ? AND instant <= value)
        FROM json_each(?)
        """,
        (site_id, json.dumps(sorted(marks))),
    )
    return [instant for (instant,) in rows]


def _begun(connection: sqlite3.Connection, site_id: int, instants: Sequence[int]) -> list[int]:
    """Those of some observations that have another edition than the one before, in order."""
    rows = connection.execute(
        """
        SELECT instant FROM (
            SELECT instant, edition IS NOT lag(edition) OVER (ORDER BY instant) AS is_new
            FROM json_each(?) CROSS JOIN observations ON site_id = ? AND instant = value
            CROSS JOIN front_pages ON front_pages.id = front_page_id
        ) WHERE is_new ORDER BY instant
        """,
        (json.dumps(instants), site_id),
    )
    return [instant for (instant,) in rows]


def _led(connection: sqlite3.Connection, site_id: int, instants: Sequence[int]) -> list[tuple[datetime, str]]:
    """Some observations, each with the headline that led in it."""
    rows = connection.execute(
        """
        SELECT instant, lead, placements FROM json_each(?) CROSS JOIN observations ON site_id = ? AND instant = value
        CROSS JOIN front_pages ON front_pages.id = front_page_id ORDER BY instant
        """,
        (json.dumps(instants), site_id),
    )
    led = [(instant, wording_at(data, lead) if lead is not None else None) for instant, lead, data in rows]
    headlines = _headlines(connection, [wording for _, wording in led if wording is not None])
    return [(from_epoch(instant), headlines.get(wording, "") if wording else "") for instant, wording in led]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Page:
    """A front page as rows: which wording each story has, and the lead's headline."""

    edition: str
    headline: str
    wordings: dict[int, int]

    @classmethod
    def load(cls, connection: sqlite3.Connection, front_page_id: int) -> "_Page":
        edition, lead, data = connection.execute(
            "SELECT edition, lead, placements FROM front_pages WHERE id = ?", (front_page_id,)
        ).fetchone()
        placements = decode(data)
        headline = ""
        if lead is not None:
            (headline,) = connection.execute(
                "SELECT headline FROM wordings WHERE id = ?", (placements[lead - 1].wording_id,)
            ).fetchone()
        return cls(edition=edition.hex(), headline=headline, wordings={p.story_id: p.wording_id for p in placements})


class _Step(NamedTuple):
    """From one edition to the next: captures and page of the later one, then of the one before, if there is one."""

    run: Sequence[_Row]
    page: _Page
    run_before: Sequence[_Row]
    before: _Page | None
    gap: int

    @property
    def begin(self) -> int:
        return self.run[-1].instant

    @property
    def is_reread(self) -> bool:
        return bool(self.run_before) and self.run_before[0].reader_id != self.run[-1].reader_id

    @property
    def unseen_s(self) -> int:
        apart = self.begin - self.run_before[0].instant if self.run_before else 0
        return apart if apart > self.gap else 0

    @property
    def was(self) -> Mapping[int, int]:
        """The wordings with which the later page is compared: its own where nothing may be said to have changed."""
        is_comparable = self.before is not None and not (self.is_reread or self.unseen_s)
        return self.before.wordings if self.before and is_comparable else self.page.wordings

    @property
    def changed(self) -> dict[int, tuple[int, int]]:
        """The stories with another wording, each with both."""
        was = self.was
        return {
            story: (was[story], wording)
            for story, wording in self.page.wordings.items()
            if was.get(story, wording) != wording
        }


def _edited(connection: sqlite3.Connection, site_id: int, steps: Sequence[_Step]) -> dict[int, list[int]]:
    """The stories whose headlines were edited, as `changes` has it, by the instant with which an edition began."""
    changed = {step.begin: step.changed for step in steps}
    headlines = _headlines(connection, {row for pairs in changed.values() for both in pairs.values() for row in both})
    edited = {
        begin: [story for story, (was, now) in pairs.items() if is_edit(headlines[was], headlines[now])]
        for begin, pairs in changed.items()
    }
    first = {story: begin for begin in sorted(edited, reverse=True) for story in edited[begin]}
    rotating = {turn[:2] for turn in turns(connection, site_id, first)}
    return {begin: [story for story in found if (story, begin) not in rotating] for begin, found in edited.items()}


def _headlines(connection: sqlite3.Connection, wordings: Iterable[int]) -> dict[int, str]:
    rows = connection.execute(
        "SELECT id, headline FROM wordings WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(wordings)),)
    )
    return dict(rows.fetchall())


def _edition(step: _Step, reworded: int) -> Edition:
    page, was = step.page, step.was
    return Edition(
        edition=page.edition,
        first_seen=from_epoch(step.begin),
        last_seen=from_epoch(step.run[0].instant),
        captures=len(step.run),
        headline=page.headline,
        stories=len(page.wordings),
        is_reread=step.is_reread,
        unseen_s=step.unseen_s,
        came=len(page.wordings.keys() - was.keys()),
        gone=len(was.keys() - page.wordings.keys()),
        reworded=reworded,
    )
