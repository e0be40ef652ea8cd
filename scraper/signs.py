"""The signs by which a mention is told to be a story: small whole numbers, each with a name that a reader understands."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from scraper.links import Mention
from scraper.text import has_letters
from scraper.vocabulary import Word, words_in

# Words are counted finely where the labelled pages change their mind: 3 words are a story in .31 of links, 5 in .77.
WORD_STEPS: Final = (0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 13, 18, 25, 40)
STEP_OF: Final = tuple(bisect_right(WORD_STEPS, count) - 1 for count in range(WORD_STEPS[-1] + 1))
DATE_IN_PATH: Final = re.compile(r"/(?:19|20)\d\d(?:[/_-]?[01]?\d(?:[/_-]?[0-3]?\d)?)?(?=[/_.-]|$)|/(?:19|20)\d{6}")
LONG_NUMBER: Final = re.compile(r"\d{5}")
NUMBER: Final = re.compile(r"\d\d")
DIGIT: Final = re.compile(r"\d")
PAGE_NAMES: Final = frozenset(["html", "htm", "shtml", "shtm", "php", "asp", "aspx", "jsp", "cms", "ece", "do"])
ADDRESS_NAMES: Final = (
    "root", "date", "long number", "number", "slug", "page name", "one part", "two parts", "deep", "slash", "query",
    "front of a section", "sister host", "other site",
)  # fmt: skip
TEXT_NAMES: Final = (
    "cut off", "arrow", "question", "quote", "colon", "number", "capitals", "hash", "unspaced", "lower start", "price",
    "no letters", "house", "label only",
)  # fmt: skip
LABEL_ONLY: Final = 1 << TEXT_NAMES.index("label only")
# What a paper says of itself: subscriptions, newsletters, apps, feeds.
HOUSE: Final = (
    "subscri", "sign up", "newsletter", "rss feed", "widget", "e-paper", "epaper", "abonn", "download our", "download it",
    "follow us", "sweepstake", "gewinnspiel", "advertise", "suscr", "assine", "iscriviti", "подпис", "订阅", "訂閱",
)  # fmt: skip


def bits_of(signs: Sequence[object]) -> int:
    """One bit for each sign that is there, the first the lowest."""
    bits = 0
    bit = 1
    for sign in signs:
        if sign:
            bits |= bit
        bit <<= 1
    return bits


@lru_cache(maxsize=8192)
def address_signs(target: str, site: str) -> int:
    """What a canonical address looks like, as bits of `ADDRESS_NAMES`; hosts are compared with the site unless it is ""."""
    host, slash, path = target[8:].partition("/")
    path, question, query = path.partition("?")
    inner = path.strip("/")
    depth = inner.count("/") + 1 if inner else 0
    last = inner.rpartition("/")[2] if depth > 1 else inner
    slug = is_slug(last) or (question and is_slug(query))
    digits = DIGIT.search(path) or (question and DIGIT.search(query))
    number = digits and (LONG_NUMBER.search(path) or LONG_NUMBER.search(query))
    away = bool(site) and host != site and domain(host) != domain(site)
    return bits_of(
        (
            not inner and not question,
            digits and DATE_IN_PATH.search(slash + path),
            number,
            digits and not number and (NUMBER.search(last) or NUMBER.search(query)),
            slug,
            "." in last and last.rpartition(".")[2].lower() in PAGE_NAMES,
            depth == 1,
            depth == 2,
            depth >= 5,
            path.endswith("/"),
            question,
            inner and not slug and not number and len(last) < 20 and not question,
            bool(site) and host != site and not away,
            away,
        )
    )


def is_slug(text: str) -> bool:
    """Whether a part of an address is a headline put into hyphens, or one in another script."""
    return text.count("-") + text.count("_") + text.count("+") >= 3 or text.count("%") >= 8


def folder_words(target: str) -> int:
    """The words in the host and the folders of a canonical address, and in its last part where that is one word."""
    path = target[8:].partition("?")[0]
    folder, _, last = path.rpartition("/")
    return words_in(path if len(last) < 20 and not is_slug(last) else folder)


@lru_cache(maxsize=1024)
def domain(host: str) -> str:
    """The part of a host that its owner registered, near enough: two labels, three where the second last is short."""
    labels = host.split(":")[0].split(".")
    return ".".join(labels[-3:] if len(labels) > 2 and len(labels[-2]) <= 3 and len(labels[-1]) == 2 else labels[-2:])


def text_signs(text: str, unspaced: bool) -> int:
    """What a link's text looks like, as bits of `TEXT_NAMES`."""
    if not text:
        return 0
    first, last = text[0], text[-1]
    lower = text.lower()
    return bits_of(
        (
            last == "…" or text.endswith("..."),
            last in "»›→>",
            "?" in text,
            first in "\"'“”‘„«»《「『" or (last in "\"'”’“»" and ": " in text),
            ": " in text,
            DIGIT.search(text),
            len(text) > 3 and text.isupper(),
            first == "#",
            unspaced,
            first.islower(),
            "$" in text or "€" in text or "%" in text or "£" in text,
            not has_letters(text),
            len(text) < 80 and any(word in lower for word in HOUSE),
        )
    )


WORD_NAMES: Final = tuple((word.value, word.name) for word in Word)
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
    unspaced = mention.unspaced
    return (
        place.around,
        near,
        level,
        STEP_OF[min(mention.words, WORD_STEPS[-1])] + (20 if unspaced else 0),
        min(count, 4) + (10 if empty else 0),
        address_signs(mention.target, site),
        folder_words(mention.target),
        text_signs(mention.text, unspaced) | (0 if link.text else LABEL_ONLY),
        min(mention.count, 4),
        int(place.prose),
    )


def names(group: str, value: int) -> list[str]:
    """The sign's name in words: one for a number, one for each bit of a set."""
    if group in ("around", "near", "folder"):
        return [f"{group} {name}" for bit, name in WORD_NAMES if bit & value]
    if group == "address":
        return [f"address {name}" for place, name in enumerate(ADDRESS_NAMES) if value >> place & 1]
    if group == "text":
        return [f"text {name}" for place, name in enumerate(TEXT_NAMES) if value >> place & 1]
    return [f"{group} {value}"]


WORDY: Final = 5


def home_of(mentions: Sequence[Mention], site: str) -> str:
    """The site's host, or "" on a page whose headlines mostly lead to other sites: there that says nothing."""
    home = domain(site)
    wordy = [mention.target for mention in mentions if mention.words >= WORDY]
    away = sum(domain(host_of(target)) != home for target in wordy)
    return "" if 2 * away > len(wordy) else site


def host_of(target: str) -> str:
    return target[8:].partition("/")[0].partition("?")[0]
