"""What an archive answers from Python: the questions of the modules beside this one, bound to one connection."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from scraper.model import Capture, Role
from storage import changes, history, queries, rotations, search
from storage.bodies import Bodies
from storage.captures import capture_row, load_capture, slugs
from storage.differences import Difference


class Questions:
    """An archive to ask. Times are aware; `since` is inclusive, `until` exclusive. NotFound names what is unknown."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.bodies = Bodies(connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.connection.close()

    def sites(self) -> tuple[str, ...]:
        """The slugs of all sites."""
        return slugs(self.connection)

    def show(self, site: str, at: datetime | None = None) -> queries.Shown:
        """The last readable front page at or before an instant (now)."""
        return queries.show(self.connection, site, at or datetime.now(UTC))

    def leads(
        self, site: str, *, since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[queries.Lead]:
        """Periods as lead, in order; how long is in each one's `seen`, in seconds, at least and at most."""
        return queries.leads(self.connection, site, since=since, until=until)

    def stories(
        self, site: str, *, since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[queries.TimeOnPage]:
        """Stretches of time on the page, without furniture."""
        return queries.stories(self.connection, site, since=since, until=until)

    def history(self, story: str, *, site: str = "") -> history.History:
        """A story's wordings and places, by its URL or id; on one site, that named or the first by name."""
        return history.history(self.connection, story, site=site)

    def changes(
        self, site: str, *, since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[changes.ChangeEvent]:
        """What changed from capture to capture."""
        return changes.changes(self.connection, site, since=since, until=until)

    def diff(self, site: str, earlier: datetime, later: datetime) -> Difference:
        """What differs between the pages of two instants; ConfigError where different readers read them."""
        return rotations.difference(self.connection, self.show(site, earlier), self.show(site, later))

    def search(self, query: str, *, site: str = "", role: Role | None = None, limit: int = 50) -> list[search.Hit]:
        """Wordings with all these words, best first."""
        return search.search(self.connection, query, site=site, role=role, limit=limit)

    def capture(self, name: str) -> Capture:
        """The evidence behind a claim: a capture by name, with its body, checked against its sha256."""
        return load_capture(self.connection, self.bodies, capture_row(self.connection, name))


def open_readonly(path: Path | str) -> Questions:
    """An archive to ask, also while a daemon writes to it. Raises ArchiveError where it cannot be read."""
    from storage.schema import connect_readonly

    return Questions(connect_readonly(Path(path)))
