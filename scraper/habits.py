"""What the blocks of a page print in one way beside their headlines: kickers and summaries that no name calls so."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final, TypeAlias

from scraper.blocks import Block
from scraper.segments import NO_LINK, OTHER_LINK, Segment
from scraper.text import is_sentence, words
from scraper.trims import DATED, LONGEST_TIME, TIME
from scraper.vocabulary import named

SUMMARY: Final = named("SUMMARY")
SIDE: Final = named("TIME COMMENTS CAPTION SOCIAL MORE BYLINE")
LONGEST_NAME: Final = 4  # words
LEAST: Final = 3  # blocks, as of the beginnings of headlines
# Of the 48 kinds of text right above headlines that are kickers, on the labelled pages and 52 fictional ones, the mean
# is 1 to 5 words, no text ends as a sentence does and the one that most blocks have is at most .67 of all. Of the 62
# kinds right below that are summaries the mean is 4.9 to 40 words, and .75 to 1 of the texts are sentences but for two.
LONGEST_MEAN: Final = 5.0  # words of kickers
MOST_OFTEN: Final = 0.7  # share of the kicker that most blocks have
MOST_SENTENCES: Final = 0.2  # share of kickers
LEAST_MEAN: Final = 3.0  # words of summaries
LEAST_SENTENCES: Final = 0.6  # share of summaries
# Summaries that end as headlines do have a median of 6 to 29 words there. The other unlinked texts below headlines
# are times ("12 minutes ago in Culture"), all with digits, and bylines or agencies, whose median is 2 words.
LEAST_PHRASES: Final = 4
LEAST_PHRASE: Final = 5.0  # words, the median
LEAST_NAMED_PHRASE: Final = 3.0  # of texts called summaries
# For whom a story is, by the names of an element that prints the same wherever it stands.
OFFERED: Final = re.compile(
    r"(?<![^\W_])(?:premium|paywall|paid|pay|plus|abo|subscribers?|subscription|locked|lock|exclusive|members?)(?![^\W_])",
    re.IGNORECASE,
)
LEAST_DECK: Final = 5  # words of a heading of a higher level than the headline above it
LONGEST_BADGE: Final = 3  # words
MOST_DIGITS: Final = 0.5  # share of texts that have any

DIGITS: Final = re.compile(r"\d+(?:[.,]\d+)*")

# The tag and the first class of the element that sets a text, and where it links: what is printed in one way. Other
# classes say which topic it is: "issue justice".
Kind: TypeAlias = tuple[str, str | None, int]


@dataclass(frozen=True, slots=True)
class Habits:
    """The kinds of texts that are kickers right above the headlines of a page, and summaries right below.

    `badges` are texts that say for whom a story is.
    """

    kickers: frozenset[Kind]
    summaries: frozenset[Kind]
    badges: frozenset[str]


def kind(segment: Segment) -> Kind:
    return segment.tag, segment.names.partition(" ")[0] if segment.names else None, segment.link


def habits_of(blocks: Sequence[Block], heads: Sequence[int]) -> Habits:
    """The habits of a page, from its blocks and which text of each is the headline (-1: none)."""
    above: dict[Kind, list[str]] = defaultdict(list)
    below: dict[Kind, list[str]] = defaultdict(list)
    unnamed: set[Kind] = set()
    for block, head in zip(blocks, heads, strict=True):
        segments = block.segments
        if head < 0 or len(segments) == 1:
            continue
        beside = SIDE & ~segments[head].bits
        if (one := nearest(segments[head - 1 :: -1] if head else (), beside)) is not None and one.inside:
            above[kind(one)].append(one.text)
        # A line of names, topics and a time may stand between.
        under = [one for one in segments[head + 1 :] if one.link != OTHER_LINK or one.words > LONGEST_NAME]
        one = nearest(under, beside, segments[head].heading)
        if one is not None and one.link != OTHER_LINK:
            below[kind(one)].append(one.text)
            if not one.bits & SUMMARY:
                unnamed.add(kind(one))
    return Habits(
        badges=badges_of(blocks),
        kickers=frozenset(one for one, texts in above.items() if are_kickers(texts)),
        summaries=frozenset(
            one
            for one, texts in below.items()
            if are_summaries(texts)
            or (one not in unnamed and are_phrases(texts, LEAST_NAMED_PHRASE))
            or (one[2] == NO_LINK and are_phrases(texts, LEAST_PHRASE))
        ),
    )


def badges_of(blocks: Sequence[Block]) -> frozenset[str]:
    """The one text that elements print, wherever they stand, that are called by whom it is for."""
    printed: dict[str, list[str]] = defaultdict(list)
    for block in blocks:
        for segment in block.segments:
            if segment.names and segment.words <= LONGEST_BADGE and OFFERED.search(segment.names):
                printed[segment.names].append(segment.text)
    return frozenset(texts[0] for texts in printed.values() if len(texts) > 1 and len(set(texts)) == 1)


def nearest(segments: Iterable[Segment], beside: int, level: int = 0) -> Segment | None:
    """The first text that no name says to stand beside a headline; names around the headline itself say nothing.

    None where that is another heading, unless it is of a lower level than the headline's or, in no link, too long for
    the title of what follows.
    """
    for segment in segments:
        if segment.lettered and not segment.bits & beside and not is_when(segment):
            is_title = segment.heading and not 0 < level < segment.heading
            is_deck = 0 < segment.heading < level and segment.link == NO_LINK and segment.words >= LEAST_DECK
            return None if is_title and not is_deck else segment
    return None


def is_when(segment: Segment) -> bool:
    """Whether a text is a time or a day and nothing else, whatever it is called."""
    return segment.words <= LONGEST_TIME and (TIME.fullmatch(segment.text) or DATED.fullmatch(segment.text)) is not None


def are_kickers(texts: Sequence[str]) -> bool:
    """Whether texts above headlines are short, no sentences, and not mostly one: that names the kind ("Article")."""
    return (
        len(texts) >= LEAST
        and not are_counts(texts)
        and max(Counter(texts).values()) <= MOST_OFTEN * len(texts)
        and sum(map(words, texts)) <= LONGEST_MEAN * len(texts)
        and sum(map(is_sentence, texts)) <= MOST_SENTENCES * len(texts)
    )


def are_counts(texts: Sequence[str]) -> bool:
    """Whether texts are numbers of the same: "733 comments", "2m"; the numbers of parts stand behind the word."""
    return all(text[:1].isdigit() for text in texts) and len({DIGITS.sub("", text) for text in texts}) == 1


def are_summaries(texts: Sequence[str]) -> bool:
    """Whether texts below headlines are mostly sentences, and not all the same ("Shared 12 times")."""
    return (
        len(texts) >= LEAST
        and len({DIGITS.sub("", text) for text in texts}) > 1
        and sum(map(words, texts)) >= LEAST_MEAN * len(texts)
        and sum(map(is_sentence, texts)) >= LEAST_SENTENCES * len(texts)
    )


def are_phrases(texts: Sequence[str], least: float) -> bool:
    """Whether texts below headlines, in no link, are summaries that end as headlines do: no times, names or counts."""
    return (
        len(texts) >= LEAST_PHRASES
        and len(set(texts)) == len(texts)
        and median(map(words, texts)) >= least
        and sum(map(has_digit, texts)) <= MOST_DIGITS * len(texts)
    )


def has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))
