"""The printed parts of a block: headline, kicker, summary, byline, image."""

import re
from typing import Final

from scraper.blocks import Block, Segment
from scraper.text import has_letters, words
from scraper.vocabulary import Word

HEADLINE: Final = Word.HEADLINE.value
KICKER: Final = Word.KICKER.value
SUMMARY: Final = Word.SUMMARY.value
BYLINE: Final = Word.BYLINE.value
SIDE: Final = (Word.TIME | Word.COMMENTS | Word.CAPTION | Word.SOCIAL | Word.MORE | Word.BYLINE).value
NOT_SUMMARY: Final = (
    Word.TIME | Word.COMMENTS | Word.CAPTION | Word.SOCIAL | Word.MORE | Word.BYLINE | Word.HEADLINE
).value
BY: Final = re.compile(r"^(?:by|von|por|par|di|door|av|af|от|автор|text:|foto:|photo:)\s+\S", re.I)


class Parts:
    """What a block prints."""

    __slots__ = ("byline", "headline", "kicker", "summary", "summary_words")

    def __init__(self) -> None:
        self.headline = ""
        self.kicker = ""
        self.summary = ""
        self.byline = ""
        self.summary_words = 0


def headline_worth(segment: Segment, links: set[int]) -> float:
    """How much a text looks like the headline of its block."""
    count = segment.words
    worth = min(count, 6) * 0.5 - max(0, count - 20) * 0.15
    if segment.heading:
        worth += 4 - segment.heading * 0.2
    bits = segment.bits
    if bits & HEADLINE:
        worth += 2
    if segment.link in links:
        worth += 2.5
    elif segment.link:
        worth -= 3
    if bits & SIDE:
        worth -= 3
    if bits & KICKER and not bits & HEADLINE:
        worth -= 3
    if bits & SUMMARY and not bits & HEADLINE:
        worth -= 2
    if segment.tag == "p" and not segment.link:
        worth -= 1.5
    if not has_letters(segment.text):
        worth -= 5
    return worth


def parts_of(block: Block) -> Parts:
    """Headline, kicker, summary and byline of a block."""
    parts = Parts()
    links = {link.node.mem_id for link in block.mention.links}
    segments = block.segments
    if not segments:
        parts.headline = substitute(block)
        return parts
    chosen = max(range(len(segments)), key=lambda place: headline_worth(segments[place], links))
    head = segments[chosen]
    if head.link not in links and not head.heading:
        text = block.mention.main.text or substitute(block)
        parts.headline = text or head.text
    else:
        parts.headline = head.text
    for place, segment in enumerate(segments):
        if place == chosen or segment.text == head.text:
            continue
        bits = segment.bits
        if bits & BYLINE or BY.match(segment.text):
            if not parts.byline and segment.words <= 12:
                parts.byline = segment.text
        elif place < chosen:
            if not parts.kicker and segment.words <= 8 and is_kicker(segment, head, links):
                parts.kicker = segment.text
        elif not parts.summary and is_summary(segment, links):
            parts.summary = segment.text
    return parts


def is_kicker(segment: Segment, head: Segment, links: set[int]) -> bool:
    if segment.bits & SIDE or not has_letters(segment.text):
        return False
    return bool(segment.bits & KICKER) or segment.link in links or segment.heading > 0


def is_summary(segment: Segment, links: set[int]) -> bool:
    if segment.bits & NOT_SUMMARY or segment.heading or (segment.link and segment.link not in links):
        return False
    if segment.bits & SUMMARY or segment.tag == "p":
        return segment.words >= 4
    return segment.words >= 8


def substitute(block: Block) -> str:
    """A headline for a block that prints none: the label of its link or the alternative text of its picture."""
    for link in block.mention.links:
        for name in ("aria-label", "title"):
            if text := (link.attributes.get(name) or "").strip():
                return " ".join(text.split())
    for image in block.images:
        if text := (image.get("alt") or "").strip():
            return " ".join(text.split())
    return ""
