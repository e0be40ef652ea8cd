"""A front page's ordered stories as a few bytes: one row of small numbers a story, in columns, under zstd."""

import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from scraper.errors import ArchiveError
from scraper.model import Kind
from storage.bodies import ZstdError, compress, decompress

# How most sites print the URL whose canonical form is https://HOST/...: these spellings need no row of `addresses`.
SPELLINGS = ("https://", "https://www.", "http://", "http://www.")
KINDS = tuple(Kind)
COLUMNS = 5


@dataclass(frozen=True, slots=True)
class Placement:
    """One story on one front page: ids of its rows; `address` is a spelling's index, or len(SPELLINGS) + an id."""

    story_id: int
    wording_id: int
    section_id: int
    address: int
    kind: Kind


class Place(NamedTuple):
    """Of a story on a front page what most questions are about: rows of its wording and its section."""

    wording: int
    section: int


def encode(placements: Sequence[Placement]) -> bytes:
    """Placements in reading order; a story's position is its place in the list, from 1."""
    rows = [(p.story_id, p.wording_id, p.section_id, p.address, KINDS.index(p.kind)) for p in placements]
    numbers = array("I", [row[column] for column in range(COLUMNS) for row in rows])
    return compress(_little_endian(numbers).tobytes())


def decode(data: bytes) -> list[Placement]:
    """The placements that `encode` was given."""
    return [_placement(row) for row in zip(*_columns(data), strict=True)]


def stories_in(data: bytes) -> "array[int]":
    """The rows of the stories of a front page, in reading order."""
    return _columns(data)[0]


def places(data: bytes) -> dict[int, Place]:
    """Each story's row with its place, in reading order; a third of the work of `decode`."""
    stories, wordings, sections, *_ = _columns(data)
    return dict(zip(stories, map(Place, wordings, sections), strict=True))


def decode_at(data: bytes, position: int) -> Placement:
    """The placement at a position, without decoding the others."""
    return _placement([column[position - 1] for column in _columns(data)])


def newest_wording(data: bytes) -> int:
    """The highest row among the wordings of a front page that has any story: the one filed last."""
    return max(_columns(data)[1])


def wording_at(data: bytes, position: int) -> int:
    """The row of the wording at a position, without decoding the others: the second column begins after a fifth."""
    numbers = decompress(data)
    start = len(numbers) // COLUMNS + 4 * (position - 1)
    return int.from_bytes(numbers[start : start + 4], "little")


def find(data: bytes, story_id: int) -> tuple[int, Placement]:
    """(position, placement) of a story that is on the front page, without decoding the others."""
    columns = _columns(data)
    index = columns[0].index(story_id)
    return index + 1, _placement([column[index] for column in columns])


def _placement(row: Sequence[int]) -> Placement:
    story_id, wording_id, section_id, address, kind = row
    return Placement(story_id, wording_id, section_id, address, KINDS[kind])


def _columns(data: bytes) -> "list[array[int]]":
    values = array("I")
    try:
        values.frombytes(decompress(data))
    except (ZstdError, ValueError) as error:
        raise ArchiveError(f"a front page's order is damaged: {error}") from error
    values = _little_endian(values)
    count = len(values) // COLUMNS
    return [values[column * count : (column + 1) * count] for column in range(COLUMNS)]


def _little_endian(numbers: "array[int]") -> "array[int]":
    if sys.byteorder == "big":
        numbers = array("I", numbers)
        numbers.byteswap()
    return numbers


def spell(canonical: str, url: str) -> int | None:
    """Index of the spelling that makes the printed URL out of the canonical one, or None."""
    rest = canonical.removeprefix("https://")
    return next((index for index, prefix in enumerate(SPELLINGS) if url == prefix + rest), None)
