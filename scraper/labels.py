"""What an element without stories prints as a label of those after it, and how far up from a story that reaches."""

import re
from collections.abc import Sequence
from typing import Final

from selectolax.lexbor import LexborNode

from scraper.bars import is_banner, is_bar, is_motto, is_sold, leads_elsewhere, lists_topics, shows_several
from scraper.links import HEADING, Links, first_link, printed_text
from scraper.marks import is_unseen
from scraper.offers import ALL, STATE
from scraper.places import HEADINGS, Places
from scraper.printed import Part, printed_parts
from scraper.signs import domain, host_of, is_slug
from scraper.tabs import CALLED_TAB
from scraper.text import has_letters, tidy, words
from scraper.trims import BY, DATED, DAY
from scraper.urls import absolute, canonical
from scraper.vocabulary import named

LIVE: Final = frozenset({"polite", "assertive"})  # what a page says as it happens, as do the roles (WAI-ARIA)
MESSAGES: Final = frozenset({"alert", "status", "marquee", "log"})
SENTENCE_ENDS: Final = (".", "!", "?", "。", "！", "？", "।", "؟")
LEAST_NAME: Final = 3  # letters
LEAST_NAMED: Final = 0.4  # of the letters of a heading that says the paper's name: "BBC News", but not "NDR Mediathek"
LONGEST_SECTION: Final = 7  # words; the longest labelled section heading has as many
# Elements above a story up to which a label reaches it: headings first of all; those that nothing but their place makes
# labels name 30 stories of the fictional pages at a third step, 25 of them rightly, and of the next 21 they name 16.
HIGHEST: Final = 12
TITLE_REACH: Final = 11
WEAK_REACH: Final = 3
NUMBERS: Final = re.compile(r"\d\D+\d")  # in a date, the weather, a market's figures
# A date beside a heading makes no box of its own.
DATE: Final = re.compile(
    r"(?:19|20)\d\d ?[-./年] ?\d{1,2} ?[-./月] ?\d{1,2}日?|\d{1,2}[-./] ?(?:\d{1,2}|[^\W\d]+)[-./] ?(?:19|20)\d\d|"
    r"\d{1,2}\.? [^\W\d]+\.?,? (?:19|20)\d\d|[^\W\d]+\.? \d{1,2}, (?:19|20)\d\d|"
    r"\d{1,2}月\d{1,2}日(?: ?\d{1,2}[:時]\d\d)?"
)
# Nor do a clock's time and a day of this year: "Updated 8:05 pm, Nov 29", "11/29(日) 20:05更新".
CLOCK: Final = re.compile(r"(?<!\d)\d{1,2}(?:[:.]\d\d| ?h ?\d\d|時\d\d)(?![\d%])|(?<!\d)\d{1,2}/\d{1,2}(?!\d)")
LONGEST_TEXT: Final = 400  # characters of an element that may still be a label with its links
# Characters that an element prints beside its title if that is what comes below it: those with more are boxes of their
# own (weather, sign-up). On the labelled pages headings with fewer are right for 102 of 111 stories, with more for 1 of
# 3; other titles with fewer for 41 of 48, with more for 5 of 8.
BESIDE_HEADING: Final = 60
BESIDE_TITLE: Final = 20
SOLD: Final = named("PROMO SERVICE")  # boxes of their own
HIDDEN: Final = named("HIDDEN")
AUTHOR: Final = re.compile(r"(?<![^\W_])(?:byline|authors?|autor(?:en|es|i)?|auteurs?)(?![^\W_])", re.IGNORECASE)
CALLED_TITLE: Final = named("HEADLINE HEADER")
TITLE: Final = named("HEADLINE SECTION KICKER HEADER")
SECTION_TITLE: Final = named("SECTION HEADLINE")
NOT_LABEL: Final = named("SOCIAL MORE TIME COMMENTS CAPTION PROMO SERVICE NAV")
SKIPPED: Final = frozenset({
    "script", "style", "template", "noscript", "br", "hr", "svg", "form", "img", "picture", "button",
})  # fmt: skip
TITLED: Final = "[class*=title], [class*=heading], [class*=header], a"
TITLES: Final = ((HEADING, BESIDE_HEADING, HIGHEST), (TITLED, BESIDE_TITLE, TITLE_REACH))
BESIDE: Final = " :|›»>"  # marks beside a section's name
MOST_PARTS: Final = 3
UNLABELLED: Final = ("", 0)
DIGIT: Final = re.compile(r"\d")
LONGEST_WEAK: Final = 5  # words of a label that nothing but its place makes one
# What relates stories to the one above them, and what is no more than all there is.
OF_NONE: Final = re.compile(
    r"(?:(?:mehr )?zum thema|(?:related|relacionad[oa]s|correlati|gerelateerd)(?: \w+)?|"
    r"(?:lesen sie|lees) (?:auch|ook)|also read|[àa] lire aussi|le[ai] (?:también|também)|leggi anche|"
    r"l[æä]s (?:også|också)|czytaj też|"
    r"(?:ещ[её] )?по теме|читайте также|още по темата|"
    r"home(?: ?page)?|startseite|accueil|inicio|início|"
    r"all|все|todos|todas|tout(?:es)?|tutt[ie]|wszystkie|全部|전체|すべて|الكل|"
    r"(?:haupt)?inhalt|(?:main )?contents?|contenido|contenu|conteúdo|contenuto|inhoud|innehåll)\W*",
    re.IGNORECASE,
)
NO_SECTION: Final = re.compile(
    r"(?:.*sign up|jump to|本文|본문|(?:direkt )?zum (?:haupt)?inhalt|zur .*springen|skip|aller au|ir al? |ir para|"
    r"vai al|naar de inhoud|hoppa till|.*://|privacy|cookie|newsletter|"
    r"view\b|see all|show\b|ver m|tous\b|advert|anzeige|werbung|publicidad|pubblicit|annonce|pub\b|reklam|광고|"
    r"publicité|make .*\bhome ?page|.*\b(?:as (?:your )?home ?page|als startseite|"
    r"como página de inicio|comme page d.accueil)|loading|sign |subscri|(?:follow|close|next|prev|previous|"
    r"by|von|edit|search|share|print|email|menu)\b|\d+ of|log ?in|реклама|广告|廣告|広告|[上下]一[则則个個页頁]|"
    + ALL.pattern
    + ")",
    re.IGNORECASE,
)
MANIFOLD: Final = frozenset({"next", "view"})  # of these, what names a section where its front is called so
# What leads on, unless it is more than the word, and a heading or in no link: "More Front Page Coverage".
LEADS_ON: Final = re.compile(r"(?:more|mehr|alle)\b", re.IGNORECASE)
LOGO: Final = "a[href] img[alt]"


def label_of(node: LexborNode, links: Links) -> tuple[str, int]:
    """What an element without stories prints as a label, and how far that reaches; ("", 0) if it is none."""
    if is_banner(node):
        return UNLABELLED
    label, reach = printed_label(node, links.places)
    if not label or names_other(node, label, reach, links):
        return UNLABELLED
    if reach == HIGHEST and is_sold(node, links):
        return UNLABELLED
    parts = printed_parts(node) if node.tag not in HEADINGS else []
    if len(parts) >= MOST_PARTS and (leads_elsewhere(node, parts, links) or asks(node, label, parts, links)):
        return UNLABELLED
    return label, TITLE_REACH if reach == HIGHEST and heads_all(node, links) else reach


def asks(node: LexborNode, label: str, parts: Sequence[Part], links: Links) -> bool:
    """Whether an element says a sentence below its title and then has a link to follow: it asks for something."""
    if parts[0].link or parts[0].text != label or not parts[-1].link:
        return False
    *said, last = parts[1:]
    if any(part.link for part in said) or not said[-1].text.endswith(SENTENCE_ENDS) or is_none(last.text):
        return False
    leading = node.css("a[href]")
    target = canonical(absolute(leading[-1].attributes.get("href") or "", links.base)) if leading else ""
    return leading != [] and all(host_of(page) != host_of(target) for page in links.own)


def heads_all(node: LexborNode, links: Links) -> bool:
    """Whether an element is or holds the only h1 of a page, which gives way to any title below it."""
    only = links.only_h1
    if only == 0 or node.mem_id == only:
        return only > 0
    first = node.css_first("h1")
    return first is not None and first.mem_id == only


def printed_label(node: LexborNode, places: Places) -> tuple[str, int]:
    """The same by what it prints alone."""
    tag = node.tag or ""
    if tag in SKIPPED:
        return UNLABELLED
    bits = places.said_of(node, tag)
    if is_unseen(node.attributes.get("class")) or (tag in HEADINGS and is_hidden(node, places)):
        return UNLABELLED
    if tag in HEADINGS and AUTHOR.search(node.attributes.get("class") or ""):
        return UNLABELLED
    if tag in HEADINGS:
        return titled(node), HIGHEST
    if node.attributes.get("aria-live") in LIVE or node.attributes.get("role") in MESSAGES:
        return UNLABELLED
    text = printed_text(node)
    if not text:
        heading = node.css_first(HEADING)
        if heading is not None:
            return UNLABELLED if is_hidden(heading, places) else (titled(heading), HIGHEST)
        return (short(logo_of(node)), TITLE_REACH) if bits & CALLED_TITLE and not bits & NOT_LABEL else UNLABELLED
    if (
        len(text) > LONGEST_TEXT
        or not has_letters(text)
        or BY.match(text)
        or (bits & NOT_LABEL and not bits & TITLE)
        or (bits & SOLD and not bits & CALLED_TITLE)
        or node.css_first("form, input") is not None
    ):
        return UNLABELLED
    return UNLABELLED if is_motto(node, text, places) else title_beside(node, text, bits, places)


def is_hidden(heading: LexborNode, places: Places) -> bool:
    """Whether a heading is said to those who hear the page alone: "Home", "Top stories"."""
    return is_unseen(heading.attributes.get("class")) or bool(places.said_of(heading, heading.tag or "") & HIDDEN)


def title_beside(node: LexborNode, text: str, bits: int, places: Places) -> tuple[str, int]:
    """The title in an element that prints little else, or its whole text where that is short or called a title."""
    dated = NUMBERS.search(text) is not None
    if dated and NUMBERS.search(DAY.sub("", CLOCK.sub("", DATE.sub("", untitled(node, text))))):
        return UNLABELLED
    titles = TITLES if holds_elements(node) else ()
    for selector, most, reach in titles[:1] if dated else titles:
        found = node.css_first(selector)
        if found is not None and found.tag in HEADINGS and is_hidden(found, places):
            return UNLABELLED
        if found is not None and (title := titled(found)):
            if found.tag in HEADINGS and (shows_several(node) or lists_topics(node, bits)):
                return UNLABELLED
            if found.tag == "a" and not text.startswith(title):
                continue  # "see all" beside the title
            if found.tag == "a" and lists_topics(node, bits):
                return UNLABELLED
            return (title, reach) if len(text) - len(title) <= most else UNLABELLED
    if dated:
        return UNLABELLED
    if (bits & TITLE or (words(text) <= LONGEST_WEAK and not DIGIT.search(text))) and not is_bar(node):
        reach = TITLE_REACH if heads_list(node) else WEAK_REACH
        return short(first_text(node), leads_on=node.tag != "a" and node.css_first("a") is None), reach
    return UNLABELLED


def heads_list(node: LexborNode) -> bool:
    """Whether an element is the one term of a list of descriptions: the title of a box."""
    return node.tag == "dt" and node.parent is not None and len(node.parent.css("dt")) == 1


def untitled(node: LexborNode, text: str) -> str:
    """The text of an element without its heading, which may be said again: "All of Channel 5"."""
    heading = node.css_first(HEADING)
    return text if heading is None else text.replace(titled(heading), "")


def titled(node: LexborNode) -> str:
    """The title that a heading or another title prints, if only as a logo."""
    is_heading = node.tag in HEADINGS
    if is_heading and names_front(node):
        return first_text(node).strip(BESIDE)
    return short(first_text(node) or (logo_of(node) if is_heading else ""), leads_on=is_heading)


def names_front(heading: LexborNode) -> bool:
    """Whether a heading leads to a front that is called what it says, whatever else that might mean: "Next", /next."""
    text = printed_text(heading).strip(BESIDE).lower()
    if text not in MANIFOLD:
        return False
    link = first_link(heading)
    path = (link.attributes.get("href") or "").partition("?")[0] if link is not None else ""
    return path.rstrip("/").rpartition("/")[2].lower() == text


def logo_of(title: LexborNode) -> str:
    """What the picture of a title without text says; of the first heading it is the paper's own name."""
    if title.tag == "h1":
        return ""
    logo = title.css_first("img[alt]" if title.tag in HEADINGS else LOGO)
    return alternative(logo) if logo is not None else ""


def alternative(logo: LexborNode) -> str:
    """The alternative text of a picture if it can be a name."""
    name = tidy(logo.attributes.get("alt") or "")
    return name if words(name) <= LONGEST_WEAK else ""


def names_other(node: LexborNode, label: str, reach: int, links: Links) -> bool:
    """Whether a label is the paper's name, or a way past its menu: what leads to the page itself; or one thing to read.

    The headings of some sections ("headlines") lead to the page too, of a lower level, and the titles of tabs.
    """
    if reach == HIGHEST:
        if is_logo(node, links):
            return True
        if node.tag != "h1" and node.css_first("h1") is None:
            return False
        if any(is_name_of(label, domain(host_of(own))) for own in links.own):
            return True
    link = first_link(node)
    href = link.attributes.get("href") if link is not None else None
    if not href or (href[0] == "#" and reach > WEAK_REACH and opens(node, href, links.places)):
        return False
    target = canonical(absolute(href, links.base))
    if target in links.own:
        return True
    is_titled = links.places.said_of(node, node.tag or "") & SECTION_TITLE == SECTION_TITLE
    return reach < HIGHEST and not is_titled and is_slug(target.rpartition("/")[2])


def is_logo(node: LexborNode, links: Links) -> bool:
    """Whether the title of an element is but a picture that leads to the page itself: the paper's logo."""
    heading = node if node.tag in HEADINGS else node.css_first(HEADING)
    link = heading.css_first("a[href]") if heading is not None else None
    if heading is None or link is None or printed_text(heading):
        return False
    return canonical(absolute(link.attributes.get("href") or "", links.base)) in links.own


def opens(node: LexborNode, href: str, places: Places) -> bool:
    """Whether a link within the page is the title of what it opens, not a way past the menu."""
    return href == "#" or bool(places.said_of(node, node.tag or "") & TITLE) or node.css_first("li") is not None


def is_name_of(label: str, registered: str) -> bool:
    """Whether a label says little but what a domain is called: "The Courier Homepage" for thecourier.example."""
    name = registered.partition(".")[0].replace("-", "")
    spelt = "".join(letter for letter in label.lower() if letter.isalnum())
    if len(name) < LEAST_NAME or len(spelt) < LEAST_NAME:
        return False
    return spelt in name or (name in spelt and len(name) >= LEAST_NAMED * len(spelt))


def holds_elements(node: LexborNode) -> bool:
    """Whether an element holds more than one text."""
    child = node.first_child
    return child is not None and not (child.is_text_node and child.next is None)


def first_text(node: LexborNode) -> str:
    """What an element prints as its title: its first text, and those after it that go on with it.

    Neither "view all" nor a date nor a feed does, nor another item of a list, nor a link beside a title that is none.
    More than three texts are a bar of links, of which the first is the section.
    """
    parts = [part for part in printed_parts(node) if part.text and part.text.lower() != "rss"]
    if len(parts) > 1 and ALL.match(parts[0].text):
        del parts[0]
    if not parts:
        return ""
    first, *others = parts
    if len(others) >= MOST_PARTS or (others and CALLED_TAB.search(node.attributes.get("class") or "")):
        return first.text
    going_on = [
        part.text
        for part in others
        if not (part.item and part.item != first.item)
        and not (part.link and not first.link)
        and not is_none(part.text)
        and not LEADS_ON.match(part.text)
        and not DIGIT.search(part.text)
        and not repeats(part.text.casefold(), first.text.casefold())
    ]
    return " ".join([first.text, *going_on])


def repeats(text: str, first: str) -> bool:
    """Whether one says the other again, as do labels that are longer for those who hear them."""
    return f" {text} " in f" {first} " or f" {first} " in f" {text} "


def is_none(text: str) -> bool:
    """Whether a short text beside stories is known to be no section's name."""
    return NO_SECTION.match(text) is not None or any(one.fullmatch(text) for one in (OF_NONE, STATE, DATED))


def short(text: str, *, leads_on: bool = False) -> str:
    """The text if it can be a section's name, else ""; with `leads_on` also "more" and what of."""
    text = text.strip(BESIDE)
    count = words(text)
    if not text or count > LONGEST_SECTION or not has_letters(text) or is_none(text):
        return ""
    return "" if LEADS_ON.match(text) and not (leads_on and count > 1) else text
