"""The address that a saved page gives for itself."""

import pytest

from scraper.own_address import own_address

SINGLE_FILE = "<!--\n Page saved with SingleFile \n url: https://courier.example/ \n saved date: today\n-->"
CANONICAL = '<link rel="canonical" href="https://courier.example/">'


@pytest.mark.parametrize(
    "head",
    [
        "<!-- saved from url=(0024)https://courier.example/ -->",
        SINGLE_FILE,
        "<!-- Saved from https://courier.example/ at 2026-11-24T12:00:00Z using monolith v2.8.1 -->",
        CANONICAL,
        '<link rel="canonical" href="https://web.archive.org/web/20161101000000/https://courier.example/">',
        '<meta property="og:url" content="https://courier.example/">',
        '<base href="https://courier.example/">',
        '<base href="https://courier.example/"><link rel="canonical" href="/">',
        f"<!-- saved from url=(0022)http://internet.e-mail -->{CANONICAL}",
        f'<meta property="og:url" content="http://localhost:3000/">{CANONICAL}',
        '<link rel="canonical" href="index.html"><meta property="og:url" content="https://courier.example/">',
        f'<base href="https://cdn.example/">{CANONICAL}',
        f"{SINGLE_FILE}<link rel='canonical' href='https://other.example/'>",
    ],
)
def test_a_page_says_where_it_is_from(head: str) -> None:
    """By what saved it, then canonical, og:url and base; what is no address of a site is passed over."""
    assert own_address(f"<html><head>{head}</head><body><p>x</p></body></html>".encode()) == "https://courier.example/"


@pytest.mark.parametrize(
    "page",
    [
        "Harbour wall breaks\n\nThe wall broke at noon.\n",
        "<p><a href='/flood'>Flood</a>",
        "<base href='/news/'><p>x",
        "<link rel=canonical href='javascript:alert(1)'><p>x",
        "<link rel=canonical href='http://127.0.0.1:8000/'><p>x",
        "<link rel=canonical href='https://courier.example/\x9b31m'><p>x",
        "<div>" * 40_000,
        "",
    ],
)
def test_a_page_that_does_not_say_has_none(page: str) -> None:
    assert own_address(page.encode()) == ""
