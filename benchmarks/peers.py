"""The reader beside today's other means, accuracy and speed in one run: `python -m benchmarks.peers [--markdown]`.

The peers are no dependencies: pip install newspaper4k courlan scrapy beautifulsoup4 lxml. One that is absent is left
out, and said so. Each gives what it can: link extractors know no lead and no headline but the link's text.
"""

import argparse
import time
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from types import ModuleType
from typing import Any, Final
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

from benchmarks.gold import Page, as_prediction, load_pages, load_scorer
from benchmarks.tables import table
from scraper.reader import read_front_page

ROUNDS: Final = 5
MEASURES: Final = ("lead", "lead*", "precision", "recall", "f1", "order", "headline")
HEADLINE_WORDS: Final = 4  # of a link that a simple means takes for a story

Prediction = dict[str, Any]
Means = Callable[[Page], Prediction]


def this_reader(page: Page) -> Prediction:
    return as_prediction(read_front_page(page.body, page.url))


def first_heading(page: Page) -> Prediction:
    """The first h1, h2 or h3 with a link leads, every link of four words or more is a story."""
    document = LexborHTMLParser(page.text)
    headed = document.css_first("h1 a[href], h2 a[href], h3 a[href], a[href] h1, a[href] h2, a[href] h3")
    links = [(a.attributes.get("href") or "", a.text(strip=False)) for a in document.css("a[href]")]
    teasers = _stories(page, ((href, text) for href, text in links if len(text.split()) >= HEADLINE_WORDS))
    lead = None
    if headed is not None:
        wanted = " ".join(headed.text().split())
        lead = next((story for story in teasers if wanted and wanted in story["headline"]), None)
    return {"lead": lead, "teasers": [story for story in teasers if story is not lead]}


def newspaper(page: Page) -> Prediction:
    """newspaper4k's list of articles: what its `build` does with a front page, short of fetching its categories."""
    from newspaper import Config, Source
    from newspaper.source import Category

    config = Config()
    config.memorize_articles = False
    source = Source(page.url, config=config)
    source.html = page.text
    source.parse()
    source.extractor.get_category_urls(source.url, source.doc)
    source.categories = [Category(url=page.url, html=source.html, doc=source.doc)]
    source.generate_articles()
    return {"lead": None, "teasers": _stories(page, ((one.url, one.title or "") for one in source.articles))}


def courlan(page: Page) -> Prediction:
    """courlan's links of a page, those that lead elsewhere included."""
    from courlan import extract_links

    found = {*extract_links(page.text, page.url), *extract_links(page.text, page.url, external_bool=True)}
    return {"lead": None, "teasers": _stories(page, ((url, "") for url in sorted(found)))}


def scrapy(page: Page) -> Prediction:
    """scrapy's LinkExtractor."""
    from scrapy.http import HtmlResponse
    from scrapy.linkextractors import LinkExtractor

    links = LinkExtractor().extract_links(HtmlResponse(page.url, body=page.text, encoding="utf-8"))
    return {"lead": None, "teasers": _stories(page, ((link.url, link.text) for link in links))}


def soup(page: Page) -> Prediction:
    """Every link of four words or more, by BeautifulSoup over lxml."""
    from bs4 import BeautifulSoup

    links = ((a["href"], a.get_text(" ")) for a in BeautifulSoup(page.text, "lxml").find_all("a", href=True))
    return {
        "lead": None,
        "teasers": _stories(page, ((href, text) for href, text in links if len(text.split()) >= HEADLINE_WORDS)),
    }


def floor(page: Page) -> Prediction:
    """No reading at all: lexbor's parse, and every link asked for its address and text."""
    for link in LexborHTMLParser(page.text).css("a"):
        link.attributes.get("href")
        link.text()
    return {"lead": None, "teasers": []}


def _stories(page: Page, links: Iterable[tuple[str, str]]) -> list[Prediction]:
    """Each address once, made absolute, with its text."""
    found: dict[str, Prediction] = {}
    for href, text in links:
        try:
            url = urljoin(page.url, href.strip())
        except ValueError:
            continue
        found.setdefault(url, {"url": url, "headline": " ".join(text.split())})
    return list(found.values())


PEERS: Final[dict[str, Means]] = {
    "frontpage-archive": this_reader,
    "first linked heading leads, links of 4+ words": first_heading,
    "newspaper4k": newspaper,
    "courlan": courlan,
    "scrapy LinkExtractor": scrapy,
    "bs4, links of 4+ words": soup,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One means: the mean of each measure, and its CPU time a page over that of the floor."""

    name: str
    measures: tuple[float, ...]
    ms: float
    times_floor: float


def cpu_ms(means: Means, pages: Sequence[Page]) -> float:
    """CPU milliseconds a page."""
    started = time.process_time()
    for page in pages:
        means(page)
    return (time.process_time() - started) * 1000 / len(pages)


def measured(name: str, means: Means, pages: Sequence[Page], scorer: ModuleType) -> Row:
    """The median of some rounds, each with one of the floor beside it: a machine's speed changes by the minute."""
    scores = [scorer.score_page(page.gold, means(page)) for page in pages]
    rounds = [(cpu_ms(means, pages), cpu_ms(floor, pages)) for _ in range(ROUNDS)]
    return Row(
        name=name,
        measures=tuple(sum(float(score[measure]) for score in scores) / len(scores) for measure in MEASURES),
        ms=median(ms for ms, _ in rounds),
        times_floor=median(ms / least for ms, least in rounds),
    )


def compare(pages: Sequence[Page], scorer: ModuleType) -> tuple[list[Row], list[str]]:
    """The rows of the peers that are there, and the names of those that are not."""
    rows, absent = [], []
    for name, means in PEERS.items():
        try:
            means(pages[0])
        except ImportError:
            absent.append(name)
            continue
        rows.append(measured(name, means, pages, scorer))
    return rows, absent


def cells_of(row: Row) -> list[object]:
    has_lead = row.measures[0] > 0
    figures = [f"{value:.2f}" if place > 1 or has_lead else "-" for place, value in enumerate(row.measures)]
    return [row.name, *figures, f"{row.ms:.1f}", f"{row.times_floor:.1f}"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--markdown", action="store_true", help="as a table for the README")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")  # the peers' own
    pages = load_pages()
    rows, absent = compare(pages, load_scorer())
    headings = ["", *MEASURES, "ms", "x floor"]
    if arguments.markdown:
        print("| " + " | ".join(headings) + " |\n" + "|---" * len(headings) + "|")
        print("\n".join("| " + " | ".join(map(str, cells_of(row))) + " |" for row in rows))
    else:
        print(table(headings, [cells_of(row) for row in rows]))
    print(f"\n{len(pages)} labelled pages; the floor is lexbor's parse and all links, in the same run")
    if absent:
        print(f"not installed: {', '.join(absent)}")


if __name__ == "__main__":
    main()
