"""What changed within a headline, word by word. Pure."""

from difflib import SequenceMatcher

from scraper.text import is_unspaced

Piece = tuple[str, bool]  # text, whether it differs from the other wording


def marked(was: str, now: str) -> tuple[list[Piece], list[Piece]]:
    """Both wordings in pieces, each with whether only this one has it; scripts without spaces go by character."""
    old, new = _units(was), _units(now)
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    left = [piece for step, a, b, _, _ in steps for piece in _pieces("".join(old[a:b]), step != "equal")]
    right = [piece for step, _, _, a, b in steps for piece in _pieces("".join(new[a:b]), step != "equal")]
    return left, right


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
