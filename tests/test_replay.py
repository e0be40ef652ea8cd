"""The replay of saved front pages: what the daemon saw, killed on the way, is what the files say; its checks bite."""

import asyncio
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks.replay_checks import check_archive, check_sites, complaints
from benchmarks.replay_plan import Series, acts, take
from benchmarks.replay_run import Kill, Replay, Stage
from demo.library import paper
from scraper.instants import epoch
from tests.made import NOON

ROOT = Path(__file__).parents[1]


def series(slug: str, *minutes: float) -> Series:
    """States so many minutes after noon, without their pages."""
    files = {NOON + timedelta(minutes=after): Path(slug) for after in minutes}
    return Series(slug=slug, folder=Path(slug), files=files)


def save_pages(folder: Path, count: int) -> Path:
    """A fictional paper's front page, saved every seven hours."""
    courier = paper("courier")
    folder.mkdir()
    for number in range(count):
        instant = NOON + timedelta(hours=7 * number, seconds=number)
        (folder / f"{instant:%Y%m%dT%H%M%S}.html").write_bytes(courier.page(instant).body)
    return folder


def test_series_that_overlap_are_one_act() -> None:
    """A series that begins after all before it have ended has an act of its own."""
    found = acts([series("late", 500, 600), series("first", 0, 100), series("second", 90, 400)])
    assert [[one.slug for one in act.series] for act in found] == [["first", "second"], ["late"]]
    assert [len(act.moments) for act in found] == [4, 2]


def test_a_state_finds_a_slot_that_no_moment_has_used_up() -> None:
    """Two states in an hour take half hours; a moment of another site within its minute takes seconds."""
    [alone] = acts([series("alone", 1, 31)])
    assert alone.schedules["alone"].cron == "*/30 * * * *"
    [both] = acts([series("disturbed", 1, 31.5), series("disturbing", 2, 31.25)])
    assert both.schedules["disturbed"].every == 30


def test_a_log_tells_of_faults_but_not_of_readers_that_never_began() -> None:
    """A process that was to become one finds its daemon killed, and Python prints why it ends."""
    began = 'Traceback (most recent call last):\n  File "reader.py", line 9, in _read\nValueError: odd'
    orphan = (
        'Traceback (most recent call last):\n  File "<string>", line 1, in <module>\n  File "spawn.py", in spawn_main'
    )
    refused = '{"event": "failed", "level": "error"}'
    log = "\n".join(['{"event": "visit", "level": "info"}', orphan, "FileNotFoundError", refused, began])
    assert list(complaints(log)) == [refused, began.partition("\n")[0]]


@pytest.mark.fault(23)
def test_a_replay_is_without_fault_and_a_changed_file_is_found(tmp_path: Path) -> None:
    """Killed at each stage, the daemon sees what the files say; of a file that says something else, all checks tell."""
    pages = take(save_pages(tmp_path / "courier", 5), tmp_path / "pages")
    replay = Replay(acts([pages]), tmp_path, kills=3)
    asyncio.run(replay.run())
    assert [kill.stage for kill in replay.kills] == list(Stage)
    [found] = check_sites(replay)
    assert (found.captured, found.shown, found.equal, found.faults) == (5, 5, 5, [])
    assert list(check_archive(replay)) == []

    changed = pages.files[pages.instants[2]]
    changed.write_text(changed.read_text().replace("</h2>", " and more</h2>").replace("</h3>", " and more</h3>"))
    replay.backfilled.unlink()
    [found] = check_sites(replay)
    assert (found.captured, found.shown, found.equal) == (4, 4, 4)
    assert [fault.partition("Z: ")[2].split()[0] for fault in found.faults] == ["not", "show", "reads"]

    lost = frozenset({("courier", epoch(NOON) + 1, "http://127.0.0.1/", "00")})
    replay.kills.append(Kill(moment=NOON, stage=Stage.LOOKED, held=lost, unfinished=0))
    assert list(check_archive(replay)) == [
        "courier: the capture of 2026-11-24T12:00:01Z was lost by the kill at 2026-11-24T12:00:00Z"
    ]


@pytest.mark.shared
def test_real_front_pages_are_replayed_without_fault(tmp_path: Path) -> None:
    """Three sites, eight states each, the daemon killed at each stage of its work."""
    command = [sys.executable, "-m", "benchmarks.replay", "--quick", "--kills", "3", "--work", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "faults: 0" in done.stdout
