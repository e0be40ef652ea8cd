"""Passwords and tokens: the config names an environment variable or a file, and never holds them itself."""

import os
import stat
import struct
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path

from scraper.config import WebSettings
from scraper.errors import ConfigError

MAX_BYTES = 4_096
# By these a daemon hands the secrets to the reading room that it starts: a command line is for all to see.
PASSWORD = "FRONTPAGE_WEB_PASSWORD"  # noqa: S105 - a name
TOKEN = "FRONTPAGE_WEB_TOKEN"  # noqa: S105 - a name
_ACL_GROUPS = (0x04, 0x08)  # the file's own group, and others by name
_ACL_MASK = 0x10


def web_secrets(web: WebSettings) -> dict[str, str]:
    """The secrets that [web] names, by variable. Raises ConfigError where one of them is not there."""
    return {
        PASSWORD: _secret("password", variable=web.password_env, file=web.password_file),
        TOKEN: _secret("token", variable=web.token_env, file=web.token_file),
    }


def exposure(host: str, secrets: Mapping[str, str]) -> str:
    """What to tell whoever opens the reading room to other machines without any secret, "" where nobody does."""
    if any(secrets.values()) or _is_loopback(host):
        return ""
    return (
        f"the reading room listens on {host or 'every address'} without a password or token: whoever reaches this "
        "machine reads the whole archive and runs SQL on it; set [web] password_env or token_env, or keep to 127.0.0.1"
    )


def is_open(file: Path) -> bool:
    """Whether a file is there for others than its owner and those that its ACL names one by one. Raises OSError.

    systemd names so the user that it hands a credential to; the bits of the group then tell of no group.
    """
    mode = file.stat().st_mode
    return bool(mode & stat.S_IRWXO) or bool(mode & stat.S_IRWXG and _may_groups(_acl(file)))


def _acl(file: Path) -> bytes:
    """A file's POSIX ACL as Linux keeps it, b"" where it has none."""
    try:
        return os.getxattr(file, "system.posix_acl_access")
    except (AttributeError, OSError):  # not Linux; no such thing there
        return b""


def _may_groups(acl: bytes) -> bool:
    """Whether any group may do anything by an ACL (linux/posix_acl_xattr.h), or there is none that says otherwise."""
    entries = list(struct.iter_unpack("<HHI", acl[4:])) if len(acl) % 8 == 4 else []
    mask = next((rights for tag, rights, _ in entries if tag == _ACL_MASK), 0o7)
    return not entries or any(rights & mask for tag, rights, _ in entries if tag in _ACL_GROUPS)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _secret(key: str, *, variable: str, file: Path | None, environment: Mapping[str, str] = os.environ) -> str:
    """The secret that `key`_env or `key`_file names, "" where neither is set. ConfigError where there is none."""
    if variable and file:
        raise ConfigError(f"[web] {key}_env and {key}_file are both set; keep one of the two")
    if variable:
        return _usable(f"[web] {key}_env: the environment variable {variable}", environment.get(variable, ""))
    if file:
        return _usable(f"[web] {key}_file: {file}", _first_line(key, file))
    return ""


def _first_line(key: str, file: Path) -> str:
    try:
        with file.open("rb") as opened:
            text = opened.read(MAX_BYTES).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"[web] {key}_file: {file} cannot be read: {error}") from None
    return text.partition("\n")[0]


def _usable(where: str, text: str) -> str:
    if not text.strip():
        raise ConfigError(f"{where} holds nothing; put the secret there")
    return text.strip()
