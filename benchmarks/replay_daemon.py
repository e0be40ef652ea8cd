"""The daemon by a clock in a file, to be started and killed: python -m benchmarks.replay_daemon CONFIG CLOCK."""

import asyncio
import sys
from pathlib import Path

from schedules.service import serve_archive
from scraper.config import load
from scraper.console import log_to_stderr
from tests.clocks import FileClock

HEARTBEAT_S = 0.05  # the clock is moved from outside, so no bell rings: only heartbeats see that it moved


def main(config: Path, clock: Path) -> None:
    """Watch the configured sites until SIGTERM."""
    log_to_stderr()
    asyncio.run(serve_archive(load(config), clock=FileClock(clock), port=None, heartbeat_s=HEARTBEAT_S))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
