"""Where WARC records lie: files, folders of files, and WACZ packages, whose members are read in place."""

import stat
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final
from zipfile import BadZipFile, ZipFile, ZipInfo

from scraper.errors import ConfigError

WARC_SUFFIXES: Final = (".warc", ".warc.gz", ".warc.zst", ".warc.lz4")
WACZ_SUFFIXES: Final = (".wacz",)
MAX_MEMBERS: Final = 100_000
MAX_RATIO: Final = 200  # unpacked bytes a packed one; pages compress 10 times, and WARC.gz is stored as it is


@dataclass(frozen=True, kw_only=True, slots=True)
class Volume:
    """One run of WARC records: a file, or a member of a WACZ. `size` is in bytes, as far as the file system knows."""

    path: Path
    member: str = ""
    size: int

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """The records' bytes, which can be sought."""
        if not self.member:
            with self.path.open("rb") as file:
                yield file
            return
        with ZipFile(self.path) as package, package.open(self.member) as file:
            yield file


def volumes(place: Path, left_out: Counter[str]) -> list[Volume]:
    """The volumes at a place, in order of their names; what is none is counted. Links are not followed."""
    if not place.exists():
        raise ConfigError(f"{place}: there is no such file or folder; name WARC or WACZ files")
    files = sorted(place.rglob("*")) if place.is_dir() else [place]
    return [volume for file in files for volume in _of_file(file, left_out)]


def _of_file(file: Path, left_out: Counter[str]) -> Iterator[Volume]:
    if file.is_symlink() or not file.is_file():
        return
    name = file.name.lower()
    if name.endswith(WARC_SUFFIXES):
        yield Volume(path=file, size=file.stat().st_size)
    elif name.endswith(WACZ_SUFFIXES):
        yield from _of_package(file, left_out)
    else:
        left_out["not a WARC"] += 1


def _of_package(file: Path, left_out: Counter[str]) -> Iterator[Volume]:
    """The WARCs in a WACZ (https://specs.webrecorder.net/wacz/1.1.1/). Nothing is unpacked to disk."""
    try:
        with ZipFile(file) as package:
            members = package.infolist()
    except (BadZipFile, OSError, ValueError, NotImplementedError):
        left_out["a damaged file"] += 1
        return
    for member in members[:MAX_MEMBERS]:
        if not member.filename.lower().endswith(WARC_SUFFIXES):
            continue
        if reason := _refusal(member):
            left_out[reason] += 1
        else:
            yield Volume(path=file, member=member.filename, size=member.compress_size)
    left_out["beyond the members that are read"] += max(0, len(members) - MAX_MEMBERS)
    left_out += Counter()


def _refusal(member: ZipInfo) -> str:
    """Why a member is not opened, or ""."""
    if stat.S_ISLNK(member.external_attr >> 16):
        return "a link in a package"
    if ".." in Path(member.filename).parts or member.filename.startswith("/"):
        return "a path out of its package"
    if member.flag_bits & 1:
        return "encrypted"
    return "a zip bomb" if member.file_size > MAX_RATIO * max(1, member.compress_size) else ""
