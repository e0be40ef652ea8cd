"""What a backfill came to, and what it did not find."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from schedules.sources.found import Wanted
from scraper.instants import iso

MAX_PROBLEMS = 20  # told in words; all are counted


@dataclass(kw_only=True, slots=True)
class Report:
    """Counts of one run. `found` is what was chosen of what the source offers; each of those was then taken, known
    already, quarantined or failed, or is left for the next run where something stopped this one.

    `quarantined` counts by reason what is no capture of the site, and captures that are taken and show no front page.
    `days` counts the captures by UTC date that the archive has of what was found. `problems` says in words what failed.
    """

    site: str
    source: str
    wanted: Wanted = field(default_factory=Wanted)
    found: int = 0
    done: int = 0  # of the found, whatever they came to
    taken: int = 0
    known: int = 0
    quarantined: Counter[str] = field(default_factory=Counter)
    failed: int = 0
    days: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    would_take: int | None = None  # of a run that only looks
    estimate_s: float = 0.0
    stopped: bool = False
    share: float = 0.0

    def have(self, instant: datetime) -> None:
        self.days[iso(instant)[:10]] += 1

    def fail(self, problem: str) -> None:
        self.failed += 1
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)

    def shape(self) -> dict[str, Any]:
        """As JSON: DESIGN's keys, then the range that was asked for and what failed."""
        return {
            "site": self.site,
            "source": self.source,
            "found": self.found,
            "taken": self.taken,
            "known": self.known,
            "quarantined": dict(sorted(self.quarantined.items())),
            "failed": self.failed,
            "days": dict(sorted(self.days.items())),
            "from": iso(self.wanted.since) if self.wanted.since else None,
            "to": iso(self.wanted.until) if self.wanted.until else None,
            "problems": self.problems,
            **(
                {} if self.would_take is None else {"would_take": self.would_take, "estimate_s": round(self.estimate_s)}
            ),
        }


def longest_gap(days: dict[str, int]) -> tuple[date, date] | None:
    """The days around the longest stretch without a capture; None where every day from first to last has one."""
    dates = sorted(map(date.fromisoformat, days))
    stretches = [(later - earlier, earlier, later) for earlier, later in pairwise(dates)]
    pause, earlier, later = max(stretches, default=(None, None, None), key=lambda stretch: stretch[0])
    return (earlier, later) if pause and pause.days > 1 and earlier and later else None
