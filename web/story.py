"""The page of a story: everything it was called and every place it stood, with when and how long."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from scraper.errors import NotFound
from scraper.instants import epoch, from_epoch
from scraper.model import Role
from storage.history import History, PlaceSpan, history
from storage.overview import described, gaps
from storage.shapes import history_shape
from storage.spans import Bounds
from web.asked import Asked, Page
from web.edits import Piece, marked
from web.timeline import Period, Window, timeline

SHORTEST_S = 3_600  # a chart of less time would show a story seen once as one long bar


@dataclass(frozen=True, kw_only=True, slots=True)
class Reworded:
    """A wording as the story's page tells it: what it says that the one before did not."""

    seen: Bounds
    headline: Sequence[Piece]
    summary: Sequence[Piece]
    lost_summary: bool
    rotation: float | None


def story(connection: sqlite3.Connection, asked: Asked) -> Page:
    """A story: all its wordings and places, with when and how long each stood."""
    told = history(connection, asked.path["id"])
    known = described(connection, told.site)
    if not told.wordings:
        raise NotFound(f'the story "{told.story}" stands on no page that the archive can read')
    first, last = told.wordings[0].seen.first_seen, max(wording.seen.last_seen for wording in told.wordings)
    window = Window(start=first, end=max(last, first + SHORTEST_S))
    holes = gaps(connection, known, from_epoch(first), from_epoch(last))
    worded = [Period(key=span.headline, label=span.headline, seen=span.seen) for span in told.wordings]
    placed = [Period(key=_place(span), label=_place(span), seen=span.seen) for span in told.spans]
    context = {
        "site": known,
        "story": told,
        "wordings": _reworded(told)[::-1],
        "headline": told.wordings[-1].headline,
        "latest": epoch(known.last_seen) if known.last_seen else 0,
        "last": from_epoch(last),
        "worded": timeline(worded, holes, window, known.timezone),
        "placed": timeline(placed, holes, window, known.timezone),
    }
    return Page(template="story.html", context=context, shape=history_shape(told))


def _place(span: PlaceSpan) -> str:
    """A place in words: lead, or the section's name."""
    return "lead" if span.role is Role.LEAD else span.section or "teaser"


def _reworded(told: History) -> list[Reworded]:
    """A story's wordings in order, each beside the one before; the first beside itself, so that nothing is marked."""
    return [
        Reworded(
            seen=now.seen,
            headline=marked(was.headline, now.headline)[1],
            summary=marked(was.summary, now.summary)[1],
            lost_summary=bool(was.summary and not now.summary),
            rotation=now.rotation,
        )
        for was, now in pairwise((told.wordings[0], *told.wordings))
    ]
