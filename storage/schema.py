"""The archive's file: opened with the right settings, brought up to date by migrations, refused when foreign."""

import hashlib
import logging
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database, Migrations

from scraper.errors import ArchiveError
from storage.bodies import compress
from storage.captures import DAMAGE
from storage.observations import Observations
from storage.search import index_wordings
from storage.tables import BODY_CHANGED, DERIVED, EVIDENCE, TELLING, WORDS, keep
from storage.views import create_views
from storage.whereabouts import refuse_orphan, wal_of

log = logging.getLogger(__name__)

APPLICATION_ID = 0x46504152  # "FPAR": tells our files from other SQLite files (sqlite.org/fileformat.html, 1.3.16)
BUSY_TIMEOUT_MS = 30_000
RETRY_S = 0.01
MIGRATIONS = Migrations("frontpage-archive")


@MIGRATIONS()
def m001_begin(db: Database) -> None:
    """Everything of the first release."""
    guards = keep("captures") + keep("visits") + keep("removals") + keep("site_descriptions")
    for statement in _statements(EVIDENCE + DERIVED + WORDS + guards + keep("bodies", when=BODY_CHANGED)):
        db.execute(statement)


@MIGRATIONS()
def m002_refusals(db: Database) -> None:
    """What sources of backfill offered and what it was refused for, so that no archive is asked for it again."""
    db.execute(
        """
        CREATE TABLE refusals (
            site_id INTEGER NOT NULL REFERENCES sites (id),
            origin TEXT NOT NULL,
            instant INTEGER NOT NULL,
            url TEXT NOT NULL,
            reason TEXT NOT NULL,
            PRIMARY KEY (site_id, origin, instant, url)
        ) WITHOUT ROWID
        """
    )


@MIGRATIONS()
def m003_views(db: Database) -> None:
    """Views for those who ask without our code."""
    for statement in create_views():
        db.execute(statement)


@MIGRATIONS()
def m004_telling(db: Database) -> None:
    """What people are told and whether they were, the alarms that are on, whose validators are not believed."""
    for statement in _statements(TELLING):
        db.execute(statement)


@MIGRATIONS()
def m005_heartbeats(db: Database) -> None:
    """The daemon's sign of life, for those who only read."""
    db.execute(
        """
        CREATE TABLE heartbeats (
            observer_id INTEGER PRIMARY KEY REFERENCES observers (id),
            beaten_at INTEGER NOT NULL,
            started_at INTEGER NOT NULL,
            told TEXT NOT NULL                  -- JSON: see storage.heartbeats
        )
        """
    )


@MIGRATIONS()
def m006_refusals_one_by_one(db: Database) -> None:
    """What shares instant and address is refused one by one; what was refused before stands for all of it."""
    db.execute("ALTER TABLE refusals RENAME TO refusals_before")
    db.execute(
        """
        CREATE TABLE refusals (
            site_id INTEGER NOT NULL REFERENCES sites (id),
            origin TEXT NOT NULL,
            instant INTEGER NOT NULL,
            url TEXT NOT NULL,
            key TEXT NOT NULL,                  -- how the source tells it from others; "" is all of them
            reason TEXT NOT NULL,
            PRIMARY KEY (site_id, origin, instant, url, key)
        ) WITHOUT ROWID
        """
    )
    db.execute("INSERT INTO refusals SELECT site_id, origin, instant, url, '', reason FROM refusals_before")
    db.execute("DROP TABLE refusals_before")


@MIGRATIONS()
def m007_one_order_for_all(db: Database) -> None:
    """Who looked and what a 304 stands for are in the fixed order, instead of who came first: others may stand for
    instants that captures share.
    """
    for statement in create_views():
        db.execute(statement)
    observations = Observations(db.conn)
    shared = db.execute("SELECT site_id, instant FROM captures GROUP BY site_id, instant HAVING count(*) > 1")
    for site_id, instant in shared.fetchall():
        db.execute("SAVEPOINT instant")
        try:
            observations.update(site_id, instant)
        except (*DAMAGE, sqlite3.IntegrityError):  # a page of it, or beside it, is damaged: the remedy is not this one
            db.execute("ROLLBACK TO instant")
        db.execute("RELEASE instant")


@MIGRATIONS()
def m008_marks_are_searched(db: Database) -> None:
    """Thai, Lao, Burmese and Khmer are indexed letter by letter, with their marks."""
    db.execute("DROP TABLE words")
    for statement in _statements(WORDS):
        db.execute(statement)
    index_wordings(db.conn, after=0)


@MIGRATIONS()
def m009_removals(db: Database) -> None:
    """What removals look for has an index. The empty body, which all 304s share and removals took, is here again."""
    db.execute("CREATE INDEX removals_by_body ON removals (body_id)")
    db.execute("CREATE INDEX bodies_by_base ON bodies (base_id) WHERE base_id IS NOT NULL")
    db.execute(
        "UPDATE bodies SET base_id = NULL, step = 0, data = ? WHERE sha256 = ? AND data IS NULL",
        (compress(b""), hashlib.sha256(b"").digest()),
    )


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one: executescript would commit the migration's transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def connect(path: Path) -> sqlite3.Connection:
    """A connection that may write; makes or upgrades the archive.

    Raises ArchiveError where the file is no archive of ours, is damaged, or comes from a newer version, and where it
    was moved away from what was written to it last.
    """
    refuse_orphan(path)
    with _usable(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1000)
        with _closed_on_error(connection):
            _refuse_foreign(connection, path)
            _configure_new(connection)
            _tune(connection)
            _refuse_newer(connection, path)
            if _pending(connection):
                if MIGRATIONS.applied(Database(connection, execute_plugins=False)):
                    log.warning("%s: is upgraded, which takes minutes where it is large", path)
                with transaction(connection):
                    MIGRATIONS.apply(Database(connection, execute_plugins=False))
    return connection


def connect_readonly(path: Path, *, also_old: bool = False) -> sqlite3.Connection:
    """A connection that cannot write, also on a read-only file system. Raises ArchiveError as `connect` does.

    An archive that has to be upgraded is refused, unless nothing is asked that its schema matters for (`also_old`).
    """
    with _usable(existing(path)):
        connection = sqlite3.connect(_readonly_address(path), uri=True, isolation_level=None)
        with _closed_on_error(connection):
            connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
            _refuse_foreign(connection, path)
            _refuse_newer(connection, path)
            if not also_old and _pending(connection):
                raise ArchiveError(
                    f"{path}: has to be upgraded first; any writing verb does that, `frontpage backup` copies it before"
                )
    return connection


def existing(path: Path) -> Path:
    """The path of an archive to ask or to care for. Raises ArchiveError where there is none: none is made."""
    if path.is_dir():
        what = "is a folder; name one of its archives, or ask all with compare, leads, search or export"
        raise ArchiveError(f"{path}: {what}")
    if not path.is_file():
        refuse_orphan(path)
        raise ArchiveError(f"{path}: there is no archive yet; `frontpage run` or `frontpage capture` makes one")
    return path


def _readonly_address(path: Path) -> str:
    """How SQLite opens an archive only to read it.

    On a read-only file system, or in somebody else's folder, it cannot make the index that WAL needs, and is told that
    it needs none: nobody writes (sqlite.org/wal.html, section 5). A WAL that was left there has to be read, which its
    index beside it allows; in a folder, an empty one is a writer's, too.
    """
    wal = wal_of(path)
    if os.statvfs(path).f_flag & os.ST_RDONLY:
        is_frozen = not wal.exists() or not wal.stat().st_size
    else:
        is_frozen = not wal.exists() and not os.access(path.parent, os.W_OK)
    return f"{path.absolute().as_uri()}?mode=ro" + ("&immutable=1" if is_frozen else "")


@contextmanager
def _usable(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise ArchiveError(f"{path}: cannot be used as an archive: {error}") from error


@contextmanager
def _closed_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.close()
        raise


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """BEGIN IMMEDIATE ... COMMIT: a deferred one would fail with SQLITE_BUSY_SNAPSHOT beside another writer."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def one_state(connection: sqlite3.Connection) -> Iterator[None]:
    """What is read inside is of one state of the archive, whoever writes meanwhile; in a transaction, of that one's."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN")
    try:
        yield
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _refuse_foreign(connection: sqlite3.Connection, path: Path) -> None:
    if _pragma(connection, "application_id") == APPLICATION_ID:
        return
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if tables:
        raise ArchiveError(f"{path}: is an SQLite file of something else; name another path in [archive]")


def _refuse_newer(connection: sqlite3.Connection, path: Path) -> None:
    known = {migration.name for migration in MIGRATIONS._migrations}
    applied = {migration.name for migration in MIGRATIONS.applied(Database(connection, execute_plugins=False))}
    if applied - known:
        raise ArchiveError(f"{path}: was written by a newer frontpage-archive; upgrade this one")


def _configure_new(connection: sqlite3.Connection) -> None:
    if _pragma(connection, "page_count"):
        return
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _tune(connection: sqlite3.Connection) -> None:
    _use_wal(connection)
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")  # what was pruned may be taken down, when its pages are free
    connection.execute("PRAGMA synchronous = FULL")  # an acknowledged capture survives a power cut


def _use_wal(connection: sqlite3.Connection) -> None:
    """Set WAL, without which a new archive and a backup come. SQLite waits for nobody else who does; so we do."""
    end = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
        time.sleep(RETRY_S)


def _pending(connection: sqlite3.Connection) -> bool:
    return bool(MIGRATIONS.pending(Database(connection, execute_plugins=False)))
