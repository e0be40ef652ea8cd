"""What the replies of one request come to, without a network."""

from datetime import UTC, datetime, timedelta

import pytest

from scraper.errors import FetchError
from scraper.journey import FetchRequest, Journey, Reply, judge
from scraper.model import Origin

NOW = datetime(2026, 11, 24, 20, 0, 0, 999_999, tzinfo=UTC)
REQUEST = FetchRequest(site="npr", url="https://npr.org/", origin=Origin.WAYBACK)


def replied(url: str, status: int = 200, body: bytes = b"page", **headers: str) -> Reply:
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Reply(url=url, status=status, headers=pairs, request_headers=(), body=body)


def test_instant_is_that_of_the_first_request() -> None:
    """WARC-Date's meaning, in whole seconds: later hops do not move it."""
    journey = Journey(REQUEST)
    journey.sent(NOW)
    assert not journey.arrived(replied("https://npr.org/", 301, Location="https://www.npr.org/"))
    journey.sent(NOW + timedelta(seconds=3))
    assert journey.arrived(replied("https://www.npr.org/"))
    capture = judge(journey, NOW)
    assert capture.instant == datetime(2026, 11, 24, 20, 0, 0, tzinfo=UTC)
    assert (capture.site, capture.origin, capture.url) == ("npr", Origin.WAYBACK, "https://www.npr.org/")


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/a?b=c", "https://npr.org/a?b=c"),
        ("a/b", "https://npr.org/x/a/b"),
        ("?q", "https://npr.org/x/y?q"),
        ("//www.npr.org", "https://www.npr.org"),
        ("https://www.npr.org/#top", "https://www.npr.org/"),
        (" /two words ", "https://npr.org/two%20words"),
        ("/größe", "https://npr.org/größe"),
    ],
)
def test_location_is_read_relative_to_where_it_was_named(location: str, target: str) -> None:
    """References of every kind, without their fragment."""
    journey = Journey(REQUEST)
    assert not journey.arrived(replied("https://npr.org/x/y", 302, Location=location))
    assert journey.url == target


def test_nothing_is_evidence_before_a_reply() -> None:
    """A connection that failed leaves no capture."""
    journey = Journey(REQUEST)
    journey.sent(NOW)
    assert journey.capture is None


@pytest.mark.parametrize("status", [200, 201, 203, 404])
def test_304_alone_is_a_revisit(status: int) -> None:
    """A full answer to a conditional request stands for itself."""
    journey = Journey(FetchRequest(site="npr", url="https://npr.org/", etag='"a"', validator_sha256="ab"))
    journey.sent(NOW)
    journey.arrived(replied("https://npr.org/", status))
    assert journey.capture is not None
    assert journey.capture.revisit_of == ""


@pytest.mark.parametrize("status", [299, 306, 399, 418, 451, 520, 599])
def test_any_status_is_judged(status: int) -> None:
    """Statuses without a name are told by their number."""
    journey = Journey(REQUEST)
    journey.sent(NOW)
    journey.arrived(replied("https://npr.org/", status))
    if status < 300:
        assert judge(journey, NOW).status == status
    else:
        with pytest.raises(FetchError, match=f"answers {status}"):
            judge(journey, NOW)
