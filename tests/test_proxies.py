"""A server in front of the room: believed where it is trusted, never about names that are not the room's."""

import re
import socket
import ssl
import subprocess
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.config import WebSettings
from scraper.errors import ConfigError
from scraper.fronts import NAMES, TRUSTED, front_variables
from scraper.instants import compact
from scraper.secrets import PASSWORD
from tests.past_papers import LAST, address, archive_of
from tests.rooms import serving
from web.keys import OPEN, Keys
from web.proxies import Proxies, proxies_from
from web.server import application

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed database:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:There is no current event loop:DeprecationWarning"),
]
PUBLIC = "archive.example.org"
FRONT, INNER, STRANGER, CLIENT = "10.0.0.1", "10.0.0.2", "203.0.113.9", "198.51.100.7"
VARIABLES = {TRUSTED: "10.0.0.0/24, 127.0.0.1", NAMES: PUBLIC}
PROXIES = proxies_from(VARIABLES)
PASSED_ON = {"x-forwarded-for": CLIENT, "x-forwarded-host": PUBLIC, "x-forwarded-proto": "https"}
FEED = "/site/courier/changes.atom"


@pytest.fixture(scope="module")
def archive_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return archive_of(tmp_path_factory.mktemp("proxies") / "papers.db", ("courier",), days=0.1)


@asynccontextmanager
async def asked_by(
    peer: str, archive: Path, *, keys: Keys = OPEN, proxies: Proxies = PROXIES
) -> AsyncIterator[httpx.AsyncClient]:
    whole = application(archive, host="127.0.0.1", keys=keys, proxies=proxies)
    transport = httpx.ASGITransport(whole, client=(peer, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8001") as client:
        yield client


def self_link(feed: bytes) -> str:
    link = ET.fromstring(feed).find("{http://www.w3.org/2005/Atom}link[@rel='self']")
    return link.attrib["href"] if link is not None else ""


async def test_a_trusted_server_says_how_the_room_was_asked_for(archive_path: Path) -> None:
    """Feeds and TimeMaps name the public address; a server that passes Host on does as well."""
    async with asked_by(FRONT, archive_path) as room:
        assert self_link((await room.get(FEED, headers=PASSED_ON)).content) == f"https://{PUBLIC}{FEED}"
        timemap = (await room.get(f"/timemap/link/{address('courier')}", headers=PASSED_ON)).text
        assert f"<https://{PUBLIC}/timegate/{address('courier')}>" in timemap
        kept = {"host": f"{PUBLIC}:8443", "x-forwarded-proto": "https"}
        assert self_link((await room.get(FEED, headers=kept)).content) == f"https://{PUBLIC}:8443{FEED}"


async def test_nobody_else_is_believed(archive_path: Path) -> None:
    """A client that writes the headers itself changes nothing, and no room believes anybody unless it is told to."""
    for peer, proxies in ((STRANGER, PROXIES), ("127.0.0.1", Proxies()), (FRONT, proxies_from({NAMES: PUBLIC}))):
        async with asked_by(peer, archive_path, proxies=proxies) as room:
            answer = await room.get(FEED, headers=PASSED_ON)
            assert self_link(answer.content) == f"http://127.0.0.1:8001{FEED}"


@pytest.mark.parametrize(
    ("host", "passed_on", "status"),
    [
        (PUBLIC, PUBLIC, 200),
        ("127.0.0.1:8001", PUBLIC.upper(), 200),
        ("attacker.example", PUBLIC, 421),  # a page that was rebound to a trusted address, and writes the other header
        (PUBLIC, "attacker.example", 421),
        ("127.0.0.1", f"{PUBLIC}.attacker.example", 421),
        ("127.0.0.1", f"attacker.example/{PUBLIC}", 421),
        ("127.0.0.1", f"{PUBLIC}@attacker.example", 421),
    ],
)
@pytest.mark.fault(34)
async def test_both_names_have_to_be_the_rooms_own(archive_path: Path, host: str, passed_on: str, status: int) -> None:
    async with asked_by(FRONT, archive_path) as room:
        answer = await room.get("/healthz", headers={"host": host, "x-forwarded-host": passed_on})
        assert answer.status_code == status


async def test_wrong_secrets_are_put_down_to_the_client(archive_path: Path) -> None:
    """Behind one server each client waits for its own; whoever writes the header itself gains nothing."""
    keys = Keys(password="open sesame")
    wrong, right = (
        {"authorization": f"Basic {b64encode(f'me:{text}'.encode()).decode()}"} for text in ("guess", "open sesame")
    )
    async with asked_by(FRONT, archive_path, keys=keys) as room:
        for number in range(10):
            await room.get("/", headers={**wrong, "x-forwarded-for": f"192.0.2.{number}, {STRANGER}"})
        for client, status in ((STRANGER, 429), (CLIENT, 200)):
            answer = await room.get("/healthz", headers={**right, "x-forwarded-for": client})
            assert answer.status_code == status


@pytest.mark.parametrize(
    ("told", "client"),
    [
        (CLIENT, CLIENT),
        (f"{STRANGER}, {CLIENT}", CLIENT),
        (f"{STRANGER}, {CLIENT}, {INNER}", CLIENT),
        (f"{CLIENT}:5151, {INNER}:80", CLIENT),
        ("[2001:db8::1]:5151", "2001:db8::1"),
        (f"::ffff:{CLIENT}", CLIENT),
        (f"{CLIENT}, unknown", FRONT),
        (f"{CLIENT}, unknown, {INNER}", INNER),
        (INNER, INNER),
        (", ".join([CLIENT, *[INNER] * 5_000]), INNER),
        ("", FRONT),
    ],
)
def test_the_client_is_the_last_address_that_is_not_trusted(told: str, client: str) -> None:
    assert seen(FRONT, {"x-forwarded-for": told})["client"][0] == client


def test_each_server_looked_past_has_said_its_own() -> None:
    """Apache adds to every header, nginx writes a new one; what stands before that came from the client."""
    listed = {"x-forwarded-for": f"{CLIENT}, {INNER}"}
    added = seen(FRONT, listed | {"x-forwarded-host": f"forged.example, {PUBLIC}, inner.example"})
    anew = seen(FRONT, listed | {"x-forwarded-host": PUBLIC, "x-forwarded-proto": "HTTPS"})
    assert dict(added["headers"])[b"host"] == dict(anew["headers"])[b"host"] == PUBLIC.encode()
    assert anew["scheme"] == "https"
    assert seen(FRONT, {"x-forwarded-proto": "ftp"})["scheme"] == "http"
    assert seen(STRANGER, PASSED_ON) == scope_of(STRANGER, PASSED_ON)


def scope_of(peer: str, headers: Mapping[str, str]) -> dict[str, Any]:
    pairs = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    return {"type": "http", "scheme": "http", "client": (peer, 1), "headers": [(b"host", b"127.0.0.1"), *pairs]}


def seen(peer: str, headers: Mapping[str, str]) -> Any:
    return PROXIES.seen_through(scope_of(peer, headers))


@given(st.dictionaries(st.sampled_from(sorted(PASSED_ON)), st.text(st.characters(max_codepoint=255), max_size=60)))
def test_whatever_is_passed_on_gets_an_answer(headers: dict[str, str]) -> None:
    """There is exactly one Host, a scheme and a client, whatever the headers hold."""
    scope = seen(FRONT, headers)
    assert [name for name, _ in scope["headers"]].count(b"host") == 1
    assert (scope["scheme"] in ("http", "https"), bool(scope["client"][0])) == (True, True)


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        (TRUSTED, "10.0.0.1/8", "host bits"),
        (TRUSTED, "127.0.0.1, nginx", '"nginx" is not a network'),
        (NAMES, "https://archive.example.org", "is no host name"),
        (NAMES, "a..b", "is no host name"),
        (NAMES, "*", "is no host name"),
        (NAMES, "zürich.example", "xn--"),
    ],
)
def test_what_is_no_address_or_name_is_told(variable: str, value: str, says: str) -> None:
    """With the variable that holds it."""
    with pytest.raises(ConfigError, match=says) as told:
        proxies_from({variable: value})
    assert variable in str(told.value)


def test_names_are_read_as_browsers_send_them() -> None:
    proxies = proxies_from({NAMES: " Archive.Example.ORG. ,, localhost ", TRUSTED: ""})
    assert sorted(proxies.names) == [PUBLIC, "localhost"]
    assert proxies.trusted == ()


def test_config_toml_tells_the_same() -> None:
    """What it leaves out stays as the environment has it."""
    web = WebSettings.model_validate({"trusted_proxies": ["10.0.0.0/24", "127.0.0.1"], "public_names": [PUBLIC]})
    assert proxies_from(front_variables(web)) == PROXIES
    assert front_variables(WebSettings()) == {}


def test_a_public_name_without_a_secret_is_told(archive_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """On stderr, whoever started the room; with a password there is nothing to tell."""
    for variables, is_told in ((VARIABLES, True), (VARIABLES | {PASSWORD: "open sesame"}, False)):
        with serving(archive_path, variables) as room:
            httpx.get(f"{room}/healthz")  # it has started when it answers
        assert ("warning: the reading room answers under a public name" in capfd.readouterr().err) is is_told


@pytest.fixture
def front(archive_path: Path, tmp_path: Path) -> Iterator[tuple[int, int]]:
    """nginx as docs/reading-room.md has it before a room: (its port, the room's)."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-keyout", "key.pem", "-out", "cert.pem", "-subj", f"/CN={PUBLIC}", "-addext", f"subjectAltName=DNS:{PUBLIC}"],
        cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip
    port = free_port()
    with serving(archive_path, {TRUSTED: "127.0.0.1", NAMES: PUBLIC, PASSWORD: "open sesame"}) as room:
        (tmp_path / "nginx.conf").write_text(configured(tmp_path, port, room))
        server = subprocess.Popen(["nginx", "-p", str(tmp_path), "-c", "nginx.conf", "-e", "stderr"])
        try:
            wait_for(port)
            yield port, int(room.rpartition(":")[2])
        finally:
            server.terminate()
            assert server.wait(timeout=20) == 0


def configured(folder: Path, port: int, room: str) -> str:
    """The page's own server, with the test's ports and certificate."""
    page = (Path(__file__).parents[1] / "docs" / "reading-room.md").read_text(encoding="utf-8")
    (server,) = re.findall(r"```nginx\n(.*?)```", page, re.DOTALL)
    for was, now in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("/etc/ssl/archive.pem", f"{folder}/cert.pem"),
        ("/etc/ssl/archive.key", f"{folder}/key.pem"),
        ("http://127.0.0.1:8001", room),
    ):
        assert was in server
        server = server.replace(was, now)
    places = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        "daemon off; master_process off; worker_processes 1; pid nginx.pid; error_log stderr;\n"
        f"events {{}}\nhttp {{ access_log off; gzip on; gzip_types application/atom+xml; {places}{server} }}\n"
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("nginx does not listen")


@pytest.mark.nginx
def test_nginx_as_documented(front: tuple[int, int], tmp_path: Path) -> None:
    """Over TLS under the public name: addresses, conditional requests through compression, mementos to the byte."""
    port, behind = front
    trusting = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
    public = f"https://{PUBLIC}:{port}"
    with httpx.Client(verify=trusting, base_url=f"https://127.0.0.1:{port}", auth=("me", "open sesame")) as client:

        def get(path: str, **headers: str) -> httpx.Response:
            named = {"host": f"{PUBLIC}:{port}", **{name.replace("_", "-"): text for name, text in headers.items()}}
            return client.get(path, headers=named, extensions={"sni_hostname": PUBLIC})

        feed = get(FEED)
        assert (feed.status_code, feed.headers["content-encoding"]) == (200, "gzip")
        assert self_link(feed.content) == f"{public}{FEED}"
        assert feed.headers["etag"].startswith("W/")
        assert get(FEED, if_none_match=feed.headers["etag"]).status_code == 304
        gate = get(f"/timegate/{address('courier')}")
        assert (gate.status_code, gate.headers["location"].startswith(f"{public}/web/")) == (302, True)
        memento = get(f"/web/{compact(LAST)}id_/{address('courier')}")
        with httpx.Client(base_url=f"http://127.0.0.1:{behind}", auth=("me", "open sesame")) as direct:
            assert memento.content == direct.get(f"/web/{compact(LAST)}id_/{address('courier')}").content
        assert (
            get("/healthz", x_forwarded_host="attacker.example", forwarded="host=attacker.example").status_code == 200
        )
        assert get("/healthz", host="attacker.example").status_code == 421
