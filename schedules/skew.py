"""How far this machine's clock is from those of the web servers that answered it. Pure.

An answer's Date is when its server made it (RFC 9110, section 6.6.1), its Age how long caches have kept it since (RFC
9111, section 5.1). A capture's instant is when its request was sent, by our clock: the two should be seconds apart.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MAX_TEXT = 60  # characters of a date
MAX_AGE_S = 10_000_000  # beyond it an Age is nonsense

Headers = Iterable[tuple[str, str]]


def ahead_s(instant: datetime, headers: Headers) -> float | None:
    """Seconds that our clock was ahead of a server's, negative where behind; None where the server does not say."""
    values = {name.lower(): value for name, value in headers}
    made_at = _date(values.get("date", ""))
    return (instant - made_at).total_seconds() - _age(values.get("age", "")) if made_at else None


def skew_s(aheads: Iterable[float]) -> float | None:
    """How far our clock is ahead at least: what the servers say that tells least of it; None where none says anything.

    A clock that is off is so against all of them, while one whose server is off, or whose cache keeps its age to
    itself, is alone with that.
    """
    return min(aheads, key=abs, default=None)


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text[:MAX_TEXT])
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _age(text: str) -> int:
    text = text.strip()
    return min(int(text), MAX_AGE_S) if text.isascii() and text.isdigit() and len(text) < 20 else 0
