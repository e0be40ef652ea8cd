"""Pure checks of values in config.toml: each returns what it stands for, or raises a ValueError with the remedy."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import UTC, date, datetime
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network, ip_network
from itertools import pairwise
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from scraper.guard import Network, host_of, unsafe_url
from scraper.manners import RESERVED_HEADERS, unsafe_header
from scraper.model import Layout

EVERYWHERE: Final[tuple[Network, ...]] = (IPv4Network("0.0.0.0/0"), IPv6Network("::/0"))
MAX_SELECTOR: Final = 1_000  # characters; a selector is a line, not a program
MAX_HEADER_VALUE: Final = 4_096
MAX_NAME: Final = 200
MAX_DURATION_S: Final = 36_525 * 86_400

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_DURATION = re.compile(r"(\d{1,9})([smhd])")
_UNIT_S: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}")  # RFC 9110, section 5.6.2: a token
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")  # no CR, LF or NUL, so no second header can be smuggled in
_CRON_EPOCH: Final = datetime(2024, 1, 1, tzinfo=UTC)


def suggestion(wrong: str, known: Iterable[str]) -> str:
    """A remedy for a name that is not known: the one that was surely meant, else those that are close, else ""."""
    names = list(known)
    matches = get_close_matches(wrong, names, n=1, cutoff=0.9) or get_close_matches(wrong, names, n=3, cutoff=0.7)
    return f"; did you mean {' or '.join(quoted(match) for match in matches)}?" if matches else ""


def unknown_key(key: str, known: Iterable[str]) -> str:
    """The fault of a key that a table does not have."""
    names = list(known)
    return f"{quoted(key)} is not a known key{suggestion(key, names) or '; known are ' + ', '.join(names)}"


def quoted(value: object) -> str:
    """A value as it would stand in TOML, cut short where it is long."""
    text = str(value)
    if not isinstance(value, str):
        return text.lower() if isinstance(value, bool) else text[:80]
    shown = text if len(text) <= 80 else text[:79] + "…"
    return '"' + "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in shown) + '"'


def plain_text(value: str) -> str:
    """A name for people: one line, not empty, of bounded length."""
    if not value.strip() or len(value) > MAX_NAME or not value.isprintable():
        raise ValueError(f"{quoted(value)} must be one line of 1 to {MAX_NAME} printable characters")
    return value


def slug(value: str) -> str:
    """A site's identity: it stands in URLs, file names and IDs."""
    if not _SLUG.fullmatch(value):
        remedy = re.sub(r"[^a-z0-9]+", "-", value.lower())[:64].strip("-")
        hint = f', for example "{remedy}"' if remedy else ""
        raise ValueError(f"{quoted(value)} is no slug; use 1 to 64 lower-case letters, digits and inner hyphens{hint}")
    return value


def zone(value: str) -> str:
    """An IANA time zone name."""
    try:
        ZoneInfo(value)
    except (ValueError, OSError, KeyError):  # unknown; a folder such as "America"; "../" and NUL
        hint = suggestion(value, available_timezones()) or '; write one such as "Europe/Berlin"'
        raise ValueError(f"{quoted(value)} is not an IANA zone{hint}") from None
    return value


def cron(value: str) -> str:
    """A cron expression of five fields that comes round at least once."""
    if len(value.split()) != 5:
        raise ValueError(f'{quoted(value)} does not have the five fields of cron; write one such as "*/15 * * * *"')
    try:
        next(CronSim(value, _CRON_EPOCH))
    except CronSimError as error:
        field = str(error).removeprefix("Bad ")
        raise ValueError(
            f"{quoted(value)} is not a cron expression (see its {field}); write minute, hour, day-of-month, month "
            'and day-of-week, such as "*/15 * * * *"'
        ) from None
    except StopIteration:
        raise ValueError(f"{quoted(value)} never comes round; check its day-of-month and month") from None
    return value


def seconds(value: object) -> int:
    """A duration: "90s", "15m", "6h", "1d", or a whole number of seconds; from one second to a hundred years."""
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    total = int(match[1]) * _UNIT_S[match[2]] if match else 0
    if isinstance(value, int) and not isinstance(value, bool):
        total = value
    if total > MAX_DURATION_S:
        raise ValueError(f'{quoted(value)} is longer than a hundred years; write one such as "15m" or "6h"')
    if total <= 0:
        raise ValueError(f'{quoted(value)} is not a duration; write one such as "15m", "6h" or 90 (seconds)')
    return total


def spelled(total: int) -> str:
    """A duration as `seconds` takes it, in the largest unit that it is a whole number of."""
    unit = next(unit for unit in reversed(_UNIT_S) if total % _UNIT_S[unit] == 0)
    return f"{total // _UNIT_S[unit]}{unit}"


def selector(value: str) -> str:
    """A CSS selector as the parser understands it; "" leaves the part to the generic reader."""
    if len(value) > MAX_SELECTOR:
        raise ValueError(f"is {len(value)} characters long; keep it within {MAX_SELECTOR}")
    if value:
        try:
            LexborHTMLParser("<p>").css_first(value)
        except (SelectolaxError, ValueError):
            raise ValueError(f'{quoted(value)} is not a CSS selector; write one such as "article > h2"') from None
    return value


def layout(value: object) -> Layout:
    """A layout whose keys are known, selectors compile and dates are in order; every fault is told, one a line."""
    table = asdict(value) if isinstance(value, Layout) else value
    if not isinstance(table, dict):
        raise ValueError("must be a table; begin it with [[sites.layouts]]")
    known = [part.name for part in fields(Layout)]
    faults = [unknown_key(key, known) for key in table if key not in known]
    faults += ["name is missing; add it"] if "name" not in table else []
    faults += [fault for key in known if key in table and (fault := _layout_fault(key, table[key]))]
    valid_from, valid_until = table.get("valid_from"), table.get("valid_until")
    if isinstance(valid_from, date) and isinstance(valid_until, date) and not faults and valid_from >= valid_until:
        faults.append(f"valid_until {valid_until} is not after valid_from {valid_from}; swap or drop one")
    if faults:
        raise ValueError("\n".join(faults))
    return Layout(**table)


def _layout_fault(key: str, value: object) -> str:
    if key in ("valid_from", "valid_until"):
        whole_day = value is None or (isinstance(value, date) and not isinstance(value, datetime))
        return "" if whole_day else f"{key} {quoted(value)} is not a date; write one such as 2026-03-01, without quotes"
    if not isinstance(value, str):
        return f"{key} is {quoted(value)}; it must be a string"
    try:
        plain_text(value) if key == "name" else selector(value)
    except ValueError as error:
        return f"{key} {error}"
    return ""


def layouts(values: tuple[Layout, ...]) -> tuple[Layout, ...]:
    """Layouts that never apply on the same day."""
    ordered = sorted(values, key=lambda item: item.valid_from or date.min)
    for before, after in pairwise(ordered):
        if before.valid_until is None or (after.valid_from or date.min) < before.valid_until:
            raise ValueError(
                f"{quoted(before.name)} and {quoted(after.name)} apply on the same days; end one where the other "
                f"begins (valid_until = the other's valid_from)"
            )
    return values


def headers(values: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Request headers as (name, value) pairs, none of them the fetch's own."""
    faults = [fault for name, value in values.items() if (fault := _header_fault(name, value))]
    names = [name.lower() for name in values]
    faults += [f"{quoted(name)} stands twice; keep one" for name in sorted(set(names)) if names.count(name) > 1]
    if faults:
        raise ValueError("\n".join(faults))
    return tuple((name, str(value)) for name, value in values.items())


def _header_fault(name: str, value: object) -> str:
    if not _HEADER_NAME.fullmatch(name):
        return f"{quoted(name)} is not a header name; use letters, digits and hyphens"
    if name.lower() in RESERVED_HEADERS:
        where = "set [fetch] user_agent" if name.lower() == "user-agent" else "take it out"
        return f"{quoted(name)} is set by the fetch itself; {where}"
    if not isinstance(value, str) or len(value) > MAX_HEADER_VALUE or not _HEADER_VALUE.fullmatch(value):
        return (
            f"{quoted(name)} must be a string of at most {MAX_HEADER_VALUE} Latin characters on one line; "
            f"take out line breaks and control characters"
        )
    if reason := unsafe_header(name, value):
        return f"{quoted(name)} is not sent: {reason}; mend it"
    return ""


def header_value(value: str) -> str:
    """The value of a header that must not be empty, such as the User-Agent."""
    if not value.strip() or _header_fault("user-agent-value", value):
        raise ValueError(f"must be one line of Latin characters, at most {MAX_HEADER_VALUE} of them")
    return value


def network(value: object) -> Network:
    """An IP network such as 127.0.0.0/8."""
    if isinstance(value, IPv4Network | IPv6Network):
        return value
    try:
        return ip_network(value if isinstance(value, str) else "")
    except ValueError as error:
        detail = f" ({error})" if isinstance(value, str) and "host bits" in str(error) else ""
        raise ValueError(f'{quoted(value)} is not a network{detail}; write one such as "127.0.0.0/8"') from None


def host_name(value: str) -> str:
    """A host name as browsers send it (RFC 1123, section 2.1); one that is not ASCII in its xn-- form."""
    name = value.rstrip(".").lower()
    if not name or not all(part and part.isascii() and part.replace("-", "").isalnum() for part in name.split(".")):
        raise ValueError(
            f'{quoted(value)} is no host name; write one such as "archive.example.org" (xn-- where it is not ASCII)'
        )
    return name


def url(value: str, allow_networks: Sequence[Network] = EVERYWHERE) -> str:
    """A URL that may be fetched, as far as can be told without asking DNS."""
    if reason := unsafe_url(value, allow_networks):
        shown = host_of(value) if "@" in value else value  # a password is not for the log
        if not unsafe_url(value, EVERYWHERE):
            remedy = 'to fetch it all the same, add its network to [fetch] allow_networks, such as "127.0.0.0/8"'
        else:
            remedy = 'write one such as "https://www.example.org/"'
        raise ValueError(f"{quoted(shown)} is not fetched: {reason}; {remedy}")
    return value


def beside(folder: Path, path: Path) -> Path:
    """A path as it is meant in a file of `folder`; `~` is the home of whoever runs this."""
    try:
        return folder / path.expanduser()
    except RuntimeError:
        raise ValueError(f"{quoted(str(path))} lies in the home of nobody here; write the whole path") from None


def variable(value: str) -> str:
    """The name of an environment variable; "" for none."""
    if value and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", value):
        raise ValueError(f"{quoted(value)} is no name of an environment variable; the secret itself stays out of here")
    return value


def proxy(value: str) -> str:
    """The address of an http or https proxy, credentials and all; "" for none."""
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if value and not usable:
        raise ValueError('is not the address of a proxy; write one such as "http://proxy.example.org:3128"')
    return value
