"""The only writer: records evidence as it comes, files readings with all that follows from them, keeps the ledger."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scraper.errors import ArchiveError
from scraper.instants import epoch, in_years
from scraper.model import Capture, FrontPage, Outcome, Quality
from storage.bodies import Removed
from storage.editions import Editions
from storage.exchange import pack
from storage.observations import Observations
from storage.questions import Questions
from storage.schema import connect, connect_readonly, transaction
from storage.search import index_wordings, last_wording
from storage.whereabouts import Whereabouts

if TYPE_CHECKING:
    from scraper.config import Site  # heavy, and only a name here


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    """A capture in the archive: its row, and whether it was unknown before."""

    capture_id: int
    is_new: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Filed:
    """What filing a reading came to: new-edition, same-edition or unreadable; `edition` is "" for the last."""

    outcome: Outcome
    edition: str


class Archive(Questions):
    """An archive open for writing, and for questions; made where there is none. One that is read-only stays as it is.

    `observer` is who looks; "" where nobody does: an archive that is only cared for.
    Not for several threads at once; other processes may read and write beside it.
    """

    def __init__(self, path: Path, *, observer: str = "home", is_readonly: bool = False) -> None:
        super().__init__(connect_readonly(path) if is_readonly else connect(path))
        self.path, self.is_readonly = path, is_readonly
        self.whereabouts = Whereabouts(path)
        self._editions = Editions(self.connection)
        self._observations = Observations(self.connection)
        self.observer = observer
        self.observer_id = 0
        if observer and not is_readonly:
            with self.batch():
                self.observer_id = self._intern("observers", "name", observer)

    @contextmanager
    def batch(self) -> Iterator[None]:
        """All writes inside become durable together, or none; a batch in a batch joins it.

        Raises ArchiveMoved, and writes nothing, where the archive's file is no longer where it was opened.
        """
        if self.connection.in_transaction:
            yield
            return
        self.whereabouts.check()
        try:
            with transaction(self.connection):
                yield
        except BaseException as error:
            self.bodies.forget_decoded()
            self._observations.forget_cached()
            if isinstance(error, sqlite3.Error):
                raise ArchiveError(f"{self.path}: cannot be written: {error}") from error
            raise

    # -- evidence -----------------------------------------------------------------------------------------------------

    def describe(self, site: "Site", *, gap: int, at: datetime) -> None:
        """Append the site's description where it differs from the last; a new gap rebuilds its spans."""
        described = (site.name, site.url, site.timezone, site.schedule or f"every {site.every} s", gap)
        with self.batch():
            site_id = self.site_id(site.slug)
            last = self.connection.execute(
                """
                SELECT name, url, timezone, schedule, gap FROM site_descriptions
                WHERE site_id = ? ORDER BY id DESC LIMIT 1
                """,
                (site_id,),
            ).fetchone()
            if last == described:
                return
            self.connection.execute(
                """
                INSERT INTO site_descriptions (site_id, described_at, name, url, timezone, schedule, gap)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                (site_id, epoch(at), *described),
            )
            if last is None or last[-1] != gap:
                self._observations.rebuild(site_id)

    def take_descriptions(self, site: str, described: Sequence[tuple[int, str, str, str, str, int]]) -> None:
        """Take over another archive's descriptions of a site, of which this one has none; their gap rebuilds its spans.

        Each is (described_at, name, url, timezone, schedule, gap).
        """
        with self.batch():
            site_id = self.site_id(site)
            if self.connection.execute("SELECT 1 FROM site_descriptions WHERE site_id = ?", (site_id,)).fetchone():
                return
            self.connection.executemany(
                """
                INSERT INTO site_descriptions (site_id, described_at, name, url, timezone, schedule, gap)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                [(site_id, *row) for row in described],
            )
            self._observations.rebuild(site_id)

    def record(self, capture: Capture, *, observer: str = "", removed: Removed | None = None) -> Recorded:
        """Make a capture durable; one that is known already changes nothing (DESIGN rule 2), but that its body comes
        back if it was pruned.

        `observer` is who looked, where it was not this archive; `removed` tells of a body that is gone already. Raises
        ArchiveError for an instant of no year that an archive can hold.
        """
        check_instant(capture)
        with self.batch():
            site_id = self.site_id(capture.site)
            instant = epoch(capture.instant)
            if removed:
                body_id = self.bodies.store_removed(removed)
            else:
                body_id = self.bodies.store(capture.body, after=self._body_before(site_id, instant))
            identity = (self._observer(observer), site_id, instant, str(capture.origin), capture.url, body_id)
            cursor = self.connection.execute(
                """
                INSERT INTO captures (observer_id, site_id, instant, origin, url, body_id, status, exchange, revisit_of)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                """,
                (*identity, capture.status, pack(capture), bytes.fromhex(capture.revisit_of) or None),
            )
            if cursor.rowcount:
                return Recorded(capture_id=int(cursor.lastrowid or 0), is_new=True)
            (capture_id,) = self.connection.execute(
                """
                SELECT id FROM captures WHERE observer_id = ? AND site_id = ? AND instant = ? AND origin = ?
                AND url = ? AND body_id = ?
                """,
                identity,
            ).fetchone()
            return Recorded(capture_id=capture_id, is_new=False)

    def end_visit(
        self,
        site: str,
        *,
        due_at: datetime,
        ended_at: datetime,
        outcome: Outcome,
        error: str = "",
        capture_id: int | None = None,
    ) -> None:
        """Write the one row of a due slot; a slot that has its row keeps it."""
        self.end_visits(site, [(due_at, ended_at, outcome, error, capture_id)])

    def end_visits(
        self, site: str, rows: Iterable[tuple[datetime, datetime, Outcome, str, int | None]], *, observer: str = ""
    ) -> None:
        """Rows of several due slots of one site: (due_at, ended_at, outcome, error, capture)."""
        with self.batch():
            site_id, observer_id = self.site_id(site), self._observer(observer)
            self.connection.executemany(
                """
                INSERT INTO visits (observer_id, site_id, due_at, ended_at, outcome, error, capture_id)
                VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                """,
                [
                    (observer_id, site_id, epoch(due), epoch(ended), str(outcome), error, capture_id)
                    for due, ended, outcome, error, capture_id in rows
                ],
            )

    def report_backfill(self, site: str, *, source: str, ended_at: datetime, report: dict[str, Any]) -> None:
        """Keep what a backfill found, for `status`."""
        with self.batch():
            self.connection.execute(
                "INSERT INTO backfills (site_id, source, ended_at, report) VALUES (?, ?, ?, ?)",
                (self.site_id(site), source, epoch(ended_at), json.dumps(report)),
            )

    # -- readings -----------------------------------------------------------------------------------------------------

    def file(self, capture_id: int, page: FrontPage) -> Filed:
        """Keep what a reader saw in a capture, in place of what an earlier one saw, and bring the spans up to date."""
        with self.batch():
            site_id, slug, instant = self._place(capture_id)
            front_page_id, edition = None, b""
            if page.quality is Quality.OK:
                known = last_wording(self.connection)
                front_page_id, edition = self._editions.keep(site_id, slug, page)
                index_wordings(self.connection, after=known)
            self._put_reading(capture_id, page, front_page_id)
            return self._observe(site_id, instant, edition)

    def file_copy(self, capture_id: int, other_id: int) -> Filed:
        """Keep for a capture what a reader saw in another, which shows the same (storage.repeats tells when)."""
        with self.batch():
            site_id, _, instant = self._place(capture_id)
            self.connection.execute(
                """
                INSERT OR REPLACE INTO readings (
                    capture_id, reader_id, quality, problem, layout, title, language, front_page_id, confidence,
                    evidence
                )
                SELECT ?, reader_id, quality, problem, layout, title, language, front_page_id, confidence, evidence
                FROM readings WHERE capture_id = ?
                """,
                (capture_id, other_id),
            )
            (edition,) = self.connection.execute(
                "SELECT edition FROM readings JOIN front_pages ON front_pages.id = front_page_id WHERE capture_id = ?",
                (capture_id,),
            ).fetchone()
            return self._observe(site_id, instant, edition)

    def _place(self, capture_id: int) -> tuple[int, str, int]:
        """(site, slug, instant) of a capture."""
        row: tuple[int, str, int] = self.connection.execute(
            "SELECT site_id, slug, instant FROM captures JOIN sites ON sites.id = site_id WHERE captures.id = ?",
            (capture_id,),
        ).fetchone()
        return row

    def _observe(self, site_id: int, instant: int, edition: bytes) -> Filed:
        """Bring the spans up to date after a reading at an instant; `edition` is b"" where it is no front page."""
        self._observations.update(site_id, instant)
        if not edition:
            return Filed(outcome=Outcome.UNREADABLE, edition="")
        is_new = edition != self._observations.edition_before(site_id, instant)
        return Filed(outcome=Outcome.NEW_EDITION if is_new else Outcome.SAME_EDITION, edition=edition.hex())

    def _put_reading(self, capture_id: int, page: FrontPage, front_page_id: int | None) -> None:
        title, language = ("", "") if front_page_id else (page.title, page.language)
        lead = page.lead
        self.connection.execute(
            """
            INSERT OR REPLACE INTO readings
                (capture_id, reader_id, quality, problem, layout, title, language, front_page_id, confidence, evidence)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            (
                capture_id,
                self._intern("readers", "name", page.reader),
                str(page.quality),
                page.problem,
                page.layout,
                title,
                language,
                front_page_id,
                lead.confidence if lead else None,
                json.dumps(lead.evidence if lead else (), ensure_ascii=False),
            ),
        )

    # -- shared -------------------------------------------------------------------------------------------------------

    def site_id(self, slug: str) -> int:
        """Row of a site, made at its first mention."""
        return self._intern("sites", "slug", slug)

    def _observer(self, name: str) -> int:
        return self._intern("observers", "name", name) if name else self.observer_id

    def _intern(self, table: str, column: str, value: str) -> int:
        row = self.connection.execute(f"SELECT id FROM {table} WHERE {column} = ?", (value,)).fetchone()
        if row:
            return int(row[0])
        return int(self.connection.execute(f"INSERT INTO {table} ({column}) VALUES (?)", (value,)).lastrowid or 0)

    def _body_before(self, site_id: int, instant: int) -> int | None:
        """Body of the site's last capture up to an instant: what a new one there is likely to resemble."""
        row = self.connection.execute(
            """
            SELECT body_id FROM captures JOIN bodies ON bodies.id = body_id
            WHERE site_id = ? AND instant <= ? AND size > 0 ORDER BY instant DESC, captures.id DESC LIMIT 1
            """,
            (site_id, instant),
        ).fetchone()
        return int(row[0]) if row else None


def check_instant(capture: Capture) -> None:
    """Raise ArchiveError for a capture of no year that an archive can hold."""
    try:
        in_years(capture.instant)
    except ValueError as error:
        raise ArchiveError(f"{capture.site}: {error}") from None
