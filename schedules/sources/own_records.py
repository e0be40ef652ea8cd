"""What our own WARC exports say of a capture beyond what was on the wire, so that it comes back as it was. Pure.

Before each response stands a metadata record that names it (docs/data.md, captures as WARC).
"""

import json
from dataclasses import dataclass, replace
from typing import Any, Final

from scraper.model import Capture, Hop, Origin

MEDIA_TYPE: Final = "application/warc-fields"
FIRST_FIELD: Final = b"capture: "


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """The fields of one metadata record that a response does not have by itself."""

    site: str
    origin: Origin
    status: int
    revisit_of: str
    headers: tuple[tuple[str, str], ...]
    request_headers: tuple[tuple[str, str], ...]
    redirects: tuple[Hop, ...]
    block: bytes  # the record's own, to be read again

    def restore(self, capture: Capture) -> Capture:
        """The capture as the exporting archive had it; what stands for another body has none of its own."""
        return replace(
            capture,
            origin=self.origin,
            status=self.status,
            headers=self.headers,
            request_headers=self.request_headers,
            redirects=self.redirects,
            body=b"" if self.revisit_of else capture.body,
            revisit_of=self.revisit_of,
        )


def read_own(block: bytes) -> Told | None:
    """What a metadata record's block tells; None where it is not one of ours."""
    if not block.startswith(FIRST_FIELD):
        return None
    lines = (line.partition(": ") for line in block.decode("utf-8", "replace").splitlines())
    fields = {name: value for name, _, value in lines}
    try:
        exchange: Any = json.loads(fields["exchange"])
        return Told(
            site=fields["site"],
            origin=Origin(fields["origin"]),
            status=int(fields["status"]),
            revisit_of=bytes.fromhex(fields.get("revisit-of", "")).hex(),
            headers=_pairs(exchange["headers"]),
            request_headers=_pairs(exchange["request_headers"]),
            redirects=tuple(
                Hop(url=str(hop["url"]), status=int(hop["status"]), location=str(hop["location"]))
                for hop in exchange["redirects"]
            ),
            block=block,
        )
    except (KeyError, ValueError, TypeError, RecursionError):
        return None


def _pairs(value: Any) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), str(text)) for name, text in value)
