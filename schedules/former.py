"""Sites that the archive knows and the configuration does not: watched once, or merged in. These too are read again."""

from collections.abc import Sequence
from contextlib import closing

from scraper.config import Settings, Site
from storage.descriptions import Described, last_descriptions, read_by_layouts
from storage.schema import connect_readonly


def sites_to_read(settings: Settings, slugs: Sequence[str] = ()) -> tuple[list[Site], list[str]]:
    """The sites named; where none is, those that are configured, and then the archive's others; and the slugs left out.

    What a layout read that is configured no more would be read worse without: such a site has to be named.
    Raises ArchiveError where there is no archive, ConfigError where a site is in neither.
    """
    configured = {site.slug: site for site in settings.sites}
    with closing(connect_readonly(settings.archive.path, also_old=True)) as connection:
        former = {one.slug: _as_described(one) for one in last_descriptions(connection) if one.slug not in configured}
        left = read_by_layouts(connection) & former.keys()
    known = configured | former
    asked = slugs or [slug for slug in known if slug not in left]
    sites = [known[slug] if slug in known else settings.site(slug) for slug in asked]
    return sites, [] if slugs else sorted(left)


def _as_described(described: Described) -> Site:
    """The site by its last description, without layouts. Unchecked: its network or zone may be unknown by now."""
    return Site.model_construct(**described._asdict())
