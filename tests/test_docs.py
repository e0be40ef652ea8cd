"""The README names what there is: every verb, every word of the data, every dependency."""

import contextlib
import dataclasses
import io
import re
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

import frontpage
from demo.library import paper
from scraper.config import ArchiveSettings, BackfillSettings, FetchSettings, Site, WebSettings
from scraper.config_notify import Notify
from scraper.config_values import seconds
from scraper.model import Layout, Outcome
from storage import Archive
from tests import made

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.mark.parametrize("verb", sorted(frontpage.frontpage.commands))
def test_every_verb_is_documented(verb: str) -> None:
    """The README's table has a row for each verb."""
    assert re.search(rf"^\| `{verb}\b", README, re.MULTILINE)


@pytest.mark.parametrize("outcome", sorted(Outcome))
def test_every_outcome_is_documented(outcome: str) -> None:
    """The README lists the closed set of outcomes."""
    assert f"`{outcome}`" in README


TABLES: dict[str, type[BaseModel]] = {
    "[archive]": ArchiveSettings,
    "[fetch]": FetchSettings,
    "[web]": WebSettings,
    "[backfill]": BackfillSettings,
    "[[notify]]": Notify,
    "[[sites]]": Site,
}


def documented(table: str) -> dict[str, str]:
    """The keys of a table in docs/settings.md, in order, with their defaults as they are written."""
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    _, _, section = text.partition(f"## `{table}`\n")
    return dict(re.findall(r"^\| `(\w+)` \| (.+?) \|", section.partition("\n## ")[0], re.MULTILINE))


@pytest.mark.parametrize("table", TABLES)
def test_every_setting_is_documented(table: str) -> None:
    """docs/settings.md has each key in its table, with the default that it has."""
    model = TABLES[table]
    keys = documented(table)
    assert list(keys) == list(model.model_fields)
    for key, told in keys.items():
        field = model.model_fields[key]
        if told == "needed":
            assert field.is_required()
        elif told != "none":
            value = tomllib.loads(f"x = {told.strip('`')}")["x"]
            is_duration = isinstance(field.default, int) and isinstance(value, str)
            assert (seconds(value) if is_duration else type(field.default)(value)) == field.default
        else:
            assert not field.default


def test_every_part_of_a_layout_is_documented() -> None:
    assert list(documented("[[sites.layouts]]")) == [part.name for part in dataclasses.fields(Layout)]


def test_the_examples_in_python_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both examples do what they say, on a page and an archive in the current folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.html").write_bytes(paper("courier").page(made.NOON).body)
    with Archive(tmp_path / "archive.db") as archive:
        made.keep(archive, made.NOON, made.page("flood", "ferry"))
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        for example in re.findall(r"```python\n(.*?)```", README, re.DOTALL):
            exec(example, {})
    assert paper("courier").truth(made.NOON).lead.headline in out.getvalue()
    assert "Headline of flood 0 None" in out.getvalue()


@pytest.mark.parametrize("requirement", PROJECT["dependencies"])
def test_every_dependency_is_justified(requirement: str) -> None:
    """The design notes say in a line why each library is there."""
    name = re.match(r"[\w.-]+", requirement)
    assert name
    assert f"**{name[0].lower()}" in README.lower()


def test_versions_are_pinned_without_addresses() -> None:
    """constraints.txt pins every dependency, and names no index."""
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").lower()
    assert "://" not in pins
    for requirement in PROJECT["dependencies"]:
        name = re.match(r"[\w.-]+", requirement)
        assert name
        assert f"\n{name[0].lower()}==" in pins


def test_the_threat_model_names_what_there_is() -> None:
    """Each file in which a check is said to live is there."""
    text = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:scraper|storage|schedules|web|tests)/[\w/]+\.py)`", text))
    assert len(named) > 10
    assert [name for name in named if not (ROOT / name).is_file()] == []
