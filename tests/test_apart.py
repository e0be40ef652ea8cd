"""Archives kept apart answer as the one that merge makes of them: split by site, by time, or of two observers."""

import asyncio
import io
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedules import partitions as cutting
from schedules.report import Report
from schedules.sources.opening import Asked
from schedules.spread import spread_out
from scraper.config import Site
from scraper.errors import ArchiveError, ConfigError, NotFound
from scraper.model import FrontPage, Origin, Outcome, Role
from storage import together
from storage.apart import OPEN, Apart
from storage.archive import Archive
from storage.captures import capture_row, slugs
from storage.exports import EXPORTS, Selection
from storage.formats import Export, Format, write, write_apart
from storage.merge import merge
from storage.queries import leads, leads_about, show_if_any
from storage.ranking import corpus, whole
from storage.removals import forget, prune
from storage.schema import connect_readonly
from storage.search import candidates, order, phrases, search
from storage.shapes import compared_shape
from tests import past
from tests.made import NOON, at, capture, new_archive, page, wall
from tests.test_cli import lines
from tests.verbs import call
from tests.warcs import write_past

SITES = ("courier", "observer", "phare")
QUERIES = ("flood", "flood recedes", '"the flood" harbour*', "headline", "ferry of", "nobody")
Seen = tuple[str, datetime, FrontPage, Origin]


def line(site: str) -> list[Seen]:
    """A day of a site: edits, a wall, a gap, words of different rarity, an instant that two origins share."""
    shift = SITES.index(site)
    told = {"flood": f"The flood recedes, {'again ' * shift}says the harbour master of {site}"}
    pages = [
        (0, page("flood", "ferry", "harbour")),
        (15, page("flood", "ferry", "harbour", headlines=told)),
        (30, page("ferry", "flood", headlines=told, section="Region")),
        (45, wall()),
        (60, page("ferry", "market", headlines={"market": "Flood, flood, flood: the flood at the market"})),
        (60 + 7 * 60, page("ferry", "market", "harbour")),
        (75 + 7 * 60, page("market", "ferry", headlines={"market": f"Market {shift}"})),
    ]
    seen = [(site, at(minute + shift), read, Origin.LIVE) for minute, read in pages]
    return [*seen, (site, at(15 + shift), page("flood", "ferry"), Origin.WAYBACK)]


def made(file: Path, seen: Sequence[Seen], *, observer: str = "home", described: bool = True) -> Path:
    """An archive of these captures, each with a row in the ledger."""
    with new_archive(file, observer=observer) as archive:
        for slug in dict.fromkeys(site for site, *_ in seen):
            if described:
                site = Site(slug=slug, name=slug, url="https://a.example/", timezone="Europe/London", every=900)
                archive.describe(site, gap=6 * 3600, at=NOON)
        for slug, instant, read, origin in seen:
            recorded = archive.record(capture(instant, repr(read).encode(), origin=origin, site=slug))
            archive.file(recorded.capture_id, read)
            archive.end_visit(slug, due_at=instant, ended_at=instant, outcome=Outcome.NEW_EDITION,
                              capture_id=recorded.capture_id)  # fmt: skip
    return file


def merged(folder: Path, files: Sequence[Path]) -> Path:
    """What merge makes of them, in their order."""
    with new_archive(folder / "merged.db") as archive:
        for file in files:
            merge(archive, file)
    return folder / "merged.db"


Split = Callable[[Path], list[Path]]


def by_site(folder: Path) -> list[Path]:
    return [made(folder / f"{site}.db", line(site)) for site in SITES]


def by_time(folder: Path) -> list[Path]:
    """One site cut where stories and the lead go on, and its neighbours whole."""
    seen = sorted(line("courier"), key=lambda one: one[1])
    parts = [seen[:2], seen[2:5], seen[5:]]
    files = [made(folder / f"courier-{number}.db", part) for number, part in enumerate(parts)]
    return [*files, made(folder / "others.db", [*line("observer"), *line("phare")])]


def interleaved(folder: Path) -> list[Path]:
    """Two observers that took turns at a site, and both saw some of it; one never described it."""
    seen = line("courier")
    return [
        made(folder / "a.db", seen[::2] + line("phare"), observer="berlin", described=False),
        made(folder / "b.db", seen[1::2] + seen[:3], observer="oslo"),
    ]


def overlapping(folder: Path) -> list[Path]:
    """The same captures of the same observer, twice and in part."""
    return [made(folder / "a.db", line("courier")), made(folder / "b.db", line("courier")[2:] + line("phare"))]


def misread(folder: Path) -> list[Path]:
    """The first saw a wall in what leads in the second, where a story that never stands there stands in line for it."""
    files = [
        made(folder / "a.db", line("courier")),
        made(folder / "b.db", [*line("courier"), ("courier", at(30), page("quay", "ferry"), Origin.WAYBACK)]),
    ]
    with Archive(files[0]) as archive:
        for name in ("courier/20261124123000", "courier/20261124130000"):
            archive.file(capture_row(archive.connection, name), wall())
    return files


@pytest.fixture(params=[by_site, by_time, interleaved, overlapping, misread], ids=lambda split: split.__name__)
def files(request: pytest.FixtureRequest, tmp_path: Path) -> list[Path]:
    split: Split = request.param
    return split(tmp_path)


@pytest.mark.parametrize("what", EXPORTS)
def test_exports_are_those_of_the_merged_archive(tmp_path: Path, files: list[Path], what: str) -> None:
    """Every row, once and in the same order: captures, readings, spans across borders, changes, ledgers."""
    with Apart(files) as apart, closing(connect_readonly(merged(tmp_path, files))) as whole:
        for selection in (Selection(), Selection(since=at(10), until=at(70)), Selection(sites=("phare",))):
            if set(selection.sites) <= set(apart.sites):
                told = list(together.rows(apart, what, selection))
                assert told == list(EXPORTS[what](whole, selection))


@pytest.mark.parametrize("order", ["whole pruned down", "pruned whole down", "down pruned whole", "pruned down whole"])
def test_what_one_of_them_pruned_or_took_down_is_as_in_the_merged_archive(tmp_path: Path, order: str) -> None:
    """A body is there where any of them keeps it, but what the first of them took down is gone."""
    names = order.split()
    for name in names:
        made(tmp_path / f"{name}.db", [("courier", at(minute), page("flood", reader=str(minute)), Origin.LIVE)
                                       for minute in (0, 15, 30)])  # fmt: skip
        with Archive(tmp_path / f"{name}.db") as archive:
            if name == "pruned":
                assert prune(archive, before=at(60), at=at(60)).bodies == 2
            elif name == "down":
                forget(archive, "courier/20261124121500", reason="court order 12/26", at=at(60))
    files = [tmp_path / f"{name}.db" for name in names]
    with Apart(files) as apart, closing(connect_readonly(merged(tmp_path, files))) as whole:
        told = list(together.rows(apart, "captures", Selection()))
        assert told == list(EXPORTS["captures"](whole, Selection()))
    is_down = names.index("down") < names.index("whole")
    assert [row["body"] for row in told] == ["kept", "removed" if is_down else "kept", "kept"]


def test_leads_are_those_of_the_merged_archive(tmp_path: Path, files: list[Path]) -> None:
    """Site by site and about a query; a lead that goes on in the next archive has led once, and longer."""
    with Apart(files) as apart, closing(connect_readonly(merged(tmp_path, files))) as whole:
        assert apart.sites == slugs(whole)
        for slug in apart.sites:
            for since, until in ((None, None), (at(20), at(61)), (at(-9), at(1))):
                told = list(together.led(apart, slug, since, until))
                assert told == list(leads(whole, slug, since=since, until=until))
        for query in QUERIES:
            found = together.led_about(apart, query, apart.sites, None, None)
            assert found == list(leads_about(whole, query, sites=slugs(whole)))


@pytest.mark.parametrize("query", QUERIES)
def test_hits_are_those_of_the_merged_archive(tmp_path: Path, files: list[Path], query: str) -> None:
    """The same stretches; and the same order wherever no text is in two archives."""
    with Apart(files) as apart, closing(connect_readonly(merged(tmp_path, files))) as whole:
        for site in ("", *apart.sites):
            told = ask(apart, query, site=site)
            expected = search(whole, query, site=site)
            assert sorted(told, key=repr) == sorted(expected, key=repr)
            if not any(map(apart.is_shared, apart.sites)):
                assert told == expected
                assert ask(apart, query, site=site, limit=2) == expected[:2]
        assert ask(apart, query, role=Role.LEAD) == [hit for hit in ask(apart, query) if hit.role is Role.LEAD]


def ask(apart: Apart, query: str, *, site: str = "", role: Role | None = None, limit: int = 50) -> list[Any]:
    return together.found(apart, query, site=site, role=role, since=None, until=None, limit=limit)


def test_pages_are_compared_as_in_the_merged_archive(tmp_path: Path, files: list[Path]) -> None:
    """The latest page in whichever archive; where two hold one instant, the fixed order decides."""
    with Apart(files) as apart, closing(connect_readonly(merged(tmp_path, files))) as whole:
        for slug in apart.sites:
            for minutes in (-1, 0, 16, 17, 44, 50, 61, 600):
                told = together.compared(apart, slug, at(minutes))
                expected = show_if_any(whole, slug, at(minutes))
                assert compared_shape(slug, told) == compared_shape(slug, expected)
        assert all(apart.zone(slug) == "Europe/London" for slug in ("courier", "observer") if slug in apart.sites)


@pytest.mark.parametrize("observers", [("berlin", "oslo"), ("oslo", "berlin")])
def test_of_two_observers_the_first_by_name_is_compared(tmp_path: Path, observers: Sequence[str]) -> None:
    """Equal bytes of one second that read differently: as in the merged archive, in any order of the archives."""
    for name in observers:
        with new_archive(tmp_path / f"{name}.db", observer=name) as archive:
            archive.file(archive.record(capture(NOON)).capture_id, page(f"seen-by-{name}"))
    files = [tmp_path / f"{name}.db" for name in observers]
    with Apart(files) as apart, closing(connect_readonly(merged(tmp_path, files))) as whole:
        told = together.compared(apart, "courier", NOON)
        assert told == show_if_any(whole, "courier", NOON)
        assert told is not None
        assert "berlin" in told.page.stories[0].url


WORDS = ("flood", "ferry", "harbour", "the", "of", "a")
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join)


@settings(max_examples=30)
@given(shards=st.lists(st.lists(TEXTS, min_size=1, max_size=4, unique=True), min_size=2, max_size=4))
def test_ranks_are_those_of_one_index(tmp_path_factory: pytest.TempPathFactory, shards: list[list[str]]) -> None:
    """Whatever the texts are and however they are spread over sites: to the last bit what FTS5 itself computes."""
    folder = tmp_path_factory.mktemp("ranks")
    files = [
        made(folder / f"{n}.db", [(f"site-{n}", at(n), page("0", *names(texts), headlines=names(texts)), Origin.LIVE)])
        for n, texts in enumerate(shards)
    ]
    with Apart(files) as apart, closing(connect_readonly(merged(folder, files))) as whole:
        for query in ("flood", "flood ferry", '"the flood" of', "har* a"):
            expected = search(whole, query)
            assert ask(apart, query) == expected
            assert [one.rank for one in candidates(whole, query)] == pytest.approx(ranks(apart, query), abs=1e-12)


def names(texts: Sequence[str]) -> dict[str, str]:
    return {str(number): text for number, text in enumerate(texts)}


def ranks(apart: Apart, query: str) -> list[float]:
    """The ranks behind the hits, best first."""
    terms = phrases(query)
    everything = whole([corpus(apart.connection(file), terms) for file in apart.files])
    asked = [(apart.connection(file), candidates(apart.connection(file), query)) for file in apart.files]
    found = [one for connection, here in asked for one in together._ranked(connection, terms, here, everything)]
    return [one.rank for one in sorted(found, key=order)]


def test_more_archives_than_may_be_open(tmp_path: Path) -> None:
    """A site cut into more parts than are held open at once is answered all the same."""
    parts = [[("courier", at(15 * n), page("flood", f"story-{n // 3}"), Origin.LIVE)] for n in range(OPEN + 3)]
    for number, part in enumerate(parts):
        made(tmp_path / f"{number:03}.db", part)
    with Apart([tmp_path]) as apart:
        (lead,) = together.led(apart, "courier", None, None)
        assert lead.seen.captures == OPEN + 3
        assert len(apart._open) == OPEN


def test_one_archive_under_two_names_is_one(tmp_path: Path) -> None:
    """The same file named twice, by a link or by its folder, is not joined with itself."""
    file = made(tmp_path / "a.db", line("courier"))
    (tmp_path / "link.db").symlink_to(file)
    with Apart([file, tmp_path / "link.db", tmp_path]) as apart:
        assert apart.files == (file,)


def test_what_is_no_archive_is_named(tmp_path: Path) -> None:
    """An answer from the others would pass for the whole: nothing is answered, and the file is named."""
    good = made(tmp_path / "good.db", line("courier"))
    (tmp_path / "text.db").write_text("no archive")
    (tmp_path / "empty").mkdir()
    for wrong, says in (
        (tmp_path / "none.db", "none.db: there is no archive yet"),
        (tmp_path / "text.db", "text.db: cannot be used as an archive"),
        (tmp_path / "empty", "empty: there is no archive in this folder"),
    ):
        with pytest.raises(ArchiveError, match=says):
            Apart([good, wrong])


def test_an_unknown_site_is_named(tmp_path: Path) -> None:
    """Beside those that the archives have, before anything is written."""
    with Apart(by_site(tmp_path)) as apart:
        with pytest.raises(NotFound, match='the archives know no site "tribune"; known are courier, observer, phare'):
            together.rows(apart, "leads", Selection(sites=("courier", "tribune")))
        assert together.compared(apart, "phare", at(-99)) is None


@pytest.mark.parametrize("form", [Format.CSV, Format.JSONL, Format.PARQUET, Format.GFG])
def test_files_are_those_of_the_merged_archive(tmp_path: Path, form: Format) -> None:
    """Byte by byte, in every format that is rows."""
    files = by_time(tmp_path)
    job = Export(what="readings", form=form, selection=Selection())
    told, expected = io.BytesIO(), io.BytesIO()
    with Apart(files) as apart, closing(connect_readonly(merged(tmp_path, files))) as whole:
        write_apart(apart, job, told)
        write(whole, job, expected, now=NOON)
    assert told.getvalue() == expected.getvalue()


@pytest.mark.parametrize(("what", "form"), [("captures", Format.WARC), ("changes", Format.ATOM)])
def test_formats_that_are_more_than_rows_want_one_archive(tmp_path: Path, what: str, form: Format) -> None:
    """They say so, and what to do."""
    with Apart(by_site(tmp_path)) as apart, pytest.raises(ConfigError, match="`frontpage merge` makes one"):
        write_apart(apart, Export(what=what, form=form, selection=Selection()), io.BytesIO())


def test_the_verbs_take_several_archives(tmp_path: Path) -> None:
    """compare, leads, search and export, by file or by folder; JSON, plain lines, limits and exit codes."""
    (tmp_path / "shards").mkdir()
    files = by_time(tmp_path / "shards")
    options = [word for file in files for word in ("--archive", file)]
    compared = lines(call("compare", *SITES, "--at", "2026-11-24T13:30", *options, "--json"))
    assert [row["site"] for row in compared] == list(SITES)
    folder = ("--archive", tmp_path / "shards")
    told = lines(call("leads", "--all", *folder, "--json"))
    assert told == lines(call("leads", *SITES, *options, "--json"))
    assert call("leads", "--all", *folder).splitlines()[0].split("\t")[:3] == [
        "courier", "2026-11-24 12:00", "2026-11-24 12:15",
    ]  # fmt: skip
    about = lines(call("leads", "--all", "--about", "flood", *folder, "--json"))
    assert about == sorted(about, key=lambda row: (row["first_seen"], row["site"]))
    assert len(lines(call("search", "flood", *folder, "--limit", "2", "--json"))) == 2
    assert json.loads(call("search", "flood", "--site", "phare", "--limit", "1", *folder, "--json"))["site"] == "phare"
    assert call("export", "leads", "--format", "csv", *folder).count("\n") == len(told) + 1
    assert "makes one of several" in call("export", "--package", tmp_path / "a.zip", *folder, code=2)
    assert "makes one of several" in call("export", "changes", "--format", "atom", *folder, code=2)
    assert "there is no archive yet" in call("leads", "--all", *folder, "--archive", tmp_path / "x.db", code=1)
    assert 'the archives know no site "tribune"' in call("leads", "tribune", *folder, code=1)


async def test_a_backfill_may_leave_its_shards_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is merged; the shards answer as the archive that one process fills; another run finds them done.

    One that merges them leaves those of others alone, which are not merged anywhere.
    """
    monkeypatch.setattr(cutting, "MIN_BYTES", 1)
    for number, instant in enumerate(past.HOURS):
        write_past(tmp_path / "warcs" / f"{number}.warc.gz", [instant])
    (tmp_path / "alone").mkdir()
    await past.filled(tmp_path / "alone", "files", past.save_pages(tmp_path / "pages"))

    def spread(*, apart: bool = True) -> Report:
        report = Report(site="courier", source="warc")
        asked = Asked(source="warc", place=str(tmp_path / "warcs"))
        engine = partial(ThreadPoolExecutor, 2)
        spread_out(past.settings_in(tmp_path), past.SITE, asked, report=report, open_engine=engine, workers=2,
                   now=NOON, apart=apart)  # fmt: skip
        return report

    assert past.counts(await asyncio.to_thread(spread)) == (6, 6, 0, 0)
    assert not (tmp_path / "archive.db").exists()
    with Apart([tmp_path / "archive.shards"]) as apart:
        assert len(apart.files) == 6
        told = io.BytesIO()
        write_apart(apart, Export(what="readings", form=Format.JSONL, selection=Selection()), told)
        assert told.getvalue().decode() == past.readings(tmp_path / "alone")
        with closing(connect_readonly(tmp_path / "alone" / "archive.db")) as whole:
            assert list(together.led(apart, "courier", None, None)) == list(leads(whole, "courier"))
    assert past.counts(await asyncio.to_thread(spread)) == (6, 0, 6, 0)
    other = made(tmp_path / "archive.shards" / "phare-0123456789abcdef.db", line("phare"))
    await asyncio.to_thread(spread, apart=False)
    assert list((tmp_path / "archive.shards").iterdir()) == [other]


def test_apart_is_about_shards(tmp_path: Path) -> None:
    """Without an engine there are none."""
    assert "they are made with --engine" in call("backfill", "files", "courier", tmp_path, "--apart", code=2)
