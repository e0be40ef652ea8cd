"""The page of a capture: all that it can be checked by, and how to cite it."""

import shlex
import sqlite3
from dataclasses import dataclass

from storage.citing import BodyState, Citation, cite
from storage.mementos import place_of
from storage.overview import described
from storage.queries import show_if_any
from storage.shapes import citation_shape
from web.asked import Asked, Page
from web.memento import address


def capture(connection: sqlite3.Connection, asked: Asked) -> Page:
    """A capture's evidence: address, time, digest, headers, reader, and its citation."""
    site = described(connection, asked.path["slug"])
    found = cite(connection, f"{site.slug}/{asked.path['name']}")
    front = show_if_any(connection, site.slug, found.capture.instant, lead_alone=True)
    kept = archived(connection, found)
    checks = [f"curl -gs {shlex.quote(asked.base + kept.raw)} | sha256sum"] if kept else []
    context = {
        "site": site,
        "cited": found,
        "archived": kept,
        "is_shown": front is not None and front.capture == found.name,
        "address": f"{asked.base}/site/{site.slug}/capture/{asked.path['name']}",
        "checks": [*checks, *found.checks],
    }
    return Page(template="capture.html", context=context, shape=citation_shape(found))


@dataclass(frozen=True, kw_only=True, slots=True)
class Archived:
    """Where the archived page of a capture lies: made inert to be looked at, and its bytes to be saved."""

    shown: str
    raw: str


def archived(connection: sqlite3.Connection, cited: Citation) -> Archived | None:
    """The addresses of a capture's body, None where it is not kept."""
    if cited.body is not BodyState.KEPT:
        return None
    instant, url, place = cited.capture.instant, cited.capture.url, place_of(connection, cited.name)
    return Archived(shown=address(instant, url, place=place), raw=address(instant, url, place=place, raw="id_"))
