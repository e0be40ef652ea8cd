"""Reading everything again with today's reader and layouts, and telling first how readings would differ."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from schedules.readers import Readers
from schedules.tasks import task_group
from schedules.writer import Writer
from scraper.config import Settings, Site
from scraper.errors import ArchiveError, NotFound
from scraper.model import Capture, FrontPage
from storage.alarms import AlarmKind, clear_alarm
from storage.archive import Archive
from storage.captures import capture_name, capture_to_read, captures_to_read, load_page, slugs
from storage.rebuilding import mend, sweep
from storage.restoring import beyond_reading, restore, witnesses
from storage.schema import existing
from storage.soundness import has_damaged_texts, is_sound

EXAMPLES = 3  # told for each kind of difference


@dataclass(kw_only=True, slots=True)
class Reparsed:
    """What reading again came to: captures read, those that read differently, by kind, with examples of each.

    `lost` are those, by name, whose reading was damaged and is gone, since they cannot be read again; of a dry run
    those that would be, unless others show the same.
    """

    site: str
    read: int = 0
    differ: int = 0
    unreadable: int = 0
    lost: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def note(self, name: str, kinds: Sequence[str]) -> None:
        """Count a capture, by name, that reads differently in these ways."""
        self.differ += 1
        for kind in kinds:
            self.kinds[kind] += 1
            examples = self.examples.setdefault(kind, [])
            if len(examples) < EXAMPLES:
                examples.append(name)


def differences(was: FrontPage, now: FrontPage) -> list[str]:
    """The kinds in which two readings of one capture differ. Pure."""
    if was.quality != now.quality:
        return [f"quality {was.quality} now {now.quality}"]
    earlier, later = ({story.canonical: story for story in page.stories} for page in (was, now))
    both = [(earlier[key], later[key]) for key in earlier.keys() & later.keys()]
    found = {
        "another lead": (was.lead and was.lead.canonical) != (now.lead and now.lead.canonical),
        "more stories": bool(later.keys() - earlier.keys()),
        "fewer stories": bool(earlier.keys() - later.keys()),
        "other order": [key for key in earlier if key in later] != [key for key in later if key in earlier],
        "other headlines": any(one.headline != other.headline for one, other in both),
        "other summaries": any(one.summary != other.summary for one, other in both),
        "other sections": any(one.section != other.section for one, other in both),
    }
    named = [kind for kind, differs in found.items() if differs]
    return named or (["other details"] if was.stories != now.stories else [])


class Reparse:
    """One site's captures through the readers again."""

    def __init__(self, site: Site, *, writer: Writer, readers: Readers, is_dry: bool) -> None:
        self._site, self._writer, self._readers, self._is_dry = site, writer, readers, is_dry
        self.result = Reparsed(site=site.slug)

    async def run(self, *, workers: int) -> Reparsed:
        """Read every capture whose body is here; unless dry, keep the readings, and rebuild what follows from them."""
        slug = self._site.slug
        if slug not in await self._writer.do(lambda archive: slugs(archive.connection)):
            return self.result
        self.result.lost = await self._writer.do(partial(beyond_reading, slug=slug))
        if self._is_dry:
            await self._read_all(slug, workers)
        else:
            index_anew = await self._writer.do(lambda archive: has_damaged_texts(archive.connection, slug))
            if self.result.lost:
                await self._restore(slug)
                self.result.lost = await self._writer.do(partial(beyond_reading, slug=slug))
            await self._writer.do(partial(mend, slug=slug))
            await self._read_all(slug, workers)
            await self._writer.do(partial(sweep, slug=slug, index_anew=index_anew))
            await self._writer.do(partial(clear_alarm, slug=slug, kind=AlarmKind.DRIFT))
        return self.result

    async def _restore(self, slug: str) -> None:
        """Put back damaged pages and texts that captures show whose body is here, for those whose body is gone."""
        for row, capture_id in await self._writer.do(partial(witnesses, slug=slug)):
            if await self._writer.do(_asks_if_sound(slug, row)):
                continue
            capture = await self._source_of(capture_id)
            if capture is not None:
                page = await self._readers.read(capture, self._site.layout_at(capture.instant))
                await self._writer.do(partial(restore, slug=slug, row=row, page=page))

    async def _source_of(self, capture_id: int) -> Capture | None:
        return await self._writer.do(lambda archive: capture_to_read(archive.connection, archive.bodies, capture_id))

    async def _read_all(self, slug: str, workers: int) -> None:
        captures = await self._writer.do(lambda archive: captures_to_read(archive.connection, slug))
        places = asyncio.Semaphore(workers * 2)

        async def read(capture_id: int) -> None:
            try:
                await self._read(capture_id)
            finally:
                places.release()

        async with task_group() as group:
            for capture_id in captures:
                await places.acquire()
                group.create_task(read(capture_id))

    async def _read(self, capture_id: int) -> None:
        capture = await self._source_of(capture_id)
        if capture is None:  # a body is gone or damaged
            self.result.unreadable += 1
            return
        page = await self._readers.read(capture, self._site.layout_at(capture.instant))
        name, was = await self._writer.do(
            lambda archive: (capture_name(archive.connection, capture_id), _read_before(archive, capture_id))
        )
        self.result.read += 1
        if kinds := differences(was, page) if isinstance(was, FrontPage) else [was]:
            self.result.note(name, kinds)
        if not self._is_dry:
            await self._writer.do(lambda archive: archive.file(capture_id, page))


def _asks_if_sound(slug: str, row: int) -> Callable[[Archive], bool]:
    return lambda archive: is_sound(archive.connection, slug, row)


def _read_before(archive: Archive, capture_id: int) -> FrontPage | str:
    """What was read in a capture, or why nothing is known of that."""
    try:
        return load_page(archive.connection, capture_id)
    except NotFound:
        return "never read before"
    except ArchiveError:
        return "damaged"


async def reparse_sites(settings: Settings, sites: Sequence[Site], *, workers: int, is_dry: bool) -> list[Reparsed]:
    """Read the captures of several sites again, site by site. Raises ArchiveError where there is no archive."""
    with Writer(existing(settings.archive.path), observer=settings.archive.name, is_readonly=is_dry) as writer:
        readers = Readers(workers)
        try:
            return [
                await Reparse(site, writer=writer, readers=readers, is_dry=is_dry).run(workers=workers)
                for site in sites
            ]
        finally:
            readers.close()


def reparsed_shape(result: Reparsed) -> dict[str, Any]:
    """What `reparse` prints of a site."""
    return {
        "site": result.site,
        "read": result.read,
        "differ": result.differ,
        "unreadable": result.unreadable,
        "lost": len(result.lost),
        "kinds": dict(result.kinds.most_common()),
        "examples": result.examples,
    }
