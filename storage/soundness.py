"""What was read held against its digests: front pages and texts whose rows are not what they were."""

import json
import sqlite3
from collections.abc import Iterator, Sequence

from storage.captures import DAMAGE, load_front_page, site_row
from storage.editions import Wording, fingerprint
from storage.placements import decode


def damaged_pages(connection: sqlite3.Connection, site_id: int, slug: str) -> list[int]:
    """Rows of a site's front pages that say something else than their digests."""
    rows = connection.execute(
        """
        SELECT DISTINCT front_pages.id, digest, edition FROM captures
        JOIN readings ON capture_id = captures.id JOIN front_pages ON front_pages.id = front_page_id
        WHERE site_id = ?
        """,
        (site_id,),
    ).fetchall()
    return [row for row, *kept in rows if not _says(connection, slug, row, kept)]


def is_sound(connection: sqlite3.Connection, slug: str, row: int) -> bool:
    """Whether a front page of a site says what its digests say."""
    kept = connection.execute("SELECT digest, edition FROM front_pages WHERE id = ?", (row,)).fetchone()
    return _says(connection, slug, row, [*kept])


def _says(connection: sqlite3.Connection, slug: str, row: int, kept: list[bytes]) -> bool:
    try:
        return [*fingerprint(slug, load_front_page(connection, row))] == kept and _names_stories(connection, row)
    except DAMAGE:
        return False


def _names_stories(connection: sqlite3.Connection, row: int) -> bool:
    """Whether each story that a front page names is that of its wording, from which alone the page is loaded."""
    (placements,) = connection.execute("SELECT placements FROM front_pages WHERE id = ?", (row,)).fetchone()
    named = {placement.wording_id: placement.story_id for placement in decode(placements)}
    rows = connection.execute(
        "SELECT id, story_id FROM wordings WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(named)),)
    )
    return dict(rows.fetchall()) == named


def damaged_readings(connection: sqlite3.Connection, site_id: int, pages: Sequence[int]) -> list[int]:
    """A site's captures, in order of time, whose readings are of damaged pages or damaged themselves."""
    rows = connection.execute(
        """
        SELECT captures.id FROM captures JOIN readings ON capture_id = captures.id
        WHERE site_id = ? AND (front_page_id IN (SELECT value FROM json_each(?)) OR NOT json_valid(evidence))
        ORDER BY instant
        """,
        (site_id, json.dumps(pages)),
    )
    return [row for (row,) in rows]


def damaged_texts(connection: sqlite3.Connection, site_id: int) -> Iterator[tuple[int, bytes]]:
    """Rows of a site's wordings that say something else than their digests, with the digests of what they say."""
    rows = connection.execute(
        """
        SELECT wordings.id, digest, headline, summary, kicker, byline, image
        FROM stories JOIN wordings ON story_id = stories.id WHERE site_id = ?
        """,
        (site_id,),
    )
    for row, kept, *texts in rows:
        digest = Wording(*texts).digest
        if digest != kept:
            yield row, digest


def has_damaged_texts(connection: sqlite3.Connection, slug: str) -> bool:
    """Whether any is: then what is indexed cannot be trusted either."""
    return any(damaged_texts(connection, site_row(connection, slug)))
