"""What stays the same on every page of a fictional newspaper: its name, language, sections and own words."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """The paper's own words for what stands around its stories."""

    front_section: str
    by: str  # with {name}
    sponsored: str
    advertisement: str
    advertisement_text: str
    most_read: str
    newsletter: str
    newsletter_text: str
    menu: tuple[str, ...]
    footer: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Masthead:
    """A paper's identity. `home` is the path that it is served under."""

    slug: str
    name: str
    tagline: str
    language: str
    direction: str
    zone: str
    charset: str
    sections: Mapping[str, str]
    words: Words
    home: str = "/"
