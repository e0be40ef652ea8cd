"""Bodies on disk: zstd with an earlier body of the same site as prefix, checked against their sha256 on every read."""

import hashlib
import sqlite3
import sys
from collections import OrderedDict
from dataclasses import dataclass

from scraper.errors import ArchiveError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LEVEL = 3
MAX_LINKS = 16  # bodies to decode for one read: 12 ms at the 95th percentile on 700 KB pages, and 30.7x smaller
WINDOW_LOG = 24  # 16 MB: a 10 MB body still sees most of its prefix
ALONE = 7  # how much smaller zstd makes a page without a prefix; a delta that does not beat it is compared with it
CACHE_BYTES = 64_000_000


def compress(body: bytes, prefix: bytes = b"") -> bytes:
    """One zstd frame of `body`; `prefix` is what the decoder will have to know."""
    options: dict[int, int] = {
        zstd.CompressionParameter.compression_level: LEVEL,
        zstd.CompressionParameter.enable_long_distance_matching: 1,
        zstd.CompressionParameter.window_log: WINDOW_LOG,
    }
    return zstd.compress(body, options=options, zstd_dict=_as_prefix(prefix))


def decompress(data: bytes, prefix: bytes = b"") -> bytes:
    """The body of a frame that `compress` made with the same prefix."""
    return zstd.decompress(data, zstd_dict=_as_prefix(prefix))


def _as_prefix(prefix: bytes) -> "tuple[zstd.ZstdDict, int] | None":
    return zstd.ZstdDict(prefix, is_raw=True).as_prefix if len(prefix) >= 8 else None  # zstd wants eight bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Removed:
    """A body that is gone: what it was, and since when and why it is not kept. `removed_at` in seconds since 1970."""

    sha256: bytes
    size: int
    removed_at: int
    reason: str


class Bodies:
    """The bodies table behind one connection, with the bodies last used kept decoded."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._decoded: OrderedDict[int, bytes] = OrderedDict()

    def store(self, body: bytes, *, base_id: int | None) -> int:
        """Id of the row that holds `body`, made where there is none. `base_id` names a body that is likely similar."""
        sha256 = hashlib.sha256(body).digest()
        known = self._connection.execute("SELECT id FROM bodies WHERE sha256 = ?", (sha256,)).fetchone()
        if known:
            return int(known[0])
        base_id, links, data = self._smallest(body, base_id)
        cursor = self._connection.execute(
            "INSERT INTO bodies (sha256, size, base_id, links, data) VALUES (?, ?, ?, ?, ?)",
            (sha256, len(body), base_id, links, data),
        )
        body_id = int(cursor.lastrowid or 0)
        self._remember(body_id, body)
        return body_id

    def store_removed(self, removed: Removed) -> int:
        """Id of the row of a body that is not kept, made where there is none; one that is kept here stays."""
        known = self._connection.execute("SELECT id FROM bodies WHERE sha256 = ?", (removed.sha256,)).fetchone()
        if known:
            return int(known[0])
        cursor = self._connection.execute(
            "INSERT INTO bodies (sha256, size, base_id, links, data) VALUES (?, ?, NULL, 1, NULL)",
            (removed.sha256, removed.size),
        )
        self._connection.execute(
            "INSERT INTO removals (body_id, removed_at, reason) VALUES (?, ?, ?)",
            (cursor.lastrowid, removed.removed_at, removed.reason),
        )
        return int(cursor.lastrowid or 0)

    def load(self, body_id: int) -> bytes:
        """The body, through its chain of prefixes. Raises ArchiveError where it is gone or damaged."""
        body = b""
        for row_id, data, sha256 in reversed(self._chain(body_id)):
            body = self._decoded.get(row_id) or _decode(data, sha256, body)
        self._remember(body_id, body)
        return body

    def forget_decoded(self) -> None:
        """Drop the cache: after a rollback it may hold a body that the table does not."""
        self._decoded.clear()

    def _smallest(self, body: bytes, base_id: int | None) -> tuple[int | None, int, bytes]:
        """(base, links, data) of the way to store a body that takes less space."""
        delta = self._delta(body, base_id) if base_id is not None else None
        if delta and len(delta[2]) * ALONE < len(body):
            return delta
        alone = (None, 1, compress(body))
        return min(delta or alone, alone, key=lambda way: len(way[2]))

    def _delta(self, body: bytes, base_id: int) -> tuple[int, int, bytes] | None:
        links, data = self._connection.execute("SELECT links, data FROM bodies WHERE id = ?", (base_id,)).fetchone()
        if links >= MAX_LINKS or data is None:
            return None
        return base_id, links + 1, compress(body, self.load(base_id))

    def _chain(self, body_id: int) -> list[tuple[int, bytes | None, bytes]]:
        """(id, data, sha256) of a body and of those it is a delta of, itself first, up to one that is decoded."""
        chain: list[tuple[int, bytes | None, bytes]] = []
        next_id: int | None = body_id
        while next_id is not None:
            row = self._connection.execute(
                "SELECT data, sha256, base_id FROM bodies WHERE id = ?", (next_id,)
            ).fetchone()
            if row is None:
                raise ArchiveError(f"body {next_id} is not in the archive")
            chain.append((next_id, row[0], row[1]))
            next_id = None if next_id in self._decoded else row[2]
        return chain

    def _remember(self, body_id: int, body: bytes) -> None:
        self._decoded[body_id] = body
        self._decoded.move_to_end(body_id)
        while len(self._decoded) > 1 and sum(map(len, self._decoded.values())) > CACHE_BYTES:
            self._decoded.popitem(last=False)


def _decode(data: bytes | None, sha256: bytes, prefix: bytes) -> bytes:
    if data is None:
        raise ArchiveError(f"body {sha256.hex()} was removed")
    try:
        body = decompress(data, prefix)
    except zstd.ZstdError as error:
        raise ArchiveError(f"body {sha256.hex()} is damaged: {error}") from error
    if hashlib.sha256(body).digest() != sha256:
        raise ArchiveError(f"body {sha256.hex()} is damaged: its content has another sha256")
    return body
