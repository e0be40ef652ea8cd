"""Which mentions are stories: a linear model of each mention's own signs, then one of its company on the page."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from operator import attrgetter, mul
from typing import Final

from scraper.blocks import block_of
from scraper.claims import Claims
from scraper.company import COMPANY, company, page_signs
from scraper.fields import headline_in
from scraper.links import Links, Mention, entitle
from scraper.memo import Memo
from scraper.places import PROSE, Place, lineage
from scraper.rulings import Rulings
from scraper.signs import (
    ADDRESS,
    FOLDER_WORDS,
    FORM,
    LABEL_ONLY,
    OF_A_STORY,
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

NAV: Final = named("NAV")
TICKER: Final = named("TICKER")
TICKED_WORDS: Final = 5
OUTSIDE: Final = named("NAV FOOTER")
ELSEWHERE: Final = named("NAV FOOTER HIDDEN POPULAR CLONE TICKER")
POOR_WORDS: Final = 3
MOST_WORDS: Final = 40  # of a link over a whole card: headline and summary
PLAUSIBLE: Final = -2.0  # log odds below which a mention has no say in whose block an element is: 1 in 8
CARD_HEIGHT: Final = 8  # elements from a heading to its card
MOST_SITES: Final = 64
MOST_OF_SITE: Final = 2048  # addresses
KEPT: Final = 65536  # addresses and headlines: most stand on a site's next capture again


def is_ticked(place: Place) -> bool:
    """Whether an element stands in a ticker within a menu or a bar that is called one, not in a menu within it."""
    step: Place | None = place
    while step is not None and not step.bits & NAV:
        if step.bits & TICKER:
            return True
        step = step.parent
    return False


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
        around = place.around
        if around & NAV and mention.words >= TICKED_WORDS and is_ticked(place):
            around &= ~NAV
        return (
            self.bias
            + self.places[around, place.near]
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
        rulings = Rulings(prominent, links, site)
        rows = company(prominent)
        for mention, (own, kin, kins, near, shape, down, name, level) in zip(prominent, rows, strict=True):
            score = (
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
            mention.score = rulings.ruled(mention, score, has_kin=kins > 0)
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
    printed: defaultdict[str, list[Mention]] = defaultdict(list)
    empty: defaultdict[str, list[Mention]] = defaultdict(list)  # over cards, which may hold other stories' links
    for mention in plausible:
        (printed if mention.main.text else empty)[mention.text].append(mention)
    held = {link.place.heading: link.target for link in links.found if link.place.heading is not None}
    for heading in links.headings:
        text = tidy(heading.node.text())
        if heading.link is not None or not text:
            continue
        number = claims.around(heading)
        owner = plausible[number] if number >= 0 else next((one for one in empty[text] if is_over(one, heading)), None)
        if owner is not None and owner.main.text and printed[text]:
            # A link that prints the same words is a better owner than one that stands nearer.
            owner = nearest(printed[text], owner)
        if owner is not None and owner.heading is None and held.get(heading, owner.target) == owner.target:
            yield owner, heading, text


def is_over(mention: Mention, heading: Place) -> bool:
    """Whether a link stands in an element that is around a heading: over the card that it heads."""
    around = mention.main.place.parent
    return around is not None and any(step is around for step in islice(lineage(heading), CARD_HEIGHT))


def nearest(others: Sequence[Mention], mention: Mention) -> Mention:
    """The one of some, in the order of the page, that stands nearest to a mention; of two the first."""
    place = bisect_left(others, mention.number, key=attrgetter("number"))
    return min(others[max(0, place - 1) : place + 1], key=lambda other: abs(other.number - mention.number))


def adopt(mention: Mention, heading: Place, text: str) -> None:
    """Let a mention without a heading have this one; its text too where the mention's own is poor."""
    mention.heading = heading
    if mention.words < POOR_WORDS or mention.text in text or not mention.main.text:
        entitle(mention, text)
        mention.printed = True


def worth(mention: Mention) -> float:
    """How prominent a mention of a story is, against other mentions of the same story."""
    around = mention.main.place.around
    return (
        (0 if around & OUTSIDE else 4)
        + (0 if around & ELSEWHERE else 2)
        + (2 if mention.heading else 0)
        + (1.5 if POOR_WORDS <= mention.words <= MOST_WORDS else 0)
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
