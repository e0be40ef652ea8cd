"""The picture of a story: the best of its sources, no placeholder, nothing that decorates many stories."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from selectolax.lexbor import LexborNode

from scraper.urls import absolute, is_kept, restored

# An element that shows a picture is an img, or one of some library's own: amp-img, a-img.
ELEMENTS: Final = "img, [src][alt]"
CUSTOM: Final = ("-img", "-image")
# One that its element has as its ground, set in the markup or when it is seen.
GROUNDS: Final = '[style*="url("], [data-bg], [data-bgset], [data-bgsrc], [data-background-image], [data-img-url]'
GROUND: Final = re.compile(r"background(?:-image)?\s*:[^;]*?url\(\s*['\"]?([^'\")]+)", re.IGNORECASE)
LINKED: Final = 3  # elements from a ground to its link
SETS: Final = ("data-srcset", "data-lazy-srcset", "srcset")
SOURCES: Final = (
    "data-src",
    "data-original",
    "data-lazy-src",
    "data-url",
    "data-bg",
    "data-background-image",
)  # of pictures that are loaded when seen
PLAIN: Final = frozenset({"src", "alt", "title", "class", "id", "style", "srcset", "sizes", "width", "height"})
# Other attributes are named as every script likes: dest_src, longdesc, data-retina-src. What they hold tells them.
PICTURE: Final = re.compile(r"(?:https?:)?[^\s\"'<>{}:]+\.(?:jpe?g|png|webp|avif)(?:[?;!/:]\S*)?", re.IGNORECASE)
PLACEHOLDER: Final = re.compile(
    r"^data:|(?:^|[/_.-])(?:spacer|blank|clear|trans(?:parent)?|pixel|1?px|1x1|empty|leer|vide|vacio|dot|shim|place-?holder|"
    r"loading|loader|lazy(?:load)?)[-_]?\d*\.(?:gif|png|svg)(?:$|[?#])|/R0lGOD[\w+/=]+$",  # the last: a GIF's own bytes
    re.IGNORECASE,
)


def shown_in(node: LexborNode) -> list[LexborNode]:
    """The pictures in an element, and the elements in it that have one as their ground, below a text or in a link."""
    found: list[LexborNode] = node.css(ELEMENTS)
    found += [ground for ground in node.css(GROUNDS) if ground.text(strip=True) or is_linked(ground)]
    return found


def is_linked(ground: LexborNode) -> bool:
    """Whether an element stands in a link: a link that itself has a ground is as often a small one beside a list."""
    step = ground.parent
    for _ in range(LINKED):
        if step is None:
            return False
        if step.tag == "a":
            return True
        step = step.parent
    return False


CANDIDATE: Final = re.compile(r"\s*([^\s,]\S*[^\s,]|\S)(?:\s+([\d.]+)([wx]))?\s*(?:,|$)")
LINE_ENDS: Final = dict.fromkeys(map(ord, "\t\n\r"))
LONGEST_SET: Final = 8_000
# Beside so many stories a picture is an icon, a spacer or a bullet. At least 24 on the labelled pages are beside
# three stories or more, one beside 84, and all of them are such.
DECORATION: Final = 3


def pictures(images: Sequence[Sequence[LexborNode]], base: str) -> list[str]:
    """For each story, from the `img` elements of its block, the address of the first that is a picture of its own."""
    first = [next(addresses(own, base), "") for own in images]
    if not decorations(first):
        return first
    every = [list(addresses(own, base)) for own in images]
    passed = decorations(source for own in every for source in set(own))
    return [next((source for source in own if source not in passed), "") for own in every]


def decorations(found: Iterable[str]) -> set[str]:
    return {source for source, count in Counter(found).items() if source and count >= DECORATION}


def addresses(images: Sequence[LexborNode], base: str) -> Iterator[str]:
    """The pictures of a block that are no placeholders, as their publisher addressed them."""
    for image in images:
        if source := source_of(image):
            # Line ends in an address count for nothing (URL Standard, 4.4).
            url = absolute(source if source.isprintable() else source.translate(LINE_ENDS), base)
            yield restored(url) if is_kept(url) else url


def is_placeholder(source: str) -> bool:
    """Whether a source shows nothing. Of most this is seen without the pattern, which takes 7 us."""
    lower = source.lower()
    possible = ".gif" in lower or ".png" in lower or ".svg" in lower or "data:" in lower or "/r0lgod" in lower
    return possible and PLACEHOLDER.search(source) is not None


def source_of(image: LexborNode) -> str:
    """The best source of a picture: the widest of its sets, else what is loaded when it is seen, else `src`."""
    return next((source for source in sources(image) if source and not is_placeholder(source)), "")


def sources(image: LexborNode) -> Iterator[str]:
    """All sources of a picture, the best first (HTML, the img and picture elements)."""
    attributes = image.attributes
    yield from sets(attributes)
    around = image.parent
    if around is not None and around.tag == "picture":
        for other in around.css("source"):
            yield from sets(other.attributes)
    elif around is not None and (around.tag or "").endswith(CUSTOM):
        yield (around.attributes.get("src") or "").strip()
    for name in SOURCES:
        if source := attributes.get(name):
            yield source.strip()
    for name, value in attributes.items():
        if value and name not in PLAIN and PICTURE.fullmatch(value.strip()):
            yield value.strip()
    if source := attributes.get("src"):
        yield source.strip()
    if (style := attributes.get("style")) and (found := GROUND.search(style)):
        yield found[1].strip()


def sets(attributes: dict[str, str | None]) -> Iterator[str]:
    for name in SETS:
        if (candidates := attributes.get(name)) and (best := widest(candidates)):
            yield best


def widest(srcset: str) -> str:
    """The candidate of a `srcset` with the largest descriptor that is no placeholder."""
    best, size = "", -1.0
    for found in CANDIDATE.finditer(srcset[:LONGEST_SET]):
        try:
            value = float(found[2] or 1)
        except ValueError:
            continue
        if value > size and not is_placeholder(found[1]):
            best, size = found[1], value
    return best
