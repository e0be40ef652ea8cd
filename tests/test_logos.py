# ruff: noqa: E501 - markup in a line is easier to compare than markup in pieces
"""Sections that are printed as pictures, and what stands where a section's name may stand and is none."""

import pytest

from scraper import read_front_page

URL = "https://www.courier.example/"
SPORT = "".join(
    f"<div class='item'><h3><a href='/sport/2026/11/24/match-{n}-of-the-day'>Match number {n} of this long day</a></h3></div>"
    for n in range(4)
)
NEWS = "".join(
    f"<article class='card'><h3><a href='/news/2026/11/24/story-{n}-of-the-day'>Story number {n} of this long day</a></h3></article>"
    for n in range(6)
)


def section_of(title: str) -> str:
    """What the stories below a title stand under."""
    page = read_front_page(
        f"<body><div><main>{NEWS}</main></div><div>{title}<div class='list'>{SPORT}</div></div>", URL
    )
    sections = {story.section for story in page.stories if "/sport/" in story.url}
    assert len(sections) == 1
    return sections.pop()


@pytest.mark.parametrize(
    "title",
    [
        "<h2><a href='/sport/'><img src='/sport.png' alt='The Pitch'></a></h2>",
        "<header><h2><img src='/sport.png' alt='The Pitch'></h2></header>",
        "<div class='box_title'><a href='https://pitch.courier.example/'><img src='/sport.png' alt='The Pitch'></a></div>",
        "<div class='x1'><a href='/sport/'><img src='/sport.png' alt='The Pitch'></a></div>",
    ],
)
def test_a_picture_names_a_section(title: str) -> None:
    """In a heading, in what is called a title, or where it leads to what the stories' addresses stand below."""
    assert section_of(title) == "The Pitch"


@pytest.mark.parametrize(
    "title",
    [
        "<h1><a href='/'><img src='/logo.png' alt='The Harbour Courier'></a></h1>",
        "<div class='x1'><a href='/'><img src='/logo.png' alt='The Harbour Courier'></a></div>",
        "<div class='x1'><a href='https://bank.example/offer'><img src='/ad.png' alt='Harbour Bank'></a></div>",
        "<div class='x1'><a href='/news/'><img src='/news.png' alt='News desk'></a></div>",
        "<h2><img src='/a.jpg' alt='The goalkeeper leaps for the last ball of the night'></h2>",
        "<h3>Wednesday, September 12th</h3>",
        "<h3>12 de septiembre de 2012</h3>",
        "<span class='label'>Updated</span>",
        "<div class='box newsletter'><h4>Get the morning dispatch</h4><p>All the news by mail.</p></div>",
    ],
)
def test_what_names_none(title: str) -> None:
    assert section_of(title) == ""


def test_two_names_make_one() -> None:
    """Each is a link; a letter between them is a word, not a part of the first."""
    assert (
        section_of("<h2><a href='/a/'>Kobieta</a> <span>i</span> <a href='/b/'>Zdrowie</a></h2>") == "Kobieta i Zdrowie"
    )
