"""The reader: bytes of a front page in, its lead story and teasers out.

>>> from scraper import read_front_page
>>> page = read_front_page(b"<h1><a href='/flood'>River leaves its bed at night</a></h1>", "https://news.example/")
>>> page.lead.headline
'River leaves its bed at night'
"""

from scraper.model import FrontPage, Kind, Layout, Quality, Role, Story
from scraper.reader import READER_VERSION, read_front_page, reader_name

__all__ = [
    "READER_VERSION",
    "FrontPage",
    "Kind",
    "Layout",
    "Quality",
    "Role",
    "Story",
    "read_front_page",
    "reader_name",
]
