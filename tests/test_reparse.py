"""Reading again: what a better reader sees replaces what was seen, and is told first."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from demo.library import paper
from schedules.former import sites_to_read
from schedules.reparse import differences, reparse_sites
from scraper.config import ArchiveSettings, Settings, Site
from scraper.errors import ArchiveError, ConfigError
from scraper.model import FrontPage, Layout
from scraper.reader import read_front_page
from storage import rebuilding
from storage.alarms import AlarmKind, alarms, raise_alarm
from storage.archive import Archive
from storage.backup import backup
from storage.exports import Selection, lead_rows, readings, wording_rows
from storage.merge import merge
from storage.observations import Departures, Observations
from storage.pace import in_turns
from storage.rebuilding import mend, sweep
from storage.removals import forget, prune
from storage.verify import verify
from tests import made
from tests.made import NOON
from tests.verbs import call, frontpage_run

URL = "https://courier.example/"
INSTANTS = [made.at(180 * n) for n in range(3)]


def settings_of(folder: Path) -> Settings:
    site = Site(slug="courier", name="Courier", url=URL, timezone="UTC", every=900)
    return Settings(file=folder / "config.toml", archive=ArchiveSettings(path=folder / "archive.db"), sites=(site,))


def fill(settings: Settings) -> list[dict[str, object]]:
    """Three captures, the second read badly; the readings as they should be."""
    with Archive(settings.archive.path) as archive:
        right = []
        for n, instant in enumerate(INSTANTS):
            body = paper("courier").page(instant).body
            capture = replace(made.capture(instant, body), url=URL)
            page = read_front_page(body, URL, content_type=capture.content_type)
            row = archive.record(capture).capture_id
            archive.file(row, page)
            right.append(page)
            if n == 1:
                archive.file(row, replace(page, lead=page.teasers[0], teasers=page.teasers[1:], reader="bad"))
        return [{"lead": page.lead and page.lead.headline} for page in right]


async def test_reading_again_clears_the_redesign_alarm(tmp_path: Path) -> None:
    """The alarm asks for a look at the readings; having read all again is the answer to it, a dry run is none."""
    settings = settings_of(tmp_path)
    fill(settings)
    with Archive(settings.archive.path) as archive:
        raise_alarm(archive, "courier", AlarmKind.DRIFT, since=0, what="no lead", usual={})
        await reparse_sites(settings, settings.sites, workers=1, is_dry=True)
        assert AlarmKind.DRIFT in alarms(archive.connection, "courier")
        await reparse_sites(settings, settings.sites, workers=1, is_dry=False)
        assert alarms(archive.connection, "courier") == {}


def leads_of(settings: Settings) -> list[dict[str, object]]:
    with Archive(settings.archive.path) as archive:
        rows = readings(archive.connection, Selection())
        return [{"lead": row["lead"] and row["lead"]["headline"]} for row in rows]


async def test_a_dry_run_tells_and_changes_nothing(tmp_path: Path) -> None:
    """One of three captures would read differently; it is named, and stays as it is."""
    settings = settings_of(tmp_path)
    right = fill(settings)
    before = settings.archive.path.read_bytes()
    (result,) = await reparse_sites(settings, settings.sites, workers=2, is_dry=True)
    assert (result.read, result.differ) == (3, 1)
    assert result.examples["more stories"] == ["courier/20261124150000"]
    assert settings.archive.path.read_bytes() == before
    assert leads_of(settings) != right


async def test_no_archive_is_made_to_read_again(tmp_path: Path) -> None:
    """Where the path is misspelt, that is told."""
    settings = settings_of(tmp_path)
    for is_dry in (False, True):
        with pytest.raises(ArchiveError, match="there is no archive yet"):
            await reparse_sites(settings, settings.sites, workers=1, is_dry=is_dry)
    assert not settings.archive.path.exists()


def test_sites_that_are_watched_no_more_are_read_again(tmp_path: Path) -> None:
    """Those that are in the archive alone come after those of the configuration, by name too, and as last described.

    One that a layout read which is configured no more is left as it is unless it is named.
    """
    settings = settings_of(tmp_path)
    fill(settings)
    gone = Site(slug="gazette", name="Gazette", url=URL, timezone="Asia/Tokyo", every=60, layouts=(Layout(name="x"),))
    with Archive(settings.archive.path) as archive:
        archive.describe(gone, gap=7_200, at=INSTANTS[0])
        archive.site_id("merged")
        row = archive.record(replace(made.capture(INSTANTS[0], site="gazette"), url=URL)).capture_id
        archive.file(row, made.page("bridge", "ferry"))
        archive.connection.execute("UPDATE readings SET evidence = '[' WHERE capture_id = ?", (row,))
    (courier, gazette, merged), _ = sites_to_read(settings)
    assert (courier, gazette.layouts, merged.slug) == (settings.sites[0], (), "merged")
    assert (gazette.name, gazette.url, gazette.timezone, gazette.gap) == ("Gazette", URL, "Asia/Tokyo", 7_200)
    with Archive(settings.archive.path) as archive:
        archive.connection.execute("UPDATE readings SET layout = 'x' WHERE capture_id = ?", (row,))
    sites, left = sites_to_read(settings)
    assert ([site.slug for site in sites], left) == (["courier", "merged"], ["gazette"])
    assert [site.slug for site in sites_to_read(settings, ["gazette"])[0]] == ["gazette"]
    with pytest.raises(ConfigError, match='no site "gazete"'):
        sites_to_read(settings, ["gazete"])
    settings.file.write_text('[archive]\npath = "archive.db"\n')
    answer = frontpage_run("--config", settings.file, "reparse", "--dry-run")
    assert "not in config.toml, and left as layouts read them: gazette" in answer.log
    answer = frontpage_run("--config", settings.file, "reparse", "gazette")
    assert (answer.code, answer.out.partition(b"\n")[0]) == (
        0,
        b"gazette: 1 captures, 1 read differently, 0 have no body",
    )
    assert "not in config.toml, and so read without layouts: gazette" in answer.log
    with Archive(settings.archive.path) as archive:
        assert [problem for problem in verify(archive.connection).bad if "gazette" in problem.capture] == []


async def test_reading_again_mends(tmp_path: Path) -> None:
    """Afterwards the readings are those of today's reader, and a second pass finds nothing."""
    settings = settings_of(tmp_path)
    right = fill(settings)
    await reparse_sites(settings, settings.sites, workers=1, is_dry=False)
    assert leads_of(settings) == right
    (again,) = await reparse_sites(settings, settings.sites, workers=1, is_dry=True)
    assert again.differ == 0


DAMAGE = {  # what a bad disk, or a bug, may have left behind
    "spans lost": "DELETE FROM spans WHERE kind = 3",
    "spans too many": "UPDATE spans SET first_seen = first_seen - 1 WHERE kind = 1",
    "another stands for it": "UPDATE observations SET capture_id = 1 WHERE capture_id = 3",
    "no observations": "DELETE FROM observations",
    "index emptied": "INSERT INTO words (words) VALUES ('delete-all')",
    "index of nothing": "INSERT INTO words (rowid, headline) VALUES (100000, 'nothing')",
    "a title": "UPDATE front_pages SET title = 'x' WHERE id = 1",
    "an order": "UPDATE front_pages SET placements = x'00' WHERE id = 1",
    "a digest": "UPDATE front_pages SET digest = x'00' WHERE id = 1",
    "a text": "UPDATE wordings SET headline = 'x' WHERE id = 1",
    "a text's digest": "UPDATE wordings SET digest = x'00' WHERE id = 1",
    "evidence": "UPDATE readings SET evidence = '[' WHERE capture_id = 1",
}


@pytest.mark.parametrize("damage", DAMAGE)
async def test_reading_again_is_the_remedy_that_verify_names(tmp_path: Path, damage: str) -> None:
    """Of all that follows from captures: afterwards it is as if every capture had been read for the first time."""
    settings = settings_of(tmp_path)
    fill(settings)
    await reparse_sites(settings, settings.sites, workers=1, is_dry=False)
    with Archive(settings.archive.path) as archive:
        before = all_that_follows(archive)
        archive.connection.execute(DAMAGE[damage])
        bad = verify(archive.connection).bad
        assert bad
        assert all("`frontpage reparse" in problem.problem for problem in bad)
    await reparse_sites(settings, settings.sites, workers=1, is_dry=True)
    await reparse_sites(settings, settings.sites, workers=1, is_dry=False)
    with Archive(settings.archive.path) as archive:
        assert verify(archive.connection).bad == ()
        assert all_that_follows(archive) == before


HOURS = [made.at(60 * n) for n in range(6)]
FROZEN = ("courier/20261124130000", "courier/20261124140000")  # of `stand_still`, their bodies pruned


def stand_still(settings: Settings) -> list[object]:
    """A page of six hours whose bytes differ, as today's reader reads it; two are pruned. All that follows from it."""
    body = paper("courier").page(NOON).body
    page = read_front_page(body, URL, content_type=made.capture(NOON).content_type)
    with Archive(settings.archive.path) as archive:
        for n, instant in enumerate(HOURS):
            capture = replace(made.capture(instant, body + b"<!-- %d -->" % n), url=URL)
            archive.file(archive.record(capture).capture_id, page)
        assert prune(archive, before=HOURS[3], at=made.at(1_000)).bodies == len(FROZEN)
        return all_that_follows(archive)


@pytest.mark.fault(27)
@pytest.mark.parametrize("damage", [*(name for name in DAMAGE if name != "evidence"), "all at once"])
async def test_what_cannot_be_read_again_is_put_back_from_what_shows_the_same(tmp_path: Path, damage: str) -> None:
    """The digest of a pruned capture's page proves that it is the page of a capture whose body is here."""
    settings = settings_of(tmp_path)
    before = stand_still(settings)
    with Archive(settings.archive.path) as archive:
        wanted = ("a title", "an order", "a text") if damage == "all at once" else (damage,)
        for one in wanted:
            archive.connection.execute(DAMAGE[one])
        assert verify(archive.connection).bad
    (result,) = await reparse_sites(settings, settings.sites, workers=1, is_dry=False)
    assert result.lost == []
    with Archive(settings.archive.path) as archive:
        assert verify(archive.connection).bad == ()
        assert all_that_follows(archive) == before


async def test_a_text_is_put_back_though_a_new_reader_reads_the_page_otherwise(tmp_path: Path) -> None:
    """Its own digest proves it: the frozen page that an earlier reader saw is whole again."""
    settings = settings_of(tmp_path)
    stand_still(settings)
    with Archive(settings.archive.path) as archive:
        page = archive.show("courier", HOURS[0]).page
        fewer = replace(page, teasers=page.teasers[:-1], reader="old")
        for row in range(1, len(HOURS) + 1):
            archive.file(row, fewer)
        lead = fewer.lead
        assert lead
        archive.connection.execute("UPDATE wordings SET headline = 'x' WHERE headline = ?", (lead.headline,))
    (result,) = await reparse_sites(settings, settings.sites, workers=1, is_dry=False)
    assert result.lost == []
    with Archive(settings.archive.path) as archive:
        assert verify(archive.connection).bad == ()
        assert archive.show("courier", HOURS[1]).page == fewer
        assert archive.show("courier", HOURS[0]).page == page


@pytest.mark.fault(27)
def test_readings_that_are_lost_are_told(tmp_path: Path) -> None:
    """Nobody shows any more what an earlier reader saw in them: a dry run says so, and they are named when they go."""
    settings = settings_of(tmp_path)
    stand_still(settings)
    site = f'slug = "courier"\nname = "Courier"\nurl = "{URL}"\ntimezone = "UTC"\nevery = "15m"\n'
    settings.file.write_text(f'[archive]\npath = "archive.db"\n[[sites]]\n{site}')
    with Archive(settings.archive.path) as archive:
        for row in (2, 3):
            archive.file(row, made.page("flood", "ferry", reader="old"))
        archive.connection.execute("UPDATE front_pages SET title = 'x' WHERE id = 2")
    dry = call("--config", settings.file, "reparse", "--dry-run")
    assert "  2 damaged and without a body, lost unless other captures show the same" in dry.splitlines()
    told = call("--config", settings.file, "reparse", code=1).splitlines()
    assert [line.partition(": its reading was damaged")[0] for line in told[-2:]] == [*FROZEN]
    with Archive(settings.archive.path) as archive:
        assert verify(archive.connection).bad == ()
        assert len(list(readings(archive.connection, Selection()))) == len(HOURS) - len(FROZEN)


async def test_what_was_read_in_what_is_no_page_goes(tmp_path: Path) -> None:
    """An earlier version read what failed visits had left; read again, nothing is left of it."""
    settings = settings_of(tmp_path)
    before = stand_still(settings)
    with Archive(settings.archive.path) as archive:
        half = replace(made.capture(made.at(90), b"<html>a part of it"), url=URL, status=206)
        archive.file(archive.record(half).capture_id, made.page("half", reader="old"))
    await reparse_sites(settings, settings.sites, workers=1, is_dry=False)
    with Archive(settings.archive.path) as archive:
        assert verify(archive.connection).bad == ()
        assert all_that_follows(archive) == before


def all_that_follows(archive: Archive) -> list[object]:
    """Readings, spans and what is found in texts."""
    told: list[object] = [
        list(export(archive.connection, Selection())) for export in (readings, lead_rows, wording_rows)
    ]
    return [*told, sorted(map(repr, archive.search("the", limit=10_000)))]


async def test_nothing_is_left_of_what_an_earlier_reader_saw(tmp_path: Path) -> None:
    """Pages, stories and texts that no reading names any more are gone, the last page aside; what is named stays."""
    settings = settings_of(tmp_path)
    fill(settings)
    with Archive(settings.archive.path) as archive:
        archive.file(2, made.page("flood", "ferry", headlines={"flood": "Zeppelin over the harbour"}))
        archive.file(archive.record(made.capture(made.at(1), site="phare")).capture_id, made.page("phare"))
        assert len(archive.search("zeppelin")) == 1
    await reparse_sites(settings, settings.sites, workers=1, is_dry=False)
    with Archive(settings.archive.path) as archive, Archive(tmp_path / "merged.db") as merged:
        merge(merged, settings.archive.path)
        assert rows_of(archive) == rows_of(merged)
        assert all_that_follows(archive) == all_that_follows(merged)
        assert archive.connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
        assert verify(archive.connection).bad == ()


def rows_of(archive: Archive) -> list[list[object]]:
    """What is kept of pages, without row numbers."""
    return [
        archive.connection.execute(f"SELECT {columns} FROM {table} ORDER BY 1").fetchall()
        for table, columns in (("front_pages", "digest"), ("wordings", "digest"), ("stories", "story"))
    ]


def test_a_damaged_reading_that_cannot_be_read_again_comes_back_from_a_backup(tmp_path: Path) -> None:
    """Its body was taken down; mending lets it go, and a merge brings it, as it was read then."""
    with Archive(tmp_path / "archive.db") as archive:
        made.keep_all(archive, [(made.at(15 * n), made.page(f"lead-{n}", "ferry")) for n in range(3)])
        forget(archive, "courier/20261124121500", reason="asked for", at=made.at(60))
        before = all_that_follows(archive)
        backup(archive.path, tmp_path / "copy.db")
        archive.connection.execute("UPDATE front_pages SET placements = x'00' WHERE id = 2")
        mend(archive, "courier")
        sweep(archive, "courier")
        assert verify(archive.connection).bad == ()
        assert len(list(readings(archive.connection, Selection()))) == 2
        merge(archive, tmp_path / "copy.db")
        assert all_that_follows(archive) == before
        assert verify(archive.connection).bad == ()


@pytest.mark.parametrize("turn", range(5))
@pytest.mark.parametrize("come", [made.page("flood", "zeppelin"), made.page("zeppelin", "quay")], ids=["old", "new"])
def test_what_a_daemon_files_meanwhile_is_not_swept_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, turn: int, come: FrontPage
) -> None:
    """Just before pages, texts, addresses or stories go, a page comes with a story that was about to go."""
    path = settings_of(tmp_path).archive.path
    with Archive(path) as archive, Archive(path) as daemon:
        recorded = archive.record(made.capture(made.at(0))).capture_id
        for read in (made.page("flood", "zeppelin"), made.page("flood", "ferry"), made.page("flood", "harbour")):
            archive.file(recorded, read)
        turns = count()

        def beside(archive: Archive, rows: list[int], act: Callable[[int], object]) -> int:
            if next(turns) == turn:
                made.keep(daemon, made.at(15), come)
            return in_turns(archive, rows, act)

        monkeypatch.setattr(rebuilding, "in_turns", beside)
        sweep(archive, "courier")
        assert next(turns) == 5
        assert archive.show("courier", made.at(15)).page == come
        assert verify(archive.connection).bad == ()


def test_a_page_that_is_remembered_by_its_row_never_comes_under_it_again(tmp_path: Path) -> None:
    """A daemon remembers what pages show; one swept away by another process gives its row to no other page."""
    path = settings_of(tmp_path).archive.path
    with Archive(path) as archive, Archive(path) as daemon:
        made.keep(archive, made.at(0), made.page("flood", "ferry"))
        recorded = daemon.record(made.capture(made.at(15))).capture_id
        daemon.file(recorded, made.page("zeppelin"))
        archive.file(recorded, made.page("flood", "ferry"))
        sweep(archive, "courier")
        made.keep(daemon, made.at(30), made.page("flood", "quay"))
        made.keep(daemon, made.at(45), made.page("ferry"))
        assert verify(archive.connection).bad == ()


def test_captures_that_come_while_spans_are_derived_are_in_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are derived again, at last with nobody beside, where captures never stop."""
    path = settings_of(tmp_path).archive.path
    with Archive(path) as archive, Archive(path) as daemon:
        made.keep_all(archive, [(made.at(15 * n), made.page(f"lead-{n}", "ferry")) for n in range(4)])
        archive.connection.execute("DELETE FROM spans WHERE kind = 3")
        departures, came = Observations.departures, count()

        def beside(self: Observations, site_id: int) -> Departures:
            found = departures(self, site_id)
            if (number := next(came)) < rebuilding.TRIES:
                made.keep(daemon, made.at(60 + number), made.page("later", "ferry"))
            return found

        monkeypatch.setattr(Observations, "departures", beside)
        mend(archive, "courier")
        monkeypatch.undo()
        assert next(came) == rebuilding.TRIES + 1
        assert verify(archive.connection).bad == ()


def test_differences_have_names() -> None:
    """Each way in which two readings can differ is told."""
    was = made.page("flood", "ferry")
    assert differences(was, was) == []
    assert differences(was, made.wall()) == ["quality ok now consent-wall"]
    assert differences(was, made.page("ferry", "flood")) == ["another lead", "other order"]
    assert differences(was, made.page("flood", "quay")) == ["more stories", "fewer stories"]
    assert differences(was, made.page("flood", "ferry", headlines={"ferry": "Ferry sails"})) == ["other headlines"]
