"""Readings as the GDELT Global Frontpage Graph has them: a tab-separated line a link, for tools that read that.

blog.gdeltproject.org/announcing-gdelt-global-frontpage-graph-gfg. The graph counts all links of a page, we only those
of stories: LinkID is a story's position, LinkPercentMaxID how far down the list of stories it stands.
"""

from collections.abc import Iterable, Iterator
from typing import IO

from storage.rows import Row

COLUMNS = ("DATE", "FromFrontPageURL", "LinkID", "LinkPercentMaxID", "ToLinkURL", "LinkText")


def write_gfg(readings: Iterable[Row], out: IO[bytes]) -> None:
    """A header line and a line a story of every reading, in UTF-8, without quotes: tabs and line ends become blanks."""
    out.write("\t".join(COLUMNS).encode() + b"\n")
    for reading in readings:
        for line in _lines(reading):
            out.write("\t".join(map(_cell, line)).encode() + b"\n")


def _lines(reading: Row) -> Iterator[tuple[object, ...]]:
    """(date, page, position, percent of the last position, link, headline) of each story, in reading order."""
    stories = sorted(
        [*([reading["lead"]] if reading["lead"] else []), *reading["teasers"]], key=lambda story: int(story["position"])
    )
    date = "".join(character for character in reading["captured_at"] if character.isdigit())
    for story in stories:
        percent = round(100 * story["position"] / stories[-1]["position"])
        yield date, reading["url"], story["position"], percent, story["url"], story["headline"]


def _cell(value: object) -> str:
    return " ".join(str(value).split())
