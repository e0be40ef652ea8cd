# ruff: noqa: E501 - markup in a line is easier to compare than markup in pieces
"""The reader is total: any bytes give a reading, the same bytes the same one, within bounds."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper import Quality, read_front_page
from scraper.limits import MAX_HEADLINE, MAX_STORIES, MAX_URL

MARKUP = st.text(alphabet="<>/=\"' abch1p-#?&;\u202e\u4e2d\u0627\ud800", max_size=200)
PIECES = st.lists(
    st.sampled_from([
        "<a href='/news/2026/a-long-way-to-go'>", "</a>", "<h1>", "</h2>", "<div class='lead'>", "</div>",
        "<p>", "River leaves its bed",
        "<base href='//['>", "<img src=x srcset='a 1x, b 2x'>", "<script>", "</script>", "<!--", "-->",
        "\x00", "<table><tr>", "<template>",
        "<svg>", "<a href='javascript:x'>", "<title>", "<li>", "<time>", "{\"headline\":\"A b c d\",\"url\":\"/x/y\"}", "&#0;", "<plaintext>",
    ]),
    max_size=40,
).map("".join)  # fmt: skip


@given(st.binary(max_size=300) | MARKUP | PIECES)
def test_any_bytes_give_a_reading_and_the_same_bytes_the_same(body: bytes | str) -> None:
    """No exception; two readings are equal; a problem is told exactly where the quality is not ok."""
    page = read_front_page(body, "https://courier.example/")
    assert page == read_front_page(body, "https://courier.example/")
    assert (page.quality is Quality.OK) == (page.problem == "")
    assert (page.lead is None) <= (page.teasers == ())
    assert [story.position for story in page.stories] == list(range(1, len(page.stories) + 1))


CARD = "<div><svg><path d='M0'/><circle r='1'/></svg><h3><a href='/news/2026/story-{0}-of-the-day'>Story {0} of the long day</a></h3></div>"


@pytest.mark.parametrize(
    "page",
    [
        "".join(CARD.format(n) for n in range(1_000))
        + "<script>document.write('<div>');</script><!-- <div> -->" * 2_000,
        "".join(CARD.format(n) + f"<img src=data:image/png;base64,{'A/b' * 70_000}>" for n in range(20)),
    ],
    ids=["many small elements", "pictures printed into unquoted attributes"],
)
def test_what_only_looks_costly_is_read(page: str) -> None:
    """Elements of drawings end themselves, what scripts and comments hold is hardly deep, one value is one attribute."""
    assert read_front_page(f"<main>{page}</main>", "https://courier.example/").quality is Quality.OK


@pytest.mark.fault(14)
@pytest.mark.parametrize(
    "page",
    [
        "<div></x>" * 10_000,
        "<div>" * 20_000,
        "<div " + " ".join(f"a{n}" for n in range(30_000)) + ">",
        "<div " + "/".join(f"a{n}=''" for n in range(30_000)) + ">",
        "<p " + " ".join(f"attribute{n:08}" for n in range(30_000)) + ">",
        "<i a='<p " + " ".join(f"a{n}" for n in range(30_000)) + ">'>",
        "<!doctype html><!-->" + "<div>" * 20_000,
        "<!-- x --!>" + "<div>" * 20_000,
        "<svg><style>" + "<div>" * 20_000,
        "<svg>" + "<div/>" * 20_000,
        "<svg>" + "<div></div><path/></svg>" * 20_000,
        "".join(f"<div><b id={n}></div>" for n in range(12_000)),
        "<li><dd>" * 10_000,
        "<span><div></span>" * 10_000,
        "<div><table><td></div></table>" * 10_000,
        "<div><select></div></select>" * 10_000,
        "<div><br title='></div>'>" * 20_000,
        "<div><script><!--<script></script></div></script>" * 10_000,
    ],
    ids=[
        "ends of nothing", "never ended", "attributes", "attributes without spaces", "attributes with long names",
        "attributes in an attribute", "comment that ends at once", "comment with another end", "style in a drawing",
        "HTML in a drawing", "HTML that ends a drawing", "formatting that comes back", "lists in lists",
        "ends that are passed over", "ends out of scope", "ends in a select", "ends in attributes", "ends in scripts",
    ],
)  # fmt: skip
def test_what_is_costly_is_not_parsed(page: str) -> None:
    assert read_front_page(page, "https://courier.example/").quality is Quality.NOT_A_FRONT_PAGE


def test_the_hash_seed_changes_nothing() -> None:
    """Two processes with different seeds print the same reading."""
    script = (
        "from scraper import read_front_page\n"
        'cards = \'\'.join(f\'<article class="card n{n}"><h2><a href="/news/2026/story-{n}-of-today">Story {n} of today</a></h2>'
        "<p>What happened, and to whom.</p></article>' for n in range(30))\n"
        "print(read_front_page('<main>' + cards + '</main>', 'https://courier.example/'))\n"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", script], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True, text=True
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(printed) == 1


def test_nesting_without_end_is_refused_before_it_is_parsed() -> None:
    """The parser's time is quadratic in it; the answer says what was wrong."""
    page = read_front_page("<div>" * 100_000, "https://courier.example/")
    assert page.quality is not Quality.OK
    assert "nested deeper" in page.problem


def test_a_tag_without_end_is_refused_before_it_is_parsed() -> None:
    """So is a hundred thousand attributes of one element."""
    page = read_front_page("<div " + " ".join(f"a{n}=1" for n in range(100_000)) + ">", "https://courier.example/")
    assert page.quality is not Quality.OK


def test_tag_soup_ends() -> None:
    """Half a megabyte of unclosed elements is read or refused, in bounded time."""
    page = read_front_page("<p><b><i><a href='/x'>x<table><td>" * 15_000, "https://courier.example/")
    assert isinstance(page.quality, Quality)


def test_addresses_are_bounded_as_they_resolve() -> None:
    """A long base makes short links long; line ends in an address are none of it (URL Standard, 4.4)."""
    link = "<h2><a href='news/2026/river-leaves-its-bed'>The river leaves its bed at night</a></h2>"
    page = read_front_page(
        f"<base href='https://courier.example/{'a' * 100_000}/'>{link * 3}", "https://courier.example/"
    )
    assert all(len(story.url) <= MAX_URL for story in page.stories)
    parted = read_front_page(link.replace("news/2026/", "\n/news/\t2026/"), "https://courier.example/")
    assert [story.url for story in parted.stories] == ["https://courier.example/news/2026/river-leaves-its-bed"]


def test_where_a_page_sends_its_readers_is_told_in_a_line() -> None:
    target = f"/x/\x1b]0;owned\x07{'a' * 100_000}"
    page = read_front_page(f"<meta http-equiv=refresh content='0;url={target}'>", "https://courier.example/")
    assert "sends" in page.problem
    assert len(page.problem) < 300
    assert page.problem.isprintable()


def test_a_headline_of_a_megabyte_is_cut() -> None:
    """Bounds hold for every text."""
    page = read_front_page(
        f"<h1><a href='/news/2026/river-flood'>{'river ' * 200_000}</a></h1>", "https://courier.example/"
    )
    for story in page.stories:
        assert len(story.headline) <= MAX_HEADLINE


def test_there_are_never_more_stories_than_the_bound() -> None:
    """Five thousand links."""
    links = "".join(
        f"<li><a href='/news/2026/story-number-{n}-of-today'>Story number {n} of today</a></li>" for n in range(5_000)
    )
    assert len(read_front_page(links, "https://courier.example/").stories) <= MAX_STORIES


@pytest.mark.parametrize(
    "text",
    [
        "River\x00 leaves its bed at night",
        "River\u202e leaves its bed at night",
        "River\u200b leaves its bed at night",
        "River\ud800 leaves its bed at night",
    ],
)
def test_invisible_characters_do_not_reach_a_headline(text: str) -> None:
    """NUL, bidi overrides, zero widths and lone surrogates."""
    page = read_front_page(f"<h1><a href='/news/2026/river-leaves-its-bed'>{text}</a></h1>", "https://courier.example/")
    assert page.lead is not None
    assert page.lead.headline.isprintable()
    assert "leaves its bed at night" in page.lead.headline


@pytest.mark.parametrize(
    "href",
    ["javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x", "vbscript:x", "mailto:a@b.example", "#top", ""],
)
def test_a_link_that_leads_nowhere_is_no_story(href: str) -> None:
    """Not by any spelling."""
    page = read_front_page(f"<h1><a href='{href}'>River leaves its bed at night</a></h1>", "https://courier.example/")
    assert page.lead is None


@pytest.mark.parametrize("base", ["javascript:x", "data:text/html,x", "http://[", "", "file:///etc/"])
def test_a_hostile_base_is_passed_over(base: str) -> None:
    """Relative links start from the page's own address then."""
    page = read_front_page(
        f"<base href='{base}'><h1><a href='/news/2026/river-leaves-its-bed'>River leaves its bed at night</a></h1>",
        "https://courier.example/",
    )
    assert page.lead is not None
    assert page.lead.canonical == "https://courier.example/news/2026/river-leaves-its-bed"


def test_a_base_on_the_web_is_used() -> None:
    """As browsers do."""
    page = read_front_page(
        "<base href='https://cdn.example/x/'><h1><a href='river-leaves-its-bed-2026'>River leaves its bed at "
        "night</a></h1>",
        "https://courier.example/",
    )
    assert page.lead is not None
    assert page.lead.url == "https://cdn.example/x/river-leaves-its-bed-2026"
