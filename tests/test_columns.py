# ruff: noqa: E501 - markup in a line is easier to compare than markup in pieces
"""A lead in the middle of a page, beside a column of lesser stories that the source has first."""

import pytest

from scraper.reader import read_front_page

URL = "https://courier.example/"
LEAD = "Navy boats pluck families off rooftops"
LESSER = [
    "Onion imports by land allowed",
    "Power bills include arrears",
    "Third polio case of the year",
    "Pace trio named",
]


def link(headline: str) -> str:
    return f"<a href='/news/2026/11/24/{headline.lower().replace(' ', '-')}'>{headline}</a>"


def row(lesser: str, lead: str, *, count: int = 4) -> str:
    """Three columns: one of stories set in a form, one with the lead, one of opinions."""
    first = "".join(f"<article class='story'>{lesser.format(link(headline))}</article>" for headline in LESSER[:count])
    third = "".join(f"<article><h4>{link(f'Why the lake is ours to keep, part {n}')}</h4></article>" for n in range(3))
    middle = f"{lead.format(link(LEAD))}<article><h4>{link('What the embankment was worth')}</h4></article>"
    return f"<main><div class='cols'><div>{first}</div><div>{middle}</div><div>{third}</div></div></main>"


def lead(page: str) -> str:
    found = read_front_page(f"<!doctype html><title>The Courier</title><body>{page}", URL).lead
    assert found is not None
    return found.headline


@pytest.mark.parametrize(
    ("lesser", "larger"),
    [
        ("<h3>{}</h3>", "<article class='story'><img src='/a.jpg'><h2>{}</h2></article>"),
        ("<h2>{}</h2>", "<article class='story story--lead'><h2>{}</h2></article>"),
        ("<h2>{}</h2>", "<div class='lead'><article class='story'><h2>{}</h2></article></div>"),
    ],
)
def test_the_larger_story_of_the_second_column_leads(lesser: str, larger: str) -> None:
    """By its heading and picture, or by what it is called."""
    assert lead(row(lesser, larger)) == LEAD


@pytest.mark.parametrize(
    ("lesser", "larger", "count"),
    [
        ("<h2>{}</h2>", "<article class='story'><h2 class='title-xl'>{}</h2></article>", 2),
        (
            "<h2>{}</h2>",
            "<article class='story'><a class='card' href='/news/2026/11/24/x-y-z'></a><h2 class='lead-title'>{}</h2></article>",
            2,
        ),
        ("<h3>{}</h3>", "<article class='story'><img src='/a.jpg'><h2>{}</h2></article>", 3),
    ],
)
def test_print_that_is_named_larger_makes_a_story_larger(lesser: str, larger: str, count: int) -> None:
    """Than those of a column of two."""
    assert lead(row(lesser, larger, count=count)) == LEAD


@pytest.mark.parametrize(
    "lesser",
    [
        "<article><h3>{}</h3></article>",
        "<li class='lead-plus-headlines'>{}</li>",
    ],
)
def test_a_column_with_a_title_of_its_own_is_no_front(lesser: str) -> None:
    """What is beside it without one is, with a picture or as the only heading."""
    first = "".join(lesser.format(link(headline)) for headline in LESSER)
    head = f"<article><a href='/news/2026/11/24/{LEAD.lower().replace(' ', '-')}'><img src='/a.jpg'></a><h3>{link(LEAD)}</h3></article>"
    others = "".join(f"<article><h3>{link(f'Why the lake is ours to keep, part {n}')}</h3></article>" for n in range(3))
    page = f"<main><div class='cols'><div>{{}}{first}</div><div>{head}{others}</div></div></main>"
    assert lead(page.format("<h2>What is news</h2>")) == LEAD


def test_the_part_that_is_called_the_lead_comes_before_a_strip_of_lesser_stories() -> None:
    """In a page of any size, at its very top."""
    cards = "".join(f"<article><h2>{link(headline)}</h2><p>Briefly told.</p></article>" for headline in LESSER)
    stories = "".join(f"<article><h3>{link(f'Why the lake is ours, part {n}')}</h3></article>" for n in range(60))
    parts = "".join(f"<section><h2>Part {n}</h2>{stories.replace('part', f'{n} and')}</section>" for n in range(5))
    for name, expected in (("topnews", LEAD), ("x7", LESSER[0])):
        page = f"<main><div><section>{cards}</section><section id='{name}'><article><h2>{link(LEAD)}</h2></article></section>{parts}</div></main>"
        assert lead(page) == expected


def test_wider_pictures_are_no_lesser_stories() -> None:
    wide = "".join(
        f"<article><a href='/news/2026/11/24/{headline.lower().replace(' ', '-')}'><img width='560' src='/w.jpg'><h3>{headline}</h3></a></article>"
        for headline in LESSER
    )
    narrow = f"<article class='lead'><a href='/news/2026/11/24/{LEAD.lower().replace(' ', '-')}'><img width='150' src='/n.jpg'><h3>{LEAD}</h3></a></article>"
    assert lead(f"<main><div class='cols'><div>{wide}</div><div>{narrow}</div></div></main>") == LESSER[0]


STRIP = "El pleno debate la ley de vivienda"


@pytest.mark.parametrize(
    "strip",
    [
        "<div class='live-strip'>{}</div>",
        "<div class='x1'><span>EN VIVO</span> {}</div>",
        "<div class='x1'><a href='/live/2026/11/24/el-pleno-debate-la-ley'>El pleno debate la ley de vivienda</a></div>",
    ],
)
def test_a_strip_that_is_live_is_no_lead(strip: str) -> None:
    """Where others are cards; it may be, with a picture or as the only heading of its level."""
    cards = "".join(
        f"<article><a href='/news/2026/11/24/part-{n}'><img src='/{n}.jpg'></a><h2>{link(f'Why the lake is ours, part {n}')}</h2></article>"
        for n in range(4)
    )
    larger = f"<article><img src='/a.jpg'><h2>{link(LEAD)}</h2><p>They waited on the roofs for two nights and a day before the boats came.</p></article>"
    bare = (
        strip.format(f"<h2>{link(STRIP)}</h2>")
        .replace("<a href='/live", "<h2><a href='/live")
        .replace("vivienda</a></div>", "vivienda</a></h2></div>")
    )
    assert lead(f"<main>{bare}<div class='grid'>{larger}{cards}</div></main>") == LEAD
    alone = bare.replace("h2>", "h1>")
    assert lead(f"<main>{alone}<div class='grid'>{larger}{cards}</div></main>") == STRIP
