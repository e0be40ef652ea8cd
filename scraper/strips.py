"""Strips above a front page, lines of what is live or breaking and rows of small cards: no page begins with them."""

import re
from collections.abc import Sequence
from typing import Final

from selectolax.lexbor import LexborNode

from scraper.kickers import element_before
from scraper.kinds import LIVE_TEXT
from scraper.links import LIKELY, Mention
from scraper.places import Place, words_below
from scraper.signs import FOLDER_WORDS
from scraper.standing import SPARE_CHARACTERS, Standing
from scraper.text import tidy
from scraper.vocabulary import Word, named

HIGHEST: Final = 4  # elements from a line to the strip that it is in
BREAKING: Final = re.compile(
    r"(?:breaking(?: news)?|just in|eil(?:meldung(?:en)?|\+*)|ultim['’ ]?ora|[uú]ltima hora|derni[eè]re minute|"
    r"flash info|alerte info|속보|速报|速報|快讯|快訊|срочно|عاجل|أخبار عاجلة|son dakika)\W*",
    re.IGNORECASE,
)
LEAST_CARDS: Final = 2  # of each kind of card two are candidates
LEAST_ROW: Final = 3  # cards
MOST_ROW: Final = 6  # more are a grid, which the lead may open
LEAD: Final = Word.LEAD.value
LIVE: Final = Word.LIVE.value
TICKER: Final = Word.TICKER.value
BESIDE: Final = named("NAV FOOTER ASIDE POPULAR TICKER PROMO SERVICE RELATED")


def mark_strips(found: Sequence[Standing]) -> None:
    """Have a bare line that leads to what is live, or is called breaking news, be a ticker where others are cards.

    It opens nothing: the page begins with what is below it.
    """
    if sum(standing.is_card for standing in found) < LEAST_CARDS:
        return
    levels = sorted(standing.level for standing in found if standing.level)
    above = True
    for standing in found:
        above = above and not (standing.is_card and standing.score > LIKELY)
        alone = 0 < standing.level == levels[0] and levels.count(standing.level) == 1
        is_large = alone or standing.size > 0 or standing.near & LEAD
        is_bare = not standing.is_card and not standing.with_related and not is_large
        if is_bare and (standing.near & TICKER or is_live(standing) or (above and is_breaking(standing))):
            withdraw(standing)


def is_live(standing: Standing) -> bool:
    """Whether the names of a link or its block, its text or its address say that it is live."""
    mention = standing.mention
    if FOLDER_WORDS[mention.target] & LIVE or LIVE_TEXT.search(mention.text):
        return True
    if LIVE_TEXT.search(tidy(standing.place.node.text())):
        return True
    return bool((words_below(mention.main.place, standing.place) | standing.place.bits) & LIVE)


def is_breaking(standing: Standing) -> bool:
    """Whether a line says first that it is breaking news, or the text right before it or its strip does."""
    step: LexborNode | None = standing.place.node
    if BREAKING.fullmatch(tidy(standing.place.node.text()).removesuffix(standing.mention.text).strip()):
        return True
    for _ in range(HIGHEST):
        if step is None or step.tag == "body":
            break
        title = element_before(step)
        while title is not None and title.tag == step.tag and not says_breaking(title):
            title = element_before(title)  # another line
        if title is not None:
            return says_breaking(title)
        step = step.parent
    return False


def says_breaking(title: LexborNode) -> bool:
    return BREAKING.fullmatch(tidy(title.text())) is not None


def mark_row(found: Sequence[Standing], mentions: Sequence[Mention], blocks: Sequence[Place]) -> None:
    """Have a row of small cards that a page begins with open nothing, where a story set larger comes right after it.

    The cards are alike and show a picture and a headline each; the larger one has a higher heading or a picture that is
    stated to be twice as wide.
    """
    shown = (one for one in found if (one.score > LIKELY or one.level > 0) and not one.around & BESIDE)
    first = next(shown, None)
    if first is None or first.score <= LIKELY or not is_small(first):
        return
    begin = mentions.index(first.mention)
    end = begin + 1
    while end < len(blocks) and blocks[end].path == first.place.path and mentions[end].level == first.level:
        end += 1
    if not LEAST_ROW <= end - begin <= MOST_ROW or end == len(blocks):
        return
    row = [standing for standing in found if standing.place.path == first.place.path]
    after = next((standing for standing in found if standing.mention is mentions[end]), None)
    if after is None or after.score <= LIKELY or not after.is_card or after.around & BESIDE:
        return
    if is_larger(after, row):
        for standing in row:
            withdraw(standing)


def is_small(standing: Standing) -> bool:
    """Whether a card shows a picture and a headline alone."""
    return standing.pictures > 0 and standing.spare <= SPARE_CHARACTERS and not standing.near & LEAD


def is_larger(standing: Standing, row: Sequence[Standing]) -> bool:
    """Whether a card is set larger than those of a row."""
    if 0 < standing.level < row[0].level:
        return True
    width = max(one.width for one in row)
    return standing.width >= 2 * width > 0 and (standing.level == 0 or standing.level <= row[0].level)


def withdraw(standing: Standing) -> None:
    """Have a candidate be a ticker that opens nothing: the page begins with what is below it."""
    standing.near |= TICKER
    standing.around |= TICKER
    standing.region = standing.headed_region = 1
    standing.opens = 0
