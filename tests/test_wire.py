"""Fault 9 with names: a fake resolver answers what an attacker's would, and the target never hears of it."""

import asyncio
from collections.abc import Sequence
from ipaddress import ip_network
from random import Random
from typing import Any

import pytest

from scraper.errors import FetchError
from scraper.model import Capture, Outcome
from tests.hostile import PAGE, Heard, Server, drips, reply, says, says_nothing, serve
from tests.listeners import listening
from tests.test_fetch import failure, fetch, open_gate

ONLY_SECOND = [ip_network("127.0.0.2/32")]  # the policy over loopback: .2 stands for the public web, .1 is private


class FakeResolver:
    """Answers each look-up with the next of its answers, the last for ever after, and counts them."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:  # noqa: ARG002 - a Resolver
        self.asked.append(host)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def named(server: Server, path: str = "/") -> str:
    return f"http://paper.test:{server.port}{path}"


@pytest.mark.parametrize(
    "answer",
    [
        ["127.0.0.1"],
        ["127.0.0.2", "127.0.0.1"],
        ["127.0.0.2", "::1"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["2002:7f00:1::"],
        ["fe80::1%eth0"],
        ["8.8.8.8", "10.0.0.1"],
    ],
)
@pytest.mark.fault(9)
async def test_fault_09_name_with_a_private_address_is_refused(answer: list[str]) -> None:
    """One private address among the answers is enough, and none of them is connected to."""
    async with (
        serve(says(reply(PAGE)), address="127.0.0.1") as private,
        open_gate(allow_networks=ONLY_SECOND, resolver=FakeResolver(answer)) as gate,
    ):
        error = await failure(gate, named(private))
    assert (error.outcome, "is not public" in str(error)) == (Outcome.REFUSED, True)
    assert private.connections == 0


@pytest.mark.fault(9)
async def test_fault_09_rebinding_gains_nothing() -> None:
    """DNS that answers a public address first and a private one the next time: each connection is checked anew."""
    resolver = FakeResolver(["127.0.0.2"], ["127.0.0.2"], ["127.0.0.1"])
    async with (
        serve(says(reply(PAGE)), address="127.0.0.2") as public,
        serve(says(reply(b"secret")), address="127.0.0.1") as private,
        open_gate(allow_networks=ONLY_SECOND, resolver=resolver) as gate,
    ):
        assert (await fetch(gate, named(public))).body == PAGE
        assert resolver.asked == ["paper.test"] * 2  # robots.txt and the page: one look-up a connection, no second one
        error = await failure(gate, named(private), obey_robots=False)
    assert error.outcome is Outcome.REFUSED
    assert private.connections == 0


@pytest.mark.parametrize(
    "target",
    ["127.0.0.1", "0x7f.1", "2130706433", "127.1", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"],
)
@pytest.mark.fault(9)
async def test_fault_09_redirect_to_a_private_address_is_refused(target: str) -> None:
    """A public page cannot send us inside, however it spells the address; the hop is kept as evidence."""
    async with serve(says(reply(b"secret")), address="127.0.0.1") as private:
        location = f"http://{target}:{private.port}/admin"
        redirect = reply(status="302 Found", headers=[("Location", location)])
        async with (
            serve(says(redirect), address="127.0.0.2") as public,
            open_gate(allow_networks=ONLY_SECOND) as gate,
        ):
            error = await failure(gate, public.url())
    assert error.outcome is Outcome.REFUSED
    assert error.capture is not None
    assert error.capture.redirects[0].location == location
    assert private.connections == 0


@pytest.mark.fault(9)
async def test_fault_09_redirect_to_a_name_that_resolves_inside_is_refused() -> None:
    """The guard holds for every hop, not only for the site's own URL."""
    async with serve(says(reply(b"secret")), address="127.0.0.1") as private:
        redirect = reply(status="302 Found", headers=[("Location", named(private))])
        async with (
            serve(says(redirect), address="127.0.0.2") as public,
            open_gate(allow_networks=ONLY_SECOND, resolver=FakeResolver(["127.0.0.1"])) as gate,
        ):
            error = await failure(gate, public.url())
    assert (error.outcome, "paper.test" in str(error)) == (Outcome.REFUSED, True)
    assert private.connections == 0


async def test_second_address_is_tried_when_the_first_is_closed() -> None:
    """A name with a dead address still works."""
    async with (
        serve(says(reply(PAGE)), address="127.0.0.2") as server,
        open_gate(resolver=FakeResolver(["127.0.0.3", "127.0.0.2"])) as gate,
    ):
        assert (await fetch(gate, named(server))).body == PAGE


async def test_name_without_addresses_fails() -> None:
    """An empty answer of DNS is a failure, not a crash."""
    async with open_gate(resolver=FakeResolver([])) as gate:
        error = await failure(gate, "http://paper.test/")
    assert (error.outcome, "has no address" in str(error)) == (Outcome.FAILED, True)


async def test_resolver_that_hangs_meets_the_deadline() -> None:
    """Looking a name up is part of the fetch."""

    async def hangs(host: str, port: int) -> Sequence[str]:
        await asyncio.sleep(3_600)
        return []

    async with open_gate(resolver=hangs, deadline_s=0.2) as gate:
        assert (await failure(gate, "http://paper.test/")).outcome is Outcome.DEADLINE


async def test_system_resolver_answers_for_numbers() -> None:
    """The resolver of the system works in its own threads and lets them go."""
    from scraper.wire import SystemResolver

    resolver = SystemResolver(threads=1)
    assert list(await resolver("127.0.0.1", 80)) == ["127.0.0.1"]
    resolver.close()


@pytest.mark.fault(10)
async def test_fault_10_configured_proxy_is_used_and_targets_still_checked() -> None:
    """Requests go to the proxy, which resolves names; a name that resolves inside is refused before it hears of it."""
    async with serve(says(reply(PAGE))) as proxy:
        unresolvable: Any = FakeResolver([])
        async with open_gate(proxy=proxy.url(), resolver=unresolvable, allow_networks=[]) as gate:
            assert (await fetch(gate, "http://paper.test/", obey_robots=False)).body == PAGE
        assert proxy.heard[0].path == "http://paper.test/"
        async with open_gate(proxy=proxy.url(), resolver=FakeResolver(["10.0.0.1"]), allow_networks=[]) as gate:
            error = await failure(gate, "http://paper.test/", obey_robots=False)
    assert error.outcome is Outcome.REFUSED
    assert len(proxy.heard) == 1


@pytest.mark.fault(10)
async def test_fault_10_proxy_password_is_in_no_message() -> None:
    """Credentials of the proxy go to the proxy and nowhere else."""
    async with serve(says(reply(status="407 Proxy Authentication Required"))) as proxy:
        address = proxy.url().replace("http://", "http://user:secret@")
        async with open_gate(proxy=address, resolver=FakeResolver([])) as gate:
            plain = await failure(gate, "http://paper.test/", obey_robots=False)
    assert proxy.heard[0].header("proxy-authorization").startswith("Basic ")
    assert plain.capture is not None
    assert "secret" not in f"{plain} {plain.capture}"
    assert "Basic" not in repr(plain.capture)


def test_proxy_of_another_kind_is_refused() -> None:
    """SOCKS would need a dependency we do not have, and says so."""
    from scraper.wire import open_transport

    with pytest.raises(ValueError, match="not socks5"):
        open_transport(connections=1, proxy="socks5://127.0.0.1:1")


async def test_connection_is_kept_for_the_next_request() -> None:
    """robots.txt and the page share a connection where the server lets them; the meter starts anew for each."""
    heads: list[bytes] = []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        opened.append(writer)
        while True:
            heads.append(await reader.readuntil(b"\r\n\r\n"))
            body = bytes(9_000_000)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    opened: list[asyncio.StreamWriter] = []
    async with listening(connected) as port, open_gate() as gate:
        for _ in range(3):
            assert len((await fetch(gate, f"http://127.0.0.1:{port}/", obey_robots=False)).body) == 9_000_000
    assert (len(heads), len(opened)) == (3, 1)


async def test_cancelled_handshake_leaves_no_socket() -> None:
    """A TLS handshake given up at the deadline closes its connection (ResourceWarnings are errors here)."""
    async with serve(says_nothing) as server, open_gate(deadline_s=0.05) as gate:
        for _ in range(5):
            await failure(gate, server.url().replace("http:", "https:"), obey_robots=False)


async def test_deadline_at_the_worst_moment_leaves_nothing_behind() -> None:
    """Two hundred answers that come just when the deadline does: no request stays in the pool, no task, no turn."""
    random = Random(3)

    async def script(heard: Heard, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(random.uniform(0.02, 0.06))
        writer.write(reply(PAGE))

    resolver = FakeResolver(["127.0.0.1"])
    async with serve(script) as server, open_gate(deadline_s=0.04, concurrency=20, resolver=resolver) as gate:
        hosts = [f"http://{number}.test:{server.port}/" for number in range(200)]
        outcomes = await asyncio.gather(*(fetch(gate, url, obey_robots=False) for url in hosts), return_exceptions=True)
        assert "Requests: 0 active, 0 queued" in repr(gate._transport)
    assert {type(outcome) for outcome in outcomes} <= {Capture, FetchError}


async def test_cancelling_a_fetch_frees_its_host() -> None:
    """A visit that is cancelled (SIGTERM) leaves turn and connection to the next."""
    slow = drips(b"x" * 100, first=b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", every_s=1.0)
    async with serve(slow) as server, open_gate(concurrency=1, deadline_s=0.2) as gate:
        visit = asyncio.create_task(fetch(gate, server.url()))
        await asyncio.sleep(0.1)
        visit.cancel()
        with pytest.raises(asyncio.CancelledError):
            await visit
        with pytest.raises(FetchError) as caught:
            await fetch(gate, server.url())
    assert caught.value.outcome is Outcome.DEADLINE
