"""How politely a site is asked: gaps, retries, back-off, Retry-After. Pure: decisions only, no clock and no waiting."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import Random
from typing import Final
from urllib.parse import urlsplit

MAX_RETRY_AFTER_S: Final = 3_600.0  # a longer wish is cut: the daemon backs off by itself, and never gives up
MAX_RETRY_WAIT_S: Final = 5.0  # a longer wait is the next visit's matter, not this one's
MAX_CRAWL_DELAY_S: Final = 60.0  # some sites name an hour to be rid of crawlers; we ask for one page
BACKOFF_BASE_S: Final = 1.0

TOO_MANY_REQUESTS: Final = 429

# What the gate itself says, so that every request is honest, bounded and framed right (RFC 9110, section 7).
RESERVED_HEADERS: Final = frozenset({
    "accept-encoding", "connection", "content-length", "expect", "host", "if-modified-since", "if-none-match",
    "keep-alive", "proxy-authorization", "proxy-connection", "range", "te", "trailer", "transfer-encoding", "upgrade",
    "user-agent",
})  # fmt: skip
# What may follow a redirect to another host: it says what we can read, not who we are or what we agreed to.
_HARMLESS_HEADERS: Final = frozenset({"accept", "accept-language"})

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What one attempt came to, as far as it matters to trying again: an HTTP status, or 0 for a broken connection."""

    status: int
    retry_after_s: float | None = None
    archived: bool = False  # an archive's copy of an error (RFC 7089): it will answer the same for ever


def retry_after_s(value: str, now: datetime) -> float | None:
    """Seconds that a Retry-After asks for (RFC 9110, section 10.2.3), from 0 to an hour; None when it says nothing.

    `now` is UTC. A negative number or a date in the past means at once; year 9999 means the longest wait we grant.
    """
    value = value.strip()
    try:
        wanted = float(value) if _is_number(value) else (_http_date(value) - now).total_seconds()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return min(max(wanted, 0.0), MAX_RETRY_AFTER_S)


def _is_number(value: str) -> bool:
    return value.isascii() and value.removeprefix("-").isdigit() and len(value) <= 300


def _http_date(value: str) -> datetime:
    """Raises ValueError, TypeError, OverflowError or IndexError: email.utils is not particular which."""
    if len(value) > 60:
        raise ValueError("too long for a date")
    date = parsedate_to_datetime(value)
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def wait_before_retry(attempt: int, retries: int, answer: Answer, random: Random) -> float | None:
    """Seconds to wait before trying again within this visit, or None: leave it to the next one.

    `attempt` counts from 1. Tried again: broken connections, 5xx, and 429 that names a short Retry-After. The wait
    doubles from one second; "full jitter" of half of it keeps sites that failed together from coming back together.
    """
    if attempt > retries or answer.archived or not _is_passing(answer):
        return None
    wait = BACKOFF_BASE_S * 2.0 ** (attempt - 1)
    wait = max(wait * (0.5 + random.random() / 2), answer.retry_after_s or 0.0)
    return wait if wait <= MAX_RETRY_WAIT_S else None


def _is_passing(answer: Answer) -> bool:
    if answer.status == TOO_MANY_REQUESTS:
        return answer.retry_after_s is not None
    return answer.status == 0 or answer.status >= 500


def gap_s(minimum_s: float, crawl_delay_s: float | None) -> float:
    """Seconds between the end of one request to a host and the start of the next; a Crawl-delay can only raise it."""
    if crawl_delay_s is None or not math.isfinite(crawl_delay_s):
        return minimum_s
    return max(minimum_s, min(crawl_delay_s, MAX_CRAWL_DELAY_S))


def product_token(user_agent: str) -> str:
    """The name that robots.txt knows us by: `frontpage-archive` of `frontpage-archive/1.0 (+https://...)`."""
    return user_agent.split("/")[0].split("(")[0].strip().split(" ")[0]


def unsafe_header(name: str, value: str) -> str:
    """Why a site must not be given this request header, or ""."""
    if name.lower() in RESERVED_HEADERS:
        return f"the header {name} is set by the fetch gate"
    if not name or not name.isascii() or not all(letter.isalnum() or letter in "!#$%&'*+-.^_`|~" for letter in name):
        return f"{name[:40]!r} is no header name"
    if not value.isprintable() or value != value.strip():
        return f"the header {name} holds a control character, or spaces at its ends"
    return ""


def same_site_host(one: str, other: str) -> bool:
    """Whether two URLs have one origin, where the step from http to https of a host counts as the same."""
    first, second = urlsplit(one), urlsplit(other)
    if (first.scheme, second.scheme) == ("http", "https"):
        return first.hostname == second.hostname and (first.port, second.port) in ((None, None), (80, 443))
    return (first.scheme, first.netloc.lower()) == (second.scheme, second.netloc.lower())


def headers_for_hop(headers: Headers, *, same_host: bool) -> tuple[tuple[str, str], ...]:
    """The site's headers that a hop gets: all on the site's own host, elsewhere no consent cookie and no token."""
    return tuple((name, value) for name, value in headers if same_host or name.lower() in _HARMLESS_HEADERS)


def same_etag(one: str, other: str) -> bool:
    """Weak comparison (RFC 9110, section 8.8.3.2), blind to the `-gzip` that Apache's mod_deflate adds."""
    return _opaque(one) == _opaque(other)


def _opaque(etag: str) -> str:
    tag = etag.strip().removeprefix("W/").strip('"')
    for suffix in ("--gzip", "-gzip", "-br", ";br", ";gz"):
        tag = tag.removesuffix(suffix)
    return tag


def validator_lies(*, etag_before: str, sha256_before: str, etag_now: str, sha256_now: str) -> bool:
    """Whether a full answer shows that a site's ETag cannot be trusted: the same tag on another body."""
    return bool(etag_before) and same_etag(etag_before, etag_now) and sha256_before != sha256_now
