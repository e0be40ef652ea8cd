"""Strips above a front page: a bare line that leads to what is live is no story that the page begins with."""

from collections.abc import Sequence
from typing import Final

from scraper.kinds import LIVE_TEXT
from scraper.places import words_below
from scraper.signs import FOLDER_WORDS
from scraper.standing import Standing
from scraper.text import tidy
from scraper.vocabulary import Word

LEAST_CARDS: Final = 2  # of each kind of card two are candidates
LEAD: Final = Word.LEAD.value
LIVE: Final = Word.LIVE.value
TICKER: Final = Word.TICKER.value


def mark_strips(found: Sequence[Standing]) -> None:
    """Have a bare line that leads to what is live be a ticker, as breaking news are, where others are cards.

    It opens nothing: the page begins with what is below it.
    """
    if sum(standing.is_card for standing in found) < LEAST_CARDS:
        return
    levels = sorted(standing.level for standing in found if standing.level)
    for standing in found:
        alone = 0 < standing.level == levels[0] and levels.count(standing.level) == 1
        is_large = alone or standing.size > 0 or standing.near & LEAD
        if not standing.is_card and not standing.with_related and not is_large and is_live(standing):
            standing.near |= TICKER
            standing.around |= TICKER
            standing.region = standing.headed_region = 1
            standing.opens = 0


def is_live(standing: Standing) -> bool:
    """Whether the names of a link or its block, its text or its address say that it is live."""
    mention = standing.mention
    if FOLDER_WORDS[mention.target] & LIVE or LIVE_TEXT.search(mention.text):
        return True
    if LIVE_TEXT.search(tidy(standing.place.node.text())):
        return True
    return bool((words_below(mention.main.place, standing.place) | standing.place.bits) & LIVE)
