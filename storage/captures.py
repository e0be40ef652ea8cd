"""Captures read back: by name, by site and instant, with their bodies and the pages that readers saw in them."""

import json
import sqlite3
from dataclasses import replace
from datetime import datetime

from scraper.errors import ArchiveError, NotFound
from scraper.instants import compact, epoch, from_epoch, in_zone
from scraper.model import Capture, FrontPage, Origin, Quality, Role, Story
from storage.bodies import Bodies
from storage.exchange import unpack
from storage.observations import FIXED_ORDER
from storage.placements import SPELLINGS, Placement, decode, decode_at

LAST_ANSWERS = 500
# What can be read: a response that shows a whole page (scraper.journey), or one that stands for such a response (304).
IS_PAGE = """
    (captures.revisit_of IS NOT NULL
    OR captures.status BETWEEN 200 AND 299 AND captures.status != 206 AND bodies.size > 0)
"""
DAMAGE = (ArchiveError, LookupError, TypeError, ValueError)  # what rows come to whose bytes are not what they were


def site_row(connection: sqlite3.Connection, slug: str) -> int:
    """Row of a site that the archive knows; NotFound names those it does."""
    row = connection.execute("SELECT id FROM sites WHERE slug = ?", (slug,)).fetchone()
    if row:
        return int(row[0])
    known = ", ".join(name for (name,) in connection.execute("SELECT slug FROM sites ORDER BY slug LIMIT 20"))
    raise NotFound(f'the archive knows no site "{slug}"; it has {known or "none yet"}')


def slugs(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Every site that the archive knows."""
    return tuple(slug for (slug,) in connection.execute("SELECT slug FROM sites ORDER BY slug"))


def zone_of(connection: sqlite3.Connection, slug: str) -> str:
    """The site's IANA time zone as last described, UTC where nobody did."""
    row = connection.execute(
        "SELECT timezone FROM site_descriptions WHERE site_id = ? ORDER BY id DESC LIMIT 1",
        (site_row(connection, slug),),
    ).fetchone()
    return str(row[0]) if row else "UTC"


def instant_there(connection: sqlite3.Connection, slug: str, time: datetime | None) -> datetime | None:
    """The instant of a time, which is read in the site's own zone where it has none."""
    if time is None or time.tzinfo is not None:
        return time
    return in_zone(time, zone_of(connection, slug))


def capture_name(connection: sqlite3.Connection, capture_id: int) -> str:
    """`SLUG/YYYYMMDDhhmmss`, with `~2` and so on where captures share an instant, in their fixed order."""
    slug, site_id, instant = connection.execute(
        "SELECT slug, site_id, instant FROM captures JOIN sites ON sites.id = site_id WHERE captures.id = ?",
        (capture_id,),
    ).fetchone()
    order = _in_order(connection, site_id, instant)
    place = order.index(capture_id) + 1
    return f"{slug}/{compact(from_epoch(instant))}" + (f"~{place}" if place > 1 else "")


def capture_row(connection: sqlite3.Connection, name: str) -> int:
    """Row of the capture with that name; NotFound where there is none."""
    slug, _, rest = name.partition("/")
    digits, _, place = rest.partition("~")
    try:
        instant = datetime.strptime(digits + "+0000", "%Y%m%d%H%M%S%z")
        places = dict(enumerate(_in_order(connection, site_row(connection, slug), epoch(instant)), 1))
        return places[int(place or 1)]
    except (ValueError, KeyError):
        raise NotFound(f'there is no capture "{name}"; names look like npr/20261124200000') from None


def _in_order(connection: sqlite3.Connection, site_id: int, instant: int) -> list[int]:
    rows = connection.execute(
        f"""
        SELECT captures.id FROM captures JOIN bodies ON bodies.id = body_id
        WHERE site_id = ? AND instant = ? ORDER BY {FIXED_ORDER}
        """,
        (site_id, instant),
    )
    return [row for (row,) in rows]


def load_capture(connection: sqlite3.Connection, bodies: Bodies, capture_id: int, *, with_body: bool = True) -> Capture:
    """The capture as it was recorded. Raises ArchiveError where it is damaged, or its body is asked for and gone."""
    slug, instant, origin, url, status, exchange, body_id, revisit_of = connection.execute(
        """
        SELECT slug, instant, origin, url, status, exchange, body_id, revisit_of
        FROM captures JOIN sites ON sites.id = site_id WHERE captures.id = ?
        """,
        (capture_id,),
    ).fetchone()
    try:
        said = unpack(exchange)
    except ArchiveError as error:
        raise ArchiveError(f"{capture_name(connection, capture_id)}: {error}") from error
    return Capture(
        site=slug,
        origin=Origin(origin),
        url=url,
        instant=from_epoch(instant),
        status=status,
        headers=said.headers,
        request_headers=said.request_headers,
        redirects=said.redirects,
        body=bodies.load(body_id) if with_body else b"",
        revisit_of=(revisit_of or b"").hex(),
    )


def last_answers(connection: sqlite3.Connection, observer: str) -> list[Capture]:
    """What an observer's sites answered last, in order of recording, whatever the clock said; without bodies.

    Sites that are not among the last LAST_ANSWERS captures are left out.
    """
    rows = connection.execute(
        """
        SELECT max(id) FROM (
            SELECT captures.id, site_id FROM captures JOIN observers ON observers.id = observer_id
            WHERE origin = 'live' AND observers.name = ? ORDER BY captures.id DESC LIMIT ?
        ) GROUP BY site_id
        """,
        (observer, LAST_ANSWERS),
    ).fetchall()
    return [load_capture(connection, Bodies(connection), row, with_body=False) for (row,) in rows]


def readable_capture(connection: sqlite3.Connection, bodies: Bodies, capture_id: int) -> Capture | None:
    """The capture as a reader has to read it: itself, or of a 304 its own address and instant with the answer that it
    stands for.

    None where a 304 stands for a body that is not in the archive (yet). Raises ArchiveError where the body is gone or
    damaged.
    """
    capture = load_capture(connection, bodies, capture_id)
    if not capture.revisit_of:
        return capture
    row = original_of(connection, capture)
    return (
        None
        if row is None
        else replace(load_capture(connection, bodies, row), url=capture.url, instant=capture.instant)
    )


def original_of(connection: sqlite3.Connection, capture: Capture) -> int | None:
    """The capture whose answer a 304 stands for, from its own address where there is one; None where there is none."""
    row = connection.execute(
        f"""
        SELECT captures.id FROM captures JOIN bodies ON bodies.id = body_id JOIN sites ON sites.id = site_id
        WHERE sha256 = ? AND slug = ? ORDER BY captures.url != ?, instant, {FIXED_ORDER} LIMIT 1
        """,
        (bytes.fromhex(capture.revisit_of), capture.site, capture.url),
    ).fetchone()
    return int(row[0]) if row else None


def capture_to_read(connection: sqlite3.Connection, bodies: Bodies, capture_id: int) -> Capture | None:
    """The same for those who read what they can: None where a body is gone or damaged as well, which `verify` tells."""
    try:
        return readable_capture(connection, bodies, capture_id)
    except ArchiveError:
        return None


def names_of(connection: sqlite3.Connection, body_id: int) -> tuple[str, ...]:
    """All captures of a body, by name, in order of time."""
    rows = connection.execute("SELECT id FROM captures WHERE body_id = ? ORDER BY instant, id", (body_id,)).fetchall()
    return tuple(capture_name(connection, row) for (row,) in rows)


def unread(connection: sqlite3.Connection, *, site: str = "") -> list[int]:
    """Captures, their body here, that no reader has read yet, oldest first, but for failed ones, which nobody reads."""
    rows = connection.execute(
        f"""
        SELECT captures.id FROM captures JOIN sites ON sites.id = site_id JOIN bodies ON bodies.id = body_id
        WHERE NOT EXISTS (SELECT 1 FROM readings WHERE capture_id = captures.id) AND data IS NOT NULL
        AND {IS_PAGE} AND (:site = '' OR slug = :site) ORDER BY instant, captures.id
        """,
        {"site": site},
    )
    return [row for (row,) in rows]


def captures_to_read(connection: sqlite3.Connection, slug: str) -> list[int]:
    """The site's captures that a reader can read again, oldest first: responses whose body is here."""
    rows = connection.execute(
        f"""
        SELECT captures.id FROM captures JOIN sites ON sites.id = site_id JOIN bodies ON bodies.id = body_id
        WHERE slug = ? AND {IS_PAGE} AND data IS NOT NULL ORDER BY instant, captures.id
        """,
        (slug,),
    )
    return [row for (row,) in rows]


def load_page(connection: sqlite3.Connection, capture_id: int, *, lead_alone: bool = False) -> FrontPage:
    """What was read in a capture: the front page, or the problem why not; `lead_alone` spares the teasers.

    Raises NotFound where nobody has read it, ArchiveError where what was read is damaged.
    """
    row = connection.execute(
        """
        SELECT captures.url, readers.name, quality, problem, layout, readings.title, readings.language,
            front_page_id, confidence, evidence
        FROM readings JOIN captures ON captures.id = capture_id JOIN readers ON readers.id = reader_id
        WHERE capture_id = ?
        """,
        (capture_id,),
    ).fetchone()
    if row is None:
        raise NotFound(f"capture {capture_name(connection, capture_id)} has not been read")
    url, reader, quality, problem, layout, title, language, front_page_id, confidence, evidence = row
    try:
        page = FrontPage(
            url=url, title=title, language=language, quality=Quality(quality), problem=problem, reader=reader,
            layout=layout,
        )  # fmt: skip
        if front_page_id is None:
            return page
        kept = load_front_page(connection, front_page_id, lead_alone=lead_alone)
        lead = kept.lead and replace(kept.lead, confidence=confidence, evidence=tuple(json.loads(evidence)))
    except DAMAGE as error:
        name = capture_name(connection, capture_id)
        raise ArchiveError(f"{name}: its reading is damaged; `frontpage reparse` reads it again") from error
    return replace(page, title=kept.title, language=kept.language, lead=lead, teasers=kept.teasers)


def load_front_page(connection: sqlite3.Connection, front_page_id: int, *, lead_alone: bool = False) -> FrontPage:
    """A front page as it is kept, without what is told of a capture that shows it. Raises DAMAGE of all kinds."""
    title, language, lead, body, placements = connection.execute(
        "SELECT title, language, lead, body, placements FROM front_pages WHERE id = ?", (front_page_id,)
    ).fetchone()
    placed = _placed(placements, lead, lead_alone=lead_alone)
    stories = _stories(connection, placed, lead, tuple(json.loads(body)))
    return FrontPage(
        url="", title=title, language=language, reader="",
        lead=next((story for story in stories if story.role is Role.LEAD), None),
        teasers=tuple(story for story in stories if story.role is Role.TEASER),
    )  # fmt: skip


def has_reading(connection: sqlite3.Connection, capture_id: int) -> bool:
    return connection.execute("SELECT 1 FROM readings WHERE capture_id = ?", (capture_id,)).fetchone() is not None


def last_read_by_another(connection: sqlite3.Connection, slug: str, reader: str) -> int | None:
    """The site's last capture that was read, if a reader other than `reader` read it."""
    row = connection.execute(
        f"""
        SELECT capture_id, readers.name FROM readings
        JOIN captures ON captures.id = capture_id JOIN sites ON sites.id = site_id
        JOIN readers ON readers.id = reader_id JOIN bodies ON bodies.id = body_id
        WHERE slug = ? AND {IS_PAGE} ORDER BY instant DESC, captures.id DESC LIMIT 1
        """,
        (slug,),
    ).fetchone()
    return int(row[0]) if row and row[1] != reader else None


Printed = tuple[str, str, str, str, str, str]  # headline, summary, kicker, byline, image, canonical URL


def _placed(data: bytes, lead: int | None, *, lead_alone: bool) -> list[tuple[int, Placement]]:
    """Each story's position and placement; or the lead's alone, for which the others are not decoded."""
    if lead_alone:
        return [(lead, decode_at(data, lead))] if lead is not None else []
    return list(enumerate(decode(data), 1))


def _stories(
    connection: sqlite3.Connection, placed: list[tuple[int, Placement]], lead: int | None, body: tuple[str, ...]
) -> list[Story]:
    wordings: dict[int, Printed] = {
        row[0]: row[1:]
        for row in connection.execute(
            """
            SELECT wordings.id, headline, summary, kicker, byline, image, url
            FROM wordings JOIN stories ON stories.id = story_id
            WHERE wordings.id IN (SELECT value FROM json_each(?))
            """,
            (json.dumps([placement.wording_id for _, placement in placed]),),
        )
    }
    sections = dict(
        connection.execute(
            "SELECT id, name FROM sections WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list({placement.section_id for _, placement in placed})),),
        )
    )
    stories = [
        _story(connection, placement, position, wordings[placement.wording_id], sections[placement.section_id])
        for position, placement in placed
    ]
    return [replace(story, role=Role.LEAD, body=body) if story.position == lead else story for story in stories]


def _story(
    connection: sqlite3.Connection, placement: Placement, position: int, printed: Printed, section: str
) -> Story:
    headline, summary, kicker, byline, image, canonical = printed
    return Story(
        headline=headline, url=printed_url(connection, placement, canonical), canonical=canonical, summary=summary,
        kicker=kicker, byline=byline, image=image, section=section, position=position, kind=placement.kind,
    )  # fmt: skip


def printed_url(connection: sqlite3.Connection, placement: Placement, canonical: str) -> str:
    """The story's URL as that page printed it."""
    if placement.address < len(SPELLINGS):
        return SPELLINGS[placement.address] + canonical.removeprefix("https://")
    (url,) = connection.execute(
        "SELECT url FROM addresses WHERE id = ?", (placement.address - len(SPELLINGS),)
    ).fetchone()
    return str(url)
