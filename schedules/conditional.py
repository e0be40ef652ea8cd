"""Whether a site is asked conditionally, and whether its answer shows that its validators lie. Pure.

Servers lie about ETag: a page that has changed is answered with 304 for ever. So every twelfth visit, and one a day,
asks in full; another body under the same validators ends the trust.
"""

import hashlib
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from scraper import manners
from scraper.config import Site
from scraper.fetch import FetchRequest
from scraper.model import Capture
from storage.validators import Validators

MOST_REVISITS: Final = 11
LONGEST: Final = timedelta(days=1)


def may_ask_conditionally(known: Validators, now: datetime) -> bool:
    """Whether the last full answer is recent enough, and the site's validators have never been caught lying."""
    if known.taken_at is None or known.lied_at is not None:
        return False
    return known.revisits < MOST_REVISITS and now - known.taken_at < LONGEST


def request_of(site: Site, known: Validators, now: datetime) -> FetchRequest:
    """What to ask for; with the validators of the last full answer where they may be sent."""
    sent = known if may_ask_conditionally(known, now) else Validators()
    return FetchRequest(
        site=site.slug,
        url=site.url,
        headers=site.headers,
        obey_robots=site.robots == "obey",
        etag=sent.etag,
        last_modified=sent.last_modified,
        validator_sha256=sent.sha256,
    )


def shows_a_lie(known: Validators, capture: Capture) -> bool:
    """Whether a full answer is another body under the validators of the one before."""
    if capture.status != HTTPStatus.OK or known.lied_at is not None:
        return False
    headers = {name.lower(): value for name, value in capture.headers}
    return manners.validator_lies(
        etag_before=known.strongest,
        sha256_before=known.sha256,
        etag_now=headers.get("etag", "") or headers.get("last-modified", ""),
        sha256_now=hashlib.sha256(capture.body).hexdigest(),
    )
