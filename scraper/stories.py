"""Which mentions are stories: a linear model of each mention's own signs, then one of its company on the page."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from operator import getitem, mul
from typing import Final

from scraper.blocks import block_of
from scraper.claims import Claims
from scraper.fields import headline_in
from scraper.links import Links, Mention, entitle
from scraper.places import Place
from scraper.signs import ADDRESS_NAMES, GROUPS, address_signs, home_of, names, signs
from scraper.text import tidy
from scraper.vocabulary import named

OUTSIDE: Final = named("NAV FOOTER")
ELSEWHERE: Final = named("NAV FOOTER HIDDEN POPULAR CLONE TICKER")
POOR_WORDS: Final = 3
PLAUSIBLE: Final = -2.0  # log odds below which a mention has no say in whose block an element is: 1 in 8
OF_A_STORY: Final = sum(1 << ADDRESS_NAMES.index(name) for name in ("date", "long number", "slug"))
NEIGHBOURS: Final = 4
KEPT: Final = 16384  # values of one group of signs
COMPANY: Final = ("own", "kin", "kin count", "neighbours", "family", "position")


class Weights(dict[int, float]):
    """What each value of one group of signs adds to the log odds of a story, worked out when it is first seen."""

    def __init__(self, group: str, own: dict[str, float]) -> None:
        super().__init__()
        self.group = group
        self.own = own

    def __missing__(self, value: int) -> float:
        if len(self) >= KEPT:
            self.clear()
        weight = self[value] = sum(self.own.get(name, 0.0) for name in names(self.group, value))
        return weight


class StoryModel:
    """Weights by the names of signs (with `bias`), and those of the company (with the bias first)."""

    def __init__(self, own: dict[str, float], company: Sequence[float]) -> None:
        self.own = own
        self.company = company
        self.bias = own["bias"]
        self.weights = [Weights(group, own) for group in GROUPS]

    def own_score(self, mention: Mention, site: str) -> float:
        """The log odds that a mention is a story, by itself."""
        return self.bias + sum(map(getitem, self.weights, signs(mention, site)))

    def weigh(self, links: Links, mentions: Sequence[Mention], site: str) -> list[Mention]:
        """Score every mention; the most prominent one of each target comes back, with its score in its company."""
        site = home_of(mentions, site)
        for mention in mentions:
            mention.own = self.own_score(mention, site)
        self.lend_headlines(links, mentions, site)
        prominent = most_prominent(mentions)
        bias, *weights = self.company
        for mention, row in zip(prominent, company(prominent), strict=True):
            mention.score = bias + sum(map(mul, row, weights))
        return prominent

    def lend_headlines(self, links: Links, mentions: Sequence[Mention], site: str) -> None:
        """Give mentions what stands outside their links, in their block: a heading, or where they print nothing a text.

        So a headline under an empty overlay link, or above a "read more", is its story's.
        """
        plausible = [
            mention
            for mention in mentions
            if mention.own > PLAUSIBLE or (not mention.text and address_signs(mention.target, site) & OF_A_STORY)
        ]
        claims = Claims(plausible)
        for mention, heading, text in outside(links.headings, plausible, claims):
            adopt(mention, heading, text)
            mention.own = self.own_score(mention, site)
        for number, mention in enumerate(plausible):
            if not mention.text:
                entitle(mention, headline_in(block_of(mention, number, links.places, claims)))
                mention.printed = bool(mention.text)
                mention.own = self.own_score(mention, site)


def outside(
    headings: Sequence[Place], plausible: Sequence[Mention], claims: Claims
) -> Iterator[tuple[Mention, Place, str]]:
    """The headings outside links, each with the mention without a heading that it belongs to and its text."""
    printed: dict[str, list[Mention]] = {}
    for mention in plausible:
        if mention.main.text:
            printed.setdefault(mention.text, []).append(mention)
    for heading in headings:
        if heading.link is None and (number := claims.around(heading)) >= 0:
            text = tidy(heading.node.text())
            mention = plausible[number]
            if mention.main.text and text in printed:
                # A link that prints the same words is a better owner than one that stands nearer.
                mention = min(printed[text], key=lambda other: abs(other.number - plausible[number].number))
            if text and mention.heading is None:
                yield mention, heading, text


def adopt(mention: Mention, heading: Place, text: str) -> None:
    """Let a mention without a heading have this one; its text too where the mention's own is poor."""
    mention.heading = heading
    if mention.words < POOR_WORDS or mention.text in text or not mention.main.text:
        entitle(mention, text)
        mention.printed = True


def worth(mention: Mention) -> float:
    """How prominent a mention of a story is, against other mentions of the same story."""
    around = mention.main.place.kin.around
    return (
        (0 if around & OUTSIDE else 4)
        + (0 if around & ELSEWHERE else 2)
        + (2 if mention.heading else 0)
        + (1.5 if POOR_WORDS <= mention.words <= 25 else 0)
        + 0.3 * min(len(mention.links), 3)
    )


def most_prominent(mentions: Sequence[Mention]) -> list[Mention]:
    """One mention of each target, in the order of the page."""
    best: dict[str, tuple[float, Mention]] = {}
    for mention in mentions:
        value = worth(mention)
        known = best.get(mention.target)
        if known is None or value > known[0]:
            best[mention.target] = (value, mention)
    return sorted((mention for _, mention in best.values()), key=lambda mention: mention.number)


class Mean:
    """The mean score of a group without the member asked for, weaker where the group is small."""

    __slots__ = ("count", "enough", "total")

    def __init__(self, enough: int) -> None:
        self.enough = enough
        self.total = 0.0
        self.count = 0

    def add(self, score: float) -> None:
        self.total += score
        self.count += 1

    def without(self, score: float) -> float:
        others = self.count - 1
        if not others:
            return 0.0
        enough = self.enough
        return (self.total - score) / others * min(others, enough) / enough


def company(mentions: Sequence[Mention]) -> Sequence[tuple[float, ...]]:
    """For each mention, in the order of `COMPANY`: its own score, those of its kin (same path of names from the root),
    of its neighbours and of its address family, and how far down it stands."""
    scores = [min(max(mention.own, -5.0), 5.0) for mention in mentions]
    kin: dict[int, Mean] = {}
    family: dict[str, Mean] = {}
    running = [0.0]
    likes: list[tuple[Mean, Mean]] = []
    for mention, score in zip(mentions, scores, strict=True):
        path, first = mention.main.place.kin.path, address_family(mention.target)
        like = kin.get(path) or kin.setdefault(path, Mean(4))
        relatives = family.get(first) or family.setdefault(first, Mean(8))
        like.add(score)
        relatives.add(score)
        likes.append((like, relatives))
        running.append(running[-1] + score)
    rows = []
    total = len(scores)
    for number, (score, (like, relatives)) in enumerate(zip(scores, likes, strict=True)):
        low = number - NEIGHBOURS if number > NEIGHBOURS else 0
        high = number + NEIGHBOURS + 1 if number + NEIGHBOURS < total else total
        rows.append(
            (
                score,
                like.without(score),
                (like.count - 1) / 20 if like.count < 21 else 1.0,
                (running[high] - running[low] - score) / (high - low - 1 or 1),
                relatives.without(score),
                number / total,
            )
        )
    return rows


@lru_cache(maxsize=65536)
def address_family(target: str) -> str:
    """Host and first folder of an address, where a site keeps one kind of page; of a page with a query, its name."""
    host, _, path = target[8:].partition("/")
    first, slash, _ = path.partition("/")
    if slash:
        return f"{host}/{first}"
    name, question, _ = path.partition("?")
    return f"{host}/{name}?" if question else host
