"""What the reading room gives to take along, and to whom: exports, feeds, facets, pictures, keys."""

import csv
import io
import json
import re
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from functools import reduce
from hashlib import sha256
from pathlib import Path
from xml.etree import ElementTree as ET

import httpx
import pytest

from scraper.config import WebSettings
from scraper.console import duration
from scraper.errors import ConfigError
from scraper.instants import compact, epoch
from scraper.secrets import PASSWORD, TOKEN, web_secrets
from storage.calendar import seen_by_hour
from storage.columns import export_columns
from storage.paths import Point
from tests.made import SITE, keep, new_archive, page
from tests.past_papers import LAST, archive_of
from tests.rooms import serving
from tests.verbs import frontpage_run
from web.course import course
from web.heat import Calendar, calendar
from web.histogram import histogram
from web.keys import Keys
from web.plugin import DOCUMENTS, FEEDS, PAGES
from web.server import application
from web.timeline import Window

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed database:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:There is no current event loop:DeprecationWarning"),
]
ATOM = "{http://www.w3.org/2005/Atom}"
KEYS = Keys(password="open sesame", token="t0ken")
ADDRESSES = {"(?P<slug>[^/.]+)": "courier", "(?P<at>[^/.]+)": "now", "(?P<a>[^/.]+)": "now", "(?P<b>[^/.]+)": "now"}
ADDRESSES |= {
    "(?P<name>[^/.]+)": compact(LAST),
    "(?P<id>[^/.]+)": "aaaaaaaaaaaa",
    r"\.": ".",
    ".+": "https://x.example/",
}
ADDRESSES |= {r"\d.*": "2026/https://x.example/"}
OTHERS = ("/archive", "/archive.json?sql=select+1", "/archive/captures", "/static/room.css", "/-/versions", "/nowhere")


@pytest.fixture(scope="module")
def archive_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A day of two papers."""
    return archive_of(tmp_path_factory.mktemp("asked") / "papers.db", ("courier", "almina"), every=timedelta(hours=1))


@pytest.fixture
async def room(archive_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(application(archive_path, host="127.0.0.1"))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
async def locked(archive_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(application(archive_path, host="127.0.0.1", keys=KEYS))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


def addresses() -> list[str]:
    """An address of every route that is ours, and of Datasette's kinds."""
    ours = [*PAGES, *(f"{path}.json" for path in PAGES), *(f"{path}.atom" for path in FEEDS), *DOCUMENTS]
    for pattern, example in ADDRESSES.items():
        ours = [path.replace(pattern, example) for path in ours]
    return [*ours, *OTHERS]


@pytest.mark.parametrize("path", addresses())
async def test_no_route_opens_without_a_key(locked: httpx.AsyncClient, path: str) -> None:
    """Neither without one nor with a wrong one, whatever there is behind it."""
    wrong = b64encode(b"me:close sesame").decode()
    for headers in (
        {},
        {"authorization": f"Basic {wrong}"},
        {"authorization": "Bearer "},
        {"authorization": "Basic ?"},
    ):
        if path == "/healthz" and not headers:
            continue  # says one word
        answer = await locked.get(path, headers=headers)
        assert (answer.status_code, answer.headers["www-authenticate"][:5]) == (401, "Basic")
        assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("credentials", [f"Basic {b64encode(b'me:open sesame').decode()}", "Bearer t0ken"])
async def test_a_key_opens_the_room_but_no_free_sql(locked: httpx.AsyncClient, credentials: str) -> None:
    """Tables stay to be looked at; SQL of one's own is refused."""
    headers = {"authorization": credentials}
    for path in ("/", "/site/courier", "/archive/captures"):
        assert (await locked.get(path, headers=headers)).status_code == 200
    assert (await locked.get("/archive.json?sql=select+1", headers=headers)).status_code == 403
    assert (await locked.get("/archive/captures?_where=1", headers=headers)).status_code == 403


def test_a_room_gets_its_keys_from_whoever_starts_it(archive_path: Path) -> None:
    """As the daemon hands them on: in the environment."""
    with serving(archive_path, {PASSWORD: "", TOKEN: "t0ken"}) as address:
        assert httpx.get(f"{address}/", trust_env=False).status_code == 401
        headers = {"authorization": "Bearer t0ken"}
        assert httpx.get(f"{address}/", headers=headers, trust_env=False).status_code == 200


def test_secrets_come_from_the_environment_or_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The config only names them; what it names has to be there."""
    (tmp_path / "token").write_text("t0ken\n")
    monkeypatch.setenv("ROOM_PASSWORD", "open sesame")
    web = WebSettings(password_env="ROOM_PASSWORD", token_file=tmp_path / "token")
    assert web_secrets(web) == {PASSWORD: "open sesame", TOKEN: "t0ken"}
    for faulty, message in (
        (WebSettings(password_env="NOT_SET"), "holds nothing"),
        (WebSettings(token_file=tmp_path / "none"), "cannot be read"),
        (WebSettings(token_env="ROOM_PASSWORD", token_file=tmp_path / "token"), "keep one"),
    ):
        with pytest.raises(ConfigError, match=message):
            web_secrets(faulty)


def test_every_page_is_documented() -> None:
    """docs/reading-room.md names every page, feed and document."""
    text = (Path(__file__).parents[1] / "docs" / "reading-room.md").read_text(encoding="utf-8")
    names = {"(?P<slug>[^/.]+)": "SLUG", "(?P<id>[^/.]+)": "ID", "(?P<name>[^/.]+)": "DIGITS", r"\.": "."}
    names |= {
        "(?P<at>[^/.]+)": "TIME",
        "(?P<a>[^/.]+)": "TIME",
        "(?P<b>[^/.]+)": "TIME",
        ".+": "URL",
        r"\d.*": "DIGITS",
    }
    for path in {*PAGES, *FEEDS, *DOCUMENTS} - {"/site/(?P<slug>[^/.]+)/at"}:  # where a form of a site's page leads
        told = reduce(lambda address, pair: address.replace(*pair), names.items(), path)
        assert f"`{told}" in text, told


async def test_a_search_counts_by_site_and_role(room: httpx.AsyncClient) -> None:
    """The counts beside a facet are those of the hits that it leads to."""
    text = (await room.get("/search?q=harbour")).text
    for role in ("lead", "teaser"):
        hits = (await room.get(f"/search.json?q=harbour&role={role}")).json()
        assert f'href="/search?q=harbour&amp;role={role}">{role}</a> <span class="count">{len(hits)}</span>' in text


async def test_search_results_are_taken_along(room: httpx.AsyncClient) -> None:
    """csv and jsonl have the rows of the JSON, the newest first; nothing in a cell is a formula."""
    hits = (await room.get("/search.json?q=harbour")).json()
    answer = await room.get("/search.csv?q=harbour")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert sorted((row["story"], row["capture"]) for row in rows) == sorted((h["story"], h["capture"]) for h in hits)
    lines = [json.loads(line) for line in (await room.get("/search.jsonl?q=harbour")).text.splitlines()]
    assert sorted(map(str, lines)) == sorted(map(str, hits))
    assert [(line["story"], line["first_seen"]) for line in lines] == [
        (row["story"], row["first_seen"]) for row in rows
    ]
    assert (await room.get("/search.csv")).status_code == 400


async def test_feeds_say_the_same_in_both_forms(room: httpx.AsyncClient) -> None:
    """Of a site, a story and a search: the same ids in Atom and in JSON Feed, the latest first."""
    story = (await room.get("/site/courier.json")).json()["leads"][0]["story"]
    for path, query in (("/site/courier/changes", ""), (f"/story/{story}", ""), ("/search", "?q=harbour")):
        root = ET.fromstring((await room.get(f"{path}.atom{query}")).content)
        answer = await room.get(f"{path}.feed.json{query}")
        assert answer.headers["content-type"].startswith("application/feed+json")
        items = answer.json()["items"]
        ids = [entry.text for entry in root.iter(f"{ATOM}id")][1:]
        assert ids == [item["id"] for item in items]
        assert len(set(ids)) == len(ids) > 0
        dates = [item["date_published"] for item in items]
        assert dates == sorted(dates, reverse=True)
        assert answer.json()["feed_url"] == f"http://127.0.0.1{path}.feed.json{query}"


async def test_pictures_come_only_where_they_are_wanted(room: httpx.AsyncClient) -> None:
    """The choice is kept in a cookie, and the policy allows outside pictures on those answers alone."""
    plain = await room.get("/site/courier/at/now")
    assert "<img" not in plain.text
    assert "img-src 'self' data:;" in plain.headers["content-security-policy"]
    chosen = await room.get("/site/courier/at/now?pictures=on")
    assert "img-src 'self' data: https: http:;" in chosen.headers["content-security-policy"]
    assert "pictures=on" in chosen.headers["set-cookie"]
    later = await room.get("/site/courier/at/now", headers={"cookie": "pictures=on"})
    assert "https: http:" in later.headers["content-security-policy"]
    assert "script-src 'self';" in later.headers["content-security-policy"]


async def test_compare_tells_who_led_with_it_and_when(room: httpx.AsyncClient) -> None:
    """In order of time; each site's day is drawn, with only what it is about in colour."""
    answer = await room.get(f"/compare?q=harbour&at={compact(LAST)}")
    assert answer.text.count('class="timeline"') == 2
    assert 'class="bar quiet"' in answer.text
    told = (await room.get(f"/compare.json?q=harbour&at={compact(LAST)}")).json()
    starts = [lead["first_seen"] for lead in told["about"]]
    assert starts == sorted(starts) != []
    assert [row["site"] for row in told["at"]] == ["courier", "almina"]


async def test_a_capture_tells_how_to_check_it(room: httpx.AsyncClient) -> None:
    """Headers of both sides, the citation, the commands."""
    text = (await room.get(f"/site/courier/capture/{compact(LAST)}")).text
    for part in ("Newsstand/1.0", "User-Agent", "frontpage cite courier/20261124120000 --body | sha256sum"):
        assert part in text
    assert f"Kept at http://127.0.0.1/site/courier/capture/{compact(LAST)}" in text
    shape = (await room.get(f"/site/courier/capture/{compact(LAST)}.json")).json()
    assert shape["citation"] in text.replace("&#34;", '"')
    (address,) = re.findall(r"curl -gs http://127\.0\.0\.1(/\S+) \| sha256sum", text)
    assert sha256((await room.get(address)).content).hexdigest() == shape["sha256"]
    assert (await room.get("/site/courier/capture/20200101000000")).status_code == 404


async def test_a_site_tells_what_stood_longest(room: httpx.AsyncClient) -> None:
    rows = (await room.get("/site/courier.json")).json()["lasting"]
    lengths = [row["at_least_s"] for row in rows]
    assert lengths == sorted(lengths, reverse=True) != []
    assert all(row["lead_at_least_s"] <= row["at_least_s"] for row in rows)


async def test_how_long_a_story_led_has_two_bounds_wherever_it_is_told(
    room: httpx.AsyncClient, archive_path: Path
) -> None:
    """On the site's page, in its JSON, and by the verb `stories`, which says the same."""
    rows = (await room.get("/site/courier.json?over=all")).json()["lasting"]
    answer = frontpage_run("stories", "courier", "--json", "--archive", archive_path)
    told = {(row["story"], row["first_seen"]): row for row in map(json.loads, answer.out.splitlines())}
    bounds = ("lead_at_least_s", "lead_at_most_s")
    assert [[row[name] for name in bounds] for row in rows] == [
        [told[row["story"], row["first_seen"]][name] for name in bounds] for row in rows
    ]
    led = next(row for row in rows if row["lead_at_most_s"])
    words = f"{duration(led['lead_at_least_s'])} to {duration(led['lead_at_most_s'])}"
    assert f"as lead for {words}" in (await room.get("/site/courier?over=all")).text
    assert words in frontpage_run("stories", "courier", "--archive", archive_path).out.decode()


async def test_a_site_of_many_leads_tells_the_last_of_them(
    room: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long a site was watched, its page stays small, and says from when on it tells."""
    monkeypatch.setattr("web.past.MAX_LEADS", 3)
    answer = await room.get("/site/courier?over=all")
    assert "The last 3 leads, since" in answer.text
    cut = await room.get("/site/courier.json?over=all")
    assert (len(cut.json()["leads"]), cut.headers["x-more"]) == (3, "true")


def test_a_calendar_of_a_short_time_is_by_the_hour() -> None:
    """In the site's own zone, the last day first; nothing is said outside of what is known."""
    first = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
    seen = {epoch(datetime(2026, 11, 24, 1, tzinfo=UTC)): 5}
    drawn = calendar(seen, first, first + timedelta(hours=4), "Europe/Berlin")
    assert [row.label for row in drawn.rows] == ["Tue 24 Nov", "Mon 23 Nov"]
    assert [cell.shade for cell in drawn.rows[0].cells[:5]] == [0, 0, 4, 0, None]
    assert [cell.shade for cell in drawn.rows[1].cells[22:]] == [None, 0]


def test_a_calendar_of_a_long_time_is_by_the_week() -> None:
    """Seven rows, a column a week, shaded by how many hours of the day were seen."""
    first = datetime(2026, 1, 1, tzinfo=UTC)
    start = epoch(datetime(2026, 3, 2, tzinfo=UTC))  # a Monday
    drawn = calendar({start + 3600 * hour: 4 for hour in range(24)}, first, datetime(2026, 3, 8, tzinfo=UTC), "UTC")
    assert [len(row.cells) for row in drawn.rows] == [10] * 7
    assert drawn.columns == [("Dec", 1), ("Jan 2026", 4), ("Feb", 4), ("Mar", 1)]
    assert [row.cells[-1].shade for row in drawn.rows[:2]] == [4, 0]
    assert drawn.rows[0].cells[0].shade is None
    assert sum(span for _, span in drawn.columns) == 10


@pytest.fixture
def hourly(tmp_path: Path) -> Callable[[str, datetime, int], Calendar]:
    """The calendar of a site in a zone, captured every quarter of an hour from an instant on, so many hours long."""

    def drawn(zone: str, first: datetime, hours: int) -> Calendar:
        last = first + timedelta(minutes=60 * hours - 15)
        with new_archive(tmp_path / "archive.db") as archive, archive.batch():
            for quarter in range(4 * hours):
                keep(archive, first + timedelta(minutes=15 * quarter), page("lead"))
            return calendar(seen_by_hour(archive.connection, SITE, first, last, zone), first, last, zone)

    return drawn


@pytest.mark.parametrize(
    ("zone", "offset"),
    [
        ("UTC", 0),
        ("Asia/Kolkata", 330),
        ("Asia/Kathmandu", 345),
        ("America/St_Johns", -210),
        ("Australia/Lord_Howe", 660),
    ],
)
def test_a_calendar_goes_by_the_hours_of_its_zone(
    hourly: Callable[[str, datetime, int], Calendar], zone: str, offset: int
) -> None:
    """Also where they begin at 15, 30 or 45 past: what was seen at eight is under eight, with its last capture."""
    eight = datetime(2026, 11, 24, 8, tzinfo=UTC) - timedelta(minutes=offset)
    cells = [cell for row in hourly(zone, eight, 2).rows for cell in row.cells if cell.shade is not None]
    assert [(cell.title, cell.at) for cell in cells] == [
        ("Tue 24 Nov, 08:00: 4 captures", eight + timedelta(minutes=45)),
        ("Tue 24 Nov, 09:00: 4 captures", eight + timedelta(minutes=105)),
    ]


@pytest.mark.parametrize(
    ("zone", "first", "hours", "doubled", "missing"),
    [
        ("Europe/Berlin", datetime(2026, 10, 24, 22, tzinfo=UTC), 25, {2: 8}, set()),
        ("Europe/Berlin", datetime(2026, 3, 28, 23, tzinfo=UTC), 23, {}, {2}),
        ("Australia/Lord_Howe", datetime(2026, 4, 4, 13, tzinfo=UTC), 24, {1: 6, 23: 2}, set()),
        ("Australia/Lord_Howe", datetime(2026, 10, 3, 13, 30, tzinfo=UTC), 23, {2: 2, 23: 2}, set()),
    ],
)
def test_a_calendar_counts_each_capture_of_a_day_on_which_clocks_change(
    hourly: Callable[[str, datetime, int], Calendar],
    zone: str,
    first: datetime,
    hours: int,
    doubled: dict[int, int],
    missing: set[int],
) -> None:
    """The hour that comes twice has the captures of both; the one that never comes is not one when nobody looked."""
    (row,) = hourly(zone, first, hours).rows
    told = {hour: int(cell.title.split()[4]) for hour, cell in enumerate(row.cells) if cell.at}
    assert told == {hour: doubled.get(hour, 4) for hour in range(24) if hour not in missing}
    assert {hour for hour, cell in enumerate(row.cells) if cell.shade is None} == missing


def test_a_day_of_a_calendar_has_as_many_hours_as_its_clocks_show() -> None:
    """23 when they are set forward, and 24 when they are set back: seen in all of them is seen all day."""
    first, last = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC)
    seen = {epoch(first) + 3600 * hour: 1 for hour in range(24 * 244)}
    cells = [cell for row in calendar(seen, first, last, "Europe/Berlin").rows for cell in row.cells]
    told = {cell.title.partition(" 2026")[0]: (cell.shade, cell.title) for cell in cells}
    assert told["Sun 29 Mar"] == (4, "Sun 29 Mar 2026: 23 captures in 23 of 23 hours")
    assert told["Sun 25 Oct"] == (4, "Sun 25 Oct 2026: 25 captures in 24 of 24 hours")


@pytest.mark.parametrize(
    ("days", "step", "bars"), [(0, "day", 1), (30, "day", 31), (90, "week", 14), (900, "month", 30), (9000, "year", 25)]
)
def test_a_histogram_takes_the_step_that_fits(days: int, step: str, bars: int) -> None:
    """Never more than sixty bars, the highest at full height, all counted."""
    first = datetime(2026, 6, 15, 12, tzinfo=UTC)
    drawn = histogram([(epoch(instant), "UTC") for instant in (first - timedelta(days=days), first, first)])
    assert drawn is not None
    assert (drawn.step, drawn.bars[-1].height) == (step, 100)
    assert abs(len(drawn.bars) - bars) <= 1
    assert sum(bar.count for bar in drawn.bars) == 3
    assert histogram([]) is None


def test_a_course_breaks_where_nobody_looked() -> None:
    """Steps while the story stands; a new line after a gap and after it was gone; the time as lead apart."""
    places: tuple[tuple[int, int | None], ...] = ((0, 1), (10, 3), (20, None), (30, 3), (90, 3), (100, 2))
    points = [Point(instant=at, position=position, is_lead=at == 0) for at, position in places]
    drawn = course(points, Window(start=0, end=100), gap=50)
    assert (len(drawn.lines), len(drawn.led), drawn.depth) == (3, 1, 10)
    assert drawn.lines[0] == "0,4 100,4 100,24.4"


@pytest.mark.parametrize("path", ["/", "/site/courier", "/site/courier/at/now", "/search?q=harbour", "/compare.json"])
async def test_a_page_that_is_the_same_is_not_sent_again(room: httpx.AsyncClient, path: str) -> None:
    """It has an ETag, and 304 for whoever has it; private, and asked about each time."""
    answer = await room.get(path)
    assert answer.headers["cache-control"] == "private, no-cache"
    again = await room.get(path, headers={"if-none-match": answer.headers["etag"]})
    if again.status_code == 200:  # a minute has begun in between, of which the page tells
        again = await room.get(path, headers={"if-none-match": again.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "content-security-policy" in again.headers
    assert (await room.get(path, headers={"if-none-match": '"other"'})).status_code == 200


@pytest.mark.parametrize("header", ["cookie", "authorization"])
@pytest.mark.parametrize("path", ["/", "/site/courier/at/now", "/site/courier/changes.atom"])
async def test_who_chose_pictures_or_has_a_key_may_keep_pages_too(
    room: httpx.AsyncClient, locked: httpx.AsyncClient, path: str, header: str
) -> None:
    """Not what has no tag, as what was refused."""
    client, value = (room, "pictures=on") if header == "cookie" else (locked, "Bearer t0ken")
    answer = await client.get(path, headers={header: value})
    assert (answer.headers["cache-control"], "etag" in answer.headers) == ("private, no-cache", True)
    wrong = await client.get("/nowhere", headers={header: value})
    assert (wrong.status_code, wrong.headers["cache-control"]) == (404, "private, no-store")


async def test_pages_are_taken_along_as_tables(room: httpx.AsyncClient) -> None:
    """Leads, changes and wordings as their exports have them, of the time that the page shows; each page links its."""
    story = (await room.get("/site/courier.json")).json()["leads"][0]["story"]
    for path, query, what in (
        ("/site/courier", "?over=week", "leads"),
        ("/site/courier/changes", "", "changes"),
        (f"/story/{story}", "", "wordings"),
    ):
        (link,) = re.findall(r'<a href="([^"]*)">CSV', (await room.get(path + query)).text)
        answer = await room.get(link)
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        shape = (await room.get(f"{path}.json{query}")).json()
        told = shape if what == "changes" else shape[what]
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert list(rows[0]) == [column.name for column in export_columns(what)]
        assert [row["headline"] for row in rows] == [row["headline"] for row in told] != []


@pytest.mark.parametrize("name", ["databases.json", "metadata", "plugins.json", "settings", "threads", "actor.json"])
async def test_nothing_is_told_of_the_machine(room: httpx.AsyncClient, name: str) -> None:
    """Where the archive lies and what runs is nobody's business."""
    answer = await room.get(f"/-/{name}")
    assert answer.status_code == 404
    assert "papers.db" not in answer.text


@pytest.mark.parametrize("place", ["0", "-1", "2", "99999999999999999999", "x"])
async def test_a_place_that_no_capture_has(room: httpx.AsyncClient, place: str) -> None:
    assert (await room.get(f"/site/courier/capture/{compact(LAST)}~{place}")).status_code == 404
