"""The service: the daemon and, in a process of its own, the reading room, which comes and goes without touching it."""

import asyncio
import os
import sys
from collections.abc import Mapping
from contextlib import suppress

import structlog

from schedules.clock import Clock
from schedules.daemon import HEARTBEAT_S, Daemon, run_daemon
from scraper.config import Settings
from scraper.fetch import Gate
from scraper.fronts import front_variables
from scraper.secrets import exposure, web_secrets

log = structlog.get_logger()

RESTART_AFTER_S = 5.0


def gate_of(settings: Settings, clock: Clock) -> Gate:
    """The fetch gate with the configured manners."""
    fetch = settings.fetch
    return Gate(
        user_agent=fetch.user_agent,
        deadline_s=fetch.deadline,
        concurrency=fetch.concurrency,
        allow_networks=fetch.allow_networks,
        min_gap_s=fetch.min_gap,
        now=clock.now,
        proxy=fetch.proxy or None,
    )


async def serve_archive(
    settings: Settings, *, clock: Clock, port: int | None, heartbeat_s: float = HEARTBEAT_S
) -> None:
    """Run the daemon until it is told to stop, and beside it the reading room on `port` (None: without)."""
    daemon = Daemon(settings, clock=clock, gate=gate_of(settings, clock), heartbeat_s=heartbeat_s)
    if port is None:
        await run_daemon(daemon)
        return
    secrets = web_secrets(settings.web)
    if warning := exposure(settings.web.host, secrets):
        log.warning(warning)
    room = asyncio.create_task(_keep_reading_room(settings, port, secrets))
    try:
        await run_daemon(daemon)
    finally:
        room.cancel()
        with suppress(asyncio.CancelledError):
            await room


async def _keep_reading_room(settings: Settings, port: int, secrets: Mapping[str, str]) -> None:
    """Start the reading room again whenever it ends; its end is the end of this task."""
    told = {**front_variables(settings.web), **secrets}
    arguments = ("-m", "web.server", str(settings.archive.path), settings.web.host, str(port))
    while True:
        process = await asyncio.create_subprocess_exec(sys.executable, *arguments, env={**os.environ, **told})
        try:
            code = await process.wait()
        except asyncio.CancelledError:
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
            raise
        log.warning("reading room ended", code=code, restart_s=RESTART_AFTER_S)
        await asyncio.sleep(RESTART_AFTER_S)
