"""Adding a site to config.toml: a table behind what is there, which stays as it is to the last byte."""

import json
import re
import tomllib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scraper import config_values as values
from scraper.config import Settings, checked, raw_text
from scraper.errors import ConfigError, FetchError, FrontpageError, NotFound
from scraper.model import FrontPage, Quality
from scraper.urls import canonical
from storage.whole import whole_file

SCHEDULE = "*/15 * * * *"
SECOND_LEVEL = {"ac", "co", "com", "edu", "gob", "gov", "gouv", "net", "or", "org"}  # bbc.co.uk, but not abc.es
_ARRAY = re.compile(r"^[ \t]*\[\[[ \t]*sites[ \t]*\]\]", re.MULTILINE)
_TITLE_ENDS = re.compile(r"\s+[|–—·•:-]\s+|:\s")  # "NPR - Breaking News, Analysis, ..."

Look = Callable[[str], FrontPage]  # fetches an address, and reads what is there


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """A site that somebody wants to add; what is empty is proposed."""

    url: str
    slug: str = ""
    name: str = ""
    timezone: str = "UTC"
    schedule: str = ""
    every: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Added:
    """A site that was added: as it is asked for now, the table's text, and the page if one was looked at."""

    wish: Wish
    table: str
    page: FrontPage | None


def add(settings: Settings, wish: Wish, *, look: Look | None) -> Added:
    """Append the site to the settings' file, after a look at its page, or without one.

    Raises ConfigError for what config.toml cannot hold or holds already, FetchError and NotFound where the look finds
    no front page. The file is as it was then.
    """
    try:
        values.url(wish.url, settings.fetch.allow_networks)
    except ValueError as error:
        raise ConfigError(f"URL {error}") from None
    wish = replace(wish, slug=wish.slug or proposed_slug(wish.url))
    _refuse_known(settings, wish)
    _table(settings.file, raw_text(settings.file), wish)  # faults are told before anything is fetched
    page = _seen(look, wish.url) if look else None
    wish = finished(wish, page)
    _refuse_known(settings, wish)
    raw = raw_text(settings.file)
    text = _table(settings.file, raw, wish)
    _write(settings.file, raw, text)
    return Added(wish=wish, table=text.decode(), page=page)


def finished(wish: Wish, page: FrontPage | None) -> Wish:
    """With the address after redirects and the name in the page's title, where there was a look."""
    name = wish.name or (page and name_in(page.title)) or wish.slug
    return replace(wish, name=name, url=page.url if page else wish.url)


def proposed_slug(url: str) -> str:
    """From the host and the path: https://www.theguardian.com/us is theguardian-us, https://bbc.co.uk/ is bbc."""
    parts = urlsplit(canonical(url))
    host, _, port = parts.netloc.partition(":")
    labels = host.split(".")
    if not labels[-1].isdigit():
        labels = labels[:-1] or labels
        if len(labels) > 1 and labels[-1] in SECOND_LEVEL:
            labels = labels[:-1]
    words = [*labels, port, *parts.path.split("/")]
    plain = unicodedata.normalize("NFKD", " ".join(words)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:64].strip("-")


def name_in(title: str) -> str:
    """What a page's title says first, as a name for people: "NPR - Breaking News" is NPR."""
    printable = "".join(letter if letter.isprintable() else " " for letter in title)
    return _TITLE_ENDS.split(" ".join(printable.split()))[0][: values.MAX_NAME].strip()


def added_shape(added: Added) -> dict[str, Any]:
    """What `sites add --json` prints."""
    wish, page = added.wish, added.page
    return {
        "site": wish.slug,
        "name": wish.name,
        "url": wish.url,
        "timezone": wish.timezone,
        "schedule": wish.schedule or (f"every {wish.every}" if wish.every else SCHEDULE),
        "quality": str(page.quality) if page else None,
        "lead": page.lead.headline if page and page.lead else None,
        "teasers": len(page.teasers) if page else None,
    }


def _refuse_known(settings: Settings, wish: Wish) -> None:
    for site in settings.sites:
        if canonical(site.url) == canonical(wish.url):
            raise ConfigError(f'{settings.file}: {wish.url} is there already, as "{site.slug}"')
        if site.slug == wish.slug:
            raise ConfigError(f'{settings.file}: the slug "{wish.slug}" is taken by {site.url}; name one with --slug')


def _seen(look: Look, url: str) -> FrontPage:
    remedy = "nothing was added; --no-check adds it without a look"
    try:
        page = look(url)
    except FetchError as error:
        raise FetchError(error.outcome, f"{url}: {error}; {remedy}") from None
    if page.quality is not Quality.OK:
        raise NotFound(f"{page.url} does not read as a front page ({page.quality}: {page.problem}); {remedy}")
    return page


def _table(file: Path, raw: bytes, wish: Wish) -> bytes:
    """The table's text, in the file's own line ends. Raises ConfigError where the file would be wrong with it."""
    end = b"\r\n" if b"\r\n" in raw else b"\n"
    lines = ["", *([] if raw.endswith((b"\n", b"\r")) or not raw else [""]), "[[sites]]"]
    lines += [f"{key} = {_quoted(value)}" for key, value in _keys(wish).items()]
    text = end.join(line.encode("utf-8", "surrogatepass") for line in [*lines, ""])
    checked(file, raw)
    before = raw.decode("utf-8-sig")
    if "sites" in tomllib.loads(before) and not _ARRAY.search(before):
        raise ConfigError(f"{file}: sites is one array; write a table [[sites]] for each, then another can be added")
    checked(file, raw + text)
    return text


def _keys(wish: Wish) -> dict[str, str]:
    when = {"schedule": wish.schedule, "every": wish.every}
    chosen = {key: value for key, value in when.items() if value} or {"schedule": SCHEDULE}
    name = wish.name or wish.slug
    return {"slug": wish.slug, "name": name, "url": wish.url, "timezone": wish.timezone} | chosen


def _quoted(value: str) -> str:
    """A basic string of TOML: JSON's escapes are among its own, and it wants one more."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _write(file: Path, raw: bytes, text: bytes) -> None:
    """Put the text behind what is there; the file is never half of itself."""
    try:
        with whole_file(file) as part:
            part.write_bytes(raw + text)
    except OSError as error:
        raise FrontpageError(f"{file}: cannot be written ({error.strerror}); nothing was added") from None
