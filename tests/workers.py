"""The reader workers of this process, to be killed by tests and soaks."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

PATIENCE_S = 30.0


def workers() -> Iterator[tuple[int, str]]:
    """(pid, state) of this process's spawned workers: R runs, S sleeps."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            if int(parent) == os.getpid() and b"spawn_main" in (folder / "cmdline").read_bytes():
                yield int(folder.name), state
        except OSError:
            continue


def kill_when(is_so: Callable[[str], bool], *, looks: int = 1) -> None:
    """SIGKILL the workers that are in such a state, once some were at so many looks in a row (some ms each).

    Raises TimeoutError where none ever is: its reading may have ended meanwhile.
    """
    found: list[int] = []
    seen = 0
    began = time.monotonic()
    while seen < looks:
        if time.monotonic() - began > PATIENCE_S:
            raise TimeoutError("no worker is in that state")
        found = [pid for pid, state in workers() if is_so(state)]
        seen = seen + 1 if found else 0
        os.sched_yield()
    for pid in found:
        os.kill(pid, signal.SIGKILL)
