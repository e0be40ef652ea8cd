"""Conditional requests (RFC 9110, section 13): whether who asks has the answer already. Pure."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256

TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')


def tag_of(body: bytes) -> str:
    """The ETag of an answer: the same for the same bytes alone."""
    return f'"{sha256(body).hexdigest()[:20]}"'


def http_date(instant: datetime) -> str:
    """An instant as headers tell it: `Tue, 24 Nov 2026 12:00:00 GMT`."""
    return format_datetime(instant.astimezone(UTC), usegmt=True)


def has_it(asked: Mapping[str, str], tag: str, modified: datetime | None = None) -> bool:
    """Whether the headers of a GET or HEAD name this answer, so that a 304 says it all.

    Tags are compared weakly, as a proxy that compresses makes them weak; a date counts only where there are none.
    """
    if (tags := asked.get("if-none-match")) is not None:
        return tags.strip() == "*" or tag in TAG.findall(tags)
    since = _instant(asked.get("if-modified-since", ""))
    return since is not None and modified is not None and modified.replace(microsecond=0) <= since


def _instant(text: str) -> datetime | None:
    """The instant that a header tells, None where it tells none."""
    try:
        instant = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant
