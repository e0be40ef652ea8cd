"""A web archive's server, asked politely: at its pace, through the fetch gate, not at all once it has had enough."""

from http import HTTPStatus

from schedules.pace import Pace
from schedules.sources.found import SourceError
from scraper.errors import FetchError
from scraper.fetch import FetchRequest, Gate
from scraper.model import Capture, Origin, Outcome

ATTEMPTS = 3  # at one request; what fails longer is left for another run
STRIKES = 3  # refusals for asking too much, in a row, each after the hold of the one before; then it is left alone
HOLD_S = 60.0  # after a refusal that names no Retry-After: the Internet Archive's limits count by the minute
PAUSE_S = 2.0  # after a broken connection or an error of the server, doubled each time
TOO_MUCH = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


class ArchiveServer:
    """One server; every coroutine that asks it shares its paces, its holds and its patience.

    The Internet Archive bounds listings by the minute and mementos by the second
    (https://archive.org/details/toomanyrequests_20191110), so each has a pace of its own.
    """

    def __init__(self, gate: Gate, *, listings: Pace, mementos: Pace) -> None:
        self._gate = gate
        self._listings, self._mementos = listings, mementos
        self._strikes = self._refusals = 0

    async def listing(self, url: str) -> Capture:
        """A page of an index or a TimeMap. Raises FetchError when it cannot be had, SourceError after many refusals."""
        return await self._ask(url, self._listings, site="", origin=Origin.WAYBACK)

    async def memento(self, url: str, *, site: str, origin: Origin) -> Capture:
        """A memento's response, redirects followed, as the server sent it. Raises as `listing` does."""
        return await self._ask(url, self._mementos, site=site, origin=origin)

    async def _ask(self, url: str, pace: Pace, *, site: str, origin: Origin) -> Capture:
        request = FetchRequest(site=site, url=url, origin=origin, obey_robots=False)  # robots.txt is not for an API
        attempt = 0
        while True:
            self._check_patience()
            await pace.turn()
            refusals = self._refusals
            try:
                capture = await self._gate.fetch(request)
            except FetchError as error:
                attempt += self._wait_after(error, attempt, is_news=refusals == self._refusals)
                if attempt == ATTEMPTS:
                    raise
            else:
                self._strikes = 0
                return capture

    def _wait_after(self, error: FetchError, attempt: int, *, is_news: bool) -> int:
        """Hold the pace for what an error asks for; 1 where that was an attempt, 0 where the server only asked to wait.

        A refusal is no news of a request that was under way when another was refused. Raises the error where another
        attempt would end the same.
        """
        status = error.answer.status if error.answer else 0
        if status in TOO_MUCH and not is_archived(error.answer):
            self._refusals += 1
            self._strikes += is_news
            self._hold(error.retry_after_s if error.retry_after_s is not None else HOLD_S)
            return 0
        if error.outcome is not Outcome.DEADLINE and (error.outcome is not Outcome.FAILED or 0 < status < 500):
            raise error
        if is_archived(error.answer):
            raise error
        self._hold(PAUSE_S * 2**attempt)
        return 1

    def _hold(self, seconds: float) -> None:
        self._listings.hold(seconds)
        self._mementos.hold(seconds)

    def _check_patience(self) -> None:
        if self._strikes >= STRIKES:
            raise SourceError(
                f"the archive refused {self._strikes} times in a row for being asked too much; run again later"
            )


def is_archived(capture: Capture | None) -> bool:
    """Whether a response is a memento, whatever its status: an archived 429 is no live one (RFC 7089, section 2.1)."""
    return capture is not None and any(name.lower() == "memento-datetime" for name, _ in capture.headers)
