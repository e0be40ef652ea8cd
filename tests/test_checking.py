"""Checking a page as it is now, and the fixtures that tell when a site reads differently."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from demo.library import paper
from schedules.fixtures import check_fixtures, keep_fixture
from scraper.config import Site
from scraper.errors import ConfigError, FrontpageError
from tests.made import NOON
from tests.newsstand import Newsstand
from tests.test_reader_text import TEASERS
from tests.test_reader_text import page as page_of_text
from tests.verbs import frontpage_run
from tests.world import config_file

SITE = Site(slug="courier", name="Courier", url="https://courier.example/", timezone="UTC", every=900)


async def verb(*arguments: str) -> tuple[int, str, str]:
    """Run beside the stand's event loop."""
    answer = await asyncio.to_thread(frontpage_run, *arguments)
    return answer.code, answer.out.decode(), answer.log


async def test_check_shows_blocks_roles_and_hints(tmp_path: Path) -> None:
    """The page as it is now, with every block's role and reasons; nothing is stored."""
    async with Newsstand(lambda: NOON, own_ports=True) as stand:
        stand.add_paper(paper("courier"))
        config = config_file(tmp_path, stand)
        code, out, log = await verb("--config", str(config), "check", "courier", "--json")
    assert code == 0, log
    shape = json.loads(out)
    assert shape["lead"]["headline"] == paper("courier").truth(NOON).lead.headline
    roles = [block["role"] for block in shape["blocks"]]
    assert roles.count("lead") >= 1
    assert {"teaser", "other"} <= set(roles)
    assert any("a layout could say" in hint for hint in shape["hints"])
    assert not (tmp_path / "archive.db").exists()


async def test_check_of_what_cannot_be_fetched_says_why() -> None:
    """A private address is refused, with what would allow it, and a site that is not configured is named."""
    code, _, log = await verb("check", "http://127.0.0.1:9/")
    assert (code, "127.0.0.1" in log, "Traceback" in log) == (1, True, False)
    assert "add its network to [fetch] allow_networks" in log
    code, _, log = await verb("check", "no-such-site")
    assert (code, "no-such-site" in log) == (2, True)


def test_a_fixture_reads_as_expected_until_something_changes(tmp_path: Path) -> None:
    """The page kept reads as it did; an edited expectation and a lost page are told."""
    page = keep_fixture(SITE, paper("courier").page(NOON).body, at=NOON, folder=tmp_path)
    (checked,) = check_fixtures(SITE, tmp_path)
    assert (checked.page, checked.differences) == (page, ())
    expected = json.loads(page.with_suffix(".json").read_text())
    expected["lead"]["headline"] = "Another lead"
    dropped = expected["teasers"].pop(0)
    page.with_suffix(".json").write_text(json.dumps(expected))
    (checked,) = check_fixtures(SITE, tmp_path)
    assert checked.differences[0].startswith("lead “Another lead”, now “")
    assert checked.differences[1] == f"new “{dropped['headline']}”"
    page.unlink()
    with pytest.raises(ConfigError, match="is no fixture"):
        list(check_fixtures(SITE, tmp_path))


def differences(folder: Path, edit: Callable[[dict[str, Any]], object], body: bytes) -> tuple[str, ...]:
    """What is told of a fixture whose expectation somebody edited."""
    page = keep_fixture(SITE, body, at=NOON, folder=folder)
    expected = json.loads(page.with_suffix(".json").read_text())
    edit(expected)
    page.with_suffix(".json").write_text(json.dumps(expected))
    return next(check_fixtures(SITE, folder)).differences


def test_teasers_that_share_an_address_are_told_apart(tmp_path: Path) -> None:
    """All stories of a page of text have the page's own."""

    def edit(expected: dict[str, Any]) -> None:
        for teaser in expected["teasers"][:2]:
            teaser["headline"] = f"not {teaser['headline']}"

    assert differences(tmp_path, edit, page_of_text(section_first=True).encode()) == tuple(
        f"changed “not {headline}” (headline)" for headline, _ in TEASERS[:2]
    )


def test_the_order_of_teasers_is_expected_too(tmp_path: Path) -> None:
    """One that moved is named; of many, the first."""
    body = paper("courier").page(NOON).body
    (moved,) = differences(tmp_path, lambda page: page["teasers"].append(page["teasers"].pop(0)), body)
    first = json.loads(next((tmp_path / "courier").glob("*.json")).read_text())["teasers"][-1]["headline"]
    assert moved == f"in another order: “{first}”"
    (turned,) = differences(tmp_path, lambda page: page["teasers"].reverse(), body)
    assert turned.startswith("in another order: “")
    assert turned.endswith(" more")


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (lambda _: "nonsense", "Invalid JSON"),
        (lambda _: "[]", "object"),
        (lambda text: text.replace('"quality"', '"qualities"'), "quality: Field required"),
        (lambda text: text.replace('"url"', '"uri"'), "lead.url: Field required"),
        (lambda text: text.replace('"teasers": [', '"teasers": [7, '), r"teasers\[1\]: "),
        (lambda text: text.replace('"section": ""', '"section": null'), "valid string"),
    ],
)
def test_a_slip_in_an_edited_expectation_is_named(tmp_path: Path, edit: Callable[[str], str], says: str) -> None:
    """With its file and its place, since people are asked to correct it by hand."""
    page = keep_fixture(SITE, paper("courier").page(NOON).body, at=NOON, folder=tmp_path)
    file = page.with_suffix(".json")
    file.write_text(edit(file.read_text()))
    with pytest.raises(ConfigError, match=says) as caught:
        list(check_fixtures(SITE, tmp_path))
    assert str(file) in str(caught.value)


def test_a_fixture_that_cannot_be_kept_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FrontpageError, match="cannot be written: Not a directory"):
        keep_fixture(SITE, b"<p>", at=NOON, folder=tmp_path / "file")


async def test_sites_fixture_and_sites_check(tmp_path: Path) -> None:
    """From the command line: a saved page becomes a fixture, and the check passes."""
    saved = tmp_path / "saved.html"
    saved.write_bytes(paper("courier").page(NOON).body)
    async with Newsstand(lambda: NOON, own_ports=True) as stand:
        stand.add_paper(paper("courier"))
        config = str(config_file(tmp_path, stand))
    code, out, log = await verb(
        "--config", config, "sites", "fixture", "courier", str(saved), "--at", "2026-11-24T12:00"
    )
    assert (code, out.strip().endswith("courier/20261124120000.html")) == (0, True), log
    code, out, _ = await verb("--config", config, "sites", "check")
    assert (code, "as expected" in out) == (0, True)
    code, out, _ = await verb("--config", config, "sites", "check", "courier", "--json")
    assert (code, json.loads(out)["site"], json.loads(out)["differences"]) == (0, "courier", [])
    for arguments in ((), ("courier",)):
        code, out, log = await verb(
            "--config", config, "sites", "check", *arguments, "--folder", str(tmp_path / "none")
        )
        assert (code, out, "no fixture" in log) == (1, "", True)
