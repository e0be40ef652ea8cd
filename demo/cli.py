"""The verb that shows everything on a fictional paper: demo."""

import click


@click.command()
def demo() -> None:
    """Everything on a fictional paper."""
