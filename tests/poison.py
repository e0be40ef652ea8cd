"""A capture that kills whoever loads it, as a crash in a parser of WARCs or the kernel short of memory would."""

import os
import signal
from typing import Any

from fastwarc.warc import WarcRecord

from schedules import shards
from schedules.partitions import Partition
from schedules.sources import warc

POISON = b"<!DOCTYPE html><title>The last page</title>"

_block = warc._block


def fill_shard(partition: Partition) -> dict[str, Any]:
    """What a worker does, in a process in which the poison works."""
    warc._block = _deadly
    return shards.fill_shard(partition)


def _deadly(record: WarcRecord) -> bytes:
    block = _block(record)
    if POISON in block:
        os.kill(os.getpid(), signal.SIGKILL)
    return block
