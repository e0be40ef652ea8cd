"""The demo refuses what would spoil it, before anything runs."""

import socket
from pathlib import Path

from tests.verbs import call


def test_a_demo_takes_no_folder_that_has_one_already(tmp_path: Path) -> None:
    """Its clock and its papers' addresses begin anew: two of them in one archive would be neither."""
    archive = tmp_path / "demo.db"
    archive.write_bytes(b"an earlier one")
    message = call("demo", "--folder", tmp_path, "--port", 0, "--seconds", 1, code=2)
    assert f"{archive} is there already" in message
    assert f"frontpage serve {archive}" in message
    assert archive.read_bytes() == b"an earlier one"


def test_a_demo_needs_the_port_of_its_room(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        message = call("demo", "--folder", tmp_path, "--port", port, "--seconds", 1, code=2)
    assert f"cannot listen on 127.0.0.1:{port}" in message
    assert list(tmp_path.iterdir()) == []
