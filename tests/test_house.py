"""What a paper says of itself is no story, wherever it stands."""

import pytest

from scraper.house import is_house_address, is_house_text
from scraper.reader import read, read_front_page

URL = "https://www.courier.example/"
HEADLINES = (
    "The river rose in the night", "Council votes on the old bridge", "A school is named after a ferryman",
    "Three mills stand still for want of water", "The last ferry leaves on Sunday", "Bakers ask for cheaper flour",
)  # fmt: skip
CARDS = "".join(
    f"<article><h3><a href='/news/2026/{headline.replace(' ', '-')}'>{headline}</a></h3></article>"
    for headline in HEADLINES
)
NOTICES = {
    "a consent notice": "<h2>We care for your data as you would</h2><p>{}</p>"
    "<a href='/privacy-policy'>Our privacy and cookies policy</a>",
    "an offer": "<a href='/subscribe/spring'><img src='/o.jpg' width=970>"
    "<h2>Read all for one month for one euro</h2></a><p>{}</p>",
    "a call for help": "<h2>Your help keeps our reporting free</h2><p>{}</p>"
    "<a href='/give/now-or-monthly'>Support us from one euro a month</a>",
    "a newsletter": "<h3>All you need to know, at six each day</h3><p>{}</p>"
    "<a href='/briefing/the-morning-by-mail'>Sign up for the morning mail</a>",
    "the paper itself": "<a href='/epaper/today'><img src='/c.jpg' width=300>"
    "<h3>The whole paper on your tablet</h3></a><p>{}</p>",
}
WORDY = "It takes a minute and can be undone at any time, as often as you like, from your own account."


@pytest.mark.parametrize("notice", NOTICES)
def test_a_notice_at_the_top_is_neither_lead_nor_teaser(notice: str) -> None:
    page = read_front_page(f"<div class='x'>{NOTICES[notice].format(WORDY)}</div><main>{CARDS}</main>", URL)
    assert [story.headline for story in page.stories] == list(HEADLINES)
    assert page.lead is not None
    assert page.lead.headline == HEADLINES[0]


@pytest.mark.parametrize("label", ["Advertisement", "– Anzeige –", "Publicité:"])
def test_what_says_that_it_is_an_advertisement_does_not_lead(label: str) -> None:
    advertisement = (
        f"<div class='x'><span>{label}</span><a href='https://bank.example/ten-ways-to-save-on-your-mortgage'>"
        f"<img src='/ad.jpg' width=600><h3>Ten ways to save on your mortgage</h3></a><p>{WORDY}</p></div>"
    )
    page = read_front_page(f"{advertisement}<main>{CARDS}</main>", URL)
    assert page.lead is not None
    assert page.lead.headline == HEADLINES[0]


def test_a_link_that_is_paid_for_is_less_of_a_story() -> None:
    """By its `rel` (HTML, link types)."""

    def score(rel: str) -> float:
        link = f"<a rel='{rel}' href='/news/2026/save-on-mortgages'>How to save on mortgages</a>"
        found = read(f"<main>{CARDS}<article><h3>{link}</h3></article></main>", URL).found
        return next(mention.score for mention in found if "mortgages" in mention.text)

    assert score("noopener sponsored") < score("noopener")


@pytest.mark.parametrize(
    "text",
    [
        "Sign up for the morning mail", "Privacy Policy", "Zur Datenschutzerklärung", "S’abonner au journal",
        "Política de cookies", "Политика конфиденциальности", "Our weekly newsletter on rivers",
    ],
)  # fmt: skip
def test_what_only_the_paper_says(text: str) -> None:
    assert is_house_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "Ferry line loses 200 subscribers in a year", "Thousands sign up for swimming lessons",
        "Court rules on privacy of letters", "Neue Regeln zum Datenschutz", "Bakers eat cookies by the river",
        "Support US troops", "Donated kidney crosses the river", "",
    ],
)  # fmt: skip
def test_what_a_story_may_say(text: str) -> None:
    assert not is_house_text(text)


@pytest.mark.parametrize(
    ("host", "path", "expected"),
    [
        ("courier.example", "newsletters/the-morning-mail", True),
        ("abo.courier.example", "spring", True),
        ("courier.example", "Terms-of-Use", True),
        ("courier.example", "news/2026/ferry-loses-subscribers", False),
        ("courier.example", "news/contact-with-ferry-is-lost", False),
        ("tickets.courier.example", "circus", True),
        ("courier.example", "pictures/2026/front.pdf", True),
        ("courier.example", "life/sign-up-for-the-daily-newsletter", True),
        ("courier.example", "themen/ferries", True),
        ("courier.example", "themen/politik/faehre-verliert-fahrgaeste-134.html", False),
        ("courier.example", "tag/ferries/page/2", True),
        ("courier.example", "events/2016/7/town-hall-with-ruth-garland", True),
        ("forum.courier.example", "detail/133752352/1.html", True),
        ("bbs.courier.example", "thread-205484672.html", True),
        ("livraria.courier.example", "1165432", True),
        ("t.courier.example", "1642088277", True),
    ],
)
def test_where_the_paper_speaks_of_itself(host: str, path: str, expected: bool) -> None:
    assert is_house_address(host, path) is expected


def test_a_story_about_such_things_is_read() -> None:
    """A word against it is outweighed by all that is for it."""
    told = "Old newsletter of the ferry line found in attic"
    page = read_front_page(
        f"<main>{CARDS}<article><h3><a href='/news/2026/ferry-line-found'>{told}</a></h3></article>", URL
    )
    assert told in [story.headline for story in page.stories]


@pytest.mark.parametrize("host", ["forum.example", "club.tidewater.example", "newsletters.courier.example"])
def test_a_paper_whose_own_host_is_called_as_others_call_their_shops_has_stories(host: str) -> None:
    """The same name on another host of its domain is what it is elsewhere."""
    rows = "".join(f"<li><a href='/news/2026/{text.replace(' ', '-')}'>{text}</a></li>" for text in HEADLINES)
    page = read_front_page(f"<title>Tidewater</title><ul>{rows}</ul>", f"https://{host}/")
    assert [story.headline for story in page.stories] == list(HEADLINES)


def test_a_link_to_all_of_a_list_is_no_story() -> None:
    more = "<p><a href='/topics?g=flash'>ニュースの一覧はこちら</a></p>"
    assert len(read_front_page(f"<main>{CARDS}{more}</main>", URL).stories) == len(HEADLINES)
