"""The stages of the pipeline and their floors: each takes all pages once, and says how much CPU time that took."""

import asyncio
import json
import resource
import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_network
from itertools import groupby
from pathlib import Path
from typing import Final

import httpx
from selectolax.lexbor import LexborHTMLParser

from benchmarks.pipeline_pages import BEGIN, STEP, Page
from schedules.once import open_pipeline
from scraper.config import ArchiveSettings, FetchSettings, Settings, Site
from scraper.fetch import FetchRequest, Gate
from scraper.model import Capture, FrontPage
from scraper.reader import read_front_page
from scraper.shapes import page_shape
from storage.archive import Archive
from tests.clocks import StoppedClock

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LOOPBACK: Final = (ip_network("127.0.0.0/8"),)


async def fetch(base_url: str, pages: Sequence[Page]) -> float:
    """Through the gate, with all its manners but the pause between requests."""
    async with Gate(user_agent="benchmark", allow_networks=LOOPBACK, min_gap_s=0) as gate:
        requests = [FetchRequest(site=page.slug, url=f"{base_url}/{page.slug}/") for page in pages]
        began = time.process_time()
        sizes = [len((await gate.fetch(request)).body) for request in requests]
        spent = time.process_time() - began
    _check(sizes, pages)
    return spent


async def fetch_floor(base_url: str, pages: Sequence[Page]) -> float:
    """httpx alone."""
    async with httpx.AsyncClient(trust_env=False) as client:
        began = time.process_time()
        sizes = [len((await client.get(f"{base_url}/{page.slug}/")).content) for page in pages]
        spent = time.process_time() - began
    _check(sizes, pages)
    return spent


def _check(sizes: Sequence[int], pages: Sequence[Page]) -> None:
    """The server gives every client each page once, in turn; else times would be of something else."""
    if sizes != (wanted := [len(page.body) for page in pages]):
        raise RuntimeError(f"the server sent pages of {sizes} bytes instead of {wanted}")


def read(pages: Sequence[Page]) -> tuple[float, list[FrontPage]]:
    """The reader, in this process; also what it saw."""
    captures = [page.capture() for page in pages]
    began = time.process_time()
    seen = [read_front_page(one.body, one.url, content_type=one.content_type) for one in captures]
    return time.process_time() - began, seen


def read_floor(pages: Sequence[Page]) -> float:
    """A parse, and the address and text of every link."""
    began = time.process_time()
    for page in pages:
        parser = LexborHTMLParser(page.body.decode("utf-8", "replace"))
        _ = [(link.attributes.get("href"), link.text()) for link in parser.css("a[href]")]
    return time.process_time() - began


def record(pages: Sequence[Page], folder: Path) -> float:
    """Evidence into a new archive, each capture durable by itself."""
    captures = [page.capture() for page in pages]
    with Archive(folder / "recorded.db") as archive:
        began = time.process_time()
        for capture in captures:
            archive.record(capture)
        return time.process_time() - began


def record_floor(pages: Sequence[Page]) -> float:
    """zstd at the archive's level, every body alone, kept nowhere."""
    began = time.process_time()
    for page in pages:
        zstd.compress(page.body, level=3)
    return time.process_time() - began


def file(pages: Sequence[Page], seen: Sequence[FrontPage], folder: Path) -> float:
    """Readings into an archive that has their captures: stories, wordings, edition, spans, search."""
    with Archive(folder / "filed.db") as archive:
        recorded = [archive.record(page.capture()).capture_id for page in pages]
        began = time.process_time()
        for capture_id, front_page in zip(recorded, seen, strict=True):
            archive.file(capture_id, front_page)
        return time.process_time() - began


def file_floor(pages: Sequence[Page], seen: Sequence[FrontPage], folder: Path) -> float:
    """The same readings as one row of JSON each, as durable, with nothing to ask them."""
    with closing(sqlite3.connect(folder / "bare.db", isolation_level=None)) as connection:
        for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "CREATE TABLE bare (reading TEXT)"):
            connection.execute(statement)
        began = time.process_time()
        for page, front_page in zip(pages, seen, strict=True):
            text = json.dumps(page_shape(front_page, site=page.slug), ensure_ascii=False)
            connection.execute("INSERT INTO bare VALUES (?)", (text,))
        return time.process_time() - began


@dataclass(frozen=True, kw_only=True, slots=True)
class Whole:
    """What a run of the whole pipeline took: by the clock on the wall, and of CPU time here and in reader workers."""

    wall_s: float
    own_s: float
    workers_s: float


async def whole(base_url: str, pages: Sequence[Page], folder: Path, *, workers: int) -> Whole:
    """Visits of all sites at once, hour by hour; what it takes to start the workers is left out."""
    idle = await _whole(base_url, [], folder / "idle.db", workers)
    busy = await _whole(base_url, pages, folder / "whole.db", workers)
    return Whole(wall_s=busy.wall_s, own_s=busy.own_s, workers_s=busy.workers_s - idle.workers_s)


async def _whole(base_url: str, pages: Sequence[Page], archive: Path, workers: int) -> Whole:
    clock = StoppedClock(BEGIN - STEP)
    settings = Settings(
        file=archive, archive=ArchiveSettings(path=archive), fetch=FetchSettings(allow_networks=LOOPBACK, min_gap=0)
    )
    gate = Gate(user_agent="benchmark", allow_networks=LOOPBACK, min_gap_s=0, now=clock.now)
    began_children = _children_s()
    async with gate, open_pipeline(settings, gate=gate, clock=clock, workers=workers) as (pipeline, _):
        await asyncio.gather(*(pipeline.take(_site(base_url, "warm"), one) for one in _warming(workers)))
        began_wall, began_own = time.perf_counter(), time.process_time()
        for instant, sites in _hours(base_url, pages):
            clock.instant = instant
            await asyncio.gather(*(pipeline.visit(site, instant) for site in sites))
        wall_s, own_s = time.perf_counter() - began_wall, time.process_time() - began_own
    return Whole(wall_s=wall_s, own_s=own_s, workers_s=_children_s() - began_children)


def _hours(base_url: str, pages: Sequence[Page]) -> Iterator[tuple[datetime, list[Site]]]:
    for instant, together in groupby(pages, key=lambda page: page.instant):
        yield instant, [_site(base_url, page.slug) for page in together]


def _warming(workers: int) -> Iterator[Capture]:
    """Captures enough to wake every worker."""
    for number in range(4 * workers):
        body = f"<h1><a href='/{number}'>A page that wakes a reader worker</a></h1>".encode()
        yield Page(slug="warm", instant=BEGIN - number * STEP, content_type="text/html", body=body).capture()


def _site(base_url: str, slug: str) -> Site:
    return Site(slug=slug, name=slug, url=f"{base_url}/{slug}/", timezone="UTC", schedule="0 * * * *")


def _children_s() -> float:
    """CPU time of the child processes that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
