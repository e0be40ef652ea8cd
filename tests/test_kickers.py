# ruff: noqa: E501 - markup in a line is easier to compare than markup in pieces
"""Which short text above a headline is its kicker, and which is a section's name, a badge or a time."""

import pytest

from scraper import Story, read_front_page

URL = "https://courier.example/"
HEADLINE = "Court strikes down limits on river water"
CARDS = "".join(
    f"<article class='card'><h3><a href='/news/2026/11/24/story-{n}-of-the-day'>Story number {n} of this long day</a></h3></article>"
    for n in range(6)
)


def read(markup: str) -> dict[str, Story]:
    """The stories of a page by the last part of their address."""
    page = read_front_page(f"<!doctype html><title>The Harbour Courier</title><body>{markup}{CARDS}", URL)
    return {story.url.rpartition("/")[2]: story for story in page.stories}


def link(name: str, text: str) -> str:
    return f"<a href='/news/2026/11/24/{name}'>{text}</a>"


LEAD = link("court-strikes-down-limits", HEADLINE)
RELATED = (
    f"<li>{link('read-the-full-opinion', 'Read the full opinion and the dissent')}</li>"
    f"<li>{link('who-wins-who-loses', 'Who wins and who loses by the ruling')}</li>"
)
PICTURE = "<img src='/court.jpg' width='620' height='310'>"


@pytest.mark.parametrize(
    "block",
    [
        f"<div class='text'><h3 class='slug'><a href='/law/'>Law</a></h3><h1>{LEAD}</h1><ul class='related'>{RELATED}</ul></div>",
        f"<div class='text'><a class='section-name' href='/law/'>Law</a><h2>{LEAD}</h2><ul class='related'>{RELATED}</ul></div>",
        f"<div class='open'><p class='kicker'>Law</p><div><h1>{LEAD}</h1><ul class='related'>{RELATED}</ul></div></div>",
        f"<div class='open'><h4 class='topic'>{link('court-strikes-down-limits', 'Law')}</h4><h2>{LEAD}</h2><ul class='more'>{RELATED}</ul></div>",
        f"<div class='apertura'><span class='occhiello'>Law</span><br><b>{LEAD}</b><br><p class='deck'>Ferries.</p><ul>{RELATED}</ul></div>",
        f"<div class='lead'><h2 class='kicker'><a href='/law/'>Law</a></h2><div><h3>{LEAD}</h3></div><ul class='related'>{RELATED}</ul></div>",
        f"<div class='leadstory'><div>{PICTURE}</div><div><span class='x1'>Law</span><h1>{LEAD}</h1><ul>{RELATED}</ul></div></div>",
    ],
)
def test_a_topic_above_a_story_and_those_related_to_it_is_its_kicker(block: str) -> None:
    """It is no section of them all."""
    found = read(block)
    assert found["court-strikes-down-limits"].kicker == "Law"
    assert [found[name].section for name in ("court-strikes-down-limits", "read-the-full-opinion")] == ["", ""]


@pytest.mark.parametrize(
    "title", ["<h3 class='cat-title'><a href='/law/'>Law</a></h3>", "<h4 class='box-title'>Law</h4>", "<h2>Law</h2>"]
)
def test_a_title_above_a_list_is_a_section(title: str) -> None:
    found = read(f"<main>{CARDS}</main><div class='box'>{title}<h2>{LEAD}</h2><ul>{RELATED}</ul></div>")
    assert found["court-strikes-down-limits"].kicker == ""
    assert found["read-the-full-opinion"].section == "Law"


@pytest.mark.parametrize(
    ("above", "kicker"),
    [
        ("<span class='kicker'>New</span>", ""),
        ("<span class='kicker'>Updated</span>", ""),
        ("<span class='kicker'>14 photos</span>", ""),
        ("<span class='kicker'>Abonnés</span>", ""),
        ("<span class='kicker'>11:58pm</span>", ""),
        ("<span class='kicker'>Update</span>", "Update"),
        ("<cite class='kicker'>Law</cite>", "Law"),
        ("<h4 class='kicker'>Law</h4>", "Law"),
        ("GRAPHIC ", "GRAPHIC"),
        ("Court blog: ", "Court blog"),
        ("Related: ", ""),
        ("<span class='topline'>Premium Chemistry</span>", "Chemistry"),
        ("<span class='topline'>, political scientist</span>", ""),
        ("<span class='author'>Orla Finch</span><h4 class='topic'>Editorial</h4>", "Editorial"),
    ],
)
def test_what_stands_above_a_headline(above: str, kicker: str) -> None:
    found = read(f"<div class='tsrAuthor'><div class='authorText'>{above}<h3>{LEAD}</h3></div></div>")
    assert found["court-strikes-down-limits"].kicker == kicker


def test_a_higher_heading_that_is_called_a_kicker_is_one() -> None:
    found = read(f"<div><h4 class='kicker'>Law</h4><h5>{LEAD}</h5></div>")
    assert (found["court-strikes-down-limits"].kicker, found["court-strikes-down-limits"].section) == ("Law", "")


def test_a_lower_heading_with_a_link_of_its_own_is_no_headline() -> None:
    """A short title that plays on words above a longer line that tells."""
    name = "court-strikes-down-limits"
    told = "Justices allow states to sell the water of rivers they share"
    found = read(f"<article><h4>{link(name, 'The court turns on the tap')}</h4><h5>{link(name, told)}</h5></article>")
    assert found[name].headline == "The court turns on the tap"


def test_of_two_links_to_a_story_the_second_is_its_summary() -> None:
    """Set as terms and what is said of them, or in headings of which the second is called so."""
    name, told = "court-strikes-down-limits", "Justices allow states to sell the water of rivers they share"
    for form in ("<dl><dt>{}</dt><dd>{}</dd></dl>", "<h4>{}</h4><h5 class='article_subheader'>{}</h5>"):
        found = read(
            "<article>" + form.format(link(name, "The court turns on the tap"), link(name, told)) + "</article>"
        )
        assert (found[name].headline, found[name].summary) == ("The court turns on the tap", told)


def test_labels_of_many_topics_are_set_in_one_way() -> None:
    """The first class says how, the others which topic it is."""
    cards = "".join(
        f"<div class='x{n}'><a class='issue {topic.lower()}' href='/{topic.lower()}/'>{topic}</a>"
        f"<h2>{link(f'headline-number-{n}-of-the-day', f'Headline number {n} of the day')}</h2></div>"
        for n, topic in enumerate(("Justice", "Health", "Climate", "Labor"))
    )
    found = read(cards)
    assert [found[f"headline-number-{n}-of-the-day"].kicker for n in range(4)] == [
        "Justice",
        "Health",
        "Climate",
        "Labor",
    ]


def test_a_topic_below_a_headline_is_none() -> None:
    found = read(f"<article><h3>{LEAD}</h3><a class='category' href='/law/'>Law</a></article>")
    assert found["court-strikes-down-limits"].kicker == ""


@pytest.mark.parametrize(
    ("printed", "summary"),
    [
        (
            "14.40 Justices said states may not bar the export of water.",
            "Justices said states may not bar the export of water.",
        ),
        (
            "Justices said states may not bar the export of water. 6:40 a.m.",
            "Justices said states may not bar the export of water.",
        ),
        (
            "Por primera vez los jueces dicen que el agua es de todos.",
            "Por primera vez los jueces dicen que el agua es de todos.",
        ),
        ("By Orla Finch", ""),
        ("12:05 Uhr", ""),
        ("Updated on Monday, 12 August 2013", ""),
        ("States could bar the export until 2013", "States could bar the export until 2013"),
        ("States barred the export decades ago.", "States barred the export decades ago."),
        (
            "States may not bar the export. <em class='author'>By Orla Finch.</em> <strong class='more'>more</strong>",
            "States may not bar the export.",
        ),
        ("States may not bar the export. | <strong>mehr</strong>", "States may not bar the export."),
        (
            "States may not bar the export. <span>By <span>Orla Finch, Ben Mill</span></span>",
            "States may not bar the export.",
        ),
        ("An opinion by Orla Finch", ""),
        ("States may not bar the export, the court says (5m 12s)", "States may not bar the export, the court says"),
        (
            "<strong class='label'>Water.</strong> States may not bar its export across borders.",
            "Water. States may not bar its export across borders.",
        ),
    ],
)
def test_a_summary_says_neither_when_nor_by_whom(printed: str, summary: str) -> None:
    found = read(f"<article><h3>{LEAD}</h3><p>{printed}</p></article>")
    assert found["court-strikes-down-limits"].summary == summary


def test_a_place_set_as_a_stamp_is_of_the_summary() -> None:
    """As Vietnamese papers print it, with a margin for the space."""
    found = read(
        f"<article><h3>{LEAD}</h3><p class='description'>"
        "<span class='location-stamp'>Brackwater</span>States may not bar the export of water.</p></article>"
    )
    assert found["court-strikes-down-limits"].summary == "Brackwater States may not bar the export of water."


def test_who_wrote_a_summary_may_stand_behind_it() -> None:
    found = read(
        f"<article><h3>{LEAD}</h3><p>States may not bar the export. <i>Von <b>Orla Finch</b></i></p></article>"
    )
    story = found["court-strikes-down-limits"]
    assert (story.summary, story.byline) == ("States may not bar the export.", "Von Orla Finch")


def test_who_wrote_a_summary_may_stand_before_it() -> None:
    found = read(f"<article><h3>{LEAD}</h3><p><i>di Orla Finch</i> - States may not bar the export.</p></article>")
    story = found["court-strikes-down-limits"]
    assert (story.summary, story.byline) == ("States may not bar the export.", "di Orla Finch")


def test_the_kind_of_an_opinion_above_its_headline_is_the_kicker() -> None:
    found = read(f"<article><span class='kicker'>Kommentar von Orla Finch</span><h3>{LEAD}</h3></article>")
    assert found["court-strikes-down-limits"].kicker == "Kommentar von Orla Finch"


def test_a_story_may_stand_in_the_caption_of_its_picture() -> None:
    deck = "Justices said states may not bar the export of water."
    found = read(f"<figure>{PICTURE}<figcaption>{LEAD}<p>{deck}</p></figcaption></figure>")
    assert found["court-strikes-down-limits"].summary == deck


@pytest.mark.parametrize("names", ["caption", "carousel-caption"])
def test_what_holds_the_headline_is_no_caption(names: str) -> None:
    deck = "Justices said states may not bar the export of water."
    found = read(f"<div class='item'>{PICTURE}<div class='{names}'><h2>{LEAD}</h2><p>{deck}</p></div></div>")
    assert found["court-strikes-down-limits"].summary == deck


def test_the_title_of_a_section_is_no_kicker_of_the_story_that_related_ones_follow() -> None:
    """Though that stands in an element of its own, which begins with it."""
    title = "<div class='section-title'><h2><a href='/news/'>News</a></h2></div>"
    found = read(f"<div>{title}<div><article><h3>{LEAD}</h3></article><ul class='related'>{RELATED}</ul></div></div>")
    story = found["court-strikes-down-limits"]
    assert (story.section, story.kicker) == ("News", "")


def test_a_bar_of_links_above_a_story_is_no_kicker() -> None:
    bar = "<div class='cat_head'><a href='/law/'>Law</a> | <a href='/law/water/'>Water</a></div>"
    found = read(f"<div class='box'>{bar}<div class='first'><h3>{LEAD}</h3></div><ul>{RELATED}</ul></div>")
    assert found["court-strikes-down-limits"].kicker == ""


def test_the_foot_of_a_picture_is_no_summary() -> None:
    """Spanish papers call it so."""
    deck = "Justices said states may not bar the export of water across borders."
    found = read(
        f"<article><h3>{LEAD}</h3><p class='pie'>The court, in June of last year, before it sat.</p><p>{deck}</p></article>"
    )
    assert found["court-strikes-down-limits"].summary == deck


def test_what_leads_to_where_all_stories_stand_is_no_kicker_of_the_first() -> None:
    """Not even where it is called one: it is their section."""
    label = "<div class='b-label'><a href='{}'>Law</a></div>"
    for front, kicker, section in (("/news/2026/", "", "Law"), ("/law/", "Law", "")):
        found = read(f"<main><section>{label.format(front)}<div class='big'>{LEAD}</div>{RELATED}</section></main>")
        lead, related = found["court-strikes-down-limits"], found["read-the-full-opinion"]
        assert (lead.kicker, lead.section, related.section) == (kicker, section, section)


def test_of_a_topic_and_a_kind_before_a_headline_the_topic_is_its_kicker() -> None:
    markup = "<span class='dachzeile'>Water</span> <span class='icon'>Audio</span> Justices met in a barn"
    found = read(f"<article><h3>{link('justices-met-in-a-barn', markup)}</h3></article>")
    story = found["justices-met-in-a-barn"]
    assert (story.kicker, story.headline, story.kind) == ("Water", "Justices met in a barn", "audio")


def test_what_only_those_hear_who_see_no_page_is_not_printed() -> None:
    """It is the same in many headlines, of which all but one would be lost."""
    hidden = "<span class='icon__premium'><span class='{}'>For our subscribers alone</span></span>"
    for name in ("sr-only", "visually-hidden", "u-visuallyhidden", "screen-reader-text", "is-hidden", "gs-u-vh"):
        markup = f"<span class='kicker'>Water</span><span class='title'>{hidden.format(name)}{{}}</span>"
        cards = "".join(
            f"<article>{link(f'headline-number-{n}-of-the-day', markup.format(f'Headline number {n} of the day'))}</article>"
            for n in range(4)
        )
        found = read(cards)
        for n in range(4):
            story = found[f"headline-number-{n}-of-the-day"]
            assert (story.headline, story.kicker) == (f"Headline number {n} of the day", "Water")
    shown = "<span class='hidden md:inline'>Justices met in a barn</span>"
    assert read(f"<article>{link('justices-met-in-a-barn', shown)}</article>")["justices-met-in-a-barn"].headline


def test_what_an_icon_stands_for_is_no_part_of_the_headline() -> None:
    """But for one that is part of the print."""
    for icon, headline in (
        ("Watch", "Justices met in a barn"),
        ("of their own", "Justices met in a barn of their own"),
    ):
        markup = f"Justices met in a barn <span class='gv-icon icon-watch'>{icon}</span>"
        found = read(f"<article><h3>{link('justices-met-in-a-barn', markup)}</h3></article>")
        assert found["justices-met-in-a-barn"].headline == headline


def test_a_heading_that_only_those_hear_who_see_no_page_is_no_kicker() -> None:
    links = f"<div class='links'><h3 class='{{}}'>Water</h3><ul><li>{LEAD}</li></ul></div>"
    story = link("read-the-full-opinion", "Read the full opinion and the dissent")
    for name, kicker in (("off-screen", ""), ("kicker", "Water")):
        found = read(f"<div class='lead'><h3>{story}</h3>{links.format(name)}</div>")
        assert found["court-strikes-down-limits"].kicker == kicker


def test_a_hidden_label_tells_the_kind_and_is_not_printed() -> None:
    markup = "<span class='icon'><span class='hidden'>Video: </span></span>Justices met in a barn"
    story = read(f"<article><h3>{link('justices-met-in-a-barn', markup)}</h3></article>")["justices-met-in-a-barn"]
    assert (story.headline, story.kicker, story.kind) == ("Justices met in a barn", "", "video")


def test_what_would_head_several_stories_is_a_label_of_them() -> None:
    """Were it their headline, all but one would be taken for the same story."""
    label = "<p class='headline'>Only for those who subscribe</p>"
    cards = "".join(
        f"<article>{link(f'headline-number-{n}-of-the-day', f'{label}<p>Headline number {n}</p>')}</article>"
        for n in range(4)
    )
    found = read(cards)
    assert [found[f"headline-number-{n}-of-the-day"].headline for n in range(4)] == [
        f"Headline number {n}" for n in range(4)
    ]


@pytest.mark.parametrize(
    ("printed", "headline"),
    [
        ("Undersea CO<sub>2</sub> store passes its leak test", "Undersea CO2 store passes its leak test"),
        ("[11:42] Typhoon warning lifted in the south", "Typhoon warning lifted in the south"),
        ("<span>14 photos</span><span>Typhoon warning lifted in the south</span>", "Typhoon warning lifted in the south"),
        ("<strong>VIDEO</strong> Garland concedes in a minute", "Garland concedes in a minute"),
        ("<strong>EN VIVO:</strong> Norte y Cuyo igualan en el estreno", "Norte y Cuyo igualan en el estreno"),
        ("<span>3:</span> Ten things we did not know", "Ten things we did not know"),
        ("Typhoon warning lifted in the south (43236)", "Typhoon warning lifted in the south"),
        ("The best books of the whole year (2012)", "The best books of the whole year (2012)"),
        ("Garland concedes in a minute (1:04)", "Garland concedes in a minute"),
        ("<strong>EXCLUSIVE:</strong> Justices met in a barn", "EXCLUSIVE: Justices met in a barn"),
        (
            "<h3><span>I taught in prisons for twenty years and would do it again</span><span>Gwen Sorley</span></h3>",
            "I taught in prisons for twenty years and would do it again",
        ),
    ],
)  # fmt: skip
def test_a_headline_as_printed(printed: str, headline: str) -> None:
    found = read(f"<article>{link('the-headline-of-the-day', printed)}</article>")
    assert found["the-headline-of-the-day"].headline == headline
