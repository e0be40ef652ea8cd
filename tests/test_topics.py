"""How a story stands out: by its topic, by its print, by its spot, and by what its address says of that."""

from collections.abc import Sequence

import pytest

from scraper.prominence import VALUES
from scraper.reader import read
from scraper.standing import Standing
from scraper.topics import telling_words

URL = "https://www.courier.example/"
HEADLINES = [
    "Council votes on the old bridge", "A school is named after a ferryman",
    "Three mills stand still for want of water",
    "Flood reaches the Lower Weir at night", "Bakers ask for cheaper flour", "Lower Weir gives way in the flood",
    "What the flood at the Lower Weir costs", "Choir sings under the stars",
]  # fmt: skip


def seen(cards: Sequence[str]) -> dict[str, Standing]:
    """The candidates for the lead of a page of cards, by their headlines."""
    page = "<main>" + "".join(f"<div class='x{number}'>{card}</div>" for number, card in enumerate(cards)) + "</main>"
    return {standing.mention.text: standing for standing in read(page, URL).ranked}


def address(headline: str) -> str:
    return f"/news/2026/{headline.replace(' ', '-')}"


def plain(headline: str) -> str:
    return f"<p><a href='{address(headline)}'>{headline}</a></p>"


def test_stories_of_one_topic_count_each_other() -> None:
    standings = seen([plain(headline) for headline in HEADLINES])
    counts = {headline: standings[headline].kindred for headline in HEADLINES}
    flood = [headline for headline in HEADLINES if "Weir" in headline]
    assert {headline: count for headline, count in counts.items() if count} == dict.fromkeys(flood, 2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The flood", {"flood"}),
        ("Überschwemmungsgebiete", {"übersch"}),
        ("洪水退去", {"洪水", "水退", "退去"}),
        ("洪水 2026年", {"洪水", "20", "02", "26", "6年"}),
        ("فيضان النهر", {"فيضان", "النهر"}),
        ("", set()),
        ("!", set()),
    ],
)
def test_words_that_tell_a_topic(text: str, expected: set[str]) -> None:
    assert {*telling_words(text)} == expected


@pytest.mark.parametrize("form", ["<a href='{}'><b>{}</b></a>", "<b><a href='{}'>{}</a></b>"])
def test_a_bold_headline_where_few_have_headings(form: str) -> None:
    """The first of them stands out more; a bold word in a headline is nothing."""
    cards = [plain(headline) for headline in HEADLINES]
    for number in (2, 5):
        cards[number] = form.format(address(HEADLINES[number]), HEADLINES[number])
    cards[4] = f"<a href='{address(HEADLINES[4])}'><b>Bakers</b> ask for cheaper flour</a>"
    standings = seen(cards)
    assert [headline for headline in HEADLINES if standings[headline].bold] == [HEADLINES[2], HEADLINES[5]]
    first = VALUES.index("first bold")
    assert [headline for headline in HEADLINES if standings[headline].values[first]] == [HEADLINES[2]]


def test_bold_says_nothing_where_headings_do() -> None:
    cards = [f"<h3>{plain(headline)}</h3>" for headline in HEADLINES]
    cards[2] = f"<a href='{address(HEADLINES[2])}'><b>{HEADLINES[2]}</b></a>"
    assert not any(standing.bold for standing in seen(cards).values())


@pytest.mark.parametrize(("size", "level"), [("+7", 1), ("7", 1), ("+4", 1), ("+1", 0), ("", 0), ("x", 0)])
def test_the_largest_print_is_a_heading(size: str, level: int) -> None:
    """Pages without style sheets set their headline so, be it of two words."""
    large = f"<font size='{size}'><a href='/news/2026/bakers-strike'>BAKERS STRIKE AT LAST</a></font>"
    found = seen([*map(plain, HEADLINES[:2]), large, *map(plain, HEADLINES[2:])])
    assert found["BAKERS STRIKE AT LAST"].level == level
    short = seen([large.replace("BAKERS STRIKE AT LAST", "THEY KNEW"), *map(plain, HEADLINES)])
    assert ("THEY KNEW" in short) == (level == 1)


def test_an_address_may_tell_the_spot() -> None:
    """What publishers add to an address to count from where it was followed; its words are no story's."""
    cards = [plain(headline) for headline in HEADLINES]
    cards[1] = cards[1].replace("ferryman'", "ferryman?module=lead-story&place=1'")
    standings = seen(cards)
    called = [headline for headline in HEADLINES if standings[headline].values[VALUES.index("first lead word")]]
    assert called == [HEADLINES[1]]


def test_stories_above_are_counted() -> None:
    standings = seen([plain(headline) for headline in HEADLINES])
    assert [standings[headline].above for headline in HEADLINES] == list(range(len(HEADLINES)))


def test_a_picture_in_another_cell_is_the_storys() -> None:
    """With related links between it and the headline, as old tables have it."""
    first, *others = HEADLINES
    table = (
        f"<table><tr><td>{plain(first)}<a href='{address(HEADLINES[-1])}'>{HEADLINES[-1]}</a></td>"
        f"<td><a href='{address(first)}'><img src='/flood.jpg' width=430></a></td></tr></table>"
    )
    standings = seen([table, *map(plain, others[:-1])])
    assert (standings[first].pictures, standings[first].width) == (1, 430)


def test_a_story_with_related_ones_below_it_in_its_block() -> None:
    """Two at least, in another form and of no higher heading; equals in a list are none."""
    first, *rest = HEADLINES
    links = "".join(f"<li><a href='{address(headline)}'>{headline}</a></li>" for headline in rest[:2])
    cards = [plain(headline) for headline in rest[2:]]
    assert seen([f"<h2><a href='{address(first)}'>{first}</a></h2><ul>{links}</ul>", *cards])[first].with_related
    assert not seen([f"<h2><a href='{address(first)}'>{first}</a></h2>{plain(rest[0])}", *cards])[first].with_related
    equals = "".join(f"<h2><a href='{address(headline)}'>{headline}</a></h2>" for headline in HEADLINES[:3])
    assert not seen([equals, *cards])[first].with_related


@pytest.mark.parametrize(
    "form",
    [
        "<h2><a href='{href}'>{headline}</a></h2><a href='{href}'><p>{text}</p></a>",
        "<h2><a href='{href}'>{headline}</a></h2><p>{text}</p>",
        "<h2><a href='{href}'>{headline}</a></h2>{text}",
        "<div><h2><a href='{href}'>{headline}</a></h2><p>{text}</p></div>",
    ],
)
def test_text_beside_a_headline_counts_though_related_stories_share_its_block(form: str) -> None:
    """In another link to the story, or unlinked right below it; not what belongs to the stories below."""
    first, *rest = HEADLINES
    text = "Water stood in all streets of the lower town by four, and in the mill by five."
    links = "".join(f"<li><a href='{address(headline)}'>{headline}</a></li>" for headline in rest[:2])
    lead = form.format(href=address(first), headline=first, text=text)
    standings = seen([f"{lead}<ul><li>See also</li>{links}</ul>", *map(plain, rest[2:])])
    assert standings[first].spare == len(text)


def test_a_headline_without_heading_needs_text_to_have_related_stories() -> None:
    """A list may begin with a link that is set in another way."""
    first, *rest = HEADLINES
    links = "".join(f"<li><a href='{address(headline)}'>{headline}</a></li>" for headline in rest[:2])
    link = f"<b><a href='{address(first)}'>{first}</a></b>"
    text = "Water stood in all streets of the lower town by four, and in the mill by five."
    assert not seen([f"{link}<ul>{links}</ul>", *map(plain, rest[2:])])[first].with_related
    assert seen([f"{link}<br>{text}<ul>{links}</ul>", *map(plain, rest[2:])])[first].with_related


def test_the_last_of_one_list_may_be_the_first_of_the_next() -> None:
    """Neighbouring links to it are two mentions then, and stay one where they are parts of one block."""
    first, *rest = HEADLINES
    trending = "".join(f"<li>{plain(headline)}</li>" for headline in (*rest[:2], first))
    lead = f"<a href='{address(first)}'><img src='/flood.jpg'></a><h1><a href='{address(first)}'>{first}</a></h1>"
    page = f"<ul>{trending}</ul><div><article>{lead}</article>{''.join(map(plain, rest[2:]))}</div>"
    mention = next(standing.mention for standing in read(page, URL).ranked if standing.mention.text == first)
    assert (mention.count, len(mention.links), mention.level) == (2, 2, 1)


def test_a_lead_that_is_a_picture_alone_has_the_headline_beside_it() -> None:
    """Between them a kicker leads elsewhere; a credit is no headline, and the same story is no runner-up."""
    first, second, *rest = HEADLINES
    href = address(first)
    lead = (
        f"<div class='lead'><a href='{href}'><img src='/flood.jpg' width='900'></a><p>Photo: Ada Ferry</p>"
        f"<h4><a href='/topics/weir'>Lower Weir</a></h4><div><a href='{href}'>{first}</a></div></div>"
    )
    page = read(f"<main>{lead}{plain(second)}{''.join(map(plain, rest))}</main>", URL).page
    assert page.lead is not None
    assert page.lead.headline == first
    assert first not in page.lead.evidence[-1]
    assert [story.headline for story in page.stories].count(first) == 1
