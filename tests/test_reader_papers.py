"""The reader on the fictional papers: seven languages, four designs, whose truth is known."""

from datetime import timedelta

import pytest

from demo.library import SLUGS, paper
from scraper.model import Quality
from scraper.reader import read_front_page
from tests.made import NOON

DESIGNS = ("modern", "table", "soup", "plain")  # soup: headlines outside an empty link that lies over the whole card


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("slug", SLUGS)
def test_lead_and_teasers_of_every_design(slug: str, design: str) -> None:
    """At four instants of a day: the lead is the lead; the teasers come in order, no other ones, one missed at most."""
    printed = paper(slug).designed(design)
    for hours in (0, 5, 11, 17):
        page, truth = printed.page(NOON + timedelta(hours=hours)), printed.truth(NOON + timedelta(hours=hours))
        read = read_front_page(page.body, "https://paper.example/", content_type=page.content_type)
        assert read.quality is Quality.OK, read.problem
        assert read.lead is not None
        assert read.lead.headline == as_sent(truth.lead.headline, printed.charset, design)
        found = [story.headline for story in read.teasers]
        teasers = [as_sent(story.headline, printed.charset, design) for story in truth.teasers]
        assert found == [headline for headline in teasers if headline in found]
        assert len(found) >= len(teasers) - 1


def as_sent(text: str, charset: str, design: str) -> str:
    """A text as it goes over the wire: plain text has no entities for what its charset cannot say."""
    return text.encode(charset, "replace").decode(charset) if design == "plain" else text
