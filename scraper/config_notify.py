"""[[notify]]: who is told of what. Addresses that hold secrets stand in the environment or in files, never in here."""

from pathlib import Path
from typing import Annotated, Final
from urllib.parse import parse_qsl, urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from scraper import config_values as values

CHANGES: Final = (
    "lead-changed", "appeared", "dropped", "promoted", "demoted", "moved-section", "headline-edited", "summary-edited",
    "image-changed",
)  # fmt: skip
TROUBLES: Final = ("drift", "unreadable", "failing", "recovered")
# Apprise's services that need no password; those that carry one come by `to_env` or `to_file`.
OPEN_SCHEMES: Final = ("dbus", "glib", "gnome", "kde", "macosx", "mailto", "mailtos", "qt", "syslog", "windows")
SECRET_KEYS: Final = frozenset({"key", "pass", "password", "pwd", "secret", "token"})


def _kind(value: str) -> str:
    known = (*CHANGES, *TROUBLES)
    if value not in known:
        hint = values.suggestion(value, known) or f"; known are {', '.join(known)}"
        raise ValueError(f"{values.quoted(value)} is nothing that is told{hint}")
    return value


def _open_address(value: str) -> str:
    """An Apprise URL without secrets; "" for none."""
    if not value:
        return ""
    parts = urlsplit(value)
    if parts.scheme not in OPEN_SCHEMES or parts.password or "@" in parts.netloc or _has_secret(parts.query):
        raise ValueError(
            f"must be one of {', '.join(f'{scheme}://' for scheme in OPEN_SCHEMES)} without a password; "
            f"write any other address into an environment variable and name it in to_env, or into a file (to_file)"
        )
    return value


def _has_secret(query: str) -> bool:
    return any(key.lower() in SECRET_KEYS for key, _ in parse_qsl(query, keep_blank_values=True))


class Notify(BaseModel):
    """A rule: of which sites' events, of which kinds and about what, and where they go.

    `query` looks for words in what the story of a change was ever called; troubles of a site have no story and pass. At
    most `limit` messages go out in `per` seconds; what is beyond is told in one message.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, AfterValidator(values.slug)]
    sites: tuple[str, ...] = ()
    kinds: tuple[Annotated[str, AfterValidator(_kind)], ...] = ("lead-changed", *TROUBLES)
    query: str = Field(default="", max_length=values.MAX_NAME)
    limit: int = Field(default=10, ge=1, le=1_000, strict=True)
    per: Annotated[int, BeforeValidator(values.seconds)] = 3_600
    to: Annotated[str, AfterValidator(_open_address)] = ""
    to_env: Annotated[str, AfterValidator(values.variable)] = ""
    to_file: Path | None = None
    webhook: str = Field(default="", validate_default=True)
    secret_env: Annotated[str, AfterValidator(values.variable)] = ""
    secret_file: Path | None = Field(default=None, validate_default=True)

    @field_validator("query")
    @classmethod
    def _has_words(cls, query: str) -> str:
        if query and not any(letter.isalnum() for letter in query):
            raise ValueError(f"{values.quoted(query)} holds no word to look for")
        return query

    @field_validator("webhook")
    @classmethod
    def _one_address(cls, webhook: str, info: ValidationInfo) -> str:
        keys = ("to", "to_env", "to_file")
        given = [key for key in keys if info.data.get(key)] + (["webhook"] if webhook else [])
        if len(given) > 1:
            raise ValueError(f"and its like ({', '.join(given)}) exclude each other; keep one")
        if not given and all(key in info.data for key in keys):
            raise ValueError("is missing, and so are to, to_env and to_file; add one of them")
        return values.url(webhook, (info.context or {}).get("allow_networks", values.EVERYWHERE)) if webhook else ""

    @field_validator("to_file", "secret_file")
    @classmethod
    def _absolute(cls, path: Path | None, info: ValidationInfo) -> Path | None:
        folder: Path = (info.context or {}).get("folder", Path.cwd())
        return values.beside(folder, path) if path else None

    @field_validator("secret_file")
    @classmethod
    def _signed(cls, path: Path | None, info: ValidationInfo) -> Path | None:
        has_secret, webhook = bool(path) or bool(info.data.get("secret_env")), info.data.get("webhook")
        if webhook and not has_secret:
            raise ValueError("is missing, and so is secret_env: name what a webhook's messages are signed with")
        if has_secret and webhook == "":
            raise ValueError("and secret_env belong to a webhook; take them out")
        return path
