"""Spans kept up as observations come, in any order: each stretch over which a site's consecutive captures show a thing.

An item is (kind, story, value): a story on the page, a wording of it, a place it held, its time as lead. A span is
[first_seen, last_seen] over consecutive observations, each at most `gap` seconds after the one before. `last_seen` is
NULL while the item is on the page of the site's latest observation, so that a capture costs rows only for what changed.
"""

import sqlite3
from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import IntEnum


class SpanKind(IntEnum):
    STORY = 0
    WORDING = 1
    PLACE = 2
    LEAD = 3


Item = tuple[SpanKind, int, int]
Span = tuple[int, int | None]  # first_seen, last_seen
ALWAYS = 1 << 62
# SQL: when what a row of `spans` tells was last seen. An open one says nothing of what came after the last look.
LAST_SEEN = """
    coalesce(spans.last_seen, (SELECT max(instant) FROM observations WHERE observations.site_id = spans.site_id))
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Seam:
    """Where a site's line of observations changes: at `instant`, between its neighbours (None: there is none).

    `present` and `was_present` tell whether the site has an observation at the instant now, and had one until now;
    `gap` is in seconds.
    """

    before: int | None
    instant: int
    after: int | None
    present: bool
    was_present: bool
    gap: int

    @property
    def is_new_end(self) -> bool:
        return self.present and not self.was_present and self.after is None

    @property
    def goes_on(self) -> bool:
        """Whether what is on the page just before the seam and at it stayed there."""
        return self.before is not None and self.is_linked(self.before, self.instant)

    def is_linked(self, earlier: int, later: int) -> bool:
        return later - earlier <= self.gap


def pieces(seam: Seam, seen: Sequence[int], opening: Span | None, closing: Span | None) -> list[Span]:
    """The spans of one item around a seam.

    `seen` are the instants among the seam's three at which the item is on the page now; `opening` is its span so far
    that reaches `before`, `closing` the one that starts or goes on at `after`.
    """
    line = [i for i in (seam.before, seam.instant if seam.present else None, seam.after) if i is not None]
    found: list[list[int]] = []
    for earlier, instant in zip((None, *line), line, strict=False):
        if instant not in seen:
            continue
        if earlier is not None and earlier in seen and seam.is_linked(earlier, instant):
            found[-1].append(instant)
        else:
            found.append([instant])
    return [_piece(seam, run, line, opening, closing) for run in found]


def _piece(seam: Seam, run: list[int], line: list[int], opening: Span | None, closing: Span | None) -> Span:
    first = opening[0] if opening and run[0] == seam.before else run[0]
    if closing and run[-1] == seam.after:
        return first, closing[1]
    is_latest = seam.after is None and run[-1] == line[-1]
    return first, None if is_latest else run[-1]


def rebuild(observations: Sequence[tuple[int, frozenset[Item]]], gap: int) -> dict[Item, list[Span]]:
    """The spans of all items from a site's whole line of (instant, items), in order: what splicing must equal."""
    spans: dict[Item, list[Span]] = {}
    previous: tuple[int, frozenset[Item]] | None = None
    for instant, items in observations:
        for item in items:
            runs = spans.setdefault(item, [])
            if previous and item in previous[1] and instant - previous[0] <= gap:
                runs[-1] = (runs[-1][0], instant)
            else:
                runs.append((instant, instant))
        previous = (instant, items)
    if not previous:
        return {}
    latest = previous[0]
    return {item: [(first, None if last == latest else last) for first, last in runs] for item, runs in spans.items()}


@dataclass(frozen=True, kw_only=True, slots=True)
class Around:
    """What the page showed around a seam: before it, at its instant until now and from now on, and after it."""

    before: frozenset[Item]
    was: frozenset[Item]
    now: frozenset[Item]
    after: frozenset[Item]


def splice(connection: sqlite3.Connection, site_id: int, seam: Seam, around: Around) -> None:
    """Bring the spans table up to date after the observation at the seam's instant came, went or changed."""
    if seam.is_new_end:
        _append(connection, site_id, seam, around)
        return
    for item in sorted(around.before | around.was | around.now | around.after):
        _splice_item(connection, (site_id, *item), seam, around, item)


def _append(connection: sqlite3.Connection, site_id: int, seam: Seam, around: Around) -> None:
    """Splice at the end of the line, as a live capture does: all spans that reach `before` are open."""
    stays = around.before & around.now if seam.goes_on else frozenset()
    connection.executemany(
        """
        UPDATE spans SET last_seen = ?
        WHERE site_id = ? AND kind = ? AND story_id = ? AND value = ? AND last_seen IS NULL
        """,
        [(seam.before, site_id, *item) for item in around.before - stays],
    )
    connection.executemany(
        "INSERT INTO spans (site_id, kind, story_id, value, first_seen) VALUES (?, ?, ?, ?, ?)",
        [(site_id, *item, seam.instant) for item in around.now - stays],
    )


def _splice_item(connection: sqlite3.Connection, key: tuple[int, ...], seam: Seam, around: Around, item: Item) -> None:
    opening = _span_at(connection, key, seam.before) if item in around.before else None
    middle = _span_at(connection, key, seam.instant) if item in around.was else None
    closing = _span_at(connection, key, seam.after) if item in around.after else None
    old = {span for span in (opening, middle, closing) if span}
    seen = [
        instant
        for instant, items in ((seam.before, around.before), (seam.instant, around.now), (seam.after, around.after))
        if instant is not None and item in items
    ]
    new = set(pieces(seam, seen, opening, closing))
    connection.executemany(
        "DELETE FROM spans WHERE site_id = ? AND kind = ? AND story_id = ? AND value = ? AND first_seen = ?",
        [(*key, first) for first, _ in old - new],
    )
    connection.executemany(
        "INSERT INTO spans (site_id, kind, story_id, value, first_seen, last_seen) VALUES (?, ?, ?, ?, ?, ?)",
        [(*key, *span) for span in sorted(new - old, key=lambda span: span[0])],
    )


def _span_at(connection: sqlite3.Connection, key: tuple[int, ...], instant: int | None) -> Span | None:
    """The item's span that covers an instant at which it is known to be on the page."""
    row: Span | None = connection.execute(
        """
        SELECT first_seen, last_seen FROM spans
        WHERE site_id = ? AND kind = ? AND story_id = ? AND value = ? AND first_seen <= ?
        ORDER BY first_seen DESC LIMIT 1
        """,
        (*key, instant),
    ).fetchone()
    return row


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """What a span claims and what it leaves open; instants in seconds since 1970.

    The item was on the page from first_seen to last_seen in every one of `captures` observations. `not_before` and
    `gone_by` are the observations just outside, None where there is none within the gap.
    """

    first_seen: int
    last_seen: int
    not_before: int | None
    gone_by: int | None
    captures: int

    @property
    def at_least_s(self) -> int:
        return self.last_seen - self.first_seen

    @property
    def at_most_s(self) -> int | None:
        if self.not_before is None or self.gone_by is None:
            return None
        return self.gone_by - self.not_before


def least_of(spans: Sequence[Bounds]) -> int:
    """Seconds that some spans lasted together, at least."""
    return sum(span.at_least_s for span in spans)


def most_of(spans: Sequence[Bounds]) -> int | None:
    """The same at most; None where one of them has no such bound."""
    most = [span.at_most_s for span in spans]
    return None if None in most else sum(filter(None, most))


class Line:
    """A site's observation instants in order, to turn spans into bounds."""

    def __init__(self, instants: Sequence[int], gap: int) -> None:
        self._instants = instants
        self._gap = gap

    def bounds(self, first_seen: int, last_seen: int | None) -> Bounds:
        """The bounds of one span; an open one ends, so far, at the latest observation."""
        start = bisect_left(self._instants, first_seen)
        end = len(self._instants) - 1 if last_seen is None else bisect_left(self._instants, last_seen)
        return Bounds(
            first_seen=first_seen,
            last_seen=self._instants[end],
            not_before=self._neighbour(start, -1),
            gone_by=self._neighbour(end, +1),
            captures=end - start + 1,
        )

    def _neighbour(self, index: int, step: int) -> int | None:
        other = index + step
        if not 0 <= other < len(self._instants):
            return None
        instant = self._instants[other]
        return instant if abs(instant - self._instants[index]) <= self._gap else None


def line_of(connection: sqlite3.Connection, site_id: int, gap: int, *, over: Collection[Span] | None = None) -> Line:
    """The line of all observations of a site, or of as many as the bounds of some spans need."""
    first, last = _extent(over)
    rows = connection.execute(
        """
        SELECT instant FROM observations WHERE site_id = :site AND instant BETWEEN
            coalesce((SELECT max(instant) FROM observations WHERE site_id = :site AND instant < :first), :first) AND
            coalesce((SELECT min(instant) FROM observations WHERE site_id = :site AND instant > :last), :last)
        ORDER BY instant
        """,
        {"site": site_id, "first": first, "last": last},
    )
    return Line([instant for (instant,) in rows], gap)


def _extent(spans: Collection[Span] | None) -> tuple[int, int]:
    """From where to where some spans reach; an open one reaches as far as there are observations."""
    if spans is None:
        return -ALWAYS, ALWAYS
    ends = [ALWAYS if last is None else last for _, last in spans]
    return min((first for first, _ in spans), default=ALWAYS), max(ends, default=ALWAYS)
