"""What begins the headlines of a page, where no name says so: kickers, or headlines before their summaries."""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, TypeAlias

from selectolax.lexbor import LexborNode

from scraper.links import Mention
from scraper.offers import BADGE, GENRES, KINDS
from scraper.places import Place, Places
from scraper.text import has_letters, is_sentence, tidy, words
from scraper.vocabulary import named

KICKER: Final = named("KICKER")
HEADLINE: Final = named("HEADLINE")
NAMED: Final = named("HEADLINE KICKER SUMMARY BYLINE TIME COMMENTS CAPTION SOCIAL MORE")
INLINE: Final = frozenset({"div", "span", "strong", "b", "em", "i", "small", "font"})
DEEPEST: Final = 4  # elements that hold nothing but the next: heading, link, span
LEAST: Final = 3  # headings that begin so, as the fewest on a labelled page that has such kickers; fewer are emphasis
LONGEST: Final = 9  # words of one, as of a kicker
LIVE: Final = named("LIVE")
LONGEST_LIVE: Final = 2  # words: "en vivo"
RANK: Final = re.compile(r"\d{1,2}[.):]?")
COUNT: Final = re.compile(r"\d{1,3} [^\W\d]+")  # of pictures: "14 photos"
PARTING: Final = ":：|·•–—-/ "  # between a kicker and its headline
MOST_GOING_ON: Final = 0.2  # that go on in lower case: first words set apart do in .67 and .84, kickers in .04 at most
# Elements that begin links and are no kickers are headlines before summaries or durations where they have a mean of 7
# to 13 words (7 kinds, on labelled and 78 fictional pages), or of 4 if what follows is a sentence.
LEAST_MEAN: Final = 4.0
LEAST_SENTENCES: Final = 0.75
SURE_MEAN: Final = 6.0
LEAST_SURE: Final = 2  # headings: as long as that they are no emphasis
LONGEST_MEAN: Final = 5.0  # words; the labelled pages' have 1 to 3, headlines before other text 13


Form: TypeAlias = tuple[str, str | None]  # tag and classes


class LeadIn(NamedTuple):
    """An element that begins a headline, how many words it has, whether they end with a stop, and what follows it."""

    element: LexborNode
    words: int
    stops: bool
    after: str
    path: int  # of the heading or link


def lead_ins(mentions: Iterable[Mention], places: Places) -> dict[int, int]:
    """The identities of elements that begin the links or headings of a page in one way, with what that makes them.

    Elements are the same by tag and class. Those whose names say what they are need no guess.
    """
    alike: dict[Form, list[LeadIn]] = {}
    alone: set[tuple[int, Form]] = set()
    beginnings: dict[int, int] = {}
    for mention in mentions:
        place = mention.heading or mention.main.place
        if (only := only_part(place.node)) is not None:
            alone.add((place.path, form_of(only)))
        for one in beginning(place, places, beginnings):
            alike.setdefault(form_of(one.element), []).append(one)
    for form, found in alike.items():
        # What is all that other links of the same kind hold is the headline, before an element of its own that leads
        # on: a kicker stands nowhere alone.
        if 2 * sum((one.path, form) in alone and is_before_element(one.element) for one in found) > len(found):
            beginnings.update((one.element.mem_id, HEADLINE) for one in found)
        elif are_kickers(found):
            beginnings.update((one.element.mem_id, KICKER) for one in found if one.words <= LONGEST)
        elif are_headlines(found):
            beginnings.update((one.element.mem_id, HEADLINE) for one in found)
    return beginnings


def form_of(element: LexborNode) -> Form:
    return element.tag or "", element.attributes.get("class")


def is_before_element(element: LexborNode) -> bool:
    """Whether what is printed next stands in an element too, not in the text."""
    following = next(printed(element.next), None)
    return following is not None and following.is_element_node


def beginning(place: Place, places: Places, known: dict[int, int]) -> Iterator[LeadIn]:
    """What a heading or a link begins with that has to be guessed; what has not is put among what is known."""
    after = tidy(place.node.text())
    begun = False  # by a text that is no count of pictures
    for element in first_parts(place.node):
        text = tidy(element.text())
        after = after.removeprefix(text).lstrip(PARTING)
        said = places.said_of(element, element.tag or "")
        if is_rank(element):
            known[element.mem_id] = KICKER
            continue
        if is_offer(text, said) and not after[:1].islower():
            known[element.mem_id] = KICKER
        elif begun:
            break
        begun = begun or (has_letters(text) and not COUNT.fullmatch(text))
        if not said & NAMED:
            yield LeadIn(element, words(text), text.endswith("."), after, place.path)


def are_kickers(found: list[LeadIn]) -> bool:
    """Whether elements that begin headlines are as short as kickers, and what follows begins anew and is longer."""
    if len(found) < LEAST:
        return False
    own = sum(one.words for one in found)
    going_on = sum(one.after[:1].islower() for one in found) + sum(one.stops for one in found)
    return (
        own <= LONGEST_MEAN * len(found)
        and own < sum(words(one.after) for one in found)
        and going_on <= MOST_GOING_ON * len(found)
    )


def are_headlines(found: list[LeadIn]) -> bool:
    """Whether elements that begin links are as long as headlines, and something else follows."""
    own = sum(one.words for one in found)
    going_on = sum(one.after[:1].islower() for one in found)
    if len(found) >= LEAST_SURE and own >= SURE_MEAN * len(found) and going_on <= MOST_GOING_ON * len(found):
        return True
    sentences = sum(is_sentence(one.after) and not one.after[0].islower() for one in found)
    return len(found) >= LEAST and own >= LEAST_MEAN * len(found) and sentences >= LEAST_SENTENCES * len(found)


def is_rank(element: LexborNode) -> bool:
    """Whether what begins a headline is its number in a list: parted by a mark, or right before another element."""
    after = element.next
    text = tidy(element.text())
    return RANK.fullmatch(text) is not None and (not text.isdigit() or (after is not None and after.is_element_node))


def is_offer(text: str, bits: int) -> bool:
    """Whether what begins a headline says how the story is told or offered, or is called live, in a few words."""
    if KINDS.fullmatch(text.rstrip(PARTING)) or GENRES.fullmatch(text.rstrip("|/ ")) or BADGE.fullmatch(text):
        return True
    return bool(bits & LIVE) and words(text) <= LONGEST_LIVE


def first_parts(node: LexborNode) -> Iterator[LexborNode]:
    """The inline elements that a heading or a link begins with, as long as more follows them."""
    for _ in range(DEEPEST):
        parts = list(printed(node.first_child))
        if not parts or not parts[0].is_element_node:
            return
        if len(parts) > 1:
            break
        node = parts[0]
    while len(parts) > 1 and parts[0].is_element_node and parts[0].tag in INLINE:
        yield parts[0]
        parts = list(printed(parts[0].next))


def only_part(node: LexborNode) -> LexborNode | None:
    """The innermost inline element that holds all that a heading or a link prints."""
    only = None
    for _ in range(DEEPEST):
        parts = list(printed(node.first_child))
        if len(parts) != 1 or not parts[0].is_element_node or parts[0].tag not in INLINE:
            break
        only = node = parts[0]
    return only


def printed(child: LexborNode | None) -> Iterator[LexborNode]:
    """A node and those after it, the first two that print something."""
    count = 0
    while child is not None and count < 2:
        if child.is_text_node:
            shown = not (child.text_content or "").isspace()
        else:
            shown = child.is_element_node and child.first_child is not None and child.tag != "svg"
        if shown:
            count += 1
            yield child
        child = child.next
