"""The company of a mention on its page: what those beside it, those like it and all together say of it."""

import math
import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from scraper.links import Mention
from scraper.memo import Memo

NEIGHBOURS: Final = 4
ENOUGH: Final = 4  # alike for their mean to count in full
ENOUGH_SHAPE: Final = 8
MANY_KIN: Final = 20
WORDY: Final = 5  # words; at 4 and 7 f1 is .001 and .002 lower
LOGS: Final = 3.0  # brings the logarithms into the range of the other signs, for the fit's penalty
KEPT: Final = 65536  # addresses: most stand on a site's next capture again
COMPANY: Final = (
    "own", "kin", "kin count", "neighbours", "shape", "position", "likewise named", "likewise set",
)  # fmt: skip
PAGE: Final = ("upper quartile", "mentions", "likely stories")


class Group:
    """The scores of some mentions that have something in common."""

    __slots__ = ("count", "total")

    def __init__(self) -> None:
        self.total = 0.0
        self.count = 0

    def take(self, score: float) -> "Group":
        self.total += score
        self.count += 1
        return self

    def without(self, score: float, enough: int) -> float:
        """The mean of the others, weaker where they are few."""
        return (self.total - score) / max(self.count - 1, enough)


def within_bounds(score: float) -> float:
    return score if -5.0 < score < 5.0 else 5.0 if score > 0 else -5.0


def company(mentions: Sequence[Mention]) -> list[tuple[float, float, float, float, float, float, float, float]]:
    """For each mention, in the order of `COMPANY`: its own score; those of its kin (same path of names from the root),
    of its neighbours and of addresses of one shape; how far down it stands; those of the mentions that are named alike
    and of those that are set alike (in a heading of one level, inside or outside the link)."""
    kins: defaultdict[int, Group] = defaultdict(Group)
    shapes: defaultdict[str, Group] = defaultdict(Group)
    names: defaultdict[int, Group] = defaultdict(Group)
    levels: defaultdict[int, Group] = defaultdict(Group)
    running = [0.0]
    seen: list[tuple[float, Group, Group, Group, Group]] = []
    for mention in mentions:
        score = within_bounds(mention.own)
        place = mention.main.place
        kin = kins[place.path].take(score)
        shape = shapes[SHAPES[mention.target]].take(score)
        named = names[place.near].take(score)
        level = levels[mention.level if place.heading else -mention.level].take(score)
        seen.append((score, kin, shape, named, level))
        running.append(running[-1] + score)
    rows = []
    total = len(seen)
    for number, (score, kin, shape, named, level) in enumerate(seen):
        low = number - NEIGHBOURS if number > NEIGHBOURS else 0
        high = number + NEIGHBOURS + 1 if number + NEIGHBOURS < total else total
        rows.append(
            (
                score,
                kin.without(score, ENOUGH),
                (kin.count - 1) / MANY_KIN if kin.count <= MANY_KIN else 1.0,
                (running[high] - running[low] - score) / (high - low - 1 or 1),
                shape.without(score, ENOUGH_SHAPE),
                number / total,
                named.without(score, ENOUGH),
                level.without(score, ENOUGH),
            )
        )
    return rows


def page_signs(mentions: Sequence[Mention]) -> tuple[float, float, float]:
    """How high the best quarter of the page's wordy mentions scores, how many mentions and how many likely ones it has.

    In the order of `PAGE`; all of the page's mentions share them. What is little on one page is much on another:
    cross-validated f1 is .966 without them and the two groups that are alike, .980 with them.
    """
    wordy = sorted(within_bounds(mention.own) for mention in mentions if mention.words >= WORDY)
    likely = sum(mention.own > 0 for mention in mentions)
    best = wordy[len(wordy) * 3 // 4] if wordy else 0.0
    return best, math.log1p(len(mentions)) / LOGS, math.log1p(likely) / LOGS


def address_shape(target: str) -> str:
    """The path of an address as a pattern, and whether it has a query.

    "a" stands for letters, "9" for digits, "s" for those that hyphens join.
    """
    path, question, _ = target[8:].partition("/")[2].partition("?")
    return JOINED.sub("s", DIGITS.sub("9", LETTERS.sub("a", path))) + question


LETTERS: Final = re.compile(r"[^\W\d_]+")
DIGITS: Final = re.compile(r"\d+")
JOINED: Final = re.compile(r"[a9](?:[-_+%]+[a9])+")
SHAPES: Final = Memo(address_shape, KEPT)
