"""The columns of every export and view, with their kinds and meanings, as dictionary.toml lists them."""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any


class Kind(StrEnum):
    """What a column holds. An empty cell (null in jsonl, parquet and SQL) says that there is none, or nobody knows."""

    TEXT = "text"
    INTEGER = "integer"
    SECONDS = "seconds"
    BYTES = "bytes"
    SHARE = "share"
    INSTANT = "instant"
    BOOLEAN = "boolean"


# kind: (type in a data dictionary, unit)
TOLD = {
    Kind.TEXT: ("text", ""),
    Kind.INTEGER: ("integer", ""),
    Kind.SECONDS: ("integer", "seconds"),
    Kind.BYTES: ("integer", "bytes"),
    Kind.SHARE: ("number", "0 to 1"),
    Kind.INSTANT: ("instant", "UTC, whole seconds"),
    Kind.BOOLEAN: ("boolean", ""),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One column of an export or a view."""

    name: str
    kind: Kind
    meaning: str


@cache
def dictionary() -> dict[str, Any]:
    """dictionary.toml as it is."""
    return tomllib.loads(files("storage").joinpath("dictionary.toml").read_text(encoding="utf-8"))


def export_columns(what: str) -> tuple[Column, ...]:
    """The columns of an export's rows, in order; of `readings` those of a row a story."""
    return columns_of(dictionary()["exports"][what])


def columns_of(entry: dict[str, Any]) -> tuple[Column, ...]:
    """The columns of an export or a view, as its entry lists them."""
    return tuple(
        Column(name=name, kind=Kind(kind), meaning=meaning) for name, (kind, meaning) in entry["columns"].items()
    )
