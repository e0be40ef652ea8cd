"""Addresses of every route of the reading room, with blanks to be filled by chance."""

import random
from datetime import timedelta
from typing import Final
from urllib.parse import quote

from benchmarks.questions_asked import COMMON, COMMONEST, RARE, Asked
from scraper.instants import compact
from storage.queries import show
from web.plugin import DOCUMENTS, FEEDS, PAGES, SITE, STORY

FLOOR: Final = ("/-/versions.json", "/archive.json?sql=select+1&_shape=array")
DATASETTE: Final = ("/archive", "/archive/captures", "/archive/spans", "/archive/front_page_leads")
# By route; several where what is asked for makes a difference. `{oldest}` is a story of all pages since the first.
TEMPLATES: Final[dict[str, tuple[str, ...]]] = {
    r"/": ("/",),
    SITE: (
        "/site/{site}",
        "/site/{site}?over=week",
        "/site/{site}?over=month",
        "/site/{site}?over=all",
        "/site/{site}?over=all&until={at}",
    ),
    rf"{SITE}/at": ("/site/{site}/at?time={at}",),
    rf"{SITE}/at/(?P<at>[^/.]+)": ("/site/{site}/at/{at}",),
    rf"{SITE}/capture/(?P<name>[^/.]+)": ("/site/{site}/capture/{capture}",),
    rf"{SITE}/diff/(?P<a>[^/.]+)/(?P<b>[^/.]+)": ("/site/{site}/diff/{at}/{day_later}",),
    rf"{SITE}/changes": ("/site/{site}/changes", "/site/{site}/changes?until={at}"),
    STORY: ("/story/{story}", "/story/{oldest}"),
    r"/search": (
        "/search",
        "/search?q={rare}",
        "/search?q={common}",
        "/search?q={commonest}",
        "/search?q={phrase}",
        "/search?q={common}&site={site}",
        "/search?q={common}&role=lead",
        "/search?q={commonest}&to={at}",
    ),
    r"/compare": (
        "/compare",
        "/compare?at={at}",
        "/compare?at={at}&q={rare}",
        "/compare?at={at}&q={common}",
        "/compare?at={at}&q={commonest}",
    ),
    r"/healthz": ("/healthz",),
    r"/metrics": ("/metrics",),
    rf"{SITE}/leads\.csv": ("/site/{site}/leads.csv?over=all",),
    rf"{SITE}/changes\.csv": ("/site/{site}/changes.csv",),
    rf"{STORY}\.csv": ("/story/{story}.csv",),
    r"/search\.csv": ("/search.csv?q={common}", "/search.csv?q={common}&site={site}"),
    r"/search\.jsonl": ("/search.jsonl?q={commonest}",),
    r"/timemap/link/.+": ("/timemap/link/https://www.{site}.example/",),
    r"/timegate/.+": ("/timegate/https://www.{site}.example/",),
    r"/web/\d.*": ("/web/{capture}id_/https://www.{site}.example/",),
}


def addresses() -> list[str]:
    """Every template: the floor, pages and their JSON, feeds in both forms, documents, some of Datasette's pages."""
    found = list(FLOOR)
    for route in (*PAGES, *DOCUMENTS):
        found += TEMPLATES[route]
        found += [with_ending(one, ".json") for one in TEMPLATES[route] if route in PAGES and one != "/search"]
    for route in FEEDS:
        one = TEMPLATES[route][1 if route == r"/search" else 0]
        found += [with_ending(one, ending) for ending in (".atom", ".feed.json")]
    return [*found, *DATASETTE]


def with_ending(address: str, ending: str) -> str:
    path, mark, query = address.partition("?")
    return f"{path}{ending}{mark}{query}"


def drawn(asked: Asked, chance: random.Random) -> dict[str, str]:
    """Something for each blank."""
    slug, at = asked.site(chance), asked.instant(chance)
    (oldest,) = asked.connection.execute("SELECT story FROM stories ORDER BY id LIMIT 1").fetchone()
    words = {
        name: asked.words.by_rank[rank + chance.randrange(rank // 10 + 1)]
        for name, rank in (("rare", RARE), ("common", COMMON), ("commonest", COMMONEST))
    }
    return words | {
        "site": slug,
        "at": compact(at),
        "day_later": compact(at + timedelta(days=1)),
        "capture": compact(show(asked.connection, slug, at).captured_at),
        "story": asked.story(chance),
        "oldest": str(oldest),
        "phrase": quote(asked.phrase(chance)),
    }
