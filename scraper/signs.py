"""The signs by which a mention is told to be a story: small whole numbers, each with a name that a reader understands."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from scraper.links import Mention
from scraper.text import has_letters, is_unspaced
from scraper.vocabulary import Word, words_in

# Words are counted finely where the labelled pages change their mind: 3 words are a story in .31 of links, 5 in .77.
WORD_STEPS: Final = (0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 13, 18, 25, 40)
DATE_IN_PATH: Final = re.compile(r"/(?:19|20)\d\d(?:[/_-]?[01]?\d(?:[/_-]?[0-3]?\d)?)?(?=[/_.-]|$)|/(?:19|20)\d{6}")
LONG_NUMBER: Final = re.compile(r"\d{5,}")
NUMBER: Final = re.compile(r"\d{2,4}")
SLUG: Final = re.compile(r"[^/]*?(?:[-_+]|%20)[^/]*?(?:[-_+]|%20)[^/]*?(?:[-_+]|%20)[^/]*$|[^/]*(?:%[0-9A-F]{2}){8}")
PAGE_NAME: Final = re.compile(r"\.(?:s?html?|php|aspx?|jsp|cms|ece|do)$", re.I)
LISTING: Final = re.compile(
    r"/(?:tags?|topics?|thema|themen|category|categories|categoria|authors?|autor(?:en)?|people|search|suche|profile|contributors?|by|staff|user|members?|"
    r"archives?|about|contact|kontakt|impressum|privacy|datenschutz|terms|help|faq|jobs|careers|advertis\w+|subscribe|subscriptions?|abo|newsletters?|login|signin|register|rss|feeds?|"
    r"apps?|mobile|shop|store|tickets?|events?|schedule|programm?s?|weather|wetter|horoscopes?|games?|crosswords?|puzzles|lottery|tv-?guide)(?:[/.-]|$)",
    re.I,
)
MEDIA: Final = re.compile(
    r"/(?:videos?|watch|galler(?:y|ies)|photos?|slideshows?|pictures?|fotos?|fotostrecken?|bilder|multimedia|podcasts?|audio|live|interactives?)(?:[/.-]|$)|[/.]video",
    re.I,
)
ADDRESS_PARTS: Final = re.compile(r"https://([^/?#]*)([^?#]*)(\?.*)?")


@lru_cache(maxsize=8192)
def address_signs(target: str, site: str) -> int:
    """What a canonical address looks like, as bits of `ADDRESS_NAMES`."""
    found = ADDRESS_PARTS.match(target)
    if not found:
        return 0
    host, path, query = found[1], found[2], found[3] or ""
    inner = path.strip("/")
    depth = inner.count("/") + 1 if inner else 0
    last = inner.rpartition("/")[2]
    slug = SLUG.match(last) is not None or SLUG.search(query) is not None
    number = LONG_NUMBER.search(path) or LONG_NUMBER.search(query)
    bits = 0
    for place, sign in enumerate(
        (
            not inner and not query,
            DATE_IN_PATH.search(path),
            number,
            not number and NUMBER.search(last + query),
            slug,
            PAGE_NAME.search(last),
            depth == 1,
            depth == 2,
            depth >= 5,
            path.endswith("/"),
            query,
            LISTING.search(path),
            MEDIA.search(path),
            inner and not slug and not number and len(last) < 20 and not query,
            site and host != site and domain(host) == domain(site),
            site and domain(host) != domain(site),
        )
    ):
        if sign:
            bits |= 1 << place
    return bits


@lru_cache(maxsize=8192)
def folder_words(target: str) -> int:
    """The words in the host and the folders of a canonical address."""
    return words_in(target[8:].partition("?")[0].rpartition("/")[0].replace("/", " ").replace("_", " "))


ADDRESS_NAMES: Final = (
    "root",
    "date",
    "long number",
    "number",
    "slug",
    "page name",
    "one part",
    "two parts",
    "deep",
    "slash",
    "query",
    "listing",
    "media",
    "front of a section",
    "sister host",
    "other site",
)


@lru_cache(maxsize=1024)
def domain(host: str) -> str:
    """The part of a host that its owner registered, near enough: two labels, three where the second last is short."""
    labels = host.split(":")[0].split(".")
    return ".".join(labels[-3:] if len(labels) > 2 and len(labels[-2]) <= 3 and len(labels[-1]) == 2 else labels[-2:])


TEXT_NAMES: Final = (
    "empty",
    "cut off",
    "arrow",
    "question",
    "quote",
    "colon",
    "number",
    "capitals",
    "hash",
    "unspaced",
    "lower start",
    "price",
    "no letters",
    "house",
    "label only",
)
# What a paper says of itself: subscriptions, newsletters, apps, feeds.
HOUSE: Final = re.compile(
    r"subscri|sign up|newsletter|\brss\b|\bwidgets?\b|e-?paper|abonn|\babo\b|download (?:it|our|the)|follow us|\bapps?\b|sweepstake|gewinnspiel|advertise|"
    r"suscr|assin|iscriviti|подпис|订阅|訂閱|مشترك",
    re.I,
)


LABEL_ONLY: Final = TEXT_NAMES.index("label only")


@lru_cache(maxsize=8192)
def text_signs(text: str) -> int:
    """What a link's text looks like, as bits of `TEXT_NAMES`."""
    if not text:
        return 0
    bits = 0
    first = text[0]
    for place, sign in enumerate(
        (
            False,
            text.endswith(("…", "...")),
            text[-1] in "»›→>",
            "?" in text,
            first in "\"'“”‘„«»《「『" or ": " in text and text[-1] in "\"'”’“»",
            ": " in text,
            any(map(str.isdigit, text)),
            text.isupper() and len(text) > 3,
            first == "#",
            is_unspaced(text),
            first.islower(),
            "$" in text or "€" in text or "%" in text or "£" in text,
            not has_letters(text),
            HOUSE.search(text),
        )
    ):
        if sign:
            bits |= 1 << place
    return bits


def step(count: int, steps: tuple[int, ...]) -> int:
    """The highest step that a count reaches."""
    for place in range(len(steps) - 1, 0, -1):
        if count >= steps[place]:
            return place
    return 0


GROUPS: Final = ("around", "near", "heading", "words", "links", "address", "folder", "text", "mentions", "prose")


def signs(mention: Mention, site: str) -> tuple[int, ...]:
    """One number for each of `GROUPS`."""
    link = mention.main
    place = link.place
    parent = place.parent
    near = place.bits
    if parent is not None:
        near |= parent.bits
        if parent.parent is not None:
            near |= parent.parent.bits
    heading = mention.heading
    level = int(heading.tag[1]) if heading else 0
    if heading and place.heading is None:
        level += 10 if link.heading else 20
    empty = any(not other.text for other in mention.links)
    count = len(mention.links)
    unspaced = is_unspaced(mention.text)
    return (
        place.around,
        near,
        level,
        step(mention.words, WORD_STEPS) + (20 if unspaced else 0),
        min(count, 4) + (10 if empty else 0),
        address_signs(mention.target, site),
        folder_words(mention.target),
        text_signs(mention.text) | (0 if link.text else 1 << LABEL_ONLY),
        min(mention.count, 4),
        int(place.prose),
    )


def names(group: str, value: int) -> list[str]:
    """The sign's name in words: one for a number, one for each bit of a set."""
    if group in ("around", "near", "folder"):
        return [f"{group} {word.name}" for word in Word if word.value & value]
    if group == "address":
        return [f"address {name}" for place, name in enumerate(ADDRESS_NAMES) if value >> place & 1]
    if group == "text":
        return [f"text {name}" for place, name in enumerate(TEXT_NAMES) if value >> place & 1]
    return [f"{group} {value}"]


WORDY: Final = 5


def home_of(mentions: Sequence[Mention], site: str) -> str:
    """The site's host, or "" on a page whose headlines mostly lead to other sites: there that says nothing."""
    wordy = [mention.target for mention in mentions if mention.words >= WORDY]
    away = sum(domain(ADDRESS_PARTS.match(target)[1]) != domain(site) for target in wordy)
    return "" if 2 * away > len(wordy) else site
