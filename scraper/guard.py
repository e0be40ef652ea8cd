"""Which addresses may be asked: public ones, and what `allow_networks` names. Pure: no DNS, no socket.

A name proves nothing: DNS may answer anything, and something else a moment later. So this is asked twice: of the URL as
written (by the configuration, and for every redirect), and of the addresses that a name resolves to, by `scraper.wire`
just before it connects to one of exactly these.
"""

import re
import unicodedata
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final, TypeAlias
from urllib.parse import SplitResult, urlsplit

from scraper.limits import MAX_URL

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

DEFAULT_PORTS: Final = {"http": 80, "https": 443}

_NAT64: Final = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are the IPv4 address that is reached
_NAT64_LOCAL: Final = IPv6Network("64:ff9b:1::/48")  # RFC 8215: a network's own translation, to wherever it likes
_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")  # the only IPv6 space IANA assigns from, RFC 4291 section 2.4

# What `is_global` of Python 3.11 to 3.14 lets through, by the IANA special-purpose registries (RFC 6890).
_SPECIAL: Final[tuple[Network, ...]] = (
    IPv4Network("0.0.0.0/8"),
    IPv4Network("100.64.0.0/10"),
    IPv4Network("192.0.0.0/24"),  # 192.0.0.8, 9 and 10 count as global; none is a web server
    IPv4Network("192.88.99.0/24"),  # 6to4 relay anycast, withdrawn by RFC 7526
    IPv6Network("2001:20::/28"),  # ORCHIDv2 identifiers, not routed
    IPv6Network("3fff::/20"),  # documentation, RFC 9637
)

# WHATWG URL, "ends in a number": such a host is an IPv4 address in some spelling, or nothing.
_NUMBER: Final = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")
_CONTROL_OR_SPACE: Final = re.compile(r"[\x00-\x20\x7f\\]")


def is_allowed(address: Address, allow_networks: Sequence[Network] = ()) -> bool:
    """Whether a connection to this address may be opened: all addresses inside it are public or in `allow_networks`."""
    return all(
        _is_public(inner) or any(inner in network for network in allow_networks) for inner in _unwrapped(address)
    )


def literal_address(host: str) -> Address | None:
    """The address that a host spells, as inet_aton and browsers read it (0x7f.1, 127.1), or None for a name.

    Raises ValueError for what is neither: a host that ends in a number must be an address (WHATWG URL, section 3.5).
    """
    host = _plain_host(host)
    if ":" in host:
        return ip_address(host.strip("[]"))
    labels = host.removesuffix(".").split(".")
    if not _NUMBER.fullmatch(labels[-1]):
        return None
    return _parse_ipv4(labels)


def unsafe_url(url: str, allow_networks: Sequence[Network] = ()) -> str:
    """Why this URL must not be fetched, in words, or "" when nothing speaks against it. Looks no name up."""
    if len(url) > MAX_URL:
        return f"the URL is longer than {MAX_URL:,} characters"
    if _CONTROL_OR_SPACE.search(url):
        return "the URL holds a space, a backslash or a control character"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        return f"not a URL ({error})"
    if port == 0:
        return "port 0 cannot be reached"
    return _unsafe_parts(parts) or _unsafe_host(parts.hostname or "", allow_networks)


def host_of(url: str) -> str:
    """Host and port to name in a message: no scheme, credentials, path, and no port where it is the scheme's own."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "(no host)"
    shown = f"[{host}]" if ":" in host else host
    return shown if port in (None, DEFAULT_PORTS.get(parts.scheme)) else f"{shown}:{port}"


def _unsafe_parts(parts: SplitResult) -> str:
    if parts.scheme not in DEFAULT_PORTS:
        return f"only http and https are fetched, not {parts.scheme or 'a URL without a scheme'}"
    if "@" in parts.netloc:
        return "credentials in a URL are not sent"
    return "" if parts.hostname else "the URL names no host"


def _unsafe_host(host: str, allow_networks: Sequence[Network]) -> str:
    if "%" in host:
        return "the host holds a percent sign"
    try:
        address = literal_address(host)
    except ValueError:
        return f"{host} is no valid address"
    if address is None:
        return _unsafe_name(host, allow_networks)
    return "" if is_allowed(address, allow_networks) else f"{address} is not a public address"


def _unsafe_name(host: str, allow_networks: Sequence[Network]) -> str:
    """RFC 6761: localhost and names below it mean this machine, whatever DNS says."""
    name = _plain_host(host).removesuffix(".")
    is_local = name == "localhost" or name.endswith(".localhost")
    return f"{host} is this machine" if is_local and not is_allowed(_LOOPBACK, allow_networks) else ""


_LOOPBACK: Final = IPv4Address("127.0.0.1")


def _plain_host(host: str) -> str:
    """Full-width digits and ideographic full stops are folded as IDNA does: 127。0。0。1 is a spelling, too."""
    return unicodedata.normalize("NFKC", host).replace("。", ".").lower()


def _parse_ipv4(labels: Sequence[str]) -> IPv4Address:
    """One to four numbers, decimal, octal or hexadecimal, the last of which fills the bytes that are left."""
    if len(labels) > 4:
        raise ValueError("more than four parts")
    *firsts, last = (_parse_number(label) for label in labels)
    if any(number > 255 for number in firsts) or last >= 256 ** (5 - len(labels)):
        raise ValueError("a part is out of range")
    return IPv4Address(sum((number << (24 - 8 * place) for place, number in enumerate(firsts)), last))


def _parse_number(label: str) -> int:
    if not _NUMBER.fullmatch(label):
        raise ValueError("a part is no number")
    if label.startswith("0x"):
        return int(label[2:] or "0", 16)
    return int(label, 8 if label.startswith("0") else 10)


def _unwrapped(address: Address) -> tuple[Address, ...]:
    """The addresses a packet really goes to: IPv4 inside IPv6 taken out, by whichever of five transition schemes."""
    if isinstance(address, IPv4Address):
        return (address,)
    if address.ipv4_mapped:
        return (address.ipv4_mapped,)
    if address.sixtofour:
        return (address.sixtofour,)
    if address.teredo:
        return address.teredo
    if address in _NAT64:
        return (IPv4Address(int(address) & 0xFFFF_FFFF),)
    return (address,)


def _is_public(address: Address) -> bool:
    if any(address in network for network in _SPECIAL) or address.is_multicast or not address.is_global:
        return False
    return isinstance(address, IPv4Address) or (address in _GLOBAL_UNICAST and address not in _NAT64_LOCAL)
