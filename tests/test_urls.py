"""Addresses: what is absolute, what is the same story, what a story's permalink is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.urls import absolute, canonical, story_id

SAME = "https://courier.example/news/river?id=7"


@pytest.mark.parametrize(
    "url",
    [
        "http://courier.example/news/river?id=7",
        "https://www.courier.example/news/river?id=7#comments",
        "HTTPS://WWW.Courier.Example:443/news/river?id=7",
        "http://courier.example:80/news/river?utm_source=home&id=7&fbclid=x",
        "httpdisabled://courier.example/news/river?id=7",
        "https://web.archive.org/web/20240102030405/http://courier.example/news/river?id=7",
        "https://wayback.archive-it.org/123/20240102030405/https://courier.example/news/river?id=7",
        "https://www.webarchive.org.uk/wayback/archive/20240102030405mp_/http://courier.example/news/river?id=7",
        "http://localhost:8080/papers/20240102030405mp_/https://courier.example/news/river?id=7",
        "http://web.archive.org/web/20240102030405id_/https://web.archive.org/web/2023/https://courier.example/news/river?id=7",
        "http://courier.example/web/20240102030405/http://courier.example/news/river?id=7",
        "  https://courier.example/news/river?id=7\n",
    ],
)
def test_one_story_has_one_canonical_address(url: str) -> None:
    """Scheme, www, default ports, fragments, tracking, archives and white space say nothing of identity."""
    assert canonical(url) == SAME


def test_what_tells_stories_apart_is_kept() -> None:
    """Path, other ports and the rest of the query stay."""
    assert canonical("http://courier.example:8080/a?story=1&page=2") == "https://courier.example:8080/a?story=1&page=2"
    assert canonical("https://courier.example/A") != canonical("https://courier.example/a")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://www.courier.example/#!/video/113001/title", "https://courier.example/#!/video/113001/title"),
        ("https://courier.example/tv?utm_source=home#!/113001", "https://courier.example/tv#!/113001"),
        ("https://courier.example/tv?id=7#!/the river", "https://courier.example/tv?id=7#!/the%20river"),
        (
            "https://web.archive.org/web/20140102030405/http://courier.example/#!/video/113001",
            "https://courier.example/#!/video/113001",
        ),
        ("https://courier.example/tv#!/île", "https://courier.example/tv#!/%C3%AEle"),
        ("https://courier.example/tv#!/%C3%AEle", "https://courier.example/tv#!/%C3%AEle"),
        ("https://courier.example/tv#!/", "https://courier.example/tv"),
        ("https://courier.example/tv#!video", "https://courier.example/tv"),
        ("https://courier.example/tv#/video/113001", "https://courier.example/tv"),
    ],
)
def test_a_path_behind_a_hash_and_a_bang_is_part_of_an_address(url: str, expected: str) -> None:
    """What a program of the page reads; every other fragment is a spot in the page."""
    assert canonical(url) == expected
    assert canonical(expected) == expected


def test_what_is_unprintable_in_an_address_is_encoded_once() -> None:
    """Letters outside ASCII become escapes in upper case, and escapes stay escapes."""
    assert canonical("https://courier.example/café") == "https://courier.example/caf%C3%A9"
    assert canonical("https://courier.example/caf%c3%a9") == "https://courier.example/caf%C3%A9"


@pytest.mark.parametrize(
    "url", ["", "javascript:void(0)", "mailto:desk@courier.example", "http://[", "about:blank", "https://"]
)
def test_what_is_no_address_is_left_alone(url: str) -> None:
    """Nothing raises, and nothing becomes an address that was none."""
    assert canonical(url) == url


def test_half_a_character_is_none() -> None:
    """As Python has them in arguments that are no UTF-8."""
    assert canonical("https://courier.example/ü\udcff") == "https://courier.example/%C3%BC"


@pytest.mark.parametrize("path", ["//[", "//[x ü", "//]é[", "//[::1", "/[1]?[ü"])
def test_a_path_is_never_taken_for_a_host(path: str) -> None:
    """Two slashes at its beginning name none, so what stands behind them need not be one."""
    assert canonical(f"http://courier.example{path}").startswith(f"https://courier.example{path[:2].rstrip('[')}")


@given(
    st.text(st.characters())
    | st.from_regex(r"https?://courier\.example//[\[\]a-zé:/ ]{1,8}", fullmatch=True)
    | st.from_regex(r"https?://[a-zA-Z0-9.\-:@]{1,20}(/[^\s]{0,30})?(\?[^\s]{0,30})?(#.{0,10})?", fullmatch=True)
)
def test_canonical_is_idempotent(url: str) -> None:
    """The canonical address of a canonical address is itself."""
    assert canonical(canonical(url)) == canonical(url)


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("/a/b?c", "https://courier.example/a/b?c"),
        ("b", "https://courier.example/news/b"),
        ("../b", "https://courier.example/b"),
        ("//cdn.example/x", "https://cdn.example/x"),
        ("http://other.example/", "http://other.example/"),
        ("/a/../b", "https://courier.example/b"),
        (" /a\n", "https://courier.example/a"),
        ("http://[", "http://["),
    ],
)
def test_links_are_made_absolute(href: str, expected: str) -> None:
    """As a browser would, with a short cut for what needs no thought."""
    assert absolute(href, "https://courier.example/news/index.html") == expected


def test_a_story_id_is_a_stable_permalink() -> None:
    """Twelve characters that depend on site and address alone."""
    assert story_id("courier", SAME) == story_id("courier", SAME)
    assert story_id("courier", SAME) != story_id("herald", SAME)
    assert len(story_id("courier", SAME)) == 12
    assert story_id("courier", SAME).islower() or story_id("courier", SAME).isalnum()
