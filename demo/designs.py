"""The designs of fictional front pages, from four ages of the web: what each prints of a story, and how."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from demo import furniture
from demo.edition import Edition, Placement
from demo.masthead import Masthead

MOST_READ: Final = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Design:
    """A template and what it prints: a part not named is left out; without `inside`, so are those stories."""

    template: str
    lead: frozenset[str]
    front: frozenset[str]
    inside: frozenset[str]

    @property
    def is_text(self) -> bool:
        """Whether it is a page of plain text."""
        return self.template.endswith(".txt")


def _design(template: str, *, lead: str, front: str, inside: str) -> Design:
    return Design(
        template=template,
        lead=frozenset(lead.split()),
        front=frozenset(front.split()),
        inside=frozenset(inside.split()),
    )


DESIGNS: Final = {
    "modern": _design(
        "modern.html",
        lead="url kicker summary byline image",
        front="url section kicker summary image",
        inside="url section kicker image",
    ),
    "table": _design("table.html", lead="url summary image", front="url section summary image", inside="url section"),
    "soup": _design(
        "soup.html",
        lead="url kicker summary image",
        front="url section kicker summary",
        inside="url section kicker",
    ),
    "plain": _design("plain.txt", lead="body", front="section summary", inside=""),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """Teasers under one heading."""

    name: str
    stories: tuple[Placement, ...]


def as_printed(edition: Edition, design: Design, *, front_section: str) -> Edition:
    """An edition without the parts and the stories that a design leaves out."""
    teasers = tuple(
        _only(teaser, design.front if teaser.section == front_section else design.inside)
        for teaser in edition.teasers
        if teaser.section == front_section or design.inside
    )
    return replace(edition, lead=_only(edition.lead, design.lead), teasers=teasers)


def _only(story: Placement, parts: frozenset[str]) -> Placement:
    def kept(part: str) -> str:
        return str(getattr(story, part)) if part in parts else ""

    return Placement(
        url=kept("url"),
        headline=story.headline,
        section=kept("section"),
        kicker=kept("kicker"),
        summary=kept("summary"),
        byline=kept("byline"),
        image=kept("image"),
        body=story.body if "body" in parts else (),
    )


def front_page(paper: Masthead, edition: Edition, design: Design) -> str:
    """The front page in a design."""
    most_read = sorted(edition.placements, key=lambda story: furniture.token(story.url, "read"))[:MOST_READ]
    return _environment(paper.slug).get_template(design.template).render(
        paper=paper, edition=edition, most_read=most_read, clutter=furniture.clutter(paper.slug, edition.instant)
    )  # fmt: skip


def article(paper: Masthead, story: Placement) -> str:
    """A story's own page, kept short."""
    return _environment(paper.slug).get_template("article.html").render(paper=paper, story=story)


@cache
def _environment(slug: str) -> Environment:
    environment = Environment(
        loader=PackageLoader("demo"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["groupby_in_order"] = _sections
    # Class names as a build tool makes them: the same for a role on every page of a paper, and without a meaning.
    environment.filters["nameless"] = lambda role: f"css-{furniture.token(slug, role, size=8)}"
    return environment


def _sections(teasers: Sequence[Placement]) -> list[Section]:
    groups = groupby(teasers, key=lambda story: story.section)
    return [Section(name=name, stories=tuple(stories)) for name, stories in groups]
