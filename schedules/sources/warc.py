"""WARC and WACZ files: one site's records among any number of others, revisits resolved, damage skipped."""

import asyncio
import re
import zlib
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from itertools import islice
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import structlog
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from schedules.sources import records
from schedules.sources.found import Found, Name, Unusable, Wanted
from schedules.sources.kept import find_kept
from schedules.sources.mementos import same_page
from schedules.sources.originals import Location, Originals, Orphan
from schedules.sources.own_records import MEDIA_TYPE, Told, read_own
from schedules.sources.salvage import next_record
from schedules.sources.volumes import Volume, volumes
from scraper.config import Site
from scraper.guard import host_of
from scraper.limits import MAX_HEADER_BYTES, MAX_URL, MAX_WIRE_BYTES
from scraper.model import Capture, Origin

log = structlog.get_logger()

TYPES: Final = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.revisit | WarcRecordType.metadata
MAX_HEADER: Final = MAX_HEADER_BYTES
AHEAD: Final = 4  # captures in memory before anybody asks for them
MAX_LOOKS: Final = 1_000  # for the next record behind damage, in one file
DAMAGE: Final = (OSError, ValueError, EOFError, zlib.error, BadZipFile)
TARGET: Final = b"WARC-Target-URI"
# WARC 1.1, section 5.5, allows for more types; none has been defined since, so what is of no known one is damaged.
KNOWN_TYPES: Final = (
    TYPES | WarcRecordType.warcinfo | WarcRecordType.request | WarcRecordType.conversion | WarcRecordType.continuation
)
URI: Final = re.compile(rb"<?[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x1f\x7f]+")  # RFC 3986, as loosely as writers take it


@dataclass(frozen=True, kw_only=True, slots=True)
class Revisit:
    """A revisit record: what it says of the response that it stands for (WARC 1.1, section 6.7)."""

    name: Name
    capture: Capture
    digest: str
    refers_to: tuple[str, str]
    told: Told | None

    @property
    def names(self) -> Iterator[str]:
        """What its original may be remembered by, the surest first."""
        return _names(self.digest, *self.refers_to)


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
        self._host = host_of(site.url).lower().removeprefix("www.").encode()
        self._volumes = () if taken_from else only or volumes(place, self.left_out)
        self._bytes = sum(volume.size for volume in self._volumes) or 1
        self._archive, self._kept_in, self._taken_from = archive, kept_in, taken_from
        self._nameless = 0  # records of this volume whose headers do not say whose they are
        self._seen: int | None = None  # where the last record began, anybody's, since reading began or went on
        self._told: dict[str, Told] = {}  # by the id of the response that is about to come

    async def find(self, wanted: Wanted) -> AsyncGenerator[Found]:
        """The site's captures in the order of the files, some read ahead."""
        founds = self._founds(wanted)
        loop = asyncio.get_running_loop()
        with closing(Originals(self._kept_in)) as self._originals, ThreadPoolExecutor(1, "warc") as thread:
            ahead = loop.run_in_executor(thread, _some, founds)
            while some := await ahead:
                ahead = loop.run_in_executor(thread, _some, founds)
                for found in some:
                    yield found

    def _founds(self, wanted: Wanted) -> Iterator[Found]:
        for path in self._taken_from:
            self._originals.take_in(path)
        before = 0
        for part, volume in enumerate(self._volumes):
            for record in self._records(volume):
                location = Location(volume=volume, offset=record.stream_pos)
                share = min(1.0, (before + record.stream_pos) / self._bytes)
                try:
                    for found in self._of_record(record, location, share, wanted):
                        yield replace(found, part=part)
                except Unusable as reason:
                    self.left_out[str(reason)] += 1
            before += volume.size
        parts = {volume: part for part, volume in enumerate(self._volumes)}
        for orphan in self._originals.orphans():
            try:
                for found in self._of_orphan(orphan, wanted):
                    yield replace(found, part=parts.get(orphan.location.volume, 0))
            except Unusable as reason:
                self.left_out[str(reason)] += 1

    def _records(self, volume: Volume) -> Iterator[WarcRecord]:
        """The site's records in a volume; behind damage it is read on from the next record that can be told."""
        start, stretches = 0, 0
        self._nameless = 0
        for _ in range(MAX_LOOKS):
            self._seen = None
            try:
                yield from self._undamaged(volume, start)
                break
            except DAMAGE:
                stretches += self._seen is not None or not start
            behind = max(start, self._seen or 0)
            goes_on_at = _next_record(volume, behind + 1)
            log.warning("damaged", file=str(volume.path), member=volume.member, behind=behind, goes_on_at=goes_on_at)
            if goes_on_at is None:
                stretches -= 1
                self.left_out["a damaged file, read up to the damage"] += 1
                break
            start = goes_on_at
        if stretches:
            self.left_out["a damaged stretch of a file, skipped"] += stretches
        if self._nameless:
            log.warning("damaged headers", file=str(volume.path), member=volume.member, records=self._nameless)
            self.left_out["a record with a damaged header, skipped"] += self._nameless

    def _undamaged(self, volume: Volume, start: int) -> Iterator[WarcRecord]:
        with volume.open() as file:
            file.seek(start)
            yield from ArchiveIterator(
                file, parse_http=False, func_filter=self._is_ours, max_header_len=MAX_HEADER_BYTES
            )

    def _is_ours(self, record: WarcRecord) -> bool:
        self._seen = record.stream_pos
        if not record.record_type & TYPES:
            self._nameless += not record.record_type & KNOWN_TYPES
            return False
        if record.record_type == WarcRecordType.metadata:
            return MEDIA_TYPE in (record.headers.get("Content-Type") or "")
        if self._told and (record.record_id or "") in self._told:
            return True
        uri = record.headers.get_bytes(TARGET) or b""
        if self._host in uri.lower() and len(uri) <= MAX_URL and same_page(_unbracketed(uri), self._site.url):
            return True
        self._nameless += not URI.fullmatch(uri)
        return False

    def _of_record(self, record: WarcRecord, location: Location, share: float, wanted: Wanted) -> Iterator[Found]:
        if record.record_type == WarcRecordType.metadata:
            self._hear(record)
            return
        told = self._told.pop(record.record_id or "", None)
        if record.record_type == WarcRecordType.revisit:
            yield from self._of_revisit(_revisit(record, location, self._site, told), location, share, wanted)
            return
        read = partial(self._read, location, told)
        name = _name(record, location)
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
        told = read_own(_block(record))
        if told and told.site == self._site.slug:
            self._told = {record.headers.get("WARC-Concurrent-To") or "": told}

    def _offer(self, capture: Capture, name: Name, read: partial[Capture], share: float, wanted: Wanted) -> Found:
        """A capture that is at hand; where most will not be chosen, one to be read again."""
        if wanted.every:
            return _to_load(name, read, share)
        return Found(name=name, share=share, load=partial(_at_hand, capture), at_hand=True)

    def _read(self, location: Location, told: Told | None = None) -> Capture:
        with _record_at(location) as record:
            return capture_of(record, self._site, told)

    # -- revisits -----------------------------------------------------------------------------------------------------

    def _remember(self, record: WarcRecord, location: Location) -> None:
        digest = _payload_digest(record)
        names = _names(digest, _target(record), record.headers.get("WARC-Date") or "")
        self._originals.remember(names, location, digest)

    def _of_revisit(self, revisit: Revisit, location: Location, share: float, wanted: Wanted) -> Iterator[Found]:
        if not wanted.allows(revisit.name):
            return
        if revisit.told and revisit.told.revisit_of:
            capture = revisit.told.restore(revisit.capture)
            yield self._offer(capture, revisit.name, partial(_same, capture), share, wanted)
        elif original := self._originals.find(revisit.names, revisit.digest):
            yield self._resolved(revisit, partial(self._body_at, original), share, wanted)
        else:
            self._originals.put_off(Orphan(location=location, told=revisit.told.block if revisit.told else b""))

    def _of_orphan(self, orphan: Orphan, wanted: Wanted) -> Iterator[Found]:
        """A revisit that was put off: by now its original was seen, is in the archive, or is left to others."""
        with _record_at(orphan.location) as record:
            revisit = _revisit(record, orphan.location, self._site, read_own(orphan.told))
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
            return partial(self._body_at, original)
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

    def _body_at(self, location: Location) -> bytes:
        return self._read(location).body


def _of_body(revisit: Revisit, read_body: Callable[[], bytes]) -> Capture:
    """What a revisit stands for: of a 304 the body's sha256, as the daemon records it; else the body itself."""
    body = read_body()
    if revisit.capture.status == HTTPStatus.NOT_MODIFIED:
        return replace(revisit.capture, revisit_of=sha256(body).hexdigest())
    capture = replace(revisit.capture, body=body)
    return revisit.told.restore(capture) if revisit.told else capture


@contextmanager
def _record_at(location: Location) -> Iterator[WarcRecord]:
    with location.volume.open() as file:
        file.seek(location.offset)
        yield next(iter(ArchiveIterator(file, parse_http=False)))


def _names(digest: str, uri: str, date: str) -> Iterator[str]:
    """What an original is remembered by: its payload's digest, and its address with its time."""
    if digest:
        yield digest
    if uri and date:
        yield f"{date} {uri}"


def _next_record(volume: Volume, start: int) -> int | None:
    """Where the first record at or behind `start` begins, None where that cannot be told."""
    try:
        with volume.open() as file:
            return next_record(file, start)
    except DAMAGE:
        return None


def _name(record: WarcRecord, location: Location) -> Name:
    """What a record is called in every run. Raises Unusable where it has no time."""
    instant = records.parse_date(record.headers.get("WARC-Date") or "")
    return Name(instant, _target(record), record.record_id or f"{location.volume.path.name} {location.offset}")


def _to_load(name: Name, read: Callable[[], Capture], share: float) -> Found:
    return Found(name=name, share=share, load=partial(asyncio.to_thread, read))


def _some(founds: Iterator[Found]) -> list[Found]:
    """The next few: going from thread to thread costs as much as unpacking a page."""
    return list(islice(founds, AHEAD))


def _same(capture: Capture) -> Capture:
    return capture


async def _at_hand(capture: Capture) -> Capture:
    return capture


def capture_of(record: WarcRecord, site: Site, told: Told | None = None) -> Capture:
    """A response or resource record as a capture, with what our own export told. Raises Unusable, with the reason."""
    instant: datetime = records.parse_date(record.headers.get("WARC-Date") or "")
    block = _block(record)
    if record.record_type == WarcRecordType.resource:
        kind = record.headers.get("Content-Type") or ""
        response = records.Response(status=200, headers=(("Content-Type", kind),), payload=block)
    else:
        response = records.parse_response(block)
    records.check_digest(record.headers.get("WARC-Block-Digest") or "", block)
    records.check_page(response)
    records.check_digest(_payload_digest(record), *records.payloads(response))
    capture = Capture(
        site=site.slug,
        origin=Origin.WARC,
        url=_target(record),
        instant=instant,
        status=response.status,
        headers=response.headers,
        body=records.body_of(response),
    )
    return told.restore(capture) if told else capture


def _revisit(record: WarcRecord, location: Location, site: Site, told: Told | None) -> Revisit:
    """A revisit record. Raises Unusable where its block is there and is no HTTP response."""
    name = _name(record, location)
    block = _block(record)
    response = records.parse_response(block) if block.strip() else records.NOTHING_SAID
    capture = Capture(
        site=site.slug,
        origin=Origin.WARC,
        url=name.url,
        instant=name.instant,
        status=response.status,
        headers=response.headers,
    )
    names = ("WARC-Refers-To-Target-URI", "WARC-Refers-To-Date")
    uri, date = (record.headers.get(name) or "" for name in names)
    return Revisit(
        name=name, capture=capture, digest=_payload_digest(record), refers_to=(uri.strip("<>"), date), told=told
    )


def _block(record: WarcRecord) -> bytes:
    """The record's content block, whole."""
    if record.content_length > MAX_WIRE_BYTES + MAX_HEADER_BYTES:
        raise Unusable("too large")
    try:
        block: bytes = record.reader.read()
    except DAMAGE:
        raise Unusable("damaged") from None
    if len(block) < record.content_length:
        raise Unusable("cut short")
    return block


def _target(record: WarcRecord) -> str:
    return _unbracketed(record.headers.get_bytes(TARGET) or b"")


def _unbracketed(uri: bytes) -> str:
    """A target URI; WARC 1.0 writers put it in angle brackets."""
    return uri.decode("utf-8", "replace").strip("<>")


def _payload_digest(record: WarcRecord) -> str:
    return record.headers.get("WARC-Payload-Digest") or ""
