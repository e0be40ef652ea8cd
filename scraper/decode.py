"""Bytes to text in the WHATWG order: byte order mark, header, meta, then the bytes themselves."""

import codecs
import re
from typing import Final

import webencodings

MARKS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xfe\xff", "utf-16-be"), (b"\xff\xfe", "utf-16-le"))
# The standard looks at 1,024 bytes. Scripts and web-archive banners push the declaration down: 17 of the 76 labelled
# pages have it later, the last at 23,039.
PRESCAN_BYTES: Final = 32_768
COMMENT: Final = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
META: Final = re.compile(rb"<meta[\s/][^>]*", re.IGNORECASE)
CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?\s*([^\s\"';,>/]+)", re.IGNORECASE)
XML_DECLARATION: Final = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']", re.IGNORECASE)
ONE_BYTE: Final = re.compile(r"cp125\d|iso8859|iso-8859|koi8|mac|cp866|cp874")
# Python's gbk and cp949 lack characters that the standard's decoders have.
CODECS: Final = {"gbk": "gb18030", "x-user-defined": "cp1252"}


def codec(label: str) -> str:
    """Python's codec for a WHATWG label; "" for one that names no usable encoding (utf-7, hex, replacement)."""
    encoding = webencodings.lookup(label.strip())
    if encoding is None or encoding.name == "replacement":
        return ""
    return CODECS.get(encoding.name, str(encoding.codec_info.name))


def header_codec(content_type: str) -> str:
    found = CHARSET.search(content_type)
    return codec(found[1]) if found else ""


def meta_codec(body: bytes) -> str:
    """The first usable encoding that the document declares within its first bytes."""
    start = body[:PRESCAN_BYTES]
    if xml := XML_DECLARATION.match(start.lstrip()):
        return declared(xml[1].decode("ascii", "replace"))
    if b"<!--" in start:
        start = COMMENT.sub(b"", start)
    for meta in META.finditer(start):
        found = CHARSET.search(meta[0].decode("ascii", "replace"))
        if found and (name := declared(found[1])):
            return name
    return ""


def declared(label: str) -> str:
    """A declaration that can be read as ASCII is not UTF-16, whatever it says (WHATWG HTML, prescan)."""
    name = codec(label)
    return "utf-8" if name.startswith("utf-16") else name


def is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def without_mark(body: bytes) -> tuple[bytes, str]:
    """The body without its byte order mark, and the codec that the mark names or ""."""
    for mark, name in MARKS:
        if body.startswith(mark):
            return body[len(mark) :], name
    return body, ""


def page_codec(body: bytes, content_type: str) -> str:
    """The codec of a body without a byte order mark."""
    if name := header_codec(content_type):
        return name
    name = meta_codec(body)
    if not name:
        return "utf-8" if is_utf8(body) else "cp1252"
    # Two of 148 saved pages declare iso-8859-1, one windows-1251, and are valid UTF-8 all through; text in an encoding
    # of one byte a character is not, by chance, when it has more than a letter or two outside ASCII.
    return "utf-8" if ONE_BYTE.match(name) and not body.isascii() and is_utf8(body) else name


def decode(body: bytes, content_type: str = "") -> str:
    """The text of a body; what cannot be decoded is U+FFFD, and no bytes raise."""
    return decoded(body, content_type)[0]


def decoded(body: bytes, content_type: str = "") -> tuple[str, bytes]:
    """The text of a body, and the text in UTF-8: for most pages the body as it is."""
    body, mark = without_mark(body)
    name = mark or page_codec(body, content_type)
    if name == "utf-8":
        try:
            return body.decode(), body
        except UnicodeDecodeError:
            pass
    text = body.decode(name, "replace")
    if name == "euc_jp" and (lost := text.count("\ufffd")) and lost + sum(map(body.count, VENDORS)) <= MOST_MENDED:
        text = body.decode(name, EUC_JP_ERRORS)
    return text, encoded(text)


# Of the standard's index (WHATWG Encoding, jis0208), with such as ① and 髙.
VENDORS_ROWS: Final = (13, 89, 90, 91, 92)
VENDORS: Final = tuple(0xA0 + row for row in VENDORS_ROWS)
# Each takes a microsecond. What is lost without them does not bound them: one shifts all pairs behind it.
MOST_MENDED: Final = 100_000


def vendors_character(error: UnicodeError) -> tuple[str, int]:
    """What stands for two bytes of EUC-JP that Python's codec lacks: a character of the vendors, as cp932 has it.

    It is moved to Shift_JIS.
    """
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101 - a handler of decoding
    pair = error.object[error.start : error.start + 2]
    row, cell = pair[0] - 0xA0, pair[-1] - 0xA0
    if row in VENDORS_ROWS and len(pair) == 2 and cell > 0:
        first = (row - 1) // 2 + (0x81 if row <= 62 else 0xC1)
        second = (cell + (0x3F if cell <= 63 else 0x40)) if row % 2 else cell + 0x9E
        try:
            return bytes((first, second)).decode("cp932"), error.start + 2
        except UnicodeDecodeError:
            pass
    return "\ufffd", error.start + 1


EUC_JP_ERRORS: Final = "frontpage-euc-jp"
codecs.register_error(EUC_JP_ERRORS, vendors_character)


def encoded(text: str) -> bytes:
    """A text in UTF-8, without its lone surrogates: no parser takes them."""
    return text.encode("utf-8", "replace")
