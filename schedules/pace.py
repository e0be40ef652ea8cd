"""How fast a server is asked: evenly, never faster than its limit, and not at all while it wants to be left alone."""

import asyncio
import fcntl
import json
import math
import os
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import structlog

log = structlog.get_logger()

LONGEST_S = 7_200.0  # no hold is longer than an hour: what a file says beyond it comes from before a restart
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")  # of Linux; elsewhere a restart is told by LONGEST_S alone
MAX_BYTES = 65_536


class FreeAt(Protocol):
    """When a server may be asked again, in monotonic seconds, which on one machine are the same for every process."""

    def change(self, to: Callable[[float], float]) -> float:
        """Set it to what `to` makes of it; what it was."""
        ...


class OwnFreeAt:
    """Known to this process alone."""

    def __init__(self) -> None:
        self._value = -math.inf

    def change(self, to: Callable[[float], float]) -> float:
        before, self._value = self._value, to(self._value)
        return before


class SharedFreeAt:
    """Known to every run that has the file: one instant of many in there, by a name.

    The file is locked (flock) for as long as it is read and written. The kernel drops a killed process's lock, and what
    such a process left half written counts as nothing. Where the file cannot be had it is told once, and each run has
    its own.
    """

    def __init__(self, file: Path, name: str) -> None:
        self._file, self._name = file, name
        self._own = OwnFreeAt()

    def change(self, to: Callable[[float], float]) -> float:
        if not self._file.name:
            return self._own.change(to)
        try:
            with _locked(self._file) as descriptor:
                times = _read(descriptor)
                before = times.pop(self._name, -math.inf)
                after = to(before)
                recent = {name: value for name, value in times.items() if value > after - LONGEST_S}
                _write(descriptor, recent | {self._name: after})
        except OSError as error:
            log.warning("other runs do not know of this one", file=str(self._file), error=error.strerror)
            self._file = Path()
            return self._own.change(to)
        return before


class Pace:
    """Turns `interval_s` seconds apart, shared by everyone who asks; `monotonic` and `sleep` are the machine's own."""

    def __init__(
        self,
        interval_s: float,
        *,
        free_at: FreeAt | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.interval_s = interval_s
        self._free_at = free_at or OwnFreeAt()
        self._monotonic, self._sleep = monotonic, sleep

    async def turn(self) -> None:
        """Wait for the next turn, and take it; after a `hold` that came meanwhile, wait on."""
        while (wait_s := self._take()) > 0:
            await self._sleep(wait_s)

    def hold(self, seconds: float) -> None:
        """No turn for so many seconds from now."""
        held_until = self._monotonic() + seconds
        self._free_at.change(lambda free_at: max(free_at, held_until))

    def _take(self) -> float:
        """Take the turn that there is, 0; or how many seconds it is away."""
        now = self._monotonic()
        after = now + self.interval_s
        free_at = self._free_at.change(lambda free_at: free_at if self._is_away(free_at, now) else after)
        return free_at - now if self._is_away(free_at, now) else 0.0

    def _is_away(self, free_at: float, now: float) -> bool:
        return now < free_at <= now + max(LONGEST_S, self.interval_s)


def pace_file() -> Path:
    """Where this user's runs on this machine know of each other, if the configuration names no other file."""
    return Path(tempfile.gettempdir()) / f"frontpage-archive-{os.getuid()}.pace"


@contextmanager
def _locked(file: Path) -> Iterator[int]:
    """The open file, for this process alone. A link, or what another user put there, is refused (OSError)."""
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(file, flags, 0o600)
    try:
        if os.fstat(descriptor).st_uid != os.getuid():
            raise PermissionError(1, "belongs to somebody else")
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _read(descriptor: int) -> dict[str, float]:
    """Instants by name; none where the machine was started since."""
    try:
        told = json.loads(os.pread(descriptor, MAX_BYTES, 0).partition(b"\n")[0])
        return {str(name): float(value) for name, value in told["free_at"].items()} if told["boot"] == _boot() else {}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}


def _write(descriptor: int, times: dict[str, float]) -> None:
    line = json.dumps({"boot": _boot(), "free_at": times}).encode() + b"\n"
    os.pwrite(descriptor, line, 0)  # whole, before what may be left behind it is cut off
    os.ftruncate(descriptor, len(line))


def _boot() -> str:
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""
