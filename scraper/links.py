"""The links of a page and its mentions: neighbouring links to one target, as picture, headline, "read more"."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from selectolax.lexbor import LexborNode

from scraper.fonts import LARGEST, font_size
from scraper.limits import MAX_URL
from scraper.naming import drop_prefixes, wrappers
from scraper.pictures import ELEMENTS
from scraper.places import HEADINGS, Place, Places, lineage, within
from scraper.text import counted, is_unspaced, tidy, words
from scraper.urls import absolute, canonical, counted_below
from scraper.vocabulary import Word

LIKELY: Final = -0.5  # log odds from which a mention counts as a story
HEADING: Final = "h1, h2, h3, h4, h5, h6"
# Links that lead nowhere; their address may stand in another attribute.
NOWHERE: Final = ("#", "javascript:", "mailto:", "tel:", "data:", "about:", "sms:", "whatsapp:", "file:")
ADDRESS_ATTRIBUTES: Final = ("data-href", "data-url", "data-link", "onclick", "onmousedown", "onmouseover")
ADDRESS: Final = re.compile(r"(?:^|['\"(])\s*((?:https?://|/)[^'\"\s()<>]{2,})")


class Link:
    """One link: its address as printed and made absolute, the canonical target, its text and its place."""

    __slots__ = ("heading", "index", "place", "target", "text", "url")

    def __init__(self, index: int, place: Place, url: str, target: str, text: str) -> None:
        self.index = index
        self.place = place
        self.url = url
        self.target = target
        self.text = text
        self.heading: Place | None = place.heading  # the heading around it, or the one inside it


class Mention:
    """Neighbouring links to one target: what stands on the page for one story at one spot."""

    __slots__ = (
        "count",
        "everywhere",
        "heading",
        "links",
        "main",
        "number",
        "own",
        "printed",
        "score",
        "target",
        "text",
        "unspaced",
        "words",
    )

    def __init__(self, number: int, links: list[Link], everywhere: list[Link], count: int) -> None:
        self.number = number
        self.target = links[0].target
        self.links = links
        self.everywhere = everywhere  # all links of the page to the target
        self.count = count  # mentions of the same target on the page
        main = links[0] if len(links) == 1 else max(links, key=headline_worth)
        self.main = main
        self.heading = main.heading  # around the main link, in it, or beside it in its block
        inside = tidy(main.heading.node.text()) if main.heading is not None and main.place.heading is None else ""
        self.text = inside or main.text or substitute(links)
        self.words, self.unspaced = counted(self.text)
        self.printed = bool(main.text)  # whether the text is printed, in the link or beside it, not only a label of it
        self.own = 0.0  # how much it looks like a story by itself, in log odds
        self.score = 0.0  # the same, its company on the page considered

    @property
    def level(self) -> int:
        """The level of its heading, 0 without one."""
        return self.heading.level if self.heading else 0


def printed_address(attributes: dict[str, str | None]) -> str:
    """The address that a link leads to, by `href` or, where that leads nowhere, by a handler; "" if there is none."""
    href = (attributes.get("href") or "").strip()
    if href and (href[:4] == "http" or href[:1] == "/" or not href.lower().startswith(NOWHERE)):
        return href
    for name in ADDRESS_ATTRIBUTES:
        value = attributes.get(name)
        if value and (found := ADDRESS.search(value)):
            return found[1]
    return ""


def printed_text(node: LexborNode) -> str:
    """The text of a link or of another element, without the scripts and styles that may stand in it."""
    text = node.text()
    if "{" in text or "<" in text:
        text = "".join(part.text_content or "" for part in node.traverse(include_text=True) if is_printed(part))
    return tidy(text)


def seen_text(node: LexborNode) -> str:
    """The text of a link, without the length of a recording on its picture."""
    text = printed_text(node)
    return "" if text and DURATION.fullmatch(text) and node.css_first(ELEMENTS) is not None else text


def is_printed(node: LexborNode) -> bool:
    if not node.is_text_node:
        return False
    parent = node.parent
    return parent is None or parent.tag not in ("script", "style", "template")


def first_link(node: LexborNode) -> LexborNode | None:
    """The first link of an element, which may be one itself."""
    return node if node.tag == "a" else node.css_first("a[href]")


class Links:
    """All links of a page that lead somewhere, and all its headings, in the order of the page."""

    def __init__(self, nodes: Sequence[tuple[str, LexborNode]], base: str, own: frozenset[str]) -> None:
        """`nodes` are the links and the headings with their tags."""
        self.found: list[Link] = []
        self.headings: list[Place] = []
        self.targets: dict[str, tuple[str, str]] = {}
        self.base = base
        self.own = own
        texts = [seen_text(node) if tag == "a" else "" for tag, node in nodes]
        wordy = [node for (_, node), text in zip(nodes, texts, strict=True) if len(text) >= LABEL_LENGTH]
        self.places = Places(wrappers(wordy))
        place_of = self.places.of
        last = len(nodes) - 1
        for number, (tag, node) in enumerate(nodes):
            if tag == "a":
                text = texts[number]
                before_heading = number < last and nodes[number + 1][0] != "a"
                if not text or not is_label(text, node, before_heading):
                    self.take(node, text)
                continue
            place = place_of(node)
            self.headings.append(place)
            if place.link is not None:  # the link around a heading is the last one taken
                link = self.found[-1]
                link.heading = longer(link.heading, place)
        drop_prefixes(self.places)
        self.below = counted_below({link.target for link in self.found})
        first = [place.node.mem_id for place in self.headings if place.tag == "h1"]
        self.only_h1 = first[0] if len(first) == 1 else 0  # its identity, 0 where a page has none or several

    def take(self, node: LexborNode, text: str) -> None:
        attributes = node.attributes
        href = printed_address(attributes)
        known = self.targets.get(href)
        if known is None:
            known = self.targets[href] = self.target(href)
        url, target = known
        if target:
            place = self.places.of(node, attributes)
            place.target = target
            if "sponsored" in (attributes.get("rel") or ""):  # HTML, link types
                place.name(place.bits | PROMO)
            self.found.append(Link(len(self.found), place, url, target, text))

    def target(self, href: str) -> tuple[str, str]:
        """A printed address made absolute, and its canonical form: "" where it leads nowhere or to the page itself."""
        url = absolute(href, self.base) if href and len(href) <= MAX_URL else ""
        if not url or len(url) > MAX_URL:
            return "", ""
        target = canonical(url)
        return url, target if target.startswith("https://") and target not in self.own else ""


# Links of so few characters outside headings are labels: the labelled pages have 8,062, of which 1 is a headline.
# Chinese and Japanese say more with fewer.
LABEL_LENGTH: Final = 12
# Labels that lead to the story beside which they stand, whose own headline may be no link.
READ_MORE: Final = re.compile(
    r"\bread\b|\bmore\b|full story|continue|\bmehr\b|weiter|lire|suite|leer|más|leggi|mais|lees|читать|"
    r"далее|подробн|更多|详细|続き|المزيد",
    re.IGNORECASE,
)
LONGEST_COUNT: Final = 30  # characters
# How many comments there are, whatever is around it: "Comments (221)", "12 commentaires", "(366)".
COUNT: Final = re.compile(
    r"[\W\d_]*(?:(?:comments?|commentaires?|réactions?|reactions?|replies|kommentare?r?|comentarios?|comentários?|commenti|"
    r"reacties|reactie|komentarz[ey]|komentář[ůe]?|komentár(?:e|ov)?|komentar[ai]?|komentāri|hozzászólás|kommenttia?|"
    r"kommentaari?|comentarii|bình luận|комментари\w*|коментар\w*|yorum|σχόλι[αο]|评论|評論|跟贴|跟帖|留言|回應|"
    r"コメント|댓글|ความคิดเห็น|टिप्पणियाँ|תגובות|תגובה|تعليقات|تعليق|دیدگاه|نظرات|نظر|تبصرے)[\W\d_]*)?",
    re.IGNORECASE,
)
PROMO: Final = Word.PROMO.value
DURATION: Final = re.compile(r"\d{1,3}(?::\d\d){1,2}")
UNSPACED_LABEL_LENGTH: Final = 5
HANGUL_LABEL_LENGTH: Final = 7
HANGUL: Final = re.compile("[\uac00-\ud7a3]")


@lru_cache(maxsize=16384)
def says_more(text: str) -> bool:
    """Whether a short text is more than a label: a headline without spaces, or one that leads on to a story."""
    if not text.isascii() and len(text) >= UNSPACED_LABEL_LENGTH and is_unspaced(text):
        return True
    if len(text) >= HANGUL_LABEL_LENGTH and " " in text and HANGUL.search(text) is not None:
        return True
    return READ_MORE.search(text) is not None


def is_label(text: str, node: LexborNode, before_heading: bool) -> bool:
    """Whether a link can be passed over: it counts comments, or is short, as names of sections are, most of all links.

    A heading in a link is what comes next of all links and headings.
    """
    if len(text) <= LONGEST_COUNT and COUNT.fullmatch(text):
        return True
    if len(text) >= LABEL_LENGTH or says_more(text):
        return False
    parent = node.parent
    if parent is not None and (parent.tag in HEADINGS or is_large(parent)):
        return False
    return not before_heading or node.css_first(HEADING) is None


def is_large(node: LexborNode) -> bool:
    """Whether an element sets the largest print there is: "WAR" may be a headline then."""
    return node.tag == "font" and font_size(node.attributes) == LARGEST


def longer(known: Place | None, new: Place) -> Place:
    """Of two headings in one link, the one that says more: the other is a kicker."""
    if known is None:
        return new
    return new if len(tidy(new.node.text())) > len(tidy(known.node.text())) else known


def mentions(links: list[Link]) -> list[Mention]:
    """Neighbouring links to one target, as one mention each, unless they stand in different parts of the page."""
    groups: list[list[Link]] = []
    everywhere: dict[str, list[Link]] = {}
    group: list[Link] = []
    for link in links:
        everywhere.setdefault(link.target, []).append(link)
        if not group or link.target != group[0].target:
            group = []
            groups.append(group)
        group.append(link)
    parts = [part for group in groups for part in (parted(group, links) if len(group) > 1 else (group,))]
    counts = Counter(part[0].target for part in parts)
    return [
        Mention(number, part, everywhere[part[0].target], counts[part[0].target]) for number, part in enumerate(parts)
    ]


def parted(group: list[Link], links: list[Link]) -> Iterator[list[Link]]:
    """The last story of one list may be the first of the next: its links there, up to a headline, and here."""
    first, last = group[0].index, group[-1].index
    if first > 0 and last + 1 < len(links):
        before, after = links[first - 1].place, links[last + 1].place
        for place, (one, other) in enumerate(pairwise(group), 1):
            if one.text and are_apart(one.place, other.place, before, after):
                yield group[:place]
                group = group[place:]
                break
    yield group


def are_apart(one: Place, other: Place, before: Place, after: Place) -> bool:
    """Whether one stands in an element with the link before it, the other in another element with the one after it."""
    around_one, around_other = list(lineage(one)), list(lineage(other))
    while around_one and around_other and around_one[-1] is around_other[-1]:
        around_one.pop()
        around_other.pop()
    if not around_one or not around_other:
        return False
    return within(before, around_one[-1]) and within(after, around_other[-1])


def entitle(mention: Mention, text: str) -> None:
    """Give a mention its headline, as far as it is known before its block is read."""
    mention.text = text
    mention.words, mention.unspaced = counted(text)


def substitute(links: list[Link]) -> str:
    """A text for links that print none: their label, or the alternative text of the picture in them."""
    for link in links:
        attributes = link.place.node.attributes
        text = attributes.get("aria-label") or attributes.get("title")
        if text and is_said(text):
            return tidy(text)
    for link in links:
        for image in link.place.node.css("img[alt]"):
            text = image.attributes.get("alt")
            if text and is_said(text):
                return tidy(text)
    return ""


def is_said(text: str) -> bool:
    """Whether a label says something: some programs put the address of the link there."""
    return not text.isspace() and "://" not in text


NOT_HEADLINE: Final = (
    Word.SUMMARY | Word.MORE | Word.COMMENTS | Word.TIME | Word.BYLINE | Word.KICKER | Word.CAPTION
).value
HEADLINE: Final = Word.HEADLINE.value


def headline_worth(link: Link) -> float:
    """How much a link looks like the headline: in a heading, named so, of a headline's length."""
    count = words(link.text)
    near = link.place.wide
    worth = 0.0
    if count:
        worth += 1 + min(count, 5) * 0.4 - max(0, count - 25) * 0.1
    if link.heading:
        worth += 3
    if near & HEADLINE:
        worth += 2
    elif near & NOT_HEADLINE:
        worth -= 2
    return worth
