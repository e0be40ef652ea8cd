"""An archived page made inert: what a browser is shown of it runs nothing, loads nothing and reaches nobody.

Three things see to that. The policy: a sandbox without scripts, and no source for anything but inline styles and data.
The headers: no prefetching of names. And since no policy keeps Chromium from connecting ahead (for `<link
rel=preconnect>`, or for a frame that it then blocks), elements that connect are renamed; the exact bytes are to be had
beside, as a file to save.

Links lead where they led: relative ones start from where the page was, not from the room, but for those into the page
itself. The one `<base>` that says so is ours, and the policy lets it name the page's own origin alone.
"""

import re
from dataclasses import dataclass
from html import escape, unescape

from scraper.decode import decode
from scraper.document import base_of
from scraper.model import Capture
from web.asked import Headers

POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "form-action 'none'; base-uri {base}; frame-ancestors 'none'"
)
# A tag's name begins right behind "<" (HTML, section 13.2.5.6), and what is renamed is no such element any more.
_RENAMED = re.compile(r"<(?=(?:base|link|meta|i?frame|object|embed|applet|portal|fencedframe)[\s/>])", re.IGNORECASE)
# Each pattern goes once over the text, whatever the text is.
_BASE = re.compile(
    r"<!--.*?(?:-->|\Z)|<script\b.*?(?:</script|\Z)|"
    r"<base\s(?:[^<>]*?\s)?href\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)'|([^\s\"'<>]+))",
    re.IGNORECASE | re.DOTALL,
)
_INTO_ITSELF = re.compile(r"(<a\s(?:[^<>]*?\s)?href\s*=\s*[\"']?)(?=#)", re.IGNORECASE)
# What a browser may meet before `<html>`: an element ahead of the doctype would make it draw as those of 1999 did.
_TOP = re.compile(r"(?:\s|<!--.*?-->|<\?[^>]*>)*+(?:<!doctype[^>]*>)?+", re.IGNORECASE | re.DOTALL)
_ORIGIN = re.compile(r"https?://[a-z0-9_.-]+(?::\d+)?(?=[/?#]|$)", re.IGNORECASE)  # such as a policy can name


@dataclass(frozen=True, kw_only=True, slots=True)
class Inert:
    """A page as a browser gets it."""

    body: bytes
    media_type: str
    headers: Headers


def headers(base: str = "'none'") -> Headers:
    """What goes out with every archived body; `base` is the origin that its `<base>` may name."""
    return (("Content-Security-Policy", POLICY.format(base=base)), ("X-DNS-Prefetch-Control", "off"))


def inert(capture: Capture, address: str) -> Inert:
    """The page as UTF-8, for a browser that finds it under `address`. Text stays text, and as it is."""
    text, kind, origin = decode(capture.body, capture.content_type), "plain", None
    if not capture.content_type.lower().startswith("text/plain"):
        kind, base = "html", _base(text, capture.url)
        text, origin = _RENAMED.sub("<archived-", text), _ORIGIN.match(base)
        if origin:
            text = _starting_from(base, text, address)
    return Inert(
        body=text.encode("utf-8", "replace"),
        media_type=f"text/{kind}; charset=utf-8",
        headers=headers(origin[0]) if origin else headers(),
    )


def _base(text: str, url: str) -> str:
    """Where a page's relative links start: its own address, or what its `<base>` says."""
    stated = next((href for found in _BASE.finditer(text) for href in found.groups() if href), "")
    return base_of(unescape(stated).strip(), url) if stated else url


def _starting_from(base: str, text: str, address: str) -> str:
    top = _TOP.match(text)
    end = top.end() if top else 0
    rest = _INTO_ITSELF.sub(lambda link: link[1] + escape(address), text[end:])
    return f'{text[:end]}<base href="{escape(base)}">{rest}'
