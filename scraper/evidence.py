"""Why a story is the lead, in words: what speaks for it more than for the runner-up."""

from collections.abc import Callable, Sequence
from typing import Final

from scraper.lead import LeadModel
from scraper.links import Mention
from scraper.places import CENTRAL
from scraper.printed import printed_parts
from scraper.standing import SPARE_CHARACTERS, Standing
from scraper.text import shortened, tidy

MOST_REASONS: Final = 4
LEAST: Final = 0.15  # log odds; what says less is not worth a line
LONGEST_HEADLINE: Final = 80
PREFIXES: Final = {
    "near": "its block is called “{}”",
    "around": "it stands in a part called “{}”",
    "opens": "it is the first in a part called “{}”",
}
PHRASES: Final = {
    "story": "its link looks like a story's",
    "rank": "it stands higher on the page",
    "stories above": "it stands higher on the page",
    "kindred": "more stories of the page are of its topic",
    "bold": "its headline is bold",
    "advertisement": "it does not say that it is an advertisement",
    "unspaced aside": "it is not one of the pictures beside the main column",
    "only h1": "it alone has an h1",
    "largest by name": "no other story is called as large",
    "first bold": "it is the first with a bold headline",
    "with related": "related stories stand below it in its block",
    "first": "it is the first story",
    "card rank": "fewer stories with picture or text stand above it",
    "first card": "it is the first with a picture or text of its own",
    "region": "more stories follow it in its part of the page",
    "region share": "most of the page follows it",
    "headed region": "more headlines follow it in its part of the page",
    "h1": "its headline is an h1",
    "h2": "its headline is an h2",
    "h3": "its headline is an h3",
    "top level": "no story has a heading of a higher level",
    "only of level": "no other story has a heading of its level",
    "bigger than most": "its heading is of a higher level than most",
    "heading rank": "fewer headings stand above it",
    "first of top level": "it is the first with a heading of the highest level",
    "unique block": "no other block is built like its own",
    "kin": "fewer blocks are built like its own",
    "first of kin": "it is the first block of its build",
    "kin rank": "fewer kinds of blocks stand above it",
    "width": "its picture is wider",
    "big picture": "its picture is big",
    "widest": "its picture is the widest",
    "picture": "it has a picture",
    "first picture": "it is the first with a picture",
    "picture rank": "fewer pictures stand above it",
    "first big picture": "it is the first with a big picture",
    "spare": "it prints more text",
    "has spare": "it prints text beside its headline",
    "first spare": "it is the first with text beside its headline",
    "spare rank": "fewer stories with text stand above it",
    "picture and spare": "it has both picture and text",
    "repeated": "it is linked again further down",
    "links": "several links lead to it in its block",
    "words": "its headline is longer",
    "first lead word": "it is the first whose block is called a lead",
    "label only": "its headline is in its picture",
    "strip": "it stands in no strip of bare headlines",
    "row": "it stands in no row of equals",
    "short": "its headline is more than a label",
    "no heading": "its headline is a heading",
    "h4 or less": "its heading is not a minor one",
    "breaking card": "it is breaking news with a picture or text of its own",
    "eager": "its picture is loaded before others",
    "first eager": "its picture is the first to be loaded before others",
    "outside main": "it stands in the page's main element",
    "label": "its headline is more than one word",
    "textless": "it prints a headline",
    "smaller than most": "its heading is not smaller than most",
}

# Ranks among those that have something: whether a candidate has it, and what is said where the other does not.
RANKED: Final[dict[str, tuple[Callable[[Standing], bool], str]]] = {
    "card rank": (lambda one: one.is_card, "it has a picture or text of its own"),
    "heading rank": (lambda one: one.level > 0, PHRASES["no heading"]),
    "picture rank": (lambda one: one.pictures > 0, PHRASES["picture"]),
    "spare rank": (lambda one: one.spare > SPARE_CHARACTERS, PHRASES["has spare"]),
}


def phrase(sign: str, value: float, other: float) -> str:
    """A sign in words; "" for one that says nothing to a reader."""
    prefix, _, word = sign.partition(" ")
    if prefix in PREFIXES and word.isupper():
        name = word.lower()
        return (
            PREFIXES[prefix].format(name) if value > 0 else f"it stands in no part called “{name}”" if other < 0 else ""
        )
    return PHRASES.get(sign, "")


def reason(sign: str, value: float, other: float, best: Standing, second: Standing) -> str:
    """The same, as far as it is so of these two: what only the first has sets them apart, whatever its rank is."""
    if sign == "outside main" and not best.mention.main.place.around & CENTRAL:
        return ""
    if sign in RANKED:
        having, alone = RANKED[sign]
        return "" if not having(best) else PHRASES[sign] if having(second) else alone
    return phrase(sign, value, other)


def printed_by(mention: Mention) -> str:
    """The text of a mention, with spaces where its link parts it without any."""
    node = mention.main.place.node
    return " ".join(part.text for part in printed_parts(node)) if mention.text == tidy(node.text()) else mention.text


def evidence_of(model: LeadModel, ranked: Sequence[Standing]) -> tuple[str, ...]:
    """What speaks most for the first of the candidates against the second, and which that is."""
    best = model.contributions(ranked[0])
    if len(ranked) < 2:
        return ("no other story has a chance",)
    second = model.contributions(ranked[1])
    differences = {sign: best.get(sign, 0.0) - second.get(sign, 0.0) for sign in {**best, **second}}
    reasons: list[str] = []
    for sign in sorted(differences, key=lambda sign: (-differences[sign], sign)):
        if differences[sign] < LEAST or len(reasons) >= MOST_REASONS:
            break
        text = reason(sign, best.get(sign, 0.0), second.get(sign, 0.0), ranked[0], ranked[1])
        if text and text not in reasons:
            reasons.append(text)
    runner_up = shortened(printed_by(ranked[1].mention), LONGEST_HEADLINE)
    return (*reasons, f"the runner-up is “{runner_up}”" if runner_up else "the runner-up prints no headline")
