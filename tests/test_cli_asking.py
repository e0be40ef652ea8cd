"""What verbs that ask an archive have in common: times and ranges as people type them, sites that are unknown, and
whose configuration it is."""

import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper.config import Site
from scraper.errors import ConfigError
from storage.archive import Archive
from tests.made import capture, page
from tests.verbs import call, frontpage_run

SIX, SEVEN = (datetime(2022, 1, 29, hour, tzinfo=UTC) for hour in (6, 7))
ZONES = {"herald": "America/New_York", "kurier": "Europe/Berlin"}


def make(file: Path, *slugs: str) -> Path:
    """An archive of some of the two sites, both with the flood at six and the ferry at seven, UTC."""
    with Archive(file) as archive:
        for slug in slugs:
            site = Site(slug=slug, name=slug, url=f"https://{slug}.example/", timezone=ZONES[slug], every=3600)
            archive.describe(site, gap=7200, at=SIX)
            for instant, lead in ((SIX, "flood"), (SEVEN, "ferry")):
                row = archive.record(capture(instant, f"{slug} {lead}".encode(), site=slug)).capture_id
                archive.file(row, page(lead, "harbour"))
    return file


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("asking") / "archive.db", *ZONES)


@pytest.fixture
def single(tmp_path: Path) -> Path:
    """A folder of one archive, of one site."""
    (tmp_path / "shards").mkdir()
    return make(tmp_path / "shards" / "herald.db", "herald").parent


RANGED = pytest.mark.parametrize(
    "verb",
    [["leads", "herald"], ["leads", "--all", "--about", "flood"], ["stories", "herald"], ["changes", "herald"],
     ["search", "flood"], ["export", "leads", "--format", "csv"]],
)  # fmt: skip


@RANGED
@pytest.mark.parametrize("until", ["2019-01-01", "2023-01-01"])
def test_a_range_in_which_nothing_lies_is_refused(archive: Path, verb: list[str], until: str) -> None:
    """As by `backfill`: an empty answer would pass for one."""
    told = call(*verb, "--from", "2023-01-01", "--to", until, "--archive", archive, code=2)
    assert f"--from 2023-01-01 is not before --to {until}" in told


@RANGED
def test_a_range_is_judged_as_the_site_s_zone_has_it(archive: Path, verb: list[str]) -> None:
    """Half past two of a night without it is half past three, by which ten past three is over: every verb says so."""
    told = call(*verb, "--from", "2022-03-13T02:30", "--to", "2022-03-13T03:10", "--archive", archive, code=2)
    assert "in America/New_York they are 2022-03-13T07:30:00Z and 2022-03-13T07:10:00Z" in told
    call(*verb, "--from", "2022-03-13T02:30", "--to", "2022-03-13T03:40", "--archive", archive)


def test_times_to_compare_may_be_hours_ago(archive: Path) -> None:
    """-2h is a time wherever it stands; what was shown is told in the site's zone."""
    for times in (["-2h", "now"], ["20220129060000", "-2h"]):
        told = call("diff", "herald", *times, "--archive", archive)
        assert told.splitlines()[0].endswith(" to 2022-01-29 02:00")
    assert "-1h is after -2h; give the earlier" in call("diff", "herald", "-1h", "-2h", "--archive", archive, code=2)
    assert "No such option" in call("diff", "herald", "-x", "now", "--archive", archive, code=2)


def test_readings_of_different_readers_are_not_compared(tmp_path: Path) -> None:
    """What another reader sees otherwise is no news, whoever asks for the difference."""
    with Archive(tmp_path / "archive.db") as made:
        for instant, reader in ((SIX, "1"), (SEVEN, "2")):
            made.file(made.record(capture(instant, reader.encode())).capture_id, page("flood", reader, reader=reader))
        with pytest.raises(ConfigError, match=r"by different readers \(1, 2\)"):
            made.diff("courier", SIX, SEVEN)
    told = call("diff", "courier", "2022-01-29T06:00", "now", "--archive", tmp_path / "archive.db", code=2)
    assert "`frontpage reparse` makes them comparable" in told


def test_sites_are_compared_at_one_instant(archive: Path) -> None:
    """A time without a zone is the first site's: half past one in New York is half past six in UTC for both."""
    told = call("compare", "herald", "kurier", "--at", "2022-01-29T01:30", "--archive", archive).splitlines()
    assert told == ["herald\t2022-01-29 01:00\tHeadline of flood", "kurier\t2022-01-29 07:00\tHeadline of flood"]
    told = call("compare", "kurier", "herald", "--at", "2022-01-29T08:00", "--archive", archive).splitlines()
    assert [line.split("\t")[2] for line in told] == ["Headline of ferry"] * 2


@pytest.mark.parametrize("verb", [["leads"], ["leads", "--about", "flood"], ["compare"]])
def test_an_unknown_site_is_named_and_the_rest_is_done(archive: Path, verb: list[str]) -> None:
    """Exit code 1 says so."""
    answer = frontpage_run(*verb, "herald", "tribune", "kurier", "--archive", archive)
    assert answer.code == 1
    assert {line.split("\t")[0] for line in answer.out.decode().splitlines()} == set(ZONES)
    assert answer.log.splitlines() == ['the archive knows no site "tribune"; known are herald, kurier']


def test_an_archive_that_cannot_be_merged_is_named_and_the_rest_is_merged(tmp_path: Path) -> None:
    """In whatever order they are named."""
    into, other = make(tmp_path / "into.db", "herald"), make(tmp_path / "other.db", "kurier")
    answer = frontpage_run("merge", tmp_path / "none.db", other, "--archive", into)
    assert (answer.code, answer.out.decode()) == (1, f"{other}: 2 captures, 0 known, 0 visits\n")
    assert "none.db failed: " in answer.log
    assert "none.db: there is no such file" in answer.log
    assert call("leads", "kurier", "--archive", into).count("\n") == 2


def test_all_of_nothing_is_nothing(tmp_path: Path) -> None:
    """--all names the sites of an empty archive, which are none."""
    assert call("leads", "--all", "--archive", make(tmp_path / "empty.db")) == ""
    assert "name a site, or --all" in call("leads", "--archive", tmp_path / "empty.db", code=2)


@pytest.mark.parametrize("verb", [["show", "herald", "--archive"], ["verify", "--archive"], ["serve"]])
def test_a_folder_is_no_archive(single: Path, verb: list[str]) -> None:
    """It says which verbs take one."""
    told = call(*verb, single, code=1)
    assert "is a folder; name one of its archives, or ask all with compare, leads, search or export" in told


def test_a_story_of_several_sites(archive: Path) -> None:
    """One of them is told, by name the first or the one asked for; the others are named."""
    url = "https://www.courier.example/flood"
    answer = frontpage_run("history", url, "--archive", archive)
    assert "2022-01-29 01:00" in answer.out.decode()
    assert answer.log == "this is on herald; with --site also on kurier\n"
    answer = frontpage_run("history", url, "--site", "kurier", "--archive", archive)
    assert "2022-01-29 07:00" in answer.out.decode()
    assert answer.log == ""
    assert 'no site "tribune"' in call("history", url, "--site", "tribune", "--archive", archive, code=1)
    assert "kurier had no story" in call("history", f"{url}s", "--site", "kurier", "--archive", archive, code=1)


def test_a_package_holds_each_table_once_in_one_order(archive: Path, tmp_path: Path) -> None:
    """However they are named: equal data make equal bytes."""
    packages = [tmp_path / "one.zip", tmp_path / "other.zip"]
    for package, tables in zip(packages, (["changes", "leads", "leads"], ["leads", "changes"]), strict=True):
        call("export", *tables, "--package", package, "--archive", archive)
    assert zipfile.ZipFile(packages[0]).namelist()[3:] == ["leads.csv", "changes.csv"]
    assert packages[0].read_bytes() == packages[1].read_bytes()


def test_what_a_server_said_does_nothing_to_a_terminal(tmp_path: Path) -> None:
    """Escapes and controls in headers are printed as spaces; JSON has them as they were."""
    file = tmp_path / "archive.db"
    with Archive(file) as archive:
        headers = (("X-Evil", "\x1b]0;pwned\x07\x1b[31mred"),)
        archive.record(replace(capture(SIX), url="https://a.example/\x1b[31m", headers=headers))
    cited = ("cite", "courier/20220129060000", "--archive", file)
    told = call(*cited)
    assert "X-Evil:  ]0;pwned  [31mred" in told
    assert "\x1b" not in told
    assert "\\u001b]0;pwned" in call(*cited, "--json")


@pytest.mark.parametrize(
    "verb", [["parse", "PAGE", "--site", "herald"], ["serve", "ARCHIVE"], ["check", "https://a.example/"]]
)
def test_a_configuration_that_was_named_has_to_be_there(archive: Path, tmp_path: Path, verb: list[str]) -> None:
    """Only the default one may be absent: a room would open without its password, a page be read without its layout."""
    (tmp_path / "page.html").write_text("<h1>Flood recedes</h1>")
    names = {"ARCHIVE": str(archive), "PAGE": "page.html"}
    for config in ("typo.toml", "config.toml"):
        answer = frontpage_run("--config", config, *(names.get(word, word) for word in verb), folder=tmp_path)
        assert (answer.code, answer.out) == (2, b"")
        assert f"{config}: there is no such file" in answer.log
    assert frontpage_run("parse", "page.html", "--site", "herald", folder=tmp_path).code == 0
