"""Pages of papers whose stories stand on several hosts, and what their addresses say of stories."""

import pytest

from scraper import FrontPage, read_front_page
from scraper.company import address_shape
from scraper.signs import ADDRESS_NAMES, address_signs
from scraper.urls import counted_below

URL = "https://www.courier.example/"
SISTER = 1 << ADDRESS_NAMES.index("sister host")
OTHER = 1 << ADDRESS_NAMES.index("other site")
HEADLINES = [
    "The coach leaves out his captain again", "A skier lands beyond the slope", "Tennis star gives her prize away",
    "Three mills stand still for want of water", "The last ferry leaves on a Sunday", "Bakers ask for cheaper flour",
]  # fmt: skip


def page(host: str) -> FrontPage:
    """A page with twenty stories of its own and six on another host, in a list of their own."""
    own = "".join(f"<li><a href='/news/{n}-x/k{n}f'>Story number {n} of this long day</a></li>" for n in range(20))
    others = "".join(f"<li><a href='https://{host}/a/x{n}q'>{one}</a></li>" for n, one in enumerate(HEADLINES))
    return read_front_page(f"<main><h2>News</h2><ul>{own}</ul><h2>More</h2><ul>{others}</ul></main>", URL)


def test_many_headlines_on_sister_hosts_are_the_papers_own() -> None:
    found = {story.headline for story in page("sport.courier.example").stories}
    assert found >= set(HEADLINES)


@pytest.mark.parametrize(
    ("target", "site", "sign"),
    [
        ("https://sport.courier.example/a/x1", "courier.example", SISTER),
        ("https://sport.courier.example/a/x1", ".courier.example", 0),
        ("https://courier.example/a/x1", ".courier.example", 0),
        ("https://herald.example/a/x1", ".courier.example", OTHER),
        ("https://herald.example/a/x1", "", 0),
    ],
)
def test_hosts_are_seen_from_a_host_a_domain_or_nowhere(target: str, site: str, sign: int) -> None:
    assert address_signs(target, site) & (SISTER | OTHER) == sign


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("sport/2026/11/24/the-ferry-is-late-123", "a/9/9/9/s"),
        ("sport/a1427137468773?ref=top", "a/a9?"),
        ("2012/new/sep/6/today-t1.htm", "9/a/a/9/s9.a"),
        ("", ""),
    ],
)
def test_addresses_have_a_shape(path: str, shape: str) -> None:
    assert address_shape(f"https://courier.example/{path}") == shape


def test_a_sections_front_is_no_story() -> None:
    """Whatever it is called: other stories stand below its address."""
    below = counted_below([f"https://courier.example/from-the-news-wires/{n}" for n in range(3)])
    assert below["https://courier.example/from-the-news-wires"] == 3
    assert below["https://courier.example/from-the-news-wires/1"] == 0
    wires = "".join(
        f"<li><a href='/from-the-news-wires/2026/1124/story-{n}-of-the-day'>Story number {n} of this long day</a></li>"
        for n in range(5)
    )
    seen = read_front_page(
        f"<div><h3><a href='/from-the-news-wires'>From the news wires</a></h3><ul>{wires}</ul></div>", URL
    )
    assert {story.section for story in seen.stories} == {"From the news wires"}


def test_pictures_beside_the_main_column_of_chinese_pages_do_not_lead() -> None:
    """The focus pictures stand first and are big; the lead is a headline in the column beside them."""
    slides = "".join(
        f"<div class='item'><a href='/2026/1124/90010{n}.html'><img src='/{n}.jpg' width='300' height='220'></a>"
        f"<a href='/2026/1124/90010{n}.html'>{n}号渔村老人守灯塔四十三年</a></div>"
        for n in range(4)
    )
    items = "".join(
        f"<li><a href='/2026/1124/90020{n}.html'>{n}川の水が夜のうちに堤防を越えた</a></li>" for n in range(12)
    )
    seen = read_front_page(
        f"<div><div class='focus'>{slides}</div><div class='news'><h2><a href='/2026/1124/900300.html'>"
        f"国务院部署清理行政审批年内再取消一百三十项</a></h2><ul>{items}</ul></div></div>",
        URL,
    )
    assert seen.lead is not None
    assert seen.lead.url.endswith("900300.html")
