"""What a reader worker does. A spawned process imports this module, so it imports little: no log, no loop."""

import gc
import resource
from collections.abc import Sequence

from scraper.limits import READING_MEMORY_BYTES
from scraper.model import FrontPage, Layout
from scraper.reader import read_front_page


def settle() -> None:
    """Bound a worker's memory, and keep what it imported out of its garbage collections: 1 ms of 12 a page."""
    gc.freeze()
    resource.setrlimit(resource.RLIMIT_AS, (READING_MEMORY_BYTES, READING_MEMORY_BYTES))


def read(asked: Sequence[tuple[bytes, str, str, Layout | None]]) -> list[FrontPage]:
    """The front pages in bodies, each with its URL, content type and layout."""
    return [
        read_front_page(body, url, content_type=content_type, layout=layout)
        for body, url, content_type, layout in asked
    ]
