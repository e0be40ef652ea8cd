"""Spans: splicing observations in any order equals deriving them from the whole line."""

import sqlite3
from bisect import bisect_left, bisect_right, insort

from hypothesis import given
from hypothesis import strategies as st

from storage.spans import Around, Item, Line, Seam, SpanKind, rebuild, splice
from storage.tables import DERIVED, EVIDENCE

GAP = 100
NOTHING: frozenset[Item] = frozenset()

items = st.frozensets(st.sampled_from([(SpanKind.STORY, name, 0) for name in range(1, 5)]))
changes = st.lists(st.tuples(st.integers(0, 12).map(lambda n: n * 40), items | st.none()), max_size=25)


class Table:
    """A spans table with the line of observations that it should follow from."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:")
        self.connection.executescript(EVIDENCE + DERIVED)
        self.line: dict[int, frozenset[Item]] = {}

    def change(self, instant: int, now: frozenset[Item] | None) -> None:
        """Let an observation come (or change), or with None go."""
        instants = sorted(self.line)
        before = instants[i - 1] if (i := bisect_left(instants, instant)) else None
        after = instants[i] if (i := bisect_right(instants, instant)) < len(instants) else None
        seam = Seam(
            before=before,
            instant=instant,
            after=after,
            present=now is not None,
            was_present=instant in self.line,
            gap=GAP,
        )
        around = Around(
            before=self.line[before] if before is not None else NOTHING,
            was=self.line.pop(instant, NOTHING),
            now=now if now is not None else NOTHING,
            after=self.line[after] if after is not None else NOTHING,
        )
        if now is not None:
            self.line[instant] = now
        splice(self.connection, 1, seam, around)

    def spliced(self) -> dict[Item, list[tuple[int, int | None]]]:
        found: dict[Item, list[tuple[int, int | None]]] = {}
        for kind, story_id, value, *span in self.connection.execute(
            "SELECT kind, story_id, value, first_seen, last_seen FROM spans ORDER BY 1, 2, 3, 4"
        ):
            found.setdefault((SpanKind(kind), story_id, value), []).append((span[0], span[1]))
        return found


@given(changes)
def test_splicing_equals_rebuilding(changes: list[tuple[int, frozenset[Item] | None]]) -> None:
    """However observations come, change and go, the table is what the whole line says."""
    table = Table()
    for instant, now in changes:
        if now is not None or instant in table.line:
            table.change(instant, now)
        assert table.spliced() == rebuild(sorted(table.line.items()), GAP)


def test_a_capture_that_shows_the_same_costs_no_row() -> None:
    """What stays on the page is open already: appending writes only what changed."""
    table = Table()
    same = frozenset({(SpanKind.STORY, 1, 0), (SpanKind.STORY, 2, 0)})
    table.change(0, same)
    writes = table.connection.total_changes
    table.change(50, same)
    assert table.connection.total_changes == writes


def test_bounds_tell_what_is_and_is_not_known() -> None:
    """A span is bounded by the observations beside it, unless they are further off than the gap."""
    instants: list[int] = []
    for instant in (300, 0, 60, 120):
        insort(instants, instant)
    line = Line(instants, GAP)
    inner = line.bounds(60, 60)
    assert (inner.not_before, inner.gone_by, inner.at_least_s, inner.at_most_s) == (0, 120, 0, 120)
    edge = line.bounds(60, 120)
    assert (edge.not_before, edge.gone_by, edge.at_most_s, edge.captures) == (0, None, None, 2)
    still = line.bounds(300, None)
    assert (still.last_seen, still.not_before, still.gone_by) == (300, None, None)
