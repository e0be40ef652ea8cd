"""One site's records in WARC volumes, in one pass: what is anybody else's is passed over, damage is read on behind."""

import re
from collections import Counter
from collections.abc import Container, Iterator
from contextlib import contextmanager
from threading import Event
from typing import Final

import structlog
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from schedules.sources.found import Unusable
from schedules.sources.mementos import ascii_host, same_page
from schedules.sources.originals import Location
from schedules.sources.own_records import MEDIA_TYPE
from schedules.sources.salvage import next_record
from schedules.sources.volumes import Volume
from schedules.sources.warc_records import DAMAGE, TARGET, unbracketed
from scraper.guard import host_of
from scraper.limits import MAX_HEADER_BYTES, MAX_URL

log = structlog.get_logger()

TYPES: Final = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.revisit | WarcRecordType.metadata
# WARC 1.1, section 5.5, allows for more types; none has been defined since, so what is of no known one is damaged.
KNOWN_TYPES: Final = (
    TYPES | WarcRecordType.warcinfo | WarcRecordType.request | WarcRecordType.conversion | WarcRecordType.continuation
)
URI: Final = re.compile(rb"<?[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x1f\x7f]+")  # RFC 3986, as loosely as writers take it
NOT_BY_ITSELF: Final = "not readable by itself"
MAX_LOOKS: Final = 1_000  # for the next record behind damage, in one file


class Pass:
    """Reads the records of the page at `url`, and those whose ids are `awaited` by then; counts what was `left_out`.

    Once it `is_over`, which another thread may say while millions of records of others are passed over, it gives none.
    """

    def __init__(self, url: str, awaited: Container[str], left_out: Counter[str], is_over: Event) -> None:
        self._url, self._awaited, self._left_out, self._is_over = url, awaited, left_out, is_over
        self._host = ascii_host(host_of(url)).lower().removeprefix("www.").encode()
        self._nameless = 0  # records of this volume whose headers do not say whose they are
        self._seen: int | None = None  # where the last record began, anybody's, since reading began or went on

    def records(self, volume: Volume) -> Iterator[WarcRecord]:
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
                self._left_out["a damaged file, read up to the damage"] += 1
                break
            start = goes_on_at
        if stretches:
            self._left_out["a damaged stretch of a file, skipped"] += stretches
        if self._nameless:
            log.warning("damaged headers", file=str(volume.path), member=volume.member, records=self._nameless)
            self._left_out["a record with a damaged header, skipped"] += self._nameless

    def _undamaged(self, volume: Volume, start: int) -> Iterator[WarcRecord]:
        with volume.open() as file:
            file.seek(start)
            for record in ArchiveIterator(
                file, parse_http=False, func_filter=self._is_ours_or_last, max_header_len=MAX_HEADER_BYTES
            ):
                if self._is_over.is_set():
                    return
                yield record

    def _is_ours_or_last(self, record: WarcRecord) -> bool:
        return self._is_over.is_set() or self._is_ours(record)

    def _is_ours(self, record: WarcRecord) -> bool:
        self._seen = record.stream_pos
        if not record.record_type & TYPES:
            self._nameless += not record.record_type & KNOWN_TYPES
            return False
        if record.record_type == WarcRecordType.metadata:
            return MEDIA_TYPE in (record.headers.get("Content-Type") or "")
        if self._awaited and (record.record_id or "") in self._awaited:
            return True
        uri = record.headers.get_bytes(TARGET) or b""
        may_be = self._host in uri.lower() or not uri.isascii()
        if may_be and len(uri) <= MAX_URL and same_page(unbracketed(uri), self._url):
            return True
        self._nameless += not URI.fullmatch(uri)
        return False


@contextmanager
def record_at(location: Location) -> Iterator[WarcRecord]:
    """One record, read again. Raises Unusable where none begins there: its file is compressed as a whole."""
    with location.volume.open() as file:
        file.seek(location.offset)
        try:
            record = next(iter(ArchiveIterator(file, parse_http=False)))
        except (*DAMAGE, StopIteration):
            raise Unusable(NOT_BY_ITSELF) from None
        yield record


def _next_record(volume: Volume, start: int) -> int | None:
    """Where the first record at or behind `start` begins, None where that cannot be told."""
    try:
        with volume.open() as file:
            return next_record(file, start)
    except DAMAGE:
        return None
