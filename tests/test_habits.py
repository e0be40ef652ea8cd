"""What a page prints in one way beside many headlines is their kicker or summary, whatever it is called."""

import pytest

from scraper.model import Story
from scraper.reader import read_front_page

URL = "https://www.courier.example/"
HEADLINES = [
    "The river rose in the night", "Council votes on the old bridge", "A school is named after a ferryman",
    "Three mills stand still for want of water", "The last ferry leaves on Sunday", "Bakers ask for cheaper flour",
]  # fmt: skip
KICKERS = ["Flood", "Lower Weir", "Schools", "Drought", "Flood", "Trade"]
SUMMARIES = [
    "Nobody was hurt.", "It was close.", "He never learnt to write.", "Rain is not in sight.", "Ninety years end.",
    "Bread got dearer twice.",
]  # fmt: skip


def stories(form: str, kickers: list[str] = KICKERS, summaries: list[str] = SUMMARIES) -> list[Story]:
    """The stories of a page of cards, each in one form."""
    cards = [
        form.format(kicker=kicker, headline=headline, summary=summary, href=f"/news/2026/{headline.replace(' ', '-')}")
        for kicker, headline, summary in zip(kickers, HEADLINES, summaries, strict=True)
    ]
    return list(read_front_page("".join(f"<div class='x1'>{card}</div>" for card in cards), URL).stories)


@pytest.mark.parametrize(
    "form",
    [
        "<div class='q7'>{kicker}</div><a href='{href}'>{headline}</a>",
        "<div class='q7'><a href='/topic/x'>{kicker}</a></div><h3><a href='{href}'>{headline}</a></h3>",
        "<span class='q7'>{kicker}</span> <a href='{href}'>{headline}</a>",
        "<a href='{href}'><img src='/a.jpg'></a><p class='q7'>{kicker}</p><p><a href='{href}'>{headline}</a></p>",
        "<div class='caption'><i class='tag'>{kicker}</i><h2><a href='{href}'>{headline}</a></h2></div>",
    ],
)
def test_what_stands_above_the_headlines_is_their_kicker(form: str) -> None:
    """In an element without a name, in a link that leads elsewhere, in names that are around headline and kicker."""
    found = stories(form)
    assert [story.headline for story in found] == HEADLINES
    assert [story.kicker for story in found] == KICKERS


@pytest.mark.parametrize("kicker", ["Article", "Read this", "The night was long and nobody in the lower town slept."])
def test_what_says_nothing_of_the_story_is_no_kicker(kicker: str) -> None:
    """One word above all headlines, an invitation to read, a sentence."""
    kickers = [kicker if kicker == "Article" else f"{kicker} {number}" for number in range(6)]
    found = stories("<div class='q7'>{kicker}</div><a href='{href}'>{headline}</a>", kickers)
    assert [story.kicker for story in found] == [""] * 6


@pytest.mark.parametrize(
    "form",
    [
        "<h3><a href='{href}'>{headline}</a></h3><div class='q9'>{summary}</div>",
        "<a href='{href}'>{headline}</a><br>{summary}",
        "<a class='t' href='{href}'>{headline}</a><div class='lead2'>{summary}</div>",
        "<h2><a href='{href}'>{headline}</a></h2><h3 class='q9'>{summary}</h3>",
        "<h3><a href='{href}'>{headline}</a></h3><section><a href='{href}'><span>{summary}</span></a></section>",
    ],
)
def test_sentences_below_the_headlines_are_their_summaries(form: str) -> None:
    """However short: by themselves they are too short to be told from labels."""
    assert [story.summary for story in stories(form)] == SUMMARIES


def test_summaries_may_end_as_headlines_do() -> None:
    """They are longer than labels, and no two are the same."""
    summaries = [
        f"How the people of house number {word} see it" for word in ("one", "two", "three", "four", "five", "six")
    ]
    found = stories("<h3><a href='{href}'>{headline}</a></h3><div class='q9'>{summary}</div>", summaries=summaries)
    assert [story.summary for story in found] == summaries


def test_summaries_that_are_called_so_may_be_short() -> None:
    summaries = ["Bean counters furious", "Oops", "Not quite cricket", "You had one job", "Just like old days", "Cheap"]
    form = "<h4><a href='{{href}}'>{{headline}}</a></h4><p class='{}'>{{summary}}</p><p class='date'>10:20</p>"
    assert [story.summary for story in stories(form.format("standfirst"), summaries=summaries)] == summaries
    assert "Oops" not in {story.summary for story in stories(form.format("q9"), summaries=summaries)}


@pytest.mark.parametrize(
    "summary", ["about {} minutes ago in Culture", "Own correspondent", "What the papers say of it"]
)
def test_times_names_and_what_is_always_the_same_are_no_summaries(summary: str) -> None:
    found = stories(
        "<h3><a href='{href}'>{headline}</a></h3><div class='q9'>{summary}</div>",
        summaries=[summary.format(10 + number) for number in range(6)],
    )
    assert [story.summary for story in found] == [""] * 6


def test_a_kicker_may_name_a_year() -> None:
    """ "Election 2012" tells what it is about; a date above the headline tells when."""
    kickers = ["Election 2012", "Budget 2013", "Schools", "24 November 2012", "Flood", "Trade"]
    found = stories("<div class='kicker'>{kicker}</div><h3><a href='{href}'>{headline}</a></h3>", kickers)
    assert [story.kicker for story in found] == [*kickers[:3], "", *kickers[4:]]


def test_a_term_is_the_kicker_of_its_description() -> None:
    """HTML's dl: each dt belongs to the dd that follows."""
    form = "<dt><a href='/topic/{kicker}'>{kicker}</a></dt><dd><a href='{href}'>{headline}</a></dd>"
    cards = [
        form.format(kicker=k, headline=h, href=f"/news/2026/{h.replace(' ', '-')}")
        for k, h in zip(KICKERS, HEADLINES, strict=True)
    ]
    page = read_front_page(f"<dl>{''.join(cards)}</dl>", URL)
    assert [story.kicker for story in page.stories] == KICKERS


def test_what_begins_the_next_story_is_not_below_this_one() -> None:
    """Its town, in front of its link."""
    cards = [
        f"<p><i class='q7'>{k}</i> <a href='/news/2026/{h.replace(' ', '-')}'>{h}</a></p>"
        for k, h in zip(KICKERS, HEADLINES, strict=True)
    ]
    page = read_front_page(f"<div>{''.join(cards)}</div>", URL)
    assert [story.summary for story in page.stories] == [""] * 6


def test_the_summary_of_a_lead_may_follow_the_header_that_it_shares() -> None:
    """With a live blog in one header, and related stories at the end."""
    page = read_front_page(
        "<article><header><h4><a href='/news/2026/live-blog-of-the-flood'>Live blog: the flood hour by hour</a></h4>"
        "<h1><a href='/news/2026/the-river-rose'>The river rose in the night</a></h1></header>"
        "<figure><img src='/a.jpg'><figcaption>By the mill</figcaption></figure>"
        "<div class='summary'><p>Water stood in all streets.</p></div>"
        "<ul><li><a href='/news/2026/what-the-mayor-says'>What the mayor says of the flood</a></li></ul></article>",
        URL,
    )
    assert {story.headline: story.summary for story in page.stories} == {
        "Live blog: the flood hour by hour": "",
        "The river rose in the night": "Water stood in all streets.",
        "What the mayor says of the flood": "",
    }


def test_labels_below_the_headlines_are_no_summaries() -> None:
    found = stories("<h3><a href='{href}'>{headline}</a></h3><div class='q9'>{kicker}</div>")
    assert [story.summary for story in found] == [""] * 6


@pytest.mark.parametrize("tag", ["strong", "b", "span"])
def test_a_link_may_begin_with_its_headline(tag: str) -> None:
    """And go on with the summary."""
    found = stories(f"<a href='{{href}}'><{tag} class='q7'>{{headline}}</{tag}> {{summary}}</a>")
    assert [story.headline for story in found] == HEADLINES
    assert [story.summary for story in found] == SUMMARIES


@pytest.mark.parametrize("end", ["And nobody slept", "12:05"])
def test_a_link_may_begin_with_a_long_headline(end: str) -> None:
    """It is one whatever follows: no kicker is as long."""
    headlines = [f"{headline}, and so did the mill on the other side" for headline in HEADLINES]
    cards = [
        f"<h3><a href='/news/2026/{n}-the-river'><strong>{h}</strong><em>{end}</em></a></h3>"
        for n, h in enumerate(headlines)
    ]
    assert [story.headline for story in read_front_page("".join(cards), URL).stories] == headlines


def test_a_kicker_may_stand_before_a_headline_in_an_element_that_related_stories_share() -> None:
    """It is the story's then, not the section of all of them; a category above alike stories is theirs."""
    related = "".join(
        f"<li><a href='/news/2026/related-story-number-{n}-of-the-flood'>Related story number {n} of the flood</a></li>"
        for n in range(3)
    )
    lead = (
        "<div class='top'><p class='kicker'>Floods</p><h2><a href='/news/2026/the-river-rose-in-the-night'>"
        f"The river rose in the night</a></h2><ul>{related}</ul></div>"
    )
    group = "<div><p class='category'>Harbour</p>" + "".join(
        f"<h3><a href='/news/2026/harbour-story-number-{n}-of-the-day'>Harbour story number {n} of the day</a></h3>"
        for n in range(4)
    )
    page = read_front_page(f"{lead}{group}</div>", URL)
    found = {story.headline: (story.kicker, story.section) for story in page.stories}
    assert found["The river rose in the night"] == ("Floods", "")
    assert found["Related story number 1 of the flood"] == ("", "")
    assert found["Harbour story number 0 of the day"] == ("", "Harbour")
    assert found["Harbour story number 3 of the day"] == ("", "Harbour")


def test_what_is_shown_without_scripts_only_is_not_printed() -> None:
    """Some pages hold a picture there as text."""
    found = stories(
        "<a href='{href}'><img src='/a.jpg'></a><noscript class='label'>&lt;img src='/b.jpg'&gt;</noscript>"
        "<h3><a href='{href}'>{headline}</a></h3>"
    )
    assert [story.kicker for story in found] == [""] * 6


@pytest.mark.parametrize(
    ("end", "rest"),
    [(" <b>mehr</b>", ""), (" [Read more]", ""), ("[…]", "[…]"), (" The mill wants more", " The mill wants more")],
)
def test_what_leads_on_is_not_of_the_summary(end: str, rest: str) -> None:
    """Behind a sentence, or in brackets."""
    found = stories("<h3><a href='{href}'>{headline}</a></h3><p class='dek'>{summary}" + end + "</p>")
    assert [story.summary for story in found] == [f"{summary}{rest}" for summary in SUMMARIES]


@pytest.mark.parametrize(
    "form",
    [
        "<div class='caption'><h1>{link}</h1><p>{text}</p><ul>{related}</ul></div>",
        "<div class='category-news'><h1>{link}</h1><div><p>{text}</p></div></div>",
        "<div><h1>{link}</h1><h2>{text}</h2><ul>{related}</ul></div>",
        "<div><h1>{link}</h1><h2>{text}</h2></div>",
    ],
)
def test_names_around_headline_and_summary_are_neither_s(form: str) -> None:
    """A caption that holds both, a card's category; a lower heading as long as a sentence is no section's."""
    text = "Water stood in all streets of the lower town by four."
    related = "".join(
        f"<li><a href='/news/2026/related-story-{n}'>Related story number {n} of it</a></li>" for n in range(2)
    )
    link = "<a href='/news/2026/the-river-rose-in-the-night'>The river rose in the night</a>"
    page = read_front_page(form.format(link=link, text=text, related=related), URL)
    found = {story.headline: (story.kicker, story.summary, story.section) for story in page.stories}
    assert found["The river rose in the night"] == ("", text, "")
