"""How much of the labelled pages is still read when they are written otherwise: `python -m benchmarks.robust`.

Each row rewrites all pages in one way that some real site writes its own, and leaves what they print as it is.
"""

import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from hashlib import blake2b
from typing import Any, Final
from urllib.parse import urljoin

from benchmarks.accuracy import means, score_pages
from benchmarks.gold import Page, load_pages, load_scorer
from scraper.models import SHIPPED
from scraper.urls import absolute, canonical

CLASS: Final = re.compile(r"""(\sclass\s*=\s*)(["'])([^"']*)\2""", re.IGNORECASE)
BODY: Final = re.compile(r"(<body\b[^>]*>)", re.IGNORECASE)
HEADING: Final = re.compile(r"<(/?)h([1-6])\b", re.IGNORECASE)
ID: Final = re.compile(r"""\sid\s*=\s*(["'])[^"']*\1""", re.IGNORECASE)
HREF: Final = re.compile(r"""(\shref\s*=\s*)(["'])([^"'#]+)\2""", re.IGNORECASE)
MEANING: Final = re.compile(r"<(/?)(?:nav|footer|header|main|article|section|aside|figure|time)\b", re.IGNORECASE)
SIZE: Final = re.compile(r"""\s(?:width|height|sizes)\s*=\s*(["']?)[\w%, ().:-]*\1""", re.IGNORECASE)
MEASURES: Final = ("lead", "lead*", "precision", "recall", "f1", "headline", "summary", "kicker", "section")


def main() -> None:
    pages, scorer = load_pages(), load_scorer()
    print(f"| | {' | '.join(MEASURES)} |")
    print(f"|---|{'---|' * len(MEASURES)}")
    for label, rewrite in REWRITES.items():
        found = means(score_pages(list(map(rewrite, pages)), lambda _: SHIPPED, scorer))
        print(f"| {label} | {' | '.join(f'{found[name]:.3f}' for name in MEASURES)} |", flush=True)


def printed(rewrite: Callable[[str], str]) -> Callable[[Page], Page]:
    """Pages with their text rewritten."""
    return lambda page: replace(page, text=rewrite(page.text))


def wrapped(names: str) -> Callable[[Page], Page]:
    """The whole body in one more element of these names."""
    return printed(lambda text: BODY.sub(rf'\1<div class="{names}">', text, count=1))


def renamed(rename: Callable[[str], str]) -> Callable[[str], str]:
    """Every class under another name."""
    return lambda text: CLASS.sub(
        lambda found: f"{found[1]}{found[2]}{' '.join(map(rename, found[3].split()))}{found[2]}", text
    )


def readdressed(form: str) -> Callable[[Page], Page]:
    """The stories, and only they, at addresses of another form on their hosts; in the labels too."""

    def rewrite(page: Page) -> Page:
        stories = {canonical(url) for story in labelled(page.gold) for url in addresses(story)}

        def new(href: str) -> str:
            url = absolute(href.replace("&amp;", "&"), page.url)
            if (target := canonical(url)) not in stories:
                return href
            number = int.from_bytes(blake2b(target.encode(), digest_size=4).digest())
            return urljoin(url, form.format(number=number % 9000 + 1000, long=number % 900_000 + 100_000))

        gold = deepcopy(page.gold)
        for item in (*labelled(gold), *gold["ignore"], *gold["summaries"], *gold["sections"]):
            if "url" in item:
                item["url"] = new(item["url"])
            if "urls" in item:
                item["urls"] = list(map(new, item["urls"]))
        text = HREF.sub(lambda found: f"{found[1]}{found[2]}{new(found[3])}{found[2]}", page.text)
        return replace(page, text=text, gold=gold)

    return rewrite


def labelled(gold: dict[str, Any]) -> list[dict[str, Any]]:
    return [gold["lead"], *gold["stories"], *gold["lead_alternatives"]]


def addresses(story: dict[str, Any]) -> list[str]:
    return [url for url in (story.get("url"), *story.get("urls", [])) if url]


def hashed(name: str) -> str:
    return f"c{blake2b(name.encode(), digest_size=3).hexdigest()}"


def without_headings(text: str) -> str:
    return HEADING.sub(r"<\1div", text)


def lower_headings(text: str) -> str:
    """h1 to h5 one level down."""
    return HEADING.sub(lambda found: f"<{found[1]}h{min(6, int(found[2]) + 1)}", text)


REWRITES: Final[dict[str, Callable[[Page], Page]]] = {
    "as they are": lambda page: page,
    "in “site-navigation header search sidebar”": wrapped("site-navigation header search sidebar"),
    "in “page footer-sticky newsletter”": wrapped("page footer-sticky newsletter"),
    "in “hidden mobile has-ad”": wrapped("hidden mobile has-ad"),
    "names begin with “tv-”": printed(renamed("tv-{}".format)),
    "names begin with “nav-”": printed(renamed("nav-{}".format)),
    "names begin with “top-”": printed(renamed("top-{}".format)),
    "names begin with “ad-”": printed(renamed("ad-{}".format)),
    "names made by a machine": printed(renamed(hashed)),
    "no ids": printed(lambda text: ID.sub("", text)),
    "no sizes of pictures": printed(lambda text: SIZE.sub("", text)),
    "no elements but div": printed(lambda text: MEANING.sub(r"<\1div", text)),
    "headings a level lower": printed(lower_headings),
    "no headings": printed(without_headings),
    "no headings, names made by a machine": printed(lambda text: without_headings(renamed(hashed)(text))),
    "addresses /a/123456": readdressed("/a/{long}"),
    "addresses /story.php?id=1234": readdressed("/story.php?id={number}"),
    "addresses /1234.html": readdressed("/{number}.html"),
    "addresses /word1234": readdressed("/word{number}"),
    "addresses /news/some-words-1234": readdressed("/news/some-words-of-it-{number}"),
}

if __name__ == "__main__":
    main()
