"""Fault 36: an archived page full of scripts and beacons is looked at in a real browser, and nothing leaves."""

import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from storage.archive import Archive
from tests import made

ROOT = Path(__file__).parents[1]


@pytest.fixture
def beacon() -> Iterator[tuple[str, list[str]]]:
    """A server that nobody should ask: its address, and what it was asked for."""
    heard: list[str] = []

    class Listens(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_response(204)
            self.end_headers()

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listens)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", heard
    server.shutdown()
    thread.join()
    server.server_close()


def hostile(to: str) -> bytes:
    """A page that calls home in every way that needs no click."""
    return f"""<!doctype html><title>Calls home</title><meta http-equiv=refresh content="0;url={to}/refresh">
<link rel=stylesheet href="{to}/style"><link rel=preload as=image href="{to}/preload"><link rel=icon href="{to}/icon">
<style>@import "{to}/import"; body {{ background: url({to}/background) }}</style><script src="{to}/script"></script>
<script>fetch("{to}/fetch"); navigator.sendBeacon("{to}/beacon"); new Image().src = "{to}/image";
window.open("{to}/window"); location = "{to}/location";</script>
<body onload="fetch('{to}/onload')"><h1><a href="/news/bridge-opens" ping="{to}/ping">Bridge opens</a></h1>
<img src="{to}/img" srcset="{to}/srcset 2x" onerror="fetch('{to}/onerror')"><iframe src="{to}/iframe"></iframe>
<object data="{to}/object"></object><embed src="{to}/embed">
<video src="{to}/video" poster="{to}/poster" autoplay></video>
<form id=f action="{to}/form"></form><script>document.getElementById("f").submit()</script>""".encode()


def browse(url: str, folder: Path) -> str:
    """The page as headless Chromium has it after two seconds of its own time."""
    command = [
        "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=2000", "--dump-dom", url,
    ]  # fmt: skip
    return subprocess.run(command, check=True, timeout=90, capture_output=True, text=True).stdout


@pytest.mark.fault(36)
@pytest.mark.chromium
def test_an_archived_page_neither_runs_nor_calls_home(tmp_path: Path, beacon: tuple[str, list[str]]) -> None:
    """Scripts, styles, images, frames, forms, refreshes and pings of an archived page reach no beacon server."""
    address, heard = beacon
    with Archive(tmp_path / "archive.db") as archive:
        archive.file(archive.record(made.capture(made.NOON, hostile(address))).capture_id, made.page("bridge"))
    command = [sys.executable, "-m", "web.server", str(tmp_path / "archive.db"), "127.0.0.1", "0"]
    room = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert room.stdout
    try:
        home = room.stdout.readline().strip()
        shown = browse(f"{home}web/20261124120000/{made.URL}", tmp_path)
    finally:
        room.terminate()
        room.wait()
        room.stdout.close()
    assert "Bridge opens" in shown
    assert heard == []


@pytest.mark.fault(36)
@pytest.mark.chromium
def test_the_beacon_server_would_have_heard(tmp_path: Path, beacon: tuple[str, list[str]]) -> None:
    """A page that is opened as it is does call home, by the same browser: the test above can fail."""
    address, heard = beacon
    (tmp_path / "page.html").write_text(f'<h1>Bridge opens</h1><img src="{address}/img">')
    browse((tmp_path / "page.html").as_uri(), tmp_path)
    assert heard
