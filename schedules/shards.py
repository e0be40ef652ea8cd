"""One part of a backfill, on whatever machine: an ordinary run into a shard of its own, there only when whole."""

import asyncio
import multiprocessing
import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from schedules.fill import fill
from schedules.journal import Journal
from schedules.partitions import Partition
from schedules.report import Report
from scraper.errors import ConfigError
from storage.backfills import last_reports
from storage.schema import connect_readonly


def fill_shard(partition: Partition) -> dict[str, Any]:
    """Fill the partition's shard, by a temporary file that is renamed when it is whole; the report's shape.

    A shard that is there is done. Run again after its worker was killed, nothing of the first attempt is in the way.
    """
    if multiprocessing.current_process().daemon:
        raise ConfigError("readers are processes: start Dask's workers with DASK_DISTRIBUTED__WORKER__DAEMON=False")
    if partition.shard.exists():
        return shard_report(partition)
    partition.shards.mkdir(parents=True, exist_ok=True)
    unfinished = partition.shard.with_suffix(f".{uuid.uuid4().hex}.part")
    settings = partition.settings
    settings = settings.model_copy(update={"archive": settings.archive.model_copy(update={"path": unfinished})})
    report = Report(site=partition.slug, source=partition.asked.source, wanted=partition.wanted)
    originals = None if partition.asked.taken_from else unfinished.with_suffix(".seen")
    try:
        journal = Journal(partition.journal) if partition.asked.is_careful else None
        site = settings.site(partition.slug)
        asked = replace(partition.asked, kept_in=originals)
        asyncio.run(fill(settings, site, asked, report=report, workers=1, journal=journal))
        if originals and originals.exists():
            originals.replace(partition.originals)
        unfinished.replace(partition.shard)
    finally:
        _forget(unfinished)
    return report.shape()


def shard_report(partition: Partition) -> dict[str, Any]:
    """The report that a finished shard keeps."""
    connection = connect_readonly(partition.shard)
    try:
        (report,) = last_reports(connection, partition.slug)
    finally:
        connection.close()
    return report


def remove_shards(shards: Iterable[Path]) -> None:
    """Shards that were merged, and what killed workers left of them; no others, which may be all there is of them."""
    for shard in shards:
        for file in shard.parent.glob(f"{shard.stem}.*"):
            file.unlink(missing_ok=True)
        with suppress(OSError):
            shard.parent.rmdir()


def sweep_shards(shards: Iterable[Path]) -> None:
    """What killed workers left beside shards that stay, which somebody may be asking (`-wal`, `-shm`)."""
    for shard in shards:
        for file in shard.parent.glob(f"{shard.stem}.*"):
            if not file.name.startswith(shard.name) and file.suffix != ".originals":
                file.unlink(missing_ok=True)


def _forget(unfinished: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        unfinished.with_name(unfinished.name + suffix).unlink(missing_ok=True)
    unfinished.with_suffix(".seen").unlink(missing_ok=True)
