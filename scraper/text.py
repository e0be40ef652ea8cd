"""Printed text, measured and tidied: white space, invisible characters, words in scripts with and without spaces."""

import re
from typing import Final

# Controls, bidi embeddings and overrides, zero-width marks, soft hyphens: nothing that a reader sees, and what would
# turn the text around it when shown elsewhere.
INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
IDEOGRAPHS: Final = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
ALPHABETS: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
UNSPACED: Final = re.compile(f"[{IDEOGRAPHS}]")
DENSE: Final = re.compile(f"[{IDEOGRAPHS}{ALPHABETS}]")
LETTER: Final = re.compile(r"[^\W\d_]")
SENTENCE_END: Final = re.compile(r"[.!?…。！？।؟۔։][\"'”’»)\]」]*$")  # Unicode, Sentence_Terminal
LONGEST_END: Final = 8  # characters of a stop and what closes after it
KEY: Final = re.compile(r"[\W_]+")
# Two characters of Chinese or Japanese say about as much as one word of a spaced script: the labelled headlines have a
# median of 8 words there and of 17 characters here.
CHARACTERS_A_WORD: Final = 2
# Alphabets without spaces need more: Thai headlines, of fictional pages, have a median of 29 letters.
LETTERS_A_WORD: Final = 4


def tidy(text: str) -> str:
    """The text as a reader sees it: visible characters, single spaces."""
    if text.isprintable() and "  " not in text:  # most texts: what is printable has no white space but spaces
        return text.strip(" ")
    text = " ".join(text.split())
    if text.isprintable():
        return text
    return " ".join(INVISIBLE.sub("", text).split())


def shortened(text: str, limit: int) -> str:
    """The text within a bound of characters; what is cut ends with an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def is_unspaced(text: str) -> bool:
    """Whether the text is in a script that writes no spaces between words, and says much with few characters."""
    return not text.isascii() and UNSPACED.search(text) is not None


def words(text: str) -> int:
    """How many words the text has, as a reader of its script would count."""
    return counted(text)[0]


def counted(text: str) -> tuple[int, bool]:
    """How many words the text has, and whether `is_unspaced`."""
    if text.isascii() or not DENSE.search(text):
        return text.count(" ") + 1 if text else 0, False
    rest, ideographs = UNSPACED.subn(" ", text)
    spaced, letters = DENSE.subn(" ", rest)
    dense = (ideographs + 1) // CHARACTERS_A_WORD + (letters + 2) // LETTERS_A_WORD
    return dense + len(spaced.split()), ideographs > 0


def is_sentence(text: str) -> bool:
    """Whether a text ends as sentences do."""
    return SENTENCE_END.search(text[-LONGEST_END:]) is not None


def has_letters(text: str) -> bool:
    return text[:1].isalpha() or LETTER.search(text) is not None


def same_words(text: str) -> str:
    """A key that two printings of one headline share: case, punctuation and spacing aside."""
    return KEY.sub(" ", text.casefold()).strip()
