"""Checking a front page as it is now: fetched through the gate, read, explained, and not stored."""

import asyncio
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scraper.console import Run
from scraper.errors import FetchError
from scraper.explain import Explanation, explain
from scraper.fetch import FetchRequest, Gate
from scraper.model import Capture, Outcome
from scraper.shapes import page_shape

if TYPE_CHECKING:
    from scraper.config import FetchSettings, Site


def fetch_and_explain(run: Run, target: str) -> tuple[str, Explanation]:
    """(slug, explanation) of a configured site, or of any address. Raises ConfigError and FetchError."""
    from scraper.config import FetchSettings
    from scraper.config_values import url

    if "://" in target:
        fetch = run.settings.fetch if run.is_configured else FetchSettings()
        try:
            url(target, fetch.allow_networks)
        except ValueError as error:
            raise FetchError(Outcome.REFUSED, str(error)) from None
        capture = asyncio.run(_fetch(fetch, FetchRequest(site="", url=target)))
        return "", explain(capture.body, capture.url, content_type=capture.content_type)
    site = run.settings.site(target)
    capture = asyncio.run(_fetch(run.settings.fetch, _request(site)))
    layout = site.layout_at(datetime.now(UTC))
    return site.slug, explain(capture.body, capture.url, content_type=capture.content_type, layout=layout)


def _request(site: "Site") -> FetchRequest:
    return FetchRequest(site=site.slug, url=site.url, headers=site.headers, obey_robots=site.robots == "obey")


async def _fetch(fetch: "FetchSettings", request: FetchRequest) -> Capture:
    gate = Gate(
        user_agent=fetch.user_agent,
        deadline_s=fetch.deadline,
        allow_networks=fetch.allow_networks,
        proxy=fetch.proxy or None,
    )
    async with gate:
        return await gate.fetch(request)


def check_shape(checked: tuple[str, Explanation]) -> dict[str, Any]:
    """What `check` prints: what `parse` does, the blocks, and hints for a layout."""
    slug, explanation = checked
    return page_shape(explanation.page, site=slug) | {
        "missed": list(explanation.page.missed),
        "blocks": [asdict(block) for block in explanation.blocks],
        "hints": list(explanation.hints),
    }
