"""The verbs that only read pages: parse and check."""

import sys
from pathlib import Path
from typing import Any

import click

from scraper.console import json_option, pass_run, print_object


def _on_the_web(context: click.Context, parameter: click.Parameter, url: str) -> str:
    """An address that a page can have; a usage error where it is none."""
    from scraper.config_values import EVERYWHERE
    from scraper.guard import unsafe_url

    del context, parameter
    if reason := url and unsafe_url(url.strip(), EVERYWHERE):
        raise click.BadParameter(f'{reason}; write one such as "https://www.example.org/"')
    return url.strip()


@click.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--url", default="", callback=_on_the_web, help="The page's address. [the site's, else what the page says it is]"
)
@click.option("--site", default="", help="Slug for story ids; with a config, also its URL and layout.")
@click.option("--at", "at", default="now", help="When the page was saved; decides which layout applies.")
@json_option
@pass_run
def parse(run: Any, file: Path, url: str, site: str, at: str, as_json: bool) -> None:
    """Read a saved page (html or text; - is stdin) and store nothing."""
    from scraper.reader import read_front_page
    from scraper.shapes import page_shape

    layout = None
    if site and run.is_configured:
        known = run.settings.site(site)
        url = url or known.url
        layout = known.layout_at(_instant(at, known.timezone))
    body = _read(file)
    page = page_shape(read_front_page(body, url or _told_address(body), layout=layout, is_told=not url), site=site)
    if as_json:
        print_object(page)
    else:
        print_page(page)


@click.command()
@click.argument("target", metavar="SITE|URL")
@json_option
@pass_run
def check(run: Any, target: str, as_json: bool) -> None:
    """Fetch and read a front page, store nothing, and show why it was read so: blocks, roles, evidence, hints."""
    from scraper.checking import check_shape, fetch_and_explain

    shape = check_shape(fetch_and_explain(run, target))
    if as_json:
        print_object(shape)
        return
    print_page(shape)
    click.echo("\nblocks:")
    for block in shape["blocks"]:
        click.echo(f"  {block['role']:6} {block['score']:+6.2f}  {block['headline']}  ({', '.join(block['reasons'])})")
    for hint in shape["hints"]:
        click.echo(f"hint: {hint}")


def _instant(text: str, zone: str) -> Any:
    from datetime import UTC, datetime

    from scraper.instants import parse as parse_instant

    return parse_instant(text, zone=zone, now=datetime.now(UTC))


def _read(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        raise click.BadParameter(f"{file}: {error.strerror}", param_hint="FILE") from None


def _told_address(body: bytes) -> str:
    """The address that a page gives for itself, told on stderr since it may be wrong; "" if it gives none."""
    from scraper.own_address import own_address

    if address := own_address(body):
        click.echo(f"read as {address}, by what the page says of itself; --url says otherwise", err=True)
    else:
        click.echo("the page does not say where it is from: links that name no host are left out; name --url", err=True)
    return address


def print_page(page: dict[str, Any]) -> None:
    """A front page as text: the lead, then the teasers under their sections."""
    if page["problem"]:
        click.echo(f"{page['quality']}: {page['problem']}")
        return
    if lead := page["lead"]:
        click.echo(_headline(lead))
        _echo_indented(lead["summary"])
        _echo_indented(f"({lead['confidence']:.0%} sure) " + "; ".join(lead["evidence"]) if lead["evidence"] else "")
    section = None
    for teaser in page["teasers"]:
        if teaser["section"] != section:
            section = teaser["section"]
            click.echo(f"\n{section or '-'}")
        _echo_indented(_headline(teaser))


def _headline(story: dict[str, Any]) -> str:
    return f"{story['kicker']}: {story['headline']}" if story["kicker"] else str(story["headline"])


def _echo_indented(text: str) -> None:
    if text:
        click.echo(f"  {text}")
