"""What many tests stand on: a configuration that watches a newsstand, in memory and as a file."""

from ipaddress import ip_network
from pathlib import Path
from typing import Any

from scraper.config import ArchiveSettings, FetchSettings, Settings, Site
from tests.newsstand import Newsstand

EVERY_QUARTER = "*/15 * * * *"
LOOPBACK = ip_network("127.0.0.0/8")


def settings_of(folder: Path, stand: Newsstand, *, deadline: float = 10, **site: Any) -> Settings:
    """Settings that watch the stand's stalls every quarter of an hour, with an archive in the folder."""
    return Settings(
        file=folder / "config.toml",
        archive=ArchiveSettings(path=folder / "archive.db"),
        fetch=FetchSettings(allow_networks=(LOOPBACK,), min_gap=0, spread=0, deadline=deadline),
        sites=tuple(
            Site(slug=slug, name=slug, url=stall.url, timezone="UTC", schedule=EVERY_QUARTER, **site)
            for slug, stall in stand.stalls.items()
        ),
    )


def config_file(
    folder: Path, stand: Newsstand, *, when: str = f'schedule = "{EVERY_QUARTER}"', deadline: float = 10
) -> Path:
    """The same as a file; `when` is the sites' line about it."""
    sites = "".join(
        f'[[sites]]\nslug = "{slug}"\nname = "{slug}"\nurl = "{stall.url}"\ntimezone = "UTC"\n{when}\n'
        for slug, stall in stand.stalls.items()
    )
    fetch = f'[fetch]\nallow_networks = ["127.0.0.0/8"]\nmin_gap = 0\nspread = 0\ndeadline = {deadline}\n'
    file = folder / "config.toml"
    file.write_text(f'[archive]\npath = "archive.db"\n{fetch}{sites}')
    return file
