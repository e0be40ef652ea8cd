"""The demonstration: fictional papers, the daemon and the reading room by one fast clock, told as it happens."""

import asyncio
import os
import signal
import socket
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from demo.library import paper
from demo.paper import Paper
from demo.server import PaperServer
from schedules.clock import FastClock
from schedules.service import serve_archive
from scraper.config import ArchiveSettings, FetchSettings, Settings, Site, WebSettings
from scraper.errors import ArchiveError, ConfigError, NotFound
from storage.differences import Difference, differ
from storage.queries import Shown, leads, show
from storage.schema import connect_readonly

ARCHIVE = "demo.db"
PAPERS = ("courier", "deichbote", "almina")
EVERY_S = 900  # of the papers' time
HEARTBEAT_S = 0.5
HOST = "127.0.0.1"


async def demonstrate(folder: Path, *, port: int, speed: float, seconds: float | None) -> None:
    """Show everything until told to stop, or for so many seconds. The archive, a new one, stays in `folder`."""
    _examine(folder / ARCHIVE, port)
    now = datetime.now(UTC).replace(microsecond=0)
    clock = FastClock(start=now, started=now, speed=speed)
    async with PaperServer(*map(paper, PAPERS), clock=clock.now) as server:
        settings = _settings(folder, server, port)
        click.echo(f"papers   {server.base_url}/")
        click.echo(f"archive  {settings.archive.path}")
        click.echo(f"time     {speed:g} times as fast; Ctrl-C ends\n")
        service = asyncio.create_task(serve_archive(settings, clock=clock, port=port, heartbeat_s=HEARTBEAT_S))
        telling = asyncio.create_task(_tell(settings))
        await asyncio.wait({service, telling}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        telling.cancel()
        if not service.done():
            os.kill(os.getpid(), signal.SIGTERM)  # the daemon's own way to end
        await service
    _print_leads(settings)


def _examine(archive: Path, port: int) -> None:
    """ConfigError where there is no room for a demo: beside an earlier one, or on a port that is taken."""
    if archive.exists():
        raise ConfigError(
            f"{archive} is there already, and a demo begins its time and its papers anew: name another --folder, or "
            f"look at it with `frontpage serve {archive}`"
        )
    try:
        socket.create_server((HOST, port)).close()
    except OSError as error:
        raise ConfigError(f"cannot listen on {HOST}:{port}: {error.strerror}; name another with --port") from error


def _settings(folder: Path, server: PaperServer, port: int) -> Settings:
    return Settings(
        file=folder / "config.toml",
        archive=ArchiveSettings(path=folder / ARCHIVE, name="demo"),
        fetch=FetchSettings(allow_networks=(ip_network("127.0.0.0/8"),), min_gap=0),
        web=WebSettings(host=HOST, port=port),
        sites=tuple(
            Site(slug=one.slug, name=one.name, url=server.url(one.slug), timezone=one.zone, every=EVERY_S)
            for one in map(paper, PAPERS)
        ),
    )


async def _tell(settings: Settings) -> None:
    """Print what changes on the front pages, as the archive comes to know it."""
    last: dict[str, Shown] = {}
    while True:
        for one in map(paper, PAPERS):
            shown = await asyncio.to_thread(_latest, settings.archive.path, one.slug)
            if shown is None or (one.slug in last and last[one.slug].edition == shown.edition):
                continue
            for line in _lines(last.get(one.slug), shown, one):
                click.echo(line)
            last[one.slug] = shown
        await asyncio.sleep(HEARTBEAT_S)


def _latest(archive: Path, slug: str) -> Shown | None:
    try:
        connection = connect_readonly(archive)
    except ArchiveError:
        return None
    try:
        return show(connection, slug, datetime.max.replace(tzinfo=UTC))
    except NotFound:
        return None
    finally:
        connection.close()


def _lines(before: Shown | None, now: Shown, one: Paper) -> Iterator[str]:
    clock = f"{now.captured_at.astimezone(ZoneInfo(one.zone)):%a %H:%M}  {one.name:20}"
    lead = now.page.lead.headline if now.page.lead else "-"
    if before is None:
        yield f"{clock} leads with  {lead}  (and {len(now.page.teasers)} teasers)"
        return
    difference = differ(before.page, now.page)
    if now.page.lead and (before.page.lead is None or before.page.lead.canonical != now.page.lead.canonical):
        yield f"{clock} NEW LEAD    {lead}"
    for change in difference.retitled:
        yield f"{clock} RETITLED    {change.was.headline}\n{'':32}now {change.now.headline}"
    if news := _count(difference):
        yield f"{clock} {news}"


def _count(difference: Difference) -> str:
    return ", ".join(f"{len(stories)} {what}" for stories, what in _counted(difference) if stories)


def _counted(difference: Difference) -> Iterator[tuple[Sequence[object], str]]:
    yield difference.came, "came"
    yield difference.gone, "went"
    yield difference.moved, "moved"


def _print_leads(settings: Settings) -> None:
    connection = connect_readonly(settings.archive.path)
    click.echo("\nwhat led, and for how long at least:")
    for one in map(paper, PAPERS):
        for lead in leads(connection, one.slug):
            start = datetime.fromtimestamp(lead.seen.first_seen, ZoneInfo(one.zone))
            click.echo(f"{start:%a %H:%M}  {one.name:20} {lead.seen.at_least_s // 60:4} min  {lead.headline}")
    connection.close()
