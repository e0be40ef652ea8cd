"""The fetch gate: the only code that asks a web server for anything, live or archived, and the manners it does it with.

1 the URL and every redirect are checked: http(s), no credentials, a public address → refused
2 robots.txt of each host is asked, once a day → robots
3 one request at a time a host (`per_host` of an archive's), with a gap, at most `concurrency` in all
4 one deadline over all hops and attempts → deadline; bytes are bounded on the wire and decoded → too-large
5 what came is judged: a Capture, or one FetchError with the evidence → failed
6 broken connections and passing errors are tried again, a little later, within the same deadline

A webhook's message goes out the same way (`post`), by 1, 3 and 4.
"""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import count
from random import Random
from types import TracebackType
from typing import Final, Self

from scraper import manners
from scraper.encodings import ACCEPT_ENCODING
from scraper.errors import FetchError
from scraper.exchange import BodyPolicy, BrokenConnectionError, exchange
from scraper.guard import Network, host_of, unsafe_url
from scraper.journey import FetchRequest, Journey, Reply, judge
from scraper.limits import FETCH_DEADLINE_S, MAX_ROBOTS_BYTES, MAX_WEBHOOK_ANSWER
from scraper.model import Capture, Outcome
from scraper.robots import RobotsCache
from scraper.turns import Deadline, Turns
from scraper.wire import Resolver, open_transport

__all__ = ["FetchRequest", "Gate"]

ACCEPT: Final = "text/html,application/xhtml+xml;q=0.9,text/plain;q=0.8,*/*;q=0.5"
MAX_MESSAGE: Final = 500  # characters; parts of a message come from outside


def utc_now() -> datetime:
    return datetime.now(UTC)


class Gate:
    """Fetches pages; one for the life of a process (its SSL context costs 30 ms). Use as `async with`.

    `deadline_s` is for a whole fetch: robots.txt, all redirects and attempts, but not the wait for one's turn. `now` is
    UTC. `proxy` is an http or https URL, and nothing else ever sets one.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        deadline_s: float = FETCH_DEADLINE_S,
        concurrency: int = 64,
        per_host: int = 1,
        allow_networks: Sequence[Network] = (),
        min_gap_s: float = 1.0,
        retries: int = 2,
        now: Callable[[], datetime] = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Random | None = None,
        resolver: Resolver | None = None,
        ssl_context: ssl.SSLContext | None = None,
        proxy: str | None = None,
    ) -> None:
        self._user_agent = user_agent
        self._deadline_s = deadline_s
        self._allow_networks = tuple(allow_networks)
        self._min_gap_s = min_gap_s
        self._retries = retries
        self._now = now
        self._sleep = sleep
        self._random = random or Random()  # noqa: S311 - jitter, no secret
        self._turns = Turns(concurrency=concurrency, per_host=per_host, monotonic=monotonic, sleep=sleep)
        self._robots = RobotsCache(token=manners.product_token(user_agent), monotonic=monotonic)
        self._transport = open_transport(
            connections=concurrency,
            allow_networks=self._allow_networks,
            resolver=resolver,
            ssl_context=ssl_context,
            proxy=proxy,
        )

    async def __aenter__(self) -> Self:
        await self._transport.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._transport.__aexit__(kind, error, traceback)

    async def fetch(self, request: FetchRequest) -> Capture:
        """The page, or a 304 that stands for one. Raises FetchError with the visit's outcome: nothing else."""
        _refuse_unsafe_headers(request)
        deadline = Deadline(self._deadline_s)
        for attempt in count(1):
            try:
                return await self._attempt(request, deadline)
            except FetchError as error:
                wait = self._wait_before_retry(attempt, error)
                if wait is None or wait >= deadline.left:
                    raise
            deadline.spend(wait)
            await self._sleep(wait)
        raise AssertionError("unreachable: count() does not end")

    async def post(self, url: str, content: bytes, headers: Sequence[tuple[str, str]] = ()) -> int:
        """Send `content` to a webhook; the status of its answer. No redirect is followed, nothing is tried again.

        Raises FetchError: refused, deadline or failed.
        """
        host = host_of(url)
        if reason := unsafe_url(url, self._allow_networks):
            raise FetchError(Outcome.REFUSED, f"{host}: {reason}")
        sent = (("User-Agent", self._user_agent), *headers)
        answer = BodyPolicy(limit=MAX_WEBHOOK_ANSWER, cut=True)
        try:
            async with self._turns.turn(host.lower(), 0.0), Deadline(self._deadline_s).running():
                return (await exchange(self._transport, url, sent, answer, content=content)).status
        except FetchError as error:
            raise type(error)(error.outcome, f"{host}: {error}"[:MAX_MESSAGE]) from error.__cause__

    def _wait_before_retry(self, attempt: int, error: FetchError) -> float | None:
        if error.outcome is not Outcome.FAILED:
            return None
        answer = _answer_of(error)
        return manners.wait_before_retry(attempt, self._retries, answer, self._random) if answer else None

    async def _attempt(self, request: FetchRequest, deadline: Deadline) -> Capture:
        journey = Journey(request)
        try:
            await self._travel(journey, deadline, BodyPolicy())
            return judge(journey, self._now())
        except FetchError as error:
            raise _told(error, journey, host_of(journey.url)) from error.__cause__

    async def _travel(self, journey: Journey, deadline: Deadline, policy: BodyPolicy) -> Reply:
        """Follow redirects to their end."""
        while True:
            reply = await self._hop(journey, deadline, policy)
            if journey.arrived(reply):
                return reply

    async def _hop(self, journey: Journey, deadline: Deadline, policy: BodyPolicy) -> Reply:
        reason = unsafe_url(journey.url, self._allow_networks)
        if reason:
            raise FetchError(Outcome.REFUSED, reason)
        crawl_delay_s = await self._crawl_delay(journey, deadline)
        # Waiting is not on the deadline, so a chain of hosts that each ask for a minute must not add up: hops skip it.
        gap_s = manners.gap_s(self._min_gap_s, None if journey.hops else crawl_delay_s)
        host = host_of(journey.url).lower()
        came_from_host = bool(journey.hops) and host_of(journey.hops[-1].url).lower() == host
        async with self._turns.turn(host, gap_s, at_once=came_from_host), deadline.running():
            journey.sent(self._now())
            return await exchange(self._transport, journey.url, self._headers(journey), policy)

    async def _crawl_delay(self, journey: Journey, deadline: Deadline) -> float | None:
        """Seconds that robots.txt asks for between requests. Raises FetchError (robots) when it forbids this one."""
        if not journey.request.obey_robots:
            return None
        rules = await self._robots.rules_for(journey.url, partial(self._ask_robots, deadline=deadline))
        reason = rules.forbid(journey.url)
        if reason:
            raise FetchError(Outcome.ROBOTS, reason)
        return rules.crawl_delay_s

    async def _ask_robots(self, url: str, share: float, *, deadline: Deadline) -> Reply:
        journey = Journey(FetchRequest(site="", url=url, obey_robots=False))
        try:
            return await self._travel(journey, deadline.part(share), BodyPolicy(limit=MAX_ROBOTS_BYTES, cut=True))
        except FetchError as error:
            raise _told(error, journey, "robots.txt") from error.__cause__

    def _headers(self, journey: Journey) -> list[tuple[str, str]]:
        is_at_home = manners.same_site_host(journey.request.url, journey.url)
        own = manners.headers_for_hop(journey.request.headers, same_host=is_at_home)
        named = {name.lower() for name, _ in own}
        ours = (("User-Agent", self._user_agent), ("Accept", ACCEPT), ("Accept-Encoding", ACCEPT_ENCODING))
        return [
            *((name, value) for name, value in ours if name.lower() not in named),
            *own,
            *journey.request.validators,
        ]


def _refuse_unsafe_headers(request: FetchRequest) -> None:
    for name, value in request.headers:
        reason = manners.unsafe_header(name, value)
        if reason:
            raise FetchError(Outcome.REFUSED, reason)


def _answer_of(error: FetchError) -> manners.Answer | None:
    """What an error means for another attempt; None for what would fail again."""
    if isinstance(error, BrokenConnectionError):
        return manners.Answer(status=0)
    if error.answer is None:
        return None
    archived = any(name.lower() == "memento-datetime" for name, _ in error.answer.headers)
    return manners.Answer(status=error.answer.status, retry_after_s=error.retry_after_s, archived=archived)


def _told(error: FetchError, journey: Journey, where: str) -> FetchError:
    """The same error, saying where it happened and holding the evidence so far; nothing unprintable in it."""
    message = "".join(letter if letter.isprintable() else "?" for letter in f"{where}: {error}")
    capture = error.capture or journey.capture
    return type(error)(error.outcome, message[:MAX_MESSAGE], capture=capture, retry_after_s=error.retry_after_s)
