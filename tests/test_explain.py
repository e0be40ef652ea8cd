"""Why a page was read as it was."""

from scraper import read_front_page
from scraper.evidence import PHRASES
from scraper.explain import explain
from scraper.model import Layout
from scraper.prominence import VALUES
from tests.test_layouts import PAGE


def test_every_block_has_a_role_a_score_and_reasons() -> None:
    """The lead once, teasers, and what was left out."""
    explanation = explain(PAGE, "https://courier.example/")
    roles = [block.role for block in explanation.blocks]
    assert roles.count("lead") == 1
    assert "teaser" in roles
    assert all(block.reasons for block in explanation.blocks)


def test_a_layout_is_proposed_and_what_one_misses_is_told() -> None:
    """Hints in words that can be pasted into the config."""
    hints = explain(PAGE, "https://courier.example/", layout=Layout(name="x", teasers=".gone")).hints
    assert any("'teasers' finds nothing" in hint for hint in hints)
    assert any("lead = " in hint for hint in hints)


def test_a_page_that_is_none_is_explained_by_its_problem() -> None:
    """No role is given, and the reason is among the hints."""
    explanation = explain("<title>404 Not Found</title><h1>Not found</h1>", "https://courier.example/")
    assert explanation.page.problem in explanation.hints


def test_what_is_left_out_is_no_teaser_and_is_told() -> None:
    """A part that others pay for was read as stories; the layout of a site may know better than its title."""
    paid = PAGE.replace("Town Hall", "Paid Content").replace("<body>", "<body><main>")
    explanation = explain(paid, "https://courier.example/")
    roles = {block.url.rpartition("/")[2]: block.role for block in explanation.blocks}
    assert (roles["bakers-strike-for-days"], roles["strip-story-of-the-day"]) == ("other", "teaser")
    assert any("left out" in hint and "Bakers strike" in hint for hint in explanation.hints)
    named = explain(paid, "https://courier.example/", layout=Layout(name="x", teasers=".b")).blocks
    assert {block.role for block in named if "bakers" in block.url} == {"teaser"}


def test_every_sign_of_a_lead_can_be_said_in_words() -> None:
    assert set(VALUES) == set(PHRASES)


def evidence(*cards: str) -> tuple[str, ...]:
    lead = read_front_page(f"<body>{''.join(cards)}", "https://courier.example/").lead
    assert lead is not None
    return lead.evidence


def test_a_rank_is_told_only_of_two_that_have_one() -> None:
    """A runner-up without a heading has no heading above it either."""
    rest = [
        f"<p><a href='/news/2026/the-story-number-{n}-of-the-day'>The story number {n} of the long day</a></p>"
        for n in range(9)
    ]
    lead = "<div><h2><a href='/news/2026/the-lead-of-the-day'>The lead of the day with a heading</a></h2></div>"
    assert not any("fewer headings" in reason for reason in evidence(*rest[:4], lead, *rest[4:]))


def test_a_lead_outside_the_main_element_is_not_said_to_be_in_it() -> None:
    """What is called a lead may stand above it."""
    hero = (
        "<div class='hero lead-story'><h1><a href='/news/2026/the-lead-of-the-day'>The lead of the day</a></h1></div>"
    )
    rest = "".join(
        f"<article><h3><a href='/news/2026/the-story-number-{n}-of-the-day'>Story {n} of the day</a></h3></article>"
        for n in range(9)
    )
    told = evidence(
        hero, f"<main>{rest}</main>", "<aside><h2><a href='/news/2026/an-aside-of-it'>An aside of it</a></h2></aside>"
    )
    assert not any("main element" in reason for reason in told)
