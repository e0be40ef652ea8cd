"""An archived page made inert: what a browser is shown of it runs nothing, loads nothing and reaches nobody.

Three things see to that. The policy: a sandbox without scripts, and no source for anything but inline styles and data.
The headers: no prefetching of names. And since no policy keeps Chromium from connecting ahead (for `<link
rel=preconnect>`, or for a frame that it then blocks), elements that connect are renamed; the exact bytes are to be had
beside, as a file to save.
"""

import re

from scraper.decode import decode
from scraper.model import Capture
from web.asked import Headers

POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
INERT: Headers = (("Content-Security-Policy", POLICY), ("X-DNS-Prefetch-Control", "off"))
# A tag's name begins right behind "<" (HTML, section 13.2.5.6), and what is renamed is no such element any more.
_CONNECTS = re.compile(r"<(?=(?:link|meta|i?frame|object|embed|applet|portal|fencedframe)[\s/>])", re.IGNORECASE)


def inert(capture: Capture) -> bytes:
    """The page as UTF-8, with the elements renamed that connect to elsewhere."""
    return _CONNECTS.sub("<archived-", decode(capture.body, capture.content_type)).encode("utf-8", "replace")


def inert_type(capture: Capture) -> str:
    """The type under which a browser gets it: text stays text."""
    is_text = capture.content_type.lower().startswith("text/plain")
    return f"text/{'plain' if is_text else 'html'}; charset=utf-8"
