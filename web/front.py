"""The page that shows a front page as it stood at an instant, marked with what changed since the edition before."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from scraper.errors import ConfigError
from scraper.instants import compact, epoch
from scraper.model import FrontPage, Role, Story
from scraper.urls import story_id
from storage.citing import cite
from storage.differences import Change, Difference
from storage.overview import Described, Standing, described, standing, unreadable_since
from storage.queries import show
from storage.rotations import difference
from storage.shapes import shown_shape
from web import pictures
from web.asked import Asked, Elsewhere, Page
from web.difference import came_from, reworded
from web.edits import Piece, marked
from web.evidence import archived
from web.stops import slider

AROUND = timedelta(hours=12)


@dataclass(frozen=True, kw_only=True, slots=True)
class Printed:
    """A story as the page prints it, with what is new about it since the edition before."""

    story: Story
    id: str
    is_new: bool = False
    was: Sequence[Piece] = ()  # the former headline, in pieces
    now: Sequence[Piece] = ()
    words: str = ""  # what became of it: reworded, and where it stood before, where that is another place


def front_page(connection: sqlite3.Connection, asked: Asked) -> Page:
    """A site's front page at an instant, like a newspaper, marked with what changed since the edition before."""
    site = described(connection, asked.path["slug"])
    at = asked.instant(asked.path["at"], site.timezone)
    shown = show(connection, site.slug, at)
    stand = standing(connection, site.slug, shown.captured_at)
    before = show(connection, site.slug, stand.previous) if stand.previous else None
    is_reread = before is not None and before.page.reader != shown.page.reader
    unseen_s = _unseen_s(stand, site)
    found = difference(connection, before, shown) if before and not is_reread and not unseen_s else None
    printed = _printed(site.slug, shown.page, found)
    cited = cite(connection, shown.capture)
    since, until = shown.captured_at - AROUND, shown.captured_at + AROUND
    context = {
        "site": site,
        "shown": shown,
        "standing": stand,
        "before": before,
        "is_reread": is_reread,
        "unseen_s": unseen_s,
        "unreadable": unreadable_since(connection, site.slug, shown.captured_at, at),
        "lead": next((story for story in printed if story.story.role is Role.LEAD), None),
        "sections": _sections([story for story in printed if story.story.role is Role.TEASER]),
        "cited": cited,
        "archived": archived(connection, cited),
        "turn": slider(connection, site.slug, since, until, shown=shown.captured_at),
        "body": _body(shown.page),
        "day_after": shown.captured_at.astimezone(ZoneInfo(site.timezone)).date() + timedelta(days=1),
        "with_pictures": pictures.are_wanted(asked),
    }
    return Page(template="front.html", context=context, shape=shown_shape(shown), headers=pictures.headers(asked))


def _unseen_s(stand: Standing, site: Described) -> int:
    """For how long the page had not been seen when an edition began, where that is longer than the gap; else 0."""
    apart = epoch(stand.first_seen) - epoch(stand.previous) if stand.previous else 0
    return apart if apart > site.gap else 0


def _body(page: FrontPage) -> list[str]:
    """The lead's paragraphs, but for what the page shows of it anyway."""
    if page.lead is None:
        return []
    shown = {page.lead.headline, page.lead.kicker, page.lead.summary, page.lead.byline}
    return [paragraph for paragraph in page.lead.body if paragraph not in shown]


def _printed(slug: str, page: FrontPage, found: Difference | None) -> list[Printed]:
    if found is None:
        return [Printed(story=story, id=story_id(slug, story.canonical)) for story in page.stories]
    came = {story.canonical for story in found.came}
    retitled = {change.now.canonical: change for change in found.retitled}
    moved = {change.now.canonical: change for change in found.moved}
    return [_marked(slug, story, came, retitled, moved) for story in page.stories]


def _marked(
    slug: str, story: Story, came: set[str], retitled: Mapping[str, Change], moved: Mapping[str, Change]
) -> Printed:
    key = story.canonical
    was, now = marked(retitled[key].was.headline, story.headline) if key in retitled else ((), ())
    words = (reworded(retitled[key]) if key in retitled else "", came_from(moved[key]) if key in moved else "")
    return Printed(
        story=story,
        id=story_id(slug, key),
        is_new=key in came,
        was=was,
        now=now,
        words=", ".join(filter(None, words)),
    )


def _sections(teasers: Sequence[Printed]) -> dict[str, list[Printed]]:
    """Teasers under their headings, both in the page's order."""
    sections: dict[str, list[Printed]] = {}
    for teaser in teasers:
        sections.setdefault(teaser.story.section, []).append(teaser)
    return sections


def go_to(connection: sqlite3.Connection, asked: Asked) -> Elsewhere:
    """Where the form of a site's page leads: the front page at the time that was typed."""
    site = described(connection, asked.path["slug"])
    text = asked.one("time")
    if not text:
        raise ConfigError("say a time, such as /site/SLUG/at?time=2026-11-24T20:00")
    return Elsewhere(path=f"/site/{site.slug}/at/{compact(asked.instant(text, site.timezone))}")
