"""The clutter that makes a real page heavy: styles, a renderer's state and a nonce; nothing in it is news."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final

STYLE_RULES: Final = 260  # about 25 KB, as inlined by a build tool
MODULES: Final = 220  # about 40 KB of JSON, as left behind by a server-side renderer


@dataclass(frozen=True, kw_only=True, slots=True)
class Clutter:
    """What a template puts into the head of a page."""

    styles: str
    state: str
    nonce: str


def token(*seed: object, size: int = 16) -> str:
    """Hexadecimal digits that look random and that the seed decides; `size` is even."""
    return hashlib.shake_128("|".join(map(str, seed)).encode()).hexdigest(size // 2)


def clutter(slug: str, instant: datetime) -> Clutter:
    """A paper's clutter: the nonce changes every minute although the news does not, as on most real pages."""
    nonce = token(slug, f"{instant:%Y%m%d%H%M}", size=20)
    state = f'{{"build":"{token(slug, "build")}","request":"{nonce}","modules":{_modules(slug)}}}'
    return Clutter(styles=_styles(slug), state=state, nonce=nonce)


@cache
def _styles(slug: str) -> str:
    return "".join(
        f".{slug}-{token(slug, number, size=6)}{{margin:0 {number % 9}px {number % 17}px;display:flex;"
        f"color:#{token(number, size=6)};font:{10 + number % 22}px/1.{number % 9} serif}}"
        for number in range(STYLE_RULES)
    )


@cache
def _modules(slug: str) -> str:
    return json.dumps(
        [
            {
                "id": token(slug, number, size=24),
                "kind": f"module-{number % 12}",
                "enabled": number % 3 == 0,
                "slot": {"sizes": [[300, 250], [728, 90 + number % 7]], "key": token(number, size=40)},
            }
            for number in range(MODULES)
        ]
    )
