"""What overrules the model: titles and fronts of sections are no stories, recordings in a strip are some."""

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import islice
from statistics import median_low
from typing import Final
from unicodedata import combining, normalize
from urllib.parse import unquote

from scraper.house import BEGINNINGS, WORDS, is_house_text
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
TOPIC: Final = re.compile(r"/(?:topics?|(?:hash)?tags?|etiquetas?|themen|temas)/[^/]+/?$", re.IGNORECASE)
UUID: Final = re.compile(r"[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}", re.IGNORECASE)  # RFC 9562; no slug
TOLD: Final = sum(1 << ADDRESS_NAMES.index(name) for name in ("date", "slug"))
LEAST_SHOWN: Final = 3  # words
LEAST_TOLD: Final = -2.0  # log odds
CHANNEL: Final = re.compile(r"https://(?:[\w-]+\.)*(?:web)?tv\.|https://[^/]+/(?:web)?tv/")
LIFTED: Final = 0.0
LIKE_OTHERS: Final = 2.0  # log odds
LEAST_OWN: Final = -1.5  # log odds
# A link whose address says its own words again is a story's: on 599 fictional pages 80 of 88 such of the paper's own
# are, of those that the model takes for none by no more than this.
TOLD_AGAIN: Final = -3.0  # log odds
LEAST_AGAIN: Final = -7.0  # of what a paper may say of itself
SAID_AGAIN: Final = 5  # words, one after the other
SUFFIX: Final = re.compile(r"\.\w{2,5}$")
SPELT: Final = re.compile(r"[^\W_]+")
APOSTROPHES: Final = str.maketrans("", "", "'’‘.")
CAROUSEL: Final = named("CAROUSEL")
NO_STORIES: Final = named("PROMO SERVICE FOOTER NAV")
SOLD: Final = named("PROMO SERVICE")
OUTSIDE: Final = named("NAV FOOTER")
SECTION_TITLE: Final = named("SECTION HEADLINE")
OF_THE_HOUSE: Final = 1 << ADDRESS_NAMES.index("of the house")
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
        if LEAST_AGAIN < score < LIFTED and self.is_told_again(mention, score):
            return LIFTED
        if has_kin and score < LIKE_OTHERS and self.is_slide(mention):
            return LIKE_OTHERS
        return score

    def is_told_again(self, mention: Mention, score: float) -> bool:
        """Whether an address of the paper, and of no service, says a link's words again, and it is no section's title.

        What a paper says of itself may be said of others too, by an address that says it again: "privacy policy".
        """
        target, text, place = mention.target, mention.text, mention.main.place
        if mention.words < LEAST_SHOWN or place.around & OUTSIDE or place.wide & SECTION_TITLE == SECTION_TITLE:
            return False
        if not says_again(target, text) or not (score > TOLD_AGAIN or is_house_text(text)):
            return False
        if text.lower().startswith(BEGINNINGS) or not WORDS.isdisjoint(text.lower().split()):
            return False
        return not (
            address_signs(target, self.site) & (OF_THE_HOUSE | OTHERS) or FOLDER_WORDS[target.rstrip("/")] & SOLD
        )

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
            or is_of_topic(mention)
        )


def says_again(target: str, text: str) -> bool:
    """Whether a part of an address begins with the first words of a text, behind a number if any."""
    said = spelt(text)
    if len(said) < SAID_AGAIN:
        return False
    for part in target[8:].partition("?")[0].split("/")[1:]:
        words = spelt(SUFFIX.sub("", unquote(part)))
        if len(words) > SAID_AGAIN and words[0].isdigit() and words[0] != said[0]:
            del words[0]
        if len(words) >= SAID_AGAIN and words[:SAID_AGAIN] == said[:SAID_AGAIN]:
            return True
    return False


def spelt(text: str) -> list[str]:
    """The words of a text as addresses have them, in small letters without accents."""
    letters = normalize("NFKD", text.translate(APOSTROPHES).lower())
    return SPELT.findall("".join(letter for letter in letters if not combining(letter)))


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


def is_of_topic(mention: Mention) -> bool:
    """Whether a few words that are no heading lead to all that there is on a topic: "Cost of living" in a bar."""
    return (
        mention.heading is None
        and mention.words <= LONGEST_TOPIC
        and not mention.unspaced
        and TOPIC.search(mention.target.partition("?")[0]) is not None
        and not is_pictured(mention)
    )


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
        and (
            (mention.own > LIKELY and FOLDER_WORDS[mention.target] & SHOWN > 0)
            or (mention.own > LEAST_TOLD and is_of_channel(mention.target))
        )
        and is_pictured(mention)
    )


def is_of_channel(target: str) -> bool:
    """Whether an address says what it tells and is one of a paper's own channel, tv.paper.example: no programme's."""
    return CHANNEL.match(target) is not None and address_signs(target, "") & TOLD > 0


def is_pictured(mention: Mention) -> bool:
    """Whether one of its links holds a picture."""
    return any(link.place.node.css_first(ELEMENTS) is not None for link in mention.links)


def titles_of(mentions: Sequence[Mention]) -> set[int]:
    """The numbers of the mentions in headings of one form that mostly hold a word or two: the titles of sections.

    Of the links in four such or more, 399 on the labelled pages and 2,700 on the fictional ones, 6 lead to stories. A
    link with a picture is no title: of twelve such on the fictional pages, ten lead to stories.
    """
    alike: defaultdict[tuple[int, str, str | None, bool], list[Mention]] = defaultdict(list)
    for mention in mentions:
        if mention.heading is not None:
            first = (mention.heading.names or "").partition(" ")[0]  # others say which section: "title title--world"
            form = mention.level, first, mention.main.place.names, mention.unspaced
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
