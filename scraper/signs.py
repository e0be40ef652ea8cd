"""The signs by which a mention is told to be a story: small whole numbers, each with a name in words."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from scraper.house import LONGEST, WORDS, is_house_address, is_house_text
from scraper.links import Mention
from scraper.memo import Memo
from scraper.places import PROSE
from scraper.text import has_letters, is_unspaced
from scraper.vocabulary import WORDS_IN, Word

# Words are counted finely where the labelled pages change their mind: 3 words are a story in .08 of links, 5 in .75.
WORD_STEPS: Final = (0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 13, 18, 25, 40)
LAST_STEP: Final = WORD_STEPS[-1]
MOST_WORDS: Final = len(WORD_STEPS) - 1
STEP_OF: Final = tuple(bisect_right(WORD_STEPS, count) - 1 for count in range(WORD_STEPS[-1] + 1))
DATE_IN_PATH: Final = re.compile(r"/(?:19|20)\d\d(?:[/_-]?[01]?\d(?:[/_-]?[0-3]?\d)?)?(?=[/_.-]|$)|/(?:19|20)\d{6}")
# Five digits, a UUID (RFC 9562) or a digest.
LONG_NUMBER: Final = re.compile(r"\d{5}|[\da-f]{8}-(?:[\da-f]{4}-){3}|[\da-f]{16}", re.IGNORECASE)
NUMBER: Final = re.compile(r"\d\d")
ESCAPE: Final = re.compile(r"%[\dA-F]{2}")  # RFC 3986, as a canonical address has it
DIGIT: Final = re.compile(r"\d")
# A key made by a machine, as 7zZnE0TXXnY, in which small letters, capitals and digits take turns. Of the links to one
# on the fictional pages, 700 of 711 lead to stories; in capitals alone, as on one labelled page, they are no sign.
KEY: Final = re.compile(r"(?:^|(?<=[-_]))(?=[A-Z\d]*[a-z])[A-Za-z\d]{8,}(?=\.\w+$|$)")
MIXED_KEY: Final = re.compile(r"(?=[a-z]*\d)(?=\d*[a-z])[a-z\d]{6,12}")  # dz3m2pk, no year
SHORT_KEY: Final = re.compile(r"(?=[a-z]*\d)[a-z\d]{4,12}")
AUTHOR: Final = re.compile(
    r"/(?:authors?|autor(?:en|es|i)?|auteurs?|autore|contributors?|writers?|journalists?|reporters?|redacteurs?|staff|by)/"
    r"(?:\d+/)?[^\W\d_]+(?:[-_.+][^\W\d_]+){0,3}/?$"
)
RUN: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
LEAST_RUNS: Final = 4
KEPT: Final = 65536  # addresses: most stand on a site's next capture again
PAGE_NAMES: Final = frozenset(["html", "htm", "shtml", "shtm", "php", "asp", "aspx", "jsp", "cms", "ece", "do"])
ADDRESS_NAMES: Final = (
    "root", "date", "long number", "number", "slug", "page name", "one part", "two parts", "deep", "slash", "query",
    "front of a section", "sister host", "other site", "of the house",
)  # fmt: skip
OF_A_STORY: Final = sum(1 << ADDRESS_NAMES.index(name) for name in ("date", "long number", "slug"))
TEXT_NAMES: Final = (
    "cut off", "arrow", "question", "quote", "colon", "number", "capitals", "hash", "unspaced", "lower start", "price",
    "no letters", "house", "label only", "of the house",
)  # fmt: skip
LABEL_ONLY: Final = 1 << TEXT_NAMES.index("label only")


def address_signs(target: str, site: str) -> int:  # noqa: C901 - one flat list
    """What a canonical address looks like, as bits of `ADDRESS_NAMES`; hosts are compared with what `home_of` gives."""
    host, slash, path = target[8:].partition("/")
    path, question, query = path.partition("?")
    inner = path.strip("/")
    depth = inner.count("/") + 1 if inner else 0
    last = inner.rpartition("/")[2]
    slug = is_slug(last) or is_slug(query) or is_slug_before_key(inner, last)
    bits = DEPTH_BITS[min(5, depth)]
    number = False
    if DIGIT.search(path) or (query and DIGIT.search(query)):
        if DATE_IN_PATH.search(slash + path):
            bits |= 1 << 1
        number = bool(LONG_NUMBER.search(path) or (query and LONG_NUMBER.search(query)) or is_opaque(last))
        if number:
            bits |= 1 << 2
        elif NUMBER.search(ESCAPE.sub("", last)) or (query and NUMBER.search(query)):
            bits |= 1 << 3
    if slug:
        bits |= 1 << 4
    if "." in last and last.rpartition(".")[2].lower() in PAGE_NAMES:
        bits |= 1 << 5
    if path.endswith("/"):
        bits |= 1 << 9
    if question:
        bits |= 1 << 10
    elif not inner:
        bits |= 1 << 0
    elif not slug and not number and len(last) < 20:
        bits |= 1 << 11
    if site and host != site:
        if domain(host) != domain(site):
            bits |= 1 << 13
        elif site[0] != ".":
            bits |= 1 << 12
    if is_house_address("" if host == site.lstrip(".") else host, path):
        bits |= 1 << 14
    return bits


DEPTH_BITS: Final = (0, 1 << 6, 1 << 7, 0, 0, 1 << 8)


def is_opaque(text: str) -> bool:
    """Whether a part of an address ends with a key made by a machine."""
    key = KEY.search(text)
    return key is not None and len(RUN.findall(key[0])) >= LEAST_RUNS and DIGIT.search(key[0]) is not None


def is_slug(text: str) -> bool:
    """Whether a part of an address is a headline put into hyphens, or one in another script."""
    return text.count("-") + text.count("_") + text.count("+") >= 3 or text.count("%") >= 8


def is_of_author(target: str) -> bool:
    """Whether an address, also as printed, is the page of somebody who wrote: /authors/rae-nolan, /by/12/ann-lee/."""
    return AUTHOR.search(target) is not None


def is_slug_before_key(path: str, last: str) -> bool:
    """Whether an address ends with a headline put into hyphens and a short key of digits, or of digits and letters."""
    if SHORT_KEY.fullmatch(last) is None:
        return False
    before = path[: -len(last)].rstrip("/").rpartition("/")[2]
    return is_slug(before) or (MIXED_KEY.fullmatch(last) is not None and before.count("-") + before.count("_") >= 2)


def folder_words(target: str) -> int:
    """The words in the host and the folders of a canonical address, and in its last part where that is one word."""
    path = target[8:].partition("?")[0]
    folder, _, last = path.rpartition("/")
    return WORDS_IN[path if len(last) < 20 and not is_slug(last) else folder]


FOLDER_WORDS: Final = Memo(folder_words, KEPT)


@lru_cache(maxsize=1024)
def domain(host: str) -> str:
    """The part of a host that its owner registered, near enough: two labels, three where the second last is short."""
    labels = host.split(":")[0].split(".")
    return ".".join(labels[-3:] if len(labels) > 2 and len(labels[-2]) <= 3 and len(labels[-1]) == 2 else labels[-2:])


def text_signs(text: str) -> int:  # noqa: C901 - as above
    """What a link's text looks like, as bits of `TEXT_NAMES`."""
    if not text:
        return 0
    first, last = text[0], text[-1]
    colon = ": " in text
    bits = 0
    if last == "…" or (last == "." and text.endswith("...")):
        bits |= 1 << 0
    elif last in "›→>" or (last == "»" and first != "«"):  # else it closes a quotation
        bits |= 1 << 1
    if "?" in text:
        bits |= 1 << 2
    if first in "\"'“”‘„«»《「『" or (colon and last in "\"'”’“»"):
        bits |= 1 << 3
    if colon:
        bits |= 1 << 4
    if DIGIT.search(text):
        bits |= 1 << 5
    if first == "#":
        bits |= 1 << 7
    elif first.islower():
        bits |= 1 << 9
    elif len(text) > 3 and text.isupper():
        bits |= 1 << 6
    if is_unspaced(text):
        bits |= 1 << 8
    if "$" in text or "€" in text or "%" in text or "£" in text:
        bits |= 1 << 10
    if not has_letters(text):
        bits |= 1 << 11
    if len(text) < LONGEST:
        if not WORDS.isdisjoint(text.lower().split()):
            bits |= 1 << 12
        if is_house_text(text):
            bits |= 1 << 14
    return bits


WORD_NAMES: Final = tuple((word.value, word.name) for word in Word)
PLACE: Final = ("around", "near", "prose")
FORM: Final = ("heading", "words", "links", "mentions")
ADDRESS: Final = ("address", "folder")
TEXT: Final = ("text",)
GROUPS: Final = (*PLACE, *FORM, *ADDRESS, *TEXT)


def signs(mention: Mention, site: str) -> tuple[int, ...]:
    """One number for each of `GROUPS`."""
    place, target = mention.main.place, mention.target
    return (
        *(place.around, place.near, place.around & PROSE > 0),
        *form_signs(mention),
        *(address_signs(target, site), FOLDER_WORDS[target]),
        text_signs(mention.text) | (0 if mention.printed else LABEL_ONLY),
    )


def form_signs(mention: Mention) -> tuple[int, int, int, int]:
    """The level and place of its heading, its words, its links and other mentions."""
    heading, main = mention.heading, mention.main
    level = 0
    if heading is not None:
        level = heading.level
        if main.place.heading is None:  # in the link, or beside it
            level += 10 if main.heading else 20
    links = mention.links
    shape = min(4, len(links))
    if not mention.printed or (len(links) > 1 and not all(link.text for link in links)):
        shape += 10
    words = STEP_OF[mention.words] if mention.words < LAST_STEP else MOST_WORDS
    return level, words + 20 if mention.unspaced else words, shape, min(4, mention.count)


def names(group: str, value: int) -> list[str]:
    """The sign's name in words: one for a number, one for each bit of a set."""
    if group in ("around", "near", "folder"):
        return [f"{group} {name}" for bit, name in WORD_NAMES if bit & value]
    if group == "address":
        return [f"address {name}" for place, name in enumerate(ADDRESS_NAMES) if value >> place & 1]
    if group == "text":
        return [f"text {name}" for place, name in enumerate(TEXT_NAMES) if value >> place & 1]
    return [f"{group} {int(value)}"]


WORDY: Final = 5
# Of all headlines. On pages with more that lead to sister hosts nearly all such are stories; with fewer they are shops
# and services. At .1 18 stories fewer are found on the fictional pages, and 4 links fewer that are none.
NETWORK: Final = 0.05
PORTAL: Final = 0.9  # from here the page has hardly another: the sign tells nothing apart, and the fit knows such pages


def home_of(mentions: Sequence[Mention], site: str, *, taught: bool = False) -> str:
    """The host from which others are other sites, or where many headlines lead to sister hosts their domain: ".home".

    "" on a page whose headlines mostly lead to other sites: there that says nothing. The fit is `taught` hosts alone:
    the sister hosts of the labelled pages are mostly those of four portals, on which half of such links are no stories.
    """
    wordy = [mention.target for mention in mentions if mention.words >= WORDY]
    own, home = f"https://{site}/", domain(site)
    elsewhere = [target for target in wordy if not target.startswith(own)]
    away = sum(domain(host_of(target)) != home for target in elsewhere)
    if 2 * away > len(wordy):
        return ""
    sister = len(elsewhere) - away
    return f".{home}" if not taught and NETWORK * len(wordy) < sister < PORTAL * len(wordy) else site


def host_of(target: str) -> str:
    return target[8:].partition("/")[0].partition("?")[0]
