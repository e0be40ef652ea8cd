"""The verb that opens the reading room: serve."""

import os
from pathlib import Path

import click

from scraper.console import Run, pass_run


@click.command()
@click.argument("archive", type=click.Path(path_type=Path), required=False)
@click.option("--host", help="Address to listen on; the config's, else 127.0.0.1.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on, 0 picks one; the config's, else 8001.")
@pass_run
def serve(run: Run, archive: Path | None, host: str | None, port: int | None) -> None:
    """The reading room for an archive, read-only, until SIGTERM or Ctrl-C; its address is the first line."""
    from scraper.config import WebSettings
    from scraper.fronts import front_variables
    from scraper.secrets import exposure, web_secrets
    from web.keys import keys_from
    from web.proxies import proxies_from
    from web.server import serve as serve_archive

    web = WebSettings() if archive and not run.is_configured else run.settings.web
    host, secrets = web.host if host is None else host, web_secrets(web)
    if warning := exposure(host, secrets):
        click.echo(f"warning: {warning}", err=True)
    serve_archive(
        archive or run.settings.archive.path,
        host=host,
        port=web.port if port is None else port,
        keys=keys_from(secrets),
        proxies=proxies_from({**os.environ, **front_variables(web)}),
        announce=click.echo,
    )
