"""Why a page was read as it was: every block with its role, score and reasons, and what a layout could say better."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from scraper.model import FrontPage, Layout
from scraper.models import SHIPPED
from scraper.places import Place
from scraper.reader import Reading, read, read_front_page
from scraper.signs import GROUPS, home_of, names, signs
from scraper.text import shortened

MOST_REASONS: Final = 4
NEARLY: Final = 1.0  # log odds below the threshold within which a link is nearly a story
MOST_NAMED: Final = 5
MOST_TRIED: Final = 4  # selectors of teasers: each is a reading of its own


@dataclass(frozen=True, kw_only=True, slots=True)
class SeenBlock:
    """One block: what it shows, its role ("lead", "teaser" or "other"), its log odds to be a story, and why."""

    headline: str
    url: str
    role: str
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Explanation:
    """A front page with the blocks that it was chosen from, and hints for a layout."""

    page: FrontPage
    blocks: tuple[SeenBlock, ...]
    hints: tuple[str, ...]


def explain(body: bytes | str, url: str, *, content_type: str = "", layout: Layout | None = None) -> Explanation:
    """Read a page and say why."""
    reading = read(body, url, content_type=content_type, layout=layout)

    def tried(other: Layout) -> FrontPage:
        return read_front_page(body, url, content_type=content_type, layout=other)

    proposals = proposed(reading, layout or Layout(name="tried"), tried)
    return Explanation(page=reading.page, blocks=seen_blocks(reading), hints=(*hints(reading), *proposals))


def seen_blocks(reading: Reading) -> tuple[SeenBlock, ...]:
    """All mentions, in the order of the page, with their roles and the signs that weighed most."""
    lead = reading.page.lead.canonical if reading.page.lead else ""
    teasers = {story.canonical for story in reading.page.teasers}
    site = home_of(reading.found, reading.site)
    blocks = []
    for mention in reading.found:
        role = "lead" if mention.target == lead else "teaser" if mention.target in teasers else "other"
        weighed = [
            (SHIPPED.story.own.get(name, 0.0), name)
            for group, value in zip(GROUPS, signs(mention, site), strict=True)
            for name in names(group, value)
        ]
        weighed.sort(key=lambda item: (-abs(item[0]), item[1]))
        blocks.append(
            SeenBlock(
                headline=mention.text,
                url=mention.main.url,
                role=role,
                score=round(mention.score, 2),
                reasons=tuple(f"{name} {weight:+.2f}" for weight, name in weighed[:MOST_REASONS]),
            )
        )
    return tuple(blocks)


def hints(reading: Reading) -> list[str]:
    """What somebody who writes a layout wants to know."""
    found = [f"the layout's {name!r} finds nothing here; the generic reader stood in" for name in reading.page.missed]
    if reading.page.problem:
        return [*found, reading.page.problem]
    nearly = [
        mention.text
        for mention in reading.found
        if SHIPPED.threshold - NEARLY < mention.score < SHIPPED.threshold and mention.text
    ]
    if nearly:
        found.append(f"{len(nearly)} links were nearly taken as stories: {listed(nearly)}")
    printed = {story.canonical for story in reading.page.stories}
    left = [mention.text for mention in reading.chosen if mention.target not in printed]
    if left:
        found.append(f"{len(left)} links like stories are left out, paid for or told twice: {listed(left)}")
    return found


def listed(texts: Sequence[str]) -> str:
    """The first of some texts, quoted."""
    return ", ".join(f"“{shortened(text, 60)}”" for text in texts[:MOST_NAMED])


def proposed(reading: Reading, layout: Layout, tried: Callable[[Layout], FrontPage]) -> Iterator[str]:
    """Selectors for a layout to start from, each told as what the page reads like with it in `layout`."""
    places = {block.mention.target: block.place for block in reading.blocks}
    lead, teasers = reading.page.lead, {story.canonical for story in reading.page.teasers}
    if lead is not None and lead.canonical in places:
        with_lead = replace(layout, lead=selector_of(places[lead.canonical]))
        page = tried(with_lead)
        if page.lead and page.lead.canonical == lead.canonical and "lead" not in page.missed:
            layout = with_lead
            yield f'a layout could say: lead = "{layout.lead}"'
    common = Counter(selector_of(place) for target, place in places.items() if target in teasers)
    best, gain = "", 1
    for selector, _ in sorted(common.items(), key=lambda item: (-item[1], item[0]))[:MOST_TRIED]:
        found = {story.canonical for story in tried(replace(layout, teasers=selector)).teasers}
        right, wrong = len(found & teasers), len(found - teasers)
        if right - wrong > gain:
            gain = right - wrong
            best = f'teasers = "{selector}" (finds {right} of {len(teasers)} teasers, and {wrong} other links)'
    if best:
        yield f"a layout could say: {best}"


def selector_of(place: Place) -> str:
    """Tag and first class of an element, under those of the nearest element above that has a class or an id."""
    own = step_of(place)
    above = place.parent
    while above is not None and "." not in step_of(above) and "#" not in step_of(above):
        above = above.parent
    return own if above is None or "#" in own else f"{step_of(above)} {own}"


def step_of(place: Place) -> str:
    identity = place.node.attributes.get("id") or ""
    if identity and not any(map(str.isdigit, identity)) and is_plain(identity):
        return f"{place.tag}#{identity}"
    names = [name for name in (place.node.attributes.get("class") or "").split() if is_plain(name)]
    return f"{place.tag}.{names[0]}" if names else place.tag


def is_plain(name: str) -> bool:
    """Whether a name can stand in a selector as it is."""
    return name.replace("-", "").replace("_", "").isalnum() and not name[0].isdigit()
