"""WARC and WACZ files: one site's records among any number of others, revisits resolved, damage skipped."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from itertools import islice
from pathlib import Path
from threading import Event
from typing import Final

from fastwarc.warc import WarcRecord, WarcRecordType

from schedules.sources.found import Found, Name, Unusable, Wanted
from schedules.sources.kept import find_kept
from schedules.sources.originals import Location, Originals, Orphan
from schedules.sources.own_records import Told, read_own
from schedules.sources.volumes import Volume, volumes
from schedules.sources.warc_records import Revisit, block_of, capture_of, name_of, names_of, payload_digest, revisit_of
from schedules.sources.warc_volumes import NOT_BY_ITSELF, Pass, record_at
from scraper.config import Site
from scraper.model import Capture, Origin

AHEAD: Final = 4  # captures in memory before anybody asks for them


class Warc:
    """A file, a folder of files, or a package. Captures are read in one pass; with `every`, the chosen ones again.

    One that `is_careful` reads no block before it is loaded. Originals of revisits are looked for in all that is read,
    then in the `archive`. Where what was seen is `kept_in` a file, revisits that found none are left in there for
    others. What others kept is `taken_from` their files: then it is their leftovers that are read, and nothing else.
    """

    origin = Origin.WARC
    pace: float | None = None
    concurrency: int | None = None
    is_remote = False

    def __init__(
        self,
        place: Path,
        site: Site,
        *,
        only: Sequence[Volume] = (),
        is_careful: bool = False,
        archive: Path | None = None,
        kept_in: Path | None = None,
        taken_from: Sequence[Path] = (),
    ) -> None:
        self.left_out: Counter[str] = Counter()
        self._site, self._is_careful = site, is_careful
        self._volumes = () if taken_from else only or volumes(place, self.left_out)
        self._bytes = sum(volume.size for volume in self._volumes) or 1
        self._archive, self._kept_in, self._taken_from = archive, kept_in, taken_from
        self._told: dict[str, Told] = {}  # by the id of the response that is about to come
        self._is_over = Event()
        self._pass = Pass(site.url, self._told, self.left_out, self._is_over)

    async def find(self, wanted: Wanted) -> AsyncGenerator[Found]:
        """The site's captures in the order of the files, some read ahead."""
        founds = islice(self._founds(wanted), None if wanted.every else wanted.limit)
        loop = asyncio.get_running_loop()
        self._is_over.clear()
        with closing(Originals(self._kept_in)) as self._originals, ThreadPoolExecutor(1, "warc") as thread:
            try:
                ahead = loop.run_in_executor(thread, _some, founds)
                while some := await ahead:
                    ahead = loop.run_in_executor(thread, _some, founds)
                    for found in some:
                        yield found
            finally:
                self._is_over.set()  # the thread, which is waited for, may be far from the next capture

    def _founds(self, wanted: Wanted) -> Iterator[Found]:
        for path in self._taken_from:
            self._originals.take_in(path)
        yield from self._of_volumes(wanted)
        yield from self._of_orphans(wanted)

    def _of_volumes(self, wanted: Wanted) -> Iterator[Found]:
        before = 0
        for part, volume in enumerate(self._volumes):
            if self._is_over.is_set():
                return
            for record in self._pass.records(volume):
                location = Location(volume=volume, offset=record.stream_pos)
                share = min(1.0, (before + record.stream_pos) / self._bytes)
                try:
                    for found in self._of_record(record, location, share, wanted):
                        yield replace(found, part=part)
                except Unusable as reason:
                    self.left_out[str(reason)] += 1
            before += volume.size

    def _of_orphans(self, wanted: Wanted) -> Iterator[Found]:
        parts = {volume: part for part, volume in enumerate(self._volumes)}
        for orphan in self._originals.orphans():
            if self._is_over.is_set():
                return
            try:
                for found in self._of_orphan(orphan, wanted):
                    yield replace(found, part=parts.get(orphan.location.volume, 0))
            except Unusable as reason:
                self.left_out[str(reason)] += 1

    def _of_record(self, record: WarcRecord, location: Location, share: float, wanted: Wanted) -> Iterator[Found]:
        if record.record_type == WarcRecordType.metadata:
            self._hear(record)
            return
        told = self._told.pop(record.record_id or "", None)
        if record.record_type == WarcRecordType.revisit:
            yield from self._of_revisit(revisit_of(record, location, self._site, told), location, share, wanted)
            return
        read = partial(self._read, location, tuple(names_of(record)), told)
        name = name_of(record, location)
        if not wanted.allows(name):
            self._remember(record, location)
        elif self._is_careful:
            self._remember(record, location)
            yield _to_load(name, read, share)
        else:
            capture = capture_of(record, self._site, told)
            self._remember(record, location)
            yield self._offer(capture, name, read, share, wanted)

    def _hear(self, record: WarcRecord) -> None:
        """Keep what our own export tells of the response that comes next."""
        told = read_own(block_of(record))
        if told and told.site == self._site.slug:
            self._told.clear()
            self._told[record.headers.get("WARC-Concurrent-To") or ""] = told

    def _offer(self, capture: Capture, name: Name, read: partial[Capture], share: float, wanted: Wanted) -> Found:
        """A capture that is at hand; where most will not be chosen, one to be read again."""
        if wanted.every:
            return _to_load(name, read, share)
        return Found(name=name, share=share, load=partial(_at_hand, capture))

    def _read(self, location: Location, names: Collection[str], told: Told | None = None) -> Capture:
        """The record of one of these names again. Raises Unusable where another stands there now."""
        with record_at(location) as record:
            if not set(names_of(record)).intersection(names):
                raise Unusable(NOT_BY_ITSELF)
            return capture_of(record, self._site, told)

    # -- revisits -----------------------------------------------------------------------------------------------------

    def _remember(self, record: WarcRecord, location: Location) -> None:
        self._originals.remember(names_of(record), location, payload_digest(record))

    def _of_revisit(self, revisit: Revisit, location: Location, share: float, wanted: Wanted) -> Iterator[Found]:
        if not wanted.allows(revisit.name):
            return
        if revisit.told and revisit.told.revisit_of:
            capture = revisit.told.restore(revisit.capture)
            yield self._offer(capture, revisit.name, partial(_same, capture), share, wanted)
        elif original := self._originals.find(revisit.names, revisit.digest):
            yield self._resolved(revisit, partial(self._body_at, original, revisit), share, wanted)
        else:
            self._originals.put_off(Orphan(location=location, told=revisit.told.block if revisit.told else b""))

    def _of_orphan(self, orphan: Orphan, wanted: Wanted) -> Iterator[Found]:
        """A revisit that was put off: by now its original was seen, is in the archive, or is left to others."""
        with record_at(orphan.location) as record:
            if record.record_type != WarcRecordType.revisit:
                raise Unusable(NOT_BY_ITSELF)
            revisit = revisit_of(record, orphan.location, self._site, read_own(orphan.told))
        if not wanted.allows(revisit.name):
            return
        if read := self._body_of_original(revisit):
            self._originals.settle(orphan)
            yield self._resolved(revisit, read, 1.0, wanted)
        elif self._kept_in is None:
            raise Unusable("a revisit without its original")

    def _body_of_original(self, revisit: Revisit) -> Callable[[], bytes] | None:
        """How to read it: from what was seen, else from what the archive has; None where neither is."""
        if original := self._originals.find(revisit.names, revisit.digest):
            return partial(self._body_at, original, revisit)
        if self._archive is None:
            return None
        url, date = revisit.refers_to
        kept = find_kept(self._archive, self._site.slug, digest=revisit.digest, url=url, date=date)
        return kept.body if kept else None

    def _resolved(self, revisit: Revisit, read_body: Callable[[], bytes], share: float, wanted: Wanted) -> Found:
        read = partial(_of_body, revisit, read_body)
        if self._is_careful:
            return _to_load(revisit.name, read, share)
        return self._offer(read(), revisit.name, read, share, wanted)

    def _body_at(self, location: Location, revisit: Revisit) -> bytes:
        return self._read(location, tuple(revisit.names)).body


def _of_body(revisit: Revisit, read_body: Callable[[], bytes]) -> Capture:
    """What a revisit stands for: of a 304 the body's sha256, as the daemon records it; else the body itself."""
    body = read_body()
    if revisit.capture.status == HTTPStatus.NOT_MODIFIED:
        return replace(revisit.capture, revisit_of=sha256(body).hexdigest())
    capture = replace(revisit.capture, body=body)
    return revisit.told.restore(capture) if revisit.told else capture


def _to_load(name: Name, read: Callable[[], Capture], share: float) -> Found:
    return Found(name=name, share=share, load=partial(asyncio.to_thread, read))


def _some(founds: Iterator[Found]) -> list[Found]:
    """The next few: going from thread to thread costs as much as unpacking a page."""
    return list(islice(founds, AHEAD))


def _same(capture: Capture) -> Capture:
    return capture


async def _at_hand(capture: Capture) -> Capture:
    return capture
