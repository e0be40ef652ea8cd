"""What the reading room asks beside the verbs: all sites now, a site's editions, what was reworded."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise

from scraper.instants import epoch, from_epoch
from storage.captures import site_row
from storage.edits import is_edit
from storage.observations import DEFAULT_GAP
from storage.placements import decode, wording_at
from storage.queries import Lead, as_printed
from storage.spans import Bounds, SpanKind

MAX_SITES = 500
EDITIONS_LOOK_BACK = 600  # observations that are looked through for editions: a week at every 15 minutes


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
class Edition:
    """An edition over consecutive captures, and what it changed on the one before."""

    edition: str
    first_seen: datetime
    last_seen: datetime
    captures: int
    headline: str
    stories: int
    came: int
    gone: int
    reworded: int


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
    """Every site with something to show or a description, by name."""
    return _described(connection, None)


def described(connection: sqlite3.Connection, slug: str) -> Described:
    """One site; NotFound names those there are."""
    (found,) = _described(connection, site_row(connection, slug))
    return found


def _described(connection: sqlite3.Connection, site_id: int | None) -> list[Described]:
    rows = connection.execute(
        """
        SELECT slug, coalesce(name, slug), coalesce(url, ''), coalesce(timezone, 'UTC'), coalesce(gap, :gap),
            (SELECT min(instant) FROM observations WHERE site_id = sites.id),
            (SELECT max(instant) FROM observations WHERE site_id = sites.id)
        FROM sites LEFT JOIN site_descriptions AS last ON last.id = (
            SELECT max(id) FROM site_descriptions WHERE site_id = sites.id
        )
        WHERE :site_id IS NULL OR sites.id = :site_id
        ORDER BY 2 COLLATE NOCASE, 1 LIMIT :limit
        """,
        {"gap": DEFAULT_GAP, "limit": MAX_SITES, "site_id": site_id},
    ).fetchall()
    return [
        Described(
            slug=slug, name=name, url=url, timezone=timezone, gap=gap,
            first_seen=_instant(first), last_seen=_instant(last),
        )
        for slug, name, url, timezone, gap, first, last in rows
    ]  # fmt: skip


def site_now(connection: sqlite3.Connection, site: Described) -> SiteNow:
    """The site's lead in its last readable capture, with since when."""
    site_id = site_row(connection, site.slug)
    outcome, error = connection.execute(
        "SELECT outcome, error FROM visits WHERE site_id = ? ORDER BY due_at DESC LIMIT 1", (site_id,)
    ).fetchone() or ("", "")
    (language,) = connection.execute(
        """
        SELECT language FROM observations JOIN front_pages ON front_pages.id = front_page_id
        WHERE site_id = ? ORDER BY instant DESC LIMIT 1
        """,
        (site_id,),
    ).fetchone() or ("",)
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
    """The stretches in [since, until] over which nobody looked for longer than the site's gap."""
    rows = connection.execute(
        """
        SELECT instant FROM observations WHERE site_id = ? AND instant BETWEEN ? AND ? ORDER BY instant LIMIT 40000
        """,
        (site_row(connection, site.slug), epoch(since), epoch(until)),
    )
    return [(earlier, later) for (earlier,), (later,) in pairwise(rows) if later - earlier > site.gap]


def editions(connection: sqlite3.Connection, slug: str, *, until: datetime, limit: int) -> list[Edition]:
    """The editions last seen up to an instant, the latest first."""
    rows = connection.execute(
        """
        SELECT edition, instant, front_page_id FROM observations JOIN front_pages ON front_pages.id = front_page_id
        WHERE site_id = ? AND instant <= ? ORDER BY instant DESC LIMIT ?
        """,
        (site_row(connection, slug), epoch(until), EDITIONS_LOOK_BACK),
    ).fetchall()
    runs = [[(row[1], row[2]) for row in run] for _, run in groupby(rows, key=lambda row: row[0])][: limit + 1]
    pages = [_FrontPageRow.load(connection, run[0][1]) for run in runs]
    found = [_edition(*pair) for pair in zip(runs, pages, [*pages[1:], None], strict=True)]
    return found[:limit]


def leads_begin(connection: sqlite3.Connection, slug: str, *, limit: int) -> datetime | None:
    """When the first of the last `limit` periods as lead began; None where there are no more than that."""
    row = connection.execute(
        "SELECT first_seen FROM spans WHERE site_id = ? AND kind = ? ORDER BY first_seen DESC LIMIT 1 OFFSET ?",
        (site_row(connection, slug), SpanKind.LEAD, limit - 1),
    ).fetchone()
    return from_epoch(row[0]) if row else None


def edition_starts(
    connection: sqlite3.Connection, slug: str, since: datetime, until: datetime, *, limit: int
) -> list[tuple[datetime, str]]:
    """The captures in [since, until] with which another edition began, in order; of very many the latest.

    Each with the headline that led in it, "" for none.
    """
    rows = connection.execute(
        """
        SELECT instant, lead, placements FROM (
            SELECT instant, front_page_id, edition IS NOT lag(edition) OVER (ORDER BY instant) AS is_new FROM (
                SELECT instant, front_page_id FROM observations
                WHERE site_id = ? AND instant BETWEEN ? AND ? ORDER BY instant DESC LIMIT ?
            ) JOIN front_pages ON front_pages.id = front_page_id
        ) JOIN front_pages ON front_pages.id = front_page_id
        WHERE is_new ORDER BY instant DESC LIMIT ?
        """,
        (site_row(connection, slug), epoch(since), epoch(until), limit * 10, limit),
    ).fetchall()
    led = [(instant, wording_at(data, lead) if lead is not None else None) for instant, lead, data in reversed(rows)]
    headlines = dict(
        connection.execute(
            "SELECT id, headline FROM wordings WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps([wording for _, wording in led if wording is not None]),),
        )
    )
    return [(from_epoch(instant), headlines.get(wording, "")) for instant, wording in led]


@dataclass(frozen=True, kw_only=True, slots=True)
class _FrontPageRow:
    """A front page as rows: which wording each story has, and the lead's headline."""

    edition: str
    headline: str
    wordings: dict[int, int]

    @classmethod
    def load(cls, connection: sqlite3.Connection, front_page_id: int) -> "_FrontPageRow":
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


def _edition(run: list[tuple[int, int]], page: _FrontPageRow, before: _FrontPageRow | None) -> Edition:
    was = before.wordings if before else page.wordings
    return Edition(
        edition=page.edition,
        first_seen=from_epoch(run[-1][0]),
        last_seen=from_epoch(run[0][0]),
        captures=len(run),
        headline=page.headline,
        stories=len(page.wordings),
        came=len(page.wordings.keys() - was.keys()),
        gone=len(was.keys() - page.wordings.keys()),
        reworded=sum(was[story] != wording for story, wording in page.wordings.items() if story in was),
    )


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


def retitled(connection: sqlite3.Connection, site: Described, *, since: datetime, limit: int) -> Iterator[Retitled]:
    """Headlines replaced since an instant, the latest first; only between captures that the gap links."""
    rows = connection.execute(
        """
        SELECT story, now.first_seen, old.headline, new.headline
        FROM spans AS now
        JOIN spans AS was ON was.site_id = :site_id AND was.kind = :kind AND was.story_id = now.story_id
        JOIN wordings AS new ON new.id = now.value JOIN wordings AS old ON old.id = was.value
        JOIN stories ON stories.id = now.story_id
        WHERE now.site_id = :site_id AND now.kind = :kind AND now.first_seen >= :since
        AND was.last_seen >= now.first_seen - :gap AND old.headline <> new.headline
        AND was.last_seen = (
            SELECT max(instant) FROM observations WHERE site_id = :site_id AND instant < now.first_seen
        )
        ORDER BY now.first_seen DESC, story LIMIT :limit
        """,
        {
            "site_id": site_row(connection, site.slug),
            "kind": SpanKind.WORDING,
            "since": epoch(since),
            "gap": site.gap,
            "limit": limit,
        },
    )
    for story, at, was, now in rows.fetchall():
        if is_edit(was, now):
            yield Retitled(site=site.slug, story=story, at=from_epoch(at), was=was, now=now)


def _instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else from_epoch(seconds)
