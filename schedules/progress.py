"""How far a backfill is: a bar on a terminal, a line a minute elsewhere, both with the rate and the time left."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from schedules.report import Report
from scraper.console import duration

LINE_EVERY = timedelta(minutes=1)


def told(report: Report, elapsed: timedelta) -> str:
    """`courier from wayback: 1,234 done, 8.0/s, 41 %, 12 min left`; no time left before anything is known of it."""
    seconds = max(elapsed.total_seconds(), 1e-3)
    parts = [f"{report.done:,} done", f"{report.done / seconds:.1f}/s"]
    if 0 < report.share <= 1:
        parts += [f"{report.share:.0%}".replace("%", " %"), f"{duration(round(left_s(report.share, seconds)))} left"]
    return f"{report.site} from {report.source}: {', '.join(parts)}"


def left_s(share: float, elapsed_s: float) -> float:
    """Seconds that the rest will take where it goes on as until now."""
    return elapsed_s * (1 - share) / share


class Lines:
    """Says how far it is, at most once a minute of the clock `now`."""

    def __init__(self, report: Report, *, now: Callable[[], datetime], say: Callable[[str], object]) -> None:
        self._report, self._now, self._say = report, now, say
        self._begun = self._told = now()

    def tick(self) -> None:
        now = self._now()
        if now - self._told >= LINE_EVERY:
            self._told = now
            self._say(told(self._report, now - self._begun))


@contextmanager
def progress(
    report: Report, *, now: Callable[[], datetime], say: Callable[[str], object]
) -> Iterator[Callable[[], object]]:
    """Something to call after each capture."""
    if not sys.stderr.isatty():
        yield Lines(report, now=now, say=say).tick
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    begun = now()
    with Progress(BarColumn(), TextColumn("{task.description}"), console=Console(stderr=True)) as bar:
        task = bar.add_task("listing", total=1.0)
        yield lambda: bar.update(task, completed=report.share, description=told(report, now() - begun))
