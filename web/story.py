"""The page of a story: everything it was called and every place it stood, with when and how long; and its feed."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from scraper.errors import NotFound
from scraper.instants import compact, epoch, from_epoch
from scraper.model import Role
from storage.edits import plain
from storage.history import History, PlaceSpan, WordingSpan, history, last_printed
from storage.overview import Described, described, gaps, languages
from storage.paths import path
from storage.shapes import history_shape
from storage.spans import Bounds
from web.asked import Asked, Page
from web.course import course
from web.edits import Piece, marked
from web.feeds import Entry, Feed
from web.timeline import Period, Timeline, Window, timeline

SHORTEST_S = 3_600  # a chart of less time would show a story seen once as one long bar
MAX_TOLD = 200  # of each the last, of headlines in rotation the most frequent; a feed has as many entries


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
    language = languages(connection, [told.site])[told.site]
    wordings, places = told.wordings[-MAX_TOLD:], told.spans[-MAX_TOLD:]
    worded = [
        Period(key=plain(span.headline), label=span.headline, language=language, seen=span.seen) for span in wordings
    ]
    placed = [_placed(span, language) for span in places]
    stood = _window(placed)
    edited = [span for span in told.wordings if span.rotation is None]
    variants = _variants([span for span in told.wordings if span.rotation is not None])
    context = {
        "site": known,
        "language": language,
        "story": told,
        "printed": last_printed(connection, told),
        "wordings": _reworded(edited[-MAX_TOLD - 1 :])[-MAX_TOLD:][::-1],
        "variants": variants[:MAX_TOLD],
        "places": places,
        "counts": {"wordings": len(edited), "variants": len(variants), "places": len(told.spans)},
        "undrawn": len(told.wordings) - len(wordings),
        "headline": told.wordings[-1].headline,
        "latest": epoch(known.last_seen) if known.last_seen and known.is_current(asked.now) else 0,
        "begun": from_epoch(min(wording.seen.first_seen for wording in told.wordings)),
        "last": from_epoch(max(wording.seen.last_seen for wording in told.wordings)),
        "worded": _timeline(connection, known, worded),
        "placed": _timeline(connection, known, placed),
        "course": course(path(connection, told.story, since=stood.start), stood, known.gap),
    }
    return Page(template="story.html", context=context, shape=history_shape(told))


def feed(connection: sqlite3.Connection, asked: Asked) -> Feed:
    """What became of a story: each wording that is no turn of a rotation, each place that it took; the latest first."""
    told = _told(connection, asked)
    known = described(connection, told.site)
    address = f"{asked.base}/story/{told.story}"
    edited = [span for span in told.wordings if span.rotation is None]
    headline = (edited or told.wordings[:1])[-1].headline  # one that no turn of a test makes another
    pages = f"{asked.base}/site/{told.site}/at"
    entries = sorted(
        chain(_wordings(told, edited, pages), _places(told, headline, pages)), key=lambda entry: entry.at, reverse=True
    )
    return Feed(
        id=f"story/{told.story}",
        title=headline,
        author=known.name,
        seen=known.last_seen or from_epoch(0),
        address=address,
        page=address,
        entries=entries[:MAX_TOLD],
    )


def _placed(span: PlaceSpan, language: str) -> Period:
    """A place as a period: sections are in the site's language, and the other words ours."""
    place = _place(span)
    return Period(key=place, label=place, language=language if place == span.section else "en", seen=span.seen)


def _timeline(connection: sqlite3.Connection, site: Described, periods: Sequence[Period]) -> Timeline:
    window = _window(periods)
    holes = gaps(connection, site, from_epoch(window.start), from_epoch(window.end))
    return timeline(periods, holes, window, site.timezone)


def _window(periods: Sequence[Period]) -> Window:
    """From the first to the last of some periods, in order of time."""
    first, last = periods[0].seen.first_seen, max(period.seen.last_seen for period in periods)
    return Window(start=first, end=max(last, first + SHORTEST_S))


def _told(connection: sqlite3.Connection, asked: Asked) -> History:
    told = history(connection, asked.path["id"])
    if not told.wordings:
        raise NotFound(f'the story "{told.story}" stands on no page that the archive can read')
    return told


def _wordings(told: History, edited: Sequence[WordingSpan], pages: str) -> Iterator[Entry]:
    was: WordingSpan | None = None
    for wording in edited:
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


def _places(told: History, headline: str, pages: str) -> Iterator[Entry]:
    for span in told.spans:
        at = from_epoch(span.seen.first_seen)
        yield Entry(
            id=f"story/{told.story}/place/{compact(at)}",
            title=f"Stands as {_place(span)}" if span.role is Role.LEAD else f"Stands under {_place(span)}",
            at=at,
            url=f"{pages}/{compact(at)}",
            text=headline,
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
