"""Git scraping: a page committed over time is a capture at each commit's time, read from the repository as it lies.

Nothing is checked out and nothing of the repository is run: its hooks, helpers and signatures are switched off, and no
protocol is allowed, so that a repository from somewhere else can neither run a program nor fetch what it lacks.
"""

import asyncio
import os
import re
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from schedules.sources.found import Found, Name, SourceError, Unusable, Wanted
from schedules.sources.packing import media_type_of, unpack_file
from scraper.config import Site
from scraper.errors import ConfigError
from scraper.instants import from_epoch, in_years
from scraper.limits import MAX_BODY_BYTES
from scraper.model import Capture, Origin

NO_PROGRAMS: Final = ("core.fsmonitor=", "core.hooksPath=/dev/null", "log.showSignature=false", "core.pager=cat")
FILE_MODES: Final = ("100644", "100755")
COPIED: Final = re.compile(r" C\d+\t")
PIECE: Final = 1 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """A state of the file: when it was committed, the object that holds its bytes, and its mode and name then."""

    instant: datetime
    blob: str
    mode: str
    name: str


class Git:
    """Every commit of one path in a repository, bare or not; renames are followed. Use with `aclosing`."""

    origin = Origin.GIT
    pace: float | None = None
    concurrency: int | None = None
    is_remote = False

    def __init__(self, place: Path, path: str, site: Site) -> None:
        if not place.exists():
            raise ConfigError(f"{place}: there is no such repository")
        if place.is_file():
            place, path = place.parent, path or place.name
        if not path:
            raise ConfigError(f"{place}: name the page in it, with --path")
        self._folder, self._path, self._site = place.resolve(), path, site
        self.left_out: Counter[str] = Counter()
        self._blobs = Blobs(self._folder)

    async def find(self, wanted: Wanted) -> AsyncGenerator[Found]:
        """The file's versions in order of time. Raises SourceError where git cannot tell them."""
        del wanted  # the whole history costs git a second
        versions = sorted(await self._versions(), key=lambda version: version.instant)
        for place, version in enumerate(versions, 1):
            if version.mode not in FILE_MODES:
                self.left_out["a link or a module"] += 1
                continue
            yield Found(
                name=Name(version.instant, self._site.url, version.blob),
                share=place / len(versions),
                load=partial(self._load, version),
            )

    async def aclose(self) -> None:
        """End the process that reads objects."""
        await self._blobs.aclose()

    async def _versions(self) -> list[Version]:
        process = await run_git(
            self._folder, "--literal-pathspecs", "log", "--follow", "-M", "--raw", "--no-abbrev", "--no-ext-diff",
            "--no-textconv", "--format=commit %ct", "--", self._path,
        )  # fmt: skip
        assert process.stdout is not None  # noqa: S101 - opened with a pipe
        versions, instant, is_copied = list[Version](), _instant("0"), False
        async for line in process.stdout:
            text = line.decode("utf-8", "replace").rstrip("\n")
            if text.startswith("commit "):
                instant = _instant(text.removeprefix("commit "))
            elif text.startswith(":") and not is_copied:
                if instant:
                    versions += _version(text, instant)
                else:
                    self.left_out["no such time"] += 1
                is_copied = COPIED.search(text) is not None  # what comes after is the past of another page
        if await process.wait():
            raise SourceError(f"{self._folder}: git cannot tell the history of {self._path}; is it a repository?")
        return versions

    async def _load(self, version: Version) -> Capture:
        data = await self._blobs.read(version.blob)
        return Capture(
            site=self._site.slug,
            origin=Origin.GIT,
            url=self._site.url,
            instant=version.instant,
            status=200,
            headers=(("Content-Type", media_type_of(version.name)),),
            body=unpack_file(data, version.name),
        )


class Blobs:
    """`git cat-file --batch`: objects by name, one after another, from one process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: Process | None = None
        self._lock = asyncio.Lock()

    async def read(self, blob: str) -> bytes:
        """An object's bytes. Raises Unusable where the repository lacks it, or it is beyond the bounds of a body."""
        async with self._lock:
            process = await self._started()
            assert process.stdin is not None  # noqa: S101 - opened with pipes
            assert process.stdout is not None  # noqa: S101
            process.stdin.write(f"{blob}\n".encode())
            await process.stdin.drain()
            answer = (await process.stdout.readline()).split()
            if len(answer) != 3 or answer[1] != b"blob":
                if not answer:
                    raise SourceError(f"{self._folder}: git ended while its objects were read")
                raise Unusable("missing in the repository")
            return await _read_object(process.stdout, int(answer[2]))

    async def _started(self) -> Process:
        if self._process is None:
            self._process = await run_git(self._folder, "cat-file", "--batch", stdin=PIPE)
        return self._process

    async def aclose(self) -> None:
        """End the process, also where it waits for somebody to read the rest of an object."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.communicate()  # asyncio notices the end once all is read


async def _read_object(stream: asyncio.StreamReader, size: int) -> bytes:
    """The bytes of an object and the line end after them; of one too large nothing is kept."""
    if size <= MAX_BODY_BYTES:
        return (await stream.readexactly(size + 1))[:-1]
    left = size + 1
    while left:
        left -= len(await stream.readexactly(min(left, PIECE)))
    raise Unusable("too large")


async def run_git(folder: Path, *arguments: str, stdin: int = DEVNULL) -> Process:
    """A git process in a folder, which has no say in what it runs. Raises ConfigError where there is no git."""
    options = [part for setting in (*NO_PROGRAMS, f"safe.directory={_top(folder)}") for part in ("-c", setting)]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_ALLOW_PROTOCOL": "none",  # a partial clone would fetch what it lacks
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }
    try:
        return await asyncio.create_subprocess_exec(
            "git", "-C", str(folder), "--no-pager", *options, *arguments,
            stdin=stdin, stdout=PIPE, stderr=DEVNULL, env=environment,
        )  # fmt: skip
    except FileNotFoundError:
        raise ConfigError("git is not installed; backfill git needs it") from None


def _top(folder: Path) -> Path:
    """The repository's own folder: git asks whether its owner is trusted, and naming it on a command line is trust."""
    for parent in (folder, *folder.parents):
        if (parent / ".git").exists():
            return parent
    return folder


def _instant(seconds: str) -> datetime | None:
    """A committer's time, None where it is of no year that an archive can hold."""
    try:
        return in_years(from_epoch(int(seconds)))
    except (ValueError, OverflowError, OSError):
        return None


def _version(line: str, instant: datetime) -> list[Version]:
    """`:100644 100644 <blob> <blob> M\\tname`, or a rename with two names (git-diff, raw output); none when deleted."""
    facts, *names = line.split("\t")
    _, mode, _, blob, status = facts.split(" ")
    if status == "D":
        return []
    return [Version(instant=instant, blob=blob, mode=mode, name=names[-1].strip('"'))]
