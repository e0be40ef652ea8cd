"""What a fictional front page says at one instant, as data: the truth that readers and archives are checked against."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Placement:
    """One story's block as printed; "" is a part that is not printed. `url` begins with the paper's home path."""

    url: str
    headline: str
    section: str = ""
    kicker: str = ""
    summary: str = ""
    byline: str = ""
    image: str = ""
    body: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Edition:
    """A front page: the lead, the teasers in order, and the advertisement among them that is neither."""

    instant: datetime
    lead: Placement
    teasers: tuple[Placement, ...]
    advertisement: Placement

    @property
    def placements(self) -> tuple[Placement, ...]:
        """Lead and teasers in reading order."""
        return (self.lead, *self.teasers)


@dataclass(frozen=True, kw_only=True, slots=True)
class HeadlineEdit:
    """A headline that was changed while its story stood on the page."""

    at: datetime
    url: str
    was: str
    now: str
    leading: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Reign:
    """The time in which one story led: [since, until)."""

    since: datetime
    until: datetime
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A response body and its Content-Type header."""

    body: bytes
    content_type: str
