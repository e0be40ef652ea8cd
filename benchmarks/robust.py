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
DIV: Final = re.compile(r"<(/?)div\b([^>]*)>", re.IGNORECASE)
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


def begun(html: str) -> Callable[[Page], Page]:
    """The body with something before everything else."""
    return printed(lambda text: BODY.sub(lambda found: found[1] + html, text, count=1))


def listed(before: str, form: str, after: str) -> Callable[[Page], Page]:
    """The body with some of its teasers before everything else, as a menu or a list of the most read shows them."""

    def rewrite(page: Page) -> Page:
        teasers = [story for story in page.gold["stories"] if story.get("url") and story.get("headline")]
        cards = "".join(form.format(url=story["url"], headline=story["headline"]) for story in teasers[3:9])
        return begun(before + cards + after)(page)

    return rewrite


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


def doubled(tag: re.Match[str]) -> str:
    return "</div></div>" if tag[1] else f"<div><div{tag[2]}>"


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
    "every div twice": printed(lambda text: DIV.sub(doubled, text)),
    "cookies first": begun(
        "<div class=x><h2>We value your privacy and that of our partners</h2><p>We and they keep information on your "
        "device and read it there.</p><a href='/privacy-policy'>Read our privacy and cookie policy</a></div>"
    ),
    "an offer of the paper first": begun(
        "<div class=x><a href='/subscribe/spring-offer'><img src='/offer.jpg' width=970><h2>Read everything for one "
        "month for one euro</h2></a><p>Our spring offer ends on Sunday: all articles and the paper as a file.</p></div>"
    ),
    "a call for support first": begun(
        "<div class=x><h2>Your support keeps our reporting free for all</h2><p>Every contribution makes our work "
        "possible for readers who cannot pay.</p><a href='/contribute'>Support us from as little as one euro</a></div>"
    ),
    "today's paper first": begun(
        "<div class=x><a href='/digital-edition/today'><img src='/cover.jpg' width=300><h3>Read today's paper on your "
        "tablet</h3></a><p>The whole printed edition from ten in the evening before.</p></div>"
    ),
    "an advertisement first": begun(
        "<div class=x><span>Advertisement</span><a href='https://bank.example/ten-ways-to-save-on-your-mortgage'>"
        "<img src='/ad.jpg' width=300><h3>Ten ways to save on your mortgage this year</h3></a><p>Rates have never been "
        "this low, and our experts tell you how to use it.</p></div>"
    ),
    "the most read first": listed(
        "<div class=x><div class=y>Most read</div><ol>", "<li><a href='{url}'>{headline}</a></li>", "</ol></div>"
    ),
    "teasers in a menu first": listed(
        "<nav><ul>", "<li><a href='{url}'><img src='/t.jpg' width=300><h4>{headline}</h4></a></li>", "</ul></nav>"
    ),
    "addresses /a/123456": readdressed("/a/{long}"),
    "addresses /story.php?id=1234": readdressed("/story.php?id={number}"),
    "addresses /1234.html": readdressed("/{number}.html"),
    "addresses /word1234": readdressed("/word{number}"),
    "addresses /news/some-words-1234": readdressed("/news/some-words-of-it-{number}"),
}

if __name__ == "__main__":
    main()
