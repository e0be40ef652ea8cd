"""Rules for every test: no traffic off this machine; what needs a missing tool is skipped with a reason."""

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import structlog

from tests import pywb, readonly
from tests.axe import AXE

hypothesis.settings.register_profile("noisy machines", deadline=None)  # no test is timed
hypothesis.settings.load_profile("noisy machines")

SHARED = Path(__file__).parents[2] / "shared"
NEEDS: dict[str, tuple[Callable[[], bool], str]] = {
    "chromium": (lambda: shutil.which("chromium") is not None, "chromium is not installed"),
    "namespaces": (readonly.is_possible, "this machine lets nobody make a mount namespace"),
    "nginx": (lambda: bool(shutil.which("nginx") and shutil.which("openssl")), "nginx or openssl is not installed"),
    "node": (AXE.exists, "axe-core is not in .axe/"),
    "pywb": (pywb.is_installed, "pywb is neither in .pywb/ nor on the path"),
    "systemd": (lambda: shutil.which("systemd-analyze") is not None, "systemd is not installed"),
    "wget": (lambda: shutil.which("wget") is not None, "wget is not installed"),
    "shared": (SHARED.is_dir, "the labelled pages beside the repository are absent"),
}
UNBROUGHT = {"namespaces", "shared"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what cannot run here; with REQUIRE_ALL=1 only what no package brings may be absent."""
    require_all = os.environ.get("REQUIRE_ALL") == "1"
    for item in items:
        for name, (present, reason) in NEEDS.items():
            if item.get_closest_marker(name) and not present() and (name in UNBROUGHT or not require_all):
                item.add_marker(pytest.mark.skip(reason=reason))


def _is_local(address: Any) -> bool:
    if not isinstance(address, tuple):
        return True  # a Unix socket's path
    host = address[0]
    if host in ("", "localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every socket that would leave the machine."""

    def guarded(real: Any) -> Any:
        def connect(self: socket.socket, address: Any) -> Any:
            if self.family != socket.AF_UNIX and not _is_local(address):
                raise AssertionError(f"a test tried to reach {address!r}")
            return real(self, address)

        return connect

    real_getaddrinfo = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and not _is_local((name, 0)):
            raise AssertionError(f"a test tried to look up {name!r}")
        return real_getaddrinfo(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, guarded(getattr(socket.socket, name)))


@pytest.fixture(autouse=True)
def own_log() -> Iterator[None]:
    """A test that runs a verb in this process sets the log's stream, which ends with the test."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def shared() -> Path:
    return SHARED
