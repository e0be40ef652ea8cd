"""A citation holds what a footnote needs, and its commands prove it."""

import hashlib
import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from scraper.errors import ArchiveError, NotFound
from scraper.model import Capture, Hop, Origin, Outcome
from storage.archive import Archive
from storage.bodies import Removed
from storage.citing import BodyState, body_of, cite
from tests.made import NOON, SITE, URL, at, capture, page, wall
from tests.verbs import frontpage_run

ROOT = Path(__file__).parents[1]
BODY = b"<html>\xff\r\n<h1>Flood</h1>"
NAME = "courier/20261124120000"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive.db", observer="oslo") as archive:
        hop = Hop(url="http://courier.example/", status=301, location=URL)
        row = archive.record(replace(capture(NOON, BODY), redirects=(hop,))).capture_id
        archive.file(row, page("flood"))
        yield archive


def frontpage(*arguments: str, archive: Path) -> bytes:
    answer = frontpage_run(*arguments, "--archive", archive)
    assert answer.code == 0, answer.log
    return answer.out


def test_a_citation_is_complete(archive: Archive) -> None:
    """Site, address, instant, observer, origin and sha256 in one line; reader and body beside it."""
    cited = cite(archive.connection, NAME)
    sha256 = hashlib.sha256(BODY).hexdigest()
    assert cited.line == (
        f'courier, front page, {URL}, captured 2026-11-24T12:00:00Z by "oslo" (live); sha256 {sha256}; '
        f"frontpage-archive capture {NAME}."
    )
    assert (cited.reader, cited.quality, cited.body, cited.size) == ("1", "ok", BodyState.KEPT, len(BODY))


def test_the_verb_prints_and_the_commands_prove(archive: Archive, tmp_path: Path) -> None:
    """The JSON has every part; the first command's output is the body, the others make a WARC without fault."""
    shape = json.loads(frontpage("cite", NAME, "--json", archive=archive.path))
    assert (shape["url"], shape["status"], shape["observer"]) == (URL, 200, "oslo")
    assert shape["redirects"] == [{"url": "http://courier.example/", "status": 301, "location": URL}]
    assert shape["headers"] == [["Content-Type", "text/html; charset=utf-8"]]
    body, export, _ = (shlex.split(command) for command in shape["verify"])
    assert hashlib.sha256(frontpage(*body[1:4], archive=archive.path)).hexdigest() == shape["sha256"]
    file = tmp_path / "capture.warc.gz"
    frontpage(*export[1:-1], str(file), archive=archive.path)
    assert file.stat().st_size > 500
    plain = frontpage("cite", NAME, archive=archive.path).decode()
    assert shape["citation"] in plain
    assert "301 http://courier.example/ -> https://www.courier.example/" in plain


def test_what_could_not_be_read_is_cited_with_the_reason(archive: Archive) -> None:
    archive.file(archive.record(capture(NOON.replace(hour=13), b"We value your privacy")).capture_id, wall())
    plain = frontpage("cite", "courier/20261124130000", archive=archive.path).decode()
    assert re.search("quality +consent-wall\nproblem +asks for consent\n", plain)
    assert "problem" not in frontpage("cite", NAME, archive=archive.path).decode()


def test_a_removed_body_is_cited_with_its_reason(archive: Archive) -> None:
    """What is gone says since when and why; its bytes are refused."""
    sha256 = hashlib.sha256(b"gone").digest()
    removed = Removed(sha256=sha256, size=4, removed_at=1_800_000_000, reason="a court order")
    archive.record(replace(capture(at(15)), body=b""), removed=removed)
    cited = cite(archive.connection, "courier/20261124121500")
    assert (cited.body, cited.removed_why, cited.sha256) == (BodyState.REMOVED, "a court order", sha256.hex())
    assert cited.removed_at is not None
    assert cited.removed_at.year == 2027
    with pytest.raises(ArchiveError, match="was removed"):
        body_of(archive.connection, "courier/20261124121500")


def test_a_304_names_what_it_stands_for(archive: Archive) -> None:
    """It has no body of its own, and says so."""
    sha256 = hashlib.sha256(BODY).hexdigest()
    archive.record(Capture(site=SITE, origin=Origin.LIVE, url=URL, instant=at(15), status=304, revisit_of=sha256))
    cited = cite(archive.connection, "courier/20261124121500")
    assert cited.body is BodyState.NONE
    assert f"stands for sha256 {sha256}" in cited.line


def test_the_page_s_queries_run(archive: Archive) -> None:
    """docs/citing.md asks what the views answer."""
    queries = re.findall(r"```sql\n(.*?)```", (ROOT / "docs" / "citing.md").read_text(encoding="utf-8"), re.DOTALL)
    archive.end_visit(SITE, due_at=NOON, ended_at=NOON, outcome=Outcome.MISSED)
    leads, coverage = (archive.connection.execute(query).fetchall() for query in queries)
    assert leads == [(SITE, "Headline of flood", "2026-11-24T12:00:00Z", 0, None, "possible")]
    assert coverage == [(SITE, "2026-11-24", 1, 0, 1)]


def test_the_page_s_commands_are_those_of_the_verb(archive: Archive) -> None:
    """Its example says to check what `cite` says to check."""
    text = (ROOT / "docs" / "citing.md").read_text(encoding="utf-8")
    for command in cite(archive.connection, NAME).checks:
        start, _, _ = command.partition("courier")
        assert start.rstrip() in text


@pytest.mark.parametrize(
    "name", ["courier/20261124120001", "courier", "courier/2026~x", "nobody/20261124120000", "../x"]
)
def test_what_is_not_there_is_named(archive: Archive, name: str) -> None:
    """No capture of that name, whatever is wrong with it."""
    with pytest.raises(NotFound):
        cite(archive.connection, name)
