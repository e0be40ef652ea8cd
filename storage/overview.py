"""What the reading room asks beside the verbs: all sites now, one site's gaps and leads, how long a page stood."""

import json
import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from scraper.instants import epoch, from_epoch
from storage.captures import capture_name, site_row
from storage.edits import is_edit
from storage.observations import DEFAULT_GAP
from storage.queries import Lead, as_printed
from storage.rotations import turns
from storage.spans import Bounds, SpanKind
from storage.visits import last_visit

MAX_SITES = 500  # that are told at once, and offered in menus
MOST_SEEN = 40_000  # captures that are looked through for gaps: a year of one every quarter of an hour
MOST_RETITLED = 300  # replaced headlines that are looked through for edits: tests rotate theirs by the hour


@dataclass(frozen=True, kw_only=True, slots=True)
class Described:
    """A site as it was last described, and what is known of it at all."""

    slug: str
    name: str
    url: str
    timezone: str
    gap: int
    first_seen: datetime | None
    last_seen: datetime | None

    def is_current(self, now: datetime) -> bool:
        """Whether what was seen last may be told as the present: nothing is claimed beyond the gap."""
        return self.last_seen is not None and (now - self.last_seen).total_seconds() <= self.gap


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteNow:
    """A site's last readable front page in short, and how the last visit ended."""

    site: Described
    language: str
    lead: Lead | None
    summary: str
    outcome: str
    error: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """The captures around one at which the page said the same, and those just outside."""

    first_seen: datetime
    last_seen: datetime
    captures: int
    previous: datetime | None
    following: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Retitled:
    """A headline that was replaced from one capture to the next."""

    site: str
    story: str
    at: datetime
    was: str
    now: str


def sites(connection: sqlite3.Connection) -> list[Described]:
    """The first MAX_SITES sites by name: with something to show or a description alone."""
    return _described(connection, None)


def site_count(connection: sqlite3.Connection) -> int:
    (count,) = connection.execute("SELECT count(*) FROM sites").fetchone()
    return int(count)


def zones(connection: sqlite3.Connection) -> list[str]:
    """The time zones that sites were described with, by name."""
    rows = connection.execute("SELECT DISTINCT timezone FROM site_descriptions ORDER BY 1")
    return [zone for (zone,) in rows]


def described(connection: sqlite3.Connection, slug: str) -> Described:
    """One site; NotFound names those there are."""
    return named(connection, [slug])[slug]


def named(connection: sqlite3.Connection, slugs: Collection[str]) -> dict[str, Described]:
    """Some sites by their slugs, by name; NotFound for one that the archive does not know."""
    found = {site.slug: site for site in _described(connection, slugs)} if slugs else {}
    for slug in slugs:
        if slug not in found:
            site_row(connection, slug)
    return found


def _described(connection: sqlite3.Connection, slugs: Collection[str] | None) -> list[Described]:
    rows = connection.execute(
        """
        SELECT slug, coalesce(name, slug), coalesce(url, ''), coalesce(timezone, 'UTC'), coalesce(gap, :gap),
            (SELECT min(instant) FROM observations WHERE site_id = sites.id),
            (SELECT max(instant) FROM observations WHERE site_id = sites.id)
        FROM sites LEFT JOIN site_descriptions AS last ON last.id = (
            SELECT max(id) FROM site_descriptions WHERE site_id = sites.id
        )
        WHERE :slugs IS NULL OR slug IN (SELECT value FROM json_each(:slugs))
        ORDER BY 2 COLLATE NOCASE, 1 LIMIT :limit
        """,
        {
            "gap": DEFAULT_GAP,
            "slugs": None if slugs is None else json.dumps(list(slugs)),
            "limit": MAX_SITES if slugs is None else -1,
        },
    ).fetchall()
    return [
        Described(
            slug=slug, name=name, url=url, timezone=timezone, gap=gap,
            first_seen=_instant(first), last_seen=_instant(last),
        )
        for slug, name, url, timezone, gap, first, last in rows
    ]  # fmt: skip


def last_seen(connection: sqlite3.Connection) -> datetime | None:
    """When a readable page was captured last, of whichever site; None where none ever was."""
    (last,) = connection.execute(
        """
        SELECT max(last) FROM (
            SELECT (SELECT max(instant) FROM observations WHERE site_id = sites.id) AS last FROM sites
        )
        """
    ).fetchone()
    return _instant(last)


def site_now(connection: sqlite3.Connection, site: Described) -> SiteNow:
    """The site's lead in its last readable capture, with since when."""
    site_id = site_row(connection, site.slug)
    outcome, error = last_visit(connection, site_id)
    language = languages(connection, [site.slug])[site.slug]
    row = connection.execute(
        """
        SELECT stories.id, story, summary, led.first_seen FROM spans AS led
        CROSS JOIN spans AS worded USING (site_id, story_id)
        CROSS JOIN stories ON stories.id = led.story_id CROSS JOIN wordings ON wordings.id = worded.value
        WHERE led.site_id = ? AND led.kind = ? AND led.last_seen IS NULL
        AND worded.kind = ? AND worded.last_seen IS NULL
        ORDER BY led.first_seen DESC LIMIT 1
        """,
        (site_id, SpanKind.LEAD, SpanKind.WORDING),
    ).fetchone()
    lead, summary = None, ""
    if row and site.last_seen:
        row_id, story, summary, first_seen = row
        headline, url = as_printed(connection, site_id, epoch(site.last_seen), row_id)
        seen = _bounds_so_far(connection, site_id, site.gap, first_seen, epoch(site.last_seen))
        lead = Lead(site=site.slug, story=story, headline=headline, url=url, seen=seen)
    return SiteNow(site=site, language=language, lead=lead, summary=summary, outcome=outcome, error=error)


def languages(connection: sqlite3.Connection, slugs: Iterable[str]) -> dict[str, str]:
    """What the last front page of each of some sites said to be written in, "" where none said."""
    rows = connection.execute(
        """
        SELECT slug, coalesce((
            SELECT language FROM observations JOIN front_pages ON front_pages.id = front_page_id
            WHERE site_id = sites.id ORDER BY instant DESC LIMIT 1
        ), '') FROM sites WHERE slug IN (SELECT value FROM json_each(?))
        """,
        (json.dumps(list(slugs)),),
    )
    return dict(rows.fetchall())


def _bounds_so_far(connection: sqlite3.Connection, site_id: int, gap: int, first_seen: int, last_seen: int) -> Bounds:
    """Bounds of a span that is still open."""
    (before,) = connection.execute(
        "SELECT max(instant) FROM observations WHERE site_id = ? AND instant < ?", (site_id, first_seen)
    ).fetchone()
    (captures,) = connection.execute(
        "SELECT count(*) FROM observations WHERE site_id = ? AND instant >= ?", (site_id, first_seen)
    ).fetchone()
    return Bounds(
        first_seen=first_seen,
        last_seen=last_seen,
        not_before=before if before is not None and first_seen - before <= gap else None,
        gone_by=None,
        captures=captures,
    )


def gaps(connection: sqlite3.Connection, site: Described, since: datetime, until: datetime) -> list[tuple[int, int]]:
    """The stretches that touch [since, until] over which nobody looked for longer than the site's gap.

    Before it was first looked at a site was not watched at all, however short that was.
    """
    start, end = epoch(since), epoch(until)
    rows = connection.execute(
        """
        SELECT instant FROM observations WHERE site_id = :site AND instant BETWEEN
            coalesce((SELECT max(instant) FROM observations WHERE site_id = :site AND instant <= :start), :start)
            AND coalesce((SELECT min(instant) FROM observations WHERE site_id = :site AND instant >= :end), :end)
        ORDER BY instant LIMIT :most
        """,
        {"site": site_row(connection, site.slug), "start": start, "end": end, "most": MOST_SEEN},
    )
    seen = [instant for (instant,) in rows]
    line = seen if len(seen) == MOST_SEEN else [*seen, end]
    found = [(earlier, later) for earlier, later in pairwise(line) if later - earlier > site.gap]
    first = seen[0] if seen else end
    return [(start, first), *found] if start < first else found


def beside(
    connection: sqlite3.Connection, slug: str, since: datetime, until: datetime
) -> tuple[datetime | None, datetime | None]:
    """The last readable capture by the beginning of a stretch of time, and the first after its end."""
    row = connection.execute(
        """
        SELECT (SELECT max(instant) FROM observations WHERE site_id = :site AND instant <= :since),
            (SELECT min(instant) FROM observations WHERE site_id = :site AND instant > :until)
        """,
        {"site": site_row(connection, slug), "since": epoch(since), "until": epoch(until)},
    ).fetchone()
    return _instant(row[0]), _instant(row[1])


def leads_begin(connection: sqlite3.Connection, slug: str, *, until: datetime, limit: int) -> datetime | None:
    """When the first of the last `limit` periods as lead that began by an instant did; None where there are fewer."""
    row = connection.execute(
        """
        SELECT first_seen FROM spans WHERE site_id = ? AND kind = ? AND first_seen <= ?
        ORDER BY first_seen DESC LIMIT 1 OFFSET ?
        """,
        (site_row(connection, slug), SpanKind.LEAD, epoch(until), limit - 1),
    ).fetchone()
    return from_epoch(row[0]) if row else None


def standing(connection: sqlite3.Connection, slug: str, captured_at: datetime) -> Standing:
    """How long the edition of a capture stood, and the captures of the editions before and after it."""
    site_id, instant = site_row(connection, slug), epoch(captured_at)
    (previous,), (following,) = (
        connection.execute(
            f"""
            SELECT {nearest}(instant) FROM observations JOIN front_pages ON front_pages.id = front_page_id
            WHERE site_id = :site_id AND instant {side} :instant AND edition <> (
                SELECT edition FROM observations JOIN front_pages ON front_pages.id = front_page_id
                WHERE site_id = :site_id AND instant = :instant
            )
            """,
            {"site_id": site_id, "instant": instant},
        ).fetchone()
        for nearest, side in (("max", "<"), ("min", ">"))
    )
    first, last, captures = connection.execute(
        """
        SELECT min(instant), max(instant), count(*) FROM observations
        WHERE site_id = ? AND instant > coalesce(?, instant - 1) AND instant < coalesce(?, instant + 1)
        """,
        (site_id, previous, following),
    ).fetchone()
    return Standing(
        first_seen=from_epoch(first), last_seen=from_epoch(last), captures=captures,
        previous=_instant(previous), following=_instant(following),
    )  # fmt: skip


def unreadable_since(connection: sqlite3.Connection, slug: str, shown: datetime, at: datetime) -> str:
    """The last capture after the one shown at an instant, up to that: it gave no front page. "" where there is none."""
    row = connection.execute(
        """
        SELECT id FROM captures WHERE site_id = ? AND instant > ? AND instant <= ? ORDER BY instant DESC, id LIMIT 1
        """,
        (site_row(connection, slug), epoch(shown), epoch(at)),
    ).fetchone()
    return capture_name(connection, row[0]) if row else ""


def retitled(
    connection: sqlite3.Connection, site: Described, *, since: datetime, until: datetime, limit: int
) -> list[Retitled]:
    """Headlines replaced in [since, until], the latest first, of the last MOST_RETITLED times that one was another.

    As `changes` has it: only between captures that the gap links and one reader read, and none in rotation.
    """
    site_id = site_row(connection, site.slug)
    rows = connection.execute(
        """
        SELECT now.story_id, story, now.first_seen, old.headline, new.headline
        FROM spans AS now
        JOIN spans AS was ON was.site_id = :site_id AND was.kind = :kind AND was.story_id = now.story_id
        JOIN wordings AS new ON new.id = now.value JOIN wordings AS old ON old.id = was.value
        JOIN stories ON stories.id = now.story_id
        WHERE now.site_id = :site_id AND now.kind = :kind AND now.first_seen BETWEEN :since AND :until
        AND was.last_seen >= now.first_seen - :gap AND old.headline <> new.headline
        AND was.last_seen = (
            SELECT max(instant) FROM observations WHERE site_id = :site_id AND instant < now.first_seen
        )
        AND 1 = (
            SELECT count(DISTINCT reader_id) FROM observations JOIN readings USING (capture_id)
            WHERE site_id = :site_id AND instant IN (was.last_seen, now.first_seen)
        )
        ORDER BY now.first_seen DESC, story LIMIT :limit
        """,
        {
            "site_id": site_id,
            "kind": SpanKind.WORDING,
            "since": epoch(since),
            "until": epoch(until),
            "gap": site.gap,
            "limit": MOST_RETITLED,
        },
    )
    edits = [row for row in rows if is_edit(*row[-2:])]
    first = {row[0]: row[2] for row in edits}  # of a story the earliest, which is told last
    rotating = {turn[:2] for turn in turns(connection, site_id, first)}
    return [
        Retitled(site=site.slug, story=story, at=from_epoch(at), was=was, now=now)
        for row_id, story, at, was, now in edits
        if (row_id, at) not in rotating
    ][:limit]


def _instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else from_epoch(seconds)
