"""Whether the archive is being watched, for machines: /healthz in a word, /metrics in numbers for Prometheus."""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime
from http import HTTPStatus
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from scraper.instants import from_epoch, iso
from storage.heartbeats import Heartbeat, last_heartbeat
from web.asked import Asked, Document, Page

SITES = """
    SELECT slug,
        (SELECT max(ended_at) FROM visits WHERE site_id = sites.id AND outcome NOT IN ('missed', 'skipped')),
        (SELECT max(instant) FROM observations WHERE site_id = sites.id)
    FROM sites ORDER BY slug
"""


def healthz(connection: sqlite3.Connection, asked: Asked) -> Page:
    """200 while the daemon is well, 503 with the reasons when it, its loop or a visit is late, dead or stopped.

    An archive that no daemon has ever watched for, such as one made by backfill, has nothing that could be ill.
    """
    heartbeat = last_heartbeat(connection)
    ailments = list(heartbeat.ailments(asked.machine_time)) if heartbeat else []
    seen = [last for _, _, last in connection.execute(SITES) if last is not None]
    shape = {
        "ok": not ailments,
        "ailments": ailments,
        "heartbeat": iso(heartbeat.at) if heartbeat else None,
        "sites": len(seen),
        "last_readable": iso(from_epoch(max(seen))) if seen else None,
    }
    status = HTTPStatus.SERVICE_UNAVAILABLE if ailments else HTTPStatus.OK
    return Page(template="", context={}, shape=shape, status=status)


def metrics(connection: sqlite3.Connection, asked: Asked) -> Document:
    """What the daemon last said of itself, and each site's last visit and last readable capture."""
    registry = CollectorRegistry()
    registry.register(
        _Collected([*_of_daemon(last_heartbeat(connection), asked.machine_time), *_of_archive(connection)])
    )
    return Document(body=generate_latest(registry), media_type="text/plain; version=0.0.4; charset=utf-8")


class _Collected(Collector):
    """Metrics that were made already, for the registry to write."""

    def __init__(self, found: Iterable[Metric]) -> None:
        self._found = list(found)

    def collect(self) -> Iterator[Metric]:
        return iter(self._found)


def _of_daemon(heartbeat: Heartbeat | None, now: datetime) -> Iterator[Metric]:
    is_up = heartbeat is not None and not heartbeat.is_stopped and not list(heartbeat.ailments(now))
    yield _gauge("frontpage_up", "1 while the daemon is well, by /healthz.", int(is_up))
    if heartbeat is None:
        return
    told = (
        ("heartbeat_timestamp_seconds", "When the daemon was last heard of.", heartbeat.at.timestamp()),
        ("start_timestamp_seconds", "When the daemon started.", heartbeat.started_at.timestamp()),
        ("loop_late_seconds", "How late its loop was at most, in ten seconds.", heartbeat.loop_late_s),
        ("sites", "Sites that it watches.", heartbeat.sites),
        ("visits_running", "Visits under way.", heartbeat.running),
        ("visits_late", "Visits under way for more than three minutes.", len(heartbeat.late)),
        ("ledger_rows_owed", "Rows of the ledger that could not be written yet.", heartbeat.owed),
        ("memory_bytes", "Resident memory of the daemon.", heartbeat.memory_bytes),
        ("open_files", "Open files of the daemon.", heartbeat.open_files),
    )
    yield from (_gauge(f"frontpage_{name}", about, value) for name, about, value in told)
    visits = CounterMetricFamily("frontpage_visits", "Visits by outcome since the daemon started.", labels=["outcome"])
    for outcome, count in sorted(heartbeat.visits.items()):
        visits.add_metric([outcome], count)
    yield visits


def _of_archive(connection: sqlite3.Connection) -> Iterator[Metric]:
    """Of each site that is watched, 0 for what never was: an alert on its age rings, and ends with the site. Of all
    that there are where no daemon says which."""
    visited = GaugeMetricFamily(
        "frontpage_site_visit_timestamp_seconds", "End of the last visit, 0 for none.", labels=["site"]
    )
    readable = GaugeMetricFamily(
        "frontpage_site_readable_timestamp_seconds", "The last readable capture, 0 for none.", labels=["site"]
    )
    heartbeat = last_heartbeat(connection)
    found = {slug: (visit, capture) for slug, visit, capture in connection.execute(SITES)}
    for slug in (heartbeat and heartbeat.slugs) or found:
        for metric, instant in zip((visited, readable), found.get(slug, (None, None)), strict=True):
            metric.add_metric([slug], instant or 0)
    pages, page_size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    yield from (visited, readable, _gauge("frontpage_archive_bytes", "Size of the archive.", pages * page_size))


def _gauge(name: str, about: str, value: Any) -> Metric:
    metric: Metric = GaugeMetricFamily(name, about, value=value)
    return metric
