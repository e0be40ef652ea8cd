"""The reading room as a process: Datasette over a read-only archive, under uvicorn, until it is told to end."""

import gc
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import FrameType

import uvicorn
from datasette.app import Datasette
from datasette.plugins import pm

from scraper.errors import ConfigError, FrontpageError
from storage.schema import connect_readonly
from web import plugin
from web.connections import Connection
from web.database import ArchiveDatabase, machine_time
from web.dress import DRESS, MOUNT, STATIC
from web.guard import Application, Guard
from web.keys import OPEN, Keys, keys_from
from web.proxies import DIRECT, Proxies, proxies_from

FOLDER = Path(__file__).parent
SETTINGS = {
    "sql_time_limit_ms": 1000,
    "allow_download": False,  # a file that is being written would come out torn
    "num_sql_threads": 2,  # for its own pages and free SQL; ours have theirs
    "max_csv_mb": 100,
    "default_cache_ttl": 0,
    "suggest_facets": False,  # each suggestion is a query over a whole table
}
ABOUT = {
    "title": "Frontpage Archive",
    "description": "The archive's tables, for SQL, CSV and JSON. Instants are whole seconds since 1970, UTC.",
    "extra_css_urls": [DRESS["data.css"]],
    "databases": {"archive": {"tables": {"_sqlite_migrations": {"hidden": True}}}},
}
PARENT_CHECK_S = 1.0
MOST_CONNECTIONS = 256  # at a time; more are answered 503
OPEN_TO_ALL = (
    "warning: the reading room answers under a public name without a password or token: unless the server in front "
    "asks for one, everybody reads the whole archive and runs SQL on it; set [web] password_env or token_env"
)
NICENESS = 5  # of a room that a daemon started: captures come first


def room(archive: Path, *, free_sql: bool = True, now: Callable[[], datetime] = machine_time) -> Datasette:
    """Datasette over an archive, with our pages in front of its own."""
    connect_readonly(archive).close()  # raises ArchiveError for what is no archive, before anything is served
    _register()
    datasette = Datasette(
        settings=SETTINGS | {"default_allow_sql": free_sql},
        metadata=ABOUT,
        template_dir=str(FOLDER / "templates"),
        static_mounts=[(MOUNT, str(STATIC))],
        memory=True,
    )
    datasette.remove_database("_memory")
    datasette.add_database(ArchiveDatabase(datasette, archive, now), name="archive")
    return datasette


def _register() -> None:
    """Hook our plugin in, in place of the handler that prints every 404 with its local variables on stdout."""
    if not pm.is_registered(plugin):
        pm.unregister(name="datasette.handle_exception")
        pm.register(plugin, name="frontpage-archive")


def application(
    archive: Path,
    *,
    host: str,
    keys: Keys = OPEN,
    proxies: Proxies = DIRECT,
    now: Callable[[], datetime] = machine_time,
) -> Application:
    """The whole reading room as an ASGI application; with keys it takes no free SQL."""
    return Guard(room(archive, free_sql=not keys.are_set, now=now).app(), host=host, keys=keys, proxies=proxies)


def serve(
    archive: Path, *, host: str, port: int, keys: Keys, announce: Callable[[str], None], proxies: Proxies = DIRECT
) -> None:
    """Serve an archive until SIGTERM or SIGINT; `announce` gets the address as soon as connections are taken."""
    if proxies.names and not keys.are_set:
        sys.stderr.write(f"{OPEN_TO_ALL}\n")
    config = uvicorn.Config(
        application(archive, host=host, keys=keys, proxies=proxies),
        http=Connection,
        ws="none",
        proxy_headers=False,  # uvicorn believes whoever asks from this machine
        limit_concurrency=MOST_CONNECTIONS,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    listener = listen(host, port)
    gc.collect()
    gc.freeze()  # a full collection of Datasette's own objects would hold a page up for 60 ms
    signal.signal(signal.SIGTERM, _end)  # uvicorn shuts down first, then raises the signal again for us
    try:
        announce(address(listener, host))
        uvicorn.Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        listener.close()


def _end(signal_number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - what signal handlers are given
    sys.exit(0)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 picks a free one. ConfigError where the address cannot be had."""
    try:
        family, *_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        raise ConfigError(
            f"cannot listen on {host}:{port}: {error.strerror}; name another with --port or [web]"
        ) from error


def address(listener: socket.socket, host: str) -> str:
    """Where a browser on this machine finds the reading room."""
    port = listener.getsockname()[1]
    name = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{name}:{port}/"


def end_with(parent: int) -> None:
    """End this process soon after its parent has: a reading room is nobody's orphan."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(PARENT_CHECK_S)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def main(argv: list[str]) -> int:
    """`python -m web.server ARCHIVE HOST PORT`: how the daemon starts a reading room of its own."""
    end_with(os.getppid())
    os.nice(NICENESS)
    archive, host, port = argv
    try:
        serve(
            Path(archive),
            host=host,
            port=int(port),
            keys=keys_from(os.environ),
            proxies=proxies_from(os.environ),
            announce=lambda line: print(line, flush=True),  # noqa: T201
        )
    except FrontpageError as error:
        sys.stderr.write(f"{error}\n")
        return 2 if isinstance(error, ConfigError) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
