"""What a page is about: how many other stories share two telling words with one.

With one shared word or with three the lead is told less well.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Final

from scraper.links import Mention
from scraper.memo import Memo
from scraper.text import is_unspaced

# Most words that every headline has are shorter; the endings of longer ones do not count. On the labelled pages words
# from 3 letters on, or cut at 5 or 20, tell the lead as well.
STEM: Final = re.compile(r"\b\w{4,7}")
# Two characters of a script without spaces say about as much as a word.
PAIR: Final = re.compile(r"(?=(\w\w))")
# A word in more of the page's headlines tells no topic: at .06 and at .25 the lead is told less well.
COMMON: Final = 0.12
ALWAYS_TELLING: Final = 3  # headlines of a short page; 2 is as good, 6 a little worse
LONGEST: Final = 200  # characters of a headline that are looked at
KEPT: Final = 16384  # headlines


def telling_words(text: str) -> tuple[str, ...]:
    """The words by which a headline can be told to be of a topic; pairs of characters where no spaces are written."""
    pattern = PAIR if is_unspaced(text) else STEM
    return tuple({*pattern.findall(text.casefold())})


TELLING: Final = Memo(telling_words, KEPT)


def kindred(candidates: Sequence[Mention], stories: Iterable[Mention]) -> list[int]:
    """For each candidate, how many other stories are of its topic."""
    words: dict[str, tuple[str, ...]] = {}
    for mention in chain(stories, candidates):
        if not words.get(mention.target):
            words[mention.target] = TELLING[mention.text[:LONGEST]]
    tellers: defaultdict[str, list[str]] = defaultdict(list)
    for target, own in words.items():
        for word in own:
            tellers[word].append(target)
    most = max(ALWAYS_TELLING, COMMON * len(words))
    telling = {word: {*targets} for word, targets in tellers.items() if 1 < len(targets) <= most}
    found = []
    for mention in candidates:
        once: set[str] = set()
        twice: set[str] = set()
        for word in telling.keys() & words[mention.target]:
            twice |= once & telling[word]
            once |= telling[word]
        found.append(len(twice - {mention.target}))
    return found
