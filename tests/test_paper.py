"""The fictional papers: one truth for every instant, and markup that says just that in every design."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from demo import library, timeline
from demo.edition import Placement
from demo.furniture import token
from demo.paper import Paper
from tests.made import NOON

DAY = timedelta(days=1)

every_paper = pytest.mark.parametrize("paper", library.papers(), ids=library.SLUGS)


@dataclass(frozen=True, kw_only=True)
class Selectors:
    """Where a design prints what."""

    lead: str
    section: str
    heading: str
    story: str
    headline: str
    summary: str
    kicker: str
    link: str


def soup_selectors(slug: str) -> Selectors:
    """The nameless classes of a paper."""
    roles = ["hero", "block", "title", "tile", "head", "dek", "kicker", "hero-head", "hero-dek", "hero-kicker", "over"]
    name = {role: f".css-{token(slug, role, size=8)}" for role in roles}
    return Selectors(
        lead=name["hero"],
        section=name["block"],
        heading=name["title"],
        story=name["tile"],
        headline=f"{name['head']}, {name['hero-head']}",
        summary=f"{name['dek']}, {name['hero-dek']}",
        kicker=f"{name['kicker']}, {name['hero-kicker']}",
        link=name["over"],
    )


MODERN = Selectors(
    lead=".card--lead", section=".river", heading=".river__title", story=".card",
    headline=".card__headline", summary=".card__dek", kicker=".card__kicker", link=".card__headline a",
)  # fmt: skip
TABLE = Selectors(
    lead="table.top", section="table.list", heading="td.head", story="tr.story",
    headline="a", summary=".dek", kicker=".none", link="a",
)  # fmt: skip


def text(node: LexborNode, selector: str) -> str:
    """The text of the first match, or ""."""
    found = node.css_first(selector)
    return " ".join(found.text().split()) if found else ""


def printed(node: LexborNode, where: Selectors, section: str = "") -> Placement:
    """One block as the markup has it."""
    link = node.css_first(where.link)
    assert link is not None
    return Placement(
        url=link.attributes["href"] or "",
        headline=text(node, where.headline),
        section=section,
        summary=text(node, where.summary),
        kicker=text(node, where.kicker),
    )


def printed_teasers(tree: LexborHTMLParser, where: Selectors) -> Iterator[Placement]:
    """The teasers as the markup has them, each under the heading that stands before it."""
    for section in tree.css(where.section):
        heading = ""
        for node in section.css(f"{where.heading}, {where.story}"):
            if node.css_matches(where.heading):
                heading = " ".join(node.text().split())
            else:
                yield printed(node, where, heading)


def comparable(story: Placement) -> Placement:
    """A placement without what these tests do not read back."""
    return replace(story, byline="", image="", body=())


@every_paper
@pytest.mark.parametrize("design", ["modern", "table", "soup"])
@pytest.mark.parametrize("hours", [0, 7, 1_000])
def test_the_markup_says_what_the_truth_says(paper: Paper, design: str, hours: int) -> None:
    """In every design, language and charset: the lead, and the teasers in order under their headings."""
    instant = NOON + timedelta(hours=hours)
    paper = paper.designed(design)
    where = {"modern": MODERN, "table": TABLE, "soup": soup_selectors(paper.slug)}[design]
    truth = paper.truth(instant)
    tree = LexborHTMLParser(paper.page(instant).body.decode(paper.charset))
    lead = tree.css_first(where.lead)
    assert lead is not None
    assert printed(lead, where) == comparable(truth.lead)
    assert list(printed_teasers(tree, where)) == [comparable(teaser) for teaser in truth.teasers]


@every_paper
def test_plain_text_prints_the_lead_six_teasers_and_their_heading_last(paper: Paper) -> None:
    """The form of a front page that was copied as text."""
    paper = paper.designed("plain")
    truth, page = paper.truth(NOON), paper.page(NOON)
    assert page.content_type == f"text/plain; charset={paper.charset}"
    teasers = [part for teaser in truth.teasers for part in (teaser.headline, teaser.summary)]
    expected = [truth.lead.headline, *truth.lead.body, "\N{NO-BREAK SPACE}", *teasers, paper.words.front_section]
    encodable = [part.encode(paper.charset, "replace").decode(paper.charset) for part in expected]
    assert page.body.decode(paper.charset).split("\n\n") == encodable
    assert len(truth.teasers) == 6


@every_paper
def test_a_page_is_as_heavy_as_a_real_one(paper: Paper) -> None:
    """Between 40 and 300 KB, of which the news is the least part."""
    for design in ("modern", "table", "soup"):
        assert 40_000 < len(paper.designed(design).page(NOON).body) < 300_000


@every_paper
def test_the_charset_is_declared_where_the_paper_says(paper: Paper) -> None:
    """In the header, in the page's own meta, or in both; the meta never lies."""
    page = paper.designed("modern").page(NOON)
    assert ("charset=" in page.content_type) == (paper.declared_in != "meta")
    assert f'<meta charset="{paper.charset}">'.encode() in page.body


@every_paper
def test_an_instant_has_one_page(paper: Paper) -> None:
    """The same bytes whenever it is asked for; a minute later the nonce differs and the news does not."""
    assert paper.page(NOON) == paper.page(NOON)
    calm = next(at for at, after in pairwise(paper.moments(NOON, NOON + DAY)) if after - at > timedelta(minutes=3))
    first, second = calm + timedelta(minutes=1), calm + timedelta(minutes=2)
    assert paper.page(first) != paper.page(second)
    assert replace(paper.truth(first), instant=second).placements == paper.truth(second).placements


def test_the_page_of_one_instant_is_the_same_on_every_machine() -> None:
    """A golden: only a change of the texts, or of the timeline, may move it."""
    truth = library.paper("courier").truth(NOON)
    assert truth.lead.url == "/2026/11/24/harbour/storm-tide-987744"
    assert truth.lead.headline == "Sandbag wall holds at Low Pender as the tide peaks"


@every_paper
def test_a_story_stands_once_on_a_page(paper: Paper) -> None:
    """At any quarter of an hour of three days, no URL and no headline is there twice, and some ten stories are."""
    for step in range(3 * 96):
        truth = paper.truth(NOON + step * timedelta(minutes=15))
        assert len({story.url for story in truth.placements}) == len(truth.placements)
        assert len({story.headline for story in truth.placements}) == len(truth.placements)
        assert len(truth.teasers) >= 9


@every_paper
def test_the_lead_changes_every_one_to_three_hours(paper: Paper) -> None:
    """And what `reigns` says is what the pages say."""
    reigns = paper.reigns(NOON, NOON + 7 * DAY)
    assert reigns[0].since == NOON
    assert reigns[-1].until == NOON + 7 * DAY
    assert all(before.until == after.since and before.url != after.url for before, after in pairwise(reigns))
    for reign in reigns[1:-1]:
        assert timedelta(hours=1) <= reign.until - reign.since <= timedelta(hours=3)
        assert paper.truth(reign.since).lead.url == reign.url
        assert paper.truth(reign.until - timedelta(seconds=1)).lead.url == reign.url


@every_paper
def test_the_lead_headline_is_edited_at_least_twice_a_day(paper: Paper) -> None:
    """And what `edits` says is what the pages say, just before and at the instant."""
    for day in range(7):
        edits = [edit for edit in paper.edits(NOON + day * DAY, NOON + (day + 1) * DAY) if edit.leading]
        assert len(edits) >= 2
        for edit in edits:
            before, after = paper.truth(edit.at - timedelta(seconds=1)).lead, paper.truth(edit.at).lead
            assert (before.url, before.headline) == (edit.url, edit.was)
            assert (after.url, after.headline) == (edit.url, edit.now)
            assert edit.was != edit.now


@every_paper
def test_nothing_changes_but_at_the_moments(paper: Paper) -> None:
    """Between two moments, the page says the same; at each, something else."""
    moments = paper.moments(NOON, NOON + DAY)
    assert moments == tuple(sorted(set(moments)))
    for before, after in pairwise(moments):
        just_before = paper.truth(after - timedelta(seconds=1)).placements
        assert paper.truth(before).placements == just_before
        assert paper.truth(after).placements != just_before


@every_paper
def test_a_url_is_one_story_for_ever(paper: Paper) -> None:
    """In thirty days no two runs share an address, and each is answered with its story while it stands on the page."""
    runs = timeline.runs_between(paper.texts, NOON, NOON + 30 * DAY)
    assert len({paper.url(run) for run in runs}) == len(runs)
    run = runs[len(runs) // 2]
    assert paper.article(paper.url(run), run.begins - timedelta(seconds=1)) is None
    assert paper.article(paper.url(run), run.begins) is not None


def test_a_redesign_changes_the_markup_and_not_the_news() -> None:
    """On the day of the redesign, the same stories come in other clothes."""
    old, new = NOON, NOON + DAY
    paper = library.paper("courier").designed("table", (new, "modern"))
    assert b"<table class=top" in paper.page(new - timedelta(seconds=1)).body
    assert b"<article" in paper.page(new).body
    assert b"<article" not in paper.page(old).body


def test_links_begin_with_the_papers_home() -> None:
    """A paper that is served under a path links to itself there."""
    truth = library.paper("courier").at("/courier/").truth(NOON)
    assert all(story.url.startswith("/courier/") for story in truth.placements)


def test_the_papers_differ_in_language_script_direction_and_charset() -> None:
    """Seven languages, four scripts, both directions, four charsets, three designs."""
    papers = library.papers()
    assert len({paper.language for paper in papers}) == 7
    assert {paper.direction for paper in papers} == {"ltr", "rtl"}
    assert {paper.charset for paper in papers} >= {"utf-8", "gb18030", "windows-1251", "iso-8859-15"}
    assert len({paper.redesigns for paper in papers}) == 3
