"""Saved pages in a folder: html or text, plain or compressed, with their time in the name or in the page."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from schedules.sources.banner import instant_in
from schedules.sources.found import Found, Name, Unusable, Wanted
from schedules.sources.packing import media_type_of, suffix_of_packing, unpack_file
from scraper.config import Site
from scraper.errors import ConfigError
from scraper.instants import from_epoch, in_years
from scraper.limits import MAX_BODY_BYTES
from scraper.model import Capture, Origin

# 14 digits, or 8 and 6 with T, - or _ between; not a part of a longer number.
TIME = re.compile(r"(?<!\d)(\d{8})[T_-]?(\d{6})(?!\d)")
PAGES = (".html", ".htm", ".xhtml", ".txt")


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class SavedPage:
    """A file, the instant it was saved at, and its size and time of change."""

    instant: datetime
    path: Path
    state: str


class Files:
    """A folder of saved pages of one site, or one page. Links are not followed.

    The time is the one in a file's name, else the one that an archive's banner or a saving program wrote into the page,
    else, `by_mtime`, the file's own.
    """

    origin = Origin.FILES
    pace: float | None = None
    concurrency: int | None = None
    is_remote = False

    def __init__(self, place: Path, site: Site, *, by_mtime: bool = False) -> None:
        if not place.exists():
            raise ConfigError(f"{place}: there is no such folder; name one with saved pages")
        self._place, self._site, self._by_mtime = place, site, by_mtime
        self.left_out: Counter[str] = Counter()

    async def find(self, wanted: Wanted) -> AsyncGenerator[Found]:
        """The folder's pages in order of time."""
        del wanted  # a listing of names costs nothing
        pages = await asyncio.to_thread(self._list)
        for place, page in enumerate(pages, 1):
            yield Found(
                name=Name(page.instant, self._site.url, str(page.path.relative_to(self._place))),
                share=place / len(pages),
                state=page.state,
                load=partial(asyncio.to_thread, self._capture, page),
            )

    def _list(self) -> list[SavedPage]:
        pages = []
        for path in self._place.rglob("*") if self._place.is_dir() else [self._place]:
            if path.is_symlink() or not path.is_file():
                continue
            try:
                pages.append(SavedPage(path=path, instant=self._instant(path), state=_state(path)))
            except Unusable as reason:
                self.left_out[str(reason)] += 1
        return sorted(pages)

    def _instant(self, path: Path) -> datetime:
        if not path.name.removesuffix(suffix_of_packing(path.name)).lower().endswith(PAGES):
            raise Unusable("not a page")
        if found := TIME.search(path.name):
            return _read_time(found[1] + found[2])
        if instant := instant_in(_read(path)):
            return instant
        if self._by_mtime:
            return _changed_at(path)
        raise Unusable("no time in its name or page")

    def _capture(self, page: SavedPage) -> Capture:
        """The page as a capture. Raises Unusable where the file cannot be read whole and within bounds."""
        return Capture(
            site=self._site.slug,
            origin=Origin.FILES,
            url=self._site.url,
            instant=page.instant,
            status=200,
            headers=(("Content-Type", media_type_of(page.path.name)),),
            body=_read(page.path),
        )


def _state(path: Path) -> str:
    told = path.stat()
    return f"{told.st_size} {told.st_mtime_ns}"


def _read_time(digits: str) -> datetime:
    try:
        return in_years(datetime.strptime(digits + "+0000", "%Y%m%d%H%M%S%z"))
    except ValueError:
        raise Unusable("no such time") from None


def _changed_at(path: Path) -> datetime:
    try:
        return in_years(from_epoch(int(path.stat().st_mtime)))
    except (ValueError, OverflowError):
        raise Unusable("no such time") from None


def _read(path: Path) -> bytes:
    """The file unpacked. Raises Unusable, with the reason it is counted under."""
    try:
        if path.stat().st_size > MAX_BODY_BYTES:
            raise Unusable("too large")
        return unpack_file(path.read_bytes(), path.name)
    except OSError:
        raise Unusable("damaged") from None
