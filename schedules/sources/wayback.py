"""The Internet Archive's Wayback Machine, and servers that speak its protocol: a CDX index, mementos as raw bytes."""

import asyncio
import re
from collections import Counter, OrderedDict
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Final
from urllib.parse import urlencode, urlsplit

from schedules.sources.cdx import FIELDS, NotCdx, Page, Row, read_page
from schedules.sources.found import Found, Name, SourceError, Unusable, Wanted
from schedules.sources.mementos import as_capture, same_page, verdict
from schedules.sources.server import ArchiveServer
from scraper.config import Site
from scraper.errors import FetchError
from scraper.instants import compact
from scraper.model import Capture, Origin

PAGE_ROWS: Final = 5_000  # rows asked for at once: some 600 KB of JSON
MAX_DIGESTS: Final = 20_000  # remembered; a front page says the same again soon or never
CONCURRENCY: Final = 16  # twice what is asked in a second: mementos take up to two to arrive
STATUS: Final = re.compile(r"2(?!06)\d\d")  # as scraper.journey.is_page_status
MIMETYPES: Final = re.compile(r"text/html|application/xhtml\+xml|text/plain")


@dataclass(frozen=True, kw_only=True, slots=True)
class Addresses:
    """Where a server has its index and its mementos: both end where the query or the 14 digits begin.

    `names_fields` says that the index knows its fields by the Internet Archive's names, and can be asked for some.
    """

    index: str
    mementos: str
    names_fields: bool = True

    @classmethod
    def of(cls, server: str) -> "Addresses":
        """Of a bare host as at the Internet Archive; of a URL with a path as in pywb, where that is a collection."""
        server = server.rstrip("/")
        if urlsplit(server).path:
            return cls(index=f"{server}/cdx", mementos=f"{server}/", names_fields=False)
        return cls(index=f"{server}/cdx/search/cdx", mementos=f"{server}/web/")


class Wayback:
    """A site's mementos in a Wayback Machine. Each variant of the front page's address is looked up."""

    origin = Origin.WAYBACK
    concurrency: int | None = CONCURRENCY
    is_remote = True

    def __init__(self, server: ArchiveServer, addresses: Addresses, site: Site, *, pace: float, now: datetime) -> None:
        self._server, self._addresses, self._site, self._now = server, addresses, site, now
        self.pace: float | None = pace
        self.left_out: Counter[str] = Counter()
        self._bodies: OrderedDict[str, asyncio.Future[str]] = OrderedDict()  # digest: sha256 of the body it stands for

    async def find(self, wanted: Wanted) -> AsyncGenerator[Found]:
        """The index's rows that may be front pages of the site, each instant and address once."""
        last: Row | None = None
        for url in index_urls(self._site.url):
            async for row in self._rows(url, wanted):
                if last and (row.instant, row.url) == (last.instant, last.url):
                    self.left_out["listed twice"] += 1
                    continue
                last = row
                yield Found(
                    name=Name(row.instant, row.url),
                    share=self._share(row.instant, wanted),
                    load=partial(self._load, row),
                )

    async def _rows(self, url: str, wanted: Wanted) -> AsyncGenerator[Row]:
        key = ""
        used: set[str] = set()
        while True:
            page = await self._page(self._query(url, wanted, key))
            self.left_out["no line of an index"] += page.bad_lines
            for row in page.rows:
                if reason := self._unwanted(row, wanted):
                    self.left_out[reason] += 1
                else:
                    yield row
            key = page.resume_key
            if not key:
                break
            if key in used:
                raise SourceError("the index resumes where it has been before")
            used.add(key)
        self.left_out += Counter()  # drops the reasons that were counted as none

    async def _page(self, url: str) -> Page:
        try:
            answer = await self._server.listing(url)
            return read_page(answer.body)
        except NotCdx as error:
            raise SourceError(str(error)) from None
        except FetchError as error:
            if error.capture and error.capture.status == 200 and not error.capture.body:
                return Page(rows=())  # an empty answer: nothing there
            raise SourceError(f"the index cannot be read: {error}") from error

    def _query(self, url: str, wanted: Wanted, resume_key: str) -> str:
        asked = [
            ("url", url),
            ("output", "json"),
            *((("fl", ",".join(FIELDS)),) if self._addresses.names_fields else ()),
            *((("from", compact(wanted.since)),) if wanted.since else ()),
            *((("to", compact(wanted.until)),) if wanted.until else ()),
            ("filter", "!statuscode:[345].."),
            ("filter", "!mimetype:(image|video|audio|application/json).*"),
            ("limit", str(PAGE_ROWS)),
            ("showResumeKey", "true"),
            *((("resumeKey", resume_key),) if resume_key else ()),
        ]
        return f"{self._addresses.index}?{urlencode(asked)}"

    def _unwanted(self, row: Row, wanted: Wanted) -> str:
        """Why a row is no capture to download, or "". Servers leave filters out that they do not know."""
        if not same_page(row.url, self._site.url):
            return "of another page"
        if not wanted.covers(row.instant):
            return "out of the range"
        if row.status and not STATUS.fullmatch(row.status):
            return f"an archived {row.status}"
        if row.mimetype and not MIMETYPES.match(row.mimetype):
            return "not a page"
        return ""

    def _share(self, instant: datetime, wanted: Wanted) -> float:
        """How far an instant is into the range; an index goes by time."""
        begin = wanted.since or datetime(1996, 1, 1, tzinfo=instant.tzinfo)
        length = (wanted.until or self._now) - begin
        return min(1.0, max(0.0, (instant - begin) / length)) if length else 1.0

    async def _load(self, row: Row) -> Capture:
        """The memento, or what stands for it where its digest has been downloaded already."""
        if not row.digest:
            return await self._download(row)
        while (known := self._bodies.get(row.digest)) is not None:
            if body := await known:
                return self._revisit(row, body)
        self._bodies[row.digest] = promise = asyncio.get_running_loop().create_future()
        try:
            capture = await self._download(row)
            promise.set_result(sha256(capture.body).hexdigest())
        except BaseException:
            del self._bodies[row.digest]
            promise.set_result("")
            raise
        if len(self._bodies) > MAX_DIGESTS:
            self._bodies.popitem(last=False)
        return capture

    def _revisit(self, row: Row, body: str) -> Capture:
        """A capture that stands for a body known by its digest (WARC 1.1, revisit: identical-payload-digest)."""
        return Capture(
            site=self._site.slug,
            origin=Origin.WAYBACK,
            url=row.url,
            instant=row.instant,
            status=int(row.status or 200),
            headers=(("Content-Type", row.mimetype),) if row.mimetype else (),
            revisit_of=body,
        )

    async def _download(self, row: Row) -> Capture:
        uri = f"{self._addresses.mementos}{compact(row.instant)}id_/{row.url}"
        try:
            answer = await self._server.memento(uri, site=self._site.slug, origin=Origin.WAYBACK)
        except FetchError as error:
            verdict(error)
            raise
        if not answer.body:
            raise Unusable("empty")
        return as_capture(answer, uri=uri, origin=Origin.WAYBACK, url=row.url, instant=row.instant)


def index_urls(url: str) -> tuple[str, ...]:
    """The addresses to look up. An index folds scheme, www and trailing slash (SURT), but not index.html."""
    address, _, query = url.partition("?")
    if query or not address.endswith("/"):
        return (url,)
    return (url, f"{address}index.html")
