# ruff: noqa: E501 - markup in a line is easier to compare than markup in pieces
"""What looks like the title of the stories below it and is none: bars of topics, mottos, advertisements, the page's head."""

import pytest

from scraper import read_front_page

URL = "https://courier.example/"
TOPICS = ("river", "bridge", "ferry", "mill", "school", "harbour")
NEWS = "".join(
    f"<article class='card'><h3><a href='/news/2026/11/24/the-{topic}-that-nobody-wanted'>The {topic} that nobody wanted at all</a></h3></article>"
    for topic in TOPICS
)


def section(markup: str) -> str:
    """The one section of all stories below some markup."""
    page = read_front_page(f"<!doctype html><title>The Harbour Courier</title><body>{markup}", URL)
    assert len(page.stories) == len(TOPICS)
    [found] = {story.section for story in page.stories}
    return found


def below(markup: str) -> str:
    """The section of stories that stand beside some markup in one element."""
    return section(f"<div>{markup}<div class='news'>{NEWS}</div></div>")


def bar(folder: str, count: int = 3) -> str:
    names = ("Rail inquiry", "Old bridge", "Low water")[:count]
    items = (f"<li><a href='{folder}{name.lower().replace(' ', '-')}'>{name}</a></li>" for name in names)
    return f"<ul>{''.join(items)}</ul>"


@pytest.mark.parametrize(
    ("names", "title", "folder"),
    [
        ("x1", "Readers ask", "/tag/"),
        ("x1", "Readers ask", "/temas/"),
        ("x1", "Trending now", "/a/"),
        ("x1", "Themen des Tages", "/a/"),
        ("x1", "On everyone's lips:", "/a/"),
        ("popular", "Readers ask", "/a/"),
    ],
)
@pytest.mark.parametrize("count", [2, 3])
def test_the_title_of_a_bar_of_topics_is_no_section(names: str, title: str, folder: str, count: int) -> None:
    """By what the links lead to, by what the title says or by what the bar is called."""
    assert below(f"<div class='{names}'><h4>{title}</h4>{bar(folder, count)}</div>") == ""


@pytest.mark.parametrize(
    ("title", "beside"),
    [
        ("Readers ask", bar("/a/")),
        ("Readers ask", bar("/tagging/")),
        ("Topical", bar("/a/")),
        ("Readers ask", bar("/tag/", 2) + "<p><a href='/a/'>Far shore</a></p>"),
        ("Trending", bar("/tag/", 1)),
        ("Trending", f"<p>What we talk of</p>{bar('/tag/')}"),
        ("Trending", "<ul><li><a href='#day'>Day</a></li><li><a href='#week'>Week</a></li></ul>"),
    ],
)
def test_a_title_beside_a_bar_of_other_links_is_a_section(title: str, beside: str) -> None:
    """Beside one topic, or more than topics; tabs are none."""
    assert below(f"<div class='x1'><h4>{title}</h4>{beside}</div>") == title


def test_a_title_that_leads_to_its_section_is_one_whatever_it_says() -> None:
    assert below(f"<div class='x1'><h4><a href='/in-focus/'>In focus</a></h4>{bar('/in-focus/')}</div>") == "In focus"


@pytest.mark.parametrize("names", ["hotTopics", "tags"])
def test_two_links_that_are_called_topics_are_no_section(names: str) -> None:
    assert below(f"<div class='{names}'><a href='/vote'>Vote</a><a href='/border'>Border</a></div>") == ""


@pytest.mark.parametrize(
    ("names", "second"),
    [
        ("hotTopics", "<a href='/vote/border'>Border</a>"),
        ("hotTopics", ""),
        ("hotTopics", "<a href='#'>Border</a>"),
        ("x1", "<a href='/border'>Border</a>"),
    ],
)
def test_the_first_of_two_links_is_a_section_unless_they_are_called_topics(names: str, second: str) -> None:
    """If the other leads to a part of it, whatever they are called."""
    assert below(f"<div class='{names}'><a href='/vote'>Vote</a>{second}</div>") == "Vote"


@pytest.mark.parametrize("title", ["In the news", "The talk of the town:", "Tendances", "本日："])
@pytest.mark.parametrize("count", [2, 3])
def test_a_title_right_before_a_bar_of_links_is_that_of_the_bar(title: str, count: int) -> None:
    assert below(f"<h4>{title}</h4>{bar('/a/', count)}") == ""


@pytest.mark.parametrize(
    ("title", "between", "count"),
    [
        ("Sport", "", 3),
        ("In the news", "", 1),
        ("In the news", "<p>We say</p>", 3),
        ("In the news", "<div><p>We say</p><a href='/a/'>A</a></div>", 3),
    ],
)
def test_a_title_before_a_bar_of_its_parts_is_a_section(title: str, between: str, count: int) -> None:
    """So is any before one link, or before something else."""
    assert below(f"<h4>{title}</h4>{between}{bar('/a/', count)}") == title


def test_a_bar_of_topics_takes_no_section_from_the_heading_above_it() -> None:
    assert below(f"<h2>World</h2><div>In focus:</div>{bar('/a/')}") == "World"


def test_a_title_before_two_parts_of_its_section_is_one() -> None:
    assert below(f"<div class='x1'><span>Money</span> {bar('/news/', 2)}</div>") == "Money"


def test_a_title_that_leads_somewhere_is_no_lead_in() -> None:
    assert below(f"<h4><a href='/trending/'>Trending</a></h4>{bar('/a/')}") == "Trending"


def motto(names: str, text: str, before: str = "") -> str:
    return (
        f"<div class='site-header-content'>{before}<div><img src='/bay.jpg'><p class='{names}'>{text}</p></div></div>"
    )


@pytest.mark.parametrize("text", ["Made on the bay.", "News of the bay for all"])
@pytest.mark.parametrize("names", ["site-description", "intro"])
def test_what_a_paper_says_of_itself_is_no_section(names: str, text: str) -> None:
    assert below(motto(names, text)) == ""


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ("site-description", "Made on bay"),
        ("site-title-description", "Made on the bay."),
        ("site-strapline", "Made on the bay."),
        ("site-x1", "Made on the bay."),
    ],
)
def test_three_words_or_what_is_called_a_title_are_a_section(names: str, text: str) -> None:
    assert below(motto(names, text)) == text


@pytest.mark.parametrize("before", ["<h2>Around the bay</h2>", "<h2><a href='/bay/'>Around the bay</a></h2>"])
def test_the_heading_above_a_description_is_a_section(before: str) -> None:
    assert below(motto("site-description", "Made on the bay.", before)) == "Around the bay"


def test_a_description_beside_a_name_is_a_section_with_it() -> None:
    assert below(motto("site-description", "Made on the bay.", "<b>Post</b>")) == "Post Made on the bay."


def test_a_heading_that_is_called_a_description_is_a_section() -> None:
    assert below("<div class='box'><h2 class='description'>Made on the bay</h2></div>") == "Made on the bay"


SHOP = "https://shop.example/save"


@pytest.mark.parametrize(
    "row",
    [
        f"<div class='row'><a rel='sponsored' href='{SHOP}'><h2>Save for them</h2></a></div>",
        f"<div class='row'><a rel='noopener sponsored' href='{SHOP}'><h2>Save for them</h2></a></div>",
        f"<div class='row'><h2><a rel='sponsored' href='{SHOP}'>Save for them</a></h2></div>",
        f"<div class='row'><a href='{SHOP}'><span>Advertisement</span><h2>Save for them</h2></a></div>",
        f"<div class='row'><a href='{SHOP}'><span>Anzeige</span><h2>Save for them</h2></a></div>",
        f"<h2><a rel='sponsored' href='{SHOP}'>Save for them</a></h2>",
    ],
)
def test_the_headline_of_an_advertisement_is_no_section(row: str) -> None:
    """In a link that is paid for, or off the site behind a word for it."""
    assert below(row) == ""


@pytest.mark.parametrize(
    "row",
    [
        f"<div class='row'><a href='{SHOP}'><h2>Save for them</h2></a></div>",
        f"<div class='row'><a href='{SHOP}'><span>Money</span><h2>Save for them</h2></a></div>",
        "<div class='row'><a href='/save'><span>Anzeige</span><h2>Save for them</h2></a></div>",
        "<div class='row'><a href='https://money.courier.example/save'><span>Anzeige</span><h2>Save for them</h2></a></div>",
        f"<div class='row'><h2>Save for them</h2><a rel='sponsored' href='{SHOP}'>Save</a></div>",
    ],
)
def test_a_heading_that_leads_off_the_site_or_stands_beside_such_a_link_is_a_section(row: str) -> None:
    """A host of the site's own leads to no other, whatever word is before it."""
    assert below(row) == "Save for them"


SERVICES = f"<section><h2>Services</h2>{bar('/services/')}</section>"


@pytest.mark.parametrize(
    "head",
    [
        f"<header>{SERVICES}</header><div>{{}}</div>",
        f"<div><div role='banner'>{SERVICES}</div><div>{{}}</div></div>",
        "<div><header role='banner'><h2>Services</h2></header><div>{}</div></div>",
    ],
)
def test_the_head_of_the_page_names_no_stories(head: str) -> None:
    assert section(head.format(NEWS)) == ""


@pytest.mark.parametrize(
    "head",
    [
        f"<div>{SERVICES}</div><div>{{}}</div>",
        f"<div><header>{SERVICES}</header><div>{{}}</div></div>",
        f"<main><header>{SERVICES}</header><div>{{}}</div></main>",
        f"<div><div role='region'>{SERVICES}</div><div>{{}}</div></div>",
    ],
)
def test_the_head_of_a_part_of_the_page_names_its_stories(head: str) -> None:
    assert section(head.format(NEWS)) == "Services"
