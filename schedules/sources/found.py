"""What every source of backfill has in common: it finds captures of one site, and loads those that are wanted."""

from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from scraper.errors import FrontpageError
from scraper.model import Capture, Origin


class Unusable(Exception):  # noqa: N818 - a verdict on what a source offers, not an error of the program
    """Something that cannot be a capture of the site, now or ever; the message is the reason it is counted under."""


class SourceError(FrontpageError):
    """The source itself cannot go on: a listing that breaks off, a server that asks to be left alone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A capture that a source offers, not loaded yet.

    `instant` and `url` are those of the capture that `load` will give. `share` tells how far through the source it
    stands, from 0 to 1. `load` raises Unusable for what is no capture of the site, FetchError for what may succeed
    another time, SourceError when it makes no sense to ask for more. One that is `at_hand` has its body in memory.
    Where a source is cut, `part` and `nth` say which part offers it, and as which of those of its instant and address.
    """

    instant: datetime
    url: str
    share: float
    load: Callable[[], Awaitable[Capture]] = field(repr=False)
    at_hand: bool = False
    part: int = 0
    nth: int = 0

    @property
    def choice(self) -> "Choice":
        return self.instant, self.url, self.nth


Choice = tuple[datetime, str, int]  # instant, address, and which of those that share them


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which captures are wanted: those of [since, until), nearest to steps `every` seconds apart, the first `limit`.

    `only` are those that were chosen already, `without` the instants of those that nothing should touch.
    """

    since: datetime | None = None
    until: datetime | None = None
    every: int | None = None
    limit: int | None = None
    only: tuple[Choice, ...] | None = None
    without: tuple[datetime, ...] = ()

    def covers(self, instant: datetime) -> bool:
        """Whether captures of an instant are wanted, as far as that depends on the instant alone."""
        is_within = (self.since is None or instant >= self.since) and (self.until is None or instant < self.until)
        return is_within and instant not in self.without


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
