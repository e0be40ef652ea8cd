"""A newsstand on loopback: fictional papers and folders of saved pages by an injected clock, with faults on request.

async with Newsstand(clock) as stand:
    courier = stand.add_paper(paper("courier"))
    heise = stand.add_folder("heise", SHARED / "series" / "heise")
    courier.fail(Status(503, retry_after="120"), times=1)
    ...                              # fetch courier.url
    assert stand.counts[courier.home] == 2
"""

import asyncio
import gzip
import hashlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Literal, Protocol, Self

from demo.paper import Paper
from demo.server import answer
from demo.wire import Answer, HttpServer, Request, Response, send
from tests.faults import ROBOTS_ABSENT, Exchange, Fault

Clock = Callable[[], datetime]
NOT_FOUND = Response(status=404, headers=(("Content-Type", "text/plain"),), body=b"Not found\n")


class Source(Protocol):
    """Where a stall's pages come from."""

    def answer(self, path: str, instant: datetime) -> Response:
        """The healthy response at a path and an instant."""
        ...


@dataclass(frozen=True)
class PaperSource:
    """A fictional paper."""

    paper: Paper

    def answer(self, path: str, instant: datetime) -> Response:
        """Its front page, stories and pictures."""
        return answer(self.paper, path, instant)


class FolderSource:
    """A folder of saved pages named by their time (`YYYYMMDDThhmmss.html`): the newest that is not of the future."""

    def __init__(self, folder: Path, home: str) -> None:
        self.home = home
        self.files = sorted(file for file in folder.iterdir() if file.suffix in (".html", ".txt"))
        self.instants = [datetime.strptime(file.stem, "%Y%m%dT%H%M%S").replace(tzinfo=UTC) for file in self.files]

    def file_at(self, instant: datetime) -> Path | None:
        """The file that is served at an instant."""
        place = bisect_right(self.instants, instant)
        return self.files[place - 1] if place else None

    def answer(self, path: str, instant: datetime) -> Response:
        """The saved page; its charset is left to its own meta, since the header it came with is not kept."""
        file = self.file_at(instant)
        if path != self.home or file is None:
            return NOT_FOUND
        media_type = "text/plain" if file.suffix == ".txt" else "text/html"
        return Response(headers=(("Content-Type", media_type),), body=file.read_bytes())


@dataclass(kw_only=True)
class Stall:
    """One site of the stand, and how it behaves. All of it may be changed while it is served."""

    source: Source
    base_url: str
    home: str
    gzip: bool = False  # when the client accepts it
    etag: Literal["", "honest", "lying"] = ""  # a lying one never changes, so it answers 304 to what has changed
    headers: tuple[tuple[str, str], ...] = ()
    robots: Response | None = None  # of its own port; None leaves it to the stand
    fault: Fault | None = None
    fault_times: int | None = None  # None: until it is mended
    requests: list[Request] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The address of the front page."""
        return self.base_url + self.home

    def fail(self, fault: Fault, *, times: int | None = None) -> None:
        """Answer with a fault, so many times or until mended."""
        self.fault, self.fault_times = fault, times

    def mend(self) -> None:
        """Answer with the page again."""
        self.fault, self.fault_times = None, None

    def next_fault(self) -> Fault | None:
        """The fault of this request, if any; one that is used up is mended."""
        fault = self.fault
        if fault is not None and self.fault_times is not None:
            self.fault_times -= 1
            if self.fault_times <= 0:
                self.mend()
        return fault

    def response(self, request: Request, instant: datetime) -> Response:
        """The healthy response, with this stall's headers, validator and encoding."""
        response = self.source.answer(request.path, instant)
        if response.status != 200:
            return response
        response = replace(response, headers=response.headers + self.headers)
        return self._encoded(request, self._validated(request, response))

    def _validated(self, request: Request, response: Response) -> Response:
        if not self.etag:
            return response
        digest = hashlib.sha256(response.body).hexdigest()[:32] if self.etag == "honest" else "v1"
        header = ("ETag", f'"{digest}"')
        if request.headers.get("if-none-match") == header[1]:
            return Response(status=304, headers=(header,))
        return replace(response, headers=(*response.headers, header))

    def _encoded(self, request: Request, response: Response) -> Response:
        if not self.gzip or response.status != 200 or "gzip" not in request.headers.get("accept-encoding", ""):
            return response
        headers = (*response.headers, ("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"))
        return replace(response, headers=headers, body=_compressed(response.body))


@lru_cache(maxsize=16)
def _compressed(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=6, mtime=0)


class Newsstand:
    """Hosts stalls on one port under `/SLUG/`, or each on a port of its own at `/`; counts what is asked of it.

    The clock is called once a request. A stall may be added before or after the stand is entered.
    """

    def __init__(self, clock: Clock, *, own_ports: bool = False, host: str = "127.0.0.1") -> None:
        self.clock = clock
        self.own_ports = own_ports
        self.host = host
        self.stalls: dict[str, Stall] = {}
        self.robots = ROBOTS_ABSENT
        self.counts: Counter[str] = Counter()
        self.requests: list[Request] = []
        self._entered = False
        self._servers: list[HttpServer] = []
        self._starting: list[asyncio.Task[HttpServer]] = []
        self._shared = None if own_ports else self._open(self._answer)

    @property
    def base_url(self) -> str:
        """The address of the port that the stalls share."""
        if self._shared is None:
            raise ValueError("every stall has a port of its own; ask it for its url")
        return self._shared.base_url

    def add_paper(self, paper: Paper, *, slug: str = "") -> Stall:
        """Host a fictional paper; under another slug, it can be hosted twice."""
        slug = slug or paper.slug
        return self._add(slug, lambda home: PaperSource(paper.at(home)))

    def add_folder(self, slug: str, folder: Path) -> Stall:
        """Host a folder of saved pages as one site."""
        return self._add(slug, lambda home: FolderSource(folder, home))

    def _add(self, slug: str, source: Callable[[str], Source]) -> Stall:
        if slug in self.stalls:
            raise ValueError(f"there is a stall {slug!r} already")
        home = "/" if self.own_ports else f"/{slug}/"
        stall = Stall(source=source(home), base_url="", home=home)
        server = self._shared or self._open(lambda request, writer: self._answer_at(stall, request, writer))
        stall.base_url = server.base_url
        self.stalls[slug] = stall
        return stall

    def _open(self, answer: Answer) -> HttpServer:
        server = HttpServer(answer, host=self.host)
        self._servers.append(server)
        if self._entered:  # its socket listens already; clients wait in the backlog until it is started
            self._starting.append(asyncio.create_task(server.__aenter__()))
        return server

    async def __aenter__(self) -> Self:
        self._entered = True
        for server in self._servers:
            await server.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.gather(*self._starting)
        for server in self._servers:
            await server.__aexit__(kind, error, trace)

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> bool:
        for stall in self.stalls.values():
            if request.path.startswith(stall.home):
                return await self._answer_at(stall, request, writer)
        self._count(request)
        return await send(writer, request, self.robots if request.path == "/robots.txt" else NOT_FOUND)

    async def _answer_at(self, stall: Stall, request: Request, writer: asyncio.StreamWriter) -> bool:
        self._count(request)
        stall.requests.append(request)
        if request.path == "/robots.txt":
            return await send(writer, request, stall.robots or self.robots)
        page = stall.response(request, self.clock())
        if fault := stall.next_fault():
            return await fault.answer(Exchange(request=request, page=page, writer=writer))
        return await send(writer, request, page)

    def _count(self, request: Request) -> None:
        self.counts[request.path] += 1
        self.requests.append(request)
