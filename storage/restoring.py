"""Damaged pages and texts put back as they were, from what a reader sees again: digests prove that it is the same.

What was read in a capture whose body is gone is not read again; mostly another capture shows the same page.
"""

import sqlite3

from scraper.model import FrontPage
from scraper.urls import story_id
from storage.archive import Archive
from storage.captures import DAMAGE, IS_PAGE, capture_name, capture_to_read, load_front_page, site_row
from storage.editions import Editions, fingerprint, wording_of
from storage.schema import one_state
from storage.search import index_wordings, last_wording
from storage.soundness import damaged_pages, damaged_readings, is_sound

WITNESSES = 3  # captures that are read for a damaged page: what the first do not show, the others hardly do


def beyond_reading(archive: Archive, slug: str) -> list[str]:
    """Names of a site's captures whose readings are damaged, and that no reader can read again."""
    connection = archive.connection
    site_id = site_row(connection, slug)
    with one_state(connection):
        damaged = damaged_readings(connection, site_id, damaged_pages(connection, site_id, slug))
        gone = [row for row in damaged if capture_to_read(connection, archive.bodies, row) is None]
        return [capture_name(connection, row) for row in gone]


def witnesses(archive: Archive, slug: str) -> list[tuple[int, int]]:
    """(front page, capture) of a site's damaged front pages: some captures that show it and whose body is here."""
    connection = archive.connection
    site_id = site_row(connection, slug)
    with one_state(connection):
        return [(page, row) for page in damaged_pages(connection, site_id, slug) for row in _showing(connection, page)]


def _showing(connection: sqlite3.Connection, page: int) -> list[int]:
    rows = connection.execute(
        f"""
        SELECT captures.id FROM readings JOIN captures ON captures.id = capture_id JOIN bodies ON bodies.id = body_id
        WHERE front_page_id = ? AND data IS NOT NULL AND {IS_PAGE} ORDER BY instant, captures.id LIMIT {WITNESSES}
        """,
        (page,),
    )
    return [row for (row,) in rows]


def restore(archive: Archive, slug: str, row: int, page: FrontPage) -> None:
    """Put back what digests prove to be what a reader sees: the texts of its stories, and a damaged front page.

    The page comes in another row: a daemon remembers what rows show.
    """
    connection = archive.connection
    with archive.batch():
        _restore_texts(connection, slug, page)
        if is_sound(connection, slug, row) or fingerprint(slug, page)[0] not in _digests(connection, slug, row):
            return
        known = last_wording(connection)
        connection.execute("UPDATE front_pages SET digest = ? WHERE id = ?", (damaged_digest(row), row))
        kept, _ = Editions(connection).keep(site_row(connection, slug), slug, page)
        for table in ("readings", "observations"):
            connection.execute(f"UPDATE {table} SET front_page_id = ? WHERE front_page_id = ?", (kept, row))
        index_wordings(connection, after=known)


def damaged_digest(row: int) -> bytes:
    """The digest of a damaged front page: found by its own, it would be taken for a page that reads the same."""
    return f"damaged {row}".encode()


def _digests(connection: sqlite3.Connection, slug: str, row: int) -> set[bytes]:
    """The digest under which a front page is kept, and that of what it says, one of which may be damaged."""
    (kept,) = connection.execute("SELECT digest FROM front_pages WHERE id = ?", (row,)).fetchone()
    try:
        return {kept, fingerprint(slug, load_front_page(connection, row))[0]}
    except DAMAGE:
        return {kept}


def _restore_texts(connection: sqlite3.Connection, slug: str, page: FrontPage) -> None:
    connection.executemany(
        """
        UPDATE wordings SET headline = ?, summary = ?, kicker = ?, byline = ?, image = ?
        WHERE story_id = (SELECT id FROM stories WHERE story = ?) AND digest = ?
        """,
        [(*(wording := wording_of(story)), story_id(slug, story.canonical), wording.digest) for story in page.stories],
    )
