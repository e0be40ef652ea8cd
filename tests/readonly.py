"""A folder on a read-only file system, for one command, in a mount namespace of its own."""

import subprocess
import tempfile
from functools import cache
from pathlib import Path


def on_read_only(folder: Path, *command: object) -> list[str]:
    """A command that cannot write to `folder`."""
    script = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
    return ["unshare", "--map-root-user", "--mount", "sh", "-c", script, str(folder), *map(str, command)]


@cache
def is_possible() -> bool:
    """Whether this machine lets its users make such namespaces."""
    with tempfile.TemporaryDirectory() as folder:
        command = on_read_only(Path(folder), "true")
        try:
            return subprocess.run(command, capture_output=True, check=False).returncode == 0
        except FileNotFoundError:
            return False
