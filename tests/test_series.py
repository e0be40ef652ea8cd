"""The set property on real front pages over time, read by the real reader."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest

from scraper.model import Capture, FrontPage, Origin
from scraper.reader import read_front_page
from storage.archive import Archive
from storage.changes import changes
from storage.exports import Selection, lead_rows, readings, story_rows
from storage.merge import merge
from storage.shapes import change_shape
from storage.verify import verify

pytestmark = pytest.mark.shared

SITE = "guardian-us"
URL = "https://www.theguardian.com/us"


@cache
def series(folder: Path) -> tuple[tuple[Capture, FrontPage], ...]:
    """Each state of the site with its reading, in order of time."""
    return tuple(_state(file) for file in sorted((folder / "series" / SITE).glob("*.html")))


def _state(file: Path) -> tuple[Capture, FrontPage]:
    body = file.read_bytes()
    instant = datetime.strptime(file.stem, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    capture = Capture(site=SITE, origin=Origin.FILES, url=URL, instant=instant, status=200, body=body)
    return capture, read_front_page(body, URL)


def take(archive: Archive, states: Sequence[tuple[Capture, FrontPage]]) -> None:
    for capture, page in states:
        with archive.batch():
            archive.file(archive.record(capture).capture_id, page)


def all_that_follows(archive: Archive) -> list[list[dict[str, Any]]]:
    everything = Selection()
    rows = [list(export(archive.connection, everything)) for export in (readings, lead_rows, story_rows)]
    return [*rows, [change_shape(event) for event in changes(archive.connection, SITE)]]


def test_any_order_any_number_of_times(shared: Path, tmp_path: Path) -> None:
    """In order, backwards, shuffled and twice: equal readings, leads, stories and changes, and spans that verify."""
    states = series(shared)
    shuffled = Random(1).sample(states, len(states))
    orders = {"in order": states, "backwards": states[::-1], "shuffled": shuffled, "twice": [*shuffled, *states]}
    found = {}
    for name, order in orders.items():
        with Archive(tmp_path / f"{name}.db") as archive:
            take(archive, order)
            found[name] = all_that_follows(archive)
            assert verify(archive.connection).bad == ()
    assert found["in order"][3], "real pages change"
    assert all(rows == found["in order"] for rows in found.values())


def test_shared_between_two_archives_and_merged(shared: Path, tmp_path: Path) -> None:
    """Every second state in another archive; merged either way, both hold what one archive of all would."""
    states = series(shared)
    with (
        Archive(tmp_path / "whole.db") as whole,
        Archive(tmp_path / "odd.db", observer="odd") as odd,
        Archive(tmp_path / "even.db", observer="even") as even,
    ):
        take(whole, states)
        take(odd, states[1::2])
        take(even, states[::2])
        merge(odd, even.path)
        merge(even, odd.path)
        assert all_that_follows(odd) == all_that_follows(even) == all_that_follows(whole)
