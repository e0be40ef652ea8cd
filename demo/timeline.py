"""When each story stands on a fictional front page: a pure function of the clock, endless, no URL comes twice.

The stories of a paper come round in cycles. In each cycle every story runs once, under a new URL and with new figures
and names; those that may lead follow each other every 70 to 170 minutes, the others are spread between them.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

EPOCH: Final = datetime(2020, 1, 1, tzinfo=UTC)
LEAD_STEP: Final = 120  # minutes between two leads, before jitter
JITTER: Final = 51  # so that leads stand between 70 and 170 minutes


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """A story as written: its texts may hold {placeholders}, which every run fills anew."""

    slug: str
    section: str
    headline: str
    summary: str
    kicker: str = ""
    leads: bool = False
    edits: tuple[tuple[int, str], ...] = ()  # minutes after it began, and the headline from then on


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One story's time on the page, [begins, ends), in one cycle."""

    text: Text
    cycle: int
    begins: datetime
    ends: datetime

    @property
    def number(self) -> int:
        """What an editorial system would put in the URL."""
        return 100_000 + dice(self.cycle, self.text.slug, "number", sides=900_000)

    def headline_at(self, instant: datetime) -> str:
        """The headline after the edits made so far, placeholders and all."""
        made = [headline for at, headline in self.edits if at <= instant]
        return made[-1] if made else self.text.headline

    @property
    def edits(self) -> tuple[tuple[datetime, str], ...]:
        """The edits with their instants."""
        return tuple((self.begins + timedelta(minutes=after), headline) for after, headline in self.text.edits)

    def fill(self, template: str, choices: Mapping[str, Sequence[str]]) -> str:
        """A text with its placeholders filled from the paper's lists; {n} is a number of 12 to 96."""
        picked = {
            key: values[dice(self.cycle, self.text.slug, key, sides=len(values))] for key, values in choices.items()
        }
        return template.format(n=12 + dice(self.cycle, self.text.slug, "n", sides=85), **picked)


def dice(*seed: object, sides: int) -> int:
    """A number below `sides` that the seed alone decides, on every machine and in every Python."""
    digest = hashlib.blake2b("|".join(map(str, seed)).encode(), digest_size=8).digest()
    return int.from_bytes(digest) % sides


def runs_at(texts: Sequence[Text], instant: datetime) -> tuple[Run, ...]:
    """The stories on the page at an instant, newest first."""
    return tuple(run for run in runs_between(texts, instant, instant) if run.begins <= instant < run.ends)


def runs_between(texts: Sequence[Text], start: datetime, end: datetime) -> tuple[Run, ...]:
    """Every story that stands on the page at some time from `start` to `end`, newest first."""
    length = _cycle_length(texts)
    first, last = (start - EPOCH) // length - 2, (end - EPOCH) // length
    runs = [run for cycle in range(first, last + 1) for run in _runs_of_cycle(texts, cycle, length)]
    overlapping = [run for run in runs if run.begins <= end and run.ends > start]
    return tuple(sorted(overlapping, key=lambda run: (run.begins, run.text.slug), reverse=True))


def leader(runs: Sequence[Run]) -> Run:
    """Of the stories on a page, newest first, the one that leads: the newest that may."""
    return next(run for run in runs if run.text.leads)


def _cycle_length(texts: Sequence[Text]) -> timedelta:
    return timedelta(minutes=LEAD_STEP * sum(text.leads for text in texts))


def _runs_of_cycle(texts: Sequence[Text], cycle: int, length: timedelta) -> Iterator[Run]:
    leads = [text for text in texts if text.leads]
    others = [text for text in texts if not text.leads]
    for group in (leads, others):
        for place, text in enumerate(group):
            minutes = place * (length // len(group)) // timedelta(minutes=1)
            jitter = dice(cycle, text.slug, "begins", sides=JITTER)
            begins = EPOCH + cycle * length + timedelta(minutes=minutes + jitter)
            yield Run(text=text, cycle=cycle, begins=begins, ends=begins + _life(text, cycle, length))


def _life(text: Text, cycle: int, length: timedelta) -> timedelta:
    """From two thirds of a cycle to nine tenths: whatever the jitter, a story has left before it comes round again."""
    hundredths = 65 + dice(cycle, text.slug, "life", sides=26)
    return timedelta(minutes=length // timedelta(minutes=1) * hundredths // 100)
