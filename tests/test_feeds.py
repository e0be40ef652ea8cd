"""Feeds are well-formed Atom whatever headlines hold, and their ids stay."""

from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.model import Role
from storage.changes import ChangeEvent, ChangeKind
from storage.feeds import Feed, atom, urn
from tests.made import NOON

ATOM = "{http://www.w3.org/2005/Atom}"
FEED = Feed(name="courier", title="Courier <&>", author="home", updated=NOON, url="https://here.example/?a=1&b=2")
any_text = st.text(st.characters(exclude_categories=()), max_size=40)  # control characters and lone surrogates, too


def event(
    headline: str = "Flood", was: str = "", *, name: str = "abcdefghijkl", url: str = "https://c.example/flood"
) -> ChangeEvent:
    return ChangeEvent(
        id=name, site="courier", kind=ChangeKind.HEADLINE_EDITED, at=NOON, capture="courier/20261124120000",
        before="courier/20261124114500", story="s", url=url, headline=headline, was=was, role=Role.LEAD,
    )  # fmt: skip


def parsed(*events: ChangeEvent, feed: Feed = FEED) -> ElementTree.Element:
    return ElementTree.fromstring("".join(atom(feed, events)).encode())


@given(headline=any_text, was=any_text, url=any_text, title=any_text)
@pytest.mark.fault(38)
def test_any_text_makes_well_formed_xml(headline: str, was: str, url: str, title: str) -> None:
    """No character that a page can print, or a damaged one, breaks the feed or is taken for markup."""
    feed = Feed(name="x", title=title, author=title, updated=NOON, url=url)
    root = parsed(event(headline, was, url=url), feed=feed)
    entry = root.find(f"{ATOM}entry")
    assert entry is not None
    assert [child.tag for child in entry] == [
        f"{ATOM}{name}" for name in ("id", "title", "updated", "link", "category", "summary")
    ]


@pytest.mark.fault(38)
def test_control_characters_become_blanks() -> None:
    """They are what XML cannot hold; all other text stays as it is."""
    root = parsed(event("Flood\x00\x0b\x1b[31m & <b>\ufffe €😀"))
    assert root.findtext(f"{ATOM}entry/{ATOM}title") == "Headline edited: Flood   [31m & <b>  €😀"


def test_what_rfc_4287_requires_is_there() -> None:
    """One id, title and updated each, an author, a self link; dates in RFC 3339."""
    root = parsed(event("New", "Old"), event(name="mnopqrstuvwx"))
    for parent in (root, *root.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(parent.findall(f"{ATOM}{name}")) == 1
        updated = parent.findtext(f"{ATOM}updated") or ""
        assert datetime.fromisoformat(updated) == NOON.astimezone(UTC)
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "home"
    link = root.find(f"{ATOM}link")
    assert link is not None
    assert (link.get("rel"), link.get("href")) == ("self", FEED.url)
    assert "was: Old" in (root.findtext(f"{ATOM}entry/{ATOM}summary") or "")


def test_ids_are_permanent() -> None:
    """An entry's id follows from its event's alone: fixed here, since readers would show everything anew."""
    assert urn("abcdefghijkl") == "urn:uuid:621caac7-ee5b-535f-8dfa-07c8a01d067b"
    ids = [
        entry.findtext(f"{ATOM}id")
        for entry in parsed(event(), event("Other headline"), event(name="x")).findall(f"{ATOM}entry")
    ]
    assert ids[0] == ids[1] != ids[2]
