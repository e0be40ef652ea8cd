"""What every source of backfill has in common: it finds captures of one site, and loads those that are wanted."""

from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from scraper.errors import FrontpageError
from scraper.model import Capture, Origin


class Unusable(Exception):  # noqa: N818 - a verdict on what a source offers, not an error of the program
    """Something that cannot be a capture of the site, now or ever; the message is the reason it is counted under."""


class SourceError(FrontpageError):
    """The source itself cannot go on: a listing that breaks off, a server that asks to be left alone."""


class Name(NamedTuple):
    """A capture as a source names it before it is loaded.

    `key` tells it from others of its instant and address, the same way in every run: a record's id, a file's path, a
    commit. Where a source never offers two of them it is "".
    """

    instant: datetime
    url: str
    key: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A capture that a source offers, not loaded yet.

    `name` has the instant and the address of the capture that `load` will give. `share` tells how far through the
    source it stands, from 0 to 1. `load` raises Unusable for what is no capture of the site, FetchError for what may
    succeed another time, SourceError when it makes no sense to ask for more. Where a source is cut, `part` says which
    part offers it, and `state` tells it from what had its name before, as far as a listing can.
    """

    name: Name
    share: float
    load: Callable[[], Awaitable[Capture]] = field(repr=False)
    part: int = 0
    state: str = ""

    @property
    def instant(self) -> datetime:
        return self.name.instant

    @property
    def url(self) -> str:
        return self.name.url


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which captures are wanted: those of [since, until), nearest to steps `every` seconds apart, the first `limit`.

    `only` are those that were chosen already, `without` those that nothing should touch; one of these without a key
    means all of its instant and address.
    """

    since: datetime | None = None
    until: datetime | None = None
    every: int | None = None
    limit: int | None = None
    only: tuple[Name, ...] | None = None
    without: tuple[Name, ...] = ()

    def covers(self, instant: datetime) -> bool:
        """Whether captures of an instant are wanted, as far as that depends on the instant alone."""
        return (self.since is None or instant >= self.since) and (self.until is None or instant < self.until)

    def allows(self, name: Name) -> bool:
        """Whether a capture is in the range, and may be touched."""
        is_spared = name in self.without or name._replace(key="") in self.without
        return self.covers(name.instant) and not is_spared


class Source(Protocol):
    """A place that kept the past of a site.

    `left_out` counts what it holds and does not offer, by reason. `pace` is how many captures a second it gives at
    most, None where only the machine limits it. `concurrency` says how many may be loaded at once, None for the
    machine's matter. `is_remote` says that loading costs somebody else something: then what was found unusable is
    remembered and not asked for again.
    """

    origin: Origin
    left_out: Counter[str]
    pace: float | None
    concurrency: int | None
    is_remote: bool

    def find(self, wanted: Wanted) -> AsyncGenerator[Found]:
        """Offer what the source holds within the range that is wanted. Raises SourceError where that cannot be told."""
        ...
