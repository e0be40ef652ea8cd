# ruff: noqa: E501 - markup in a line is easier to compare than markup in pieces
"""What the reader makes of the ways in which front pages print a story."""

import pytest

from scraper import FrontPage, Kind, Role, Story, read_front_page
from scraper.reader import read as read_whole
from scraper.signs import ADDRESS_NAMES, address_signs

URL = "https://courier.example/"
BACKGROUND = "".join(
    f"<article class='card'><h3><a href='/news/2026/11/24/background-story-number-{n}'>Background story number {n} of the day</a></h3></article>"
    for n in range(6)
)


def read(markup: str) -> FrontPage:
    return read_front_page(f"<!doctype html><html lang='en'><title>The Harbour Courier</title><body>{markup}", URL)


def story_at(page: FrontPage, path: str) -> Story:
    return next(story for story in page.stories if story.canonical == f"https://courier.example{path}")


LONG = 1 << ADDRESS_NAMES.index("long number")
FLOOD = "/news/2026/11/24/river-leaves-its-bed"
HEADLINE = "River leaves its bed at night"


@pytest.mark.parametrize(
    "card",
    [
        f"<article><h2><a href='{FLOOD}'>{HEADLINE}</a></h2></article>",
        f"<article><a href='{FLOOD}'><h2>{HEADLINE}</h2></a></article>",
        f"<article><h2>{HEADLINE}</h2><a href='{FLOOD}' class='overlay'></a></article>",
        f"<article><h2>{HEADLINE}</h2><p>Water in all streets.</p><a href='{FLOOD}'>Read more</a></article>",
        f"<article><a href='{FLOOD}'><img src='/a.jpg' alt=''></a><h2><a href='{FLOOD}'>{HEADLINE}</a></h2><a href='{FLOOD}'>Read more</a></article>",
        f"<article><a href='{FLOOD}'><img src='/a.jpg' alt='{HEADLINE}'></a></article>",
        f"<article><a href='{FLOOD}'><span class='kicker'>Floods</span><span class='headline'>{HEADLINE}</span></a></article>",
        f"<article><a href='{FLOOD}' aria-label='{HEADLINE}'><img src='/a.jpg'></a></article>",
        f"<table><tr><td><a href='{FLOOD}'><b>{HEADLINE}</b></a><br>Water stood in all streets of the lower town.</td></tr></table>",
        f"<div class='css-1a2b3c'><div class='css-9f8e7d'>{HEADLINE}</div><a class='css-0a0b0c' href='{FLOOD}'></a></div>",
        f"<article><h2><a data-href='{FLOOD}'>{HEADLINE}</a></h2></article>",
        f"<article><h2><a href='#' onclick=\"go('{FLOOD}')\">{HEADLINE}</a></h2></article>",
        f"<article><h2><a href='{FLOOD}?utm_source=home#top'>{HEADLINE}</a></h2></article>",
    ],
)
def test_the_headline_is_found_wherever_it_stands(card: str) -> None:
    """In or around its link, beside an empty one, in a picture's text, or at an address in a handler."""
    page = read(card + BACKGROUND)
    assert story_at(page, FLOOD).headline == HEADLINE
    assert len(page.stories) == 7


def test_the_parts_of_a_block_are_kept_apart() -> None:
    """No kicker, byline, time, count or label is glued to the headline."""
    page = read(
        f"""<article class="lead"><a href="{FLOOD}"><img src="/s.jpg" srcset="/s.jpg 320w, /l.jpg 1280w"></a>
        <span class="kicker">Floods</span><h1><a href="{FLOOD}">{HEADLINE}</a></h1>
        <p class="byline">By Ada Ferry</p><time>12:05</time>
        <p class="summary">Water stood in all streets of the lower town by four.</p><span class="comment-count">82 comments</span></article>"""
        + BACKGROUND
    )
    lead = page.lead
    assert lead is not None
    assert lead.headline == HEADLINE
    assert lead.kicker == "Floods"
    assert lead.byline == "By Ada Ferry"
    assert lead.summary == "Water stood in all streets of the lower town by four."
    assert lead.image == "https://courier.example/l.jpg"


def test_a_kicker_in_the_link_is_no_part_of_the_headline() -> None:
    """Two texts in one heading: the first is the kicker."""
    page = read(
        f"<article><h2><a href='{FLOOD}'><span class='kicker'>Floods:</span> <span>{HEADLINE}</span></a></h2></article>"
        + BACKGROUND
    )
    story = story_at(page, FLOOD)
    assert (story.kicker, story.headline) == ("Floods", HEADLINE)


def test_a_summary_beside_related_links_is_the_leads() -> None:
    """The block ends where the related links begin; what stands between is read on."""
    page = read(
        f"""<section class="top"><div class="story"><h1><a href="{FLOOD}">{HEADLINE}</a></h1>
        <p>Water stood in all streets of the lower town by four.</p>
        <ul><li><a href="/news/2026/11/24/bridge-closed-until-friday">Bridge closed until Friday, say engineers</a></li></ul></div></section>"""
        + BACKGROUND
    )
    assert page.lead is not None
    assert page.lead.headline == HEADLINE
    assert page.lead.summary == "Water stood in all streets of the lower town by four."


def test_the_lead_is_the_lead_below_a_strip_and_beside_a_sidebar() -> None:
    """Strips of bare headlines and sidebars that come first in the markup push nothing down."""
    strip = "".join(
        f"<li><a href='/news/2026/11/24/strip-story-number-{n}'>Strip story number {n} in short</a></li>"
        for n in range(5)
    )
    page = read(
        f"""<div class="ticker"><ul>{strip}</ul></div><aside class="sidebar"><ul>{strip.replace("strip", "aside")}</ul></aside>
        <main><article class="hero"><img src="/l.jpg" width="900"><h1><a href="{FLOOD}">{HEADLINE}</a></h1>
        <p>Water stood in all streets of the lower town by four.</p></article>{BACKGROUND}</main>"""
    )
    assert page.lead is not None
    assert page.lead.headline == HEADLINE
    assert page.lead.role is Role.LEAD
    assert page.lead.confidence is not None
    assert 0.5 < page.lead.confidence <= 1
    assert any("runner-up" in reason for reason in page.lead.evidence)


def test_names_for_tests_and_analytics_count_as_class_names_do() -> None:
    """Where a build makes the class names, the parts are still called something for those who test and measure."""
    page = read(
        f"""<div class="sc-1x8dd0" data-testid="card"><div class="sc-8f0a1b" data-testid="card-eyebrow">Floods along the quay</div>
        <a class="sc-7b3c2d" href="{FLOOD}">{HEADLINE}</a>
        <div class="sc-0d9e8f" data-testid="card-byline">Ada Ferry</div></div>"""
        + BACKGROUND
    )
    story = story_at(page, FLOOD)
    assert (story.headline, story.kicker, story.byline) == (HEADLINE, "Floods along the quay", "Ada Ferry")


def test_the_lead_stands_in_the_main_element() -> None:
    """A story set above the page's own content does not lead it."""
    story = "<article><h2><a href='/news/2026/11/24/{0}'>{1}</a></h2><p>Water stood in all streets of the lower town.</p></article>"
    page = read(
        "<div>" + story.format("offer-of-the-day-for-readers", "An offer of the day for our readers") + "</div><main>"
        f"<article><h2><a href='{FLOOD}'>{HEADLINE}</a></h2><p>Water stood in all streets of the lower town.</p></article>{BACKGROUND}</main>"
    )
    assert page.lead is not None
    assert page.lead.headline == HEADLINE


def test_a_lead_may_stand_above_the_main_element_if_it_is_called_one() -> None:
    teaser = f"<article><h2><a href='{FLOOD}-again'>Water leaves the lower town again</a></h2></article>"
    hero = f"<section class='{{}}'><article><h2><a href='{FLOOD}'>{HEADLINE}</a></h2></article></section>"
    for name, leads in (("hero", True), ("box", False)):
        page = read(f"{hero.format(name)}<main>{teaser}{BACKGROUND}</main>")
        assert page.lead is not None
        assert (page.lead.headline == HEADLINE) is leads


@pytest.mark.parametrize(("size", "leads"), [("+7", True), ("6", True), ("4", False), ("+1", False), ("large", False)])
def test_the_headline_in_the_largest_font_leads(size: str, leads: bool) -> None:
    """Below a list of links, as on pages without style sheets."""
    links = "".join(
        f"<a href='/news/2026/11/24/story-{n}-of-this-long-day'>Story number {n} of this long day</a><br>"
        for n in range(5)
    )
    page = read(f"<b>{links}<center><font size='{size}'><a href='{FLOOD}'>{HEADLINE}</a></font></center></b>")
    assert page.lead is not None
    assert (page.lead.headline == HEADLINE) is leads


def test_the_length_of_a_recording_on_its_picture_is_no_text_of_the_link() -> None:
    """The picture's link and the headline's are one mention."""
    film = f"<a href='{FLOOD}'><img src='/a.jpg'><span>1:12</span></a> <a href='{FLOOD}'>{HEADLINE}</a>"
    [mention] = [one for one in read_whole(f"<div>{film}</div>{BACKGROUND}", URL).found if one.target.endswith(FLOOD)]
    assert (len(mention.links), mention.text) == (2, HEADLINE)


@pytest.mark.parametrize(
    ("small", "large"),
    [("font-sm", "font-xxl"), ("hdl_s", "hdl_xl"), ("text-lg", "text-4xl"), ("heading-large", "heading-xxlarge")],
)
def test_the_story_that_is_called_larger_than_any_other_leads(small: str, large: str) -> None:
    """A column of stories may stand before the lead's in the markup, whose size its style sheet alone would show."""
    column = "".join(
        f"<div class='card'><h2 class='h1 {small}'><a href='/news/2026/11/24/column-story-{n}-of-the-day'>Column story number {n} of the day</a></h2>"
        "<p>Water stood in all streets of the lower town.</p></div>"
        for n in range(3)
    )
    lead = (
        "<div class='card'><h2 class='h2 {}'><a href='"
        + FLOOD
        + f"'>{HEADLINE}</a></h2><p>Water stood in all streets.</p></div>"
    )
    for size, leads in ((large, True), (small, False), ("col-xl-8 rounded-xl max-w-2xl", False)):
        page = read(
            f"<main><div class='left'>{column}</div><div class='centre'>{lead.format(size)}</div>{BACKGROUND}</main>"
        )
        assert page.lead is not None
        assert (page.lead.headline == HEADLINE) is leads, size


def test_the_only_h1_leads_after_a_column_of_stories() -> None:
    column = "".join(
        f"<div class='feature'><h3><a href='/news/2026/11/24/column-story-{n}-of-the-day'>Column story number {n} of the day</a></h3>"
        "<p>Water stood in all streets of the lower town.</p></div>"
        for n in range(3)
    )
    lead = (
        "<div class='story'><{0}><a href='"
        + FLOOD
        + f"'>{HEADLINE}</a></{{0}}><p>Water stood in all streets.</p></div>"
    )
    for tag, leads in (("h1", True), ("h3", False)):
        page = read(f"<main><div>{column}</div><div>{lead.format(tag)}</div>{BACKGROUND}</main>")
        assert page.lead is not None
        assert (page.lead.headline == HEADLINE) is leads


def test_the_copy_of_a_carousels_last_slide_does_not_lead() -> None:
    """It stands before the first slide, so that the row may turn for ever."""

    def slide(number: int, name: str = "slide") -> str:
        topic = ("river", "bridge", "ferry")[number]
        return (
            f"<div class='{name}'><a href='/news/2026/11/24/the-{topic}-that-nobody-wanted'>"
            f"<img src='/{number}.jpg' width=900 height=600><h2>The {topic} that nobody wanted</h2></a></div>"
        )

    slides = "".join(map(slide, range(3)))
    page = read_front_page(
        f"<div class='slick-track'>{slide(2, 'slide slick-cloned')}{slides}{slide(0, 'slide slick-cloned')}</div>", URL
    )
    assert page.lead is not None
    assert page.lead.headline == "The river that nobody wanted"


def test_the_runner_up_is_told_in_words_that_stand_apart() -> None:
    def story(text: str) -> str:
        return (
            f"<li><a href='/news/2026/11/24/{text.replace(' ', '-')}'><b>{text}</b><span>Said on Sunday</span></a></li>"
        )

    topics = ("river", "bridge", "ferry", "mill", "school", "harbour")
    rows = "".join(story(f"The {topic} that nobody wanted is here to stay") for topic in topics)
    page = read_front_page(f"<main><ul>{rows}</ul></main>", URL)
    assert page.lead is not None
    assert " Said on Sunday”" in page.lead.evidence[-1]


def test_an_address_in_a_pictures_text_is_no_headline() -> None:
    page = read(
        f"<article><a href='/games/2026/island'><img src='/a.jpg' alt='Link: {URL}games/2026/island'></a></article>"
        f"<article><h2><a href='{FLOOD}'>{HEADLINE}</a></h2></article>{BACKGROUND}"
    )
    assert not [story for story in page.stories if "://" in story.headline]


def test_each_story_comes_once_at_its_most_prominent_place() -> None:
    """A most-read list and a menu repeat what stands above."""
    page = read(
        f"<nav><a href='{FLOOD}'>{HEADLINE}</a></nav><article><h1><a href='{FLOOD}'>{HEADLINE}</a></h1></article>{BACKGROUND}"
        f"<div class='most-read'><ol><li><a href='{FLOOD}?ref=mostread'>{HEADLINE}</a></li></ol></div>"
    )
    assert [story.headline for story in page.stories].count(HEADLINE) == 1
    assert page.lead is not None
    assert page.lead.headline == HEADLINE


def test_menus_footers_and_house_promotions_are_no_stories() -> None:
    """Names of sections, terms of use, the paper's own newsletter."""
    page = read(
        f"""<nav><ul><li><a href="/politics/">Politics and the Eastern Shore</a></li><li><a href="/sport/">Sport</a></li></ul></nav>
        <article><h1><a href="{FLOOD}">{HEADLINE}</a></h1></article>{BACKGROUND}
        <div class="promo"><a href="/newsletters/">Sign up for our morning newsletter today</a></div>
        <footer><a href="/terms-of-use">Terms and conditions of use</a><a href="/about">About the Harbour Courier</a></footer>"""
    )
    assert len(page.stories) == 7


@pytest.mark.parametrize(
    "count", ["(366)", "Comments (221)", "1.024 Kommentare", "评论(4105)", "12 commentaires »", "[7]", "(412) תגובות"]
)
def test_a_count_of_comments_is_no_story(count: str) -> None:
    """Though it stands in the headline's heading, and has an address like a story's."""
    page = read(
        f"""<article><h2><a href="{FLOOD}">{HEADLINE}</a> <a href="{FLOOD}-and-what-you-say-of-it?com=1">{count}</a></h2>
        <p>Water stood in all streets.</p></article>"""
        + BACKGROUND
    )
    assert len(page.stories) == 7
    assert (story_at(page, FLOOD).headline, story_at(page, FLOOD).summary) == (HEADLINE, "Water stood in all streets.")


def test_an_identifier_in_an_address_is_a_storys() -> None:
    """As a long number is, whatever digits it has: a UUID, a digest."""
    names = ["ABCDEF01-AB2C-DE3F-AB4C-ABCDEFABCDEF", "ab1cdef2abcdef3abcdef4abcdef5abc"]
    stories = [address_signs(f"https://courier.example/x/{name}.htm", "") for name in names]
    number = address_signs("https://courier.example/x/a12345.htm", "")
    assert [bits & LONG for bits in stories] == [number & LONG] * 2 == [LONG] * 2
    keys = ["c/7zZnE0TXXnY", "news/article/g07zrgk9tku", "a/the-ferry-FMoEiRTnTe9.html"]
    assert all(address_signs(f"https://courier.example/{key}", "") & LONG for key in keys)
    number = 1 << ADDRESS_NAMES.index("number")
    assert address_signs("https://courier.example/topic/week-48", "") & number
    assert not address_signs("https://courier.example/topic/%E5%8D%B3%E6%99%82", "") & number
    others = ["c/V7043J6QT", "video/championsLeague1", "c/a1b2", "life/autumn2016"]
    assert not any(address_signs(f"https://courier.example/{other}", "") & LONG for other in others)
    assert not address_signs("https://courier.example/x/feedback-and-decade.htm", "") & LONG


def test_the_section_is_the_heading_that_governs_the_block() -> None:
    """The nearest one above; "view all" is no part of it."""
    page = read(
        f"""<section><h2>Harbour</h2><article><h3><a href="{FLOOD}">{HEADLINE}</a></h3></article></section>
        <section><div class="section-title"><a href="/town/">Town Hall</a> <a href="/town/all">View all</a></div>
        <article><h3><a href="/news/2026/11/24/council-votes-on-bridge">Council votes on the new bridge tonight</a></h3></article></section>"""
        + BACKGROUND
    )
    assert story_at(page, FLOOD).section == "Harbour"
    assert story_at(page, "/news/2026/11/24/council-votes-on-bridge").section == "Town Hall"


@pytest.mark.parametrize("heading", ["More Front Page Coverage", "Mehr aus dem Hafen"])
def test_a_heading_that_says_more_is_a_section(heading: str) -> None:
    """The word alone, or in a link, leads on; as a heading it names what stands under it."""
    page = read(
        f"""<article><h2><a href="/news/2026/11/24/council-votes-on-bridge">Council votes on the new bridge tonight</a></h2></article>
        <section><h2>{heading}</h2><span class="label">Pick</span><article><h3><a href="{FLOOD}">{HEADLINE}</a></h3></article></section>
        <section><h2>More</h2><article><h3><a href="/news/2026/11/24/bridge-is-closed">The bridge is closed until Friday</a></h3></article></section>"""
        + BACKGROUND
    )
    assert story_at(page, FLOOD).section == heading
    assert story_at(page, "/news/2026/11/24/bridge-is-closed").section == ""


@pytest.mark.parametrize("label", ["Make the Courier your homepage", "Courier als Startseite"])
def test_what_a_page_asks_of_its_reader_is_no_section(label: str) -> None:
    page = read(
        f"""<div><div class="section-title"><a href="/start">{label}</a></div>
        <article><h3><a href="{FLOOD}">{HEADLINE}</a></h3></article></div>"""
        + BACKGROUND
    )
    assert story_at(page, FLOOD).section == ""


@pytest.mark.parametrize(
    "box",
    [
        "<div class='weather'><h3>The weather</h3><p>Sun in the morning, rain from the west in the afternoon.</p></div>",
        "<div class='bar'><a href='/'>The Harbour Courier</a></div>",
        "<h1><a href='https://courier.example/'>The Harbour Courier</a></h1>",
        "<a class='jump' href='#main'>Past the menu</a>",
        "<div class='title'>Tuesday 24 November 2026</div>",
        "<div class='title'>Shares 18,683.68</div>",
        "<div class='title'><script>show('top');</script></div>",
    ],
)
def test_a_box_of_its_own_is_no_section_of_what_follows(box: str) -> None:
    """Weather, the paper's name, a way past the menu, a date, a figure, a script."""
    page = read(f"{box}<div><article><h3><a href='{FLOOD}'>{HEADLINE}</a></h3></article>{BACKGROUND}</div>")
    assert story_at(page, FLOOD).section == ""


@pytest.mark.parametrize(
    "bar",
    [
        "<ul><li><a href='#read'>Most read</a></li><li><a href='#shared'>Most shared</a></li></ul>",
        "<h3><a href='#read'>Most read</a></h3><h3><a href='#shared'>Most shared</a></h3>",
        "<div><b role='tab' aria-controls='read'>Most read</b><b role='tab' aria-controls='shared'>Most shared</b></div>",
        """<ul><li><a href="javascript:show('read')">Most read</a></li><li><a href="javascript:show('shared')">Most shared</a></li></ul>""",
        """<p><b onclick="show( 'read', 1)">Most read</b><b onclick="show('shared', 2)">Most shared</b></p>""",
    ],
)
def test_a_panel_is_called_as_its_tab_is(bar: str) -> None:
    """Whatever is nearer; a heading in the panel says more."""
    page = read(
        f"""<div>{bar}<ol id="read"><li><a href="{FLOOD}">{HEADLINE}</a></li></ol>
        <ol id="shared"><li><a href="/news/2026/11/24/council-votes-on-bridge">Council votes on the new bridge tonight</a></li>
        <li><h4>Abroad</h4><div><h5><a href="/news/2026/11/24/mayor-of-lyme">The mayor of Lyme goes after thirty years</a></h5></div></li></ol></div>"""
        + BACKGROUND
    )
    assert story_at(page, FLOOD).section == "Most read"
    assert story_at(page, "/news/2026/11/24/council-votes-on-bridge").section == "Most shared"
    assert story_at(page, "/news/2026/11/24/mayor-of-lyme").section == "Abroad"


@pytest.mark.parametrize(
    ("bar", "panels"),
    [
        ("<ul class='tabs'><li>Popular</li><li>Debated</li></ul>", "<ol>{}</ol><ol>{}</ol>"),
        (
            "<div class='tab-hd'><a href='/rank'>Popular</a><a href='/rank/b'>Debated</a></div>",
            "<div><ol>{}</ol><ol>{}</ol></div>",
        ),
        (
            "<div><b>Lists</b><p><a href='#'>Popular</a> <a href='#'>Debated</a></p></div>",
            "<ul>{}</ul><script></script><ul>{}</ul>",
        ),
        (
            "<table><tr><td onmouseover='t(1)'><a href='/1'>Popular</a></td><td onmouseover='t(2)'>Debated</td></tr></table>",
            "<ul>{}</ul><ul>{}</ul>",
        ),
    ],
)
def test_the_first_tab_opens_the_first_panel(bar: str, panels: str) -> None:
    """Where only a script knows: as many panels follow the bar as it has tabs, or are all that follows it."""
    items = [
        "".join(
            f"<li><a href='/news/2026/11/24/{name}-{n}-of-today'>{name} story number {n} of today</a></li>"
            for n in range(3)
        )
        for name in ("Popular", "Debated")
    ]
    page = read(f"<div>{bar}{panels.format(*items)}</div>{BACKGROUND}")
    found = {story.headline: story.section for story in page.stories}
    assert found["Popular story number 1 of today"] == "Popular"
    assert found["Debated story number 0 of today"] == "Debated"


@pytest.mark.parametrize(
    "panels",
    ["<ol>{}</ol><ol>{}</ol><ol></ol>", "<ol>{}</ol><ul>{}</ul>", "<div><ol>{}</ol><ol>{}</ol><ol></ol></div>"],
)
def test_as_many_panels_as_tabs(panels: str) -> None:
    """Or it is not known which is whose: then the bar is the section of what comes next."""
    items = [
        f"<li><a href='/news/2026/11/24/{name}-of-today'>{name} story number one of today</a></li>"
        for name in ("Popular", "Debated")
    ]
    page = read(f"<div><ul class='tabs'><li>Popular</li><li>Debated</li></ul>{panels.format(*items)}</div>{BACKGROUND}")
    assert {story.section for story in page.stories} == {"Popular", ""}


def test_the_heading_of_a_box_outranks_its_tabs() -> None:
    """But one that is farther away does not."""
    bar = "<ul><li><a href='#read'>Most read</a></li><li><a href='#shared'>Most shared</a></li></ul>"
    other = "<a href='/news/2026/11/24/bridge-is-closed'>The bridge is closed until Friday</a>"
    items = f"<ol id='read'><li><a href='{FLOOD}'>{HEADLINE}</a></li><li>{other}</li></ol><ol id='shared'></ol>"
    assert story_at(read(f"<div><h3>Readers</h3>{bar}{items}</div>{BACKGROUND}"), FLOOD).section == "Readers"
    far = f"{bar}{items}"
    for _ in range(4):
        far = f"<div><p>What readers like.</p>{far}</div>"  # mere wrappers would not count
    far = f"<div><h3>Town</h3>{far}</div>"
    assert story_at(read(far + BACKGROUND), FLOOD).section == "Most read"


def test_a_way_past_the_menu_names_no_panel() -> None:
    """It stands alone, or says so."""
    page = read(
        f"""<a href="#main">To the stories</a><nav><a href="/town">Town</a></nav>
        <p><a href="#menu">Skip to menu</a><a href="#news">Skip to news</a></p>
        <ul><li><a href="#content">To what is new</a></li><li><a href="#navigation">To the menu</a></li></ul>
        <div id="main"><div id="news"><article><h3><a href="{FLOOD}">{HEADLINE}</a></h3></article></div></div>"""
        + BACKGROUND
    )
    assert story_at(page, FLOOD).section == ""


def test_one_thing_to_read_is_no_section_of_what_follows() -> None:
    """Though it is no story itself: what is played, where its address is a headline's."""
    page = read(
        f"""<div><div class="player"><a href="/podcast/do-we-need-a-bridge">Do we need a bridge?</a> <span>48 min</span></div>
        <ul><li><a href="{FLOOD}">{HEADLINE}</a></li></ul></div>"""
        + BACKGROUND
    )
    assert story_at(page, FLOOD).section == ""


@pytest.mark.parametrize(
    ("title", "section"),
    [
        ("<ul><li>Most read</li><li>Most shared</li></ul>", "Most read"),
        ("<h3><a href='/town'>Town</a> <a href='/town.xml'>RSS</a></h3>", "Town"),
        ("<h3><a href='/feed.xml'>RSS</a> <a href='/town'>Town Hall</a></h3>", "Town Hall"),
        ("<h3><a href='/cars'>Cars</a> · <a href='/prices'>Prices</a></h3>", "Cars · Prices"),
        ("<h3><span>featured</span> <span>blog posts</span></h3>", "featured blog posts"),
        ("<h2>Town Hall</h2> <span>24 November 2026</span>", "Town Hall"),
        ("<h2>Town Hall</h2> <span>2026年11月24日</span>", "Town Hall"),
        ("<b><a href='/town'>Town</a></b><ul><li><a href='/roads'>Roads</a></li></ul>", "Town"),
        ("More rulings", "More rulings"),
        ("<b>Latest</b></div><div class='title'><b>Popular</b>", "Latest"),
        ("<span>Latest</span> <a href='/today/'>all of today's</a>", "Latest"),
        ("<span>Latest</span> from <a href='/wire/'>the wire</a>", "Latest from"),
        ("Topics: <a href='/a'>Ferries</a> <a href='/b'>Mills</a> <a href='/c'>Bridges</a>", ""),
        ("More", ""),
    ],
)
def test_a_title_of_several_parts(title: str, section: str) -> None:
    """Items of a list are several titles, of which the first is the section's; links to feeds are none."""
    other = "<a href='/news/2026/11/24/bridge-is-closed'>The bridge is closed until Friday</a>"
    page = read(
        f"<div><div class='title'>{title}</div><ul><li><a href='{FLOOD}'>{HEADLINE}</a></li><li>{other}</li></ul></div>"
        + BACKGROUND
    )
    assert story_at(page, FLOOD).section == section


def test_labels_between_stories_are_titles_if_set_as_the_first() -> None:
    """Rows of an old table; a text that is set otherwise belongs to a story."""
    rows = "".join(
        f"<tr><td{ground}>{text}</td></tr>"
        for ground, text in (
            (" bgcolor='#c90'", "<b>Stop Press</b>"),
            ("", f"<a href='{FLOOD}'>{HEADLINE}</a>"),
            ("", "<i>Ada Ferry</i>"),
            ("", "<a href='/news/2026/11/24/council-votes-on-bridge'>Council votes on the new bridge tonight</a>"),
            (" bgcolor='#c90'", "<a href='/nation'>Nation</a>"),
            ("", "<a href='/news/2026/11/24/bridge-is-closed'>The bridge is closed until Friday</a>"),
        )
    )
    page = read(f"<table>{rows}</table>{BACKGROUND}")
    assert story_at(page, FLOOD).section == "Stop Press"
    assert story_at(page, "/news/2026/11/24/council-votes-on-bridge").section == "Stop Press"
    assert story_at(page, "/news/2026/11/24/bridge-is-closed").section == "Nation"


@pytest.mark.parametrize(
    ("heading", "section"),
    [
        ("Courier", ""),
        ("The Courier: Home", ""),
        ("Cour", ""),
        ("Courier Media Library", "Courier Media Library"),
        ("Co", "Co"),
    ],
)
def test_the_paper_s_name_is_no_section(heading: str, section: str) -> None:
    """As its domain spells it, in the heading of the page, linked or not."""
    page = read(
        f"<div><h1>{heading}</h1><div><article><h3><a href='{FLOOD}'>{HEADLINE}</a></h3></article></div>{BACKGROUND}</div>"
    )
    assert story_at(page, FLOOD).section == section


@pytest.mark.parametrize("around", ["<h6>{}</h6>", "<footer><p class='byline'>{}</p></footer>"])
def test_a_byline_is_no_section(around: str) -> None:
    """Of the related stories that follow it."""
    byline = around.format("By <a href='/people/ada'>Ada Ferry</a> and <a href='/people/ida'>Ida Weir</a>")
    other = "<a href='/news/2026/11/24/bridge-is-closed'>The bridge is closed until Friday</a>"
    page = read(f"<div>{byline}<ul><li><a href='{FLOOD}'>{HEADLINE}</a></li><li>{other}</li></ul></div>{BACKGROUND}")
    assert story_at(page, FLOOD).section == ""


def test_a_section_may_lead_to_the_front_page() -> None:
    """Its heading is of a lower level than the paper's name, or the title of a tab."""
    article = f"<article><h3><a href='{FLOOD}'>{HEADLINE}</a></h3></article>"
    articles = article + article.replace("river", "lake").replace("River", "Lake")
    for title in (
        "<h2><a href='/'>Headlines</a></h2>",
        "<div class='head'><h2><a href='/'>Headlines</a></h2></div>",
        "<div class='tab-title'><a href='#top'>Headlines</a></div>",
    ):
        assert story_at(read(f"<section>{title}{articles}</section>{BACKGROUND}"), FLOOD).section == "Headlines"


def test_a_label_without_a_name_reaches_the_stories_beside_it_alone() -> None:
    """The article is two elements further down than the label."""
    page = read(
        f"<div><p>Log on</p><div><div><div><article><h3><a href='{FLOOD}'>{HEADLINE}</a></h3></article>"
        f"{BACKGROUND}</div></div></div></div>"
    )
    assert story_at(page, FLOOD).section == ""
    page = read(f"<div><p>Harbour</p><article><h3><a href='{FLOOD}'>{HEADLINE}</a></h3></article>{BACKGROUND}</div>")
    assert story_at(page, FLOOD).section == "Harbour"


def test_the_summary_is_found_under_names_that_are_around_the_headline_too() -> None:
    """`caption` around headline and text does not make the text a picture's; a repeated overlay link is not its end."""
    deck = "Water stood in all streets of the lower town by four in the morning."
    page = read(
        f"""<article><img src="/a.jpg"><div class="caption"><h3><a href="{FLOOD}">{HEADLINE}</a></h3><p>{deck}</p></div></article>
        <article class="headline"><h3>The bridge is closed until Friday</h3><span>{deck}</span>
        <a class="overlay" href="/news/2026/11/24/bridge-is-closed">The bridge is closed until Friday</a></article>"""
        + BACKGROUND
    )
    assert story_at(page, FLOOD).summary == deck
    assert story_at(page, "/news/2026/11/24/bridge-is-closed").summary == deck


def test_a_kicker_may_say_what_the_section_says() -> None:
    """Printed above each headline it is a kicker; the heading of a section that holds one story is none."""
    card = "<article><span class='brow'>Harbour</span><h3><a href='{}'>{}</a></h3></article>"
    other = card.format("/news/2026/11/24/bridge-is-closed", "The bridge is closed until Friday")
    page = read(f"<section><h2>Harbour</h2><div>{card.format(FLOOD, HEADLINE)}{other}</div></section>{BACKGROUND}")
    assert (story_at(page, FLOOD).kicker, story_at(page, FLOOD).section) == ("Harbour", "Harbour")
    page = read(f"<section><h2>Harbour</h2><h3><a href='{FLOOD}'>{HEADLINE}</a></h3></section>{BACKGROUND}")
    assert (story_at(page, FLOOD).kicker, story_at(page, FLOOD).section) == ("", "Harbour")


@pytest.mark.parametrize(
    ("printed", "kicker"),
    [
        ("Science / 4h", "Science"),
        ("Politik | 12:05 Uhr", "Politik"),
        ("Sport · 20 minutes ago", "Sport"),
        ("Sport · 20 marathons", "Sport · 20 marathons"),
        ("AC/DC", "AC/DC"),
        ("21 Sep", ""),
        ("Sept. 21", ""),
        ("9月7日", ""),
        ("7日", ""),
        ("Election 2012", "Election 2012"),
        ("N+", ""),
        ("Featured", ""),
        ("Featured stories", "Featured stories"),
    ],
)
def test_a_kicker_says_nothing_of_the_time(printed: str, kicker: str) -> None:
    """Neither a day alone nor the age behind a topic is a part of it, and no badge is one."""
    page = read(
        f"<article><span class='kicker'>{printed}</span><h2><a href='{FLOOD}'>{HEADLINE}</a></h2></article>"
        + BACKGROUND
    )
    assert story_at(page, FLOOD).kicker == kicker


@pytest.mark.parametrize(
    ("path", "label", "kind"),
    [
        ("/news/2026/11/24/river-live-updates-all-day", "Live", Kind.LIVE),
        ("/opinion/2026/11/24/why-the-river-is-right", "", Kind.OPINION),
        ("/video/2026/11/24/the-river-from-above", "", Kind.VIDEO),
        ("/news/2026/11/24/a-word-from-our-partner", "Sponsored", Kind.SPONSORED),
        ("/podcast/2026/11/24/the-river-and-its-bed", "", Kind.AUDIO),
        ("/galleries/2026/11/24/the-river-in-pictures", "", Kind.GALLERY),
        (FLOOD, "Floods", Kind.STORY),
    ],
)
def test_the_kind_is_told_by_label_or_address(path: str, label: str, kind: Kind) -> None:
    """Labels win over addresses."""
    page = read(
        f"<article><span class='kicker'>{label}</span><h2><a href='{path}'>{HEADLINE} and more</a></h2></article>"
        + BACKGROUND
    )
    assert story_at(page, path).kind is kind


@pytest.mark.parametrize(
    ("language", "headline"),
    [
        ("zh", "河水夜间漫过堤岸，下城街道全部被淹"),
        ("ja", "川が夜のうちに堤防を越え、下町が水に浸かった"),
        ("th", "น้ำล้นตลิ่งกลางดึก ท่วมถนนทุกสายในเมืองล่าง"),
        ("ar", "النهر يفيض ليلا ويغمر شوارع المدينة السفلى"),
        ("ru", "Река вышла из берегов ночью"),
        ("de", "Fluß tritt nachts über die Ufer"),
    ],
)
def test_every_script_is_read(language: str, headline: str) -> None:
    """With spaces between words or without, from left or from right."""
    cards = "".join(f"<li><a href='/news/2026/1124/{n}0001.html'>{headline[:-1]}{n}</a></li>" for n in range(6))
    page = read_front_page(
        f"<html lang='{language}'><h1><a href='/news/2026/1124/900001.html'>{headline}</a></h1><ul>{cards}</ul>", URL
    )
    assert page.language == language
    assert page.lead is not None
    assert page.lead.headline == headline
    assert len(page.teasers) == 6


@pytest.mark.parametrize(
    ("text", "address", "is_section"),
    [
        ("即時新聞", "/latest", True),
        ("スポーツ", "/sports/", True),
        ("即時新聞", "/2026/1124/900017.html", False),
        ("河水夜间漫过堤岸", "/latest", False),
    ],
)
def test_the_title_of_a_list_is_no_story(text: str, address: str, is_section: bool) -> None:
    """A few characters in a heading that lead to an address without a number or words."""
    cards = "".join(f"<li><a href='/2026/1124/90000{n}.html'>{n}川が夜のうちに堤防を越えた</a></li>" for n in range(6))
    page = read_front_page(f"<div><h2><a href='{address}'>{text}</a></h2><ul>{cards}</ul></div>", URL)
    assert [story.section for story in page.stories if story.url.endswith("3.html")] == [text if is_section else ""]
    assert any(story.headline == text for story in page.stories) is not is_section


@pytest.mark.parametrize("name", ["ข่าวทั่วไทย", "ຂ່າວພາຍໃນ", "ပြည်တွင်းသတင်း", "ព័ត៌មានជាតិ"])
def test_a_section_without_spaces_is_no_story(name: str) -> None:
    """A letter of Thai, Lao, Burmese or Khmer says half of what a Chinese one does."""
    page = read(
        f"""<section><h2><a href="/local">{name}</a></h2><article><h3><a href="{FLOOD}">{HEADLINE}</a></h3></article></section>"""
        + BACKGROUND
    )
    assert story_at(page, FLOOD).section == name


def test_a_saved_page_is_read_as_its_publisher_printed_it() -> None:
    """The archive's banner is no part of it, and its prefix no part of an identity."""
    prefix = "https://web.archive.org/web/20261124120000/https://courier.example"
    page = read(
        f"<div id='wm-ipp-base'><h1><a href='https://archive.example/about-this-very-capture'>About this very capture</a></h1></div>"
        f"<article><h1><a href='{prefix}{FLOOD}'>{HEADLINE}</a></h1></article>" + BACKGROUND
    )
    assert page.lead is not None
    assert page.lead.canonical == f"https://courier.example{FLOOD}"
    assert len(page.stories) == 7


def test_a_lead_printed_with_its_whole_text_has_a_body() -> None:
    """Three paragraphs or more are the story itself."""
    text = "".join(f"<p>The river rose for the {n}th hour and the keeper wrote it down.</p>" for n in range(4))
    page = read(f"<article class='lead'><h1><a href='{FLOOD}'>{HEADLINE}</a></h1>{text}</article>{BACKGROUND}")
    assert page.lead is not None
    assert len(page.lead.body) == 4


def test_stories_that_are_only_data_are_read_from_there() -> None:
    """A shell whose scripts hold the content model."""
    items = ",".join(
        f'{{"headline":"Story number {n} of the day","url":"/news/2026/story-{n}","summary":"What happened."}}'
        for n in range(8)
    )
    page = read(
        f"<div id='__next'></div><script id='__NEXT_DATA__' type='application/json'>{{\"props\":[{items}]}}</script>"
    )
    assert page.lead is not None
    assert page.lead.headline == "Story number 0 of the day"
    assert page.lead.summary == "What happened."
    assert [story.canonical for story in page.teasers][:2] == [
        f"https://courier.example/news/2026/story-{n}" for n in (1, 2)
    ]
