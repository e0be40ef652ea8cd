"""Faults 1 to 8 and 10 to 13 on the wire: each ends in a named outcome, in time, with a message that says why."""

import asyncio
import gzip
import hashlib
import resource
import ssl
import time
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from random import Random
from typing import Any

import brotli
import pytest

from scraper.encodings import zstd
from scraper.errors import FetchError
from scraper.fetch import FetchRequest, Gate
from scraper.limits import MAX_BODY_BYTES
from scraper.model import Capture, Hop, Outcome
from scraper.robots import FRESH_S, UNREACHABLE_S
from tests.hostile import (
    PAGE,
    FakeTime,
    Heard,
    Script,
    Server,
    drips,
    floods,
    reply,
    resets,
    says,
    says_nothing,
    serve,
)

USER_AGENT = "frontpage-archive/0.1 (+https://example.org/contact)"
LOOPBACK = [ip_network("127.0.0.0/8")]
CERTIFICATE = Path(__file__).parent / "data" / "loopback.pem"
MEBIBYTE = bytes(1 << 20)


@asynccontextmanager
async def open_gate(clock: FakeTime | None = None, **settings: Any) -> AsyncIterator[Gate]:
    """A gate to loopback without gaps and retries, on a clock that only sleeping moves."""
    clock = clock or FakeTime()
    defaults: dict[str, Any] = {
        "user_agent": USER_AGENT,
        "allow_networks": LOOPBACK,
        "min_gap_s": 0.0,
        "retries": 0,
        "now": clock.now,
        "monotonic": clock.monotonic,
        "sleep": clock.sleep,
        "random": Random(0),
    }
    async with Gate(**{**defaults, **settings}) as gate:
        yield gate


async def fetch(gate: Gate, url: str, **settings: Any) -> Capture:
    return await gate.fetch(FetchRequest(site="loop", url=url, **settings))


async def failure(gate: Gate, url: str, **settings: Any) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await fetch(gate, url, **settings)
    return caught.value


async def failure_of(script: Script, **settings: Any) -> FetchError:
    """How a fetch from a server that plays `script` fails."""
    async with serve(script) as server, open_gate(**settings) as gate:
        return await failure(gate, server.url())


def encoded(body: bytes, encoding: str) -> bytes:
    return reply(body, headers=[("Content-Encoding", encoding)])


async def test_page_is_captured_as_it_was_sent() -> None:
    """A capture holds the site, the instant of sending in whole seconds, the headers both ways and the body."""
    async with serve(says(reply(PAGE, headers=[("X-Case", "Kept")]))) as server, open_gate() as gate:
        capture = await fetch(gate, server.url(), headers=(("Accept-Language", "de"),))
    assert capture.instant == datetime(2026, 11, 24, 20, 0, 0, tzinfo=UTC)
    assert (capture.status, capture.body, capture.redirects) == (200, PAGE, ())
    assert ("X-Case", "Kept") in capture.headers
    sent = dict(capture.request_headers)
    assert sent["User-Agent"] == USER_AGENT
    assert sent["Accept-Language"] == "de"
    assert sent["Accept-Encoding"] == "gzip, deflate, br, zstd"
    assert {name.lower(): value for name, value in sent.items()} == dict(server.pages_heard[0].headers)


@pytest.mark.parametrize(
    ("encoding", "encode"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("br", brotli.compress), ("zstd", zstd.compress)],
)
async def test_every_offered_encoding_is_undone(encoding: str, encode: Callable[[bytes], bytes]) -> None:
    """What the Accept-Encoding offers can be read."""
    async with serve(says(encoded(encode(PAGE), encoding))) as server, open_gate() as gate:
        assert (await fetch(gate, server.url())).body == PAGE


# Fault 1


def gzip_bomb() -> bytes:
    return b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + _deflated_bomb()


def deflate_bomb() -> bytes:
    return b"\x78\x9c" + _deflated_bomb()


def _deflated_bomb() -> bytes:
    """512 MiB of zeros; full flushes make every mebibyte the same bytes, so one is made and repeated."""
    stream = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    mebibyte = stream.compress(MEBIBYTE) + stream.flush(zlib.Z_FULL_FLUSH)
    return mebibyte * 512 + zlib.compress(b"", wbits=-zlib.MAX_WBITS)


def brotli_bomb() -> bytes:
    stream = brotli.Compressor(quality=5)
    return b"".join([*(stream.process(MEBIBYTE) for _ in range(512)), stream.finish()])


def zstd_bomb() -> bytes:
    stream = zstd.ZstdCompressor()
    return b"".join(stream.compress(MEBIBYTE) for _ in range(512)) + stream.flush()


@pytest.mark.parametrize(
    ("encoding", "bomb"),
    [("gzip", gzip_bomb), ("deflate", deflate_bomb), ("br", brotli_bomb), ("zstd", zstd_bomb)],
)
@pytest.mark.fault(1)
async def test_fault_01_bomb_is_too_large(encoding: str, bomb: Callable[[], bytes]) -> None:
    """512 MiB in a few bytes: refused in under two seconds, with memory growth under 64 MB."""
    script = says(encoded(bomb(), encoding))
    peak_before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tracemalloc.start()
    started = time.perf_counter()
    error = await failure_of(script)
    took = time.perf_counter() - started
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert error.outcome is Outcome.TOO_LARGE
    assert "the decoded body is larger than 10,000,000 bytes" in str(error)
    assert took < 2 * 5
    assert peak < 64e6
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak_before) * 1024 < 64e6


# Fault 2


@pytest.mark.parametrize("header", ["gzip, br", "gzip, gzip", ", ".join(["gzip"] * 200)])
@pytest.mark.fault(2)
async def test_fault_02_stacked_encodings_fail_before_decoding(header: str) -> None:
    """Two encodings, or 200, are named and not begun: the body is no gzip at all, and nobody notices."""
    error = await failure_of(says(encoded(b"not gzip", header)))
    assert error.outcome is Outcome.FAILED
    assert "content encodings are stacked" in str(error)


@pytest.mark.fault(2)
async def test_fault_02_encodings_stacked_over_several_header_lines() -> None:
    """Content-Encoding given twice is one list."""
    stacked = reply(b"x", headers=[("Content-Encoding", "gzip"), ("Content-Encoding", "gzip")])
    assert "2 content encodings" in str(await failure_of(says(stacked)))


@pytest.mark.fault(2)
async def test_fault_02_unknown_encoding_fails() -> None:
    """An encoding that is no encoding (a codec's name, say) is never looked up."""
    error = await failure_of(says(encoded(PAGE, "punycode")))
    assert (error.outcome, "unknown content encoding 'punycode'" in str(error)) == (Outcome.FAILED, True)


# Faults 3 and 4


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(drips(b"x" * 1000, first=b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"), id="body"),
        pytest.param(drips(b"X-Slow: " + b"x" * 1000, first=b"HTTP/1.1 200 OK\r\n"), id="headers"),
        pytest.param(says_nothing, id="silence"),
        pytest.param(drips(b"HTTP/1.1 100 Continue\r\n\r\n" * 40), id="interim responses"),
    ],
)
@pytest.mark.fault(3, 4)
async def test_fault_03_and_04_slowness_meets_the_deadline(script: Script) -> None:
    """Dripping or silent, a server is left when the deadline has come, not later."""
    started = time.perf_counter()
    error = await failure_of(script, deadline_s=0.6)
    assert error.outcome is Outcome.DEADLINE
    assert "no complete answer within 0.6 seconds" in str(error)
    assert 0.5 < time.perf_counter() - started < 0.6 * 5


@pytest.mark.fault(4)
async def test_fault_04_tls_handshake_that_stalls_meets_the_deadline() -> None:
    """A port that accepts and never answers the handshake."""
    async with serve(says_nothing) as server, open_gate(deadline_s=0.6) as gate:
        started = time.perf_counter()
        error = await failure(gate, server.url().replace("http:", "https:"))
    assert error.outcome is Outcome.DEADLINE
    assert time.perf_counter() - started < 0.6 * 5


@pytest.mark.fault(4)
async def test_fault_04_silent_robots_txt_meets_the_same_deadline() -> None:
    """robots.txt that never comes costs the visit its deadline, once, and no request for the page."""
    async with serve(says(reply(PAGE)), robots=says_nothing) as server, open_gate(deadline_s=0.6) as gate:
        error = await failure(gate, server.url())
    assert error.outcome is Outcome.DEADLINE
    assert "robots.txt" in str(error)
    assert server.pages_heard == []


@pytest.mark.fault(3)
async def test_deadline_is_shared_by_all_hops() -> None:
    """Ten slow redirects behind one that comes at once do not get ten deadlines."""

    async def script(heard: Heard, writer: asyncio.StreamWriter) -> None:
        if heard.path != "/":
            await asyncio.sleep(0.3)
        writer.write(reply(status="302 Found", headers=[("Location", heard.path + "x")]))

    started = time.perf_counter()
    async with serve(script) as server, open_gate(deadline_s=1) as gate:
        error = await failure(gate, server.url(), obey_robots=False)
    assert error.outcome is Outcome.DEADLINE
    assert error.capture is not None
    assert len(error.capture.redirects) >= 1
    assert time.perf_counter() - started < 1 * 5


# Fault 5

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("script", "message"),
    [
        pytest.param(floods(CHUNKED, b"10000\r\n" + bytes(65536) + b"\r\n"), "10,000,000 bytes", id="endless chunks"),
        pytest.param(floods(CHUNKED, b"1;" + b"x" * 9000 + b"\r\ny\r\n"), "on the wire", id="chunk extensions"),
        pytest.param(floods(CHUNKED, b"1\r\ny\r\n" * 10_000), "100,000 chunks", id="chunks of a byte"),
        pytest.param(floods(b"HTTP/1.1 200 OK\r\n\r\n", bytes(65536)), "10,000,000 bytes", id="until close"),
        pytest.param(
            floods(b"", b"HTTP/1.1 103 Early Hints\r\nLink: <" + b"x" * 9000 + b">\r\n\r\n"),
            "on the wire",
            id="interim responses",
        ),
    ],
)
@pytest.mark.fault(5)
async def test_fault_05_endless_response_is_too_large(script: Script, message: str) -> None:
    """Whatever part of a response has no end, reading it has."""
    error = await failure_of(script)
    assert error.outcome is Outcome.TOO_LARGE
    assert message in str(error)


@pytest.mark.fault(5)
async def test_fault_05_encoded_body_that_never_says_anything_is_too_large() -> None:
    """Empty deflate blocks without end: nothing decoded, and yet the wire's bound holds."""
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\x03"
    error = await failure_of(floods(head, b"\0\0\0\xff\xff" * 10_000))
    assert (error.outcome, "on the wire" in str(error)) == (Outcome.TOO_LARGE, True)


@pytest.mark.fault(5)
async def test_fault_05_declared_200_mb_is_not_read() -> None:
    """A Content-Length above the limit is believed: nothing is read, however slowly it would come."""
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 200000000\r\n\r\n"
    started = time.perf_counter()
    error = await failure_of(drips(b"x" * 100, first=head, every_s=0.5))
    assert error.outcome is Outcome.TOO_LARGE
    assert "declared as 200,000,000 bytes" in str(error)
    assert time.perf_counter() - started < 0.5 * 5


@pytest.mark.fault(5)
async def test_fault_05_largest_allowed_body_passes() -> None:
    """The limit itself is allowed."""
    async with serve(says(reply(b"x" * MAX_BODY_BYTES))) as server, open_gate() as gate:
        assert len((await fetch(gate, server.url())).body) == MAX_BODY_BYTES


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(says(reply(PAGE, headers=[(f"X-{n}", "x" * 700) for n in range(100)])), id="70 KB"),
        pytest.param(floods(b"HTTP/1.1 200 OK\r\n", b"X-Name: " + b"x" * 1000 + b"\r\n"), id="endless"),
        pytest.param(floods(b"HTTP/1.1 200 OK\r\nX-Name: ", b"x" * 1000), id="endless line"),
    ],
)
@pytest.mark.fault(5)
async def test_fault_05_header_block_above_64_kb_fails(script: Script) -> None:
    """The head of a response has a bound of its own, and the message names it."""
    error = await failure_of(script)
    assert error.outcome is Outcome.FAILED
    assert "the response headers are larger than 65,536 bytes" in str(error)


# Faults 6 and 7


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        pytest.param(reply(PAGE, headers=[("Content-Length", "5000")]), "peer closed connection", id="short body"),
        pytest.param(CHUNKED + b"5\r\nhello\r\n", "peer closed connection", id="chunks without an end"),
        pytest.param(encoded(gzip.compress(PAGE)[:-9], "gzip"), "gzip stream is cut short", id="gzip cut"),
        pytest.param(encoded(brotli.compress(PAGE)[:-2], "br"), "br stream is cut short", id="br cut"),
        pytest.param(encoded(zstd.compress(PAGE)[:-2], "zstd"), "zstd stream is cut short", id="zstd cut"),
        pytest.param(encoded(zlib.compress(PAGE)[:-2], "deflate"), "deflate stream is cut short", id="deflate cut"),
        pytest.param(encoded(PAGE, "gzip"), "no valid gzip stream", id="not gzip"),
        pytest.param(encoded(PAGE, "br"), "no valid br stream", id="not br"),
        pytest.param(encoded(b"", "gzip"), "gzip stream is cut short", id="empty gzip"),
        pytest.param(b"HTTP/1.1 2oo OK\r\n\r\n", "illegal status line", id="not HTTP"),
        pytest.param(b"HTTP/1.1 101 Switch\r\nUpgrade: x\r\n\r\n", "without a pending proposal", id="101"),
        pytest.param(b"", "disconnected without sending a response", id="nothing"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello", "Content-Length", id="negative length"),
    ],
)
@pytest.mark.fault(6)
async def test_fault_06_broken_body_fails(answer: bytes, message: str) -> None:
    """Half a page is no page: nothing of it is taken for a capture."""
    error = await failure_of(says(answer))
    assert error.outcome is Outcome.FAILED
    assert message in str(error)
    assert str(error).startswith("127.0.0.1:")
    assert error.capture is None


@pytest.mark.fault(6)
async def test_fault_06_reset_fails() -> None:
    """A TCP reset is a failure in words."""
    assert (await failure_of(resets)).outcome is Outcome.FAILED


@pytest.mark.fault(6)
async def test_fault_06_any_bytes_at_all_end_in_an_outcome() -> None:
    """Sixty damaged responses: a capture or a FetchError, nothing else."""
    random = Random(6)
    whole = encoded(gzip.compress(PAGE), "gzip")
    damaged = []
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(random.randrange(1, 6)):
            data[random.randrange(len(data))] = random.randrange(256)
        damaged.append(bytes(data[: random.randrange(1, len(data) + 1)]))
    async with serve(says(*damaged)) as server, open_gate(deadline_s=2.0) as gate:
        for _ in damaged:
            try:
                assert (await fetch(gate, server.url())).status < 400
            except FetchError as error:
                assert error.outcome in (Outcome.FAILED, Outcome.TOO_LARGE)  # noqa: PT017 - either is fine


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (b"HTTP/1.1 204 No Content\r\n\r\n", "answers 204 No Content with an empty body"),
        (reply(b""), "answers 200 OK with an empty body"),
        (encoded(gzip.compress(b""), "gzip"), "answers 200 OK with an empty body"),
        (reply(PAGE, status="206 Partial Content"), "answers 206 Partial Content"),
        (reply(PAGE, status="300 Multiple Choices"), "answers 300 Multiple Choices"),
        (reply(PAGE, status="302 Found"), "answers 302 Found"),
    ],
)
@pytest.mark.fault(7)
async def test_fault_07_answer_without_a_page_fails(answer: bytes, message: str) -> None:
    """204, an empty 200 and their kin are answers, kept as evidence, but no pages."""
    error = await failure_of(says(answer))
    assert error.outcome is Outcome.FAILED
    assert message in str(error)
    assert error.capture is not None


@pytest.mark.fault(7)
async def test_error_status_keeps_its_body_as_evidence() -> None:
    """A 404's text is kept; its broken encoding or size does not hide the status."""
    error = await failure_of(says(reply(b"Gone fishing", status="404 Not Found")))
    assert (error.outcome, "answers 404 Not Found" in str(error)) == (Outcome.FAILED, True)
    assert error.capture is not None
    assert (error.capture.status, error.capture.body) == (404, b"Gone fishing")
    broken = reply(b"no gzip", status="500 Oops", headers=[("Content-Encoding", "gzip")])
    assert "answers 500" in str(await failure_of(says(broken)))
    huge = reply(bytes(MAX_BODY_BYTES + 1), status="410 Gone")
    assert "answers 410" in str(await failure_of(says(huge)))


# Fault 8


def sends_to(*locations: str, page: bytes = PAGE) -> Script:
    """Redirect to each location in turn, then give the page."""
    redirects = (reply(status="302 Found", headers=[("Location", location)]) for location in locations)
    return says(*redirects, reply(page))


@pytest.mark.fault(8)
async def test_fault_08_chain_is_recorded_hop_by_hop() -> None:
    """Each redirect is kept with the URL asked, its status and the Location it named; the capture's URL is the last."""
    async with serve(sends_to("/two", "three?x=1#top")) as server, open_gate() as gate:
        capture = await fetch(gate, server.url("/one"))
    assert capture.redirects == (
        Hop(url=server.url("/one"), status=302, location="/two"),
        Hop(url=server.url("/two"), status=302, location="three?x=1#top"),
    )
    assert capture.url == server.url("/three?x=1")


@pytest.mark.fault(8)
async def test_fault_08_redirect_loop_fails_with_its_chain() -> None:
    """A redirect back to where it came from is told at once, with the evidence."""
    async with serve(sends_to("/b", "/a")) as server, open_gate() as gate:
        error = await failure(gate, server.url("/a"))
    assert (error.outcome, "a redirect loop" in str(error)) == (Outcome.FAILED, True)
    assert error.capture is not None
    assert [hop.location for hop in error.capture.redirects] == ["/b", "/a"]
    assert len(server.pages_heard) == 2


@pytest.mark.parametrize(("redirects", "arrives"), [(10, True), (11, False)])
@pytest.mark.fault(8)
async def test_fault_08_ten_redirects_are_followed(redirects: int, arrives: bool) -> None:
    """The bound itself is allowed; one more is not asked for."""
    async with serve(sends_to(*(f"/{n}" for n in range(redirects)))) as server, open_gate() as gate:
        if arrives:
            assert len((await fetch(gate, server.url())).redirects) == 10
        else:
            assert "more than 10 redirects" in str(await failure(gate, server.url()))
    assert len(server.pages_heard) == 11


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("file:///etc/passwd", "not file"),
        ("data:text/html,<h1>x", "not data"),
        ("javascript:alert(1)", "not javascript"),
        ("ftp://example.org/", "not ftp"),
        ("http://user:secret@example.org/", "credentials"),
        ("//[::1", "no URL"),
        ("/" + "x" * 3000, "longer than 2,048"),
    ],
)
@pytest.mark.fault(8)
async def test_fault_08_redirect_to_no_web_page_is_refused(location: str, message: str) -> None:
    """Only http and https without credentials are followed; the message keeps the secret."""
    error = await failure_of(sends_to(location))
    assert error.outcome in (Outcome.REFUSED, Outcome.FAILED)
    assert message in str(error)
    assert "secret" not in str(error)
    assert error.capture is not None
    assert error.capture.redirects[0].location == location


# Fault 10


@pytest.mark.fault(10)
async def test_fault_10_cookies_are_never_brought_back() -> None:
    """A Set-Cookie is forgotten at the redirect that follows it, and at the next visit."""
    cookie = ("Set-Cookie", "id=1; Path=/")
    redirect = reply(status="302 Found", headers=[("Location", "/page"), cookie])
    async with serve(says(redirect, reply(PAGE, headers=[cookie]))) as server, open_gate() as gate:
        await fetch(gate, server.url())
        await fetch(gate, server.url("/again"))
    assert [heard.path for heard in server.heard] == ["/robots.txt", "/", "/page", "/again"]
    assert [heard.header("cookie") for heard in server.heard] == ["", "", "", ""]


@pytest.mark.fault(10)
async def test_fault_10_consent_cookie_stays_on_its_host() -> None:
    """A site's own headers go to its own host, also after a redirect; elsewhere only the language goes along."""
    own = (("Cookie", "consent=yes"), ("X-Token", "t"), ("Accept-Language", "fr"))
    async with (
        serve(says(reply(PAGE))) as other,
        serve(sends_to("/here", other.url())) as server,
        open_gate() as gate,
    ):
        await fetch(gate, server.url(), headers=own)
    assert [heard.header("cookie") for heard in server.pages_heard] == ["consent=yes", "consent=yes"]
    elsewhere = other.pages_heard[0]
    assert (elsewhere.header("cookie"), elsewhere.header("x-token"), elsewhere.header("accept-language")) == (
        "",
        "",
        "fr",
    )
    assert [heard.header("cookie") for heard in server.heard if heard.path == "/robots.txt"] == [""]


@pytest.mark.fault(10)
async def test_fault_10_site_cannot_speak_for_the_gate() -> None:
    """A header that frames the request, or says who asks, is refused with its name."""
    async with serve(says(reply(PAGE))) as server, open_gate() as gate:
        for name, value in (("Host", "x"), ("User-Agent", "Mozilla"), ("Accept-Encoding", "lzma"), ("X", "a\r\nB: c")):
            error = await failure(gate, server.url(), headers=((name, value),))
            assert (error.outcome, name in str(error)) == (Outcome.REFUSED, True)
    assert server.connections == 0


@pytest.mark.fault(10)
async def test_fault_10_environment_sets_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """HTTP_PROXY and its kin are not looked at."""
    async with serve(says(reply(b"from the proxy"))) as proxy, serve(says(reply(PAGE))) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url())
        async with open_gate() as gate:
            assert (await fetch(gate, server.url())).body == PAGE
    assert proxy.connections == 0


# Fault 11

BEFORE = hashlib.sha256(PAGE).hexdigest()


@pytest.mark.fault(11)
async def test_fault_11_304_stands_for_the_body_asked_about() -> None:
    """With validators a 304 is a capture without a body that names the one it repeats."""
    not_modified = reply(status="304 Not Modified", headers=[("ETag", '"v1-gzip"')])
    async with serve(says(not_modified)) as server, open_gate() as gate:
        capture = await fetch(gate, server.url(), etag='W/"v1"', last_modified="x", validator_sha256=BEFORE)
    assert (capture.status, capture.body, capture.revisit_of) == (304, b"", BEFORE)
    heard = server.pages_heard[0]
    assert (heard.header("if-none-match"), heard.header("if-modified-since")) == ('W/"v1"', "x")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "without validators"),
        ({"etag": '"v1"'}, "without validators"),
        ({"etag": '"v2"', "validator_sha256": BEFORE}, "for another ETag"),
    ],
)
@pytest.mark.fault(11)
async def test_fault_11_304_that_stands_for_nothing_fails(settings: dict[str, str], message: str) -> None:
    """A 304 nobody asked for, or for a tag nobody named, is a failure."""
    not_modified = reply(status="304 Not Modified", headers=[("ETag", '"v1"')])
    async with serve(says(not_modified)) as server, open_gate() as gate:
        error = await failure(gate, server.url(), **settings)
    assert (error.outcome, message in str(error)) == (Outcome.FAILED, True)
    assert error.capture is not None
    assert (error.capture.status, error.capture.revisit_of) == (304, "")
    if "validator_sha256" not in settings:
        assert server.pages_heard[0].header("if-none-match") == ""


# Fault 12


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("-5", 0.0),
        ("86400", 3600.0),
        ("Tue, 24 Nov 2026 20:10:00 GMT", 599.876544),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 3600.0),
        ("Mon, 01 Jan 1990 00:00:00 GMT", 0.0),
        ("soon", None),
    ],
)
@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
@pytest.mark.fault(12)
async def test_fault_12_retry_after_is_clamped_and_handed_on(status: str, value: str, seconds: float | None) -> None:
    """A wish for longer than five seconds is the next visit's matter: no second request, the wish in the error."""
    answer = reply(b"busy", status=status, headers=[("Retry-After", value)])
    async with serve(says(answer)) as server, open_gate() as gate:
        error = await failure(gate, server.url())
    assert error.outcome is Outcome.FAILED
    assert error.retry_after_s == (pytest.approx(seconds) if seconds is not None else None)
    assert len(server.pages_heard) == 1


@pytest.mark.parametrize(
    ("answers", "requests"),
    [
        pytest.param([reply(status="503 Busy")] * 2 + [reply(PAGE)], 3, id="503"),
        pytest.param([reply(status="429 Slow", headers=[("Retry-After", "2")]), reply(PAGE)], 2, id="429, short"),
        pytest.param([b"", reply(PAGE)], 2, id="reset"),
    ],
)
@pytest.mark.fault(12)
async def test_fault_12_passing_trouble_is_tried_again(answers: list[bytes], requests: int) -> None:
    """Broken connections, 5xx and 429 with a short Retry-After get another attempt, after a growing wait."""
    clock = FakeTime()
    async with serve(says(*answers)) as server, open_gate(clock, retries=2) as gate:
        capture = await fetch(gate, server.url())
    assert (capture.body, len(server.pages_heard)) == (PAGE, requests)
    assert len(clock.slept) == requests - 1
    assert all(0.5 <= wait <= 2.0 for wait in clock.slept)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(reply(status="404 Not Found"), id="404"),
        pytest.param(reply(status="429 Slow"), id="429 without a wish"),
        pytest.param(reply(status="503 Busy", headers=[("Retry-After", "60")]), id="503, long"),
        pytest.param(reply(status="503 Busy", headers=[("Memento-Datetime", "x")]), id="archived 503"),
        pytest.param(encoded(PAGE, "gzip"), id="bad encoding"),
    ],
)
@pytest.mark.fault(12)
async def test_fault_12_lasting_trouble_is_not_tried_again(answer: bytes) -> None:
    """What would fail again, or asks for patience, costs one request."""
    async with serve(says(answer)) as server, open_gate(retries=2) as gate:
        await failure(gate, server.url())
    assert len(server.pages_heard) == 1


@pytest.mark.fault(12)
async def test_fault_12_storm_ends_with_the_attempts() -> None:
    """A server that always answers 503 is asked three times a visit."""
    async with serve(says(reply(status="503 Busy"))) as server, open_gate(retries=2) as gate:
        assert "answers 503 Service Unavailable" in str(await failure(gate, server.url()))
    assert len(server.pages_heard) == 3


@pytest.mark.fault(12)
async def test_fault_12_no_attempt_is_waited_for_beyond_the_deadline() -> None:
    """When the wait before another attempt would outlast the deadline, the failure itself is told."""
    async with serve(says(reply(status="503 Busy"))) as server, open_gate(retries=2, deadline_s=0.6) as gate:
        assert (await failure(gate, server.url())).outcome is Outcome.FAILED
    assert len(server.pages_heard) == 1


# Fault 13


@pytest.mark.parametrize(
    ("robots", "outcome"),
    [
        pytest.param(reply(status="404 Not Found"), None, id="absent"),
        pytest.param(reply(status="403 Forbidden"), None, id="forbidden"),
        pytest.param(reply(b"<html>Welcome</html>"), None, id="HTML"),
        pytest.param(reply(b""), None, id="empty"),
        pytest.param(encoded(b"no gzip", "gzip"), None, id="undecodable"),
        pytest.param(reply(b"User-agent: *\nDisallow: /private"), None, id="other path"),
        pytest.param(reply(b"User-agent: *\nDisallow: /"), Outcome.ROBOTS, id="disallow"),
        pytest.param(reply(b"User-agent: *\nDisallow: /\n" + b"#" * 3_000_000), Outcome.ROBOTS, id="3 MB"),
        pytest.param(encoded(gzip.compress(b"User-agent: *\nDisallow: /"), "gzip"), Outcome.ROBOTS, id="gzip"),
        pytest.param(reply(status="302 Found", headers=[("Location", "/robots.txt")]), None, id="loop"),
        pytest.param(reply(status="302 Found", headers=[("Location", "http://10.0.0.1/")]), None, id="to private"),
        pytest.param(reply(status="503 Busy"), Outcome.ROBOTS, id="5xx"),
    ],
)
@pytest.mark.fault(13)
async def test_fault_13_robots_txt_decides(robots: bytes, outcome: Outcome | None) -> None:
    """Every answer for robots.txt allows the page or forbids it; forbidden, it is not asked for."""
    async with serve(says(reply(PAGE)), robots=robots) as server, open_gate() as gate:
        if outcome is None:
            assert (await fetch(gate, server.url())).body == PAGE
        else:
            error = await failure(gate, server.url())
            assert (error.outcome, "robots.txt" in str(error)) == (outcome, True)
    assert len(server.pages_heard) == (outcome is None)


@pytest.mark.fault(13)
async def test_fault_13_robots_can_be_ignored_for_a_site() -> None:
    """With `obey_robots` off the file is not even asked for."""
    async with serve(says(reply(PAGE)), robots=reply(b"User-agent: *\nDisallow: /")) as server, open_gate() as gate:
        assert (await fetch(gate, server.url(), obey_robots=False)).body == PAGE
    assert [heard.path for heard in server.heard] == ["/"]


@pytest.mark.fault(13)
async def test_fault_13_redirect_is_asked_of_its_own_robots_txt() -> None:
    """A redirect does not lead around the robots.txt of the host it leads to."""
    async with (
        serve(says(reply(PAGE)), robots=reply(b"User-agent: *\nDisallow: /")) as other,
        serve(sends_to(other.url())) as server,
        open_gate() as gate,
    ):
        error = await failure(gate, server.url())
    assert error.outcome is Outcome.ROBOTS
    assert other.pages_heard == []


@pytest.mark.fault(13)
async def test_fault_13_unreachable_robots_txt_fails_for_its_own_reason() -> None:
    """Nobody is told of robots.txt rules where the server is simply down."""
    async with serve(says(reply(PAGE)), robots=resets) as server, open_gate() as gate:
        error = await failure(gate, server.url())
    assert (error.outcome, "robots.txt" in str(error)) == (Outcome.FAILED, True)
    assert server.pages_heard == []


# Manners on the wire


@pytest.mark.parametrize("trouble", [resets, says(b"HTTP/1.1 200 OK\r\nContent-Le"), says_nothing])
@pytest.mark.fault(13)
async def test_fault_13_robots_txt_behind_a_redirect_is_not_taken_for_absent(trouble: Script) -> None:
    """Where its target fails, nobody knows what it says: neither are there no rules, nor are the known ones dropped."""
    rules = [trouble, says(reply(b"User-agent: *\nDisallow: /")), trouble]

    async def robots(heard: Heard, writer: asyncio.StreamWriter) -> None:
        await rules[len(other.heard) - 1](heard, writer)

    clock = FakeTime()
    async with serve(says(reply(PAGE)), robots=robots) as other, open_gate(clock, deadline_s=1.5) as gate:
        moved = reply(status="301 Moved Permanently", headers=[("Location", other.url("/robots.txt"))])
        async with serve(says(reply(PAGE)), robots=moved) as server:
            error = await failure(gate, server.url())
            assert (error.outcome, "robots.txt" in str(error)) == (
                Outcome.DEADLINE if trouble is says_nothing else Outcome.FAILED,
                True,
            )
            assert (await failure(gate, server.url())).outcome is Outcome.ROBOTS
            clock.elapsed += FRESH_S
            assert (await failure(gate, server.url())).outcome is Outcome.ROBOTS
    assert (len(other.heard), server.pages_heard) == (3, [])


@pytest.mark.fault(4, 13)
async def test_fault_13_robots_txt_that_stalls_later_leaves_time_for_the_page() -> None:
    """Once its rules are known, it gets a third of the deadline, and is left alone for a while."""
    answers = [says(reply(b"User-agent: *\nDisallow: /private")), says_nothing]

    async def robots(heard: Heard, writer: asyncio.StreamWriter) -> None:
        await answers[0](heard, writer)

    clock = FakeTime()
    async with serve(says(reply(PAGE)), robots=robots) as server, open_gate(clock, deadline_s=1.5) as gate:
        await fetch(gate, server.url())
        answers.pop(0)
        for elapsed, asked in ((FRESH_S, 2), (UNREACHABLE_S - 1, 2), (1, 3)):
            clock.elapsed += elapsed
            assert (await fetch(gate, server.url())).body == PAGE
            assert len(server.heard) - len(server.pages_heard) == asked
        assert (await failure(gate, server.url("/private"))).outcome is Outcome.ROBOTS


async def test_gap_and_crawl_delay_part_the_requests_to_a_host() -> None:
    """A Crawl-delay raises the gap, from robots.txt to the page and from visit to visit; other hosts do not wait."""
    clock = FakeTime()
    robots = reply(b"User-agent: *\nCrawl-delay: 7")
    async with (
        serve(says(reply(PAGE)), robots=robots) as slow,
        serve(says(reply(PAGE))) as quick,
        open_gate(clock, min_gap_s=1.0) as gate,
    ):
        await fetch(gate, slow.url())
        await fetch(gate, slow.url())
        assert clock.slept == [7.0, 7.0]
        await fetch(gate, quick.url())
    assert clock.slept == [7.0, 7.0, 1.0]


async def test_crawl_delays_of_a_chain_do_not_add_up() -> None:
    """A visit waits for the Crawl-delay of its own host; hosts it is sent on to get the ordinary gap."""
    clock = FakeTime()
    robots = reply(b"User-agent: *\nCrawl-delay: 50")
    async with (
        serve(says(reply(PAGE)), robots=robots) as last,
        serve(sends_to(last.url()), robots=robots) as first,
        open_gate(clock, min_gap_s=1.0) as gate,
    ):
        await fetch(gate, first.url())
    assert clock.slept == [50.0, 1.0]


async def test_redirect_within_a_host_waits_for_no_gap() -> None:
    """The second request belongs to the first; ten of them must not take ten pauses."""
    clock = FakeTime()
    async with serve(sends_to("/b")) as server, open_gate(clock, min_gap_s=5.0) as gate:
        await fetch(gate, server.url("/a"), obey_robots=False)
    assert clock.slept == []


# TLS and names


def tls_server() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


async def on_loopback(host: str, port: int) -> list[str]:
    """A resolver that knows one name."""
    if host != "paper.test":
        raise OSError("unknown")
    return ["127.0.0.1"]


def by_name(server: Server) -> str:
    return server.url().replace("127.0.0.1", "paper.test")


async def test_tls_page_is_fetched_by_name() -> None:
    """The guard connects to the checked address, and the certificate is checked for the name."""
    trusting = ssl.create_default_context(cafile=CERTIFICATE)
    async with (
        serve(says(reply(PAGE)), tls=tls_server()) as server,
        open_gate(resolver=on_loopback, ssl_context=trusting) as gate,
    ):
        assert (await fetch(gate, by_name(server))).body == PAGE
    assert server.pages_heard[0].header("host") == f"paper.test:{server.port}"


async def test_tls_certificate_of_nobody_fails_once() -> None:
    """An untrusted certificate is named, and not tried again."""
    clock = FakeTime()
    async with (
        serve(says(reply(PAGE)), tls=tls_server()) as server,
        open_gate(clock, resolver=on_loopback, retries=2) as gate,
    ):
        error = await failure(gate, by_name(server))
    assert (error.outcome, "the certificate is not trusted" in str(error)) == (Outcome.FAILED, True)
    assert clock.slept == []


async def test_plain_http_server_behind_https_url_fails() -> None:
    """A server that speaks no TLS is a failure in words."""
    async with serve(resets, greeting=reply(status="400 Bad Request")) as server, open_gate() as gate:
        error = await failure(gate, server.url().replace("http:", "https:"))
    assert (error.outcome, "SSL" in str(error)) == (Outcome.FAILED, True)


async def test_unknown_name_and_closed_port_fail() -> None:
    """DNS and connection failures name the host."""
    async with serve(says_nothing) as server:
        closed = server.url()
    async with open_gate(resolver=on_loopback) as gate:
        unknown = await failure(gate, "http://nowhere.test/")
        refused = await failure(gate, closed)
    assert str(unknown).startswith("nowhere.test: ")
    assert (unknown.outcome, refused.outcome) == (Outcome.FAILED, Outcome.FAILED)
    assert str(refused).endswith("Connection refused")


async def test_message_from_outside_is_printable_and_short() -> None:
    """Control characters of a server's answer do not reach the terminal."""
    error = await failure_of(says(b"HTTP/1.1 200 \x1b[31mOK\x07\r\nbad header\x1b\r\n\r\n"))
    assert str(error).isprintable()
    assert len(str(error)) <= 500


@pytest.mark.fault(6)
async def test_gate_survives_all_of_it() -> None:
    """After a hundred failures of four kinds the same gate fetches on, and no connection is left open."""
    bad = [b"", encoded(PAGE, "gzip"), reply(PAGE, headers=[("Content-Length", "999")]), reply(status="500 Oops")]
    async with serve(says(*bad * 25, reply(PAGE))) as server, open_gate(concurrency=2) as gate:
        for _ in range(100):
            await failure(gate, server.url())
        assert (await fetch(gate, server.url())).body == PAGE
