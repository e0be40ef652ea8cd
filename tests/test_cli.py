"""The command line as a user meets it: every verb, its JSON, and its answers to wrong input."""

import asyncio
import csv
import io
import json
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from demo.library import paper
from scraper.instants import compact, iso
from tests.faults import Oversize, Status
from tests.newsstand import Newsstand
from tests.world import config_file

ROOT = Path(__file__).parents[1]
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
STATES = [NOON + timedelta(hours=3 * n) for n in range(5)]


def call(*arguments: object, code: int = 0) -> str:
    """Run `frontpage` as its own process; its stdout, or its stderr where it is expected to fail."""
    command = [sys.executable, "-m", "frontpage", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr if code else done.stdout


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def courier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration whose archive holds five states of the fictional courier, backfilled from files."""
    folder = tmp_path_factory.mktemp("courier")
    pages = folder / "pages"
    pages.mkdir()
    for instant in STATES:
        (pages / f"{compact(instant)}.html").write_bytes(paper("courier").page(instant).body)
    config = folder / "config.toml"
    config.write_text(
        '[archive]\npath = "archive.db"\n[[sites]]\nslug = "courier"\nname = "The Harbour Courier"\n'
        'url = "https://courier.example/"\ntimezone = "Europe/London"\nschedule = "*/15 * * * *"\n'
    )
    call("--config", config, "backfill", "files", "courier", pages)
    return config


def test_backfill_reports_and_resumes(courier: Path) -> None:
    """Run again, everything is known; the report counts by day."""
    (report,) = lines(call("--config", courier, "backfill", "files", "courier", courier.parent / "pages", "--json"))
    assert (report["found"], report["taken"], report["known"]) == (5, 0, 5)
    assert report["days"] == {"2026-11-24": 4, "2026-11-25": 1}


def test_show_tells_the_page_of_an_instant(courier: Path) -> None:
    """The last capture at or before a time, with the age of what is shown; times without a zone are the site's."""
    shown = json.loads(call("--config", courier, "show", "courier", "--at", "2026-11-24T16:30", "--json"))
    assert shown["captured_at"] == iso(STATES[1])
    assert (shown["age_s"], shown["capture"]) == (5400, f"courier/{compact(STATES[1])}")
    assert shown["lead"]["headline"] == paper("courier").truth(STATES[1]).lead.headline
    plain = call("--config", courier, "show", "courier", "--at", "2026-11-24T16:30")
    assert shown["lead"]["headline"] in plain


def test_parse_reads_what_show_shows(courier: Path) -> None:
    """The saved page, parsed alone, has the lead and the teasers that the archive shows."""
    file = courier.parent / "pages" / f"{compact(STATES[2])}.html"
    parsed = json.loads(
        call("--config", courier, "parse", file, "--url", "https://courier.example/", "--site", "courier", "--json")
    )
    shown = json.loads(call("--config", courier, "show", "courier", "--at", iso(STATES[2]), "--json"))
    assert parsed["lead"] == shown["lead"]
    assert parsed["teasers"] == shown["teasers"]


def test_parse_reads_standard_input() -> None:
    """`-` is stdin, and text is as good as html."""
    text = "Harbour wall breaks\n\nThe wall broke at noon.\n\nMore Front Page Coverage\n"
    done = subprocess.run(
        [sys.executable, "-m", "frontpage", "parse", "-", "--json"],
        input=text,
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert json.loads(done.stdout)["url"] == ""


def test_leads_stories_and_history_agree(courier: Path) -> None:
    """What led is a story, and its history has the wording that led."""
    leads = lines(call("--config", courier, "leads", "courier", "--json"))
    stories = {row["story"] for row in lines(call("--config", courier, "stories", "courier", "--json"))}
    assert {lead["story"] for lead in leads} <= stories
    history = json.loads(call("--config", courier, "history", leads[0]["story"], "--json"))
    assert leads[0]["headline"] in {wording["headline"] for wording in history["wordings"]}
    assert [span["role"] for span in history["spans"]].count("lead") >= 1


def test_diff_search_compare_and_status(courier: Path) -> None:
    """The other questions answer with their shapes."""
    diff = json.loads(call("--config", courier, "diff", "courier", iso(STATES[0]), iso(STATES[4]), "--json"))
    assert diff["came"]
    assert diff["gone"]
    assert (diff["from"], diff["to"]) == (iso(STATES[0]), iso(STATES[4]))
    headline = paper("courier").truth(STATES[0]).lead.headline
    hits = lines(call("--config", courier, "search", f'"{headline}"', "--json"))
    assert hits[0]["headline"] == headline
    (compared,) = lines(call("--config", courier, "compare", "courier", "--at", iso(STATES[0]), "--json"))
    assert compared["lead"]["headline"] == headline
    (status,) = lines(call("--config", courier, "status", "--json"))
    assert (status["captures"], status["gaps"]) == (5, 0)
    assert status["bytes"]["raw"] > status["bytes"]["bodies"] > 0
    (site,) = lines(call("--config", courier, "sites", "list", "--json"))
    assert site["timezone"] == "Europe/London"


def test_exports_are_complete_and_safe(courier: Path, tmp_path: Path) -> None:
    """jsonl has a line a reading, csv a line a story; a file appears whole."""
    readings = lines(call("--config", courier, "export", "readings", "--format", "jsonl"))
    assert [row["captured_at"] for row in readings] == [iso(instant) for instant in STATES]
    out = tmp_path / "readings.csv"
    call("--config", courier, "export", "readings", "--format", "csv", "-o", out)
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))
    assert len(rows) == sum(len(row["teasers"]) + bool(row["lead"]) for row in readings)
    assert [file.name for file in tmp_path.iterdir()] == ["readings.csv"]
    for what in ("captures", "stories", "leads", "visits"):
        call("--config", courier, "export", what, "--format", "csv")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--config", "absent.toml", "run"], 2, "absent.toml"),
        (["show", "tribune", "--archive", "ARCHIVE"], 1, 'no site "tribune"'),
        (["show", "courier", "--at", "yesterday", "--archive", "ARCHIVE"], 2, '"yesterday" is no time'),
        (["show", "courier", "--at", "1999-01-01", "--archive", "ARCHIVE"], 1, "no readable capture"),
        (["history", "https://courier.example/none", "--archive", "ARCHIVE"], 1, "knows no story"),
        (["diff", "courier", "2026-11-25", "2026-11-24", "--archive", "ARCHIVE"], 2, "earlier time first"),
        (["search", "???", "--archive", "ARCHIVE"], 2, "no word"),
        (["search", "flood", "--site", "nope", "--archive", "ARCHIVE"], 1, 'no site "nope"'),
        (["show", "courier", "--archive", "FOREIGN"], 1, "something else"),
        (["show", "courier", "--archive", "nowhere.db"], 1, "no archive yet"),
        (["parse", "nowhere.html"], 2, "No such file"),
        (["--config", "CONFIG", "backfill", "files", "courier", "nowhere"], 2, "no such folder"),
        (["--config", "CONFIG", "backfill", "files", "courrier", "."], 2, 'did you mean "courier"'),
        (["--config", "CONFIG", "capture", "tribune"], 2, "tribune"),
    ],
)
def test_wrong_input_is_answered_clearly(
    courier: Path, tmp_path: Path, arguments: list[str], code: int, message: str
) -> None:
    """The message names what is wrong; 2 is for the user's words, 1 for the world's state. Nothing is changed."""
    foreign = tmp_path / "foreign.db"
    connection = sqlite3.connect(foreign)
    connection.execute("CREATE TABLE birds (name TEXT)")
    connection.close()
    names = {"ARCHIVE": courier.with_name("archive.db"), "FOREIGN": foreign, "CONFIG": courier}
    assert message in call(*(names.get(argument, argument) for argument in arguments), code=code)


@pytest.fixture
async def stand() -> AsyncIterator[Newsstand]:
    async with Newsstand(lambda: NOON, own_ports=True) as stand:
        yield stand


async def captured(config: Path) -> list[dict[str, Any]]:
    """What `frontpage capture --json` says, run beside the stand's event loop."""
    command = (sys.executable, "-m", "frontpage", "--config", str(config), "capture", "--json")
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=pipe, stderr=pipe)
    out, log = await process.communicate()
    assert b"Traceback" not in log
    return lines(out.decode())


async def test_capture_names_what_failed_and_does_the_rest(stand: Newsstand, tmp_path: Path) -> None:
    """A page, a 404, 50 MB, and a site that is not there: each its own outcome, in one run."""
    stand.add_paper(paper("courier"))
    stand.add_paper(paper("phare")).fail(Status(404))
    stand.add_paper(paper("faro")).fail(Oversize())
    config = config_file(tmp_path, stand)
    config.write_text(
        config.read_text()
        + '[[sites]]\nslug = "closed"\nname = "closed"\nurl = "http://127.0.0.1:9/"\ntimezone = "UTC"\nevery = "1h"\n'
    )
    rows = {row["site"]: row for row in await captured(config)}
    assert {slug: row["outcome"] for slug, row in rows.items()} == {
        "courier": "new-edition", "phare": "failed", "faro": "too-large", "closed": "failed",
    }  # fmt: skip
    assert rows["courier"]["lead"] == paper("courier").truth(NOON).lead.headline
    assert "404" in rows["phare"]["error"]
    assert "127.0.0.1:9" in rows["closed"]["error"]
