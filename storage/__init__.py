"""Remembers: evidence, readings and all that follows from them, in one SQLite file."""

from storage.archive import Archive, Filed, Recorded

__all__ = ["Archive", "Filed", "Recorded"]
