"""An archive of a few days of the fictional papers, read by the real reader: what a reading room looks like in use."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from demo.library import paper
from demo.paper import Paper
from scraper import read_front_page
from scraper.config import Site
from scraper.model import Capture, Origin
from storage.archive import Archive

LAST = datetime(2026, 11, 24, 12, tzinfo=UTC)
NIGHT = (timedelta(hours=33), timedelta(hours=25))  # before the last capture: nobody looked
QUARTER = timedelta(minutes=15)


def address(slug: str) -> str:
    """Where a paper is read; the courier has no https."""
    return f"http://www.{slug}.example/" if slug == "courier" else f"https://{slug}.example/"


def archive_of(
    path: Path, slugs: Sequence[str], *, days: float = 1, every: timedelta = QUARTER, last: datetime = LAST
) -> Path:
    """The papers' last days up to `last`, but for a night."""
    with Archive(path, observer="reading-room") as archive, archive.batch():
        for slug in slugs:
            one = paper(slug)
            site = SimpleNamespace(
                slug=slug, name=one.name, url=address(slug), timezone=one.zone, schedule="*/15 * * * *", every=0
            )
            archive.describe(cast("Site", site), gap=6 * 3600, at=last - timedelta(days=days))
            instant = last - timedelta(days=days)
            while instant <= last:
                if not NIGHT[0] > last - instant > NIGHT[1]:
                    _keep(archive, one, instant)
                instant += every
    return path


def _keep(archive: Archive, one: Paper, instant: datetime) -> None:
    page = one.page(instant)
    url = address(one.slug)
    capture = Capture(
        site=one.slug, origin=Origin.LIVE, url=url, instant=instant, status=200,
        headers=(("Content-Type", page.content_type), ("Server", "Newsstand/1.0"), ("ETag", f'"{instant:%d%H%M}"')),
        request_headers=(("User-Agent", "frontpage-archive"), ("Accept", "text/html")), body=page.body,
    )  # fmt: skip
    recorded = archive.record(capture)
    archive.file(recorded.capture_id, read_front_page(page.body, url, content_type=page.content_type))
