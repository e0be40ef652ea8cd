"""Which mentions are stories: a linear model of each mention's own signs, then one of its company on the page."""

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from operator import attrgetter, mul
from statistics import median_low
from typing import Final

from scraper.blocks import block_of
from scraper.claims import Claims
from scraper.fields import headline_in
from scraper.links import LABEL_LENGTH, Links, Mention, entitle
from scraper.memo import Memo
from scraper.pictures import ELEMENTS
from scraper.places import PROSE, Place
from scraper.signs import (
    ADDRESS,
    ADDRESS_NAMES,
    FOLDER_WORDS,
    FORM,
    LABEL_ONLY,
    PLACE,
    TEXT,
    address_signs,
    form_signs,
    home_of,
    names,
    text_signs,
)
from scraper.text import tidy
from scraper.vocabulary import named

OUTSIDE: Final = named("NAV FOOTER")
ELSEWHERE: Final = named("NAV FOOTER HIDDEN POPULAR CLONE TICKER")
POOR_WORDS: Final = 3
PLAUSIBLE: Final = -2.0  # log odds below which a mention has no say in whose block an element is: 1 in 8
OF_A_STORY: Final = sum(1 << ADDRESS_NAMES.index(name) for name in ("date", "long number", "slug"))
SAYING: Final = OF_A_STORY | sum(1 << ADDRESS_NAMES.index(name) for name in ("number", "query"))
TITLE_WORDS: Final = 2
LONGEST_TITLE: Final = 3  # words
LEAST_TITLES: Final = 4
# Addresses below that of a section's front. Of the links that were taken for stories on the labelled pages 16 have as
# many, and no story has two; but a story's comments and pictures may stand below it.
LEAST_BELOW: Final = 3
SHOWN: Final = named("VIDEO GALLERY")
LEAST_SHOWN: Final = 3  # words
LIKELY: Final = -0.5  # log odds, as of what counts as a story
LIFTED: Final = 0.0
UNLIKELY: Final = -5.0  # log odds, below those of any candidate for the lead
NEIGHBOURS: Final = 4
ENOUGH: Final = 4  # alike for their mean to count in full
ENOUGH_SHAPE: Final = 8
MANY_KIN: Final = 20
WORDY: Final = 5  # words; at 4 and 7 f1 is .001 and .002 lower
LOGS: Final = 3.0  # brings the logarithms into the range of the other signs, for the fit's penalty
MOST_SITES: Final = 64
MOST_OF_SITE: Final = 2048  # addresses
KEPT: Final = 65536  # addresses and headlines: most stand on a site's next capture again
COMPANY: Final = (
    "own", "kin", "kin count", "neighbours", "shape", "position", "likewise named", "likewise set",
)  # fmt: skip
PAGE: Final = ("upper quartile", "mentions", "likely stories")


class StoryModel:
    """Weights by the names of signs (with `bias`), and those of the company (with the bias first).

    What each part of a mention's signs adds to the log odds of a story is kept: most are there again on the next page.
    """

    def __init__(self, own: dict[str, float], company: Sequence[float]) -> None:
        self.own = own
        self.company = company
        self.bias = own["bias"]
        self.label_only = self.sum_of(TEXT, LABEL_ONLY)
        self.places = Memo(self.place_weight, KEPT)
        self.forms = Memo(self.form_weight, KEPT)
        self.texts = Memo(self.text_weight, KEPT)
        self.addresses = Memo(self.addresses_seen_from, MOST_SITES)

    def sum_of(self, groups: Sequence[str], *values: int) -> float:
        """What the values of some groups of signs add."""
        return sum(
            self.own.get(name, 0.0) for group, value in zip(groups, values, strict=True) for name in names(group, value)
        )

    def place_weight(self, words: tuple[int, int]) -> float:
        around, near = words
        return self.sum_of(PLACE, around, near, around & PROSE > 0)

    def form_weight(self, form: tuple[int, int, int, int]) -> float:
        return self.sum_of(FORM, *form)

    def text_weight(self, text: str) -> float:
        return self.sum_of(TEXT, text_signs(text))

    def addresses_seen_from(self, site: str) -> Memo[str, float]:
        """The weights of addresses on the pages of a site."""
        return Memo(
            lambda target: self.sum_of(ADDRESS, address_signs(target, site), FOLDER_WORDS[target]), MOST_OF_SITE
        )

    def own_score(self, mention: Mention, site: str) -> float:
        """The log odds that a mention is a story, by itself."""
        place = mention.main.place
        return (
            self.bias
            + self.places[place.around, place.near]
            + self.forms[form_signs(mention)]
            + self.addresses[site][mention.target]
            + self.texts[mention.text]
            + (0.0 if mention.printed else self.label_only)
        )

    def weigh(self, links: Links, mentions: Sequence[Mention], site: str) -> list[Mention]:
        """Score every mention; the most prominent one of each target comes back, with its score in its company."""
        site = home_of(mentions, site)
        for mention in mentions:
            mention.own = self.own_score(mention, site)
        self.lend_headlines(links, mentions, site)
        prominent = most_prominent(mentions)
        bias, *weights = self.company
        bias += sum(map(mul, page_signs(prominent), weights[len(COMPANY) :]))
        first, second, third, fourth, fifth, sixth, seventh, eighth = weights[: len(COMPANY)]
        titles = titles_of(prominent)
        rows = company(prominent)
        for mention, (own, kin, kins, near, shape, down, name, level) in zip(prominent, rows, strict=True):
            mention.score = (
                bias
                + own * first
                + kin * second
                + kins * third
                + near * fourth
                + shape * fifth
                + down * sixth
                + name * seventh
                + level * eighth
            )
            if kins and mention.score < LIFTED and is_shown(mention):
                mention.score = LIFTED
            front = links.below[mention.target.rstrip("/")] >= LEAST_BELOW
            if mention.score > UNLIKELY and (front or is_title(mention, site) or mention.number in titles):
                mention.score = UNLIKELY
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
        for mention, heading, text in outside(links, plausible, claims):
            adopt(mention, heading, text)
            mention.own = self.own_score(mention, site)
        for number, mention in enumerate(plausible):
            if not mention.text:
                entitle(mention, headline_in(block_of(mention, number, links.places, claims)))
                mention.printed = bool(mention.text)
                mention.own = self.own_score(mention, site)


def outside(links: Links, plausible: Sequence[Mention], claims: Claims) -> Iterator[tuple[Mention, Place, str]]:
    """The headings outside links, each with the mention without a heading that it belongs to and its text.

    One that holds a link belongs to nobody else: it is the title of a section.
    """
    printed: dict[str, list[Mention]] = {}
    for mention in plausible:
        if mention.main.text:
            printed.setdefault(mention.text, []).append(mention)
    held = {link.place.heading: link.target for link in links.found if link.place.heading is not None}
    for heading in links.headings:
        if heading.link is None and (number := claims.around(heading)) >= 0:
            text = tidy(heading.node.text())
            mention = plausible[number]
            if mention.main.text and text in printed:
                # A link that prints the same words is a better owner than one that stands nearer.
                mention = min(printed[text], key=lambda other: abs(other.number - plausible[number].number))
            if text and mention.heading is None and held.get(heading, mention.target) == mention.target:
                yield mention, heading, text


def adopt(mention: Mention, heading: Place, text: str) -> None:
    """Let a mention without a heading have this one; its text too where the mention's own is poor."""
    mention.heading = heading
    if mention.words < POOR_WORDS or mention.text in text or not mention.main.text:
        entitle(mention, text)
        mention.printed = True


def is_shown(mention: Mention) -> bool:
    """Whether a link of some words looks like a story's by itself and leads, with a picture, to one or to a recording.

    In a strip of such, 56 that their company takes for none are stories on the fictional pages, and no other link is.
    """
    return (
        mention.words >= LEAST_SHOWN
        and mention.own > LIKELY
        and FOLDER_WORDS[mention.target] & SHOWN > 0
        and any(link.place.node.css_first(ELEMENTS) is not None for link in mention.links)
    )


def titles_of(mentions: Sequence[Mention]) -> set[int]:
    """The numbers of the mentions in headings of one form that mostly hold a word or two: the titles of sections.

    Of the links in four such or more, 399 on the labelled pages and 2,700 on the fictional ones, 6 lead to stories.
    """
    alike: defaultdict[tuple[int, str | None, str | None, bool], list[Mention]] = defaultdict(list)
    for mention in mentions:
        if mention.heading is not None:
            form = mention.level, mention.heading.names, mention.main.place.names, mention.unspaced
            alike[form].append(mention)
    return {
        mention.number
        for kin in alike.values()
        if len(kin) >= LEAST_TITLES and median_low(one.words for one in kin) <= TITLE_WORDS
        for mention in kin
        if mention.words <= LONGEST_TITLE
    }


def is_title(mention: Mention, site: str) -> bool:
    """Whether a text of a few letters leads to an address that says nothing of a story: the title of a list.

    Of the links that were taken for stories on the labelled and the fictional pages, 8 are such, and none is a story.
    """
    return (
        mention.words <= TITLE_WORDS
        and len(mention.text) < LABEL_LENGTH
        and mention.printed
        and not address_signs(mention.target, site) & SAYING
    )


def worth(mention: Mention) -> float:
    """How prominent a mention of a story is, against other mentions of the same story."""
    around = mention.main.place.around
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
    found: list[Mention] = []
    for mention in mentions:
        if mention.count == 1:
            found.append(mention)
            continue
        value = worth(mention)
        known = best.get(mention.target)
        if known is None or value > known[0]:
            best[mention.target] = (value, mention)
    found += [mention for _, mention in best.values()]
    return sorted(found, key=attrgetter("number"))


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
