"""What is taken out of a front page's few bytes without decoding all is what decoding gives."""

from hypothesis import given
from hypothesis import strategies as st

from scraper.model import Kind
from storage.placements import Placement, decode, decode_at, encode, newest_wording, wording_at

rows = st.integers(0, 2**32 - 1)
placements = st.builds(Placement, rows, rows, rows, rows, st.sampled_from(Kind))


@given(st.lists(placements, min_size=1, max_size=30))
def test_one_place_is_read_as_all_are(page: list[Placement]) -> None:
    data = encode(page)
    assert decode(data) == page
    assert [decode_at(data, position) for position in range(1, len(page) + 1)] == page
    assert [wording_at(data, position) for position in range(1, len(page) + 1)] == [one.wording_id for one in page]
    assert newest_wording(data) == max(one.wording_id for one in page)
