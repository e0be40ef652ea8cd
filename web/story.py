"""The page of a story: everything it was called and every place it stood, with when and how long; and its feed."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from scraper.errors import NotFound
from scraper.instants import compact, epoch, from_epoch
from scraper.model import Role
from storage.edits import plain
from storage.history import History, PlaceSpan, WordingSpan, history, last_printed
from storage.overview import described, gaps
from storage.paths import path
from storage.shapes import history_shape
from storage.spans import Bounds
from web.asked import Asked, Page
from web.course import course
from web.edits import Piece, marked
from web.feeds import Entry, Feed
from web.timeline import Period, Window, timeline

SHORTEST_S = 3_600  # a chart of less time would show a story seen once as one long bar
MAX_WORDINGS = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Reworded:
    """A wording as the story's page tells it: what it says that the one before did not.

    `others` names what else is another where headline and summary are not.
    """

    seen: Bounds
    headline: Sequence[Piece]
    summary: Sequence[Piece]
    lost_summary: bool
    others: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Variant:
    """One of several headlines in rotation: in how many captures, and over what time."""

    headline: str
    share: float
    captures: int
    first_seen: int
    last_seen: int


def story(connection: sqlite3.Connection, asked: Asked) -> Page:
    """A story: all its wordings and places, with when and how long each stood."""
    told = _told(connection, asked)
    known = described(connection, told.site)
    first, last = told.wordings[0].seen.first_seen, max(wording.seen.last_seen for wording in told.wordings)
    window = Window(start=first, end=max(last, first + SHORTEST_S))
    holes = gaps(connection, known, from_epoch(first), from_epoch(last))
    worded = [Period(key=plain(span.headline), label=span.headline, seen=span.seen) for span in told.wordings]
    placed = [Period(key=_place(span), label=_place(span), seen=span.seen) for span in told.spans]
    reworded = _reworded([span for span in told.wordings if span.rotation is None])
    context = {
        "site": known,
        "story": told,
        "printed": last_printed(connection, told),
        "wordings": reworded[::-1][:MAX_WORDINGS],
        "untold": max(len(reworded) - MAX_WORDINGS, 0),
        "variants": _variants([span for span in told.wordings if span.rotation is not None]),
        "headline": told.wordings[-1].headline,
        "latest": epoch(known.last_seen) if known.last_seen else 0,
        "last": from_epoch(last),
        "worded": timeline(worded, holes, window, known.timezone),
        "placed": timeline(placed, holes, window, known.timezone),
        "course": course(path(connection, told.story), window, known.gap),
    }
    return Page(template="story.html", context=context, shape=history_shape(told))


def feed(connection: sqlite3.Connection, asked: Asked) -> Feed:
    """What became of a story: each wording and each place that it took, the latest first."""
    told = _told(connection, asked)
    known = described(connection, told.site)
    address = f"{asked.base}/story/{told.story}"
    entries = sorted(_entries(told, f"{asked.base}/site/{told.site}/at"), key=lambda entry: entry.at, reverse=True)
    return Feed(
        id=f"story/{told.story}",
        title=told.wordings[-1].headline,
        author=known.name,
        seen=known.last_seen or from_epoch(0),
        address=address,
        page=address,
        entries=entries[:MAX_WORDINGS],
    )


def _told(connection: sqlite3.Connection, asked: Asked) -> History:
    told = history(connection, asked.path["id"])
    if not told.wordings:
        raise NotFound(f'the story "{told.story}" stands on no page that the archive can read')
    return told


def _entries(told: History, pages: str) -> Iterator[Entry]:
    was: WordingSpan | None = None
    for wording in told.wordings:
        if was is None or (was.headline, was.summary) != (wording.headline, wording.summary):
            at = from_epoch(wording.seen.first_seen)
            yield Entry(
                id=f"story/{told.story}/wording/{compact(at)}",
                title=wording.headline,
                at=at,
                url=f"{pages}/{compact(at)}",
                text=f"Before: {was.headline}" if was and was.headline != wording.headline else wording.summary,
            )
        was = wording
    for span in told.spans:
        at = from_epoch(span.seen.first_seen)
        yield Entry(
            id=f"story/{told.story}/place/{compact(at)}",
            title=f"Stands as {_place(span)}" if span.role is Role.LEAD else f"Stands under {_place(span)}",
            at=at,
            url=f"{pages}/{compact(at)}",
            text=told.wordings[-1].headline,
        )


def _place(span: PlaceSpan) -> str:
    """A place in words: lead, or the section's name."""
    return "lead" if span.role is Role.LEAD else span.section or "teaser"


def _variants(spans: Sequence[WordingSpan]) -> list[Variant]:
    """The headlines in rotation, the most frequent first."""
    by_headline: dict[str, list[WordingSpan]] = {}
    for span in spans:
        by_headline.setdefault(plain(span.headline), []).append(span)
    found = [
        Variant(
            headline=same[-1].headline,
            share=max(span.rotation or 0 for span in same),
            captures=sum(span.seen.captures for span in same),
            first_seen=same[0].seen.first_seen,
            last_seen=same[-1].seen.last_seen,
        )
        for same in by_headline.values()
    ]
    return sorted(found, key=lambda variant: -variant.captures)


def _reworded(spans: Sequence[WordingSpan]) -> list[Reworded]:
    """Wordings in order, each beside the one before; the first beside itself, so that nothing is marked."""
    return [
        Reworded(
            seen=now.seen,
            headline=marked(was.headline, now.headline)[1],
            summary=marked(was.summary, now.summary)[1],
            lost_summary=bool(was.summary and not now.summary),
            others=_others(was, now),
        )
        for was, now in pairwise((*spans[:1], *spans))
    ]


def _others(was: WordingSpan, now: WordingSpan) -> list[str]:
    if (was.headline, was.summary) != (now.headline, now.summary):
        return []
    parts = (("kicker", was.kicker, now.kicker), ("byline", was.byline, now.byline), ("picture", was.image, now.image))
    return [name for name, before, after in parts if before != after]
