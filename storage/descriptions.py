"""What an archive was told of its sites, by the configurations that watched them."""

import sqlite3
from typing import NamedTuple


class Described(NamedTuple):
    """A site as it was described last; by its slug alone where nobody did."""

    slug: str
    name: str
    url: str
    timezone: str
    gap: int | None


def last_descriptions(connection: sqlite3.Connection) -> list[Described]:
    """Of every site that the archive knows, by slug."""
    rows = connection.execute(
        """
        SELECT slug, coalesce(name, slug), coalesce(url, ''), coalesce(timezone, 'UTC'), gap FROM sites
        LEFT JOIN site_descriptions AS last ON last.id = (
            SELECT max(id) FROM site_descriptions WHERE site_id = sites.id
        ) ORDER BY slug
        """
    )
    return [Described(*row) for row in rows]


def read_by_layouts(connection: sqlite3.Connection) -> set[str]:
    """The sites of which some reading was made by a layout."""
    rows = connection.execute(
        """
        SELECT DISTINCT slug FROM readings JOIN captures ON captures.id = capture_id JOIN sites ON sites.id = site_id
        WHERE layout <> ''
        """
    )
    return {slug for (slug,) in rows}
