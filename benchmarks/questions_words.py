"""Invented text whose words are as unevenly common as those of a language, so that search has as much to do."""

import random
from itertools import accumulate, product
from typing import Final

ONSETS: Final = (*"bdfghklmnprstvz", "br", "dr", "gl", "kr", "pl", "st", "tr")
RIMES: Final = (*"aeiou", "ai", "ei", "ou", "an", "en", "in", "on", "ar", "er", "or", "ul")
SYLLABLES: Final[tuple[str, ...]] = tuple(onset + rime for onset, rime in product(ONSETS, RIMES))
VOCABULARY: Final = 60_000
TOKENS: Final = 1_000_000
ZIPF_SHIFT: Final = 2.7  # Mandelbrot's: the commonest words are a little less common than Zipf's law has them


class Words:
    """A long invented text; headlines and summaries are cut out of it."""

    def __init__(self, *, tokens: int = TOKENS) -> None:
        chance = random.Random(1)  # always the same text
        self.by_rank = tuple(_word(rank) for rank in range(VOCABULARY))
        weights = list(accumulate(1 / (rank + ZIPF_SHIFT) for rank in range(VOCABULARY)))
        self._text = chance.choices(self.by_rank, cum_weights=weights, k=tokens)

    def cut(self, chance: random.Random, words: int) -> str:
        """So many words in a row, from anywhere in the text."""
        start = int(chance.random() * (len(self._text) - words))
        return " ".join(self._text[start : start + words])


def _word(rank: int) -> str:
    """The word of a rank: the commonest have one syllable, the rarest three."""
    letters = SYLLABLES[rank % len(SYLLABLES)]
    while rank := rank // len(SYLLABLES):
        letters += SYLLABLES[rank % len(SYLLABLES)]
    return letters
