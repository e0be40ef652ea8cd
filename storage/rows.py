"""Rows as csv and jsonl, one at a time."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from typing import IO, Any

from storage.columns import Column

Row = dict[str, Any]
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")  # owasp.org/www-community/attacks/CSV_Injection


def write_jsonl(rows: Iterable[Row], out: IO[bytes]) -> None:
    """One JSON object a line, in UTF-8."""
    for row in rows:
        out.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")


def write_csv(
    rows: Iterable[Row],
    columns: Sequence[Column],
    out: IO[bytes],
    *,
    is_formula_safe: bool = True,
    with_header: bool = True,
) -> None:
    """A header and a line a row, in UTF-8; what is null or absent is an empty cell.

    `is_formula_safe` puts a quote before cells that a spreadsheet would run.
    """
    names = [column.name for column in columns]
    cell = _safe if is_formula_safe else _plain
    with as_text(out) as text:
        plain = csv.writer(text, lineterminator="\n")
        quoted = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
        if with_header:
            plain.writerow(names)
        for row in rows:
            cells = [cell(row.get(name)) for name in names]
            has_return = any(isinstance(value, str) and "\r" in value for value in cells)
            (quoted if has_return else plain).writerow(cells)  # Python 3.11 leaves a lone \r bare, and readers trip


@contextmanager
def as_text(out: IO[bytes]) -> Iterator[IO[str]]:
    """A binary stream as UTF-8 text, left open and as it was afterwards."""
    text = TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    try:
        yield text
    finally:
        text.detach()


def _plain(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _safe(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else _plain(value)
