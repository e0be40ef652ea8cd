"""A text without what is printed with it and is none of it: when, by whom, how long, how often read, and "more"."""

import re
from typing import Final

from scraper.text import words

LONGEST_BYLINE: Final = 14  # words
BY: Final = re.compile(r"^(?:by|von|por|par|di|door|av|af|от|автор)\s+\S", re.IGNORECASE)
# The same behind the last sentence of a summary, in an element that nothing tells from it.
BY_BEHIND: Final = re.compile(r"(?<=[.!?…\"”“»]) ((?:By|Von|Por|Par|Di|Door|Av|Af|От) [^\W\d_a-zà-öø-ÿа-я][^.!?]*)$")
# And before its first.
BY_FIRST: Final = re.compile(
    r"((?i:by|von|por|par|di|door|av|af|от) (?:[^\W\d_a-zà-öø-ÿа-я]\S* ){1,4})[-–—|] (?=[^\W\d_]|[\"“«„'’])"
)
# A kind of opinion and its author: "Ein Gastbeitrag von Ole Strombach".
OPINION_BY: Final = re.compile(
    r"(?i:(?:an?|eine?|un[ae]?|en|et) )?(?i:opinion|commentary|comment|column|analysis|review|essay|"
    r"kommentar|kolumne|gastbeitrag|gastkommentar|analyse|glosse|leitartikel|interview|reportage|tribune|chronique|"
    r"opinión|columna|análisis|artículo|opinião|coluna|análise|commento|opinione|analisi|opinie) "
    r"(?:by|von|por|par|di|door|de|av|af) [^\W\d_a-zà-öø-ÿ]"
)
LONGEST_TIME: Final = 8  # words
# A time or a date: 12:05, 22 mei 2013, May 23, 6:00 PM by
TIME: Final = re.compile(
    r"\d{1,2}[:.h][0-5]\d(?:\b|[ap]m)|\b(?:19|20)\d\d\b|\b(?:ago|vor \d|hace|il y a|geleden|час|мин)\b|\d\s*[分秒]|前$|"
    r"\d ?\w+\.? (?:siden|sedan|sitten|fa|temu|önce|trước|(?:yang )?lalu|назад)\b|\b(?:há|před|pre) \d|"
    r"^\d+ ?\S+ (?:тому|전|पहले|আগে|پیش)$|^(?:منذ|قبل|לפני|πριν(?: από)?) \d",
    re.IGNORECASE,
)
# How long ago, for short: 2h, 14m, 3 hrs. Not 3D, 5G.
AGE: Final = re.compile(r"\d{1,2} ?(?:[smhdw]|mins?|hrs?|std|uur)\.?")
CLOCK_TIME: Final = re.compile(r"\d[:.h]\d\d")
ONE_YEAR: Final = re.compile(r"\D*(?:19|20)\d\d\D*")  # and no other number
LEAST_PROSE: Final = 5  # words; of the fictional pages' summaries with a year or an "ago" 15 are such, and no date is
# A day by itself: 21 Sep, Sept. 21, 7日, 9月7日.
MONTHS: Final = (
    r"(?:jan|feb|mar|mär|apr|abr|avr|ma[giy]|maj|jun|jul|juin|juil|aug|ago|août|sep|set|okt|oct|ott|out|nov|dec|dez|"
    r"déc|dic|ene|gen|fév|giu|lug|янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)\w{0,7}\.?"
)
DAY: Final = re.compile(rf"\d{{1,2}}\.? {MONTHS}|{MONTHS} \d{{1,2}}|(?:\d{{1,2}}月)?\d{{1,2}}日", re.IGNORECASE)
# A day as a page's heading: Wednesday, September 12th, 2012.
DATED: Final = re.compile(
    rf"(?:[^\W\d]+,? )?(?:\d{{1,2}}\.? (?:de )?{MONTHS}|{MONTHS} \d{{1,2}}(?:st|nd|rd|th)?)(?:,? (?:de )?\d{{4}})?",
    re.IGNORECASE,
)
OF_A_MONTH: Final = re.compile(rf"\d\.? (?:de )?{MONTHS}|\b{MONTHS}(?: de|,)? \d", re.IGNORECASE)
# When a text was written, printed before it.
CLOCK: Final = re.compile(
    r"(?:(?i:updated|posted|published):? (?:at )?)?"
    r"\d{1,2}[:.h][0-5]\d(?: ?(?:uur|uhr|[ap]m|[ap]\.m\.))?(?: ?[-–—|:·])? (?=[^\W\d]|[«“„\"'’])"
)
CLOCK_BEHIND: Final = re.compile(
    r"(?<=[.!?…\"”“»]) (?:updated:? )?"
    r"(?:\d{1,2}[:.]\d{2}(?: ?[ap]\.?m\.?| uhr)?|\d{1,2} (?:min(?:ute)?|hour|day)s? ago)$",
    re.IGNORECASE,
)
BRACKETED_CLOCK: Final = re.compile(r"^[\[(（]\d{1,2}[:：.]\d{2}[\])）]\s*")
# How often a story was read or answered, printed behind its headline; not a year or an age.
VIEWS: Final = re.compile(r" ?[(（](?!(?:19|20)\d\d[)）])\d[\d,.]{2,}[)）]$")
# How long a recording takes, printed behind its headline or summary: (2:34), (5m 12s).
LASTING: Final = re.compile(
    r" ?[(（\[](?:\d{1,3}(?::\d\d){1,2}|\d{1,3} ?m(?:in\.?)?(?: ?\d{1,2} ?s)?)[)）\]]$", re.IGNORECASE
)
# What a topic or a name is printed with: "Science / 4h", "Politik | 12:05 Uhr".
STAMP: Final = re.compile(
    r"\s*[/|·•]\s*(?:\d{1,2}[:.h]\d{2}(?: ?[ap]\.?m\.?| uhr)?|"
    r"\d{1,2} ?(?:[smhdw]|mins?|minutes?|hrs?|hours?|days?|std|stunden?|minuten?|heures?|horas?|uur|ч|мин|минуты?|"
    r"часа?|часов|menit|jam|hari|dakika|saat|phút|giờ)"
    r"\.?(?: ago| geleden| fa| назад|(?: yang)? lalu| önce| trước)?)$",
    re.IGNORECASE,
)
# The end of a summary that leads on to the story, after a sentence, a line or in brackets: "mehr", "[Read more]".
LED_ON: Final = re.compile(
    r"(?:(?<=[.!?…\"”“»])\s+|\s*[\[|]\s*)(?:read more|more|full story|mehr|weiterlesen|(?:lees )?meer|"
    r"lire (?:la suite|plus)|leer más|leia mais|saiba mais|continua|leggi(?: tutto)?|læs mere|läs mer|les mer|"
    r"czytaj więcej|více|подробнее|далее|devamı)[\s\]»›>…]*$",
    re.IGNORECASE,
)
# For whom a story is, printed before its topic: "Premium Chemie".
OFFERED: Final = re.compile(r"^(?:premium|abo) (?=[^\W\d_])", re.IGNORECASE)


MARKED: Final = frozenset(">›»▸►▶→")
MARKS: Final = re.compile(r"^(?:[>›»▸►▶→]+\s+)+(?=\S)|(?<=\S)(?:\s+[>›»▸►▶→]+)+$")


def headline(text: str) -> str:
    """A headline without the time before it, and without how often it was read and how long it takes behind it.

    Nor with the marks that lead on to the story, "> " and " »"; beside "«" they are quotes.
    """
    text = LASTING.sub("", VIEWS.sub("", BRACKETED_CLOCK.sub("", text)))
    marked = text[:1] in MARKED or text[-1:] in MARKED
    return MARKS.sub("", text) if marked and "«" not in text else text


def topic(text: str) -> str:
    """A topic without for whom the story is."""
    return OFFERED.sub("", text)


def unstamped(text: str) -> str:
    """A topic or a name without the time behind it."""
    return STAMP.sub("", text)


def summary(text: str) -> tuple[str, str]:
    """A summary and who wrote it, which may stand before its first sentence or behind its last."""
    text = LASTING.sub("", LED_ON.sub("", without_clock(text))).rstrip(" •·|")
    if first := BY_FIRST.match(text):
        return text[first.end() :], first[1].rstrip()
    found = BY_BEHIND.search(text)
    if found is None or words(found[1]) > LONGEST_BYLINE:
        return text, ""
    return text[: found.start()], found[1]


def without_clock(text: str) -> str:
    """A text without when it was written, before it or behind its last sentence."""
    if found := CLOCK.match(text):
        text = text[found.end() :]
    return CLOCK_BEHIND.sub("", text)


def is_prose(text: str, count: int) -> bool:
    """Whether a text of some words that names a time is more than a date: "The plant will close in 2013"."""
    if count < LEAST_PROSE or CLOCK_TIME.search(text) or OF_A_MONTH.search(text):
        return False
    return text.endswith(".") or ONE_YEAR.fullmatch(text) is not None


def says_by(text: str, count: int, *, above: bool) -> bool:
    """Whether a text says by whom, and is no sentence that begins with such a word: "Por primera vez ...".

    Above the headline the kind of an opinion is its kicker, whoever is named with it.
    """
    told = BY.match(text) is not None or (not above and OPINION_BY.match(text) is not None)
    return told and count <= LONGEST_BYLINE and not text.endswith((".", "!", "?"))
