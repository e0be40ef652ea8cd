"""A reading room over an archive in a process of its own, as a browser or another archive meets it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from scraper.config import Site
from storage.archive import Archive
from tests.made import NOON

HOUR_S = 3_600


@contextmanager
def serving(archive: Path, variables: Mapping[str, str] | None = None) -> Iterator[str]:
    """The address of a reading room, without a slash at its end; it has to end cleanly when it is told to.

    `variables` of the environment hold its secrets, and the servers that are in front of it.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "web.server", str(archive), "127.0.0.1", "0"],
        stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1], env={**os.environ, **(variables or {})},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip().rstrip("/")
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
        process.stdout.close()


def described(archive: Archive, slug: str, name: str, url: str, zone: str = "UTC") -> None:
    """A site without a configuration."""
    site = SimpleNamespace(slug=slug, name=name, url=url, timezone=zone, schedule="*/15 * * * *", every=0)
    archive.describe(cast("Site", site), gap=6 * HOUR_S, at=NOON)
