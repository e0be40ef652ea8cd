"""Whether a page is one article in a front page's place: by what it says of itself, and by its own text."""

import re
from collections import Counter
from typing import Final

from selectolax.lexbor import LexborNode

from scraper.document import Document
from scraper.signs import ADDRESS_NAMES, OF_A_STORY, address_signs
from scraper.text import same_words, tidy, words
from scraper.urls import absolute, canonical

# Of 258 real articles (benchmarks/articles.py) 92 % show three or more of the five signs, none of 340 labelled and
# saved front pages more than two.
ENOUGH_SIGNS: Final = 3
LONG_PARAGRAPH: Final = 25  # words
FEW_PARAGRAPHS: Final = 3  # one sign of five: 87 % of the articles, 2 of the front pages
MANY_PARAGRAPHS: Final = 4  # with a title or an address that is an article's: no front page has both
LONGEST_DEK: Final = 2  # paragraphs
ANY_LENGTH: Final = 1_000_000
PARAGRAPHS: Final = "p, h2, h3, h4, h5, h6"
LEAST_HEADLINE: Final = 4  # words
LONG_HEADING: Final = 5  # words; shorter ones are a paper's name
ROOT: Final = 1 << ADDRESS_NAMES.index("root")
# Of a body, by WordPress, Drupal and others.
CLASSES: Final = frozenset({
    "single", "single-post", "article-page", "page-article", "node-type-article", "page-node-type-article",
})  # fmt: skip
LINKED_DATA: Final = "script[type='application/ld+json']"
ARTICLE_TYPE: Final = re.compile(r'"@type"\s*:\s*(?:\[\s*)?"([A-Za-z]*Article|LiveBlogPosting|Recipe)"')
MARKED: Final = (
    "[itemprop='articleBody'], [property='articleBody'], meta[property='article:published_time'], "
    "meta[name='article:published_time']"
)


def article_reason(document: Document) -> str:
    """By what a page shows that it is one article, in words; "" where it does not."""
    title, address = is_titled(document), is_addressed(document)
    kind = document.meta("og:type").lower()
    named = kind == "article" or kind.startswith("video.")
    if not (title or address or named):
        return ""  # two signs at most, whatever the others say
    marked = document.first(MARKED) is not None
    if title + address + named + marked < ENOUGH_SIGNS - 1 and not title and not address:
        return ""
    paragraphs = own_paragraphs(document)
    described = (title or address) and is_described(document)
    classed = not document.classes.isdisjoint(CLASSES)
    signs = title + address + named + marked + described + classed + (paragraphs >= FEW_PARAGRAPHS)
    plain = paragraphs >= MANY_PARAGRAPHS and (title or address) and kind != "website"
    if signs < ENOUGH_SIGNS and not plain:
        return ""
    told = {
        "calls itself one": named,
        "has an article's address": address,
        "has its heading for a title": title,
        "marks an article's text or date": marked,
        "describes one for machines": described,
        "is classed as one": classed,
        f"has {paragraphs} paragraphs of its own text": paragraphs >= FEW_PARAGRAPHS,
    }
    return "it is one article: it " + " and ".join(words for words, seen in told.items() if seen)


def is_described(document: Document) -> bool:
    """Whether a page's JSON-LD describes one article (schema.org), not a list of them."""
    found = [
        name for node in document.parser.css(LINKED_DATA) for name in ARTICLE_TYPE.findall(node.text(deep=True) or "")
    ]
    return len(found) == 1


def is_addressed(document: Document) -> bool:
    """Whether a page gives another address than its own for itself, one that is an article's."""
    return any(
        address.startswith("https://") and address != document.known and address_signs(address, "") & OF_A_STORY
        for address in stated(document)
    )


def stated(document: Document) -> list[str]:
    """The addresses that a page gives for itself."""
    return [canonical(absolute(href, document.base)) for href in (document.stated, document.meta("og:url")) if href]


def is_titled(document: Document) -> bool:
    """Whether the title of a page is a heading on it. A paper's name is so too, but short, named or a link."""
    title, paper = same_words(document.title), same_words(document.meta("og:site_name"))
    if words(title) < LONG_HEADING or not any(says(same_words(text), title) for text in document.headings):
        return False  # without another walk over all elements
    for node in document.parser.css("h1, h2"):
        heading = same_words(tidy(node.text()))
        if says(heading, title) and heading != paper and not leads_home(node, document):
            return True
    return False


def says(heading: str, title: str) -> bool:
    """Whether a heading says what a title does, or part of it."""
    return words(heading) >= LONG_HEADING and (heading in title or title in heading)


def leads_home(heading: LexborNode, document: Document) -> bool:
    """Whether a heading is, holds or is in a link to a front page."""
    link = heading.css_first("a[href]")
    if link is None and heading.parent is not None and heading.parent.tag == "a":
        link = heading.parent
    if link is None:
        return False
    target = canonical(absolute(link.attributes.get("href") or "", document.base))
    return target == document.known or bool(address_signs(target, "") & ROOT)


def own_paragraphs(document: Document) -> int:
    """How many long paragraphs one element of the page holds at most that are no story's printed on it.

    Those are a paragraph that begins with a link, as a headline above its dek, and what follows a linked heading: all
    where it comes first, else a dek. A heading that leads to the page itself is the headline of its text.
    """
    counts: Counter[int] = Counter()
    printed: dict[int, int] = {}  # how many paragraphs may be of the story that an element's last heading leads to
    itself = stated(document)
    for node in document.parser.css(PARAGRAPHS):
        parent = node.parent
        if parent is None:
            continue
        identity = parent.mem_id
        if node.tag != "p":
            link = node.css_first("a")
            if link is None or canonical(absolute(link.attributes.get("href") or "", document.base)) in itself:
                printed.pop(identity, None)
            else:
                printed[identity] = LONGEST_DEK if counts[identity] else ANY_LENGTH
        elif words(text := tidy(node.text())) >= LONG_PARAGRAPH:
            if printed.get(identity, 0) > 0:
                printed[identity] -= 1
            else:
                counts[identity] += not begins_with_link(node, text)
    return max(counts.values(), default=0)


def begins_with_link(paragraph: LexborNode, text: str) -> bool:
    """Whether the first words of a paragraph are a link of a headline's length."""
    link = paragraph.css_first("a[href]")
    linked = tidy(link.text()) if link is not None else ""
    return words(linked) >= LEAST_HEADLINE and text.startswith(linked)
