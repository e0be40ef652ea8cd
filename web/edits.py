"""What changed within a headline, word by word. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import Match, SequenceMatcher
from itertools import accumulate, takewhile

from scraper.text import is_unspaced

Piece = tuple[str, bool]  # text, whether it differs from the other wording
MOST_STEPS = 20_000  # some milliseconds: a page marks hundreds of texts, and each may be one letter a thousand times
_POINTS = re.escape("""!"'(),-.:;?[]{}¡«»¿،؛؟।‐‑‒–—‘’‚“”„…‹›、。！，：；？""")
# Marks alone, or a word with what stands within it; either with the space before it.
_UNIT = re.compile(rf"\s*(?:[{_POINTS}]+|[^\s{_POINTS}](?:\S*[^\s{_POINTS}])?|\Z)")
_MARKS = re.compile(rf"[{_POINTS}]*")


def marked(was: str, now: str) -> tuple[list[Piece], list[Piece]]:
    """Both wordings in pieces, each with whether only this one has it; scripts without spaces go by character."""
    old, new = _units(was), _units(now)
    steps = _Bounded([unit.strip() for unit in old], [unit.strip() for unit in new]).get_opcodes()
    left = _pieces([("".join(old[a:b]), step != "equal") for step, a, b, _, _ in steps])
    right = _pieces([("".join(new[a:b]), step != "equal") for step, _, _, a, b in steps])
    return left, right


class _Bounded(SequenceMatcher[str]):
    """Matches the common begin and end first, then the longest of what is left for so many steps; the rest differs.

    By itself it would take the cube of the length where the same few units come again and again. Punctuation is common
    only beside a word that is.
    """

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        super().__init__(lambda unit: _MARKS.fullmatch(unit) is not None, old, new, autojunk=False)
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


def _pieces(steps: Iterable[Piece]) -> list[Piece]:
    """The steps as pieces, the space around a marked one left unmarked."""
    pieces: list[Piece] = []
    for text, differs in steps:
        core = text.strip() if differs else ""
        before, after = text.split(core, 1) if core else (text, "")
        for part, is_marked in ((before, False), (core, True), (after, False)):
            if part and not is_marked and pieces and not pieces[-1][1]:
                pieces[-1] = (pieces[-1][0] + part, False)
            elif part:
                pieces.append((part, is_marked))
    return pieces


def _units(text: str) -> list[str]:
    """Words, and the marks before and behind them, each with the space before it; or characters."""
    return list(text) if is_unspaced(text) else [unit for unit in _UNIT.findall(text) if unit]
