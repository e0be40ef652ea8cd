"""A backfill cut into parts for several machines: paths and ranges of time, small enough to send, never bodies."""

import hashlib
from bisect import bisect_left
from collections import Counter
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from schedules.selection import select
from schedules.sources.found import Found, Name, Wanted
from schedules.sources.opening import Asked, open_source
from schedules.sources.originals import has_orphans
from schedules.sources.volumes import Volume, volumes
from scraper.config import Settings, Site
from scraper.errors import ConfigError

MIN_CAPTURES = 50  # opening an archive and starting a reader costs as much as reading some ten pages
MIN_BYTES = 2_500_000  # of WARC.gz: as many captures of 50 KB
PARTS_A_WORKER = 4  # so that the last ones do not wait long for one that is slow
SECOND = timedelta(seconds=1)
MERGED_SOURCES = ("warc", "files", "git")

Listed = tuple[Name, str]  # and its state


@dataclass(frozen=True, kw_only=True, slots=True)
class Partition:
    """A part of a backfill, and the shard archive that it fills: of WARCs some volumes, of all else a range of time and
    a digest of what was `listed` in it."""

    settings: Settings
    slug: str
    asked: Asked
    wanted: Wanted
    shards: Path
    listed: str = ""

    @property
    def shard(self) -> Path:
        """The shard's file: named by what it holds, so that another run finds it done, and what came since is not."""
        named = f"{self.slug} {replace(self.asked, is_careful=False)} {self.wanted} {self.listed}"
        return self.shards / f"{self.slug}-{hashlib.sha256(named.encode()).hexdigest()[:16]}.db"

    @property
    def originals(self) -> Path:
        """What it saw of revisits and their originals (schedules.sources.originals)."""
        return self.shard.with_suffix(".originals")

    @property
    def journal(self) -> Path:
        """Where one that is taken carefully says which capture it takes."""
        return self.shard.with_suffix(".journal")

    def careful(self) -> "Partition":
        """The same, taken one by one."""
        return replace(self, asked=replace(self.asked, is_careful=True))

    def alone(self, name: Name) -> "Partition":
        """One of its captures."""
        bounds = replace(self.wanted, since=name.instant, until=name.instant + SECOND)
        return replace(self, wanted=replace(bounds, only=(name,)))

    def spare(self, name: Name) -> "Partition":
        """All others."""
        return replace(self, wanted=replace(self.wanted, without=(*self.wanted.without, name)))


async def cut(
    settings: Settings, site: Site, asked: Asked, wanted: Wanted, *, shards: Path, workers: int
) -> list[Partition]:
    """The parts of a backfill, each of at least 50 captures where there are so many."""
    if asked.source not in MERGED_SOURCES:
        raise ConfigError(f"backfill {asked.source} asks one server at its limits; more machines make it no faster")
    whole = whole_of(settings, site, asked, wanted, shards=shards)
    count = workers * PARTS_A_WORKER
    if asked.source == "warc":
        parts = [replace(whole, asked=replace(asked, volumes=group)) for group in _groups(asked, count)]
        if not (wanted.every or wanted.limit):
            return parts
        return [part for part, _ in await _of_chosen(whole, parts, site)]
    if wanted.every or wanted.limit:
        listed = await _of_chosen(whole, [whole], site)
    else:
        listed = [(whole, await _in_range(whole, site))]
    return [smaller for part, held in listed for smaller in _in_ranges(part, held, count)]


def whole_of(settings: Settings, site: Site, asked: Asked, wanted: Wanted, *, shards: Path) -> Partition:
    """All of it, as one part that nobody fills; its `originals` are what a listing saw, where there was one."""
    return Partition(settings=settings, slug=site.slug, asked=asked, wanted=wanted, shards=shards)


def leftovers(whole: Partition, done: Sequence[Partition]) -> Partition | None:
    """The part of the revisits whose originals lie in other parts than they; None where no part has any.

    Those of a part that is not done are another run's.
    """
    seen = [part.originals for part in (*done, whole) if part.originals.exists()]
    if not any(map(has_orphans, seen)):
        return None
    wanted = whole.wanted
    if wanted.every or wanted.limit:
        names = tuple(name for part in done for name in part.wanted.only or ())
        wanted = replace(wanted, every=None, limit=None, only=names)
    asked = replace(whole.asked, taken_from=tuple(seen), archive=whole.settings.archive.path)
    return replace(whole, asked=asked, wanted=wanted)


async def _in_range(part: Partition, site: Site) -> list[Listed]:
    """Everything that a part is to take."""
    return [(found.name, found.state) async for found in _listing(part, site) if part.wanted.allows(found.name)]


def _in_ranges(part: Partition, listed: Iterable[Listed], count: int) -> Iterator[Partition]:
    """About so many ranges of time of a part, each with those of its chosen captures that are in it."""
    for bounds, held in _ranges(listed, part.wanted, count):
        only = None if bounds.only is None else _names(held)
        digest = hashlib.sha256(repr(held).encode()).hexdigest()
        yield replace(part, wanted=replace(bounds, only=only), listed=digest)


async def _of_chosen(whole: Partition, parts: Sequence[Partition], site: Site) -> list[tuple[Partition, list[Listed]]]:
    """The parts that have any of the captures that --every and --limit choose among all, with these."""
    volumes = [place for place, part in enumerate(parts) for _ in part.asked.volumes]
    chosen: dict[int, list[Listed]] = {}
    async with aclosing(select(_listing(whole, site), whole.wanted)) as selected:
        async for found in selected:
            chosen.setdefault(volumes[found.part] if volumes else 0, []).append((found.name, found.state))
    return [
        (replace(part, wanted=replace(whole.wanted, every=None, limit=None, only=_names(chosen[place]))), chosen[place])
        for place, part in enumerate(parts)
        if place in chosen
    ]


def _names(listed: Iterable[Listed]) -> tuple[Name, ...]:
    return tuple(name for name, _ in listed)


async def _listing(part: Partition, site: Site) -> AsyncGenerator[Found]:
    """What a part has, as one run would find it; what was seen of revisits on the way is kept."""
    part.shards.mkdir(parents=True, exist_ok=True)
    part.originals.unlink(missing_ok=True)
    asked = replace(part.asked, kept_in=part.originals, archive=part.settings.archive.path)
    async with open_source(asked, part.settings, site) as source, aclosing(source.find(part.wanted)) as offered:
        async for found in offered:
            yield found


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


def _ranges(listed: Iterable[Listed], wanted: Wanted, parts: int) -> Iterator[tuple[Wanted, list[Listed]]]:
    """Ranges that begin and end at captures, together the whole, each with what is in it; captures of one instant stay
    together."""
    ordered = sorted(listed)
    instants = [name.instant for name, _ in ordered]
    size = max(MIN_CAPTURES, -(-len(ordered) // parts))
    starts = sorted({instants[place] for place in range(0, len(ordered), size)})
    places = [0, *(bisect_left(instants, start) for start in starts[1:]), len(ordered)]
    bounds = [wanted.since, *starts[1:], wanted.until]
    for (since, until), (first, end) in zip(pairwise(bounds), pairwise(places), strict=True):
        yield replace(wanted, since=since, until=until), ordered[first:end]
