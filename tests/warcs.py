"""WARC files of a paper's past, as archivists' tools write them (warcio)."""

import gzip
import io
import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from scraper.instants import iso
from tests.past import HOURS, URL, page

HTML = (("Content-Type", "text/html; charset=utf-8"),)


class MemoryWriter(WARCWriter):  # type: ignore[misc]
    """warcio leaves its temporary files to the garbage collector, which warns of each."""

    @staticmethod
    def _create_temp_file() -> io.BytesIO:
        return io.BytesIO()


class Warc:
    """A WARC under way; each method appends one record and returns it."""

    def __init__(self, file: IO[bytes], *, is_gzipped: bool = True) -> None:
        self._writer: Any = MemoryWriter(file, gzip=is_gzipped, warc_version="WARC/1.1")

    def response(
        self,
        instant: datetime,
        body: bytes,
        *,
        url: str = URL,
        status: str = "200 OK",
        headers: Iterable[tuple[str, str]] = HTML,
        fields: dict[str, str] | None = None,
    ) -> ArcWarcRecord:
        """An HTTP response; `fields` replace those of the record, or are added."""
        record = self._writer.create_warc_record(
            url,
            "response",
            payload=io.BytesIO(body),
            http_headers=StatusAndHeaders(status, list(headers), protocol="HTTP/1.1"),
            warc_headers_dict={"WARC-Date": iso(instant)},
        )
        if fields:
            self._write_with(record, fields)
        else:
            self._writer.write_record(record)
        return record

    def _write_with(self, record: ArcWarcRecord, fields: dict[str, str]) -> None:
        """Write a record with fields that warcio would not let be wrong."""
        plain = io.BytesIO()
        MemoryWriter(plain, gzip=False, warc_version="WARC/1.1").write_record(record)
        data = plain.getvalue()
        for name, value in fields.items():
            data, found = re.subn(rf"{name}: .*".encode(), f"{name}: {value}\r".encode(), data, count=1)
            data = data if found else data.replace(b"\r\n", f"\r\n{name}: {value}\r\n".encode(), 1)
        self._writer.out.write(gzip.compress(data, mtime=0) if self._writer.gzip else data)

    def resource(
        self, instant: datetime, body: bytes, *, url: str = URL, fields: dict[str, str] | None = None
    ) -> ArcWarcRecord:
        """What a browser saved, without its HTTP headers."""
        record = self._writer.create_warc_record(
            url,
            "resource",
            payload=io.BytesIO(body),
            warc_content_type="text/html",
            warc_headers_dict={"WARC-Date": iso(instant)},
        )
        self._write_with(record, fields or {})
        return record

    def revisit(
        self,
        instant: datetime,
        original: ArcWarcRecord,
        *,
        url: str = URL,
        status: str = "200 OK",
        fields: dict[str, str] | None = None,
    ) -> ArcWarcRecord:
        """A response that equals an earlier one (identical-payload-digest); `fields` replace those of the record."""
        headers = original.rec_headers
        record = self._writer.create_revisit_record(
            url,
            digest=headers.get_header("WARC-Payload-Digest"),
            refers_to_uri=headers.get_header("WARC-Target-URI"),
            refers_to_date=headers.get_header("WARC-Date"),
            http_headers=StatusAndHeaders(status, list(HTML), protocol="HTTP/1.1"),
            warc_headers_dict={"WARC-Date": iso(instant)},
        )
        self._write_with(record, fields or {})
        return record


def write_past(file: Path, instants: Iterable[datetime] = HOURS, *, url: str = URL) -> Path:
    """The paper's pages at these instants, each a response."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as out:
        warc = Warc(out, is_gzipped=file.name.endswith(".gz"))
        for instant in instants:
            warc.response(instant, page(instant), url=url)
    return file
