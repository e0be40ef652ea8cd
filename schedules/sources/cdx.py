"""Answers of a CDX server, in the forms that servers give: JSON rows, JSON lines and text. Pure.

https://github.com/internetarchive/wayback/tree/master/wayback-cdx-server and https://pywb.readthedocs.io (CDXJ Server
API). Every form is read as rows of the same five fields; what cannot be read is counted, not raised.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from schedules.sources.mementos import instant_of
from scraper.limits import MAX_URL

FIELDS: Final = ("timestamp", "original", "mimetype", "statuscode", "digest")
PYWB_NAMES: Final = {"url": "original", "mime": "mimetype", "status": "statuscode"}
MAX_LINE: Final = 16_384


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One capture in an index. `status` and `mimetype` are "" where the index leaves them open; `digest` is the base32
    SHA-1 of the payload as the archive stored it."""

    instant: datetime
    url: str
    mimetype: str
    status: str
    digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One answer: its rows, the key that the next request resumes with or "", and how many lines were none."""

    rows: tuple[Row, ...]
    resume_key: str = ""
    bad_lines: int = 0


class NotCdx(Exception):  # noqa: N818 - a verdict on an answer
    """The answer is something else: an error page, most often."""


def read_page(body: bytes) -> Page:
    """Read an answer in whatever form it is. Raises NotCdx for HTML and the like."""
    text = body.decode("utf-8", "replace").rstrip()
    first = text.lstrip()[:1]
    if first == "<":
        raise NotCdx("the index answers HTML")
    if first == "[":
        return _of_json_rows(text)
    return _of_json_lines(text.splitlines()) if first == "{" else _of_text(text.splitlines())


def _of_json_rows(text: str) -> Page:
    """`[["timestamp","original"],["2020...","http://..."],[],["resume key"]]`: names first, the key after a blank."""
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        raise NotCdx("the index answers broken JSON") from None
    lists = [row for row in rows if isinstance(row, list)]
    table, key = _without_key(lists)
    names = [str(name) for name in table[0]] if table else []
    return _page((dict(zip(names, row, strict=False)) for row in table[1:]), key, extra_bad=len(rows) - len(lists))


def _of_text(lines: Sequence[str]) -> Page:
    """Fields in the order that was asked for, with spaces between; the resume key is the line after an empty one."""
    rows, key = _without_key([line[:MAX_LINE].split() for line in lines])
    full = (dict(zip(FIELDS, row, strict=True)) if len(row) == len(FIELDS) else {} for row in rows if row)
    return _page(full, key)


def _of_json_lines(lines: Sequence[str]) -> Page:
    """pywb: an object a line, with its own names for some fields, and no resume key."""
    return _page((_object(line) for line in lines if line), "")


def _object(line: str) -> dict[str, Any]:
    try:
        value = json.loads(line[:MAX_LINE])
    except (ValueError, RecursionError):
        return {}
    return {PYWB_NAMES.get(name) or name: field for name, field in value.items()} if isinstance(value, dict) else {}


def _without_key(rows: Sequence[Sequence[Any]]) -> tuple[Sequence[Sequence[Any]], str]:
    if len(rows) >= 2 and not rows[-2] and len(rows[-1]) == 1:
        return rows[:-2], str(rows[-1][0])
    return rows, ""


def _page(fields: Iterator[Mapping[str, Any]], key: str, *, extra_bad: int = 0) -> Page:
    rows = [_row(row) for row in fields]
    good = tuple(row for row in rows if row is not None)
    return Page(rows=good, resume_key=key, bad_lines=len(rows) - len(good) + extra_bad)


def _row(fields: Mapping[str, Any]) -> Row | None:
    parts = {name: str(fields.get(name, "")) for name in FIELDS}
    instant = instant_of(parts["timestamp"])
    url = parts["original"]
    if instant is None or not url.lower().startswith(("http://", "https://")) or len(url) > MAX_URL:
        return None
    return Row(
        instant=instant,
        url=url,
        mimetype=_said(parts["mimetype"]).lower(),
        status=_said(parts["statuscode"]),
        digest=_said(parts["digest"]),
    )


def _said(field: str) -> str:
    """A field's value; "-" and pywb's "unk" say that the index does not know."""
    return "" if field in ("-", "unk", "warc/revisit") else field
