"""The hits of a search to take along, as csv and as jsonl: newest first, sent as they are read."""

import sqlite3
from collections.abc import Callable, Sequence
from io import BytesIO

from scraper.errors import ConfigError
from storage.columns import Column, Kind
from storage.rows import write_csv, write_jsonl
from storage.search import Hit
from storage.shapes import hit_shape
from storage.survey import Narrowed, batch
from web.asked import Asked, Stream
from web.search import query_of

MAX_ROWS = 10_000
MAX_BATCHES = 1_000  # that are looked through; of a word that common few of whose hits are of the site or role wanted
COLUMNS = tuple(
    Column(name=name, kind=Kind.INSTANT if name in ("first_seen", "last_seen") else Kind.TEXT, meaning=meaning)
    for name, meaning in (
        ("site", "slug"),
        ("story", "id of the story"),
        ("url", "canonical URL of the story"),
        ("headline", "as printed"),
        ("summary", "as printed"),
        ("role", "lead where the story led at any time while this wording stood"),
        ("first_seen", "first capture with this wording"),
        ("last_seen", "last capture with this wording"),
        ("capture", "name of the first capture"),
    )
)
Written = Callable[[Sequence[Hit], bool], bytes]  # hits, whether they are the first


class Rows:
    """The hits of a search, a batch a call, each written out; None at the end or after MAX_ROWS."""

    def __init__(self, narrowed: Narrowed, written: Written) -> None:
        self._narrowed, self._written = narrowed, written
        self._before: int | None = None
        self._rows = self._batches = 0
        self._is_done = False

    def __call__(self, connection: sqlite3.Connection) -> bytes | None:
        if self._is_done:
            return None
        is_first = not self._batches
        found = batch(connection, self._narrowed, self._before)
        hits = found.hits[: MAX_ROWS - self._rows]
        self._before = found.before
        self._rows += len(hits)
        self._batches += 1
        self._is_done = found.before is None or self._rows >= MAX_ROWS or self._batches >= MAX_BATCHES
        return self._written(hits, is_first)


def as_csv(connection: sqlite3.Connection, asked: Asked) -> Stream:
    """The hits as a table for a spreadsheet, with cells that it would run made harmless."""
    return _taken(connection, asked, _csv, "search.csv", "text/csv; charset=utf-8")


def as_jsonl(connection: sqlite3.Connection, asked: Asked) -> Stream:
    """The hits as one JSON object a line."""
    return _taken(connection, asked, _jsonl, "search.jsonl", "application/jsonl; charset=utf-8")


def _taken(connection: sqlite3.Connection, asked: Asked, written: Written, name: str, kind: str) -> Stream:
    query = query_of(connection, asked)
    if not query.text:
        raise ConfigError("say what to search for, with q=")
    rows = Rows(query.narrowed, written)
    headers = (("Content-Disposition", f'attachment; filename="{name}"'),)
    return Stream(first=rows(connection) or b"", following=rows, media_type=kind, headers=headers)


def _csv(hits: Sequence[Hit], is_first: bool) -> bytes:
    out = BytesIO()
    write_csv(map(hit_shape, hits), COLUMNS, out, with_header=is_first)
    return out.getvalue()


def _jsonl(hits: Sequence[Hit], is_first: bool) -> bytes:  # noqa: ARG001 - lines have no header
    out = BytesIO()
    write_jsonl(map(hit_shape, hits), out)
    return out.getvalue()
