"""Positions on a front page: 1 to the number of its stories, whatever was left out between them."""

from scraper import read_front_page

STORIES = (
    "River leaves its bed at night",
    "Council votes on the new bridge",
    "Council votes on the new bridge",
    "Bakers strike for a third day",
)


def test_a_headline_that_comes_twice_leaves_no_hole() -> None:
    """The second link under one headline is no story, and the story after it takes its place."""
    blocks = (
        f"<article><h2><a href='/2026/news/story-{number}-of-today'>{text}</a></h2></article>"
        for number, text in enumerate(STORIES)
    )
    page = read_front_page("".join(blocks), "https://news.example/")
    assert [story.headline for story in page.stories] == list(dict.fromkeys(STORIES))
    assert [story.position for story in page.stories] == [1, 2, 3]
