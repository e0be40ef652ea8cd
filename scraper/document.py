"""The parsed page, without a web archive's banner, with its base address and its title."""

import re
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from scraper.decode import encoded
from scraper.text import tidy
from scraper.urls import absolute, canonical

BANNERS: Final = (
    "#wm-ipp-base, #wm-ipp, #wm-ipp-print, #donato, #wm-toolbar, .wb-autocomplete-suggestions, #_wb_frame_top_banner"
)
ARCHIVE_MARK: Final = ("wm-ipp", "_wb_frame_top_banner", "wm-toolbar")
BANNER_WITHIN: Final = 100_000  # characters; a banner is put at the beginning of the body
MARKUP: Final = re.compile(
    r"<(?:!doctype|/?(?:html|head|body|div|a|p|h[1-6]|table|span|meta|script|ul|li|br|title|article|section|main|center|font))\b",
    re.IGNORECASE,
)


# What is looked at of a page as a whole, in one walk over its elements: each takes an eighth of the parse.
SEEN: Final = "a, h1, h2, h3, h4, h5, h6, base[href], meta, link[rel='canonical' i]"
ABOUT: Final = frozenset({"base", "meta", "link"})


class Document:
    """A parsed page and what its head says."""

    __slots__ = (
        "base",
        "known",
        "language",
        "links_and_headings",
        "metas",
        "own",
        "parser",
        "site",
        "stated",
        "title",
        "url",
    )

    def __init__(self, text: str, url: str, utf8: bytes | None = None, *, is_told: bool = False) -> None:
        """`utf8` is the same text, if it is at hand; `is_told` says that the page alone names the address."""
        self.parser = LexborHTMLParser(encoded(text) if utf8 is None else utf8)
        self.url = url
        self.base = url  # where relative links start from
        self.stated = ""  # the address that the page gives for itself, as printed
        self.metas: dict[str, str] = {}  # the content of each meta element, by its name and its property
        if any(text.find(mark, 0, BANNER_WITHIN) >= 0 for mark in ARCHIVE_MARK):
            self.remove(BANNERS)
        self.links_and_headings = self.look()
        self.own = canonical(url) if url else ""
        self.known = "" if is_told else self.own  # what the page may say otherwise
        self.site = self.own.removeprefix("https://").partition("/")[0]
        title = self.parser.css_first("title")
        self.title = tidy(title.text()) if title is not None else ""
        root = self.parser.root
        self.language = ((root.attributes.get("lang") or "") if root is not None else "").strip()

    def look(self) -> list[tuple[str, LexborNode]]:
        """The links and the headings of the page by their tags; and what it says of itself, the first of each kind."""
        base: str | None = None
        stated: str | None = None
        found: list[tuple[str, LexborNode]] = []
        for node in self.parser.css(SEEN):
            tag = node.tag or ""
            if tag not in ABOUT:
                found.append((tag, node))
                continue
            attributes = node.attributes
            if tag == "meta":
                content = tidy(attributes.get("content") or "")
                for name in (attributes.get("name"), attributes.get("property")):
                    if name:
                        self.metas.setdefault(name.lower(), content)
            elif tag == "base":
                base = attributes.get("href") or "" if base is None else base
            else:
                stated = attributes.get("href") or "" if stated is None else stated
        self.stated = stated or ""
        if base:
            self.base = base_of(base, self.url)
        return found

    @property
    def classes(self) -> frozenset[str]:
        """The classes of its body: programs say there what sort of page it is."""
        body = self.parser.body
        return frozenset((body.attributes.get("class") or "").split()) if body is not None else frozenset()

    @property
    def unlinked_headings(self) -> list[LexborNode]:
        """Those of its h1 and h2 that hold and are in no link: a headline mostly links to its story."""
        return [
            node
            for tag, node in self.links_and_headings
            if tag in ("h1", "h2") and node.css_first("a") is None and not is_in_link(node)
        ]

    @property
    def headings(self) -> list[str]:
        """What its h1 and h2 print, in order."""
        return [tidy(node.text()) for tag, node in self.links_and_headings if tag in ("h1", "h2")]

    def remove(self, selector: str) -> int:
        """Take what a selector finds out of the page; how many there were."""
        found = self.parser.css(selector)
        for node in found:
            node.decompose()
        return len(found)

    def first(self, selector: str) -> LexborNode | None:
        return self.parser.css_first(selector)

    def meta(self, name: str) -> str:
        """The content of a meta element by its name or property."""
        return self.metas.get(name, "")


def is_in_link(node: LexborNode) -> bool:
    """Whether a link is around an element, however far."""
    step = node.parent
    while step is not None and step.tag != "a":
        step = step.parent
    return step is not None


def base_of(href: str, url: str) -> str:
    """The address that relative links start from; a `<base>` that is none on the web is passed over."""
    resolved = absolute(href, url)
    return resolved if canonical(resolved).startswith("https://") else url


def is_plain_text(text: str, content_type: str) -> bool:
    """Whether a page is text to be read as it stands, without markup."""
    return content_type.lower().lstrip().startswith("text/plain") or MARKUP.search(text) is None
