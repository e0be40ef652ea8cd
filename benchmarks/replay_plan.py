"""What is replayed: series of saved pages, the acts in which they are watched together, and a schedule for each."""

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Final

from schedules.slots import Schedule
from scraper.errors import ConfigError
from tests.newsstand import FolderSource

ZONES: Final = {
    "foxnews": "America/New_York",
    "fr-de": "Europe/Berlin",
    "guardian-us": "America/New_York",
    "heise": "Europe/Berlin",
    "volksstimme": "Europe/Berlin",
}
CRONS: Final = ("0 * * * *", "*/30 * * * *", "*/20 * * * *", "*/10 * * * *", "*/5 * * * *", "*/2 * * * *", "* * * * *")
SECONDS: Final = (30, 20, 10, 5, 2, 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """The states of one front page: a file for each of its times."""

    slug: str
    folder: Path
    files: dict[datetime, Path]

    @property
    def instants(self) -> tuple[datetime, ...]:
        return tuple(self.files)


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """Series that overlap in time: where the clock stops for them, and the schedule of each."""

    series: tuple[Series, ...]
    moments: tuple[datetime, ...]
    schedules: dict[str, Schedule]


def take(source: Path, folder: Path, *, limit: int | None = None) -> Series:
    """The first `limit` pages of a folder, copied to a folder of their own, from which they are served."""
    if not source.is_dir():
        raise ConfigError(f"{source}: there is no such folder; name folders of saved pages")
    own = folder / source.name
    if own.exists():
        raise ConfigError(f"{own}: is there already; name a new folder to work in")
    own.mkdir(parents=True)
    saved = FolderSource(source, "/")
    if not saved.files:
        raise ConfigError(f"{source}: no pages in there; they are named YYYYMMDDThhmmss.html")
    files = {instant: own / file.name for instant, file in zip(saved.instants[:limit], saved.files, strict=False)}
    for file in files.values():
        shutil.copyfile(source / file.name, file)
    return Series(slug=source.name, folder=own, files=files)


def acts(all_series: Iterable[Series]) -> list[Act]:
    """The acts in order of time."""
    together: list[list[Series]] = []
    for series in sorted(all_series, key=lambda one: one.instants[0]):
        if together and series.instants[0] <= max(one.instants[-1] for one in together[-1]):
            together[-1].append(series)
        else:
            together.append([series])
    return [_act(group) for group in together]


def _act(group: Sequence[Series]) -> Act:
    moments = tuple(sorted({instant for series in group for instant in series.instants}))
    schedules = {series.slug: _widest(series, moments) for series in group}
    return Act(series=tuple(group), moments=moments, schedules=schedules)


def _widest(series: Series, moments: Sequence[datetime]) -> Schedule:
    """The schedule with the fewest slots in which every state finds one that no moment before it has used up."""
    zone = ZONES.get(series.slug, "UTC")
    schedules = [Schedule(cron=cron, timezone=zone) for cron in CRONS]
    schedules += [Schedule(every=every, timezone=zone) for every in SECONDS]
    own = frozenset(series.instants)
    befores = [(before, moment) for before, moment in pairwise(moments) if moment in own]
    return next(
        schedule
        for schedule in schedules
        if all(schedule.last(before) != schedule.last(moment) for before, moment in befores)
    )


def config(acts: Iterable[Act], *, archive: str, urls: dict[str, str]) -> str:
    """The sites of the acts as config.toml."""
    lines = [
        f'[archive]\npath = "{archive}"\n[fetch]\nallow_networks = ["127.0.0.0/8"]\nmin_gap = 0\nspread = 0',
        *(_site(slug, urls[slug], schedule) for act in acts for slug, schedule in act.schedules.items()),
    ]
    return "\n".join(lines) + "\n"


def _site(slug: str, url: str, schedule: Schedule) -> str:
    when = f'schedule = "{schedule.cron}"' if schedule.cron else f"every = {schedule.every}"
    return f'[[sites]]\nslug = "{slug}"\nname = "{slug}"\nurl = "{url}"\ntimezone = "{schedule.timezone}"\n{when}'
