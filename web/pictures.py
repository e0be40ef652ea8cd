"""Pictures are the reader's choice: they lie on the newspapers' own servers, which learn who looks."""

from web.asked import Asked, Headers
from web.guard import POLICY

COOKIE = "pictures"
# Only where the reader allows it: pictures from anywhere, and from nowhere anything else.
WITH_PICTURES = POLICY.replace("img-src 'self' data:", "img-src 'self' data: https: http:")


def are_wanted(asked: Asked) -> bool:
    """What the query says now, else what the reader chose before."""
    return (asked.one(COOKIE) or asked.cookies.get(COOKIE, "")) == "on"


def headers(asked: Asked) -> Headers:
    """The policy that goes with the choice, and the choice itself where it was made with this request."""
    chosen = asked.one(COOKIE)
    policy = (("Content-Security-Policy", WITH_PICTURES),) if are_wanted(asked) else ()
    if chosen not in ("on", "off"):
        return policy
    return (*policy, ("Set-Cookie", f"{COOKIE}={chosen}; Path=/site; Max-Age=31536000; SameSite=Strict; HttpOnly"))
