"""The labelled pages kept beside the repository, and their scorer."""

import importlib.util
import json
import sys
from dataclasses import dataclass, fields
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from scraper.decode import decode
from scraper.model import FrontPage, Story

GOLD: Final = Path(__file__).parents[2] / "shared" / "gold" / "pages"


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)  # by identity, so that what is known of one can be kept
class Page:
    """A saved front page and what a careful reader says it prints."""

    name: str
    body: bytes
    text: str
    url: str
    publisher: str
    gold: dict[str, Any]


def load_pages(folder: Path = GOLD) -> list[Page]:
    pages = []
    for path in sorted(folder.glob("*.gold.json")):
        gold = json.loads(path.read_text("utf-8"))
        name = path.name.removesuffix(".gold.json")
        body = (folder / name).read_bytes()
        pages.append(
            Page(name=name, body=body, text=decode(body), url=gold["url"], publisher=gold["publisher"], gold=gold)
        )
    return pages


def load_scorer(folder: Path = GOLD) -> ModuleType:
    """The scorer that lies beside the labelled pages; it needs only the standard library."""
    spec = importlib.util.spec_from_file_location("score", folder.parent / "score.py")
    if spec is None or spec.loader is None:
        sys.exit(f"no score.py beside {folder}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def as_prediction(page: FrontPage) -> dict[str, Any]:
    """A front page in the shape that the scorer reads."""
    return {"lead": story(page.lead) if page.lead else None, "teasers": [story(teaser) for teaser in page.teasers]}


FIELDS: Final = tuple(field.name for field in fields(Story))


def story(found: Story) -> dict[str, Any]:
    """Without copying what is in it: `asdict` takes 2 ms a page, which would be counted as the reader's."""
    return {name: getattr(found, name) for name in FIELDS}
