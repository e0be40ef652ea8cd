"""What the reading room says of a site over time, and that it says no more than was seen."""

import html
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from scraper.instants import compact, epoch, from_epoch
from scraper.model import FrontPage, Origin
from storage.archive import Archive
from storage.changes import changes
from storage.schema import connect_readonly
from tests.made import SITE, URL, at, capture, keep, new_archive, page, wall
from tests.rooms import described
from web.server import application

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed database:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:There is no current event loop:DeprecationWarning"),
]


@asynccontextmanager
async def room_over(path: Path, now: datetime) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a room in which it is that time."""
    transport = httpx.ASGITransport(application(path, host="127.0.0.1", now=lambda: now))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


def archive_of(folder: Path, line: Iterable[tuple[datetime, FrontPage]], zone: str = "UTC") -> Path:
    """An archive of one site, by what was read in it when."""
    path = folder / "archive.db"
    with new_archive(path) as archive, archive.batch():
        described(archive, SITE, "The Harbour Courier", URL, zone)
        for instant, read in line:
            keep(archive, instant, read)
    return path


def stops_in(text: str) -> list[tuple[datetime, str]]:
    """The slider's stops: instant and headline."""
    found = re.findall(r'<option value="(\d+)"[^>]* data-page="(\d+)" data-headline="([^"]*)"', text)
    assert [compact(from_epoch(int(value))) for value, _, _ in found] == [digits for _, digits, _ in found]
    return [(from_epoch(int(value)), headline) for value, _, headline in found]


def text_of(answer: httpx.Response) -> str:
    """The words of a page's main part."""
    text = " ".join(re.sub(r"<[^>]+>", " ", answer.text[answer.text.index("<main") :]).split())
    return re.sub(r" (?=[.,])", "", text)


def edits_in(text: str) -> list[str]:
    """The headlines that a site's page lists as reworded."""
    listed = re.search(r'<section class="edits">(.*?)</section>', text, re.DOTALL)
    found = re.findall(r'<p class="headline"[^>]*><a [^>]*>(.*?)</a>', listed[1]) if listed else []
    return [re.sub(r"<[^>]+>", "", headline) for headline in found]


@pytest.fixture
def busy(tmp_path: Path) -> Path:
    """A site whose lead is reworded at each of 201 captures, a quarter of an hour apart."""
    editions = (page("ferry", "baker", headlines={"ferry": f"Ferry {number}"}) for number in range(201))
    return archive_of(tmp_path, ((at(15 * number), read) for number, read in enumerate(editions)))


@pytest.mark.parametrize("most", [10, 50, 201])
async def test_the_slider_spans_all_of_the_time(busy: Path, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """However many editions lie in it: no instant is further from its stop than they are spread; it says so."""
    monkeypatch.setattr("web.stops.MAX_STOPS", most)
    first, last = at(0), at(15 * 200)
    async with room_over(busy, last) as client:
        text = (await client.get(f"/site/{SITE}?over=all")).text
    stops = stops_in(text)
    assert (stops[0], stops[-1], len(stops) <= most) == ((first, "Ferry 0"), (last, "Ferry 200"), True)
    assert all(headline == f"Ferry {(instant - first) // timedelta(minutes=15)}" for instant, headline in stops)
    apart = max(later - earlier for (earlier, _), (later, _) in pairwise(stops))
    assert apart <= (last - first) / (most - 2) + timedelta(minutes=15)
    assert ("More editions lie in this time" in text) == (most < 201)


@pytest.mark.parametrize("number", [0, 37, 100, 163, 200])
async def test_the_slider_stands_at_the_edition_that_is_shown(
    busy: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Also where it stops at few of the editions around it."""
    monkeypatch.setattr("web.stops.MAX_STOPS", 10)
    async with room_over(busy, at(15 * 200)) as client:
        text = (await client.get(f"/site/{SITE}/at/{compact(at(15 * number))}")).text
    assert (at(15 * number), f"Ferry {number}") in stops_in(text)
    assert re.search(rf'<input id="edition"[^>]* value="{epoch(at(15 * number))}"', text)
    assert f'dir="auto">Ferry {number}</span>' in text


FIRST = page("storm", "ferry", "baker", headlines={"ferry": "Ferry line to add a crossing"})
EDITED = page("storm", "ferry", "baker", headlines={"ferry": "Ferry line to add two crossings"})


async def test_no_edit_is_told_across_a_change_of_reader(tmp_path: Path) -> None:
    """What another reader reads otherwise has not changed: neither reworded, nor came, nor went."""
    upgraded = page("storm", "ferry", "choir", headlines={"ferry": "Ferry line to add a crossing, council says"})
    line = [(at(0), FIRST), (at(15), EDITED), (at(30), replace(upgraded, reader="2"))]
    async with room_over(archive_of(tmp_path, line), at(30)) as client:
        text = (await client.get(f"/site/{SITE}")).text
        events = (await client.get(f"/site/{SITE}/changes.json")).json()
    assert [event["kind"] for event in events] == ["headline-edited"]
    assert edits_in(text) == ["Ferry line to add two crossings"]
    assert re.findall(r'<td class="counts">(.*?)</td>', text) == [
        "read by another reader", "<span>1 reworded</span>", "",
    ]  # fmt: skip


async def test_headlines_in_rotation_are_not_reworded(tmp_path: Path) -> None:
    """The arms of a test come and go; what was edited beside them is told still."""
    line = [(at(15 * turn), EDITED if turn % 2 else FIRST) for turn in range(6)]
    over = page("storm", "ferry", "baker", headlines={"storm": "Storm is over", "ferry": FIRST.teasers[0].headline})
    async with room_over(archive_of(tmp_path, [*line, (at(90), over)]), at(90)) as client:
        text = (await client.get(f"/site/{SITE}")).text
        events = (await client.get(f"/site/{SITE}/changes.json?rotations=1")).json()
    assert [event["rotation"] for event in events] == [False, *[True] * 6]
    assert edits_in(text) == ["Storm is over"]


async def test_a_day_of_rotations_alone_says_so(tmp_path: Path) -> None:
    """Nothing else changed; how many turns there were stands at the link to them."""
    line = [(at(15 * turn), EDITED if turn % 2 else FIRST) for turn in range(6)]
    async with room_over(archive_of(tmp_path, line), at(75)) as client:
        address = f"/site/{SITE}/changes"
        text = text_of(await client.get(address))
        turns = text_of(await client.get(f"{address}?rotations=1"))
    assert "With headlines in rotation (5 turns)" in text
    assert "Nothing changed but headlines in rotation, as far as was seen." in text
    assert "Without headlines in rotation (5 turns)" in turns
    assert "Nothing changed" not in turns


def counts_in(text: str) -> list[str]:
    """What a site's page says that each edition changed, the latest first."""
    found = re.findall(r'<td class="counts">(.*?)</td>', text)
    return [" ".join(re.sub(r"<[^>]+>", " ", counts).split()) for counts in found]


async def test_reworded_is_an_edited_headline_wherever_it_is_told(tmp_path: Path) -> None:
    """Neither another summary nor other quotes: in the list of editions, on the front page, between two pages."""
    summed = replace(FIRST, teasers=tuple(replace(one, summary="Another summary.") for one in FIRST.teasers))
    quoted = page("storm", "ferry", "baker", headlines={"ferry": "“Ferry line” to add a crossing"})
    line = [(at(0), FIRST), (at(15), summed), (at(30), quoted), (at(45), EDITED)]
    async with room_over(archive_of(tmp_path, line), at(45)) as client:
        text = (await client.get(f"/site/{SITE}")).text
        assert counts_in(text) == ["1 reworded", "", "", ""]
        for minutes, reworded in ((15, 0), (30, 0), (45, 1)):
            between = f"/site/{SITE}/diff/{compact(at(minutes - 15))}/{compact(at(minutes))}"
            assert f"{reworded} reworded" in text_of(await client.get(between))
            assert len((await client.get(f"{between}.json")).json()["retitled"]) == reworded
            front = (await client.get(f"/site/{SITE}/at/{compact(at(minutes))}")).text
            assert front.count(">Reworded<") == reworded
            events = (await client.get(f"/site/{SITE}/changes.json")).json()
            edits = [event for event in events if event["kind"] == "headline-edited"]
            assert sum(event["at"] == f"{at(minutes):%Y-%m-%dT%H:%M:%SZ}" for event in edits) == reworded


async def test_a_headline_in_rotation_is_told_as_such_wherever_it_is_told(tmp_path: Path) -> None:
    line = [(at(15 * turn), EDITED if turn % 2 else FIRST) for turn in range(4)]
    between = f"/site/{SITE}/diff/{compact(at(0))}/{compact(at(15))}"
    async with room_over(archive_of(tmp_path, line), at(45)) as client:
        assert counts_in((await client.get(f"/site/{SITE}")).text) == ["", "", "", ""]
        assert "0 reworded 1 in rotation" in text_of(await client.get(between))
        (change,) = (await client.get(f"{between}.json")).json()["retitled"]
        front = (await client.get(f"/site/{SITE}/at/{compact(at(15))}")).text
        assert "reworded" not in text_of(await client.get("/"))
    assert change["rotation"] is True
    assert ">In rotation<" in front
    assert ">Reworded<" not in front


@pytest.mark.parametrize(("apart", "is_told"), [(timedelta(hours=6), True), (timedelta(hours=6, minutes=1), False)])
async def test_nothing_is_said_to_have_changed_across_a_gap(tmp_path: Path, apart: timedelta, is_told: bool) -> None:
    """As events cross none. Who wants to compare the two pages is told for how long none was seen."""
    line = [(at(0), FIRST), (at(0) + apart, page("storm", "choir", "baker"))]
    async with room_over(archive_of(tmp_path, line), at(0) + apart) as client:
        text = (await client.get(f"/site/{SITE}")).text
        front = await client.get(f"/site/{SITE}/at/{compact(at(0) + apart)}")
        events = (await client.get(f"/site/{SITE}/changes.json")).json()
        between = text_of(await client.get(f"/site/{SITE}/diff/{compact(at(0))}/{compact(at(0) + apart)}"))
    assert bool(events) == is_told
    assert counts_in(text) == ["1 came 1 went" if is_told else "after 6 h 01 unseen", ""]
    assert (">New<" in front.text) == is_told
    assert ("had not been seen for 6 h 01 before this edition, so nothing is marked" in text_of(front)) != is_told
    assert ">What changed<" in front.text
    assert "1 came 1 went" in between
    assert ("For 6 h 01 of that time the page was not seen" in between) != is_told


async def test_a_capture_that_could_not_be_read_is_no_other_page(tmp_path: Path) -> None:
    """It says why; the front page before it is no word of its own, and that names what was captured since."""
    path = archive_of(tmp_path, [(at(0), FIRST), (at(30), wall())])
    async with room_over(path, at(45)) as client:
        address = f"/site/{SITE}/capture/{compact(at(30))}"
        told, shape = await client.get(address), (await client.get(f"{address}.json")).json()
        readable = (await client.get(f"/site/{SITE}/capture/{compact(at(0))}")).text
        fronts = [(await client.get(f"/site/{SITE}/at/{compact(at(minutes))}")).text for minutes in (0, 15, 30, 45)]
    assert f"/site/{SITE}/at/" not in told.text
    assert "It could not be read as a front page: consent-wall, asks for consent" in text_of(told)
    assert (shape["quality"], shape["problem"]) == ("consent-wall", "asks for consent")
    assert f'<a href="/site/{SITE}/at/{compact(at(0))}">What the front page said</a>' in readable
    assert [f'A later capture gave no front page: <a href="{address}">' in front for front in fronts] == [
        False, False, True, True,
    ]  # fmt: skip


async def test_what_could_not_be_read_within_the_minute_is_named_too(tmp_path: Path) -> None:
    seconds = timedelta(seconds=20)
    path = archive_of(tmp_path, [(at(0), FIRST), (at(0) + seconds, wall())])
    async with room_over(path, at(1)) as client:
        front = (await client.get(f"/site/{SITE}/at/{compact(at(0) + 2 * seconds)}")).text
    assert "A later capture gave no front page" in front
    assert "before the time asked for" not in front


async def test_of_two_captures_of_one_second_one_is_what_the_front_page_said(tmp_path: Path) -> None:
    path = archive_of(tmp_path, [(at(0), FIRST)])
    with Archive(path) as archive:
        keep(archive, at(0), EDITED, origin=Origin.FILES)
    async with room_over(path, at(45)) as client:
        first, second = [
            text_of(await client.get(f"/site/{SITE}/capture/{compact(at(0))}{ending}")) for ending in ("", "~2")
        ]
    assert "What the front page said" in first
    assert "Another capture of that second stands for what the front page said" in second


async def test_what_was_seen_long_before_is_not_told_of_an_instant(tmp_path: Path) -> None:
    """Beside what led at that time: last, and without a headline; programs read its age."""
    path = archive_of(tmp_path, [(at(0), FIRST)])
    with Archive(path) as archive:
        described(archive, "zebra", "The Zebra", "https://zebra.example/")
        recorded = archive.record(capture(at(360), b"<html>", site="zebra"))
        archive.file(recorded.capture_id, page("choir"))
    async with room_over(path, at(700)) as client:
        near, far = [text_of(await client.get(f"/compare?at={compact(at(minutes))}")) for minutes in (360, 361)]
        rows = (await client.get(f"/compare.json?at={compact(at(361))}")).json()
    near, far = (text.partition("The day up to then")[0] for text in (near, far))
    assert re.search("Headline of storm.*Headline of choir", near)
    assert "Headline of storm" not in far
    assert re.search("Headline of choir.* Courier Not seen in the 6 h 00 before. Last seen 24 Nov 2026, 12:00.", far)
    assert [(row["site"], row["age_s"], row["lead"]["headline"]) for row in rows] == [
        (SITE, 361 * 60, "Headline of storm"), ("zebra", 60, "Headline of choir"),
    ]  # fmt: skip


async def test_changes_that_are_cut_say_so_to_programs_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = archive_of(tmp_path, [(at(0), FIRST), (at(15), page("storm", "choir", "baker"))])
    async with room_over(path, at(15)) as client:
        for most, is_cut in ((1, True), (2, False)):
            monkeypatch.setattr("web.changes.MAX_EVENTS", most)
            answer = await client.get(f"/site/{SITE}/changes.json")
            assert (len(answer.json()), "x-more" in answer.headers) == (most, is_cut)
            assert ("the latest 1 events" in text_of(await client.get(f"/site/{SITE}/changes"))) == is_cut
            assert len((await client.get(f"/site/{SITE}/changes.feed.json")).json()["items"]) == most


async def test_the_present_is_one_wherever_it_is_asked_for(tmp_path: Path) -> None:
    """Also in an archive whose clock runs ahead of the machine's: what was seen last is not yet to come."""
    line = [(at(0), FIRST), (at(300), page("storm", "choir", "baker"))]
    async with room_over(archive_of(tmp_path, line), at(0) - timedelta(days=3)) as client:
        front = await client.get(f"/site/{SITE}/at/now")
        beside = [text_of(await client.get(f"/compare{query}")) for query in ("", "?at=now")]
        found = [len((await client.get(f"/search.json?q={word}&from=-2h")).json()) for word in ("choir", "ferry")]
        home = text_of(await client.get("/"))
        ends = [(await client.get(f"/site/{SITE}.json?until={time}")).json()["until"] for time in ("now", "-2h")]
        feed = await client.get(f"/site/{SITE}/changes.atom")
    assert "Headline of choir" in front.text
    assert all("What led at 24 Nov 2026, 17:00" in text for text in beside)
    assert found == [1, 0]
    assert "Seen just now, at 17:00" in home
    assert ends == ["2026-11-24T17:00:00Z", "2026-11-24T15:00:00Z"]
    assert feed.headers["last-modified"] == "Sat, 21 Nov 2026 12:00:00 GMT"  # the machine's: no date is to come in HTTP


async def test_a_wording_that_stands_there_again_is_listed_once(tmp_path: Path) -> None:
    """The counts are of each time, and say so; programs get each."""
    path = archive_of(tmp_path, [(at(24 * 60 * day), FIRST) for day in range(3)])
    async with room_over(path, at(0)) as client:
        answer = await client.get("/search?q=baker")
        rows = (await client.get("/search.json?q=baker")).json()
    assert (answer.text.count("Headline of baker"), len(rows)) == (1, 3)
    assert "3 matches. A match is a stretch of time over which a wording stood" in text_of(answer)
    assert "The Harbour Courier · 24 Nov 2026, 12:00, and 2 more times up to 26 Nov 2026, 12:00" in text_of(answer)


LATER = timedelta(days=4_000)


async def test_what_ended_is_not_told_as_the_present(tmp_path: Path) -> None:
    """Beyond the gap nobody knows what leads: the pages tell what did, for how long at least, and when."""
    path = archive_of(tmp_path, [(at(0), FIRST), (at(60), EDITED), (at(120), EDITED)])
    async with room_over(path, at(120) + LATER) as client:
        site = text_of(await client.get(f"/site/{SITE}"))
        home = text_of(await client.get("/"))
        beside = text_of(await client.get(f"/compare?q=storm&at={compact(at(120))}"))
    assert "Led when last seen Headline of storm Led for at least 2 h 00, in 3 captures" in site
    assert "What led when last seen" in home
    assert "Led for at least 2 h 00, from 24 Nov 2026, 12:00. Last seen 4,000 days ago, at 24 Nov 2026, 14:00." in home
    assert "Led for at least 2 h 00, from 12:00 to 14:00" in beside
    for text in (site, home, beside):
        assert not re.search("still|so far|Leads now|What leads now|Has led", text)


async def test_what_was_seen_within_the_gap_is_the_present(tmp_path: Path) -> None:
    path = archive_of(tmp_path, [(at(0), FIRST), (at(60), EDITED), (at(120), EDITED)])
    async with room_over(path, at(120 + 359)) as client:
        site = text_of(await client.get(f"/site/{SITE}"))
        home = text_of(await client.get("/"))
    assert "Leads now Headline of storm For at least 2 h 00 so far, in 3 captures" in site
    assert "still leading" in site
    assert "What leads now" in home


@pytest.fixture
def past(tmp_path: Path) -> Path:
    """A site that was looked at all through a day, once on another, and all through the last, weeks apart."""
    hours = [*range(30), 24 * 20, *(24 * 50 + hour for hour in range(6))]
    editions = (page(f"lead-{hour}", "ferry", headlines={"ferry": f"Ferry {hour}"}) for hour in hours)
    return archive_of(tmp_path, zip((at(60 * hour) for hour in hours), editions, strict=True))


def beside_in(text: str) -> dict[str, str]:
    """Where a page's links to an earlier and to a later stretch of time lead."""
    found = re.findall(r'<a href="([^"]*)">(?:‹ )?(Earlier|Later)(?: ›)?</a>', text)
    return {name: html.unescape(address) for address, name in found}


async def followed(client: httpx.AsyncClient, path: str, name: str) -> AsyncIterator[str]:
    """The addresses that one comes by from page to page."""
    for _ in range(100):
        yield path
        if not (following := beside_in((await client.get(path)).text).get(name)):
            return
        path = following
    raise AssertionError("it has no end")


def as_json(path: str) -> str:
    return path.replace(f"/{SITE}", f"/{SITE}.json", 1) if "/changes" not in path else path.replace("es", "es.json", 1)


@pytest.mark.parametrize(("over", "most"), [("day", 250), ("week", 250), ("week", 4), ("all", 4)])
async def test_every_time_of_the_past_is_reached(
    past: Path, monkeypatch: pytest.MonkeyPatch, over: str, most: int
) -> None:
    """From the last stretch of time by links to earlier ones, and back, however long nobody looked and much led."""
    monkeypatch.setattr("web.past.MAX_LEADS", most)
    async with room_over(past, at(60 * 24 * 50) + LATER) as client:
        whole = (await client.get(f"/site/{SITE}.json?over={over}")).json()
        told: list[set[str]] = []
        async for path in followed(client, f"/site/{SITE}?over={over}", "Earlier"):
            shape = (await client.get(as_json(path))).json()
            assert shape["since"] < shape["until"]
            assert len(shape["leads"]) <= most + 1
            told.append({lead["first_seen"] for lead in shape["leads"]})
        back = [step async for step in followed(client, path, "Later")]
    assert whole["until"] == "2027-01-13T17:00:00Z"
    assert all(told)
    assert len(set.union(*told)) == 37
    assert back[-1] == f"/site/{SITE}?over={over}"


@pytest.mark.parametrize("most", [200, 7])
async def test_every_change_of_the_past_is_reached(past: Path, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Also where a day has more of them than a page tells."""
    monkeypatch.setattr("web.changes.MAX_EVENTS", most)
    connection = connect_readonly(past)
    every = {event.id for event in changes(connection, SITE)}
    connection.close()
    told: set[str] = set()
    async with room_over(past, at(60 * 24 * 50) + LATER) as client:
        async for path in followed(client, f"/site/{SITE}/changes", "Earlier"):
            told |= {event["id"] for event in (await client.get(as_json(path))).json()}
        assert [step async for step in followed(client, path, "Later")][-1] == f"/site/{SITE}/changes"
    assert told == every


async def test_a_page_of_the_past_is_all_of_that_time(past: Path) -> None:
    """Its leads, editions, edits, calendar, slider and JSON end there; what is later is not asked for."""
    then = f"until={compact(at(60 * 24 * 20))}"
    async with room_over(past, at(60 * 24 * 50) + LATER) as client:
        text = (await client.get(f"/site/{SITE}?over=all&{then}")).text
        shape = (await client.get(f"/site/{SITE}.json?over=all&{then}")).json()
        later = (await client.get(f"/site/{SITE}?until=2036-01-01")).text
        table = (await client.get(f"/site/{SITE}/leads.csv?over=all&{then}")).text
        refused = await client.get(f"/site/{SITE}?until=2020-01-01")
        front = (await client.get(f"/site/{SITE}/at/{compact(at(0))}")).text
        link = html.unescape(re.findall(r'<a href="([^"]*)">What led that day', front)[0])
        day = (await client.get(as_json(link))).json()
    assert (shape["since"], shape["until"]) == ("2026-11-24T12:00:00Z", "2026-12-14T12:00:00Z")
    assert len(shape["leads"]) == len(table.splitlines()) - 1 == 31
    assert shape["lead"]["headline"] == "Headline of lead-1205"  # what led last of all
    assert stops_in(text)[-1] == (at(60 * 24 * 20), "Headline of lead-480")
    assert "24 Nov 2026 to 14 Dec 2026" in text
    assert "Ferry 1200" not in text.partition("What led")[2]
    assert "up to 14 Dec 2026, 12:00 · Frontpage Archive</title>" in text
    assert f'changes?until={compact(at(60 * 24 * 20))}">the changes of the day up to then' in text
    assert f'{then}">This page as JSON' in text
    assert '<a href="/site/courier?over=week">week</a>' in later
    assert (refused.status_code, "no readable capture" in refused.text) == (404, True)
    assert [lead["first_seen"] for lead in day["leads"]][:1] == ["2026-11-24T12:00:00Z"]
    assert day["until"] == "2026-11-25T00:00:00Z"


async def test_earlier_editions_are_reached(past: Path) -> None:
    """By a link below those that are told."""
    async with room_over(past, at(60 * 24 * 50) + LATER) as client:
        text = (await client.get(f"/site/{SITE}")).text
        seen = set(re.findall(r'<tr><td><a href="(/site/courier/at/\d+)">', text.partition("<h2>Editions")[2]))
        while link := re.search(r'<a href="([^"]*)">Earlier editions', text):
            text = (await client.get(html.unescape(link[1]))).text
            seen |= set(re.findall(r'<tr><td><a href="(/site/courier/at/\d+)">', text.partition("<h2>Editions")[2]))
    assert len(seen) == 37


async def test_what_others_led_with_then_is_a_link_away(past: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a front page and from a story, in the site's zone, also of a site beyond the menu."""
    monkeypatch.setattr("storage.overview.MAX_SITES", 1)
    with Archive(past) as archive:
        described(archive, "a", "A", "https://a.example/", "Europe/Berlin")
        described(archive, SITE, "The Harbour Courier", URL, "America/New_York")
    async with room_over(past, at(60 * 24 * 50) + LATER) as client:
        front = (await client.get(f"/site/{SITE}/at/{compact(at(60))}")).text
        story = (await client.get(re.findall(r'href="(/story/\w+)"', front)[0])).text
        for text in (front, story):
            (link,) = re.findall(r'<a href="(/compare[^"]*)">What others led with', text)
            answer = await client.get(html.unescape(link))
            assert answer.status_code == 200
            assert "What led at" in answer.text
            assert ">24 Nov 2026, 08:00</time> · America/New_York" in answer.text


async def test_hours_in_which_nobody_looked_are_hatched(past: Path) -> None:
    """Also those before a site was first looked at, and those of a gap that begins or ends elsewhere."""
    digits = compact(at(60 * 12))
    async with room_over(past, at(60 * 24 * 50) + LATER) as client:
        first = (await client.get(f"/compare?at={digits}")).text
        within = (await client.get(f"/site/{SITE}?until={compact(at(60 * 24 * 10))}")).text
    assert '<svg x="0.0%" width="50.0%" y="4" height="44"><title>Nobody looked</title>' in first
    assert '<svg x="0.0%" width="100.0%" y="4" height="44"><title>Nobody looked</title>' in within
    assert "Hatched: not watched." in first


async def test_a_search_leads_on_to_who_led_with_it(tmp_path: Path) -> None:
    """To the time of the latest hit, however long ago that was."""
    path = archive_of(tmp_path, [(at(0), FIRST), (at(60), EDITED)])
    async with room_over(path, at(60) + LATER) as client:
        found = (await client.get("/search?q=storm")).text
        (link,) = re.findall(r'<a href="(/compare[^"]*)">Who led with it', found)
        led = text_of(await client.get(html.unescape(link)))
    assert "12:00 to 13:00" in led
    assert "None of these sites" not in led
    assert "Nobody looked at" not in led


async def test_a_search_that_looked_at_the_newest_alone_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a word that very many texts hold the newest are looked at: that none of them led is not that none did."""
    monkeypatch.setattr("storage.survey.AT_A_TIME", 3)
    newer = [(at(number), page("storm", *(f"{number}-{place}" for place in range(3)))) for number in range(1, 5)]
    path = archive_of(tmp_path, [(at(0), page("ferry", "baker")), *newer])
    async with room_over(path, at(5)) as client:
        for query, count, is_cut in (
            ("q=headline&role=lead", 0, True), ("q=headline", 3, True), ("q=ferry", 1, False), ("q=nowhere", 0, False),
        ):  # fmt: skip
            text = (await client.get(f"/search?{query}")).text
            answer = await client.get(f"/search.json?{query}")
            assert (len(answer.json()), "x-more" in answer.headers) == (count, is_cut)
            assert ("only the newest were looked at" in text) == is_cut
            assert ("No wording in the archive matches" in text) == (query == "q=nowhere")
            assert f'href="/search.csv?{query}"'.replace("&", "&amp;") in text
        lines = (await client.get("/search.jsonl?q=headline&role=lead")).text.splitlines()
    assert len(lines) == 2


async def test_a_site_beyond_the_menu_is_found_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of very many sites the first are listed: the pages say so, and reach all others."""
    monkeypatch.setattr("storage.overview.MAX_SITES", 2)
    path = archive_of(tmp_path, [(at(0), FIRST)])
    with Archive(path) as archive:
        for name in ("A", "B", "Z"):
            described(archive, name.lower(), name, f"https://{name}.example/", "Europe/Berlin")
    async with room_over(path, at(1)) as client:
        assert "2 more are not shown here" in text_of(await client.get("/"))
        for address in ("/search?q=storm", f"/search?q=storm&site={SITE}", f"/compare?site={SITE}&q=storm"):
            answer = await client.get(address)
            assert (answer.status_code, "Headline of storm" in answer.text) == (200, True)
            assert "The Harbour Courier" in answer.text
        assert f'value="{SITE}" checked' in answer.text
        assert "of 4 sites" in answer.text
        feed = (await client.get("/search.feed.json?q=storm")).json()
        assert [item["title"] for item in feed["items"]] == ["Headline of storm"]
        assert (await client.get("/compare?site=nowhere")).status_code == 404
