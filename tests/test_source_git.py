"""Git scraping: a page's commits as captures, renames followed, nothing of the repository run."""

import asyncio
import os
import stat
import subprocess
from collections import Counter
from contextlib import aclosing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from schedules.sources import git
from schedules.sources.found import SourceError
from schedules.sources.git import Git
from scraper.errors import ConfigError
from scraper.instants import iso
from scraper.limits import MAX_BODY_BYTES
from scraper.model import Capture, Origin
from tests.made import NOON
from tests.past import EVERYTHING, HOURS, SITE, URL, captures, counts, filled, page, readings, reasons, save_pages

PAGE = b"<!DOCTYPE html><title>The Courier</title><h1>Harbour reopens after the storm</h1>"


class Repository:
    """A repository under way; commits are made at the instants, or git's own dates, that they are told."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str, instant: datetime | str = NOON) -> str:
        """What git answers."""
        who = {
            f"GIT_{role}_{part}": value
            for role in ("AUTHOR", "COMMITTER")
            for part, value in (
                ("NAME", "scraper"),
                ("EMAIL", "s@example.org"),
                ("DATE", instant if isinstance(instant, str) else iso(instant)),
            )
        }
        environment = {**os.environ, **who, "GIT_CONFIG_GLOBAL": "/dev/null"}
        return subprocess.run(
            ["git", *arguments], cwd=self.folder, check=True, capture_output=True, env=environment, text=True
        ).stdout.strip()

    def commit(self, instant: datetime | str, body: bytes, name: str = "index.html") -> None:
        """The page as it was at an instant."""
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_bytes(body)
        self.git("add", "--all", instant=instant)
        self.git("commit", "--quiet", "--allow-empty", "--message", "scrape", instant=instant)

    def program(self, name: str) -> str:
        """A program in the repository that leaves a mark when it is run."""
        file = self.folder / ".git" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f'#!/bin/sh\ntouch "{self.folder}/was-run"\n')
        file.chmod(file.stat().st_mode | stat.S_IEXEC)
        return str(file)


def repository(folder: Path) -> Repository:
    """The courier's past, committed by the hour."""
    made = Repository(folder)
    for instant in HOURS:
        made.commit(instant, page(instant))
    return made


async def captures_of(place: Path, path: str, left_out: Counter[str] | None = None) -> list[Capture]:
    """What a repository gives of a page; what it leaves out is counted."""
    async with aclosing(Git(place, path, SITE)) as source:
        found = await captures(source)
        (left_out if left_out is not None else Counter()).update(reasons(source))
    return found


async def bodies_of(place: Path, path: str, left_out: Counter[str] | None = None) -> dict[datetime, bytes]:
    """The same as bodies by instant."""
    return {capture.instant: capture.body for capture in await captures_of(place, path, left_out)}


async def test_every_commit_is_a_capture_at_its_time(tmp_path: Path) -> None:
    """In order of time, with the page's own address."""
    found = await captures_of(repository(tmp_path).folder, "index.html")
    assert [(capture.instant, capture.body) for capture in found] == [(instant, page(instant)) for instant in HOURS]
    assert {(capture.origin, capture.url, capture.content_type) for capture in found} == {
        (Origin.GIT, URL, "text/html")
    }


async def test_nothing_is_checked_out(tmp_path: Path) -> None:
    """A bare repository will do; of another, index and working tree stay as they are."""
    made = repository(tmp_path / "made")
    made.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
    (made.folder / "index.html").write_bytes(b"changed and not committed")
    status = (made.folder / ".git" / "index").stat().st_mtime_ns
    assert list(await bodies_of(tmp_path / "bare.git", "index.html")) == list(HOURS)
    assert list(await bodies_of(made.folder, "index.html")) == list(HOURS)
    assert (made.folder / ".git" / "index").stat().st_mtime_ns == status


async def test_renames_are_followed(tmp_path: Path) -> None:
    """Also into a folder, and from packed to plain; other files are none of ours."""
    made = Repository(tmp_path)
    made.commit(HOURS[0], page(HOURS[0]), "front.html")
    made.commit(HOURS[0] + timedelta(minutes=1), b"notes", "notes.html")
    made.git("mv", "front.html", "index.html")
    made.commit(HOURS[1], page(HOURS[1]))
    (tmp_path / "pages").mkdir()
    made.git("mv", "index.html", "pages/courier.html")
    made.commit(HOURS[2], page(HOURS[2]), "pages/courier.html")
    assert list(await bodies_of(tmp_path, "pages/courier.html")) == list(HOURS[:3])
    assert list(await bodies_of(tmp_path / "pages" / "courier.html", "")) == list(HOURS[:3])
    assert list(await bodies_of(tmp_path / "pages", "courier.html")) == list(HOURS[:3])


async def test_a_page_that_was_deleted_and_came_back(tmp_path: Path) -> None:
    """The commit without it is no capture."""
    made = Repository(tmp_path)
    made.commit(HOURS[0], PAGE)
    made.git("rm", "--quiet", "index.html")
    made.git("commit", "--quiet", "--message", "gone", instant=HOURS[1])
    made.commit(HOURS[2], PAGE)
    assert list(await bodies_of(tmp_path, "index.html")) == [HOURS[0], HOURS[2]]


async def test_what_is_no_page_is_counted(tmp_path: Path) -> None:
    """Links, empty files and giants cost themselves."""
    made = Repository(tmp_path)
    made.commit(HOURS[0], b"")
    made.commit(HOURS[1], b"a" * (MAX_BODY_BYTES + 1))
    made.commit(HOURS[2], PAGE)
    (tmp_path / "index.html").unlink()
    (tmp_path / "index.html").symlink_to("/etc/passwd")
    made.git("add", "--all")
    made.git("commit", "--quiet", "--message", "link", instant=HOURS[3])
    left_out = Counter[str]()
    assert list(await bodies_of(tmp_path, "index.html", left_out)) == [HOURS[2]]
    assert left_out == {"empty": 1, "too large": 1, "a link or a module": 1}


async def test_a_commit_beyond_the_years_there_are_is_counted(tmp_path: Path) -> None:
    """Git dates commits as far as its numbers go, and an archive has room for a year less; the others are there."""
    made = Repository(tmp_path)
    made.commit(HOURS[0], PAGE)
    made.commit("@253402300800 +0000", PAGE + b"in the year 10000")
    made.commit("@253402300799 +0000", PAGE + b"in the last second of 9999")
    left_out = Counter[str]()
    assert list(await bodies_of(tmp_path, "index.html", left_out)) == [HOURS[0]]
    assert left_out == {"no such time": 2}


async def test_a_reading_that_is_given_up_within_an_object_ends_git(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Git waits for somebody to take the rest, and asyncio for somebody to take what it has of it; nobody does."""
    is_begun = asyncio.Event()

    async def begin(stream: asyncio.StreamReader, size: int) -> bytes:
        while not stream._paused:  # type: ignore[attr-defined]  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0)
        is_begun.set()
        await asyncio.Event().wait()
        return await stream.readexactly(size)

    monkeypatch.setattr(git, "_read_object", begin)
    made = Repository(tmp_path)
    made.commit(NOON, b"a" * MAX_BODY_BYTES)
    async with asyncio.timeout(30), aclosing(Git(tmp_path, "index.html", SITE)) as source:
        (found,) = [found async for found in source.find(EVERYTHING)]
        task = asyncio.ensure_future(found.load())
        await is_begun.wait()
        task.cancel()


async def test_names_are_names_and_no_patterns(tmp_path: Path) -> None:
    """Stars, dashes and colons mean themselves."""
    made = Repository(tmp_path)
    for name in ("*.html", "--output=x.html", ":(top)a.html", "päge.html"):
        made.commit(NOON, name.encode() * 99, name)
        assert await bodies_of(tmp_path, name) == {NOON: name.encode() * 99}


async def test_the_past_of_a_page_that_was_copied_is_another_s(tmp_path: Path) -> None:
    """Git follows copies as well; a page begins with its own first commit."""
    made = Repository(tmp_path)
    made.commit(HOURS[0], PAGE, "rival.html")
    made.commit(HOURS[1], PAGE)
    made.commit(HOURS[2], PAGE + b"later")
    assert list(await bodies_of(tmp_path, "index.html")) == [HOURS[1], HOURS[2]]


async def test_nothing_of_the_repository_is_run(tmp_path: Path) -> None:
    """Hooks, monitors, signatures, differs and remotes that its configuration names are left alone."""
    made = repository(tmp_path)
    program = made.program("program")
    made.program("hooks/post-index-change")
    for key, value in (
        ("core.fsmonitor", program), ("log.showSignature", "true"), ("gpg.program", program),
        ("core.pager", program), ("pager.log", program), ("diff.external", program), ("diff.html.textconv", program),
        ("core.sshCommand", program), ("core.editor", program), ("core.askPass", program),
        ("remote.origin.url", "ssh://elsewhere.example/x"), ("remote.origin.promisor", "true"),
        ("extensions.partialClone", "origin"), ("core.repositoryFormatVersion", "1"),
    ):  # fmt: skip
        made.git("config", key, value)
    (tmp_path / ".git" / "info").mkdir(exist_ok=True)
    (tmp_path / ".git" / "info" / "attributes").write_text("*.html diff=html\n")
    lost = made.git("rev-parse", "HEAD:index.html")
    (tmp_path / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    (tmp_path / "was-run").unlink(missing_ok=True)
    left_out = Counter[str]()
    assert list(await bodies_of(tmp_path, "index.html", left_out)) == list(HOURS[:5])
    assert left_out == {"missing in the repository": 1}
    assert not (tmp_path / "was-run").exists()


async def test_a_folder_that_is_no_repository(tmp_path: Path) -> None:
    """Neither it nor a repository around it is taken for one."""
    Repository(tmp_path)
    (tmp_path / "inner").mkdir()
    with pytest.raises(SourceError, match="git cannot tell the history of index"):
        await bodies_of(tmp_path / "inner" / "..", "index.html")


async def test_a_page_that_was_never_committed(tmp_path: Path) -> None:
    """Nothing for it is nothing found."""
    assert await bodies_of(repository(tmp_path).folder, "other.html") == {}


def test_a_place_that_is_not_there_and_a_page_that_is_not_named(tmp_path: Path) -> None:
    """Both are usage errors with their remedy."""
    with pytest.raises(ConfigError, match="no such repository"):
        Git(tmp_path / "nowhere", "index.html", SITE)
    with pytest.raises(ConfigError, match="name the page in it, with --path"):
        Git(tmp_path, "", SITE)


async def test_readings_equal_those_of_the_same_pages_as_files(tmp_path: Path) -> None:
    """From commit to reading, byte for byte what saved pages come to; a second run knows it all."""
    await filled(tmp_path / "files", "files", save_pages(tmp_path / "pages"))
    place = repository(tmp_path / "scrape").folder
    assert counts(await filled(tmp_path, "git", place, path="index.html")) == (6, 6, 0, 0)
    assert readings(tmp_path) == readings(tmp_path / "files")
    assert counts(await filled(tmp_path, "git", place, path="index.html")) == (6, 0, 6, 0)


@pytest.mark.shared
async def test_a_real_series_as_a_repository(tmp_path: Path, shared: Path) -> None:
    """A real paper's captures, committed and read back: the readings of the same files."""
    series = sorted((shared / "series" / "christiandailyreporter").glob("*.html"))[:12]
    made = Repository(tmp_path / "scrape")
    (tmp_path / "pages").mkdir()
    for file in series:
        instant = datetime.strptime(f"{file.stem}+0000", "%Y%m%dT%H%M%S%z")
        made.commit(instant, file.read_bytes())
        (tmp_path / "pages" / file.name).write_bytes(file.read_bytes())
    url = "https://christiandailyreporter.example/"
    await filled(tmp_path / "files", "files", tmp_path / "pages", url=url)
    report = await filled(tmp_path, "git", made.folder, path="index.html", url=url)
    assert report.failed == 0
    changed = set(readings(tmp_path).splitlines())
    assert changed <= set(readings(tmp_path / "files").splitlines())
    assert len(changed) == report.taken > 1
