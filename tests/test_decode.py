"""Bytes to text in WHATWG order, and the lies that pages tell about themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.decode import decode, decoded, encoded

META = '<meta charset="{}">'


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("gb18030", "河水夜间漫过堤岸"),
        ("gb2312", "河水夜间漫过堤岸"),
        ("big5", "河水夜間漫過堤岸"),
        ("shift_jis", "川が夜に堤防を越えた"),
        ("euc-jp", "川が夜に堤防を越えた"),
        ("euc-kr", "강이 밤에 둑을 넘었다"),
        ("windows-1251", "Река вышла из берегов ночью"),
        ("koi8-r", "Река вышла из берегов ночью"),
        ("iso-8859-1", "Der Fluß trat über die Ufer"),
        ("utf-8", "Der Fluß trat über die Ufer"),
    ],
)
@pytest.mark.fault(16)
def test_a_declared_charset_is_used(charset: str, text: str) -> None:
    """The header's label and the document's own do the same."""
    assert text in decode(text.encode(charset), f"text/html; charset={charset}")
    assert text in decode(META.format(charset).encode() + text.encode(charset))


@pytest.mark.fault(16)
def test_a_byte_order_mark_outweighs_the_header() -> None:
    """The order is: mark, header, meta."""
    body = b"\xef\xbb\xbf" + "Fluß".encode()
    assert decode(body, "text/html; charset=windows-1251") == "Fluß"
    assert decode(b"\xff\xfe" + "Fluß".encode("utf-16-le"), "text/html; charset=utf-8") == "Fluß"


@pytest.mark.fault(16)
def test_the_header_outweighs_the_meta() -> None:
    """A page in windows-1251 whose meta says something else."""
    body = META.format("utf-8").encode() + "Река".encode("windows-1251")
    assert "Река" in decode(body, "text/html; charset=windows-1251")


@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1252", "windows-1251"])
@pytest.mark.fault(16)
def test_valid_utf8_outweighs_a_meta_of_one_byte_a_character(label: str) -> None:
    """Saved pages are often recoded without their declaration."""
    assert "über die Ufer" in decode(META.format(label).encode() + "über die Ufer".encode())


@pytest.mark.parametrize(
    "label", ["punycode", "hex", "utf-7", "nonsense", "rot13", "idna", "replacement", "iso-2022-kr", ""]
)
@pytest.mark.fault(16)
def test_a_label_that_is_no_web_encoding_is_passed_over(label: str) -> None:
    """No codec of Python's own is reached by name; the next declaration counts."""
    body = META.format("windows-1251").encode() + "Река".encode("windows-1251")
    assert "Река" in decode(body, f"text/html; charset={label}")


@pytest.mark.fault(16)
def test_a_meta_that_says_utf16_means_utf8() -> None:
    """It was read as ASCII, so it cannot be UTF-16."""
    assert "Fluß" in decode(META.format("utf-16").encode() + "Fluß".encode())


def test_without_a_declaration_utf8_is_tried_first() -> None:
    """What is not UTF-8 is windows-1252."""
    assert decode("Fluß".encode()) == "Fluß"
    assert decode("Fluß".encode("cp1252")) == "Fluß"


@pytest.mark.fault(16)
def test_a_declaration_behind_an_archive_banner_is_found() -> None:
    """Web archives push it far past the first 1,024 bytes."""
    body = b"<!-- saved -->" + b"<script>" + b"x" * 5_000 + b"</script>" + META.format("windows-1251").encode()
    assert "Река" in decode(body + "Река".encode("windows-1251"))


@given(st.binary(max_size=400), st.text(max_size=60))
@pytest.mark.fault(16)
def test_any_bytes_and_any_header_give_text(body: bytes, content_type: str) -> None:
    """Nothing raises, and the UTF-8 that comes with it is of the same text."""
    text, utf8 = decoded(body, content_type)
    assert text == decode(body, content_type)
    assert utf8 == encoded(text)


def test_vendors_characters_of_euc_jp_are_read() -> None:
    """The standard's index has them, Python's codec does not; what is no character costs one byte."""
    assert decode(b"\xad\xa1\xb9\xe2\xfc\xe2\xb9\xe2\xffx", "text/html; charset=euc-jp") == "①高髙高\ufffdx"


def test_what_is_no_vendors_character_of_euc_jp_is_none() -> None:
    """Rows that the standard lacks, and what ends within a character."""
    assert decode(b"\xff\xff\xf5\xa1x\xad", "text/html; charset=euc-jp") == "\ufffd\ufffd\ufffd\ufffdx\ufffd"


@pytest.mark.fault(16)
@pytest.mark.parametrize("pair", [b"\xff\xff", b"\xad\xa1"], ids=["no characters", "characters"])
def test_endless_vendors_characters_are_not_asked_for_one_by_one(pair: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each costs a call: beyond the bound they are passed over."""
    monkeypatch.setattr("scraper.decode.MOST_MENDED", 10)
    assert "①" not in decode(pair * 11, "text/html; charset=euc-jp")
