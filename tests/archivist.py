"""A web archive on loopback that answers as the Internet Archive documents its own, with faults on request.

CDX server: https://github.com/internetarchive/wayback/tree/master/wayback-cdx-server; mementos: /web/DIGITSid_/URL,
with a redirect to the nearest instant where there is none; TimeMaps: RFC 7089.
"""

import asyncio
import base64
import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from types import TracebackType
from typing import Final, Self
from urllib.parse import parse_qsl, unquote

from demo.wire import HttpServer, Request, Response, send
from scraper.instants import compact
from tests.faults import Exchange, Fault

MEMENTO: Final = re.compile(r"/web/(\d{14})(id_)?/(.*)")
NOTHING_HERE: Final = Response(
    status=404, headers=(("Content-Type", "text/html"),), body=b"<html>Not in archive</html>"
)
WELCOME: Final = Response(headers=(("Content-Type", "text/html"),), body=b"<html>Welcome to the archive</html>")
TEXT: Final = (("Content-Type", "text/plain"),)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A capture that the archive has: what its index says of it, and what is replayed for it."""

    instant: datetime
    url: str = "https://courier.example/"
    body: bytes = b""
    status: int = 200
    mimetype: str = "text/html"
    indexed_status: str = ""  # where the index says something else than what is replayed
    digest: str = ""
    replay: Response | None = None

    @property
    def row(self) -> dict[str, str]:
        """The index's fields."""
        digest = self.digest or base64.b32encode(hashlib.sha1(self.body, usedforsecurity=False).digest()).decode()
        return {
            "urlkey": surt(self.url),
            "timestamp": compact(self.instant),
            "original": self.url,
            "mimetype": self.mimetype,
            "statuscode": self.indexed_status or str(self.status),
            "digest": digest,
            "length": str(len(self.body)),
        }


@dataclass
class WebArchive:
    """Serves what it keeps. `faults` are answered instead of the next requests of an index or of mementos."""

    kept: Sequence[Kept] = ()
    forms: str = "json"  # of the index, whatever is asked for: json or text
    page_rows: int = 150_000
    index_faults: list[Fault] = field(default_factory=list)
    memento_faults: list[Fault] = field(default_factory=list)
    timemap_pages: int = 1
    counts: Counter[str] = field(default_factory=Counter)
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def __aenter__(self) -> Self:
        self._http = await self._stack.enter_async_context(HttpServer(self._answer))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    @property
    def base_url(self) -> str:
        return self._http.base_url

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> bool:
        name, faults, page = self._response(request)
        self.counts[name] += 1
        if faults:
            return await faults.pop(0).answer(Exchange(request=request, page=page, writer=writer))
        return await send(writer, request, page)

    def _response(self, request: Request) -> tuple[str, list[Fault], Response]:
        path = unquote(request.target.partition("?")[0])
        if path == "/cdx/search/cdx":
            return "index", self.index_faults, self._index(request.query)
        if path.startswith("/web/timemap/link/"):
            return "timemap", self.index_faults, self._timemap(request.target.removeprefix("/web/timemap/link/"))
        if found := MEMENTO.fullmatch(path):
            return "memento", self.memento_faults, self._memento(found[1], found[3], is_raw=bool(found[2]))
        return "other", [], WELCOME if path == "/welcome" else NOTHING_HERE

    # -- the index ----------------------------------------------------------------------------------------------------

    def _index(self, query: str) -> Response:
        asked: dict[str, list[str]] = {}
        for name, value in parse_qsl(query):
            asked.setdefault(name, []).append(value)
        self.asked.append(asked)
        rows = [kept.row for kept in sorted(self.kept, key=lambda kept: kept.instant) if _matches(kept.row, asked)]
        first = int(asked.get("resumeKey", ["0"])[0])
        limit = min(self.page_rows, int(asked.get("limit", ["150000"])[0]))
        key = str(first + limit) if first + limit < len(rows) and "showResumeKey" in asked else ""
        names = asked.get("fl", ["urlkey,timestamp,original,mimetype,statuscode,digest,length"])[0].split(",")
        table = [[row[name] for name in names] for row in rows[first : first + limit]]
        return _as_text(table, key) if self.forms == "text" else _as_json(names, table, key)

    # -- mementos -----------------------------------------------------------------------------------------------------

    def _memento(self, digits: str, url: str, *, is_raw: bool) -> Response:
        alike = [kept for kept in self.kept if surt(kept.url) == surt(url)]
        if not alike:
            return NOTHING_HERE
        nearest = min(alike, key=lambda kept: abs(int(compact(kept.instant)) - int(digits)))
        if compact(nearest.instant) != digits:
            mode = "id_" if is_raw else ""
            location = f"{self.base_url}/web/{compact(nearest.instant)}{mode}/{nearest.url}"
            return Response(status=302, headers=(("Location", location),))
        if nearest.replay:
            return nearest.replay
        banner = b"" if is_raw else b"<!-- FILE ARCHIVED ON ... -->"
        return Response(
            status=nearest.status,
            headers=(
                ("Content-Type", nearest.mimetype),
                ("Memento-Datetime", format_datetime(nearest.instant, usegmt=True)),
                ("X-Archive-Orig-Server", "fishwrap"),
            ),
            body=nearest.body + banner,
        )

    def _timemap(self, url: str) -> Response:
        page, _, rest = url.partition("/")
        number, url = (int(page), rest) if page.isdigit() else (0, url)
        alike = sorted((kept for kept in self.kept if surt(kept.url) == surt(url)), key=lambda kept: kept.instant)
        if not alike:
            return NOTHING_HERE
        size = -(-len(alike) // self.timemap_pages)
        links = [f'<{url}>; rel="original"', f'<{self.base_url}/web/{url}>; rel="timegate"']
        links += [
            f'<{self.base_url}/web/timemap/link/{other}/{url}>; rel="timemap"; type="application/link-format"'
            for other in range(self.timemap_pages)
            if self.timemap_pages > 1
        ]
        links += [
            f'<{self.base_url}/web/{compact(kept.instant)}/{kept.url}>; rel="memento"; '
            f'datetime="{format_datetime(kept.instant, usegmt=True)}"'
            for kept in alike[number * size : (number + 1) * size]
        ]
        return Response(headers=(("Content-Type", "application/link-format"),), body=",\n".join(links).encode())


def surt(url: str) -> str:
    """The key under which an index has a URL: scheme, www, port 80 and trailing slash make no difference."""
    address = re.sub(r"^https?://(www\.)?", "", url.lower())
    host, _, path = address.partition("/")
    return f"{','.join(reversed(host.removesuffix(':80').split('.')))}){('/' + path).rstrip('/') or '/'}"


def _matches(row: dict[str, str], asked: dict[str, list[str]]) -> bool:
    begin, end = (asked.get(name, [default])[0] for name, default in (("from", "0"), ("to", "9")))
    if surt(row["original"]) != surt(asked["url"][0]) or not begin <= row["timestamp"] <= end.ljust(14, "9"):
        return False
    for wish in asked.get("filter", []):
        name, _, pattern = wish.removeprefix("!").partition(":")
        if bool(re.fullmatch(pattern, row[name])) == wish.startswith("!"):
            return False
    return True


def _as_json(names: list[str], table: list[list[str]], key: str) -> Response:
    rows: list[list[str]] = [names, *table] if table else []
    if key:
        rows += [[], [key]]
    return Response(headers=(("Content-Type", "application/json"),), body=json.dumps(rows).encode())


def _as_text(table: list[list[str]], key: str) -> Response:
    lines = [" ".join(row) for row in table] + (["", key] if key else [])
    return Response(headers=TEXT, body="\n".join(lines).encode() + b"\n")
