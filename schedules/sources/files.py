"""Saved pages in a folder: html or text, plain or compressed, with their time in the name."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from scraper.config import Site
from scraper.encodings import decoder_for
from scraper.errors import ConfigError, FetchError
from scraper.limits import MAX_BODY_BYTES
from scraper.model import Capture, Origin

# 14 digits, or 8 and 6 with T, - or _ between; not a part of a longer number.
TIME = re.compile(r"(?<!\d)(\d{8})[T_-]?(\d{6})(?!\d)")
PAGES = (".html", ".htm", ".xhtml", ".txt")
ENCODINGS = {".gz": "gzip", ".zst": "zstd", ".br": "br"}


class Unusable(Exception):  # noqa: N818 - a verdict on a file, not an error of the program
    """A file that cannot be a capture; the message is the reason it is counted under."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedPage:
    """A file and the instant it says it was saved at."""

    path: Path
    instant: datetime

    def capture(self, site: Site) -> Capture:
        """The page as a capture. Raises Unusable where the file cannot be read whole and within bounds."""
        kind = "text/plain" if self.path.name.removesuffix(_packing(self.path)).endswith(".txt") else "text/html"
        return Capture(
            site=site.slug,
            origin=Origin.FILES,
            url=site.url,
            instant=self.instant,
            status=200,
            headers=(("Content-Type", kind),),
            body=_read(self.path),
        )


def list_pages(folder: Path, *, by_mtime: bool = False) -> tuple[list[SavedPage], dict[str, int]]:
    """The folder's pages in order of time, and how many files were left out for what reason.

    `by_mtime` takes a file's own time where its name has none. Links out of the folder are not followed.
    """
    if not folder.is_dir():
        raise ConfigError(f"{folder}: there is no such folder; name one with saved pages")
    pages: list[SavedPage] = []
    left_out: dict[str, int] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        try:
            pages.append(SavedPage(path=path, instant=_instant(path, by_mtime=by_mtime)))
        except Unusable as reason:
            left_out[str(reason)] = left_out.get(str(reason), 0) + 1
    return sorted(pages, key=lambda page: (page.instant, page.path)), left_out


def _instant(path: Path, *, by_mtime: bool) -> datetime:
    if not path.name.removesuffix(_packing(path)).lower().endswith(PAGES):
        raise Unusable("not a page")
    found = TIME.search(path.name)
    if found:
        try:
            return datetime.strptime(found[1] + found[2] + "+0000", "%Y%m%d%H%M%S%z")
        except ValueError:
            raise Unusable("no such time") from None
    if by_mtime:
        return datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
    raise Unusable("no time in its name")


def _packing(path: Path) -> str:
    """The suffix that says how the file is compressed, "" where it is not."""
    return path.suffix if path.suffix.lower() in ENCODINGS else ""


def _read(path: Path) -> bytes:
    """The file unpacked. Raises Unusable, with the reason it is counted under."""
    try:
        if path.stat().st_size > MAX_BODY_BYTES:
            raise Unusable("too large")
        body = _unpack(path.read_bytes(), ENCODINGS.get(path.suffix.lower(), ""))
    except (OSError, FetchError):
        raise Unusable("damaged") from None
    if not body:
        raise Unusable("empty")
    return body


def _unpack(data: bytes, encoding: str) -> bytes:
    decoder = decoder_for([encoding])
    body = b""
    for piece in decoder.feed(data):
        body += piece
        if len(body) > MAX_BODY_BYTES:
            raise Unusable("too large")
    decoder.close()
    return body
