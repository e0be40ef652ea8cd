"""Examines what a daemon needs before it is left alone: settings, archive, space, clock, secrets, names, robots.txt."""

import asyncio
import os
import shutil
import stat
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urljoin

from schedules.channels import DeliveryError, secret
from schedules.clock import MachineClock
from schedules.service import gate_of
from schedules.skew import ahead_s, skew_s
from scraper import manners
from scraper.config import ArchiveSettings, Settings, Site
from scraper.config_notify import Notify
from scraper.console import duration
from scraper.errors import ArchiveError, ConfigError, FetchError
from scraper.fetch import FetchRequest, Gate
from scraper.instants import from_epoch, iso
from scraper.model import Capture
from scraper.robots import rules_from
from scraper.secrets import exposure, is_open, web_secrets
from storage.captures import last_answers
from storage.heartbeats import last_heartbeat
from storage.schema import connect_readonly

LEAST_FREE = 500_000_000  # bytes: below it a busy week has no room
LITTLE_FREE = 5_000_000_000
SECRET_HEADERS = ("authorization", "cookie", "proxy-authorization")
CLOCKS_DIFFER = timedelta(minutes=5)
SET_CLOCK = "set the clock, and keep it with NTP"


class Verdict(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What was examined, and what it came to: in words, with the remedy where there is something to be done."""

    what: str
    verdict: Verdict
    says: str


def examine_here(settings: Settings, now: datetime) -> Iterator[Finding]:
    """What can be told without asking anybody."""
    yield _contact(settings)
    yield from _archive(settings.archive, now)
    yield _space(settings.archive.path)
    yield from _secrets(settings)
    yield _room(settings)


async def examine_there(settings: Settings) -> AsyncIterator[Finding]:
    """Whether each site's name resolves and its robots.txt allows us, asked through the fetch gate; and by the way,
    whether the sites' servers have the time that we have."""
    replies: list[Capture] = []
    async with gate_of(settings, MachineClock()) as gate:
        for asked in asyncio.as_completed([_robots(gate, settings, site, replies) for site in settings.sites]):
            yield await asked
    if off := _off(replies):
        yield Finding(what="clock", verdict=Verdict.FAIL, says=f"it is {off}; {SET_CLOCK}")


def _contact(settings: Settings) -> Finding:
    if "example.org" in settings.fetch.user_agent:
        remedy = "whoever runs the sites cannot reach you; put your own address into [fetch] user_agent"
        return Finding(what="config", verdict=Verdict.WARN, says=remedy)
    return Finding(what="config", verdict=Verdict.OK, says=f"{len(settings.sites)} sites")


def _archive(settings: ArchiveSettings, now: datetime) -> Iterator[Finding]:
    path = settings.path
    if not path.exists():
        folder = next(parent for parent in path.parents if parent.exists())
        can = os.access(folder, os.W_OK)
        says = f"{path}: is made at the first start" if can else f"{folder}: cannot be written; change its owner"
        yield Finding(what="archive", verdict=Verdict.OK if can else Verdict.FAIL, says=says)
        return
    try:
        with closing(connect_readonly(path)) as connection:
            heartbeat = last_heartbeat(connection)
            (latest,) = connection.execute("SELECT max(ended_at) FROM visits").fetchone()
            answers = last_answers(connection, settings.name)
    except ArchiveError as error:
        yield Finding(what="archive", verdict=Verdict.FAIL, says=str(error))
        return
    ailments = "; ".join(heartbeat.ailments(now)) if heartbeat else "no daemon has watched yet"
    says = ailments or "its daemon is well"
    yield Finding(what="archive", verdict=Verdict.WARN if ailments else Verdict.OK, says=f"{path}: {says}")
    yield _clock(from_epoch(latest) if latest is not None else None, answers, now)


def _clock(latest: datetime | None, answers: Sequence[Capture], now: datetime) -> Finding:
    """Our clock against the ledger, and against what the sites' servers said when they answered last.

    The latter is of that time: the clock may have been set since.
    """
    if latest and latest > now + CLOCKS_DIFFER:
        says = f"{iso(now)} is before the archive's last visit at {iso(latest)}; {SET_CLOCK}"
        return Finding(what="clock", verdict=Verdict.FAIL, says=says)
    if off := _off(answers):
        says = f"at the last visits, until {iso(max(answer.instant for answer in answers))}, it was {off}; {SET_CLOCK}"
        return Finding(what="clock", verdict=Verdict.WARN, says=says)
    return Finding(what="clock", verdict=Verdict.OK, says=iso(now))


def _off(answers: Iterable[Capture]) -> str:
    """In words, how far our clock was off when these answers came, "" where it was not, or none of them says."""
    aheads = [ahead for answer in answers if (ahead := ahead_s(answer.instant, answer.headers)) is not None]
    skew = skew_s(aheads)
    if skew is None or abs(skew) <= CLOCKS_DIFFER.total_seconds():
        return ""
    direction = "ahead of" if skew > 0 else "behind"
    servers = f"the clocks of {len(aheads)} servers" if len(aheads) > 1 else "the clock of one server"
    return f"{duration(round(abs(skew)))} {direction} {servers}"


def _space(path: Path) -> Finding:
    free = shutil.disk_usage(next(parent for parent in path.parents if parent.exists())).free
    verdict = Verdict.FAIL if free < LEAST_FREE else Verdict.WARN if free < LITTLE_FREE else Verdict.OK
    remedy = "" if verdict is Verdict.OK else "; make room, or `frontpage repack` and `prune`"
    return Finding(what="disk", verdict=verdict, says=f"{free / 1e9:.1f} GB free{remedy}")


def _secrets(settings: Settings) -> Iterator[Finding]:
    """Files that hold secrets are for their owner alone, and what rules name is there."""
    told = [finding for rule in settings.notify for finding in _secrets_of(rule)]
    found = [file for file in (settings.web.password_file, settings.web.token_file) if file]
    headers = (name.lower() for site in settings.sites for name, _ in site.headers)
    if "@" in settings.fetch.proxy or any(name in SECRET_HEADERS for name in headers):
        found.append(settings.file)
    told += map(_mode, found)
    yield from told or [Finding(what="secrets", verdict=Verdict.OK, says="no file holds any")]


def _secrets_of(rule: Notify) -> Iterator[Finding]:
    """What a rule's messages need, looked for as it is when they are sent."""
    for variable, file in ((rule.to_env, rule.to_file), (rule.secret_env, rule.secret_file)):
        if not variable and not file:
            continue
        try:
            secret(os.environ, variable=variable, file=file)
        except DeliveryError as error:
            yield Finding(what="secrets", verdict=Verdict.FAIL, says=f"[[notify]] {rule.name}: {error}")
        else:
            yield Finding(
                what="secrets", verdict=Verdict.OK, says=f"[[notify]] {rule.name}: {file or variable} is there"
            )


def _room(settings: Settings) -> Finding:
    """Whether the reading room is open to others, and to whom."""
    host = settings.web.host
    try:
        secrets = web_secrets(settings.web)
    except ConfigError as error:
        return Finding(what="reading room", verdict=Verdict.FAIL, says=str(error))
    if warning := exposure(host, secrets):
        return Finding(what="reading room", verdict=Verdict.WARN, says=warning)
    keys = "asks for a secret" if any(secrets.values()) else "open to this machine alone"
    return Finding(what="reading room", verdict=Verdict.OK, says=f"{host}:{settings.web.port}, {keys}")


def _mode(file: Path) -> Finding:
    try:
        is_shared, mode = is_open(file), stat.S_IMODE(file.stat().st_mode)
    except OSError as error:
        return Finding(what="secrets", verdict=Verdict.FAIL, says=f"{file}: {error.strerror}; write the secret there")
    if is_shared:
        says = f"{file}: others may read it (mode {mode:04o}); chmod 600 {file}"
        return Finding(what="secrets", verdict=Verdict.FAIL, says=says)
    return Finding(what="secrets", verdict=Verdict.OK, says=f"{file}: for its owner alone")


async def _robots(gate: Gate, settings: Settings, site: Site, replies: list[Capture]) -> Finding:
    """DNS, connection and robots.txt of a site; a site that cannot be reached may be back in a minute. What it replied
    is added to the others'."""
    request = FetchRequest(site=site.slug, url=urljoin(site.url, "/robots.txt"), obey_robots=False)
    try:
        reply = await gate.fetch(request)
    except FetchError as error:
        if error.answer is None:
            return Finding(what=site.slug, verdict=Verdict.FAIL, says=f"{error}; check its URL and your network")
        reply = error.answer
    replies.append(reply)
    rules = rules_from(reply.status, reply.body, manners.product_token(settings.fetch.user_agent))
    if (refusal := rules.forbid(site.url)) and site.robots == "obey":
        return Finding(what=site.slug, verdict=Verdict.WARN, says=f"{refusal}; ask the site for permission")
    return Finding(what=site.slug, verdict=Verdict.OK, says="can be reached, and robots.txt allows it")
