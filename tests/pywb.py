"""A real pywb on loopback, over WARC files."""

import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
PATIENCE_S = 60.0
COLLECTION = "papers"


def command(name: str) -> str | None:
    """One of pywb's programs: from the environment that .ci/run makes for it, or from the path."""
    own = ROOT / ".pywb" / "bin" / name
    return str(own) if own.exists() else shutil.which(name)


def is_installed() -> bool:
    return command("wb-manager") is not None and command("wayback") is not None


@contextmanager
def serving(folder: Path, *warcs: Path) -> Iterator[str]:
    """Replays the files' records; the address of their collection."""
    manager = command("wb-manager")
    assert manager
    for arguments in (["init", COLLECTION], ["add", COLLECTION, *map(str, warcs)]):
        subprocess.run([manager, *arguments], cwd=folder, check=True, capture_output=True)
    with _running(folder) as address:
        yield address


@contextmanager
def remote(folder: Path, archive: str) -> Iterator[str]:
    """Replays what another archive has, by its TimeGate and TimeMap; the address of the collection."""
    (folder / "config.yaml").write_text(
        "collections:\n"
        f"  {COLLECTION}:\n"
        "    index:\n"
        "      type: memento\n"
        f"      timegate_url: {archive}/timegate/{{url}}\n"
        f"      timemap_url: {archive}/timemap/link/{{url}}\n"
        f"      replay_url: {archive}/web/{{timestamp}}id_/{{url}}\n"
    )
    with _running(folder) as address:
        yield address


@contextmanager
def _running(folder: Path) -> Iterator[str]:
    server = command("wayback")
    assert server
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [server, "--bind", "127.0.0.1", "--port", str(port)],
        cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for(f"{base}/{COLLECTION}/cdx?url=nothing.example&limit=1", process)
        yield f"{base}/{COLLECTION}"
    finally:
        process.terminate()
        process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Until it answers anything at all."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        assert process.poll() is None, "pywb ended"
        assert time.monotonic() < deadline, "pywb did not start"
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
