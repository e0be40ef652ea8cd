"""Sites that the archive knows and the configuration does not: watched once, or merged in. These too are read again."""

from collections.abc import Sequence
from contextlib import closing

from scraper.config import Settings, Site
from storage.descriptions import Described, last_descriptions
from storage.schema import connect_readonly


def sites_to_read(settings: Settings, slugs: Sequence[str] = ()) -> list[Site]:
    """The sites named; where none is, those that are configured, and then the archive's others.

    Raises ArchiveError where there is no archive, ConfigError where a site is in neither.
    """
    configured = {site.slug: site for site in settings.sites}
    with closing(connect_readonly(settings.archive.path, also_old=True)) as connection:
        former = {one.slug: _as_described(one) for one in last_descriptions(connection) if one.slug not in configured}
    known = configured | former
    return [known[slug] if slug in known else settings.site(slug) for slug in slugs or known]


def _as_described(described: Described) -> Site:
    """The site by its last description, without layouts. Unchecked: its network or zone may be unknown by now."""
    return Site.model_construct(**described._asdict())
