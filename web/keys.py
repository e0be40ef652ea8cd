"""Who may enter: a password for people (HTTP Basic, any user name), a token for programs (Bearer, RFC 6750)."""

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from scraper.secrets import PASSWORD, TOKEN

CHALLENGE = b'Basic realm="Frontpage Archive", charset="UTF-8"'


@dataclass(frozen=True, kw_only=True, slots=True)
class Keys:
    """The secrets that open the reading room; without any it is open."""

    password: str = ""
    token: str = ""

    @property
    def are_set(self) -> bool:
        return bool(self.password or self.token)

    def open_for(self, authorization: str) -> bool:
        """Whether the value of an Authorization header opens the room."""
        if not self.are_set:
            return True
        credentials = authorization.partition(" ")[2]
        match scheme_of(authorization):
            case "basic":
                return _same(_password_in(credentials.strip()), self.password)
            case "bearer":
                return _same(credentials.strip(), self.token)
        return False


OPEN = Keys()


def scheme_of(authorization: str) -> str:
    """The kind of secret that an Authorization header tries, "" where there is none."""
    scheme = authorization.partition(" ")[0].lower()
    return scheme if scheme in ("basic", "bearer") else ""


def keys_from(secrets: Mapping[str, str]) -> Keys:
    """The keys among the secrets, named as `scraper.secrets.web_secrets` names them."""
    return Keys(password=secrets.get(PASSWORD, ""), token=secrets.get(TOKEN, ""))


def _password_in(credentials: str) -> str:
    try:
        return base64.b64decode(credentials, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""


def _same(given: str, expected: str) -> bool:
    """Compared in constant time; what is not set opens nothing."""
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())
