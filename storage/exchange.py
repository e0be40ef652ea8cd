"""What went over the wire beside a body, as bytes: headers of request and response, and the redirects before."""

import json
from dataclasses import asdict
from typing import NamedTuple

from scraper.errors import ArchiveError
from scraper.model import Capture, Hop
from storage.bodies import ZstdError, compress, decompress

Headers = tuple[tuple[str, str], ...]


class Exchange(NamedTuple):
    """Of a capture: what was answered, what was sent, and where it led before."""

    headers: Headers
    request_headers: Headers
    redirects: tuple[Hop, ...]


def pack(capture: Capture) -> bytes:
    """A capture's exchange as zstd JSON, with a checksum: no sha256 covers it as it does the body."""
    exchange = {
        "headers": capture.headers,
        "request_headers": capture.request_headers,
        "redirects": [asdict(hop) for hop in capture.redirects],
    }
    return compress(json.dumps(exchange, ensure_ascii=False).encode(), has_checksum=True)


def unpack(data: bytes) -> Exchange:
    """The exchange that `pack` was given. Raises ArchiveError where the bytes are damaged."""
    try:
        parts = json.loads(decompress(data))
        return Exchange(
            headers=tuple((name, value) for name, value in parts["headers"]),
            request_headers=tuple((name, value) for name, value in parts["request_headers"]),
            redirects=tuple(Hop(**hop) for hop in parts["redirects"]),
        )
    except (ZstdError, ValueError, KeyError, TypeError) as error:
        raise ArchiveError(f"headers and redirects are damaged: {error}") from error


def answered(data: bytes) -> Headers:
    """The headers of the answer, none where the bytes are damaged: for what only goes by them."""
    try:
        return unpack(data).headers
    except ArchiveError:
        return ()
