"""What changed within a headline, word by word. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import Match, SequenceMatcher
from itertools import accumulate, takewhile

from scraper.text import is_unspaced

Piece = tuple[str, bool]  # text, whether it differs from the other wording
MOST_STEPS = 20_000  # some milliseconds: a page marks hundreds of texts, and each may be one letter a thousand times


def marked(was: str, now: str) -> tuple[list[Piece], list[Piece]]:
    """Both wordings in pieces, each with whether only this one has it; scripts without spaces go by character."""
    old, new = _units(was), _units(now)
    steps = _Bounded(old, new).get_opcodes()
    left = [piece for step, a, b, _, _ in steps for piece in _pieces("".join(old[a:b]), step != "equal")]
    right = [piece for step, _, _, a, b in steps for piece in _pieces("".join(new[a:b]), step != "equal")]
    return left, right


class _Bounded(SequenceMatcher[str]):
    """Matches the common begin and end first, then the longest of what is left for so many steps; the rest differs.

    By itself it would take the cube of the length where the same few units come again and again.
    """

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        super().__init__(None, old, new, autojunk=False)
        self._old, self._new = old, new
        counts = Counter(new)
        self._steps_to = list(accumulate((1 + counts[unit] for unit in old), initial=0))
        self._steps = 0

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Match:
        """As SequenceMatcher has it, but for the bound."""
        ahi, bhi = len(self._old) if ahi is None else ahi, len(self._new) if bhi is None else bhi
        old, new = self._old[alo:ahi], self._new[blo:bhi]
        if size := _same(zip(old, new, strict=False)):
            return Match(alo, blo, size)
        if size := _same(zip(reversed(old), reversed(new), strict=False)):
            return Match(ahi - size, bhi - size, size)
        self._steps += self._steps_to[ahi] - self._steps_to[alo]
        if self._steps > MOST_STEPS:
            return Match(alo, blo, 0)
        return super().find_longest_match(alo, ahi, blo, bhi)


def _same(pairs: Iterable[tuple[str, str]]) -> int:
    """How many pairs are equal before the first that is not."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _pieces(text: str, differs: bool) -> list[Piece]:
    """The text as one piece, the space behind a marked word left unmarked."""
    if differs and text.endswith(" "):
        return [(text[:-1], True), (" ", False)]
    return [(text, differs)] if text else []


def _units(text: str) -> list[str]:
    if is_unspaced(text):
        return list(text)
    words = text.split(" ")
    return [word + " " for word in words[:-1]] + words[-1:]
