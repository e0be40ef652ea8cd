"""Which capture is being taken, in a file: where its worker was killed, it names the one that did it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from schedules.sources.found import Name
from scraper.instants import iso


class Journal:
    """A file that is written before a capture is loaded and after it was filed; without a path nothing is written.

    What is written survives a killed process: it is the system's by then.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        if path:
            path.write_bytes(b"")

    @contextmanager
    def taking(self, name: Name) -> Iterator[None]:
        """Name the capture for as long as it is being taken."""
        self._write(json.dumps([iso(name.instant), name.url, name.key]))
        yield
        self._write("")

    def _write(self, line: str) -> None:
        if self._path:
            self._path.write_text(line, encoding="utf-8")


def left_in(path: Path) -> Name | None:
    """The capture that was being taken when the journal's process ended, None where there was none."""
    try:
        instant, url, key = json.loads(path.read_text(encoding="utf-8"))
        return Name(datetime.fromisoformat(instant), url, key)
    except (OSError, ValueError):
        return None
