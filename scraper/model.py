"""The words of the project as frozen types: what is fetched (capture), what is seen on it (front page)."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Origin(StrEnum):
    """Where a capture came from, in the order in which origins win an instant that several share."""

    LIVE = "live"
    WARC = "warc"
    WAYBACK = "wayback"
    MEMENTO = "memento"
    GIT = "git"
    FILES = "files"


class Role(StrEnum):
    LEAD = "lead"
    TEASER = "teaser"


class Kind(StrEnum):
    STORY = "story"
    LIVE = "live"
    OPINION = "opinion"
    VIDEO = "video"
    GALLERY = "gallery"
    AUDIO = "audio"
    SPONSORED = "sponsored"


class Quality(StrEnum):
    """What a page is; all but OK are problems and never become an edition."""

    OK = "ok"
    CONSENT_WALL = "consent-wall"
    CHALLENGE = "challenge"
    ERROR_PAGE = "error-page"
    SHELL = "shell"
    NO_STORIES = "no-stories"
    NOT_A_FRONT_PAGE = "not-a-front-page"


class Outcome(StrEnum):
    """How a visit ended: a closed set."""

    NEW_EDITION = "new-edition"
    SAME_EDITION = "same-edition"
    NOT_MODIFIED = "not-modified"
    UNREADABLE = "unreadable"
    FAILED = "failed"
    TOO_LARGE = "too-large"
    DEADLINE = "deadline"
    REFUSED = "refused"
    ROBOTS = "robots"
    SKIPPED = "skipped"
    MISSED = "missed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """A site's own selectors, valid on captures of [valid_from, valid_until); the generic reader does the rest."""

    name: str
    valid_from: date | None = None
    valid_until: date | None = None
    lead: str = ""
    teasers: str = ""
    headline: str = ""
    summary: str = ""
    kicker: str = ""
    byline: str = ""
    section: str = ""
    ignore: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hop:
    """One redirect: the URL asked for, the status it answered, the Location it named."""

    url: str
    status: int
    location: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Capture:
    """A response to one request for a site's front page: the evidence.

    `instant` is when the request was sent (UTC, whole seconds; WARC-Date's meaning), `url` the address that answered,
    after `redirects`. `headers` and `request_headers` are (name, value) pairs in wire order. `body` is the decoded
    content (Content-Encoding undone, charset not). `revisit_of` is the hex sha256 that a 304 stands for, else "".
    """

    site: str
    origin: Origin
    url: str
    instant: datetime
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    request_headers: tuple[tuple[str, str], ...] = ()
    redirects: tuple[Hop, ...] = ()
    body: bytes = field(repr=False, default=b"")
    revisit_of: str = ""

    @property
    def content_type(self) -> str:
        """The Content-Type header's value, "" where there is none."""
        return next((value for name, value in self.headers if name.lower() == "content-type"), "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """One story's block as printed. Absent text is "". `position` counts from 1 in reading order.

    `url` is the link as printed, made absolute; `canonical` is the story's identity (see scraper.urls).
    `confidence`, `evidence` and `body` are only set on a lead; `body` only where the page prints the story's text.
    """

    headline: str
    url: str
    canonical: str
    summary: str = ""
    kicker: str = ""
    byline: str = ""
    image: str = ""
    section: str = ""
    position: int
    role: Role = Role.TEASER
    kind: Kind = Kind.STORY
    confidence: float | None = None
    evidence: tuple[str, ...] = ()
    body: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class FrontPage:
    """What one reader saw in one page: the lead or none, the teasers in order, or the problem why not.

    `missed` are the parts of the layout whose selectors found nothing; the generic reader stood in for them.
    """

    url: str
    title: str = ""
    language: str = ""
    quality: Quality = Quality.OK
    problem: str = ""
    reader: str
    layout: str = ""
    missed: tuple[str, ...] = ()
    lead: Story | None = None
    teasers: tuple[Story, ...] = ()

    @property
    def stories(self) -> tuple[Story, ...]:
        """Lead and teasers in reading order."""
        found = (*((self.lead,) if self.lead else ()), *self.teasers)
        return tuple(sorted(found, key=lambda story: story.position))
