"""The verb that shows everything on a fictional paper: demo."""

from pathlib import Path

import click

from scraper.console import log_to_stderr


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8001,
    show_default=True,
    help="The reading room's port; 0 picks one.",
)
@click.option(
    "--speed", type=click.FloatRange(1, 3_600), default=300.0, show_default=True, help="How fast the papers' time runs."
)
@click.option("--seconds", type=click.FloatRange(1), help="End by itself after so long.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    help="Keep the archive here, where there is none yet, instead of in a temporary folder.",
)
def demo(port: int, speed: float, seconds: float | None, folder: Path | None) -> None:
    """Fictional papers, the daemon and the reading room, in fast motion and without the internet."""
    import asyncio
    from tempfile import TemporaryDirectory

    from demo.live import demonstrate

    log_to_stderr(is_verbose=False)
    with TemporaryDirectory(prefix="frontpage-demo-") as temporary:
        asyncio.run(demonstrate(folder or Path(temporary), port=port, speed=speed, seconds=seconds))
