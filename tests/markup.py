# ruff: noqa: E501 - markup in a line is easier to compare than markup in pieces
"""Markup of a fictional paper that tests of the reader build their pages from."""

from scraper import Story, read_front_page

URL = "https://courier.example/"
SLUG = "ferry-stuck-on-the-weir"
STORY = f"/news/2026/11/24/{SLUG}"
HEADLINE = "Ferry stuck on the weir since Sunday"
FILLER = "".join(
    f"<article class='card'><h3><a href='/news/2026/11/24/story-{n}-of-the-day'>Story number {n} of this long day</a></h3></article>"
    for n in range(6)
)
TOPICS = ("river", "bridge", "ferry", "mill", "school", "harbour", "market", "library", "orchard", "tower")


def filled(markup: str) -> list[Story]:
    """The stories of a page that has six more below some markup."""
    return list(read_front_page(f"<!doctype html><title>The Courier</title><body>{markup}{FILLER}", URL).stories)


def ferry_in(markup: str) -> Story:
    """The story about the ferry in such a page."""
    [found] = [one for one in filled(markup) if one.url.endswith(SLUG)]
    return found


def ferry(text: str = HEADLINE, names: str = "") -> str:
    """A link to that story."""
    return f"<a class='{names}' href='{STORY}'>{text}</a>"


def numbered(section: str, number: int) -> str:
    """A link to one of many stories of a section, told apart by the number that its address ends with."""
    topic = TOPICS[number % len(TOPICS)]
    return f"<a href='/{section}/2026/11/24/the-{topic}-that-nobody-wanted-{number}'>The {topic} that nobody wanted, part {number}</a>"
