"""What a question costs does not grow with what lies outside it, in steps of SQLite's virtual machine."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest

from scraper.instants import epoch
from storage.archive import Archive
from storage.changes import changes
from storage.exports import Selection, lead_rows, story_rows, wording_rows
from storage.history import history
from storage.overview import described, site_now
from storage.queries import Lead, TimeOnPage, leads, leads_about, leads_of_texts, show, stories
from storage.search import search
from storage.spans import Bounds
from storage.survey import Narrowed, survey
from tests.made import NOON, SITE, keep, page

Question = Callable[[sqlite3.Connection], object]
SMALL, LARGE = 30, 300  # captures
STEP = timedelta(hours=5)


def after(captures: float) -> datetime:
    """So many captures after the first."""
    return NOON + captures * STEP


QUESTIONS: dict[str, Question] = {
    "show": lambda connection: show(connection, SITE, after(15.5)),
    "leads": lambda connection: list(leads(connection, SITE, since=after(10), until=after(16))),
    "history": lambda connection: history(connection, "https://courier.example/news-16"),
    "changes": lambda connection: list(changes(connection, SITE, since=after(10), until=after(16))),
    "search": lambda connection: search(connection, "headline news 5"),
    "site_now": lambda connection: site_now(connection, described(connection, SITE)),
}


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Archive, Archive]]:
    """A site at its beginning, and the same site much later; two new stories and an edit a capture."""
    folder = tmp_path_factory.mktemp("cost")
    with Archive(folder / "small.db") as small, Archive(folder / "large.db") as large:
        for archive, captures in ((small, SMALL), (large, LARGE)):
            for number in range(captures):
                names = [f"news-{number + place}" for place in range(4)]
                edited = {names[2]: f"News {number} again"}
                keep(archive, after(number), page(*names, headlines=edited))
        yield small, large


@contextmanager
def steps(connection: sqlite3.Connection) -> Iterator[list[int]]:
    """Counts steps, ten at a time."""
    counted = [0]

    def count() -> int:
        counted[0] += 1
        return 0

    connection.set_progress_handler(count, 10)
    yield counted
    connection.set_progress_handler(None, 0)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_costs_what_it_tells(archives: tuple[Archive, Archive], name: str) -> None:
    """Ten times the captures, the same question about the same time: about the same steps."""
    spent = []
    for archive in archives:
        with steps(archive.connection) as counted:
            QUESTIONS[name](archive.connection)
        spent.append(counted[0])
    assert spent[1] < 1.5 * spent[0] + 10, spent


def touching(rows: Iterable[Lead | TimeOnPage], since: datetime, until: datetime) -> list[Bounds]:
    start, end = epoch(since), epoch(until)
    return [row.seen for row in rows if row.seen.first_seen < end and row.seen.last_seen >= start]


@pytest.mark.parametrize(
    ("start", "end"), [(0, 1), (0.5, 0.6), (7, 12.5), (28, 90), (29.5, 90), (-5, 0), (-5, 0.1), (4, 4)]
)
def test_a_time_asked_about_is_a_part_of_the_whole(archives: tuple[Archive, Archive], start: float, end: float) -> None:
    """Leads and stories of any stretch are those of the whole line that touch it."""
    connection, since, until = archives[0].connection, after(start), after(end)
    part = [row.seen for row in leads(connection, SITE, since=since, until=until)]
    assert part == touching(leads(connection, SITE), since, until)
    part = [row.seen for row in stories(connection, SITE, since=since, until=until)]
    assert part == touching(stories(connection, SITE), since, until)


@pytest.mark.parametrize("captures", [SMALL - 1, SMALL - 0.5])
def test_nothing_is_known_of_what_came_after_the_last_look(archives: tuple[Archive, Archive], captures: float) -> None:
    """What stood on a site's last page was seen then: it answers for that instant, and for none after it."""
    connection, since, until = archives[0].connection, after(captures), after(90)
    texts = [row for (row,) in connection.execute("SELECT id FROM wordings")]
    answers = [
        leads(connection, SITE, since=since, until=until),
        stories(connection, SITE, since=since, until=until),
        search(connection, "news", since=since, until=until),
        leads_about(connection, "news", since=since, until=until),
        leads_of_texts(connection, texts, sites=[SITE], since=since, until=until, limit=9),
        survey(connection, Narrowed(query="news", since=since, until=until), limit=9).hits,
        lead_rows(connection, Selection(since=since, until=until)),
        story_rows(connection, Selection(since=since, until=until)),
        wording_rows(connection, Selection(since=since, until=until)),
    ]
    assert [bool(list(answer)) for answer in answers] == [captures == SMALL - 1] * len(answers)
