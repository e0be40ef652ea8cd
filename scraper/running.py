"""Running text with links in it: what stands before a link, in it and behind it is one text."""

from collections.abc import Mapping, Sequence
from typing import Final

from scraper.places import Place, lineage
from scraper.segments import NO_LINK, OTHER_LINK, Segment
from scraper.text import has_letters, tidy, words
from scraper.trims import BY, TIME
from scraper.vocabulary import named

SUMMARY: Final = named("SUMMARY TEXT")
SIDE: Final = named("TIME COMMENTS CAPTION SOCIAL MORE BYLINE KICKER HEADLINE")
NO_TEXT: Final = named("TIME COMMENTS CAPTION SOCIAL MORE BYLINE")
LEAST_FIRST: Final = 3  # words before a link where nothing says that it is a paragraph
LEAST_TEXT: Final = 8  # words outside links there; a line of who, when and where has fewer
LEAST_NAMED: Final = 4
STOPS: Final = tuple(".,;:!?)…”’»\"'")
DEEPEST: Final = 3  # elements from a link to that whose text it is in


def rejoined(segments: Sequence[Segment], known: Mapping[int, Place]) -> Sequence[Segment]:
    """The texts with those put together that links alone part."""
    if not [one for one in segments if one.link == OTHER_LINK and one.tag == "a"]:
        return segments
    found: list[Segment] = []
    begin = 0
    while begin < len(segments):
        goes_on = is_link(segments[begin]) and begin + 1 < len(segments)
        own = begin + 1 if goes_on and leads_in(segments[begin], segments[begin + 1], known) else begin
        end = end_of(segments, own, known) + 1
        run = segments[begin:end]
        if len(run) > 1 and is_running(run):
            whole = segments[own]
            whole.text = "".join(one.text for one in run)
            run = [whole]
        found += run
        begin = end
    return found


def end_of(segments: Sequence[Segment], begin: int, known: Mapping[int, Place]) -> int:
    """The last text of the same element as this one, with nothing but links in it between them."""
    own, end = segments[begin], begin
    if own.link != NO_LINK or own.heading or own.bits & SIDE:
        return end
    for number, one in enumerate(segments[begin + 1 :], begin + 1):
        if one.container == own.container and one.inside == own.inside:
            end = number
        elif not (is_link(one) and is_in(one, own.container, known)):
            break
    return end


def is_link(segment: Segment) -> bool:
    """Whether a text is a link in running text: no story's own and called nothing else."""
    return segment.tag == "a" and segment.link == OTHER_LINK and not segment.heading and not segment.bits & NO_TEXT


def is_in(link: Segment, container: int, known: Mapping[int, Place]) -> bool:
    """Whether a link stands in an element, with next to nothing around it."""
    place = known.get(link.container)
    if place is None:
        return True  # to a file
    for depth, step in enumerate(lineage(place.parent)):
        if step.node.mem_id == container:
            return True
        if depth >= DEEPEST:
            break
    return False


def leads_in(link: Segment, after: Segment, known: Mapping[int, Place]) -> bool:
    """Whether a text begins with a link, and goes on behind it."""
    return (
        (after.tag == "p" or after.bits & SUMMARY > 0)
        and not after.bits & SIDE
        and after.text.lstrip()[:1].islower()
        and is_in(link, after.container, known)
    )


def is_running(run: Sequence[Segment]) -> bool:
    """Whether texts and the links between them read as prose, and are no line of who, when and where."""
    told = [one for one in run if not is_link(one)]
    text = tidy(" ".join(one.text for one in told if has_letters(one.text)))
    linked = sum(words(tidy(one.text)) for one in run if is_link(one))
    if BY.match(text) or words(text) <= linked:
        return False
    *before, last = told
    if not all(has_letters(one.text) for one in before) or not (
        has_letters(last.text) or last.text.strip().startswith(STOPS)
    ):
        return False  # a list of links, with marks between them
    if told[0].tag == "p" or told[0].bits & SUMMARY:
        return words(text) >= LEAST_NAMED
    return words(tidy(run[0].text)) >= LEAST_FIRST and words(text) >= LEAST_TEXT and not TIME.search(text)
