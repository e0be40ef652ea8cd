"""The benchmarks run: a tiny input, and no word about times."""

import json
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.charts import log_chart
from benchmarks.questions_archive import Churn, build, differing_spans
from benchmarks.questions_asked import QUESTIONS
from benchmarks.questions_words import Words
from benchmarks.tables import table
from scraper.urls import story_id
from storage.queries import leads, show
from storage.schema import connect_readonly
from storage.search import search

ROOT = Path(__file__).parents[1]


def run(module: str, *options: str) -> str:
    """What a benchmark prints."""
    done = subprocess.run(
        [sys.executable, "-m", module, *options], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_pipeline_is_measured_on_fictional_papers(tmp_path: Path) -> None:
    """Where there are no saved pages: every stage with its floor, as a table and as JSON."""
    out = tmp_path / "pipeline.json"
    options = ("--series", str(tmp_path / "none"), "--per-site", "1", "--rounds", "1", "--json", str(out))
    told = run("benchmarks.pipeline", *options)
    assert "captures/s with 2 reader workers" in told
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
    assert "50 sites: start" in run("benchmarks.many_sites", "--sites", "50", "--slots", "1")


def test_an_archive_is_measured_beside_git(tmp_path: Path) -> None:
    """Bodies and readings of a fictional paper, where there are no saved pages."""
    out = tmp_path / "storage.json"
    told = run("benchmarks.storage", "--series", str(tmp_path / "none"), "--close", "5", "--json", str(out))
    assert "repacked beats git" in told
    result = json.loads(out.read_text())
    (bodies,), (readings,) = result["bodies"], result["readings"]
    assert bodies["captures"] == 12
    assert 0 < bodies["repacked"] <= bodies["written"] < bodies["raw"]
    assert bodies["git"] > 0
    assert readings["close_captures"] == 4
    assert readings["close_bytes"] == pytest.approx(sum(readings["tables"].values()))


def test_questions_are_measured_and_documented(tmp_path: Path) -> None:
    """Every question in archives of two sizes; a second run finds them, and renews table and chart."""
    options = ("--sites", "2", "--rounds", "2", "--cache", str(tmp_path), "--docs", str(tmp_path / "docs"))
    run("benchmarks.questions", "--captures", "40", *options)
    told = run("benchmarks.questions", "--captures", "40,80", *options)
    assert all(question.name in told for question in QUESTIONS)
    page = (tmp_path / "docs" / "benchmarks.md").read_text()
    assert page.count("| show at an instant |") == 1
    assert "| 160 captures |" in page
    assert ElementTree.parse(tmp_path / "docs" / "questions.svg").getroot().tag.endswith("svg")


def test_an_invented_archive_is_what_an_archive_would_keep(tmp_path: Path) -> None:
    """Its spans are those that follow from its observations, also across outages; its pages can be shown and found."""
    path = tmp_path / "invented.db"
    build(path, sites=2, captures=40, churn=Churn(outage_every=7), words=Words(tokens=50_000))
    with closing(connect_readonly(path)) as connection:
        assert [differing_spans(connection, site_id) for site_id in (1, 2)] == [0, 0]
        shown = show(connection, "paper-002", datetime(2027, 1, 1, tzinfo=UTC))
        assert shown.page.lead
        assert len(shown.page.stories) == 105
        story = story_id("paper-002", shown.page.lead.canonical)
        assert story in {hit.story for hit in search(connection, f'"{shown.page.lead.headline}"')}
        assert sum(lead.seen.captures for lead in leads(connection, "paper-002")) == 40


def test_a_chart_has_a_line_and_a_name_for_each() -> None:
    """Names are escaped, stand apart and inside; the axes go to powers of ten."""
    chart = ElementTree.fromstring(
        log_chart("Time", {"a < b": [(10, 1), (2000, 30)], "c": [(10, 2), (2000, 30)]}, x_unit="captures", y_unit="ms")
    )
    texts = {element.text: element for element in chart.iter("{http://www.w3.org/2000/svg}text")}
    assert {"Time", "a < b", "c", "10 captures", "10 k captures", "1 ms", "100 ms"} <= set(texts)
    apart = float(texts["c"].get("y", "")) - float(texts["a < b"].get("y", ""))
    assert abs(apart) >= 16
    assert len(list(chart.iter("{http://www.w3.org/2000/svg}polyline"))) == 2
