"""What must be true after a replay: each check yields the faults it found, in words."""

import hashlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from click.testing import CliRunner

from benchmarks.replay_plan import Act, Series, config
from benchmarks.replay_run import ROOT, Failure, Replay, held, rows
from frontpage import frontpage
from schedules.ledger import INTERRUPTED
from schedules.slots import Schedule
from scraper.instants import epoch, from_epoch, iso
from storage.captures import unread
from storage.schema import connect_readonly

OF_SHOW_ALONE: Final = ("site", "captured_at", "origin", "edition", "capture", "age_s")


@dataclass(kw_only=True)
class Findings:
    """One site's line of the report, and its faults."""

    series: Series
    schedule: Schedule
    captured: int = 0
    shown: int = 0
    equal: int = 0
    between: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    raw: int = 0
    stored: int = 0
    faults: list[str] = field(default_factory=list)

    def fault(self, what: str, instant: datetime) -> None:
        self.faults.append(f"{self.series.slug} at {iso(instant)}: {what}")


def check_sites(replay: Replay) -> list[Findings]:
    """All that is checked site by site."""
    config_file = replay.work / "backfilled.toml"
    config_file.write_text(config(replay.acts, archive=replay.backfilled.name, urls=replay.urls))
    found = []
    for act in replay.acts:
        for series in act.series:
            findings = Findings(series=series, schedule=act.schedules[series.slug])
            _check_captured(replay.archive, findings)
            _check_shown(replay.archive, config_file, findings)
            _check_equal(replay, config_file, findings)
            _check_ledger(replay.archive, act, findings)
            _measure(replay.archive, findings)
            found.append(findings)
    return found


def check_archive(replay: Replay) -> Iterator[str]:
    """What is checked of the archive as a whole."""
    at_end = held(replay.archive)
    for kill in replay.kills:
        for site, instant, *_ in sorted(kill.held - at_end):
            yield f"{site}: the capture of {iso(from_epoch(instant))} was lost by the kill at {iso(kill.moment)}"
    for (site, instant), count in Counter(one[:2] for one in at_end).items():
        if count > 1:
            yield f"{site}: {count} captures of {iso(from_epoch(instant))}"
    with closing(connect_readonly(replay.archive)) as connection:
        if left := unread(connection):
            yield f"captures that nobody read: {len(left)}"
    if (answer := rows(replay.archive, "PRAGMA integrity_check")) != [("ok",)]:
        yield f"integrity_check: {answer}"
    if broken := rows(replay.archive, "PRAGMA foreign_key_check"):
        yield f"foreign_key_check: {broken}"
    for line in complaints(replay.log.read_text(encoding="utf-8")):
        yield f"the daemon logged {line}"


def complaints(log: str) -> Iterator[str]:
    """The lines of a log that tell of a fault.

    None is that a process was to become a reader when its daemon was killed, and finds nothing of it any more.
    """
    lines = log.splitlines()
    for number, line in enumerate(lines):
        orphaned = any("in spawn_main" in frame for frame in lines[number + 1 : number + 3])
        if '"level": "error"' in line or (line.startswith("Traceback") and not orphaned):
            yield line


def _check_captured(archive: Path, findings: Findings) -> None:
    """Every state was captured, at its own second, byte for byte."""
    query = """
        SELECT instant, lower(hex(sha256)) FROM captures
        JOIN sites ON sites.id = site_id JOIN bodies ON bodies.id = body_id WHERE slug = ? AND status = 200
    """
    captured = {(instant, sha256) for instant, sha256 in rows(archive, query, findings.series.slug)}
    for instant, file in findings.series.files.items():
        sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
        if (epoch(instant), sha256) in captured:
            findings.captured += 1
        else:
            findings.fault("not captured", instant)


def _check_shown(archive: Path, config_file: Path, findings: Findings) -> None:
    """`show --at` of a state is `parse` of its file, field by field."""
    series = findings.series
    for instant, file in series.files.items():
        at = ("--at", iso(instant), "--json")
        shown = _asked("show", series.slug, *at, "--archive", str(archive))
        parsed = _asked("--config", str(config_file), "parse", str(file), "--site", series.slug, *at)
        if shown["captured_at"] != iso(instant):
            findings.fault(f"show gives {shown['captured_at']}", instant)
        elif differing := [key for key in parsed if parsed[key] != shown[key]] or set(shown) ^ {
            *parsed,
            *OF_SHOW_ALONE,
        }:
            findings.fault(f"show and parse differ in {', '.join(sorted(differing))}", instant)
        else:
            findings.shown += 1


def _asked(*arguments: str) -> Any:
    """What a verb prints."""
    result = CliRunner().invoke(frontpage, arguments, catch_exceptions=False)
    return json.loads(result.output)


def _check_equal(replay: Replay, config_file: Path, findings: Findings) -> None:
    """The readings of the states are those of a backfill of their files; a look between is that of the state before."""
    series = findings.series
    _run("--config", str(config_file), "backfill", "files", series.slug, str(series.folder))
    expected = _readings(replay.backfilled, series.slug)
    states = {iso(instant) for instant in series.instants}
    last = ""
    for captured_at, line in _readings(replay.archive, series.slug).items():
        if captured_at in states:
            last = line
            if line == expected.pop(captured_at, ""):
                findings.equal += 1
            else:
                findings.faults.append(f"{series.slug} at {captured_at}: reads otherwise than the backfill")
        elif _but_for_time(line) == _but_for_time(last):
            findings.between += 1
        else:
            findings.faults.append(f"{series.slug} at {captured_at}: reads otherwise than the state before")
    findings.faults += (f"{series.slug} at {captured_at}: only in the backfill" for captured_at in expected)


def _run(*arguments: str) -> None:
    command = [sys.executable, "-m", "frontpage", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failure(f"frontpage {' '.join(arguments)}: {done.stderr}")


def _readings(archive: Path, slug: str) -> dict[str, str]:
    """The lines of `export readings --format jsonl` by their instant."""
    file = archive.with_name(f"{archive.stem}-{slug}.jsonl")
    arguments = ("export", "readings", "--format", "jsonl", "--site", slug, "--archive", str(archive))
    CliRunner().invoke(frontpage, [*arguments, "-o", str(file)], catch_exceptions=False)
    lines = file.read_text(encoding="utf-8").split("\n")[:-1]  # splitlines would split at U+2028 in a headline
    return {json.loads(line)["captured_at"]: line for line in lines}


def _but_for_time(line: str) -> Any:
    reading = json.loads(line) if line else {}
    reading.pop("captured_at", None)
    return reading


def _check_ledger(archive: Path, act: Act, findings: Findings) -> None:
    """Every slot of the act has exactly one row."""
    query = "SELECT due_at, outcome, error FROM visits JOIN sites ON sites.id = site_id WHERE slug = ?"
    told = rows(archive, query, findings.series.slug)
    dues = Counter(due_at for due_at, *_ in told)
    findings.outcomes.update("interrupted" if error == INTERRUPTED else str(outcome) for _, outcome, error in told)
    for slot in _slots(findings.schedule, act.moments):
        if (count := dues.pop(epoch(slot), 0)) != 1:
            findings.fault(f"a slot with {count} rows in the ledger", slot)
    findings.faults += (f"{findings.series.slug}: a row for {due_at}, which is no slot" for due_at in dues)


def _slots(schedule: Schedule, moments: Sequence[datetime]) -> Iterator[datetime]:
    first = schedule.last(moments[0])
    assert first is not None
    return schedule.between(first - timedelta(seconds=1), moments[-1])


def _measure(archive: Path, findings: Findings) -> None:
    """The bytes of the site's bodies, as served and as kept."""
    query = """
        SELECT sum(size), sum(length(data)) FROM bodies WHERE id IN (
            SELECT body_id FROM captures JOIN sites ON sites.id = site_id WHERE slug = ? AND status = 200
        )
    """
    [(raw, stored)] = rows(archive, query, findings.series.slug)
    findings.raw, findings.stored = int(str(raw)), int(str(stored))
