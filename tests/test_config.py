"""config.toml: what is read from it, and that every fault in it is told with its file, key and remedy."""

import subprocess
import sys
from datetime import UTC, date, datetime
from ipaddress import ip_network
from pathlib import Path

import pytest

from scraper import config_values as values
from scraper.config import FetchSettings, Settings, Site, load
from scraper.errors import ConfigError
from scraper.model import Layout
from tests.verbs import call

SHIPPED = Path(__file__).parent.parent / "config.toml"

NPR = """
[[sites]]
slug = "npr"
name = "NPR"
url = "https://www.npr.org/"
timezone = "America/New_York"
schedule = "*/15 * * * *"
"""

LAYOUT = '[[sites.layouts]]\nname = "2025"\n'


def loaded(folder: Path, text: str) -> Settings:
    """The settings of a config file with this text."""
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return load(file)


def faults(folder: Path, text: str) -> list[str]:
    """The faults that are told of a config file with this text, without the file's name in front of each."""
    with pytest.raises(ConfigError) as caught:
        loaded(folder, text)
    prefix = f"{folder / 'config.toml'}: "
    lines = str(caught.value).splitlines()
    assert all(line.startswith(prefix) for line in lines)
    return [line.removeprefix(prefix) for line in lines]


def only_fault(folder: Path, text: str) -> str:
    """The one fault that is told."""
    (fault,) = faults(folder, text)
    return fault


def test_archives_that_backfill_asks(tmp_path: Path) -> None:
    """The Internet Archive at its limits, where nothing else is said; an address that is none is told."""
    assert loaded(tmp_path, "").backfill.wayback == "https://web.archive.org"
    assert loaded(tmp_path, "").backfill.mementos_per_second == 8
    own = loaded(tmp_path, '[backfill]\nwayback = "https://wayback.example.org/papers"\nlistings_per_minute = 600\n')
    assert (own.backfill.wayback, own.backfill.listings_per_minute) == ("https://wayback.example.org/papers", 600)
    assert only_fault(tmp_path, '[backfill]\nmemento = "web.archive.org"\n').startswith("[backfill] memento")
    assert only_fault(tmp_path, "[backfill]\nmementos_per_second = 0\n").startswith("[backfill] mementos_per_second")


def test_an_empty_file_means_the_defaults(tmp_path: Path) -> None:
    """Every table may be left out."""
    settings = loaded(tmp_path, "")
    assert settings.archive.path == tmp_path / "archive.db"
    assert (settings.archive.name, settings.archive.gap) == ("home", 21_600)
    assert settings.fetch == FetchSettings()
    assert (settings.web.host, settings.web.port, settings.sites) == ("127.0.0.1", 8001, ())


def test_every_key_is_read(tmp_path: Path) -> None:
    """A file with all keys gives settings with all fields."""
    settings = loaded(
        tmp_path,
        f"""
        [archive]
        path = "kept/pages.db"
        name = "berlin"
        gap = "2h"
        [fetch]
        user_agent = "example (+mailto:desk@example.org)"
        deadline = 12.5
        concurrency = 8
        allow_networks = ["127.0.0.0/8", "fd00::/8"]
        min_gap = 0.25
        spread = 0
        proxy = "http://user:secret@proxy.example.org:3128"
        [web]
        host = "::1"
        port = 0
        {NPR}
        headers = {{ accept-language = "en", cookie = "consent=1" }}
        robots = "ignore"
        conditional = true
        gap = "90s"
        {LAYOUT}
        valid_from = 2024-01-01
        valid_until = 2026-03-01
        lead = "article.lead"
        """,
    )
    assert settings.archive.path == tmp_path / "kept/pages.db"
    assert (settings.archive.name, settings.archive.gap) == ("berlin", 7_200)
    assert settings.fetch.allow_networks == (ip_network("127.0.0.0/8"), ip_network("fd00::/8"))
    assert (settings.fetch.deadline, settings.fetch.min_gap, settings.fetch.concurrency) == (12.5, 0.25, 8)
    assert settings.fetch.spread == 0
    assert settings.fetch.proxy == "http://user:secret@proxy.example.org:3128"
    assert (settings.web.host, settings.web.port) == ("::1", 0)
    (site,) = settings.sites
    assert site.headers == (("accept-language", "en"), ("cookie", "consent=1"))
    assert (site.robots, site.conditional, site.gap) == ("ignore", True, 90)
    assert site.layouts == (
        Layout(name="2025", valid_from=date(2024, 1, 1), valid_until=date(2026, 3, 1), lead="article.lead"),
    )


@pytest.mark.parametrize(
    ("written", "seconds"), [('"90s"', 90), ('"15m"', 900), ('"6h"', 21_600), ('"1d"', 86_400), ("45", 45)]
)
def test_durations(tmp_path: Path, written: str, seconds: int) -> None:
    """A duration is a number with a unit, or whole seconds."""
    site = NPR.replace('schedule = "*/15 * * * *"', f"every = {written}")
    assert loaded(tmp_path, site).sites[0].every == seconds
    assert values.seconds(values.spelled(seconds)) == seconds


def test_a_schedule_is_listed_as_it_is_written(tmp_path: Path) -> None:
    """Also one of less than a minute."""
    (tmp_path / "config.toml").write_text(NPR.replace('schedule = "*/15 * * * *"', 'every = "45s"'))
    assert call("--config", tmp_path / "config.toml", "sites", "list").endswith("\tevery 45s\n")


def test_an_absolute_path_stays(tmp_path: Path) -> None:
    """Only relative paths start at the config file's folder."""
    assert loaded(tmp_path, '[archive]\npath = "/srv/archive.db"').archive.path == Path("/srv/archive.db")


@pytest.mark.parametrize(
    "text",
    [
        '[archive]\npath = "~nobody9/x"',
        '[web]\npassword_file = "~nobody9/x"',
        '[backfill]\npace_file = "~nobody9/x"',
        '[[notify]]\nname = "desk"\nto_file = "~nobody9/x"',
    ],
)
def test_the_home_of_nobody_is_a_fault(tmp_path: Path, text: str) -> None:
    """Neither a file of that name nor a traceback."""
    assert '"~nobody9/x" lies in the home of nobody here' in only_fault(tmp_path, text)


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    """Editors that write a BOM are forgiven."""
    assert loaded(tmp_path, "\ufeff" + NPR).site("npr").name == "NPR"


def test_the_layout_of_an_instant_is_chosen_by_the_date_in_the_sites_zone(tmp_path: Path) -> None:
    """valid_from is included and valid_until is not, both at midnight in New York."""
    site = loaded(tmp_path, NPR + LAYOUT + "valid_from = 2024-01-01\nvalid_until = 2024-01-03\n").site("npr")
    assert site.layout_at(datetime(2024, 1, 1, 4, 59, 59, tzinfo=UTC)) is None
    assert site.layout_at(datetime(2024, 1, 1, 5, tzinfo=UTC)) == site.layouts[0]
    assert site.layout_at(datetime(2024, 1, 3, 4, 59, 59, tzinfo=UTC)) == site.layouts[0]
    assert site.layout_at(datetime(2024, 1, 3, 5, tzinfo=UTC)) is None


def test_layouts_may_follow_each_other(tmp_path: Path) -> None:
    """A redesign ends one layout on the day on which the next begins."""
    text = NPR + LAYOUT + "valid_until = 2024-01-03\n" + LAYOUT.replace("2025", "2026") + "valid_from = 2024-01-03\n"
    site = loaded(tmp_path, text).site("npr")
    assert [site.layout_at(datetime(2024, 1, day, 12, tzinfo=UTC)) for day in (2, 3)] == list(site.layouts)


def test_an_unknown_site_is_answered_with_close_ones(tmp_path: Path) -> None:
    """The message names the slug asked for and what may have been meant."""
    settings = loaded(tmp_path, NPR)
    with pytest.raises(ConfigError, match='no site "nprr"; did you mean "npr"'):
        settings.site("nprr")
    with pytest.raises(ConfigError, match='no site "zzz"; `frontpage sites list`'):
        settings.site("zzz")


@pytest.mark.parametrize(
    ("was", "now", "fault"),
    [
        ("America/New_York", "America/NewYork", '"America/NewYork" is not an IANA zone; did you mean "America/New_'),
        ("America/New_York", "../etc/passwd", 'timezone "../etc/passwd" is not an IANA zone; write one such as'),
        ("America/New_York", "\\u0000", 'timezone "\\u0000" is not an IANA zone'),
        ("*/15 * * * *", "*/15 * * *", 'schedule "*/15 * * *" does not have the five fields of cron'),
        ("*/15 * * * *", "99 * * * *", 'schedule "99 * * * *" is not a cron expression (see its minute)'),
        ("*/15 * * * *", "0 0 30 2 *", 'schedule "0 0 30 2 *"'),
        ('schedule = "*/15 * * * *"', "", "every is missing, and so is schedule; add"),
        ('schedule = "*/15 * * * *"', 'schedule = "0 * * * *"\nevery = "1h"', "every stands beside schedule; keep one"),
        ('schedule = "*/15 * * * *"', 'every = "1 h"', 'every "1 h" is not a duration; write one such as "15m"'),
        ('schedule = "*/15 * * * *"', "every = 0", "every 0 is not a duration"),
        ('schedule = "*/15 * * * *"', "every = true", "every true is not a duration"),
        ('schedule = "*/15 * * * *"', 'every = "999999999d"', 'every "999999999d" is longer than a hundred years'),
        ('schedule = "*/15 * * * *"', "every = 9999999999", "every 9999999999 is longer than a hundred years"),
        ('schedule = "*/15 * * * *"', "schedule = 15", "schedule is 15; it must be a string"),
        ('"NPR"', '" "', 'name " " must be one line of 1 to 200 printable characters'),
        ('name = "NPR"\n', "", "name is missing; add it"),
        ("https://www.npr.org/", "ftp://www.npr.org/", 'url "ftp://www.npr.org/" is not fetched: only http'),
        ("https://www.npr.org/", "file:///etc/passwd", "is not fetched: only http"),
        ("https://www.npr.org/", "www.npr.org", "is not fetched: only http"),
        ("https://www.npr.org/", "https:///x", "is not fetched: the URL names no host"),
        ("https://www.npr.org/", "https://www.npr.org:99999/", "is not fetched: "),
        ("https://www.npr.org/", "https://www.npr.org/a b", "is not fetched: "),
        ("https://www.npr.org/", "https://me:secret@www.npr.org/", 'url "www.npr.org" is not fetched: credentials'),
        ("https://www.npr.org/", "http://127.0.0.1/", "allow_networks"),
        ("https://www.npr.org/", "http://[::1]/", "allow_networks"),
        ("https://www.npr.org/", "http://10.0.0.7:8080/", "allow_networks"),
        ("https://www.npr.org/", "http://[::ffff:169.254.169.254]/", "allow_networks"),
        ("https://www.npr.org/", "http://0x7f.1/", "allow_networks"),
        ("https://www.npr.org/", "http://localhost/", "allow_networks"),
        ("schedule", "shedule", '"shedule" is not a known key; did you mean "schedule"?'),
    ],
)  # fmt: skip
@pytest.mark.fault(33)
def test_a_fault_in_a_site_names_site_key_and_remedy(tmp_path: Path, was: str, now: str, fault: str) -> None:
    """Each fault is told at the site by number and slug."""
    told = faults(tmp_path, NPR.replace(was, now))
    assert all(line.startswith('sites[1] (slug "npr"): ') for line in told)
    assert any(fault in line for line in told)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('headers = { accept-language = "en\\r\\nx: y" }', 'headers "accept-language" must be a string'),
        ('headers = { "a b" = "x" }', 'headers "a b" is not a header name'),
        ('headers = { "a\\r\\nb" = "x" }', 'headers "a\\u000d\\u000ab" is not a header name'),
        ('headers = { user-agent = "x" }', 'headers "user-agent" is set by the fetch itself; set [fetch] user_agent'),
        ('headers = { keep-alive = "x" }', 'headers "keep-alive" is set by the fetch itself; take it out'),
        ('headers = { accept = " x" }', 'headers "accept" is not sent: the header accept holds a control character'),
        ('headers = { expect = "100-continue" }', 'headers "expect" is set by the fetch itself; take it out'),
        ('headers = { Accept = "a", accept = "b" }', 'headers "accept" stands twice; keep one'),
        ('headers = "en"', "headers must be a table, such as"),
        ('robots = "maybe"', "robots is \"maybe\"; it must be 'obey' or 'ignore'"),
        ("conditional = 1", "conditional is 1; it must be true or false"),
        ('gap = "soon"', 'gap "soon" is not a duration'),
        ("layouts = 3", "layouts is 3; it must be an array"),
        ("layouts = [3]", "layouts[1] must be a table; begin it with [[sites.layouts]]"),
        (LAYOUT + 'led = "x"', 'layouts[1] "led" is not a known key; did you mean "lead"?'),
        ('[[sites.layouts]]\nlead = "x"', "layouts[1] name is missing; add it"),
        (LAYOUT + "lead = 3", "layouts[1] lead is 3; it must be a string"),
        (LAYOUT + 'lead = "a["', 'layouts[1] lead "a[" is not a CSS selector'),
        (LAYOUT + f'ignore = "{"a" * 1_001}"', "layouts[1] ignore is 1001 characters long; keep it within 1000"),
        (LAYOUT + 'valid_from = "2024-01-01"', 'layouts[1] valid_from "2024-01-01" is not a date; write one'),
        (LAYOUT + "valid_from = 2024-01-02\nvalid_until = 2024-01-02", "layouts[1] valid_until 2024-01-02 is not"),
        (LAYOUT + "valid_until = 2024-02-01\n" + LAYOUT.replace("2025", "b") + "valid_from = 2024-01-31",
         'layouts "2025" and "b" apply on the same days'),
    ],
)  # fmt: skip
@pytest.mark.fault(20)
def test_a_fault_in_an_optional_key_of_a_site(tmp_path: Path, line: str, fault: str) -> None:
    """Headers, manners and layouts are checked before anything is fetched."""
    told = only_fault(tmp_path, NPR + line)
    assert told.startswith(f'sites[1] (slug "npr"): {fault}')


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("colour = 3", '"colour" is not a known key; known are archive, fetch, web, backfill, notify, sites'),
        ("[archiv]", '"archiv" is not a known key; did you mean "archive"?'),
        ("archive = 3", "[archive] must be a table"),
        ("sites = 3", "sites must be an array of tables; begin each of them with [[sites]]"),
        ("sites = [3]", "sites[1] must be a table"),
        ('[archive]\nnmae = "x"', '[archive] "nmae" is not a known key; did you mean "name"?'),
        ('[archive]\nname = "Back Room"', '[archive] name "Back Room" is no slug'),
        ("[archive]\npath = 3", "[archive] path is 3; it must be"),
        ('[fetch]\nuser_agent = "a\\nb"', "[fetch] user_agent must be one line"),
        ('[fetch]\nuser_agent = ""', "[fetch] user_agent must be one line"),
        ('[fetch]\ndeadline = "soon"', '[fetch] deadline is "soon"; it must be a number'),
        ("[fetch]\ndeadline = 0", "[fetch] deadline is 0; it must be greater than 0"),
        ("[fetch]\nconcurrency = true", "[fetch] concurrency is true; it must be a whole number"),
        ('[fetch]\nallow_networks = ["127.0.0.1/8"]', '[fetch] allow_networks[1] "127.0.0.1/8" is not a network'),
        ('[fetch]\nproxy = "socks"', "[fetch] proxy is not the address of a proxy"),
        ('[web]\ntrusted_proxies = ["nginx"]', '[web] trusted_proxies[1] "nginx" is not a network'),
        ('[web]\npublic_names = ["https://x.example"]', '[web] public_names[1] "https://x.example" is no host name'),
        ("[web]\nport = 70000", "[web] port is 70000; it must be less than or equal to 65535"),
    ],
)
def test_a_fault_outside_the_sites(tmp_path: Path, text: str, fault: str) -> None:
    """Each table's keys are checked, and so are the tables."""
    assert only_fault(tmp_path, text).startswith(fault)


@pytest.mark.parametrize("slug", ["", "NPR", "n_pr", "-npr", "npr-", "n/pr", "..", "n" * 65, "ünpr"])
def test_a_slug_is_plain(tmp_path: Path, slug: str) -> None:
    """It stands in URLs, file names and IDs, so it has no character that would need care there."""
    assert f'slug "{slug}" is no slug' in only_fault(tmp_path, NPR.replace('slug = "npr"', f'slug = "{slug}"'))


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    """One faulty site hides neither the next nor its own other faults."""
    bad = NPR.replace("America/New_York", "Mars").replace("*/15 ", "")
    told = faults(tmp_path, "[web]\nport = -1\n" + bad + bad)
    assert [line.partition(" ")[0] for line in told] == ["[web]", *["sites[1]"] * 2, *["sites[2]"] * 3]
    assert 'sites[2] (slug "npr"): slug is that of sites[1] too; give each its own' in told


def test_an_allowed_network_may_be_named_by_its_address(tmp_path: Path) -> None:
    """A newspaper on loopback is reached when the config says so."""
    text = '[fetch]\nallow_networks = ["127.0.0.0/8"]' + NPR.replace("https://www.npr.org/", "http://127.0.0.1:8080/")
    assert loaded(tmp_path, text).site("npr").url == "http://127.0.0.1:8080/"


def test_a_file_that_is_not_toml_names_line_and_column(tmp_path: Path) -> None:
    """The place of the fault is the remedy."""
    assert "at line 2, column 13" in only_fault(tmp_path, '[archive]\nname = "home')


def test_a_file_that_is_not_utf_8_names_line_and_column(tmp_path: Path) -> None:
    """A Latin-1 file is refused at its first foreign byte."""
    file = tmp_path / "config.toml"
    file.write_bytes('[archive]\nname = "K\xf6ln"\n'.encode("latin-1"))
    with pytest.raises(ConfigError, match=r"config\.toml: is not UTF-8 \(at line 2, column 10\); save it as UTF-8"):
        load(file)


def test_a_missing_file_or_a_folder_is_told(tmp_path: Path) -> None:
    """Neither ends in a traceback."""
    with pytest.raises(ConfigError, match=r"none\.toml: there is no such file; name one with --config FILE"):
        load(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path)


def test_a_site_made_in_code_is_checked_too() -> None:
    """Only the rule on networks, which a loaded file knows, is left to the fetch gate."""
    site = Site(slug="a", name="A", url="http://127.0.0.1:1/", timezone="UTC", every=60, layouts=(Layout(name="x"),))
    assert site.layout_at(datetime(2024, 1, 1, tzinfo=UTC)) == Layout(name="x")
    with pytest.raises(ValueError, match="no slug"):
        Site(slug="A", name="A", url="http://127.0.0.1:1/", timezone="UTC", every=60)


def test_reading_the_config_loads_nothing_heavy() -> None:
    """Every verb reads it, so it must not cost what only some of them need."""
    heavy = "{'httpx', 'sqlite3', 'apscheduler', 'datasette', 'rich'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", f"import sys, scraper.config; sys.exit(str({heavy} or '') or 0)"], check=True)


# The language in which each shipped site is printed, where it is not English.
LANGUAGES = {
    "ar": "aljazeera-ar", "bn": "prothom-alo", "cs": "irozhlas", "da": "dr-dk", "de": "tagesschau", "el": "ert",
    "es": "el-pais", "fi": "yle", "fr": "rfi", "he": "haaretz", "hi": "bbc-hindi", "id": "kompas", "is": "ruv",
    "it": "la-repubblica", "ja": "nhk", "ko": "yonhap", "nl": "nos", "no": "nrk", "pl": "polskie-radio-24",
    "pt": "folha", "ru": "meduza", "sv": "svt", "tr": "hurriyet", "uk": "ukrainska-pravda", "zh": "cna-tw",
}  # fmt: skip
PUBLIC_RADIO = ("npr", "wnyc", "kqed", "wbur", "laist", "wbez", "opb", "bbc-news", "dw-en", "rfi", "rnz", "cbc", "nhk")


def test_the_shipped_config_is_broad() -> None:
    """It watches at least 40 front pages in 15 time zones and 12 languages, public radio among them."""
    settings = load(SHIPPED)
    slugs = {site.slug for site in settings.sites}
    assert len(slugs) >= 40
    assert len({site.timezone for site in settings.sites}) >= 15
    assert slugs >= set(LANGUAGES.values())
    assert slugs >= set(PUBLIC_RADIO)
    assert all(site.url.startswith("https://") for site in settings.sites)


def test_the_shipped_config_groups_its_sites_under_comments() -> None:
    """A comment of its own opens each group of countries."""
    groups = SHIPPED.read_text(encoding="utf-8").split("\n\n# ")[1:]
    assert len(groups) >= 15
    assert all("[[sites]]" in group for group in groups)
