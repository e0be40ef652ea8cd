"""WARC files: what is in them, what can be restored from them, and that a web archive replays them byte for byte."""

import hashlib
import json
from base64 import b32encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from warcio.archiveiterator import ArchiveIterator

from scraper.instants import compact, iso
from scraper.model import Capture, Hop, Origin
from storage.archive import Archive
from storage.bodies import Removed
from storage.exports import Selection
from storage.warc import write_warc
from tests import past, pywb
from tests.made import NOON, SITE, URL, at, capture

BODIES = [
    b"<html><h1>Flood \xe2\x80\x93 \xff not UTF-8</h1>" + b"x" * 5_000,
    b"<html>\r\n\r\n<h1>Ferry</h1>",
    b"<html>Market",
]


@dataclass(frozen=True, slots=True)
class Written:
    """A record as warcio reads it."""

    kind: str
    headers: dict[str, str]
    http: dict[str, str]
    status: str
    payload: bytes

    @property
    def fields(self) -> dict[str, str]:
        """Of a record of application/warc-fields."""
        return dict(line.split(": ", 1) for line in self.payload.decode().splitlines())


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive.db", observer="oslo") as archive:
        yield archive


def warc(archive: Archive, selection: Selection | None = None) -> bytes:
    out = BytesIO()
    write_warc(archive.connection, selection or Selection(), out, now=NOON)
    return out.getvalue()


def written(data: bytes) -> list[Written]:
    return [_written(record) for record in ArchiveIterator(BytesIO(data), check_digests="raise")]


def _written(record: Any) -> Written:
    http = record.http_headers
    return Written(
        kind=record.rec_type,
        headers=dict(record.rec_headers.headers),
        http=dict(http.headers) if http else {},
        status=http.get_statuscode() if http and record.rec_type != "request" else "",
        payload=record.raw_stream.read(),
    )


FULL = Capture(
    site=SITE,
    origin=Origin.LIVE,
    url=f"{URL}front?a=1",
    instant=NOON,
    status=200,
    headers=(
        ("Content-Type", "text/html; charset=utf-8"),
        ("content-encoding", "br"),
        ("Transfer-Encoding", "chunked"),
        ("Content-Length", "17"),
        ("X-Place", "Malmö"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
    ),
    request_headers=(("Host", "www.courier.example"), ("User-Agent", "frontpage-archive")),
    redirects=(Hop(url="http://courier.example/", status=301, location=f"{URL}front?a=1"),),
    body=BODIES[0],
)


def test_a_capture_becomes_records_that_say_what_they_hold(archive: Archive) -> None:
    """Redirect, response, request and metadata of one capture, dated, linked, with true lengths and digests."""
    archive.record(FULL)
    info, redirect, metadata, response, request = written(warc(archive))
    assert [r.kind for r in (info, redirect, metadata, response, request)] == [
        "warcinfo", "response", "metadata", "response", "request",
    ]  # fmt: skip
    assert (redirect.status, redirect.http["Location"]) == ("301", FULL.url)
    assert redirect.headers["WARC-Target-URI"] == "http://courier.example/"
    assert response.payload == FULL.body
    assert response.http["Content-Length"] == str(len(FULL.body))
    assert (response.http["X-Archive-Orig-content-encoding"], response.http["X-Archive-Orig-Content-Length"]) == (
        "br",
        "17",
    )
    assert "content-encoding" not in response.http
    sha1 = b32encode(hashlib.sha1(FULL.body, usedforsecurity=False).digest()).decode()
    assert response.headers["WARC-Payload-Digest"] == f"sha1:{sha1}"
    assert {r.headers["WARC-Date"] for r in (redirect, response, request, metadata)} == {iso(NOON)}
    assert (
        metadata.headers["WARC-Concurrent-To"]
        == request.headers["WARC-Concurrent-To"]
        == response.headers["WARC-Record-ID"]
    )
    assert b"GET /front?a=1 HTTP/1.1\r\nHost: www.courier.example\r\n" in _uncompressed(warc(archive))
    assert metadata.fields["sha256"] == hashlib.sha256(FULL.body).hexdigest()
    assert (metadata.fields["observer"], metadata.fields["origin"]) == ("oslo", "live")
    assert metadata.fields["capture"] == "courier/20261124120000"


def _uncompressed(data: bytes) -> bytes:
    import gzip

    return gzip.decompress(data)


def test_a_capture_can_be_restored_whole(archive: Archive) -> None:
    """Response and metadata record together hold everything that the archive held, to the letter."""
    archive.record(FULL)
    _, _, metadata, response, _ = written(warc(archive))
    exchange = json.loads(metadata.fields["exchange"])
    restored = Capture(
        site=metadata.fields["site"],
        origin=Origin(metadata.fields["origin"]),
        url=response.headers["WARC-Target-URI"],
        instant=NOON,
        status=int(metadata.fields["status"]),
        headers=tuple((name, value) for name, value in exchange["headers"]),
        request_headers=tuple((name, value) for name, value in exchange["request_headers"]),
        redirects=tuple(Hop(**hop) for hop in exchange["redirects"]),
        body=response.payload,
    )
    assert restored == FULL


def test_a_body_is_written_once(archive: Archive) -> None:
    """The second capture of a body is a revisit that names the first; a selection without the first has it whole."""
    for minute in (0, 15, 30):
        archive.record(capture(at(minute), BODIES[1]))
    records = [record for record in written(warc(archive)) if record.kind in ("response", "revisit")]
    assert [record.kind for record in records] == ["response", "revisit", "revisit"]
    first, second, _ = records
    assert second.headers["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    assert second.headers["WARC-Payload-Digest"] == first.headers["WARC-Payload-Digest"]
    assert (second.headers["WARC-Refers-To-Target-URI"], second.headers["WARC-Refers-To-Date"]) == (URL, iso(NOON))
    assert (second.payload, second.http["Content-Type"]) == (b"", "text/html; charset=utf-8")
    later = written(warc(archive, Selection(since=at(10), until=at(20))))
    assert [record.payload for record in later if record.kind == "response"] == [BODIES[1]]


def not_modified(minute: float, sha256: str) -> Capture:
    return Capture(
        site=SITE, origin=Origin.LIVE, url=URL, instant=at(minute), status=304, headers=(("ETag", '"a"'),),
        revisit_of=sha256,
    )  # fmt: skip


def test_a_304_is_a_revisit(archive: Archive) -> None:
    """It names the capture that it stands for; of a body that is not here it only says that nothing was modified."""
    archive.record(capture(NOON, BODIES[1]))
    archive.record(not_modified(15, hashlib.sha256(BODIES[1]).hexdigest()))
    archive.record(not_modified(30, "00" * 32))
    known, unknown = (record for record in written(warc(archive)) if record.kind == "revisit")
    assert known.headers["WARC-Profile"].endswith("/server-not-modified")
    assert (known.headers["WARC-Refers-To-Date"], known.headers["Content-Length"]) == (iso(NOON), "0")
    assert "WARC-Refers-To-Date" not in unknown.headers
    metadata = [record.fields for record in written(warc(archive)) if record.kind == "metadata"]
    assert [fields["status"] for fields in metadata] == ["200", "304", "304"]
    assert (metadata[2]["revisit-of"], json.loads(metadata[2]["exchange"])["headers"]) == ("00" * 32, [["ETag", '"a"']])


def test_a_removed_body_is_told_and_not_made_up(archive: Archive) -> None:
    """A capture without its body is a metadata record that says when and why, and no empty page."""
    sha256 = hashlib.sha256(BODIES[0]).digest()
    archive.record(
        replace(capture(NOON), body=b""),
        removed=Removed(sha256=sha256, size=5_031, removed_at=1_800_000_000, reason="a court\r\norder"),
    )
    info, metadata = written(warc(archive))
    assert (info.kind, metadata.kind) == ("warcinfo", "metadata")
    assert metadata.fields["sha256"] == sha256.hex()
    assert (metadata.fields["removed-at"], metadata.fields["removed-why"]) == ("2027-01-15T08:00:00Z", "a court order")


def test_equal_captures_make_equal_files(archive: Archive, tmp_path: Path) -> None:
    """Ids and order do not depend on how captures arrived."""
    taken = [
        capture(at(15 * n), BODIES[n % 3], origin=origin) for n in range(5) for origin in (Origin.LIVE, Origin.GIT)
    ]
    with Archive(tmp_path / "other.db", observer="oslo") as other:
        for one in taken:
            archive.record(one)
        for one in reversed(taken):
            other.record(one)
        assert warc(archive) == warc(other)


def test_headers_cannot_forge_records(archive: Archive) -> None:
    """Line ends in a header's value or a redirect become blanks: a record holds what its length says."""
    evil = "x\r\n\r\nWARC/1.1\r\nWARC-Type: response"
    archive.record(replace(FULL, headers=(("X-Evil", evil),), redirects=(Hop(url=URL, status=302, location=evil),)))
    records = written(warc(archive))
    assert [record.kind for record in records] == ["warcinfo", "response", "metadata", "response", "request"]
    assert records[3].http["X-Evil"] == "x  WARC/1.1 WARC-Type: response"


def test_warcio_finds_no_fault(archive: Archive, tmp_path: Path) -> None:
    """`warcio check` passes: every digest is right, every record a gzip member of its own."""
    archive.record(FULL)
    archive.record(capture(at(15), BODIES[0]))
    file = tmp_path / "captures.warc.gz"
    file.write_bytes(warc(archive))
    from warcio.checker import Checker

    class Arguments:
        inputs = (str(file),)
        verbose = False

    checker = Checker(Arguments)
    checker.process_all()
    assert checker.exit_value == 0


async def test_an_export_can_be_read_again(tmp_path: Path) -> None:
    """Backfilled into another archive, our own WARC gives equal readings."""
    here, there, file = tmp_path / "here", tmp_path / "there", tmp_path / "captures.warc.gz"
    for folder in (here, there):
        folder.mkdir()
    await past.filled(here, "files", past.save_pages(tmp_path / "pages"))
    with Archive(here / "archive.db") as archive:
        file.write_bytes(warc(archive))
    await past.filled(there, "warc", file)
    assert past.readings(there) == past.readings(here) != ""


@pytest.mark.pywb
def test_pywb_replays_every_capture_byte_for_byte(archive: Archive, tmp_path: Path) -> None:
    """Responses, revisits and 304s, each asked for at its instant, come back as they were stored; redirects lead on."""
    archive.record(
        replace(FULL, url=URL, redirects=(Hop(url="http://courier.example/moved", status=301, location=URL),))
    )
    archive.record(capture(at(15), BODIES[1]))
    archive.record(capture(at(30), BODIES[0]))
    archive.record(capture(at(45), BODIES[1]))
    archive.record(not_modified(50, hashlib.sha256(BODIES[1]).hexdigest()))
    file = tmp_path / "captures.warc.gz"
    file.write_bytes(warc(archive))
    with pywb.serving(tmp_path, file) as address, httpx.Client(trust_env=False, timeout=30) as client:
        for minute, body in ((0, 0), (15, 1), (30, 0), (45, 1), (50, 1)):
            answer = client.get(f"{address}/{compact(at(minute))}id_/{URL}")
            assert answer.status_code == 200
            assert answer.headers["memento-datetime"] == f"Tue, 24 Nov 2026 12:{minute:02}:00 GMT"
            assert answer.content == BODIES[body]
        hop = client.get(f"{address}/{compact(NOON)}id_/http://courier.example/moved")
        assert (hop.status_code, hop.headers["location"]) == (301, URL)


@pytest.mark.pywb
@pytest.mark.shared
def test_pywb_replays_a_real_series(archive: Archive, shared: Path, tmp_path: Path) -> None:
    """Forty front pages of heise.de, months and hours apart: byte for byte."""
    files = sorted((shared / "series" / "heise").glob("*.html"))[:40]
    pages = {datetime.strptime(file.stem, "%Y%m%dT%H%M%S").replace(tzinfo=UTC): file.read_bytes() for file in files}
    for instant, body in pages.items():
        archive.record(replace(capture(instant, body), url="https://www.heise.de/"))
    file = tmp_path / "captures.warc.gz"
    file.write_bytes(warc(archive))
    with pywb.serving(tmp_path, file) as address, httpx.Client(trust_env=False, timeout=30) as client:
        for instant, body in pages.items():
            assert client.get(f"{address}/{compact(instant)}id_/https://www.heise.de/").content == body
