"""The page of a capture: all that it can be checked by, and how to cite it."""

import sqlite3

from storage.citing import BodyState, cite
from storage.overview import described
from storage.shapes import citation_shape
from web.asked import Asked, Page


def capture(connection: sqlite3.Connection, asked: Asked) -> Page:
    """A capture's evidence: address, time, digest, headers, reader, and its citation."""
    site = described(connection, asked.path["slug"])
    found = cite(connection, f"{site.slug}/{asked.path['name']}")
    context = {"site": site, "cited": found, "is_kept": found.body is BodyState.KEPT}
    return Page(template="capture.html", context=context, shape=citation_shape(found))
