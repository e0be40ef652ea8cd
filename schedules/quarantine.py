"""Captures that killed their worker twice: no run touches them again, every report counts them."""

from dataclasses import replace

from schedules.report import Report
from schedules.sources.found import Name, Wanted
from scraper.config import Settings, Site
from scraper.model import Origin
from storage.backfills import refusals
from storage.schema import connect_readonly

KILLED_TWICE = "killed its worker twice"


def quarantine(report: Report, name: Name) -> None:
    """Count a capture that killed its worker as found, and left out."""
    if report.wanted.covers(name.instant):
        report.found += 1
        report.quarantined[KILLED_TWICE] += 1


def spare_deadly(settings: Settings, site: Site, report: Report) -> Wanted:
    """What is wanted, without the captures that killed their workers in an earlier run; they are counted."""
    path = settings.archive.path
    if not path.exists():
        return report.wanted
    connection = connect_readonly(path)
    try:
        names = [Name(*row) for row in refusals(connection, site.slug, Origin(report.source), KILLED_TWICE)]
    finally:
        connection.close()
    for name in names:
        quarantine(report, name)
    return replace(report.wanted, without=(*report.wanted.without, *names))
