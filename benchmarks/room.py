"""How long every page of the reading room takes, at ten thousand captures and at a million, beside a bare page.

Each route is asked for under an address drawn by chance, through the whole application but for the socket; pages also
as JSON. Times are CPU times of all threads, which on an idle machine are those of the clock; what is sent as it is read
counts until its first part. The floor is Datasette's page of versions, and its `select 1`. The archives are those of
benchmarks.questions, in a copy whose last hour the archive itself has written, so that something changed in it.

    python -m benchmarks.room [--captures 100,10000] [--sites N] [--rounds N] [--cache DIR] [--docs DIR]
"""

import asyncio
import gc
import platform
import random
import shutil
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import click

from benchmarks.documents import renew
from benchmarks.questions import CACHE, cached
from benchmarks.questions_archive import BODY, EXCHANGE
from benchmarks.questions_asked import Asked
from benchmarks.questions_words import Words
from benchmarks.room_addresses import DATASETTE, FLOOR, addresses, drawn
from benchmarks.tables import table
from scraper.instants import epoch, from_epoch
from scraper.model import FrontPage, Role, Story
from storage.archive import Archive
from storage.captures import slugs
from storage.queries import show
from storage.schema import connect_readonly
from web.guard import Application
from web.server import application

TARGET_MS: Final = 100
HALF_AN_HOUR: Final = timedelta(minutes=30)
FINE: Final = (200, 302, 404, 410)  # the invented archives' bodies are stubs, and some stories stood on no page


@dataclass(frozen=True, kw_only=True, slots=True)
class Took:
    """One answer: milliseconds until its first part and until its end, its bytes."""

    status: int
    first_ms: float
    whole_ms: float
    size: int


Measured = dict[str, list[Took]]  # by address


@click.command()
@click.option("--sites", type=click.IntRange(1, 999), default=100, show_default=True)
@click.option("--captures", default="100,10000", show_default=True, help="Of each site; an archive each.")
@click.option("--rounds", type=click.IntRange(1), default=40, show_default=True, help="Times each page is asked for.")
@click.option("--cache", type=click.Path(path_type=Path), default=CACHE, help="Archives are kept here.")
@click.option("--docs", type=click.Path(path_type=Path), help="Write benchmarks.md's table here.")
def main(sites: int, captures: str, rounds: int, cache: Path, docs: Path | None) -> None:
    """Build the archives that are not there yet, and ask each of them for every page."""
    words = Words()
    measured = {
        sites * number: _measure(_with_last_hour(cached(cache, sites, number, words)), sites, rounds, words)
        for number in sorted(map(int, captures.split(",")))
    }
    print(_told(measured, rounds))
    if docs is not None:
        renew(docs, "room", _markdown(measured, rounds))


def _with_last_hour(path: Path) -> Path:
    """A copy with three captures of each site more, half an hour apart, that are filed as a daemon files them."""
    copy = path.with_name(f"{path.stem}-room.db")
    if not copy.exists():
        part = copy.with_suffix(".part")
        shutil.copyfile(path, part)
        with Archive(part) as archive:
            for slug in slugs(archive.connection):
                _go_on(archive, slug)
        part.rename(copy)
    return copy


def _go_on(archive: Archive, slug: str) -> None:
    shown = show(archive.connection, slug, datetime.max.replace(tzinfo=UTC))
    page = shown.page
    for number in range(1, 4):
        page = _turned(page, number)
        with archive.batch():
            archive.file(_capture(archive, slug, shown.captured_at + HALF_AN_HOUR * number, page.url), page)


def _capture(archive: Archive, slug: str, at: datetime, url: str) -> int:
    """The row of a capture whose body is a stub, as those of the archive are: none of them could be a delta's base."""
    connection, digest = archive.connection, sha256(f"{slug} {at}".encode()).digest()
    connection.execute("INSERT INTO bodies (sha256, size, step, level, data) VALUES (?, 6, 0, 3, ?)", (digest, BODY))
    (row,) = connection.execute(
        """
        INSERT INTO captures (observer_id, site_id, instant, origin, url, status, exchange, body_id)
        SELECT 1, sites.id, ?, 'live', ?, 200, ?, bodies.id FROM sites, bodies WHERE slug = ? AND sha256 = ?
        RETURNING id
        """,
        (epoch(at), url, EXCHANGE, slug, digest),
    ).fetchall()[0]
    return int(row)


def _turned(page: FrontPage, number: int) -> FrontPage:
    """The page with another lead, four new stories, a headline reworded, and four stories less."""
    stories = page.stories
    new = [_made(page.url, 10 * number + place) for place in range(4)]
    lead, rest = stories[1], [*stories[2:8], *new, stories[0], *stories[8:-4]]
    rest[0] = replace(rest[0], headline=f"{rest[0].headline} anew")
    teasers = [
        replace(story, role=Role.TEASER, position=place, confidence=None, evidence=())
        for place, story in enumerate(rest, 2)
    ]
    return replace(page, lead=replace(lead, role=Role.LEAD, position=1, confidence=0.9), teasers=tuple(teasers))


def _made(base: str, number: int) -> Story:
    url = f"{base}late-{number}"
    return Story(headline=f"A late story, number {number} of the hour", url=url, canonical=url, position=1)


def _measure(path: Path, sites: int, rounds: int, words: Words) -> Measured:
    with closing(connect_readonly(path)) as connection:
        asked = Asked(connection, sites=sites, words=words)
        room = application(path, host="127.0.0.1", now=lambda: from_epoch(asked.last))
        gc.collect()
        gc.freeze()  # as the server does
        return asyncio.run(_ask_all(room, asked, rounds))


async def _ask_all(room: Application, asked: Asked, rounds: int) -> Measured:
    took: Measured = {}
    for template in addresses():
        chance = random.Random(template)
        blanks = [drawn(asked, chance) for _ in range(rounds + 1)]
        answers = [await _ask(room, template.format_map(filled)) for filled in blanks]
        took[template] = answers[1:]  # the first warms the caches
    return took


async def _ask(room: Application, address: str) -> Took:
    path, _, query = address.partition("?")
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": query.encode(),
        "headers": [(b"host", b"127.0.0.1")], "client": ("127.0.0.1", 1),
    }  # fmt: skip
    began, status, size, first = time.process_time(), 0, 0, 0.0

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status, size, first
        status = message.get("status", status)
        if message["type"] == "http.response.body":
            size += len(message.get("body", b""))
            first = first or time.process_time() - began

    await room(scope, receive, send)
    return Took(status=status, first_ms=first * 1000, whole_ms=(time.process_time() - began) * 1000, size=size)


def _told(measured: dict[int, Measured], rounds: int) -> str:
    """The table: a row an address; p50 and p95 until the first part, and its kilobytes."""
    headings = ["address", *(f"{captures:,} captures" for captures in measured), "whole, if sent in parts", "kB"]
    slow = [f"beyond {TARGET_MS} ms: {address}" for address in _slow(measured)]
    wrong = [f"{one.status}: {address}" for address, one in _wrong(measured)]
    how = f"p50 / p95 of CPU time in ms until the first part, {rounds} rounds"
    return "\n".join([how, "", table(headings, _rows(measured)), "", *(slow or ["none beyond the target"]), *wrong])


def _rows(measured: dict[int, Measured]) -> list[list[object]]:
    largest = measured[max(measured)]
    return [
        [
            f"floor: {address}" if address in FLOOR else address,
            *(_percentiles([one.first_ms for one in by_address[address]]) for by_address in measured.values()),
            _percentiles([one.whole_ms for one in answers]) if _in_parts(answers) else "",
            max(one.size for one in answers) // 1000,
        ]
        for address, answers in largest.items()
    ]


def _in_parts(answers: list[Took]) -> bool:
    return any(one.whole_ms > 2 * one.first_ms and one.size > 100_000 for one in answers)


def _percentiles(values: list[float]) -> str:
    return f"{_percentile(values, 50):.1f} / {_percentile(values, 95):.1f}"


def _percentile(values: list[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]


def _slow(measured: dict[int, Measured]) -> list[str]:
    """Our own addresses beyond the target; Datasette's are not ours to bound."""
    largest = measured[max(measured)]
    return [
        address
        for address, answers in largest.items()
        if address not in DATASETTE and _percentile([one.first_ms for one in answers], 95) >= TARGET_MS
    ]


def _wrong(measured: dict[int, Measured]) -> list[tuple[str, Took]]:
    return [
        (address, next(one for one in answers if one.status not in FINE))
        for by_address in measured.values()
        for address, answers in by_address.items()
        if any(one.status not in FINE for one in answers)
    ]


def _markdown(measured: dict[int, Measured], rounds: int) -> str:
    headings = ["address", *(f"{captures:,} captures" for captures in measured), "whole, if sent in parts", "kB"]
    rows = [[*headings], ["---", *("---:" for _ in headings[1:])], *(list(map(str, row)) for row in _rows(measured))]
    slow = _slow(measured)
    return "\n".join(
        [
            f"Median / 95th percentile of CPU time in ms until the first part of an answer, over {rounds} addresses "
            f"drawn by chance, of 100 sites, files in memory, Python {platform.python_version()}, SQLite "
            f"{sqlite3.sqlite_version}. Target: {TARGET_MS} ms at a million captures; "
            + (f"beyond it: {', '.join(f'`{one}`' for one in slow)}." if slow else "nothing of ours is beyond it."),
            "",
            *(f"| {' | '.join(_cell(place, value) for place, value in enumerate(row))} |" for row in rows),
        ]
    )


def _cell(place: int, text: str) -> str:
    return f"`{text}`" if not place and text.startswith(("/", "floor")) else text


if __name__ == "__main__":
    main()
