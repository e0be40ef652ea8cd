"""What a page is about: how many other stories share telling words with one."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from scraper.links import Mention
from scraper.memo import Memo
from scraper.text import is_unspaced

WORD: Final = re.compile(r"[^\W_]+")
SHORTEST: Final = 4  # characters; most words that every headline has are shorter
STEM: Final = 7  # characters: what is left of a word without its endings
PAIR: Final = 2  # characters of a script without spaces that say about as much as a word
SHARED: Final = 2  # words that two stories of one topic have in common; with one or three the lead is told less well
# A word in more of the page's headlines tells no topic: with .2 or all, the lead is told less well than with .12.
COMMON: Final = 0.12
ALWAYS_TELLING: Final = 3  # headlines of a short page
KEPT: Final = 8192  # headlines, of about 1 kB each


def telling_words(text: str) -> frozenset[str]:
    """The words by which a headline can be told to be of a topic; pairs of characters where no spaces are written."""
    found: list[str] = []
    for word in WORD.findall(text.casefold()):
        if is_unspaced(word):
            found += [word[place : place + PAIR] for place in range(len(word) - 1)]
        elif len(word) >= SHORTEST:
            found.append(word[:STEM])
    return frozenset(found)


TELLING: Final = Memo(telling_words, KEPT)


def kindred(candidates: Sequence[Mention], stories: Iterable[Mention]) -> list[int]:
    """For each candidate, how many other stories are of its topic."""
    words: defaultdict[str, set[str]] = defaultdict(set)
    for mention in (*stories, *candidates):
        words[mention.target] |= TELLING[mention.text]
    tellers: defaultdict[str, list[str]] = defaultdict(list)
    for target, own in words.items():
        for word in own:
            tellers[word].append(target)
    most = max(ALWAYS_TELLING, COMMON * len(words))
    found = []
    for mention in candidates:
        shared = Counter(
            target
            for word in words[mention.target]
            if 1 < len(tellers[word]) <= most
            for target in tellers[word]
            if target != mention.target
        )
        found.append(sum(count >= SHARED for count in shared.values()))
    return found
