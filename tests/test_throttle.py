"""Wrong passwords and tokens are slowed down, by client and altogether, and nobody is shut out for good."""

from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from frontpage import frontpage
from scraper.secrets import PASSWORD, TOKEN, exposure
from tests.past_papers import archive_of
from web import throttle
from web.guard import Guard
from web.keys import Keys
from web.server import room as room_over
from web.throttle import Rate, Throttle, client_key

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed database:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:There is no current event loop:DeprecationWarning"),
]
ONE, ALL = Rate(burst=3, every_s=10), Rate(burst=8, every_s=2)


class Seconds:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


def wrong(throttled: Throttle, client: str, times: int) -> None:
    for _ in range(times):
        throttled.was_wrong(client)


def test_a_burst_is_free_and_then_it_takes_time(clock: Seconds) -> None:
    """After three at once, one more every ten seconds; a long pause gives the burst back, and no more than that."""
    throttled = Throttle(clock, of_one=ONE, of_all=ALL)
    wrong(throttled, "a", 2)
    assert throttled.wait_s("a") == 0
    throttled.was_wrong("a")
    assert throttled.wait_s("a") == 10
    clock.now += 9.5
    assert throttled.wait_s("a") == 1
    clock.now += 0.5
    assert throttled.wait_s("a") == 0
    clock.now += 10_000
    wrong(throttled, "a", 3)
    assert throttled.wait_s("a") == 10


def test_one_client_does_not_keep_another_waiting(clock: Seconds) -> None:
    throttled = Throttle(clock, of_one=ONE, of_all=ALL)
    wrong(throttled, "a", 3)
    assert (throttled.wait_s("a"), throttled.wait_s("b")) == (10, 0)


def test_many_clients_wait_together_but_not_those_that_were_never_wrong(clock: Seconds) -> None:
    """Eight wrong ones from eight addresses: each of them waits, somebody new does not."""
    throttled = Throttle(clock, of_one=ONE, of_all=ALL)
    for client in "abcdefgh":
        throttled.was_wrong(client)
    assert throttled.wait_s("a") == 2
    assert throttled.wait_s("new") == 0
    clock.now += 2
    assert throttled.wait_s("a") == 0


def test_it_remembers_so_many_clients(clock: Seconds, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever was wrong longest ago is forgotten first; all together are counted still."""
    monkeypatch.setattr(throttle, "CLIENTS", 2)
    throttled = Throttle(clock, of_one=ONE, of_all=Rate(burst=100, every_s=1))
    for client in "abc":
        wrong(throttled, client, 3)
    assert [throttled.wait_s(client) for client in "abc"] == [0, 10, 10]


def test_a_client_is_an_address_and_a_kind_of_secret() -> None:
    """Of IPv6 its network, of a mapped address the one that it stands for; anything else as it is, cut off."""
    assert client_key("2001:db8::1", "basic") == client_key("2001:db8::ffff:1", "basic")
    assert client_key("2001:db8::1", "basic") != client_key("2001:db8:0:1::1", "basic")
    assert client_key("::ffff:203.0.113.9", "basic") == client_key("203.0.113.9", "basic")
    assert client_key("203.0.113.9", "basic") != client_key("203.0.113.9", "bearer")
    assert len(client_key("x" * 5_000, "basic")) < 100


@pytest.fixture(scope="module")
def archive_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return archive_of(tmp_path_factory.mktemp("throttle") / "papers.db", ("courier",), days=0.1)


@pytest.fixture
async def locked(archive_path: Path, clock: Seconds) -> AsyncIterator[httpx.AsyncClient]:
    keys = Keys(password="open sesame", token="t0ken")
    guard = Guard(room_over(archive_path, free_sql=False).app(), host="127.0.0.1", keys=keys, clock=clock)
    transport = httpx.ASGITransport(guard, client=("203.0.113.9", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


def password(text: str) -> dict[str, str]:
    return {"authorization": f"Basic {b64encode(f'me:{text}'.encode()).decode()}"}


async def test_a_guesser_has_to_wait_and_a_reader_gets_in_again(locked: httpx.AsyncClient, clock: Seconds) -> None:
    """Ten wrong ones, then 429 and Retry-After, for the right one too; when the time is over it opens."""
    for _ in range(10):
        assert (await locked.get("/", headers=password("guess"))).status_code == 401
    for text in ("guess", "open sesame"):
        answer = await locked.get("/", headers=password(text))
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "6")
        assert answer.headers["cache-control"] == "no-store"
    clock.now += 6
    assert (await locked.get("/healthz", headers=password("open sesame"))).status_code == 200


async def test_guessed_passwords_keep_no_token_waiting(locked: httpx.AsyncClient) -> None:
    """Nor whoever asks without any secret, as browsers do before they ask their reader for one."""
    for _ in range(30):
        await locked.get("/", headers=password("guess"))
    assert (await locked.get("/healthz", headers={"authorization": "Bearer t0ken"})).status_code == 200
    assert {(await locked.get("/")).status_code for _ in range(30)} == {401}


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_a_room_on_loopback_needs_no_warning(host: str) -> None:
    assert exposure(host, {}) == ""


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "archive.example", ""])
def test_a_room_open_to_others_without_a_secret_is_told(host: str) -> None:
    assert "without a password or token" in exposure(host, {PASSWORD: "", TOKEN: ""})
    assert exposure(host, {PASSWORD: "open sesame", TOKEN: ""}) == ""


def test_serve_warns_whoever_opens_the_room_to_others(archive_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On stderr, before it listens."""
    monkeypatch.setattr("web.server.serve", lambda *_, **__: None)
    config = archive_path.with_name("config.toml")
    config.write_text("")
    answer = CliRunner().invoke(frontpage, ["--config", str(config), "serve", str(archive_path), "--host", "0.0.0.0"])
    assert (answer.exit_code, answer.stdout) == (0, "")
    assert answer.stderr.startswith("warning: the reading room listens on 0.0.0.0 without")
    assert CliRunner().invoke(frontpage, ["--config", "none.toml", "serve", str(archive_path)]).stderr == ""
