"""Rows that are owed to the ledger: written as soon as they can be, and told of without flooding the log."""

import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial

import structlog

from schedules.ledger import Row
from schedules.writer import Writer
from scraper.errors import ArchiveError
from scraper.instants import iso
from storage.archive import Archive

log = structlog.get_logger()

TOLD_AGAIN_S = 60.0  # a full disk is told of once a minute: the log may lie on it


class Owed:
    """Rows by site; `now` is a clock that nobody sets."""

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._rows: dict[str, list[Row]] = defaultdict(list)
        self._told_at: float | None = None  # while nothing can be written

    def __len__(self) -> int:
        """How many rows, of all sites."""
        return sum(map(len, self._rows.values()))

    def add(self, slug: str, row: Row) -> None:
        self._rows[slug].append(row)

    async def pay(self, writer: Writer) -> None:
        """Write them; what cannot be written now stays owed."""
        if not self._rows:
            return
        rows, self._rows = self._rows, defaultdict(list)
        failure: ArchiveError | None = None
        for slug, some in rows.items():
            try:
                await writer.do(partial(Archive.end_visits, site=slug, rows=some))
            except ArchiveError as error:
                failure = error
                self._rows[slug] += some
            else:
                log.warning("not looked", site=slug, slots=len(some), first=iso(some[0][0]), last=iso(some[-1][0]))
        self._tell(failure)

    def _tell(self, failure: ArchiveError | None) -> None:
        """Log that writing fails when it begins, then now and then, and once when it works again."""
        if failure is None:
            if self._told_at is not None:
                log.warning("ledger written again")
            self._told_at = None
        elif self._told_at is None or self._now() - self._told_at >= TOLD_AGAIN_S:
            log.error("ledger not written", sites=len(self._rows), rows=len(self), error=str(failure))
            self._told_at = self._now()
