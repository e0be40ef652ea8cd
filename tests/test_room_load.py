"""Fault 39: many slow clients and heavy questions at once are the reading room's own trouble, never the captures'."""

import asyncio
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import pytest
import uvicorn

from scraper import read_front_page
from scraper.model import Capture, Origin
from storage.archive import Archive
from tests.past_papers import LAST, address, archive_of
from tests.rooms import serving
from web import connections
from web.connections import Connection

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
SLOW_CLIENTS, HEAVY = 60, 12
PAGE = b"<html><body><h1><a href='/storm'>Storm closes the harbour, hour %d</a></h1><p>Ferries stay in port.</p></html>"


@pytest.fixture(scope="module")
def archive_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A day of two papers."""
    return archive_of(tmp_path_factory.mktemp("load") / "papers.db", ("courier", "almina"), every=timedelta(hours=1))


@contextmanager
def asking(room: str, path: str) -> Iterator[socket.socket]:
    """A connection that has asked for a page and reads nothing of it."""
    parts = urlsplit(room)
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1_024)
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
        yield client


@pytest.mark.fault(39)
def test_fault_39_captures_go_on_beside_a_room_under_load(archive_path: Path) -> None:
    """Sixty clients that read nothing and a dozen endless queries: each capture is written at once, the log of writes
    stays small, and a page still comes."""
    with serving(archive_path) as room, Archive(archive_path) as archive, ExitStack() as clients:
        for number in range(SLOW_CLIENTS):
            clients.enter_context(asking(room, ("/site/courier?over=all", "/search.csv?q=the", "/")[number % 3]))
        for _ in range(HEAVY):
            clients.enter_context(asking(room, f"/archive.json?sql={quote(ENDLESS)}"))
        slowest = 0.0
        for hour in range(40):
            began = time.monotonic()
            write(archive, hour)
            slowest = max(slowest, time.monotonic() - began)
        answer = httpx.get(f"{room}/site/courier.json", trust_env=False, timeout=30)
        assert answer.status_code == 200
        archive.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        log = archive_path.with_name(f"{archive_path.name}-wal")
        assert log.stat().st_size < 1_000_000  # no reader holds on to a state of the past
    assert slowest < 5


def write(archive: Archive, hour: int) -> None:
    body = PAGE % hour
    url = address("courier")
    capture = Capture(
        site="courier", origin=Origin.LIVE, url=url, instant=LAST + timedelta(hours=1 + hour), status=200, body=body
    )
    archive.file(archive.record(capture).capture_id, read_front_page(body, url))


def test_a_room_of_a_daemon_gives_way(archive_path: Path) -> None:
    """Its process is less urgent than the daemon's."""
    room = subprocess.Popen(
        [sys.executable, "-m", "web.server", str(archive_path), "127.0.0.1", "0"],
        stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1],
    )  # fmt: skip
    assert room.stdout is not None
    assert room.stdout.readline().startswith("http://")
    assert os.getpriority(os.PRIO_PROCESS, room.pid) > os.getpriority(os.PRIO_PROCESS, 0)
    room.send_signal(signal.SIGTERM)
    room.wait(timeout=20)
    room.stdout.close()


@asynccontextmanager
async def serving_much(size: int) -> AsyncIterator[tuple[str, int]]:
    """A server of our connections, whose every answer is so long."""

    async def answer(scope: object, receive: object, send: object) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[operator]
        await send({"type": "http.response.body", "body": b"x" * size})  # type: ignore[operator]

    config = uvicorn.Config(answer, http=Connection, ws="none", lifespan="off", log_level="error")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        task = asyncio.create_task(server.serve([listener]))
        yield listener.getsockname()[:2]
        server.should_exit = True
        await task


async def test_whoever_says_nothing_or_reads_nothing_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a request, or ten megabytes that nobody reads; the one who reads gets everything meanwhile."""
    monkeypatch.setattr(connections, "PATIENCE_S", 0.2)
    async with serving_much(10_000_000) as (host, port):
        with socket.create_connection((host, port)) as half, asking(f"http://{host}:{port}", "/") as unread:
            half.sendall(b"GET / HTTP/1.1\r\nHost:")
            reader, asker = await asyncio.open_connection(host, port)
            asker.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert len(await asyncio.wait_for(reader.read(), 10)) > 10_000_000
            asker.close()
            assert await asyncio.to_thread(is_cut_off, half)
            assert await asyncio.to_thread(is_cut_off, unread)


def is_cut_off(client: socket.socket) -> bool:
    """Whether the other side has ended the connection within ten seconds, without anything being read of it."""
    poll = select.poll()
    poll.register(client, select.POLLRDHUP)
    return bool(poll.poll(10_000))
