"""Decisions about politeness, without a clock: Retry-After, back-off, gaps, headers and validators."""

from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.manners import (
    MAX_CRAWL_DELAY_S,
    MAX_RETRY_AFTER_S,
    MAX_RETRY_WAIT_S,
    Answer,
    gap_s,
    headers_for_hop,
    product_token,
    retry_after_s,
    same_etag,
    same_site_host,
    unsafe_header,
    validator_lies,
    wait_before_retry,
)

NOW = datetime(2026, 11, 24, 20, 0, 0, tzinfo=UTC)
BROKEN = Answer(status=0)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("90", 90.0),
        (" 90 ", 90.0),
        ("-1", 0.0),
        ("3601", 3600.0),
        ("9" * 40, 3600.0),
        ("9" * 5_000, None),
        ("Tue, 24 Nov 2026 20:01:30 GMT", 90.0),
        ("Tue, 24 Nov 2026 15:01:30 -0500", 90.0),
        ("Tuesday, 24-Nov-26 20:01:30 GMT", 90.0),
        ("Tue Nov 24 20:01:30 2026", 90.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 3600.0),
        ("Fri, 31 Dec 9999 23:59:59 -2359", 3600.0),
        ("Fri, 31 Dec 99999 23:59:59 GMT", None),
        ("Tue, 99 Nov 2026 20:00:00 GMT", None),
        ("", None),
        ("soon", None),
        ("1.5", None),
        ("1e9", None),
        ("nan", None),
        ("inf", None),
        ("١٢", None),
        ("x" * 100_000, None),
    ],
)
@pytest.mark.fault(12)
def test_fault_12_retry_after_is_clamped(value: str, seconds: float | None) -> None:
    """Seconds or a date of any of HTTP's three formats, never below nought or above an hour; nonsense says nothing."""
    assert retry_after_s(value, NOW) == seconds


@given(st.text(max_size=70))
@pytest.mark.fault(12)
def test_any_retry_after_is_answered(value: str) -> None:
    """No header value raises."""
    seconds = retry_after_s(value, NOW)
    assert seconds is None or 0 <= seconds <= MAX_RETRY_AFTER_S


def test_wait_doubles_and_is_jittered() -> None:
    """One second, two, four, each less up to half of itself."""
    waits = [wait_before_retry(attempt, 3, BROKEN, Random(1)) for attempt in (1, 2, 3)]
    assert all(wait is not None for wait in waits)
    assert [0.5 <= (wait or 0) / 2**n <= 1.0 for n, wait in enumerate(waits)] == [True] * 3
    assert wait_before_retry(1, 3, BROKEN, Random(1)) != wait_before_retry(1, 3, BROKEN, Random(2))


@pytest.mark.parametrize(
    ("answer", "again"),
    [
        (BROKEN, True),
        (Answer(status=500), True),
        (Answer(status=503, retry_after_s=4.0), True),
        (Answer(status=503, retry_after_s=6.0), False),
        (Answer(status=429, retry_after_s=0.0), True),
        (Answer(status=429, retry_after_s=3600.0), False),
        (Answer(status=429), False),
        (Answer(status=404), False),
        (Answer(status=200), False),
        (Answer(status=503, archived=True), False),
    ],
)
@pytest.mark.fault(12)
def test_what_is_tried_again(answer: Answer, again: bool) -> None:
    """Passing trouble, when the server's own wish is short; never an archive's copy of an error."""
    assert (wait_before_retry(1, 2, answer, Random(0)) is not None) is again


@given(st.integers(1, 50), st.integers(0, 50), st.floats(0, 3600))
@pytest.mark.fault(12)
def test_wait_within_a_visit_is_bounded(attempt: int, retries: int, wish: float) -> None:
    """Whatever was asked, a visit waits five seconds at most, at least what was wished, and not after its last try."""
    wait = wait_before_retry(attempt, retries, Answer(status=503, retry_after_s=wish), Random(0))
    assert wait is None or (wish <= wait <= MAX_RETRY_WAIT_S and attempt <= retries)


@pytest.mark.parametrize(
    ("crawl_delay", "gap"),
    [(None, 1.0), (0.0, 1.0), (-3.0, 1.0), (10.0, 10.0), (86_400.0, MAX_CRAWL_DELAY_S), (float("nan"), 1.0)],
)
def test_crawl_delay_raises_the_gap(crawl_delay: float | None, gap: float) -> None:
    """It never lowers it, and is cut at a minute."""
    assert gap_s(1.0, crawl_delay) == gap


@pytest.mark.parametrize(
    ("user_agent", "token"),
    [
        ("frontpage-archive (+https://example.org/contact)", "frontpage-archive"),
        ("frontpage-archive/0.1 (+https://example.org/)", "frontpage-archive"),
        ("frontpage-archive", "frontpage-archive"),
        ("Paper Watch/2.0", "Paper"),
    ],
)
def test_product_token(user_agent: str, token: str) -> None:
    """robots.txt knows a crawler by the first word of its User-Agent."""
    assert product_token(user_agent) == token


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.org/", "https://a.org/x", True),
        ("https://a.org/", "https://A.org/", True),
        ("http://a.org/", "https://a.org/", True),
        ("http://a.org:80/", "https://a.org:443/", True),
        ("https://a.org/", "http://a.org/", False),
        ("http://a.org:8000/", "https://a.org:9000/", False),
        ("https://a.org/", "https://www.a.org/", False),
        ("https://a.org/", "https://a.org:8443/", False),
        ("https://a.org/", "https://a.org.evil.test/", False),
    ],
)
def test_same_site_host(one: str, other: str, same: bool) -> None:
    """One origin, or the step up to https; a step down to http would show a cookie to everyone."""
    assert same_site_host(one, other) is same


@pytest.mark.fault(10)
def test_fault_10_only_harmless_headers_leave_the_host() -> None:
    """Cookies and unknown headers stay."""
    headers = (("Cookie", "a"), ("ACCEPT-Language", "de"), ("X-Api-Key", "k"), ("Authorization", "b"))
    assert headers_for_hop(headers, same_host=True) == headers
    assert headers_for_hop(headers, same_host=False) == (("ACCEPT-Language", "de"),)


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("accept-language", "de, en;q=0.5", ""),
        ("Cookie", "consent=ja; größe=1", ""),
        ("HOST", "x", "set by the fetch gate"),
        ("user-agent", "x", "set by the fetch gate"),
        ("If-None-Match", "x", "set by the fetch gate"),
        ("X Y", "x", "no header name"),
        ("", "x", "no header name"),
        ("Größe", "x", "no header name"),
        ("X", "a\nb", "control character"),
        ("X", "a\0", "control character"),
        ("X", " a", "spaces at its ends"),
    ],
)
def test_unsafe_header_says_why(name: str, value: str, why: str) -> None:
    """Names are tokens, values printable, and what frames the request is ours."""
    reason = unsafe_header(name, value)
    assert why in reason
    assert bool(reason) is bool(why)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ('"a"', '"a"', True),
        ('W/"a"', '"a"', True),
        ('"a-gzip"', '"a"', True),
        ('"a--gzip"', 'W/"a"', True),
        ('"a"', '"b"', False),
        ('"a"', "", False),
    ],
)
def test_etags_compare_weakly(one: str, other: str, same: bool) -> None:
    """Weakness and the encoding that a server adds make no other tag."""
    assert same_etag(one, other) is same
    assert same_etag(other, one) is same


@pytest.mark.fault(11)
def test_fault_11_etag_that_lies_is_noticed() -> None:
    """A full fetch now and then shows a tag that stays while the page moves on."""
    assert validator_lies(etag_before='"a"', sha256_before="1", etag_now='"a"', sha256_now="2")
    assert not validator_lies(etag_before='"a"', sha256_before="1", etag_now='"a"', sha256_now="1")
    assert not validator_lies(etag_before='"a"', sha256_before="1", etag_now='"b"', sha256_now="2")
    assert not validator_lies(etag_before="", sha256_before="1", etag_now="", sha256_now="2")
