"""Times and durations as a reader is told them: the site's zone with UTC at hand, bounds as bounds. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from scraper.console import duration
from scraper.instants import compact, epoch, from_epoch, iso
from storage.changes import ChangeKind
from storage.spans import Bounds, least_of, most_of

RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "iw", "ps", "sd", "ug", "ur", "yi"})
OUTCOMES = {
    "new-edition": "",
    "same-edition": "",
    "not-modified": "",
    "unreadable": "The last visit met a page that could not be read",
    "failed": "The last visit failed",
    "too-large": "The last visit met a page beyond the size limit",
    "deadline": "The last visit took too long",
    "refused": "The last visit was refused by our own policy",
    "robots": "robots.txt forbids the visit",
    "skipped": "The last visit was skipped",
    "missed": "Nobody looked at the last due time",
}


DAY_S = 86_400
LONG_AGO_S = 14 * DAY_S  # beyond which hours say nothing
COUNTED = {
    ChangeKind.APPEARED: "{} came",
    ChangeKind.DROPPED: "{} went",
    ChangeKind.PROMOTED: "{} became the lead",
    ChangeKind.DEMOTED: "{} stepped down from the lead",
    ChangeKind.MOVED_SECTION: "{} changed section",
    ChangeKind.HEADLINE_EDITED: "{} reworded",
    ChangeKind.SUMMARY_EDITED: "{} with another summary",
    ChangeKind.IMAGE_CHANGED: "{} with another picture",
}


def counted(counts: Mapping[ChangeKind, int]) -> list[str]:
    """What changed in numbers, a few words a kind; a new lead is told by what became of the two stories."""
    return [words.format(counts[kind]) for kind, words in COUNTED.items() if counts.get(kind)]


def clock(instant: datetime, zone: str, *, relative_to: datetime | None = None) -> Markup:
    """A `time` element: local, with UTC as its title. Only the hour where the day is that of `relative_to`."""
    local = instant.astimezone(ZoneInfo(zone))
    text = _local_time(local, relative_to)
    title = f"{local:%A} {local.day} {local:%B %Y, %H:%M:%S %Z} · {instant.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    # A page has a thousand of them, and Markup.format takes four times as long.
    return Markup(f'<time datetime="{iso(instant)}" title="{escape(title)}">{escape(text)}</time>')  # noqa: S704


def local_time(instant: datetime, zone: str) -> str:
    """The same without markup: where there is room for text alone."""
    return _local_time(instant.astimezone(ZoneInfo(zone)), None)


def _local_time(local: datetime, relative_to: datetime | None) -> str:
    same_day = relative_to is not None and relative_to.astimezone(local.tzinfo).date() == local.date()
    return f"{local:%H:%M}" if same_day else f"{local.day} {local:%b %Y, %H:%M}"


def day(instant: datetime, zone: str) -> str:
    """A date line, as under a newspaper's title."""
    local = instant.astimezone(ZoneInfo(zone))
    return f"{local:%A}, {local.day} {local:%B %Y}"


def local_day(instant: datetime, zone: str) -> str:
    """A short date: `24 Nov 2026`."""
    local = instant.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%b %Y}"


def zone_name(instant: datetime, zone: str) -> str:
    """The zone and what it is called at that time, where that is another name: `Europe/Berlin (CET)`, `UTC`."""
    name = f"{instant.astimezone(ZoneInfo(zone)):%Z}"
    return zone if name == zone else f"{zone} ({name})"


def stood(bounds: Bounds, *, now: bool = False) -> str:
    """How long a span lasted, no surer than it is: `2 h 45 to 3 h 15`, `at least 12 min`, `one capture`.

    `now`: it still lasts, so that only its start is open.
    """
    return stood_in_all([bounds], now=now)


def stood_in_all(spans: Sequence[Bounds], *, now: bool = False) -> str:
    """The same of some spans together; `now`: the last of them still lasts."""
    if now:
        spans = [*spans[:-1], replace(spans[-1], gone_by=spans[-1].last_seen)]
    least, most = least_of(spans), most_of(spans)
    if most is None and not least:
        return "one capture" if len(spans) == 1 else f"{len(spans)} captures"
    if most is None:
        return f"at least {duration(least)}"
    if not least:
        return f"up to {duration(most)}"
    shortest, longest = duration(least), duration(most)
    return shortest if shortest == longest else f"{shortest} to {longest}"


def ago(instant: datetime, now: datetime) -> str:
    """How long ago, in words; clocks may disagree by a little."""
    seconds = int((now - instant).total_seconds())
    if seconds >= LONG_AGO_S:
        return f"{seconds // DAY_S:,} days ago"
    return "just now" if seconds < 60 else f"{duration(seconds)} ago"


def led_for(bounds: Bounds, *, now: bool = True) -> str:
    """How long what leads, or led when last seen, had led: `Led for 1 h 30 to 2 h 00`, `Seen as lead once`."""
    told = stood(bounds, now=now)
    return "Seen as lead once" if told == "one capture" else f"Led for {told}"


def sureness(confidence: float | None) -> str:
    """A lead's confidence in words and as a number."""
    if confidence is None:
        return "not stated"
    grade = "almost certain" if confidence >= 0.95 else "likely" if confidence >= 0.75 else "a guess"
    return f"{grade} ({confidence:.0%})"


def direction(language: str) -> str:
    """Which way a language is written: `rtl` or `ltr`."""
    return "rtl" if language.lower().partition("-")[0] in RIGHT_TO_LEFT else "ltr"


def outside(url: str) -> str:
    """The URL where a browser may safely follow it, else ""."""
    try:
        return url if urlsplit(url).scheme in ("http", "https") else ""
    except ValueError:
        return ""


FILTERS = {
    "ago": ago,
    "clock": clock,
    "day": day,
    "direction": direction,
    "digits": compact,
    "duration": duration,
    "instant": from_epoch,
    "least_of": least_of,
    "led_for": led_for,
    "local_day": local_day,
    "local_time": local_time,
    "outside": outside,
    "seconds": epoch,
    "stood": stood,
    "stood_in_all": stood_in_all,
    "utc": iso,
    "sureness": sureness,
    "zone_name": zone_name,
}
