"""What systemd is told (sd_notify(3)): ready, still alive, stopping; nothing where nobody listens."""

import os
import socket
from collections.abc import Mapping
from contextlib import suppress


def notify(state: str, *, environment: Mapping[str, str] = os.environ) -> None:
    """Send a state such as READY=1 to the service manager that started us, if one did."""
    address = environment.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as manager:
        manager.connect("\0" + address[1:] if address.startswith("@") else address)  # @: the abstract namespace
        manager.sendall(state.encode())
