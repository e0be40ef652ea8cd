"""How a site's record stands: coverage by day, gaps, bytes and what a year will add."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from scraper.errors import NotFound
from scraper.model import Outcome
from storage.archive import Archive
from storage.overview import described, site_now
from storage.status import shaded, status, status_shape
from tests.made import NOON, SITE, at, keep, page, wall


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive.db") as archive:
        yield archive


def test_coverage_counts_hours_by_day(archive: Archive) -> None:
    """Two captures of one hour are one hour; a wall is none; days before are empty."""
    keep(archive, at(0), page("flood"))
    keep(archive, at(15), page("flood"))
    keep(archive, at(60), page("ferry"))
    keep(archive, at(120), wall())
    row = status(archive.connection, SITE, due=at(135), today=NOON)
    assert len(row.coverage) == 28
    assert list(row.coverage.items())[-1] == ("2026-11-24", 2)
    assert sum(row.coverage.values()) == 2
    assert shaded(row.coverage) == " " * 27 + "░"


def test_shades_tell_none_some_and_all() -> None:
    """A day without a capture is blank, a day with all its hours is solid."""
    assert shaded({"a": 0, "b": 1, "c": 8, "d": 9, "e": 17, "f": 23, "g": 24}) == " ░░▒▓▓█"


def test_gaps_bytes_and_forecast(archive: Archive) -> None:
    """Seven hours without a look are a gap; a day of captures says what a year will take."""
    for hour in (0, 1, 8, 24):
        keep(archive, NOON + timedelta(hours=hour), page(f"news-{hour}"))
    archive.end_visit(SITE, due_at=NOON, ended_at=NOON, outcome=Outcome.FAILED, error="gone")
    shape = status_shape(status(archive.connection, SITE, due=None, today=NOON))
    assert (shape["captures"], shape["editions"], shape["gaps"]) == (4, 4, 2)
    assert (shape["last_outcome"], shape["last_error"], shape["due"]) == ("failed", "gone", None)
    sizes = shape["bytes"]
    assert isinstance(sizes, dict)
    assert all(sizes[name] > 0 for name in ("raw", "bodies", "readings", "search", "file"))
    assert shape["forecast_12m"] == round((sizes["bodies"] + sizes["readings"]) * 365)


@pytest.mark.parametrize("order", [("home", "oslo"), ("oslo", "home")])
def test_the_last_visit_is_one_s_own(archive: Archive, order: tuple[str, str]) -> None:
    """Whichever of two observers of one schedule was merged last; of nobody in particular, it is who ended last."""
    visits = {"home": (at(1), Outcome.NEW_EDITION), "oslo": (at(2), Outcome.FAILED)}
    for name in order:
        ended_at, outcome = visits[name]
        archive.end_visits(SITE, [(NOON, ended_at, outcome, "", None)], observer=name)
    told = {
        name: status(archive.connection, SITE, due=None, today=NOON, observer=name).last_outcome
        for name in ("home", "oslo", "")
    }
    assert told == {"home": "new-edition", "oslo": "failed", "": "failed"}
    assert status(archive.connection, SITE, due=None, today=NOON, observer="paris").last_outcome == "failed"
    assert site_now(archive.connection, described(archive.connection, SITE)).outcome == "failed"


def test_too_little_forecasts_nothing(archive: Archive) -> None:
    """An hour is too short to speak of a year; a site that is unknown is named."""
    keep(archive, NOON, page("flood"))
    assert status(archive.connection, SITE, due=None, today=NOON).forecast_12m is None
    with pytest.raises(NotFound, match="tribune"):
        status(archive.connection, "tribune", due=None, today=NOON)
