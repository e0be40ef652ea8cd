"""The daemon's sign of life: what it last said of itself, for processes that only read.

It goes the way of every capture, through the loop, the writer and the disk, so it comes late when any of them hangs.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from scraper.console import duration
from scraper.instants import epoch, from_epoch, iso
from storage.archive import Archive

STALE = timedelta(seconds=60)  # six heartbeats
LOOP_LATE_S = 5.0
NAMED = 5  # sites that a message names


@dataclass(frozen=True, kw_only=True, slots=True)
class Heartbeat:
    """What a daemon says of itself: `at` and `started_at` by the machine's clock, counts since its start."""

    at: datetime
    started_at: datetime
    is_stopped: bool = False
    sites: int = 0
    slugs: tuple[str, ...] = ()  # of these sites; none of a daemon that did not tell yet
    running: int = 0
    owed: int = 0  # rows that the ledger could not be given yet
    late: tuple[str, ...] = ()  # sites whose visit has been under way for too long
    loop_late_s: float = 0.0  # at most, since the heartbeat before
    visits: Mapping[str, int] = field(default_factory=dict)
    memory_bytes: int = 0
    open_files: int = 0

    def ailments(self, now: datetime) -> Iterator[str]:
        """What is wrong with the daemon, in words; nothing while it is well."""
        if self.is_stopped:
            yield f"the daemon was stopped at {iso(self.at)}"
        elif now - self.at > STALE:
            yield f"the daemon has not been heard of for {duration(int((now - self.at).total_seconds()))}"
        if self.loop_late_s > LOOP_LATE_S:
            yield f"its loop was late by {self.loop_late_s:.0f} s"
        if self.owed:
            yield f"{self.owed} rows of its ledger could not be written"
        if self.late:
            others = f" and {len(self.late) - NAMED} more" if len(self.late) > NAMED else ""
            yield f"visits are late: {', '.join(self.late[:NAMED])}{others}"


def beat(archive: Archive, heartbeat: Heartbeat) -> None:
    """Keep a heartbeat in place of the one before. A backup has none (storage.backup)."""
    told = {name: value for name, value in asdict(heartbeat).items() if name not in ("at", "started_at")}
    with archive.batch():
        archive.connection.execute(
            "INSERT OR REPLACE INTO heartbeats (observer_id, beaten_at, started_at, told) VALUES (?, ?, ?, ?)",
            (archive.observer_id, epoch(heartbeat.at), epoch(heartbeat.started_at), json.dumps(told)),
        )


def last_heartbeat(connection: sqlite3.Connection) -> Heartbeat | None:
    """The latest of any observer's; None in an archive that no daemon has watched for."""
    row = connection.execute(
        "SELECT beaten_at, started_at, told FROM heartbeats ORDER BY beaten_at DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return None
    beaten_at, started_at, told = row
    fields = json.loads(told)
    lists = {name: tuple(fields.get(name, ())) for name in ("late", "slugs")}
    return Heartbeat(at=from_epoch(beaten_at), started_at=from_epoch(started_at), **{**fields, **lists})
