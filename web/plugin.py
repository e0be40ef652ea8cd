"""The Datasette plugin: our routes in front of its own, our templates' filters, connections that are confined."""

import json
import logging
import re
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import unquote

from datasette import Response, hookimpl
from datasette.app import Datasette
from datasette.database import QueryInterrupted
from datasette.utils.asgi import Base400, Request
from datasette.views.base import DatasetteError
from jinja2 import Environment

from scraper.errors import ConfigError, FrontpageError, NotFound
from scraper.instants import from_epoch, iso
from web import changes, compare, front, search, sites, story
from web.asked import Asked, Document, Elsewhere, Page
from web.database import ask, confine
from web.phrases import FILTERS

F = TypeVar("F")
hook: Callable[[F], F] = hookimpl  # typed; Datasette is not
Answer = Callable[[sqlite3.Connection, Asked], Page | Elsewhere | Document]
View = Callable[[Request, Datasette], Awaitable[Response]]
ROUTES: dict[str, Answer] = {
    r"/": sites.home,
    r"/site/(?P<slug>[^/.]+)": sites.site,
    r"/site/(?P<slug>[^/.]+)/at": front.go_to,
    r"/site/(?P<slug>[^/.]+)/at/(?P<at>[^/.]+)": front.front_page,
    r"/site/(?P<slug>[^/.]+)/diff/(?P<a>[^/.]+)/(?P<b>[^/.]+)": front.difference,
    r"/site/(?P<slug>[^/.]+)/changes": changes.page,
    r"/story/(?P<id>[^/.]+)": story.story,
    r"/search": search.search,
    r"/compare": compare.compare,
    r"/healthz": sites.healthz,
}
INSTANTS = {"instant", "first_seen", "last_seen", "due_at", "ended_at", "described_at", "removed_at"}
DOCUMENTS: dict[str, Answer] = {r"/site/(?P<slug>[^/.]+)/changes\.atom": changes.feed}
STATUS = {NotFound: 404, ConfigError: 400}
TOO_SLOW = "that took more than a second, and was stopped; ask for less at a time"
log = logging.getLogger(__name__)


@hook
def register_routes(datasette: Datasette) -> list[tuple[str, View]]:  # noqa: ARG001 - the hook's signature
    """Each page under its address, and under the same with `.json`; documents under theirs alone."""
    pages = [(rf"^{path}(\.json)?$", _view(answer)) for path, answer in ROUTES.items()]
    return [*pages, *((rf"^{path}$", _view(answer)) for path, answer in DOCUMENTS.items())]


@hook
def prepare_connection(conn: sqlite3.Connection, database: str) -> None:
    """The archive's connections lead nowhere else; Datasette's own, in memory, stay as they are."""
    if database == "archive":
        confine(conn)


@hook
def render_cell(value: object, column: str, database: str) -> str | None:
    """Instants in Datasette's tables as people write them; the number stays in JSON and CSV."""
    if database == "archive" and column in INSTANTS and isinstance(value, int):
        return iso(from_epoch(value))
    return None


@hook
def prepare_jinja2_environment(env: Environment) -> None:
    """The words for times and durations, and templates without the white space of their control lines."""
    env.filters.update(FILTERS)
    env.trim_blocks = env.lstrip_blocks = True


@hook
def handle_exception(datasette: Datasette, request: Request, exception: Exception) -> Callable[[], Awaitable[Response]]:
    """Errors in the reading room's own dress, also on Datasette's pages; only what is our fault is logged."""

    async def answer() -> Response:
        status, message = _told(exception)
        return await _error(datasette, request, status, message)

    return answer


def _told(exception: Exception) -> tuple[int, str]:
    """(status, message) of whatever went wrong."""
    if isinstance(exception, FrontpageError):
        return STATUS.get(type(exception), 500), str(exception)
    if isinstance(exception, QueryInterrupted) or exception.args == ("interrupted",):
        return 503, TOO_SLOW
    if isinstance(exception, DatasetteError):
        return int(exception.status), re.sub(r"<[^>]+>", " ", str(exception.message))
    if isinstance(exception, Base400):
        message = exception.args[0] if exception.args else ""
        return int(exception.status), "there is no such page" if message in ("", "404") else str(message)
    log.error("a page failed", exc_info=exception)
    return 500, "something went wrong on our side; the log has it"


def _view(answer: Answer) -> View:
    async def view(request: Request, datasette: Datasette) -> Response:
        asked = _asked(request)
        try:
            found = await ask(datasette, lambda connection: answer(connection, asked))
        except (FrontpageError, sqlite3.OperationalError) as error:
            return await _error(datasette, request, *_told(error))
        if isinstance(found, Elsewhere):
            return Response.redirect(found.path)
        if isinstance(found, Document):
            return Response(found.body, content_type=f"{found.media_type}; charset=utf-8")
        if _wants_json(request) or not found.template:
            return _json(found.shape)
        return Response.html(await datasette.render_template(found.template, {**found.context}, request=request))

    return view


def _asked(request: Request) -> Asked:
    path = {name: unquote(value) for name, value in request.url_vars.items() if value is not None}
    query = {name: request.args.getlist(name) for name in request.args}
    base = f"{request.scheme}://{request.host}"  # the guard has checked the host
    return Asked(path=path, query=query, now=datetime.now(UTC).replace(microsecond=0), base=base)


def _wants_json(request: Request) -> bool:
    return bool(request.path.endswith(".json"))


def _json(shape: object, *, status: int = 200) -> Response:
    body = json.dumps(shape, ensure_ascii=False)
    return Response(body, status=status, content_type="application/json; charset=utf-8")


async def _error(datasette: Datasette, request: Request, status: int, message: str) -> Response:
    if _wants_json(request):
        return _json({"ok": False, "status": status, "error": message}, status=status)
    context = {"status": status, "error": message}
    return Response.html(await datasette.render_template("error.html", context, request=request), status=status)
