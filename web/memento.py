"""Memento (RFC 7089): the archive as a TimeGate, TimeMaps and mementos, for browsers, pywb and other archives.

URLs inside our URLs are taken from the request as it was sent, path and query, and never normalised.
"""

import re
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import quote

from scraper.errors import ConfigError, NotFound
from scraper.instants import compact, parse
from scraper.model import Capture
from storage.bodies import Bodies
from storage.captures import capture_name, readable_capture
from storage.mementos import Memento, Mementos, memento_at
from web import archived
from web.asked import Asked, Document, Elsewhere, Headers

LINK_FORMAT = "application/link-format"
PAGE = 5_000  # mementos of a TimeMap at a time
_WEB = re.compile(r"/web/(\d{4,14})(?:(?<=/\d{14})~(\d{1,4}))?(id_)?/(.+)", re.DOTALL)
_TIMEMAP = re.compile(r"/timemap/link/(?:(\d{14})/(?=https?:))?(.+)", re.DOTALL)
_TIMEGATE = re.compile(r"/timegate/(.+)", re.DOTALL)
_URL_SAFE = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '<>"')
ALWAYS = datetime.max.replace(tzinfo=UTC)  # later than any memento, whatever the machine's clock says
_EARLIEST = "00000101000000"
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2
HIGHEST_STATUS = 599  # RFC 9110, section 15; some sites answer 999


def timemap(connection: sqlite3.Connection, asked: Asked) -> Document:
    """The mementos of a URL in link format, the first PAGE of them or those from an instant on."""
    start, url = _matched(_TIMEMAP, asked)
    line = Mementos(connection, url)
    since = _padded(start) if start else None
    page, following = line.listed(since=since, limit=PAGE)
    links = [
        _link(url, "original"),
        _link(asked.base + asked.raw, "self", kind=LINK_FORMAT, page=page),
        _link(f"{asked.base}/timegate/{url}", "timegate"),
        *(_memento_link(asked.base, memento) for memento in page),
    ]
    if following:
        address = f"{asked.base}/timemap/link/{compact(following)}/{url}"
        links.insert(2, _link(address, "timemap", kind=LINK_FORMAT, since=following))
    return Document(body=",\n".join(links).encode() + b"\n", media_type=LINK_FORMAT, is_kept=True)


def timegate(connection: sqlite3.Connection, asked: Asked) -> Elsewhere:
    """Where the memento of a URL lies that is nearest to the Accept-Datetime, or the last one."""
    (url,) = _matched(_TIMEGATE, asked)
    line = Mementos(connection, url)
    wanted = asked.headers.get("accept-datetime", "")
    chosen = line.nearest(_http_date(wanted) if wanted else ALWAYS)
    headers = (("Vary", "accept-datetime"), ("Link", _links(asked.base, line, url, chosen)))
    return Elsewhere(path=f"{asked.base}{_path(chosen)}", headers=headers)


def memento(connection: sqlite3.Connection, asked: Asked) -> Document | Elsewhere:
    """A memento of a URL: with `id_` the bytes as they came, else made inert; the nearest where there is none then."""
    digits, place, raw, url = _matched(_WEB, asked)
    at = _padded(digits)
    found = memento_at(connection, url, at, place=int(place or 1)) if len(digits) == 14 else None
    if found is None and place:
        raise NotFound(f"there are no {place} captures of {url} at that instant")
    if found is None:
        chosen = Mementos(connection, url).nearest(at)
        return Elsewhere(path=f"{asked.base}{_path(chosen, raw)}")
    capture = readable_capture(connection, Bodies(connection), found.capture_id)
    if capture is None:
        raise NotFound(f"the body that {capture_name(connection, found.capture_id)} stands for is not in the archive")
    headers = (
        ("Memento-Datetime", format_datetime(found.instant, usegmt=True)),
        ("Link", _links(asked.base, _line(connection, url), url, found)),
        *_original_headers(capture),
    )
    if raw:
        return _as_it_came(capture, found, headers)
    page = archived.inert(capture, asked.base + asked.raw)
    sent = (*headers, *page.headers)
    return Document(body=page.body, media_type=page.media_type, status=_status(capture), headers=sent, is_kept=True)


def _line(connection: sqlite3.Connection, url: str) -> Mementos | None:
    try:
        return Mementos(connection, url)
    except NotFound:  # one of a site's captures that answered under an address which it has no more
        return None


def _as_it_came(capture: Capture, found: Memento, headers: Headers) -> Document:
    """The archived bytes, to be saved and not opened: a browser would prefetch what they name."""
    name = f"{capture.site}-{compact(found.instant)}{_tilde(found.place)}.html"
    kept = (*headers, *archived.headers(), ("Content-Disposition", f'attachment; filename="{name}"'))
    kind = _one_line(capture.content_type) or "text/html"
    return Document(body=capture.body, media_type=kind, status=_status(capture), headers=kept, is_kept=True)


def _status(capture: Capture) -> int:
    """An archived error is an error still, also one that is none of HTTP's; every other response has a body to show."""
    if capture.status > HIGHEST_STATUS:
        return HTTPStatus.BAD_GATEWAY
    return capture.status if capture.status >= 400 else 200


def _original_headers(capture: Capture) -> Headers:
    """The response's own headers under names that mean nothing to a browser, but for those that are no names."""
    return tuple(
        (f"X-Archive-Orig-{name}", _one_line(value)) for name, value in capture.headers if _TOKEN.fullmatch(name)
    )


def _one_line(value: str) -> str:
    """A header's value as HTTP can carry it."""
    return "".join(letter if " " <= letter <= "~" or letter == "\t" else "?" for letter in value).strip()


def _links(base: str, line: Mementos | None, url: str, chosen: Memento) -> str:
    links = [
        _link(url, "original"),
        _link(f"{base}/timegate/{url}", "timegate"),
        _link(f"{base}/timemap/link/{url}", "timemap", kind=LINK_FORMAT),
    ]
    relations = {chosen: ["memento"]}
    if line:
        for name, end in (("first", line.first()), ("last", line.last())):
            if end:
                relations.setdefault(end, ["memento"]).insert(0, name)
    links += [_memento_link(base, memento, " ".join(names)) for memento, names in relations.items()]
    return ", ".join(links)


def _memento_link(base: str, memento: Memento, relation: str = "memento") -> str:
    return f'<{base}{_path(memento)}>; rel="{relation}"; datetime="{format_datetime(memento.instant, usegmt=True)}"'


def _link(
    url: str, relation: str, *, kind: str = "", page: Iterable[Memento] = (), since: datetime | None = None
) -> str:
    ends = [memento.instant for memento in page]
    parts = {
        "rel": relation,
        "type": kind,
        "from": format_datetime(since or ends[0], usegmt=True) if since or ends else "",
        "until": format_datetime(ends[-1], usegmt=True) if ends else "",
    }
    return f"<{_quoted(url)}>" + "".join(f'; {name}="{value}"' for name, value in parts.items() if value)


def _path(memento: Memento, raw: str = "") -> str:
    return address(memento.instant, memento.url, place=memento.place, raw=raw)


def address(instant: datetime, url: str, *, place: int, raw: str = "") -> str:
    """Where a memento lies in the room; `raw` is `id_` for its bytes."""
    return f"/web/{compact(instant)}{_tilde(place)}{raw}/{_quoted(url)}"


def _tilde(place: int) -> str:
    return f"~{place}" if place > 1 else ""


def _quoted(url: str) -> str:
    """The URL as it may stand in a header; what is encoded already stays as it is."""
    return quote(url, safe=_URL_SAFE)


def _matched(pattern: re.Pattern[str], asked: Asked) -> tuple[str, ...]:
    found = pattern.fullmatch(asked.raw)
    if found is None:
        raise NotFound("there is no such page")
    return tuple(part or "" for part in found.groups())


def _padded(digits: str) -> datetime:
    """The instant of 4 to 14 digits: what is left out is the earliest."""
    return parse(digits + _EARLIEST[len(digits) :], zone="UTC", now=datetime.now(UTC))


def _http_date(text: str) -> datetime:
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        raise ConfigError(f'Accept-Datetime "{text}" is no date; write one as in RFC 9110, section 5.6.7') from None
