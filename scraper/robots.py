"""robots.txt as RFC 9309 has it: read once a day an origin, kept when a site cannot say, never larger than 500 KiB."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias
from urllib.parse import urlsplit

from protego import Protego

from scraper.errors import FetchError
from scraper.limits import MAX_ROBOTS_BYTES

FRESH_S: Final = 24 * 3_600.0  # RFC 9309, section 2.4: not used for longer, unless robots.txt is unreachable
UNREACHABLE_S: Final = 600.0  # how long a server that cannot say is left alone before it is asked again
REFRESH_SHARE: Final = 1 / 3  # of a visit's time, to ask for rules that are known from before
MAX_ORIGINS: Final = 2_048


class RobotsReply(Protocol):
    """What is needed of a response to a request for robots.txt."""

    @property
    def status(self) -> int: ...
    @property
    def body(self) -> bytes: ...


Ask: TypeAlias = Callable[[str, float], Awaitable[RobotsReply]]  # a URL, within a share of the time that is left


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """What an origin allows us: its file's rules, or none, or nothing at all for now (`refusal` says why)."""

    token: str
    parsed: Protego | None = field(repr=False, default=None)
    refusal: str = ""

    def forbid(self, url: str) -> str:
        """Why `url` must not be fetched, or ""."""
        if self.refusal:
            return self.refusal
        if self.parsed is None or self.parsed.can_fetch(url, self.token):
            return ""
        return f"robots.txt does not allow {self.token} to fetch {urlsplit(url).path or '/'}"

    @property
    def crawl_delay_s(self) -> float | None:
        """Seconds between requests that the file asks for; unclamped."""
        return self.parsed.crawl_delay(self.token) if self.parsed else None


def rules_from(status: int, body: bytes, token: str) -> Rules:
    """The rules that a response stands for (RFC 9309, section 2.3.1).

    4xx: no rules. 5xx: nothing is allowed for now. HTML in place of the file: no rules, as a missing page that is
    answered with 200 looks. A file above 500 KiB counts as far as its last whole line below that.
    """
    if status >= 500:
        return Rules(token=token, refusal=f"robots.txt answers {status}, so nothing is fetched for now (RFC 9309)")
    text = _text(body)
    if not 200 <= status < 300 or text.startswith("<"):
        return Rules(token=token)
    return Rules(token=token, parsed=Protego.parse(text))


def _text(body: bytes) -> str:
    if len(body) >= MAX_ROBOTS_BYTES:
        body = body[:MAX_ROBOTS_BYTES].rpartition(b"\n")[0]
    return body.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").replace("\x00", "").lstrip()


@dataclass(slots=True)
class _Entry:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    rules: Rules | None = None
    fresh_until: float = float("-inf")  # monotonic seconds


class RobotsCache:
    """The rules of every origin asked lately; two visits at once make one request."""

    def __init__(self, *, token: str, monotonic: Callable[[], float]) -> None:
        self._token = token
        self._monotonic = monotonic
        self._entries: dict[str, _Entry] = {}

    async def rules_for(self, url: str, ask: Ask) -> Rules:
        """The rules for `url`; `ask` fetches a robots.txt when none is known, or the known one is a day old.

        Raises FetchError when the server cannot be reached and has never said: the visit fails for that reason.
        """
        entry = self._entry(_robots_url(url))
        async with entry.lock:
            if entry.rules is None or self._monotonic() >= entry.fresh_until:
                await self._refresh(entry, _robots_url(url), ask)
            assert entry.rules is not None  # noqa: S101 - for the type checker
            return entry.rules

    async def _refresh(self, entry: _Entry, robots_url: str, ask: Ask) -> None:
        try:
            rules = await self._asked(robots_url, ask, share=1.0 if entry.rules is None else REFRESH_SHARE)
        except FetchError:
            if entry.rules is None:
                raise
            entry.fresh_until = self._monotonic() + UNREACHABLE_S
            return
        is_answer = not rules.refusal
        if is_answer or entry.rules is None or entry.rules.refusal:
            entry.rules = rules
        entry.fresh_until = self._monotonic() + (FRESH_S if is_answer else UNREACHABLE_S)

    async def _asked(self, robots_url: str, ask: Ask, *, share: float) -> Rules:
        try:
            reply = await ask(robots_url, share)
        except FetchError as error:
            if error.answer is None:
                raise
            return Rules(token=self._token)  # redirects that lead nowhere: unavailable (section 2.3.1.2), so no rules
        return await asyncio.to_thread(rules_from, reply.status, reply.body, self._token)

    def _entry(self, robots_url: str) -> _Entry:
        entry = self._entries.pop(robots_url, None) or _Entry()
        self._entries[robots_url] = entry  # at the end: the first is the one used longest ago
        if len(self._entries) > MAX_ORIGINS:
            del self._entries[next(iter(self._entries))]
        return entry


def _robots_url(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}/robots.txt"
