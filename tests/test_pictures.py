"""A story's picture is its own, at its best size: no spacer, no icon, nothing that waits for a script."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from scraper import read_front_page
from scraper.model import Kind
from scraper.pictures import ELEMENTS, pictures, shown_in, widest
from scraper.reader import read

BASE = "https://www.courier.example/news/"
RIVER = "https://www.courier.example/img/river.jpg"


def of(html: str) -> str:
    """The picture of a block."""
    return pictures([LexborHTMLParser(html).css(ELEMENTS)], BASE)[0]


@pytest.mark.parametrize(
    "html",
    [
        "<img src='/img/river.jpg'>",
        "<img src='../img/river.jpg'>",
        "<img src=' /img/\nriver.jpg '>",
        "<img src='/img/spacer.gif'><img src='/img/river.jpg'>",
        "<img src='/img/transparent-1093278.png' data-src='/img/river.jpg'>",
        "<img src='/img/clear.gif' dest_src='/img/river.jpg'>",
        "<img src='images/trans.gif' longdesc='https://www.courier.example/img/river.jpg'>",
        "<img src='data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEAAAAALAAAAAABAAEAAAI=' data-retina='/img/river.jpg'>",
        "<img src='/img/small.jpg' srcset='/img/small.jpg 100w, /img/river.jpg 800w'>",
        "<img srcset='data:image/gif;base64,R0lGODlhAQ==' data-srcset='/img/river.jpg 800w'>",
        "<img srcset='data:image/gif;base64, /web/2016im_/https://c.example/R0lGODlhAQAI=' src='/img/river.jpg'>",
        "<picture><source srcset='/img/river.jpg 1200w'><img src='/img/small.jpg'></picture>",
        "<a-img src='/img/river.jpg' alt='The river'><img src='data:image/svg+xml;base64,PD94bWw='></a-img>",
        "<amp-img src='/img/river.jpg' alt='The river'></amp-img>",
        "<img src='https://web.archive.org/web/20161101010355im_/https://www.courier.example/img/river.jpg'>",
        "<img src='/web/20161101010355im_/https://www.courier.example/img/river.jpg'>",
        "<img src='/img/1x1.png'><noscript><img src='/img/river.jpg'></noscript>",
    ],
)
def test_the_picture_itself_is_found(html: str) -> None:
    """Wherever a page keeps it until it is seen."""
    assert of(html) == RIVER


@pytest.mark.parametrize(
    "ground",
    [
        "style=\"background-image: url('/img/river.jpg')\"",
        "style='background:#fff url(/img/river.jpg) no-repeat'",
        "data-bg='/img/river.jpg'",
    ],
)
def test_the_ground_of_a_card_is_its_picture(ground: str) -> None:
    """Where the card has no other."""
    link = f"<a href='/news/2026/11/24/river-rises-again' {ground}><h2>River rises again in the night</h2></a>"
    for own, image in (("", RIVER), ("<img src='/img/own.jpg'>", "https://www.courier.example/img/own.jpg")):
        lead = read_front_page(f"<article>{link}{own}</article>", BASE).lead
        assert lead is not None
        assert lead.image == image


@pytest.mark.parametrize(
    "ground",
    ["style='background-image:url(/img/river.jpg)'", "data-bgsrc='/img/river.jpg'", "data-img-url='/img/river.jpg'"],
)
def test_the_ground_of_an_element_in_a_link_is_a_picture(ground: str) -> None:
    """Also to what tells the lead."""
    headline = "River rises again in the night"
    link = "<a href='/news/2026/11/24/river-rises-again'>{}</a>"
    [standing] = read(
        f"<article>{link.format(f'<span {ground}></span>')}<h2>{link.format(headline)}</h2></article>", BASE
    ).ranked
    assert standing.pictures == 1


GROUND = "style='background-image:url(/img/river.jpg)'"


@pytest.mark.parametrize(
    ("html", "count"),
    [
        (f"<a href='/a'><b><i><span {GROUND}></span></i></b></a>", 1),
        (f"<a href='/a'><u><b><i><span {GROUND}></span></i></b></u></a>", 0),
        (f"<a href='/a' {GROUND}></a>", 0),
        (f"<a href='/a' {GROUND}>River</a>", 1),
        (f"<div><span {GROUND}></span></div>", 0),
        (f"<div><span {GROUND}>River</span></div>", 1),
        ("<div><span data-bgsrc='/img/river.jpg'>River</span></div>", 1),
        ("<a href='/a'><span style='color:red'></span></a>", 0),
    ],
)
def test_a_ground_is_a_picture_below_a_text_or_near_in_a_link(html: str, count: int) -> None:
    """Not where the link itself has it, or where there is neither."""
    body = LexborHTMLParser(html).body
    assert body is not None
    assert len(shown_in(body)) == count


@pytest.mark.parametrize(
    "html",
    ["", "<img alt='x'>", "<img src=''>", "<img src='data:image/png;base64,AAAA'>", "<img src='/i/blank.gif?2'>"],
)
def test_what_is_no_picture_is_none(html: str) -> None:
    """Empty, or a placeholder and nothing else."""
    assert of(html) == ""


def test_photographs_of_clear_skies_are_photographs() -> None:
    """Only the whole name of a file tells a placeholder."""
    assert of("<img src='/img/clear-sky-over-the-weir.png'>").endswith("/clear-sky-over-the-weir.png")


def test_what_stands_beside_many_stories_is_decoration() -> None:
    """A bullet or an icon; the next picture of the block is the story's, if there is one."""
    icon = "<img src='/i/video.png'>"
    blocks = [f"{icon}<img src='/img/{number}.jpg'>" for number in range(3)] + [icon, "<img src='/img/0.jpg'>"]
    found = pictures([LexborHTMLParser(block).css(ELEMENTS) for block in blocks], BASE)
    names = [address.rpartition("/")[2] for address in found]
    assert names == ["0.jpg", "1.jpg", "2.jpg", "", "0.jpg"]


def test_a_set_with_a_wrong_size_is_read_as_far_as_it_goes() -> None:
    """Descriptors that are no numbers count for nothing."""
    assert widest("/a.jpg 1.2.3w, /b.jpg 2x") == "/b.jpg"
    assert widest("") == ""


def stories(card: str) -> list[str]:
    """The files of the pictures of a page's stories."""
    cards = (card.format(n, f"/news/2026/story-{n}-of-the-day", f"Story {n} of the long day") for n in range(8))
    page = read_front_page(f"<main>{''.join(cards)}</main>", BASE)
    assert len(page.stories) == 8
    return [story.image.rpartition("/")[2] for story in page.stories]


def test_the_picture_in_a_storys_other_link_is_its_own() -> None:
    """Though nothing holds both."""
    assert stories("<a href='{1}'><img src='/{0}.jpg'></a><h3><a href='{1}'>{2}</a></h3>") == [
        f"{n}.jpg" for n in range(8)
    ]


def test_a_picture_beyond_a_rule_is_the_next_storys() -> None:
    assert stories("<hr><p><img src='/{0}.jpg'></p><p><a href='{1}'>{2}</a></p>") == [""] * 8


def test_who_took_a_picture_is_no_gallery_and_no_byline() -> None:
    card = "<article><h3><a href='{1}'>{2}</a></h3><img src='/{0}.jpg'><span class='credit'>Foto: dpa</span></article>"
    cards = (card.format(n, f"/news/2026/story-{n}-of-the-day", f"Story {n} of the long day") for n in range(8))
    page = read_front_page(f"<main>{''.join(cards)}</main>", BASE)
    assert {(story.kind, story.byline) for story in page.stories} == {(Kind.STORY, "")}
