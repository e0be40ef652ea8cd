"""The parsed page: bounded before it is parsed, without a web archive's banner, with its base address and its title."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from scraper.decode import encoded
from scraper.limits import MAX_NESTING
from scraper.text import tidy
from scraper.urls import absolute, canonical

# Lexbor takes 30 s for 100,000 nested elements (quadratic) and .8 s for so many; the labelled pages have 267 to 12,461
# tags, so only those with more are looked at tag by tag.
MANY_TAGS: Final = 15_000
TAG: Final = re.compile(r"<(?:!--|(/?)([a-zA-Z][a-zA-Z0-9-]*)([^<>]*))")
VOID: Final = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
    "p", "li", "td", "th", "tr", "option", "dt", "dd",
})  # fmt: skip
RAW: Final = {name: re.compile(rf"</{name}", re.IGNORECASE) for name in ("script", "style", "textarea", "title")}
# 100,000 attributes of one element take as long. Of the tags that are this long only those with many are refused: a
# picture may be printed into one.
LONG_TAG: Final = re.compile(r"<[a-zA-Z](?:[^<>\"']|\"[^\"]{0,100000}\"|'[^']{0,100000}'){100000}")
ATTRIBUTE: Final = re.compile(r"[^\s\"'/=]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'>]+))?")
MOST_ATTRIBUTES: Final = 10_000
LONG_PAGE: Final = 100_000
SPARSE_TAGS: Final = 2_000  # characters a tag; the labelled pages have 25 to 254
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

    __slots__ = ("base", "language", "links_and_headings", "metas", "own", "parser", "site", "stated", "title", "url")

    def __init__(self, text: str, url: str, utf8: bytes | None = None) -> None:
        """`utf8` is the same text, if it is at hand."""
        self.parser = LexborHTMLParser(encoded(text) if utf8 is None else utf8)
        self.url = url
        self.base = url  # where relative links start from
        self.stated = ""  # the address that the page gives for itself, as printed
        self.metas: dict[str, str] = {}  # the content of each meta element, by its name and its property
        if any(text.find(mark, 0, BANNER_WITHIN) >= 0 for mark in ARCHIVE_MARK):
            self.remove(BANNERS)
        self.links_and_headings = self.look()
        self.own = canonical(url) if url else ""
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


def too_costly(text: str) -> str:
    """Why a page is not parsed, "" if it can be."""
    tags = text.count("<")
    if tags > MANY_TAGS and is_too_deep(text):
        return f"its elements are nested deeper than {MAX_NESTING}"
    if len(text) > LONG_PAGE and tags < len(text) / SPARSE_TAGS and any(map(is_laden, LONG_TAG.finditer(text))):
        return f"one of its tags has more than {MOST_ATTRIBUTES:,} attributes"
    return ""


def is_laden(tag: re.Match[str]) -> bool:
    """Whether the beginning of a tag has too many attributes."""
    return next(islice(ATTRIBUTE.finditer(tag[0]), MOST_ATTRIBUTES, None), None) is not None


def is_too_deep(text: str) -> bool:
    """Whether the elements of a page nest deeper than the bound, by its tags: an end tag ends what it names."""
    stack: list[str] = []
    opened: Counter[str] = Counter()
    for name, ends, is_whole in tags_of(text):
        if ends:
            while opened[name]:
                last = stack.pop()
                opened[last] -= 1
                if last == name:
                    break
        elif not (is_whole and (opened["svg"] or opened["math"])):
            stack.append(name)
            opened[name] += 1
            if len(stack) > MAX_NESTING:
                return True
    return False


def tags_of(text: str) -> Iterator[tuple[str, bool, bool]]:
    """The tags that may nest, outside comments and scripts: name, whether it ends an element, whether it says it does
    with `/>`, which counts in drawings and formulas alone."""
    resumed = 0
    for tag in TAG.finditer(text):
        name = tag[2]
        if name in VOID or tag.start() < resumed:
            continue
        if name is None:
            resumed = text.find("-->", tag.end())
            if resumed < 0:
                return
        elif (name := name.lower()) in RAW and not tag[1]:
            end = RAW[name].search(text, tag.end())
            if end is None:
                return
            resumed = end.end()
        elif name not in VOID:
            yield name, tag[1] != "", tag[3].endswith("/")
