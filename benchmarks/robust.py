"""How much of the labelled pages is still read when they are written otherwise: `python -m benchmarks.robust`.

Each row rewrites all pages in one way that some real site writes its own, and leaves what they print as it is.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from hashlib import blake2b
from typing import Final

from benchmarks.accuracy import means, score_pages
from benchmarks.gold import load_pages, load_scorer
from scraper.models import SHIPPED

CLASS: Final = re.compile(r"""(\sclass\s*=\s*)(["'])([^"']*)\2""", re.IGNORECASE)
BODY: Final = re.compile(r"(<body\b[^>]*>)", re.IGNORECASE)
HEADING: Final = re.compile(r"<(/?)h([1-6])\b", re.IGNORECASE)
ID: Final = re.compile(r"""\sid\s*=\s*(["'])[^"']*\1""", re.IGNORECASE)
SIZE: Final = re.compile(r"""\s(?:width|height|sizes)\s*=\s*(["']?)[\w%, ().:-]*\1""", re.IGNORECASE)
MEASURES: Final = ("lead", "lead*", "precision", "recall", "f1", "headline", "summary", "kicker", "section")


def main() -> None:
    pages, scorer = load_pages(), load_scorer()
    print(f"| | {' | '.join(MEASURES)} |")
    print(f"|---|{'---|' * len(MEASURES)}")
    for label, rewrite in REWRITES.items():
        rewritten = [replace(page, text=rewrite(page.text)) for page in pages]
        found = means(score_pages(rewritten, lambda _: SHIPPED, scorer))
        print(f"| {label} | {' | '.join(f'{found[name]:.3f}' for name in MEASURES)} |", flush=True)


def wrapped(names: str) -> Callable[[str], str]:
    """The whole body in one more element of these names."""
    return lambda text: BODY.sub(rf'\1<div class="{names}">', text, count=1)


def renamed(rename: Callable[[str], str]) -> Callable[[str], str]:
    """Every class under another name."""
    return lambda text: CLASS.sub(
        lambda found: f"{found[1]}{found[2]}{' '.join(map(rename, found[3].split()))}{found[2]}", text
    )


def hashed(name: str) -> str:
    return f"c{blake2b(name.encode(), digest_size=3).hexdigest()}"


def without_headings(text: str) -> str:
    return HEADING.sub(r"<\1div", text)


def lower_headings(text: str) -> str:
    """h1 to h5 one level down."""
    return HEADING.sub(lambda found: f"<{found[1]}h{min(6, int(found[2]) + 1)}", text)


REWRITES: Final[dict[str, Callable[[str], str]]] = {
    "as they are": lambda text: text,
    "in “site-navigation header search sidebar”": wrapped("site-navigation header search sidebar"),
    "in “page footer-sticky newsletter”": wrapped("page footer-sticky newsletter"),
    "in “hidden mobile has-ad”": wrapped("hidden mobile has-ad"),
    "names begin with “tv-”": renamed("tv-{}".format),
    "names begin with “nav-”": renamed("nav-{}".format),
    "names begin with “top-”": renamed("top-{}".format),
    "names begin with “ad-”": renamed("ad-{}".format),
    "names made by a machine": renamed(hashed),
    "no ids": lambda text: ID.sub("", text),
    "no sizes of pictures": lambda text: SIZE.sub("", text),
    "headings a level lower": lower_headings,
    "no headings": without_headings,
    "no headings, names made by a machine": lambda text: without_headings(renamed(hashed)(text)),
}

if __name__ == "__main__":
    main()
