"""The way of one page, the one module that knows all its steps.

1 A trigger or a source names a site and an instant. 2 The gate or the source returns a Capture, or one FetchError.
3 The archive records the evidence. 4 A reader worker reads it. 5 The archive files the reading. 6 One outcome, logged
once.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from http import HTTPStatus

import structlog

from schedules.alarms import Turn
from schedules.clock import Clock
from schedules.conditional import request_of, shows_a_lie
from schedules.filing import Known, VisitEnd, end_visit, file_all, file_news, record_all
from schedules.readers import Readers
from schedules.watch import schedule_of
from schedules.writer import Writer
from scraper.config import Site
from scraper.config_notify import Notify
from scraper.errors import FetchError
from scraper.fetch import Gate
from scraper.instants import iso
from scraper.model import Capture, FrontPage, Outcome, Quality
from scraper.reader import reader_name
from storage.archive import Archive, Filed
from storage.captures import capture_to_read, has_reading, last_read_by_another, unread
from storage.validators import Validators, distrust, last_validators

log = structlog.get_logger()

WaitTurn = Callable[[], Awaitable[object]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """A capture in the archive: its row, whether it was unknown, what was read in it and what that came to.

    `page` and `filed` are None for one that is known and read already, or stands for a body that is not here.
    """

    capture_id: int
    is_new: bool
    page: FrontPage | None
    filed: Filed | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Visited:
    """How one visit ended. `taken` is there when a capture was read, `capture_id` also when one was only kept."""

    site: str
    outcome: Outcome
    error: str = ""
    capture_id: int | None = None
    captured_at: datetime | None = None
    taken: Taken | None = None


class Pipeline:
    """The steps, over the parts that do them."""

    def __init__(
        self, *, gate: Gate | None, writer: Writer, readers: Readers, clock: Clock, rules: Sequence[Notify] = ()
    ) -> None:
        self._gate, self._writer, self._readers, self._clock, self._rules = gate, writer, readers, clock, rules
        self._last_reader: dict[str, str] = {}

    async def visit(self, site: Site, due_at: datetime) -> Visited:
        """Look at a site now, for the slot due at `due_at`: all six steps. Never raises FetchError."""
        visited = await self._look(site)
        await self._end(site, due_at, visited)
        return visited

    async def take(self, site: Site, capture: Capture) -> Taken:
        """Steps 3 to 5 of one capture, from wherever it comes."""
        recorded = await self._writer.do(lambda archive: archive.record(capture))
        if not recorded.is_new and await self._writer.do(
            lambda archive: has_reading(archive.connection, recorded.capture_id)
        ):
            return Taken(capture_id=recorded.capture_id, is_new=False, page=None, filed=None)
        layout = site.layout_at(capture.instant)
        await self._read_last_again(site, reader_name(layout))
        source = await self._source_of(capture, recorded.capture_id)
        page, filed = await self._read(site, recorded.capture_id, source, is_first=True)
        return Taken(capture_id=recorded.capture_id, is_new=recorded.is_new, page=page, filed=filed)

    async def take_all(self, site: Site, captures: Sequence[Capture], *, turn: WaitTurn) -> list[Taken]:
        """Steps 3 to 5 of several captures of the past, none of them news: a transaction each for recording and filing.

        They are filed once `turn` returns, so that spans grow at their end where captures come in order of time.
        """
        known = await self._writer.do(lambda archive: record_all(archive, site, captures))
        for reader in dict.fromkeys(reader_name(site.layout_at(capture.instant)) for capture in captures):
            await self._read_last_again(site, reader)
        pages = await self._pages_of(site, captures, known)
        await turn()
        filed = await self._writer.do(lambda archive: file_all(archive, captures, known, pages))
        return [
            Taken(capture_id=one.capture_id, is_new=one.is_new, page=page, filed=done)
            for one, page, done in zip(known, pages, filed, strict=True)
        ]

    async def _pages_of(
        self, site: Site, captures: Sequence[Capture], known: Sequence[Known]
    ) -> list[FrontPage | None]:
        """Step 4 of captures just recorded; None where one has its reading, or another's, or stands for no body."""
        pages: list[FrontPage | None] = [None] * len(captures)
        sources = [
            (place, source)
            for place, (capture, one) in enumerate(zip(captures, known, strict=True))
            if not one.has_reading and one.like is None and (source := await self._source_of(capture, one.capture_id))
        ]
        read = await self._readers.read_all([(source, site.layout_at(source.instant)) for _, source in sources])
        for (place, _), page in zip(sources, read, strict=True):
            pages[place] = page
        return pages

    async def _source_of(self, capture: Capture, capture_id: int) -> Capture | None:
        """The capture whose body is read for one: itself, which is at hand, or what it stands for, if that is here.

        What is at hand is read whatever became of it in the archive, which may have been told to keep it no more.
        """
        return await self._kept_source(capture_id) if capture.revisit_of else capture

    async def _kept_source(self, capture_id: int) -> Capture | None:
        return await self._writer.do(lambda archive: capture_to_read(archive.connection, archive.bodies, capture_id))

    async def read(
        self, site: Site, capture_id: int, *, is_first: bool = False
    ) -> tuple[FrontPage | None, Filed | None]:
        """Steps 4 and 5 of a capture in the archive; (None, None) when the body that it stands for is not there.

        What is read for the first time may be news; what is read again never is.
        """
        return await self._read(site, capture_id, await self._kept_source(capture_id), is_first=is_first)

    async def _read(
        self, site: Site, capture_id: int, source: Capture | None, *, is_first: bool
    ) -> tuple[FrontPage | None, Filed | None]:
        """The same of a capture whose source is at hand, or None."""
        if source is None:
            return None, None
        page = await self._readers.read(source, site.layout_at(source.instant))
        if not is_first:
            return page, await self._writer.do(lambda archive: archive.file(capture_id, page))
        filing = await self._writer.do(lambda archive: file_news(archive, site.slug, capture_id, page, self._rules))
        _log_turns(site, filing.turns)
        return page, filing.filed

    async def read_unread(self, sites: Iterable[Site]) -> int:
        """Read what was recorded and not read: a daemon was killed between, or a 304 came before its body. How many.

        What cannot be decoded is passed over.
        """
        count = 0
        for site in sites:
            for capture_id in await self._writer.do(_unread(site)):
                page, _ = await self.read(site, capture_id, is_first=True)
                count += page is not None
        return count

    async def fetch(self, site: Site) -> Capture:
        """Step 2. Raises FetchError."""
        assert self._gate is not None, "a pipeline without a gate takes, it does not look"  # noqa: S101
        known = await self._validators(site)
        capture = await self._gate.fetch(request_of(site, known, self._clock.now()))
        if shows_a_lie(known, capture):
            await self._distrust(site, capture)
        return capture

    async def _look(self, site: Site) -> Visited:
        """Steps 2 to 5."""
        try:
            capture = await self.fetch(site)
        except FetchError as error:
            return await self._keep_failure(site, error)
        taken = await self.take(site, capture)
        outcome = taken.filed.outcome if taken.filed else Outcome.SAME_EDITION
        if capture.status == HTTPStatus.NOT_MODIFIED:
            outcome = Outcome.NOT_MODIFIED
        return Visited(
            site=site.slug,
            outcome=outcome,
            error=_problem(taken.page),
            capture_id=taken.capture_id,
            captured_at=capture.instant,
            taken=taken,
        )

    async def _validators(self, site: Site) -> Validators:
        """Those of the last full answer, where the site's configuration wants them used."""
        if not site.conditional:
            return Validators()
        return await self._writer.do(partial(last_validators, slug=site.slug))

    async def _distrust(self, site: Site, capture: Capture) -> None:
        if await self._writer.do(partial(distrust, slug=site.slug, at=capture.instant)):
            log.warning("validators lie, and are not sent any more", site=site.slug, at=iso(capture.instant))

    async def _keep_failure(self, site: Site, error: FetchError) -> Visited:
        """A failed fetch; what the server did send is evidence all the same."""
        visited = Visited(site=site.slug, outcome=error.outcome, error=str(error))
        if (capture := error.capture) is None:
            return visited
        recorded = await self._writer.do(lambda archive: archive.record(capture))
        return replace(visited, capture_id=recorded.capture_id, captured_at=capture.instant)

    async def _read_last_again(self, site: Site, reader: str) -> None:
        """Let a reader that is new to the site read its last capture first: like is compared with like (rule 6)."""
        if self._last_reader.get(site.slug) == reader:
            return
        stale = await self._writer.do(lambda archive: last_read_by_another(archive.connection, site.slug, reader))
        if stale is not None:
            await self.read(site, stale)
        self._last_reader[site.slug] = reader

    async def _end(self, site: Site, due_at: datetime, visited: Visited) -> None:
        """Step 6."""
        ended_at = self._clock.now()
        end = VisitEnd(
            due_at=due_at,
            ended_at=ended_at,
            outcome=visited.outcome,
            error=visited.error,
            capture_id=visited.capture_id,
        )
        interval_s = schedule_of(site).interval_s(ended_at)
        turns = await self._writer.do(
            lambda archive: end_visit(archive, site.slug, end, interval_s=interval_s, rules=self._rules)
        )
        _log_turns(site, turns)
        lead = visited.taken and visited.taken.page and visited.taken.page.lead
        log.info(
            "visit",
            site=site.slug,
            due=iso(due_at),
            outcome=str(visited.outcome),
            **({"error": visited.error} if visited.error else {}),
            **({"lead": lead.headline} if lead else {}),
        )


def _log_turns(site: Site, turns: Iterable[Turn]) -> None:
    for turn in turns:
        if turn.is_on:
            log.warning(str(turn.kind), site=site.slug, what=turn.what)
        else:
            log.info("as usual again", site=site.slug, was=str(turn.kind))


def _unread(site: Site) -> Callable[[Archive], list[int]]:
    return lambda archive: unread(archive.connection, site=site.slug)


def _problem(page: FrontPage | None) -> str:
    return f"{page.quality}: {page.problem}" if page and page.quality is not Quality.OK else ""
