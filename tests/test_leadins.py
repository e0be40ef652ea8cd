"""What begins many headlines of a page in the same way, and is shorter, is their kicker, whatever it is called."""

import pytest

from scraper.model import Story
from scraper.reader import read_front_page

URL = "https://www.courier.example/"
HEADLINES = [
    "The river rose in the night", "Council votes on the old bridge", "A school is named after a ferryman",
    "Three mills stand still for want of water", "The last ferry leaves on Sunday", "Bakers ask for cheaper flour",
]  # fmt: skip
KICKERS = ["Flood", "Lower Weir", "Schools", "Drought", "After ninety years", "Trade"]


def page(form: str) -> str:
    """A page of cards, each in one form."""
    cards = [
        form.format(kicker=kicker, headline=headline, href=address(headline), number=number)
        for number, (kicker, headline) in enumerate(zip(KICKERS, HEADLINES, strict=True), 1)
    ]
    return "".join(f"<div class='x1'>{card}</div>" for card in cards)


def address(headline: str) -> str:
    return f"/news/2026/{headline.replace(' ', '-')}"


def stories(form: str) -> list[Story]:
    return list(read_front_page(page(form), URL).stories)


@pytest.mark.parametrize(
    "form",
    [
        "<h3><a href='{href}'><span class='q7'>{kicker}</span> {headline}</a></h3>",
        "<h3><a href='{href}'><span class='q7'>{kicker}</span><span class='q8'>{headline}</span></a></h3>",
        "<h3><a href='{href}'><span class='q7'>{kicker}</span><i> : </i><span>{headline}</span></a></h3>",
        "<h3><span><a href='{href}'><b>{kicker}:</b> {headline}</a></span></h3>",
        "<h3><a href='{href}'><strong>{kicker}</strong><br>{headline}</a></h3>",
        "<a href='{href}'><span class='q7'>{kicker}</span> <span>{headline}</span></a>",
        "<a href='{href}'><span>0{number}:23</span><strong>{kicker}</strong> <em>{headline}</em></a>",
        "<a href='{href}'><img src='/{number}.jpg'><b>{number}.</b><i class='q7'>{kicker}</i><i>{headline}</i></a>",
    ],
)
def test_a_kicker_is_told_by_its_place(form: str) -> None:
    """No name says what it is."""
    found = stories(form)
    assert [story.headline for story in found] == HEADLINES
    assert [story.kicker for story in found] == KICKERS


@pytest.mark.parametrize(
    "form",
    [
        "<h3><a href='{href}'><span class='q7'>{headline}</span> {kicker} and what more there is to say</a></h3>",
        "<h3><a href='{href}'><b>{headline}</b></a></h3>",
        "<h3><a href='{href}'>{headline}</a></h3>",
    ],
)
def test_a_headline_is_no_kicker(form: str) -> None:
    """Where it is alone, or longer than what follows."""
    assert [story.kicker for story in stories(form)] == [""] * len(HEADLINES)


def test_first_words_set_apart_stay_in_the_headline() -> None:
    """What follows them goes on in lower case."""
    form = "<h3><a href='{href}'><em>{kicker}</em> is what they say: {headline}</a></h3>"
    found = stories(form)
    assert [story.headline for story in found] == [
        f"{kicker} is what they say: {headline}" for kicker, headline in zip(KICKERS, HEADLINES, strict=True)
    ]


def test_two_are_not_many() -> None:
    """One or two words in bold are emphasis."""
    plain = page("<h3><a href='{href}'>{headline}</a></h3>").replace(">The last ferry", "><b>The last</b> Ferry")
    found = read_front_page(plain, URL).stories
    assert found[4].headline == "The last Ferry leaves on Sunday"
    assert found[4].kicker == ""


def test_numbers_of_a_list_are_neither() -> None:
    """A most-read list counts its headlines."""
    form = "<h3><a href='{href}'><span class='q7'>0{number}</span> {headline}</a></h3>"
    found = stories(form)
    assert [(story.headline, story.kicker) for story in found] == [(headline, "") for headline in HEADLINES]


def test_the_number_of_one_headline_alone_is_none_of_its_words() -> None:
    """Others of its list may be printed elsewhere; a number in a headline is followed by its words."""
    numbered = "<a href='/news/2026/a-bear-in-the-bakery'><span>4</span><span>A bear in the bakery</span></a>"
    counted = "<a href='/news/2026/ways-to-cross-the-river'><b>10</b> ways to cross the river</a>"
    others = "".join(f"<div><a href='{address(headline)}'>{headline}</a></div>" for headline in HEADLINES)
    found = read_front_page(f"<div>{numbered}</div><div>{counted}</div>{others}", URL).stories
    assert [story.headline for story in found] == ["A bear in the bakery", "10 ways to cross the river", *HEADLINES]


@pytest.mark.parametrize(
    ("first", "kicker"),
    [
        ("<span>LIVE</span> Bakers ask for cheaper flour", "LIVE"),
        ("<b>EN VIVO</b> Bakers ask for cheaper flour", "EN VIVO"),
        ("<span class='live'>Laufend</span> Bakers ask for cheaper flour", "Laufend"),
        ("<span>Graphic</span> <span>Bakers ask for cheaper flour</span>", "Graphic"),
        ("<strong>Explained</strong> Bakers ask for cheaper flour", "Explained"),
        ("<div>Exclusive</div><span>Bakers ask for cheaper flour</span>", "Exclusive"),
        ("<em class='label'>Bread</em> Bakers ask for cheaper flour", "Bread"),
        ("<span>Live</span> music returns to the harbour tonight", ""),
        ("<span>Bakers</span> Street is closed until Friday", ""),
    ],
)
def test_one_headline_that_begins_with_what_it_is(first: str, kicker: str) -> None:
    """Said of one story alone it is no part of the headline, unless that goes on in small letters."""
    cards = "".join(f"<div class='x1'><h3><a href='{address(one)}'>{one}</a></h3></div>" for one in HEADLINES[:-1])
    page = read_front_page(
        f"<div class='x1'><h3><a href='/news/2026/bakers-ask-for-flour'>{first}</a></h3></div>{cards}", URL
    )
    story = next(story for story in page.stories if story.url.endswith("bakers-ask-for-flour"))
    assert story.kicker == kicker
    assert story.headline.startswith("Bakers ask") is bool(kicker)
