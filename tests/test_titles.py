# ruff: noqa: E501 - markup in a line is easier to compare than markup in pieces
"""What heads a section without being a plain heading, what only looks like it, and what stands above one story of several."""

import pytest

from scraper import Story, read_front_page
from tests.markup import URL
from tests.markup import numbered as link


def items(section: str, numbers: range) -> str:
    return "".join(f"<li>{link(section, number)}</li>" for number in numbers)


NEWS = "".join(f"<article class='card'><h3>{link('news', number)}</h3></article>" for number in range(6))


def read(markup: str) -> dict[str, Story]:
    """The stories of a page by the last part of their address."""
    page = read_front_page(f"<!doctype html><title>The Harbour Courier</title><body>{markup}", URL)
    return {story.url.rpartition("-")[2]: story for story in page.stories}


def section(markup: str) -> str:
    """The one section of all stories of a page."""
    stories = read(markup)
    assert len(stories) == 6
    [found] = {story.section for story in stories.values()}
    return found


def told(markup: str) -> tuple[str, str]:
    """The section and the kicker of story 10 of a page."""
    story = read(f"<div class='news'>{NEWS}</div>{markup}")["10"]
    return story.section, story.kicker


@pytest.mark.parametrize(
    ("title", "front"),
    [("Next", "/next"), ("Next ›", "/en/Next/?from=front"), ("View", "/view")],
)
def test_a_heading_that_leads_to_a_front_called_so_is_a_section_whatever_it_says(title: str, front: str) -> None:
    assert section(f"<main><h2><a href='{front}'>{title}</a></h2>{NEWS}</main>") == title.removesuffix(" ›")


@pytest.mark.parametrize(
    "title",
    [
        "<h2><a href='/page/2'>Next</a></h2>",
        "<h2><a href='/news/next-2'>Next</a></h2>",
        "<h2>Next</h2>",
        "<div class='title'><a href='/next'>Next</a></div>",
        "<h2><a href='/home'>Home</a></h2>",
        "<h2><a href='/related'>Related</a></h2>",
        "<h2><a href='/devam'>Devam</a></h2>",
    ],
)
def test_a_word_that_leads_on_elsewhere_is_no_section(title: str) -> None:
    """Nor is one of more than a page that pages of all kinds have, wherever it leads."""
    assert section(f"<main>{title}{NEWS}</main>") == ""


@pytest.mark.parametrize("around", ["{}", "<div class='head'>{}</div>"])
def test_the_logo_of_the_paper_as_a_heading_is_no_section(around: str) -> None:
    logo = around.format("<h2><a href='/'><img src='/logo.png' alt='Bay Post'></a></h2>")
    assert section(f"<div>{logo}<div>{NEWS}</div></div>") == ""


@pytest.mark.parametrize(
    "logo",
    [
        "<h2><a href='/bay/'><img src='/logo.png' alt='Bay Post'></a></h2>",
        "<h2><img src='/logo.png' alt='Bay Post'></h2>",
        "<h2><a href='/'><img src='/logo.png' alt='Logo'>Bay Post</a></h2>",
    ],
)
@pytest.mark.parametrize("around", ["{}", "<div class='head'>{}</div>"])
def test_a_picture_that_leads_elsewhere_or_a_text_is_a_section(logo: str, around: str) -> None:
    assert section(f"<div>{around.format(logo)}<div>{NEWS}</div></div>") == "Bay Post"


@pytest.mark.parametrize("names", ["section-title", "block-headline"])
def test_what_is_called_the_title_of_a_section_may_lead_to_a_long_name(names: str) -> None:
    title = f"<div class='{names}'><a href='/playlist/what-to-watch-now'>What to watch now</a></div>"
    assert section(f"<div>{title}<div>{NEWS}</div></div>") == "What to watch now"


@pytest.mark.parametrize("names", ["section", "cat-title", "x1"])
def test_what_is_called_less_and_leads_to_a_long_name_is_a_thing_to_read(names: str) -> None:
    title = f"<div class='{names}'><a href='/playlist/what-to-watch-now'>What to watch now</a></div>"
    assert section(f"<div>{title}<div>{NEWS}</div></div>") == ""


BOX = f"<{{0}}>{{1}}<article><h3>{link('money', 10)}</h3></article></{{0}}>"
ALL = "<a href='/playbook/'>See all</a>"


@pytest.mark.parametrize(
    "head",
    [
        "<header><h2>Playbook</h2><p>The guide to the day.</p></header>",
        "<hgroup><h2>Playbook</h2><p>The guide to the day.</p></hgroup>",
        f"<header><h2>Playbook</h2>{ALL}</header>",
        f"<div class='x1'><h2><a href='/playbook/'>Playbook</a></h2>{ALL}</div>",
    ],
)
@pytest.mark.parametrize("tag", ["section", "div"])
def test_a_heading_with_little_beside_it_is_the_section_of_one_story(tag: str, head: str) -> None:
    assert told(BOX.format(tag, head)) == ("Playbook", "")


@pytest.mark.parametrize(
    "head",
    [
        "<header><h2>Playbook</h2><p>The guide to the day that tells you what comes next and what not to do.</p></header>",
        "<header><p>Every day</p><h2>Playbook</h2></header>",
        "<aside><h2>Playbook</h2><p>The guide to the day.</p></aside>",
    ],
)
def test_a_heading_below_or_beside_more_is_a_kicker_of_one_story(head: str) -> None:
    assert told(BOX.format("section", head)) == ("", "Playbook")


def test_a_heading_beside_more_leaves_the_section_to_the_heading_before_it() -> None:
    head = "<h2>Money</h2><div><h2>Playbook</h2><p>The guide to the day that tells you what comes next and what not to do.</p></div>"
    assert told(BOX.format("section", head)) == ("Money", "Playbook")


@pytest.mark.parametrize("names", ["author", "byline-box"])
@pytest.mark.parametrize("tag", ["header", "div"])
def test_the_box_of_an_author_is_no_section(tag: str, names: str) -> None:
    box = f"<{tag} class='{names}'><h2>Rae Nolan</h2><p>Writes of the bay.</p></{tag}>"
    assert told(BOX.format("section", box)) == ("", "")


@pytest.mark.parametrize("head", ["<header><h3>Playbook</h3></header>", f"<div><h3>Playbook</h3>{ALL}</div>"])
def test_in_a_section_the_heading_in_its_header_may_have_the_level_of_the_headline(head: str) -> None:
    assert told(BOX.format("section", head)) == ("Playbook", "")


@pytest.mark.parametrize(
    ("tag", "head"),
    [
        ("section", "<h3>Playbook</h3>"),
        ("section", "<header><h4>Playbook</h4></header>"),
        ("div", "<header><h3>Playbook</h3></header>"),
        ("article", "<header><h3>Playbook</h3></header>"),
    ],
)
def test_a_heading_of_that_level_elsewhere_or_of_a_lower_one_is_a_kicker(tag: str, head: str) -> None:
    assert told(BOX.format(tag, head)) == ("", "Playbook")


def listed(title: str, count: int, *, around: str = "<ul>{}</ul>") -> str:
    """A story, and below it a title and a list."""
    stories = around.format(items("money", range(10, 10 + count)))
    return f"<div><div><h2>{link('money', 30)}</h2></div>{title}{stories}</div>"


@pytest.mark.parametrize("around", ["<ul>{}</ul>", "<ol class='c2'>{}</ol>"])
@pytest.mark.parametrize("before", ["", "<div class='x2'>Early</div>"])
def test_what_stands_between_a_story_and_a_long_list_is_the_title_of_the_list(before: str, around: str) -> None:
    page = listed(f"{before}<div class='x1'>Recent</div>", 5, around=around)
    assert told(page) == ("Recent", "")
    assert read(page)["30"].section == ""


@pytest.mark.parametrize(
    ("title", "count", "around"),
    [
        ("<div class='x1'>Recent</div>", 4, "<ul>{}</ul>"),
        ("<div class='x1'>Recent</div>", 5, "<div>{}</div>"),
        ("<div class='x1'>Recent</div><p>By hour</p>", 5, "<ul>{}</ul>"),
        ("<div class='x1'>Early</div><div class='x1'>Recent</div>", 5, "<ul>{}</ul>"),
    ],
)
def test_what_stands_between_a_story_and_a_short_list_is_none(title: str, count: int, around: str) -> None:
    """Nor what stands apart from the list, and of two tabs none."""
    assert told(listed(title, count, around=around)) == ("", "")


TERM = "<dt><strong>{}</strong></dt><dd><div><ul>{}</ul></div></dd>"


def test_the_one_term_of_a_list_is_the_title_of_all_that_is_in_it() -> None:
    assert told(f"<dl>{TERM.format('Pictures', items('money', range(10, 13)))}</dl>") == ("Pictures", "")


@pytest.mark.parametrize(
    "box",
    [
        "<dl>{}<dt><strong>Words</strong></dt><dd>None today</dd></dl>",
        "<div>{}</div>",
    ],
)
def test_one_of_several_terms_reaches_no_further_than_a_text(box: str) -> None:
    term = TERM.format("Pictures", items("money", range(10, 13)))
    if box.startswith("<div>"):
        term = term.replace("dt>", "p>").replace("dd>", "div>")
    assert told(box.format(term)) == ("", "")


@pytest.mark.parametrize("title", ["<h2>Around the bay</h2>", "<div>Around the bay</div>"])
def test_what_stands_before_the_main_part_of_a_page_heads_nothing_in_it(title: str) -> None:
    assert section(f"<div>{title}<main>{NEWS}</main></div>") == ""


def test_a_text_in_the_main_part_is_nearer_than_a_heading_before_it() -> None:
    assert section(f"<div><h2>Around the bay</h2><main><div><p>Boats</p>{NEWS}</div></main></div>") == "Boats"


@pytest.mark.parametrize("page", ["<div>{0}<div>{1}</div></div>", "<div><main>{0}{1}</main></div>"])
@pytest.mark.parametrize("title", ["<h2>Around the bay</h2>", "<div>Around the bay</div>"])
def test_what_stands_in_the_main_part_or_before_any_other_heads_what_comes_next(title: str, page: str) -> None:
    assert section(page.format(title, NEWS)) == "Around the bay"


def related(head: str, names: str = "related") -> tuple[str, str, str]:
    """The section and the kicker of a story, and the section of those below it."""
    lead = f"<div>{{}}<div><h2>{link('law', 10)}</h2><ul class='{names}'>{items('law', range(20, 22))}</ul></div></div>"
    return *told(lead.format(head)), read(lead.format(head))["20"].section


@pytest.mark.parametrize(
    "head",
    [
        "<div class='c-headline__head'><h3 class='c-headline__kicker'>Law</h3></div>",
        "<h3 class='c-headline__kicker'>Law</h3>",
        "<div class='x1'><h3 class='kicker'>Law</h3></div>",
        "<div class='x1'><div><h4 class='topic'>Law</h4></div></div>",
    ],
)
def test_a_heading_called_a_kicker_is_one_in_a_wrapper_of_its_own(head: str) -> None:
    """Above a story and those related to it, of which it is no section; of a part of a headline the part is what counts."""
    assert related(head) == ("", "Law", "")


@pytest.mark.parametrize(
    ("head", "names"),
    [
        ("<div class='x1'><h3 class='c-headline__title'>Law</h3></div>", "related"),
        ("<div class='x1'><h3 class='c-kicker__section'>Law</h3></div>", "related"),
        ("<div class='x1'><h3 class='x2'>Law</h3></div>", "related"),
        ("<div class='x1'><h3 class='kicker'>Law</h3><p>of the bay</p></div>", "related"),
        ("<div class='x1'><h3 class='kicker'>Law</h3> of the bay</div>", "related"),
        ("<div class='x1'><h3 class='kicker'>Law</h3></div>", "more"),
    ],
)
def test_a_heading_called_else_or_above_any_list_is_a_section(head: str, names: str) -> None:
    """So is one with something beside it."""
    assert related(head, names) == ("Law", "", "Law")


def test_a_wrapper_called_a_kicker_makes_no_kicker_of_a_heading_called_else() -> None:
    assert related("<div class='kicker'><h3 class='title'>Law</h3></div>") == ("Law", "", "Law")


@pytest.mark.parametrize("inner", ["<h3 class='kicker'>Law</h3>", "<span class='title'>Law</span>", "Law"])
def test_a_wrapper_called_a_kicker_is_one_unless_it_holds_such_a_heading(inner: str) -> None:
    assert related(f"<div class='kicker'>{inner}</div>") == ("", "Law", "")


ORDERED = [("item first", "item last"), ("item views-row-1", "item views-row-2"), ("item active", "item")]
OTHER = ("item big", "item")
TEXT = "Ferries stop for a week, and the mayor says that nobody knows why."
HEAD = "<div class='x-header'><span class='x7'>{}</span></div>"
CARDS = "".join(
    f"<div class='card'>{HEAD.format(topic)}<div>{link('town', number)}</div></div>"
    for number, topic in enumerate(("Trade", "School", "Town", "Sky"), 20)
)


def pair(names: tuple[str, str], before: str, second: str = "") -> str:
    first, last = names
    return f"<div class='card'>{before}<div class='{first}'>{link('money', 10)}</div><div class='{last}'>{second}{link('money', 11)}</div></div>"


@pytest.mark.parametrize("names", ORDERED)
@pytest.mark.parametrize("before", ["<div class='category'>Weir</div>", HEAD.format("Weir")])
def test_a_title_before_stories_alike_but_for_their_order_is_no_kicker(before: str, names: tuple[str, str]) -> None:
    """Neither by what it is called nor by the cards that begin so."""
    assert told(CARDS + pair(names, before)) == ("Weir", "")


@pytest.mark.parametrize("names", ORDERED)
def test_what_the_next_story_alike_but_for_its_order_prints_first_is_its_own(names: tuple[str, str]) -> None:
    assert read(NEWS + pair(names, "", f"<p>{TEXT}</p>"))["10"].summary == ""


def test_stories_that_other_classes_part_are_not_alike() -> None:
    assert told(CARDS + pair(OTHER, "<div class='category'>Weir</div>")) == ("", "Weir")
    assert told(CARDS + pair(OTHER, HEAD.format("Weir"))) == ("", "Weir")
    assert read(NEWS + pair(OTHER, "", f"<p>{TEXT}</p>"))["10"].summary == TEXT
