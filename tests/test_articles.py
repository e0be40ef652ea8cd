"""Articles in a front page's place are told by what they say of themselves and by their text; a long lead is none."""

import pytest

from scraper.model import Quality
from scraper.reader import read_front_page

URL = "https://www.courier.example/"
HEADLINE = "The keeper of the lock who wrote down every flood"
PAPER = "The Daily Courier of Lower Weir"
TEXT = "The river rose and the keeper of the lock wrote it down in his book. " * 3
PARAGRAPHS = f"<div>{f'<p>{TEXT}</p>' * 6}</div>"
CALLED = "<meta property='og:type' content='article'>"
ADDRESSED = "<link rel='canonical' href='/news/2026/11/24/the-keeper-of-the-lock'>"
DATED = "<meta property='article:published_time' content='2026-11-24T08:00:00Z'>"
DESCRIBED = """<script type="application/ld+json">{"@type": "LiveBlogPosting", "liveBlogUpdate": [
    {"@type": "BlogPosting"}, {"@type": "BlogPosting"}]}</script>"""
TITLED = f"<title>{HEADLINE} - The Courier</title>"
HEADED = f"<h1>{HEADLINE}</h1>"
MORE = "".join(
    f"<h3><a href='/news/2026/story-number-{n}-of-the-day'>Another story of the day {n}</a></h3>" for n in range(20)
)


@pytest.mark.parametrize(
    "page",
    [
        CALLED + ADDRESSED + HEADED + PARAGRAPHS,
        CALLED + TITLED + HEADED + PARAGRAPHS,
        ADDRESSED + DATED + CALLED + HEADED,
        TITLED + HEADED + PARAGRAPHS,
        ADDRESSED + HEADED + PARAGRAPHS,
        TITLED + HEADED + f"<div itemprop='articleBody'><p>{TEXT}</p></div>" + ADDRESSED,
        f"<meta property='og:url' content='{URL}news/the-keeper-of-the-lock.html'>" + HEADED + PARAGRAPHS,
        TITLED + HEADED + CALLED + DESCRIBED,  # a live blog: no paragraph of its own
        TITLED + HEADED + DESCRIBED + "<body class='post single-post'>",
        "<title>洪水をすべて書きとめた水門の番人の物語 - 新報</title><h1>洪水をすべて書きとめた水門の番人の物語</h1>"
        + PARAGRAPHS.replace(TEXT, "川が増水し、水門の番人はそれを手帳に書きとめた。" * 3),
    ],
)
def test_an_article_is_no_front_page(page: str) -> None:
    """One story with its own text, however many links stand beside it."""
    reading = read_front_page(page + MORE, URL)
    assert reading.quality is Quality.NOT_A_FRONT_PAGE
    assert reading.problem.startswith("it is one article: it ")
    assert reading.stories == ()


def test_the_reason_names_every_sign() -> None:
    """In words, for whoever asks why a capture was set aside."""
    reading = read_front_page(TITLED + HEADED + PARAGRAPHS + MORE, URL)
    assert reading.problem == ("it is one article: it has its heading for a title and has 6 paragraphs of its own text")


LINKED = "<a href='/news/2026/11/24/the-keeper-{0}'>The keeper of lock number {0}</a>"


@pytest.mark.parametrize(
    "stories",
    [
        "".join(f"<p><b>{LINKED.format(n)}</b><br>{TEXT}</p>" for n in range(15)),
        "".join(f"<h5>{LINKED.format(n)}</h5><p>{TEXT}</p>" for n in range(15)),
        f"<div><h2>{LINKED.format(0)}</h2>{f'<p>{TEXT}</p>' * 5}</div>" + MORE,  # a lead printed with its whole text
    ],
)
def test_decks_below_links_are_no_text_of_the_page_itself(stories: str) -> None:
    """Of a paper whose name is as long as a headline, which is title and heading of its front page."""
    name = "The Times of the Upper River Valley"
    reading = read_front_page(f"<title>{name} | News, Sports</title><h1>{name}</h1><main>{stories}</main>", URL)
    assert reading.quality is Quality.OK
    assert len(reading.stories) >= 15


@pytest.mark.parametrize(
    "page",
    [
        CALLED + PARAGRAPHS,  # a front page that calls itself an article, with the whole text of its lead
        ADDRESSED + f"<div><p>{TEXT}</p></div>",  # a wrong canonical address
        CALLED + ADDRESSED,
        CALLED + DATED + DESCRIBED,  # a front page that was made as an article is
        # The paper's name as the title and a heading that leads home, over a lead with its whole text.
        f"<title>{PAPER}</title><h1><a href='/'>{PAPER}</a></h1>{PARAGRAPHS}",
        f"<title>{PAPER}</title><a href='/'><h1>{PAPER}</h1></a>{PARAGRAPHS}",
        f"<title>{PAPER}</title><meta property='og:site_name' content='{PAPER}'><h1>{PAPER}</h1>{PARAGRAPHS}",
        f"<title>{PAPER}</title><meta property='og:type' content='website'><h1>{PAPER}</h1>{PARAGRAPHS}",
        # Headlines and long summaries in one element.
        TITLED + HEADED + "<div>" + f"<h2><a href='/news/a-b-c-d'>{HEADLINE}</a></h2><p>{TEXT}</p>" * 8 + "</div>",
        f"<link rel='canonical' href='{URL}'>" + TITLED + HEADED,
    ],
)
def test_a_front_page_is_none(page: str) -> None:
    """One or two of the signs stand on real front pages too."""
    reading = read_front_page(page + MORE, URL)
    assert reading.quality is Quality.OK, reading.problem


def test_a_front_page_under_a_long_address_gives_it_for_its_own() -> None:
    """Then the address says nothing."""
    address = "https://www.courier.example/2026/the-front-page-of-today"
    page = f"<link rel='canonical' href='{address}'>" + HEADED + PARAGRAPHS + MORE
    assert read_front_page(page, address).quality is Quality.OK
    assert read_front_page(page, URL).quality is Quality.NOT_A_FRONT_PAGE


OWN = f"{URL}news/2026/11/24/the-keeper-of-the-lock"
TOLD = f"<link rel='canonical' href='{OWN}'>" + TITLED


@pytest.mark.parametrize(
    "page",
    [
        f"{TOLD}<div><h2><a href='{OWN}' rel='bookmark'>{HEADLINE}</a></h2>{f'<p>{TEXT}</p>' * 6}</div>",
        f"<div>{HEADED}<p>{TEXT}</p><h3>{LINKED.format(7)}</h3>{f'<p>{TEXT}</p>' * 6}</div>" + TITLED,
    ],
    ids=["its headline leads to itself", "a heading within leads to another"],
)
def test_linked_headings_of_an_article_make_no_front_page_of_it(page: str) -> None:
    assert read_front_page(page + MORE, URL).quality is Quality.NOT_A_FRONT_PAGE


def test_an_address_that_the_page_alone_tells_may_be_an_articles() -> None:
    """Or a topic's; a front page that names itself is one, and no story of its own."""
    article = ADDRESSED + HEADED + PARAGRAPHS + MORE
    assert read_front_page(article, OWN, is_told=True).quality is Quality.NOT_A_FRONT_PAGE
    topic = f"<link rel='canonical' href='{URL}tag/floods'>{MORE}"
    assert read_front_page(topic, f"{URL}tag/floods", is_told=True).quality is Quality.NOT_A_FRONT_PAGE
    front = f"<link rel='canonical' href='{URL}'><h1><a href='{URL}'>{PAPER}</a></h1>{MORE}"
    page = read_front_page(front, URL, is_told=True)
    assert page.quality is Quality.OK
    assert page == read_front_page(front, URL)
