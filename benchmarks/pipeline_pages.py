"""The pages of a benchmark: real-size front pages, and a server in another process, whose work is not measured."""

import asyncio
import gzip
import multiprocessing
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from demo.library import papers
from demo.wire import HttpServer, Request, Response, send
from scraper.model import Capture, Origin
from tests.newsstand import NOT_FOUND, FolderSource

BEGIN: Final = datetime(2026, 11, 24, tzinfo=UTC)
STEP: Final = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One state of one site's front page."""

    slug: str
    instant: datetime
    content_type: str
    body: bytes

    def capture(self) -> Capture:
        """The page as the gate would return it."""
        headers = (("Content-Type", self.content_type), ("Content-Length", str(len(self.body))))
        return Capture(
            site=self.slug, origin=Origin.LIVE, url=f"https://{self.slug}.example/", instant=self.instant,
            status=200, headers=headers, body=self.body,
        )  # fmt: skip


def load_pages(series: Path, per_site: int) -> list[Page]:
    """The first pages of each saved series, or of the fictional papers where there is none; in order of time."""
    pages = list(_saved(series, per_site) if series.is_dir() else _fictional(per_site))
    return sorted(pages, key=lambda page: (page.instant, page.slug))


def _saved(series: Path, per_site: int) -> Iterator[Page]:
    for folder in sorted(series.iterdir()):
        for number, file in enumerate(FolderSource(folder, "/").files[:per_site]):
            instant = BEGIN + number * STEP
            yield Page(slug=folder.name, instant=instant, content_type=_media_type(file), body=file.read_bytes())


def _fictional(per_site: int) -> Iterator[Page]:
    for paper in papers():
        for number in range(per_site):
            instant = BEGIN + number * STEP
            page = paper.page(instant)
            yield Page(slug=paper.slug, instant=instant, content_type=page.content_type, body=page.body)


def saved_pages(folder: Path) -> list[Page]:
    """All pages of one saved series, each at its own time."""
    source = FolderSource(folder, "/")
    return [
        Page(slug=folder.name, instant=instant, content_type=_media_type(file), body=file.read_bytes())
        for instant, file in zip(source.instants, source.files, strict=True)
    ]


def _media_type(file: Path) -> str:
    return "text/plain" if file.suffix == ".txt" else "text/html"


@contextmanager
def served(pages: Sequence[Page]) -> Iterator[str]:
    """The address of a server on which `/SLUG/` is a site's next page at every request, gzipped as servers do it."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    server = context.Process(target=_serve, args=(list(pages), there), daemon=True)
    server.start()
    try:
        yield here.recv()
    finally:
        server.terminate()
        server.join()


def _serve(pages: list[Page], ready: Connection) -> None:
    asyncio.run(_serve_for_ever(pages, ready))


async def _serve_for_ever(pages: list[Page], ready: Connection) -> None:
    turns = {f"/{slug}/": cycle(_responses(pages, slug)) for slug in {page.slug for page in pages}}

    async def answer(request: Request, writer: asyncio.StreamWriter) -> bool:
        turn = turns.get(request.path)
        return await send(writer, request, next(turn) if turn else NOT_FOUND)

    async with HttpServer(answer) as server:
        ready.send(server.base_url)
        await asyncio.Event().wait()


def _responses(pages: Sequence[Page], slug: str) -> list[Response]:
    return [
        Response(
            headers=(("Content-Type", page.content_type), ("Content-Encoding", "gzip")),
            body=gzip.compress(page.body, compresslevel=6, mtime=0),
        )
        for page in pages
        if page.slug == slug
    ]
