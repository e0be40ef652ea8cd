"""What became of a site's front page over a stretch of time: the page that stood at its begin beside the last one.

One comparison a site, however often it was captured in between: what came and went again within is not told, nor are
headlines in rotation, as the arms of a test are.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from scraper.instants import epoch, from_epoch
from storage.captures import site_row
from storage.changes import ChangeKind
from storage.edits import is_edit
from storage.overview import Described
from storage.placements import Place, places
from storage.rotations import turns

MOST_OBSERVATIONS = 4_000  # of an hour: one a second and some
MOST_TEXTS = 200  # wordings that are compared; of a page that was reworded all over the rest is not counted


@dataclass(frozen=True, kw_only=True, slots=True)
class Reworded:
    """A headline that was replaced."""

    story: str
    was: str
    now: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Headline:
    story: str
    headline: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Recent:
    """What differs between two captures of a site: how much of each kind, and of some kinds what.

    `lead` is the headline that leads now and did not then; `came` are the new stories placed highest.
    """

    since: datetime
    until: datetime
    counts: dict[ChangeKind, int]
    lead: Headline | None
    lead_was: Headline | None
    reworded: Sequence[Reworded]
    came: Sequence[Headline]


@dataclass(frozen=True, slots=True)
class _Page:
    """A front page as rows."""

    instant: int
    lead: int | None
    places: Mapping[int, Place]

    @property
    def lead_wording(self) -> int | None:
        return self.places[self.lead].wording if self.lead is not None else None


Text = tuple[str, str, str, str]  # story, headline, summary, image


def recent(
    connection: sqlite3.Connection, site: Described, *, since: datetime, until: datetime, told: int
) -> Recent | None:
    """What changed on a site in (since, until], None where nothing did; `told` bounds each list.

    Like `changes`, it crosses neither a gap nor a change of the reader.
    """
    pages = _ends(connection, site, epoch(since), epoch(until))
    if pages is None:
        return None
    was, now = pages
    came = [story for story in now.places if story not in was.places]
    kinds = Counter({ChangeKind.APPEARED: len(came), ChangeKind.DROPPED: len(was.places.keys() - now.places.keys())})
    kinds.update(_moves(was, now))
    texts = _texts(connection, _wordings_that_matter(was, now, came[:told]))
    edits = list(_edits(was, now, texts, _rotating(connection, site, was, now)))
    kinds.update(kind for kind, _ in edits)
    if not +kinds:
        return None
    is_led_anew = bool(kinds[ChangeKind.LEAD_CHANGED])
    return Recent(
        since=from_epoch(was.instant),
        until=from_epoch(now.instant),
        counts={kind: kinds[kind] for kind in ChangeKind if kinds[kind]},
        lead=_headline(texts, now.lead_wording) if is_led_anew else None,
        lead_was=_headline(texts, was.lead_wording) if is_led_anew else None,
        reworded=[edit for kind, edit in edits if kind is ChangeKind.HEADLINE_EDITED][:told],
        came=[one for story in came[:told] if (one := _headline(texts, now.places[story].wording))],
    )


def _ends(connection: sqlite3.Connection, site: Described, start: int, end: int) -> tuple[_Page, _Page] | None:
    """The first and the last page of a stretch of time that no gap and no other reader parts, None where they agree."""
    line = connection.execute(
        """
        SELECT instant, observations.front_page_id, reader_id FROM observations JOIN readings USING (capture_id)
        WHERE site_id = :site AND instant <= :end AND instant >= coalesce(
            (SELECT max(instant) FROM observations WHERE site_id = :site AND instant <= :start), :start
        ) ORDER BY instant DESC LIMIT :limit
        """,
        {
            "site": site_row(connection, site.slug), "start": start, "end": end, "limit": MOST_OBSERVATIONS,
        },
    ).fetchall()  # fmt: skip
    if not line or line[0][0] <= start:
        return None
    first = line[0]
    for later, earlier in pairwise(line):
        if later[0] - earlier[0] > site.gap or earlier[2] != later[2]:
            break
        first = earlier
    if first[1] == line[0][1]:
        return None
    return _page(connection, *first[:2]), _page(connection, *line[0][:2])


def _page(connection: sqlite3.Connection, instant: int, front_page_id: int) -> _Page:
    lead, data = connection.execute(
        "SELECT lead, placements FROM front_pages WHERE id = ?", (front_page_id,)
    ).fetchone()
    placed = places(data)
    return _Page(instant, list(placed)[lead - 1] if lead is not None else None, placed)


def _moves(was: _Page, now: _Page) -> Iterator[ChangeKind]:
    if was.lead is not None and now.lead is not None and was.lead != now.lead:
        yield ChangeKind.LEAD_CHANGED
    for story, place in now.places.items():
        before = was.places.get(story)
        if before is None:
            continue
        if (story == was.lead) != (story == now.lead):
            yield ChangeKind.PROMOTED if story == now.lead else ChangeKind.DEMOTED
        elif before.section != place.section:
            yield ChangeKind.MOVED_SECTION


def _pairs(was: _Page, now: _Page) -> list[tuple[int, int, int]]:
    """(story, wording then, wording now) where the wording is another, in the page's order."""
    found = [
        (story, before.wording, place.wording)
        for story, place in now.places.items()
        if (before := was.places.get(story)) and before.wording != place.wording
    ]
    return found[:MOST_TEXTS]


def _wordings_that_matter(was: _Page, now: _Page, came: Iterable[int]) -> set[int]:
    found = {wording for _, *both in _pairs(was, now) for wording in both}
    found.update(now.places[story].wording for story in came)
    return found | {wording for wording in (was.lead_wording, now.lead_wording) if wording is not None}


def _texts(connection: sqlite3.Connection, wordings: Iterable[int]) -> dict[int, Text]:
    rows = set(wordings)
    marks = ", ".join("?" * len(rows))
    found = connection.execute(
        f"""
        SELECT wordings.id, story, headline, summary, image FROM wordings JOIN stories ON stories.id = story_id
        WHERE wordings.id IN ({marks})
        """,
        tuple(rows),
    )
    return {row: (story, headline, summary, image) for row, story, headline, summary, image in found}


def _rotating(connection: sqlite3.Connection, site: Described, was: _Page, now: _Page) -> set[int]:
    """The stories whose headline on the later page is one of several in rotation."""
    since = {story: was.instant for story, *_ in _pairs(was, now)}  # a headline that is another one came after that
    found = turns(connection, site_row(connection, site.slug), since)
    return {turn.story for turn in found if turn.holds(now.instant)}


def _edits(
    was: _Page, now: _Page, texts: Mapping[int, Text], rotating: set[int]
) -> Iterator[tuple[ChangeKind, Reworded]]:
    for row, before, after in _pairs(was, now):
        story, *then = texts[before]
        _, *since = texts[after]
        for kind, old, new in zip(EDITED, then, since, strict=True):
            if is_edit(old, new) and not (kind is ChangeKind.HEADLINE_EDITED and row in rotating):
                yield kind, Reworded(story=story, was=old, now=new)


def _headline(texts: Mapping[int, Text], wording: int | None) -> Headline | None:
    if wording is None:
        return None
    story, headline, *_ = texts[wording]
    return Headline(story=story, headline=headline)


EDITED = (ChangeKind.HEADLINE_EDITED, ChangeKind.SUMMARY_EDITED, ChangeKind.IMAGE_CHANGED)
