"""Tasks that end together: where one fails the others are given up, and what failed can be told in words."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from scraper.errors import FrontpageError


@asynccontextmanager
async def task_group() -> AsyncIterator[asyncio.TaskGroup]:
    """asyncio's, but that errors with a message for people end it as themselves: the first of several."""
    try:
        async with asyncio.TaskGroup() as tasks:
            yield tasks
    except BaseExceptionGroup as failed:
        told, others = failed.split(FrontpageError)
        if others is not None or told is None:
            raise
        raise _first(told) from None


def _first(failed: BaseExceptionGroup[FrontpageError]) -> FrontpageError:
    error = failed.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error
