"""Fixtures of sites: saved pages with the readings expected of them, so that a redesign or an upgrade shows."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from scraper.config import Site
from scraper.errors import ConfigError
from scraper.instants import compact
from scraper.reader import read_front_page
from scraper.shapes import page_shape

SHOWN = ("headline", "url", "summary", "kicker", "section", "role")  # of a story; a confidence may change


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """A fixture, and how its page reads differently from what is expected; nothing where it does not."""

    page: Path
    differences: tuple[str, ...]


def keep_fixture(site: Site, body: bytes, *, at: datetime, folder: Path) -> Path:
    """Save a page and its reading as `SLUG/YYYYMMDDhhmmss.html` and `.json`; the page's path."""
    page = folder / site.slug / f"{compact(at)}.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_bytes(body)
    expected = json.dumps(_read(site, body, at), ensure_ascii=False, indent=1)
    page.with_suffix(".json").write_text(expected + "\n", encoding="utf-8")
    return page


def check_fixtures(site: Site, folder: Path) -> Iterator[Checked]:
    """Read every saved page of a site again, with its layouts of that day."""
    for page in sorted((folder / site.slug).glob("*.html")):
        try:
            expected = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
            at = datetime.strptime(page.stem + "+0000", "%Y%m%d%H%M%S%z")
        except (OSError, ValueError) as error:
            raise ConfigError(f"{page}: is no fixture: {error}; `frontpage sites fixture` makes one") from None
        read = _read(site, page.read_bytes(), at)
        yield Checked(page=page, differences=tuple(_differences(expected, read)))


def _read(site: Site, body: bytes, at: datetime) -> dict[str, Any]:
    shape = page_shape(read_front_page(body, site.url, layout=site.layout_at(at)), site=site.slug)
    lead = shape["lead"]
    return {
        "quality": shape["quality"],
        "lead": lead and {name: lead[name] for name in SHOWN},
        "teasers": [{name: teaser[name] for name in SHOWN} for teaser in shape["teasers"]],
    }


def _differences(expected: dict[str, Any], read: dict[str, Any]) -> Iterator[str]:
    """What reads differently, in words."""
    if expected["quality"] != read["quality"]:
        yield f"quality {expected['quality']}, now {read['quality']}"
    if expected["lead"] != read["lead"]:
        yield f"lead {_name(expected['lead'])}, now {_name(read['lead'])}"
    was, now = ({story["url"]: story for story in page["teasers"]} for page in (expected, read))
    yield from (f"missed {_name(story)}" for url, story in was.items() if url not in now)
    yield from (f"new {_name(story)}" for url, story in now.items() if url not in was)
    yield from (f"changed {_name(story)}" for url, story in now.items() if url in was and was[url] != story)


def _name(story: dict[str, Any] | None) -> str:
    return f"“{story['headline']}”" if story else "none"
