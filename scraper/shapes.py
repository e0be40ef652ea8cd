"""The JSON shapes of captures, stories and front pages, as every verb, export and route prints them."""

from typing import Any

from scraper.model import FrontPage, Role, Story
from scraper.urls import story_id


def story_shape(story: Story, *, site: str) -> dict[str, Any]:
    """A story; `story` is its id on the site, "" where there is no site to have one on."""
    shape: dict[str, Any] = {
        "headline": story.headline,
        "url": story.url,
        "story": story_id(site, story.canonical) if site else "",
        "summary": story.summary,
        "kicker": story.kicker,
        "byline": story.byline,
        "image": story.image,
        "section": story.section,
        "position": story.position,
        "role": str(story.role),
        "kind": str(story.kind),
    }
    if story.role is Role.LEAD:
        shape |= {"confidence": story.confidence, "evidence": list(story.evidence)}
        if story.body:
            shape["body"] = list(story.body)
    return shape


def page_shape(page: FrontPage, *, site: str = "") -> dict[str, Any]:
    """What `parse` prints of a page."""
    return {
        "url": page.url,
        "title": page.title,
        "language": page.language,
        "quality": str(page.quality),
        "problem": page.problem,
        "reader": page.reader,
        "layout": page.layout,
        "lead": story_shape(page.lead, site=site) if page.lead else None,
        "teasers": [story_shape(story, site=site) for story in page.teasers],
    }
