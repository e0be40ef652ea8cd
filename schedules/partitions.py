"""A backfill cut into parts for several machines: paths and ranges of time, small enough to send, never bodies."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from schedules.sources.found import Wanted
from schedules.sources.opening import Asked, open_source
from schedules.sources.volumes import Volume, volumes
from scraper.config import Settings, Site
from scraper.errors import ConfigError

MIN_CAPTURES = 50  # opening an archive and starting a reader costs as much as reading some ten pages
MIN_BYTES = 2_500_000  # of WARC.gz: as many captures of 50 KB
PARTS_A_WORKER = 4  # so that the last ones do not wait long for one that is slow
MERGED_SOURCES = ("warc", "files", "git")


@dataclass(frozen=True, kw_only=True, slots=True)
class Partition:
    """A part of a backfill, and the shard archive that it fills: of WARCs some volumes, of all else a range of time."""

    settings: Settings
    slug: str
    asked: Asked
    wanted: Wanted
    shards: Path

    @property
    def shard(self) -> Path:
        """The shard's file: named by what it holds, so that another run finds it done."""
        named = f"{self.slug} {self.asked} {self.wanted}"
        return self.shards / f"{self.slug}-{hashlib.sha256(named.encode()).hexdigest()[:16]}.db"


async def cut(
    settings: Settings, site: Site, asked: Asked, wanted: Wanted, *, shards: Path, workers: int
) -> list[Partition]:
    """The parts of a backfill, each of at least 50 captures where there are so many."""
    if asked.source not in MERGED_SOURCES:
        raise ConfigError(f"backfill {asked.source} asks one server at its limits; more machines make it no faster")
    if wanted.every or wanted.limit:
        raise ConfigError("--every and --limit choose among all captures; leave them out with --engine")
    whole = Partition(settings=settings, slug=site.slug, asked=asked, wanted=wanted, shards=shards)
    parts = workers * PARTS_A_WORKER
    if asked.source == "warc":
        return [replace(whole, asked=replace(asked, volumes=group)) for group in _groups(asked, parts)]
    instants = sorted(await _instants(settings, site, asked, wanted))
    return [replace(whole, wanted=part) for part in _ranges(instants, wanted, parts)]


def _groups(asked: Asked, parts: int) -> Iterator[tuple[Volume, ...]]:
    """The volumes in their order, by about equal bytes; a volume is read from its start, so none is cut."""
    found = volumes(Path(asked.place), Counter())
    size = max(MIN_BYTES, sum(volume.size for volume in found) // parts)
    group: list[Volume] = []
    for volume in found:
        group.append(volume)
        if sum(one.size for one in group) >= size:
            yield tuple(group)
            group = []
    if group:
        yield tuple(group)


async def _instants(settings: Settings, site: Site, asked: Asked, wanted: Wanted) -> list[datetime]:
    async with open_source(asked, settings, site) as source, aclosing(source.find(wanted)) as offered:
        return [found.instant async for found in offered if wanted.covers(found.instant)]


def _ranges(instants: Sequence[datetime], wanted: Wanted, parts: int) -> Iterator[Wanted]:
    """Ranges that begin and end at captures, together the whole; captures of one instant stay together."""
    size = max(MIN_CAPTURES, -(-len(instants) // parts))
    starts = sorted({instants[place] for place in range(0, len(instants), size)})
    bounds = [wanted.since, *starts[1:], wanted.until]
    for since, until in pairwise(bounds):
        yield replace(wanted, since=since, until=until)
