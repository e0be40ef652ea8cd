"""Bytes in, front page out: links, mentions, stories, the lead among them, and what each block prints."""

import hashlib
from dataclasses import astuple, dataclass, replace
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from scraper.blocks import Block, blocks_of
from scraper.decode import decode
from scraper.fields import parts_of
from scraper.kinds import kind_of
from scraper.limits import MAX_HEADLINE, MAX_STORIES, MAX_SUMMARY
from scraper.links import Links, Mention, mentions
from scraper.model import FrontPage, Kind, Layout, Quality, Role, Story
from scraper.models import SHIPPED, Models
from scraper.prominence import Standing, standings
from scraper.sections import sections_of
from scraper.text import shortened, tidy
from scraper.urls import absolute, canonical

READER_VERSION: Final = "1"


def reader_name(layout: Layout | None) -> str:
    """What a reading was made by: the version, and the digest of the layout where one applied."""
    if layout is None:
        return READER_VERSION
    digest = hashlib.sha256("\0".join(map(str, astuple(layout))).encode()).hexdigest()
    return f"{READER_VERSION}+{digest[:8]}"


def read_front_page(
    body: bytes | str, url: str = "", *, content_type: str = "", layout: Layout | None = None
) -> FrontPage:
    """What a page prints: the lead, the teasers, or the problem why not. Any bytes give a front page."""
    text = body if isinstance(body, str) else decode(body, content_type)
    return read_text(text.encode("utf-8", "replace").decode("utf-8"), url, layout, SHIPPED)


def read_text(text: str, url: str, layout: Layout | None, models: Models) -> FrontPage:
    parser = LexborHTMLParser(text)
    title = parser.css_first("title")
    root = parser.root
    return FrontPage(
        url=url,
        title=tidy(title.text()) if title else "",
        language=(root.attributes.get("lang") or "") if root else "",
        reader=reader_name(layout),
        layout=layout.name if layout else "",
        **read_stories(parser, url, models),
    )


def base_of(parser: LexborHTMLParser, url: str) -> str:
    """The address that relative links start from."""
    base = parser.css_first("base[href]")
    href = base.attributes.get("href") if base else None
    resolved = absolute(href, url) if href else url
    return resolved if resolved.startswith(("http://", "https://")) else url


def read_stories(parser: LexborHTMLParser, url: str, models: Models) -> dict[str, object]:
    links = Links(parser, base_of(parser, url), frozenset({canonical(url)}))
    found = mentions(links.found)
    site = canonical(url).removeprefix("https://").partition("/")[0]
    prominent = models.story.weigh(links, found, site)
    lead = choose_lead(found, prominent, links, models)
    chosen = choose(prominent, lead.mention if lead else None, models)
    blocks = list(blocks_of(chosen, links.places))
    sections = sections_of(blocks, links.places.known)
    stories = [
        story_of(block, section, number + 1, lead if lead and block.mention is lead.mention else None)
        for number, (block, section) in enumerate(zip(blocks, sections, strict=True))
    ]
    stories = without_repeats(stories)
    first = next((story for story in stories if story.role is Role.LEAD), None)
    return {
        "lead": first,
        "teasers": tuple(story for story in stories if story.role is Role.TEASER),
        "quality": Quality.OK if stories else Quality.NO_STORIES,
        "problem": "" if stories else "no link has a headline",
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class Lead:
    """The chosen lead, how sure, and why."""

    mention: Mention
    confidence: float
    evidence: tuple[str, ...]


def choose_lead(found: list[Mention], prominent: list[Mention], links: Links, models: Models) -> Lead | None:
    scores = {mention.target: mention.score for mention in prominent}
    possible = [mention for mention in found if scores[mention.target] > models.possible]
    candidates = standings(possible, links.places.known.values(), scores)
    if not candidates:
        return None
    ranked = sorted(candidates, key=models.lead.score, reverse=True)
    best = ranked[0]
    return Lead(mention=best.mention, confidence=0.5, evidence=())


def choose(prominent: list[Mention], lead: Mention | None, models: Models) -> list[Mention]:
    chosen = [
        mention
        for mention in prominent
        if mention.score >= models.threshold and not (lead and mention.target == lead.target)
    ]
    if lead:
        chosen.append(lead)
    return sorted(chosen, key=lambda mention: mention.number)[:MAX_STORIES]


def story_of(block: Block, section: str, position: int, lead: Lead | None) -> Story:
    parts = parts_of(block)
    mention = block.mention
    headline = parts.headline or mention.text
    return Story(
        headline=shortened(headline, MAX_HEADLINE),
        url=mention.main.url,
        canonical=mention.target,
        summary=shortened(parts.summary, MAX_SUMMARY),
        kicker=shortened(parts.kicker, MAX_HEADLINE),
        byline=shortened(parts.byline, MAX_HEADLINE),
        image="",
        section=section,
        position=position,
        role=Role.LEAD if lead else Role.TEASER,
        kind=kind_of(mention.target, headline, " | ".join((parts.kicker, *parts.labels)) if parts.kicker or parts.labels else ""),
        confidence=lead.confidence if lead else None,
        evidence=lead.evidence if lead else (),
    )


def without_repeats(stories: list[Story]) -> list[Story]:
    """Each headline once, the lead's where it is the lead's; positions count what is left, without holes."""
    lead = [story.headline.casefold() for story in stories if story.role is Role.LEAD]
    seen: set[str] = set()
    kept = []
    for story in stories:
        key = story.headline.casefold()
        if story.role is Role.TEASER and key and (key in seen or key in lead):
            continue
        seen.add(key)
        kept.append(story)
    return [replace(story, position=position) for position, story in enumerate(kept, 1)]
