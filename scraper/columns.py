"""Columns as they are read: the lead may stand in the middle, and a column of lesser stories first in the source."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from scraper.claims import TOPMOST, Claims
from scraper.links import HEADING, LIKELY, Mention
from scraper.pictures import ELEMENTS
from scraper.places import HEADINGS, Place, words_below
from scraper.regions import Regions
from scraper.standing import SPARE_CHARACTERS, named_size, spare_text, stated_width
from scraper.vocabulary import Word, named

MOST_COLUMNS: Final = 4
MOST_IN_COLUMNS: Final = 40  # mentions
MOST_PARTS: Final = 12  # of a whole page, one below the other
MOST_ABOVE: Final = 20  # mentions above the columns: menus, tickers and alerts
MOST_ALERTS: Final = 3  # mentions above columns that are the top of a page
BESIDE_RELATED: Final = 10  # characters: a time or a mark
LEAST_LESSER: Final = 2
LEAST_OF_LOWER: Final = 3  # where nothing but their headings, or that they have none, says so
PICTURED: Final = 3  # mentions: a picture's link and a kicker's may stand before a headline
MUCH_WIDER: Final = 1.5
SHARE: Final = re.compile(r"(?<![-\w])(?:flex-basis|width)\s*:\s*(\d{1,2}(?:\.\d+)?)%")  # of a row
TWELFTHS: Final = re.compile(r"(?<!\S)(?:[a-z]{2}:)?(?:col|large|span|medium)-?(?:[a-z]{2}-|span-)?(\d{1,2})(?!\S)")
LEAD: Final = Word.LEAD.value
OUTSIDE: Final = (Word.NAV | Word.FOOTER).value
ASIDE: Final = named("NAV FOOTER ASIDE POPULAR TICKER PROMO SERVICE")


class Row(NamedTuple):
    """An element that holds a few others with stories, and the first two of those; columns, or parts of a page."""

    around: Place
    first: Place
    second: Place
    are_columns: bool


class Head(NamedTuple):
    """The first story of a column: its block, and the words of the elements around it within the row."""

    mention: Mention
    block: Place
    words: int


def as_read(
    mentions: Sequence[Mention], scores: Mapping[str, float], claims: Claims, regions: Regions
) -> Sequence[Mention]:
    """The mentions as they stand in the source, but for the first column of lesser stories beside a larger one.

    That one comes after the column that the larger story heads.
    """
    for row in rows(regions):
        begin, middle, end = regions.first[row.first], regions.first[row.second], regions.last[row.second] + 1
        if regions.last[row.first] >= middle:
            continue
        number = next((one for one in range(middle, min(middle + PICTURED, end)) if mentions[one].level), middle)
        mention = mentions[number]
        head = Head(mention, claims.block(mention, number), words_below(mention.main.place, row.around))
        lesser, own = stories_of(mentions[begin:middle], scores), stories_of(mentions[middle:end], scores)
        if scores[mention.target] > LIKELY and mention.level and lesser and comes_first(head, lesser, own, row, begin):
            return [*mentions[:begin], *mentions[middle:end], *mentions[begin:middle], *mentions[end:]]
    return mentions


def stories_of(column: Sequence[Mention], scores: Mapping[str, float]) -> list[Mention]:
    """The stories of a column, each by its heading if it has one: the links of kickers and pictures are none."""
    best: dict[str, Mention] = {}
    for mention in column:
        is_story = mention.level > 0 or scores[mention.target] > LIKELY
        if is_story and (mention.target not in best or not best[mention.target].level):
            best[mention.target] = mention
    return list(best.values())


def rows(regions: Regions) -> Iterator[Row]:
    """The elements that hold a few others with stories, in the order of the page, the outer first."""
    holding: defaultdict[Place, list[Place]] = defaultdict(list)
    for place in regions.first:
        if place.parent is not None and place.tag not in TOPMOST:
            holding[place.parent].append(place)
    few = [
        around
        for around, held in holding.items()
        if 1 < len(held) <= MOST_PARTS and regions.first[around] <= MOST_ABOVE
    ]
    for around in sorted(few, key=lambda around: (regions.first[around], -regions.size(around))):
        first, second, *_ = held = sorted(holding[around], key=regions.first.__getitem__)
        yield Row(around, first, second, len(held) <= MOST_COLUMNS and regions.size(around) <= MOST_IN_COLUMNS)


def comes_first(head: Head, lesser: Sequence[Mention], own: Sequence[Mention], row: Row, above: int) -> bool:
    """Whether a column, its `own` stories, is read before the one of lesser stories that the source has before it.

    `above` are the mentions above them. Of parts of a whole page only one called the lead is.
    """
    if head.words & ASIDE or not (row.are_columns or (above == 0 and head.words & LEAD)):
        return False
    if 0 < width_of(head.mention) < max(map(width_of, lesser)):
        return False
    lower = are_lesser(lesser, row.around)
    if lower and (is_larger(head, lesser) or is_wider(head, lesser, row)):
        return True
    if above > MOST_ALERTS:
        return False
    entitled = is_entitled(row.first, lesser)
    if entitled and heads_plainly(head, lesser, row):
        return True
    return lower and row.are_columns and stands_out(head, lesser, own, entitled=entitled)


def are_lesser(column: Sequence[Mention], around: Place) -> bool:
    """Whether a column holds some stories with headings alike, none of them called the lead."""
    levels = {mention.level for mention in column}
    return (
        len(column) >= LEAST_LESSER
        and len(levels) == 1
        and 0 not in levels
        and not any(words_below(mention.main.place, around) & (OUTSIDE | LEAD) for mention in column)
    )


def is_larger(head: Head, lesser: Sequence[Mention]) -> bool:
    """Whether the first story of a column is called the lead or larger, or has a higher heading and a picture."""
    mention, level = head.mention, lesser[0].level
    if mention.level > level:
        return False
    called = head.words | (mention.heading.bits if mention.heading is not None else 0)
    if called & LEAD or named_size(mention) > max(map(named_size, lesser)):
        return True
    return mention.level < level and shows(head.block) and len(lesser) >= LEAST_OF_LOWER


def is_wider(head: Head, lesser: Sequence[Mention], row: Row) -> bool:
    """Whether a column is stated to be much wider than the one before it, and opens with a picture."""
    first, second = share_of(row.first), share_of(row.second)
    return 0 < MUCH_WIDER * first <= second and head.mention.level <= lesser[0].level and shows(head.block)


def share_of(column: Place) -> float:
    """The share of its row that a column's style or its class in a grid of twelve states, in percent; 0 if neither."""
    if found := SHARE.search(column.node.attributes.get("style") or ""):
        return float(found[1])
    shares = [100 * int(number) / 12 for number in TWELFTHS.findall(column.names or "")]
    return max((share for share in shares if share < 100), default=0.0)


def is_entitled(column: Place, stories: Sequence[Mention]) -> bool:
    """Whether a column opens with a heading of its own, which is none of its stories': "Latest news"."""
    linked = {link.place.node.mem_id for mention in stories for link in mention.links}
    headed = {mention.heading.node.mem_id for mention in stories if mention.heading is not None}
    for node in column.node.traverse():
        if node.mem_id in linked:
            return False
        if node.tag in HEADINGS:
            return node.mem_id not in headed
    return False


def heads_plainly(head: Head, lesser: Sequence[Mention], row: Row) -> bool:
    """Whether a story opens its column without a title over it, and stands out from the entitled ones beside it.

    Those have no headings, or no pictures where it has one.
    """
    mention = head.mention
    first = row.second.node.css_first(HEADING)
    if mention.heading is None or first is None or first.mem_id != mention.heading.node.mem_id:
        return False
    levels = {one.level for one in lesser}
    if len(lesser) < LEAST_OF_LOWER or len(levels) > 1:
        return False
    if any(words_below(one.main.place, row.around) & OUTSIDE for one in lesser):
        return False
    if levels == {0}:
        return True
    return (
        mention.level <= lesser[0].level
        and (shows(head.block) or is_pictured(mention))
        and not any(map(is_pictured, lesser))
    )


def stands_out(head: Head, lesser: Sequence[Mention], own: Sequence[Mention], *, entitled: bool) -> bool:
    """Whether a story has a picture and a dek, beside some that have no dek.

    It alone has a heading in its column, or those have a title of their own.
    """
    mention = head.mention
    alone = sum(0 < one.level <= mention.level for one in own) == 1
    if len(lesser) < LEAST_OF_LOWER or mention.level > lesser[0].level or not (alone or entitled):
        return False
    if not shows(head.block) and not is_pictured(mention):
        return False
    others = [one for one in own if one.target != mention.target]
    stories = [mention, *lesser, *([] if alone else others)]
    claims = Claims(stories, everywhere=True)
    told, *less = (spare_text(one, claims.block(one, number)) for number, one in enumerate(stories))
    related = sum(len(one.text) + BESIDE_RELATED for one in others) if alone else 0
    return told - related > SPARE_CHARACTERS >= max(less[: len(lesser)])


def is_pictured(mention: Mention) -> bool:
    """Whether a story's link, or another to it, shows a picture."""
    return any(shows(link.place) for link in mention.everywhere)


def width_of(mention: Mention) -> int:
    """The greatest width that a picture in a story's links states, 0 where none does."""
    images = (image for link in mention.everywhere for image in link.place.node.css(ELEMENTS))
    return max((stated_width(image.attributes) for image in images), default=0)


def shows(place: Place) -> bool:
    return place.node.css_first(ELEMENTS) is not None
