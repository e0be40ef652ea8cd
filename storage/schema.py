"""The archive's tables: opened with the right settings, brought up to date by migrations, refused when foreign."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database, Migrations

from scraper.errors import ArchiveError
from storage.views import create_views

APPLICATION_ID = 0x46504152  # "FPAR": tells our files from other SQLite files (sqlite.org/fileformat.html, 1.3.16)
BUSY_TIMEOUT_MS = 30_000
MIGRATIONS = Migrations("frontpage-archive")

# Instants are whole seconds since 1970, UTC. Evidence first, derived tables after; only the latter are ever rebuilt.
EVIDENCE = """
CREATE TABLE observers (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE sites (id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE);
CREATE TABLE site_descriptions (
    id INTEGER PRIMARY KEY,
    site_id INTEGER NOT NULL REFERENCES sites (id),
    described_at INTEGER NOT NULL,
    name TEXT NOT NULL, url TEXT NOT NULL, timezone TEXT NOT NULL, schedule TEXT NOT NULL,
    gap INTEGER NOT NULL  -- seconds between readable captures beyond which nothing is claimed
);
CREATE TABLE bodies (
    id INTEGER PRIMARY KEY,
    sha256 BLOB NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    base_id INTEGER REFERENCES bodies (id),  -- the body that is this one's zstd prefix
    step INTEGER NOT NULL,              -- place in its group, 0 for one that is a delta of none: see storage.bodies
    level INTEGER NOT NULL,             -- zstd's
    data BLOB                           -- zstd; NULL once removed
);
CREATE TABLE captures (
    id INTEGER PRIMARY KEY,
    observer_id INTEGER NOT NULL REFERENCES observers (id),
    site_id INTEGER NOT NULL REFERENCES sites (id),
    instant INTEGER NOT NULL,
    origin TEXT NOT NULL,
    url TEXT NOT NULL,
    status INTEGER NOT NULL,
    exchange BLOB NOT NULL,             -- zstd JSON: headers, request_headers, redirects
    body_id INTEGER NOT NULL REFERENCES bodies (id),
    revisit_of BLOB,                    -- of a 304: the sha256 that its validator stood for
    UNIQUE (observer_id, site_id, instant, origin, url, body_id)
);
CREATE INDEX captures_by_site ON captures (site_id, instant);
CREATE INDEX captures_by_body ON captures (body_id);
CREATE TABLE visits (
    id INTEGER PRIMARY KEY,
    observer_id INTEGER NOT NULL REFERENCES observers (id),
    site_id INTEGER NOT NULL REFERENCES sites (id),
    due_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    error TEXT NOT NULL,
    capture_id INTEGER REFERENCES captures (id),
    UNIQUE (observer_id, site_id, due_at)
);
CREATE INDEX visits_by_site ON visits (site_id, due_at);
CREATE TABLE removals (
    id INTEGER PRIMARY KEY,
    body_id INTEGER NOT NULL REFERENCES bodies (id),
    removed_at INTEGER NOT NULL,
    reason TEXT NOT NULL
);
CREATE TABLE backfills (
    id INTEGER PRIMARY KEY,
    site_id INTEGER NOT NULL REFERENCES sites (id),
    source TEXT NOT NULL, ended_at INTEGER NOT NULL,
    report TEXT NOT NULL                -- JSON: found, taken, known, quarantined, failed, days
);
"""

DERIVED = """
CREATE TABLE readers (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE stories (
    id INTEGER PRIMARY KEY,
    site_id INTEGER NOT NULL REFERENCES sites (id),
    story TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL                   -- canonical
);
CREATE TABLE wordings (
    id INTEGER PRIMARY KEY,
    story_id INTEGER NOT NULL REFERENCES stories (id),
    digest BLOB NOT NULL,
    headline TEXT NOT NULL, summary TEXT NOT NULL, kicker TEXT NOT NULL, byline TEXT NOT NULL, image TEXT NOT NULL,
    UNIQUE (story_id, digest)
);
CREATE TABLE addresses (
    id INTEGER PRIMARY KEY,
    story_id INTEGER NOT NULL REFERENCES stories (id),
    url TEXT NOT NULL                   -- as printed, where it is no plain spelling of the canonical one
);
CREATE INDEX addresses_by_story ON addresses (story_id);
CREATE TABLE sections (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE front_pages (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,        -- of all that follows, as text
    edition BLOB NOT NULL,              -- of the ordered (role, section, story, wording) list
    title TEXT NOT NULL, language TEXT NOT NULL,
    lead INTEGER,                       -- position of the lead
    body TEXT NOT NULL,                 -- JSON list: the lead's paragraphs, where the page prints them
    placements BLOB NOT NULL            -- see storage.placements
);
CREATE TABLE readings (
    capture_id INTEGER PRIMARY KEY REFERENCES captures (id),
    reader_id INTEGER NOT NULL REFERENCES readers (id),
    quality TEXT NOT NULL, problem TEXT NOT NULL, layout TEXT NOT NULL,
    title TEXT NOT NULL, language TEXT NOT NULL,  -- of a page with a problem; else on the front page
    front_page_id INTEGER REFERENCES front_pages (id),
    confidence REAL, evidence TEXT NOT NULL       -- of the lead; JSON list
);
CREATE INDEX readings_by_front_page ON readings (front_page_id);
CREATE TABLE observations (
    site_id INTEGER NOT NULL REFERENCES sites (id),
    instant INTEGER NOT NULL,
    capture_id INTEGER NOT NULL REFERENCES captures (id),
    front_page_id INTEGER NOT NULL REFERENCES front_pages (id),
    PRIMARY KEY (site_id, instant)
) WITHOUT ROWID;
CREATE TABLE spans (
    site_id INTEGER NOT NULL REFERENCES sites (id),
    kind INTEGER NOT NULL,              -- 0 story, 1 wording, 2 place, 3 lead
    story_id INTEGER NOT NULL REFERENCES stories (id),
    value INTEGER NOT NULL,             -- wording: its id; place: 2 * section + lead; else 0
    first_seen INTEGER NOT NULL,
    last_seen INTEGER,                  -- NULL: on the page in the site's latest observation
    PRIMARY KEY (site_id, kind, story_id, value, first_seen)
) WITHOUT ROWID;
CREATE INDEX spans_by_start ON spans (site_id, kind, first_seen);
CREATE VIRTUAL TABLE words USING fts5 (
    headline, summary, kicker, content = '', tokenize = 'unicode61 remove_diacritics 2'
);
"""

# None of it is derived: what was told once is not told again, however often readings are rebuilt.
TELLING = """
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    rule TEXT NOT NULL,                 -- name of the [[notify]] table
    event TEXT NOT NULL,                -- the event's own id: a rule is told of it once
    site_id INTEGER NOT NULL REFERENCES sites (id),
    happened_at INTEGER NOT NULL,
    message TEXT NOT NULL,              -- JSON: the event as it is told
    tries INTEGER NOT NULL DEFAULT 0,
    try_at INTEGER NOT NULL DEFAULT 0,  -- not before
    ended_at INTEGER,                   -- delivered, or given up
    sent_with INTEGER,                  -- of a delivered one: the first row of the same message
    UNIQUE (rule, event)
);
CREATE INDEX outbox_pending ON outbox (rule, id) WHERE ended_at IS NULL;
CREATE INDEX outbox_sent ON outbox (rule, ended_at) WHERE sent_with IS NOT NULL;
CREATE TABLE alarms (
    id INTEGER PRIMARY KEY,
    site_id INTEGER NOT NULL REFERENCES sites (id),
    kind TEXT NOT NULL,                 -- drift, unreadable or failing
    since INTEGER NOT NULL,             -- instant of the first capture that departed, or visit that failed
    what TEXT NOT NULL,                 -- in words
    usual TEXT NOT NULL,                -- JSON: the baseline when it was raised
    cleared_at INTEGER                  -- instant of the site's last capture when it was cleared
);
CREATE INDEX alarms_by_site ON alarms (site_id, kind);
CREATE TABLE distrusted (
    site_id INTEGER PRIMARY KEY REFERENCES sites (id),
    lied_at INTEGER NOT NULL            -- when another body came under the validators of the one before
);
"""

DERIVED_TABLES = (
    "observations", "spans", "readings", "front_pages", "addresses", "sections", "wordings", "stories", "readers",
)  # fmt: skip


def keep(table: str, *, update: str = "UPDATE", when: str = "1") -> str:
    """Triggers that make a table append-only (DESIGN rule 1)."""
    return f"""
    CREATE TRIGGER {table}_no_update BEFORE {update} ON {table} WHEN {when}
    BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
    CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
    BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
    """


# A body may be compressed anew, and its data may go when a removal says why; its sha256 and size stay.
BODY_CHANGED = """
    OLD.sha256 IS NOT NEW.sha256 OR OLD.size IS NOT NEW.size OR OLD.id IS NOT NEW.id
    OR (NEW.data IS NULL AND NOT EXISTS (SELECT 1 FROM removals WHERE body_id = OLD.id))
"""


@MIGRATIONS()
def m001_begin(db: Database) -> None:
    """Everything of the first release."""
    guards = keep("captures") + keep("visits") + keep("removals") + keep("site_descriptions")
    for statement in _statements(EVIDENCE + DERIVED + guards + keep("bodies", when=BODY_CHANGED)):
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

    Raises ArchiveError where the file is no archive of ours, is damaged, or comes from a newer version.
    """
    with _usable(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1000)
        with _closed_on_error(connection):
            _refuse_foreign(connection, path)
            _configure_new(connection)
            _tune(connection)
            _refuse_newer(connection, path)
            if _pending(connection):
                with transaction(connection):
                    MIGRATIONS.apply(Database(connection, execute_plugins=False))
    return connection


def connect_readonly(path: Path) -> sqlite3.Connection:
    """A connection that cannot write, also on a read-only file system. Raises ArchiveError as `connect` does."""
    if not path.is_file():
        raise ArchiveError(f"{path}: there is no archive yet; `frontpage run` or `frontpage capture` makes one")
    with _usable(path):
        connection = sqlite3.connect(_readonly_address(path), uri=True, isolation_level=None)
        with _closed_on_error(connection):
            connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
            _refuse_foreign(connection, path)
            _refuse_newer(connection, path)
            if _pending(connection):
                raise ArchiveError(f"{path}: has to be upgraded first; any writing verb does that")
    return connection


def _readonly_address(path: Path) -> str:
    """How SQLite opens an archive only to read it.

    On a read-only file system it cannot make the index that WAL needs, and is told that it needs none: nobody writes
    (sqlite.org/wal.html, section 5). A WAL that was left there has to be read, which its index beside it allows.
    """
    wal = path.with_name(path.name + "-wal")
    is_left = wal.exists() and wal.stat().st_size > 0
    is_frozen = os.statvfs(path).f_flag & os.ST_RDONLY and not is_left
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
    connection.execute("PRAGMA journal_mode = WAL")  # a backup comes without it
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")  # an acknowledged capture survives a power cut


def _pending(connection: sqlite3.Connection) -> bool:
    return bool(MIGRATIONS.pending(Database(connection, execute_plugins=False)))
