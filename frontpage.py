"""The command line's root: assembles the verbs of the packages, nothing else."""

import io
import os
import sys
from pathlib import Path

import click
from click.core import ParameterSource

import demo.cli
import schedules.cli
import scraper.cli
import storage.cli
import web.cli
from scraper.console import DEFAULT_CONFIG, Run, Verbs, take_texts
from scraper.errors import ConfigError, FrontpageError


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    default=DEFAULT_CONFIG,
    show_default=True,
    help="The sites and settings.",
)
@click.version_option(package_name="frontpage-archive")
@click.pass_context
def frontpage(context: click.Context, config: Path) -> None:
    """Remembers what the news put on its front page."""
    is_named = context.get_parameter_source("config") is not ParameterSource.DEFAULT
    context.obj = Run(config=config, is_named=is_named)


for verb in (
    scraper.cli.parse,
    scraper.cli.check,
    *schedules.cli.VERBS,
    *storage.cli.VERBS,
    web.cli.serve,
    demo.cli.demo,
):
    frontpage.add_command(take_texts(verb))


def main() -> None:
    """Run a verb. Exit 0 done, 1 something failed, 2 wrong usage or configuration; no traceback for either."""
    if sys.stdout is None:  # closed by whoever started it
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - for as long as the process runs
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal may lack letters that newspapers have
    try:
        frontpage()
    except FrontpageError as error:
        click.echo(str(error), err=True)
        sys.exit(2 if isinstance(error, ConfigError) else 1)


if __name__ == "__main__":
    main()
