"""Fault 9: addresses that are not public are refused in every spelling, before any connection."""

from collections.abc import Sequence
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.guard import host_of, is_allowed, literal_address, unsafe_url

LOOPBACK = [ip_network("127.0.0.0/8")]


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f.1",
        "0x7f000001",
        "0X7F.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "127.0.0.1.",
        "127。0。0。1",
        "１２７.0.0.1",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:127.0.0.1]",
        "[::1]",
        "[64:ff9b::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[2001:0:0:0:0:0:80ff:fffe]",
    ],
)
@pytest.mark.fault(9)
def test_fault_09_loopback_in_every_spelling_is_unsafe(host: str) -> None:
    """Decimal, octal, hexadecimal, shortened, full-width, mapped, NAT64, 6to4 and Teredo spell one address."""
    assert "not a public address" in unsafe_url(f"http://{host}/")
    assert "not a public address" in unsafe_url(f"https://{host}:8443/path")


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.8",
        "192.0.0.170",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b::10.0.0.1",
        "64:ff9b:1::8.8.8.8",
        "100::1",
        "2001:db8::1",
        "2001:20::1",
        "2002:a00:1::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
    ],
)
@pytest.mark.fault(9)
def test_fault_09_address_that_is_not_public_is_refused(address: str) -> None:
    """Private, shared, link-local, documentation, benchmark, multicast, reserved and translated addresses."""
    assert not is_allowed(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "1.1.1.1",
        "151.101.1.164",
        "2606:4700::1111",
        "2a00:1450:4001::1",
        "64:ff9b::8.8.8.8",
        "2002:808:808::1",
    ],
)
def test_public_address_is_allowed(address: str) -> None:
    """The web is reachable, over NAT64 as well."""
    assert is_allowed(ip_address(address))


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("127.0.0.2", True),
        ("127.0.0.1", False),
        ("::ffff:127.0.0.2", True),
        ("64:ff9b::127.0.0.2", True),
        ("::ffff:127.0.0.1", False),
    ],
)
def test_allow_networks_names_what_else_may_be_asked(address: str, allowed: bool) -> None:
    """A configured network holds for the address itself, whatever it is wrapped in."""
    assert is_allowed(ip_address(address), [ip_network("127.0.0.2/32")]) is allowed


def test_teredo_is_judged_by_both_its_addresses() -> None:
    """The relay and the client must both be public."""
    private_client = ip_address("2001:0:808:808::f5ff:fffe")  # server 8.8.8.8, client 10.0.0.1 with its bits inverted
    assert not is_allowed(private_client)
    assert is_allowed(private_client, [ip_network("10.0.0.0/8")])


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("file:///etc/passwd", "not file"),
        ("data:text/html,x", "not data"),
        ("javascript:alert(1)", "not javascript"),
        ("gopher://example.org/", "not gopher"),
        ("//example.org/", "without a scheme"),
        ("example.org", "without a scheme"),
        ("", "without a scheme"),
        ("http://", "no host"),
        ("http:///path", "no host"),
        ("http://user:secret@example.org/", "credentials"),
        ("http://@example.org/", "credentials"),
        ("http://example.org\\@127.0.0.1/", "backslash"),
        ("http://example.org/a b", "space"),
        ("http://example.org/\r\nHost: x", "control character"),
        ("http://[::1", "not a URL"),
        ("http://example.org:99999/", "not a URL"),
        ("http://example.org:0/", "port 0"),
        ("http://[fe80::1%25eth0]/", "percent"),
        ("http://%31%32%37.0.0.1/", "percent"),
        ("http://1.2.3.4.5/", "no valid address"),
        ("http://256.1.1.1/", "no valid address"),
        ("http://09.1.1.1/", "no valid address"),
        ("http://example.0x4/", "no valid address"),
        ("http://localhost:8001/", "this machine"),
        ("http://LOCALHOST./", "this machine"),
        ("http://paper.localhost/", "this machine"),
        ("http://example.org/" + "x" * 2048, "longer than 2,048"),
    ],
)
def test_unsafe_url_says_why(url: str, why: str) -> None:
    """The configuration tells its reader what is wrong with a URL; a password is not repeated."""
    assert why in unsafe_url(url)
    assert "secret" not in unsafe_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.npr.org/",
        "http://example.org:8080/a?b=c#d",
        "https://münchen.de/",
        "http://8.8.8.8./",
        "HTTPS://A.B/",
    ],
)
def test_ordinary_url_is_fine(url: str) -> None:
    """Public names and addresses have nothing against them."""
    assert unsafe_url(url) == ""


def test_allowed_networks_open_this_machine() -> None:
    """Loopback can be configured, by address and by name."""
    assert unsafe_url("http://127.1:8000/", LOOPBACK) == ""
    assert unsafe_url("http://localhost/", LOOPBACK) == ""


@given(st.integers(0, 2**32 - 1), st.sampled_from(["{0}", "0x{0:x}", "0{0:o}"]))
@pytest.mark.fault(9)
def test_any_number_spells_an_address(number: int, spelling: str) -> None:
    """Decimal, hexadecimal and octal numbers are the same IPv4 address."""
    assert literal_address(spelling.format(number)) == ip_address(number)


@given(st.text(max_size=60))
@pytest.mark.fault(9)
def test_any_text_gets_an_answer(text: str) -> None:
    """No text makes the check itself fail."""
    for url in (text, f"http://{text}/", f"http://{text}:1/"):
        assert isinstance(unsafe_url(url), str)
        assert isinstance(host_of(url), str)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:secret@www.npr.org:443/x?key=1", "www.npr.org"),
        ("http://example.org:8080/", "example.org:8080"),
        ("http://[::1]:80/", "[::1]"),
        ("http://[", "(no host)"),
    ],
)
def test_host_of_shows_no_secrets(url: str, shown: str) -> None:
    """A message names the host and an unusual port, nothing else of the URL."""
    assert host_of(url) == shown


def test_names_are_no_literals() -> None:
    """Only what ends in a number is read as one."""
    names: Sequence[str] = ("www.npr.org", "1e3", "3com.example", "0xg", "a.1b")
    assert [literal_address(name) for name in names] == [None] * len(names)
