"""Who may ask and what a browser may do with the answer: the Host header checked, strict headers on every response."""

import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from ipaddress import ip_address
from typing import Any

from web.dress import FOREVER, is_for_good
from web.keys import CHALLENGE, Keys, scheme_of
from web.proxies import DIRECT, Proxies
from web.throttle import Throttle, client_key

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Pair = tuple[bytes, bytes]

KEPT_FOR_GOOD = (b"cache-control", FOREVER)
LOOPBACK = ("localhost", "127.0.0.1", "::1")
# Nothing is fetched from elsewhere, no inline script or style runs, nobody frames us, forms lead back to us.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


class Guard:
    """ASGI middleware: foreign Host headers are refused (DNS rebinding), and whoever lacks the keys where there are
    any, the slower the more often; every answer carries `HEADERS`. What watches machines has no key: without one
    /healthz says whether all is well, and nothing else.

    Bound to a wildcard address, a machine is asked for under any of its own addresses: those cannot be rebound. What a
    server in front says is believed where `proxies` has it, and both its own Host and the one that it passes on are
    checked: a page from elsewhere, rebound to a trusted address, can send any header but Host.
    """

    def __init__(
        self,
        application: Application,
        *,
        host: str,
        keys: Keys,
        proxies: Proxies = DIRECT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._application = application
        self._keys, self._proxies = keys, proxies
        self._throttle = Throttle(clock)
        self._hosts = {*LOOPBACK, host.lower(), *proxies.names}
        self._any_address = _is_wildcard(host)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        guarded = _with_headers(send, is_for_good=is_for_good(scope["path"], scope["query_string"]))
        asked, scope = scope, self._proxies.seen_through(scope)
        if not (self._is_ours(asked["headers"]) and self._is_ours(scope["headers"])):
            await _refuse(guarded, 421, b"This reading room does not answer for that host name.\n")
            return
        authorization = _value(scope["headers"], b"authorization")
        refusal = self._refusal(authorization, scope.get("client"))
        if refusal and not authorization and _asks_if_well(scope):
            guarded = _in_a_word(guarded)
        elif refusal:
            await _refuse(guarded, *refusal)
            return
        await self._application(scope, receive, guarded)

    def _refusal(self, authorization: str, client: tuple[str, int] | None) -> tuple[int, bytes, Pair] | None:
        """How whoever lacks the keys is refused: asked for them, or after too many wrong ones told to wait.

        Without a secret nobody is slowed down: browsers ask so at first. While a client has to wait, its secret is not
        looked at, be it right or wrong; else waiting would keep nobody from guessing on.
        """
        scheme = scheme_of(authorization)
        key = client_key(client[0] if client else "", scheme)
        if self._keys.are_set and scheme and (wait_s := self._throttle.wait_s(key)):
            return 429, b"Too many wrong secrets came from there; wait, then try again.\n", _retry_after(wait_s)
        if self._keys.open_for(authorization):
            return None
        if scheme:
            self._throttle.was_wrong(key)
        return 401, b"This reading room asks for a password or a token.\n", (b"www-authenticate", CHALLENGE)

    def _is_ours(self, headers: Iterable[tuple[bytes, bytes]]) -> bool:
        name = host_name(_value(headers, b"host"))
        return name in self._hosts or (self._any_address and _is_address(name))


def host_name(host: str) -> str:
    """The name in a Host header: no port, no brackets, lower case."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].rstrip(".").lower()


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _is_wildcard(host: str) -> bool:
    return not host or (_is_address(host) and ip_address(host).is_unspecified)


def _with_headers(send: Send, *, is_for_good: bool) -> Send:
    """Adds our headers where a page has not set one of that name to another purpose."""

    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = _to_be_asked_about(list(message.get("headers", [])))
            names = {name.lower() for name, _ in given}
            ours = (*HEADERS, KEPT_FOR_GOOD) if is_for_good and message["status"] == 200 else HEADERS
            message = {**message, "headers": [*given, *(pair for pair in ours if pair[0] not in names)]}
        await send(message)

    return guarded


def _to_be_asked_about(headers: list[Pair]) -> list[Pair]:
    """By Datasette nobody may keep what was asked for with a cookie or a secret; what has a tag may be kept."""
    if not any(name.lower() == b"etag" for name, _ in headers):
        return headers
    return [
        (name, b"private, no-cache") if (name.lower(), value) == (b"cache-control", b"private, no-store") else
        (name, value) for name, value in headers
    ]  # fmt: skip


def _asks_if_well(scope: Scope) -> bool:
    return scope["path"] == "/healthz" and scope["method"] in ("GET", "HEAD")


def _in_a_word(send: Send) -> Send:
    """Of an answer sends whether all is well, neither its headers nor its reasons."""

    async def said(message: Message) -> None:
        if message["type"] == "http.response.start":
            is_well = message["status"] < 400
            body = b'{"ok": true}' if is_well else b'{"ok": false}'
            await _answer(send, 200 if is_well else message["status"], body, b"application/json")

    return said


def _value(headers: Iterable[tuple[bytes, bytes]], wanted: bytes) -> str:
    """The only value of a header, "" where it is absent or stands twice."""
    values = [value.decode("latin-1") for name, value in headers if name.lower() == wanted]
    return values[0] if len(values) == 1 else ""


def _retry_after(seconds: int) -> Pair:
    return b"retry-after", str(seconds).encode()


async def _refuse(send: Send, status: int, body: bytes, *more: Pair) -> None:
    await _answer(send, status, body, b"text/plain; charset=utf-8", *more)


async def _answer(send: Send, status: int, body: bytes, media_type: bytes, *more: Pair) -> None:
    headers = [
        (b"content-type", media_type),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        *more,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
