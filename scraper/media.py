"""What a body without markup is that is no text for readers: pictures, archives, JSON, XML, code, rules for robots."""

import json
import re
from typing import Final

# Bytes that no text has (WHATWG, MIME Sniffing, "binary data byte"), in the characters of any one-byte decoding.
BINARY: Final = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
SIGNATURES: Final = (("%PDF-", "PDF"), ("%!PS", "PostScript"), ("GIF8", "GIF"), ("RIFF", "RIFF"), ("{\\rtf", "RTF"))
LOOKED_AT: Final = 1_445  # characters, as many bytes as browsers look at
XML: Final = re.compile(r"<(?:\?xml|rss|feed|urlset|sitemapindex|svg)\b")
# The end of a line of a style sheet or a script.
CODE: Final = re.compile(r"[^\n]*[;{}][ \t\r]*(?:\n|$)")
ROBOTS: Final = re.compile(r"^\s*user-agent\s*:", re.IGNORECASE | re.MULTILINE)


def data_reason(text: str) -> str:
    """Why a text without markup is none that readers are given, "" where it may be."""
    begins = text[:LOOKED_AT].lstrip()
    for signature, name in SIGNATURES:
        if begins.startswith(signature):
            return f"it is {name}, not text"
    if BINARY.search(text[:LOOKED_AT]):
        return "it is binary data, not text"
    if begins[:1] in ("{", "[") and is_json(text):
        return "it is JSON, not text"
    if XML.match(begins):
        return "it is XML, not text"
    if CODE.match(begins):
        return "it is code, not text"
    if ROBOTS.search(begins):
        return "it is a robots.txt"
    return ""


def is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
