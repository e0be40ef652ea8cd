"""The size of print that a `font` states, by HTML's rules for parsing a legacy font size."""

import re
from typing import Final

TEXT: Final = 3  # what a size that is relative starts from
LARGEST: Final = 7
STATED: Final = re.compile(r"\s*([+-]?)(\d{1,3})")


def font_size(attributes: dict[str, str | None]) -> int:
    """The size of a `font`, from 1 to 7; 0 where it states none."""
    found = STATED.match(attributes.get("size") or "")
    if found is None:
        return 0
    sign, digits = found.groups()
    size = TEXT + int(sign + digits) if sign else int(digits)
    return max(1, min(size, LARGEST))
