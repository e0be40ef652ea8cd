"""What pages are dressed in, style, script and icon, under addresses that change with it: so it is kept for good."""

from pathlib import Path

from web.conditional import tag_of

STATIC = Path(__file__).parent / "static"
MOUNT = "static"
FOREVER = b"private, max-age=31536000, immutable"


def _address(file: Path) -> str:
    tag = tag_of(file.read_bytes()).strip('"')
    return f"/{MOUNT}/{file.name}?v={tag}"


DRESS = {file.name: _address(file) for file in STATIC.iterdir()}  # by name, the address
_KEPT = frozenset(DRESS.values())


def is_for_good(path: str, query: bytes) -> bool:
    """Whether what is asked for will never be another."""
    return f"{path}?{query.decode('latin-1')}" in _KEPT
