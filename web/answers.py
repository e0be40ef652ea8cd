"""What pages answer with, turned into responses: HTML or JSON, redirects, documents, feeds, and errors in our dress."""

import json
import logging
import re
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from urllib.parse import unquote

from datasette import Response
from datasette.app import Datasette
from datasette.database import QueryInterrupted
from datasette.utils.asgi import Base400, Request
from datasette.views.base import DatasetteError

from scraper.errors import ArchiveError, ConfigError, FrontpageError, NotFound
from storage.overview import last_seen
from web.asked import Asked, Document, Elsewhere, Headers, Page, Stream
from web.conditional import has_it, http_date, tag_of
from web.database import archive_in, ask
from web.guard import Send

Answer = Callable[[sqlite3.Connection, Asked], Page | Elsewhere | Document | Stream]
View = Callable[[Request, Datasette], Awaitable[Response]]
STATUS = {NotFound: 404, ConfigError: 400, ArchiveError: 410}  # the last: a body that was taken out of the archive
TOO_SLOW = "that took more than a second, and was stopped; ask for less at a time"
ASKED_ABOUT: Headers = (("Cache-Control", "private, no-cache"),)  # kept, and asked about each time
CHECKED: Headers = (*ASKED_ABOUT, ("Vary", "Cookie"))
PART = 65_536  # bytes sent at a time
log = logging.getLogger(__name__)


class Sent(Response):  # type: ignore[misc] # Datasette has no types
    """A response that may send a header twice, as archived headers do."""

    def __init__(self, body: str | bytes, kind: str, *, status: int = 200, headers: Headers = ()) -> None:
        super().__init__(body, status=status, content_type=kind)
        self.pairs = headers

    @property
    def octets(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else self.body.encode("utf-8", "replace")

    @property
    def headers_sent(self) -> list[tuple[bytes, bytes]]:
        pairs = (*self.pairs, ("Content-Type", self.content_type))
        return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in pairs]

    async def asgi_send(self, send: Send) -> None:
        body = self.octets
        headers = self.headers_sent
        if self.status != HTTPStatus.NOT_MODIFIED:  # whose length would have to be that of what is not sent
            headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        for start in range(0, len(body), PART):  # each is awaited, so that what a client has not read is not kept twice
            await send({"type": "http.response.body", "body": body[start : start + PART], "more_body": True})
        await send({"type": "http.response.body", "body": b""})


class Streamed(Sent):
    """A response in parts, each asked for when the one before has been taken."""

    def __init__(self, datasette: Datasette, stream: Stream, *, is_head: bool) -> None:
        super().__init__("", stream.media_type, headers=stream.headers)
        self._datasette, self._stream, self._is_head = datasette, stream, is_head

    async def asgi_send(self, send: Send) -> None:
        part: bytes | None = None if self._is_head else self._stream.first
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers_sent})
        while part is not None:
            await send({"type": "http.response.body", "body": part, "more_body": True})
            part = await ask(self._datasette, self._stream.following)
        await send({"type": "http.response.body", "body": b""})


def view(answer: Answer) -> View:
    """The view of a page, as Datasette calls it."""

    async def answered(request: Request, datasette: Datasette) -> Response:
        asked = asked_by(request, archive_in(datasette).now())
        try:
            found = await ask(datasette, lambda connection: answer(connection, _at_present(connection, asked)))
        except (FrontpageError, sqlite3.OperationalError) as error:
            return await error_page(datasette, request, error)
        if isinstance(found, Elsewhere):
            return Sent("", "text/plain", status=302, headers=(("Location", found.path), *found.headers))
        if isinstance(found, Stream):
            return Streamed(datasette, found, is_head=request.method == "HEAD")
        if isinstance(found, Document):
            kept = ASKED_ABOUT if found.is_kept else ()
            sent = Sent(found.body, found.media_type, status=found.status, headers=(*found.headers, *kept))
            modified = found.modified and min(found.modified, asked.machine_time)
            return _kept(request, sent, modified) if found.is_kept else sent
        if _wants_json(request) or not found.template:
            return _kept(request, _json(found.shape, status=found.status, headers=(*found.headers, *CHECKED)))
        html = await datasette.render_template(found.template, {**found.context, "asked": asked}, request=request)
        return _kept(request, Sent(html, "text/html; charset=utf-8", headers=(*found.headers, *CHECKED)))

    return answered


def _at_present(connection: sqlite3.Connection, asked: Asked) -> Asked:
    """The request in the archive's own time: what it saw last is not yet to come, also where its clock runs ahead."""
    return replace(asked, now=max(asked.machine_time, last_seen(connection) or asked.machine_time))


def _kept(request: Request, page: Sent, modified: datetime | None = None) -> Sent:
    """The answer under its ETag and the time of its last change, or 304 for whoever has just that."""
    if page.status != HTTPStatus.OK:
        return page
    tag = tag_of(page.octets)
    headers = (*page.pairs, ("ETag", tag))
    if modified is not None:
        headers = (*headers, ("Last-Modified", http_date(modified)))
    if request.method in ("GET", "HEAD") and has_it(request.headers, tag, modified):
        return Sent("", page.content_type, status=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Sent(page.octets, page.content_type, headers=headers)


def asked_by(request: Request, now: datetime) -> Asked:
    """A request, and when it came, in the words of our pages."""
    query = {name: request.args.getlist(name) for name in request.args}
    return Asked(
        path={name: unquote(value) for name, value in request.url_vars.items() if value is not None},
        query=query,
        now=now,
        machine_time=now,
        base=f"{request.scheme}://{request.host}",  # the guard has checked the host
        raw=request.full_path,
        headers=request.headers,
        cookies=request.cookies,
    )


async def error_page(datasette: Datasette, request: Request, error: Exception) -> Response:
    """What went wrong, in words; JSON where JSON was asked for."""
    status, message = _told(error)
    if _wants_json(request):
        return _json({"ok": False, "status": status, "error": message}, status=status)
    context = {"status": status, "error": message}
    html = await datasette.render_template("error.html", context, request=request)
    return Sent(html, "text/html; charset=utf-8", status=status)


def _told(error: Exception) -> tuple[int, str]:
    """(status, message) of whatever went wrong; only what is our fault is logged."""
    if isinstance(error, FrontpageError):
        return STATUS.get(type(error), 500), str(error)
    if isinstance(error, QueryInterrupted) or error.args == ("interrupted",):
        return 503, TOO_SLOW
    if isinstance(error, DatasetteError):
        return int(error.status), re.sub(r"<[^>]+>", " ", str(error.message))
    if isinstance(error, Base400):
        message = error.args[0] if error.args else ""
        return int(error.status), "there is no such page" if message in ("", "404") else str(message)
    log.error("a page failed", exc_info=error)
    return 500, "something went wrong on our side; the log has it"


def _wants_json(request: Request) -> bool:
    return bool(request.path.endswith(".json"))


def _json(shape: object, *, status: int = 200, headers: Headers = ()) -> Sent:
    body = json.dumps(shape, ensure_ascii=False)
    return Sent(body, "application/json; charset=utf-8", status=status, headers=headers)
