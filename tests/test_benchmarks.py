"""The benchmarks run: a tiny input, and no word about times."""

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.tables import table

ROOT = Path(__file__).parents[1]


def test_the_pipeline_is_measured_on_fictional_papers(tmp_path: Path) -> None:
    """Where there are no saved pages: every stage with its floor, as a table and as JSON."""
    out = tmp_path / "pipeline.json"
    options = ("--series", str(tmp_path / "none"), "--per-site", "1", "--rounds", "1", "--json", str(out))
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.pipeline", *options], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "captures/s with 2 reader workers" in done.stdout
    result = json.loads(out.read_text())
    assert [stage["stage"] for stage in result["stages"]] == ["fetch", "read", "record", "file"]
    assert result["pages"] == 7


def test_tables_are_aligned_with_numbers_to_the_right() -> None:
    """As wide as its widest cell, no spaces at the ends of lines."""
    told = table(("site", "bytes", "note"), [("npr", 12, ""), ("guardian-us", 1_234_567, "all"), ("bbc", 3, "")])
    assert told.splitlines() == [
        "site             bytes  note",
        "npr                 12",
        "guardian-us  1,234,567  all",
        "bbc                  3",
    ]


def test_many_sites_are_measured() -> None:
    """The start of a daemon with fifty sites, and how late they are."""
    command = [sys.executable, "-m", "benchmarks.many_sites", "--sites", "50", "--slots", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "50 sites: start" in done.stdout
