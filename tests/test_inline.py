"""Pages whose stories exist only as data for their scripts, told in the ways of content models."""

import json

import pytest

from scraper.model import Kind, Quality, Story
from scraper.reader import read_front_page

URL = "https://www.courier.example/"
HEADLINES = [
    f"The {what} of Lower Weir is told in full" for what in ("river", "mill", "ferry", "school", "bridge", "lock")
]


def read(*scripts: str) -> tuple[Story, ...]:
    """The stories of a page that prints nothing itself."""
    page = read_front_page(f"<title>The Courier</title><div id='app'></div>{''.join(scripts)}", URL)
    assert page.quality is Quality.OK, page.problem
    return page.stories


def assigned(value: object) -> str:
    return f"<script>window.__STATE__ = {json.dumps(value)};</script>"


def item(number: int, **more: object) -> dict[str, object]:
    return {"contentType": "article", "url": f"/story/number-{number}", **more}


def test_a_list_of_names_is_completed_by_the_content_model() -> None:
    """Linked data names the stories in order; what else is known of them stands elsewhere."""
    listed = {
        "@type": "ItemList",
        "itemListElement": [
            {"@type": "ListItem", "name": headline, "url": f"{URL}story/number-{number}"}
            for number, headline in enumerate(HEADLINES)
        ],
    }
    model = {
        "items": [
            item(
                number,
                dangerousHed=f"<em>{headline}</em>",
                promoDek="The keeper&#39;s book is *open* to all.",
                image={"sources": {"sm": {"width": 240, "url": f"/img/{number}.jpg"}}},
            )
            for number, headline in reversed(list(enumerate(HEADLINES)))
        ]
    }
    found = read(f"<script type='application/ld+json'>{json.dumps(listed)}</script>", assigned(model))
    assert [story.headline for story in found] == HEADLINES
    assert {story.summary for story in found} == {"The keeper's book is open to all."}
    assert [story.image for story in found] == [f"{URL}img/{n}.jpg" for n in range(len(HEADLINES))]


def test_marks_are_taken_off() -> None:
    """Markdown that a script would have set."""
    stories = [item(number, headline=headline) for number, headline in enumerate(HEADLINES)]
    stories[0]["headline"] = r"*The Weir*, part VI: a play in one act\+"
    assert read(assigned(stories))[0].headline == "The Weir, part VI: a play in one act+"


def test_authors_and_the_page_itself_are_no_stories() -> None:
    """They have names of some words and addresses too."""
    others = [
        {"name": "Anna von der Muehle", "url": "/author/anna-von-der-muehle"},
        {"name": "The staff of the paper", "url": "/contributors/the-staff"},
        {"name": "What our readers write", "url": "/profile/letters/"},
        {"title": "The Courier, the paper of Lower Weir", "url": f"{URL}?session=12"},
    ]
    stories = [item(number, headline=headline) for number, headline in enumerate(HEADLINES)]
    assert [story.headline for story in read(assigned([*others, *stories]))] == HEADLINES


STORIES = [item(number, headline=headline) for number, headline in enumerate(HEADLINES)]


def test_what_stands_beside_a_story_is_none() -> None:
    """The menus of the page, the paper's own care, who wrote a story, its picture."""
    found = read(
        assigned(
            {
                "nav": {"links": [{"title": "All of our sections", "url": "/sections/all-of-them"}]},
                "legal": [{"title": "Terms of Use and Sale", "url": "/legal/terms-of-use"}],
                "offers": [{"title": "Subscribe to The Courier", "url": "/plans/the-courier-today"}],
                "page": [
                    story
                    | {
                        "image": {"title": "The weir seen from above", "url": "/pictures/the-weir"},
                        "author": {"name": "Anna von der Muehle", "url": "/people/anna"},
                    }
                    for story in STORIES
                ],
            }
        )
    )
    assert [story.headline for story in found] == HEADLINES


def test_lists_of_linked_data_are_no_stories() -> None:
    """Whatever else they call themselves."""
    listed = {
        "@type": ["CollectionPage", "WebPage"],
        "name": "The Courier of today",
        "url": f"{URL}all/front",
        "mainEntity": {"@type": "ItemList", "name": "All stories of today", "url": f"{URL}all/list", "items": STORIES},
    }
    assert [story.headline for story in read(assigned(listed))] == HEADLINES


@pytest.mark.parametrize(
    "script",
    [
        f"window.state = JSON.parse({json.dumps(json.dumps(STORIES))});",
        "window.state = JSON.parse('" + json.dumps(STORIES).replace("of Lower", "of\\'s Lower") + "');",
        "window.state = JSON.parse('" + json.dumps(STORIES).replace('"', '\\"') + "');",
        "window.state = JSON.parse('" + json.dumps(STORIES).replace('"', "\\x22") + "');",
        "window.state = JSON.parse('" + json.dumps(STORIES).replace('"', "\\u0022") + "');",
        f"<!-- {json.dumps(STORIES)} -->",
        f"//<![CDATA[\n{json.dumps(STORIES)}\n//]]>",
        f"/*<![CDATA[*/ {json.dumps(STORIES)} /*]]>*/",
        "var pages = " + json.dumps([{"title": {"rendered": one["headline"]}, "link": one["url"]} for one in STORIES]),
    ],
    ids=["string", "single quotes", '\\"', "\\x22", "\\u0022", "comment", "CDATA", "CDATA in a comment", "WordPress"],
)
def test_values_are_found_however_they_are_wrapped(script: str) -> None:
    headlines = [story.headline.replace("of's", "of") for story in read(f"<script>{script}</script>")]
    assert headlines == HEADLINES


def test_the_kind_of_a_story_is_told() -> None:
    told = [item(number, headline=headline) for number, headline in enumerate(HEADLINES)]
    told[1] |= {"url": "/video/number-1"}
    told[2] |= {"kicker": "Opinion"}
    assert [story.kind for story in read(assigned(told))[:3]] == [Kind.STORY, Kind.VIDEO, Kind.OPINION]


def test_escapes_of_a_script_are_undone() -> None:
    """Those that JSON lacks, and characters in two halves."""
    told = json.dumps([STORIES[0] | {"headline": 'The weir\'s \U0001f30a crest, "high" at noon'}, *STORIES[1:]])
    script = told.replace("\\", "\\\\").replace("'", "\\'").replace("of", "\\o\\x66").replace("\\\\ud", "\\ud")
    found = read(f"<script>state = JSON.parse('{script}')</script>")
    assert [found[0].headline, *HEADLINES[1:]] == [story.headline for story in found]
    assert found[0].headline == 'The weir\'s \U0001f30a crest, "high" at noon'


@pytest.mark.parametrize("host", ["weather.com", "agenda.ge", "forum.example"])
def test_a_paper_may_be_called_as_what_is_no_story(host: str) -> None:
    """A host of weather or forums holds no stories of others; the page's own does."""
    page = read_front_page(f"<title>x</title><div id='app'></div>{assigned(STORIES)}", f"https://www.{host}/")
    assert [story.headline for story in page.stories] == HEADLINES
    elsewhere = [one | {"url": f"https://{host}{one['url']}"} for one in STORIES]
    assert read_front_page(f"<title>x</title><div id='app'></div>{assigned(elsewhere)}", URL).stories == ()
