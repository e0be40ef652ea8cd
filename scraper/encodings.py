"""Content-Encoding undone within bounds: gzip, deflate, br and zstd, piece by piece, each piece only when asked for.

A few hundred bytes of brotli hold 512 MiB, so a decoder gives pieces of some 64 KiB and does no work ahead; whoever
collects them stops at the limit. Every failure is a FetchError that names the encoding.
"""

import sys
import zlib
from collections.abc import Iterator, Sequence
from typing import Final, Protocol

import brotli

from scraper.errors import FetchError
from scraper.model import Outcome

if sys.version_info >= (3, 14):
    from compression import zstd as zstd
else:
    from backports import zstd as zstd

ACCEPT_ENCODING: Final = "gzip, deflate, br, zstd"
PIECE: Final = 64 * 1024  # bytes given at a time: about the most that is ever held beyond a limit
MAX_MEMBERS: Final = 100  # gzip members or zstd frames in one body; honest servers send one
ZSTD_WINDOW_LOG: Final = 23  # RFC 9659: Content-Encoding zstd needs no window above 8 MB; a frame may claim 2 GB


class Decoder(Protocol):
    """Undoes one encoding of one body."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Decoded pieces of about PIECE bytes at most, made when asked for. Raises FetchError on invalid data."""

    def close(self) -> None:
        """The body has ended. Raises FetchError when the encoded stream has not."""


def decoder_for(content_encodings: Sequence[str]) -> Decoder:
    """The decoder for a response's Content-Encoding values (one a header line; each may be a list).

    Raises FetchError when more than one encoding is stacked, or one is named that cannot be undone within bounds.
    """
    names = [name for value in content_encodings for name in _names(value)]
    if len(names) > 1:
        raise FetchError(Outcome.FAILED, f"{len(names)} content encodings are stacked; one is read at most")
    name = names[0] if names else "identity"
    if name not in _DECODERS:
        raise FetchError(Outcome.FAILED, f"unknown content encoding {name[:40]!r}")
    return _DECODERS[name]()


def _names(value: str) -> list[str]:
    names = (name.strip().lower() for name in value.split(","))
    return [name for name in names if name not in ("", "identity")]


class Identity:
    """No encoding: what is fed comes out, in pieces."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), PIECE):
            yield data[start : start + PIECE]

    def close(self) -> None:
        """Nothing can be missing: the length is HTTP's own matter."""


class Gzip:
    """RFC 1952: members one after another; what follows the last one and is none is ignored, as browsers do."""

    _MAGIC: Final = b"\x1f\x8b"

    def __init__(self) -> None:
        self._member = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        self._members = 1
        self._begun = b""  # of what may be another member, too little to tell
        self._is_over = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        data, self._begun = self._begun + data, b""
        while data and not self._is_over:
            if self._member.eof and not self._next_member(data):
                return
            yield from _inflate(self._member, data, "gzip")
            data = self._member.unused_data

    def _next_member(self, data: bytes) -> bool:
        if data == self._MAGIC[:1]:
            self._begun = data
            return False
        if not data.startswith(self._MAGIC):
            self._is_over = True
            return False
        self._members += 1
        if self._members > MAX_MEMBERS:
            raise FetchError(Outcome.FAILED, f"more than {MAX_MEMBERS} gzip members")
        self._member = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        return True

    def close(self) -> None:
        if not self._member.eof:
            raise _cut_short("gzip")


class Deflate:
    """RFC 9110, section 8.4.1.2: deflate is zlib's format; some servers send it bare, so two bytes decide."""

    def __init__(self) -> None:
        self._head = b""
        self._stream: zlib._Decompress | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._stream is None:
            self._head += data
            if len(self._head) < 2:
                return
            self._stream = zlib.decompressobj(wbits=zlib.MAX_WBITS if _is_zlib(self._head) else -zlib.MAX_WBITS)
            data, self._head = self._head, b""
        if not self._stream.eof:
            yield from _inflate(self._stream, data, "deflate")

    def close(self) -> None:
        if self._stream is None or not self._stream.eof:
            raise _cut_short("deflate")


def _is_zlib(head: bytes) -> bool:
    """RFC 1950, section 2.2: method 8, and both bytes together a multiple of 31."""
    return head[0] & 0x0F == 8 and int.from_bytes(head[:2]) % 31 == 0


def _inflate(stream: "zlib._Decompress", data: bytes, name: str) -> Iterator[bytes]:
    while True:
        try:
            piece = stream.decompress(data, PIECE)
        except zlib.error as error:
            raise _invalid(name, error) from error
        if piece:
            yield piece
        data = stream.unconsumed_tail
        if stream.eof or (not data and len(piece) < PIECE):
            return


class Brotli:
    """RFC 7932; the decoder is built without large windows, so it holds 16 MB at most.

    Its limit is soft (limits of 64 KiB give pieces of up to 96), and `can_accept_more_data` is true while output is
    still pending, so it is asked until it gives nothing.
    """

    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        while not self._stream.is_finished():
            try:
                piece: bytes = self._stream.process(data, output_buffer_limit=PIECE)
            except brotli.error as error:
                raise _invalid("br", error) from error
            if not piece:
                return
            yield piece
            data = b""

    def close(self) -> None:
        if not self._stream.is_finished():
            raise _cut_short("br")


class Zstd:
    """RFC 8878: frames one after another, none with a window above 8 MB."""

    _OPTIONS: Final[dict[int, int]] = {zstd.DecompressionParameter.window_log_max: ZSTD_WINDOW_LOG}

    def __init__(self) -> None:
        self._frame = zstd.ZstdDecompressor(options=self._OPTIONS)
        self._frames = 1

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._frame.eof:
                self._next_frame()
            yield from self._drain(data)
            data = self._frame.unused_data if self._frame.eof else b""

    def _drain(self, data: bytes) -> Iterator[bytes]:
        while True:
            try:
                piece = self._frame.decompress(data, PIECE)
            except zstd.ZstdError as error:
                raise _invalid("zstd", error) from error
            if piece:
                yield piece
            if self._frame.eof or self._frame.needs_input:
                return
            data = b""

    def _next_frame(self) -> None:
        self._frames += 1
        if self._frames > MAX_MEMBERS:
            raise FetchError(Outcome.FAILED, f"more than {MAX_MEMBERS} zstd frames")
        self._frame = zstd.ZstdDecompressor(options=self._OPTIONS)

    def close(self) -> None:
        if not self._frame.eof:
            raise _cut_short("zstd")


_DECODERS: Final[dict[str, type[Decoder]]] = {
    "identity": Identity,
    "gzip": Gzip,
    "x-gzip": Gzip,  # RFC 9110, section 8.4.1.3: the same
    "deflate": Deflate,
    "br": Brotli,
    "zstd": Zstd,
}


def _cut_short(name: str) -> FetchError:
    return FetchError(Outcome.FAILED, f"the {name} stream is cut short")


def _invalid(name: str, error: Exception) -> FetchError:
    return FetchError(Outcome.FAILED, f"the body is no valid {name} stream ({error})")
