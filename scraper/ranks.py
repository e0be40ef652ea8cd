"""What the headlines of a list all begin with and is no part of them: their ranks, or when they were written."""

import re
from collections.abc import Sequence
from typing import Final

from scraper.blocks import Block
from scraper.fields import Parts
from scraper.places import are_kin

LEAST: Final = 3  # headlines, and different ranks or times
RANK: Final = re.compile(r"\d{1,2}[.)] (?=\S)")
TIME: Final = re.compile(r"\d{1,2}[:.h][0-5]\d(?: ?(?:uur|uhr|[ap]\.?m\.?))?(?: ?[-–—|:·])? (?=\S)", re.IGNORECASE)


def take_ranks(blocks: Sequence[Block], printed: Sequence[Parts]) -> None:
    """Take from headlines the rank or the time that all of their list begin with."""
    for pattern in (RANK, TIME):
        told = [match[0] if (match := pattern.match(parts.headline)) else "" for parts in printed]
        if sum(map(bool, told)) < LEAST:
            continue
        for found in lists_of(blocks):
            if all(told[number] for number in found) and len({told[number] for number in found}) >= LEAST:
                for number in found:
                    printed[number].headline = printed[number].headline[len(told[number]) :]


def lists_of(blocks: Sequence[Block]) -> list[list[int]]:
    """The numbers of blocks by how their stories' links are set."""
    lists: list[list[int]] = []
    places = [block.mention.main.place for block in blocks]
    for number, place in enumerate(places):
        alike = next((one for one in lists if are_kin(places[one[0]], place)), None)
        if alike is None:
            lists.append([number])
        else:
            alike.append(number)
    return lists
