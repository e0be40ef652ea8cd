"""Remembers: evidence, readings and all that follows from them, in one SQLite file."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from storage.archive import Archive, Filed, Recorded
    from storage.questions import Questions, open_readonly

__all__ = ["Archive", "Filed", "Questions", "Recorded", "open_readonly"]


def __getattr__(name: str) -> Any:
    """The archive is loaded when it is first asked for: the command line's help needs none (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from storage import archive, questions

    return getattr(archive, name, None) or getattr(questions, name)
