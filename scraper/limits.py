"""Every bound on what comes from outside, in one place. A bound that is met has a named outcome, never a crash."""

from typing import Final

MAX_WIRE_BYTES: Final = 10_000_000
MAX_BODY_BYTES: Final = 10_000_000
MAX_HEADER_BYTES: Final = 64 * 1024
MAX_REDIRECTS: Final = 10
MAX_ROBOTS_BYTES: Final = 512_000  # RFC 9309, section 2.5: at least 500 kibibytes
MAX_WEBHOOK_ANSWER: Final = 64 * 1024
MAX_STORIES: Final = 1_000
MAX_HEADLINE: Final = 1_000  # characters, also of kicker, byline and section
MAX_SUMMARY: Final = 4_000
MAX_BODY_PARAGRAPHS: Final = 500
MAX_URL: Final = 2_048
FETCH_DEADLINE_S: Final = 30.0
READING_DEADLINE_S: Final = 5.0
READING_MEMORY_BYTES: Final = 2_000_000_000  # address space of a reader worker; tag soup costs 50 times its size
