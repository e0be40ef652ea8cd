"""The reading room over a small archive of fictional papers: its pages, their JSON, what it refuses."""

import html
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from scraper.console import duration
from scraper.errors import ConfigError
from scraper.instants import compact
from scraper.model import Capture, FrontPage, Origin, Outcome, Quality, Role, Story
from scraper.urls import story_id
from storage.archive import Archive
from storage.schema import connect_readonly
from storage.spans import Bounds
from tests.rooms import described, serving
from tests.verbs import frontpage_run
from web import phrases
from web.database import ask
from web.dress import DRESS
from web.edits import marked
from web.guard import host_name
from web.server import address, application, listen
from web.server import room as room_over
from web.timeline import NARROWEST_BAR, Period, Window, timeline

pytestmark = [
    # Datasette 0.65 leaves its read connections to the garbage collector.
    pytest.mark.filterwarnings("ignore:unclosed database:ResourceWarning"),
    # Datasette 0.65 asks for get_event_loop() where there is a loop already; Python 3.14 deprecates the call.
    pytest.mark.filterwarnings("ignore:There is no current event loop:DeprecationWarning"),
]

MORNING = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script> {{ 7 * 7 }} {% raw %} \u2028 & “quotes”"
HARBOUR = "https://harbour.example/"
READER = "generic-1"


def story(path: str, headline: str, *, at: int, url: str = HARBOUR, **fields: Any) -> Story:
    return Story(headline=headline, url=url + path, canonical=url + path, position=at, **fields)


def page(lead: Story, *teasers: Story, url: str = HARBOUR, language: str = "en") -> FrontPage:
    lead = replace(lead, role=Role.LEAD, confidence=0.93, evidence=("largest headline", "first in reading order"))
    return FrontPage(url=url, title="Front page", language=language, reader=READER, lead=lead, teasers=teasers)


STORM = story(
    "storm", "Storm closes the harbour for a second night", at=1, summary="Ferries stay in port.", kicker="Weather"
)
FERRY = story("ferry", "Ferry line to add a morning crossing", at=2, section="Town", byline="By Ada Quill")
BAKER = story("baker", "Baker wins the bridge race", at=3, section="Town")
CHOIR = story("choir", HOSTILE, at=4, section="Culture", summary=HOSTILE)
BRIDGE = story(
    "bridge",
    "Council votes to rebuild the old bridge",
    at=1,
    summary="The vote was 7 to 2.",
    body=("It took all night.",),
)
FERRY_EDITED = replace(FERRY, headline="Ferry line to add two evening crossings")
EDITIONS = (
    page(STORM, FERRY, BAKER, CHOIR),
    page(STORM, FERRY_EDITED, BAKER, CHOIR),
    page(BRIDGE, replace(STORM, position=2, section="Weather"), replace(FERRY_EDITED, position=3), CHOIR),
)
TIDE = "https://asashio.example/"
NILE = "https://nil.example/"
ABROAD = (
    ("asashio", "朝潮新聞", TIDE, "Asia/Tokyo", "ja", "港の嵐、二晩目も船は出ず"),
    ("nil", "صحيفة النيل", NILE, "Africa/Cairo", "ar", "المجلس يصوت على إعادة بناء الجسر القديم"),
)


def capture(archive: Archive, slug: str, at: datetime, front_page: FrontPage) -> None:
    body = repr(front_page).encode()
    recorded = archive.record(
        Capture(site=slug, origin=Origin.LIVE, url=front_page.url, instant=at, status=200, body=body)
    )
    archive.file(recorded.capture_id, front_page)


@pytest.fixture(scope="module")
def archive_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three papers: the first with a gap of eight hours, a reworded teaser and a new lead, in this order."""
    path = tmp_path_factory.mktemp("room") / "papers? #1.db"
    with Archive(path) as archive:
        described(archive, "harbour", "The Harbour Post", HARBOUR, "America/New_York")
        capture(archive, "harbour", MORNING - timedelta(hours=8), EDITIONS[0])
        for quarter, edition in enumerate((0, 0, 1, 1, 2)):
            capture(archive, "harbour", MORNING + timedelta(minutes=15 * quarter), EDITIONS[edition])
        archive.end_visit(
            "harbour", due_at=MORNING + timedelta(hours=2), ended_at=MORNING + timedelta(hours=2),
            outcome=Outcome.FAILED, error="connection reset",
        )  # fmt: skip
        for slug, name, url, zone, language, headline in ABROAD:
            described(archive, slug, name, url, zone)
            capture(archive, slug, MORNING, page(story("a", headline, at=1, url=url), url=url, language=language))
        described(archive, "quiet", "The Quiet Paper", "https://quiet.example/", "Europe/Berlin")
    return path


@pytest.fixture
async def room(archive_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the whole application, without a socket, at the time of the last visit."""
    transport = httpx.ASGITransport(
        application(archive_path, host="127.0.0.1", now=lambda: MORNING + timedelta(hours=2))
    )
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


STORM_ID, FERRY_ID, CHOIR_ID = (story_id("harbour", s.canonical) for s in (STORM, FERRY, CHOIR))
PAGES = (
    "/",
    "/site/harbour",
    "/site/harbour?over=all",
    "/site/harbour/at/20261124120000",
    "/site/harbour/diff/20261124110000/20261124120000",
    "/site/harbour/changes",
    f"/story/{FERRY_ID}",
    "/search",
    "/search?q=harbour",
    "/compare?at=2026-11-24T12:00:00Z",
    "/healthz",
)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.fault(36)
async def test_every_page_has_strict_headers_and_asks_nothing_of_others(room: httpx.AsyncClient, path: str) -> None:
    """No page links a script, style, image or frame from elsewhere, nor has any inline."""
    answer = await room.get(path)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert not re.search(r"<(style|img|iframe|object|embed)\b|\sstyle=|\son\w+=", answer.text)
    assert re.findall(r"<script[^>]*>", answer.text) in (
        [], [f'<script src="{DRESS["room.js"]}" defer>'],
    )  # fmt: skip
    assert not re.search(r'<link[^>]+href="(?!/)', answer.text)


@pytest.mark.parametrize("path", [*PAGES, "/archive", "/archive/captures", "/nowhere", "/static/room.css"])
@pytest.mark.fault(34)
async def test_every_address_answers_only_for_its_own_host(room: httpx.AsyncClient, path: str) -> None:
    refused = await room.get(path, headers={"host": "attacker.example"})
    assert refused.status_code == 421
    assert "content-security-policy" in refused.headers


@pytest.mark.parametrize("host", ["localhost", "localhost:8001", "127.0.0.1:9", "[::1]:8001", "LOCALHOST"])
@pytest.mark.fault(34)
async def test_names_of_this_machine_are_answered(room: httpx.AsyncClient, host: str) -> None:
    assert (await room.get("/healthz", headers={"host": host})).status_code == 200


@pytest.mark.parametrize(
    ("host", "name"),
    [("a.example:80", "a.example"), ("[::1]:80", "::1"), ("A.example.", "a.example"), ("127.0.0.1", "127.0.0.1")],
)
def test_host_names_lose_port_and_brackets(host: str, name: str) -> None:
    assert host_name(host) == name


async def test_home_tells_each_sites_lead_and_since_when(room: httpx.AsyncClient) -> None:
    text = (await room.get("/")).text
    assert "Council votes to rebuild the old bridge" in text
    assert "up to 15 min" in text  # seen once, a quarter of an hour after a page without it
    assert "The last visit failed: <span" in text
    assert "connection reset" in text
    assert 'lang="ja" dir="auto"' in text
    assert ABROAD[1][-1] in text
    assert "No front page has been read yet." in text


async def test_home_as_json(room: httpx.AsyncClient) -> None:
    rows = {row["site"]: row for row in (await room.get("/.json")).json()}
    assert rows["harbour"]["captured_at"] == "2026-11-24T12:00:00Z"
    assert rows["harbour"]["lead"] | {"story": ""} == {
        "site": "harbour", "story": "", "headline": BRIDGE.headline, "url": BRIDGE.url,
        "first_seen": "2026-11-24T12:00:00Z", "last_seen": "2026-11-24T12:00:00Z",
        "not_before": "2026-11-24T11:45:00Z", "gone_by": None, "at_least_s": 0, "at_most_s": None, "captures": 1,
    }  # fmt: skip
    assert rows["quiet"]["lead"] is None


async def test_the_leads_address_is_the_printed_one(tmp_path: Path) -> None:
    """A site without https has its story under http, though the story's identity is written with https."""
    path = tmp_path / "archive.db"
    printed = "http://www.plain.example/storm"
    lead = replace(STORM, url=printed, canonical="https://plain.example/storm")
    with Archive(path) as archive:
        described(archive, "plain", "Plain", "http://www.plain.example/", "UTC")
        capture(archive, "plain", MORNING, page(lead, url="http://www.plain.example/"))
    transport = httpx.ASGITransport(application(path, host="127.0.0.1"))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        assert (await client.get("/.json")).json()[0]["lead"]["url"] == printed
        text = (await client.get(f"/story/{story_id('plain', lead.canonical)}")).text
    assert f'href="{printed}"' in text


async def test_a_site_shows_its_leads_with_bounds_and_the_gap(room: httpx.AsyncClient) -> None:
    text = (await room.get("/site/harbour?over=all")).text
    assert '<rect class="gap"' in text
    assert "45 min to 1 h 00" not in text  # the gap leaves the start of that lead open
    assert "at least 45 min" in text
    assert "1 reworded" in text
    assert "<ins>two evening crossings</ins>" in text
    leads = (await room.get("/site/harbour.json?over=all")).json()["leads"]
    assert [lead["headline"] for lead in leads] == [STORM.headline, STORM.headline, BRIDGE.headline]


async def test_a_sites_json_is_of_the_stretch_that_its_page_shows(room: httpx.AsyncClient) -> None:
    """And has the same keys where nothing was seen yet."""
    assert 'href="/site/harbour.json?over=all">This page as JSON' in (await room.get("/site/harbour?over=all")).text
    assert 'href="/site/harbour.json?over=day">This page as JSON' in (await room.get("/site/harbour")).text
    quiet, harbour = [(await room.get(f"/site/{slug}.json")).json() for slug in ("quiet", "harbour")]
    assert quiet.keys() == harbour.keys()
    assert quiet["lasting"] == []


async def test_a_front_page_marks_what_is_new_and_reworded(room: httpx.AsyncClient) -> None:
    later = (await room.get("/site/harbour/at/20261124120000")).text
    assert re.search(r'class="flag new">New</span> <a href="/story/\w+">Council votes', later)
    assert "was the lead" in later
    assert "It took all night." in later
    edited = (await room.get("/site/harbour/at/20261124113000")).text
    assert "<del>a morning crossing</del>" in edited
    assert "Tuesday, 24 November 2026" in edited
    assert 'title="Tuesday 24 November 2026, 06:30:00 EST · 2026-11-24 11:30:00 UTC"' in edited


async def test_a_front_page_names_its_evidence(room: httpx.AsyncClient, archive_path: Path) -> None:
    with connect_readonly(archive_path) as connection:
        (sha256,) = connection.execute(
            "SELECT lower(hex(sha256)) FROM captures JOIN bodies ON bodies.id = body_id ORDER BY instant DESC LIMIT 1"
        ).fetchone()
    connection.close()
    text = (await room.get("/site/harbour/at/now")).text
    for part in ("harbour/20261124120000", sha256, READER, "likely (93%)", "<bdi>largest headline</bdi>; <bdi>first"):
        assert part in text


async def test_a_front_page_leads_to_the_editions_beside_it(room: httpx.AsyncClient) -> None:
    text = (await room.get("/site/harbour/at/20261124114500")).text
    assert 'rel="prev" href="/site/harbour/at/20261124111500"' in text
    assert 'rel="next" href="/site/harbour/at/20261124120000"' in text
    assert "in 2 captures from" in text
    assert '<link rel="canonical" href="/site/harbour/at/20261124114500">' in text


async def test_a_front_page_as_json_is_what_show_prints(room: httpx.AsyncClient) -> None:
    shape = (await room.get("/site/harbour/at/20261124121000.json")).json()
    assert shape["capture"] == "harbour/20261124120000"
    assert shape["age_s"] == 600
    assert shape["lead"]["headline"] == BRIDGE.headline
    assert [teaser["position"] for teaser in shape["teasers"]] == [2, 3, 4]


async def test_the_form_of_a_site_leads_to_an_instant(room: httpx.AsyncClient) -> None:
    """What is typed is read in the site's zone: 06:31 in New York is 11:31 UTC."""
    answer = await room.get("/site/harbour/at?time=2026-11-24T06:31")
    assert answer.headers["location"] == "/site/harbour/at/20261124113100"


async def test_a_difference_in_either_order(room: httpx.AsyncClient) -> None:
    path = "/site/harbour/diff/20261124120000/20261124110000"
    text = (await room.get(path)).text
    assert '<li class="came"><strong>1</strong> came</li>' in text
    assert re.search(r'<li class="gone"><span[^>]*>Went</span> <a[^>]*>Baker wins', text)
    assert "<del>a morning crossing</del>" in text
    assert "<ins>two evening crossings</ins>" in text
    shape = (await room.get(f"{path}.json")).json()
    assert (shape["from"], shape["to"]) == ("2026-11-24T11:00:00Z", "2026-11-24T12:00:00Z")
    assert [entry["headline"] for entry in shape["gone"]] == [BAKER.headline]
    assert [entry["now"] for entry in shape["retitled"]] == [FERRY_EDITED.headline]


async def test_a_story_that_moved_and_was_reworded_is_told_as_both(tmp_path: Path) -> None:
    """A rewording hides no promotion: as many stories are marked of each kind as the sums say."""
    path = tmp_path / "promoted.db"
    swapped = page(
        replace(BAKER, headline="Baker wins the bridge race by a nose", section="", position=1),
        replace(STORM, headline="Storm moves on", section="Weather", position=2),
    )
    with Archive(path) as archive:
        described(archive, "harbour", "The Harbour Post", HARBOUR)
        for quarter, edition in enumerate((page(STORM, BAKER), swapped)):
            capture(archive, "harbour", MORNING + timedelta(minutes=15 * quarter), edition)
    transport = httpx.ASGITransport(application(path, host="127.0.0.1"))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        front = (await client.get("/site/harbour/at/now")).text
        difference = (await client.get("/site/harbour/diff/20261124110000/20261124111500")).text
    later = ["Reworded, was a teaser", "Reworded, was the lead"]
    assert re.findall(r'class="flag">([^<]*)<', front) == later
    assert re.findall(r'class="flag">([^<]*)<', difference) == ["Reworded, moves"] * 2 + later
    assert '<li class="moved"><strong>2</strong> moved</li>' in difference
    assert re.findall(r'<li class="(retitled moved[^"]*)">', difference).count("retitled moved leads") == 2
    assert difference.count('<li class="retitled moved') == 4


async def test_changes_are_told_the_latest_first(room: httpx.AsyncClient) -> None:
    text = (await room.get("/site/harbour/changes")).text
    assert "<del>a morning crossing</del>" in text
    events = (await room.get("/site/harbour/changes.json")).json()
    assert [event["at"] for event in events] == sorted((event["at"] for event in events), reverse=True)
    assert ("dropped", BAKER.headline) in [(event["kind"], event["headline"]) for event in events]


async def test_changes_as_a_feed(room: httpx.AsyncClient) -> None:
    """Every entry has an id of its own, an instant and a link to the page as it stood then."""
    answer = await room.get("/site/harbour/changes.atom")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    atom = {"a": "http://www.w3.org/2005/Atom"}
    entries = ElementTree.fromstring(answer.content).findall("a:entry", atom)
    assert len({entry.findtext("a:id", "", atom) for entry in entries}) == len(entries) > 3
    links = [link.attrib["href"] for entry in entries for link in entry.findall("a:link[@rel='alternate']", atom)]
    assert links[0] == "http://127.0.0.1/site/harbour/at/20261124120000"


@pytest.mark.fault(38)
async def test_control_characters_leave_a_feed_well_formed(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with Archive(path) as archive:
        described(archive, "harbour", "Harbour\x0b & <Post>", HARBOUR, "America/New_York")
        capture(archive, "harbour", MORNING, EDITIONS[0])
        odd = replace(BRIDGE, headline="Bridge\x00 \x1b[31m\ufffe <b>&amp;")
        capture(archive, "harbour", MORNING + timedelta(minutes=15), page(odd))
    transport = httpx.ASGITransport(application(path, host="127.0.0.1"))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        feed = ElementTree.fromstring((await client.get("/site/harbour/changes.atom")).content)
    assert any(
        "Bridge [31m <b>&amp;" in (title.text or "") for title in feed.iter("{http://www.w3.org/2005/Atom}title")
    )


async def test_a_story_tells_its_wordings_and_places(room: httpx.AsyncClient) -> None:
    text = (await room.get(f"/story/{FERRY_ID}")).text
    assert "3 wordings" in text  # the gap parts the first in two
    assert "stood for 30 min to 45 min" in text
    assert "stood for at least 15 min" in text
    shape = (await room.get(f"/story/{STORM_ID}.json")).json()
    assert [span["role"] for span in shape["spans"]] == ["lead", "lead", "teaser"]


async def test_headlines_in_rotation_are_told_from_edits(tmp_path: Path) -> None:
    """A headline that comes back within hours was one of two that rotate; each says in how many captures it stood."""
    path = tmp_path / "archive.db"
    with Archive(path) as archive:
        described(archive, "harbour", "The Harbour Post", HARBOUR, "America/New_York")
        for quarter, edition in enumerate((0, 1, 0, 1)):
            capture(archive, "harbour", MORNING + timedelta(minutes=15 * quarter), EDITIONS[edition])
    transport = httpx.ASGITransport(application(path, host="127.0.0.1"))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        text = (await client.get(f"/story/{FERRY_ID}")).text
    assert "2 headlines in rotation" in text
    assert text.count('<p class="share">50%</p>') == 2


async def test_the_arms_of_a_test_are_no_edits(tmp_path: Path) -> None:
    """Neither in a site's changes, but for whoever asks for them, nor in feeds; what is an edit is told as ever."""
    path = tmp_path / "archive.db"
    bakers = [replace(BAKER, headline=f"Baker wins {what}") for what in ("a race", "the bridge race")]
    with Archive(path) as archive:
        described(archive, "harbour", "The Harbour Post", HARBOUR, "America/New_York")
        for quarter in range(6):
            front = page(STORM, (FERRY, FERRY_EDITED)[quarter % 2], bakers[quarter > 2])
            capture(archive, "harbour", MORNING + timedelta(minutes=15 * quarter), front)
    transport = httpx.ASGITransport(application(path, host="127.0.0.1"))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        site = "/site/harbour/changes"
        then = f"until={compact(MORNING + timedelta(minutes=45))}"
        for asked, other, count in (
            ("", "?rotations=1", 1),
            ("?rotations=1", "", 6),
            (f"?{then}", f"?{then}&rotations=1", 1),
            (f"?{then}&rotations=1", f"?{then}", 4),
        ):
            text = (await client.get(f"{site}{asked}")).text
            assert text.count("<td>Headline edited") == count
            assert f'href="{site}.csv{html.escape(asked)}">CSV' in text
            assert f'href="{site}{html.escape(other)}">With' in text
            assert 'name="q" value=""' in text
            told = (await client.get(f"{site}.json{asked}")).json()
            assert [event["kind"] for event in told] == ["headline-edited"] * count
            assert len((await client.get(f"{site}.csv{asked}")).text.splitlines()) == 1 + count
        assert (await client.get(f"{site}.atom")).text.count("<title>Headline edited") == 1
        story = (await client.get(f"/story/{FERRY_ID}.feed.json")).json()
        edited = (await client.get(f"/story/{story_id('harbour', BAKER.canonical)}.feed.json")).json()
    assert (story["title"], [item["title"] for item in story["items"]]) == (FERRY.headline, ["Stands under Town"])
    assert [item["title"] for item in edited["items"]] == [
        "Baker wins the bridge race", "Baker wins a race", "Stands under Town"
    ]  # fmt: skip


async def test_a_story_that_never_rests_is_told_from_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many places, wordings and turns the page tells and draws the last, and says how many more the JSON has."""
    monkeypatch.setattr("web.story.MAX_TOLD", 3)
    path = tmp_path / "restless.db"
    turns = ("Ferry sails", "Ferry waits")
    with Archive(path) as archive:
        described(archive, "harbour", "The Harbour Post", HARBOUR)
        for number in range(8):
            ferry = replace(FERRY, section=("Town", "Culture")[number % 2], headline=turns[number % 2])
            baker = replace(BAKER, headline=f"Baker wins race {number}")
            capture(archive, "harbour", MORNING + timedelta(minutes=15 * number), page(STORM, ferry, baker))
    transport = httpx.ASGITransport(application(path, host="127.0.0.1"))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        text = (await client.get(f"/story/{FERRY_ID}")).text
        told = (await client.get(f"/story/{FERRY_ID}.json")).json()
        edited = (await client.get(f"/story/{story_id('harbour', BAKER.canonical)}")).text
    assert (len(told["spans"]), len(told["wordings"])) == (8, 8)
    assert text.count("<td>teaser</td>") == 3
    assert '5 earlier places are in the <a href="/story/' in text
    assert "2 headlines in rotation" in text
    assert "The last 3 turns are drawn." in text
    assert text.count('class="bar ') == 6
    assert 'x="0.0%"' in text  # what is drawn begins with the first that is told
    assert (edited.count('class="bar '), edited.count('<li>\n<p class="eyebrow">')) == (4, 3)
    assert "8 wordings, the latest first" in edited
    assert "5 earlier wordings are in the <a" in edited
    assert "Baker wins race <ins>5</ins>" in edited  # the first that is told has one before it


@pytest.mark.fault(35)
async def test_hostile_headlines_are_shown_as_text(room: httpx.AsyncClient) -> None:
    for path in (
        "/site/harbour/at/now",
        f"/story/{CHOIR_ID}",
        "/search?q=alert",
        "/search?q=<script>alert(1)</script>",
    ):
        text = (await room.get(path)).text
        assert "<script>" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "{{ 7 * 7 }} {% raw %}" in (await room.get(f"/story/{CHOIR_ID}")).text


async def test_search_finds_words_of_every_script(room: httpx.AsyncClient) -> None:
    hits = (await room.get("/search.json", params={"q": "嵐"})).json()
    assert [hit["site"] for hit in hits] == ["asashio"]
    assert (await room.get("/search.json?q=bridge&role=lead&site=harbour")).json()[0]["role"] == "lead"
    assert (await room.get("/search.json?q=bridge&to=2020-01-01")).json() == []


async def test_compare_tells_how_long_what_led_then_led(room: httpx.AsyncClient) -> None:
    """Also beyond the instant asked for, with its bounds; null where nothing led."""
    rows = (await room.get("/compare.json?at=2026-11-24T11:20:00Z&site=harbour&site=quiet")).json()
    led = rows[0]["led"]
    assert (led["first_seen"], led["last_seen"]) == ("2026-11-24T11:00:00Z", "2026-11-24T11:45:00Z")
    assert (led["at_least_s"], led["gone_by"], rows[1]["led"]) == (2_700, "2026-11-24T12:00:00Z", None)
    exact = (await room.get("/compare.json?at=2026-11-24T12:00:00Z&site=harbour")).json()
    assert exact[0]["led"]["headline"] == exact[0]["lead"]["headline"] == BRIDGE.headline
    for at in ("2026-11-26T11:20:00Z", "2027-11-26"):  # also long after the last capture
        (later,) = (await room.get(f"/compare.json?at={at}&site=harbour")).json()
        assert later["led"]["headline"] == later["lead"]["headline"]


async def test_to_compare_some_of_many_sites_takes_as_many_ticks(room: httpx.AsyncClient) -> None:
    """Not one for each site that is left out: none is ticked until some are chosen."""
    assert (await room.get("/compare")).text.count(" checked>") == 0
    assert (await room.get("/compare?site=harbour&site=nil")).text.count(" checked>") == 2


async def test_compare_in_the_time_of_a_place(room: httpx.AsyncClient) -> None:
    """Eight in the evening there is typed and told as such; digits stay UTC, and unknown zones are named."""
    text = (await room.get("/compare?at=2026-11-24T06:20&zone=America/New_York&site=harbour")).text
    assert 'value="2026-11-24T06:20"' in text
    assert "America/New_York (EST)" in text
    assert re.search(
        r"Led for <a [^>]*><strong>at least 45 min</strong></a>, from <time[^>]*>06:00</time> to <time[^>]*>06:45<",
        text,
    )
    digits = (await room.get("/compare.json?at=20261124112000&zone=America/New_York&site=harbour")).json()
    assert digits[0]["captured_at"] == "2026-11-24T11:15:00Z"
    refused = await room.get("/compare?zone=Mars/Olympus")
    assert (refused.status_code, "zone of no site here" in refused.text) == (400, True)


async def test_compare_stays_in_the_second_of_two_hours_of_one_name(room: httpx.AsyncClient) -> None:
    """When clocks are set back, what the form sends again is the instant that was shown, and not an hour earlier."""
    zone = {"zone": "America/New_York", "site": "harbour"}
    for digits, told in (("20261101053000", "01:30:00 EDT"), ("20261101063000", "01:30:00 EST")):
        text = (await room.get("/compare", params=zone | {"at": digits})).text
        sent = dict(re.findall(r'<input [^>]*name="(at|fold)" value="([^"]*)"', text))
        assert sent["at"] == "2026-11-01T01:30"
        assert f"{told} · " in text
        assert f"{told} · " in (await room.get("/compare", params=zone | sent)).text
    for plain, told in (
        ("2026-11-24T06:20", "06:20:00 EST"),  # what else is typed after that is what it says
        ("20261101053000", "01:30:00 EDT"),  # and so is an instant, which has no second
        ("2026-11-01T01:30-04:00", "01:30:00 EDT"),
    ):
        assert told in (await room.get("/compare", params=zone | {"at": plain, "fold": "1"})).text


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
async def test_the_first_and_the_last_year_can_be_shown(tmp_path: Path, zone: str) -> None:
    """Also where the site's own day is of the year before or after."""
    path = tmp_path / "archive.db"
    ends = (datetime(1000, 1, 1, tzinfo=UTC), datetime(9989, 12, 31, 23, 59, 59, tzinfo=UTC))
    with Archive(path) as archive:
        described(archive, "harbour", "The Harbour Post", HARBOUR, zone)
        for instant in ends:
            capture(archive, "harbour", instant, EDITIONS[0])
    transport = httpx.ASGITransport(application(path, host="127.0.0.1"))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        for address in (
            "/",
            "/site/harbour",
            "/site/harbour?over=all",
            "/site/harbour/at/now",
            "/site/harbour/at/99891231235959",
            "/site/harbour/changes",
            "/site/harbour/changes.atom",
            f"/story/{STORM_ID}",
            f"/compare?zone={zone}",
            "/search?q=storm",
            "/search?q=storm&site=harbour",
            "/search.csv?q=storm",
        ):
            assert (await client.get(address)).status_code == 200, address


async def test_compare_shows_sites_side_by_side(room: httpx.AsyncClient) -> None:
    rows = (await room.get("/compare.json?at=2026-11-24T11:20:00Z&site=harbour&site=nil&site=quiet")).json()
    assert [(row["site"], row["age_s"]) for row in rows] == [("harbour", 300), ("nil", 1200), ("quiet", None)]
    assert rows[0]["lead"]["headline"] == STORM.headline
    assert "Not watched by then." in (await room.get("/compare?at=2026-11-24T11:20:00Z")).text


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("/site/nowhere", 404, "the archive knows no site"),
        ("/site/nowhere/at/now", 404, "the archive knows no site"),
        ("/site/harbour/at/20100101000000", 404, "no readable capture"),
        ("/site/quiet/at/now", 404, "no readable capture"),
        ("/site/harbour/at/yesterday", 400, "is no time"),
        ("/site/harbour/at/99999999999999", 400, "is no time"),
        ("/site/harbour/at/0999-11-24", 400, "no time that an archive can hold"),
        ("/site/harbour/diff/now/soon", 400, "is no time"),
        ("/site/harbour?over=decade", 400, "stretch of time"),
        ("/story/aaaaaaaaaaaa", 404, "knows no story"),
        ("/story/nothing", 404, "knows no story"),
        ("/search?q=%22%22", 400, "no word"),
        ("/search?q=storm&role=king", 400, "is no role"),
        ("/search?q=storm&site=nowhere", 404, "knows no site"),
        ("/compare?site=nowhere", 404, "knows no site"),
        ("/compare?at=0001-01-01", 400, "no time that an archive can hold"),
        ("/compare?q=storm&at=0001-01-20", 400, "no time that an archive can hold"),
        ("/compare?at=9999-12-31T23:59:59", 400, "no time that an archive can hold"),
        ("/compare?at=9998-12-31T23:30&zone=America/New_York", 400, "no time that an archive can hold"),
        ("/nowhere/at/all/of/it", 404, "no such page"),
    ],
)
async def test_what_cannot_be_shown_is_said(room: httpx.AsyncClient, path: str, status: int, message: str) -> None:
    answer = await room.get(path)
    assert answer.status_code == status
    assert message in answer.text.replace("&#34;", '"')
    assert "Traceback" not in answer.text
    before, mark, query = path.partition("?")
    shape = (await room.get(f"{before}.json{mark}{query}")).json()
    assert (shape["ok"], shape["status"]) == (False, status)


@pytest.mark.parametrize(
    "query", ['"', "NEAR(", "a* OR b", "col:x", "\x00", "^", "-", "'; DROP TABLE words", "嵐*" * 50, "{", "(" * 500]
)
@pytest.mark.fault(39)
async def test_hostile_queries_are_answered(room: httpx.AsyncClient, query: str) -> None:
    assert (await room.get("/search", params={"q": query})).status_code in (200, 400)


@pytest.mark.parametrize(
    "path",
    [
        "/static/../server.py",
        "/static/%2e%2e/server.py",
        "/static/..%2fserver.py",
        "/static//etc/passwd",
        "/site/%00",
        "/site/..%2f..%2fetc/at/now",
        "/story/%ff%fe",
        "/archive/../../etc/passwd",
    ],
)
@pytest.mark.fault(40)
async def test_paths_lead_nowhere_else(room: httpx.AsyncClient, path: str) -> None:
    """httpx would tidy the path away, so it is sent raw."""
    url = httpx.URL("http://127.0.0.1/").copy_with(raw_path=path.encode())
    answer = await room.send(httpx.Request("GET", url), follow_redirects=True)
    assert answer.status_code in (400, 404)
    assert "import" not in answer.text
    assert "root:" not in answer.text


async def test_datasettes_tables_and_sql_stay(room: httpx.AsyncClient) -> None:
    rows = (await room.get("/archive/sites.json?_shape=array")).json()
    assert [row["slug"] for row in rows] == ["harbour", "asashio", "nil", "quiet"]
    answer = await room.get("/archive.json?sql=select+count(*)+as+n+from+captures&_shape=array")
    assert answer.json() == [{"n": 8}]
    assert (await room.get("/archive.db")).status_code != 200


async def test_every_table_and_a_row_of_it_can_be_looked_at(room: httpx.AsyncClient) -> None:
    listed = (await room.get("/archive.json")).json()
    tables = [table["name"] for table in (*listed["tables"], *listed["views"])]
    assert {"captures", "front_page_leads"} <= set(tables)
    for table in tables:
        assert (await room.get(f"/archive/{table}")).status_code == 200, table
    assert (await room.get("/archive/captures/1")).status_code == 200


@pytest.mark.parametrize(
    "sql",
    [
        "ATTACH 'x.db' AS x",
        "DELETE FROM captures",
        "PRAGMA journal_mode = DELETE",
        "SELECT load_extension('x')",
        "SELECT length(randomblob(100000000))",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
    ],
)
@pytest.mark.fault(39)
async def test_sql_that_attaches_writes_or_never_ends_is_refused(room: httpx.AsyncClient, sql: str) -> None:
    started = datetime.now(UTC)
    answer = await room.get("/archive.json", params={"sql": sql, "_shape": "array"})
    assert answer.status_code >= 400
    assert datetime.now(UTC) - started < timedelta(seconds=5)


@pytest.mark.fault(39)
async def test_a_page_that_takes_too_long_is_stopped(archive_path: Path) -> None:
    """Questions of our own pages have the limit that free SQL has."""
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    datasette = room_over(archive_path)
    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        await ask(datasette, lambda connection: connection.execute(endless).fetchone())
    assert await ask(datasette, lambda connection: connection.execute("SELECT 1").fetchone()[0]) == 1


async def test_instants_in_tables_are_readable(room: httpx.AsyncClient) -> None:
    assert "2026-11-24T11:15:00Z" in (await room.get("/archive/captures")).text


async def test_tables_lead_to_stories_and_captures(room: httpx.AsyncClient) -> None:
    """And back to the room; JSON and CSV have the names alone."""
    text = (await room.get("/archive/front_page_leads")).text
    assert f'<a href="/story/{STORM_ID}">{STORM_ID}</a>' in text
    for way in ("/compare", "/search"):
        assert f'<a href="{way}">' in text
    captures = (await room.get("/archive/captures_told")).text
    assert '<a href="/site/harbour/capture/20261124110000">harbour/20261124110000</a>' in captures
    assert "<a" not in (await room.get("/archive/captures_told.csv")).text


def test_whole_days_are_told_without_hours() -> None:
    assert [duration(seconds) for seconds in (59 * 60, 47 * 3_600, 5 * 86_400, 5 * 86_400 + 3_600)] == [
        "59 min", "47 h 00", "5 d", "5 d 1 h",
    ]  # fmt: skip


async def test_titles_tell_pages_apart(room: httpx.AsyncClient) -> None:
    """In tabs, bookmarks and the history of a browser: no two pages have the same."""
    paths = [
        "/site/harbour",
        "/site/harbour?until=20261124113000",
        "/site/harbour/changes",
        "/site/harbour/changes?until=20261124113000",
        "/site/harbour/at/20261124110000",
        "/site/harbour/at/20261124120000",
        "/site/harbour/diff/20261124110000/20261124113000",
        "/site/harbour/diff/20261124110000/20261124120000",
        "/compare?at=20261124113000",
        "/compare?at=20261124120000",
    ]
    titles = [re.findall(r"<title>(.*?)</title>", (await room.get(path)).text)[0] for path in paths]
    assert len(set(titles)) == len(paths)


async def test_times_in_utc_are_not_pointed_at_for_utc(room: httpx.AsyncClient) -> None:
    for zone, told in (("UTC", "those of UTC.</p>"), ("Asia/Tokyo", "those of Asia/Tokyo; point at one for UTC.</p>")):
        assert told in (await room.get(f"/compare?zone={zone}")).text


async def test_less_than_a_minute_is_no_time_before(room: httpx.AsyncClient) -> None:
    for path in ("/compare?at=20261124120030", "/site/harbour/at/20261124120030"):
        assert "0 min before" not in (await room.get(path)).text
        assert "1 min before" in (await room.get(path.replace("0030", "0100"))).text


async def test_bars_that_a_table_tells_are_no_stops_of_the_tab_key(room: httpx.AsyncClient) -> None:
    """On a comparison nothing else leads to those pages."""
    for path, stops in (("/site/harbour?over=all", 0), (f"/story/{FERRY_ID}", 0), ("/compare?at=20261124120000", 5)):
        bars = re.findall(r'<a href="/site/[^>]* aria-label=[^>]*><svg', (await room.get(path)).text)
        assert len([bar for bar in bars if 'tabindex="-1"' not in bar]) == stops, path
        assert bars


async def test_style_and_script_are_kept_for_good(room: httpx.AsyncClient) -> None:
    """Under the address that changes with them; under another they are asked for anew."""
    for name, for_good in DRESS.items():
        assert "immutable" in (await room.get(for_good)).headers["cache-control"]
        for other in (f"/static/{name}", f"/static/{name}?v=0"):
            assert "cache-control" not in (await room.get(other)).headers
    for path in ("/", "/nowhere", "/archive"):
        linked = re.findall(r'(?:href|src)="(/static/[^"]*)"', (await room.get(path)).text)
        assert set(linked) <= set(DRESS.values())
        assert linked


def test_durations_are_no_surer_than_they_are() -> None:
    def seen(first: int, last: int, before: int | None, after: int | None) -> Bounds:
        return Bounds(first_seen=first, last_seen=last, not_before=before, gone_by=after, captures=1)

    assert phrases.stood(seen(0, 9900, -900, 10800)) == "2 h 45 to 3 h 15"
    assert phrases.stood(seen(0, 720, None, 1600)) == "at least 12 min"
    assert phrases.stood(seen(0, 0, -900, 900)) == "up to 30 min"
    assert phrases.stood(seen(0, 0, None, None)) == "one capture"
    assert phrases.stood(seen(0, 9900, -900, None), now=True) == "2 h 45 to 3 h 00"


def test_durations_of_several_spans_add_both_bounds() -> None:
    """One that is open on a side leaves all of them without an upper bound."""

    def seen(first: int, last: int, before: int | None, after: int | None) -> Bounds:
        return Bounds(first_seen=first, last_seen=last, not_before=before, gone_by=after, captures=1)

    once, short, standing = seen(0, 0, -900, 900), seen(1800, 4500, 900, 5400), seen(7200, 9000, 6300, None)
    assert phrases.stood_in_all([once, short]) == "45 min to 1 h 45"
    assert phrases.stood_in_all([short, standing]) == "at least 1 h 15"
    assert phrases.stood_in_all([short, standing], now=True) == "1 h 15 to 2 h 00"
    assert phrases.stood_in_all([seen(0, 0, None, None), seen(9, 9, None, None)]) == "2 captures"


@pytest.mark.parametrize(
    ("was", "now", "left", "right"),
    [
        ("a b", "a x", [("a ", False), ("b", True)], [("a ", False), ("x", True)]),
        ("b c", "x c", [("b", True), (" c", False)], [("x", True), (" c", False)]),
        ("a", "a again", [("a", False)], [("a ", False), ("again", True)]),  # what is put behind is all that is new
        ("a resigns", "a resigns, b", [("a resigns", False)], [("a resigns", False), (", b", True)]),
        ("“a” b", "a b", [("“", True), ("a", False), ("”", True), (" b", False)], [("a b", False)]),
        ("a, b, c", "x, y, z", [("a, b, c", True)], [("x, y, z", True)]),  # a comma alone is nothing in common
        ("की a", "का a", [("की", True), (" a", False)], [("का", True), (" a", False)]),
        ("港の嵐", "港の波", [("港の", False), ("嵐", True)], [("港の", False), ("波", True)]),
        ("港の 嵐", "港の 波", [("港の ", False), ("嵐", True)], [("港の ", False), ("波", True)]),
        ("", "new", [], [("new", True)]),
        (" a  b ", "a b", [(" a  b ", False)], [("a b", False)]),
    ],
)  # fmt: skip
def test_edits_are_marked_by_word_or_character(was: str, now: str, left: list[Any], right: list[Any]) -> None:
    assert marked(was, now) == (left, right)


@pytest.mark.fault(39)
@pytest.mark.parametrize(
    ("was", "now"),
    [("あ" * 1000, "あい" * 500), ("い" + "あ" * 240, "う" + "あい" * 120), ("a " * 2000, "b a " * 1000)],
)
def test_letters_that_come_a_thousand_times_hold_up_nobody(was: str, now: str) -> None:
    """What is too much to compare is marked as a whole, but for the common begin and end."""
    started = time.thread_time()
    left, right = marked(was, now)
    assert time.thread_time() - started < 1
    assert ("".join(text for text, _ in left), "".join(text for text, _ in right)) == (was, now)
    assert sum(differs for _, differs in right) == 1


def test_an_edit_within_a_long_text_is_marked_alone() -> None:
    words = [f"word{number % 400}" for number in range(800)]
    edited = [*words[:300], "other", *words[301:500], "another", *words[501:]]
    left, right = marked(" ".join(words), " ".join(edited))
    assert [text for text, differs in left if differs] == ["word300", "word100"]
    assert [text for text, differs in right if differs] == ["other", "another"]


def test_a_common_end_is_matched_however_long_the_rest_is() -> None:
    left, right = marked("い" + "あ" * 1000 + "終", "う" + "あい" * 500 + "終")
    assert left[-1] == right[-1] == ("終", False)


def test_years_of_a_capture_a_day_are_few_gaps() -> None:
    """However many there are, no more are drawn than can be told apart."""
    nights = [(day * 24, day * 24 + 23) for day in range(4_000)]
    drawn = timeline([], nights, Window(start=0, end=4_000 * 24), "UTC").gaps
    assert [(gap.x, gap.width) for gap in drawn] == [(0, 99.999)]
    assert len(timeline([], nights[:20], Window(start=0, end=480), "UTC").gaps) == 20


@pytest.mark.parametrize("hour", [0, 500, 1_000])
def test_what_was_seen_once_is_to_be_seen(hour: int) -> None:
    """A lead of one capture is as wide as can be seen, without an edge over it, and stands within the window."""
    seen = Bounds(first_seen=hour, last_seen=hour, not_before=None, gone_by=None, captures=1)
    period = Period(key="a", label="A", language="en", seen=seen)
    (bar,) = timeline([period], [], Window(start=0, end=1_000), "UTC").bars
    assert (bar.sure.width, bar.is_thin) == (NARROWEST_BAR, True)
    assert bar.sure.x == min(hour / 10, 100 - NARROWEST_BAR)


def test_ticks_keep_local_midnights_across_a_change_of_clocks() -> None:
    """Berlin's night of 25 October 2026 has 25 hours."""
    start, end = (int(datetime(2026, 10, day, tzinfo=UTC).timestamp()) for day in (23, 28))
    ticks = timeline([], [], Window(start=start, end=end), "Europe/Berlin").ticks
    assert [tick.label for tick in ticks] == ["24 Oct", "25 Oct", "26 Oct", "27 Oct"]


def test_ticks_within_a_day_are_equally_far_apart_across_a_change_of_clocks() -> None:
    """In Berlin's night of 29 March 2026 nothing was called two o'clock."""
    start = int(datetime(2026, 3, 28, 23, tzinfo=UTC).timestamp())
    ticks = timeline([], [], Window(start=start, end=start + 4 * 3600), "Europe/Berlin").ticks
    assert [(tick.x, tick.label) for tick in ticks] == [(0, "29 Mar"), (25, "01:00"), (50, "03:00"), (75, "04:00")]


def test_quarters_begin_where_they_do() -> None:
    """Whichever month the window begins in."""
    start, end = (int(datetime(year, 2, 20, tzinfo=UTC).timestamp()) for year in (2026, 2027))
    ticks = timeline([], [], Window(start=start, end=end), "UTC").ticks
    assert [tick.label for tick in ticks] == ["Apr 2026", "Jul 2026", "Oct 2026", "Jan 2027"]


@pytest.mark.parametrize(
    ("days", "labels"),
    [
        (150, ["Jan 2026", "Feb 2026", "Mar 2026", "Apr 2026", "May 2026"]),
        (400, ["Jan 2026", "Apr 2026", "Jul 2026", "Oct 2026", "Jan 2027"]),
        (1500, ["Jan 2026", "Jan 2027", "Jan 2028", "Jan 2029"]),
        (5000, ["Jan 2026", "Jan 2028", "Jan 2030", "Jan 2032", "Jan 2034", "Jan 2036", "Jan 2038"]),
        (12000, ["Jan 2026", "Jan 2031", "Jan 2036", "Jan 2041", "Jan 2046", "Jan 2051", "Jan 2056"]),
    ],
)
def test_ticks_of_a_long_time_are_whole_months(days: int, labels: list[str]) -> None:
    """The first of the month, the quarter or the year, where the site is; each is named once."""
    start = datetime(2025, 12, 31, 11, tzinfo=UTC)  # in Auckland the year begins
    window = Window(start=int(start.timestamp()), end=int((start + timedelta(days=days)).timestamp()))
    assert [tick.label for tick in timeline([], [], window, "Pacific/Auckland").ticks] == labels


def test_links_of_other_schemes_are_not_followed() -> None:
    assert phrases.outside("https://a.example/") == "https://a.example/"
    assert phrases.outside("javascript:alert(1)") == ""
    assert phrases.outside("http://[") == ""


def test_port_zero_picks_a_free_one() -> None:
    with listen("127.0.0.1", 0) as listener:
        assert re.fullmatch(r"http://127\.0\.0\.1:[1-9]\d*/", address(listener, "127.0.0.1"))


async def test_headlines_say_which_language_they_are_in(tmp_path: Path) -> None:
    """Whatever page they are on: a screen reader would read them as English, as the rest of the page is."""
    path = tmp_path / "tide.db"
    slug, _, url, zone, _, headline = ABROAD[0]
    storm = story("a", f"NATO {headline}", at=1, url=url, summary="船は港に残る")
    ferry = story("b", "渡し船の朝の便が増える", at=2, url=url, section="地方")
    edited = replace(ferry, headline="渡し船の朝の便が減る")
    opened = story("c", "橋が開通", at=1, url=url)
    fronts = ((storm, ferry), (opened, replace(storm, position=2, section="地方"), edited))
    with Archive(path) as archive:
        described(archive, slug, "Asashio", url, zone)
        for quarter, stories in enumerate(fronts):
            capture(archive, slug, MORNING + timedelta(minutes=15 * quarter), page(*stories, url=url, language="ja"))
    transport = httpx.ASGITransport(application(path, host="127.0.0.1", now=lambda: MORNING + timedelta(hours=1)))
    paths = [f"/story/{story_id(slug, one.canonical)}" for one in (storm, ferry)]
    paths += [f"/site/{slug}{page}" for page in ("", "/at/now", "/changes", "/diff/20261124110000/20261124111500")]
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        for address_of in ("/", *paths, "/search?q=nato", "/compare?q=nato"):
            body = LexborHTMLParser((await client.get(address_of)).text).body
            assert body is not None
            said = [(_said_by(node), _language(node)) for node in body.traverse()]
            told = [pair for pair in said if re.search("[\u3040-\u9fff]", pair[0])]
            assert len(told) > 1, address_of
            assert [pair for pair in told if pair[1] != "ja"] == [], address_of


def _said_by(node: LexborNode) -> str:
    """The text of an element itself, or what it is called by."""
    return (node.attributes.get("aria-label") or node.text(deep=False)).strip()


def _language(node: LexborNode | None) -> str:
    while node is not None and "lang" not in node.attributes:
        node = node.parent
    return (node.attributes["lang"] or "") if node is not None else ""


async def test_what_is_captured_meanwhile_is_shown(tmp_path: Path) -> None:
    """The daemon writes beside the room, even in the middle of a transaction."""
    path = tmp_path / "archive.db"
    with Archive(path) as archive:
        described(archive, "harbour", "The Harbour Post", HARBOUR, "America/New_York")
        capture(archive, "harbour", MORNING, EDITIONS[0])
        transport = httpx.ASGITransport(application(path, host="127.0.0.1"))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            with archive.batch():
                capture(archive, "harbour", MORNING + timedelta(minutes=15), EDITIONS[2])
                assert STORM.headline in (await client.get("/")).text
            assert BRIDGE.headline in (await client.get("/")).text


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [(["missing.db"], 1, "there is no archive yet"), (["foreign.db"], 1, "something else"), ([], 2, "config.toml")],
)
def test_serve_says_why_it_cannot(tmp_path: Path, arguments: list[str], code: int, message: str) -> None:
    (tmp_path / "foreign.db").write_bytes(b"")
    with sqlite3.connect(tmp_path / "foreign.db") as foreign:
        foreign.execute("CREATE TABLE theirs (id)")
    foreign.close()
    answer = frontpage_run("serve", *arguments, folder=tmp_path)
    assert (answer.code, answer.out) == (code, b"")
    assert message in answer.log


def test_a_port_that_is_taken_is_named() -> None:
    with listen("127.0.0.1", 0) as listener, pytest.raises(ConfigError, match="cannot listen on"):
        listen("127.0.0.1", listener.getsockname()[1])


@pytest.fixture(scope="module")
def served(archive_path: Path) -> Iterator[str]:
    """The address of a reading room in a process of its own."""
    with serving(archive_path) as address:
        yield address


def test_a_process_announces_itself_and_ends_cleanly(served: str) -> None:
    assert httpx.get(f"{served}/healthz", trust_env=False).json()["ok"] is True


def test_a_reading_room_ends_with_its_parent(archive_path: Path) -> None:
    """A parent that is killed cannot tell its child to end; the child sees to it."""
    room = f"subprocess.Popen([sys.executable, '-m', 'web.server', {str(archive_path)!r}, '127.0.0.1', '0'])"
    parent = subprocess.Popen(
        [sys.executable, "-c", f"import subprocess, sys, time; print({room}.pid, flush=True); time.sleep(60)"],
        stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1],
    )  # fmt: skip
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert parent.stdout.readline().startswith("http://127.0.0.1:")
    parent.kill()
    parent.wait()
    assert parent.stdout.read() == ""  # the pipe closes when the child, its last writer, is gone
    parent.stdout.close()
    assert not Path(f"/proc/{child}/cmdline").exists() or not Path(f"/proc/{child}/cmdline").read_bytes()


def test_an_unreadable_page_shows_no_edition(tmp_path: Path) -> None:
    """Walls are recorded and are no front page: the site page of such a site says that nothing was read."""
    path = tmp_path / "wall.db"
    with Archive(path) as archive:
        described(archive, "wall", "The Wall", "https://wall.example/", "UTC")
        wall = FrontPage(
            url="https://wall.example/", quality=Quality.CONSENT_WALL, problem="asks for consent", reader=READER
        )
        capture(archive, "wall", MORNING, wall)
    with connect_readonly(path) as connection:
        assert connection.execute("SELECT count(*) FROM observations").fetchone() == (0,)
    connection.close()


def test_a_zone_is_named_once() -> None:
    assert phrases.zone_name(MORNING, "UTC") == "UTC"
    assert phrases.zone_name(MORNING, "Europe/Berlin") == "Europe/Berlin (CET)"


def test_what_leads_is_told_no_surer_than_it_is() -> None:
    once = Bounds(first_seen=0, last_seen=0, not_before=None, gone_by=None, captures=1)
    assert phrases.led_for(once) == "Seen as lead once"
    assert phrases.led_for(replace(once, last_seen=9900, not_before=-900)) == "Led for 2 h 45 to 3 h 00"
    assert phrases.ago(MORNING, MORNING + timedelta(days=3277, hours=4)) == "3,277 days ago"
    assert phrases.ago(MORNING, MORNING + timedelta(hours=7)) == "7 h 00 ago"


async def test_the_slider_tells_each_edition_as_it_was(tmp_path: Path) -> None:
    """A lead that was reworded since stands under its former headline at the editions that had it."""
    path = tmp_path / "reworded.db"
    with Archive(path) as archive:
        described(archive, "harbour", "The Harbour Post", HARBOUR)
        for quarter, headline in enumerate((STORM.headline, "Storm spares the harbour")):
            edition = page(replace(STORM, headline=headline), FERRY, BAKER)
            capture(archive, "harbour", MORNING + timedelta(minutes=15 * quarter), edition)
    transport = httpx.ASGITransport(application(path, host="127.0.0.1"))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        text = (await client.get("/site/harbour")).text
    assert re.findall(r'data-headline="([^"]*)"', text) == [STORM.headline, "Storm spares the harbour"]


async def test_a_rewording_is_told_with_the_time_before_it(room: httpx.AsyncClient) -> None:
    """When was it changed? Between the last capture that had the former headline and the first with the new one."""
    text = re.sub(r"<[^>]+>", "", (await room.get(f"/story/{FERRY_ID}")).text)
    assert "24 Nov 2026, 06:30 (not yet at 06:15), still there" in text


async def test_a_day_without_captures_has_no_empty_lane(room: httpx.AsyncClient) -> None:
    """The sites that nobody looked at are named instead."""
    text = (await room.get("/compare?at=2026-11-30T12:00:00Z")).text
    assert 'class="timeline"' not in text
    assert "Nobody looked at <bdi>" in text
    assert "No lead was told apart on <bdi>" not in text


async def test_a_day_without_a_lead_was_looked_at(tmp_path: Path) -> None:
    """Whether nobody looked, or no lead was told apart, of front pages or of what could not be read as one."""
    path = tmp_path / "archive.db"
    with Archive(path) as archive:
        described(archive, "harbour", "The Harbour Post", HARBOUR)
        capture(archive, "harbour", MORNING, EDITIONS[0])
        for quarter, slug in enumerate(("flat", "wall", "gone"), 1):
            described(archive, slug, f"The {slug.title()} Paper", f"https://{slug}.example/")
            read = replace(EDITIONS[0], url=f"https://{slug}.example/")
            capture(archive, slug, MORNING - timedelta(days=4), read)
            unread = replace(read, lead=None, teasers=(), quality=Quality.CONSENT_WALL, problem="asks for consent")
            if slug == "flat":
                capture(archive, slug, MORNING + timedelta(minutes=15 * quarter), replace(read, lead=None))
            elif slug == "wall":
                capture(archive, slug, MORNING + timedelta(minutes=15 * quarter), unread)
    transport = httpx.ASGITransport(application(path, host="127.0.0.1"))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        text = (await client.get("/compare?at=2026-11-24T12:00:00Z")).text
    assert "No lead was told apart on <bdi>The Flat Paper</bdi>, <bdi>The Wall Paper</bdi> on that day." in text
    assert "Nobody looked at <bdi>The Gone Paper</bdi> on that day." in text
