"""What troubles a site at present, for `status`: back-off, alarms, validators that lie."""

import sqlite3
from datetime import datetime
from typing import Any

from schedules.backoff import standing
from schedules.watch import schedule_of
from scraper.config import Site
from scraper.instants import iso
from storage.alarms import Alarm, AlarmKind, alarms
from storage.outbox import untold
from storage.validators import lied_at
from storage.visits import failures


def troubles_shape(connection: sqlite3.Connection, site: Site, *, observer: str, now: datetime) -> dict[str, Any]:
    """Failures in a row and until when the site is left alone, alarms that are on; null where there is nothing."""
    failed = failures(connection, site.slug, observer=observer, now=now)
    stands = standing(failed, interval_s=schedule_of(site).interval_s(now))
    on = alarms(connection, site.slug)
    return {
        "failures": stands.failures,
        "left_alone_until": _iso(stands.until if stands.puts_off(now) else None),
        "drift": _alarm_shape(on.get(AlarmKind.DRIFT)),
        "unreadable": _alarm_shape(on.get(AlarmKind.UNREADABLE)),
        "untold": untold(connection, site.slug),
        "validators_lied_at": _iso(lied_at(connection, site.slug)),
    }


def in_words(shape: dict[str, Any]) -> str:
    """The same for a table: what to look at first."""
    if shape["drift"]:
        return f"drift: {shape['drift']['what']}"
    if shape["unreadable"]:
        return f"unreadable: {shape['unreadable']['what']}"
    return f"{shape['failures']} failures" if shape["failures"] > 1 else ""


def _alarm_shape(alarm: Alarm | None) -> dict[str, str] | None:
    return {"since": iso(alarm.since), "what": alarm.what} if alarm else None


def _iso(instant: datetime | None) -> str | None:
    return iso(instant) if instant else None
