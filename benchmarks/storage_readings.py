"""Readings of one series: what they take beside the bare text that they hold, and the CPU time of filing them.

Bytes are those of the derived tables, their indexes and the full-text index (SQLite's dbstat) in the file as it was
written, not vacuumed. What consecutive captures add is the difference between what is there after the first and after
the last of them, over their number: so what every archive has at its start is not counted. `bytes` leaves out the free
ends of pages, `page_bytes` counts whole pages; over a few captures the ends weigh as much as the rows, since each of
two dozen tables and indexes has one.
"""

import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from typing import Final, NamedTuple

from benchmarks.pipeline_pages import Page
from scraper.model import FrontPage
from scraper.reader import read_front_page
from storage.archive import Archive
from storage.tables import DERIVED_TABLES


class Size(NamedTuple):
    """Bytes of a table or index: in use, and with the free ends of its pages."""

    used: int
    pages: int


NOTHING: Final = Size(0, 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadingsMeasured:
    """Bytes a capture over the first, close ones, and whole pages over the series; CPU milliseconds of filing one."""

    site: str
    close_captures: int
    close_bytes: float
    close_page_bytes: float
    close_text_bytes: float
    captures: int
    page_bytes: float
    text_bytes: float
    times_text: float
    file_ms_median: float
    file_ms_mean: float
    tables: dict[str, float]  # of the close ones, largest first


def measure_readings(pages: Sequence[Page], folder: Path, *, close: int) -> ReadingsMeasured:
    """Read and file all pages of a site, and look at the tables after the first, after `close`, and after all."""
    read = [read_front_page(page.body, page.capture().url, content_type=page.content_type) for page in pages]
    close = min(close, len(pages))
    with Archive(folder / "readings.db") as archive:
        rows = [archive.record(page.capture()).capture_id for page in pages]
        times, sizes = [], []
        for number, (row, front_page) in enumerate(zip(rows, read, strict=True), 1):
            times.append(_file(archive, row, front_page))
            if number in (1, close, len(pages)):
                sizes.append(_sizes(archive.connection))
    first, last, whole = sizes[0], sizes[1], sizes[-1]
    added = {name: (last[name].used - first.get(name, NOTHING).used) / (close - 1) for name in last}
    texts = _new_text(read)
    return ReadingsMeasured(
        site=pages[0].slug,
        close_captures=close - 1,
        close_bytes=sum(added.values()),
        close_page_bytes=(_pages(last) - _pages(first)) / (close - 1),
        close_text_bytes=mean(texts[1:close]),
        captures=len(pages),
        page_bytes=_pages(whole) / len(pages),
        text_bytes=mean(texts),
        times_text=_pages(whole) / sum(texts),
        file_ms_median=median(times) * 1000,
        file_ms_mean=mean(times) * 1000,
        tables=dict(sorted(added.items(), key=lambda pair: -pair[1])),
    )


def _file(archive: Archive, row: int, front_page: FrontPage) -> float:
    """CPU seconds of filing one reading, durable by itself."""
    began = time.process_time()
    archive.file(row, front_page)
    return time.process_time() - began


def _sizes(connection: sqlite3.Connection) -> dict[str, Size]:
    """Bytes of each derived table, of its indexes, and of the full-text index."""
    marks = ", ".join("?" * len(DERIVED_TABLES))
    rows = connection.execute(
        f"""
        SELECT dbstat.name, sum(pgsize - unused), sum(pgsize) FROM dbstat JOIN sqlite_master USING (name)
        WHERE tbl_name IN ({marks}) OR tbl_name LIKE 'words%' GROUP BY 1
        """,
        DERIVED_TABLES,
    )
    return {name: Size(used, pages) for name, used, pages in rows}


def _pages(sizes: dict[str, Size]) -> int:
    return sum(size.pages for size in sizes.values())


def _new_text(read: Sequence[FrontPage]) -> list[int]:
    """For each page, the bytes of its headlines, summaries, kickers, bylines and addresses that no page before had."""
    known: set[str] = set()
    new: list[int] = []
    for page in read:
        texts = {text for s in page.stories for text in (s.headline, s.summary, s.kicker, s.byline, s.url)} - known
        known |= texts
        new.append(sum(len(text.encode("utf-8", "surrogatepass")) for text in texts))
    return new
