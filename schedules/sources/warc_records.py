"""A record of a WARC file as what it stands for: a capture, or a revisit of one. Pure but for the block it reads.

WARC 1.1: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final
from zipfile import BadZipFile

from fastwarc.warc import WarcRecord, WarcRecordType

from schedules.sources import records
from schedules.sources.found import Name, Unusable
from schedules.sources.originals import Location
from schedules.sources.own_records import Told
from scraper.config import Site
from scraper.limits import MAX_HEADER_BYTES, MAX_WIRE_BYTES
from scraper.model import Capture, Origin

DAMAGE: Final = (OSError, ValueError, EOFError, zlib.error, BadZipFile)
TARGET: Final = b"WARC-Target-URI"


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


def capture_of(record: WarcRecord, site: Site, told: Told | None = None) -> Capture:
    """A response or resource record as a capture, with what our own export told. Raises Unusable, with the reason."""
    instant: datetime = records.parse_date(record.headers.get("WARC-Date") or "")
    block = block_of(record)
    if record.record_type == WarcRecordType.resource:
        kind = record.headers.get("Content-Type") or ""
        response = records.Response(status=200, headers=(("Content-Type", kind),), payload=block)
    else:
        response = records.parse_response(block)
    records.check_digest(record.headers.get("WARC-Block-Digest") or "", block)
    records.check_page(response)
    if record.headers.get("WARC-Truncated"):
        raise Unusable("cut short")
    records.check_digest(payload_digest(record), *records.payloads(response))
    capture = Capture(
        site=site.slug,
        origin=Origin.WARC,
        url=target_of(record),
        instant=instant,
        status=response.status,
        headers=response.headers,
        body=records.body_of(response),
    )
    return told.restore(capture) if told else capture


def revisit_of(record: WarcRecord, location: Location, site: Site, told: Told | None) -> Revisit:
    """A revisit record. Raises Unusable where its block is there and is no HTTP response, or one that shows no page."""
    name = name_of(record, location)
    block = block_of(record)
    response = records.parse_response(block) if block.strip() else records.NOTHING_SAID
    if response.status != HTTPStatus.NOT_MODIFIED:
        records.check_page(response)
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
        name=name, capture=capture, digest=payload_digest(record), refers_to=(uri.strip("<>"), date), told=told
    )


def block_of(record: WarcRecord) -> bytes:
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


def target_of(record: WarcRecord) -> str:
    return unbracketed(record.headers.get_bytes(TARGET) or b"")


def unbracketed(uri: bytes) -> str:
    """A target URI; WARC 1.0 writers put it in angle brackets."""
    return uri.decode("utf-8", "replace").strip("<>")


def payload_digest(record: WarcRecord) -> str:
    return record.headers.get("WARC-Payload-Digest") or ""


def names_of(record: WarcRecord) -> Iterator[str]:
    """What a record is remembered by as the original of revisits, the surest first."""
    return _names(payload_digest(record), target_of(record), record.headers.get("WARC-Date") or "")


def _names(digest: str, uri: str, date: str) -> Iterator[str]:
    """What an original is remembered by: its payload's digest, and its address with its time."""
    if digest:
        yield digest
    if uri and date:
        yield f"{date} {uri}"


def name_of(record: WarcRecord, location: Location) -> Name:
    """What a record is called in every run. Raises Unusable where it has no time."""
    instant = records.parse_date(record.headers.get("WARC-Date") or "")
    return Name(instant, target_of(record), record.record_id or f"{location.volume.path.name} {location.offset}")
