"""Where a damaged WARC goes on: the next place at which a record begins.

Each record of a WARC.gz is a gzip member of its own (WARC 1.1, annex D.2), so what follows a broken one can be read; in
a plain file a record begins with its version on a line of its own, and a field. A page can print such lines: what is
found behind damage in a plain file is as good as whoever wrote the pages in it.
"""

import re
import zlib
from collections.abc import Iterator
from typing import IO, Final

CHUNK: Final = 1 << 20
PEEK: Final = 1_024  # bytes of a gzip member that are enough to see what it holds
BEGINNING: Final = re.compile(rb"\x1f\x8b\x08[\x00-\x1f]|WARC/1\.[01]\r?\n(?:WARC|Content)-")


def next_record(file: IO[bytes], start: int) -> int | None:
    """Where the first record at or behind `start` begins, in bytes; None where there is none."""
    file.seek(start)
    for base, data, end in _windows(file, start):
        for found in BEGINNING.finditer(data, 0, end + PEEK):
            if found.start() < end and _begins_record(data, found.start()):
                return base + found.start()
    return None


def _windows(file: IO[bytes], start: int) -> Iterator[tuple[int, bytes, int]]:
    """(offset, bytes, how many of them are looked at here): each overlaps the next by what a look needs."""
    kept = b""
    while chunk := file.read(CHUNK):
        data = kept + chunk
        end = max(0, len(data) - PEEK)
        yield start, data, end
        kept = data[end:]
        start += end
    yield start, kept, len(kept)


def _begins_record(data: bytes, place: int) -> bool:
    if data.startswith(b"W", place):
        return True
    try:
        return zlib.decompressobj(wbits=31).decompress(data[place : place + PEEK], 5) == b"WARC/"
    except zlib.error:
        return False
