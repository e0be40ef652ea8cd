"""The fictional newspapers on a loopback socket, each at the instant that an injected clock names."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from html import escape
from types import TracebackType
from typing import Self

from demo.edition import Page
from demo.paper import Paper
from demo.timeline import dice
from demo.wire import HttpServer, Request, Response, send

Clock = Callable[[], datetime]


def answer(paper: Paper, path: str, instant: datetime) -> Response:
    """What a paper answers at a path: its front page, a story, a picture, or that there is nothing."""
    if path == paper.home:
        return _ok(paper.page(instant))
    if path.startswith(f"{paper.home}images/"):
        return Response(headers=(("Content-Type", "image/svg+xml"),), body=picture(path))
    story = paper.article(path, instant)
    return _ok(story) if story else Response(status=404, headers=(("Content-Type", "text/plain"),), body=b"Not found\n")


def picture(path: str) -> bytes:
    """A picture that looks different for every path: a sky, a sun and a sea."""
    sky, sea, sun = (dice(path, part, sides=100) for part in ("sky", "sea", "sun"))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360">'
        f'<rect width="640" height="360" fill="hsl({10 + 2 * sky} 45% 78%)"/>'
        f'<circle cx="{70 + 5 * sun}" cy="{90 + sun}" r="44" fill="#fff" opacity=".8"/>'
        f'<rect y="210" width="640" height="150" fill="hsl({180 + sea // 2} 40% {28 + sea // 5}%)"/></svg>'
    ).encode()


class PaperServer:
    """Serves papers on one port: a single one at "/", several at "/SLUG/" with an index of them at "/"."""

    def __init__(self, *papers: Paper, clock: Clock, host: str = "127.0.0.1", port: int = 0) -> None:
        homes = ["/"] if len(papers) == 1 else [f"/{paper.slug}/" for paper in papers]
        self.papers = tuple(paper.at(home) for paper, home in zip(papers, homes, strict=True))
        self.clock = clock
        self._http = HttpServer(self._answer, host=host, port=port)
        self.base_url = self._http.base_url

    def url(self, slug: str) -> str:
        """The address of a paper's front page."""
        return self.base_url + next(paper.home for paper in self.papers if paper.slug == slug)

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> bool:
        return await send(writer, request, self._response(request.path))

    def _response(self, path: str) -> Response:
        for paper in self.papers:
            if path.startswith(paper.home):
                return answer(paper, path, self.clock())
        if path == "/":
            return _ok(self._index())
        return Response(status=404, headers=(("Content-Type", "text/plain"),), body=b"Not found\n")

    def _index(self) -> Page:
        links = "".join(f'<li><a href="{paper.home}">{escape(paper.name)}</a></li>' for paper in self.papers)
        text = f"<!DOCTYPE html><meta charset=utf-8><title>Newsstand</title><h1>Newsstand</h1><ul>{links}</ul>"
        return Page(body=text.encode(), content_type="text/html; charset=utf-8")


def _ok(page: Page) -> Response:
    return Response(headers=(("Content-Type", page.content_type),), body=page.body)
