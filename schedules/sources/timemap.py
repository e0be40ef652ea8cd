"""TimeMaps: lists of a page's mementos in link format (RFC 7089, section 5; RFC 6690). Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from scraper.instants import in_years
from scraper.limits import MAX_URL

LINK_FORMAT: Final = "application/link-format"
_NAME: Final = r"[A-Za-z0-9!#$&+.^_`|~*-]+"
_VALUE: Final = r'"[^"]*"|[^\s;,"<>]*'
# Addresses hold commas and semicolons, so a link begins at "<" only; what stands between links is skipped.
LINK: Final = re.compile(rf"<([^<>]*)>((?:\s*;\s*{_NAME}(?:\s*=\s*(?:{_VALUE}))?)*)")
ATTRIBUTE: Final = re.compile(rf";\s*({_NAME})(?:\s*=\s*({_VALUE}))?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """A memento in a TimeMap: its URI-M and its datetime."""

    uri: str
    instant: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeMap:
    """One page of a TimeMap. `more` are other pages it names; `bad_links` counts mementos without a usable datetime."""

    original: str
    mementos: tuple[Listed, ...]
    more: tuple[str, ...]
    bad_links: int = 0


def read_timemap(body: bytes) -> TimeMap | None:
    """Read a TimeMap in link format; None where the text holds no link at all."""
    original, mementos, more, bad = "", list[Listed](), list[str](), 0
    is_empty = True
    for uri, attributes in _links(body.decode("utf-8", "replace")):
        is_empty = False
        relations = attributes.get("rel", "").lower().split()
        if "memento" in relations:
            instant = _datetime(attributes.get("datetime", ""))
            if instant and len(uri) <= MAX_URL:
                mementos.append(Listed(uri=uri, instant=instant))
            else:
                bad += 1
        elif "original" in relations:
            original = uri
        elif {"timemap", "next"} & set(relations) and attributes.get("type", LINK_FORMAT) == LINK_FORMAT:
            more.append(uri)
    if is_empty:
        return None
    return TimeMap(original=original, mementos=tuple(mementos), more=tuple(more), bad_links=bad)


def _links(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    if text.lstrip()[:15].lower().startswith(("<!doctype", "<html")):
        return
    for link in LINK.finditer(text):
        attributes = {name.lower(): value.strip('"') for name, value in ATTRIBUTE.findall(link[2])}
        if "rel" in attributes:
            yield link[1].strip(), attributes


def _datetime(text: str) -> datetime | None:
    try:
        return in_years(parsedate_to_datetime(text).astimezone(UTC).replace(microsecond=0))
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
