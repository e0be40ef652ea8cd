# ruff: noqa: E501 - markup in a line is easier to compare than markup in pieces
"""Under which heading a story stands, and which headings are no section's."""

import pytest

from scraper import FrontPage, read_front_page
from tests.markup import TOPICS, URL
from tests.markup import numbered as link


def cards(section: str, numbers: range) -> str:
    return "".join(f"<article class='card'><h3>{link(section, number)}</h3></article>" for number in numbers)


def read(markup: str) -> FrontPage:
    return read_front_page(f"<!doctype html><title>The Harbour Courier</title><body>{markup}", URL)


def sections(markup: str) -> dict[int, str]:
    """The sections of a page's stories by the numbers in their addresses."""
    return {int(story.url.rpartition("-")[2]): story.section for story in read(markup).stories}


NEWS = f"<div class='news'>{cards('news', range(6))}</div>"


@pytest.mark.parametrize("space", ["", "\n"])
@pytest.mark.parametrize("around", ["{}", "<main>{}</main>"])
def test_headings_of_a_flat_page_are_sections(around: str, space: str) -> None:
    """Of any length, also right in the body; white space counts for nothing."""
    parts = [
        space.join([f"<h2>{name}</h2>", *(f"<p>{link(name.lower(), number)}</p>" for number in range(at, at + 80))])
        for at, name in ((0, "World"), (80, "Money"), (160, "Sport"), (240, "Science"), (320, "Arts"))
    ]
    found = sections(around.format(space.join(parts)))
    assert [found[number] for number in (0, 79, 80, 319, 320, 399)] == [
        "World", "World", "Money", "Science", "Arts", "Arts",
    ]  # fmt: skip


def test_a_heading_beside_a_bar_of_its_parts_is_the_section() -> None:
    bar = "".join(
        f"<li><a href='/money/{part}/'>{part.title()} and what comes with it</a></li>" for part in ("banks", "trade")
    )
    head = f"<div class='head'><h2><a href='/money/'>Money</a></h2><ul>{bar}</ul></div>"
    box = f"<div class='box'>{head}<div class='body'>{cards('money', range(10, 13))}</div></div>"
    assert {sections(NEWS + box)[number] for number in (10, 11, 12)} == {"Money"}


def test_a_title_without_a_heading_beside_a_bar_of_its_parts_is_the_section() -> None:
    bar = "".join(f"<li><a href='/money/{part}/'>{part}</a></li>" for part in ("banks", "trade", "work", "markets"))
    box = f"<div class='box'><div class='{{}}'><a href='{{}}'>Money</a><ul>{bar}</ul></div><div>{cards('money', range(10, 13))}</div></div>"
    for name, front, section in (
        ("titre_bloc", "/money/", "Money"),
        ("nav", "/money/", ""),
        ("titre_bloc", "/gold/", ""),
    ):
        found = sections(NEWS + box.format(name, front))
        assert {found[number] for number in (10, 11, 12)} == {section}


def test_a_title_is_what_stands_beside_the_offer_of_all() -> None:
    title = "<h2><span class='more'><a href='/views/'>更多&gt;&gt;</a></span> <a href='/views/'>Views</a></h2>"
    assert set(sections(f"<main>{title}{NEWS}</main>").values()) == {"Views"}


def test_a_heading_that_leads_elsewhere_beside_much_text_is_a_box_of_its_own() -> None:
    text = "Sign the petition of the readers of this paper for a ferry that runs on Sundays as well as on weekdays."
    head = f"<div class='head'><h2><a href='/petition/'>Petition</a></h2><p>{text}</p></div>"
    box = f"<div class='box'>{head}<div class='body'>{cards('money', range(10, 13))}</div></div>"
    assert {sections(NEWS + box)[number] for number in (10, 11, 12)} == {""}


def test_the_linked_heading_above_one_story_without_a_heading_is_its_section() -> None:
    box = f"<section class='mini'><h3><a href='/culture'>Culture</a></h3><ul><li>{link('culture', 10)}</li></ul></section>"
    [story] = [story for story in read(NEWS + box).stories if story.url.endswith("-10")]
    assert (story.section, story.kicker) == ("Culture", "")


def test_in_a_section_the_heading_above_one_story_is_its_kicker() -> None:
    blogs = "".join(
        f"<div class='blog'><h4><a href='/blogs/{name}/'>{name.title()} Diary</a></h4><p>{link('blogs', number)}</p></div>"
        for number, name in enumerate(("garden", "kitchen", "attic", "cellar"), 10)
    )
    stories = read(f"{NEWS}<section><h2>Blogs</h2>{blogs}</section>").stories
    assert [(story.section, story.kicker) for story in stories if "/blogs/" in story.url] == [
        ("Blogs", f"{name} Diary") for name in ("Garden", "Kitchen", "Attic", "Cellar")
    ]


def test_the_title_of_a_page_for_those_who_hear_it_is_no_section() -> None:
    assert set(sections(f"<main><h1 class='visually-hidden'>Home of the Courier</h1>{NEWS}</main>").values()) == {""}
    assert set(sections(f"<main><h1>Around the harbour</h1>{NEWS}</main>").values()) == {"Around the harbour"}


def test_a_title_that_is_not_shown_is_no_section() -> None:
    menu = "<ul><li><a href='/sport/'>Sport</a></li><li><a href='/weather/'>Weather</a></li></ul>"
    for hidden in (
        "<h2 class='blq-hide'>Top stories</h2>",
        "<div class='visually-hidden'><h2>Top stories</h2></div>",
        f"<div class='mast'><div><h2 class='blq-hide'>Navigation</h2>{menu}</div></div>",
        "<div class='mast'><h2 class='blq-hide'>Navigation</h2><img src='/logo.gif'></div>",
    ):
        assert set(sections(f"<main><div>{hidden}{NEWS}</div></main>").values()) == {""}


@pytest.mark.parametrize(
    "title",
    [
        "<header class='block-label'><h2>Playbook</h2></header>",
        "<h6 class='sectionHeader'><a href='/playbook/'>Playbook »</a></h6>",
    ],
)
def test_the_title_of_a_section_of_one_story_is_no_kicker(title: str) -> None:
    """Its names say so where its level does not; a header that holds nothing else is the heading in it."""
    [story] = [
        story
        for story in read(f"{NEWS}<section>{title}{cards('money', range(10, 11))}</section>").stories
        if "/money/" in story.url
    ]
    assert (story.section, story.kicker) == ("Playbook", "")


def test_what_stands_below_a_title_is_no_title() -> None:
    """Titles set as the first are told then."""
    parts = [
        f"<div class='rail-hed'>{name}</div>{below}<ul>{''.join(f'<li>{link(name.lower(), number)}</li>' for number in range(at, at + 3))}</ul>"
        for name, below, at in (("Flintest", "<div class='subhed'>Your news companion</div>", 10), ("Recent", "", 20))
    ]
    found = sections(f"{NEWS}<div class='rail'>{''.join(parts)}</div>")
    assert [found[number] for number in (10, 12, 20, 22)] == ["Flintest", "Flintest", "Recent", "Recent"]


def test_what_stands_with_the_picture_of_a_story_is_no_section() -> None:
    """Neither its text nor its credit, of the story itself or of what follows."""
    picture = "<a href='/money/2026/11/24/the-river-that-nobody-wanted-10/'><img src='/a.jpg' alt='{}'><span class='credit'>{}</span></a>"
    lead = link("money", 10).replace("-10'", "-10/'")
    for alt, credit in (("Bild", "AFP"), ("", "Photo AFP"), ("Bild", "")):
        box = f"<section><div>{picture.format(alt, credit)}</div><div><h3>{lead}</h3></div><ul><li>{link('money', 11)}</li></ul></section>"
        found = {
            story.url.rstrip("/").rpartition("-")[2]: story.section
            for story in read(NEWS + NEWS.replace("news", "town") + box).stories
        }
        assert (found["10"], found["11"]) == ("", "")


def test_an_item_whose_story_is_missed_labels_none() -> None:
    items = "".join(f"<li class='blog'><p>{link('blogs', number)}</p></li>" for number in (10, 11))
    missed = (
        "<li class='blog'><h4><a href='/blogs/mums/'>Mums</a></h4><p><a href='/blogs/mums/socks'>Socks</a></p></li>"
    )
    assert {sections(f"{NEWS}<ul>{missed}{items}</ul>")[number] for number in (10, 11)} == {""}


def test_of_two_tabs_in_one_title_the_first_is_open() -> None:
    title = "<div class='{}'><span>Latest</span><span>Most read</span></div>"
    for name, section in (("tab-title", "Latest"), ("box-title", "Latest Most read")):
        assert set(sections(f"<main>{title.format(name)}<div>{NEWS}</div></main>").values()) == {section}


def test_a_text_set_as_the_kickers_of_a_page_is_no_section() -> None:
    """Before a story and those related to it, in one card."""
    card = "<li><div class='a'>{}</div><div class='b'>{}</div><h3>{}</h3>{}</li>"
    papers = ("Inkwell", "Ledger", "Herald", "Beacon")
    cards = [card.format(f"Topic {name}", name, link("money", number), "") for number, name in enumerate(papers, 10)]
    related = card.format(
        "Topic Argus", "Argus", link("money", 14), f"<ul><li>{link('money', 15)}</li><li>{link('money', 16)}</li></ul>"
    )
    found = sections(f"{NEWS}<ul>{''.join(cards)}{related}</ul>")
    assert {found[number] for number in range(10, 17)} == {""}


def test_the_home_page_s_own_title_is_no_section() -> None:
    for title, section in (("Home", ""), ("Startseite", ""), ("Harbour", "Harbour")):
        assert set(sections(f"<article><header><h1>{title}</h1></header>{NEWS}</article>").values()) == {section}


@pytest.mark.parametrize(
    "box",
    [
        "<section><h2><a href='/tv/'>Watch now</a></h2><div><a href='/tv/1'><img src='/1.jpg'>Broken</a><a href='/tv/2'><img src='/2.jpg'>Garden</a></div></section>",
        "<div><h3>Just a coffee</h3><p>Readers keep us alive.</p><a href='https://support.example/'>Support</a></div>",
        "<div><a href='https://mail.x.example/'>E-mail</a><a href='https://tv.x.example/'>TV</a><a href='https://games.x.example/'>Games</a></div>",
        "<div aria-live='polite'><a href='https://typhoon.x.example/'>Typhoon news</a></div>",
        "<div role='alert'>Typhoon news</div>",
    ],
)
def test_a_box_of_its_own_labels_nothing_after_it(box: str) -> None:
    """What it shows, asks for, leads to or says as it happens is none of what comes next."""
    assert set(sections(f"<main>{box}<section>{cards('news', range(6))}</section></main>").values()) == {""}


def test_a_link_without_an_address_leads_nowhere_else() -> None:
    """A title, a sentence and such a link are a title with what is below it."""
    box = "<div><h3>Just a coffee</h3><p>Readers keep us alive.</p><a>Support</a></div>"
    assert set(sections(f"<main>{box}<section>{cards('news', range(6))}</section></main>").values()) == {
        "Just a coffee"
    }


def test_what_a_page_is_made_of_are_no_panels() -> None:
    """As many as the bar above has links."""
    bar = "".join(f"<li><a href='/{name}/'>{name.title()}</a></li>" for name in ("home", "today", "video"))
    page = "<div><div id='masthead'><img src='/logo.gif'></div><div id='main'>{}</div><div id='footer'>The Courier</div></div>"
    assert set(sections(f"<ul class='tabs'>{bar}</ul>{page.format(NEWS)}").values()) == {""}


@pytest.mark.parametrize(
    ("logo", "section"),
    [
        ("<a href='/front/12'><img src='/t.gif' alt='Views'></a>", "Views"),
        ("<a href='/'><img src='/t.gif' alt='The Courier'></a>", ""),
        ("<a href='https://spring.example/'><img src='/t.gif' alt='Advertisement'></a>", ""),
        ("<a href='/news/2026/11/24/ferry-that-sank-in-spring'><img src='/t.gif' alt='Video'></a>", ""),
        (
            "<a href='/front/12'><img src='/t.gif' alt='Views'></a> <a href='/front/13'>What others think of us all</a>",
            "",
        ),
    ],
)
def test_a_linked_picture_before_stories_is_their_section_wherever_it_leads(logo: str, section: str) -> None:
    box = f"<div class='block'><div class='bt'>{logo}</div><div>{cards('money', range(10, 13))}</div></div>"
    found = sections(NEWS + box)
    assert {found[number] for number in (10, 11, 12)} == {section}


def test_a_linked_title_that_is_no_heading_names_its_section_beside_its_topics() -> None:
    topics = "".join(f"<li><a href='/topic/{topic}-and-more'>All of the {topic}</a></li>" for topic in TOPICS)
    for front, section in (("/money/index", "Money"), ("/gold/index", "")):
        meta = f"<div class='meta'><a class='meta__title' href='{front}'>Money</a><ul>{topics}</ul></div>"
        found = sections(f"{NEWS}<div>{meta}<div>{cards('money', range(10, 13))}</div></div>")
        assert {found[number] for number in (10, 11, 12)} == {section}


def test_a_way_past_the_menu_is_no_section() -> None:
    skip = "<div class='accesible'><a href='#stories'>Past the menu</a></div>"
    assert set(sections(f"<div>{skip}{NEWS}</div>").values()) == {""}


def test_a_title_may_hold_a_number_that_is_said_again() -> None:
    title = "<div class='x'><h2><a href='/kiez-09/'>Kiez 09</a></h2><a href='/kiez-09/'>All of Kiez 09</a></div>"
    assert set(sections(f"<div>{title}{NEWS}</div>").values()) == {"Kiez 09"}


def test_who_wrote_a_story_is_no_section_of_those_related_to_it() -> None:
    lead = f"<h2>{link('news', 10)}</h2><h5 class='{{}}'>Orla Finch, Ben Mill</h5><ul><li>{link('news', 11)}</li></ul>"
    assert sections(f"<div class='lead'>{lead.format('author')}</div>{NEWS}")[11] == ""
    assert sections(f"<div class='lead'>{lead.format('title')}</div>{NEWS}")[11] == "Orla Finch, Ben Mill"


def test_a_label_above_a_table_reaches_what_is_in_it() -> None:
    rows = "".join(f"<tr><td><ul><li>{link('money', number)}</li></ul></td></tr>" for number in range(10, 13))
    found = sections(
        f"<div>{NEWS}<div><div class='hd'>Money Talk</div><table><tbody>{rows}</tbody></table></div></div>"
    )
    assert {found[number] for number in (10, 11, 12)} == {"Money Talk"}


def test_a_form_is_no_section() -> None:
    form = "<div id='layer'><h3>Your account</h3><form action='/login'><input name='who'></form></div>"
    assert set(sections(form + NEWS).values()) == {""}


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("Related stories", False),
        ("Mehr zum Thema", False),
        ("Inhalt", False),
        ("Все", False),
        ("All of us", True),
        ("下一則", False),
        ("Relations", True),
        ("Inhalte und Formen", True),
        ("Showbiz", True),
        ("Printing", True),
        ("Menuett", True),
        ("Show all", False),
        ("Menu", False),
        ("Next", False),
    ],
)
def test_words_that_lead_on_are_no_sections_and_sections_begin_like_them(title: str, kept: bool) -> None:
    assert set(sections(f"<main><h2>{title}</h2>{NEWS}</main>").values()) == {title if kept else ""}


def panels(opening: str, closing: str) -> str:
    lists = (
        "".join(f"<li>{link('news', number)}</li>" for number in range(first, first + 3)) for first in (10, 20, 30)
    )
    return "".join(f"{opening}<ul>{items}</ul>{closing}" for items in lists)


@pytest.mark.parametrize(
    "markup",
    [
        "<table><tr><td class='tabOn' onclick='show(1)'>Read</td><td class='tabOff' onclick='show(2)'>Shared</td>"
        "<td class='tabOff' onclick='show(3)'>Mailed</td></tr><tr><td colspan=3><div>{}</div></td></tr></table>",
        "<div><div class='tabs'><ul><li><a href='#'>Read</a></li><li><a href='#'>Shared</a></li><li><a href='#'>Mailed</a></li>"
        "</ul></div>{}<p class='foot'>Counted every hour</p></div>",
    ],
)
def test_a_bar_of_tabs_names_as_many_panels_alike_that_follow(markup: str) -> None:
    found = sections(NEWS + markup.format(panels("<div class='panel'>", "</div>")))
    assert [found[number] for number in (10, 12, 20, 22, 30, 32)] == [
        "Read",
        "Read",
        "Shared",
        "Shared",
        "Mailed",
        "Mailed",
    ]


def test_linked_headings_of_a_word_or_two_are_titles_even_where_their_addresses_look_like_stories() -> None:
    boxes = "".join(
        f"<div class='box'><h2><a href='/id/{15839000 + number}'>{title}</a></h2>"
        + "".join(
            f"<p><a href='/id/{100809000 + 10 * number + n}'>What {title.lower()} means for all of you in year {n}</a></p>"
            for n in range(3)
        )
        + "</div>"
        for number, title in enumerate(("Tech", "Earnings", "World Economy", "Small Business", "Europe"))
    )
    stories = read(boxes).stories
    assert len(stories) == 15
    assert {story.section for story in stories} == {"Tech", "Earnings", "World Economy", "Small Business", "Europe"}


def test_linked_headings_of_a_word_or_two_with_pictures_are_stories() -> None:
    features = "".join(
        f"<li><h3 class='feature'><a href='/news/business-{22541350 + number}'>{title}<img src='/{number}.jpg'></a></h3>"
        f"<p>Why the {title.lower()} is late again this year</p></li>"
        for number, title in enumerate(("Cocoa squeeze", "Ice swimmers", "Paper houses", "Small talk"))
    )
    assert {story.headline for story in read(f"{NEWS}<ul>{features}</ul>").stories} >= {"Cocoa squeeze", "Small talk"}


@pytest.mark.parametrize(
    "title",
    [
        "Paid Content",
        "Content from our advertisers",
        "Contenido patrocinado",
        "Materiały partnerów",
        "На правах рекламы",
    ],
)
def test_what_stands_in_a_part_that_others_pay_for_is_no_story(title: str) -> None:
    paid = f"<section class='box'><h2>{title}</h2>{cards('life', range(10, 13))}</section>"
    assert set(sections(NEWS + paid)) == set(range(6))
    free = f"<section class='box'><h2>Life</h2>{cards('life', range(10, 13))}</section>"
    assert set(sections(NEWS + free)) == {*range(6), 10, 11, 12}


@pytest.mark.parametrize("label", ["Anterior", "Précédent", "Zurück", "Назад", "‹ Indietro"])
def test_a_button_is_no_section(label: str) -> None:
    """Carousels have one before their slides."""
    box = f"<div class='slides'><button>{label}</button><div class='track'>{cards('life', range(10, 14))}</div></div>"
    assert {sections(NEWS + box)[number] for number in range(10, 14)} == {""}


@pytest.mark.parametrize(
    "time", ["Updated 8:05 pm, Nov 29", "11/29(日) 20:05更新", "更新 20時05分", "29. November, 20.05 Uhr"]
)
def test_the_time_beside_a_heading_makes_no_box_of_it(time: str) -> None:
    box = f"<section><div><h2>Main news</h2><p>{time}</p></div>{cards('life', range(10, 14))}</section>"
    assert {sections(NEWS + box)[number] for number in range(10, 14)} == {"Main news"}


def test_a_bar_that_filters_a_section_names_no_story() -> None:
    """However many stories the section has: as many as the bar has words, they are no panels of it."""
    bar = "".join(f"<li><a href='#'>{name}</a></li>" for name in ("All", "Football", "Rugby"))
    for count in (3, 4):
        box = f"<div><h3>Sport</h3><ul>{bar}</ul><div class='row'>{cards('sport', range(10, 10 + count))}</div></div>"
        assert {sections(NEWS + box)[number] for number in range(10, 10 + count)} == {"Sport"}


def test_a_card_that_is_no_story_heads_none() -> None:
    poems = "<article class='card'><img src='/p.jpg'><h3><a href='/poems/'>Three Poems</a></h3></article>"
    box = f"<div class='feed'>{cards('life', range(10, 12))}{poems}{cards('life', range(12, 14))}</div>"
    assert {sections(NEWS + box)[number] for number in range(10, 14)} == {""}


def test_the_first_heading_of_a_page_gives_way_to_a_title_nearer_to_the_stories() -> None:
    page = f"<main><h1>News from the river, for all who live on it</h1><div><div class='summary-heading'>Top stories</div>{cards('news', range(6))}</div></main>"
    assert set(sections(page).values()) == {"Top stories"}


def test_what_the_title_of_a_page_says_is_no_section_of_all_it_holds() -> None:
    page = f"<main><h1>Harbour Village News</h1>{cards('news', range(6))}</main>"
    for title, section in (
        ("Harbour Village News", ""),
        ("Home | Harbour Village News", ""),
        ("Courier", "Harbour Village News"),
    ):
        stories = read_front_page(f"<!doctype html><title>{title}</title><body>{page}", "https://x12.example/").stories
        assert {story.section for story in stories} == {section}


def test_titles_after_stories_without_one_are_titles_if_several_are_set_alike() -> None:
    """As in one column whose first story, the lead, stands under none."""
    rows = "".join(
        f"<div class='block-line'>{name}</div><div class='list'>{cards(name.lower(), range(at, at + 3))}</div>"
        for name, at in (("Money", 10), ("Sport", 20))
    )
    found = sections(f"<div>{cards('news', range(2))}{rows}</div>")
    assert [found[number] for number in (0, 1, 10, 12, 20, 22)] == ["", "", "Money", "Money", "Sport", "Sport"]
