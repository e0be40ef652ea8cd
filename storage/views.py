"""Documented SQL views for Datasette, `sqlite3` and everyone else who asks an archive without our code.

Times are ISO 8601 text in UTC, ids are names, durations are seconds. docs/data.md describes each column
(from dictionary.toml); tests hold the views against what the verbs answer.
"""

from storage.observations import DEFAULT_GAP, fixed_order
from storage.spans import SpanKind


def _time(instant: str) -> str:
    return f"strftime('%Y-%m-%dT%H:%M:%SZ', {instant}, 'unixepoch')"


# How many captures of the same instant come first in the fixed order.
_EARLIER = f"""(
    SELECT count(*) FROM captures AS other JOIN bodies AS its_body ON its_body.id = other.body_id
    WHERE other.site_id = captures.site_id AND other.instant = captures.instant
    AND ({fixed_order("other", "its_body")}) < ({fixed_order()})
)"""
_NAME = f"""sites.slug || '/' || strftime('%Y%m%d%H%M%S', captures.instant, 'unixepoch')
    || CASE {_EARLIER} WHEN 0 THEN '' ELSE '~' || ({_EARLIER} + 1) END"""

# Spans with their bounds: the same rules as storage.spans.Line, in SQL. `last` is last_seen, also of an open span.
_SPANS = f"""
    WITH gaps AS (
        SELECT sites.id AS site_id, coalesce((
            SELECT gap FROM site_descriptions WHERE site_id = sites.id ORDER BY site_descriptions.id DESC LIMIT 1
        ), {DEFAULT_GAP}) AS gap FROM sites
    ), closed AS (
        SELECT spans.site_id, kind, story_id, value, first_seen AS first, coalesce(last_seen, (
            SELECT max(instant) FROM observations WHERE site_id = spans.site_id
        )) AS last, gap
        FROM spans JOIN gaps ON gaps.site_id = spans.site_id
    ), bounded AS (
        SELECT closed.*,
            (SELECT max(instant) FROM observations
             WHERE site_id = closed.site_id AND instant < first AND instant >= first - gap) AS before,
            (SELECT min(instant) FROM observations
             WHERE site_id = closed.site_id AND instant > last AND instant <= last + gap) AS after,
            (SELECT count(*) FROM observations
             WHERE site_id = closed.site_id AND instant BETWEEN first AND last) AS captures
        FROM closed
    )
"""
_BOUNDS = f"""
    {_time("first")} AS first_seen, {_time("last")} AS last_seen,
    {_time("before")} AS not_before, {_time("after")} AS gone_by,
    last - first AS at_least_s, after - before AS at_most_s, captures
"""
_HEADLINE = f"""(
    SELECT headline FROM spans AS worded JOIN wordings ON wordings.id = worded.value
    WHERE worded.site_id = bounded.site_id AND worded.kind = {SpanKind.WORDING} AND worded.story_id = bounded.story_id
    AND worded.first_seen <= bounded.last AND (worded.last_seen IS NULL OR worded.last_seen >= bounded.last)
)"""


def _stretches(kind: SpanKind) -> str:
    """A view of the spans of a kind that has a story and no value."""
    return f"""
    {_SPANS}
    SELECT slug AS site, story, {_HEADLINE} AS headline, stories.url AS url, {_BOUNDS}
    FROM bounded JOIN sites ON sites.id = bounded.site_id JOIN stories ON stories.id = story_id
    WHERE kind = {kind}
    """


VIEWS = {
    "captures_told": f"""
    SELECT {_NAME} AS capture, slug AS site, {_time("captures.instant")} AS captured_at, observers.name AS observer,
        captures.origin AS origin, captures.url AS url, captures.status AS status,
        lower(hex(bodies.sha256)) AS sha256, bodies.size AS size, lower(hex(captures.revisit_of)) AS revisit_of,
        CASE WHEN bodies.data IS NULL THEN 'removed' ELSE 'kept' END AS body,
        {_time("removed_at")} AS removed_at, reason AS removed_why
    FROM captures JOIN sites ON sites.id = captures.site_id JOIN observers ON observers.id = captures.observer_id
    JOIN bodies ON bodies.id = captures.body_id
    LEFT JOIN removals ON bodies.data IS NULL AND removals.id = (
        SELECT max(id) FROM removals WHERE removals.body_id = bodies.id
    )
    """,
    "readings_told": f"""
    SELECT {_NAME} AS capture, slug AS site, {_time("captures.instant")} AS captured_at,
        readers.name AS reader, layout, quality, problem,
        coalesce(front_pages.title, readings.title) AS title,
        coalesce(front_pages.language, readings.language) AS language,
        nullif(lower(hex(edition)), '') AS edition, confidence
    FROM readings JOIN captures ON captures.id = capture_id JOIN sites ON sites.id = captures.site_id
    JOIN bodies ON bodies.id = captures.body_id JOIN readers ON readers.id = reader_id
    LEFT JOIN front_pages ON front_pages.id = front_page_id
    """,
    "visits_told": f"""
    SELECT slug AS site, observers.name AS observer, {_time("due_at")} AS due_at, {_time("ended_at")} AS ended_at,
        outcome, error, CASE WHEN captures.id IS NULL THEN '' ELSE {_NAME} END AS capture
    FROM visits JOIN sites ON sites.id = visits.site_id JOIN observers ON observers.id = visits.observer_id
    LEFT JOIN captures ON captures.id = capture_id LEFT JOIN bodies ON bodies.id = captures.body_id
    """,
    "front_page_leads": _stretches(SpanKind.LEAD),
    "story_times": _stretches(SpanKind.STORY),
    "wordings_seen": f"""
    {_SPANS}
    SELECT slug AS site, story, stories.url AS url, headline, summary, kicker, byline, image, {_BOUNDS}
    FROM bounded JOIN sites ON sites.id = bounded.site_id JOIN wordings ON wordings.id = value
    JOIN stories ON stories.id = bounded.story_id
    WHERE kind = {SpanKind.WORDING}
    """,
}


def create_views() -> list[str]:
    """The statements that make every view, in place of any of that name."""
    made = [(f"DROP VIEW IF EXISTS {name}", f"CREATE VIEW {name} AS {select}") for name, select in VIEWS.items()]
    return [statement for pair in made for statement in pair]
