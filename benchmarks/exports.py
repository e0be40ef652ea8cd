"""Memory and speed of every export on archives that differ tenfold: `python -m benchmarks.exports [CAPTURES...]`.

The archives are synthetic and made in bulk: one site, a capture every 15 minutes, STORIES on a page, NEW of them new
each time, each renamed once, the lead held for four captures. Each export runs as a process of its own, `frontpage
export ... -o`; memory is that process's peak. It is flat where the larger archive needs no more than the smaller one.
"""

import hashlib
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.tables import table
from scraper.instants import epoch, from_epoch, iso
from scraper.model import Kind
from storage.archive import Archive
from storage.bodies import LEVEL, compress
from storage.placements import Placement, encode
from storage.spans import SpanKind
from tests.made import NOON, SITE, URL

STORIES = 16
NEW = 2
RENAMED_AFTER = 4  # captures
HELD = 4
EVERY_S = 900
JOBS = (
    ("captures", "csv"), ("captures", "warc"), ("readings", "jsonl"), ("readings", "csv"), ("readings", "parquet"),
    ("readings", "gfg"), ("stories", "csv"), ("wordings", "parquet"), ("leads", "csv"), ("changes", "csv"),
    ("changes", "atom"), ("visits", "csv"),
)  # fmt: skip


def build(path: Path, captures: int) -> None:
    """An archive of one site with so many captures, written in bulk; it has no index of text, and no places."""
    with Archive(path) as archive, archive.batch():
        execute, many = archive.connection.execute, archive.connection.executemany
        execute("INSERT INTO sites (id, slug) VALUES (1, ?)", (SITE,))
        execute("INSERT INTO readers (id, name) VALUES (1, '1')")
        execute("INSERT INTO sections (id, name) VALUES (1, 'News')")
        stories = NEW * captures + STORIES
        many("INSERT INTO stories (id, site_id, story, url) VALUES (?, 1, ?, ?)", _stories(stories))
        many(
            """
            INSERT INTO wordings (story_id, digest, headline, summary, kicker, byline, image)
            VALUES (?, ?, ?, ?, '', '', '')
            """,
            _wordings(stories),
        )
        many("INSERT INTO bodies (sha256, size, step, level, data) VALUES (?, ?, 0, ?, ?)", _bodies(captures))
        many(
            """
            INSERT INTO captures (observer_id, site_id, instant, origin, url, status, exchange, body_id)
            VALUES (1, 1, ?, 'live', ?, 200, ?, ?)
            """,
            _captures(captures),
        )
        many(
            """
            INSERT INTO front_pages (digest, edition, title, language, lead, body, placements)
            VALUES (?, ?, ?, 'en', ?, '[]', ?)
            """,
            _front_pages(captures),
        )
        execute(
            """
            INSERT INTO readings
                (capture_id, reader_id, quality, problem, layout, title, language, front_page_id, confidence, evidence)
            SELECT id, 1, 'ok', '', '', '', '', id, 0.9, '["largest heading"]' FROM captures
            """
        )
        execute("INSERT INTO observations SELECT 1, instant, id, id FROM captures")
        many(
            "INSERT INTO spans (site_id, kind, story_id, value, first_seen, last_seen) VALUES (1, ?, ?, ?, ?, ?)",
            _spans(captures, stories),
        )
        execute(
            """
            INSERT INTO visits (observer_id, site_id, due_at, ended_at, outcome, error, capture_id)
            SELECT 1, 1, instant, instant + 2, 'new-edition', '', id FROM captures
            """
        )


def _instant(capture: int) -> int:
    return epoch(NOON) + capture * EVERY_S


def _first_page(story: int) -> int:
    return max(0, -(-(story - STORIES + 1) // NEW))


def _last_page(story: int) -> int:
    return story // NEW


def _stories(count: int) -> Iterator[tuple[int, str, str]]:
    for story in range(count):
        yield story + 1, f"{story:012}", f"https://www.courier.example/region/a-story-with-a-long-name-{story}"


def _wordings(count: int) -> Iterator[tuple[int, bytes, str, str]]:
    """Two of each story: rows 2 * story + 1 and 2 * story + 2."""
    for story in range(count):
        for version in "first", "second":
            headline = f"The {version} headline of story {story}, as long as headlines are"
            yield story + 1, headline.encode(), headline, f"A summary of story {story} that nobody changed afterwards."


def _bodies(captures: int) -> Iterator[tuple[bytes, int, int, bytes]]:
    for capture in range(captures):
        body = b"".join(b"<p><a href=/%d>Story %d</a>" % (n, n * n) for n in range(capture, capture + 100))
        yield hashlib.sha256(body).digest(), len(body), LEVEL, compress(body)


def _captures(captures: int) -> Iterator[tuple[int, str, bytes, int]]:
    exchange = {"headers": [["Content-Type", "text/html"]], "request_headers": [["Host", "courier"]], "redirects": []}
    data = compress(json.dumps(exchange).encode())
    for capture in range(captures):
        yield _instant(capture), URL, data, capture + 1


def _front_pages(captures: int) -> Iterator[tuple[bytes, bytes, str, int, bytes]]:
    for capture in range(captures):
        stories = range(NEW * capture + STORIES - 1, NEW * capture - 1, -1)
        lead = NEW * (capture // HELD * HELD) + STORIES - 1
        placements = [
            Placement(story + 1, 2 * story + 1 + (capture - _first_page(story) >= RENAMED_AFTER), 1, 1, Kind.STORY)
            for story in stories
        ]
        name = b"%016d" % capture
        yield name, name, "The Courier", stories.index(lead) + 1, encode(placements)


def _spans(captures: int, stories: int) -> Iterator[tuple[int, int, int, int, int | None]]:
    def ends(page: int) -> int | None:
        return None if page >= captures - 1 else _instant(page)

    for story in range(stories):
        first, last = _first_page(story), min(_last_page(story), captures - 1)
        if first > last:
            continue
        renamed = first + RENAMED_AFTER
        yield SpanKind.STORY, story + 1, 0, _instant(first), ends(last)
        yield SpanKind.WORDING, story + 1, 2 * story + 1, _instant(first), ends(min(renamed - 1, last))
        if renamed <= last:
            yield SpanKind.WORDING, story + 1, 2 * story + 2, _instant(renamed), ends(last)
    for page in range(0, captures, HELD):
        lead = NEW * page + STORIES - 1
        yield SpanKind.LEAD, lead + 1, 0, _instant(page), ends(page + HELD - 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """What one export came to: wall seconds, peak memory and file size in MB."""

    seconds: float
    peak: float
    size: float


def measure(archive: Path, what: str, form: str) -> Measured:
    """Run `frontpage export` as its own process."""
    out = archive.with_name(f"{what}.{form}")
    command = [sys.executable, "-m", "frontpage", "export", what, "--archive", str(archive)]
    command += ["--package", str(out)] if form == "zip" else ["--format", form, "-o", str(out)]
    if form == "zip":
        command.remove(what)
    start = time.monotonic()
    child = os.spawnv(os.P_NOWAIT, sys.executable, command)
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    size = out.stat().st_size
    out.unlink()
    return Measured(seconds=time.monotonic() - start, peak=usage.ru_maxrss / 1024, size=size / 1e6)


def main(sizes: list[int]) -> None:
    """Build the archives and print the table."""
    with TemporaryDirectory() as folder:
        archives = {size: Path(folder) / f"{size}.db" for size in sizes}
        for size, path in archives.items():
            start = time.monotonic()
            build(path, size)
            took, megabytes = time.monotonic() - start, path.stat().st_size / 1e6
            print(
                f"{size:,} captures until {iso(from_epoch(_instant(size)))}: {megabytes:.0f} MB, made in {took:.0f} s"
            )
        rows: list[list[object]] = []
        for what, form in (*JOBS, ("everything", "zip")):
            found = [measure(path, what, form) for path in archives.values()]
            rows.append([f"{what} {form}", found[-1].size, found[-1].seconds, *(round(m.peak) for m in found)])
            print(rows[-1], file=sys.stderr)
        print(table(["export", "MB", "s", *(f"peak MB at {size:,}" for size in sizes)], rows))


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [10_000, 100_000])
