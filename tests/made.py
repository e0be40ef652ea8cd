"""Front pages and captures made by hand, for tests that need no reader."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from scraper.model import Capture, FrontPage, Kind, Origin, Quality, Role, Story
from scraper.urls import canonical
from storage.archive import Archive, Filed
from storage.schema import connect

SITE = "courier"
URL = "https://www.courier.example/"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def at(minutes: float) -> datetime:
    """So many minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def story(
    name: str, *, position: int = 1, headline: str = "", section: str = "", role: Role = Role.TEASER, summary: str = ""
) -> Story:
    """A story whose URL is its name."""
    url = f"{URL}{name}"
    return Story(
        headline=headline or f"Headline of {name}",
        url=url,
        canonical=canonical(url),
        summary=summary,
        section=section,
        position=position,
        role=role,
        kind=Kind.STORY,
        confidence=0.9 if role is Role.LEAD else None,
        evidence=("largest heading",) if role is Role.LEAD else (),
    )


def page(
    lead: str,
    *teasers: str,
    headlines: dict[str, str] | None = None,
    section: str = "",
    url: str = URL,
    reader: str = "1",
) -> FrontPage:
    """A front page of stories by name; `headlines` renames some; teasers stand in `section`."""
    named = headlines or {}
    return FrontPage(
        url=url,
        title="The Harbour Courier",
        language="en",
        reader=reader,
        lead=story(lead, position=1, headline=named.get(lead, ""), role=Role.LEAD),
        teasers=tuple(
            story(name, position=place, headline=named.get(name, ""), section=section)
            for place, name in enumerate(teasers, 2)
        ),
    )


def wall(reader: str = "1") -> FrontPage:
    """A page that is no observation."""
    return FrontPage(url=URL, quality=Quality.CONSENT_WALL, problem="asks for consent", reader=reader)


def capture(instant: datetime, body: bytes = b"<html>", *, origin: Origin = Origin.LIVE, site: str = SITE) -> Capture:
    return Capture(
        site=site,
        origin=origin,
        url=URL,
        instant=instant,
        status=200,
        headers=(("Content-Type", "text/html; charset=utf-8"),),
        body=body,
    )


def keep(archive: Archive, instant: datetime, read: FrontPage, *, origin: Origin = Origin.LIVE) -> Filed:
    """Record a capture and file what was read in it."""
    recorded = archive.record(capture(instant, repr(read).encode(), origin=origin))
    return archive.file(recorded.capture_id, read)


@cache
def _empty() -> bytes:
    """The file of an archive in which nothing is."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "empty.db"
        connect(file).close()
        return file.read_bytes()


def new_archive(file: Path, *, observer: str = "home") -> Archive:
    """An archive in a new file: a copy of an empty one, for tests that make hundreds (its schema takes 10 ms)."""
    assert not file.exists()
    file.write_bytes(_empty())
    return Archive(file, observer=observer)


def keep_all(archive: Archive, line: Sequence[tuple[datetime, FrontPage]]) -> None:
    for instant, read in line:
        keep(archive, instant, read)
