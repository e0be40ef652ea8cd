"""Scripts that are written without spaces between words, as ranges of a regular expression's class. Pure."""

import unicodedata
from itertools import chain

# Han, kana and hangul, also the supplementary Han planes: a character is a syllable or a word.
SYLLABLES = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
# Thai and Lao, Burmese, Khmer, Burmese extended: letters, with marks for vowels and tones beside them.
_ALPHABETS = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F))
LETTERS = "".join(f"{chr(first)}-{chr(last)}" for first, last in _ALPHABETS)
# The marks among them: SQLite's tokenizer takes none for a part of a word unless it is told to.
MARKS = "".join(
    mark
    for mark in map(chr, chain.from_iterable(range(first, last + 1) for first, last in _ALPHABETS))
    if unicodedata.category(mark).startswith("M")
)
