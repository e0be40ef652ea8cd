"""Captures as WARC/1.1, a gzip member a record: what web archives keep, index and replay.

iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1. A capture becomes

- a response for each redirect on its way (its status and Location are all that is known of it),
- a metadata record with the archive's own fields (docs/data.md lists them), from which the capture can be restored,
- a response; or a revisit, where its body was written before, or where the answer was 304,
- a request, where the request's headers were recorded.

A capture whose body was removed is only a metadata record that says so. Ids are derived, so that the same captures make
the same file, but for the warcinfo record's date.
"""

import base64
import hashlib
import json
import sqlite3
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scraper.instants import from_epoch, iso
from scraper.model import Capture, Hop
from storage.bodies import Bodies
from storage.captures import capture_name, load_capture
from storage.exports import Selection, range_of, sites_of
from storage.observations import FIXED_ORDER

if TYPE_CHECKING:
    from warcio.recordloader import ArcWarcRecord

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:frontpage-archive:warc")
PROFILE = "http://netpreserve.org/warc/1.1/revisit/"
# What these say is of the wire; our bodies are decoded and whole. The originals keep a name of their own.
WIRE_HEADERS = ("content-encoding", "content-length", "transfer-encoding")
ORIGINAL = "X-Archive-Orig-"
NOT_MODIFIED = 304
CACHE_BYTES = 16_000_000  # in order of time, the bodies that the next one is a delta of: at most 15


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """A capture to be written, with what the archive knows of it beside what was on the wire.

    `original` is the row of the capture that was written with the same body before it, None where it is the first.
    """

    row: int
    name: str
    observer: str
    sha256: str
    size: int
    removed_at: int | None
    removed_why: str
    original: int | None


def write_warc(connection: sqlite3.Connection, selection: Selection, out: IO[bytes], *, now: datetime) -> None:
    """Write the selected captures, site by site in order of time. Raises ArchiveError where a body is damaged."""
    from warcio.warcwriter import WARCWriter

    records = _Records(connection, WARCWriter(out, gzip=True, warc_version="1.1"))
    records.info(now)
    for slug, site_id in sites_of(connection, selection):
        for kept in _kept(connection, site_id, *range_of(connection, selection, slug)):
            records.write(kept)


def _kept(connection: sqlite3.Connection, site_id: int, start: int, end: int) -> Iterator[Kept]:
    rows = connection.execute(
        f"""
        SELECT captures.id, observers.name, lower(hex(sha256)), size, removed_at, coalesce(reason, ''), bodies.id,
        EXISTS (
            SELECT 1 FROM captures AS other WHERE other.body_id = bodies.id AND other.id <> captures.id
        ) AND size > 0
        FROM captures JOIN bodies ON bodies.id = captures.body_id JOIN observers ON observers.id = observer_id
        LEFT JOIN removals ON removals.body_id = bodies.id AND data IS NULL AND removals.id = (
            SELECT max(id) FROM removals WHERE removals.body_id = bodies.id
        )
        WHERE site_id = ? AND instant >= ? AND instant < ? ORDER BY instant, {FIXED_ORDER}
        """,
        (site_id, start, end),
    )
    originals: dict[int, int] = {}  # by body, of those that come again: the rest of the archive needs no memory
    for row, observer, sha256, size, removed_at, why, body_id, comes_again in rows:
        original = originals.setdefault(body_id, row) if comes_again else row
        yield Kept(
            row=row, name=capture_name(connection, row), observer=observer, sha256=sha256, size=size,
            removed_at=removed_at, removed_why=why, original=None if original == row else original,
        )  # fmt: skip


class _Records:
    """The records of one file."""

    def __init__(self, connection: sqlite3.Connection, writer: Any) -> None:
        self._connection, self._writer = connection, writer
        self._bodies = Bodies(connection, cache_bytes=CACHE_BYTES)
        self._original_of = lru_cache(maxsize=64)(self._read_original)
        self._info_id = ""

    def info(self, now: datetime) -> None:
        """The warcinfo record: who wrote the file, and when."""
        self._info_id = _urn("warcinfo", iso(now))
        fields = {
            "software": "frontpage-archive",
            "format": "WARC File Format 1.1",
            "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "description": "front pages of news sites; see the metadata records for observer, origin and sha256",
        }
        headers = {"WARC-Record-ID": self._info_id, "WARC-Date": iso(now)}
        self._put(self._record("", "warcinfo", headers, _fields(fields.items())))

    def write(self, kept: Kept) -> None:
        """All records of one capture."""
        capture = load_capture(self._connection, self._bodies, kept.row, with_body=kept.removed_at is None)
        for place, hop in enumerate(capture.redirects):
            self._put(self._redirect(kept, capture, place, hop))
        self._put(self._metadata(kept, capture))  # first, so that one pass is enough to know what follows
        if kept.removed_at is not None:
            return
        self._put(self._answer(kept, capture))
        if capture.request_headers:
            self._put(self._request(kept, capture))

    # -- records ------------------------------------------------------------------------------------------------------

    def _answer(self, kept: Kept, capture: Capture) -> "ArcWarcRecord":
        if capture.status == NOT_MODIFIED and capture.revisit_of:
            return self._not_modified(kept, capture)
        if kept.original is not None:
            return self._same_body(kept, capture, kept.original)
        headers = self._headers(kept, capture, "response") | {"WARC-Payload-Digest": _sha1(capture.body)}
        return self._record(capture.url, "response", headers, capture.body, head=_response_head(capture))

    def _same_body(self, kept: Kept, capture: Capture, original: int) -> "ArcWarcRecord":
        """A revisit (WARC 1.1, section 6.7.2): the head of this response, and where its body stands."""
        first = load_capture(self._connection, self._bodies, original, with_body=False)
        headers = self._headers(kept, capture, "response") | {
            "WARC-Profile": PROFILE + "identical-payload-digest",
            **_refers_to(first, _sha1(capture.body)),
        }
        return self._record(capture.url, "revisit", headers, head=_response_head(capture))

    def _not_modified(self, kept: Kept, capture: Capture) -> "ArcWarcRecord":
        """A revisit (section 6.7.3) without a block: with a 304 in it, pywb would answer 304 and show nothing."""
        headers = self._headers(kept, capture, "response") | {"WARC-Profile": PROFILE + "server-not-modified"}
        if original := self._original_of(capture.site, capture.revisit_of):
            headers |= _refers_to(*original)
        return self._record(capture.url, "revisit", headers)

    def _redirect(self, kept: Kept, capture: Capture, place: int, hop: Hop) -> "ArcWarcRecord":
        headers = self._headers(kept, capture, f"redirect-{place}") | {
            "WARC-Concurrent-To": _id(kept, capture, "response"),
            "WARC-Truncated": "unspecified",
        }
        head = _head(f"{hop.status} {_phrase(hop.status)}", [("Location", hop.location), ("Content-Length", "0")])
        return self._record(hop.url, "response", headers, head=head)

    def _request(self, kept: Kept, capture: Capture) -> "ArcWarcRecord":
        headers = self._headers(kept, capture, "request") | {"WARC-Concurrent-To": _id(kept, capture, "response")}
        address = urlsplit(capture.url)
        target = (address.path or "/") + (f"?{address.query}" if address.query else "")
        return self._record(
            capture.url, "request", headers, head=_head(f"GET {target} HTTP/1.1", capture.request_headers, "")
        )

    def _metadata(self, kept: Kept, capture: Capture) -> "ArcWarcRecord":
        headers = self._headers(kept, capture, "metadata")
        if kept.removed_at is None:
            headers |= {"WARC-Concurrent-To": _id(kept, capture, "response")}
        return self._record(capture.url, "metadata", headers, _fields(own_fields(kept, capture)))

    # -- their parts --------------------------------------------------------------------------------------------------

    def _headers(self, kept: Kept, capture: Capture, kind: str) -> dict[str, str]:
        return {
            "WARC-Record-ID": _id(kept, capture, kind),
            "WARC-Date": iso(capture.instant),
            "WARC-Warcinfo-ID": self._info_id,
        }

    def _record(
        self, url: str, kind: str, headers: Mapping[str, str], payload: bytes = b"", *, head: Any = None
    ) -> "ArcWarcRecord":
        return self._writer.create_warc_record(
            url, kind, payload=BytesIO(payload), length=len(payload), warc_headers_dict=dict(headers), http_headers=head
        )

    def _put(self, record: "ArcWarcRecord") -> None:
        self._writer.write_record(record)

    def _read_original(self, site: str, sha256: str) -> tuple[Capture, str] | None:
        """The site's first capture with a body, and the body's digest; None where the archive does not have it."""
        row = self._connection.execute(
            f"""
            SELECT captures.id FROM captures JOIN bodies ON bodies.id = body_id JOIN sites ON sites.id = site_id
            WHERE sha256 = ? AND slug = ? AND data IS NOT NULL ORDER BY instant, {FIXED_ORDER} LIMIT 1
            """,
            (bytes.fromhex(sha256), site),
        ).fetchone()
        if row is None:
            return None
        capture = load_capture(self._connection, self._bodies, row[0])
        return capture, _sha1(capture.body)


def own_fields(kept: Kept, capture: Capture) -> Iterator[tuple[str, str]]:
    """The metadata record's fields (application/warc-fields). `exchange` has what the other records tell less exactly:
    the headers as they came, request headers and redirects, as JSON in ASCII."""
    yield "capture", kept.name
    yield "site", capture.site
    yield "observer", kept.observer
    yield "origin", capture.origin
    yield "status", str(capture.status)
    yield "sha256", kept.sha256
    yield "size", str(kept.size)
    if capture.revisit_of:
        yield "revisit-of", capture.revisit_of
    if kept.removed_at is not None:
        yield "removed-at", iso(from_epoch(kept.removed_at))
        yield "removed-why", kept.removed_why
    exchange = {
        "headers": capture.headers,
        "request_headers": capture.request_headers,
        "redirects": [asdict(hop) for hop in capture.redirects],
    }
    yield "exchange", json.dumps(exchange)


def _refers_to(first: Capture, digest: str) -> dict[str, str]:
    """What a revisit says of the record that has its payload."""
    return {
        "WARC-Refers-To-Target-URI": first.url,
        "WARC-Refers-To-Date": iso(first.instant),
        "WARC-Payload-Digest": digest,
    }


def _fields(fields: "Iterator[tuple[str, str]] | Any") -> bytes:
    return "".join(f"{name}: {_line(value)}\r\n" for name, value in fields).encode()


def _response_head(capture: Capture) -> Any:
    """Status and headers, true of the decoded body that follows."""
    named = [(f"{ORIGINAL}{name}" if name.lower() in WIRE_HEADERS else name, value) for name, value in capture.headers]
    named.append(("Content-Length", str(len(capture.body))))
    return _head(f"{capture.status} {_phrase(capture.status)}", named)


def _head(first: str, headers: Sequence[tuple[str, str]], protocol: str = "HTTP/1.1") -> Any:
    """warcio's head of a message; what is not ASCII in it is written percent-encoded."""
    from warcio.statusandheaders import StatusAndHeaders

    return StatusAndHeaders(first, [(_line(name), _line(value)) for name, value in headers], protocol=protocol)


def _line(text: str) -> str:
    return " ".join(text.splitlines())


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _sha1(body: bytes) -> str:
    """A payload digest as web archives write it; sha256 stands in the metadata record."""
    return "sha1:" + base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()


def _id(kept: Kept, capture: Capture, kind: str) -> str:
    """Of the capture's identity (DESIGN rule 2) and the kind of record."""
    instant = iso(capture.instant)
    return _urn(kind, kept.observer, capture.site, instant, capture.origin, capture.url, kept.sha256)


def _urn(*parts: str) -> str:
    return f"<{uuid.uuid5(NAMESPACE, chr(10).join(parts)).urn}>"
