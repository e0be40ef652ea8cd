"""The reading room in a real browser: turning pages, reading without a script, nothing leaves, nothing is out of reach.

SCREENSHOTS=FOLDER keeps a picture of every page in two widths and both themes.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright, expect

from scraper import read_front_page
from scraper.instants import compact
from scraper.model import Capture, Origin
from storage.archive import Archive
from storage.queries import leads
from storage.schema import connect_readonly
from tests.axe import AXE
from tests.listeners import listening
from tests.past_papers import archive_of
from tests.rooms import described, serving

pytestmark = [pytest.mark.chromium, pytest.mark.asyncio(loop_scope="module")]
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--no-first-run")
WIDTHS = (360, 1200)
SCREENS = ((360, "light"), (1200, "dark"))  # contrast is the theme's and fit the width's, so each once
LAST = datetime(2036, 11, 25, 12, tzinfo=UTC)  # ahead of any machine's clock: the last hour is the archive's own
EARLIER, LATER = (compact(LAST - timedelta(hours=hours)) for hours in (5, 1))


@pytest.fixture(scope="module")
def archive_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A day and a half of three papers, in Latin, Arabic and Chinese letters, with a night that nobody watched."""
    folder = tmp_path_factory.mktemp("browser")
    return archive_of(
        folder / "papers.db", ("courier", "almina", "gangkou"), days=1.5, every=timedelta(minutes=30), last=LAST
    )


@pytest.fixture(scope="module")
def room(archive_path: Path) -> Iterator[str]:
    with serving(archive_path) as address:
        yield address


@pytest.fixture(scope="module")
def pages(archive_path: Path) -> dict[str, str]:
    """Every page by name."""
    connection = connect_readonly(archive_path)
    led = [lead.story for lead in leads(connection, "courier")][-4]
    connection.close()
    return {
        "home": "/",
        "nothing-asked": "/search",
        "nothing-found": "/search?q=zyzzyva",
        "compare-all": f"/compare?at={LATER}",
        "site": "/site/courier?over=all",
        "front": f"/site/courier/at/{LATER}",
        "front-arabic": f"/site/almina/at/{LATER}",
        "front-chinese": f"/site/gangkou/at/{LATER}",
        "difference": f"/site/courier/diff/{EARLIER}/{LATER}",
        "changes": "/site/courier/changes",
        "story": f"/story/{led}",
        "search": "/search?q=harbour",
        "compare": f"/compare?q=harbour&at={LATER}",
        "capture": f"/site/courier/capture/{LATER}",
        "error": "/site/nowhere",
    }


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield started
        await started.close()


@asynccontextmanager
async def opened(browser: Browser, url: str, **options: Any) -> AsyncIterator[Page]:
    """A page in a context of its own."""
    context = await browser.new_context(**options)
    page = await context.new_page()
    await page.goto(url)
    yield page
    await context.close()


async def test_from_the_papers_to_a_story_and_through_its_editions(browser: Browser, room: str) -> None:
    """A reader opens a paper's front page, turns back an edition by a key, and opens the lead."""
    async with opened(browser, room) as page:
        await page.locator(".tile .headline a").last.click()
        await page.wait_for_url("**/at/*")  # and with it for the script that knows the keys
        before = page.url
        await page.keyboard.press("ArrowLeft")
        await page.wait_for_url(lambda url: url != before)
        headline = (await page.locator(".lead .headline a").first.inner_text()).strip()
        await page.locator(".lead .headline a").first.click()
        await expect(page.get_by_role("heading", name="What it was called")).to_be_visible()
        assert headline in await page.content()


async def test_the_slider_turns_through_editions_by_key(browser: Browser, room: str) -> None:
    """Each arrow is an edition, told in words as it goes; Enter opens it."""
    async with opened(browser, f"{room}/site/courier") as page:
        slider, told = page.get_by_role("slider"), page.locator(".slider output")
        last = await told.inner_text()
        await slider.press("ArrowLeft")
        await slider.press("ArrowLeft")
        assert await told.inner_text() != last
        assert (await slider.get_attribute("aria-valuetext") or "?").split(",")[0] in await told.inner_text()
        await slider.press("Enter")
        await page.wait_for_url("**/site/courier/at/*")


async def test_whoever_comes_back_finds_the_slider_where_it_was(browser: Browser, room: str) -> None:
    """With the words and the link of the edition at which it stands: browsers restore its place alone."""
    async with opened(browser, f"{room}/site/courier?over=all") as page:
        slider, told = page.get_by_role("slider"), page.locator(".slider output")
        for _ in range(3):
            await slider.press("ArrowLeft")
        left, place = await told.inner_text(), await slider.input_value()
        await page.get_by_role("link", name="Compare").click()
        await page.wait_for_url("**/compare")
        await page.go_back()
        await expect(slider).to_have_value(place)
        assert await told.inner_text() == left
        link = await told.get_by_role("link").get_attribute("href")
        await slider.press("Enter")
        await page.wait_for_url(f"**{link}")


async def test_what_is_new_is_told_without_colour(browser: Browser, room: str) -> None:
    """On paper, which is white whatever the screen was, and in the few colours that a reader chose."""
    line = "getComputedStyle(document.querySelector('ins')).textDecorationLine"
    async with opened(browser, f"{room}/site/courier?over=all", forced_colors="active") as page:
        assert await page.evaluate(line) == "underline"
    sheet = {"width": 718, "height": 1000}  # A4 with its margins
    async with opened(browser, f"{room}/site/courier?over=all", color_scheme="dark", viewport=sheet) as page:
        await page.emulate_media(media="print")
        assert await page.evaluate(line) == "underline"
        assert await page.evaluate("getComputedStyle(document.body).color") == "rgb(33, 30, 26)"
        for path in ("/site/courier?over=all", f"/compare?q=harbour&at={LATER}"):
            await page.goto(room + path)
            wide = "[...document.querySelectorAll('.scroll')].map(one => one.scrollWidth - one.clientWidth)"
            assert {*await page.evaluate(wide)} == {0}, path


@pytest.mark.parametrize("width", WIDTHS)
async def test_headlines_of_any_shape_fit(browser: Browser, tmp_path: Path, width: int) -> None:
    """One word as long as a line, an address, a paragraph, three scripts: nothing is cut off or to be scrolled to."""
    url = "https://donaudampfschifffahrtselektrizitaet.example/"
    heads = (
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftspräsidentenwahl verschoben",
        "https://www.example.org/a/very/long/address/that/stands/in/a/headline?with=parameters&and=more_of_them",
        " ".join(["The council of the united islands agreed to postpone its decision on the harbour"] * 4),
        "首相、電撃辞任を表明「責任は全て私にある」与党内から後任を巡り様々な声、野党は解散総選挙を要求し国会は空転"
        * 2,
        "رئيس الوزراء يعلن استقالته وسط مطالبات بإجراء انتخابات مبكرة (12:30)",
    )
    with Archive(tmp_path / "shapes.db") as archive:
        described(archive, "donaudampfschifffahrtselektrizitaet", heads[0][:90], url)
        for number, lead in enumerate(heads):
            keep(archive, url, page_of("", lead, *heads).encode(), LAST - timedelta(minutes=15 * number))
    connection = connect_readonly(tmp_path / "shapes.db")
    story = next(leads(connection, "donaudampfschifffahrtselektrizitaet")).story
    connection.close()
    site = "/site/donaudampfschifffahrtselektrizitaet"
    begun = compact(LAST - timedelta(hours=1))
    paths = ("/", site, f"{site}/changes", f"{site}/at/now", f"{site}/diff/{begun}/now", f"/story/{story}", "/compare")
    with serving(tmp_path / "shapes.db") as room:
        async with opened(browser, room, viewport={"width": width, "height": 900}) as page:
            for path in (*paths, "/compare?q=council", "/search?q=council", "/search"):
                await page.goto(room + path)
                wide = (
                    "[...document.querySelectorAll('html, .scroll')].filter(one => one.scrollWidth > one.clientWidth)"
                )
                assert await page.evaluate(f"{wide}.length") == 0, path


async def test_the_slider_follows_the_pointer(browser: Browser, room: str) -> None:
    """It lies under the timeline: at its left end is the first edition of the time that is shown."""
    async with opened(browser, f"{room}/site/courier?over=all") as page:
        box = await page.get_by_role("slider").bounding_box()
        assert box
        await page.mouse.click(box["x"] + 9, box["y"] + box["height"] / 2)
        first = await page.locator(".slider option").first.get_attribute("label")
        await expect(page.locator(".slider .when")).to_have_text(first or "?")


async def test_what_changed_is_marked_on_both_pages(browser: Browser, room: str, pages: dict[str, str]) -> None:
    """As many stories are marked as the sums at the top say."""
    async with opened(browser, room + pages["difference"]) as page:
        for kind in ("came", "gone"):
            count = int(await page.locator(f".sums .{kind} strong").inner_text())
            assert await page.locator(f".whole .{kind}").count() == count > 0


async def test_a_search_is_narrowed_and_taken_along(browser: Browser, room: str) -> None:
    """From the box at the top, by a facet and a column of the histogram, into a file."""
    async with opened(browser, room) as page:
        await page.get_by_role("searchbox").first.fill("harbour")
        await page.keyboard.press("Enter")
        await page.locator(".facets").get_by_role("link", name="lead", exact=True).click()
        await page.wait_for_url("**role=lead*")
        count = await page.locator(".hits li").count()
        await page.locator(".histogram a").last.click()
        await page.wait_for_url("**from=2036-11-25*")
        assert 0 < await page.locator(".hits li").count() <= count
        async with page.expect_download() as started:
            await page.get_by_role("link", name="CSV").click()
        assert (await started.value).suggested_filename == "search.csv"


async def test_feeds_are_found_by_the_page_that_has_them(browser: Browser, room: str, pages: dict[str, str]) -> None:
    """Site, story and search name their feed, and it is well-formed."""
    for name in ("site", "story", "search"):
        async with opened(browser, room + pages[name]) as page:
            href = await page.locator("link[type='application/atom+xml']").get_attribute("href")
            answer = await page.request.get(f"{room}{href}")
            assert ET.fromstring(await answer.body()).findall("{http://www.w3.org/2005/Atom}entry")


async def test_it_reads_without_a_script(browser: Browser, room: str) -> None:
    """The slider hides, and the form beside it leads to the same pages."""
    async with opened(browser, f"{room}/site/courier", java_script_enabled=False) as page:
        await expect(page.locator(".slider")).to_be_hidden()
        await page.locator(".goto input").fill("2036-11-25T07:10")
        await page.locator(".goto button").click()
        await page.wait_for_url("**/site/courier/at/20361125111000")
        await expect(page.locator(".lead .headline")).to_be_visible()


@pytest.mark.parametrize(("width", "theme"), SCREENS)
async def test_pages_fit_ask_nobody_and_break_no_rule(
    browser: Browser, room: str, pages: dict[str, str], width: int, theme: str
) -> None:
    """No page is wider than its window, asks another server, or trips over its own policy."""
    asked: list[str] = []
    said: list[str] = []
    async with opened(browser, "about:blank", viewport={"width": width, "height": 900}, color_scheme=theme) as page:
        page.on("request", partial(_noted, asked))
        page.on("console", partial(_noted, said))
        for name, path in pages.items():
            await page.goto(room + path)
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
            if folder := os.environ.get("SCREENSHOTS"):
                await page.screenshot(path=f"{folder}/{name}-{width}-{theme}.png", full_page=True)
    assert [url for url in asked if not url.startswith(f"{room}/")] == []
    assert [text for text in said if "404" not in text] == []


@pytest.mark.parametrize("width", WIDTHS)
async def test_columns_of_tables_are_named_on_every_screen(browser: Browser, room: str, width: int) -> None:
    """A table of data stays one, beside which nothing has to be scrolled, under the names of its columns."""
    for path in ("/archive/captures", "/archive/captures/1", "/archive?sql=select+slug,+id+from+sites"):
        async with opened(browser, room + path, viewport={"width": width, "height": 900}) as page:
            name, value = (page.locator(f".rows-and-columns {cell}").nth(1) for cell in ("th", "td"))
            above, below = await name.bounding_box(), await value.bounding_box()
            assert above
            assert below
            assert 0 < above["y"] < below["y"]
            assert abs(above["x"] - below["x"]) < 1
            assert await page.evaluate("document.documentElement.scrollWidth") == width
            assert await page.locator(".dropdown-menu-icon:visible").count() == 0  # a menu that cannot open


def _noted(notes: list[str], event: Request | ConsoleMessage) -> None:
    notes.append(event.url if isinstance(event, Request) else event.text)


@pytest.mark.node
@pytest.mark.parametrize(("width", "theme"), SCREENS)
async def test_axe_finds_nothing_serious(
    browser: Browser, room: str, pages: dict[str, str], width: int, theme: str
) -> None:
    """Names, roles, contrast and order, by the rules of axe-core; on a small screen too, where tables fall apart."""
    found = {}
    for name, path in pages.items():
        async with opened(browser, room + path, color_scheme=theme, viewport={"width": width, "height": 900}) as page:
            await page.evaluate(AXE.read_text(encoding="utf-8"))
            answer = await page.evaluate("axe.run()")
            grave = [fault for fault in answer["violations"] if fault["impact"] in ("serious", "critical")]
            if grave:
                found[name] = [(fault["id"], [node["html"][:120] for node in fault["nodes"][:3]]) for fault in grave]
    assert found == {}


@dataclass
class Beacon:
    """A server that counts who comes to it, whatever they want."""

    port: int = 0
    hits: list[bytes] = field(default_factory=list)

    async def met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.hits.append(b"")
        self.hits[-1] = await reader.readline()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


@pytest_asyncio.fixture(loop_scope="module")
async def beacon() -> AsyncIterator[Beacon]:
    told = Beacon()
    async with listening(told.met) as told.port:
        yield told


SPIES = """<!DOCTYPE html><html><head><title>as archived</title>
<meta http-equiv="refresh" content="0; url=//{at}/refresh"><meta http-equiv="x-dns-prefetch-control" content="on">
<link rel="preconnect" href="//{at}"><LINK/rel=preload href=//{at}>
<link rel="dns-prefetch" href="//{at}"><link rel="prefetch" href="//{at}/prefetch"><link rel=icon href=//{at}/icon>
<link rel="stylesheet" href="//{at}/style.css"><link rel="manifest" href="//{at}/manifest"><base href="http://{at}/">
<style>@import "//{at}/import.css"; body {{ background: url(//{at}/background) }}</style>
<script>document.title = "ran"; fetch("//{at}/fetch"); navigator.sendBeacon("//{at}/beacon");
new Image().src = "//{at}/i"
</script><script src="//{at}/script.js"></script>
<script type="speculationrules">{{"prefetch": [{{"source": "list", "urls": ["//{at}/speculation"]}}]}}</script></head>
<body onload="document.title = 'ran'">
<h1><a href="/storm" ping="//{at}/ping">Storm closes the harbour for a second night</a></h1>
<img src="//{at}/pixel.gif" onerror="document.title = 'ran'"><iframe src="//{at}/frame"></iframe>
<object data="//{at}/object"></object><embed src="//{at}/embed"><audio src="//{at}/audio" autoplay></audio>
<video src="//{at}/video" poster="//{at}/poster" autoplay></video>
<img src="relative.gif"><script src="relative.js"></script><link rel="stylesheet" href="relative.css">
<link rel="preconnect" href="/"><iframe src="relative.html"></iframe><base href="http://{at}/second/">
<svg><image href="//{at}/svg"/><script>document.title = "ran"</script></svg>
<input autofocus onfocus="document.title = 'ran'"><form action="//{at}/form"><button>Go</button></form>
<a href="javascript:document.title = 'ran'">click</a></body></html>"""


async def test_an_archived_page_runs_nothing_and_reaches_nobody(
    browser: Browser, beacon: Beacon, tmp_path: Path
) -> None:
    """A page full of scripts and beacons: nothing of it runs, and not even a connection is made."""
    url = "https://spies.example/"
    at = f"127.0.0.1:{beacon.port}"
    with Archive(tmp_path / "spies.db") as archive:
        described(archive, "spies", "Spies", url)
        keep(archive, url, SPIES.format(at=at).encode())
    with serving(tmp_path / "spies.db") as room:
        async with opened(browser, f"{room}/web/{compact(LAST)}/{url}") as page:
            await page.get_by_role("link", name="click").click()
            await page.get_by_role("link", name="Storm").hover()
            await asyncio.sleep(1.5)
            assert await page.title() == "as archived"
            await expect(page.get_by_role("heading")).to_contain_text("Storm closes the harbour")
    assert beacon.hits == []


LINKS = """<!-- <base href="https://commented.example/"> --><!DOCTYPE html><html lang="fr"><head>
<script>'<base href="https://written.example/">'</script>{base}</head><body>
<h1><a href="/search">Search our paper</a></h1><a href="politics/storm">Storm</a>
<a class="skip" href="#foot">To the foot</a><p id="foot">The foot</p></body></html>"""


@pytest.mark.parametrize(("base", "folder"), [("", "/"), ("<base target=_top href=&#47;today/>", "/today/")])
async def test_links_of_an_archived_page_lead_where_they_led(
    browser: Browser, beacon: Beacon, tmp_path: Path, base: str, folder: str
) -> None:
    """To the paper, by its own base if it has one, and not into the room; those into the page stay there."""
    url = f"http://127.0.0.1:{beacon.port}/"
    with Archive(tmp_path / "links.db") as archive:
        described(archive, "links", "Links", url)
        body = LINKS.format(base=base).encode()
        archive.record(Capture(site="links", origin=Origin.LIVE, url=url, instant=LAST, status=200, body=body))
    with serving(tmp_path / "links.db") as room:
        async with opened(browser, f"{room}/web/{compact(LAST)}/{url}") as page:
            assert await page.evaluate("[document.compatMode, document.documentElement.lang]") == ["CSS1Compat", "fr"]
            await page.get_by_role("link", name="To the foot").click()
            assert page.url == f"{room}/web/{compact(LAST)}/{url}#foot"
            assert beacon.hits == []
            for name, path in (("Storm", f"{folder}politics/storm"), ("Search", "/search")):
                await page.get_by_role("link", name=name).click()
                await page.wait_for_url(f"http://127.0.0.1:{beacon.port}{path}")
                await page.goto(f"{room}/web/{compact(LAST)}/{url}")
    asked = {hit.split()[1].decode() for hit in beacon.hits if hit}
    assert asked - {"/favicon.ico"} == {f"{folder}politics/storm", "/search"}


async def test_pictures_are_fetched_only_when_the_reader_wants_them(
    browser: Browser, beacon: Beacon, tmp_path: Path
) -> None:
    """Off at first; on for good where chosen, which also shows that the beacon sees what comes."""
    url = "https://pictures.example/"
    picture = f"http://127.0.0.1:{beacon.port}/storm.jpg"
    image = f'<img src="{picture}" width=600 height=400>'
    teasers = (f"Ferry line {name} adds a morning crossing" for name in "ABCDEF")
    front = page_of(image, "Storm closes the harbour for a second night", *teasers)
    with Archive(tmp_path / "pictures.db") as archive:
        described(archive, "pictures", "Pictures", url)
        keep(archive, url, front.encode())
    with serving(tmp_path / "pictures.db") as room:
        async with opened(browser, f"{room}/site/pictures/at/{compact(LAST)}") as page:
            assert beacon.hits == []
            await page.get_by_role("link", name="with pictures", exact=True).click()
            await page.wait_for_load_state("networkidle")
            assert len(beacon.hits) == 1
            await page.goto(f"{room}/site/pictures/at/{compact(LAST + timedelta(minutes=1))}")
            await page.wait_for_load_state("networkidle")
            assert len(beacon.hits) == 2
            await page.get_by_role("link", name="without pictures").click()
            assert await page.locator("main img").count() == 0


def page_of(image: str, lead: str, *teasers: str) -> str:
    """A front page with one picture."""
    more = "".join(f'<li><h3><a href="/2026/11/24/{n}-ferry">{text}</a></h3></li>' for n, text in enumerate(teasers))
    top = f'<article>{image}<h1><a href="/2026/11/24/storm">{lead}</a></h1><p>Ferries stay in port.</p></article>'
    return f"<html lang=en><body><main>{top}<section><h2>Town</h2><ul>{more}</ul></section></main></body></html>"


def keep(archive: Archive, url: str, body: bytes, at: datetime = LAST) -> None:
    """One capture of a page, and what the reader makes of it."""
    slug = url.removeprefix("https://").partition(".")[0]
    made = Capture(site=slug, origin=Origin.LIVE, url=url, instant=at, status=200, body=body)
    archive.file(archive.record(made).capture_id, read_front_page(body, url))
