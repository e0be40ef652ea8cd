"""What the blocks of a page print in one way beside their headlines: kickers and summaries that no name calls so."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from scraper.blocks import OTHER_LINK, Block, Segment
from scraper.text import is_sentence, words
from scraper.vocabulary import named

SIDE: Final = named("TIME COMMENTS CAPTION SOCIAL MORE BYLINE")
LEAST: Final = 3  # blocks, as of the beginnings of headlines
# Of the 48 kinds of text right above headlines that are kickers, on the labelled pages and 52 fictional ones, the mean
# is 1 to 5 words, no text ends as a sentence does and the one that most blocks have is at most .67 of all. Of the 62
# kinds right below that are summaries the mean is 4.9 to 40 words, and .75 to 1 of the texts are sentences but for two.
LONGEST_MEAN: Final = 5.0  # words of kickers
MOST_OFTEN: Final = 0.7  # share of the kicker that most blocks have
MOST_SENTENCES: Final = 0.2  # share of kickers
LEAST_MEAN: Final = 3.0  # words of summaries
LEAST_SENTENCES: Final = 0.6  # share of summaries

# The tag and the classes of the element that sets a text, and whether it links elsewhere: what is printed in one way.
Kind: TypeAlias = tuple[str, str | None, bool]


@dataclass(frozen=True, slots=True)
class Habits:
    """The kinds of texts that are kickers right above the headlines of a page, and summaries right below."""

    kickers: frozenset[Kind]
    summaries: frozenset[Kind]


def kind(segment: Segment) -> Kind:
    return segment.tag, segment.names, segment.link == OTHER_LINK


def habits_of(blocks: Sequence[Block], heads: Sequence[int]) -> Habits:
    """The habits of a page, from its blocks and which text of each is the headline (-1: none)."""
    above: dict[Kind, list[str]] = defaultdict(list)
    below: dict[Kind, list[str]] = defaultdict(list)
    for block, head in zip(blocks, heads, strict=True):
        segments = block.segments
        if head < 0 or len(segments) == 1:
            continue
        beside = SIDE & ~segments[head].bits
        if (one := nearest(segments[head - 1 :: -1] if head else (), beside)) is not None and one.inside:
            above[kind(one)].append(one.text)
        if (one := nearest(segments[head + 1 :], beside)) is not None and one.link != OTHER_LINK:
            below[kind(one)].append(one.text)
    return Habits(
        kickers=frozenset(one for one, texts in above.items() if are_kickers(texts)),
        summaries=frozenset(one for one, texts in below.items() if are_summaries(texts)),
    )


def nearest(segments: Iterable[Segment], beside: int) -> Segment | None:
    """The first text that no name says to stand beside a headline; names around the headline itself say nothing."""
    for segment in segments:
        if segment.lettered and not segment.bits & beside:
            return None if segment.heading else segment
    return None


def are_kickers(texts: Sequence[str]) -> bool:
    """Whether texts above headlines are short, no sentences, and not mostly one: that names the kind ("Article")."""
    return (
        len(texts) >= LEAST
        and max(Counter(texts).values()) <= MOST_OFTEN * len(texts)
        and sum(map(words, texts)) <= LONGEST_MEAN * len(texts)
        and sum(map(is_sentence, texts)) <= MOST_SENTENCES * len(texts)
    )


def are_summaries(texts: Sequence[str]) -> bool:
    """Whether texts below headlines are mostly sentences, and not all the same."""
    return (
        len(texts) >= LEAST
        and len(set(texts)) > 1
        and sum(map(words, texts)) >= LEAST_MEAN * len(texts)
        and sum(map(is_sentence, texts)) >= LEAST_SENTENCES * len(texts)
    )
