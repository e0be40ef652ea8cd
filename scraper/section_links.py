"""What links before stories say of the section that they lead to."""

from collections.abc import Iterator
from typing import Final

from selectolax.lexbor import LexborNode

from scraper.labels import LOGO, TITLE_REACH, WEAK_REACH, alternative, first_text, short
from scraper.links import Links, first_link, printed_text
from scraper.places import HEADINGS, Places
from scraper.signs import domain, host_of, is_slug
from scraper.urls import absolute, canonical
from scraper.vocabulary import named

FRONT: Final = ", ".join((*(f"{heading} a[href]" for heading in HEADINGS), LOGO, "a[class*=title][href]"))
NAV: Final = named("NAV")
TITLE: Final = named("HEADLINE KICKER")


def front_before(title: LexborNode, node: LexborNode, links: Links) -> tuple[str, int] | None:
    """What a link says that stands before stories in a heading, as a picture or as a title, and how far that reaches.

    It leads to their section: the first link of the element to below it, but not all or most links of the page do, or
    it is the paper's. A picture alone may lead to any front of the site below which nothing stands, and is the label
    of what is next to it.
    """
    found = title.css_first(FRONT)
    if found is None and called_title(title, links.places):
        found = title.css_first("a[href]")
    if found is None:
        return None
    own = target_of(next(step for step in around(found) if step.tag == "a"), links)
    folder = own.removesuffix("/index").rstrip("/") + "/"
    if any(f"{page}/".startswith(folder) for page in links.own):
        return None
    story = first_link(node)
    below = links.below[folder[:-1]]
    first = target_of(story, links) if story is not None else ""
    if first == own:
        return None
    if first.startswith(folder) and 2 * below < len(links.targets):
        logo = found.css_first("img[alt]")
        name, reach = short(first_text(found)) or (alternative(logo) if logo is not None else ""), TITLE_REACH
    elif not below and found.tag == "img" and is_own_front(own, links) and not printed_text(title):
        name, reach = short(alternative(found)), WEAK_REACH
    else:
        return None
    return (name, reach) if name else None


def is_own_front(target: str, links: Links) -> bool:
    """Whether an address is one of the page's site, and no story's."""
    home = domain(host_of(target))
    return any(domain(host_of(page)) == home for page in links.own) and not is_slug(target.rpartition("/")[2])


def target_of(link: LexborNode, links: Links) -> str:
    """Where a link leads."""
    return canonical(absolute(link.attributes.get("href") or "", links.base))


def called_title(node: LexborNode, places: Places) -> bool:
    """Whether the names of an element say that it is a title, and no menu."""
    bits = places.said_of(node, node.tag or "")
    return bool(bits & TITLE) and not bits & NAV


def around(node: LexborNode) -> Iterator[LexborNode]:
    """An element and those around it."""
    step: LexborNode | None = node
    while step is not None:
        yield step
        step = step.parent
