"""README's questions in SQL: each runs in DuckDB over a small export, and says what the archive itself answers."""

from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from benchmarks.duck import Question, floor_of, questions
from benchmarks.duck_rows import Paper, write_paper
from benchmarks.questions_words import Words
from scraper.model import Origin, Quality, Role
from storage.changes import ChangeKind, changes
from storage.queries import leads, leads_about, show
from storage.schema import connect_readonly
from tests.made import page, wall
from tests.test_apart import Seen, made, merged
from tests.test_benchmarks import run
from tests.verbs import call

EIGHT = datetime(2026, 11, 24, 20, tzinfo=UTC)
SITES = ("npr", "bbc", "heise")
FERRY = [
    (10, "The “slow” ferry"),
    (15, 'The "slow" ferry'),
    (30, "A slow ferry"),
    (48, "Ferry"),
    (50, "The ferry"),
    (99, "Ferry"),
]


def line(site: str) -> list[Seen]:
    """Two days of a site until eight in the evening: the flood rises at another hour on each, and is renamed.

    The ferry is called otherwise four times, none of which is an edit: other quotes, another reader, a gap, a test that
    rotates. In the end one site has no lead, and one a wall.
    """
    rises = 40 + SITES.index(site)
    seen: list[Seen] = []
    for hour in (*range(25), *range(32, 57)):
        instant = EIGHT + timedelta(hours=hour - 56)
        named = {
            "flood": "The flood has passed" if hour > rises + 4 else "Flood at the harbour",
            "ferry": next(name for until, name in FERRY if hour < until),
        }
        order = ("flood", "ferry", "market") if hour >= rises else ("ferry", "flood", "market")
        stories = order if hour > 20 else ("ferry", "market")
        read = page(*stories, headlines=named, section="Region", reader="1" if hour < 15 else "2")
        seen.append((site, instant, read, Origin.LIVE))
    *_, (_, last, read, origin) = seen
    if site == "bbc":
        seen[-1] = site, last, replace(read, lead=None), origin
    if site == "heise":
        seen[-1] = site, last, wall("2"), origin
    return seen


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shards of three sites, one of them cut in time, exported as README does."""
    folder = tmp_path_factory.mktemp("duck")
    (folder / "shards").mkdir()
    npr = line("npr")
    made(folder / "shards" / "0.db", npr[:45])
    made(folder / "shards" / "1.db", npr[45:] + line("bbc"))
    made(folder / "shards" / "2.db", line("heise"))
    for what in ("readings", "leads", "changes"):
        (folder / what).mkdir()
        for site in SITES:
            file = folder / what / f"{site}.parquet"
            call("export", what, "--format", "parquet", "--site", site, "--archive", folder / "shards", "-o", file)
    merged(folder, sorted((folder / "shards").glob("*.db")))
    return folder


@pytest.fixture(autouse=True)
def beside_the_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)


def answer(question: Question) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        connection.execute(question.before)
        return connection.execute(question.sql).fetchall()


ASKED = {question.title.split(",")[0].removesuffix("?"): question for question in questions()}


def test_there_are_six_questions() -> None:
    """What is measured and tested here is all that README shows."""
    assert list(ASKED) == [
        "Who led with what at eight in the evening", "What led for longest", "Who led with the flood first",
        "Which sections do leads come from", "How many headlines are edited a day", "How high did the flood stand",
    ]  # fmt: skip


def test_who_led_with_what_then(folder: Path) -> None:
    """What `show` and `compare` say of that instant."""
    with closing(connect_readonly(folder / "merged.db")) as whole:
        shown = [(site, show(whole, site, EIGHT)) for site in sorted(SITES)]
    expected = [(site, one.page.lead and one.page.lead.headline, one.captured_at) for site, one in shown]
    assert answer(ASKED["Who led with what at eight in the evening"]) == expected
    assert [(site, bool(lead), at) for site, lead, at in expected] == [
        ("bbc", False, EIGHT), ("heise", True, EIGHT - timedelta(hours=1)), ("npr", True, EIGHT)
    ]  # fmt: skip


def test_what_led_for_longest(folder: Path) -> None:
    """What `leads` says, also where the lead goes on from one shard to the next."""
    with closing(connect_readonly(folder / "merged.db")) as whole:
        told = [lead for site in SITES for lead in leads(whole, site)]
    told.sort(key=lambda lead: (-lead.seen.at_least_s, lead.seen.first_seen, lead.site))
    expected = [
        (lead.site, lead.headline, lead.seen.at_least_s / 3600,
         None if lead.seen.at_most_s is None else lead.seen.at_most_s / 3600)
        for lead in told
    ]  # fmt: skip
    assert answer(ASKED["What led for longest"]) == expected[:10]


def test_who_led_with_it_first(folder: Path) -> None:
    """What `leads --all --about flood` says."""
    with closing(connect_readonly(folder / "merged.db")) as whole:
        told = [(lead.site, lead.seen.first_seen) for lead in leads_about(whole, "flood")]
    found = [(site, int(first.timestamp())) for site, first, _ in answer(ASKED["Who led with the flood first"])]
    assert found == told
    assert [site for site, _ in found] == list(SITES)


def test_where_leads_come_from() -> None:
    """Shares of captures in percent, which come to a hundred."""
    found = answer(ASKED["Which sections do leads come from"])
    assert [section for section, _ in found] == [""]  # the made pages' leads stand under no heading
    assert sum(share for _, share in found) == 100


def test_headlines_edited_a_day(folder: Path) -> None:
    """What `changes` counts as edits, by day."""
    with closing(connect_readonly(folder / "merged.db")) as whole:
        events = [event for site in SITES for event in changes(whole, site)]
    found = [event for event in events if event.kind is ChangeKind.HEADLINE_EDITED]
    edits = Counter(event.at.date() for event in found if not event.rotation)
    assert any(event.rotation for event in found)
    assert dict(answer(ASKED["How many headlines are edited a day"])) == edits
    assert edits == {date(2026, 11, 24): 3}


def test_how_high_it_stood(folder: Path) -> None:
    """The foremost position on the pages of each day."""
    expected: dict[tuple[str, date], int] = {}
    for site in SITES:
        for _, instant, read, _ in line(site):
            for story in read.stories if read.quality is Quality.OK else ():
                if "flood" in story.headline.lower():
                    day = site, instant.date()
                    expected[day] = min(expected.get(day, 99), 1 if story.role is Role.LEAD else story.position)
    found = answer(ASKED["How high did the flood stand"])
    assert {(site, day): highest for site, day, highest, _ in found} == expected
    assert {stories for *_, stories in found} == {1}


def test_invented_rows_are_what_an_export_holds(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The benchmark's files have the export's schema to the letter; leads and changes follow from its readings."""
    write_paper(Paper(1, 60, Words(tokens=5_000)), tmp_path)
    for what in ("readings", "leads", "changes"):
        schemas = [
            duckdb.execute("SELECT name, type, logical_type FROM parquet_schema(?)", [str(file)]).fetchall()
            for file in (folder / what / "npr.parquet", tmp_path / what / "paper-001.parquet")
        ]
        assert schemas[0] == schemas[1]
    monkeypatch.chdir(tmp_path)
    leads = "SELECT story, headline, min(captured_at), max(captured_at), count(*) FROM 'readings/*.parquet'"
    line = """
        (SELECT *, lag(headline) OVER seen AS was, captured_at > min(captured_at) OVER () AS later
        FROM 'readings/*.parquet' WINDOW seen AS (PARTITION BY story ORDER BY captured_at))
    """
    for derived, kept in (
        (
            f"{leads} WHERE role = 'lead' GROUP BY ALL",
            "SELECT story, headline, first_seen, last_seen, captures FROM 'leads/*.parquet'",
        ),
        (f"SELECT story, captured_at, was, headline FROM {line} WHERE was <> headline", changed("headline-edited")),
        (f"SELECT story, captured_at, '', headline FROM {line} WHERE was IS NULL AND later", changed("appeared")),
    ):
        found = [sorted(duckdb.execute(sql).fetchall()) for sql in (derived, kept)]
        assert found[0] == found[1]
        assert found[0]


def changed(kind: str) -> str:
    return f"SELECT story, \"at\", was, headline FROM 'changes/*.parquet' WHERE kind = '{kind}'"


def test_the_benchmark_measures_every_question(tmp_path: Path) -> None:
    """A small run: a row a question with its floor, in the terminal and in the docs."""
    options = ("--rows", "12000", "--captures", "60", "--rounds", "1", "--docs", str(tmp_path / "docs"))
    told = run("benchmarks.duck", *options)
    documented = (tmp_path / "docs" / "benchmarks.md").read_text()
    for question in questions():
        assert question.title in told
        assert f"| {question.title} | " in documented
    assert 'count("at_least_s")' in floor_of(ASKED["What led for longest"])
