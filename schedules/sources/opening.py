"""Which source a name, a place and a site mean, opened for one run."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from schedules.pace import Pace, SharedFreeAt, pace_file
from schedules.sources.found import Source
from schedules.sources.server import ArchiveServer
from schedules.sources.volumes import Volume
from scraper.config import BackfillSettings, Settings, Site
from scraper.errors import ConfigError
from scraper.fetch import Gate
from scraper.guard import host_of

WHAT_IS_MISSING = {
    "files": "a folder with saved pages",
    "warc": "a WARC or WACZ file, or a folder of them",
    "git": "a repository, or the page in one",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What the command line says about the source. `place` is a path, or the address of an archive's server; `volumes`
    are those of its WARCs that are read, where it is not all. One that `is_careful` does nothing with a capture before
    it is loaded: what loading does to the process can be told then. Where the work is cut, what a part of it saw of
    revisits' originals is `kept_in` a file, and later `taken_from` all of those; the `archive`, the run's own where
    none is named, may have them as well."""

    source: str
    place: str = ""
    path: str = ""
    by_mtime: bool = False
    volumes: tuple[Volume, ...] = ()
    is_careful: bool = False
    archive: Path | None = None
    kept_in: Path | None = None
    taken_from: tuple[Path, ...] = ()


@asynccontextmanager
async def open_source(asked: Asked, settings: Settings, site: Site) -> AsyncIterator[Source]:
    """The source, for as long as it is read. Raises ConfigError where the place cannot be one."""
    if asked.source == "git":
        from schedules.sources.git import Git

        async with aclosing(Git(_place(asked), asked.path, site)) as repository:
            yield repository
        return
    if asked.source == "files":
        from schedules.sources.files import Files

        yield Files(_place(asked), site, by_mtime=asked.by_mtime)
        return
    if asked.source == "warc":
        from schedules.sources.warc import Warc

        yield Warc(
            _place(asked),
            site,
            only=asked.volumes,
            is_careful=asked.is_careful,
            archive=asked.archive or (None if asked.kept_in else settings.archive.path),
            kept_in=asked.kept_in,
            taken_from=asked.taken_from,
        )
        return
    async with archive_gate(settings) as gate:
        yield _remote(asked, settings.backfill, site, gate)


def archive_gate(settings: Settings) -> Gate:
    """The fetch gate for an archive's server: the source keeps the pace and tries again, so the gate does neither."""
    fetch = settings.fetch
    return Gate(
        user_agent=fetch.user_agent,
        deadline_s=fetch.deadline,
        concurrency=fetch.concurrency,
        per_host=fetch.concurrency,
        allow_networks=fetch.allow_networks,
        min_gap_s=0,
        retries=0,
        proxy=fetch.proxy or None,
    )


def _place(asked: Asked) -> Path:
    if not asked.place:
        raise ConfigError(f"backfill {asked.source} needs {WHAT_IS_MISSING[asked.source]}: name it after the site")
    return Path(asked.place)


def _remote(asked: Asked, settings: BackfillSettings, site: Site, gate: Gate) -> Source:
    place = asked.place or (settings.memento if asked.source == "memento" else settings.wayback)
    pace = settings.mementos_per_second
    server = ArchiveServer(
        gate,
        listings=_shared_pace(settings, place, "listings", 60 / settings.listings_per_minute),
        mementos=_shared_pace(settings, place, "mementos", 1 / pace),
    )
    if asked.source == "memento":
        from schedules.sources.memento import Mementos, timemap_of

        return Mementos(server, timemap_of(place, site.url), site, pace=pace)
    from schedules.sources.wayback import Addresses, Wayback

    return Wayback(server, Addresses.of(place), site, pace=pace, now=datetime.now(UTC))


def _shared_pace(settings: BackfillSettings, place: str, kind: str, interval_s: float) -> Pace:
    """A pace that all runs keep together which ask this server for that."""
    file = settings.pace_file or pace_file()
    return Pace(interval_s, free_at=SharedFreeAt(file, f"{host_of(place).lower()} {kind}"))
