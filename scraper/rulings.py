"""What overrules the model: titles and fronts of sections are no stories, recordings in a strip are some."""

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import islice
from statistics import median_low
from typing import Final

from scraper.links import LABEL_LENGTH, LIKELY, Links, Mention
from scraper.offers import ALL
from scraper.pictures import ELEMENTS
from scraper.places import lineage
from scraper.signs import ADDRESS_NAMES, FOLDER_WORDS, OF_A_STORY, address_signs, domain, host_of, is_of_author
from scraper.vocabulary import named

SAYING: Final = OF_A_STORY | sum(1 << ADDRESS_NAMES.index(name) for name in ("number", "query"))
TITLE_WORDS: Final = 2
LONGEST_TITLE: Final = 3  # words
LEAST_TITLES: Final = 4
# Addresses below that of a section's front. Of the links that were taken for stories on the labelled pages 16 have as
# many, and no story has two; but a story's comments and pictures may stand below it.
LEAST_BELOW: Final = 3
UNLIKELY: Final = -5.0  # log odds, below those of any candidate for the lead
SHOWN: Final = named("VIDEO GALLERY")
LABELS: Final = named("TAG KICKER")
HEADLINE: Final = named("HEADLINE")
CARD: Final = named("CARD")
CARD_HEIGHT: Final = 6  # elements from a link to its card
LONGEST_TOPIC: Final = 5  # words
UUID: Final = re.compile(r"[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}", re.IGNORECASE)  # RFC 9562; no slug
TOLD: Final = sum(1 << ADDRESS_NAMES.index(name) for name in ("date", "slug"))
LEAST_SHOWN: Final = 3  # words
LIFTED: Final = 0.0
LIKE_OTHERS: Final = 2.0  # log odds
LEAST_OWN: Final = -1.5  # log odds
CAROUSEL: Final = named("CAROUSEL")
NO_STORIES: Final = named("PROMO SERVICE FOOTER NAV")
OTHERS: Final = 1 << ADDRESS_NAMES.index("other site")
ALL_OF_IT: Final = re.compile(r"(?:一覧|もっと見る|더보기|查看更多)(?:は?こちら(?:から)?)?[ >»›＞]*$")


class Rulings:
    """The rulings on the mentions of one page; `site` is what `home_of` gives."""

    def __init__(self, mentions: Sequence[Mention], links: Links, site: str) -> None:
        self.titles = titles_of(mentions)
        self.below = links.below
        self.numbered = {mention.number: mention for mention in mentions}
        self.site = site

    def ruled(self, mention: Mention, score: float, *, has_kin: bool) -> float:
        """The score that stands."""
        if score > UNLIKELY and self.is_heading(mention):
            return UNLIKELY
        if has_kin and score < LIFTED and is_shown(mention):
            return LIFTED
        if has_kin and score < LIKE_OTHERS and self.is_slide(mention):
            return LIKE_OTHERS
        return score

    def is_slide(self, mention: Mention) -> bool:
        """Whether a link is a picture in a carousel that alone says the headline, which may be printed on it."""
        place = mention.main.place
        return (
            not mention.printed
            and mention.words >= LEAST_SHOWN
            and mention.own > LEAST_OWN
            and place.around & CAROUSEL > 0
            and not place.around & NO_STORIES
            and address_signs(mention.target, self.site) & TOLD > 0
            and not address_signs(mention.target, self.site) & OTHERS
            and is_pictured(mention)
        )

    def is_heading(self, mention: Mention) -> bool:
        """Whether a mention heads stories and is none."""
        return (
            self.below[mention.target.rstrip("/")] >= LEAST_BELOW
            or mention.number in self.titles
            or is_all_of_it(mention)
            or (mention.words <= TITLE_WORDS and ALL.fullmatch(mention.main.text) is not None)
            or is_title(mention, self.site)
            or is_paid(mention, self.site)
            or is_topic(mention, self.numbered.get(mention.number + 1), self.site)
            or (mention.heading is None and is_of_author(mention.target))
        )


def is_topic(mention: Mention, after: Mention | None, site: str) -> bool:
    """Whether a link of a few words is called a tag, right before what is called a headline, in the same card."""
    place = mention.main.place
    if mention.heading or mention.words > LONGEST_TOPIC or not place.bits & LABELS or place.wide & HEADLINE:
        return False
    if after is None or not (after.heading or after.main.place.wide & HEADLINE) or is_pictured(mention):
        return False
    if address_signs(UUID.sub("", mention.target), site) & TOLD:
        return False
    own = list(islice(lineage(place), CARD_HEIGHT))
    return any(step in own and step.bits & CARD for step in islice(lineage(after.main.place), CARD_HEIGHT))


def is_paid(mention: Mention, site: str) -> bool:
    """Whether a link that others pay for (HTML, link types) leads to their site."""
    sponsored = "sponsored" in (mention.main.place.node.attributes.get("rel") or "")
    return sponsored and domain(host_of(mention.target)) != domain(site)


def is_shown(mention: Mention) -> bool:
    """Whether a link of some words looks like a story's by itself and leads, with a picture, to one or to a recording.

    In a strip of such, 56 that their company takes for none are stories on the fictional pages, and no other link is.
    """
    return (
        mention.words >= LEAST_SHOWN
        and mention.own > LIKELY
        and FOLDER_WORDS[mention.target] & SHOWN > 0
        and is_pictured(mention)
    )


def is_pictured(mention: Mention) -> bool:
    """Whether one of its links holds a picture."""
    return any(link.place.node.css_first(ELEMENTS) is not None for link in mention.links)


def titles_of(mentions: Sequence[Mention]) -> set[int]:
    """The numbers of the mentions in headings of one form that mostly hold a word or two: the titles of sections.

    Of the links in four such or more, 399 on the labelled pages and 2,700 on the fictional ones, 6 lead to stories. A
    link with a picture is no title: of twelve such on the fictional pages, ten lead to stories.
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
        if mention.words <= LONGEST_TITLE and not is_pictured(mention)
    }


def is_all_of_it(mention: Mention) -> bool:
    """Whether a link alone offers all of a list: "トピックス一覧", "ニュース一覧はこちら"."""
    return mention.heading is None and ALL_OF_IT.search(mention.text) is not None and not is_pictured(mention)


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
