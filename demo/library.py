"""The fictional newspapers that come with the demo, read from the texts beside this module."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Final

from demo.masthead import Words
from demo.paper import Paper
from demo.timeline import Text

SLUGS: Final = ("courier", "deichbote", "phare", "almina", "gangkou", "gavan", "faro")


@cache
def paper(slug: str) -> Paper:
    """The paper of that slug, in its first design."""
    return _paper(slug, tomllib.loads(files("demo").joinpath("texts", f"{slug}.toml").read_text(encoding="utf-8")))


def papers() -> tuple[Paper, ...]:
    """All of them."""
    return tuple(paper(slug) for slug in SLUGS)


def _paper(slug: str, tables: dict[str, Any]) -> Paper:
    words: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in tables.pop("words").items()
    }
    texts = tuple(_text(table) for table in tables.pop("stories"))
    design = tables.pop("design")
    for key in ("authors", "sentences"):
        tables[key] = tuple(tables[key])
    return Paper(slug=slug, words=Words(**words), texts=texts, redesigns=((None, design),), **tables)


def _text(table: dict[str, Any]) -> Text:
    edits = tuple((edit["after"], edit["headline"]) for edit in table.pop("edits", ()))
    return Text(edits=edits, **table)
