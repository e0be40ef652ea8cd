"""One-off runs: sites are visited now; each run opens what it needs and closes it again."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from schedules.channels import channel_of
from schedules.clock import Clock, MachineClock
from schedules.courier import Courier
from schedules.ledger import described
from schedules.lock import daemon_lock
from schedules.pipeline import Pipeline, Visited
from schedules.readers import Readers
from schedules.service import gate_of
from schedules.writer import Writer
from scraper.config import Settings, Site
from scraper.errors import ArchiveError
from scraper.fetch import Gate
from scraper.instants import iso


@asynccontextmanager
async def open_pipeline(
    settings: Settings, *, gate: Gate | None, clock: Clock, workers: int
) -> AsyncIterator[tuple[Pipeline, Writer]]:
    """A pipeline over the configured archive, beside whoever else writes to it."""
    with Writer(settings.archive.path, observer=settings.archive.name) as writer:
        readers = Readers(workers)
        try:
            rules = settings.notify
            yield Pipeline(gate=gate, writer=writer, readers=readers, clock=clock, rules=rules), writer
        finally:
            readers.close()


async def visit_once(settings: Settings, sites: Sequence[Site], *, clock: Clock | None = None) -> list[Visited]:
    """Visit each site now; the visits in the order of the sites."""
    clock = clock or MachineClock()
    due_at = clock.now().replace(microsecond=0)
    async with gate_of(settings, clock) as gate, open_pipeline(settings, gate=gate, clock=clock, workers=2) as parts:
        pipeline, writer = parts
        for site in sites:
            await writer.do(described(settings, site, due_at))
        visits = await asyncio.gather(*(pipeline.visit(site, due_at) for site in sites))
        await _tell(settings, gate=gate, writer=writer, clock=clock)
        return visits


async def _tell(settings: Settings, *, gate: Gate, writer: Writer, clock: Clock) -> None:
    """Deliver what is in the outbox, unless a daemon is there, which does it."""
    channels = {rule.name: channel_of(rule, gate) for rule in settings.notify}
    courier = Courier(settings.notify, writer=writer, clock=clock, channels=channels)
    if settings.notify:
        with suppress(ArchiveError), daemon_lock(settings.archive.path, now=clock.now()):
            await courier.deliver()


def visited_shape(visited: Visited) -> dict[str, Any]:
    """What `capture` prints of a visit."""
    taken = visited.taken
    page = taken.page if taken else None
    return {
        "site": visited.site,
        "captured_at": iso(visited.captured_at) if visited.captured_at else None,
        "outcome": str(visited.outcome),
        "edition": taken.filed.edition if taken and taken.filed else "",
        "lead": page.lead.headline if page and page.lead else None,
        "teasers": len(page.teasers) if page else 0,
        "error": visited.error or None,
    }
