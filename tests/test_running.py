# ruff: noqa: E501 - markup in a line is easier to compare than markup in pieces
"""What is printed with a headline and a summary and is no part of them: ranks, times, marks, counts; and links in them."""

import pytest

from scraper import Story
from tests.markup import HEADLINE, STORY
from tests.markup import ferry as link
from tests.markup import ferry_in as story
from tests.markup import filled as read

SUMMARY = "The report says that nobody was hurt in the boat."
THINGS = ("bakers-and-mills", "pupils-and-books", "bells-and-towers", "boats-and-weirs")


def several(markup: str, *texts: str) -> list[Story]:
    """The stories of cards set alike, each with a text of its own in place of TEXT."""
    cards = [
        markup.replace("TEXT", text)
        .replace("ADDRESS", f"/news/2026/11/24/{thing}-today")
        .replace("HEADLINE", f"{thing.capitalize()} of this long day")
        for text, thing in zip(texts, THINGS, strict=False)
    ]
    return [one for one in read("".join(cards)) if one.url.endswith("-today")]


@pytest.mark.parametrize(
    ("below", "summary"),
    [
        (
            "<p>The court <a href='https://d.example/x'>ruled 2-1</a> that it is nobody's.</p>",
            "The court ruled 2-1 that it is nobody's.",
        ),
        (
            "<p><a href='https://d.example/x'>The mayor</a> says that nobody will pay for it.</p>",
            "The mayor says that nobody will pay for it.",
        ),
        (
            "<p><a href='https://d.example/x'>The mayor</a> Nobody will pay for the ferry at all.</p>",
            "Nobody will pay for the ferry at all.",
        ),
        (
            "<div>The court has ruled <a href='https://d.example/x'>in spring</a> that nobody has to pay.</div>",
            "The court has ruled in spring that nobody has to pay.",
        ),
        (
            "<div>The court has ruled <i><b><a href='https://d.example/x'>in spring</a></b></i> that nobody has to pay.</div>",
            "The court has ruled in spring that nobody has to pay.",
        ),
        (
            "<p>The court has ruled <a href='https://d.example/x'>in spring</a>.</p>",
            "The court has ruled in spring.",
        ),
        ("<p>The court has ruled it <a href='https://d.example/x'>in spring</a> |</p>", "The court has ruled it"),
        ("<div>The court has ruled <a href='https://d.example/x'>in spring</a> that nobody pays.</div>", ""),
        (
            "<div>The court <a href='https://d.example/x'>ruled it</a> that nobody has to pay for it after all.</div>",
            "that nobody has to pay for it after all.",
        ),
        (
            "<div>The court has ruled <a href='https://d.example/x'>at noon</a> at 12:05 that nobody has to pay for it</div>",
            "at 12:05 that nobody has to pay for it",
        ),
        ("<p>Court <a href='https://d.example/x'>ruled</a> of town</p>", ""),
        ("<p>Of it and <a href='https://d.example/x'>the old ferry that nobody wanted</a> again</p>", ""),
        ("<p>By <a href='/people/rae'>Rae Nolan</a>, who wrote this in the town</p>", ", who wrote this in the town"),
        (
            "<p>The court has ruled it for all <a class='comments' href='https://d.example/x'>12 comments</a> so far.</p>",
            "The court has ruled it for all",
        ),
        (
            "<p>Also of interest <a href='/x'>Old ferry</a> | <a href='/y'>New bridge</a> | for all of you</p>",
            "| for all of you",
        ),
    ],
)
def test_links_in_a_summary_part_no_text(below: str, summary: str) -> None:
    """Where it reads as prose, in a paragraph or of eight words beside them; a line of links is none."""
    assert story(f"<article><h3>{link()}</h3>{below}</article>").summary == summary


@pytest.mark.parametrize(
    ("begins", "are_taken"),
    [
        (("1. ", "2. ", "3. "), True),
        (("1) ", "2) ", "3) "), True),
        (("10:20 a.m. ", "10:12 a.m. ", "9:40 a.m. "), True),
        (("10:20 – ", "10:12 – ", "09:40 – "), True),
        (("1. ", "2. "), False),
        (("1. ", "1. ", "1. "), False),
        (("1. ", "2. ", ""), False),
        (("1. ", "2. ", "3 "), False),
    ],
)
def test_the_ranks_and_the_times_that_a_list_begins_with_are_no_headlines(
    begins: tuple[str, ...], are_taken: bool
) -> None:
    """Where all of three or more begin so, and not all with the same."""
    found = several("<ol><li><a href='ADDRESS'>TEXTHEADLINE</a></li></ol>", *begins)
    assert [one.headline for one in found] == [
        f"{'' if are_taken else begin}{thing.capitalize()} of this long day"
        for begin, thing in zip(begins, THINGS, strict=False)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "{}<span class='dur'> 02:10</span>",
        "<span class='dur'>02:10</span> {}",
        "{} <span>3 min 10 s</span>",
        "{} <span>5m ago</span>",
        "{} <em>42 min</em>",
        "{} <span class='zz'>New</span>",
        "{} <b class='zz'>12 photos</b>",
    ],
)
def test_how_long_a_recording_takes_is_no_part_of_a_headline(text: str) -> None:
    """Nor its age, or that it is new, first or last in its link."""
    assert story(f"<ul><li>{link(text.format(HEADLINE))}</li></ul>").headline == HEADLINE
    assert story(f"<h3>{link(text.format(HEADLINE))}</h3>").headline == HEADLINE


@pytest.mark.parametrize(
    "text",
    [
        "Ferry stuck on the weir for <span class='dur'>42 min</span> on Sunday",
        "Ferry stuck on the weir for <span class='dur'>42 hours</span>",
        "Ferry on the weir is <span>New</span>",
    ],
)
def test_what_stands_in_a_headline_or_says_more_is_part_of_it(text: str) -> None:
    """As does what no name sets apart, but for a length."""
    plain = text.replace("<span class='dur'>", "").replace("<span>", "").replace("</span>", "")
    assert story(f"<h3>{link(text)}</h3>").headline == plain


@pytest.mark.parametrize(
    ("text", "headline"),
    [
        (f"{HEADLINE} »", HEADLINE),
        (f"› {HEADLINE}", HEADLINE),
        (f"&gt; {HEADLINE} &gt;&gt;", HEADLINE),
        ("« The ferry is ours » since Sunday »", "« The ferry is ours » since Sunday »"),
        ("By ferry → over the weir on Sunday", "By ferry → over the weir on Sunday"),
    ],
)
def test_marks_around_a_headline_lead_on(text: str, headline: str) -> None:
    assert story(f"<h3>{link(text)}</h3>").headline == headline


@pytest.mark.parametrize(
    ("before", "is_time"),
    [
        ("Updated 3:10 p.m. ", True),
        ("Posted at 15:10 – ", True),
        ("Updated at 95:88 ", False),
        ("95:88 ", False),
        ("Updated ", False),
    ],
)
def test_when_a_text_was_written_is_no_part_of_a_summary(before: str, is_time: bool) -> None:
    """A score is no time, nor is the word alone."""
    found = story(f"<article><h3>{link()}</h3><p>{before}{SUMMARY}</p></article>")
    assert found.summary == (SUMMARY if is_time else before + SUMMARY)


@pytest.mark.parametrize(
    ("below", "summary"),
    [
        (f"<p>{link('Forty were taken off')}</p>", "Forty were taken off"),
        (f"<p>{link('Nobody was hurt')}</p>", ""),
        (f"<p>{link('Read more about this')}</p>", ""),
        (f"<div>{link('Forty were taken off')}</div>", ""),
        ("<p><a href='/news/2026/11/24/forty-were-taken-off'>Forty were taken off</a></p>", ""),
    ],
)
def test_the_story_s_own_link_in_a_paragraph_is_text(below: str, summary: str) -> None:
    assert story(f"<article><h3>{link()}</h3>{below}</article>").summary == summary


@pytest.mark.parametrize(
    ("texts", "kickers"),
    [
        (("2m", "14m", "3h", "4 hrs"), ("", "", "", "")),
        (("3D", "5G", "4K", "2D"), ("3D", "5G", "4K", "2D")),
        (("733 comments", "512 comments", "90 comments", "45 comments"), ("", "", "", "")),
        (("Part 733", "Part 512", "Part 90", "Part 45"), ("Part 733", "Part 512", "Part 90", "Part 45")),
    ],
)
def test_ages_and_counts_are_no_kickers(texts: tuple[str, ...], kickers: tuple[str, ...]) -> None:
    found = several("<article><div>TEXT</div><h3><a href='ADDRESS'>HEADLINE</a></h3></article>", *texts)
    assert tuple(one.kicker for one in found) == kickers


@pytest.mark.parametrize(
    ("text", "kicker"),
    [
        ("2022 Election", "2022 Election"),
        ("2022 on", ""),
        ("Rovers 95:88", "Rovers 95:88"),
        ("Rovers 15:28", ""),
        ("Nasional | 3 menit lalu", "Nasional"),
        ("Spor | 3 saat önce", "Spor"),
        ("Thể thao • 5 phút trước", "Thể thao"),
        ("Мир | 3 минуты назад", "Мир"),
        ("3시간 전", ""),
        ("5 घंटे पहले", ""),
        ("5 ঘন্টা আগে", ""),
        ("منذ 5 ساعات", ""),
        ("3 ساعت پیش", ""),
        ("לפני 3 שעות", ""),
        ("2 години тому", ""),
        ("πριν από 3 ώρες", ""),
        ("3 menit lalu", ""),
        ("Лише 2 години тому", "Лише 2 години тому"),
        ("전 3 시간", "전 3 시간"),
    ],
)
def test_what_is_a_time_is_no_kicker(text: str, kicker: str) -> None:
    """Nor part of one; a score is none, nor is the year of what a kicker names."""
    markup = "<article>{}<h3><a href='{}'>{}</a></h3></article>"
    assert story(markup.format(f"<div class='kicker'>{text}</div>", STORY, HEADLINE)).kicker == kicker


@pytest.mark.parametrize(
    ("text", "kicker"), [("2022 Election", "2022 Election"), ("2022 May", ""), ("2022 on", ""), ("2022 5G", "")]
)
def test_a_year_may_stand_before_what_it_is_of(text: str, kicker: str) -> None:
    """A month is not, unless it is called a kicker."""
    assert story(f"<a href='{STORY}'><div><span>{text}</span></div><h2>{HEADLINE}</h2></a>").kicker == kicker


@pytest.mark.parametrize(
    ("deck", "is_one"),
    [
        ("<h2 class='sortDec'>Minister named TEXT and curfew told</h2>", True),
        ("<h2>Minister named TEXT and curfew told</h2>", True),
        ("<h2 class='sortDec'>Minister named TEXT twice</h2>", False),
    ],
)
def test_a_higher_heading_below_a_headline_may_be_its_deck(deck: str, is_one: bool) -> None:
    """Of five words or more: a shorter one is a title of what follows."""
    found = several(f"<div><h3><a href='ADDRESS'>HEADLINE</a></h3>{deck}</div>", "Kim", "Rae", "Lee", "Ann")
    assert ["Kim" in one.summary for one in found][:1] == [is_one]
    assert {one.summary == "" for one in found} == {not is_one}


def test_a_date_may_stand_between_a_kicker_and_a_headline() -> None:
    card = "<div class='post'><div>TEXT</div><div class='q7'>{}</div><h2><a href='ADDRESS'>HEADLINE</a></h2></div>"
    topics = ("Politics", "School", "Town", "Weir")
    for between, kickers in (
        ("October 6, 2014", topics),
        ("Mon October 6, 2014", topics),
        ("Issue of today", ("",) * 4),
    ):
        assert tuple(one.kicker for one in several(card.format(between), *topics)) == kickers


@pytest.mark.parametrize(
    ("names", "count", "are_summaries"), [("standfirst", 4, True), ("standfirst", 3, False), ("q7", 4, False)]
)
def test_short_deks_in_a_card_that_is_a_link_are_summaries(names: str, count: int, are_summaries: bool) -> None:
    """Of four cards or more, where they are called so."""
    card = f"<article><a href='ADDRESS'><h4>HEADLINE</h4><div class='{names}'>Hold our TEXT</div></a></article>"
    summaries = [one.summary for one in several(card, *("pint", "bread", "oars", "coats")[:count])]
    assert summaries == [
        f"Hold our {one}" if are_summaries else "" for one in ("pint", "bread", "oars", "coats")[:count]
    ]


@pytest.mark.parametrize(
    ("names", "is_one"),
    [("itemLead", True), ("headline-lead", True), ("itemLeader", False), ("itemlead", False), ("headline-more", False)],
)
def test_the_names_of_a_dek(names: str, is_one: bool) -> None:
    text = "Nobody was hurt that night"
    found = story(
        f"<article class='headline'><div class='headline-title'>{link()}</div><div class='{names}'>{text}</div></article>"
    )
    assert found.summary == (text if is_one else "")


def test_a_text_above_that_ends_in_a_colon_is_no_summary() -> None:
    """It leads into the headline."""
    text = "stated by the owner of the ferry in a letter"
    for ending, summary in ((":", ""), ("：", ""), ("", text)):
        assert (
            story(f"<article><div class='summary'>{text}{ending}</div><h3>{link()}</h3></article>").summary == summary
        )
    below = f"<article><h3>{link()}</h3><div class='summary'>{text}:</div></article>"
    assert story(below).summary == f"{text}:"


@pytest.mark.parametrize(
    ("address", "kicker"),
    [
        ("/housing", "Housing"),
        ("https://courier.example/housing/?all", "Housing"),
        ("/hous", ""),
        ("/money", ""),
        ("/", ""),
    ],
)
def test_a_link_to_the_folder_of_a_story_is_its_kicker(address: str, kicker: str) -> None:
    headline = f"<a href='/housing/2026/ferry-stuck-on-the-weir'>{HEADLINE}</a>"
    card = f"<div class='mt-4'><a class='text-xs' href='{address}'>Housing</a><h2>{headline}</h2></div>"
    assert story(card).kicker == kicker


@pytest.mark.parametrize(
    ("first", "text", "is_summary"),
    [
        (
            f"<strong class='titles'>{HEADLINE}</strong>",
            "Those who waited on the weir in the rain were cold and had no coats",
            True,
        ),
        (f"<strong>{HEADLINE}</strong>", "Those who waited on the weir in the rain were cold and had no coats", True),
        ("<div>Ferry on the weir</div>", "Nobody was hurt in the ferry on Sunday", True),
        ("<div>Ferry on the weir</div>", "Nobody was hurt in there on Sunday", False),
        ("<div>On the weir</div>", "Those who waited on the weir in the rain", False),
    ],
)
def test_a_paragraph_in_the_link_of_a_card_is_its_text(first: str, text: str, is_summary: bool) -> None:
    """Twice as long as what stands before it, which has to be no label; else that is its kicker."""
    found = story(f"<div class='q7'>{link(f'{first}<p>{text}</p>')}</div>")
    assert (found.summary == text, found.headline == text) == (is_summary, not is_summary)


def test_emphasis_that_is_called_a_headline_in_a_link_stands_apart() -> None:
    for names, headline in (("titles", HEADLINE), ("q7", f"{HEADLINE} Forty were taken off")):
        assert (
            story(f"<div>{link(f'<strong class={names}>{HEADLINE}</strong> Forty were taken off')}</div>").headline
            == headline
        )


@pytest.mark.parametrize("age", ["<em>2 hours ago</em>", "<small>5m ago</small>", "<span class='badge'>NEW</span>"])
def test_an_age_behind_a_headline_is_no_part_of_it(age: str) -> None:
    found = story(f"<article><h3><a href='{STORY}'>{HEADLINE} {age}</a></h3></article>")
    assert (found.headline, found.kicker) == (HEADLINE, "")


def test_a_line_of_names_and_links_is_no_summary() -> None:
    text = "By <a href='/people/rae'>Rae Nolan</a> and others of the paper in town"
    assert not story(f"<article><h3>{link()}</h3><p>{text}</p></article>").summary.startswith("Rae Nolan")


def test_scores_that_headlines_begin_with_stay() -> None:
    scores = ("95:88 after extra time", "84:79 without a captain", "91:69 in an empty hall")
    found = several("<li><a href='ADDRESS'>TEXT in the harbour</a></li>", *scores)
    assert [one.headline for one in found] == [f"{score} in the harbour" for score in scores]
