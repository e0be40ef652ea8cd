"""Notices as messages: one a site and instant, one for all that is beyond a rule's limit, in words for people. Pure."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

from storage.outbox import Notice, Pending

MOST_LINES: Final = 20
FIRST_RETRY_S: Final = 30.0
LONGEST_RETRY_S: Final = 3_600.0
KEPT: Final = timedelta(days=7)  # then nobody needs to know any more; the archive still has it

CHANGES: Final = {
    "lead-changed": "New lead: {headline} (before: {was})",
    "appeared": "New: {headline}",
    "dropped": "Gone: {headline}",
    "promoted": "Now the lead: {headline}",
    "demoted": "No longer the lead: {headline}",
    "moved-section": "Moved out of “{was}”: {headline}",
    "headline-edited": "Headline edited: {headline} (before: {was})",
    "summary-edited": "Summary edited: {headline}",
    "image-changed": "Another image: {headline}",
    "drift": "Reads differently than usual: {what}",
    "unreadable": "Cannot be read: {what}",
    "failing": "Cannot be reached: {what}",
    "recovered": "As usual again: no longer {was}",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """What goes out at once: for people a title and lines, for programs the events. `rows` are the outbox's."""

    id: str
    rule: str
    title: str
    text: str
    events: tuple[dict[str, Any], ...]
    rows: tuple[int, ...]


def messages(rule: str, waiting: Sequence[Pending], *, room: int) -> Iterator[Message]:
    """The messages that may go out now, oldest first: `room` of them at most, the last of which tells all the rest."""
    groups = [list(group) for _, group in groupby(waiting, key=lambda one: (one.notice.site, one.notice.at))]
    if room < 1 or not groups:
        return
    if len(groups) > room:
        rest = [one for group in groups[room - 1 :] for one in group]
        groups = [*groups[: room - 1], rest]
    for group in groups:
        yield _message(rule, group)


def _message(rule: str, group: Sequence[Pending]) -> Message:
    notices = [one.notice for one in group]
    lines = [line(notice, with_site=notice.site != notices[0].site) for notice in notices]
    shown = lines[:MOST_LINES] + ([f"and {len(lines) - MOST_LINES} more"] if len(lines) > MOST_LINES else [])
    sites = list(dict.fromkeys(notice.site for notice in notices))
    title = lines[0] if len(lines) == 1 else f"{len(lines)} events"
    return Message(
        id=hashlib.sha256("\n".join([rule, *(notice.event for notice in notices)]).encode()).hexdigest()[:16],
        rule=rule,
        title=f"{', '.join(sites[:3])}{' and others' if len(sites) > 3 else ''}: {title}"[:200],
        text="\n".join(shown),
        events=tuple(notice.message for notice in notices),
        rows=tuple(one.row_id for one in group),
    )


def line(notice: Notice, *, with_site: bool = False) -> str:
    """One event in a line, with its time and address."""
    words = CHANGES[notice.kind].format_map(_Texts(notice.message))
    place = f"{notice.site}: " if with_site else ""
    url = notice.message.get("url", "")
    return f"{place}{' '.join(words.split())} ({notice.message['at']}{f', {url}' if url else ''})"


class _Texts(dict[str, Any]):
    """A message's texts; what an event does not have is "-". What comes from a page is a value here, never a format."""

    def __missing__(self, key: str) -> str:
        return "-"


def wait_before_retry(tries: int) -> timedelta:
    """After so many failures, of which this is the last: half a minute, doubling up to an hour."""
    return timedelta(seconds=min(FIRST_RETRY_S * 2.0 ** min(tries - 1, 20), LONGEST_RETRY_S))


def given_up_before(now: datetime) -> datetime:
    return now - KEPT
