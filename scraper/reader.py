"""Bytes in, front page out.

decode -> document -> links and mentions -> stories -> the lead among them -> blocks and their parts -> front page
"""

import gc
import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field
from typing import Final

from scraper.adopted import adopt_kickers
from scraper.blocks import Block, blocks_of
from scraper.claims import Claims
from scraper.cost import too_costly
from scraper.decode import decoded, encoded
from scraper.document import Document, is_plain_text
from scraper.evidence import evidence_of
from scraper.fields import Parts, heads_of, parts_of
from scraper.habits import habits_of
from scraper.inline import read_inline
from scraper.kinds import kind_of
from scraper.labels import BESIDE
from scraper.layouts import Applied, apply, override, prune
from scraper.lead import foremost, printed_beside
from scraper.limits import MAX_BODY_PARAGRAPHS, MAX_HEADLINE, MAX_STORIES, MAX_SUMMARY, MAX_URL
from scraper.links import Links, Mention, mentions
from scraper.media import data_reason
from scraper.model import FrontPage, Layout, Quality, Role, Story
from scraper.models import SHIPPED, Models
from scraper.offers import is_paid_for
from scraper.pictures import pictures
from scraper.places import Place
from scraper.plain import read_plain
from scraper.prominence import standings
from scraper.quality import FEW_STORIES, quality_of, quality_of_text
from scraper.ranks import take_ranks
from scraper.rulings import is_pictured
from scraper.sections import sections_of
from scraper.standing import Standing
from scraper.tabs import panels_of
from scraper.text import shortened
from scraper.vocabulary import named

READER_VERSION: Final = "17"
PARAGRAPH_WORDS: Final = 12  # half again the median headline: a kicker or a byline in a `p` is no paragraph of text
PRINTED_TEXT: Final = 3  # paragraphs from which a lead's block prints the story itself, not a dek


def reader_name(layout: Layout | None) -> str:
    """What a reading was made by: the version, and the digest of the layout where one applied."""
    if layout is None:
        return READER_VERSION
    digest = hashlib.sha256("\0".join(map(str, astuple(layout))).encode()).hexdigest()
    return f"{READER_VERSION}+{digest[:8]}"


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the collector of cycles: a page has none, and looking for them is a seventh of the time of a reading."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@uncollected()  # until all but the front page is freed
def read_front_page(
    body: bytes | str, url: str = "", *, content_type: str = "", layout: Layout | None = None, is_told: bool = False
) -> FrontPage:
    """What a page prints: the lead, the teasers, or the problem why not. Any bytes give a front page.

    `is_told` says that the address is known from the page alone (`own_address`): it may be an article's.
    """
    return read(body, url, content_type=content_type, layout=layout, is_told=is_told).page


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """A front page and the way there, for those who ask why."""

    page: FrontPage
    site: str = ""
    found: Sequence[Mention] = ()
    chosen: Sequence[Mention] = ()
    ranked: Sequence[Standing] = ()
    blocks: Sequence[Block] = ()


@uncollected()
def read(
    body: bytes | str,
    url: str,
    *,
    content_type: str = "",
    layout: Layout | None = None,
    models: Models = SHIPPED,
    is_told: bool = False,
) -> Reading:
    """Read a page with these models."""
    text, utf8 = (body, encoded(body)) if isinstance(body, str) else decoded(body, content_type)
    url = encoded(url.strip()[:MAX_URL]).decode()
    if is_plain_text(text, content_type):
        return Reading(page=plain_page(text, url, layout))
    if problem := too_costly(text):
        return Reading(page=problem_page(url, layout, Quality.NOT_A_FRONT_PAGE, problem))
    return read_document(Document(text, url, utf8, is_told=is_told), text, layout, models)


def problem_page(url: str, layout: Layout | None, quality: Quality, problem: str) -> FrontPage:
    return FrontPage(
        url=url, quality=quality, problem=problem, reader=reader_name(layout), layout=layout.name if layout else ""
    )


def plain_page(text: str, url: str, layout: Layout | None) -> FrontPage:
    if problem := data_reason(text):
        return problem_page(url, layout, Quality.NOT_A_FRONT_PAGE, problem)
    lead, teasers = read_plain(encoded(text).decode("utf-8"), url)
    if not teasers:
        quality, problem = quality_of_text(text)
        if quality is not Quality.OK:
            return problem_page(url, layout, quality, problem)
    if lead is None:
        problem = "it is text without a headline" if text.strip() else "it is empty"
        return problem_page(url, layout, Quality.NO_STORIES, problem)
    return FrontPage(
        url=url, reader=reader_name(layout), layout=layout.name if layout else "", lead=lead, teasers=teasers
    )


def read_document(document: Document, text: str, layout: Layout | None, models: Models) -> Reading:
    applied = Applied(layout=layout) if layout else None
    if applied:
        prune(document, applied)
    links = Links(document.links_and_headings, document.base, frozenset({document.own}))
    found = mentions(links.found)
    prominent = models.story.weigh(links, found, document.site)
    if applied:
        apply(document, links, found, applied)
    ranked = rank(found, prominent, links.places.known, models)
    lead = choose_lead(ranked, applied, models)
    chosen = choose(prominent, lead, applied, models)
    # A few links in no heading and without a picture lead on: "continue to the mobile site", "forgotten your password?"
    told = 0 if len(chosen) < FEW_STORIES and all(map(is_bare, chosen)) else len(chosen)
    headlines = {mention.heading.node.mem_id for mention in chosen if mention.heading is not None}
    quality, problem = quality_of(document, text, told, headlines)
    stories: list[Story] = []
    blocks: list[Block] = []
    if quality in READABLE:
        blocks, stories = read_stories(document, links, chosen, lead, applied)
    if len(stories) < FEW_STORIES and quality in READABLE and not (applied and applied.names_stories):
        inline = read_inline(document)
        if len(inline) > max(FEW_STORIES, 2 * len(stories)) and are_among(stories, inline):
            stories, quality, problem = inline, Quality.OK, ""
    if quality is not Quality.OK:
        stories = []
    page = FrontPage(
        url=document.url,
        title=shortened(document.title, MAX_HEADLINE),
        language=document.language[:LONGEST_LANGUAGE],
        quality=quality,
        problem=problem,
        reader=reader_name(layout),
        layout=layout.name if layout else "",
        missed=applied.missed if applied else (),
        lead=next((story for story in stories if story.role is Role.LEAD), None),
        teasers=tuple(story for story in stories if story.role is Role.TEASER),
    )
    return Reading(page=page, site=document.site, found=prominent, chosen=chosen, ranked=ranked, blocks=blocks)


def is_bare(mention: Mention) -> bool:
    return mention.main.heading is None and not is_pictured(mention)


def are_among(printed: Sequence[Story], inline: Sequence[Story]) -> bool:
    """Whether the data of a page tells most of the few stories that it prints; else it is about something else."""
    told = {story.canonical for story in inline}
    return 2 * sum(story.canonical in told for story in printed) >= len(printed)


CLONE: Final = named("CLONE")
READABLE: Final = (Quality.OK, Quality.SHELL, Quality.NO_STORIES)  # of the last two the markup has none; scripts may
LONGEST_LANGUAGE: Final = 35  # RFC 5646, section 4.4.1


@dataclass(frozen=True, kw_only=True, slots=True)
class Lead:
    """The chosen lead, how sure that is, and why."""

    mention: Mention
    confidence: float
    evidence: tuple[str, ...] = field(default=())
    with_related: bool = False  # others stand below it in its block


def rank(
    found: Sequence[Mention], prominent: Sequence[Mention], known: dict[int, Place], models: Models
) -> list[Standing]:
    """The candidates for the lead, the best first: no copy that a carousel sets before its first slide is one."""
    scores = {mention.target: mention.score for mention in prominent}
    originals = {mention.target for mention in found if not mention.main.place.around & CLONE}
    possible = [
        mention
        for mention in found
        if scores[mention.target] > models.possible
        and not (mention.main.place.around & CLONE and mention.target in originals)
    ]
    candidates = standings(possible, prominent, known)
    for standing in candidates:
        standing.lead_score = models.lead.score(standing)
    return sorted(candidates, key=lambda standing: -standing.lead_score)


def choose_lead(ranked: Sequence[Standing], applied: Applied | None, models: Models) -> Lead | None:
    if applied and applied.lead:
        return Lead(mention=applied.lead, confidence=1.0, evidence=("the site's layout names its block",))
    if not ranked:
        return None
    rivals = foremost(ranked)
    return Lead(
        mention=printed_beside(ranked[0], ranked),
        confidence=models.confidence([standing.lead_score for standing in rivals]),
        evidence=evidence_of(models.lead, rivals),
        with_related=ranked[0].with_related,
    )


def choose(prominent: Sequence[Mention], lead: Lead | None, applied: Applied | None, models: Models) -> list[Mention]:
    """The mentions that are stories, each target once, in the order of the page."""
    named = applied.teasers if applied and applied.teasers else None
    chosen = named or [mention for mention in prominent if mention.score >= models.threshold]
    if lead:
        likely = named or chosen or lead.mention.score >= models.threshold
        chosen = [mention for mention in chosen if mention.target != lead.mention.target]
        if likely or (applied and applied.lead):
            chosen.append(lead.mention)
    return sorted(chosen, key=lambda mention: mention.number)[:MAX_STORIES]


def read_stories(
    document: Document, links: Links, chosen: Sequence[Mention], lead: Lead | None, applied: Applied | None
) -> tuple[list[Block], list[Story]]:
    """The blocks of the chosen mentions and what they print."""
    claims = Claims(chosen, everywhere=True)
    heading = lead.mention if lead and lead.with_related else None
    blocks = list(blocks_of(chosen, links.places, claims, heading))
    named = applied is not None and bool(applied.teasers)  # by the layout, which knows better than a title
    heads = heads_of(blocks)
    if adopt_kickers(blocks, heads, links.places, claims):
        heads = heads_of(blocks)
    habits = habits_of(blocks, heads)
    sections = sections_of(blocks, links, claims, panels_of(document.parser), document.title, habits.kickers)
    shared = Counter(sections)
    images = pictures([block.images for block in blocks], document.base)
    stories: list[Story] = []
    seen: set[str] = set()
    if lead and lead.mention.text:
        seen.add(lead.mention.text.casefold())
    printed = [parts_of(block, head, habits) for block, head in zip(blocks, heads, strict=True)]
    take_ranks(blocks, printed)
    for block, parts, section, image in zip(blocks, printed, sections, images, strict=True):
        leads = lead if lead and block.mention is lead.mention else None
        if leads is None and not named and is_paid_for(section):
            continue
        if parts.kicker.strip(BESIDE) == section and shared[section] == 1:
            parts.kicker = ""  # the heading of a section that holds one story, read twice
        story = story_of(block, parts, section, image, len(stories) + 1, leads, applied)
        key = story.headline.casefold()
        if leads is None and key in seen and key:
            continue
        seen.add(key)
        stories.append(story)
    return blocks, stories


def story_of(
    block: Block, parts: Parts, section: str, image: str, position: int, lead: Lead | None, applied: Applied | None
) -> Story:
    """What a block prints, as a story."""
    mention = block.mention
    if applied:
        override(block, parts, applied)
        section = applied.sections.get(mention, section)
    headline = parts.headline or mention.text
    return Story(
        headline=shortened(headline, MAX_HEADLINE),
        url=mention.main.url,
        canonical=mention.target,
        summary=shortened(parts.summary, MAX_SUMMARY),
        kicker=shortened(parts.kicker, MAX_HEADLINE),
        byline=shortened(parts.byline, MAX_HEADLINE),
        image=image[:MAX_URL],
        section=shortened(section, MAX_HEADLINE),
        position=position,
        role=Role.LEAD if lead else Role.TEASER,
        kind=kind_of(mention.target, headline, (parts.kicker, *parts.labels)),
        confidence=lead.confidence if lead else None,
        evidence=lead.evidence if lead else (),
        body=printed_text(block) if lead else (),
    )


def printed_text(block: Block) -> tuple[str, ...]:
    """The paragraphs of a lead that is printed with its whole text."""
    paragraphs = tuple(
        segment.text
        for segment in block.segments
        if segment.tag == "p" and segment.inside and segment.words >= PARAGRAPH_WORDS
    )
    return paragraphs[:MAX_BODY_PARAGRAPHS] if len(paragraphs) >= PRINTED_TEXT else ()
