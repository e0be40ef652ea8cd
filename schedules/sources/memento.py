"""Any archive that speaks Memento (RFC 7089): its TimeMap lists, its mementos are fetched, raw where it offers them."""

from collections import Counter, deque
from collections.abc import AsyncGenerator
from functools import partial
from typing import Final
from urllib.parse import urljoin, urlsplit

from schedules.sources.found import Found, Name, SourceError, Unusable, Wanted
from schedules.sources.mementos import URI_M, as_capture, memento_datetime, raw_uri, same_page, verdict
from schedules.sources.server import ArchiveServer
from schedules.sources.timemap import Listed, TimeMap, read_timemap
from schedules.sources.wayback import CONCURRENCY
from scraper.config import Site
from scraper.errors import FetchError
from scraper.model import Capture, Origin

MAX_PAGES: Final = 1_000  # of one TimeMap


def timemap_of(server: str, url: str) -> str:
    """Where a server has a page's TimeMap: `/timemap/link/URL` below its address, unless that names one already."""
    server = server.rstrip("/")
    if "/timemap/" in f"{server}/":
        return f"{server}/{url}" if server.endswith(("/timemap/link", "/timemap")) else server
    return f"{server}/timemap/link/{url}"


class Mementos:
    """A site's mementos in the archive, or the aggregator, that has a TimeMap of it."""

    origin = Origin.MEMENTO
    concurrency: int | None = CONCURRENCY
    is_remote = True

    def __init__(self, server: ArchiveServer, timemap: str, site: Site, *, pace: float) -> None:
        self._server, self._timemap, self._site = server, timemap, site
        self.pace: float | None = pace
        self.left_out: Counter[str] = Counter()
        self._listed: set[str] = set()  # a page of a TimeMap may have two addresses
        self._offers_raw: dict[str, bool] = {}  # by host, once it has been tried

    async def find(self, wanted: Wanted) -> AsyncGenerator[Found]:
        """The TimeMap's mementos, page by page."""
        pages, known, read = deque([self._timemap]), {self._timemap}, 0
        while pages:
            address = pages.popleft()
            timemap = await self._page(address)
            read += 1
            for place, listed in enumerate(timemap.mementos, 1):
                share = (read - 1 + place / len(timemap.mementos)) / (read + len(pages))
                if found := self._offer(listed, timemap.original, share, wanted):
                    yield found
            more = [url for link in timemap.more if (url := urljoin(address, link)) not in known]
            if read + len(pages) + len(more) > MAX_PAGES:
                raise SourceError(f"the TimeMap has more than {MAX_PAGES} pages")
            known.update(more)
            pages.extend(url for url in more if _host(url) == _host(self._timemap))
            self.left_out["pages of the TimeMap elsewhere"] += sum(_host(url) != _host(self._timemap) for url in more)
        self.left_out += Counter()  # drops the reasons that were counted as none

    async def _page(self, url: str) -> TimeMap:
        try:
            answer = await self._server.listing(url)
        except FetchError as error:
            if error.capture and error.capture.status == 404:
                return TimeMap(original="", mementos=(), more=())  # RFC 7089, section 4.5.4: no mementos
            raise SourceError(f"the TimeMap cannot be read: {error}") from error
        timemap = read_timemap(answer.body)
        if timemap is None:
            raise SourceError("the archive answers no TimeMap in link format")
        self.left_out["no line of a TimeMap"] += timemap.bad_links
        return timemap

    def _offer(self, listed: Listed, original: str, share: float, wanted: Wanted) -> Found | None:
        named = URI_M.match(listed.uri)
        url = named["url"] if named else original or self._site.url
        if listed.uri in self._listed:
            self.left_out["listed twice"] += 1
        elif not same_page(url, self._site.url):
            self.left_out["of another page"] += 1
        elif not wanted.covers(listed.instant):
            self.left_out["out of the range"] += 1
        else:
            self._listed.add(listed.uri)
            return Found(name=Name(listed.instant, url), share=share, load=partial(self._load, listed, url))
        return None

    async def _load(self, listed: Listed, url: str) -> Capture:
        """The memento's raw bytes; as the archive shows it, where it does not offer those."""
        raw, host = raw_uri(listed.uri), _host(listed.uri)
        if not raw or not self._offers_raw.get(host, True):
            return await self._download(listed.uri, listed, url)
        try:
            capture = await self._download(raw, listed, url)
        except (Unusable, FetchError):
            if self._offers_raw.get(host):
                raise
            capture = await self._download(listed.uri, listed, url)
            self._offers_raw[host] = False  # known now: this memento is well, and its raw form is not
        else:
            self._offers_raw[host] = True
        return capture

    async def _download(self, uri: str, listed: Listed, url: str) -> Capture:
        try:
            answer = await self._server.memento(uri, site=self._site.slug, origin=Origin.MEMENTO)
        except FetchError as error:
            verdict(error)
            raise
        if memento_datetime(answer) is None:
            raise Unusable("no memento: it has no Memento-Datetime")
        return as_capture(answer, uri=uri, origin=Origin.MEMENTO, url=url, instant=listed.instant)


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower()
