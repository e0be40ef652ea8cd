"""The way of one request through its redirects, and what it came to: a Capture, or a FetchError with evidence. Pure."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from http import HTTPStatus
from typing import Final
from urllib.parse import urldefrag, urljoin

from scraper import manners
from scraper.errors import NoPageError
from scraper.guard import host_of
from scraper.limits import MAX_REDIRECTS
from scraper.model import Capture, Hop, Origin, Outcome

_NOT_MODIFIED: Final = 304
_PARTIAL: Final = 206


@dataclass(frozen=True, kw_only=True, slots=True)
class FetchRequest:
    """A page to fetch for a site.

    `headers` are the site's own (language, a consent cookie); they go to the site's own host, and only what is harmless
    follows a redirect elsewhere. With `validator_sha256`, the body that `etag` and `last_modified` came with, the
    request is conditional (RFC 9110, section 13), and a 304 is a capture that stands for that body.
    """

    site: str
    url: str
    origin: Origin = Origin.LIVE
    headers: tuple[tuple[str, str], ...] = ()
    obey_robots: bool = True
    etag: str = ""
    last_modified: str = ""
    validator_sha256: str = ""

    @property
    def validators(self) -> tuple[tuple[str, str], ...]:
        """The conditional headers; none when a 304 could not be told what it stands for."""
        named = (("If-None-Match", self.etag), ("If-Modified-Since", self.last_modified))
        return tuple((name, value) for name, value in named if value and self.validator_sha256)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """A response to one request: no redirect followed, body decoded. Headers are (name, value) pairs in wire order."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    request_headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False, default=b"")

    def header(self, name: str) -> str:
        """The first value of a header (`name` in lower case), or ""."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    @property
    def is_redirect(self) -> bool:
        return self.status in (301, 302, 303, 307, 308) and bool(self.header("location"))


class Journey:
    """One attempt: the hops taken, the last reply, and the instant when the first request was sent."""

    def __init__(self, request: FetchRequest) -> None:
        self.request = request
        self.url = request.url
        self.hops: tuple[Hop, ...] = ()
        self.reply: Reply | None = None
        self._instant: datetime | None = None

    def sent(self, now: datetime) -> None:
        """A request goes out at `now` (UTC); the first gives the instant, WARC-Date's meaning in whole seconds."""
        self._instant = self._instant or now.replace(microsecond=0)

    def arrived(self, reply: Reply) -> bool:
        """Take a reply in; True when the journey ends here. Raises NoPageError (failed) on a loop or a long chain."""
        self.reply = reply
        if not reply.is_redirect:
            return True
        self.hops += (Hop(url=reply.url, status=reply.status, location=reply.header("location")),)
        self.url = _target(reply)
        if self.url in (hop.url for hop in self.hops):
            raise NoPageError(Outcome.FAILED, f"a redirect loop, back at {host_of(self.url)}", capture=self.capture)
        if len(self.hops) > MAX_REDIRECTS:
            raise NoPageError(Outcome.FAILED, f"more than {MAX_REDIRECTS} redirects", capture=self.capture)
        return False

    @property
    def capture(self) -> Capture | None:
        """What is known so far, as evidence; None before any reply."""
        if self.reply is None or self._instant is None:
            return None
        is_revisit = self.reply.status == _NOT_MODIFIED and self.request.validators
        return Capture(
            site=self.request.site,
            origin=self.request.origin,
            url=self.reply.url,
            instant=self._instant,
            status=self.reply.status,
            headers=self.reply.headers,
            request_headers=self.reply.request_headers,
            redirects=self.hops,
            body=self.reply.body,
            revisit_of=self.request.validator_sha256 if is_revisit else "",
        )


def _target(reply: Reply) -> str:
    """The URL that a Location means (RFC 9110, section 10.2.2); blanks in it are a common slip."""
    location = reply.header("location").strip().replace(" ", "%20")
    try:
        return urldefrag(urljoin(reply.url, location)).url
    except ValueError as error:
        raise NoPageError(Outcome.FAILED, "redirects to what is no URL") from error


def is_page_status(status: int) -> bool:
    """Whether a response of that status shows the page that was asked for; a part of one (206) does not."""
    return 200 <= status < 300 and status != _PARTIAL


def judge(journey: Journey, now: datetime) -> Capture:
    """The capture that a finished journey brought. Raises NoPageError (failed) with it when it shows none.

    What fails stands for no other capture: storage.captures tells by that, as by status and body, what can be read.
    """
    capture, reply = journey.capture, journey.reply
    assert capture is not None  # noqa: S101 - a journey that arrived has a reply
    assert reply is not None  # noqa: S101
    problem = _problem(journey.request, reply)
    if problem:
        wish = manners.retry_after_s(reply.header("retry-after"), now)
        raise NoPageError(Outcome.FAILED, problem, capture=replace(capture, revisit_of=""), retry_after_s=wish)
    return capture


def _problem(request: FetchRequest, reply: Reply) -> str:
    if reply.status == _NOT_MODIFIED:
        return _problem_of_304(request, reply)
    if reply.status == _PARTIAL:
        return "answers 206 Partial Content to a request for all of it"
    if not is_page_status(reply.status):
        return f"answers {_phrase(reply.status)}"
    return "" if reply.body else f"answers {_phrase(reply.status)} with an empty body"


def _problem_of_304(request: FetchRequest, reply: Reply) -> str:
    etag = reply.header("etag")
    if not request.validators:
        return "answers 304 Not Modified to a request without validators"
    if etag and request.etag and not manners.same_etag(etag, request.etag):
        return "answers 304 Not Modified for another ETag than the one asked about"
    return ""


def _phrase(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
