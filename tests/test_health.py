"""The daemon's sign of life: beaten through the archive, told by /healthz and /metrics, and missed when it stops."""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import structlog
from prometheus_client.parser import text_string_to_metric_families

from demo.library import paper
from schedules.pulse import Pulse
from schedules.systemd import notify
from schedules.writer import Writer
from scraper.console import log_to_stderr
from scraper.model import Outcome
from storage.archive import Archive
from storage.heartbeats import Heartbeat, beat, last_heartbeat
from storage.schema import connect_readonly
from tests import made
from tests.clocks import StoppedClock
from tests.made import NOON
from tests.newsstand import Newsstand
from tests.watching import running, until
from tests.world import settings_of
from web.keys import Keys
from web.server import application

pytestmark = [
    # Datasette 0.65 leaves its read connections to the garbage collector, and asks for a loop where there is one.
    pytest.mark.filterwarnings("ignore:unclosed database:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:There is no current event loop:DeprecationWarning"),
]

WELL = Heartbeat(at=NOON, started_at=NOON - timedelta(hours=1), sites=2, visits={"new-edition": 3, "failed": 1})


@pytest.mark.parametrize(
    ("heartbeat", "says"),
    [
        (replace(WELL, at=NOON - timedelta(minutes=5)), "not been heard of for 5 min"),
        (replace(WELL, is_stopped=True), "stopped at 2026-11-24T12:00:00Z"),
        (replace(WELL, loop_late_s=6.2), "late by 6 s"),
        (replace(WELL, owed=3), "3 rows"),
        (replace(WELL, late=tuple("abcdefg")), "visits are late: a, b, c, d, e and 2 more"),
    ],
)
def test_what_is_wrong_is_said_in_words(heartbeat: Heartbeat, says: str) -> None:
    """A daemon that is dead, stopped or late, or cannot write, is told by its heartbeat."""
    (ailment,) = heartbeat.ailments(NOON)
    assert says in ailment
    assert list(WELL.ailments(NOON + timedelta(seconds=30))) == []


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[tuple[Archive, httpx.AsyncClient]]:
    """An archive of one capture and a client of its reading room."""
    with Archive(tmp_path / "archive.db") as archive:
        made.keep(archive, NOON, made.page("bridge", "ferry"))
        transport = httpx.ASGITransport(application(archive.path, host="127.0.0.1"))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            yield archive, client


async def test_healthz_is_503_when_the_daemon_is_dead(room: tuple[Archive, httpx.AsyncClient]) -> None:
    """200 without a daemon or with one that is well; 503 with the reason when it has not been heard of."""
    archive, client = room
    assert (await client.get("/healthz")).json()["heartbeat"] is None
    beat(archive, replace(WELL, at=datetime.now(UTC)))
    assert (await client.get("/healthz")).status_code == 200
    beat(archive, WELL)
    answer = await client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["ok"] is False
    assert "not been heard of" in answer.json()["ailments"][0]


async def test_without_a_key_healthz_says_one_word(room: tuple[Archive, httpx.AsyncClient]) -> None:
    """What starts an unhealthy container anew has no key: it hears whether all is well, and nothing of the archive."""
    archive, _ = room
    keys = Keys(password="open sesame")
    transport = httpx.ASGITransport(application(archive.path, host="127.0.0.1", keys=keys))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        for heartbeat, status, word in (
            (replace(WELL, at=datetime.now(UTC)), 200, b'{"ok": true}'),
            (WELL, 503, b'{"ok": false}'),
        ):
            beat(archive, heartbeat)
            for headers in ({}, {"if-none-match": "*"}):
                answer = await client.get("/healthz", headers=headers)
                assert (answer.status_code, answer.content) == (status, word)
                assert "etag" not in answer.headers
            assert (await client.head("/healthz")).status_code == status
            full = await client.get("/healthz", auth=("me", "open sesame"))
            assert (full.status_code, "heartbeat" in full.json()) == (status, True)
        assert (await client.get("/healthz", auth=("me", "guess"))).status_code == 401
        assert (await client.get("/healthz.json")).status_code == 401
        assert (await client.post("/healthz")).status_code == 401


async def test_metrics_are_what_prometheus_reads(room: tuple[Archive, httpx.AsyncClient]) -> None:
    """Its own parser finds the daemon's counts and each site's last readable capture."""
    archive, client = room
    beat(archive, replace(WELL, at=datetime.now(UTC)))
    answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    samples = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    assert samples["frontpage_up",] == 1
    assert samples["frontpage_visits_total", "new-edition"] == 3
    assert samples["frontpage_site_readable_timestamp_seconds", "courier"] == NOON.timestamp()
    beat(archive, WELL)
    assert "frontpage_up 0.0" in (await client.get("/metrics")).text


async def test_an_alert_on_a_site_s_age_is_about_what_is_watched(room: tuple[Archive, httpx.AsyncClient]) -> None:
    """A site that was never readable has an age, one that is watched no more has none; without a daemon all have."""
    archive, client = room
    archive.site_id("gone")
    ages = {}
    for slugs in ((), ("courier", "gone"), ("gone",)):
        beat(archive, replace(WELL, slugs=slugs))
        answer = await client.get("/metrics")
        ages[slugs] = {
            sample.labels["site"]: sample.value
            for family in text_string_to_metric_families(answer.text)
            for sample in family.samples
            if sample.name == "frontpage_site_readable_timestamp_seconds"
        }
    assert ages["gone",] == {"gone": 0}
    assert ages["courier", "gone"] == ages[()] == {"courier": NOON.timestamp(), "gone": 0}


async def test_a_daemon_beats_and_says_when_it_stops(tmp_path: Path) -> None:
    """Its visits are counted; stopped as it should be, it says so."""
    clock = StoppedClock(NOON)
    async with Newsstand(clock.now) as stand:
        stand.add_paper(paper("courier"))
        settings = settings_of(tmp_path, stand)
        async with running(settings, clock) as daemon:
            await until(lambda: hasattr(daemon, "_pulse") and daemon._pulse._visits.total() == 1, "the first visit")
    connection = connect_readonly(settings.archive.path)
    heartbeat = last_heartbeat(connection)
    connection.close()
    assert heartbeat is not None
    assert heartbeat.is_stopped
    assert (heartbeat.sites, heartbeat.slugs, heartbeat.visits) == (1, ("courier",), {"new-edition": 1})
    assert heartbeat.memory_bytes > 0


async def test_a_visit_that_lasts_is_late(tmp_path: Path) -> None:
    """A visit under way for longer than allowed is named until it ends."""
    with Writer(tmp_path / "archive.db", observer="home") as writer:
        async with Pulse(writer, slugs=["courier"], owed=lambda: 0, every_s=0.01, late_s=0) as pulse:
            pulse.began("courier")
            pulse.count(Outcome.SKIPPED)
            assert pulse._heartbeat(is_stopped=False).late == ("courier",)
            pulse.ended("courier")
            assert pulse._heartbeat(is_stopped=False).late == ()


async def test_systemd_hears_that_we_are_ready_alive_and_stopping(tmp_path: Path) -> None:
    """Each state is one datagram to NOTIFY_SOCKET; without one, or with nobody there, nothing happens."""
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address)
        notify("READY=1", environment={"NOTIFY_SOCKET": address})
        assert await asyncio.to_thread(manager.recv, 100) == b"READY=1"
    notify("READY=1", environment={})
    notify("READY=1", environment={"NOTIFY_SOCKET": str(tmp_path / "gone")})


@pytest.mark.parametrize("form", ["console", "json"])
def test_no_traceback_shows_the_values_of_variables(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A password in a local variable is in no log, however it is written."""
    proxy_password = "hunter2".upper()
    try:
        log_to_stderr(form=form)
        try:
            raise ValueError("no proxy")
        except ValueError:
            structlog.get_logger().exception("visit broke off")
    finally:
        structlog.reset_defaults()
    log = capsys.readouterr().err
    assert "visit broke off" in log
    assert proxy_password not in log
    assert "\x1b" not in log, "colours are for terminals"
