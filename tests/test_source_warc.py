"""WARC and WACZ files: one site's records among others, revisits, digests, damage, hostile packages."""

import asyncio
import gzip
import stat
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from threading import Event

import brotli
import pytest
from fastwarc.warc import ArchiveIterator, WarcRecord
from hypothesis import given
from hypothesis import strategies as st
from warcio.recordloader import ArcWarcRecord

from schedules.sources import salvage
from schedules.sources.found import Unusable, Wanted
from schedules.sources.records import check_digest, dechunk, parse_date, parse_response
from schedules.sources.warc import Warc as WarcSource
from schedules.sources.warc_volumes import Pass
from scraper.limits import MAX_BODY_BYTES
from scraper.model import Origin
from storage.archive import Archive
from tests.made import NOON
from tests.past import HOURS, SITE, URL, bodies, captures, counts, filled, page, readings, reasons, save_pages
from tests.test_care import damage
from tests.warcs import HTML, Warc, write_past

PAGE = b"<!DOCTYPE html><title>The Courier</title><h1>Harbour reopens after the storm</h1>"
PAST = {instant: page(instant) for instant in HOURS}


def packed(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def write(file: Path, *acts: Callable[[Warc], object]) -> Path:
    """A file of the records that the acts append."""
    with file.open("wb") as out:
        warc = Warc(out, is_gzipped=file.name.endswith(".gz"))
        for act in acts:
            act(warc)
    return file


def list_files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


def respond(body: bytes = PAGE, *, instant: datetime = NOON, **parts: object) -> Callable[[Warc], ArcWarcRecord]:
    return lambda warc: warc.response(instant, body, **parts)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["past.warc", "past.warc.gz"])
async def test_responses_are_captures_of_their_own_instant(tmp_path: Path, name: str) -> None:
    """The WARC-Date, the target URI, the HTTP headers and the body, from plain and from compressed files."""
    found = await captures(WarcSource(write_past(tmp_path / name), SITE))
    assert {capture.instant: capture.body for capture in found} == PAST
    first = found[0]
    assert (first.origin, first.url, first.status) == (Origin.WARC, URL, 200)
    assert first.headers == HTML


async def test_folders_are_read_in_order_of_names(tmp_path: Path) -> None:
    """Whatever else lies there is counted; links are not followed."""
    write_past(tmp_path / "b" / "2.warc", HOURS[3:])
    write_past(tmp_path / "a" / "1.warc.gz", HOURS[:3])
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "link.warc").symlink_to(tmp_path / "b" / "2.warc")
    source = WarcSource(tmp_path, SITE)
    assert list(await bodies(source)) == list(HOURS)
    assert reasons(source) == {"not a WARC": 1}


@pytest.mark.fault(41)
async def test_a_site_is_picked_among_many(tmp_path: Path) -> None:
    """Ten thousand records of others cost no body, and variants of the address belong to the site."""
    others = [
        respond(b"x", url=f"https://rival{number % 97}.example/{number}", instant=NOON) for number in range(10_000)
    ]
    near_misses = [
        respond(url="https://courier.example/sports"),
        respond(url="https://courier.example.org/"),
        respond(url="https://rival.example/?from=courier.example/"),
    ]
    ours = [respond(url="http://www.courier.example:80/"), respond(url="<https://courier.example/index.html>")]
    file = write(tmp_path / "crawl.warc", *others[:5_000], ours[0], *near_misses, *others[5_000:], ours[1])
    found = await captures(WarcSource(file, SITE))
    assert [capture.url for capture in found] == [
        "http://www.courier.example:80/",
        "https://courier.example/index.html",
    ]


@pytest.mark.parametrize("url", ["https://bücher.example/", "https://xn--bcher-kva.example/"])
async def test_a_site_is_found_under_either_spelling_of_its_host(tmp_path: Path, url: str) -> None:
    """In its own letters and as on the wire, however the site is configured."""
    spellings = ("http://xn--bcher-kva.example/", "https://www.bücher.example/index.html")
    others = ("https://bucher.example/", "https://zürich.example/")
    acts = [respond(url=one) for one in (*others, *spellings)]
    source = WarcSource(write(tmp_path / "past.warc.gz", *acts), SITE.model_copy(update={"url": url}))
    assert [capture.url for capture in await captures(source)] == list(spellings)


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (respond(status="404 Not Found"), "an archived 404"),
        (respond(status="206 Partial Content"), "an archived 206"),
        (lambda warc: warc.revisit(NOON, respond()(Warc(BytesIO())), status="404 Not Found"), "an archived 404"),
        (respond(b"", status="301 Moved", headers=(("Location", "https://www.courier.example/"),)), "an archived 301"),
        (respond(headers=(("Content-Type", "application/json"),)), "not a page"),
        (respond(b""), "empty"),
        (respond(fields={"WARC-Truncated": "disconnect"}), "cut short"),
        (lambda warc: warc.resource(NOON, PAGE, fields={"WARC-Truncated": "length"}), "cut short"),
        (respond(PAGE[:-9], headers=(*HTML, ("Content-Length", str(len(PAGE))))), "cut short"),
        (respond(b"%x\r\n%b\r\n" % (len(PAGE), PAGE), headers=(*HTML, ("Transfer-Encoding", "chunked"))), "cut short"),
        (respond(b"%x\r\n%b" % (len(PAGE), PAGE[:-9]), headers=(*HTML, ("Transfer-Encoding", "chunked"))), "cut short"),
        (respond(fields={"WARC-Payload-Digest": "sha1:" + "A" * 32}), "a wrong digest"),
        (respond(fields={"WARC-Block-Digest": "sha256:" + "0" * 64}), "a wrong digest"),
        (respond(fields={"WARC-Date": "2026-13-44T25:00:00Z"}), "no such time"),
        (respond(fields={"WARC-Date": "9999-12-31T20:00:00Z"}), "no such time"),
        (respond(fields={"WARC-Date": "yesterday"}), "no such time"),
        (respond(packed(PAGE)[:-9], headers=(*HTML, ("Content-Encoding", "gzip"))), "damaged"),
        (
            respond(packed(b"a" * (MAX_BODY_BYTES + 1)), headers=(*HTML, ("Content-Encoding", "gzip"))),
            "too large",
        ),
        (respond(b"a" * (MAX_BODY_BYTES + 200_000)), "too large"),
        (respond(PAGE, headers=(*HTML, ("Content-Encoding", "rot13"))), "damaged"),
    ],
)
@pytest.mark.fault(41)
async def test_what_is_no_capture_is_counted_with_its_reason(
    tmp_path: Path, act: Callable[[Warc], object], reason: str
) -> None:
    """One bad record costs itself: the good ones around it are taken."""
    file = write(tmp_path / "past.warc.gz", respond(instant=HOURS[1]), act, respond(instant=HOURS[2]))
    source = WarcSource(file, SITE)
    assert list(await bodies(source)) == [HOURS[1], HOURS[2]]
    assert reasons(source) == {reason: 1}


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (packed(PAGE), (("Content-Encoding", "gzip"),)),
        (brotli.compress(PAGE), (("Content-Encoding", "br"),)),
        (b"%x\r\n%b\r\n0\r\n\r\n" % (len(PAGE), PAGE), (("Transfer-Encoding", "chunked"),)),
        (b"10\r\n%b\r\n%x;ext=1\r\n%b\r\n0\r\n\r\n" % (PAGE[:16], len(PAGE) - 16, PAGE[16:]),
         (("Transfer-Encoding", "chunked"),)),
        (PAGE, (("Transfer-Encoding", "chunked"),)),
        (PAGE, (("Content-Encoding", "gzip"),)),
        (PAGE, (("Content-Encoding", "gzip"), ("Content-Length", str(len(PAGE) + 9)))),
        (PAGE, (("Transfer-Encoding", "chunked"), ("Content-Length", str(len(PAGE) + 9)))),
        (PAGE, (("Content-Length", "9" * 9_999),)),
        (packed(PAGE), (("Content-Encoding", "gzip"), ("Content-Length", str(len(packed(PAGE)))))),
        (b"%x\r\n%b\r\n0\r\n\r\n" % (len(packed(PAGE)), packed(PAGE)),
         (("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip"))),
    ],
)  # fmt: skip
async def test_encodings_are_undone_also_where_a_writer_undid_them(
    tmp_path: Path, body: bytes, headers: tuple[tuple[str, str], ...]
) -> None:
    """Transfer and content encodings, alone and together; a header may tell of one that is gone."""
    file = write(tmp_path / "past.warc.gz", respond(body, headers=(*HTML, *headers)))
    assert await bodies(WarcSource(file, SITE)) == {NOON: PAGE}


async def test_resources_are_captures_without_a_response(tmp_path: Path) -> None:
    """A browser's copy has a type and a body, no HTTP."""
    file = write(tmp_path / "past.warc", lambda warc: warc.resource(NOON, PAGE))
    (capture,) = await captures(WarcSource(file, SITE))
    assert (capture.body, capture.status, capture.content_type) == (PAGE, 200, "text/html")


@pytest.mark.parametrize("wanted", [Wanted(), Wanted(every=60)])
@pytest.mark.fault(41)
async def test_revisits_stand_for_their_originals(tmp_path: Path, wanted: Wanted) -> None:
    """Also where the original lies in a later file; one without an original is counted."""

    def first(warc: Warc) -> None:
        original = warc.response(HOURS[1], PAGE)
        warc.revisit(HOURS[2], original)

    def second(warc: Warc) -> None:
        late = Warc((tmp_path / "z.warc.gz").open("wb"))
        warc.revisit(HOURS[0], late.response(HOURS[3], PAGE + b"late"))
        with (tmp_path / "lost").open("wb") as lost:
            warc.revisit(HOURS[4], Warc(lost).response(HOURS[4], PAGE + b"lost"))
        late._writer.out.close()

    write(tmp_path / "a.warc.gz", first)
    write(tmp_path / "b.warc", second)
    source = WarcSource(tmp_path, SITE)
    expected = {HOURS[0]: PAGE + b"late", HOURS[1]: PAGE, HOURS[2]: PAGE, HOURS[3]: PAGE + b"late"}
    assert await bodies(source, wanted) == expected
    assert reasons(source) == {"a revisit without its original": 1, "not a WARC": 1}


PACKED = (*HTML, ("Content-Encoding", "gzip"))


@pytest.mark.parametrize(
    ("was", "fields", "counted"),
    [
        (respond(), {}, 1),
        (respond(packed(PAGE), headers=PACKED), {}, 1),
        (
            respond(),
            {"WARC-Payload-Digest": "sha256:" + sha256(PAGE).hexdigest(), "WARC-Refers-To-Date": "long ago"},
            1,
        ),
        (respond(), {"WARC-Payload-Digest": "sha1:" + "A" * 32}, 0),
        (respond(), {"WARC-Refers-To-Date": "2020-01-01T00:00:00Z"}, 0),
        (respond(), {"WARC-Refers-To-Date": "long ago"}, 0),
    ],
)
@pytest.mark.fault(41)
async def test_a_revisit_finds_its_original_in_the_archive(
    tmp_path: Path, was: Callable[[Warc], ArcWarcRecord], fields: dict[str, str], counted: int
) -> None:
    """By address and time where the digest does not deny it, or by a sha256; of the files of this run none has it."""
    (tmp_path / "before").mkdir()
    (tmp_path / "now").mkdir()
    kept: list[ArcWarcRecord] = []
    write(tmp_path / "before" / "a.warc", lambda warc: kept.append(was(warc)))
    write(tmp_path / "now" / "b.warc", lambda warc: warc.revisit(HOURS[1], kept[0], fields=fields))
    await filled(tmp_path, "warc", tmp_path / "before")
    report = await filled(tmp_path, "warc", tmp_path / "now")
    assert counts(report) == (counted, counted, 0, 0)
    assert report.quarantined["a revisit without its original"] == 1 - counted


async def test_of_two_bodies_at_the_time_that_a_revisit_names_none_is_taken_on_trust(tmp_path: Path) -> None:
    """Both came compressed, so neither can be told to have the digest."""
    others = (respond(packed(PAGE), headers=PACKED), respond(packed(PAGE + b"other"), headers=PACKED))
    (tmp_path / "before").mkdir()
    (tmp_path / "now").mkdir()
    write(tmp_path / "before" / "a.warc", *others)
    write(tmp_path / "now" / "a.warc", lambda warc: warc.revisit(HOURS[1], others[0](Warc(BytesIO()))))
    await filled(tmp_path, "warc", tmp_path / "before")
    report = await filled(tmp_path, "warc", tmp_path / "now")
    assert (counts(report), report.quarantined) == ((0, 0, 0, 0), {"a revisit without its original": 1})


@pytest.mark.fault(27, 41)
@pytest.mark.parametrize("is_alone", [True, False])
async def test_a_damaged_original_in_the_archive_costs_its_revisits_alone(tmp_path: Path, is_alone: bool) -> None:
    """Also where a sound capture shares its address and time: the damaged one may be what the revisit stands for."""
    originals = [respond(packed(PAGE), headers=PACKED), respond(packed(PAGE + b"other"), headers=PACKED)]
    (tmp_path / "before").mkdir()
    (tmp_path / "now").mkdir()
    write(tmp_path / "before" / "a.warc", *originals[: 1 if is_alone else 2])
    revisit, later = originals[0](Warc(BytesIO())), respond(page(HOURS[2]), instant=HOURS[2])
    write(tmp_path / "now" / "a.warc", lambda warc: warc.revisit(HOURS[1], revisit), later)
    await filled(tmp_path, "warc", tmp_path / "before")
    with Archive(tmp_path / "archive.db") as archive:
        damage(archive, 1)
    report = await filled(tmp_path, "warc", tmp_path / "now")
    assert (counts(report), report.quarantined) == ((1, 1, 0, 0), {"a revisit without its original": 1})


async def test_a_damaged_original_costs_the_revisits_that_stand_for_it(tmp_path: Path) -> None:
    """Out of the range it is not read before; a revisit that comes before it waits for it in vain."""
    file = BytesIO()
    original = Warc(file, is_gzipped=False).response(HOURS[3], PAGE)
    damaged = file.getvalue().replace(b"Harbour", b"Harpour")
    write(tmp_path / "a.warc", lambda warc: warc.revisit(HOURS[1], original), respond(PAGE + b"!", instant=HOURS[2]))
    (tmp_path / "b.warc").write_bytes(damaged)
    source = WarcSource(tmp_path, SITE)
    assert await bodies(source, Wanted(until=HOURS[3])) == {HOURS[2]: PAGE + b"!"}
    assert reasons(source) == {"a wrong digest": 1}


async def test_a_304_stands_for_a_body_by_its_digest(tmp_path: Path) -> None:
    """As the daemon records it: no body, and the sha256 of the one that it confirms."""

    def act(warc: Warc) -> None:
        warc.revisit(HOURS[1], warc.response(HOURS[0], PAGE), status="304 Not Modified")

    original, confirmed = await captures(WarcSource(write(tmp_path / "past.warc.gz", act), SITE))
    assert (confirmed.status, confirmed.body, len(confirmed.revisit_of)) == (304, b"", 64)
    assert original.body == PAGE


@pytest.fixture
def far(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, Event]]:
    """Two captures, then a hundred records of others, of which the third is not passed over before the reading is over;
    the event tells that it was come to. No more than the next is looked at then."""
    looks, is_there = 0, Event()

    def look(self: Pass, record: WarcRecord) -> bool:
        nonlocal looks
        looks += 1
        if looks == 5:
            is_there.set()
            assert self._is_over.wait(30), "the reading goes on"
        return is_ours(self, record)

    is_ours = Pass._is_ours
    monkeypatch.setattr(Pass, "_is_ours", look)
    others = [respond(b"x", url="https://rival.example/") for _ in range(100)]
    yield write(tmp_path / "far.warc", respond(instant=HOURS[0]), respond(instant=HOURS[1]), *others), is_there
    assert looks <= 5


@pytest.mark.parametrize("limit", [1, 2])
async def test_a_limit_ends_the_reading(far: tuple[Path, Event], limit: int) -> None:
    """Once there are so many nobody waits for those behind."""
    assert list(await bodies(WarcSource(far[0], SITE), Wanted(limit=limit))) == list(HOURS[:limit])


async def test_a_reading_that_is_given_up_ends_at_the_next_record(far: tuple[Path, Event]) -> None:
    """Ctrl-C while others' records are passed over does not wait for the end of the file."""
    task = asyncio.create_task(captures(WarcSource(far[0], SITE)))
    await asyncio.to_thread(far[1].wait)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("name", ["past.warc", "past.warc.gz"])
@pytest.mark.fault(41)
async def test_a_file_cut_short_is_read_to_the_cut(tmp_path: Path, name: str) -> None:
    """What is whole is taken; the record that the end goes through is counted."""
    whole = write_past(tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) * 3 // 5])
    source = WarcSource(tmp_path / name, SITE)
    assert list(await bodies(source)) == list(HOURS[:3])
    assert reasons(source) == {"cut short": 1}


def offsets(file: Path) -> list[int]:
    """Where the file's records begin, and its end."""
    with file.open("rb") as data:
        return [record.stream_pos for record in ArchiveIterator(data)] + [file.stat().st_size]


def put(data: bytes, place: int, new: bytes, *, instead_of: int) -> bytes:
    return data[:place] + new + data[place + instead_of :]


# What happens to six records that begin at `at`, and which of them that costs.
DAMAGES: dict[str, tuple[Callable[[bytes, list[int]], bytes], set[int]]] = {
    "garbage between records": (lambda data, at: put(data, at[2], b"garbage" * 99, instead_of=0), set()),
    "a bit flipped in a record": (
        lambda data, at: put(data, at[2] + 9_000, bytes([data[at[2] + 9_000] ^ 4]), instead_of=1),
        {2},
    ),
    "a bit flipped where a record begins": (
        lambda data, at: put(data, at[2], bytes([data[at[2]] ^ 4]), instead_of=1),
        {2},
    ),
    "a record cut short within": (lambda data, at: put(data, at[2] + 500, b"", instead_of=at[3] - at[2] - 500), {2}),
    "a record that lost its beginning": (lambda data, at: put(data, at[2], b"", instead_of=50), {2}),
    "zeros over the end of one and the beginning of the next": (
        lambda data, at: put(data, at[3] - 300, bytes(600), instead_of=600),
        {2, 3},
    ),
    "two records damaged": (
        lambda data, at: put(put(data, at[4] + 3, bytes(99), instead_of=99), at[1] + 3, bytes(99), instead_of=99),
        {1, 4},
    ),
    "the first record damaged": (lambda data, at: put(data, at[0], bytes(99), instead_of=99), {0}),
    "the last record damaged": (lambda data, at: put(data, at[5], bytes(99), instead_of=99), {5}),
}


@pytest.mark.parametrize("name", ["past.warc", "past.warc.gz"])
@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.fault(41)
async def test_damage_costs_the_records_it_is_in(tmp_path: Path, name: str, damage: str) -> None:
    """All others are taken, behind it too, and it is counted."""
    file = write_past(tmp_path / name)
    do, costs = DAMAGES[damage]
    file.write_bytes(do(file.read_bytes(), offsets(file)))
    source = WarcSource(file, SITE)
    expected = {instant: body for place, (instant, body) in enumerate(PAST.items()) if place not in costs}
    assert await bodies(source) == expected
    counted = reasons(source)
    assert counted
    assert set(counted) <= {
        "a damaged stretch of a file, skipped", "a damaged file, read up to the damage", "a wrong digest",
        "no HTTP response", "cut short", "damaged", "no such time",
    }  # fmt: skip


# What befalls the header of a record whose length stays right.
BAD_HEADERS: dict[str, tuple[bytes, bytes]] = {
    "no type": (b"WARC-Type:", b"VARC-Type:"),
    "no known type": (b"WARC-Type: response", b"WARC-Type: re\0ponse"),
    "no target": (b"WARC-Target-URI:", b"WARC-Tar\x07et-URI:"),
    "a target without a scheme": (b"https://", b"http\x1b//"),
    "zeros in the target": (b"courier.example", b"courier\0\0\0\0mple"),
    "a control character behind the host": (b"courier.example/", b"courier.example/x\x7f/"),
}


@pytest.mark.parametrize("damage", BAD_HEADERS)
@pytest.mark.fault(41)
async def test_a_damaged_header_is_counted_where_its_length_is_right(tmp_path: Path, damage: str) -> None:
    """Its record may have been the site's, and nothing else tells that it was passed over."""
    file = write_past(tmp_path / "past.warc", HOURS[:3])
    data, at = file.read_bytes(), offsets(file)
    was, became = BAD_HEADERS[damage]
    file.write_bytes(put(data, data.index(was, at[1]), became, instead_of=len(was)))
    source = WarcSource(file, SITE)
    assert list(await bodies(source)) == [HOURS[0], HOURS[2]]
    assert reasons(source) == {"a record with a damaged header, skipped": 1}


@pytest.mark.fault(41)
async def test_whole_headers_of_every_type_are_no_damage(tmp_path: Path) -> None:
    """Types that are passed over, and addresses of every kind that crawlers write into whole files."""
    blocks = [
        (kind, target)
        for kind in ("warcinfo", "request", "response", "metadata", "resource", "revisit", "conversion", "continuation")
        for target in (
            "<https://elsewhere.example/>", "https://elsewhere.example/a b", "dns:elsewhere.example", "urn:pageinfo:x",
            "https://zürich.example/",
        )
    ]  # fmt: skip
    records = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {target}\r\nContent-Length: 0\r\n\r\n\r\n\r\n"
        for kind, target in blocks
    )
    (tmp_path / "a.warc").write_text("".join(records), encoding="utf-8", newline="")
    source = WarcSource(tmp_path, SITE)
    assert await bodies(source) == {}
    assert reasons(source) == {}


@pytest.mark.fault(41)
async def test_stretches_of_damage_are_counted(tmp_path: Path) -> None:
    """One for each, however many places in it look like a record; where nothing follows, the file ends there."""
    file = write_past(tmp_path / "past.warc.gz")
    at = offsets(file)
    data = file.read_bytes()
    for place in (at[5] + 20, at[3] + 20, at[1] + 20):
        data = put(data, place, bytes(99), instead_of=99)
    fake = gzip.compress(b"WARC/1.0\r\n")[:-4]
    file.write_bytes(put(data, at[4], fake * 5, instead_of=0))
    source = WarcSource(file, SITE)
    assert list(await bodies(source)) == [HOURS[0], HOURS[2], HOURS[4]]
    assert reasons(source) == {"a damaged stretch of a file, skipped": 2, "a damaged file, read up to the damage": 1}


@pytest.mark.fault(41)
async def test_damage_in_a_package_costs_no_other_member(tmp_path: Path) -> None:
    """Deflated or stored: what cannot be unpacked ends its member."""
    whole = write_past(tmp_path / "past.warc", HOURS[:3]).read_bytes()
    (tmp_path / "past.warc").unlink()
    for name, method in (("a.wacz", zipfile.ZIP_DEFLATED), ("b.wacz", zipfile.ZIP_STORED)):
        with zipfile.ZipFile(tmp_path / name, "w", method) as package:
            package.writestr("archive/past.warc", whole)
        packed_bytes = (tmp_path / name).read_bytes()
        middle = len(packed_bytes) // 2
        (tmp_path / name).write_bytes(put(packed_bytes, middle, b"\xff" * 99, instead_of=99))
    write_past(tmp_path / "c.warc.gz", HOURS[3:])
    source = WarcSource(tmp_path, SITE)
    found = await bodies(source)
    assert {HOURS[0], *HOURS[3:]} <= set(found)
    assert all(body == PAST[instant] for instant, body in found.items())


@pytest.mark.fault(41)
async def test_what_a_page_prints_is_no_record(tmp_path: Path) -> None:
    """Not in a file that is whole, nor where it is damaged behind that page; gzip hides it anywhere."""
    forged = write_past(tmp_path / "forged.warc", HOURS[5:]).read_bytes()
    for name in ("past.warc", "past.warc.gz"):
        file = write(tmp_path / name, respond(PAGE + forged, instant=HOURS[0]), respond(PAGE, instant=HOURS[1]))
        assert set(await bodies(WarcSource(file, SITE))) == {HOURS[0], HOURS[1]}


@given(before=st.binary(max_size=99), size=st.integers(1_100, 1_200), kind=st.sampled_from(["plain", "gzip"]))
def test_the_next_record_is_found_wherever_it_begins(before: bytes, size: int, kind: str) -> None:
    """Also across the pieces in which a file is read."""
    record = b"WARC/1.1\r\nWARC-Type: response\r\n"
    data = before + b"\x1f\x8b\x08\x00WARC/1.0" + b"-" * size + b"\n"
    whole = data + (record if kind == "plain" else packed(record))
    for chunk in (64, 1_024, 1 << 20):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(salvage, "CHUNK", chunk)
            assert salvage.next_record(BytesIO(whole), 0) == len(data)
            assert salvage.next_record(BytesIO(whole), len(data)) == len(data)
            assert salvage.next_record(BytesIO(whole), len(data) + 1) is None


@pytest.mark.parametrize(
    "content", [b"", b"no warc at all", b"\x1f\x8b\x08", b"WARC/1.0\r\n", b"PK\x03\x04", b"\0" * 999]
)
@pytest.mark.fault(41)
async def test_a_file_that_is_none_is_counted(tmp_path: Path, content: bytes) -> None:
    """Nothing in it, nothing raised."""
    for name in ("a.warc", "b.warc.gz", "c.wacz"):
        (tmp_path / name).write_bytes(content)
    write_past(tmp_path / "d.warc.gz", HOURS[:1])
    source = WarcSource(tmp_path, SITE)
    assert list(await bodies(source)) == [NOON]
    assert set(reasons(source)) <= {
        "a damaged file", "a damaged file, read up to the damage", "a record with a damaged header, skipped"
    }  # fmt: skip


@pytest.mark.fault(41)
async def test_a_wrong_length_costs_its_record(tmp_path: Path) -> None:
    """A Content-Length that runs into the next record hides that one, and the digest tells."""
    plain = write_past(tmp_path / "a.warc", HOURS[:2]).read_bytes()
    length = plain.split(b"Content-Length: ")[1].split(b"\r\n")[0]
    longer = str(int(length) + 9).encode()
    (tmp_path / "a.warc").write_bytes(plain.replace(b"Content-Length: " + length, b"Content-Length: " + longer, 1))
    write_past(tmp_path / "b.warc", HOURS[2:3])
    source = WarcSource(tmp_path, SITE)
    assert HOURS[2] in await bodies(source)
    assert reasons(source)["a wrong digest"] == 1


# -- packages ---------------------------------------------------------------------------------------------------------


async def test_a_wacz_is_read_in_place(tmp_path: Path) -> None:
    """Its WARCs, stored or deflated; its pages and indexes are not asked."""
    write_past(tmp_path / "1.warc.gz", HOURS[:3])
    write_past(tmp_path / "2.warc", HOURS[3:])
    with zipfile.ZipFile(tmp_path / "crawl.wacz", "w") as package:
        package.write(tmp_path / "1.warc.gz", "archive/1.warc.gz")
        package.write(tmp_path / "2.warc", "archive/2.warc", zipfile.ZIP_DEFLATED)
        package.writestr("pages/pages.jsonl", "{}")
    for wanted in (Wanted(), Wanted(every=60)):
        source = WarcSource(tmp_path / "crawl.wacz", SITE)
        assert await bodies(source, wanted) == PAST
        assert reasons(source) == {}


@pytest.mark.fault(40, 41)
async def test_hostile_members_of_a_package_are_refused(tmp_path: Path) -> None:
    """Bombs, links and ways out are counted, and nothing is written anywhere."""
    write_past(tmp_path / "good.warc.gz", HOURS[:1])
    link = zipfile.ZipInfo("archive/link.warc")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    package_file = tmp_path / "hostile.wacz"
    with zipfile.ZipFile(package_file, "w") as package:
        package.writestr("archive/bomb.warc", b"\0" * 50_000_000, zipfile.ZIP_DEFLATED)
        package.writestr(link, "/etc/passwd")
        package.writestr("../../escape.warc", b"WARC/1.0")
        package.writestr("/absolute.warc", b"WARC/1.0")
        package.write(tmp_path / "good.warc.gz", "archive/good.warc.gz")
    before = list_files(tmp_path)
    source = WarcSource(package_file, SITE)
    assert list(await bodies(source)) == [NOON]
    assert reasons(source) == {"a zip bomb": 1, "a link in a package": 1, "a path out of its package": 2}
    assert list_files(tmp_path) == before


# -- the parts of a record --------------------------------------------------------------------------------------------


def test_digests_are_read_in_every_spelling() -> None:
    """Hexadecimal and base32, with and without padding; an algorithm that nobody knows proves nothing."""
    for label in (
        "sha1:2jmj7l5rSW0yVb/vlWAYkK/YBwk=", "sha1:DA39A3EE5E6B4B0D3255BFEF95601890AFD80708", "sha1:nonsense!", "md5:"
    ):  # fmt: skip
        with pytest.raises(Unusable, match="a wrong digest"):
            check_digest(label, b"")
    for label in (
        "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ", "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "SHA-1:3i42h3s6nnfq2msvx7xzkyayscx5qbyj",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "blake3:whatever", "",
    ):  # fmt: skip
        check_digest(label, b"page", b"")


@pytest.mark.parametrize(
    "block", [b"", b"\r\n\r\n", b"HTTP/1.1", b"GET / HTTP/1.1\r\n\r\n", b"a" * 99_999, b"HTTP/1.1 2x0\r\n\r\n"]
)
def test_what_is_no_response_says_so(block: bytes) -> None:
    """Any bytes give a response or a reason."""
    with pytest.raises(Unusable, match="no HTTP response"):
        parse_response(block)


@pytest.mark.parametrize("data", [b"", b"5", b"fffffffff\r\n", b"\xff\xff", b"-1\r\nabc\r\n0\r\n"])
@pytest.mark.fault(41)
def test_what_is_not_chunked_stays_as_it_is(data: bytes) -> None:
    """Its writer undid that, and left the header."""
    assert dechunk(data) == data


@pytest.mark.parametrize("data", [b"5\r\n", b"5\r\nabc", b"3\r\nabc\r\n", b"3\r\nabc\r\nxyz\r\n", b"3\r\nabc\r\n0"])
@pytest.mark.fault(41)
def test_chunks_without_a_last_one_are_cut_short(data: bytes) -> None:
    """Wherever the cut is."""
    with pytest.raises(Unusable, match="cut short"):
        dechunk(data)
    assert dechunk(b"3\r\nabc\r\n0\r\n") == b"abc"


def test_dates_are_whole_seconds_utc() -> None:
    """WARC 1.1 allows fractions; zones other than Z are no standard, and still instants."""
    for text in (
        "2026-11-24T12:00:00Z",
        "2026-11-24T12:00:00.987654Z",
        "2026-11-24T13:00:00+01:00",
        "2026-11-24T12:00:00",
    ):
        assert parse_date(text) == datetime(2026, 11, 24, 12, tzinfo=UTC)


async def test_steps_read_the_chosen_records_again(tmp_path: Path) -> None:
    """With every, bodies are not held while the file is listed, and the nearest to each step is given in order."""
    minutes = [0, 20, 70, 118, 121]
    acts = [respond(PAGE + b"%d" % at, instant=NOON + timedelta(minutes=at)) for at in reversed(minutes)]
    source = WarcSource(write(tmp_path / "past.warc.gz", *acts), SITE)
    given = await bodies(source, Wanted(every=3600))
    assert [body.removeprefix(PAGE) for body in given.values()] == [b"0", b"70", b"121"]


@pytest.mark.fault(41)
async def test_what_cannot_be_read_again_is_counted(tmp_path: Path) -> None:
    """A file that is compressed as a whole, not record by record, can be read in one pass only; so can two of them, one
    behind the other, where what was seen at the end of the first seems to lie at the beginning of the second."""
    first = [respond(PAGE + b"%d" % place, instant=HOURS[place]) for place in range(3)]
    second = [
        respond(PAGE + b"late", instant=HOURS[3]),
        lambda warc: warc.revisit(HOURS[4], warc.response(HOURS[5], PAGE)),
    ]
    files = [write(tmp_path / "plain", *acts).read_bytes() for acts in (first, second)]
    (tmp_path / "plain").unlink()
    (tmp_path / "past.warc.gz").write_bytes(b"".join(map(packed, files)))
    whole = {HOURS[place]: PAGE + b"%d" % place for place in range(3)} | {HOURS[3]: PAGE + b"late", HOURS[5]: PAGE}
    source = WarcSource(tmp_path, SITE)
    assert await bodies(source) == whole
    assert reasons(source) == {"not readable by itself": 1}  # the revisit's original
    source = WarcSource(tmp_path, SITE)
    assert await bodies(source, Wanted(every=60)) == {HOURS[0]: whole[HOURS[0]], HOURS[3]: whole[HOURS[3]]}
    assert reasons(source) == {"not readable by itself": 4}


async def test_readings_equal_those_of_the_same_pages_as_files(tmp_path: Path) -> None:
    """From record to reading, byte for byte what saved pages come to; a second run takes nothing."""
    await filled(tmp_path / "files", "files", save_pages(tmp_path / "pages"))
    file = write_past(tmp_path / "past.warc.gz")
    assert counts(await filled(tmp_path, "warc", file)) == (6, 6, 0, 0)
    assert readings(tmp_path) == readings(tmp_path / "files")
    assert counts(await filled(tmp_path, "warc", file)) == (6, 0, 6, 0)
