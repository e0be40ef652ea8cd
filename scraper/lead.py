"""The model that tells the lead: linear weights of how a story stands out, compared within a page."""

import math
from collections.abc import Sequence
from functools import lru_cache
from operator import mul
from typing import Final

from scraper.links import Mention
from scraper.prominence import VALUES
from scraper.signs import WORD_NAMES
from scraper.standing import Standing
from scraper.vocabulary import named

COPIED: Final = named("TICKER POPULAR")  # where stories are told once more
BESIDE: Final = 2  # mentions: a kicker's link may stand between picture and headline


class LeadModel:
    """Linear weights of the signs above; the sum is compared within a page."""

    def __init__(self, weights: dict[str, float]) -> None:
        self.weights = weights
        self.dense = [weights.get(name, 0.0) for name in VALUES]
        self.bits = lru_cache(maxsize=8192)(self.bits_weight)

    def bits_weight(self, prefix: str, bits: int) -> float:
        return sum(self.weights.get(f"{prefix} {name}", 0.0) for bit, name in WORD_NAMES if bit & bits)

    def score(self, standing: Standing) -> float:
        seen: float = sum(map(mul, self.dense, standing.values))
        return (
            self.bits("near", standing.near)
            + self.bits("around", standing.around)
            + self.bits("opens", standing.opens)
            + seen
        )

    def contributions(self, standing: Standing) -> dict[str, float]:
        """What each sign adds to the score."""
        found: dict[str, float] = {}
        for prefix, bits in (("near", standing.near), ("around", standing.around), ("opens", standing.opens)):
            for bit, name in WORD_NAMES:
                if bit & bits:
                    found[f"{prefix} {name}"] = self.weights.get(f"{prefix} {name}", 0.0)
        for name, weight, value in zip(VALUES, self.dense, standing.values, strict=True):
            if value:
                found[name] = weight * value
        return found


def foremost(ranked: Sequence[Standing]) -> list[Standing]:
    """The best of each story, the best first: the same story elsewhere on the page is no rival."""
    best: dict[str, Standing] = {}
    for standing in ranked:
        best.setdefault(standing.mention.target, standing)
    return list(best.values())


def printed_beside(best: Standing, ranked: Sequence[Standing]) -> Mention:
    """The mention that prints the headline: another of the story's right beside one that is a picture alone."""
    own = best.mention
    if own.printed:
        if not best.around & COPIED:
            return own
        full = (one for one in ranked if one.mention.target == own.target and not one.around & COPIED)
        return next((one.mention for one in full if one.mention.printed and one.is_card), own)
    others = (standing.mention for standing in ranked if standing.mention.target == own.target)
    return next((one for one in others if one.printed and abs(one.number - own.number) <= BESIDE), own)


def margin(scores: Sequence[float]) -> float:
    """How far the first of the scores, the highest, is ahead of all others together, in log odds."""
    others = sum(math.exp(min(score - scores[0], 0.0)) for score in scores[1:])
    return -math.log(max(others, 1e-3))
