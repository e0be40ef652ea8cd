"""What a reading leaves behind: no cycles for the collector, and no more kept of other pages than there is room for."""

import gc

from scraper import read_front_page
from scraper.memo import Memo

PAGE = """<html><body><nav><a href="/sport">Sport</a></nav><main>
<article class="lead"><h2><a href="/2026/11/28/bridge-closed-after-storm">Bridge closed after the storm of the night</a>
</h2><p>It will take until spring, says the mayor, before anybody can cross it again.</p>
<img src="/bridge.jpg" width="640"></article>
<article><h3><a href="/2026/11/28/ferry-runs-at-noon">Ferry runs again at noon</a></h3></article>
</main></body></html>"""


def test_a_page_is_freed_without_the_collector() -> None:
    read_front_page(PAGE, "https://courier.example/")
    gc.collect()
    gc.disable()
    try:
        assert read_front_page(PAGE, "https://courier.example/").lead
        assert gc.collect() == 0
        assert not gc.isenabled()  # as it was
    finally:
        gc.enable()


def test_the_collector_works_again_after_a_reading() -> None:
    assert gc.isenabled()
    read_front_page(PAGE, "https://courier.example/")
    assert gc.isenabled()


def test_a_memo_works_out_once_and_forgets_when_it_is_full() -> None:
    asked: list[int] = []

    def double(number: int) -> int:
        asked.append(number)
        return 2 * number

    memo = Memo(double, most=2)
    assert [memo[1], memo[1], memo[2]] == [2, 2, 4]
    assert asked == [1, 2]
    assert memo[3] == 6
    assert list(memo) == [3]
