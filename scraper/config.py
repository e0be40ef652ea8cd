"""config.toml as frozen settings: the whole file is checked, and every fault is told with its key and remedy."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import ErrorDetails

from scraper import config_values as values
from scraper.config_notify import Notify
from scraper.errors import ConfigError
from scraper.guard import Network
from scraper.limits import FETCH_DEADLINE_S
from scraper.model import Layout

Seconds = Annotated[int, BeforeValidator(values.seconds)]
AllowedNetwork = Annotated[Network, BeforeValidator(values.network)]
Whole = Annotated[int, Field(strict=True)]
Headers = tuple[tuple[str, str], ...]

# What pydantic's commonest complaints ask for, in words that follow "it must be".
_WISHES: Final = {
    "string_type": "a string",
    "int_type": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "tuple_type": "an array",
    "path_type": "a path",
}


class _Table(BaseModel):
    """A table of config.toml: frozen, and no key that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ArchiveSettings(_Table):
    """[archive]: where the archive is, who looks, and how far apart looks may be to count as consecutive."""

    path: Path = Field(default=Path("archive.db"), validate_default=True)
    name: Annotated[str, AfterValidator(values.slug)] = "home"
    gap: Seconds = 21_600

    @field_validator("path")
    @classmethod
    def _absolute(cls, path: Path, info: ValidationInfo) -> Path:
        folder: Path = (info.context or {}).get("folder", Path.cwd())
        return values.beside(folder, path)


class FetchSettings(_Table):
    """[fetch]: the manners and bounds of every request."""

    user_agent: Annotated[str, AfterValidator(values.header_value)] = "frontpage-archive (+https://example.org/contact)"
    deadline: float = Field(default=FETCH_DEADLINE_S, gt=0, le=3_600)
    concurrency: Whole = Field(default=64, ge=1, le=1_000)
    allow_networks: tuple[AllowedNetwork, ...] = ()
    min_gap: float = Field(default=1.0, ge=0, le=3_600)
    spread: float = Field(default=60.0, ge=0, le=3_600)
    proxy: Annotated[str, AfterValidator(values.proxy)] = ""


class WebSettings(_Table):
    """[web]: where the reading room listens, where the password and the token are found that it asks for.

    What servers at `trusted_proxies` say of a client is believed; `public_names` are the hosts that they answer for.
    """

    host: str = Field(default="127.0.0.1", min_length=1)
    port: Whole = Field(default=8001, ge=0, le=65_535)
    password_env: Annotated[str, AfterValidator(values.variable)] = ""
    password_file: Path | None = Field(default=None, validate_default=True)
    token_env: Annotated[str, AfterValidator(values.variable)] = ""
    token_file: Path | None = Field(default=None, validate_default=True)
    trusted_proxies: tuple[AllowedNetwork, ...] = ()
    public_names: tuple[Annotated[str, AfterValidator(values.host_name)], ...] = ()

    @field_validator("password_file", "token_file")
    @classmethod
    def _absolute(cls, path: Path | None, info: ValidationInfo) -> Path | None:
        folder: Path = (info.context or {}).get("folder", Path.cwd())
        return values.beside(folder, path) if path else None


class BackfillSettings(_Table):
    """[backfill]: the archives that are asked for a site's past, and how fast.

    `wayback` is a server with a CDX index, `memento` one with TimeMaps below `/timemap/link/`. The limits are the
    Internet Archive's own (listings are requests to an index), so raise them for your own server only. Runs that share
    `pace_file` share the limits; without it those of one user on one machine do.
    """

    wayback: str = "https://web.archive.org"
    memento: str = "https://web.archive.org/web"
    listings_per_minute: float = Field(default=24, gt=0, le=100_000)
    mementos_per_second: float = Field(default=8, gt=0, le=100_000)
    pace_file: Path | None = None

    @field_validator("pace_file")
    @classmethod
    def _absolute(cls, path: Path | None, info: ValidationInfo) -> Path | None:
        folder: Path = (info.context or {}).get("folder", Path.cwd())
        return values.beside(folder, path) if path else None

    @field_validator("wayback", "memento")
    @classmethod
    def _fetchable(cls, url: str, info: ValidationInfo) -> str:
        return values.url(url, (info.context or {}).get("allow_networks", values.EVERYWHERE))


class Site(_Table):
    """[[sites]]: a front page that is watched. Exactly one of `schedule` (cron) and `every` (seconds) says when."""

    slug: Annotated[str, AfterValidator(values.slug)]
    name: Annotated[str, AfterValidator(values.plain_text)]
    url: str
    timezone: Annotated[str, AfterValidator(values.zone)]
    schedule: str = ""
    every: Seconds | None = Field(default=None, validate_default=True)
    headers: Headers = ()
    robots: Literal["obey", "ignore"] = "obey"
    conditional: bool = Field(default=False, strict=True)
    gap: Seconds | None = None
    layouts: Annotated[
        tuple[Annotated[Layout, BeforeValidator(values.layout)], ...], AfterValidator(values.layouts)
    ] = ()

    @field_validator("url")
    @classmethod
    def _fetchable(cls, url: str, info: ValidationInfo) -> str:
        """Only a loaded file knows which networks it allows; a Site made in code leaves them to the fetch gate."""
        return values.url(url, (info.context or {}).get("allow_networks", values.EVERYWHERE))

    @field_validator("schedule")
    @classmethod
    def _cron(cls, schedule: str) -> str:
        return values.cron(schedule)

    @field_validator("every")
    @classmethod
    def _one_of_two(cls, every: int | None, info: ValidationInfo) -> int | None:
        schedule = info.data.get("schedule")  # absent where it was faulty, which has been told already
        if schedule and every is not None:
            raise ValueError("stands beside schedule; keep one of the two")
        if schedule == "" and every is None:
            raise ValueError('is missing, and so is schedule; add schedule = "*/15 * * * *" or every = "15m"')
        return every

    @field_validator("headers", mode="before")
    @classmethod
    def _header_pairs(cls, headers: object) -> Headers:
        if isinstance(headers, tuple):
            headers = dict(headers)
        if not isinstance(headers, Mapping):
            raise ValueError('must be a table, such as headers = {accept-language = "en"}')
        return values.headers(headers)

    def layout_at(self, instant: datetime) -> Layout | None:
        """The layout that applies to a capture of `instant`, by the date in the site's own zone."""
        day = instant.astimezone(ZoneInfo(self.timezone)).date()
        for layout in self.layouts:
            begun = layout.valid_from is None or layout.valid_from <= day
            if begun and (layout.valid_until is None or day < layout.valid_until):
                return layout
        return None


class Settings(_Table):
    """A whole config file."""

    file: Path
    archive: ArchiveSettings = ArchiveSettings()
    fetch: FetchSettings = FetchSettings()
    web: WebSettings = WebSettings()
    backfill: BackfillSettings = BackfillSettings()
    notify: tuple[Notify, ...] = ()
    sites: tuple[Site, ...] = ()

    def site(self, slug: str) -> Site:
        """The site of that slug."""
        for site in self.sites:
            if site.slug == slug:
                return site
        known = [site.slug for site in self.sites]
        hint = values.suggestion(slug, known) or "; `frontpage sites list` names them all"
        raise ConfigError(f"{self.file}: no site {values.quoted(slug)}{hint}")


def load(file: Path) -> Settings:
    """Read and check a config file; a ConfigError tells every fault in it, one a line."""
    return checked(file, raw_text(file))


def checked(file: Path, raw: bytes) -> Settings:
    """The settings that a config file would hold with these bytes in it; a ConfigError as `load` raises it."""
    return _Loading(file, _tables(file, raw)).settings()


def raw_text(file: Path) -> bytes:
    """A config file's bytes; a ConfigError where it cannot be read."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise ConfigError(f"{file}: there is no such file; name one with --config FILE") from None
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror}); check its path and permissions") from None


def _tables(file: Path, raw: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line, column = _line_and_column(raw, error.start)
        raise ConfigError(f"{file}: is not UTF-8 (at line {line}, column {column}); save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        place = "at line {}, column {}".format(*_line_and_column(raw, len(raw)))
        reason = str(error).replace("at end of document", place)
        raise ConfigError(f"{file}: is not TOML: {reason}; mend that place") from None


def _line_and_column(raw: bytes, offset: int) -> tuple[int, int]:
    before = raw[:offset]
    return before.count(b"\n") + 1, offset - (before.rfind(b"\n") + 1) + 1


_T = TypeVar("_T", bound=BaseModel)


class _Loading:
    """One pass over the tables of a file that gathers faults instead of stopping at the first."""

    def __init__(self, file: Path, tables: dict[str, Any]) -> None:
        self.file = file
        self.tables = tables
        self.faults: list[str] = []
        self.context: dict[str, Any] = {"folder": file.absolute().parent}

    def settings(self) -> Settings:
        """The settings, or one ConfigError with every fault."""
        self._top_level_keys()
        archive = self._table(ArchiveSettings, "archive")
        fetch = self._table(FetchSettings, "fetch")
        web = self._table(WebSettings, "web")
        self.context["allow_networks"] = fetch.allow_networks if fetch else ()
        backfill = self._table(BackfillSettings, "backfill")
        sites = tuple(self._array(Site, "sites", "slug"))
        notify = tuple(self._array(Notify, "notify", "name"))
        self._known_sites(notify)
        if self.faults or not (archive and fetch and web and backfill):
            raise ConfigError("\n".join(f"{self.file}: {fault}" for fault in self.faults))
        return Settings(
            file=self.file.absolute(),
            archive=archive,
            fetch=fetch,
            web=web,
            backfill=backfill,
            notify=notify,
            sites=sites,
        )

    def _top_level_keys(self) -> None:
        known = ("archive", "fetch", "web", "backfill", "notify", "sites")
        for key in self.tables:
            if key not in known:
                self.faults.append(values.unknown_key(key, known))

    def _table(self, model: type[_T], key: str) -> _T | None:
        return self._checked(model, self.tables.get(key, {}), f"[{key}] ")

    def _array(self, model: type[_T], key: str, identity: str) -> Iterator[_T]:
        """The tables of [[key]], no two of which share what `identity` names."""
        tables = self.tables.get(key, [])
        if not isinstance(tables, list):
            self.faults.append(f"{key} must be an array of tables; begin each of them with [[{key}]]")
            return
        first: dict[str, int] = {}
        for number, table in enumerate(tables, start=1):
            own = table.get(identity) if isinstance(table, dict) else None
            place = f"{key}[{number}]" + (f" ({identity} {values.quoted(own)})" if own is not None else "") + ": "
            if isinstance(own, str) and first.setdefault(own, number) != number:
                self.faults.append(f"{place}{identity} is that of {key}[{first[own]}] too; give each its own")
            if row := self._checked(model, table, place):
                yield row

    def _known_sites(self, rules: Iterable[Notify]) -> None:
        tables = self.tables.get("sites", [])
        known = [table.get("slug") for table in tables if isinstance(table, dict)] if isinstance(tables, list) else []
        for rule in rules:
            for slug in rule.sites:
                if slug not in known:
                    hint = values.suggestion(slug, filter(None, known)) or "; name one of [[sites]]"
                    self.faults.append(f"notify (name {values.quoted(rule.name)}): no site {values.quoted(slug)}{hint}")

    def _checked(self, model: type[_T], table: object, place: str) -> _T | None:
        if not isinstance(table, dict):
            self.faults.append(f"{place.rstrip(': ')} must be a table")
            return None
        try:
            return model.model_validate(table, context=self.context)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                self.faults += (place + line for line in _told(detail, model))
            return None


def _told(detail: ErrorDetails, model: type[BaseModel]) -> list[str]:
    """One fault as pydantic found it, in the words of the file: key, value, remedy."""
    key = _key(detail["loc"])
    if detail["type"] == "extra_forbidden":
        return [values.unknown_key(key, model.model_fields)]
    if detail["type"] == "missing":
        return [f"{key} is missing; add it"]
    if detail["type"] == "value_error":
        return [f"{key} {line}" for line in str(detail["ctx"]["error"]).split("\n")]
    wish = _WISHES.get(detail["type"]) or detail["msg"].removeprefix("Input should be ")
    return [f"{key} is {values.quoted(detail['input'])}; it must be {wish}"]


def _key(loc: tuple[int | str, ...]) -> str:
    """A pydantic location as a key of the file: ("layouts", 0) is layouts[1]."""
    parts = (f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in loc)
    return "".join(parts).removeprefix(".")
