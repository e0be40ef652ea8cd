"""How the candidates for the lead compare: who is first, highest, biggest, and what else the page says of each."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from scraper.cards import CARD_MENTIONS, card_pictures, text_below
from scraper.claims import SHARED, Claims
from scraper.columns import as_read
from scraper.links import LIKELY, Mention
from scraper.places import CENTRAL, Place
from scraper.regions import Regions
from scraper.standing import SPARE_CHARACTERS, WORDS_AROUND, Standing, is_bold
from scraper.strips import mark_row, mark_strips
from scraper.topics import kindred
from scraper.vocabulary import Word, named

# Of the links with any chance to be a story and the first two of their kin, the labelled leads are among the first 20.
KIN_TAKEN: Final = 2
MOST_CANDIDATES: Final = 60
BIG_PIXELS: Final = 250  # between the stated widths of pictures: the labelled leads' median is 429, all others' 205
LEAD: Final = Word.LEAD.value
# Where fewer of the candidates have a heading, bold print is one: of the labelled pages with bold headlines the lead is
# among them only where at most .14 have one; most others have .42 and more.
FEW_HEADED: Final = 0.3
TICKER: Final = Word.TICKER.value
OUTSIDE: Final = (Word.NAV | Word.FOOTER).value
FOOTER: Final = Word.FOOTER.value
BESIDE: Final = named("NAV FOOTER ASIDE POPULAR TICKER PROMO SERVICE RELATED")  # pushes no story down
LEAST_RELATED: Final = 2
# Pictures alike beside the column of a Chinese or Japanese page's lead: the labelled and fictional pages have 3 to 5
# such, and lists of stories with pictures 12 and 26.
SLIDES: Final = 3
MOST_SLIDES: Final = 8
MANY_HEADED: Final = 4  # stories in headings of the highest level that are the firsts of sections
LOWER: Final = 4  # the level of such headings
NOBODY: Final = -1
FAR_DOWN: Final = 1000
RANKED: Final = tuple(map(math.log1p, range(FAR_DOWN + 1)))
WORDS_OPENED: Final = named("LEAD TOP FEATURE MAIN FIRST SECTION CARD LIST CAROUSEL ASIDE TICKER HEADER NAV")
VALUES: Final = (
    "story", "rank", "first", "card rank", "first card", "region", "region share", "headed region",
    "h1", "h2", "h3", "h4 or less", "no heading", "top level", "only of level", "bigger than most", "smaller than most",
    "heading rank", "first of top level", "unique block", "kin", "strip", "row", "first of kin", "kin rank",
    "width", "big picture", "widest", "picture", "first picture", "picture rank", "first big picture",
    "spare", "has spare", "first spare", "spare rank", "picture and spare",
    "breaking card", "eager", "first eager", "outside main", "label", "textless",
    "repeated", "links", "words", "short", "first lead word", "label only",
    "stories above", "kindred", "bold", "first bold", "advertisement", "with related", "unspaced aside",
    "largest by name", "only h1",
)  # fmt: skip


def standings(mentions: Sequence[Mention], prominent: Sequence[Mention], known: dict[int, Place]) -> list[Standing]:
    """The candidates for the lead, in the order of the page, each compared with the others.

    Mentions are those with any chance, `prominent` is the most prominent one of each target, scored.
    """
    scores = {mention.target: mention.score for mention in prominent}
    claims, regions = Claims(mentions), regions_of(mentions)
    order: dict[int, int] = {}
    if (read := as_read(mentions, scores, claims, regions)) is not mentions:
        order = {one.number: mention.number for one, mention in zip(read, mentions, strict=True)}
        mentions, claims, regions = read, Claims(read), regions_of(read)
    blocks = [claims.block(mention, number) for number, mention in enumerate(mentions)]
    headed = [number for number, mention in enumerate(mentions) if mention.heading]
    headed_regions = Regions([mentions[number].main.place for number in headed])
    headed_number = {number: place for place, number in enumerate(headed)}
    kin: dict[int, int] = {}
    for place in blocks:
        kin[place.path] = kin.get(place.path, 0) + 1
    taken: dict[int, int] = {}
    # A page that is all in what is called a footer has none.
    footer = 0 if all(mention.main.place.around & FOOTER for mention in mentions) else FOOTER
    found: list[Standing] = []
    for number, (mention, place) in enumerate(zip(mentions, blocks, strict=True)):
        taken[place.path] = taken.get(place.path, 0) + 1
        if taken[place.path] > KIN_TAKEN or mention.main.place.around & footer:
            continue
        standing = Standing(mention, place, scores[mention.target])
        standing.kin = kin[place.path]
        standing.around = regions.words_around(place) & WORDS_AROUND
        if claims.of(place.parent) == SHARED:
            standing.spare += text_below(place, number, claims, known)
        if mention.heading and not standing.pictures and claims.of(place.parent) == SHARED:
            standing.pictures, standing.width = card_pictures(place, number, claims, regions, known)
        standing.region, opens = regions.opened(*opening(mentions, blocks, number))
        standing.opens = opens & WORDS_OPENED if standing.region > 2 else 0
        standing.with_related = (mention.level > 0 or standing.spare > SPARE_CHARACTERS) and has_related(
            number, mentions, blocks, regions
        )
        if number in headed_number:
            standing.headed_region, _ = headed_regions.opened(place, headed_number[number])
        found.append(standing)
        if len(found) >= MOST_CANDIDATES:
            break
    mark_strips(found)
    mark_row(found, mentions, blocks)
    place_in_page(found, prominent, order)
    compare(found, Levels(mentions, scores, any(standing.bold for standing in found)), len(mentions))
    return found


def regions_of(mentions: Sequence[Mention]) -> Regions:
    return Regions([mention.main.place for mention in mentions])


def has_related(number: int, mentions: Sequence[Mention], blocks: Sequence[Place], regions: Regions) -> bool:
    """Whether a candidate opens an element with some stories set otherwise and lower: those related to it."""
    place, level = blocks[number], mentions[number].level
    around = place.parent
    if around is None or regions.first.get(around) != number:
        return False
    others = range(number + 1, number + regions.size(around))
    return LEAST_RELATED <= len(others) < CARD_MENTIONS and all(
        blocks[other].path != place.path and (mentions[other].level == 0 or mentions[other].level > level > 0)
        for other in others
    )


def place_in_page(found: Sequence[Standing], prominent: Sequence[Mention], order: dict[int, int]) -> None:
    """Give every candidate what all stories of the page say of it; `order` are numbers that change as it is read."""
    stories = [mention for mention in prominent if mention.score > LIKELY]
    numbers = sorted(order.get(mention.number, mention.number) for mention in stories)
    few_headed = sum(standing.level > 0 for standing in found) < FEW_HEADED * len(found)
    related = kindred([standing.mention for standing in found], stories)
    for standing, count in zip(found, related, strict=True):
        standing.above = bisect_left(numbers, order.get(standing.mention.number, standing.mention.number))
        standing.kindred = count
        standing.bold = few_headed and is_bold(standing.mention)


def opening(mentions: Sequence[Mention], blocks: Sequence[Place], number: int) -> tuple[Place, int]:
    """From where and as which mention a candidate opens its region.

    The picture of another story beside a headline opens nothing: what it would open is the headline's.
    """
    place = blocks[number]
    if mentions[number].heading:
        pictured = number > 0 and not mentions[number - 1].heading and blocks[number - 1].parent is place.parent
        return (place.parent, number - 1) if pictured and place.parent is not None else (place, number)
    headed = number + 1 < len(mentions) and mentions[number + 1].heading
    return place, NOBODY if headed and blocks[number + 1].parent is place.parent else number


class Levels:
    """The headings of the page's stories: how many of each level, the highest and the middle one; or bold print."""

    def __init__(self, mentions: Sequence[Mention], scores: dict[str, float], bold: bool) -> None:
        levels = sorted(
            mention.level
            for mention in mentions
            if mention.level and scores[mention.target] > 0 and not mention.main.place.around & OUTSIDE
        )
        self.counts = {level: levels.count(level) for level in set(levels)}
        self.central = any(mention.main.place.around & CENTRAL for mention in mentions)
        self.top = levels[0] if levels else 0
        self.middle = levels[len(levels) // 2] if levels else 0
        self.bold = bold


class Ranks:
    """How many stories of each sort stand above."""

    def __init__(self) -> None:
        self.stories = self.cards = self.headings = self.top_level = self.pictures = self.big = self.spare = (
            self.lead_words
        ) = self.eager = self.bold = 0
        self.kin: dict[int, int] = {}
        self.targets: set[str] = set()

    def pass_by(self, standing: Standing, levels: Levels) -> None:
        if (standing.around | standing.near) & BESIDE or standing.score <= LIKELY:
            return
        if standing.mention.target in self.targets:
            return
        self.targets.add(standing.mention.target)
        self.stories += 1
        self.cards += standing.is_card
        self.headings += standing.level > 0
        self.top_level += standing.level == levels.top
        self.pictures += standing.pictures > 0
        self.eager += standing.eager
        self.bold += standing.bold
        self.big += standing.width >= BIG_PIXELS
        self.spare += standing.spare > SPARE_CHARACTERS
        self.lead_words += bool(standing.near & LEAD)
        self.kin.setdefault(standing.place.path, len(self.kin))


def compare(found: Sequence[Standing], levels: Levels, total: int) -> None:
    """Give every candidate its `VALUES`."""
    ranks = Ranks()
    widest = max((standing.width for standing in found), default=0)
    largest = largest_by_name(found)
    for standing in found:
        standing.values = values(standing, ranks, levels, widest, largest, total)
        ranks.pass_by(standing, levels)


def largest_by_name(found: Sequence[Standing]) -> str:
    """The target of the likely story that its names make larger than any other, "" if there is none."""
    likely = [standing for standing in found if standing.score > LIKELY]
    size = max((standing.size for standing in likely), default=0)
    targets = {standing.mention.target for standing in likely if standing.size == size}
    return targets.pop() if size > 0 and len(targets) == 1 else ""


def values(
    standing: Standing, ranks: Ranks, levels: Levels, widest: int, largest: str, total: int
) -> tuple[float, ...]:
    """What is seen of a candidate beside those above it, in the order of `VALUES`."""
    mention, level, kin = standing.mention, standing.level, standing.kin
    card, picture, spare = standing.is_card, standing.pictures > 0, standing.spare > SPARE_CHARACTERS
    big = standing.width >= BIG_PIXELS
    at_top = level == levels.top and level > 0
    path = standing.place.path
    return (
        min(max(standing.score, -3.0), 4.0) / 3,
        ranked(ranks.stories),
        ranks.stories == 0,
        ranked(ranks.cards) if card else 1.5,
        card and ranks.cards == 0,
        math.log(standing.region),
        standing.region / total,
        math.log(standing.headed_region),
        level == 1,
        level == 2,
        level == 3,
        level >= 4,
        level == 0,
        at_top,
        level > 0 and levels.counts.get(level) == 1,
        0 < level < levels.middle,
        level > levels.middle > 0,
        ranked(ranks.headings) if level else 1.5,
        at_top and ranks.top_level == 0,
        kin == 1,
        math.log(kin),
        kin >= 3 and not card,
        kin >= 3,
        path not in ranks.kin,
        ranked(ranks.kin.get(path, len(ranks.kin))),
        min(standing.width, 700) / 300,
        big,
        0 < standing.width == widest,
        picture,
        picture and ranks.pictures == 0,
        ranked(ranks.pictures) if picture else 1.5,
        big and ranks.big == 0,
        min(standing.spare, 400) / 200,
        spare,
        spare and ranks.spare == 0,
        ranked(ranks.spare) if spare else 1.5,
        picture and spare,
        bool((standing.near | standing.around) & TICKER) and card,
        standing.eager,
        standing.eager and ranks.eager == 0,
        levels.central and not mention.main.place.around & CENTRAL and not standing.near & LEAD,
        0 < mention.words < 2,
        not mention.text,
        mention.count > 1,
        min(len(standing.links), 4) / 2,
        min(mention.words, 12) / 6,
        0 < mention.words < 3,
        bool(standing.near & LEAD) and ranks.lead_words == 0,
        not mention.printed,
        math.log1p(standing.above),
        math.log1p(standing.kindred),
        standing.bold,
        standing.bold and ranks.bold == 0,
        standing.advert,
        standing.with_related,
        is_aside(standing, levels),
        standing.mention.target == largest,
        level == 1 and levels.counts.get(1) == 1,
    )


def is_aside(standing: Standing, levels: Levels) -> bool:
    """Whether a candidate is a picture beside the column of text that the lead heads, as on Chinese and Japanese pages.

    It has no text, lacks the print of that headline, heading or bold, and is one of several alike, or has another.
    """
    if not standing.mention.unspaced or not standing.pictures or standing.spare > SPARE_CHARACTERS:
        return False
    if standing.level == levels.top > 0:
        return False
    slides = SLIDES <= standing.kin <= MOST_SLIDES and heads_text(levels)
    return slides or standing.level > 0 or (levels.bold and not standing.bold)


def heads_text(levels: Levels) -> bool:
    """Whether the print of some headline sets it apart, so that it may head a column beside pictures."""
    return levels.bold or (levels.top > 0 and (levels.counts[levels.top] < MANY_HEADED or levels.top < LOWER))


def ranked(above: int) -> float:
    """How far down something stands: what comes after the sixth is all the same to an editor."""
    return RANKED[above] if above < FAR_DOWN else RANKED[FAR_DOWN]
