"""`sites add`: a table behind what config.toml holds, after one look at whether the page reads as a front page."""

import errno
import json
import os
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.library import paper
from schedules.adding import SCHEDULE, Wish, add, name_in, proposed_slug
from scraper.config import load
from scraper.errors import ConfigError, FetchError, FrontpageError, NotFound
from scraper.model import FrontPage, Outcome, Quality
from tests.faults import RedirectTo, Status
from tests.made import NOON, page
from tests.newsstand import Newsstand
from tests.test_checking import verb

MINE = """\
# The papers that I read.   (three spaces, and a tab\there)
[fetch]
allow_networks = ["127.0.0.0/8"]  # the stand
min_gap = 0

[[sites]]
slug = 'npr'   # single quotes
name = "NPR"
url = "https://www.npr.org/"
timezone = "America/New_York"
every = "15m"

[archive]
path = "archive.db"
# the end, without a line end"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(MINE)
    return file


def unseen(file: Path, url: str = "https://www.bbc.co.uk/news", **options: str) -> None:
    add(load(file), Wish(url=url, **options), look=None)


@pytest.mark.parametrize(
    ("url", "slug"),
    [
        ("https://www.npr.org/", "npr"),
        ("https://bbc.co.uk/", "bbc"),
        ("https://www.theguardian.com/us", "theguardian-us"),
        ("http://127.0.0.1:8080/courier/", "127-0-0-1-8080-courier"),
        ("https://abc.es", "abc"),
        ("https://localhost", "localhost"),
        ("https://news.yahoo.co.jp/?utm_source=x", "news-yahoo"),
        ("https://münchen.example/", "munchen"),
    ],
)
def test_slugs_come_from_the_host(url: str, slug: str) -> None:
    """Without www. and what a country or kind of site is named by; with the path, where there is one."""
    assert proposed_slug(url) == slug


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("NPR - Breaking News, Analysis, Music", "NPR"),
        ("The Harbour Courier", "The Harbour Courier"),
        ("heise online | IT-News", "heise online"),
        ("Le Phare\n: actualités", "Le Phare"),
        ("", ""),
        ("x" * 300, "x" * 200),
    ],
)
def test_names_come_from_the_title(title: str, name: str) -> None:
    """What it says first, on one line of bounded length."""
    assert name_in(title) == name


async def test_a_front_page_is_added_after_a_look(config: Path) -> None:
    """One fetch; the name from the title, the address after redirects, and what it reads as."""
    async with Newsstand(lambda: NOON, own_ports=True) as stand:
        stall = stand.add_paper(paper("courier"))
        moved = stand.add_paper(paper("phare"))
        moved.fail(RedirectTo(stall.url))
        told = await verb("--config", str(config), "sites", "add", moved.url, "--slug", "courier", "--json",
                          "--timezone", "Europe/London")  # fmt: skip
        seen = stand.counts[stall.home]
    code, out, log = told
    assert code == 0, log
    truth = paper("courier").truth(NOON)
    shape = json.loads(out)
    assert shape == {
        "site": "courier", "name": "The Harbour Courier", "url": stall.url, "timezone": "Europe/London",
        "schedule": SCHEDULE, "quality": "ok", "lead": truth.lead.headline, "teasers": shape["teasers"],
    }  # fmt: skip
    assert f"“{truth.lead.headline}” leads, {shape['teasers']} teasers" in log
    assert "UTC" not in log
    assert shape["teasers"] > 5
    assert seen == 2  # the page that redirects has the same path on its own port
    assert load(config).site("courier").url == stall.url


async def test_what_is_no_front_page_is_not_added(config: Path) -> None:
    """Refused responses and pages without stories: exit 1, the reason, the remedy, and the file as it was."""
    async with Newsstand(lambda: NOON, own_ports=True) as stand:
        stall = stand.add_paper(paper("courier"))
        stall.fail(Status(503))
        code, _, log = await verb("--config", str(config), "sites", "add", stall.url)
        assert (code, "503" in log, "--no-check adds it" in log) == (1, True, True)
        code, out, log = await verb("--config", str(config), "sites", "add", stall.url, "--offline", "--slug", "a")
        assert code == 0, log
        assert out.startswith('[[sites]]\nslug = "a"\nname = "a"\n')
        assert "its time zone is UTC, since you named none" in log


def test_what_was_there_stays_to_the_last_byte(config: Path) -> None:
    """Comments, quotes, order and a missing line end; the new table is behind them."""
    config.chmod(0o640)
    unseen(config, timezone="Europe/London", every="1h")
    text = config.read_text()
    assert text.startswith(MINE + "\n\n[[sites]]\n")
    assert [site.slug for site in load(config).sites] == ["npr", "bbc-news"]
    assert load(config).site("bbc-news").every == 3600
    assert config.stat().st_mode & 0o777 == 0o640
    assert os.listdir(config.parent) == ["config.toml"]  # no temporary file  # noqa: PTH208


@pytest.mark.parametrize("raw", [b"", b"\xef\xbb\xbf[web]\r\nport = 0\r\n", b"[[notify]]\nname = 'a'\nto_env = 'A'\n"])
def test_any_file_that_loads_takes_a_site(config: Path, raw: bytes) -> None:
    """Empty, with a byte order mark and the line ends of Windows, or with another array at its end."""
    config.write_bytes(raw)
    unseen(config)
    after = config.read_bytes()
    assert after.startswith(raw)
    assert (b"\r\n" in after[len(raw) :]) == (b"\r\n" in raw)
    assert load(config).site("bbc-news").schedule == SCHEDULE


def test_a_link_stays_a_link(config: Path, tmp_path: Path) -> None:
    """A configuration that is kept elsewhere is changed there."""
    link = tmp_path / "link.toml"
    link.symlink_to(config)
    unseen(link)
    assert link.is_symlink()
    assert load(config).site("bbc-news")


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        (Wish(url="npr.org"), 'URL "npr.org" is not fetched'),
        (Wish(url="http://10.0.0.1/"), "add its network to"),
        (Wish(url="http://npr.org"), 'is there already, as "npr"'),
        (Wish(url="https://npr.example/", slug="npr"), 'the slug "npr" is taken by https://www.npr.org/'),
        (Wish(url="https://a.example/", slug="A b"), 'for example "a-b"'),
        (Wish(url="https://a.example/", timezone="Berlin"), "is not an IANA zone"),
        (Wish(url="https://a.example/", schedule="often"), "five fields of cron"),
        (Wish(url="https://a.example/", every="often"), "is not a duration"),
        (Wish(url="https://a.example/", every="1h", schedule=SCHEDULE), "stands beside schedule"),
        (Wish(url="https://a.example/", name="two\nlines"), "must be one line"),
    ],
)
def test_bad_input_is_told_before_anything_is_fetched(config: Path, wish: Wish, says: str) -> None:
    """With its remedy; the file stays as it was."""
    with pytest.raises(ConfigError, match=says.replace("(", r"\(")):
        add(load(config), wish, look=never)
    assert config.read_text() == MINE


def never(url: str) -> FrontPage:
    raise AssertionError(f"{url} was fetched")


def test_a_redirect_to_a_known_site_is_a_duplicate(config: Path) -> None:
    """Another spelling or an old address of what is watched already."""
    with pytest.raises(ConfigError, match='already, as "npr"'):
        add(load(config), Wish(url="https://old.example/"), look=lambda _: page("flood", url="https://npr.org/"))


def test_a_wall_is_not_added(config: Path) -> None:
    """It is told for what it is."""
    wall = FrontPage(url="https://a.example/", quality=Quality.CONSENT_WALL, problem="asks for consent", reader="1")
    with pytest.raises(NotFound, match=r"\(consent-wall: asks for consent\); nothing was added"):
        add(load(config), Wish(url="https://a.example/"), look=lambda _: wall)
    with pytest.raises(FetchError, match="no answer; nothing was added"):
        add(load(config), Wish(url="https://a.example/"), look=unanswered)
    assert config.read_text() == MINE


def unanswered(url: str) -> FrontPage:
    raise FetchError(Outcome.FAILED, "no answer")


def test_a_site_that_was_added_meanwhile_is_kept(config: Path) -> None:
    """The file is read again after the look, which takes seconds."""

    def looked(url: str) -> FrontPage:
        unseen(config)
        return page("flood", url=url)

    add(load(config), Wish(url="https://a.example/", slug="a"), look=looked)
    assert [site.slug for site in load(config).sites] == ["npr", "bbc-news", "a"]


def test_what_cannot_be_changed_says_so(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sites as one inline array, a disk that takes nothing, a file that is gone."""
    for inline in ("", '{slug="a", name="a", url="https://a.example/", timezone="UTC", every="1h"}'):
        config.write_text(f"sites = [{inline}]\n")
        with pytest.raises(ConfigError, match=r"sites is one array; write a table \[\[sites\]\]"):
            unseen(config)
    config.write_text(MINE)
    settings = load(config)
    with monkeypatch.context() as full:
        full.setattr(Path, "write_bytes", no_space)
        with pytest.raises(FrontpageError, match=r"cannot be written \(No space left on device\); nothing was added"):
            add(settings, Wish(url="https://a.example/"), look=None)
    assert [file.read_text() for file in config.parent.iterdir()] == [MINE]
    config.unlink()
    with pytest.raises(ConfigError, match="there is no such file"):
        add(settings, Wish(url="https://a.example/"), look=None)


def no_space(_file: Path, _data: bytes) -> int:
    raise OSError(errno.ENOSPC, "No space left on device")


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


@given(name=NAMES)
def test_a_name_of_any_letters_comes_back(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    """Quotes, backslashes and every script; what is no name is refused."""
    file = tmp_path_factory.mktemp("names") / "config.toml"
    file.write_text(MINE)
    if name.isprintable() and name.strip():
        unseen(file, name=name)
        assert tomllib.loads(file.read_text())["sites"][1]["name"] == name
    else:
        with pytest.raises(ConfigError, match="must be one line"):
            unseen(file, name=name)
