"""Why a page was read as it was."""

import re
from datetime import UTC, datetime

import pytest

from demo.library import paper
from scraper import read_front_page
from scraper.evidence import PHRASES
from scraper.explain import Explanation, explain
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


URL = "https://courier.example/"


def proposals(explanation: Explanation) -> tuple[dict[str, str], list[int]]:
    """What a layout could say, and the numbers that the teasers' selector is said to come to: finds, of, others."""
    told = re.findall(r'a layout could say: (\w+) = "(.+)"(.*)', "\n".join(explanation.hints))
    return {key: selector for key, selector, _ in told}, [int(n) for *_, says in told for n in re.findall(r"\d+", says)]


@pytest.mark.parametrize("slug", ["courier", "deichbote", "almina", "phare"])
def test_a_layout_that_is_proposed_does_what_it_says(slug: str) -> None:
    """Pasted into the config it shows the same lead, and as many teasers, and others, as it tells."""
    body = paper(slug).page(datetime(2026, 11, 24, 12, tzinfo=UTC)).body
    page = read_front_page(body, URL)
    selectors, (finds, teasers, others) = proposals(explain(body, URL))
    layout = Layout(name="proposed", lead=selectors["lead"], teasers=selectors["teasers"])
    with_layout = read_front_page(body, URL, layout=layout)
    assert page.lead
    assert with_layout.lead
    assert with_layout.lead.canonical == page.lead.canonical
    assert with_layout.missed == ()
    generic, found = ({story.canonical for story in read.teasers} for read in (page, with_layout))
    assert (finds, teasers, others) == (len(found & generic), len(generic), len(found - generic))
    assert finds > 1


def test_a_selector_that_finds_another_story_first_is_not_proposed() -> None:
    """The lead's own would name the story above it."""
    above = PAGE.replace('class="strip"', 'class="a"')
    assert "lead" in proposals(explain(PAGE, URL))[0]
    assert "lead" not in proposals(explain(above, URL))[0]


def test_what_a_layout_misses_is_told() -> None:
    hints = explain(PAGE, URL, layout=Layout(name="x", teasers=".gone")).hints
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
