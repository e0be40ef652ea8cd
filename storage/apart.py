"""Archives kept apart and asked as one: which of them holds a site, and the connection that answers for it.

A site that one archive holds is answered there. One that several hold is joined in a scratch file first (see
storage.joining), so that no capture counts twice and spans go on where one archive ends and the next begins: the
answers are those of the archive that `merge` would make of them all, in the order in which they are given.
"""

import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from scraper.errors import ArchiveError, NotFound
from storage.captures import slugs, zone_of
from storage.joining import join
from storage.schema import connect_readonly

OPEN = 64  # archives held open at once, of some three files each: 1,024 is a usual limit of a process

About = Callable[[sqlite3.Connection, str], Iterable[str]]  # (archive, slug): ids of the stories that are asked about


def archives_in(places: Sequence[Path]) -> tuple[Path, ...]:
    """The archive files of some places, each once, in order: files, and folders for the `*.db` in them by name."""
    found: dict[Path, Path] = {}
    for place in places:
        files = sorted(place.glob("*.db")) if place.is_dir() else [place]
        if not files:
            raise ArchiveError(f"{place}: there is no archive in this folder; archives are named *.db")
        for file in files:
            found.setdefault(file.resolve(), file)
    return tuple(found.values())


class Apart:
    """Some archives, open for questions; each answers from one state of it, as long as not more than OPEN are asked.

    Raises ArchiveError where one of them cannot be read: an answer from the others would pass for the whole.
    """

    def __init__(self, places: Sequence[Path]) -> None:
        self.files = archives_in(places)
        self._open: OrderedDict[Path, sqlite3.Connection] = OrderedDict()
        self._scratch: sqlite3.Connection | None = None
        self._folder = TemporaryDirectory(prefix="frontpage-", ignore_cleanup_errors=True)
        self._holders: dict[str, list[Path]] = {}
        try:
            for file in self.files:
                for slug in slugs(self.connection(file)):
                    self._holders.setdefault(slug, []).append(file)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        for connection in self._open.values():
            connection.close()
        self._open.clear()
        self._close_scratch()
        self._folder.cleanup()

    @property
    def sites(self) -> tuple[str, ...]:
        """The slugs of all sites of all archives."""
        return tuple(sorted(self._holders))

    def holders(self, slug: str) -> Iterator[sqlite3.Connection]:
        """The archives that hold a site, one at least, each good until the next; NotFound names the sites there are."""
        return map(self.connection, self._files_of(slug))

    def is_shared(self, slug: str) -> bool:
        """Whether several archives hold the site."""
        return len(self._files_of(slug)) > 1

    def own_sites(self, file: Path) -> list[str]:
        """The sites that this archive alone holds."""
        return [slug for slug in self.sites if self._holders[slug] == [file]]

    def connection(self, file: Path) -> sqlite3.Connection:
        """One of the archives; the one that was asked longest ago is closed when too many are open."""
        if file not in self._open:
            while len(self._open) >= OPEN:
                self._open.popitem(last=False)[1].close()
            self._open[file] = connect_readonly(file)
            if len(self.files) > 1:  # exports of one archive begin themselves
                self._open[file].execute("BEGIN")
        self._open.move_to_end(file)
        return self._open[file]

    def home(self, slug: str, about: "About | None" = None) -> sqlite3.Connection:
        """The connection that answers for a site, until the next home is asked for.

        `about` finds the stories beside which nothing has to be known of the site's pages; joining is faster for it.
        """
        if not self.is_shared(slug):
            return next(self.holders(slug))
        self._close_scratch()
        only = None if about is None else {story for holder in self.holders(slug) for story in about(holder, slug)}
        self._scratch = join(self.holders(slug), slug, Path(self._folder.name) / "joined.db", only=only)
        return self._scratch

    def zone(self, slug: str) -> str:
        """The site's IANA time zone as the first archive that describes it does."""
        return next((zone_of(holder, slug) for holder in self.holders(slug) if is_described(holder, slug)), "UTC")

    def _files_of(self, slug: str) -> list[Path]:
        if slug not in self._holders:
            known = ", ".join(self.sites[:20])
            what = "archive knows" if len(self.files) == 1 else "archives know"
            raise NotFound(f'the {what} no site "{slug}"; known are {known or "none yet"}')
        return self._holders[slug]

    def _close_scratch(self) -> None:
        if self._scratch is not None:
            self._scratch.close()
            self._scratch = None


def is_described(connection: sqlite3.Connection, slug: str) -> bool:
    """Whether the archive says anything of the site's zone, schedule and gap."""
    row = connection.execute(
        "SELECT 1 FROM site_descriptions JOIN sites ON sites.id = site_id WHERE slug = ?", (slug,)
    ).fetchone()
    return row is not None
