"""When another text is an edit, and when it is one arm of a test that comes and goes. Pure."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

ROTATION_WINDOW_S = 6 * 3600  # a text that comes back sooner was not edited twice: tests flip within hours
_QUOTES = re.compile("[\"'`´‘’‚‛“”„‟«»‹›「」『』\u2032\u2033\ufffd]")
_DASHES = re.compile("[\u2010-\u2015\u2212]")


def is_edit(was: str, now: str) -> bool:
    """Whether two texts differ in more than white space, quotes, dashes and how bytes were decoded."""
    return was != now and plain(was) != plain(now)


def plain(text: str) -> str:
    """The text with all that is no edit taken away."""
    text = unicodedata.normalize("NFKC", _repaired(text))
    return "".join(_DASHES.sub("-", _QUOTES.sub("", text)).split())


def _repaired(text: str) -> str:
    """UTF-8 that was read as windows-1252, read right (FÃ¼r: Für); other text as it is."""
    try:
        return text.encode("cp1252").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """A text that stood from `first` to `last` (seconds since 1970) in so many captures."""

    text: str
    first: int
    last: int
    captures: int


def rotation_shares(runs: Sequence[Run], window_s: int = ROTATION_WINDOW_S) -> list[float | None]:
    """For each run in order of time: the share of captures that showed its text while texts rotated, None outside.

    Texts rotate from one run to the next of the same text, when no more than `window_s` lies between.
    """
    texts = [plain(run.text) for run in runs]
    shares: list[float | None] = [None] * len(runs)
    for start, end in _groups(runs, texts, window_s):
        shown = Counter[str]()
        for index in range(start, end + 1):
            shown[texts[index]] += runs[index].captures
        for index in range(start, end + 1):
            shares[index] = shown[texts[index]] / shown.total()
    return shares


def _groups(runs: Sequence[Run], texts: Sequence[str], window_s: int) -> list[tuple[int, int]]:
    """(first, last) index of each stretch of runs that rotate, widest and disjoint."""
    groups: list[tuple[int, int]] = []
    last_of: dict[str, int] = {}
    for index, (run, text) in enumerate(zip(runs, texts, strict=True)):
        start = last_of.get(text)
        last_of[text] = index
        if start is None or index - start < 2 or run.first - runs[start].last > window_s:
            continue
        while groups and groups[-1][1] >= start:
            start = min(start, groups.pop()[0])
        groups.append((start, index))
    return groups
