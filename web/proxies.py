"""A server in front of the room: which ones are believed, and what they say of the client (X-Forwarded-*). Pure.

The names under which it asks are believed from nobody: only what was configured is answered for. `Forwarded`
(RFC 7239) is not read: servers that write X-Forwarded-* pass it on as the client sent it, so that reading both would
let every client say what it likes.
"""

from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, TypeVar

from scraper.config_values import host_name, network
from scraper.errors import ConfigError
from scraper.fronts import NAMES, TRUSTED
from scraper.guard import Network

Scope = MutableMapping[str, Any]
T = TypeVar("T")
Address = IPv4Address | IPv6Address
MOST_HOPS = 16  # servers in a row that are looked past


@dataclass(frozen=True, kw_only=True, slots=True)
class Proxies:
    """The servers in front whose word counts, and the host names under which they are reached."""

    trusted: tuple[Network, ...] = ()
    names: frozenset[str] = frozenset()

    def is_trusted(self, address: Address) -> bool:
        return any(address in trusted for trusted in self.trusted)

    def seen_through(self, scope: Scope) -> Scope:
        """The request as the client made it, where a trusted server passes it on; else as it came.

        The client is the last address that is no trusted server's. With each of those that were looked past, the
        value of the other headers that it got is the one before; one that sets a header anew leaves a single value.
        """
        client = scope.get("client")
        peer = _address(client[0]) if client else None
        if peer is None or not self.is_trusted(peer):
            return scope
        hops, origin = self._origin(_listed(scope, b"x-forwarded-for"), peer)
        seen = {**scope, "client": (str(origin), 0)}
        if (scheme := _at(_listed(scope, b"x-forwarded-proto"), hops).lower()) in ("http", "https"):
            seen["scheme"] = scheme
        if host := _at(_listed(scope, b"x-forwarded-host"), hops):
            others = [pair for pair in scope["headers"] if pair[0].lower() != b"host"]
            seen["headers"] = [(b"host", host.encode("latin-1")), *others]
        return seen

    def _origin(self, told: Sequence[str], peer: Address) -> tuple[int, Address]:
        """(trusted servers behind the first, client); what is no address is nobody's, and ends the way back."""
        address, hops = peer, 0
        for text in reversed(told[-MOST_HOPS:]):
            before = _address(text)
            if before is None:
                break
            address = before
            if not self.is_trusted(address):
                break
            hops += 1
        return hops, address


DIRECT = Proxies()


def proxies_from(variables: Mapping[str, str]) -> Proxies:
    """The proxies that the environment names, in lists with commas. ConfigError where one is no address or name."""
    return Proxies(
        trusted=tuple(_each(variables, TRUSTED, network)), names=frozenset(_each(variables, NAMES, host_name))
    )


def _each(variables: Mapping[str, str], variable: str, checked: Callable[[str], T]) -> Iterator[T]:
    for text in variables.get(variable, "").split(","):
        if text.strip():
            try:
                yield checked(text.strip())
            except ValueError as error:
                raise ConfigError(f"the environment variable {variable}: {error}") from None


def _listed(scope: Scope, wanted: bytes) -> list[str]:
    """What a header lists, in all its lines."""
    lines = [value.decode("latin-1") for name, value in scope["headers"] if name.lower() == wanted]
    return [part.strip() for part in ",".join(lines).split(",") if part.strip()]


def _at(told: Sequence[str], hops: int) -> str:
    """The value that the server `hops` before the last got, "" where none is told."""
    return told[max(len(told) - 1 - hops, 0)] if told else ""


def _address(text: str) -> Address | None:
    """The address in an element of X-Forwarded-For, with or without port and brackets; None where it is none."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
