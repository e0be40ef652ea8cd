"""What goes wrong, by who can mend it.

FrontpageError
 |- ConfigError     config.toml or an argument is wrong: names the file, the key and the remedy (exit 2)
 |- FetchError      no usable response: carries the visit's outcome and what evidence there is
 |   |- NoPageError  a response came, and shows no page
 |- ArchiveError    the archive cannot be opened, written or trusted (exit 1)
 |   |- ArchiveMoved its file was moved, deleted or replaced while it was open
 |- NotFound        an unknown site, story or capture, or nothing at that time (exit 1)
"""

from scraper.model import Capture, Outcome


class FrontpageError(Exception):
    """Anything that is answered with a message instead of a traceback."""


class ConfigError(FrontpageError):
    """A setting that cannot be used; the message names file, key and remedy."""


class FetchError(FrontpageError):
    """A visit without a usable response.

    `outcome` is failed, too-large, deadline, refused or robots; `capture` is the response that came all the same
    (an error status, say), kept as evidence; `retry_after_s` is the server's own wish, clamped.
    """

    def __init__(
        self, outcome: Outcome, message: str, *, capture: Capture | None = None, retry_after_s: float | None = None
    ) -> None:
        super().__init__(message)
        self.outcome = outcome
        self.capture = capture
        self.retry_after_s = retry_after_s

    @property
    def answer(self) -> Capture | None:
        """The capture, where that is all that the server had to say: a redirect to where we must not go, say.

        None where its answer did not come, or not whole: `capture` may then be of a redirect on the way.
        """
        return self.capture if self.outcome is Outcome.REFUSED else None


class NoPageError(FetchError):
    """An answer that shows no page: an error status, nothing in it, redirects that lead nowhere."""

    @property
    def answer(self) -> Capture | None:
        return self.capture


class ArchiveError(FrontpageError):
    """An archive that cannot be opened, written or trusted."""


class ArchiveMoved(ArchiveError):  # noqa: N818 - as one says it
    """An archive whose file is no longer where it was opened: what is written to it is lost to whoever looks there."""


class NotFound(FrontpageError):  # noqa: N818 - as one says it
    """Nothing by that name or at that time."""
