"""The fitted weights, as data: which mentions are stories, which story leads, how sure that is."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from scraper.company import COMPANY, PAGE
from scraper.lead import LeadModel, margin
from scraper.links import LIKELY
from scraper.stories import StoryModel


@dataclass(frozen=True, kw_only=True, slots=True)
class Models:
    """All weights of one reader.

    `threshold` is the log odds from which a mention is a story, `possible` those from which it may still be the lead.
    `calibration` turns the lead's margin into a probability.
    """

    story: StoryModel
    lead: LeadModel
    threshold: float
    possible: float
    calibration: tuple[float, float]

    def confidence(self, scores: Sequence[float]) -> float:
        """The calibrated probability that the first candidate is the lead, by how far it is ahead of all others."""
        bias, slope = self.calibration
        return round(1 / (1 + math.exp(-(bias + slope * margin(scores)))), 2)


def models_of(weights: dict[str, Any]) -> Models:
    return Models(
        story=StoryModel(weights["story"], weights["company"]),
        lead=LeadModel(weights["lead"]),
        threshold=weights["threshold"],
        possible=weights["possible"],
        calibration=tuple(weights["calibration"]),
    )


UNFITTED: Final[dict[str, Any]] = {
    "story": {"bias": 0.0},
    "company": [0.0, 1.0] + [0.0] * (len(COMPANY) + len(PAGE) - 1),
    "lead": {},
    "threshold": LIKELY,
    "possible": -4.0,
    "calibration": [0.0, 1.0],
}
WEIGHTS: Final = Path(__file__).with_name("weights.json")
SHIPPED: Final = models_of(json.loads(WEIGHTS.read_text("utf-8")))
