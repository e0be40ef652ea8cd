"""The links of a page, and its mentions: neighbouring links to one target, such as picture, headline and "read more"."""

import re
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from scraper.limits import MAX_URL
from scraper.places import HEADINGS, Place, Places
from scraper.text import tidy, words
from scraper.urls import absolute, canonical
from scraper.vocabulary import Word

LINKS_AND_HEADINGS: Final = "a, h1, h2, h3, h4, h5, h6"
# Links that lead nowhere; their address may stand in another attribute.
NOWHERE: Final = ("#", "javascript:", "mailto:", "tel:", "data:", "about:", "sms:", "whatsapp:", "file:")
ADDRESS_ATTRIBUTES: Final = ("data-href", "data-url", "data-link", "onclick", "onmousedown", "onmouseover")
ADDRESS: Final = re.compile(r"(?:^|['\"(])\s*((?:https?://|/)[^'\"\s()<>]{2,})")
MACHINE_TEXT: Final = ("{", "<")


class Link:
    """One link: its address as printed and made absolute, the canonical target, its text and its place."""

    __slots__ = ("attributes", "heading", "index", "node", "place", "target", "text", "url")

    def __init__(
        self,
        index: int,
        node: LexborNode,
        place: Place,
        url: str,
        target: str,
        text: str,
        attributes: dict[str, str | None],
    ) -> None:
        self.index = index
        self.node = node
        self.place = place
        self.url = url
        self.target = target
        self.text = text
        self.attributes = attributes
        self.heading: Place | None = place.heading  # the heading around it, or the first inside it


class Mention:
    """Neighbouring links to one target: what stands on the page for one story at one spot."""

    __slots__ = ("count", "everywhere", "heading", "links", "main", "number", "own", "score", "target", "text", "words")

    def __init__(self, number: int, link: Link) -> None:
        self.number = number
        self.target = link.target
        self.links = [link]
        self.everywhere = self.links  # all links of the page to the target
        self.main = link
        self.text = ""
        self.words = 0
        self.heading: Place | None = None  # around the main link, in it, or beside it in its block
        self.count = 1  # mentions of the same target on the page
        self.own = 0.0  # how much it looks like a story by itself, in log odds
        self.score = 0.0  # the same, its company on the page considered

    @property
    def level(self) -> int:
        """The level of its heading, 0 without one."""
        return HEADINGS[self.heading.tag] if self.heading else 0


def printed_address(attributes: dict[str, str | None]) -> str:
    """The address that a link leads to, from `href` or, where that leads nowhere, from a handler; "" if there is none."""
    href = (attributes.get("href") or "").strip()
    if href and not href.lower().startswith(NOWHERE):
        return href
    for name in ADDRESS_ATTRIBUTES:
        value = attributes.get(name)
        if value and (found := ADDRESS.search(value)):
            return found[1]
    return ""


def link_text(node: LexborNode) -> str:
    """The text of a link, without the scripts and styles that may stand in it."""
    text = node.text()
    if "{" in text or "<" in text:
        text = "".join(part.text_content or "" for part in node.traverse(include_text=True) if is_printed(part))
    return tidy(text)


def is_printed(node: LexborNode) -> bool:
    if not node.is_text_node:
        return False
    parent = node.parent
    return parent is None or parent.tag not in ("script", "style", "template")


class Links:
    """All links of a page that lead somewhere, and all its headings, in the order of the page."""

    def __init__(self, parser: LexborHTMLParser, base: str, own: frozenset[str]) -> None:
        self.places = Places()
        self.found: list[Link] = []
        self.headings: list[tuple[int, Place]] = []  # with the index of the link that follows
        self.targets: dict[str, tuple[str, str]] = {}
        self.base = base
        for node in parser.css(LINKS_AND_HEADINGS):
            place = self.places.of(node)
            if place.tag == "a":
                self.take(node, place, own)
            else:
                self.headings.append((len(self.found), place))
                if isinstance(place.link, Link):
                    place.link.heading = longer(place.link.heading, place)

    def take(self, node: LexborNode, place: Place, own: frozenset[str]) -> None:
        attributes = node.attributes
        href = printed_address(attributes)
        if not href or len(href) > MAX_URL:
            return
        known = self.targets.get(href)
        if known is None:
            url = absolute(href, self.base)
            known = self.targets[href] = (url, canonical(url))
        url, target = known
        if target in own or not target.startswith("https://"):
            return
        link = Link(len(self.found), node, place, url, target, link_text(node), attributes)
        place.link = link
        self.found.append(link)


def longer(known: Place | None, new: Place) -> Place:
    """Of two headings in one link, the one that says more: the other is a kicker."""
    if known is None:
        return new
    return new if len(tidy(new.node.text())) > len(tidy(known.node.text())) else known


def mentions(links: list[Link]) -> list[Mention]:
    """Neighbouring links to one target, as one mention each."""
    found: list[Mention] = []
    counts: dict[str, int] = {}
    everywhere: dict[str, list[Link]] = {}
    last: Mention | None = None
    for link in links:
        everywhere.setdefault(link.target, []).append(link)
        if last is not None and last.target == link.target:
            last.links.append(link)
            continue
        last = Mention(len(found), link)
        found.append(last)
        counts[link.target] = counts.get(link.target, 0) + 1
    for mention in found:
        mention.count = counts[mention.target]
        mention.everywhere = everywhere[mention.target]
        mention.main = main_link(mention.links)
        mention.heading = mention.main.heading
        inner = mention.heading if mention.main.place.heading is None else None
        text = tidy(inner.node.text()) if inner else ""
        entitle(mention, text or mention.main.text or substitute(mention.links))
    return found


def entitle(mention: Mention, text: str) -> None:
    mention.text = text
    mention.words = words(text)


def substitute(links: list[Link]) -> str:
    """A text for links that print none: their label, or the alternative text of the picture in them."""
    for link in links:
        text = link.attributes.get("aria-label") or link.attributes.get("title")
        if text and not text.isspace():
            return tidy(text)
    for link in links:
        for image in link.node.css("img[alt]"):
            text = image.attributes.get("alt")
            if text and not text.isspace():
                return tidy(text)
    return ""


NOT_HEADLINE: Final = (
    Word.SUMMARY | Word.MORE | Word.COMMENTS | Word.TIME | Word.BYLINE | Word.KICKER | Word.CAPTION
).value
HEADLINE: Final = Word.HEADLINE.value


def main_link(links: list[Link]) -> Link:
    """The link that most looks like the headline: in a heading, named so, of a headline's length; else the first."""
    return links[0] if len(links) == 1 else max(links, key=headline_worth)


def headline_worth(link: Link) -> float:
    count = words(link.text)
    near = link.place.bits | (link.place.parent.bits if link.place.parent else 0)
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
