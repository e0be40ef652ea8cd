"""The printed parts of a block: headline, kicker, summary, byline and picture."""

import re
from collections import Counter
from collections.abc import Sequence, Set
from typing import Final

from scraper import trims
from scraper.blocks import Block
from scraper.habits import SIDE, Habits, kind
from scraper.kickers import LONGEST_KICKER
from scraper.leadins import PARTING
from scraper.marks import is_unseen
from scraper.offers import BADGE, GENRES, KINDS, STATE
from scraper.segments import OTHER_LINK, OWN_LINK, Segment
from scraper.text import tidy
from scraper.vocabulary import named

HEADLINE: Final = named("HEADLINE")
KICKER: Final = named("KICKER")
SUMMARY: Final = named("SUMMARY")
TEXT: Final = named("TEXT")
BYLINE: Final = named("BYLINE")
AROUND_BOTH: Final = SIDE | HEADLINE
CREDIT: Final = re.compile(
    r"(?:photos?|fotos?|фото|image|bild|picture|credit|crédits?|crédito)\s*:\s*\S|©", re.IGNORECASE
)
OF_A_YEAR: Final = re.compile(r"\D*[^\W\d]\W+(?:19|20)\d\d|(?:19|20)\d\d [^\W\d]{3}\D*")
LEADS_ON: Final = re.compile(r"(?:read|more|mehr|weiter|lire|leer|leggi|lees|view|watch|play|see)\b", re.IGNORECASE)
STOPS: Final = PARTING + "."
TAG: Final = re.compile(r"(?<![^\W_])(?:tag|topic)(?![^\W_])", re.IGNORECASE)
SHORT: Final = 3  # words of a label
LATER: Final = 0.6  # of a worth: breaks ties, and outweighs a word
NAME: Final = -5.0  # of a worth, as of a time or a state
LEAST_HEADLINE: Final = 2  # words
LEAST_LABELLED: Final = 3  # stories
# Texts of this many words are summaries even where nothing says so, in a `p` of fewer; the shortest labelled have 4.
SUMMARY_WORDS: Final = 8
NAMED_SUMMARY_WORDS: Final = 4


class Parts:
    """What a block prints."""

    __slots__ = ("byline", "headline", "is_guessed", "kicker", "labels", "summary")

    def __init__(self) -> None:
        self.headline = ""
        self.kicker = ""
        self.is_guessed = False  # whether the kicker is neither called one nor set as a heading
        self.summary = ""
        self.byline = ""
        self.labels: list[str] = []


def headline_worth(segment: Segment) -> float:
    """How much a text looks like the headline of its block."""
    bits = segment.bits
    count = segment.words
    worth = (3.5 + min(count, 3) * 0.4 - segment.heading * 0.2) if segment.heading else min(count, 4) * 0.75
    worth -= max(0, count - 20) * 0.15
    if segment.link == OWN_LINK:
        worth += 2.5
    elif segment.link:
        worth -= 3
    if bits & HEADLINE:
        worth += 2
    elif bits & SIDE:
        worth -= 3
    if bits & KICKER:
        worth -= 3
    elif bits & SUMMARY and not bits & HEADLINE:
        worth -= 2
    if segment.tag == "p" and not segment.link:
        worth -= 1.5
    if not segment.heading and segment.text.endswith((".", "。")):
        worth -= 1  # 3 in 100 of the labelled headlines end so, and 66 of their summaries
    if count <= trims.LONGEST_TIME and (trims.TIME.fullmatch(segment.text) or STATE.fullmatch(segment.text)):
        worth -= 5
    return worth


def headline_of(segments: Sequence[Segment], labels: Set[str] = frozenset()) -> int:
    """Which of the texts is the headline. Of several in one heading or link the last: those before it are kickers.

    Of two links of their own the last may be the summary. `labels` are no headlines.
    """
    if len(segments) == 1 or not segments[1].inside:
        return 0  # as in more than half of all blocks
    best, chosen, before = -99.0, 0, -1
    for place, segment in enumerate(segments):
        if not segment.inside:
            break
        if not segment.lettered or segment.text in labels:
            continue  # a colon between kicker and headline
        worth = headline_worth(segment)
        if before >= 0 and before == chosen and segment.words > 1 and not is_beside(segment.bits):
            worth += gain(segment, segments[before])
        before = place
        if worth > best:
            best, chosen = worth, place
    return chosen


def gain(segment: Segment, before: Segment) -> float:
    """What a text gains right after what looks like the headline, in the same heading or link: that is a kicker.

    Not so a deck, the name of who wrote it, or a link of its own.
    """
    if segment.heading and segment.heading == before.heading:
        return NAME if segment.words <= SHORT and before.words > LONGEST_KICKER else LATER
    if not segment.link or segment.link != before.link or are_links_alike(segment, before):
        return 0
    is_deck = segment.heading > before.heading > 0 and before.words > SHORT
    is_named = before.words > LONGEST_KICKER and 2 * segment.words <= before.words  # no kicker is so long
    is_text = segment.tag == "p" != before.tag and before.words > SHORT and 2 * before.words <= segment.words
    return 0 if is_deck or is_named or is_text else LATER


def are_links_alike(one: Segment, other: Segment) -> bool:
    """Whether two texts are links of their own, neither in another heading than the other."""
    return one.tag == other.tag == "a" and one.container != other.container and one.heading == other.heading


def is_beside(bits: int) -> bool:
    """Whether names say that a text is no headline but something beside one."""
    return bool(bits & (SIDE | SUMMARY)) and not bits & HEADLINE


def headline_in(block: Block) -> str:
    """What a block prints as its headline beside a link that has no text, "" where nothing does."""
    segments = [segment for segment in block.segments if segment.inside]
    if not segments:
        return ""
    head = segments[headline_of(segments)]
    return head.text if head.words >= LEAST_HEADLINE and head.lettered and not CREDIT.match(head.text) else ""


def heads_of(blocks: Sequence[Block]) -> list[int]:
    """Which of each block's texts is its headline, -1 where the headline stands in none of them.

    What would head several stories is a label of them: "For subscribers".
    """
    heads = [head_of(block) for block in blocks]
    counts = Counter(block.segments[head].text for block, head in zip(blocks, heads, strict=True) if head >= 0)
    labels = {text for text, count in counts.items() if count >= LEAST_LABELLED}
    if not labels:
        return heads
    return [
        head_of(block, labels) if head >= 0 and block.segments[head].text in labels else head
        for block, head in zip(blocks, heads, strict=True)
    ]


def head_of(block: Block, labels: Set[str] = frozenset()) -> int:
    """The same for one block; `labels` are no headlines."""
    segments = block.segments
    return first_printed(segments, headline_of(segments, labels)) if segments and segments[0].inside else -1


def parts_of(block: Block, chosen: int, habits: Habits) -> Parts:
    """Headline, kicker, summary and byline of a block, by which of its texts is the headline and the page's habits."""
    parts = Parts()
    parts.labels += filter(KINDS.fullmatch, (tidy(text).rstrip(PARTING) for text in block.unseen))
    segments = block.segments
    if chosen < 0:
        parts.headline = block.mention.text
        read_around(parts, segments, None, habits, above=False)
        return parts
    head = segments[chosen]
    fitting = head.link == OWN_LINK or head.heading or not block.mention.main.text
    printed = head.text.lstrip(PARTING) if fitting and head.lettered else block.mention.text
    parts.headline = trims.headline(printed)
    read_around(parts, segments[:chosen], head, habits, above=True)
    read_around(parts, segments[chosen + 1 :], head, habits, above=False)
    return parts


def first_printed(segments: Sequence[Segment], chosen: int) -> int:
    """Where a headline is first printed in a heading: an overlay link at the end of a card says it again."""
    text = segments[chosen].text
    for place, segment in enumerate(segments[:chosen]):
        if segment.heading and segment.text == text:
            return place
    return chosen


def read_around(
    parts: Parts, segments: Sequence[Segment], head: Segment | None, habits: Habits, *, above: bool
) -> None:
    """Kicker, byline and summary from the texts above or below the headline."""
    level = head.heading if head else 0
    shared = head.bits if head else 0
    for segment in reversed(segments) if above else segments:
        text = trims.unstamped(segment.text) if segment.words <= LONGEST_KICKER else segment.text
        if not segment.lettered or text == parts.headline or CREDIT.match(text):
            continue
        if segment.bits & ~shared & BYLINE or trims.says_by(text, segment.words, above=above):
            if not parts.byline and segment.words <= trims.LONGEST_BYLINE:
                parts.byline = text
        elif (
            is_time(text, segment)
            or is_page_title(segment, level)
            or (above and take_kicker(parts, text, segment, head, habits))
        ):
            continue
        elif not parts.summary and is_summary(segment, habits, above, level, shared):
            parts.summary, byline = trims.summary(text)
            parts.byline = parts.byline or byline
        elif segment.words <= SHORT:
            parts.labels.append(text)


def is_page_title(segment: Segment, level: int) -> bool:
    """Whether a text is the page's own title above a headline of a lower level."""
    return segment.heading == 1 < level


def take_kicker(parts: Parts, text: str, segment: Segment, head: Segment | None, habits: Habits) -> bool:
    """Take a text above the headline for its kicker, or for a badge, if it is one.

    A kicker that says no more than what kind of story it is gives way to one above it.
    """
    shared = head.bits if head else 0
    if not parts.kicker:
        if text in habits.badges:
            parts.labels.append(text)
            return True
        if not is_kicker(segment, habits, shared):
            return False
        parts.is_guessed = not segment.bits & KICKER and not segment.heading
    elif KINDS.fullmatch(parts.kicker) and (
        tops(segment, head) or (parts.is_guessed and is_kicker(segment, habits, shared))
    ):
        parts.labels.append(parts.kicker)
    else:
        return False
    parts.kicker = trims.topic(text).rstrip(PARTING)
    return True


def tops(segment: Segment, head: Segment | None) -> bool:
    """Whether a text is called a kicker in the heading or the link of the headline itself."""
    if head is None or segment.words > LONGEST_KICKER or not segment.bits & KICKER:
        return False
    return segment.heading == head.heading > 0 or (segment.link == head.link == OWN_LINK)


def is_time(text: str, segment: Segment) -> bool:
    """Whether a text tells when; a kicker may tell the year of what it names, "Election 2012", and prose of a year."""
    if segment.words > trims.LONGEST_TIME or not (
        trims.TIME.search(text) or trims.DAY.fullmatch(text) or trims.AGE.fullmatch(text)
    ):
        return False
    of_a_year = OF_A_YEAR.fullmatch(text) and (segment.bits & KICKER or not trims.OF_A_MONTH.search(text))
    return not (of_a_year or trims.is_prose(text, segment.words))


def is_kicker(segment: Segment, habits: Habits, shared: int) -> bool:
    """Whether a short text above the headline is its kicker; shared are names of something around both."""
    bits = segment.bits & ~(shared & SIDE)
    if segment.words > LONGEST_KICKER or not may_be_kicker(segment, bits):
        return False
    tagged = segment.link == OTHER_LINK and segment.words <= SHORT and segment.names and TAG.search(segment.names)
    named = bits & KICKER or tagged or segment.link == OWN_LINK or segment.heading
    return bool(named) or kind(segment) in habits.kickers or is_set_apart(segment)


def is_set_apart(segment: Segment) -> bool:
    """Whether a few unlinked words are set as a label, in capitals or with a colon, or say what sort of text it is."""
    text = segment.text
    if segment.words > SHORT or segment.link or not text[0].isalnum():
        return False
    return text.isupper() or text[-1] in ":：" or says_sort(text.rstrip(STOPS))


def says_sort(text: str) -> bool:
    """Whether a label says how a story is told."""
    return KINDS.fullmatch(text) is not None or GENRES.fullmatch(text) is not None


def may_be_kicker(segment: Segment, bits: int) -> bool:
    """Whether a text neither stands beside the headline by its names nor leads on to the story nor is a badge."""
    text = segment.text.rstrip(PARTING)
    return (
        text[:1] not in {",", ";"}
        and not is_unseen(segment.names)
        and not (bits & SIDE or (segment.words <= SHORT and (LEADS_ON.match(text) or BADGE.fullmatch(text))))
    )


def is_summary(segment: Segment, habits: Habits, above: bool, level: int, shared: int) -> bool:
    """Whether a text is the summary; names that it shares with the headline are those of something around both."""
    bits = segment.bits & ~(shared & AROUND_BOTH) if level else segment.bits
    if bits & SIDE or segment.link == OTHER_LINK:
        return False
    if segment.tag == "a" and segment.words < SUMMARY_WORDS and LEADS_ON.match(segment.text):
        return False
    if not above and kind(segment) in habits.summaries:
        return True
    is_called = bits & SUMMARY and segment.tag == "p" and not above  # though a block's name before it says "ressort"
    if bits & KICKER and segment.words <= LONGEST_KICKER and not is_called:
        return False
    if bits & HEADLINE and not bits & (SUMMARY | TEXT):
        return False
    if above:
        return bool(bits & SUMMARY) and segment.words >= SUMMARY_WORDS and segment.text[-1] not in ":："
    if segment.heading:
        lower = 0 < level < segment.heading
        if lower and bits & SUMMARY:
            return segment.words >= NAMED_SUMMARY_WORDS
        return segment.words >= SUMMARY_WORDS and bool(bits & SUMMARY or lower)
    if bits & (SUMMARY | TEXT) or segment.tag == "p":
        return segment.words >= NAMED_SUMMARY_WORDS
    return segment.words >= SUMMARY_WORDS
