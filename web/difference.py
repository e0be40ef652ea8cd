"""The page that sets two front pages of a site side by side, whole, with all that differs marked."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from scraper.model import FrontPage, Role, Story
from scraper.urls import story_id
from storage.differences import Change, Difference
from storage.overview import described, gaps
from storage.queries import Shown, show
from storage.rotations import difference as difference_of
from storage.shapes import difference_shape
from web.asked import Asked, Page
from web.edits import Piece, marked


class Side(IntEnum):
    """The earlier page stands left, the later right."""

    LEFT = 0
    RIGHT = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Marked:
    """A story on one of the two pages: its headline in pieces, and what became of it or where it came from."""

    story: Story
    id: str
    pieces: Sequence[Piece]
    marks: Sequence[str] = ()  # came, gone, moved, retitled
    words: str = ""


def difference(connection: sqlite3.Connection, asked: Asked) -> Page:
    """Two whole pages, the earlier on the left: came, went, moved, reworded."""
    site = described(connection, asked.path["slug"])
    earlier, later = _in_order(
        *(show(connection, site.slug, asked.instant(asked.path[name], site.timezone)) for name in ("a", "b"))
    )
    found = difference_of(connection, earlier, later)
    context = {
        "site": site,
        "earlier": earlier,
        "later": later,
        "found": found,
        "rotating": sum(change.rotation for change in found.retitled),
        "unseen": [end - start for start, end in gaps(connection, site, earlier.captured_at, later.captured_at)],
        "left": _sections(_side(site.slug, earlier.page, found, Side.LEFT)),
        "right": _sections(_side(site.slug, later.page, found, Side.RIGHT)),
    }
    return Page(template="diff.html", context=context, shape=difference_shape(earlier, later, found))


def _in_order(one: Shown, other: Shown) -> tuple[Shown, Shown]:
    return (one, other) if one.captured_at <= other.captured_at else (other, one)


def _side(slug: str, page: FrontPage, found: Difference, side: Side) -> list[Marked]:
    """One page's stories in its own order, each with what the difference says of it."""
    alone = {story.canonical for story in (found.gone if side is Side.LEFT else found.came)}
    retitled, moved = _by_story(found.retitled), _by_story(found.moved)
    return [
        _marked(slug, story, side, alone, retitled.get(story.canonical), moved.get(story.canonical))
        for story in page.stories
    ]


def _marked(
    slug: str, story: Story, side: Side, alone: set[str], retitled: Change | None, moved: Change | None
) -> Marked:
    pieces: Sequence[Piece] = [(story.headline, False)]
    told: dict[str, str] = {}
    if story.canonical in alone:
        told |= {"gone": "Went"} if side is Side.LEFT else {"came": "Came"}
    if retitled:
        pieces = marked(retitled.was.headline, retitled.now.headline)[side]
        told["retitled"] = reworded(retitled)
    if moved:
        told["moved"] = "moves" if side is Side.LEFT else came_from(moved)
    words = ", ".join(told.values())
    return Marked(story=story, id=story_id(slug, story.canonical), pieces=pieces, marks=tuple(told), words=words)


def _by_story(changes: Sequence[Change]) -> dict[str, Change]:
    return {change.now.canonical: change for change in changes}


def reworded(change: Change) -> str:
    """What became of a headline that is another now."""
    return "In rotation" if change.rotation else "Reworded"


def came_from(change: Change) -> str:
    """Where a story that moved stood before, in words."""
    if change.was.role is not change.now.role:
        return "was the lead" if change.was.role is Role.LEAD else "was a teaser"
    if change.was.section != change.now.section:
        return f"was under {change.was.section}" if change.was.section else "was under no heading"
    return "moved up" if change.now.position < change.was.position else "moved down"


def _sections(stories: Sequence[Marked]) -> list[tuple[str, list[Marked]]]:
    """A page's stories in order, parted where the heading changes."""
    parts: list[tuple[str, list[Marked]]] = []
    for told in stories:
        heading = "" if told.story.role is Role.LEAD else told.story.section
        if not parts or parts[-1][0] != heading:
            parts.append((heading, []))
        parts[-1][1].append(told)
    return parts
