"""What a page tells as a table for a spreadsheet: leads, changes, wordings, with the columns of the exports."""

import sqlite3
from collections.abc import Iterable
from io import BytesIO

from storage.columns import export_columns
from storage.history import history
from storage.rows import Row, write_csv
from storage.shapes import wording_shape
from web import changes, sites
from web.asked import Asked, Document, Headers


def leads(connection: sqlite3.Connection, asked: Asked) -> Document:
    """What led on a site over the stretch of time that its page shows."""
    page = sites.site(connection, asked)
    return _table("leads", asked.path["slug"], page.shape["leads"], page.headers)


def changed(connection: sqlite3.Connection, asked: Asked) -> Document:
    """What changed on a site on the day that the page shows."""
    page = changes.page(connection, asked)
    return _table("changes", asked.path["slug"], page.shape, page.headers)


def wordings(connection: sqlite3.Connection, asked: Asked) -> Document:
    """All that a story was called."""
    told = history(connection, asked.path["id"])
    names = {"site": told.site, "story": told.story, "url": told.url}
    return _table("wordings", told.story, (names | wording_shape(span) for span in told.wordings))


def _table(what: str, of: str, rows: Iterable[Row], headers: Headers = ()) -> Document:
    out = BytesIO()
    write_csv(rows, export_columns(what), out)
    name = f"{of}-{what}.csv"
    return Document(
        body=out.getvalue(),
        media_type="text/csv; charset=utf-8",
        headers=(*headers, ("Content-Disposition", f'attachment; filename="{name}"')),
        is_kept=True,
    )
