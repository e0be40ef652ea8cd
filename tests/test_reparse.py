"""Reading again: what a better reader sees replaces what was seen, and is told first."""

from dataclasses import replace
from pathlib import Path

import pytest

from demo.library import paper
from schedules.reparse import differences, reparse_sites
from scraper.config import ArchiveSettings, Settings, Site
from scraper.errors import ArchiveError
from scraper.reader import read_front_page
from storage.alarms import AlarmKind, alarms, raise_alarm
from storage.archive import Archive
from storage.exports import Selection, readings
from tests import made

URL = "https://courier.example/"
INSTANTS = [made.at(180 * n) for n in range(3)]


def settings_of(folder: Path) -> Settings:
    site = Site(slug="courier", name="Courier", url=URL, timezone="UTC", every=900)
    return Settings(file=folder / "config.toml", archive=ArchiveSettings(path=folder / "archive.db"), sites=(site,))


def fill(settings: Settings) -> list[dict[str, object]]:
    """Three captures, the second read badly; the readings as they should be."""
    with Archive(settings.archive.path) as archive:
        right = []
        for n, instant in enumerate(INSTANTS):
            body = paper("courier").page(instant).body
            capture = replace(made.capture(instant, body), url=URL)
            page = read_front_page(body, URL, content_type=capture.content_type)
            row = archive.record(capture).capture_id
            archive.file(row, page)
            right.append(page)
            if n == 1:
                archive.file(row, replace(page, lead=page.teasers[0], teasers=page.teasers[1:], reader="bad"))
        return [{"lead": page.lead and page.lead.headline} for page in right]


async def test_reading_again_clears_the_redesign_alarm(tmp_path: Path) -> None:
    """The alarm asks for a look at the readings; having read all again is the answer to it, a dry run is none."""
    settings = settings_of(tmp_path)
    fill(settings)
    with Archive(settings.archive.path) as archive:
        raise_alarm(archive, "courier", AlarmKind.DRIFT, since=0, what="no lead", usual={})
        await reparse_sites(settings, settings.sites, workers=1, is_dry=True)
        assert AlarmKind.DRIFT in alarms(archive.connection, "courier")
        await reparse_sites(settings, settings.sites, workers=1, is_dry=False)
        assert alarms(archive.connection, "courier") == {}


def leads_of(settings: Settings) -> list[dict[str, object]]:
    with Archive(settings.archive.path) as archive:
        rows = readings(archive.connection, Selection())
        return [{"lead": row["lead"] and row["lead"]["headline"]} for row in rows]


async def test_a_dry_run_tells_and_changes_nothing(tmp_path: Path) -> None:
    """One of three captures would read differently; it is named, and stays as it is."""
    settings = settings_of(tmp_path)
    right = fill(settings)
    before = settings.archive.path.read_bytes()
    (result,) = await reparse_sites(settings, settings.sites, workers=2, is_dry=True)
    assert (result.read, result.differ) == (3, 1)
    assert result.examples["more stories"] == ["courier/20261124150000"]
    assert settings.archive.path.read_bytes() == before
    assert leads_of(settings) != right


async def test_no_archive_is_made_to_read_again(tmp_path: Path) -> None:
    """Where the path is misspelt, that is told."""
    settings = settings_of(tmp_path)
    for is_dry in (False, True):
        with pytest.raises(ArchiveError, match="there is no archive yet"):
            await reparse_sites(settings, settings.sites, workers=1, is_dry=is_dry)
    assert not settings.archive.path.exists()


async def test_reading_again_mends(tmp_path: Path) -> None:
    """Afterwards the readings are those of today's reader, and a second pass finds nothing."""
    settings = settings_of(tmp_path)
    right = fill(settings)
    await reparse_sites(settings, settings.sites, workers=1, is_dry=False)
    assert leads_of(settings) == right
    (again,) = await reparse_sites(settings, settings.sites, workers=1, is_dry=True)
    assert again.differ == 0


def test_differences_have_names() -> None:
    """Each way in which two readings can differ is told."""
    was = made.page("flood", "ferry")
    assert differences(was, was) == []
    assert differences(was, made.wall()) == ["quality ok now consent-wall"]
    assert differences(was, made.page("ferry", "flood")) == ["another lead", "other order"]
    assert differences(was, made.page("flood", "quay")) == ["more stories", "fewer stories"]
    assert differences(was, made.page("flood", "ferry", headlines={"ferry": "Ferry sails"})) == ["other headlines"]
