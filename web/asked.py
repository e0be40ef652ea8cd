"""What a page is asked for and what it answers with: the request reduced to words, the answer before it is drawn."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scraper.errors import ConfigError
from scraper.instants import in_years, parse, typed

Headers = tuple[tuple[str, str], ...]
MORE: Headers = (("X-More", "true"),)  # for those who read the JSON: there is more than it tells


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A request: the names in its path, its query, the instant at which it came, the address of the room itself.

    `now` is the present in the archive, `machine_time` that of the machine, which may be behind it (as in the demo).
    `raw` is path and query exactly as they were sent, `headers` are by name in lower case.
    """

    path: Mapping[str, str]
    query: Mapping[str, Sequence[str]]
    now: datetime
    machine_time: datetime
    base: str
    raw: str
    headers: Mapping[str, str]
    cookies: Mapping[str, str]

    def one(self, name: str) -> str:
        """The first value of a query parameter, "" where there is none."""
        return next(iter(self.query.get(name, ())), "").strip()

    def instant(self, text: str, zone: str, *, fold: int = 0) -> datetime:
        """A time in the request, read in a site's zone; ConfigError where it is none."""
        return _held(text, parse(text, zone=zone, now=self.now, fold=fold))

    def time_in_query(self, name: str) -> datetime | None:
        """A time in the query, without a zone where it names none; None where it is not given."""
        text = self.one(name)
        return _held(text, typed(text, now=self.now)) if text else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """An answer: the template that draws it with what it needs, and the same as JSON."""

    template: str
    context: Mapping[str, Any]
    shape: Any
    headers: Headers = ()
    status: int = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Elsewhere:
    """An answer that lies under another address."""

    path: str
    headers: Headers = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """An answer that is no page: sent as it is.

    One that is `kept` has a tag, and is not sent again to whoever has just that; with `modified`, when it last changed,
    nor to whoever has it since then.
    """

    body: bytes
    media_type: str
    status: int = 200
    headers: Headers = ()
    is_kept: bool = False
    modified: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Stream:
    """An answer that is sent as it is read: `first`, then what `following` gives until that is None.

    Each part is a question of its own, so that a client that reads slowly keeps no state of the archive alive, and no
    more than a part in memory.
    """

    first: bytes
    following: Callable[[sqlite3.Connection], bytes | None]
    media_type: str
    headers: Headers = ()


def _held(text: str, time: datetime) -> datetime:
    """A time that a text named; ConfigError where an archive cannot hold it."""
    try:
        return in_years(time)
    except ValueError:
        raise ConfigError(f'"{text}" is no time that an archive can hold') from None
