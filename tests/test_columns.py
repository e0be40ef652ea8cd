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
    ("lesser", "other", "count"),
    [
        ("<h2>{}</h2>", "<article class='story'><h2>{}</h2></article>", 4),
        ("<h2 class='lead'>{}</h2>", "<article class='story story--lead'><h2>{}</h2></article>", 4),
        ("<h2>{}</h2>", "<aside><article class='story'><img src='/a.jpg'><h3>{}</h3></article></aside>", 4),
        ("<h2>{}</h2>", "<article class='story'><img src='/a.jpg'><h3>{}</h3></article>", 1),
    ],
)
def test_else_the_first_column_is_read_first(lesser: str, other: str, count: int) -> None:
    assert lead(row(lesser, other, count=count)) == LESSER[0]
