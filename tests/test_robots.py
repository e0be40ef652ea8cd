"""Fault 13: what each answer for robots.txt means, and how long it is believed."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import FetchError
from scraper.limits import MAX_ROBOTS_BYTES
from scraper.model import Outcome
from scraper.robots import FRESH_S, MAX_ORIGINS, REFRESH_SHARE, UNREACHABLE_S, RobotsCache, rules_from

TOKEN = "frontpage-archive"
URL = "https://paper.test/"
NOTHING = b"User-agent: *\nDisallow: /\n"
ALL = b"User-agent: *\nDisallow:\n"


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes = b""


@dataclass(slots=True)
class Site:
    """Answers requests for robots.txt in turn, on a clock of its own."""

    answers: Sequence[Reply | FetchError]
    asked: list[str] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)
    clock: float = 0.0

    async def ask(self, url: str, share: float) -> Reply:
        answer = self.answers[min(len(self.asked), len(self.answers) - 1)]
        self.asked.append(url)
        self.shares.append(share)
        await asyncio.sleep(0)
        if isinstance(answer, FetchError):
            raise answer
        return answer

    def cache(self) -> RobotsCache:
        return RobotsCache(token=TOKEN, monotonic=lambda: self.clock)


def down() -> FetchError:
    return FetchError(Outcome.FAILED, "connection refused")


@pytest.mark.parametrize(
    ("status", "body", "allowed"),
    [
        (200, NOTHING, False),
        (200, ALL, True),
        (200, b"", True),
        (200, b"\xef\xbb\xbfUser-agent: *\nDisallow: /\n", False),
        (200, b"User-agent: *\r\nDisallow: /\r\n", False),
        (200, b"User-agent: Frontpage-Archive\nDisallow: /\n\nUser-agent: *\nDisallow:\n", False),
        (200, b"User-agent: otherbot\nDisallow: /\n", True),
        (200, b"User-agent: *\nDisallow: /\nAllow: /$\n", True),
        (200, b"User-agent: *\nDisallow: /news\n", True),
        (200, b"<!doctype html>\nUser-agent: *\nDisallow: /\n", True),
        (200, b"\n  <html>", True),
        (200, b"\xff\xfe\x00garbage\x00", True),
        (404, NOTHING, True),
        (401, NOTHING, True),
        (429, NOTHING, True),
        (301, NOTHING, True),
        (500, ALL, False),
        (503, ALL, False),
    ],
)
@pytest.mark.fault(13)
def test_fault_13_answer_decides(status: int, body: bytes, allowed: bool) -> None:
    """RFC 9309: rules count with 2xx, 4xx means none, 5xx means wait; HTML is no rules."""
    rules = rules_from(status, body, TOKEN)
    assert (rules.forbid(URL) == "") is allowed
    assert allowed or "robots.txt" in rules.forbid(URL)


@pytest.mark.fault(13)
def test_fault_13_file_counts_as_far_as_500_kib() -> None:
    """Rules below the bound hold, those above do not, and the line on the bound is not half read."""
    assert rules_from(200, NOTHING + b"# padding\n" * 300_000, TOKEN).forbid(URL)
    assert not rules_from(200, b"# padding\n" * 300_000 + NOTHING, TOKEN).forbid(URL)
    head = b"User-agent: *\n"
    cut = head + b"#" * (MAX_ROBOTS_BYTES - len(head) - len(b"\nDisallow: /")) + b"\nDisallow: /only-this\n"
    assert not rules_from(200, cut, TOKEN).forbid(URL)


@pytest.mark.parametrize(
    "line", ["Disallow: /*{0}*a*b$\n", "User-agent: a{0}\n", "Disallow: /%{0}\n", "Crawl-delay: {0}\n", "{0}\n"]
)
@pytest.mark.fault(13)
def test_fault_13_hostile_file_is_read_in_time(line: str) -> None:
    """Half a megabyte of rules costs well under a second, also against a long URL."""
    body = ("User-agent: *\n" + "".join(line.format(number) for number in range(40_000))).encode()
    started = time.process_time()
    rules_from(200, body, TOKEN).forbid("https://paper.test/" + "a" * 2_000)
    assert time.process_time() - started < 0.4 * 5


@given(st.binary(max_size=300))
@pytest.mark.fault(13)
def test_any_file_is_answered(body: bytes) -> None:
    """No bytes raise."""
    rules = rules_from(200, b"User-agent: *\n" + body, TOKEN)
    assert isinstance(rules.forbid(URL), str)
    assert rules.crawl_delay_s is None or rules.crawl_delay_s >= 0


def test_crawl_delay_is_read() -> None:
    """In seconds; none where there is none."""
    assert rules_from(200, b"User-agent: *\nCrawl-delay: 12.5\n", TOKEN).crawl_delay_s == 12.5
    assert rules_from(200, ALL, TOKEN).crawl_delay_s is None
    assert rules_from(404, b"", TOKEN).crawl_delay_s is None


async def test_rules_are_asked_once_a_day_an_origin() -> None:
    """One request for robots.txt serves all URLs of an origin for 24 hours; another port is another origin."""
    site = Site([Reply(200, ALL)])
    cache = site.cache()
    for url in (URL, "https://paper.test/x", "https://PAPER.test/y?z"):
        await cache.rules_for(url, site.ask)
    assert site.asked == ["https://paper.test/robots.txt"]
    site.clock = FRESH_S - 1
    await cache.rules_for(URL, site.ask)
    assert len(site.asked) == 1
    site.clock = FRESH_S
    await cache.rules_for(URL, site.ask)
    await cache.rules_for("https://paper.test:8443/", site.ask)
    assert site.asked[1:] == ["https://paper.test/robots.txt", "https://paper.test:8443/robots.txt"]


async def test_two_visits_at_once_make_one_request() -> None:
    """The second waits for the first one's answer."""
    site = Site([Reply(200, ALL)])
    cache = site.cache()
    await asyncio.gather(*(cache.rules_for(URL, site.ask) for _ in range(10)))
    assert len(site.asked) == 1


@pytest.mark.fault(13)
async def test_fault_13_server_error_forbids_for_ten_minutes() -> None:
    """5xx is no permission; it is asked again soon, and then believed."""
    site = Site([Reply(503), Reply(200, ALL)])
    cache = site.cache()
    assert "answers 503" in (await cache.rules_for(URL, site.ask)).forbid(URL)
    site.clock = UNREACHABLE_S - 1
    assert "answers 503" in (await cache.rules_for(URL, site.ask)).forbid(URL)
    assert len(site.asked) == 1
    site.clock = UNREACHABLE_S
    assert (await cache.rules_for(URL, site.ask)).forbid(URL) == ""


@pytest.mark.parametrize("trouble", [Reply(503), down()])
@pytest.mark.fault(13)
async def test_fault_13_old_rules_outlive_trouble(trouble: Reply | FetchError) -> None:
    """A day-old copy is kept while the server cannot say (RFC 9309, section 2.4): allowed stays allowed. It is asked
    every ten minutes, and given only a share of a visit's time."""
    site = Site([Reply(200, ALL), trouble])
    cache = site.cache()
    await cache.rules_for(URL, site.ask)
    site.clock = FRESH_S
    assert (await cache.rules_for(URL, site.ask)).forbid(URL) == ""
    assert (len(site.asked), site.shares) == (2, [1, REFRESH_SHARE])
    site.clock += UNREACHABLE_S - 1
    await cache.rules_for(URL, site.ask)
    assert len(site.asked) == 2
    site.clock += 1
    await cache.rules_for(URL, site.ask)
    assert len(site.asked) == 3


@pytest.mark.fault(13)
async def test_fault_13_unreachable_server_fails_and_is_asked_again() -> None:
    """What nobody ever answered is not remembered."""
    site = Site([down(), Reply(200, ALL)])
    cache = site.cache()
    with pytest.raises(FetchError, match="connection refused"):
        await cache.rules_for(URL, site.ask)
    assert (await cache.rules_for(URL, site.ask)).forbid(URL) == ""


async def test_cache_is_bounded() -> None:
    """Origins used longest ago are forgotten."""
    site = Site([Reply(404)])
    cache = site.cache()
    await cache.rules_for("https://first.test/", site.ask)
    for number in range(MAX_ORIGINS):
        await cache.rules_for(f"https://{number}.test/", site.ask)
    await cache.rules_for(f"https://{MAX_ORIGINS - 1}.test/", site.ask)
    assert len(site.asked) == MAX_ORIGINS + 1
    await cache.rules_for("https://first.test/", site.ask)
    assert len(site.asked) == MAX_ORIGINS + 2
