"""The doctor: each thing that would spoil a year is found, with its remedy."""

import asyncio
import os
import struct
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from demo.library import paper
from demo.wire import Response
from schedules.doctor import Verdict, examine_here, examine_there
from scraper.config import ArchiveSettings, Settings, WebSettings
from scraper.config_notify import Notify
from scraper.model import Capture, Origin, Outcome
from storage.archive import Archive
from tests.faults import ROBOTS_DISALLOW
from tests.made import NOON, capture
from tests.newsstand import Newsstand
from tests.verbs import call
from tests.world import config_file, settings_of


def moved_to(location: str) -> Response:
    return Response(status=301, headers=(("Location", location),))


def told(settings: Settings, what: str) -> list[tuple[Verdict, str]]:
    return [(one.verdict, one.says) for one in examine_here(settings, NOON) if one.what == what]


async def test_secrets_that_others_may_read_fail(tmp_path: Path) -> None:
    """0644 fails with chmod as its remedy, 0600 is well, a file that is not there is named."""
    secret = tmp_path / "password"
    secret.write_text("x")
    settings = Settings(file=tmp_path / "config.toml", web=WebSettings(password_file=secret))
    secret.chmod(0o644)
    assert told(settings, "secrets") == [
        (Verdict.FAIL, f"{secret}: others may read it (mode 0644); chmod 600 {secret}")
    ]
    secret.chmod(0o600)
    assert told(settings, "secrets")[0][0] is Verdict.OK
    secret.unlink()
    assert told(settings, "secrets")[0][0] is Verdict.FAIL


def test_what_messages_need_is_examined_as_it_is_when_they_are_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that others may read, that is absent, empty or no text; a variable that is not set: each by its rule."""
    file = tmp_path / "hook"
    monkeypatch.delenv("DESK", raising=False)
    rules = (
        Notify(name="desk", to_env="DESK"),
        Notify(name="pager", to_file=file),
        Notify(name="monitor", webhook="https://monitor.example/", secret_file=file),
    )
    settings = Settings(file=tmp_path / "config.toml", notify=rules)
    for content, mode, says in (
        (None, 0, "No such file"),
        (b"secret", 0o644, "can be read by others; chmod 600 it"),
        (b" \n", 0o600, "is empty"),
        (b"\xff\xfe", 0o600, "is no text"),
    ):
        if content is not None:
            file.write_bytes(content)
            file.chmod(mode)
        found = told(settings, "secrets")
        assert {verdict for verdict, _ in found} == {Verdict.FAIL}
        assert found[0][1] == "[[notify]] desk: the environment variable DESK is not set"
        assert [says in said for _, said in found] == [False, True, True]
    monkeypatch.setenv("DESK", "json://localhost")
    file.write_bytes(b"secret")
    assert [verdict for verdict, _ in told(settings, "secrets")] == [Verdict.OK] * 3
    assert "secret" not in "".join(says for _, says in told(settings, "secrets"))


def acl(*entries: tuple[int, int, int]) -> bytes:
    """A POSIX ACL as Linux keeps it: (tag, rights, whose)."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


NOBODY = 0xFFFFFFFF
OWNER, NAMED, GROUP, NAMED_GROUP, MASK, OTHERS = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20


@pytest.mark.parametrize(
    ("of_group", "of_named_group", "verdict"), [(0, 0, Verdict.OK), (4, 0, Verdict.FAIL), (0, 4, Verdict.FAIL)]
)
def test_a_credential_of_systemd_is_its_service_s_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, of_group: int, of_named_group: int, verdict: Verdict
) -> None:
    """A user whom an ACL names is meant; the mode then shows the rights of the mask, and groups have their own."""
    file = tmp_path / "password"
    file.write_text("secret")
    file.chmod(0o440)
    rights = acl(
        *((OWNER, 4, NOBODY), (NAMED, 4, 65_534), (GROUP, of_group, NOBODY)),
        *((NAMED_GROUP, of_named_group, 100), (MASK, 4, NOBODY), (OTHERS, 0, NOBODY)),
    )
    monkeypatch.setattr(os, "getxattr", lambda _file, _name: rights)
    hook = Notify(name="monitor", webhook="https://monitor.example/", secret_file=file)
    settings = Settings(file=tmp_path / "config.toml", web=WebSettings(password_file=file), notify=(hook,))
    assert [found for found, _ in told(settings, "secrets")] == [verdict] * 2


async def test_a_clock_behind_the_archive_fails(tmp_path: Path) -> None:
    """A visit of tomorrow means that today is wrong."""
    async with Newsstand(lambda: NOON) as stand:
        settings = settings_of(tmp_path, stand)
    with Archive(settings.archive.path) as archive:
        later = NOON + timedelta(days=1)
        archive.end_visit("courier", due_at=later, ended_at=later, outcome=Outcome.FAILED)
    assert told(settings, "clock")[0][0] is Verdict.FAIL
    settings.archive.path.write_bytes(b"no archive" * 100)
    assert told(settings, "archive")[0][0] is Verdict.FAIL


def answer(site: str, instant: datetime, headers: tuple[tuple[str, str], ...], origin: Origin = Origin.LIVE) -> Capture:
    return replace(capture(instant, site=site, origin=origin), headers=headers)


def served_at(instant: datetime, **more: str) -> tuple[tuple[str, str], ...]:
    return (("Date", format_datetime(instant, usegmt=True)), *more.items())


def robots(instant: datetime) -> Response:
    return Response(headers=(("Content-Type", "text/plain"), *served_at(instant)), body=b"User-agent: *\nAllow: /\n")


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("dates", "verdict", "says"),
    [
        ([served_at(NOON - HOUR), served_at(NOON - 3 * HOUR)], Verdict.WARN, "1 h 00 ahead of the clocks of 2 servers"),
        ([served_at(NOON + 26 * HOUR)], Verdict.WARN, "26 h 00 behind the clock of one server"),
        ([served_at(NOON - 9 * HOUR), served_at(NOON + timedelta(seconds=9))], Verdict.OK, ""),
        ([served_at(NOON - HOUR, Age="3599")], Verdict.OK, ""),
        ([(("Date", "yesterday"), ("Age", "9" * 9_999)), ()], Verdict.OK, ""),
        ([], Verdict.OK, ""),
    ],
)
async def test_a_clock_that_no_server_shares_is_told(
    tmp_path: Path, dates: list[tuple[tuple[str, str], ...]], verdict: Verdict, says: str
) -> None:
    """The servers' Date headers are evidence already; one that agrees is enough, since caches forget the time."""
    settings = Settings(file=tmp_path / "config.toml", archive=ArchiveSettings(path=tmp_path / "archive.db"))
    with Archive(settings.archive.path) as archive:
        archive.record(answer("phare", NOON - HOUR, served_at(NOON - HOUR)))
        archive.record(answer("phare", NOON, ()))
        archive.record(answer("phare", NOON + HOUR, served_at(NOON + HOUR), Origin.WAYBACK))
        for number, headers in enumerate(dates):
            archive.record(answer(f"paper-{number}", NOON, headers))
    ((found, told_so),) = told(settings, "clock")
    assert found is verdict
    assert says in told_so


async def test_servers_that_are_asked_now_tell_of_the_clock_too(tmp_path: Path) -> None:
    """An answer to the doctor itself is of today: a clock that no server shares fails."""
    async with Newsstand(lambda: NOON, own_ports=True) as stand:
        stand.add_paper(paper("courier")).robots = robots(datetime.now(UTC) - HOUR)
        settings = settings_of(tmp_path, stand)
        found = [one async for one in examine_there(settings) if one.what == "clock"]
        assert [(one.verdict, one.says.split(";")[0]) for one in found] == [
            (Verdict.FAIL, "it is 1 h 00 ahead of the clock of one server")
        ]
        stand.add_paper(paper("phare")).robots = robots(datetime.now(UTC))
        settings = settings_of(tmp_path, stand)
        assert {one.what async for one in examine_there(settings)} == {"courier", "phare"}


async def test_sites_are_asked_for_their_robots_txt(tmp_path: Path) -> None:
    """Allowed is well, forbidden is a warning, unreachable fails."""
    async with Newsstand(lambda: NOON, own_ports=True) as stand:
        stand.add_paper(paper("courier"))
        stand.add_paper(paper("phare")).robots = ROBOTS_DISALLOW
        settings = settings_of(tmp_path, stand)
        gone = settings.sites[0].model_copy(update={"slug": "gone", "url": "http://127.0.0.1:9/"})
        settings = settings.model_copy(update={"sites": (*settings.sites, gone)})
        found = {one.what: one.verdict async for one in examine_there(settings)}
    assert found == {"courier": Verdict.OK, "phare": Verdict.WARN, "gone": Verdict.FAIL}


async def test_a_robots_txt_that_leads_where_nobody_answers_fails(tmp_path: Path) -> None:
    """What it says is unknown; one that leads round in circles is as none."""
    async with Newsstand(lambda: NOON, own_ports=True) as stand:
        stand.add_paper(paper("courier")).robots = moved_to("http://127.0.0.1:9/robots.txt")
        stand.add_paper(paper("phare")).robots = moved_to("/robots.txt")
        found = {one.what: one async for one in examine_there(settings_of(tmp_path, stand))}
    assert {what: one.verdict for what, one in found.items()} == {"courier": Verdict.FAIL, "phare": Verdict.OK}
    assert "check its URL and your network" in found["courier"].says


async def test_the_verb_prints_a_line_each(tmp_path: Path) -> None:
    """Verdict, what and remedy; exit 0 where nothing fails."""
    async with Newsstand(lambda: NOON) as stand:
        stand.add_paper(paper("courier"))
        out = await asyncio.to_thread(call, "--config", config_file(tmp_path, stand), "doctor")
    assert "warn\tconfig\twhoever runs the sites" in out
    assert "ok\tcourier\tcan be reached" in out


def test_a_reading_room_that_is_open_to_others_is_told(tmp_path: Path) -> None:
    """A warning without a secret, none on loopback or with one; a secret that is not there fails."""
    secret = tmp_path / "password"
    file = tmp_path / "config.toml"
    for web, verdict in (
        (WebSettings(), Verdict.OK),
        (WebSettings(host="0.0.0.0"), Verdict.WARN),
        (WebSettings(host="0.0.0.0", password_file=secret), Verdict.FAIL),
    ):
        assert told(Settings(file=file, web=web), "reading room")[0][0] is verdict
    secret.write_text("open sesame")
    assert told(Settings(file=file, web=web), "reading room")[0][0] is Verdict.OK
