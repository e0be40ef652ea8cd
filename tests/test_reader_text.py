"""Plain text front pages: a lead with its paragraphs, then headlines with a summary each."""

from scraper import Quality, read_front_page

LEAD = "River leaves its bed at night"
BODY = (
    "Water stood in all streets of the lower town by four.",
    "“It came without a sound,” said the keeper of the lock.",
)
TEASERS = (
    ("Council votes on the new bridge", "The vote is expected shortly after noon, in public."),
    ("Map: Where the water stands in U.S.", "Blue is deep, and most of it is blue."),
    ("Who paints the doors of Port Amery?", "A ninth one appeared on Monday, and its owner keeps it."),
)


def page(*, section_first: bool = False, rule: str = "") -> str:
    teasers = [text for pair in TEASERS for text in pair]
    name = ["More Front Page Coverage"]
    return "\n\n".join(
        [
            LEAD,
            *BODY,
            *([rule] if rule else []),
            *(name if section_first else []),
            *teasers,
            *([] if section_first else name),
        ]
    )


def check(text: str) -> None:
    read = read_front_page(text.encode(), "https://courier.example/front.txt", content_type="text/plain; charset=utf-8")
    assert read.quality is Quality.OK
    assert read.lead is not None
    assert read.lead.headline == LEAD
    assert read.lead.body == BODY
    assert [(story.headline, story.summary) for story in read.teasers] == list(TEASERS)
    assert {story.section for story in read.teasers} == {"More Front Page Coverage"}


def test_a_rule_parts_the_lead_from_the_teasers() -> None:
    """A line with nothing but a hard space, or of dashes; the section's name stands last."""
    check(page(rule="\N{NO-BREAK SPACE}"))
    check(page(rule="-----"))


def test_the_sections_name_may_stand_first() -> None:
    """Then it parts them by itself."""
    check(page(section_first=True))


def test_each_text_story_has_an_identity() -> None:
    """Without a link it is the page's address and the headline's words."""
    read = read_front_page(page(rule="---"), "https://courier.example/front.txt")
    assert len({story.canonical for story in read.stories}) == 4
    assert read == read_front_page(page(rule="---"), "https://courier.example/front.txt")
