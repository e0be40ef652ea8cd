# ruff: noqa: E501 - markup in a line is easier to compare than markup in pieces
"""A site's own selectors: each part overrides the generic reader, and a part that finds nothing says so."""

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from scraper import FrontPage, Layout, read_front_page, reader_name

LAYOUT = Layout(name="2026")
PAGE = """<html><body>
<div class="strip"><a href="/news/2026/strip-story-of-the-day">Strip story of the day in short</a></div>
<div class="a"><h1><a href="/news/2026/big-story-of-the-day">Big story of the day with h1</a></h1></div>
<h4 class="name">Town Hall</h4>
<div class="b"><em>Bridge</em><h3><a href="/news/2026/council-votes-on-bridge">Council votes on the new bridge</a></h3><i>Dek of the council.</i></div>
<div class="b"><em>Bread</em><h3><a href="/news/2026/bakers-strike-for-days">Bakers strike for a third day</a></h3><i>Dek of the bakers.</i></div>
<div class="c"><h3><a href="/news/2026/something-else-entirely">Something else entirely happens</a></h3></div>
</body></html>"""


def read(**parts: str) -> FrontPage:
    return read_front_page(PAGE, "https://courier.example/", layout=replace(LAYOUT, **parts))  # type: ignore[arg-type]


def headlines(page: FrontPage) -> list[str]:
    return [story.headline for story in page.teasers]


def test_without_selectors_a_layout_changes_nothing_but_the_name() -> None:
    """Empty parts are left to the generic reader."""
    generic = read_front_page(PAGE, "https://courier.example/")
    assert read().stories == generic.stories
    assert (read().layout, generic.layout) == ("2026", "")
    assert read().reader == reader_name(LAYOUT) != generic.reader


def test_the_lead_is_where_the_layout_says() -> None:
    """Its first match that shows a story."""
    page = read(lead="div.c")
    assert page.lead is not None
    assert page.lead.headline == "Something else entirely happens"
    assert page.missed == ()


def test_each_match_of_teasers_is_one_block() -> None:
    """No other story is read then, except the lead."""
    page = read(teasers="div.b")
    assert headlines(page) == ["Council votes on the new bridge", "Bakers strike for a third day"]


def test_the_parts_of_a_block_are_where_the_layout_says() -> None:
    """Headline, summary and kicker within the block; the section before it."""
    page = read(teasers="div.b", summary="i", kicker="em", section="h4.name")
    assert [(story.kicker, story.summary, story.section) for story in page.teasers] == [
        ("Bridge", "Dek of the council.", "Town Hall"),
        ("Bread", "Dek of the bakers.", "Town Hall"),
    ]


def test_what_is_ignored_is_not_there() -> None:
    """Taken out before anything is read."""
    assert "Strip story of the day in short" not in headlines(read(ignore=".strip"))


def test_a_part_that_finds_nothing_falls_back_and_says_so() -> None:
    """The generic reader stands in."""
    page = read(lead=".gone", teasers=".gone", summary=".gone", ignore=".gone", section=".gone")
    assert set(page.missed) == {"lead", "teasers", "summary", "ignore", "section"}
    assert page.stories == read_front_page(PAGE, "https://courier.example/").stories


def test_a_page_is_no_part_of_itself() -> None:
    """A class of the whole page is often that of small things on it, too."""
    page = PAGE.replace("<html>", "<html class='no-js'>")
    layout = replace(LAYOUT, ignore=".no-js")
    assert len(read_front_page(page, "https://courier.example/", layout=layout).stories) == 5


def test_a_story_is_named_once() -> None:
    """By the first match that shows it."""
    again = "<div class='b'><h3><a href='/news/2026/council-votes-on-bridge'>Council votes, in another's words</a></h3></div>"
    page = read_front_page(
        PAGE.replace("</body>", f"{again}</body>"), "https://courier.example/", layout=replace(LAYOUT, teasers="div.b")
    )
    assert headlines(page) == ["Council votes on the new bridge", "Bakers strike for a third day"]


def test_data_about_something_else_takes_no_storys_place() -> None:
    """Neither of a layout's nor of the few that a small front page prints."""
    listed = [
        {"headline": f"The film of the week number {n}", "url": f"/films/2026/film-number-{n}"} for n in range(12)
    ]
    data = f"<script type='application/ld+json'>{json.dumps(listed)}</script>"
    page = PAGE.replace("</body>", f"{data}</body>")
    printed = read_front_page(PAGE, "https://courier.example/")
    assert read_front_page(page, "https://courier.example/").stories == printed.stories
    layout = replace(LAYOUT, lead="div.a", teasers="div.b")
    assert len(read_front_page(page, "https://courier.example/", layout=layout).stories) == 3


@given(st.text(max_size=30) | st.sampled_from(["*", "html", "body", "div, div *", ":root", "a"]))
def test_any_selector_at_all_gives_a_reading(selector: str) -> None:
    """One that the parser refuses finds nothing."""
    page = read(lead=selector, teasers=selector, headline=selector, ignore=selector, section=selector)
    assert page.reader


def test_text_can_be_matched() -> None:
    """The parser's own pseudo-class finds a section by its name."""
    page = read(teasers="h4:lexbor-contains('town hall' i) ~ div.b")
    assert len(page.teasers) in (2, 3)
    assert "teasers" not in page.missed
