"""WARCs that a real wget wrote of a real server."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from demo.library import paper
from schedules.sources.warc import Warc
from scraper.config import Site
from tests.made import NOON
from tests.newsstand import Newsstand
from tests.past import captures, reasons

pytestmark = pytest.mark.wget


@pytest.mark.parametrize("options", [(), ("--no-warc-compression",)])
async def test_what_wget_saved_is_what_the_server_sent(tmp_path: Path, options: tuple[str, ...]) -> None:
    """Byte for byte, compressed or not, with the stories beside the front page passed over."""
    async with Newsstand(lambda: NOON, own_ports=True) as stand:
        stall = stand.add_paper(paper("courier"))
        begun = datetime.now(UTC).replace(microsecond=0)
        process = await asyncio.create_subprocess_exec(
            "wget", "--quiet", "--recursive", "--level=1", "--page-requisites", "--no-proxy", "--delete-after",
            f"--warc-file={tmp_path / 'courier'}", *options, stall.url,
            cwd=tmp_path,
        )  # fmt: skip
        await process.wait()
    site = Site(slug="courier", name="Courier", url=stall.url, timezone="UTC", schedule="0 * * * *")
    source = Warc(tmp_path, site)
    (capture,) = await captures(source)
    assert capture.body == paper("courier").page(NOON).body
    assert capture.url == stall.url
    assert begun <= capture.instant <= datetime.now(UTC)
    assert set(reasons(source)) <= {"not a WARC"}
