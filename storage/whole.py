"""Files that appear whole or not at all."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from stat import S_IMODE


@contextmanager
def whole_file(file: Path, *, like: Path | None = None) -> Iterator[Path]:
    """An empty file in the same folder to write to; it takes the name once it is complete and on the disk.

    Nobody else knows it, so that of several who write to one name the last is there, whole. Where writing fails,
    nothing has changed. Its permissions are those of `like`, else of the file that it replaces, else of any new file.
    A link stays a link. Raises OSError.
    """
    if file.exists() and not file.is_file():  # before it is resolved: of a pipe, /dev/stdout leads to no name
        raise OSError(errno.EINVAL, "Not a file that can be replaced")
    target = file.resolve()
    model = like or (target if target.exists() else None)
    mode = S_IMODE(model.stat().st_mode) if model else None
    part = target.with_name(f".frontpage-{token_hex(8)}.part")
    try:
        # Until it is complete, others may not read what they may not in the end.
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if mode is None else 0o600))
        yield part
        _make_durable(part)
        if mode is not None:
            part.chmod(mode)
        part.replace(target)
        with suppress(OSError):  # some file systems cannot do this for folders; the file is whole all the same
            _make_durable(target.parent)
    finally:
        part.unlink(missing_ok=True)


def _make_durable(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
