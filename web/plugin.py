"""The Datasette plugin: our routes in front of its own, our templates' filters, connections that are confined."""

import re
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

from datasette import Response, hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request
from jinja2 import Environment
from markupsafe import Markup

from scraper.errors import NotFound
from scraper.instants import from_epoch, iso
from web import (
    changes,
    compare,
    difference,
    evidence,
    feeds,
    front,
    health,
    memento,
    search,
    sites,
    story,
    tables,
    taken,
)
from web.answers import Answer, View, error_page, view
from web.asked import Asked, Document
from web.database import confine
from web.dress import DRESS
from web.phrases import FILTERS

F = TypeVar("F")
hook: Callable[[F], F] = hookimpl  # typed; Datasette is not
SITE = r"/site/(?P<slug>[^/.]+)"
STORY = r"/story/(?P<id>[^/.]+)"
PAGES: dict[str, Answer] = {
    r"/": sites.home,
    SITE: sites.site,
    rf"{SITE}/at": front.go_to,
    rf"{SITE}/at/(?P<at>[^/.]+)": front.front_page,
    rf"{SITE}/capture/(?P<name>[^/.]+)": evidence.capture,
    rf"{SITE}/diff/(?P<a>[^/.]+)/(?P<b>[^/.]+)": difference.difference,
    rf"{SITE}/changes": changes.page,
    STORY: story.story,
    r"/search": search.search,
    r"/compare": compare.compare,
    r"/healthz": health.healthz,
}
FEEDS: dict[str, Callable[[sqlite3.Connection, Asked], feeds.Feed]] = {
    rf"{SITE}/changes": changes.feed,
    STORY: story.feed,
    r"/search": search.feed,
}
DOCUMENTS: dict[str, Answer] = {
    r"/metrics": health.metrics,
    rf"{SITE}/leads\.csv": tables.leads,
    rf"{SITE}/changes\.csv": tables.changed,
    rf"{STORY}\.csv": tables.wordings,
    r"/search\.csv": taken.as_csv,
    r"/search\.jsonl": taken.as_jsonl,
    r"/timemap/link/.+": memento.timemap,
    r"/timegate/.+": memento.timegate,
    r"/web/\d.*": memento.memento,
}
# Datasette's pages about itself: they tell where the file lies, and what else the machine runs.
INSIDE = r"^/-/(?!static/|static-plugins/|versions)"
WAYS = {"Sites": "/", "Compare": "/compare", "Search": "/search"}
_STORY = re.compile(r"[a-z2-7]{12}")
_CAPTURE = re.compile(r"([^/.?#\s]+)/(\d{14}(?:~\d+)?)")
INSTANTS = {"instant", "first_seen", "last_seen", "due_at", "ended_at", "described_at", "removed_at", "beaten_at"}


@hook
def register_routes(datasette: Datasette) -> list[tuple[str, View]]:  # noqa: ARG001 - the hook's signature
    """Each page under its address and under the same with `.json`, feeds in two forms, documents as they are."""
    return list(_routes())


def _routes() -> Iterator[tuple[str, View]]:
    yield INSIDE, view(_nothing)
    for path, made in FEEDS.items():
        yield rf"^{path}\.atom$", view(_fed(made, feeds.atom))
        yield rf"^{path}\.feed\.json$", view(_fed(made, feeds.json_feed))
    for path, answer in PAGES.items():
        yield rf"^{path}(\.json)?$", view(answer)
    for path, answer in DOCUMENTS.items():
        yield rf"^{path}$", view(answer)


def _nothing(connection: sqlite3.Connection, asked: Asked) -> Document:  # noqa: ARG001 - an answer's signature
    raise NotFound("there is no such page")


def _fed(made: Callable[[sqlite3.Connection, Asked], feeds.Feed], written: Callable[[feeds.Feed], Document]) -> Answer:
    return lambda connection, asked: written(made(connection, asked))


@hook
def prepare_connection(conn: sqlite3.Connection, database: str) -> None:
    """The archive's connections lead nowhere else; Datasette's own, in memory, stay as they are."""
    if database == "archive":
        confine(conn)


@hook
def render_cell(value: object, column: str, database: str) -> str | None:
    """In Datasette's tables instants as people write them, stories and captures with links to their pages; JSON and CSV
    have what is there."""
    if database != "archive":
        return None
    if column in INSTANTS and isinstance(value, int):
        return iso(from_epoch(value))
    if column == "story" and isinstance(value, str) and _STORY.fullmatch(value):
        return Markup('<a href="/story/{0}">{0}</a>').format(value)
    if column == "capture" and isinstance(value, str) and (named := _CAPTURE.fullmatch(value)):
        return Markup('<a href="/site/{}/capture/{}">{}</a>').format(*named.groups(), value)
    return None


@hook
def menu_links() -> list[dict[str, str]]:
    """The way from Datasette's pages back to ours."""
    return [{"href": href, "label": label} for label, href in WAYS.items()]


@hook
def prepare_jinja2_environment(env: Environment) -> None:
    """Words for times and durations, where style and script lie; no white space of the templates' control lines."""
    env.filters.update(FILTERS)
    env.globals["dress"] = DRESS
    env.trim_blocks = env.lstrip_blocks = True


@hook
def handle_exception(datasette: Datasette, request: Request, exception: Exception) -> Callable[[], Awaitable[Response]]:
    """Errors in the reading room's own dress, also on Datasette's pages."""

    async def answer() -> Response:
        return await error_page(datasette, request, exception)

    return answer
