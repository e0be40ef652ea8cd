"""Questions to archives kept apart, answered as one archive that holds everything would answer them."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from heapq import nsmallest
from itertools import islice

from scraper.instants import epoch
from scraper.model import Origin, Role
from storage.apart import Apart
from storage.captures import capture_row, instant_there, site_row
from storage.exports import EXPORTS, Selection
from storage.placements import decode_at
from storage.queries import Lead, Shown, leads, leads_about, show_if_any
from storage.ranking import Corpus, corpus, texts_of, whole
from storage.rows import Row
from storage.search import CANDIDATES, Candidate, Hit, candidates, hit_of, match_expression, order, phrases
from storage.spans import SpanKind

ORIGINS = list(Origin)
Precedence = tuple[int, int, str, bytes, bytes, str]


def compared(apart: Apart, slug: str, at: datetime) -> Shown | None:
    """The last readable front page at or before an instant, in whichever archive; None where there is none."""
    best: Precedence | None = None
    found, place = None, 0
    for number, holder in enumerate(apart.holders(slug)):
        shown = show_if_any(holder, slug, at)
        if shown and (best is None or _precedence(holder, shown) < best):
            best, found, place = _precedence(holder, shown), shown, number
    if best and found and any(_saw_no_page(one, found, best) for one in islice(apart.holders(slug), place)):
        return show_if_any(apart.home(slug), slug, at)
    return found


def _precedence(connection: sqlite3.Connection, shown: Shown) -> Precedence:
    """The latest first, and of one instant the fixed order in which captures win it (DESIGN rule 2)."""
    sha256, revisit_of, observer = connection.execute(
        """
        SELECT sha256, coalesce(revisit_of, x''), observers.name FROM captures
        JOIN bodies ON bodies.id = body_id JOIN observers ON observers.id = observer_id WHERE captures.id = ?
        """,
        (capture_row(connection, shown.capture),),
    ).fetchone()
    return shown.age_s, ORIGINS.index(Origin(shown.origin)), shown.page.url, sha256, revisit_of, observer


def _saw_no_page(connection: sqlite3.Connection, shown: Shown, precedence: Precedence) -> bool:
    """Whether an archive has the capture as well, and saw no front page in it; merged before others, it is right."""
    _, _, url, sha256, _, observer = precedence
    row = connection.execute(
        """
        SELECT 1 FROM captures JOIN readings ON capture_id = captures.id JOIN bodies ON bodies.id = body_id
        JOIN observers ON observers.id = observer_id
        WHERE site_id = ? AND instant = ? AND origin = ? AND url = ? AND sha256 = ? AND observers.name = ?
        AND front_page_id IS NULL
        """,
        (site_row(connection, shown.site), epoch(shown.captured_at), shown.origin, url, sha256, observer),
    ).fetchone()
    return row is not None


def led(apart: Apart, slug: str, since: datetime | None, until: datetime | None) -> Iterator[Lead]:
    """Periods as lead of one site, in order. Here and below, times without a zone are each site's own."""
    home = apart.home(slug, that_led)
    return leads(home, slug, since=instant_there(home, slug, since), until=instant_there(home, slug, until))


def led_about(
    apart: Apart, query: str, sites: Sequence[str], since: datetime | None, until: datetime | None
) -> list[Lead]:
    """Periods as lead of the stories that a search finds, over some sites, in order of time."""
    found = [
        lead
        for connection, slugs in _homes(apart, query, sites)
        for some, start, end in _by_zone(connection, slugs, since, until)
        for lead in leads_about(connection, query, sites=some, since=start, until=end)
    ]
    return sorted(found, key=lambda lead: (lead.seen.first_seen, lead.site, lead.story))


def found(
    apart: Apart,
    query: str,
    *,
    site: str,
    role: Role | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
) -> list[Hit]:
    """Best matches of all archives first, ranked as if all their texts were in one index.

    A text that two archives hold counts twice in how rare its words are. Of a very common word, CANDIDATES spans of
    each archive are ranked.
    """
    terms = phrases(query)
    chosen = [site] if site else apart.sites
    if len(apart.files) == 1:
        only = apart.connection(apart.files[0])
        best = nsmallest(limit, _candidates(only, query, chosen, role, since, until, limit), key=order)
        return [hit_of(only, one) for one in best]
    everything = whole([corpus(apart.connection(file), terms) for file in apart.files])
    ranked: list[tuple[Candidate, Hit]] = []
    for connection, slugs in _homes(apart, query, chosen):
        here = list(_candidates(connection, query, slugs, role, since, until))
        best = nsmallest(limit, _ranked(connection, terms, here, everything), key=order)
        ranked += [(one, hit_of(connection, one)) for one in best]
        ranked = nsmallest(limit, ranked, key=lambda pair: order(pair[0]))
    return [hit for _, hit in ranked]


def _candidates(
    connection: sqlite3.Connection,
    query: str,
    slugs: Sequence[str],
    role: Role | None,
    since: datetime | None,
    until: datetime | None,
    limit: int = CANDIDATES,
) -> Iterator[Candidate]:
    """The hits of one archive on some sites, at most so many of those in one zone."""
    for some, start, end in _by_zone(connection, slugs, since, until):
        yield from candidates(connection, query, sites=some, role=role, since=start, until=end, limit=limit)


def _by_zone(
    connection: sqlite3.Connection, slugs: Sequence[str], since: datetime | None, until: datetime | None
) -> Iterator[tuple[Sequence[str], datetime | None, datetime | None]]:
    """Sites with the bounds of the time asked about, together where these are the same instants."""
    found: dict[tuple[datetime | None, datetime | None], list[str]] = {}
    for slug in slugs:
        bounds = instant_there(connection, slug, since), instant_there(connection, slug, until)
        found.setdefault(bounds, []).append(slug)
    for bounds, some in found.items():
        yield some, *bounds


def _ranked(
    connection: sqlite3.Connection, terms: Sequence[str], here: Sequence[Candidate], everything: Corpus
) -> Iterator[Candidate]:
    """Candidates with the ranks that they have among all texts."""
    texts = texts_of(connection, terms, [one.text_id for one in here])
    for one in here:
        text = texts[one.text_id]
        yield one._replace(rank=everything.rank(text.times, text.length))


def _homes(apart: Apart, query: str, sites: Sequence[str]) -> Iterator[tuple[sqlite3.Connection, list[str]]]:
    """Connections with the sites that each answers for, of those asked about: what only it holds, then joined ones."""
    expression = match_expression(query)
    for file in apart.files:
        if own := [slug for slug in apart.own_sites(file) if slug in sites]:
            yield apart.connection(file), own
    for slug in sorted(set(sites)):
        if apart.is_shared(slug):
            yield apart.home(slug, lambda holder, slug: that_match(holder, slug, expression)), [slug]


def rows(apart: Apart, what: str, selection: Selection) -> Iterator[Row]:
    """An export's rows, site by site. Raises NotFound for a site that no archive knows, before the first row."""
    chosen = sorted(set(selection.sites or apart.sites))
    for slug in chosen:
        apart.is_shared(slug)
    return _rows(apart, what, selection, chosen)


def _rows(apart: Apart, what: str, selection: Selection, chosen: Sequence[str]) -> Iterator[Row]:
    about = {"captures": of_none, "visits": of_none, "leads": that_led}.get(what)
    for slug in chosen:
        yield from EXPORTS[what](apart.home(slug, about), replace(selection, sites=(slug,)))


def that_led(connection: sqlite3.Connection, slug: str) -> Iterable[str]:
    """The stories that ever led a site, and those whose pages others outrank, which may stand in the joined line."""
    site_id = site_row(connection, slug)
    led = connection.execute(
        "SELECT DISTINCT story_id FROM spans WHERE site_id = ? AND kind = ?", (site_id, SpanKind.LEAD)
    )
    outranked = connection.execute(
        """
        SELECT placements, lead FROM front_pages WHERE lead IS NOT NULL AND id IN (
            SELECT front_page_id FROM captures JOIN readings ON capture_id = captures.id WHERE site_id = :site
            EXCEPT SELECT front_page_id FROM observations WHERE site_id = :site
        )
        """,
        {"site": site_id},
    )
    rows = {row for (row,) in led} | {decode_at(data, lead).story_id for data, lead in outranked}
    found = connection.execute(
        "SELECT story FROM stories WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(rows)),)
    )
    return (story for (story,) in found)


def that_match(connection: sqlite3.Connection, slug: str, expression: str) -> Iterable[str]:
    """The stories of a site of which a wording matches."""
    rows = connection.execute(
        """
        SELECT DISTINCT story FROM words CROSS JOIN wordings ON wordings.id = words.rowid
        CROSS JOIN stories ON stories.id = story_id WHERE words MATCH ? AND site_id = ?
        """,
        (expression, site_row(connection, slug)),
    )
    return (story for (story,) in rows)


def of_none(_connection: sqlite3.Connection, _slug: str) -> Iterable[str]:
    """No story: for questions about captures."""
    return ()
