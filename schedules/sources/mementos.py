"""Mementos: what their URIs say, and which responses are the capture that an archive's listing promised. Pure."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

import idna

from schedules.sources.found import Unusable
from schedules.sources.server import is_archived
from scraper.errors import FetchError
from scraper.instants import in_years
from scraper.model import Capture, Hop, Origin, Outcome
from scraper.urls import canonical

URI_M: Final = re.compile(
    # `~2` is the second capture of one instant, in a reading room like ours.
    r"^(?P<prefix>https?://.*?/)(?P<digits>\d{14})(?P<place>(?:~\d{1,4})?)(?:[a-z]{2}_)?/(?P<url>https?:/.*)$",
    re.IGNORECASE,
)
HOST: Final = re.compile(r"(?<=//)[^/]+")
MAX_HOST: Final = 253  # characters, RFC 1035
INDEX_PAGE: Final = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|jsp)$", re.IGNORECASE)


def same_page(one: str, other: str) -> bool:
    """Whether two addresses are variants of one front page: scheme, www, default port, trailing slash, index.html, and
    a host in its own letters or in ASCII."""
    return _page(one) == _page(other)


def ascii_host(host: str) -> str:
    """A host, with its port or without, as it goes over the wire: `xn--bcher-kva.example` for `bücher.example`."""
    if host.isascii() or len(host) > MAX_HOST:
        return host
    name, colon, port = host.partition(":")
    try:
        return f"{idna.encode(name, uts46=True).decode('ascii')}{colon}{port}"
    except idna.IDNAError:  # no host
        return host


def _page(url: str) -> str:
    address, _, query = canonical(url).partition("?")
    address = HOST.sub(lambda host: ascii_host(host[0]), address, count=1)
    return INDEX_PAGE.sub("/", address).rstrip("/") + (f"?{query}" if query else "")


def instant_of(digits: str) -> datetime | None:
    """The instant that the 14 digits of a memento's URI or an index line name; None where there is no such time."""
    if len(digits) != 14 or not (digits.isascii() and digits.isdigit()):
        return None
    try:
        return in_years(datetime.strptime(f"{digits}+0000", "%Y%m%d%H%M%S%z"))
    except ValueError:
        return None


def raw_uri(uri: str) -> str:
    """The URI of a memento's unchanged bytes, by the `id_` of Wayback machines and pywb; "" where it is of neither."""
    found = URI_M.match(uri)
    return f"{found['prefix']}{found['digits']}{found['place']}id_/{found['url']}" if found else ""


def memento_datetime(capture: Capture) -> datetime | None:
    """The Memento-Datetime header (RFC 7089, section 2.1.1)."""
    value = next((value for name, value in capture.headers if name.lower() == "memento-datetime"), "")
    try:
        return parsedate_to_datetime(value).astimezone(UTC) if value else None
    except (ValueError, TypeError, OverflowError):
        return None


def as_capture(answer: Capture, *, uri: str, origin: Origin, url: str, instant: datetime) -> Capture:
    """The memento of `url` at `instant` that an archive sent when asked for `uri`.

    The archive's headers stay as they came; the URI is kept as the first hop, whose Location is the original resource.
    Raises Unusable where the answer is another memento, or none.
    """
    _check_time(answer, instant)
    _check_place(answer, uri, url)
    hop = Hop(url=uri, status=answer.status, location=url)
    return Capture(
        site=answer.site,
        origin=origin,
        url=url,
        instant=instant,
        status=answer.status,
        headers=answer.headers,
        request_headers=answer.request_headers,
        redirects=(hop, *answer.redirects),
        body=answer.body,
    )


def _check_time(answer: Capture, instant: datetime) -> None:
    told = memento_datetime(answer)
    found = URI_M.match(answer.url)
    named = instant_of(found["digits"]) if found else None
    if (told and told != instant) or (named and named != instant):
        raise Unusable("redirected to another time")


def _check_place(answer: Capture, uri: str, url: str) -> None:
    """The memento must come from the archive that was asked, and be of the page that was asked for."""
    if _host(answer.url) != _host(uri):
        raise Unusable("redirected out of the archive")
    found = URI_M.match(answer.url)
    if found and not same_page(found["url"], url):
        raise Unusable("redirected to another site")
    if not found and answer.url != uri:
        raise Unusable("redirected to what is no memento")


def _host(url: str) -> str:
    parts = urlsplit(url)
    return parts.netloc.lower().removesuffix(":443" if parts.scheme == "https" else ":80")


def verdict(error: FetchError) -> None:
    """Raise Unusable where a failed fetch is the archive's lasting answer, not a failure of today."""
    if error.outcome is Outcome.TOO_LARGE:
        raise Unusable("too large")
    capture = error.answer
    if capture is None:
        return
    if is_archived(capture):
        raise Unusable(f"an archived {capture.status}")
    if capture.status in (403, 404, 410, 451):
        raise Unusable(f"the archive answers {capture.status}")
