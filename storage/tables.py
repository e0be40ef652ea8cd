"""The archive's tables as SQL: evidence, what is derived, what people are told; and the triggers that keep evidence."""

from storage.scripts import MARKS

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
"""

# Texts as storage.search.segment makes them.
WORDS = f"""
CREATE VIRTUAL TABLE words USING fts5 (
    headline, summary, kicker, content = '', tokenize = "unicode61 remove_diacritics 2 tokenchars '{MARKS}'"
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
