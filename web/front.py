"""The pages that show a front page: as it stood at an instant, and what differs between two instants."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scraper.errors import ConfigError
from scraper.instants import compact
from scraper.model import FrontPage, Role, Story
from scraper.urls import story_id
from storage.differences import Change, differ
from storage.overview import described, evidence, standing
from storage.queries import show
from storage.shapes import difference_shape, shown_shape
from web.asked import Asked, Elsewhere, Page
from web.edits import Piece, marked


@dataclass(frozen=True, kw_only=True, slots=True)
class Printed:
    """A story as the page prints it, with what is new about it since the edition before."""

    story: Story
    id: str
    is_new: bool = False
    was: Sequence[Piece] = ()  # the former headline, in pieces
    now: Sequence[Piece] = ()
    came_from: str = ""  # where it stood before, where that is another place


def front_page(connection: sqlite3.Connection, asked: Asked) -> Page:
    """A site's front page at an instant, like a newspaper, marked with what changed since the edition before."""
    site = described(connection, asked.path["slug"])
    shown = show(connection, site.slug, asked.instant(asked.path["at"], site.timezone))
    stand = standing(connection, site.slug, shown.captured_at)
    before = show(connection, site.slug, stand.previous) if stand.previous else None
    comparable = before is not None and before.page.reader == shown.page.reader
    printed = _printed(site.slug, shown.page, before.page if before and comparable else None)
    context = {
        "site": site,
        "shown": shown,
        "standing": stand,
        "before": before,
        "comparable": comparable,
        "lead": next((story for story in printed if story.story.role is Role.LEAD), None),
        "sections": _sections([story for story in printed if story.story.role is Role.TEASER]),
        "evidence": evidence(connection, shown.capture),
    }
    return Page(template="front.html", context=context, shape=shown_shape(shown))


def _printed(slug: str, page: FrontPage, before: FrontPage | None) -> list[Printed]:
    if before is None:
        return [Printed(story=story, id=story_id(slug, story.canonical)) for story in page.stories]
    difference = differ(before, page)
    came = {story.canonical for story in difference.came}
    retitled = {change.now.canonical: change for change in difference.retitled}
    moved = {change.now.canonical: change for change in difference.moved}
    return [_marked(slug, story, came, retitled, moved) for story in page.stories]


def _marked(
    slug: str, story: Story, came: set[str], retitled: Mapping[str, Change], moved: Mapping[str, Change]
) -> Printed:
    key = story.canonical
    was, now = marked(retitled[key].was.headline, story.headline) if key in retitled else ((), ())
    return Printed(
        story=story,
        id=story_id(slug, key),
        is_new=key in came,
        was=was,
        now=now,
        came_from=_came_from(moved[key]) if key in moved else "",
    )


def _came_from(change: Change) -> str:
    """Where a story that moved stood before, in words."""
    if change.was.role is not change.now.role:
        return "was the lead" if change.was.role is Role.LEAD else "was a teaser"
    if change.was.section != change.now.section:
        return f"was under {change.was.section}" if change.was.section else "was under no heading"
    return "moved up" if change.now.position < change.was.position else "moved down"


def _sections(teasers: Sequence[Printed]) -> dict[str, list[Printed]]:
    """Teasers under their headings, both in the page's order."""
    sections: dict[str, list[Printed]] = {}
    for teaser in teasers:
        sections.setdefault(teaser.story.section, []).append(teaser)
    return sections


def difference(connection: sqlite3.Connection, asked: Asked) -> Page:
    """What came, went, moved and was retitled between two instants of a site."""
    site = described(connection, asked.path["slug"])
    earlier, later = (
        show(connection, site.slug, asked.instant(asked.path[name], site.timezone)) for name in ("a", "b")
    )
    if earlier.captured_at > later.captured_at:
        earlier, later = later, earlier
    if earlier.page.reader != later.page.reader:
        raise ConfigError(
            f"the two captures were read by different readers ({earlier.page.reader}, {later.page.reader}); "
            "`frontpage reparse` makes them comparable"
        )
    found = differ(earlier.page, later.page)
    context = {
        "site": site,
        "earlier": earlier,
        "later": later,
        "came": _listed(site.slug, found.came),
        "gone": _listed(site.slug, found.gone),
        "moved": [
            Printed(story=change.now, id=story_id(site.slug, change.now.canonical), came_from=_came_from(change))
            for change in found.moved
        ],
        "retitled": [_retitled(site.slug, change) for change in found.retitled],
    }
    return Page(template="diff.html", context=context, shape=difference_shape(earlier, later, found))


def _listed(slug: str, stories: Sequence[Story]) -> list[Printed]:
    return [Printed(story=story, id=story_id(slug, story.canonical)) for story in stories]


def _retitled(slug: str, change: Change) -> Printed:
    was, now = marked(change.was.headline, change.now.headline)
    return Printed(story=change.now, id=story_id(slug, change.now.canonical), was=was, now=now)


def go_to(connection: sqlite3.Connection, asked: Asked) -> Elsewhere:
    """Where the form of a site's page leads: the front page at the time that was typed."""
    site = described(connection, asked.path["slug"])
    text = asked.one("time")
    if not text:
        raise ConfigError("say a time, such as /site/SLUG/at?time=2026-11-24T20:00")
    return Elsewhere(path=f"/site/{site.slug}/at/{compact(asked.instant(text, site.timezone))}")
