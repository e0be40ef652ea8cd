"""Telling people: what is news is told once, at least once, to whoever asked, over real sockets; nothing else is."""

import json
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from demo.library import paper
from schedules.channels import AppriseChannel, Channel, DeliveryError, WebhookChannel, signature
from schedules.courier import Courier
from schedules.daemon import Daemon
from schedules.filing import VisitEnd, end_visit, file_news
from schedules.messages import Message
from schedules.writer import Writer
from scraper.config_notify import CHANGES, TROUBLES, Notify
from scraper.errors import ArchiveError
from scraper.fetch import Gate
from scraper.model import FrontPage, Origin, Outcome
from storage.archive import Archive
from storage.outbox import pending, untold
from tests import made
from tests.clocks import StoppedClock
from tests.faults import Status
from tests.hostile import says_nothing, serve
from tests.made import NOON, SITE, at
from tests.newsstand import Newsstand
from tests.receivers import mail_server, webhook
from tests.watching import ledger, running, settled, until
from tests.world import LOOPBACK, settings_of

EVERYTHING = Notify(name="all", kinds=(*CHANGES, *TROUBLES), to="syslog://")
DESK = EVERYTHING.model_copy(update={"name": "desk"})


def rule(**changed: Any) -> Notify:
    return Notify(name="desk", **({"kinds": EVERYTHING.kinds, "to": "syslog://"} | changed))


def keep(
    archive: Archive,
    minutes: float,
    page: FrontPage,
    *,
    origin: Origin = Origin.LIVE,
    rules: Sequence[Notify] = (EVERYTHING,),
) -> None:
    """Record and file a capture as the daemon does."""
    recorded = archive.record(made.capture(at(minutes), f"{minutes}".encode(), origin=origin))
    file_news(archive, SITE, recorded.capture_id, page, rules)


def told(archive: Archive, name: str = "all") -> list[tuple[str, str]]:
    """(kind, headline or words) of what a rule's outbox holds."""
    waiting = pending(archive.connection, name, now=at(10_000))
    return [(one.notice.kind, one.notice.message.get("headline", "")) for one in waiting]


# -- what gets into the outbox ----------------------------------------------------------------------------------------


@pytest.fixture
def archive(tmp_path: Path) -> Any:
    with Archive(tmp_path / "archive.db") as opened:
        yield opened


def test_what_a_live_capture_changes_is_told(archive: Archive) -> None:
    """A new lead, the story that came with it and the one that went: each is in the outbox once."""
    keep(archive, 0, made.page("a", "b"))
    assert told(archive) == []
    keep(archive, 15, made.page("c", "a"))
    kinds = [kind for kind, _ in told(archive)]
    assert sorted(kinds) == ["appeared", "demoted", "dropped", "lead-changed"]


def test_nothing_is_told_twice(archive: Archive) -> None:
    """Filing the same capture again, as a daemon does that was killed in between, adds nothing."""
    keep(archive, 0, made.page("a", "b"))
    for _ in range(3):
        keep(archive, 15, made.page("c", "a"))
    assert len(told(archive)) == 4


def test_the_past_is_not_told(archive: Archive) -> None:
    """Backfilled captures, live ones older than what is known, and readings made anew tell nobody anything."""
    keep(archive, 60, made.page("a", "b"))
    keep(archive, 0, made.page("x", "y"), origin=Origin.WAYBACK)
    keep(archive, 75, made.page("x", "y"), origin=Origin.WARC)
    keep(archive, 30, made.page("c", "d"))
    recorded = archive.record(made.capture(at(90), b"again"))
    archive.file(recorded.capture_id, made.page("e", "f"))
    assert told(archive) == []


def test_nothing_is_told_across_a_gap_or_another_reader(archive: Archive) -> None:
    """After a night without captures, and after an upgrade, everything is new and nothing is news."""
    keep(archive, 0, made.page("a", "b"))
    keep(archive, 60 * 24, made.page("c", "d"))
    keep(archive, 60 * 24 + 15, made.page("e", "f", reader="2"))
    assert told(archive) == []


def test_a_reading_and_its_notices_are_one_transaction(archive: Archive) -> None:
    """Where the outbox cannot be written, the reading is not filed either, and is filed with its notices later."""
    keep(archive, 0, made.page("a", "b"))
    archive.connection.execute("ALTER TABLE outbox RENAME TO elsewhere")
    with pytest.raises(Exception, match="no such table: outbox"):
        keep(archive, 15, made.page("c", "a"))
    archive.connection.execute("ALTER TABLE elsewhere RENAME TO outbox")
    assert archive.connection.execute("SELECT count(*) FROM readings").fetchone() == (1,)
    keep(archive, 15, made.page("c", "a"))
    assert len(told(archive)) == 4


@pytest.mark.parametrize(
    ("wanted", "kinds"),
    [
        (rule(kinds=("lead-changed",)), ["lead-changed"]),
        (rule(sites=("tribune",)), []),
        (rule(sites=(SITE, "tribune"), kinds=("dropped",)), ["dropped"]),
        (rule(query='"headline of c"'), ["appeared", "lead-changed"]),
        (rule(query="dredg*"), ["headline-edited"]),
        (rule(query="nowhere"), []),
    ],
)
def test_a_rule_is_told_what_it_asks_for(archive: Archive, wanted: Notify, kinds: list[str]) -> None:
    """By site, by kind and by the words of the story; an edit is found by what the story is called now or was."""
    keep(archive, 0, made.page("a", "b", "d"), rules=[wanted])
    keep(archive, 15, made.page("c", "a", "d", headlines={"d": "Dredging of the harbour basin ends"}), rules=[wanted])
    assert sorted(kind for kind, _ in told(archive, "desk")) == kinds


def end(archive: Archive, minutes: float, outcome: Outcome, error: str = "", *, interval: int = 15) -> None:
    visit = VisitEnd(due_at=at(minutes), ended_at=at(minutes), outcome=outcome, error=error)
    end_visit(archive, SITE, visit, interval_s=60 * interval, rules=(EVERYTHING,))


@pytest.mark.parametrize("interval", [15, 24 * 60, 7 * 24 * 60])
def test_a_failing_site_is_told_once_and_its_recovery_once(archive: Archive, interval: int) -> None:
    """At the third failure in a row, and at the first success after it: also of one that is visited once a week."""
    for number in range(10):
        end(archive, interval * number, Outcome.FAILED, "courier.example: answers 503", interval=interval)
    (failing,) = pending(archive.connection, "all", now=at(interval * 99))
    assert failing.notice.at == at(interval * 2)
    assert failing.notice.message["what"] == "3 failures in a row, the last of them: courier.example: answers 503"
    for number in (10, 11):
        end(archive, interval * number, Outcome.SAME_EDITION, interval=interval)
    assert [kind for kind, _ in told(archive)] == ["failing", "recovered"]


def test_drift_is_told_with_what_changed(archive: Archive) -> None:
    """The redesign alarm reaches people in words."""
    full = made.page(*[f"story-{number}" for number in range(20)])
    for number in range(20):
        keep(archive, 15 * number, full)
    for number in range(20, 26):
        keep(archive, 15 * number, replace(full, lead=None, teasers=full.teasers[:2]))
    (drift,) = [one for one in pending(archive.connection, "all", now=at(999)) if one.notice.kind == "drift"]
    assert drift.notice.message["what"] == "teasers: 2, usually 19; lead: none, usually found"


# -- how it leaves ----------------------------------------------------------------------------------------------------


@dataclass
class Recorder(Channel):
    """A channel that keeps what it is given, and fails when told to."""

    sent: list[Message] = field(default_factory=list)
    fault: BaseException | None = None
    is_late: bool = False  # whether the fault comes after the message went out

    async def send(self, message: Message, *, now: Any) -> None:
        del now
        if self.fault and not self.is_late:
            raise self.fault
        self.sent.append(message)
        if self.fault:
            raise self.fault


class Killed(BaseException):
    """The end of a process, which nothing catches."""


class Desk:
    """A courier for one rule over an archive with notices in it."""

    def __init__(self, writer: Writer, channel: Channel, wanted: Notify) -> None:
        self.writer, self.channel, self.rule, self.clock = writer, channel, wanted, StoppedClock(at(120))

    async def deliver(self) -> None:
        channels = {self.rule.name: self.channel}
        await Courier([self.rule], writer=self.writer, clock=self.clock, channels=channels).deliver()

    async def happen(self, count: int, *, start: int = 0) -> None:
        """Let so many leads change, a minute apart."""
        only = self.rule.model_copy(update={"kinds": ("lead-changed",)})
        for number in range(start, start + count + 1):
            page = made.page(f"lead-{number}", "b")
            await self.writer.do(lambda archive, n=number, page=page: keep(archive, n, page, rules=[only]))  # type: ignore[misc]

    async def untold(self) -> int:
        return await self.writer.do(lambda archive: untold(archive.connection, SITE))


@asynccontextmanager
async def desk(tmp_path: Path, channel: Channel, **changed: Any) -> AsyncIterator[Desk]:
    with Writer(tmp_path / "archive.db", observer="home") as writer:
        yield Desk(writer, channel, rule(**changed))


async def test_what_was_delivered_is_not_delivered_again(tmp_path: Path) -> None:
    """Two events, two messages, and silence from then on."""
    channel = Recorder()
    async with desk(tmp_path, channel) as one:
        await one.happen(2)
        for _ in range(3):
            await one.deliver()
            one.clock.advance(minutes=1)
        assert len(channel.sent) == 2
        assert await one.untold() == 0


async def test_what_did_not_arrive_is_tried_again_with_pauses(tmp_path: Path) -> None:
    """A dead address is asked after 30, 60, 120 ... seconds, and gets everything when it is back, in order."""
    channel = Recorder(fault=DeliveryError("nobody there"))
    async with desk(tmp_path, channel) as one:
        await one.happen(2)
        for pause in (0, 29, 1, 59, 1):
            one.clock.advance(seconds=pause)
            await one.deliver()
        assert await one.untold() == 2
        channel.fault = None
        one.clock.advance(seconds=119)
        await one.deliver()
        assert channel.sent == []
        one.clock.advance(seconds=1)
        await one.deliver()
        assert [message.events[0]["headline"] for message in channel.sent] == [
            "Headline of lead-1", "Headline of lead-2",
        ]  # fmt: skip


async def test_a_kill_between_sending_and_marking_sends_twice_and_loses_nothing(tmp_path: Path) -> None:
    """The message went out and nobody wrote it down: the next daemon sends it once more, with the same event ids."""
    channel = Recorder(fault=Killed(), is_late=True)
    async with desk(tmp_path, channel) as one:
        await one.happen(1)
        with pytest.raises(Killed):
            await one.deliver()
    channel.fault = None
    async with desk(tmp_path, channel) as another:
        for _ in range(3):
            await another.deliver()
    first, second = channel.sent
    assert first == second


async def test_a_message_is_marked_before_the_next_goes_out(tmp_path: Path) -> None:
    """Where the second of three fails, the first is not told again."""

    class SecondFails(Recorder):
        async def send(self, message: Message, *, now: Any) -> None:
            del now
            if len(self.sent) == 1 and self.fault:
                raise self.fault
            self.sent.append(message)

    channel = SecondFails(fault=DeliveryError("hung up"))
    async with desk(tmp_path, channel) as one:
        await one.happen(3)
        await one.deliver()
        channel.fault = None
        one.clock.advance(minutes=1)
        await one.deliver()
        assert [message.events[0]["headline"][-1] for message in channel.sent] == ["1", "2", "3"]


async def test_more_than_the_limit_is_bundled_and_then_waits(tmp_path: Path) -> None:
    """Three messages an hour: two events alone, the rest in one; what comes later waits for the hour to pass."""
    channel = Recorder()
    async with desk(tmp_path, channel, limit=3) as one:
        await one.happen(12)
        await one.deliver()
        assert [len(message.events) for message in channel.sent] == [1, 1, 10]
        await one.happen(2, start=12)
        await one.deliver()
        assert len(channel.sent) == 3
        one.clock.advance(minutes=61)
        await one.deliver()
        assert [len(message.events) for message in channel.sent[3:]] == [1, 1]


async def test_what_is_a_week_old_is_given_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An address that is dead for a week costs a line in the log, not a growing outbox; back, it gets nothing old."""
    channel = Recorder(fault=DeliveryError("nobody there"))
    async with desk(tmp_path, channel) as one:
        await one.happen(2)
        await one.deliver()
        one.clock.advance(days=8)
        channel.fault = None
        await one.deliver()
        assert await one.untold() == 0
    assert channel.sent == []
    assert "not delivered, and given up" in capsys.readouterr().out


@pytest.mark.fault(21)
async def test_what_cannot_be_written_down_is_not_sent_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a full disk one message goes out, not one a second; with space the others follow."""

    def disk_is_full(*_: object, **__: object) -> None:
        raise ArchiveError("disk is full")

    channel = Recorder()
    async with desk(tmp_path, channel) as one:
        await one.happen(2)
        courier = Courier([one.rule], writer=one.writer, clock=one.clock, channels={one.rule.name: channel})
        with monkeypatch.context() as patch:
            patch.setattr("schedules.courier.mark_sent", disk_is_full)
            for _ in range(3):
                await courier.deliver()
        assert len(channel.sent) == 1
        await courier.deliver()
        assert [message.events[0]["headline"][-1] for message in channel.sent] == ["1", "2"]
        assert await one.untold() == 0


# -- over real sockets ------------------------------------------------------------------------------------------------


def gate(*, allow: bool = True) -> Gate:
    return Gate(user_agent="frontpage-archive", allow_networks=(LOOPBACK,) if allow else (), deadline_s=5)


HOOK = {"to": "", "kinds": EVERYTHING.kinds, "secret_env": "HOOK_SECRET"}
ENVIRONMENT = {"HOOK_SECRET": "s3cret"}


async def test_a_webhook_gets_signed_json(tmp_path: Path) -> None:
    """The signature is over timestamp and body, so that a receiver can refuse what is forged or old."""
    async with webhook(500) as hook, gate() as open_gate:
        wanted = rule(**HOOK | {"webhook": hook.url})
        async with desk(tmp_path, WebhookChannel(wanted, ENVIRONMENT, open_gate)) as one:
            await one.happen(1)
            await one.deliver()
            assert await one.untold() == 1
            one.clock.advance(minutes=1)
            await one.deliver()
            assert await one.untold() == 0
        refused, (headers, body) = hook.received
        assert headers[":first"] == "POST /hook HTTP/1.1"
        assert headers["x-frontpage-signature"] == signature("s3cret", headers["x-frontpage-timestamp"], body)
        assert headers["x-frontpage-timestamp"] == str(int(at(121).timestamp()))
        assert json.loads(body)["events"] == json.loads(refused[1])["events"]
        assert [event["kind"] for event in hook.events] == ["lead-changed"] * 2


async def test_a_webhook_at_a_private_address_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The fetch gate's guard stands before webhooks too: the target sees no connection."""
    async with webhook() as hook, gate(allow=False) as closed_gate:
        wanted = rule(**HOOK | {"webhook": hook.url})
        async with desk(tmp_path, WebhookChannel(wanted, ENVIRONMENT, closed_gate)) as one:
            await one.happen(1)
            await one.deliver()
            assert await one.untold() == 1
        assert hook.received == []
    assert "is not a public address" in capsys.readouterr().out


async def test_a_redirect_of_a_webhook_is_not_followed(tmp_path: Path) -> None:
    """A signed message goes where the configuration says, and nowhere else."""
    async with webhook(302) as hook, gate() as open_gate:
        wanted = rule(**HOOK | {"webhook": hook.url})
        channel = WebhookChannel(wanted, ENVIRONMENT, open_gate)
        async with desk(tmp_path, channel) as one:
            await one.happen(1)
            await one.deliver()
            assert (len(hook.received), await one.untold()) == (1, 1)


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")
async def test_mail_arrives_by_apprise(tmp_path: Path) -> None:
    """Any of Apprise's services, here a mail server on loopback, named by an environment variable."""
    async with mail_server() as mail:
        wanted = Notify(name="desk", to_env="DESK_ADDRESS")
        channel = AppriseChannel(wanted, {"DESK_ADDRESS": mail.address})
        async with desk(tmp_path, channel) as one:
            await one.happen(1)
            await one.deliver()
            assert await one.untold() == 0
        (message,) = mail.received
        assert message["subject"].startswith("courier: New lead: Headline of lead-1 (before: Headline of lead-0)")
        assert "desk@courier.example" in message["to"]


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")
async def test_a_service_that_fails_tells_no_secret(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing of an address but its scheme is logged, by us or by Apprise."""
    async with mail_server() as mail:
        port = mail.port
    address = f"mailtos://user:hunter2@127.0.0.1:{port}/topsecret?from=a@b.example&to=c@d.example&smtp=127.0.0.1"
    channel = AppriseChannel(Notify(name="desk", to_env="X"), {"X": address})
    with caplog.at_level(logging.DEBUG):
        async with desk(tmp_path, channel) as one:
            await one.happen(1)
            await one.deliver()
            assert await one.untold() == 1
    output = capsys.readouterr()
    for secret in ("hunter2", "topsecret", "user"):
        assert secret not in output.out + output.err + caplog.text
    assert "the service behind mailtos:// did not take it" in output.out


async def test_secrets_come_from_a_file_that_nobody_else_can_read(tmp_path: Path) -> None:
    """A file that others can read, an empty one and none at all are named, not used."""
    file = tmp_path / "address"

    def hold(text: str, mode: int) -> None:
        file.write_text(text)
        file.chmod(mode)

    channel = AppriseChannel(Notify(name="desk", to_file=file), {})
    message = Message(id="1", rule="desk", title="t", text="t", events=(), rows=(1,))
    with pytest.raises(DeliveryError, match="No such file"):
        await channel.send(message, now=NOON)
    for text, mode, said in (("json://user:pass@x", 0o644, "chmod 600 it"), (" \n", 0o600, "is empty")):
        hold(text, mode)
        with pytest.raises(DeliveryError, match=said):
            await channel.send(message, now=NOON)
    with pytest.raises(DeliveryError, match="the environment variable DESK is not set"):
        await AppriseChannel(Notify(name="desk", to_env="DESK"), {}).send(message, now=NOON)


async def test_the_daemon_tells_what_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a lead that changes on a front page, and a site that dies, to a webhook, through everything in between."""
    clock = StoppedClock(NOON)
    monkeypatch.setenv("HOOK_SECRET", "s3cret")
    async with Newsstand(clock.now) as stand, webhook() as hook:
        stall = stand.add_paper(paper("courier"))
        wanted = Notify(name="desk", webhook=hook.url, secret_env="HOOK_SECRET")
        settings = settings_of(tmp_path, stand).model_copy(update={"notify": (wanted,)})
        async with running(settings, clock) as daemon:
            await _slots(daemon, settings.archive.path, clock, 8)
            await until(lambda: bool(hook.events), "the news")
            assert {event["kind"] for event in hook.events} == {"lead-changed"}
            stall.fail(Status(404))
            await _slots(daemon, settings.archive.path, clock, 12)
            await until(lambda: hook.events[-1]["kind"] == "failing", "the alarm")
            stall.mend()
            await _slots(daemon, settings.archive.path, clock, 18)
            await until(lambda: any(event["kind"] == "recovered" for event in hook.events), "the recovery")
    ids = [event["id"] for event in hook.events]
    assert len(ids) == len(set(ids))


@pytest.mark.fault(24)
async def test_a_webhook_that_says_nothing_does_not_hold_up_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told to stop twice, the daemon gives up a message under way as it does visits; it is sent at the next start."""
    clock = StoppedClock(NOON)
    monkeypatch.setenv("HOOK_SECRET", "s3cret")
    async with Newsstand(clock.now) as stand, serve(says_nothing) as hook:
        stand.add_paper(paper("courier"))
        wanted = Notify(name="desk", webhook=hook.url("/hook"), secret_env="HOOK_SECRET")
        settings = settings_of(tmp_path, stand, deadline=600).model_copy(update={"notify": (wanted,)})
        async with running(settings, clock) as daemon:
            await _slots(daemon, settings.archive.path, clock, 8)
            await until(lambda: bool(hook.heard), "the message")
            daemon.stop()  # and once more at the end
    with Archive(settings.archive.path) as archive:
        assert pending(archive.connection, "desk", now=clock.now())


async def _slots(daemon: Daemon, archive: Path, clock: StoppedClock, count: int) -> None:
    """Let time go on until the ledger has so many rows."""
    for rows in range(len(ledger(archive)) + 1, count + 1):
        clock.advance(minutes=15)
        await settled(daemon, archive, rows)
