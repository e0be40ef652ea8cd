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

ZstdError = zstd.ZstdError  # what a damaged frame raises
LEVEL = 3
WINDOW_LOG = 24  # 16 MB: a 10 MB body still sees most of its prefix
SHORT = 1 << 16  # bytes with nothing distant to match: a front page's placements take 17 us so, and 72 us with it
ALONE = 7  # how much smaller zstd makes a page without a prefix; a delta that does not beat it is compared with it
CACHE_BYTES = 64_000_000
# Bodies come in groups of GROUP: the first whole, every RADIX-th a delta of the one RADIX before, the others of the one
# before. So a read decodes at most 15 bodies, damage stays in its group, and captures an hour apart take 1/158 of raw
# (heise, 2 to 43), where chains of 16 take 1/89; captures months apart 1/30.9 and 1/28.9.
RADIX = 8
GROUP = RADIX * RADIX
# Reasons of removals that nobody asked for: such a body is kept again when it comes again. All others are for good.
PRUNED = "pruned: said the same as the capture before"
DAMAGED = "damaged where it came from: "  # what was wrong follows


def compress(body: bytes, prefix: bytes = b"", *, level: int = LEVEL, has_checksum: bool = False) -> bytes:
    """One zstd frame of `body`; `prefix` is what the decoder will have to know."""
    options: dict[int, int] = {
        zstd.CompressionParameter.compression_level: level,
        zstd.CompressionParameter.checksum_flag: int(has_checksum),
    }
    if len(prefix) + len(body) > SHORT:
        options |= {
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

    @property
    def may_return(self) -> bool:
        """Whether the body is kept again when it comes again."""
        return self.reason == PRUNED or self.reason.startswith(DAMAGED)


def removal_of(connection: sqlite3.Connection, body_id: int) -> Removed | None:
    """Why a body is not kept; None for one that is."""
    row = connection.execute(
        """
        SELECT sha256, size, removed_at, reason FROM bodies JOIN removals ON removals.body_id = bodies.id
        WHERE bodies.id = ? AND data IS NULL ORDER BY removals.id DESC LIMIT 1
        """,
        (body_id,),
    ).fetchone()
    return Removed(sha256=row[0], size=row[1], removed_at=row[2], reason=row[3]) if row else None


class Bodies:
    """The bodies table behind one connection, with the bodies last used kept decoded: `cache_bytes` of them."""

    def __init__(self, connection: sqlite3.Connection, *, cache_bytes: int = CACHE_BYTES) -> None:
        self._connection = connection
        self._cache_bytes = cache_bytes
        self._decoded: OrderedDict[int, bytes] = OrderedDict()
        self._decoded_bytes = 0

    def store(self, body: bytes, *, after: int | None) -> int:
        """Id of the row that holds `body`, made where there is none. `after` is the body that came before it.

        A body that was pruned is kept again, whole: so nothing that was a delta of it can be its base. One that was
        taken down stays gone.
        """
        sha256 = hashlib.sha256(body).digest()
        known = self._row_of(sha256)
        if known is not None:
            if (removed := removal_of(self._connection, known)) and removed.may_return:
                self._put(known, None, 0, compress(body))
            return known
        base_id, step, data = self._smallest(body, after)
        cursor = self._connection.execute(
            "INSERT INTO bodies (sha256, size, base_id, step, level, data) VALUES (?, ?, ?, ?, ?, ?)",
            (sha256, len(body), base_id, step, LEVEL, data),
        )
        body_id = int(cursor.lastrowid or 0)
        self._remember(body_id, body)
        return body_id

    def store_removed(self, removed: Removed) -> int:
        """Id of the row of a body that is not kept, made where there is none; one that is kept here stays.

        One that was pruned here and taken down there stays gone from now on.
        """
        body_id = self._row_of(removed.sha256)
        if body_id is None:
            cursor = self._connection.execute(
                "INSERT INTO bodies (sha256, size, base_id, step, level, data) VALUES (?, ?, NULL, 0, ?, NULL)",
                (removed.sha256, removed.size, LEVEL),
            )
            body_id = int(cursor.lastrowid or 0)
            self.note_removal(body_id, removed.removed_at, removed.reason)
        elif (here := removal_of(self._connection, body_id)) and here.may_return and not removed.may_return:
            self.note_removal(body_id, removed.removed_at, removed.reason)
        return body_id

    def note_removal(self, body_id: int, removed_at: int, reason: str) -> None:
        """Write down why a body is not kept, or is about to go."""
        self._connection.execute(
            "INSERT INTO removals (body_id, removed_at, reason) VALUES (?, ?, ?)", (body_id, removed_at, reason)
        )

    def load(self, body_id: int) -> bytes:
        """The body, through its chain of prefixes. Raises ArchiveError where it is gone or damaged."""
        body = b""
        for row_id, data, sha256 in reversed(self._chain(body_id)):
            body = self._decoded.get(row_id) or _decode(data, sha256, body)
        self._remember(body_id, body)
        return body

    def keep_without(self, body_id: int, base_id: int) -> None:
        """Keep a body as a delta of what its base is a delta of, so that the base can go.

        Raises ArchiveError where the body cannot be decoded.
        """
        body = self.load(body_id)
        next_base, _, _ = self._place(base_id)
        _, step, _ = self._place(body_id)
        if delta := self._delta(body, next_base):
            self._put(body_id, next_base, step, delta)
        else:
            self._put(body_id, None, 0, compress(body))

    def forget_decoded(self) -> None:
        """Drop the cache: after a rollback it may hold a body that the table does not."""
        self._decoded.clear()
        self._decoded_bytes = 0

    def _row_of(self, sha256: bytes) -> int | None:
        row = self._connection.execute("SELECT id FROM bodies WHERE sha256 = ?", (sha256,)).fetchone()
        return int(row[0]) if row else None

    def _put(self, body_id: int, base_id: int | None, step: int, data: bytes) -> None:
        """Keep a body in another way."""
        self._connection.execute(
            "UPDATE bodies SET base_id = ?, step = ?, level = ?, data = ? WHERE id = ?",
            (base_id, step, LEVEL, data, body_id),
        )

    def _smallest(self, body: bytes, after: int | None) -> tuple[int | None, int, bytes]:
        """(base, step, data) of a new body that comes after another: as a delta, or whole where that takes less."""
        base_id, step = self._base(after)
        delta = self._delta(body, base_id)
        if delta and len(delta) * ALONE < len(body):
            return base_id, step, delta
        alone = compress(body)
        return (base_id, step, delta) if delta and len(delta) < len(alone) else (None, 0, alone)

    def _delta(self, body: bytes, base_id: int | None) -> bytes:
        """The body as a delta of another; b"" where that is none, or cannot be decoded: its damage stays its own."""
        if base_id is None:
            return b""
        try:
            return compress(body, self.load(base_id))
        except ArchiveError:
            return b""

    def _base(self, after: int | None) -> tuple[int | None, int]:
        """(base, step) of a body that comes after another: what it will be a delta of, and its place in the group."""
        if after is None:
            return None, 0
        base_id, step, is_there = self._place(after)
        following = (step + 1) % GROUP
        if not following or not is_there:
            return None, 0
        if following % RADIX == 0:
            while base_id is not None and step > following - RADIX:
                after = base_id
                base_id, step, is_there = self._place(after)
        return (after, following) if is_there else (None, 0)

    def _place(self, body_id: int) -> tuple[int | None, int, bool]:
        """(base, step, whether its data is here) of a body."""
        row: tuple[int | None, int, bool] = self._connection.execute(
            "SELECT base_id, step, data IS NOT NULL FROM bodies WHERE id = ?", (body_id,)
        ).fetchone()
        return row

    def _chain(self, body_id: int) -> list[tuple[int, bytes, bytes]]:
        """(id, data, sha256) of a body and of those it is a delta of, itself first, up to one that is decoded."""
        chain: list[tuple[int, bytes, bytes]] = []
        next_id: int | None = body_id
        while next_id is not None:
            row = self._connection.execute(
                "SELECT data, sha256, base_id FROM bodies WHERE id = ?", (next_id,)
            ).fetchone()
            if row is None:
                raise ArchiveError(f"body {next_id} is not in the archive")
            data, sha256, base_id = row
            if data is None and chain:
                raise ArchiveError(f"body {chain[0][2].hex()} is damaged: what it is a delta of was removed")
            if data is None:
                raise ArchiveError(f"body {sha256.hex()} was removed")
            chain.append((next_id, data, sha256))
            next_id = None if next_id in self._decoded else base_id
        return chain

    def _remember(self, body_id: int, body: bytes) -> None:
        self._decoded_bytes += len(body) - len(self._decoded.pop(body_id, b""))
        self._decoded[body_id] = body
        while len(self._decoded) > 1 and self._decoded_bytes > self._cache_bytes:
            _, dropped = self._decoded.popitem(last=False)
            self._decoded_bytes -= len(dropped)


def _decode(data: bytes, sha256: bytes, prefix: bytes) -> bytes:
    try:
        body = decompress(data, prefix)
    except zstd.ZstdError as error:
        raise ArchiveError(f"body {sha256.hex()} is damaged: {error}") from error
    if hashlib.sha256(body).digest() != sha256:
        raise ArchiveError(f"body {sha256.hex()} is damaged: its content has another sha256")
    return body
