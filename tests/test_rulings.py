# ruff: noqa: E501 - markup in a line is easier to compare than markup in pieces
"""What overrules the model or what it is told: links that their address says again, topics, channels, titles, tickers."""

import pytest

from scraper import Story, read_front_page
from scraper.links import says_more
from scraper.signs import TEXT_NAMES, is_slug_before_key, text_signs

URL = "https://courier.example/"
HEADLINES = (
    "Council votes on the old bridge", "A school is named after a ferryman", "Choir sings under the stars tonight",
    "Three mills stand still for want of water", "Bakers ask for cheaper flour again", "Schools open their doors to dogs",
)  # fmt: skip
RIVER = "River rises again in the night"
SLUG = "river-rises-again-in-the-night"


def cards(section: str, more: str = "") -> str:
    return "".join(
        f"<article class='card'><h3><a href='/{section}/2026/11/24/{text.lower().replace(' ', '-')}'>{text}{more}</a></h3></article>"
        for text in HEADLINES
    )


def read(markup: str) -> list[Story]:
    return list(read_front_page(f"<!doctype html><title>The Courier</title><body>{markup}", URL).stories)


def found(markup: str) -> list[str]:
    """The headlines of a page's stories but for the six that it has anyway."""
    stories = [story.headline for story in read(f"{markup}<main>{cards('news')}</main>")]
    assert stories[-len(HEADLINES) :] == list(HEADLINES)
    return stories[: -len(HEADLINES)]


BOX = "<div class='recommended'><a href='{}'>{}</a></div>"
ALERT = "<div class='alert-banner'><a href='{}'>{}</a></div>"


@pytest.mark.parametrize(
    ("address", "text"),
    [
        (f"/{SLUG}/", RIVER),
        (f"/9041-{SLUG}/", RIVER),
        (f"/9041/{SLUG}/", RIVER),
        ("/river-rises-again-in-the-evening-too/", RIVER),
        (f"https://sport.courier.example/{SLUG}/", RIVER),
        ("/lecole-ferme-a-la-rentree-encore/", "L’école ferme à la rentrée encore"),
        ("/river-rises-in-the-night.html", "River rises in the night"),
        ("/l%C3%A9cole-ferme-a-la-rentr%C3%A9e/", "L’école ferme à la rentrée"),
        ("/market-hall-opens-again-in-spring/", "Market hall opens again in spring"),
    ],
)
def test_a_link_whose_address_says_its_words_again_is_a_story(address: str, text: str) -> None:
    """The first five of them, behind a number if any."""
    assert found(BOX.format(address, text)) == [text]


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("/river-rises-in-town/", "River rises in town"),
        ("/river-rises-again-in-town-today/", RIVER),
        (f"/news-of-{SLUG}/", RIVER),
        (f"/x?t={SLUG}", RIVER),
    ],
)
def test_an_address_says_five_words_again_from_their_beginning(address: str, text: str) -> None:
    """Of its path, not of its query."""
    assert found(BOX.format(address, text)) == []


@pytest.mark.parametrize("address", [f"https://herald.example/{SLUG}/", f"/weather/{SLUG}/"])
def test_what_others_or_services_say_again_is_no_story(address: str) -> None:
    assert found(ALERT.format(address, RIVER)) == []


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("/support-us-and-the-ferry-line", "Support us and the ferry line"),
        ("/read-the-paper-in-our-app", "Read the paper in our app"),
    ],
)
def test_what_a_paper_asks_or_offers_is_no_story_though_its_address_says_it_again(address: str, text: str) -> None:
    assert found(BOX.format(address, text)) == []


@pytest.mark.parametrize("tag", ["footer", "nav"])
def test_what_stands_in_a_menu_or_below_all_is_no_story(tag: str) -> None:
    assert found(f"<{tag}><a href='/how-to-send-us-your-letters/'>How to send us your letters</a></{tag}>") == []


def test_the_title_of_a_section_is_no_story() -> None:
    title = "<a href='/playlist/what-to-watch-right-now'>What to watch right now</a>"
    assert found(f"<div class='section-title'>{title}</div>") == []


def test_what_the_model_is_sure_of_is_not_overruled() -> None:
    """Where not only the place speaks against a link."""
    assert found(f"<footer class='promo'><a href='/{SLUG}/'>{RIVER}</a></footer>") == []


def test_a_headline_about_what_papers_say_of_themselves_is_a_story() -> None:
    """Where its address says it again."""
    text = "The woman who reads every privacy policy"
    row = "<p><a href='{}'>{}</a></p>"
    assert found(row.format("/the-woman-who-reads-every-privacy-policy/", text)) == [text]
    assert found(row.format("/the-woman-with-a-hundred-letters/", text)) == []


def test_a_privacy_policy_is_no_story() -> None:
    """At the address of such, or in a list of its like."""
    text = "Our privacy policy and your data"
    slug = text.lower().replace(" ", "-")
    assert found(f"<ul><li><a href='/privacy-policy/{slug}'>{text}</a></li></ul>") == []
    like = "".join(
        f"<li><a href='/{kind.lower().replace(' ', '-')}'>{kind} of the Courier</a></li>"
        for kind in ("Terms of use", "Cookie policy", "Privacy notice")
    )
    assert found(f"<footer><ul>{like}<li><a href='/{slug}'>{text}</a></li></ul></footer>") == []


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("/the-keepers-lock-is-shut-for-good/", True),
        ("/The_Keepers_Lock_Is_Shut/", True),
        ("/the-keeper-s-lock-is-shut/", False),
        ("/the-lock-is-shut-for-good/", False),
    ],
)
def test_words_are_compared_as_addresses_spell_them(address: str, says: bool) -> None:
    text = "The keeper’s lock is shut for good"
    assert found(BOX.format(address, text)) == ([text] if says else [])


def bar(folder: str, *topics: str, around: str = "{}") -> str:
    rows = ""
    for topic in topics:
        slug = topic.lower().replace(" ", "-")
        rows += f"<li>{around.format(f'<a href=/{folder}/{slug}-9600>{topic}</a>')}</li>"
    return f"<div class='bar'><span>Of note</span><ul>{rows}</ul></div>"


TOPICS = ("Harbour", "Cost of living crisis", "War on the eels")


@pytest.mark.parametrize("folder", ["topic", "topics", "hashtag", "etiquetas", "temas"])
def test_a_few_words_that_lead_to_a_topic_are_no_story(folder: str) -> None:
    assert found(bar(folder, *TOPICS)) == []


@pytest.mark.parametrize(
    ("folder", "topics", "around"),
    [
        ("news", TOPICS[1:2], "{}"),
        ("topic/harbour", TOPICS[1:2], "{}"),
        ("topic", ("The cost of living at sea",), "{}"),
        ("topic", TOPICS[1:2], "<h3>{}</h3>"),
        ("topic", TOPICS[1:2], "<a href=/topic/cost-of-living-crisis-9600><img src=/a.jpg></a>{}"),
    ],
)
def test_more_than_a_topic_is_a_story(folder: str, topics: tuple[str, ...], around: str) -> None:
    """In another folder or below a topic, of more words, a heading, or pictured."""
    assert found(bar(folder, *topics, around=around)) == list(topics)


def test_few_words_are_not_counted_where_there_are_no_spaces() -> None:
    text = "洪水退去之后的村庄"
    assert found(f"<article class='card'><a href='/topic/9606-2022'>{text}</a></article>") == [text]


RECORDINGS = ("Rescued dog swims home again", "Tram drives past its stop")
PICTURE = "<img src='/a.jpg'>"


def recordings(address: str, picture: str = PICTURE, texts: tuple[str, str] = RECORDINGS) -> list[str]:
    """Those of a box of two that are found."""
    links = "".join(
        f"<a href='{address.format(number)}'>{picture}<b>{text}</b></a>" for number, text in enumerate(texts)
    )
    return found(f"<div class='box tv'>{links}</div>")


@pytest.mark.parametrize("front", ["https://tv.courier.example", "/tv", "/webtv"])
def test_pictured_recordings_of_a_papers_channel_are_stories(front: str) -> None:
    assert recordings(f"{front}/what-a-dog-can-do-{{}}") == list(RECORDINGS)


@pytest.mark.parametrize(
    ("address", "picture", "texts"),
    [
        ("https://tv.courier.example/what-a-dog-can-do-{}", "", RECORDINGS),
        ("https://tv.courier.example/what-a-dog-can-do-{}", PICTURE, ("Rescued dog swims", "Tram drives on")),
        ("https://tvs.courier.example/what-a-dog-can-do-{}", PICTURE, RECORDINGS),
        ("/tvguide/what-a-dog-can-do-{}", PICTURE, RECORDINGS),
        ("/news/tv/what-a-dog-can-do-{}", PICTURE, RECORDINGS),
        (
            "https://tv.courier.example/what-{}",
            PICTURE,
            ("Rescued dog swims home again to the old mill", "Tram drives past its stop in the market today"),
        ),
    ],
)
def test_programmes_and_other_strips_are_no_stories(address: str, picture: str, texts: tuple[str, str]) -> None:
    """Without a picture, far from a story by themselves, of no channel, or at an address that says nothing."""
    assert recordings(address, picture, texts) == []


@pytest.mark.parametrize(
    ("names", "title", "section"),
    [
        ("title title--{}", "World Cup 2022", "World Cup 2022"),
        ("{}-title title", "World Cup 2022", ""),
        ("title title--{}", "The World Cup 2022", ""),
        ("title title--{}", "<img src='/a.jpg'>World Cup 2022", ""),
    ],
)
def test_titles_are_alike_by_their_first_class(names: str, title: str, section: str) -> None:
    """Those of up to three words without a picture; else this one is a story, beneath which nothing has a section."""
    parts = "".join(
        f"<section><h3 class='{names.format(part)}'><a href='{address}'>{text}</a></h3>{cards(part, f', says {part}')}</section>"
        for part, address, text in (
            *((part, f"/{part}", part.title()) for part in ("world", "money", "sport", "arts")),
            ("cup", "/news/world-cup/2022", title),
        )
    )
    stories = read(parts)
    assert {story.section for story in stories if "/cup/" in story.url} == {section}
    assert any(story.url.endswith("/news/world-cup/2022") for story in stories) != bool(section)


KOREAN = (
    "가을 강을 건너는 사람들", "오래된 다리의 마지막 밤", "겨울을 기다리는 어부들", "도서관이 다시 문을 연다",
    "학교 앞 빵집의 아침 풍경", "시장에서 만난 늙은 목수",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "is_one"), [("은행잎과 도시", True), ("은행 도시다", False), ("은행잎과도시의", False)]
)
def test_a_short_korean_text_in_words_is_a_headline(text: str, is_one: bool) -> None:
    """Of seven characters, with a space."""
    assert says_more(text) == is_one
    rows = "".join(
        f"<li><a href='/2026/11/24/2026112400{n}.html'>{one}</a></li>" for n, one in enumerate((*KOREAN, text))
    )
    assert [story.headline for story in read(f"<ul>{rows}</ul>")] == [*KOREAN, *([text] if is_one else [])]


@pytest.mark.parametrize("text", ["Ферма и лес", "Night falls"])
def test_a_short_text_of_other_letters_is_a_label(text: str) -> None:
    assert not says_more(text)


@pytest.mark.parametrize(
    ("text", "is_arrow"),
    [
        ("«Больной скорее жив»", False),
        ("Больной скорее жив »", True),
        ("Lire la suite »", True),
        ("«Больной скорее жив» ›", True),
    ],
)
def test_the_end_of_a_quotation_is_no_arrow(text: str, is_arrow: bool) -> None:
    assert bool(text_signs(text) >> TEXT_NAMES.index("arrow") & 1) == is_arrow


@pytest.mark.parametrize(
    ("address", "is_one"),
    [
        ("slub-roku-odwolany/cx3vqux", True),
        ("slub_roku_odwolany/cx3vqux", True),
        ("slub-roku/cx3vqux", False),
        ("slub-roku-odwolany/2026", False),
        ("slub-roku-odwolany/20261124", False),
        ("slub-roku-odwolany/cx3v", False),
        ("slub-roku-odwolany/archive", False),
    ],
)
def test_three_words_before_a_mixed_key_are_a_slug(address: str, is_one: bool) -> None:
    """Six small letters and digits at least, no year and no word."""
    assert is_slug_before_key(address, address.rpartition("/")[2]) == is_one


@pytest.mark.parametrize(
    ("bar", "text", "is_one"),
    [
        ("<nav id='top-nav'><div class='breaking'>{}</div></nav>", RIVER, True),
        ("<nav id='top-nav'><div class='breaking'>{}</div></nav>", "River rises at night", False),
        ("<div id='top'><div class='breaking'>{}</div></div>", "River rises at night", True),
        ("<nav id='top-nav'><div class='x7'>{}</div></nav>", RIVER, False),
        ("<nav id='top-nav'><div class='breaking'><div class='submenu'>{}</div></div></nav>", RIVER, False),
        ("<nav class='breaking'>{}</nav>", RIVER, False),
    ],
)
def test_a_ticker_in_a_menu_is_no_menu(bar: str, text: str, is_one: bool) -> None:
    """For five words or more, and not for a menu in it or one that is itself called so."""
    assert found(bar.format(f"<ul><li><a href='/2026/river/'>{text}</a></li></ul>")) == ([text] if is_one else [])


@pytest.mark.parametrize(("words", "is_told"), [(22, True), (35, True), (36, False)])
def test_a_link_over_a_whole_card_tells_more_than_a_line_in_a_list(words: int, is_told: bool) -> None:
    """Of forty words or fewer, the headline's with them."""
    summary = " ".join(f"word{n}" for n in range(words))
    card = f"<div class='grid'><a href='/{SLUG}'><img src='/a.jpg'><strong class='titles'>{RIVER}</strong><p>{summary}</p></a></div>"
    line = f"<div class='box'><ol><li><a href='/{SLUG}'>{RIVER}</a></li></ol></div>"
    [story] = [story for story in read(f"{card}<main>{cards('news')}</main>{line}") if story.url.endswith(SLUG)]
    assert (story.headline, story.summary) == (RIVER, summary if is_told else "")
