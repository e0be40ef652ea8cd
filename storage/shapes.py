"""The JSON shapes of what the archive answers (DESIGN: command line)."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from scraper.instants import from_epoch, iso
from scraper.shapes import page_shape, story_shape
from storage.changes import ChangeEvent
from storage.citing import Citation
from storage.differences import Change, Difference
from storage.history import History, WordingSpan
from storage.lasting import Lasting
from storage.queries import Lead, Shown, TimeOnPage
from storage.search import Hit
from storage.spans import Bounds, least_of, most_of


def shown_shape(shown: Shown) -> dict[str, Any]:
    return page_shape(shown.page, site=shown.site) | {
        "site": shown.site,
        "captured_at": iso(shown.captured_at),
        "origin": shown.origin,
        "edition": shown.edition,
        "capture": shown.capture,
        "age_s": shown.age_s,
    }


def compared_shape(site: str, shown: Shown | None) -> dict[str, Any]:
    """One site beside others; None says that it had no readable capture."""
    lead = shown.page.lead if shown else None
    return {
        "site": site,
        "captured_at": iso(shown.captured_at) if shown else None,
        "age_s": shown.age_s if shown else None,
        "quality": str(shown.page.quality) if shown else "",
        "lead": story_shape(lead, site=site) if lead else None,
    }


def lead_shape(lead: Lead) -> dict[str, Any]:
    return {"site": lead.site, "story": lead.story, "headline": lead.headline, "url": lead.url} | {
        **_span(lead.seen),
        **_durations(lead.seen),
        "captures": lead.seen.captures,
    }


def time_on_page_shape(row: TimeOnPage) -> dict[str, Any]:
    return {
        "site": row.site,
        "story": row.story,
        "url": row.url,
        "headline": row.headline,
        "first_seen": iso(from_epoch(row.seen.first_seen)),
        "last_seen": iso(from_epoch(row.seen.last_seen)),
        **_durations(row.seen),
        **_led(row.led),
        "captures": row.seen.captures,
        "wordings": row.wordings,
        "best_position": row.best_position,
        "furniture": row.is_furniture,
    }


def lasting_shape(site: str, row: Lasting) -> dict[str, Any]:
    return {
        "site": site,
        "story": row.story,
        "headline": row.headline,
        "first_seen": iso(from_epoch(row.seen.first_seen)),
        "last_seen": iso(from_epoch(row.seen.last_seen)),
        **_durations(row.seen),
        **_led(row.led),
    }


def wording_shape(span: WordingSpan) -> dict[str, Any]:
    """A row of the export `wordings`, but for the story's names."""
    return {
        "headline": span.headline,
        "summary": span.summary,
        "kicker": span.kicker,
        "byline": span.byline,
        "image": span.image,
        **_span(span.seen),
        **_durations(span.seen),
        "captures": span.seen.captures,
        "rotation": span.rotation,
    }


def history_shape(history: History) -> dict[str, Any]:
    return {
        "site": history.site,
        "story": history.story,
        "url": history.url,
        "wordings": [
            {
                "headline": w.headline,
                "summary": w.summary,
                **_span(w.seen),
                "captures": w.seen.captures,
                "rotation": w.rotation,
            }
            for w in history.wordings
        ],
        "spans": [
            {"role": str(s.role), "section": s.section, **_span(s.seen), "captures": s.seen.captures}
            for s in history.spans
        ],
        "see_also": [
            {"story": c.story, "url": c.url, "headline": c.headline, "similarity": c.similarity}
            for c in history.see_also
        ],
    }


def change_shape(event: ChangeEvent) -> dict[str, Any]:
    return {
        "id": event.id,
        "site": event.site,
        "kind": str(event.kind),
        "at": iso(event.at),
        "capture": event.capture,
        "before": event.before,
        "story": event.story,
        "url": event.url,
        "headline": event.headline,
        "was": event.was,
        "role": str(event.role),
        "rotation": event.rotation,
    }


def hit_shape(hit: Hit) -> dict[str, Any]:
    return {
        "site": hit.site,
        "story": hit.story,
        "url": hit.url,
        "headline": hit.headline,
        "summary": hit.summary,
        "role": str(hit.role),
        "first_seen": iso(hit.first_seen),
        "last_seen": iso(hit.last_seen),
        "capture": hit.capture,
    }


def citation_shape(citation: Citation) -> dict[str, Any]:
    capture = citation.capture
    return {
        "capture": citation.name,
        "site": capture.site,
        "url": capture.url,
        "captured_at": iso(capture.instant),
        "status": capture.status,
        "observer": citation.observer,
        "origin": str(capture.origin),
        "sha256": citation.sha256,
        "size": citation.size,
        "revisit_of": capture.revisit_of,
        "body": str(citation.body),
        "removed_at": iso(citation.removed_at) if citation.removed_at else None,
        "removed_why": citation.removed_why,
        "reader": citation.reader,
        "quality": citation.quality,
        "problem": citation.problem,
        "headers": [list(pair) for pair in capture.headers],
        "request_headers": [list(pair) for pair in capture.request_headers],
        "redirects": [asdict(hop) for hop in capture.redirects],
        "citation": citation.line,
        "verify": list(citation.checks),
    }


def difference_shape(earlier: Shown, later: Shown, difference: Difference) -> dict[str, Any]:
    site = later.site
    return {
        "site": site,
        "from": iso(earlier.captured_at),
        "to": iso(later.captured_at),
        "came": [story_shape(story, site=site) for story in difference.came],
        "gone": [story_shape(story, site=site) for story in difference.gone],
        "moved": [_moved(change, site) for change in difference.moved],
        "retitled": [
            {
                "story": story_shape(c.now, site=site)["story"],
                "was": c.was.headline,
                "now": c.now.headline,
                "rotation": c.rotation,
            }
            for c in difference.retitled
        ],
    }


def _moved(change: Change, site: str) -> dict[str, Any]:
    was, now = (story_shape(story, site=site) for story in (change.was, change.now))
    place = ("role", "section", "position")
    return {
        "story": now["story"],
        "headline": now["headline"],
        "url": now["url"],
        "was": {name: was[name] for name in place},
        "now": {name: now[name] for name in place},
    }


def _span(bounds: Bounds) -> dict[str, Any]:
    names = ("first_seen", "last_seen", "not_before", "gone_by")
    instants = {name: getattr(bounds, name) for name in names}
    return {name: None if instant is None else iso(from_epoch(instant)) for name, instant in instants.items()}


def _durations(bounds: Bounds) -> dict[str, Any]:
    return {"at_least_s": bounds.at_least_s, "at_most_s": bounds.at_most_s}


def _led(spans: Sequence[Bounds]) -> dict[str, Any]:
    return {"lead_at_least_s": least_of(spans), "lead_at_most_s": most_of(spans)}
