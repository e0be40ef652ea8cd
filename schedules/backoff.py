"""When a failing site is visited again: pauses that double up to a bound, and end with the first success. Pure.

Nothing is stored: failures are read from the ledger, so a restart changes nothing. A failure while every other site
failed too is our own network's, and makes nobody wait.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from scraper.instants import iso
from storage.visits import Failure

LONGEST_S: Final = 6 * 3_600.0  # a site that comes back is seen again within that; nobody is ever given up
FAILING_AFTER: Final = 3  # failures in a row that people are told about


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How a site stands: failures in a row, and until when it is left alone and why (None and "": not at all)."""

    failures: int = 0
    until: datetime | None = None
    why: str = ""

    @property
    def is_failing(self) -> bool:
        return self.failures >= FAILING_AFTER

    def puts_off(self, slot: datetime) -> bool:
        return self.until is not None and slot < self.until


def standing(failures: Sequence[Failure], *, interval_s: float) -> Standing:
    """What follows from the failures since the last success, newest first.

    The slot after the first failure is visited as always; the next after 2, 4, 8 ... intervals from the last failure.
    """
    counted = [failure for failure in failures if not failure.is_ours]
    waits = []
    if counted:
        pause = min(interval_s * 2.0 ** (len(counted) - 1), LONGEST_S)
        until = counted[0].due_at + timedelta(seconds=pause)
        waits.append((until, f"backing off until {iso(until)} after {_times(len(counted))}"))
    if failures and (wish := failures[0].retry_after_s):
        until = failures[0].ended_at + timedelta(seconds=wish)
        waits.append((until, f"the site asked to be left alone until {iso(until)}"))
    if not waits:
        return Standing(failures=len(counted))
    until, why = max(waits)
    return Standing(failures=len(counted), until=until, why=why)


def _times(count: int) -> str:
    return "1 failure" if count == 1 else f"{count} failures in a row"
