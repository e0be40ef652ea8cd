"""When a saved page was captured, as archives and saving programs write it into the page. Pure."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from scraper.instants import in_years

EDGE: Final = 262_144  # bytes looked at from the start and from the end: banners stand at either, never between


def _digits(text: str) -> datetime:
    return datetime.strptime(f"{text}+0000", "%Y%m%d%H%M%S%z")


def _wayback(text: str) -> datetime:
    return datetime.strptime(f"{text}+0000", "%H:%M:%S %b %d, %Y%z")


def _browser(text: str) -> datetime:
    """JavaScript's Date.toString: `Tue Nov 24 2026 12:00:00 GMT+0100`."""
    return datetime.strptime(text, "%a %b %d %Y %H:%M:%S GMT%z").astimezone(UTC)


def _iso(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


_URI_M: Final = rb"[\"']https?://[^\"'/]+/(?:[^\"'/]+/)?(\d{14})(?:[a-z]{2}_)?/"

_TAG: Final = rb"[^>]{0,120}?"
_WEEKDAY_DATE: Final = rb"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT"

# The most telling first. A page's own address (canonical, og:url) as a memento is what Wayback makes of it.
MARKS: Final[tuple[tuple[bytes, Callable[[str], datetime]], ...]] = (
    (rb"FILE ARCHIVED ON (\d\d:\d\d:\d\d [A-Z][a-z]{2} \d\d, \d{4})", _wayback),
    (rb"wbinfo\.timestamp\s*=\s*[\"'](\d{14})[\"']", _digits),  # pywb's banner
    (rb"__wm\.wombat\([^()]{0,2048}?,\s*[\"'](\d{14})[\"']", _digits),  # Wayback's rewriting script
    (rb"<meta\s" + _TAG + rb"(?i:memento-datetime)" + _TAG + rb"content=[\"'](" + _WEEKDAY_DATE + rb")",
     parsedate_to_datetime),
    (rb"<link\s" + _TAG + rb"rel=[\"'](?:canonical|bookmark)[\"']" + _TAG + rb"href=" + _URI_M, _digits),
    (rb"<meta\s" + _TAG + rb"og:url" + _TAG + rb"content=" + _URI_M, _digits),
    (rb"Page saved with SingleFile(?s:.{0,4096}?)saved date: ([A-Z][a-z]{2} [\w: ]{16,24} GMT[+-]\d{4})", _browser),
    (rb"<!-- Saved from .{0,2048}? at (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ) using monolith", _iso),
    (rb"<!-- Mirrored from .{0,2048}? by HTTrack [^,]{0,80}, (" + _WEEKDAY_DATE + rb") -->", parsedate_to_datetime),
)  # fmt: skip


def instant_in(page: bytes) -> datetime | None:
    """The instant that a page says it was captured at, UTC; None where it says none that exists."""
    edges = page if len(page) <= 2 * EDGE else page[:EDGE] + b"\n" + page[-EDGE:]
    for pattern, read in MARKS:
        found = re.search(pattern, edges)
        if not found:
            continue
        try:
            return in_years(read(found[1].decode("ascii", "replace")).astimezone(UTC).replace(microsecond=0))
        except (ValueError, OverflowError):
            continue
    return None
