"""The command line as a user meets it: every verb, its JSON, and its answers to wrong input."""

import asyncio
import csv
import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from demo.library import paper
from scraper.instants import compact, iso
from tests.faults import Oversize, Status
from tests.made import NOON
from tests.newsstand import Newsstand
from tests.verbs import call, frontpage_run
from tests.world import config_file

ROOT = Path(__file__).parents[1]
STATES = [NOON + timedelta(hours=3 * n) for n in range(5)]


def call_process(*arguments: object, code: int = 0) -> str:
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
    call_process("--config", config, "backfill", "files", "courier", pages)
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


def test_parse_without_an_address_takes_the_page_s_own_or_says_so(tmp_path: Path) -> None:
    """A headline beside another story's link is worse than none: without an address relative links lead nowhere."""
    page = tmp_path / "page.html"
    body = paper("courier").page(NOON).body
    page.write_bytes(body)
    nowhere = frontpage_run("parse", page, "--json")
    assert "does not say where it is from" in nowhere.log
    page.write_bytes(body.replace(b"<head>", b'<head><link rel="canonical" href="https://courier.example/">'))
    told = frontpage_run("parse", page, "--json")
    assert "read as https://courier.example/" in told.log
    assert told.out.decode() == call("parse", page, "--url", "https://courier.example/", "--json")
    assert json.loads(told.out)["lead"]["url"].startswith("https://courier.example/")


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
    for what in ("captures", "stories", "wordings", "leads", "changes", "visits"):
        call("--config", courier, "export", what, "--format", "csv")


@pytest.mark.parametrize(
    ("what", "form", "start"),
    [("readings", "parquet", b"PAR1"), ("readings", "gfg", b"DATE\t"), ("captures", "warc", b"\x1f\x8b"),
     ("changes", "atom", b"<?xml"), ("changes", "jsonl", b'{"id"')],
)  # fmt: skip
def test_every_format_goes_to_a_file_or_a_pipe(
    courier: Path, tmp_path: Path, what: str, form: str, start: bytes
) -> None:
    """The same bytes either way, but for the time at which a WARC file was made."""
    out = tmp_path / "out"
    command = ("--config", str(courier), "export", what, "--format", form)
    call(*command, "-o", out)
    piped = subprocess.run([sys.executable, "-m", "frontpage", *command], capture_output=True, cwd=ROOT, check=True)
    assert piped.stdout.startswith(start)
    assert out.read_bytes() == piped.stdout or form == "warc"


def test_a_package_holds_what_is_chosen(courier: Path, tmp_path: Path) -> None:
    """Everything, or the tables named; beside README and dictionary."""
    out = tmp_path / "supplement.zip"
    call("--config", courier, "export", "leads", "changes", "--package", out, "--from", "2026-11-24")
    names = zipfile.ZipFile(out).namelist()
    assert names == ["README.txt", "data.md", "datapackage.json", "leads.csv", "changes.csv"]
    call("--config", courier, "export", "--package", out)
    assert len(zipfile.ZipFile(out).namelist()) == 3 + 7


def test_a_reader_that_leaves_early_is_no_error(courier: Path) -> None:
    """`frontpage export ... | head` ends quietly, and well."""
    command = f"{sys.executable} -m frontpage --config {courier} export readings --format jsonl | head -c 10"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, cwd=ROOT, check=False)
    assert (done.returncode, len(done.stdout), done.stderr) == (0, 10, b"")


@pytest.mark.parametrize("verb", [["leads", "courier"], ["cite", f"courier/{compact(STATES[0])}", "--body"]])
def test_a_reader_that_has_left_is_no_error(courier: Path, verb: list[str]) -> None:
    """Whether lines are written at once, or bytes at the end."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "frontpage", "--config", str(courier), *verb]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, cwd=ROOT, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("target", "code", "said"), [("> /dev/full", 1, "cannot write: No space left on device\n"), (">&-", 0, "")]
)
def test_an_answer_that_cannot_be_written_ends_in_no_traceback(
    courier: Path, target: str, code: int, said: str
) -> None:
    """A disk that is full is told; a stdout that is closed wants no answer."""
    command = f"{sys.executable} -m frontpage --config {courier} leads courier {target}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, cwd=ROOT, check=False, text=True)
    assert (done.returncode, done.stderr) == (code, said)


def test_parse_without_an_address_tells_articles_from_front_pages(tmp_path: Path) -> None:
    """The address that a page gives for itself may be an article's."""
    page = tmp_path / "article.html"
    head = "<link rel='canonical' href='https://courier.example/news/2026/11/24/the-keeper-of-the-lock'>"
    page.write_text(head + "<h1>The keeper of the lock who wrote down every flood</h1>" + f"<p>{'word ' * 40}</p>" * 6)
    assert call("parse", page).startswith("not-a-front-page: it is one article: it has an article's address")


def test_an_export_that_fails_leaves_nothing(courier: Path, tmp_path: Path) -> None:
    """A damaged body ends a WARC export with its name; neither the file nor a part of it stays."""
    damaged = tmp_path / "damaged.db"
    call("--config", courier, "backup", damaged)
    connection = sqlite3.connect(damaged)
    connection.execute("UPDATE bodies SET data = substr(data, 1, 40) WHERE id = 3")
    connection.commit()
    connection.close()
    out = tmp_path / "captures.warc.gz"
    message = call("export", "captures", "--format", "warc", "--archive", damaged, "-o", out, code=1)
    assert "is damaged" in message
    assert [file.name for file in tmp_path.iterdir() if "warc" in file.name] == []


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
        (["parse", "README.md", "--url", "not a url"], 2, "--url"),
        (["parse", "README.md", "--url", "javascript:alert(1)"], 2, "not javascript"),
        (["export", "leads", "--archive", "ARCHIVE"], 2, "name a --format"),
        (["export", "--format", "csv", "--archive", "ARCHIVE"], 2, "name one of captures, readings"),
        (["export", "leads", "visits", "--format", "csv", "--archive", "ARCHIVE"], 2, "--package FILE.zip"),
        (["export", "leads", "--format", "csv", "--package", "x.zip", "--archive", "ARCHIVE"], 2, "leave --format"),
        (["export", "leads", "--format", "warc", "--archive", "ARCHIVE"], 2, "warc is a format of captures"),
        (["export", "leads", "--format", "csv", "--site", "nope", "--archive", "ARCHIVE"], 1, 'no site "nope"'),
        (["export", "leads", "--format", "csv", "-o", "nowhere/x.csv", "--archive", "ARCHIVE"], 1, "nowhere/x.csv"),
        (["cite", "courier/20261124120001", "--archive", "ARCHIVE"], 1, 'no capture "courier/20261124120001"'),
        (["--config", "CONFIG", "backfill", "files", "courier", "nowhere"], 2, "no such folder"),
        (
            ["--config", "CONFIG", "backfill", "files", "courier", ".", "--engine", "processes", "--shards", "FOREIGN"],
            2,
            "is a file",
        ),
        (["--config", "CONFIG", "sites", "check", "--folder", "FOREIGN"], 2, "is a file"),
        (["demo", "--port", "0", "--folder", "FOREIGN"], 1, "foreign.db: is no folder"),
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


@pytest.mark.parametrize(
    "arguments",
    [
        ["search", "caf\udce9"],
        ["show", "\udcff"],
        ["leads", "--all", "--about", "\udcff"],
        ["sites", "add", "https://\udcff/"],
    ],
)
def test_bytes_that_are_no_text_are_refused(arguments: list[str]) -> None:
    """As a terminal in another encoding sends them; nothing could be looked for or printed."""
    assert "is no text in UTF-8" in call(*arguments, code=2)


def test_a_file_may_be_called_by_bytes_that_are_no_text(courier: Path, tmp_path: Path) -> None:
    folder = tmp_path / "caf\udce9"
    folder.mkdir()
    shutil.copy(courier.with_name("archive.db"), folder / "copy.db")
    assert "courier" in call("leads", "courier", "--archive", folder / "copy.db")
    assert "0 found" in call("--config", courier, "backfill", "files", "courier", folder)


def test_a_terminal_may_lack_letters(courier: Path) -> None:
    """What it lacks is escaped, but in JSON, which is UTF-8 everywhere."""
    arguments = ("--config", courier, "show", "courier", "--at", iso(STATES[0]))
    plain, escaped = frontpage_run(*arguments), frontpage_run(*arguments, encoding="latin-1")
    assert b"\\u20" in escaped.out
    assert escaped.out == plain.out.decode().encode("latin-1", "backslashreplace")
    in_utf8, in_latin = (frontpage_run(*arguments, "--json", encoding=name).out for name in ("utf-8", "latin-1"))
    assert _ageless(in_latin.decode()) == _ageless(in_utf8.decode())


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["show", "courier", "--json"], 0, '"lead"'),
        (["leads", "courier"], 0, "courier"),
        (["show", "tribune"], 1, 'no site "tribune"'),
        (["search", "???"], 2, "no word"),
        (["show", "courier", "--at", "yesterday"], 2, '"yesterday" is no time'),
        (["export", "leads", "--format", "csv", "-o", "nowhere/x.csv"], 1, "nowhere/x.csv"),
    ],
)
def test_a_process_says_what_a_call_says(courier: Path, arguments: list[str], code: int, said: str) -> None:
    """Exit code and the stream for it, to the letter but for ages: the other tests need no process for each verb."""
    archive = ("--archive", courier.with_name("archive.db"))
    told = call_process(*arguments, *archive, code=code)
    assert said in told
    assert _ageless(told) == _ageless(call(*arguments, *archive, code=code))


def _ageless(told: str) -> str:
    """Without the seconds that have passed since the capture."""
    return re.sub(r'"age_s": \d+', "", told)


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
