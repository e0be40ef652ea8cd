"""Bounded decoders: right for any cut of the input, bounded for any input, and aware of a stream that is cut short."""

import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.encodings import MAX_MEMBERS, PIECE, decoder_for, zstd
from scraper.errors import FetchError
from scraper.model import Outcome

PAGE = bytes(range(256)) * 1_000 + b"front page " * 20_000


def raw_deflate(data: bytes) -> bytes:
    return zlib.compress(data, wbits=-zlib.MAX_WBITS)


ENCODERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "identity": ("identity", bytes),
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("x-gzip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "raw deflate": ("deflate", raw_deflate),
    "br": ("br", brotli.compress),
    "zstd": ("zstd", zstd.compress),
}
ENCODED = [name for name in ENCODERS if name != "identity"]


def decoded(name: str, data: bytes, step: int = PIECE) -> bytes:
    """All pieces of a body fed `step` bytes at a time."""
    decoder = decoder_for([name])
    pieces = [piece for start in range(0, len(data), step) for piece in decoder.feed(data[start : start + step])]
    decoder.close()
    return b"".join(pieces)


@pytest.mark.parametrize("step", [1, 7, 1_000, 10_000_000])
@pytest.mark.parametrize("name", ENCODERS)
def test_body_is_the_same_however_it_arrives(name: str, step: int) -> None:
    """One byte at a time or all at once."""
    encoding, encode = ENCODERS[name]
    assert decoded(encoding, encode(PAGE), step) == PAGE


@pytest.mark.parametrize("name", ENCODERS)
@given(data=st.binary(max_size=2_000))
def test_any_body_survives(name: str, data: bytes) -> None:
    """Encoding and decoding is the identity, for the empty body too."""
    encoding, encode = ENCODERS[name]
    assert decoded(encoding, encode(data)) == data


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd"])
@given(data=st.binary(max_size=300))
@pytest.mark.fault(6)
def test_any_bytes_are_decoded_or_refused(name: str, data: bytes) -> None:
    """Hostile bytes raise FetchError (failed) and nothing else."""
    try:
        decoded(name, data)
    except FetchError as error:
        assert error.outcome is Outcome.FAILED  # noqa: PT017 - being decoded is fine, too


@pytest.mark.parametrize("name", ENCODED)
@pytest.mark.fault(6)
def test_fault_06_stream_cut_short_is_noticed(name: str) -> None:
    """What httpx accepts in silence: a stream that ends before its end mark, at any of its last bytes, or at once."""
    encoding, encode = ENCODERS[name]
    whole = encode(PAGE)
    for cut in (1, 2, 4, 9, len(whole) // 2, len(whole)):
        with pytest.raises(FetchError, match="is cut short"):
            decoded(encoding, whole[:-cut])


@pytest.mark.fault(1)
def test_pieces_are_small_and_made_on_demand() -> None:
    """A bomb gives its first piece without the rest, and no piece is much larger than asked for."""
    for name in ENCODED:
        encoding, encode = ENCODERS[name]
        pieces = decoder_for([encoding]).feed(encode(bytes(5_000_000)))
        assert 0 < len(next(pieces)) <= 2 * PIECE
        assert max(map(len, pieces)) <= 2 * PIECE


@pytest.mark.parametrize(("name", "encode"), [("gzip", gzip.compress), ("zstd", zstd.compress)])
def test_members_follow_each_other_up_to_a_bound(name: str, encode: Callable[[bytes], bytes]) -> None:
    """Concatenated members are one body (RFC 1952, RFC 8878); ten thousand of them are an attack."""
    assert decoded(name, encode(b"front ") + encode(b"page")) == b"front page"
    assert decoded(name, encode(b"x") * MAX_MEMBERS) == b"x" * MAX_MEMBERS
    with pytest.raises(FetchError, match="more than 100"):
        decoded(name, encode(b"x") * 10_000)


@pytest.mark.parametrize(("name", "encode"), [("gzip", gzip.compress), ("zstd", zstd.compress)])
@pytest.mark.parametrize("behind", [b"", b"\r\n", b"\x1f", b"\r\n\x1f\x8b"])
def test_members_are_the_same_wherever_they_are_cut(name: str, encode: Callable[[bytes], bytes], behind: bytes) -> None:
    """Also within the two bytes that tell a member of gzip from rubbish behind the last one."""
    whole = encode(b"front ") + encode(b"page") + (behind if name == "gzip" else b"")
    for cut in range(len(whole) + 1):
        decoder = decoder_for([name])
        assert b"".join(piece for part in (whole[:cut], whole[cut:]) for piece in decoder.feed(part)) == b"front page"
        decoder.close()


def test_rubbish_behind_gzip_is_ignored() -> None:
    """Servers append newlines and nulls; browsers do not mind."""
    assert decoded("gzip", gzip.compress(b"page") + b"\r\n\0\0") == b"page"
    assert decoded("gzip", gzip.compress(b"page") + b"\r\n", step=1) == b"page"


def test_wrong_checksum_of_gzip_fails() -> None:
    """The CRC is checked."""
    whole = bytearray(gzip.compress(PAGE))
    whole[-6] ^= 1
    with pytest.raises(FetchError, match="no valid gzip stream"):
        decoded("gzip", bytes(whole))


@pytest.mark.fault(1)
def test_zstd_window_above_8_mb_fails() -> None:
    """A frame that asks for 128 MB of memory gets none (RFC 9659)."""
    options: dict[int, int] = {zstd.CompressionParameter.window_log: 27}
    stream = zstd.ZstdCompressor(options=options)
    greedy = stream.compress(bytes(10_000_000)) + stream.flush()
    with pytest.raises(FetchError, match="no valid zstd stream"):
        decoded("zstd", greedy)


@pytest.mark.parametrize("values", [[], [""], ["identity"], ["Identity, "], ["GZIP"], [" gzip "], ["identity, gzip"]])
def test_at_most_one_encoding_is_read(values: list[str]) -> None:
    """Names are case-insensitive, and identity does not count."""
    decoder_for(values)


@pytest.mark.parametrize("values", [["gzip, gzip"], ["gzip", "br"], ["gzip"] * 200, ["br,br,br"]])
@pytest.mark.fault(2)
def test_fault_02_stacked_encodings_are_refused(values: list[str]) -> None:
    """Over one line or many."""
    with pytest.raises(FetchError, match="content encodings are stacked"):
        decoder_for(values)


@pytest.mark.parametrize("value", ["compress", "hex", "punycode", "utf-8", "none", "x" * 10_000])
def test_unknown_encoding_is_refused(value: str) -> None:
    """Never looked up among Python's codecs; a long name is cut in the message."""
    with pytest.raises(FetchError, match="unknown content encoding") as caught:
        decoder_for([value])
    assert len(str(caught.value)) < 100
