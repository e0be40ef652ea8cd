"""The only way out of this process to a web server: name resolution, the address guard, the byte meter, the transport.

httpx offers no hook between a name and a connection; httpcore does (AsyncNetworkBackend). What is resolved is checked
and what is checked is connected to, so a name that answers differently the second time (DNS rebinding) gains nothing.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import Any, Final, TypeAlias

import anyio
import httpcore
import httpx

from scraper.errors import FetchError
from scraper.guard import DEFAULT_PORTS, Network, is_allowed, literal_address
from scraper.limits import MAX_HEADER_BYTES, MAX_WIRE_BYTES
from scraper.model import Outcome

Resolver: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]

MAX_ADDRESSES: Final = 4  # addresses of one name that are tried
CONNECT_TRY_S: Final = 4.0  # for each but the last: a black-holed IPv6 route must not use up the whole deadline
KEEPALIVE_S: Final = 5.0  # idle seconds: long enough for robots.txt, redirects and retries, not for the next visit
WIRE_LIMIT: Final = MAX_WIRE_BYTES + 2 * MAX_HEADER_BYTES  # head, body and framing of one response


class SystemResolver:
    """getaddrinfo in threads of its own: a name server that hangs takes nobody else's threads."""

    def __init__(self, threads: int = 16) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="resolve")

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Addresses in the system's order of preference (RFC 6724). Raises OSError."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, _getaddrinfo, host, port)
        return [str(sockaddr[0]) for *_, sockaddr in found]

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def _getaddrinfo(host: str, port: int) -> list[tuple[Any, ...]]:
    return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Connects to public addresses and `allow_networks` only, and to `proxy` (host, port), which the operator named."""

    def __init__(
        self,
        *,
        resolver: Resolver | None = None,
        allow_networks: Sequence[Network] = (),
        proxy: tuple[str, int] | None = None,
    ) -> None:
        self._resolver = resolver or SystemResolver()
        self._allow_networks = tuple(allow_networks)
        self._proxy = proxy
        self._sockets = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,  # noqa: ARG002 - never set by the pool below
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        """Raises FetchError (refused) before any packet is sent, and httpcore.ConnectError."""
        is_proxy = (host, port) == self._proxy
        addresses = await (self._resolve(host, port) if is_proxy else self.checked_addresses(host, port))
        *firsts, last = addresses[:MAX_ADDRESSES]
        for address in firsts:
            try:
                return await self._connect(address, port, min(timeout or CONNECT_TRY_S, CONNECT_TRY_S))
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._connect(last, port, timeout)

    async def checked_addresses(self, host: str, port: int) -> Sequence[str]:
        """The addresses of a host, all allowed: one private among public ones is an attack, or a mistake.

        Raises FetchError (refused), and httpcore.ConnectError when there are none.
        """
        addresses = await self._resolve(host, port)
        for address in addresses:
            if not is_allowed(ip_address(address.partition("%")[0]), self._allow_networks):
                what = address if address == host else f"an address of {host}, {address},"
                raise FetchError(Outcome.REFUSED, f"{what} is not public")
        return addresses

    async def _resolve(self, host: str, port: int) -> Sequence[str]:
        try:
            literal = literal_address(host)
        except ValueError as error:
            raise FetchError(Outcome.REFUSED, f"{host} is no valid address") from error
        if literal is not None:
            return [str(literal)]
        try:
            addresses = list(dict.fromkeys(await self._resolver(host, port)))
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError("the name cannot be resolved") from error
        if not addresses:
            raise httpcore.ConnectError("the name has no address")
        return addresses

    async def check_proxied(self, host: str, port: int) -> None:
        """A proxy resolves names itself; what this machine can resolve is checked all the same, the rest not."""
        try:
            await self.checked_addresses(host, port)
        except httpcore.ConnectError:
            return

    def close(self) -> None:
        """Let the resolver's threads go."""
        if isinstance(self._resolver, SystemResolver):
            self._resolver.close()

    async def _connect(self, address: str, port: int, timeout: float | None) -> httpcore.AsyncNetworkStream:  # noqa: ASYNC109
        return MeteredStream(await self._sockets.connect_tcp(address, port, timeout=timeout))


class MeteredStream(httpcore.AsyncNetworkStream):
    """A connection that counts all that a response brings: head, interim responses, chunk framing, trailers.

    Sending begins a new response (HTTP/1.1 without pipelining), so it sets the meter back.
    """

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._received = 0

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        """Raises FetchError (too-large) beyond WIRE_LIMIT bytes of one response."""
        data = await self._stream.read(max_bytes, timeout)
        self._received += len(data)
        if self._received > WIRE_LIMIT:
            raise FetchError(Outcome.TOO_LARGE, f"the response takes more than {WIRE_LIMIT:,} bytes on the wire")
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        self._received = 0
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        try:
            return MeteredStream(await self._stream.start_tls(ssl_context, server_hostname, timeout))
        except BaseException:  # httpcore 1.0.9 leaves the socket open when a handshake is cancelled
            with anyio.CancelScope(shield=True):
                await self.aclose()
            raise

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class GuardedTransport(httpx.AsyncBaseTransport):
    """httpx's way to httpcore over a GuardedNetwork; httpcore's exceptions come through as they are.

    Used without a client: httpx.AsyncClient would read Set-Cookie, the environment and every Location (a malformed one
    raises and loses the response), none of which we want; the pool of connections is here. HTTP/1.1 only: h11 bounds a
    response head, and the meter knows where a response begins.
    """

    def __init__(
        self,
        network: GuardedNetwork,
        *,
        connections: int,
        ssl_context: ssl.SSLContext,
        proxy: httpx.Proxy | None = None,
    ) -> None:
        self._network = network
        self._is_proxied = proxy is not None
        self._pool = httpcore.AsyncConnectionPool(
            network_backend=network,
            ssl_context=ssl_context,
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=KEEPALIVE_S,
            proxy=_httpcore_proxy(proxy) if proxy else None,
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        if self._is_proxied:
            await self._network.check_proxied(*_address_of(url))
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        response = await self._pool.handle_async_request(
            httpcore.Request(
                method=request.method, url=target, headers=request.headers.raw, content=_sent(request.stream)
            )
        )
        return httpx.Response(response.status, headers=response.headers, stream=_Body(response.stream))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._pool!r}>"

    async def aclose(self) -> None:
        await self._pool.aclose()
        self._network.close()


def open_transport(
    *,
    connections: int,
    allow_networks: Sequence[Network] = (),
    resolver: Resolver | None = None,
    ssl_context: ssl.SSLContext | None = None,
    proxy: str | None = None,
) -> GuardedTransport:
    """A transport that connects only as the guard allows. Raises ValueError for a proxy that is not http or https."""
    via = httpx.Proxy(proxy) if proxy else None
    if via and via.url.scheme not in DEFAULT_PORTS:
        raise ValueError(f"a proxy is reached by http or https, not {via.url.scheme}")
    network = GuardedNetwork(
        resolver=resolver, allow_networks=allow_networks, proxy=_address_of(via.url) if via else None
    )
    return GuardedTransport(
        network,
        connections=connections,
        ssl_context=ssl_context or httpx.create_ssl_context(trust_env=False),
        proxy=via,
    )


def _address_of(url: httpx.URL) -> tuple[str, int]:
    return url.raw_host.decode("ascii"), url.port or DEFAULT_PORTS[url.scheme]


def _sent(stream: object) -> AsyncIterable[bytes]:
    """The request's body; a request made with bytes, or with nothing, can be sent by either kind of client."""
    assert isinstance(stream, AsyncIterable)  # noqa: S101 - for the type checker
    return stream


class _Body(httpx.AsyncByteStream):
    """httpcore's stream of body bytes in the type that httpx wants."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for data in self._stream:
            yield data

    async def aclose(self) -> None:
        await self._stream.aclose()


def _httpcore_proxy(proxy: httpx.Proxy) -> httpcore.Proxy:
    url = proxy.url
    return httpcore.Proxy(
        httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=b"/"), auth=proxy.raw_auth
    )
