"""Elements that look like the title of what stands below them and are not: bars of links, the page's head, boxes."""

import re
from collections.abc import Sequence
from typing import Final

from selectolax.lexbor import LexborNode

from scraper.kinds import SPONSORED_TEXT
from scraper.links import HEADING, Links, first_link, printed_text
from scraper.places import Places
from scraper.printed import Part, printed_parts
from scraper.signs import domain, host_of
from scraper.text import words
from scraper.urls import absolute, canonical
from scraper.vocabulary import named

LEAST: Final = 2  # links
LEAST_OF_BAR: Final = 3  # texts
TAG: Final = named("TAG")
POPULAR: Final = named("POPULAR")
SUMMARY: Final = named("SUMMARY")
MOTTO: Final = named("SUMMARY HEADLINE KICKER")
LEAST_MOTTO: Final = 4  # words
COLONS: Final = (":", "：")
TOPIC: Final = re.compile(r"/(?:topics?|(?:hash)?tags?|trends|trending|etiquetas?|themen|temas)/", re.IGNORECASE)
# What the title of a bar of topics says.
TOPICS_TITLE: Final = (
    r"(?:trending|in the news|hot topics|(?:popular |top |hot |news )?topics|in focus|themen(?: des tages)?|"
    r"(?:temas|tópicos|assuntos)\b.*|sujets? du (?:jour|moment)|en ce moment|tendances?)(?: (?:now|today))?\W*"
)
OF_TOPICS: Final = re.compile(TOPICS_TITLE, re.IGNORECASE)
LEADING_IN: Final = re.compile(rf"^{TOPICS_TITLE}|[:：]", re.IGNORECASE)


def is_banner(node: LexborNode) -> bool:
    """Whether an element is the head of the whole page (WAI-ARIA; HTML-AAM), whose titles name no stories."""
    if node.attributes.get("role") == "banner":
        return True
    return node.tag == "header" and node.parent is not None and node.parent.tag == "body"


def leads_elsewhere(node: LexborNode, parts: Sequence[Part], links: Links) -> bool:
    """Whether an element is a bar of links of which no two lead to the same host: the services of a portal."""
    if not all(part.link for part in parts):
        return False
    hosts = [host_of(canonical(absolute(href, links.base))) for href in addresses(node)]
    return len(hosts) == len(set(hosts)) == len(parts)


def shows_several(node: LexborNode) -> bool:
    """Whether an element shows pictures that lead to different things: a box of its own, whatever its titles."""
    shown = {link.attributes.get("href") or "#" for link in node.css("a[href]:has(img, picture)")}
    return sum(not href.startswith("#") for href in shown) >= LEAST


def is_bar(node: LexborNode) -> bool:
    """Whether an element is a bar of links with a word before them: "In the news: ..."."""
    parts = printed_parts(node)
    return len(parts) > LEAST_OF_BAR and not parts[0].link and all(part.link for part in parts[1:])


def lists_topics(node: LexborNode, bits: int) -> bool:
    """Whether an element is links to topics alone, or after a title in no link: "Trending", "In the news:".

    They are topics by their addresses, by the title, or by what the element is called, `bits`. Without a title none of
    them may lead to below the first, as the parts of a section do.
    """
    hrefs = addresses(node)
    if len(hrefs) < LEAST or any(href[:1] in ("", "#") for href in hrefs):
        return False  # tabs
    to_topics = all(map(TOPIC.search, hrefs))
    if not to_topics and not bits & (POPULAR | TAG) and not LEADING_IN.search(printed_text(node)):
        return False
    parts = printed_parts(node)
    titled = parts != [] and not parts[0].link
    if len(parts) - titled < LEAST or not all(part.link for part in parts[titled:]):
        return False
    if titled:
        return to_topics or bits & POPULAR > 0 or is_of_topics(parts[0].text)
    return bits & TAG > 0 and not any(href.startswith(hrefs[0].rstrip("/")) for href in hrefs[1:])


def is_motto(node: LexborNode, text: str, places: Places) -> bool:
    """Whether all that an element prints is called a description, and no title: what a paper says of itself."""
    return (
        words(text) >= LEAST_MOTTO
        and node.css_first(HEADING) is None
        and any(
            places.said_of(step, step.tag or "") & MOTTO == SUMMARY and printed_text(step) == text
            for step in node.traverse()
        )
    )


def is_sold(node: LexborNode, links: Links) -> bool:
    """Whether a heading is an advertisement's: in a link that is paid for, or off the site with a word before it."""
    link = first_link(node)
    if link is None or (link.css_first(HEADING) is None and node.css_first(f":is({HEADING}) a[href]") is None):
        return False
    if "sponsored" in (link.attributes.get("rel") or ""):
        return True
    target = canonical(absolute(link.attributes.get("href") or "", links.base))
    if any(domain(host_of(target)) == domain(host_of(own)) for own in links.own):
        return False
    parts = printed_parts(node)
    return len(parts) > 1 and SPONSORED_TEXT.search(parts[0].text) is not None


def leads_in(title: LexborNode, node: LexborNode) -> bool:
    """Whether a title is that of the bar of links right behind it, not of the stories below the bar: "In the news:"."""
    if not is_of_topics(printed_text(title)) or first_link(title) is not None:
        return False
    links = printed_parts(node)
    return len(links) >= LEAST and all(part.link for part in links) and len(printed_parts(title)) == 1


def is_of_topics(title: str) -> bool:
    """Whether a title leads in to links: it ends in a colon, or says that they are what is talked about."""
    return title.endswith(COLONS) or OF_TOPICS.fullmatch(title) is not None


def addresses(node: LexborNode) -> list[str]:
    return [link.attributes.get("href") or "" for link in node.css("a[href]")]
