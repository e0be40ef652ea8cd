"""The README names what there is: every verb, every word of the data, every dependency."""

import contextlib
import io
import re
import tomllib
from pathlib import Path

import pytest

import frontpage
from demo.library import paper
from scraper.model import Outcome
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
