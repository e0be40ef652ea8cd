"""Names that are said of a whole page tell nothing of its parts; those of its parts still do."""

import pytest

from scraper.model import Quality
from scraper.reader import read_front_page
from scraper.vocabulary import Word, words_in

URL = "https://www.courier.example/"
NAV = "<div class='{0}nav'>" + "".join(f"<a href='/news/part-{n}/'>All of part {n}</a>" for n in range(12)) + "</div>"
LEAD = (
    "<div class='{0}lead'><h2><a href='/news/2026/the-river-rose-in-the-night'>The river rose in the night</a></h2>"
    "<p class='{0}summary'>The keeper of the lock was the first to see it.</p></div>"
)
TEASERS = "".join(
    f"<div class='{{0}}teaser'><h3><a href='/news/2026/story-number-{n}-of-the-day'>The story number {n} of the day</a>"
    "</h3></div>"
    for n in range(20)
)
FOOTER = "<div class='{0}footer'><a href='/news/imprint'>The imprint of our paper</a></div>"
PAGE = NAV + LEAD + TEASERS + FOOTER


def read(page: str, before: str = "") -> tuple[str, int]:
    """The lead and how many stories there are, with names that begin so."""
    found = read_front_page(page.format(before) if before else page.replace("{0}", ""), URL)
    assert found.quality is Quality.OK
    assert found.lead is not None
    return found.lead.headline, len(found.stories)


PLAIN = read(PAGE)


def test_the_page_is_read() -> None:
    """As it is written, before anything is put around it."""
    assert PLAIN == ("The river rose in the night", 21)


@pytest.mark.parametrize(
    "names", ["page footer-sticky newsletter", "site-navigation search sidebar", "hidden mobile ad"]
)
@pytest.mark.parametrize("tag", ["div", "section"])
def test_what_is_around_all_of_it_changes_nothing(tag: str, names: str) -> None:
    """The names of an element that holds the whole page."""
    assert read(f"<{tag} class='{names}'>{PAGE}</{tag}>") == PLAIN


@pytest.mark.parametrize("names", ["standard-navigation logo-left-with-search", "footer-fixed"])
def test_what_the_body_is_called_changes_nothing(names: str) -> None:
    """Bodies are named after what a page can do."""
    assert read(f"<body class='{names}'>{PAGE}</body>") == PLAIN


@pytest.mark.parametrize("before", ["tv-", "nav-", "ad-", "footer__"])
def test_a_site_may_begin_all_its_names_alike(before: str) -> None:
    """As with the name of the paper, or of the library that draws it."""
    assert read(PAGE, before) == PLAIN


def test_a_page_in_a_footer_has_a_lead() -> None:
    """Where all is in one, it is none."""
    everything = PAGE.replace("{0}nav", "footer").replace("{0}lead", "footer").replace("{0}teaser", "footer")
    assert read(everything)[1] == 21


def test_what_names_a_part_tells_it() -> None:
    """The same names around some of the stories: they are no stories of this paper then."""
    partners = TEASERS.replace("{0}", "").replace("/news/", "/partners/").replace("story-number", "offer-number")
    assert read(PAGE + f"<div class='sponsored footer newsletter'>{partners}</div>")[1] < 41


def test_settings_name_nothing() -> None:
    """Long modifiers say how an element is set."""
    assert words_in("card card--image-right-mobile-false card--side-by-side") == words_in("card")
    assert words_in("teaser teaser--lead") & Word.LEAD.value
    assert words_in("teaser--lead-story") & Word.LEAD.value


def test_a_field_of_drupal_is_called_by_its_name() -> None:
    """Its type and whether its label is shown say nothing."""
    names = "field field--name-field-standfirst field--type-text-long field--label-hidden field__item"
    assert words_in(names) & Word.SUMMARY.value
    assert not words_in(names) & (Word.KICKER | Word.HIDDEN).value


@pytest.mark.parametrize(
    "utilities",
    [
        "sm:text-lg", "first:pt-0", "print:hidden", "w-[calc(100%-28px)]", "group-[:hover:not([data-main]:hover)]:p-1",
        "hidden sm:block", "hidden lg:flex", "before:content-['']",
    ],
)  # fmt: skip
def test_classes_for_some_screens_or_states_name_nothing(utilities: str) -> None:
    """Tailwind's variants and arbitrary values; what is hidden on small screens alone is shown."""
    assert words_in(f"card {utilities}") == words_in("card")
    assert words_in("card hidden") & Word.HIDDEN.value


@pytest.mark.parametrize("names", ["col-xs-12 col-sm-6", "hidden-xs", "hidden-sm", "col-xs-offset-2"])
def test_grids_for_some_screens_name_nothing(names: str) -> None:
    """Bootstrap's; what else is called so is small or hidden."""
    assert words_in(f"card {names}") == words_in("card")


@pytest.mark.parametrize(
    ("names", "word"),
    [("title-xs", Word.SMALL), ("card-sm", Word.SMALL), ("hidden", Word.HIDDEN), ("col-hidden", Word.HIDDEN)],
)
def test_what_is_not_for_some_screens_is_small_or_hidden(names: str, word: Word) -> None:
    assert words_in(names) & word.value


@pytest.mark.parametrize(
    ("names", "is_large"),
    [
        ("td-big-thumb", True), ("largeThumbnail", True), ("wide_thumbs", True), ("thumb", False),
        ("small-thumb", False), ("big-thumbnailed small", False),
    ],
)  # fmt: skip
def test_what_is_called_a_large_thumbnail_is_a_large_picture(names: str, is_large: bool) -> None:
    bits = words_in(names)
    assert (bits & Word.BIG.value > 0 and not bits & Word.SMALL.value) == is_large
    assert not is_large or bits & Word.IMAGE.value


@pytest.mark.parametrize("names", ["OffLede_article__x", "off-lead", "sub-lead", "sub_lede"])
def test_the_story_after_the_lead_is_not_called_the_lead(names: str) -> None:
    assert not words_in(names) & Word.LEAD.value
    assert words_in(f"{names} lead") & Word.LEAD.value


@pytest.mark.parametrize("names", ["lead", "lede", "off-leading", "off lead", "top-lead"])
def test_other_names_of_the_lead_are_its_own(names: str) -> None:
    assert words_in(names) & Word.LEAD.value


@pytest.mark.parametrize(
    ("names", "word"),
    [
        ("toppsak", Word.LEAD), ("manset-slider", Word.LEAD), ("ingress", Word.SUMMARY), ("perex", Word.SUMMARY),
        ("nadtytul", Word.KICKER), ("block_anons", Word.SUMMARY), ("terpopuler", Word.POPULAR),
        ("sonDakika", Word.TICKER),
        ("chamada", Word.CARD), ("nadpis", Word.HEADLINE), ("reklama", Word.PROMO), ("editoriali", Word.OPINION),
    ],
)  # fmt: skip
def test_parts_are_called_what_editors_of_many_countries_call_them(names: str, word: Word) -> None:
    assert words_in(names) & word.value
