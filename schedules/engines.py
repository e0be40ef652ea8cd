"""Where the parts of a backfill run: anything that is a concurrent.futures.Executor will do."""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager

from scraper.errors import ConfigError, FrontpageError


@contextmanager
def open_engine(name: str, *, workers: int, scheduler: str = "") -> Iterator[Executor]:
    """`processes`: so many of this machine, spawned. `dask`: whatever workers the scheduler has."""
    if name == "processes":
        with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
            yield pool
        return
    if not scheduler:
        raise ConfigError("--engine dask needs --scheduler, such as tcp://10.0.0.1:8786")
    try:
        from distributed import Client
    except ImportError:
        raise ConfigError("Dask is not installed: pip install 'frontpage-archive[cluster]'") from None
    try:
        connected = Client(scheduler)
    except ValueError as error:
        raise ConfigError(f"--scheduler {scheduler}: {error}; write one such as tcp://10.0.0.1:8786") from None
    except OSError as error:
        raise FrontpageError(f"--scheduler {scheduler}: {error}") from None
    with connected as client, client.get_executor(pure=False) as pool:
        yield pool
