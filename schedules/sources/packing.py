"""Pages as they lie on disk, unpacked within the bounds of a body."""

from collections.abc import Sequence

from schedules.sources.found import Unusable
from scraper.encodings import decoder_for
from scraper.errors import FetchError
from scraper.limits import MAX_BODY_BYTES

ENCODINGS = {".gz": "gzip", ".zst": "zstd", ".br": "br"}


def suffix_of_packing(name: str) -> str:
    """The ending of a file's name that says how it is compressed, "" where it is not."""
    return next((name[-len(suffix) :] for suffix in ENCODINGS if name.lower().endswith(suffix)), "")


def unpack(data: bytes, content_encodings: Sequence[str]) -> bytes:
    """The body under a Content-Encoding. Raises Unusable where it cannot be had whole and within bounds."""
    body = bytearray()
    try:
        decoder = decoder_for(content_encodings)
        for piece in decoder.feed(data):
            body += piece
            if len(body) > MAX_BODY_BYTES:
                raise Unusable("too large")
        decoder.close()
    except FetchError:
        raise Unusable("damaged") from None
    return bytes(body)


def unpack_file(data: bytes, name: str) -> bytes:
    """The page in a file of that name. Raises Unusable as `unpack` does, and for one that is empty."""
    body = unpack(data, [ENCODINGS.get(suffix_of_packing(name).lower(), "")])
    if not body:
        raise Unusable("empty")
    return body


def media_type_of(name: str) -> str:
    """`text/plain` for a file of text, `text/html` for any other."""
    return "text/plain" if name.lower().removesuffix(suffix_of_packing(name).lower()).endswith(".txt") else "text/html"
