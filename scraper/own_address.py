"""The address that a saved page gives for itself, for whoever does not know from where it was saved. Pure."""

import re
from typing import Final

from scraper.cost import too_costly
from scraper.decode import decode
from scraper.document import Document, is_plain_text
from scraper.guard import unsafe_url
from scraper.urls import absolute, restored

HEAD: Final = 65_536  # characters; saving programs write at the beginning
# As browsers, SingleFile and monolith write it; the first write http://internet.e-mail where they know none.
SAVED_FROM: Final = re.compile(
    r"<!-- saved from url=\(\d{4}\)(?!http://internet\.e-mail)(\S+)|Page saved with SingleFile\s+url: (\S+)|"
    r"<!-- Saved from (\S+) at \S+ using monolith"
)


def own_address(body: bytes) -> str:
    """Where a page was saved from, by what saved it, else by its canonical, og:url or base address; "" if none says."""
    text = decode(body)
    if is_plain_text(text, "") or too_costly(text):
        return ""
    document = Document(text, "")
    saved = SAVED_FROM.search(text, 0, HEAD)
    told = (saved[saved.lastindex or 0] if saved else "", document.stated, document.meta("og:url"), document.base)
    addresses = (restored(absolute(address, document.base)) for address in told if address)
    return next((address for address in addresses if address.isprintable() and not unsafe_url(address)), "")
