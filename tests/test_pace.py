"""Turns at a server: evenly, held when asked to, shared by every run that has the file, whatever becomes of others."""

import asyncio
import os
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from threading import Thread

import pytest

from schedules import pace
from schedules.pace import Pace, SharedFreeAt
from tests.hostile import FakeTime

ROOT = Path(__file__).parents[1]
TURNS = """
import asyncio, sys, time
from pathlib import Path
from schedules.pace import Pace, SharedFreeAt

looks = []

def look():
    looks.append(time.monotonic())
    return looks[-1]

async def take(own):
    for _ in range(10):
        await own.turn()
        print(looks[-1], flush=True)

asyncio.run(take(Pace(0.02, free_at=SharedFreeAt(Path(sys.argv[1]), "web.archive.example mementos"), monotonic=look)))
"""
HOLDER = """
import fcntl, sys, time
from pathlib import Path
from schedules.pace import _locked
with _locked(Path(sys.argv[1])):
    print("locked", flush=True)
    time.sleep(600)
"""


def shared(file: Path, clock: FakeTime, *, name: str = "web.archive.example mementos") -> Pace:
    return Pace(2.0, free_at=SharedFreeAt(file, name), monotonic=clock.monotonic, sleep=clock.sleep)


async def test_runs_that_share_a_file_share_their_turns(tmp_path: Path) -> None:
    """One after another, two seconds apart, whoever asks; another server or another kind of request has its own."""
    clock = FakeTime()
    one, other = shared(tmp_path / "pace", clock), shared(tmp_path / "pace", clock)
    begun = clock.monotonic()
    for own in (one, other, one, one, other):
        await own.turn()
    assert clock.monotonic() - begun == 8
    await shared(tmp_path / "pace", clock, name="web.archive.example listings").turn()
    assert clock.monotonic() - begun == 8


async def test_a_hold_holds_the_others_too(tmp_path: Path) -> None:
    """A server that refuses one run wants to be left alone by all, also when that run is over."""
    clock = FakeTime()
    shared(tmp_path / "pace", clock).hold(90)
    begun = clock.monotonic()
    await shared(tmp_path / "pace", clock).turn()
    assert clock.monotonic() - begun == 90


def test_processes_take_turns(tmp_path: Path) -> None:
    """Two of them, ten turns each: no two turns are closer than the interval."""
    command = (sys.executable, "-c", TURNS, str(tmp_path / "pace"))
    runs = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    turns = sorted(float(line) for run in runs for line in run.communicate()[0].splitlines())
    assert len(turns) == 20
    assert all(later - earlier >= 0.02 - 1e-9 for earlier, later in pairwise(turns))


def test_a_run_that_is_killed_with_the_file_in_its_hands_holds_nobody_up(tmp_path: Path) -> None:
    """The lock is the kernel's."""
    command = (sys.executable, "-c", HOLDER, str(tmp_path / "pace"))
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "locked\n"
        turn = Thread(target=asyncio.run, args=(shared(tmp_path / "pace", FakeTime()).turn(),))
        turn.start()
        holder.send_signal(signal.SIGKILL)
        turn.join()


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"boot": 1}', b"\0" * 99, b'{"boot": "", "free_at": {"web.archive.example mementos": "x"}}',
     b'{"boot": "before", "free_at": {"web.archive.example mementos": 1e300}}', b"[" * 70_000],
)  # fmt: skip
async def test_what_a_torn_or_old_file_says_counts_as_nothing(tmp_path: Path, content: bytes) -> None:
    """Also what it says of the time before the machine was started."""
    (tmp_path / "pace").write_bytes(content)
    clock = FakeTime()
    begun = clock.monotonic()
    own = shared(tmp_path / "pace", clock)
    await own.turn()
    assert clock.monotonic() == begun
    await own.turn()
    assert clock.monotonic() == begun + 2


async def test_a_time_far_off_is_one_of_another_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system does not say when it was started."""
    monkeypatch.setattr(pace, "BOOT_ID", tmp_path / "none")
    clock = FakeTime()
    SharedFreeAt(tmp_path / "pace", "web.archive.example mementos").change(lambda _: clock.monotonic() + 9_999)
    begun = clock.monotonic()
    await shared(tmp_path / "pace", clock).turn()
    assert clock.monotonic() == begun


async def test_servers_that_were_asked_long_ago_are_forgotten(tmp_path: Path) -> None:
    """The file does not grow with the servers that there ever were."""
    clock = FakeTime()
    for number in range(20):
        await shared(tmp_path / "pace", clock, name=f"{number}.example mementos").turn()
        await clock.sleep(3_600)
    assert (tmp_path / "pace").read_text().count("mementos") == 2


@pytest.mark.parametrize("kind", ["link", "folder", "nowhere"])
async def test_a_file_that_cannot_be_had_leaves_each_run_its_own_turns(tmp_path: Path, kind: str) -> None:
    """A link that somebody laid for us is not followed; it is told, and the run goes on at its own pace."""
    file = tmp_path / "pace" if kind != "nowhere" else tmp_path / "no" / "pace"
    if kind == "link":
        file.symlink_to(tmp_path / "precious")
    if kind == "folder":
        file.mkdir()
    clock = FakeTime()
    own, other = shared(file, clock), shared(file, clock)
    begun = clock.monotonic()
    for turns in (own, own, other):
        await turns.turn()
    assert clock.monotonic() == begun + 2
    assert not (tmp_path / "precious").exists()


def test_the_file_is_its_owner_s(tmp_path: Path) -> None:
    """Nobody else may write there, and its name says whose it is."""
    SharedFreeAt(tmp_path / "pace", "x").change(lambda free_at: free_at)
    assert (tmp_path / "pace").stat().st_mode & 0o777 == 0o600
    assert str(os.getuid()) in pace.pace_file().name
