"""Fixtures of sites: saved pages with the readings expected of them, so that a redesign or an upgrade shows."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from scraper.config import Site
from scraper.errors import ConfigError, FrontpageError
from scraper.instants import compact
from scraper.reader import read_front_page
from scraper.shapes import page_shape
from storage.differences import longest_rising

MOST_NAMED = 5


class Told(BaseModel):
    """What is expected of a story; a confidence may change."""

    model_config = ConfigDict(frozen=True, strict=True)

    headline: str
    url: str
    summary: str
    kicker: str
    section: str
    role: str


class Expected(BaseModel):
    """What is expected of a page, as its JSON holds it and people correct it by hand."""

    model_config = ConfigDict(frozen=True, strict=True)

    quality: str
    lead: Told | None
    teasers: list[Told]


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """A fixture, and how its page reads differently from what is expected; nothing where it does not."""

    site: str
    page: Path
    differences: tuple[str, ...]


def keep_fixture(site: Site, body: bytes, *, at: datetime, folder: Path) -> Path:
    """Save a page and its reading as `SLUG/YYYYMMDDhhmmss.html` and `.json`; the page's path."""
    page = folder / site.slug / f"{compact(at)}.html"
    expected = _read(site, body, at).model_dump_json(indent=1)
    try:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_bytes(body)
        page.with_suffix(".json").write_text(expected + "\n", encoding="utf-8")
    except OSError as error:
        raise FrontpageError(f"{page}: cannot be written: {error.strerror}") from None
    return page


def check_fixtures(site: Site, folder: Path) -> Iterator[Checked]:
    """Read every saved page of a site again, with its layouts of that day. ConfigError names one that is damaged."""
    kept = (file for suffix in ("html", "json") for file in (folder / site.slug).glob(f"*.{suffix}"))
    for page in sorted({file.with_suffix(".html") for file in kept}):
        try:
            expected = Expected.model_validate_json(page.with_suffix(".json").read_bytes())
            at = datetime.strptime(page.stem + "+0000", "%Y%m%d%H%M%S%z")
            body = page.read_bytes()
        except ValidationError as error:
            raise ConfigError(f"{page.with_suffix('.json')}: {_first_fault(error)}; mend that place") from None
        except (OSError, ValueError) as error:
            raise ConfigError(f"{page}: is no fixture: {error}; `frontpage sites fixture` makes one") from None
        yield Checked(site=site.slug, page=page, differences=tuple(_differences(expected, _read(site, body, at))))


def checked_shape(checked: Checked) -> dict[str, Any]:
    """What `sites check --json` prints."""
    return asdict(checked) | {"page": str(checked.page)}


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False)[0]
    place = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in fault["loc"])
    return f"{place.removeprefix('.')}: {fault['msg']}".removeprefix(": ")


def _read(site: Site, body: bytes, at: datetime) -> Expected:
    shape = page_shape(read_front_page(body, site.url, layout=site.layout_at(at)), site=site.slug)
    return Expected.model_validate(shape)


def _differences(expected: Expected, read: Expected) -> Iterator[str]:
    """What reads differently, in words."""
    if expected.quality != read.quality:
        yield f"quality {expected.quality}, now {read.quality}"
    if expected.lead != read.lead:
        yield f"lead {_name(expected.lead)}, now {_name(read.lead)}"
    was, now = expected.teasers, read.teasers
    same = _same_stories(was, now)
    yield from (f"missed {_name(story)}" for place, story in enumerate(was) if place not in same)
    yield from (f"new {_name(story)}" for place, story in enumerate(now) if place not in same.values())
    for before, after in same.items():
        if changed := [key for key in Told.model_fields if getattr(was[before], key) != getattr(now[after], key)]:
            yield f"changed {_name(was[before])} ({', '.join(changed)})"
    order = [same[place] for place in sorted(same)]
    kept = longest_rising(order)
    if moved := [now[place] for index, place in enumerate(order) if index not in kept]:
        more = f" and {len(moved) - MOST_NAMED} more" if len(moved) > MOST_NAMED else ""
        yield f"in another order: {', '.join(map(_name, moved[:MOST_NAMED]))}{more}"


def _same_stories(was: Sequence[Told], now: Sequence[Told]) -> dict[int, int]:
    """Which teaser is which, by places: by address and headline, else by address, which all of a page of text share."""
    keys: tuple[Callable[[Told], object], ...] = (lambda story: (story.url, story.headline), lambda story: story.url)
    same: dict[int, int] = {}
    for key in keys:
        found = set(same.values())
        waiting: defaultdict[object, deque[int]] = defaultdict(deque)
        for place, story in enumerate(now):
            if place not in found:
                waiting[key(story)].append(place)
        for place, story in enumerate(was):
            if place not in same and waiting[key(story)]:
                same[place] = waiting[key(story)].popleft()
    return same


def _name(story: Told | None) -> str:
    return f"“{story.headline}”" if story else "none"
