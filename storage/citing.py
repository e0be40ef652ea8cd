"""What a footnote needs of a capture: where, when and by whom it was made, what it held, and how to check that."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from scraper.instants import from_epoch, iso
from scraper.model import Capture
from storage.bodies import Bodies
from storage.captures import capture_name, capture_row, load_capture


class BodyState(StrEnum):
    """Whether this archive can show the bytes. A 304 has none of its own: it stands for those of another capture."""

    KEPT = "kept"
    REMOVED = "removed"
    NONE = "none"


@dataclass(frozen=True, kw_only=True, slots=True)
class Citation:
    """A capture as a source. `sha256` and `size` (bytes) are of the body as stored: decoded, charset as it came.

    `site_name` is the site's name as last described, its slug where nobody did. `reader` is "" where nobody has read
    the capture; `problem` says why what it saw is no front page. `removed_at` and `removed_why` are set where the body
    was taken out of the archive.
    """

    name: str
    site_name: str
    capture: Capture
    observer: str
    sha256: str
    size: int
    body: BodyState
    removed_at: datetime | None
    removed_why: str
    reader: str
    quality: str
    problem: str

    @property
    def line(self) -> str:
        """The citation, ready to be pasted."""
        stands_for = f"; not modified, stands for sha256 {self.capture.revisit_of}" if self.capture.revisit_of else ""
        made = f'captured {iso(self.capture.instant)} by "{self.observer}" ({self.capture.origin})'
        held = f"sha256 {self.sha256}{stands_for}; frontpage-archive capture {self.name}"
        return f"{self.site_name}, front page, {self.capture.url}, {made}; {held}."

    @property
    def checks(self) -> tuple[str, ...]:
        """Commands that show that the archive holds what the citation says."""
        site, start = self.capture.site, self.capture.instant
        span = f"--site {site} --from {iso(start)} --to {iso(start + timedelta(seconds=1))}"
        export = f"frontpage export captures --format warc {span} -o capture.warc.gz"
        if self.body is not BodyState.KEPT:
            return (export,)
        return (f"frontpage cite {self.name} --body | sha256sum", export, "warcio check capture.warc.gz")


def cite(connection: sqlite3.Connection, name: str) -> Citation:
    """The citation of a capture by name. Raises NotFound where there is none."""
    row = capture_row(connection, name)
    observer, sha256, size, is_kept, removed_at, why, site_name = connection.execute(
        """
        SELECT observers.name, hex(sha256), size, data IS NOT NULL, removed_at, coalesce(reason, ''), coalesce((
            SELECT name FROM site_descriptions WHERE site_id = sites.id ORDER BY site_descriptions.id DESC LIMIT 1
        ), slug)
        FROM captures JOIN observers ON observers.id = observer_id JOIN bodies ON bodies.id = captures.body_id
        JOIN sites ON sites.id = site_id
        LEFT JOIN removals ON data IS NULL AND removals.id = (
            SELECT max(id) FROM removals WHERE removals.body_id = bodies.id
        )
        WHERE captures.id = ?
        """,
        (row,),
    ).fetchone()
    reader, quality, problem = connection.execute(
        """
        SELECT readers.name, quality, problem FROM readings JOIN readers ON readers.id = reader_id WHERE capture_id = ?
        """,
        (row,),
    ).fetchone() or ("", "", "")
    return Citation(
        name=capture_name(connection, row), site_name=site_name,
        capture=load_capture(connection, Bodies(connection), row, with_body=False),
        observer=observer, sha256=sha256.lower(), size=size,
        body=_state(is_kept=bool(is_kept), size=size),
        removed_at=None if removed_at is None else from_epoch(removed_at), removed_why=why,
        reader=reader, quality=quality, problem=problem,
    )  # fmt: skip


def _state(*, is_kept: bool, size: int) -> BodyState:
    if not size:
        return BodyState.NONE
    return BodyState.KEPT if is_kept else BodyState.REMOVED


def body_of(connection: sqlite3.Connection, name: str) -> bytes:
    """A capture's stored body, checked against its sha256. Raises NotFound, or ArchiveError where it is gone."""
    row = capture_row(connection, name)
    return load_capture(connection, Bodies(connection), row).body
