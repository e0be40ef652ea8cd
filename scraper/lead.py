"""The model that tells the lead: linear weights of how a story stands out, compared within a page."""

import math
from collections.abc import Sequence
from functools import lru_cache
from operator import mul

from scraper.prominence import VALUES
from scraper.signs import WORD_NAMES
from scraper.standing import Standing


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


def margin(scores: Sequence[float]) -> float:
    """How far the first of the scores, the highest, is ahead of all others together, in log odds."""
    others = sum(math.exp(min(score - scores[0], 0.0)) for score in scores[1:])
    return -math.log(max(others, 1e-3))
