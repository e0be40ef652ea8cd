"""How verbs print: JSON where asked for, a table on a terminal, plain lines in a pipe; only data on stdout."""

import errno
import json
import logging
import os
import select
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scraper.errors import ArchiveError

if TYPE_CHECKING:
    from scraper.config import Settings

DEFAULT_CONFIG = Path("config.toml")
UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EIO)


@dataclass
class Run:
    """One run of the command: where its configuration is, and whether that was named; read once a verb needs it."""

    config: Path = DEFAULT_CONFIG
    is_named: bool = False

    @property
    def is_configured(self) -> bool:
        """Whether there is a configuration to read: one that was named has to be there, the default may be absent."""
        return self.is_named or self.config.exists()

    @cached_property
    def settings(self) -> "Settings":
        """The configuration; ConfigError tells what is wrong with it."""
        from scraper.config import load

        return load(self.config)


class Verbs(click.Group):
    """The verbs, which end well where nobody reads on: `frontpage export ... | head`."""

    def invoke(self, context: click.Context) -> Any:
        try:
            answer = super().invoke(context)
            click.echo(nl=False)  # writes out what waits
        except BrokenPipeError:
            if not _nobody_reads():
                raise
            _write_nowhere()
            context.exit(0)
        except OSError as error:
            if error.errno not in UNWRITABLE:
                raise
            try:
                click.echo(nl=False)
            except OSError:
                _write_nowhere()
            raise ArchiveError(f"cannot write: {error.strerror}") from None
        return answer


def _write_nowhere() -> None:
    """Let go of what waits to be written: Python tries again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _nobody_reads() -> bool:
    """Whether stdout is a pipe that nobody reads from any more."""
    poll = select.poll()
    poll.register(sys.stdout.fileno(), 0)  # errors alone
    return any(event & select.POLLERR for _, event in poll.poll(0))


pass_run = click.make_pass_decorator(Run, ensure=True)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON: an object, or one a line for lists.")


class Text(click.types.StringParamType):
    """A text that can be looked for and printed, as bytes that are no UTF-8 cannot; files may be called by those."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        text = super().convert(value, param, ctx)
        try:
            text.encode()
        except UnicodeEncodeError:
            self.fail("is no text in UTF-8; does the terminal write another encoding?", param, ctx)
        return text


TEXT = Text()


def take_texts(verb: click.Command) -> click.Command:
    """The verb, with those below it, taking no other texts than `TEXT`."""
    for parameter in verb.params:
        if parameter.type is click.STRING:
            parameter.type = TEXT
    if isinstance(verb, click.Group):
        for below in verb.commands.values():
            take_texts(below)
    return verb


# A column: its heading, and what it shows of a row.
Column = tuple[str, Callable[[dict[str, Any]], object]]


def print_object(value: dict[str, Any]) -> None:
    """One JSON object on one line, in UTF-8 whatever the terminal takes."""
    click.echo(json.dumps(value, ensure_ascii=False).encode())


def print_rows(rows: Iterable[dict[str, Any]], columns: Sequence[Column], *, as_json: bool) -> None:
    """Rows as JSON lines, as a table on a terminal, or as lines of tab-separated cells in a pipe."""
    if sys.stdout.isatty() and not as_json:
        _print_table(rows, columns)
        return
    for row in rows:
        if as_json:
            print_object(row)
        else:
            click.echo("\t".join(one_line(show(row)) for _, show in columns))


def _print_table(rows: Iterable[dict[str, Any]], columns: Sequence[Column]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading, _ in columns:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(one_line(show(row))) for _, show in columns))  # Text: headlines are not markup
    Console().print(table)


def one_line(value: object) -> str:
    """A value as text that does nothing to a terminal or a table, whoever wrote it; "" for None."""
    text = "" if value is None else str(value)
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()


def tell_problems(problems: Sequence[str]) -> None:
    """Name on stderr what failed while the rest was done, and exit 1 where anything did."""
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        sys.exit(1)


def duration(seconds: int | None) -> str:
    """`2 h 45`, `12 min`, `3 d 4 h`, `3 d`; `?` where nothing bounds it."""
    if seconds is None:
        return "?"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes:02}"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def log_to_stderr(*, is_verbose: bool = True, form: str = "") -> None:
    """Send the log to stderr: `form` console or json, else readable on a terminal and as JSON lines elsewhere.

    Tracebacks are plain: those with the values of variables, which structlog would print, may show secrets.
    """
    import structlog

    is_readable = form == "console" or (not form and sys.stderr.isatty())
    renderer = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([] if is_readable else [structlog.processors.format_exc_info]),
            renderer if is_readable else structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO if is_verbose else logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
