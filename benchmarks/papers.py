"""The reader on fictional pages by authors who had not seen it: `python -m benchmarks.papers`.

tests/data/fictional*.tar.xz hold 813 front pages with labels (`papers/`), marked up as real ones of many countries and
content systems are, and 143 pages that a fetcher gets in a front page's place, by what they are, with 31 front pages
that could be mistaken for such (`pages/KIND/`). No weight is fitted to them.
"""

import json
import tarfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any, Final

from scraper.model import FrontPage, Quality, Story
from scraper.reader import read_front_page
from scraper.text import same_words
from scraper.urls import canonical

DATA: Final = Path(__file__).parents[1] / "tests" / "data"
URL: Final = "https://www.paper.example/"
FIELDS: Final = ("headline", "summary", "kicker", "section")
LABEL: Final = ".gold.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """How many of some things are right."""

    right: int
    of: int

    def __str__(self) -> str:
        return f"{self.right} of {self.of}"


@cache
def files() -> Mapping[PurePosixPath, bytes]:
    """All files of the archives."""
    found = {}
    for path in sorted(DATA.glob("fictional*.tar.xz")):
        with tarfile.open(path) as archive:
            for member in archive:
                if member.isfile() and (file := archive.extractfile(member)) is not None:
                    found[PurePosixPath(member.name)] = file.read()
    return found


def papers() -> Iterator[tuple[str, dict[str, Any], FrontPage]]:
    """Each paper's name, label and reading."""
    for path, body in files().items():
        if path.name.endswith(LABEL):
            label = json.loads(body)
            yield label["name"], label, read_front_page(files()[path.with_name(path.name[: -len(LABEL)])], label["url"])


def kinds() -> Iterator[tuple[str, str, FrontPage]]:
    """What each of the other pages is, its name and its reading."""
    for path, body in files().items():
        if path.parts[0] == "pages":
            yield path.parts[1], path.name, read_front_page(body, URL)


def measured() -> dict[str, Share]:
    """Of the papers: leads, stories that are some, labelled stories found, and their parts where they have some."""
    counts: Counter[str] = Counter()
    for _, label, page in papers():
        found = {story.canonical: story for story in page.stories}
        wanted = {canonical(story["url"]): story for story in label["stories"]}
        passed = {canonical(item["url"]) for item in label.get("ignore", ())}
        leads = {canonical(one["url"]) for one in (label["lead"], *label.get("lead_alternatives", ()))}
        counts["lead of"] += 1
        counts["lead"] += page.lead is not None and page.lead.canonical in leads
        counts["precision of"] += len(found.keys() - passed)
        counts["precision"] += len((found.keys() & wanted.keys()) - passed)
        counts["recall of"] += len(wanted)
        counts["recall"] += len(found.keys() & wanted.keys())
        for key in found.keys() & wanted.keys():
            counts.update(parts(wanted[key], found[key]))
    return {name: Share(right=counts[name], of=counts[f"{name} of"]) for name in NAMES}


NAMES: Final = ("lead", "precision", "recall", *FIELDS, "no section")


def parts(wanted: dict[str, Any], found: Story) -> Iterator[str]:
    """The names of what a story has, followed by " of", and of what of it is read right."""
    for name in FIELDS:
        value = wanted.get(name, "")
        if value:
            yield f"{name} of"
            if same_words(value) == same_words(getattr(found, name)):
                yield name
        elif name == "section":
            yield "no section of"
            if not found.section:
                yield "no section"


def mistaken() -> list[str]:
    """The front pages that are taken for something else, and what is taken for a front page."""
    return [f"{kind}/{name}" for kind, name, page in kinds() if (page.quality is Quality.OK) != (kind == "front_page")]


def main() -> None:
    for name, share in measured().items():
        print(f"{name:12}{share.right / share.of:.3f}  ({share})")
    print(f"{'mistaken':12}{len(found := mistaken())}: {', '.join(found)}")


if __name__ == "__main__":
    main()
