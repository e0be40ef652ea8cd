"""What there is to tell of a change or an alarm, and which rule wants to know it."""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from schedules.alarms import Turn
from scraper.config_notify import Notify
from scraper.instants import iso
from storage.archive import Archive
from storage.changes import ChangeEvent
from storage.outbox import Notice, mentions, put
from storage.shapes import change_shape

RECOVERED = "recovered"


def of_change(event: ChangeEvent) -> Notice:
    return Notice(event=event.id, site=event.site, kind=event.kind, at=event.at, message=change_shape(event))


def of_turn(slug: str, turn: Turn) -> Notice:
    """An alarm that goes on is told as what it is, one that goes off as a recovery."""
    kind = str(turn.kind) if turn.is_on else RECOVERED
    event = _event_id(kind, slug, str(turn.kind), iso(turn.since))
    message: dict[str, Any] = {
        "id": event, "site": slug, "kind": kind, "at": iso(turn.at), "since": iso(turn.since), "what": turn.what,
    }  # fmt: skip
    if not turn.is_on:
        message["was"] = str(turn.kind)
    return Notice(event=event, site=slug, kind=kind, at=turn.at, message=message)


def wants(rule: Notify, notice: Notice) -> bool:
    """Whether a rule is about a notice's site and kind; what it says of the story is another question."""
    return notice.kind in rule.kinds and (not rule.sites or notice.site in rule.sites)


def post(archive: Archive, rules: Iterable[Notify], notices: Sequence[Notice]) -> None:
    """Put every notice into the outbox for every rule that wants it; part of the caller's transaction."""
    for rule in rules:
        put(archive, rule.name, _wanted(archive, rule, notices))


def _wanted(archive: Archive, rule: Notify, notices: Iterable[Notice]) -> Iterator[Notice]:
    for notice in notices:
        story = notice.message.get("story")
        if wants(rule, notice) and (not (rule.query and story) or mentions(archive.connection, story, rule.query)):
            yield notice


def _event_id(*parts: str) -> str:
    """Derived, as the ids of changes are."""
    digest = hashlib.sha256("\n".join(parts).encode()).digest()
    return base64.b32encode(digest).decode().lower()[:12]
