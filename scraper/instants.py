"""Instants: whole seconds, UTC; how they are written (RFC 3339) and how people may type them."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from scraper.errors import ConfigError

YEARS = range(1000, 9990)  # of four digits, and with room behind them for any zone and the steps of any chart
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_AGO = re.compile(r"-(\d{1,6})([smhdw])")
_COMPACT = re.compile(r"\d{14}")


def from_epoch(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def in_years(instant: datetime) -> datetime:
    """An instant itself. Raises ValueError where it is of no year that an archive can hold."""
    if instant.year not in YEARS:
        raise ValueError(f"the year {instant.year} is none that an archive can hold")
    return instant


def epoch(instant: datetime) -> int:
    return int(instant.timestamp())


def iso(instant: datetime) -> str:
    """`2026-11-24T20:00:00Z`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def compact(instant: datetime) -> str:
    """The 14 digits of capture names and web-archive URLs, UTC."""
    return instant.astimezone(UTC).strftime("%Y%m%d%H%M%S")


def is_ago(text: str) -> bool:
    """Whether a text is a time such as -2h."""
    return _AGO.fullmatch(text) is not None


def parse(text: str, *, zone: str, now: datetime, fold: int = 0) -> datetime:
    """An instant from what a person typed, as `typed` reads it; a time without a zone is read in `zone`.

    With `fold` 1 that is the second of the two instants that a clock set back calls the same.
    """
    time = typed(text, now=now)
    return in_zone(time.replace(fold=fold) if time.tzinfo is None else time, zone)


def typed(text: str, *, now: datetime) -> datetime:
    """What a person typed: ISO 8601, a date, 14 digits (UTC), `now` or `-2h`; else ConfigError.

    A date is its midnight. A time that names no zone has none here either: `in_zone` tells which instant is meant.
    """
    try:
        return _read(text.strip(), now)
    except (ValueError, OverflowError):  # no such time, or beyond the years that there are
        raise _unreadable(text.strip()) from None


def in_zone(time: datetime, zone: str) -> datetime:
    """The instant of a time, in UTC and whole seconds; without a zone it is a local time in `zone`."""
    if time.tzinfo is None:
        time = time.replace(tzinfo=ZoneInfo(zone))
    try:
        return time.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        raise _unreadable(time.isoformat()) from None


def _read(text: str, now: datetime) -> datetime:
    if text == "now":
        return now
    if ago := _AGO.fullmatch(text):
        return now - timedelta(seconds=int(ago[1]) * UNITS[ago[2]])
    if _COMPACT.fullmatch(text):
        return datetime.strptime(f"{text}+0000", "%Y%m%d%H%M%S%z")
    return datetime.fromisoformat(text)


def _unreadable(text: str) -> ConfigError:
    return ConfigError(f'"{text}" is no time; try 2026-11-24T20:00, 2026-11-24, 20261124200000 (UTC), now or -2h')
