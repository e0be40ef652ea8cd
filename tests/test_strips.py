# ruff: noqa: E501 - markup in a line is easier to compare than markup in pieces
"""What stands before the lead and is none: strips of breaking news, rows of small cards, lesser columns, copies of it."""

import pytest

from scraper import FrontPage, read_front_page

URL = "https://courier.example/"
LEAD = "Navy boats pluck families off rooftops"
STRIP = "Council meets in the night"
RELATED = "Mayor is heard on the budget"
LESSER = [
    "Onion imports by land allowed",
    "Power bills include arrears",
    "Third polio case of the year",
    "Pace trio named for the tour",
    "Mill owner buys the old bridge",
    "Books go dear once more",
    "Cats are counted in the harbour",
]
DEK = "They waited on the roofs for two nights and a day before the boats came for them."


def address(headline: str) -> str:
    return f"/news/2026/11/24/{headline.lower().replace(' ', '-')}"


def link(headline: str) -> str:
    return f"<a href='{address(headline)}'>{headline}</a>"


def read(page: str) -> FrontPage:
    return read_front_page(f"<!doctype html><title>The Courier</title><body>{page}", URL)


def lead(page: str) -> str:
    found = read(page).lead
    assert found is not None
    return found.headline


def cards(tag: str, *, image: str = "<img src='/a.jpg'>", dek: str = "", count: int = 5) -> str:
    """Cards set alike, the lead's the first of them."""
    return "".join(
        f"<article>{image}<{tag}>{link(headline)}</{tag}>{dek}</article>" for headline in [LEAD, *LESSER][:count]
    )


@pytest.mark.parametrize(
    ("strip", "page", "expected"),
    [
        ("<h2>{}</h2>", cards("h2"), LEAD),
        ("<h2>{}</h2>", cards("h2", image="", dek=f"<p>{DEK}</p>"), LEAD),
        ("<h2>{}</h2>", cards("h2", image=""), STRIP),
        ("<img src='/s.jpg'><h2>{}</h2>", cards("h2"), STRIP),
        ("<h2>{}</h2>", cards("div", dek=f"<p>{DEK}</p>"), STRIP),
    ],
)
def test_a_bare_strip_that_is_called_a_ticker_is_no_lead(strip: str, page: str, expected: str) -> None:
    """Where others are cards; with a picture or the only heading of its level it may be."""
    assert lead(f"<main><div class='breaking-news'>{strip.format(link(STRIP))}</div>{page}</main>") == expected


@pytest.mark.parametrize(
    ("title", "around", "expected"),
    [
        ("<b>Breaking news</b>", "{}", LEAD),
        ("<b>속보</b>", "{}", LEAD),
        ("<b>EIL +++</b>", "{}", LEAD),
        ("<b>Breaking news:</b>", "<div><div>{}</div></div>", LEAD),
        ("<b>Breaking news</b>", "<div><div><div>{}</div></div></div>", STRIP),
        ("<b>Breaking news from the harbour</b>", "{}", STRIP),
        ("<b>Breaking news</b> of the day", "{}", STRIP),
        ("<b>Around the harbour</b>", "{}", STRIP),
    ],
)
def test_lines_below_the_word_breaking_are_no_lead(title: str, around: str, expected: str) -> None:
    """Right before the line or the strip that it is in, and nothing else."""
    lines = around.format(f"<ul><li>{link(STRIP)}</li><li>{link(RELATED)}</li></ul>")
    assert lead(f"<main><div class='x1'>{title}{lines}</div>{cards('div', dek=f'<p>{DEK}</p>')}</main>") == expected


def small(count: int = 4, tag: str = "h4", image: str = "<img src='/s.jpg'>", names: str = "", dek: str = "") -> str:
    """A row of small cards."""
    items = [
        f"<li class='{names}'><a href='{address(headline)}'>{image}</a><{tag}>{link(headline)}</{tag}>{dek}</li>"
        for headline in LESSER[:count]
    ]
    return f"<ul>{''.join(items)}</ul>"


def large(tag: str = "h2", image: str = "<img src='/a.jpg'>", dek: str = f"<p>{DEK}</p>") -> str:
    return f"<div class='big'><a href='{address(LEAD)}'>{image}</a><{tag}>{link(LEAD)}</{tag}>{dek}</div>"


def grid() -> str:
    return "".join(
        f"<article><a href='/news/2026/11/24/part-{n}'><img src='/{n}.jpg'></a><h2>{link(f'Why the lake is ours, part {n}')}</h2><p>{DEK}</p></article>"
        for n in range(4)
    )


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (small(3), LEAD),
        (small(6), LEAD),
        (small(2), LESSER[0]),
        (small(7), LESSER[0]),
        (small(tag="h2"), LESSER[0]),
        (small(dek=f"<p>{DEK}</p>"), LESSER[0]),
        (small(names="lead"), LESSER[0]),
        (f"{small()}<p>{link(STRIP)}</p>", LESSER[0]),
    ],
)
def test_a_row_of_small_cards_opens_no_page(row: str, expected: str) -> None:
    """Three to six of them, a picture and a headline each, right before a card with a higher heading."""
    assert lead(f"<main>{row}{large()}{grid()}</main>") == expected


@pytest.mark.parametrize(("width", "expected"), [(400, LEAD), (399, LESSER[0])])
def test_a_picture_twice_as_wide_sets_a_card_larger(width: int, expected: str) -> None:
    row = small(tag="h3", image="<img width='200' src='/s.jpg'>")
    card = large("h3", f"<img width='{width}' src='/a.jpg'>", "")
    rest = "".join(f"<article><h3>{link(f'Why the lake is ours, part {n}')}</h3></article>" for n in range(4))
    assert lead(f"<main>{row}{card}{rest}</main>") == expected


def columns(first: str, second: str, around: tuple[str, str] = ("", "")) -> str:
    third = "".join(f"<article><h4>{link(f'Why the lake is ours to keep, part {n}')}</h4></article>" for n in range(3))
    return f"<main><div class='cols'><div {around[0]}>{first}</div><div {around[1]}>{second}</div><div>{third}</div></div></main>"


def card(headline: str, *, tag: str = "h2", pictured: bool = True, more: str = "") -> str:
    image = f"<a href='{address(headline)}'><img src='/a.jpg'></a>" if pictured else ""
    return f"<article>{image}<{tag}>{link(headline)}</{tag}>{more}</article>"


@pytest.mark.parametrize(
    ("around", "story", "expected"),
    [
        (("style='flex-basis:25%'", "style='flex-basis:50%'"), card(LEAD), LEAD),
        (("style='width: 25%'", "style='width: 37.5%'"), card(LEAD), LEAD),
        (("class='col-md-3'", "class='col-md-6'"), card(LEAD), LEAD),
        (("class='large-3 columns'", "class='large-6 columns'"), card(LEAD), LEAD),
        (("class='md:col-span-3'", "class='md:col-span-6'"), card(LEAD), LEAD),
        (("style='flex-basis:33%'", "style='flex-basis:49%'"), card(LEAD), LESSER[0]),
        (("class='col-md-4'", "class='col-md-5'"), card(LEAD), LESSER[0]),
        (("style='max-width:25%'", "style='max-width:50%'"), card(LEAD), LESSER[0]),
        (("", "class='col-md-6'"), card(LEAD), LESSER[0]),
        (("class='col-md-3'", "class='col-md-6'"), card(LEAD, pictured=False), LESSER[0]),
        (("class='col-md-3'", "class='col-md-6'"), card(LEAD, tag="h3"), LESSER[0]),
    ],
)
def test_the_story_of_a_column_that_is_much_wider_leads(around: tuple[str, str], story: str, expected: str) -> None:
    """By half at least as both state it, with a picture and no lower heading."""
    first = "".join(card(headline, pictured=False) for headline in LESSER[:3])
    assert lead(columns(first, story, around)) == expected


TOLD = f"<p>{DEK}</p>"


@pytest.mark.parametrize(("alerts", "expected"), [(3, LEAD), (4, LESSER[0])])
def test_such_a_story_leads_only_at_the_top_of_a_page(alerts: int, expected: str) -> None:
    above = "".join(f"<p><a href='/alerts/{n}'>Road number {n} is closed</a></p>" for n in range(alerts))
    page = columns("".join(map(card, LESSER[:3])), card(LEAD, more=TOLD))
    assert lead(f"<div>{above}</div>{page}") == expected


@pytest.mark.parametrize(("is_dek", "expected"), [(True, LEAD), (False, LESSER[0])])
def test_related_links_are_no_dek(is_dek: bool, expected: str) -> None:
    related = "".join(f"<li>{link(f'What the embankment was worth in part {n}')}</li>" for n in range(3))
    more = TOLD if is_dek else f"<ul>{related}</ul>"
    assert lead(columns("".join(map(card, LESSER[:3])), card(LEAD, more=more))) == expected


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("".join(map(card, LESSER[:3])), card(LEAD, more=TOLD), LEAD),
        ("".join(map(card, LESSER[:3])), card(LEAD, more=TOLD) + card(RELATED, tag="h3"), LEAD),
        ("<h2>Latest</h2>" + "".join(map(card, LESSER[:3])), card(LEAD, more=TOLD) + card(RELATED), LEAD),
        ("".join(map(card, LESSER[:3])), card(LEAD, more=TOLD) + card(RELATED), LESSER[0]),
        ("".join(map(card, LESSER[:2])), card(LEAD, more=TOLD), LESSER[0]),
        ("".join(map(card, LESSER[:3])), card(LEAD, more="<p>They waited for two nights.</p>"), LESSER[0]),
        ("".join(card(one, more=TOLD) for one in LESSER[:3]), card(LEAD, more=TOLD), LESSER[0]),
        ("".join(map(card, LESSER[:3])), card(LEAD, pictured=False, more=TOLD), LESSER[0]),
    ],
)
def test_a_story_with_a_dek_beside_some_without_leads(first: str, second: str, expected: str) -> None:
    """Three or more; it alone has a heading of its level in its column, or those have a title of their own."""
    assert lead(columns(first, second)) == expected


@pytest.mark.parametrize(
    ("folder", "expected"), [("/topics/{}", LEAD), ("/news/2026/11/24/town-hall-and-harbour-{}", LESSER[0])]
)
def test_the_links_of_kickers_in_a_column_are_no_stories(folder: str, expected: str) -> None:
    first = "".join(
        f"<article class='story'><div><a href='{folder.format(n)}'>Town hall and harbour {n}</a></div><h2>{link(headline)}</h2></article>"
        for n, headline in enumerate(LESSER[:4])
    )
    assert lead(columns(first, f"<article class='story story--lead'><h2>{link(LEAD)}</h2></article>")) == expected


@pytest.mark.parametrize(
    ("count", "tag", "slides", "leads"),
    [(8, "h4", 4, True), (4, "h4", 4, True), (0, "h4", 8, True), (3, "h4", 4, False), (8, "h3", 4, False)],
)
def test_slides_stand_beside_a_column_only_where_a_headline_is_set_apart(
    count: int, tag: str, slides: int, leads: bool
) -> None:
    """By a heading that is no section's first: of the first three levels, or one of fewer than four."""
    texts = [
        "渡轮周日起被困堤坝",
        "面粉价格再次上涨面包师担忧",
        "学校图书馆书籍无人借阅",
        "港口清点流浪猫创新高",
        "钟楼报时过晚投诉不断",
        "磨坊主买下旧桥引发争议",
        "果园丰收苹果大幅下跌",
        "市场翻修工程下月动工",
        "灯塔重新开放迎来游客",
        "老电影院将改建为中心",
    ]
    line = "市议会今夜讨论新桥预算方案"
    ticker = f"<ul class='t1'><li><a href='/a/2026/1124/1.html'>{line}</a></li><li><a href='/a/2026/1124/2.html'>{texts[9]}</a></li></ul>"
    carousel = "".join(
        f"<li><a href='/a/2026/1124/{10 + n}.html'><img src='/{n}.jpg'></a><a href='/a/2026/1124/{10 + n}.html'><p>{texts[n]}</p></a></li>"
        for n in range(slides)
    )
    latest = "".join(f"<li><a href='/a/2026/1124/{30 + n}.html'>昨日{texts[n]}</a></li>" for n in range(10))
    firsts = "".join(
        f"<div class='first'><a href='/a/2026/1124/{50 + n}.html'><{tag}>今日{texts[n]}</{tag}></a></div>"
        for n in range(count)
    )
    page = f"{ticker}<ul class='s1'>{carousel}</ul><ul class='list'>{latest}</ul>{firsts}"
    assert lead(page) == (texts[0] if leads else line)


@pytest.mark.parametrize(
    ("names", "kicker", "section"),
    [("ticker", "River", ""), ("popular", "River", ""), ("x1", "", "Trending now")],
)
def test_a_lead_is_printed_by_its_card_and_not_by_a_ticker(names: str, kicker: str, section: str) -> None:
    """Where that is called so, though its headings are higher."""
    lines = "".join(f"<h2>{link(headline)}</h2>" for headline in (LEAD, *LESSER[:2]))
    posts = "".join(
        f"<div class='post'><a href='{address(headline)}'><img src='/a.jpg'></a><a class='post-category' href='/t/{topic.lower()}'>{topic}</a><h3>{link(headline)}</h3></div>"
        for headline, topic in zip((LEAD, *LESSER[:4]), ("River", "Town", "Town", "Town", "Town"), strict=True)
    )
    found = read(f"<main><div class='{names}'><strong>Trending now</strong>{lines}</div>{posts}</main>").lead
    assert found is not None
    assert (found.headline, found.kicker, found.section) == (LEAD, kicker, section)


@pytest.mark.parametrize(
    "strip", ["<b>Breaking news</b> <h2>{}</h2>", "<ul><li><b>Breaking news:</b> <h2>{}</h2></li></ul>"]
)
def test_a_strip_that_says_first_what_it_is_is_no_lead(strip: str) -> None:
    assert lead(f"<main><div class='x1'>{strip.format(link(STRIP))}</div>{cards('h2')}</main>") == LEAD


def test_no_line_of_a_breaking_strip_is_the_lead() -> None:
    lines = "".join(f"<li><h2>{link(headline)}</h2></li>" for headline in (STRIP, RELATED))
    assert lead(f"<main><div><b>Breaking news</b><ul>{lines}</ul></div>{cards('h2')}</main>") == LEAD
