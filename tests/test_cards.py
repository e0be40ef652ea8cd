# ruff: noqa: E501 - markup in a line is easier to compare than markup in pieces
"""What cards print around a headline: lines of it, notes, names, topics, captions, and links that lie over them."""

import pytest

from scraper import read_front_page
from scraper.vocabulary import Word, words_in
from tests.markup import HEADLINE, STORY, URL
from tests.markup import ferry as link
from tests.markup import ferry_in as story
from tests.markup import filled as read

SUMMARY = "Forty people had to be taken off the boat in the night, and nobody was hurt."


@pytest.mark.parametrize(
    ("lines", "kicker"),
    [
        ("<span class='line s48'>Ferry stuck on</span> <span class='line s48'>the weir since Sunday</span>", ""),
        (
            "<span class='headline-line s48'>Ferry stuck on</span> <span class='headline-line s60'>the weir since Sunday</span>",
            "",
        ),
        (
            "<span class='wide'>Ferry stuck on the weir since Sunday</span><span class='wide'>Ferry stuck on the weir since Sunday</span>",
            None,
        ),
        ("<span class='kicker'>Weir</span> <span class='title'>Ferry stuck on the weir since Sunday</span>", "Weir"),
    ],
)
def test_a_headline_may_be_set_in_lines(lines: str, kicker: str | None) -> None:
    """Named alike; what is the same text twice is there for another screen."""
    found = story(f"<article><h3 class='headline'>{link(lines)}</h3></article>")
    assert found.headline == HEADLINE
    assert kicker is None or found.kicker == kicker


@pytest.mark.parametrize("note", ["фото", "Video", "оновлено", "photos"])
def test_a_note_at_the_end_is_no_part_of_the_headline(note: str) -> None:
    assert story(f"<ul><li>{link(f'{HEADLINE} <em>{note}</em>')}</li></ul>").headline == HEADLINE
    assert story(f"<ul><li>{link(f'{HEADLINE} <em>again</em>')}</li></ul>").headline == f"{HEADLINE} again"


def test_how_long_a_text_takes_is_no_headline() -> None:
    for length in ("8 min read", "Lesezeit: 4 Minuten", "3 min de lecture"):
        assert story(f"<div>{link(f'<p>{HEADLINE}.</p><p>{length}</p>')}</div>").headline == f"{HEADLINE}."


@pytest.mark.parametrize(
    ("above", "kicker"),
    [
        ("<span>Análisis.</span>", "Análisis."),
        ("<span>Crónica</span>", "Crónica"),
        ("<span>Pedro</span>", ""),
        ("<div><a class='tag' href='/rovat/r'>Riport</a></div>", "Riport"),
        ("<div><a class='x' href='/authors/rae-nolan'>Rae Nolan</a></div>", ""),
        ("<div class='kicker'><a class='x' href='/authors/rae-nolan'>Rae Nolan</a></div>", "Rae Nolan"),
        ("<h1 class='sr-only'>The Courier</h1>", ""),
        ("<h1>The Courier</h1>", ""),
    ],
)
def test_what_stands_above_a_headline(above: str, kicker: str) -> None:
    found = story(f"<div class='box'>{above}<h3>{link()}</h3><p>{SUMMARY}</p></div>")
    assert (found.headline, found.kicker) == (HEADLINE, kicker)


def test_who_wrote_is_no_kicker_where_the_link_says_so() -> None:
    """However many cards begin so."""
    card = "<div class='x1'><div class='q7'><a href='{}/{}'>{}</a></div><h3><a href='/news/2026/11/24/{}-today'>{} and what comes of it</a></h3></div>"
    for folder, kickers in (("/authors", {""}), ("/topics", {"Rae Nolan", "Joe Dun", "Ann Lee"})):
        cards = [
            card.format(folder, name.lower().replace(" ", "-"), name, thing, thing.title())
            for name, thing in (
                ("Rae Nolan", "bakers-and-mills"),
                ("Joe Dun", "pupils-and-books"),
                ("Ann Lee", "bells-and-towers"),
            )
        ]
        assert {one.kicker for one in read("".join(cards)) if one.url.endswith("-today")} == kickers


def test_a_year_makes_no_time_of_a_topic() -> None:
    card = f"<div><a class='q7' href='{STORY}'><div><span>{{}}</span></div><h2>{HEADLINE}</h2></a></div>"
    assert [story(card.format(text)).kicker for text in ("Midterms 2018", "June 2018")] == ["Midterms 2018", ""]


def test_a_script_before_a_lead_is_no_kicker() -> None:
    script = "<section class='section'><div><script>try{googletag.cmd.push()}catch(e){}</script></div></section>"
    related = "<div class='sub-news'><a href='/news/2026/11/24/who-pays-for-the-weir'>Who pays for the weir after all</a></div>"
    assert story(f"{script}<section><article><h3>{link()}</h3></article>{related}</section>").kicker == ""


def test_a_topic_above_the_kind_of_a_story_is_its_kicker() -> None:
    """Where nothing calls the kind a kicker."""
    found = story(f"<div><div class='kicker'>Weir</div><span>Video</span><h3>{link()}</h3></div>")
    assert (found.kicker, found.kind) == ("Weir", "video")


def test_a_genre_parted_by_a_slash_is_a_kicker() -> None:
    found = story(f"<article><h3>{link(f'<span>Explainer / </span>{HEADLINE}')}</h3></article>")
    assert (found.headline, found.kicker) == (HEADLINE, "Explainer")


def test_for_whom_stories_are_is_no_kicker() -> None:
    """Said in whatever language, the same in elements that are called so."""
    flag = "<span class='hl__premium-flag'>Tellijale</span>"
    other = f"<article><h3><a href='/news/2026/11/24/bridge-is-closed-again'>{flag}The bridge is closed again</a></h3></article>"
    found = story(f"{other}<article><h3>{link(f'{flag}{HEADLINE}')}</h3></article>")
    assert (found.headline, found.kicker) == (HEADLINE, "")


def test_the_kicker_of_a_card_with_related_links_is_told_by_the_cards_beside_it() -> None:
    """No section of them all, unless as many of those cards hold several stories."""
    card = "<div class='card2'><div class='x-header'><span class='x-chapeu'>{}</span></div><div>{}</div>{}</div>"
    plain = [
        card.format(topic, f"<a href='/news/2026/11/24/{name}-of-the-day'>{name.title()} of this long day</a>", "")
        for topic, name in (("Trade", "bakers-and-mills"), ("School", "pupils-and-books"), ("Town", "bells-and-towers"))
    ]
    related = "<ul><li><a href='/news/2026/11/23/who-pays-for-the-weir'>Who pays for the weir after all</a></li></ul>"
    stories = {one.headline: one for one in read("".join([*plain, card.format("Weir", link(), related)]))}
    assert (stories[HEADLINE].kicker, stories[HEADLINE].section) == ("Weir", "")
    assert stories["Who pays for the weir after all"].section == ""


@pytest.mark.parametrize(
    "picture",
    [
        "<div class='foto'><a href='{}'><img src='/a.jpg'></a><p>{}</p></div>",
        "<figure><img src='/a.jpg'><p>{1}</p></figure>",
    ],
)
def test_a_text_within_a_picture_s_element_is_its_caption(picture: str) -> None:
    caption = "The ferry on Monday, seen from the old bridge above the weir."
    block = f"<div class='box'><h2>{link()}</h2>{picture.format(STORY, caption)}<p>{{}}</p></div>"
    assert story(block.format(SUMMARY)).summary == SUMMARY
    over = f"<div class='box'><h2>{link()}</h2>{link(f'<div><p>{SUMMARY}</p></div><img src=/a.jpg>', 'imgLink')}</div>"
    assert story(over).summary == SUMMARY


@pytest.mark.parametrize(
    ("below", "summary"),
    [
        (
            "<div class='deck'><span>Forty people were taken off</span><br><span>and nobody was hurt</span></div>",
            "Forty people were taken off and nobody was hurt",
        ),
        ("<div class='item__lead'>Nobody was hurt that night</div>", "Nobody was hurt that night"),
        ("<p class='t-ressort__text t__summary'>Zehn neue Songs und eine Arena</p>", "Zehn neue Songs und eine Arena"),
        (f"<p>{SUMMARY} •</p>", SUMMARY),
    ],
)
def test_what_stands_below_a_headline(below: str, summary: str) -> None:
    assert story(f"<article><h3>{link()}</h3>{below}</article>").summary == summary


def test_a_line_of_names_and_topics_may_stand_before_summaries() -> None:
    line = "<span>15:20 • <a href='/p/vm'>V.M.</a> • <a href='/t/e'>Town</a></span>"
    cards = [
        f"<div class='q'><h2><a href='/news/2026/11/24/{name}-today'>{name.title()} of this long day</a></h2>{line}<div class='z'>{summary}</div></div>"
        for name, summary in (
            ("bakers-and-mills", "Flour is dear once more."),
            ("pupils-and-books", "Nobody reads them now."),
            ("bells-and-towers", "They ring too late now."),
            ("boats-and-weirs", "Two of them sank there."),
        )
    ]
    assert {one.summary for one in read("".join(cards)) if one.url.endswith("-today")} == {
        "Flour is dear once more.", "Nobody reads them now.", "They ring too late now.", "Two of them sank there.",
    }  # fmt: skip


@pytest.mark.parametrize(
    "time", ["for 2 timer siden", "för 3 timmar sedan", "2 ore fa", "há 5 minutos", "před 2 hodinami", "3 saat önce"]
)
def test_a_time_told_in_words_is_no_kicker(time: str) -> None:
    assert story(f"<a href='{STORY}'><span>Weir</span><span>{time}</span><strong>{HEADLINE}</strong></a>").kicker in (
        "Weir",
        "",
    )


@pytest.mark.parametrize("length", ["2 Min", "31 min", "24 h"])
def test_a_length_is_no_kicker(length: str) -> None:
    found = story(f"<a href='{STORY}'><div class='duration'>{length}</div><span class='headline'>{HEADLINE}</span></a>")
    assert (found.headline, found.kicker) == (HEADLINE, "")


def test_the_name_of_who_wrote_behind_a_long_headline_is_none() -> None:
    """In one link: no kicker is so long."""
    long = "Why nobody wanted to take the ferry off the weir until the water had gone down"
    found = story(f"<div>{link(f'<p>{long}</p><div>Rae Nolan Ashby</div>')}</div>")
    assert found.headline == long


def test_slides_that_are_pictures_alone_are_stories() -> None:
    """Their labels are their headlines."""
    slides = "".join(
        f"<div class='swiper-slide'><a href='/gundem/{name}-yeni-karar-{number}' title='{name.title()} of this long day'><img alt='{name.title()} of this long day' width='770' src='/{number}.jpg'></a></div>"
        for number, name in enumerate(
            ("bakers-and-mills", "pupils-and-books", "bells-and-towers", "boats-and-weirs", "cats-and-dogs"), 42301104
        )
    )
    found = [one for one in read(f"<div class='swiper'>{slides}</div>") if "/gundem/" in one.url]
    assert [one.headline for one in found][:1] == ["Bakers-And-Mills of this long day"]
    assert len(found) == 5


def test_all_of_a_section_is_no_story() -> None:
    """Right beside a heading, where the address says nothing."""
    stories = "".join(f"<li><a href='/newsDetail_{n}'>河水夜间上涨第{n}次沿岸居民撤离</a></li>" for n in range(6))
    found = list(
        read_front_page(
            f"<!doctype html><body><div><h3>要闻</h3><a href='/channel_143064'>更多</a></div><ul>{stories}</ul>", URL
        ).stories
    )
    assert {one.section for one in found} == {"要闻"}
    assert not [one for one in found if "channel" in one.url]


def test_what_is_all_of_other_links_is_the_headline() -> None:
    """The text before another element that only some have."""
    slides = "".join(
        f"<a class='slide' href='/news/2026/11/24/{name}-today'><span class='spot'><strong>{name.title()} of this long day</strong>{more}</span></a>"
        for name, more in (
            ("bakers-and-mills", ""),
            ("pupils-and-books", "<em>They want new ones</em>"),
            ("bells-and-towers", ""),
        )
    )
    [found] = [one for one in read(f"<div>{slides}</div>") if "pupils" in one.url]
    assert (found.headline, found.kicker) == ("Pupils-And-Books of this long day", "")


def test_an_empty_link_over_a_card_with_other_links_has_its_heading() -> None:
    """And all that the card prints up to those."""
    card = (
        f"<div class='c1'><a class='over' href='{STORY}' aria-label='{HEADLINE}'></a>"
        f"<div class='c2'><div class='kicker'>Weir</div><h3 class='c3'><span>{HEADLINE}</span></h3><div class='c4'>{SUMMARY}</div></div>"
        "<ul><li><a href='/news/2026/11/24/who-pays-for-the-weir'><h4>Who pays for the weir after all</h4></a></li></ul></div>"
    )
    found = story(card)
    assert (found.headline, found.kicker, found.summary) == (HEADLINE, "Weir", SUMMARY)


@pytest.mark.parametrize(
    "none",
    [
        "<a href='/authors/col-retd-idris-shah'>Col (retd) Idris Shah writes for you</a>",
        "<a rel='sponsored' href='https://klick.adnetz.example/c?cid=88213'>Never pay for your heating again this winter</a>",
    ],
)
def test_who_wrote_and_who_pays_are_no_stories(none: str) -> None:
    kept = none.replace("/authors/col-retd-idris-shah", STORY).replace("rel='sponsored' ", "")
    assert len(read(f"<ul><li>{none}</li></ul>")) == len(read("")) < len(read(f"<ul><li>{kept}</li></ul>"))


def test_a_topic_s_link_in_a_card_is_no_story() -> None:
    """Be its address as long as a story's."""
    card = "<div class='o-teaser'><a class='o-teaser__tag' href='/stream/ce56bd68-6373-43df-93ba-74f55bd42d82'>The big read of today</a><div class='o-teaser__heading'><a href='/content/{}'>{}</a></div></div>"
    key = "0b1d{}e68-6373-43df-93ba-74f55bd42d82"
    cards = "".join(card.format(key.format(n), f"{HEADLINE}, part {n}") for n in range(4))
    assert not [one for one in read(cards) if "/stream/" in one.url]


@pytest.mark.parametrize(
    ("address", "is_one"),
    [
        ("/skoki-wicelider-traci-pol/e9db0", True),
        ("/kraj/pogoda-zwariuje-w-weekend/46c4008", True),
        ("/kraj/pogoda/46c4008", False),
        ("/kraj/pogoda-zwariuje-w-weekend/archive", False),
    ],
)
def test_a_slug_before_a_key_is_the_address_of_a_story(address: str, is_one: bool) -> None:
    from scraper.signs import is_slug_before_key

    inner = address.strip("/")
    assert is_slug_before_key(inner, inner.rpartition("/")[2]) == is_one


def test_names_of_grids_and_single_letters_say_nothing() -> None:
    for names in ("left-column", "columns", "columns-6", "two-columns"):
        assert not words_in(names) & Word.OPINION.value
    assert words_in("widget column") & Word.OPINION.value
    assert not words_in("c_d") & Word.HEADLINE.value


def test_names_that_machines_make_say_nothing() -> None:
    assert words_in("sc-2e6baa30-1 gILusN") == 0
    assert words_in("Tt(c) D(ib) Mb(6px)") == 0
    assert words_in("lead-card sc-2e6baa30-1 gILusN") & Word.LEAD.value
