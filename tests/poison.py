"""A capture that kills whoever loads it, as a crash in a parser of WARCs or the kernel short of memory would."""

import os
import signal
from contextlib import suppress
from typing import Any

from fastwarc.warc import WarcRecord

from schedules import shards
from schedules.partitions import Partition
from schedules.sources import warc_records

POISON = b"<!DOCTYPE html><title>The last page</title>"

_block_of = warc_records.block_of


def fill_shard(partition: Partition) -> dict[str, Any]:
    """What a worker does, in a process in which the poison works."""
    warc_records.block_of = _deadly
    return shards.fill_shard(partition)


def fill_shard_dying_once(partition: Partition) -> dict[str, Any]:
    """The first worker that is about to load a part's second capture is killed there; no other is."""
    loaded = 0

    def load(record: WarcRecord) -> bytes:
        nonlocal loaded
        loaded += 1
        if loaded == 2:
            with suppress(FileExistsError):
                (partition.shards.parent / "died").touch(exist_ok=False)
                os.kill(os.getpid(), signal.SIGKILL)
        return _block_of(record)

    warc_records.block_of = load
    return shards.fill_shard(partition)


def _deadly(record: WarcRecord) -> bytes:
    block = _block_of(record)
    if POISON in block:
        os.kill(os.getpid(), signal.SIGKILL)
    return block
